"""An error that one rank finds alone is an error of all: nobody waits for ever, and the sentence is
that of the rank which knows.

Usage: one_rank.py HYPOCO (on one rank; it starts others itself)
"""
import json
import os
import subprocess
import sys

HYPOCO = sys.argv[1]
ROOT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
# fv axes of 46 cells have the nodes (k + 1/2) 12/46, the coarser ones of 30 cells those of (k +
# 1/2) 0.4: theta = -(x + v) = -11.2
# is met on the coarser grid alone, where v > 5, and so on the last rank alone
CASE = [
    "-space_type",
    "tensor",
    "-axis_x_n",
    "46",
    "-axis_x_width",
    "6",
    "-axis_v_n",
    "46",
    "-axis_v_width",
    "6",
    "-time_end",
    "8",
]
HOLE = "0.3*sin(theta)/(abs(theta - ({})) < 1e-6 ? 0 : 1)"


def run(ranks, *arguments):
    command = ["mpiexec", "--oversubscribe", "-n", str(ranks), HYPOCO, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=ROOT)


for theta, ranks in ((-11.2, 2), (11.2, 2), (-11.2, 3)):
    # the error bar of the rate is given up, the run goes on
    r = run(ranks, "solve", *CASE, "-epsilon", HOLE.format(theta), "-json", "run.json")
    assert r.returncode == 0, r.stderr
    assert "rate_check: epsilon_1 is not finite" in r.stderr, r.stderr
    assert json.load(open("run.json"))["rate"]["measured"] > 0
# on the grid of the run: one sentence, exit code 2
fine = f"{-44 * 12 / 46:.15g}"
for command in ("solve", "steady", "spectrum"):
    case = CASE if command == "solve" else CASE[:10]
    r = run(2, command, *case, "-epsilon", HOLE.format(fine))
    assert r.returncode == 2 and r.stderr.count("hypoco: error: epsilon_1 is not finite") == 1, (
        command,
        r.returncode,
        r.stderr,
    )
# a density that is not finite at nodes of one rank
r = run(
    2,
    "solve",
    *CASE,
    "-initial_type",
    "expression",
    "-initial_expression",
    "exp(-x^2 - v^2)/(v > 5.5 ? 0 : 1)",
)
assert r.returncode == 2 and r.stderr.count("g/M is not finite") == 1, (r.returncode, r.stderr)
# a case of a sweep whose error one rank alone finds is recorded with its sentence
r = run(
    2,
    "sweep",
    *CASE[:10],
    "-sweep_groups",
    "1",
    "-sweep_key_1",
    "epsilon",
    "-sweep_values_1",
    f"0.1*sin(theta); {HOLE.format(fine)}",
    "-output",
    "sweep.h5",
    "-json",
    "sweep.json",
)
cases = json.load(open("sweep.json"))["sweep"]["cases"]
assert [c["status"] for c in cases] == ["done", "failed"] and "epsilon_1 is not finite" in cases[1][
    "message"
], cases
print("errors of one rank are errors of all")
