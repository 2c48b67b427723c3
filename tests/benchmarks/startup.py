#!/usr/bin/env python3
"""Wall-clock time of whole processes: startup.py PROGRAM [SAMPLES].
Prints one JSON object, medians in seconds."""
import json
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAM, SAMPLES = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 9
CASES = {
    "--version": ["--version"],
    "solve --help": ["solve", "--help"],
    "an option error": ["solve", "-model_gama", "1"],
    "solve, simplex N = 40": [
        "solve",
        "-initial_mean",
        "1,0.5",
        "-initial_covariance",
        "0.5",
        "-time_end",
        "20",
    ],
}


def seconds(arguments, folder):
    begin = time.perf_counter()
    subprocess.run(
        [PROGRAM, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    )
    return time.perf_counter() - begin


with tempfile.TemporaryDirectory() as folder:
    print(
        json.dumps(
            {
                name: round(statistics.median(seconds(a, folder) for _ in range(SAMPLES)), 4)
                for name, a in CASES.items()
            }
        )
    )
