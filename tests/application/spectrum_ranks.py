"""hypoco spectrum and hypoco steady give the same eigenvalues and the same ||F/M|| on 1, 2,
3 and 4 ranks, to 1e-11.

Usage: spectrum_ranks.py HYPOCO FILE.yaml [-option value ...]
"""
import json
import os
import sys

from launch import launch

HYPOCO, FILE, OPTIONS = sys.argv[1], sys.argv[2], sys.argv[3:]
FILE = os.path.join(os.environ["HYPOCO_SOURCE_DIR"], "runs", FILE)


RANKS = (1, 2, 3, 4)


def start(ranks, command):
    options = list(OPTIONS)
    if command == "steady" and "-spectrum_count" in options:  # a key of spectrum alone
        at = options.index("-spectrum_count")
        del options[at : at + 2]
    name = f"{command}{ranks}"
    words = [HYPOCO, command, FILE, "-output", name + ".h5", "-json", name + ".json", *options]
    return launch(ranks, words)


def summaries(command):
    """All at once, because most of a short run is its start"""
    runs = {ranks: start(ranks, command) for ranks in RANKS}
    for ranks, run in runs.items():
        assert run.wait() == 0, (command, ranks)
        with open(f"{command}{ranks}.json") as file:
            yield json.load(file)[command]


values = [
    [complex(real, imag) for real, imag in zip(found["real"], found["imag"])]
    for found in summaries("spectrum")
]
norms = [found["norm"] for found in summaries("steady")]
assert len(values[0]) >= 4
for ranks, other, norm in zip(RANKS, values, norms):
    worst = max(abs(a - b) for a, b in zip(values[0], other))
    change = abs(norm / norms[0] - 1)
    print(f"{ranks} ranks: eigenvalues differ by {worst:.1e} at most, ||F/M|| by {change:.1e}")
    assert len(other) == len(values[0]) and worst <= 1e-11 and change <= 1e-11
