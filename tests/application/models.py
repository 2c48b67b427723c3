"""Every kind of model through the commands: checkpoints of momentum models, averages in d > 3,
a full Hessian, frequencies from the loss, Proposition 1 of An, Lu and Ying.

Usage: models.py HYPOCO; HYPOCO_LAUNCH as set by CTest.
"""
import glob
import json
import math
import os
import subprocess
import sys

HYPOCO = sys.argv[1]
LAUNCH = os.environ.get("HYPOCO_LAUNCH", "").split()


def run(command, options, code=0, says=""):
    """The JSON summary of a run that comes to its end and prints some words"""
    words = options.split()
    done = subprocess.run(
        [*LAUNCH, HYPOCO, command, *words, "-json", "out.json"],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == code, f"{options}: exit code {done.returncode}\n{done.stderr}"
    assert says in done.stdout + done.stderr, f"{options}: '{says}' is not said\n{done.stdout}"
    if code:
        return None
    with open("out.json") as file:
        return json.load(file)


def flat(values):
    """The numbers of nested lists, one after the other"""
    if not isinstance(values, list):
        return [float(values)]
    return [number for part in values for number in flat(part)]


def same(left, right, tolerance, what):
    left, right = flat(left), flat(right)
    assert len(left) == len(right), f"{what}: {len(left)} and {len(right)} numbers"
    worst = max(abs(a - b) / max(1, abs(b)) for a, b in zip(left, right))
    assert worst <= tolerance, f"{what}: {worst:.2e} apart"


# a run of a momentum model with noise and a full Hessian, stopped and gone on with
MODEL = (
    "-model_type momentum -model_dimension 2 -model_hessian 2,0.8,0.8,1.2 -model_gamma 1.1 "
    "-model_beta 1.3 -space_degree 8 -loss_gradient_1 2*theta1+0.8*theta2+0.3*sin(theta1) "
    "-loss_gradient_2 0.8*theta1+1.2*theta2 -noise 1+0.2*tanh(theta1)^2 "
    "-initial_mean 0.3,-0.2,0.1,0.2 -time_end 40 -time_output_interval 0.5 -rate_check false "
)
for left in glob.glob("part.h5*"):  # of an earlier run of this test
    os.remove(left)
whole = run("solve", MODEL)
run("solve", MODEL + "-output part.h5 -wall_limit 0.001 -restart auto", code=5, says="wall_limit")
resumed = run("solve", MODEL + "-output part.h5 -restart auto", says="going on from")
for name in ("norm2", "H", "theta", "theta2", "y"):
    same(resumed["series"][name], whole["series"][name], 1e-12, f"{name} after a restart")
same(whole["series"]["theta"][0], [0.3, -0.2], 1e-12, "E theta at the start, user's coordinates")
same(whole["series"]["y"][0], [0.1, 0.2], 1e-12, "E y at the start")
E, w = whole["model"]["directions"], whole["model"]["omega0"]
hessian = [
    sum(E[2 * i + k] * w[k] ** 2 * E[2 * j + k] for k in range(2))
    for i in range(2)
    for j in range(2)
]
same(hessian, [2, 0.8, 0.8, 1.2], 1e-14, "eigenvectors and frequencies")

# eps = 0 in four dimensions: four times the averages of one
OPTIONS = (
    "-space_degree 4 -time_end 2 -time_output_interval 0.5 -rate_check false -model_gamma 0.7 "
)
one, four = run("solve", OPTIONS), run("solve", OPTIONS + "-model_dimension 4")
for name in ("theta", "theta2", "y"):
    same(four["series"][name], [4 * value for value in one["series"][name]], 1e-12, name)
same(four["series"]["loss"], [4 * value for value in one["series"]["loss"]], 1e-12, "E f")
run("solve", OPTIONS + "-model_dimension 4 -initial_type random")

# a start as a formula in five dimensions: that of its pairs alone, and M in what it does not name
START = "-space_degree 6 -time_end 2 -time_output_interval 0.5 -rate_check false "
START += "-initial_type expression -initial_expression "
FORMULA = "exp(-(x1-1)^2-v1^2-(x2+0.5)^2-v2^2+0.3*x1*v2)"
FIVE = "exp(-(x2-1)^2-v2^2-(x₅+0.5)^2-v₅^2+0.3*x2*v5)"
for kind in ("-model_type momentum ", ""):
    two = run("solve", kind + "-model_dimension 2 " + START + FORMULA)
    five = run("solve", kind + "-model_dimension 5 " + START + FIVE)
    same(five["series"]["norm2"], two["series"]["norm2"], 1e-12, "norms of a start of two pairs")
    same(five["series"]["H"], two["series"]["H"], 1e-12, "H of a start of two pairs")
five = run("solve", "-model_dimension 5 " + START + "exp(-(x4-1)^2/2)")
exact = run("solve", "-model_dimension 5 " + START.replace("expression -initial_expression",
            "gaussian -initial_mean 0,0,0,1,0,0,0,0,0,0 -initial_covariance 1"))
same(five["series"]["H"][0], exact["series"]["H"][0], 1e-6, "a start that names no v")
run("solve", "-model_dimension 5 " + START + "exp(-x1^2-x2^2-x₃^2-v5^2)", code=2, says="4 pairs")
run("solve", "-model_dimension 4 -model_hessian 2,1,0,0,1,2,0,0,0,0,1,0,0,0,0,1 " + START + "1",
    code=2, says="no product over the coordinates")
# names of theta with its letter and subscripts, where eps_i acts on what it names alone
PAIR = "-model_dimension 4 -space_degree 4 -epsilon_3 0 -epsilon_4 0 "
names = [run("spectrum", PAIR + "-epsilon_1 0.5*sin(" + a + ") -epsilon_2 0.5*cos(" + b + ")")
         for a, b in (("theta2", "theta1"), ("θ₂", "θ1"))]
assert abs(names[0]["spectrum"]["real"][1] + 0.5) > 1e-3, "eps does nothing"
same(names[1]["spectrum"]["real"], names[0]["spectrum"]["real"], 1e-12, "names of theta")

# a space with another Gaussian in four dimensions, where eps_i has a multiple of theta_i alone
OTHER = "-model_dimension 4 -space_degree 4 -space_reference 1.1,1.05 "
four = run("spectrum", OTHER + "-spectrum_count 3", says="eps = 0")
assert four["space"].get("epsilon_tail") is None, four["space"]
same(four["spectrum"]["real"][:2], [0, -0.5], 1e-9, "eigenvalues with another Gaussian")
run("spectrum", OTHER.replace("1.1,1.05", "2,1.2"))
OTHER = "-space_reference 1.5,1.1 "
one = run("spectrum", OTHER, says="eps = 0")
assert one["space"]["epsilon_tail"] is None, one["space"]
run("spectrum", OTHER + "-epsilon 0.1*sin(theta)", says="of eps beyond")
# exp(t G) has a norm where no Gaussian of the space becomes wider than it admits
norm = "-propagator_times 6 -space_reference 1.3,1.3 -model_type momentum -space_degree "
norm = [run("spectrum", norm + n)["propagator"]["norm"] for n in ("12", "20")]
same(norm[0], norm[1], 1e-3, "the norm of the propagator on another Gaussian")
run("spectrum", OTHER + "-propagator_times 0.5", code=2, says="propagator_times: exp(t G)")
# strong friction and a late time: e^{-mt} cosh(kt) is a number though cosh(kt) is none
LATE = "-model_type momentum -model_gamma 10 -model_beta 1 -space_reference 1.05,1.1 "
run("spectrum", LATE + "-epsilon 0.1*sin(theta) -space_degree 8 -propagator_times 200")
run(
    "solve",
    "-model_dimension 4 -space_degree 4 -time_end 1 -space_reference 0.8,0.8 "
    "-initial_type expression -initial_expression exp(-(x1-0.1)^2/2-v1^2/2)",
    code=2,
    says="leave space_reference out",
)
for bad in ("1,1e-300", "1,1e-30", "1e30,1", "1e-11,1", "1,inf"):
    run("spectrum", "-space_reference " + bad, code=2, says="space_reference")
# auto: the second moments of F; for momentum those of e^{-2 f}, 2 sqrt(T) Gamma(3/4)/Gamma(1/4)
AUTO = "-space_reference auto -space_type tensor "
one = run("steady", AUTO + "-model_type momentum -model_tau 1 -loss theta^4/4 -axis_flux positive "
          "-axis_x_n 32 -axis_v_n 32")
wide = math.sqrt(2 * math.sqrt(0.5) * math.gamma(0.75) / math.gamma(0.25))
same(one["space"]["reference"], [wide, math.sqrt(0.5)], 1e-5, "the quartic's deviations")
HERMITE = "-axis_x_type hermite -axis_v_type hermite -axis_x_n 24 -axis_v_n 24 "
one = run("spectrum", AUTO + HERMITE + "-epsilon 0.3*sin(theta) -spectrum_count 3")
same(one["spectrum"]["real"][1], -0.5019227829, 1e-8, "the gap on the matched Gaussian")
assert abs(one["space"]["reference"][0] / 1.425 - 1) < 0.05, one["space"]["reference"]
assert "reference" not in run("spectrum", AUTO + HERMITE)["space"], "F = M without eps"
assert "reference" not in run("spectrum", "-space_reference model -epsilon sin(theta)")["space"]
for bad in ("-epsilon=-2*theta", "-epsilon=-theta"):
    run("spectrum", AUTO + HERMITE + bad.replace("=", " "), code=2, says="holds no law")
run("verify", "-space_reference auto -time_end 3 -space_degree 12", says="no proved statement")
run("spectrum", "-space_reference all", code=2, says="or auto/model")
# what is small depends on M
run("spectrum", "-space_degree 12 -space_reference 1.5e-6,1.1e-6 -model_beta 1e12")

# frequencies from the loss: w^2 = 1 - 0.1 E cos theta, Var theta = 1/(2 w^2)
auto = run(
    "spectrum",
    "-model_type momentum -model_omega0 auto -model_beta 2 -space_degree 30 "
    "-loss theta^2/2+0.1*cos(theta) -spectrum_count 3",
)
w2 = auto["model"]["omega0"] ** 2
same(w2, 1 - 0.1 * math.exp(-1 / (4 * w2)), 1e-13, "w^2 = 1 - 0.1 E cos theta")
assert auto["model"]["omega0_source"] == "the averaged curvature of the loss"
given = run(
    "spectrum",
    f"-model_type momentum -model_omega0 1 -model_beta 2 -space_degree 30 "
    "-loss theta^2/2+0.1*cos(theta) -spectrum_count 3",
)
same(auto["spectrum"]["real"], given["spectrum"]["real"], 1e-10, "another quadratic part")


# Proposition 1: equality for linear gradients, the difference for others
def proposition(options):
    rows = run("verify", "-space_degree 24 -time_end 5 " + options)["statements"]
    return {
        row["name"]: row
        for row in rows
        if "ASGD" in row["name"] and row["verdict"] != "not applicable"
    }


rows = proposition("")
assert len(rows) == 2
assert all(row["verdict"] == "holds" and row["proved"] for row in rows.values()), rows
rows = proposition("-model_gamma 2")  # a double eigenvalue, known to half its digits
assert all(row["verdict"] == "holds" for row in rows.values()), rows
rows = proposition("-epsilon 0.3*theta+0.1")
assert len(rows) == 4
for row in rows.values():
    same(row["left"], row["right"], 1e-10, row["name"])
rows = proposition("-epsilon 0.3*sin(theta)")
rate = rows["ASGD = momentum, rate, this gradient"]
same(rate["left"], 0.5019227829, 2e-10, "rate of asgd")
same(rate["right"], 0.5024479731, 2e-10, "rate of momentum")
assert rate["verdict"] == "fails" and not rate["proved"]
# independent: dense matrices by Gauss-Hermite quadrature, numpy
norm = rows["ASGD - momentum, the PDEs"]
same(norm["left"], 0.2719614106, 1e-9, "norm of the difference of the two PDEs")
same(norm["right"], 0.8084452063, 1e-9, "its bound")
assert norm["verdict"] == "holds" and norm["proved"]
assert rows["ASGD = momentum, the PDEs, this gradient"]["verdict"] == "fails"
assert not proposition("-model_type momentum")
print("models as they should be")
