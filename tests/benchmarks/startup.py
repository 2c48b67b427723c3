#!/usr/bin/env python3
"""Whole processes: startup.py PROGRAM [SAMPLES].
Prints two JSON objects: medians of wall-clock seconds, and the least processor time.
The processor time of a small solve less that of the smallest one is its set-up, solve and fits."""
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAM, SAMPLES = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 9
START = ["-initial_mean", "1,0.5", "-initial_covariance", "0.5"]
B3 = [*START, "-epsilon", "0.2*sin(theta)", "-time_end", "2", "-time_output_interval", "2"]
ALONE = ["-time_series", "norm2", "-rate_check", "no"]  # no distances to F, no second method
CASES = {
    "--version": ["--version"],
    "solve --help": ["solve", "--help"],
    "an option error": ["solve", "-model_gama", "1"],
    "smallest": ["solve", "-space_degree", "4", "-time_end", "1"],
    "smallest, with a file": ["solve", "-space_degree", "4", "-time_end", "1", "-output", "s.h5"],
    "solve, simplex N = 40": ["solve", *START, "-time_end", "20"],
    "rate of B2, N = 40": ["solve", *START, "-time_end", "20", "-time_output_interval", "0.1"],
    "rate of B2 alone": ["solve", *START, "-time_end", "20", "-time_output_interval", "0.1"]
    + ALONE,
    "B3, N = 64": ["solve", *B3, "-space_degree", "64"],
    "||h||^2 of B3 alone, N = 56": ["solve", *B3, "-space_degree", "56", *ALONE],
}


def spent():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def seconds(arguments, folder):
    begin, before = time.perf_counter(), spent()
    subprocess.run(
        [PROGRAM, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    )
    return time.perf_counter() - begin, spent() - before


os.environ["OMP_NUM_THREADS"] = "1"
wall, processor = {}, {}
with tempfile.TemporaryDirectory() as folder:
    for name, arguments in CASES.items():
        samples = [seconds(arguments, folder) for _ in range(SAMPLES)]
        wall[name] = round(statistics.median(s[0] for s in samples), 4)
        processor[name] = round(min(s[1] for s in samples), 4)
print(json.dumps(wall))
print(json.dumps({"processor": processor}))
