"""Tables with few points: by how much the error of the leading pair exceeds its bar.

Usage: short_tables.py HYPOCO [KIND,... [N,...]]
24 tables for each interpolation and number of points: eight functions on three grids.
"""
import json
import math
import os
import subprocess
import sys
import tempfile

HYPOCO = os.path.abspath(sys.argv[1])
KINDS = sys.argv[2].split(",") if len(sys.argv) > 2 else ["spline", "akima", "monotone", "linear"]
COUNTS = [int(n) for n in sys.argv[3].split(",")] if len(sys.argv) > 3 else [9, 10, 12, 16, 24]
FUNCTIONS = {
    "0.5*sin(theta)": lambda t: 0.5 * math.sin(t),
    "0.5*tanh(theta)": lambda t: 0.5 * math.tanh(t),
    "0.4*theta*exp(-theta^2/2)": lambda t: 0.4 * t * math.exp(-t * t / 2),
    "0.3*sin(2*theta)": lambda t: 0.3 * math.sin(2 * t),
    "0.3*cos(theta)": lambda t: 0.3 * math.cos(t),
    "0.4*atan(2*theta)": lambda t: 0.4 * math.atan(2 * t),
    "0.2*theta": lambda t: 0.2 * t,
    "0.1*theta^2/(1+0.1*theta^2)": lambda t: 0.1 * t * t / (1 + 0.1 * t * t),
}


def pair(*words):
    """The leading pair and its bar, None where there is none."""
    command = [HYPOCO, "spectrum", *words, "-space_degree", "32", "-model_beta", "4"]
    done = subprocess.run([*command, "-json", "out.json"], capture_output=True, text=True)
    if done.returncode:
        return None, None
    with open("out.json") as file:
        spectrum = json.load(file)["spectrum"]
    return (spectrum["real"][1], abs(spectrum["imag"][1])), spectrum["error"][1]


os.chdir(tempfile.mkdtemp())
truth = {text: pair("-epsilon", text)[0] for text in FUNCTIONS}
for kind in KINDS:
    for n in COUNTS:
        ratios = []
        for text, function in FUNCTIONS.items():
            for shift in (0, 0.13, 0.37):
                a, b = -4 - shift, 4 + 2.5 * shift
                with open("table.csv", "w") as file:
                    for i in range(n):
                        t = a + (b - a) * i / (n - 1)
                        file.write(f"{t!r} {function(t)!r}\n")
                found, bar = pair("-epsilon_file", "table.csv", "-table_interpolation", kind)
                if bar:
                    ratios.append(math.dist(found, truth[text]) / bar)
        outside = sum(r > 1 for r in ratios)
        print(
            f"{kind:8} {n:3} points: {len(ratios)} of 24 with a bar, {outside} errors beyond it, "
            f"the largest {max(ratios, default=0):.2f} of it",
            flush=True,
        )
