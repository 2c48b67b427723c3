"""A stop, and checkpoints in time,
while one long step of the default integrator passes many outputs: eps = 0, where norms only fall.

Usage: solve_stops.py HYPOCO
"""
import json
import os
import subprocess
import sys
import tempfile

HYPOCO = sys.argv[1]
LAUNCH = os.environ.get("HYPOCO_LAUNCH", "").split()
CASE = (
    "space: {degree: 16}\ninitial: {mean: [1, 0], covariance: 0.5}\ntime: {end: 6, output_interval:"
    " 0.2}\nrate_check: false\n"
)


def run(name, code, *words):
    done = subprocess.run(
        [
            *LAUNCH,
            HYPOCO,
            "solve",
            "a.yaml",
            "-output",
            f"{name}.h5",
            "-json",
            f"{name}.json",
            *words,
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, (words, done.returncode, done.stderr)
    return done.stdout


def series(name):
    with open(f"{name}.json") as file:
        return json.load(file)["series"]


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    with open("a.yaml", "w") as file:
        file.write(CASE)
    run("whole", 0)
    run("often", 0, "-checkpoint_interval", "0.001")
    assert series("often") == series("whole")
    # The limit is over at the first question, each time an output or two later
    for _ in range(3):
        assert "wall_limit; go on from" in run(
            "stopped", 5, "-wall_limit", "0.001", "-restart", "auto"
        )
    assert "going on from" in run("stopped", 0, "-restart", "auto")
    assert series("stopped") == series("whole")
