"""What hypoco says about a space that does not suit the perturbation:
a warning with the number, or a refusal with advice.

Usage: resolution.py HYPOCO
"""
import json
import math
import subprocess
import sys

HYPOCO = sys.argv[1]
SIMPLEX = (
    "model: {omega0: 1, gamma: 1, beta: 1}\nspace: {type: simplex, degree: 12}\ntime: {end: 1,"
    " output_interval: 0.5}\n"
)

# command, options, exit code, words on stderr ([] for silence)
CASES = [
    ("steady", "-epsilon 0.2*sin(theta)", 0, []),
    ("spectrum", "-epsilon 0.2*sin(theta) -spectrum_count 4", 0, []),
    (
        "steady",
        "-epsilon 2*sin(3*theta)",
        0,
        ["space_degree = 12 does not resolve eps", "raise space_degree"],
    ),
    ("steady", "-epsilon 0.1*theta^3", 0, ["||F/M||^2", "not in L2(1/M)", "epsilon_amplitude"]),
    ("solve", "-epsilon 0.1*theta^3", 0, ["||F/M||^2", "not in L2(1/M)"]),
    ("spectrum", "-epsilon 0.1*theta^3 -spectrum_count 3", 0, ["||F/M||^2", "not in L2(1/M)"]),
    # unstable: the truncated operator is so non-normal that rounding decides on its eigenvalues
    # (its inverse has the norm 2e8
    # at degree 16, 1e5 at degree 12, and 1e7 is allowed), or cannot be inverted at all
    (
        "spectrum",
        "-epsilon 0.1*theta^3 -space_degree 12 -operator_form assembled -spectrum_count 3",
        0,
        ["||F/M||^2"],
    ),
    (
        "spectrum",
        "-epsilon 0.1*theta^3 -space_degree 18 -operator_form assembled -spectrum_count 4",
        3,
        ["truncation is unstable", "space_degree"],
    ),
    (
        "spectrum",
        "-epsilon 0.1*theta^3 -space_degree 16 -operator_form assembled -spectrum_count 4",
        3,
        ["truncation is unstable", "space_degree"],
    ),
    (
        "solve",
        "-epsilon 0.1*theta^3 -space_degree 32",
        3,
        ["too strong for this space", "space_degree"],
    ),
    (  # a wider box makes the growth worse
        "solve",
        "-epsilon 0.1*theta^3 -space_type tensor -axis_x_width 7 -axis_v_width 7 -axis_x_n 42 "
        "-axis_v_n 42 -initial_mean 0.7,0.3",
        3,
        ["has grown from", "eps is too strong for this space: lower axis_x_width or axis_v_width"],
    ),
    (
        "spectrum",
        "-epsilon 0.1*theta^3 -space_degree 40 -spectrum_count 4",
        3,
        ["too strong for this space", "space_degree"],
    ),
    # without an eps the noise or the reference is named, and not eps
    (
        "spectrum",
        "-noise 1+5*theta^2 -space_degree 30",
        3,
        ["the noise is too strong for this space", "let noise depend less on theta"],
    ),
    (
        "spectrum",
        "-space_reference 1,0.01",
        3,
        ["what space_reference leaves of the force is too strong", "bring space_reference nearer"],
    ),
    # eps = 0: eigenvalues that the degree cannot vouch for are left out
    (
        "spectrum",
        "-space_degree 12 -model_gamma 30 -spectrum_count 20",
        0,
        ["spectrum_count: 20 given", "raise the degree"],
    ),
]

failures = 0
for command, options, code, words in CASES:
    with open("case.yaml", "w") as file:
        file.write(SIMPLEX)
    run = subprocess.run(
        [HYPOCO, command, "case.yaml"] + options.split(),
        capture_output=True,
        text=True,
        timeout=100,
    )
    ok = (
        run.returncode == code
        and all(word in run.stderr for word in words)
        and (words or not run.stderr)
    )
    print("ok  " if ok else "FAIL", command, options)
    if not ok:
        failures += 1
        print("  exit code", run.returncode, "expected", code, "\n  " + run.stderr[:2000])

subprocess.run(
    [HYPOCO, "steady", "case.yaml", "-epsilon", "0.5*sin(theta)", "-json", "case.json"],
    check=True,
    capture_output=True,
)
tail = json.load(open("case.json"))["space"]["epsilon_tail"]
# sin(c Xi), c = sqrt(2): the coefficient of degree n is 2^{n/2}/sqrt(n!) e^{-1} for odd n,
# and the norm is sqrt((1 - e^{-4})/2)
exact = (
    sum(2.0**n / math.factorial(n) for n in range(13, 26, 2))
    * math.exp(-2)
    / ((1 - math.exp(-4)) / 2)
) ** 0.5
if abs(tail / exact - 1) > 1e-6:
    failures += 1
    print("FAIL tail of sin(sqrt(2) Xi) beyond degree 12:", tail, "expected", exact)
sys.exit(1 if failures else 0)
