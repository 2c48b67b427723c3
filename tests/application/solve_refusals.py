"""What hypoco solve, steady and spectrum refuse: before the first step, in one sentence,
with the right exit code.

Usage: solve_refusals.py HYPOCO
"""
import os
import subprocess
import sys

HYPOCO = sys.argv[1]
LAUNCH = os.environ.get("HYPOCO_LAUNCH", "").split()
SIMPLEX = (
    "model: {omega0: 1, gamma: 1, beta: 1}\nspace: {type: simplex, degree: 8}\ntime: {end: 1,"
    " output_interval: 0.5}\n"
)
TENSOR = (
    "space: {type: tensor}\naxis:\n  x: {type: fourier, n: 11}\n  v: {type: fv, n: 12}\ntime: {end:"
    " 1, output_interval: 0.5}\n"
)
PLAIN = "time: {end: 1, output_interval: 0.5}\n"
MESH = "space: {type: tensor}\ntime: {end: 1, output_interval: 0.5}\n"

# file, further options, exit code, words of the sentence
CASES = [
    (SIMPLEX, "-model_betta 2", 2, ["model_betta", "model_beta"]),
    (SIMPLEX, "-model_beta -1", 2, ["model_beta", "-1"]),
    (SIMPLEX, "-model_gamma fast", 2, ["model_gamma", "fast"]),
    (SIMPLEX, "-model_gamma nan", 2, ["model_gamma"]),
    (SIMPLEX, "-model_gamma 1e300", 2, ["model_gamma", "[1e-30,1e30]"]),
    (SIMPLEX, "-model_omega0 1e150", 2, ["model_omega0", "[1e-30,1e30]"]),
    (
        "time: {end: 1, output_interval: 0.5}\n",
        "-model_hessian 1e300",
        2,
        ["model_hessian", "1e+300", "[1e-60,1e60]"],
    ),
    (SIMPLEX, "-model_beta 1e-300", 2, ["model_beta", "[1e-30,1e30]"]),
    (SIMPLEX, "-space_degree 3000000000", 2, ["space_degree"]),
    (SIMPLEX, "-space_degree 129", 2, ["space_degree", "128"]),
    (SIMPLEX, "-model_dimension 17", 2, ["model_dimension", "16"]),
    (TENSOR, "-model_dimension 4", 2, ["model_dimension: 4 given", "3", "tensor"]),
    (
        SIMPLEX,
        "-model_learning_rate 0.1 -model_staleness 0.5 -model_noise 1",
        2,
        ["model_gamma", "model_learning_rate"],
    ),
    (
        "time: {end: 1, output_interval: 0.5}\n",
        "-model_learning_rate 0.1 -model_staleness 1 -model_noise 1",
        2,
        ["model_staleness", "1"],
    ),
    (SIMPLEX, "-epsilon 0.1*sin(theta", 2, ["epsilon", "column"]),
    (SIMPLEX, "-epsilon theta=2", 2, ["epsilon"]),
    (SIMPLEX, "-epsilon 0,1*theta", 2, ["epsilon"]),
    (SIMPLEX, "-epsilon sqrt(theta)", 2, ["epsilon_1", "finite"]),
    (SIMPLEX, "-epsilon sin(x)", 2, ["epsilon", "x"]),
    (SIMPLEX, "-epsilon_2 theta2", 2, ["epsilon_2"]),
    (SIMPLEX, "-initial_covariance 3", 2, ["initial_covariance", "2"]),
    (SIMPLEX, "-initial_covariance 1,2,3", 2, ["initial_covariance", "3"]),
    (SIMPLEX, "-initial_covariance 1,0.5,0,1", 2, ["initial_covariance", "symmetric"]),
    (SIMPLEX, "-initial_mean 1", 2, ["initial_mean", "2"]),
    (SIMPLEX, "-initial_type file", 2, ["initial_file"]),
    (SIMPLEX, "-initial_type expression -initial_expression exp(-x^2", 2, ["initial_expression"]),
    (
        SIMPLEX,
        "-initial_type expression -initial_expression exp(-0.1*(x^2+v^2)) -initial_expression -1",
        2,
        ["initial_expression"],
    ),
    (SIMPLEX, "-initial_type expression -initial_expression -exp(-x^2-v^2)", 2, ["mass"]),
    (SIMPLEX, "-initial_type modes -initial_modes 1,0", 2, ["initial_modes", "3"]),
    (SIMPLEX, "-initial_type modes -initial_modes 20,0,1", 2, ["initial_modes", "degree"]),
    (SIMPLEX, "-time_end 1 -time_output_interval 1e-9", 2, ["time_output_interval"]),
    (SIMPLEX, "-ts_type no-such-type", 2, ["no-such-type"]),
    (SIMPLEX, "-ts_rk_type 5dp", 2, ["ts_rk_type"]),
    (TENSOR, "-axis_x_n 40", 2, ["axis_x_n", "odd", "41"]),
    (TENSOR, "-axis_v_width 40", 2, ["axis_v_width", "37"]),
    (TENSOR, "-axis_v_mesh graded-48.txt", 2, ["axis_v_mesh", "axis_v_n"]),
    (
        MESH,
        "-axis_x_type fv -axis_v_type fv -axis_x_n 40000 -axis_v_n 40000",
        2,
        ["1.6e+09 unknowns", "GiB per rank, have"],
    ),
    (MESH, "-axis_x_type fourier -axis_x_mesh graded-48.txt", 2, ["axis_x_mesh", "fv"]),
    (MESH, "-axis_v_mesh missing.txt", 4, ["missing.txt"]),
    (TENSOR, "-axis_v_type spline", 2, ["axis_v_type", "spline"]),
    (TENSOR, "-initial_type point -initial_mean 20,0", 2, ["initial_mean", "box"]),
    (SIMPLEX, "-output nowhere/out.h5", 4, ["nowhere/out.h5"]),
    (SIMPLEX, "-json nowhere/out.json", 4, ["nowhere/out.json"]),
    (SIMPLEX, "-initial_type file -initial_file missing.h5", 4, ["missing.h5"]),
    (None, "", 4, ["absent.yaml"]),
    ("model: {gamma: 1}\nmodel: {gamma: 2}\n", "", 2, ["case.yaml"]),
    (
        (
            "model: {dimension: 3}\nepsilon: {1: sin(theta1), 2: '0', 3: '0'}\nspace: {type:"
            " tensor}\naxis: {x: {type: hermite, n: 18}, v: {type: hermite, n: 18}}\n"
        ),
        "",
        2,
        ["nodes"],
    ),
    ("model: [1, 2\n", "", 2, ["case.yaml"]),
    # models
    (PLAIN, "-model_dimension 2 -model_omega0 1,2,3", 2, ["model_omega0", "3 numbers", "= 2"]),
    (PLAIN, "-model_dimension 3 -model_tau 1,2", 2, ["model_tau", "2 numbers", "= 3"]),
    (PLAIN, "-model_dimension 2 -model_hessian 1,2,2", 2, ["model_hessian", "3 numbers", "= 4"]),
    (PLAIN, "-model_dimension 2 -model_hessian 3,1,2,3", 2, ["model_hessian", "symmetric"]),
    (PLAIN, "-model_dimension 2 -model_hessian 1,2,2,1", 2, ["model_hessian", "positive"]),
    (PLAIN, "-model_dimension 2 -model_hessian 0,0,0,1", 2, ["model_hessian", "positive"]),
    (
        PLAIN,
        "-model_dimension 2 -model_hessian 2,1,1,2 -model_omega0 1",
        2,
        ["model_hessian", "model_omega0", "exclude"],
    ),
    (
        PLAIN,
        "-model_dimension 2 -model_hessian 2,1,1,2 -model_beta 1,2",
        2,
        ["model_beta", "model_hessian", "one number"],
    ),
    (
        PLAIN,
        "-model_dimension 2 -model_hessian 2,1,1,2 -noise_1 1 -noise_2 2",
        2,
        ["noise_#", "model_hessian"],
    ),
    (PLAIN, "-model_omega0 auto", 2, ["model_omega0", "loss"]),
    (PLAIN, "-model_omega0 auto -loss -theta^2", 2, ["model_omega0", "theta1", "no frequency"]),
    (PLAIN, "-model_omega0 automatic", 2, ["model_omega0", "or auto"]),
    (PLAIN, "-noise 1+theta", 2, ["noise", "s_1", "positive"]),
    (PLAIN, "-noise (theta-0.12345)^2", 2, ["noise", "s_1", "positive", "theta1 = 0.12345,"]),
    (PLAIN, "-noise theta^2-1e-6", 2, ["noise", "s_1", "positive"]),
    (
        "model: {dimension: 2}\n" + PLAIN,
        "-space_degree 6 -noise abs(theta1-theta2/3)",
        2,
        ["noise", "s_1", "positive"],
    ),
    (PLAIN, "-noise log(-theta^2-1)", 2, ["noise", "s_1", "positive"]),
    (PLAIN, "-model_dimension 2 -noise_1 2", 2, ["noise_1", "of which 1"]),
    (
        PLAIN,
        "-model_type momentum -model_potential -theta^2 -space_type tensor -axis_x_type polynomial",
        2,
        ["model_potential", "not integrable"],
    ),
    (
        PLAIN,
        "-model_type momentum -model_potential sin(theta) -space_type tensor -axis_x_n 20",
        2,
        ["model_potential", "not integrable"],
    ),
    (PLAIN, "-model_potential theta^4 -space_type tensor", 2, ["model_potential", "momentum"]),
    (
        "model: {dimension: 6}\nepsilon: {1: sin(theta1+theta2+theta3+theta4), 2: '0', 3: '0', "
        "4: '0', 5: '0', 6: '0'}\nspace_degree: 2\n"
        + PLAIN,
        "",
        2,
        ["epsilon_1", "4 of the theta_j", "at most 3"],
    ),
    (
        "model: {dimension: 4}\nnoise: 1+0.1*cos(theta1*theta2*theta3*theta4)\nspace_degree: 2\n"
        + PLAIN,
        "",
        2,
        ["noise_1", "4 of the theta_j", "at most 3", "noise_#"],
    ),
]


def run(content, options):
    name = "case.yaml" if content is not None else "absent.yaml"
    if content is not None:
        with open(name, "w") as file:
            file.write(content)
    return subprocess.run(
        LAUNCH + [HYPOCO, "solve", name] + options.split(),
        capture_output=True,
        text=True,
        timeout=100,
    )


if LAUNCH:  # refusals before and after MPI starts, of every kind of check: still one sentence
    CASES = CASES[::7]
failures = 0
for content, options, code, words in CASES:
    done = run(content, options)
    sentences = [line for line in done.stderr.splitlines() if line.startswith("hypoco: error:")]
    wrong = []
    if done.returncode != code:
        wrong.append(f"exit code {done.returncode} instead of {code}")
    if len(sentences) != 1:
        wrong.append(f"{len(sentences)} sentences instead of one")
    wrong += [f"'{word}' is not in it" for word in words if word not in " ".join(sentences)]
    if "measured" in done.stdout:
        wrong.append("the run took place")
    if wrong:
        failures += 1
        print(f"solve {options}: {'; '.join(wrong)}\n    {done.stderr.strip()[:600]}")
print(f"{len(CASES) - failures} of {len(CASES)} refusals as they should be")
sys.exit(failures > 0)
