"""axis_grading: F places cells where the steady state is.

Usage: grading.py HYPOCO; HYPOCO_LAUNCH as set by CTest.
"""
import json
import os
import subprocess
import sys

HYPOCO = sys.argv[1]
LAUNCH = os.environ.get("HYPOCO_LAUNCH", "").split()
# the gap of theta^4/4 - theta^2/2, asgd, gamma = 1, tau^2 = .1: `chain.py HYPOCO truth`
GAP = 0.0237939
WELL = (
    "-loss theta^4/4-theta^2/2 -model_tau 0.31622776601683794 -space_reference auto -space_type "
    "tensor -axis_flux positive -axis_x_width 7 -axis_v_width 7 -spectrum_count 3 "
)


def run(command, options, code=0):
    """The JSON summary, or what a run that is refused says"""
    words = [*LAUNCH, HYPOCO, command, *options.split(), "-json", "out.json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=100)
    assert done.returncode == code, f"{options}: exit code {done.returncode}\n{done.stderr}"
    return done.stderr if code else json.load(open("out.json"))


# mass and the mean of the force to rounding; F = M, and weights of potentials; d = 2
CELLS = "-space_type tensor -axis_grading F -axis_x_n 12 -axis_v_n 10 "
TWO = "-model_dimension 2 -epsilon_1 sin(theta1+theta2) -epsilon_2 0.1*theta2 "
MODELS = ["-epsilon 2*sin(2*theta)", "", "-model_type momentum -model_potential theta^4/4"]
MODELS += [TWO]
for model in MODELS:
    steady = run("steady", CELLS + model)["steady"]
    assert steady["residual"] < 1e-11, (model, steady["residual"])
    for identity in steady["identities"][:2]:
        assert abs(identity["left"]) < 1e-9, (model, identity)

# the Gaussian of auto, where it takes coarse steady states: the same on any number of ranks, and
# in d = 2 coordinate by coordinate
REFERENCE = (0.9037531069114282, 0.2649537154773259)  # of theta and y, on one rank
STEADY = WELL.replace("-spectrum_count 3 ", "")
ONE = STEADY + "-axis_x_n 16 -axis_v_n 16"
TWO = (
    STEADY.replace("theta^4/4-theta^2/2", "theta1^4/4-theta1^2/2+theta2^2")
    + "-model_dimension 2 -axis_x_n 8 -axis_v_n 8"
)
for options, which in ((ONE, (0, 1)), (TWO, (0, 2))):
    found = run("steady", options)["space"]["reference"]
    for k, value in zip(which, REFERENCE):
        assert abs(found[k] - value) < 1e-9 * value, (options, found)
    assert len(found) == 2 * len(which) or options == ONE, found

if LAUNCH:  # several ranks place the same cells: the identities above have shown it
    sys.exit(0)

# a narrow F in a wide box: nearer to the chain's than equal cells, covered, a smaller bar
errors, bars = {}, {}
for grading in ("none", "F"):
    s = run("spectrum", WELL + f"-axis_x_n 96 -axis_v_n 96 -axis_grading {grading}")["spectrum"]
    errors[grading], bars[grading] = abs(-s["limit_real"][1] - GAP), s["limit_error"][1]
    assert errors[grading] <= bars[grading], (grading, errors, bars)
print(errors, bars)
assert errors["F"] < 0.015 * GAP and errors["F"] < errors["none"], errors
assert bars["F"] < bars["none"] / 2, bars

# a limit that is wrong by half has a bar that says so; the advice is no wider box
s = run("spectrum", WELL + "-axis_x_n 64 -axis_v_n 64")["spectrum"]
assert abs(-s["limit_real"][1] - GAP) <= s["limit_error"][1] < 3 * GAP, s
assert s["steady_error"] > 0.1, s

# auto takes no Gaussian from an F without second moments
NOISE = "-space_type tensor -axis_x_n 24 -axis_v_n 24 -space_reference auto -noise "
assert "no second moments" in run("steady", NOISE + "1+2*theta^2", 2)
run("steady", NOISE + "1+0.3*tanh(theta)^2")

for wrong, says in (
    ("-axis_v_type hermite -space_type tensor", "axis_v_type hermite, which has no faces"),
    ("-axis_x_mesh graded-48.txt -space_type tensor", "the mesh file places the faces"),
    ("", "space_type is not"),
):
    assert says in run("steady", "-axis_grading F " + wrong, 2), wrong
