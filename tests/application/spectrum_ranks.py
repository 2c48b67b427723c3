"""hypoco spectrum and hypoco steady give the same eigenvalues and the same ||F/M|| on 1, 2,
3 and 4 ranks, to 1e-11.

Usage: spectrum_ranks.py HYPOCO FILE.yaml [-option value ...]
"""
import json
import os
import subprocess
import sys

HYPOCO, FILE, OPTIONS = sys.argv[1], sys.argv[2], sys.argv[3:]
FILE = os.path.join(os.environ["HYPOCO_SOURCE_DIR"], "runs", FILE)


def summary(ranks, command):
    path = f"{command}{ranks}.json"
    words = [
        "mpiexec",
        "-n",
        str(ranks),
        HYPOCO,
        command,
        FILE,
        "-output",
        f"{command}{ranks}.h5",
        "-json",
        path,
    ]
    options = list(OPTIONS)
    if command == "steady" and "-spectrum_count" in options:  # a key of spectrum alone
        at = options.index("-spectrum_count")
        del options[at : at + 2]
    subprocess.run(words + options, check=True, stdout=subprocess.DEVNULL, timeout=100)
    with open(path) as file:
        return json.load(file)[command]


def eigenvalues(ranks):
    found = summary(ranks, "spectrum")
    return [complex(real, imag) for real, imag in zip(found["real"], found["imag"])]


one, norm = eigenvalues(1), summary(1, "steady")["norm"]
assert len(one) >= 4
for ranks in (2, 3, 4):
    other = eigenvalues(ranks)
    worst = max(abs(a - b) for a, b in zip(one, other))
    change = abs(summary(ranks, "steady")["norm"] / norm - 1)
    print(f"{ranks} ranks: eigenvalues differ by {worst:.1e} at most, ||F/M|| by {change:.1e}")
    assert len(other) == len(one) and worst <= 1e-11 and change <= 1e-11
