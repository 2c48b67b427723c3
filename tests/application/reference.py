"""space_reference in every command: linear eps, verify and the cases of a sweep.

Usage: reference.py HYPOCO; HYPOCO_LAUNCH as set by CTest.
"""
import cmath
import json
import os
import subprocess
import sys

HYPOCO = sys.argv[1]
LAUNCH = os.environ.get("HYPOCO_LAUNCH", "").split()


def run(command, options, code=0, says=""):
    """The JSON summary of a run, and what it said"""
    words = [*LAUNCH, HYPOCO, command, *options.split(), "-json", "out.json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=100)
    said = done.stdout + done.stderr
    assert done.returncode == code, f"{command} {options}: exit code {done.returncode}\n{said}"
    assert says in said, f"{command} {options}: '{says}' is not said\n{said}"
    return None if code else json.load(open("out.json"))


def near(found, wanted, tolerance, what):
    for a, b in zip(found, wanted):
        assert abs(a - b) <= tolerance * max(1, abs(b)), f"{what}: {found}, not {wanted}"


if LAUNCH:  # every rank finds the same Gaussian, and both of a group have the same case
    swept = run("sweep", "-sweep_command spectrum -sweep_key_1 space_reference -sweep_values_1 "
                "auto;1.2,2 -sweep_groups 1 -epsilon 3*theta -space_degree 12 -output two.h5")
    near([case["results"]["gap"] for case in swept["sweep"]["cases"]], [0.5, 0.5], 1e-9, "ranks")
    sys.exit(0)

# a linear eps: F is a Gaussian, auto takes its deviations, and the eigenvalues are
# -(gamma -+ sqrt(gamma^2 - 4 k))/2 with the curvature k.  tau^2 = 2 for asgd, omega0 = 1
GAUSSIANS = {
    "asgd": lambda k: ((1 + 1 / k) ** 0.5, k**0.5),
    "momentum": lambda k: (k**-0.5, 1),
}
for kind, deviations in GAUSSIANS.items():
    for eps, k, most in (("3*theta", 4, 1e-10), ("2*theta+1", 3, 1e-10), ("2*theta+4", 3, 1e-8)):
        options = f"-model_type {kind} -epsilon {eps} -space_reference auto "
        found = run("spectrum", options + "-spectrum_count 3")
        near(found["space"]["reference"], deviations(k), 1e-12, f"deviations of {eps}")
        value = -0.5 + cmath.sqrt(0.25 - k)
        near(found["spectrum"]["real"], (0, value.real, value.real), most, eps)
        near([abs(x) for x in found["spectrum"]["imag"]], (0, value.imag, value.imag), most, eps)
solved = run("solve", "-epsilon 3*theta -space_reference auto -time_output_interval 0.5")
near([solved["rate"]["spectral_gap"]], [0.5], 1e-10, "the gap in solve")

# two coupled coordinates: K = [[2, .5], [.5, 3]], F = exp(-theta K theta/2 - y^2/2), correlated
COUPLED = "-epsilon_1 theta1+0.5*theta2 -epsilon_2 0.5*theta1+2*theta2 "
found = run("spectrum", "-model_type momentum -model_dimension 2 -space_degree 8 -spectrum_count 3 "
            "-space_reference auto " + COUPLED)
near(found["space"]["reference"], ((3 / 5.75) ** 0.5, (2 / 5.75) ** 0.5, 1, 1), 1e-12, "coupled")
near([found["spectrum"]["real"][1]], [-0.5], 1e-10, "coupled")
# a force that turns and does not pull back enough has no F
run("spectrum", "-model_dimension 2 -epsilon_1 3*theta2 -epsilon_2 -3*theta1 -space_degree 4 "
    "-space_reference auto", code=2, says="holds no law of theta together")

# without a reference the advice is to take it, in every command, and not where it is no use
ADVICE = "give space_reference auto, for eps is linear"
for command, code in (("spectrum", 3), ("solve", 3), ("steady", 0), ("verify", 3)):
    run(command, "-epsilon 3*theta", code=code, says=ADVICE)
run("spectrum", "-epsilon 3*theta -space_type tensor -axis_x_type hermite -axis_v_type hermite "
    "-axis_x_n 32 -axis_v_n 32", code=3, says=ADVICE)
run("spectrum", "-epsilon 0.1*theta^3 -space_degree 18", code=3, says="lower space_degree")

# verify: bounds are those of M and eps, whatever Gaussian the space has; no audit of L2(M)
EPS = "-epsilon 0.3*sin(theta) -space_degree 16 -time_end 4 -time_output_interval 0.5 "
plain = run("verify", EPS)
other = run("verify", EPS + "-space_reference auto", says="with space_reference only bounds were")
assert plain["statements"] and not other["statements"], other["statements"]
assert other["verdict"].endswith(" do not apply"), other["verdict"]
for one, two in zip(plain["bounds"], other["bounds"]):
    for key in one:
        assert key in ("measured", "ratio") or one[key] == two[key], (one, two)
linear = run("verify", "-epsilon 3*theta -space_reference auto -time_output_interval 0.5")
for bound in linear["bounds"][:2]:
    near([bound["rate"], bound["measured"]], [0.5, 0.5], 1e-9, bound["name"])
    assert bound["verdict"] == "holds", bound

# a sweep: the cases are those of the command, from a file that all commands share
with open("shared.yaml", "w") as file:
    file.write("space_reference: auto\nepsilon: 3*theta\nspace_degree: 24\n")
alone = run("spectrum", "shared.yaml -model_gamma 0.8")
for command in ("spectrum", "verify"):
    swept = run("sweep", f"shared.yaml -sweep_command {command} -sweep_key_1 model_gamma "
                f"-sweep_values_1 0.8,1.2 -output {command}.h5")
    cases = swept["sweep"]["cases"]
    near([case["results"]["gap"] for case in cases], [0.4, 0.6], 1e-10, "cases")
    near([case["results"]["certificate"] for case in cases], [0.4, 0.6], 1e-10, "certificates")
assert cases[0]["results"]["gap"] == alone["spectrum"]["real"][1] * -1, "the same as spectrum alone"
EPS = "-epsilon 0.3*sin(theta) -space_degree 20 -sweep_command spectrum -sweep_key_1 "
EPS += "epsilon_amplitude -sweep_values_1 0.5,1 "
plain = run("sweep", EPS + "-output plain.h5")["sweep"]["cases"]
other = run("sweep", EPS + "-space_reference 1.45,1.05 -output other.h5")["sweep"]["cases"]
for one, two in zip(plain, other):
    assert one["results"]["certificate"] == two["results"]["certificate"], (one, two)
    near([two["results"]["gap"]], [one["results"]["gap"]], 1e-6, "the Gaussian does not matter")
print("space_reference as it should be")
