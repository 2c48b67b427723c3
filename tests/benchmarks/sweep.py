"""Processor time of a sweep's cases beyond the first.

    sweep.py HYPOCO [--samples 3]

Spectra over epsilon_amplitude: two sweeps of different length, least of several runs each,
divided by the cases that the longer one has more.
"""
import argparse
import os
import resource
import subprocess
import tempfile

CASES = {
    "d = 1, N = 40": (21, ["-epsilon", "sin(theta)", "-space_degree", "40"]),
    "d = 2, N = 16, coupled": (
        5,
        [
            "-model_dimension",
            "2",
            "-space_degree",
            "16",
            "-epsilon_1",
            "sin(theta1-theta2)",
            "-epsilon_2",
            "sin(theta2-theta1)",
        ],
    ),
}


def spent():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def sweep(program, options, n):
    values = ",".join(f"{0.1 + 0.4 * k / n:.3f}" for k in range(n))
    with tempfile.TemporaryDirectory() as folder:
        begin = spent()
        subprocess.run(
            [program, "sweep", *options, "-sweep_command", "spectrum"]
            + ["-sweep_key_1", "epsilon_amplitude", "-sweep_values_1", values]
            + ["-output", folder + "/sweep.h5"],
            check=True,
            capture_output=True,
        )
        return spent() - begin


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--samples", type=int, default=3)
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    for name, (n, options) in CASES.items():
        first, all_ = (
            min(sweep(arguments.program, options, k) for _ in range(arguments.samples))
            for k in (1, n)
        )
        print(f"{name}: first case {first:.3f} s, each beyond {(all_ - first) / (n - 1):.4f} s")


main()
