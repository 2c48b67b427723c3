"""How often the bar of a noisy table covers its error.

    python3 tests/benchmarks/tables.py build/hypoco [SEEDS]

Points of 0.5 sin(theta) on [-8, 8] with Gaussian noise of a standard deviation, as many tables as
seeds (100); the leading pair is compared with that of the formula.
The bar is distance_to_refined: that of the gap, error, is no smaller.
"""
import math
import json
import os
import random
import subprocess
import sys
import tempfile

CASES = ((200, 1e-4), (40, 1e-3), (200, 0.0))
FORMULA = "0.5*sin(theta)"


def leading(hypoco, *words):
    space = ("-space_type", "simplex", "-space_degree", "32", "-model_gamma", "1")
    subprocess.run(
        [hypoco, "spectrum", *space, *words, "-json", "out.json"], check=True, capture_output=True
    )
    with open("out.json") as file:
        spectrum = json.load(file)["spectrum"]
    return (
        complex(spectrum["real"][1], abs(spectrum["imag"][1])),
        spectrum["distance_to_refined"][1],
    )


def main():
    hypoco = os.path.abspath(sys.argv[1])
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    os.chdir(tempfile.mkdtemp())
    wanted = leading(hypoco, "-epsilon", FORMULA)[0]
    print(" points    noise   tables  covered  largest error/bar  median error  median bar")
    for n, noise in CASES:
        found = []
        for seed in range(1, (seeds if noise else 1) + 1):
            normal = random.Random(seed)
            with open("table.csv", "w") as file:
                for k in range(n):
                    theta = -8 + 16 * k / (n - 1)
                    value = 0.5 * math.sin(theta) + noise * normal.gauss(0, 1)
                    file.write(f"{theta!r},{value!r}\n")
            value, bar = leading(hypoco, "-epsilon_file", "table.csv")
            found.append((abs(value - wanted), bar))
        covered = sum(error <= bar for error, bar in found)
        worst = max(error / bar for error, bar in found)
        middle = [sorted(column)[len(found) // 2] for column in zip(*found)]
        print(
            f"{n:7d}  {noise:7.0e}  {len(found):7d}  {covered:7d}  {worst:17.2f}"
            f"  {middle[0]:12.1e}  {middle[1]:10.1e}",
            flush=True,
        )


main()
