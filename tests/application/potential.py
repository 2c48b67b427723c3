"""model_potential as a user meets it: the sweeps of runs/, a solution, and refusals.

Usage: potential.py HYPOCO
"""
import csv
import json
import os
import subprocess
import sys

try:
    import h5py
    import numpy as np
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

HYPOCO = sys.argv[1]
RUNS = os.path.join(os.environ["HYPOCO_SOURCE_DIR"], "runs")
GAPS = {
    "double-well": [0.0265807838, 0.0225192120, 0.0146154323, 0.0065390772],
    "periodic": [0.4703312281, 0.7117305674, 0.5623888070, 0.2322726354],
}
failures = 0


def check(name, ok, found):
    global failures
    print("ok  " if ok else "FAIL", name, found)
    failures += not ok


def hypoco(*arguments):
    return subprocess.run([HYPOCO, *arguments], capture_output=True, text=True)


# the gap over gamma, against values computed independently
for name, gaps in GAPS.items():
    run = hypoco("sweep", os.path.join(RUNS, name + ".yaml"), "-output", name + ".h5")
    found = (
        [float(row["gap"]) for row in csv.DictReader(open(name + ".csv"))]
        if run.returncode == 0
        else []
    )
    error = max((abs(a - b) for a, b in zip(found, gaps)), default=1)
    check(name, len(found) == 4 and error < 1e-8, f"{error:.1e} {run.stderr[:300]}")

# a solution: mass 1, F = M with E y^2 = 1/beta, decay to it at the gap;
# the file holds the density of M in x
MOMENTUM = ["-model_type", "momentum"]
TENSOR = [*MOMENTUM, "-space_type", "tensor", "-axis_v_type", "hermite", "-axis_v_n", "32"]
WELL = ["-model_potential", "theta^4/4 - theta^2/2"]
FV = [
    *TENSOR,
    *WELL,
    "-axis_x_type",
    "fv",
    "-axis_x_n",
    "96",
    "-model_gamma",
    "2",
    "-model_beta",
    "2",
]
run = hypoco("solve", *FV, "-time_end", "40", "-output", "well.h5", "-json", "well.json")
check("solve", run.returncode == 0 and "none  Theorem 3.1" in run.stdout, run.stderr[:300])
summary = json.load(open("well.json"))
rate, series = summary["rate"], summary["series"]
check("mass", abs(series["mass"][-1] - 1) < 1e-12, series["mass"][-1])
check("no theory", rate["theory_proved"] is None, rate["theory_proved"])
check("rate", abs(rate["measured"] - rate["spectral_gap"]) < 1e-3 * rate["spectral_gap"], rate)
for identity in summary["steady"]["identities"]:
    check("identity", abs(identity["left"] - identity["right"]) < 1e-12, identity)
with h5py.File("well.h5") as file:
    x, v, M = file["x"][:], file["v"][:], file["M"][:]
    exact = np.exp(-2 * (x**4 / 4 - x**2 / 2))
    ratio = M[len(v) // 2] / exact
    check("M", np.ptp(ratio) < 1e-10 * ratio.max(), np.ptp(ratio))

# another run goes on from there; with another potential it must not
again = ["-initial_type", "file", "-initial_file", "well.h5", "-time_end", "1"]
check("initial file", hypoco("solve", *FV, *again).returncode == 0, "")
other = [a.replace("/2", "/3") if a.startswith("theta^4") else a for a in FV]
check("another potential", hypoco("solve", *other, *again).returncode == 2, "")

# a potential for each coordinate: the densities of M, and another run that may not go on
TWO = ["-model_dimension", "2", "-model_potential_1", "theta^4/4 - theta^2/2"]
TWO += ["-model_potential_2", "theta^4 + theta^2/2"]
SMALL = [*MOMENTUM, "-space_type", "tensor", "-axis_v_type", "hermite", "-axis_v_n", "6"]
SMALL += ["-axis_x_type", "fv", "-axis_x_n", "12"]
run = hypoco("solve", *SMALL, *TWO, "-time_end", "1", "-rate_check", "false", "-output", "two.h5")
check("two potentials", run.returncode == 0, run.stderr[:300])
with h5py.File("two.h5") as file:
    x, M = file["x"][:], file["M"][:]
    for i, exact in enumerate([np.exp(x**2 / 2 - x**4 / 4), np.exp(-(x**4) - x**2 / 2)]):
        ratio = M[i][M.shape[1] // 2] / exact
        check(f"M of pair {i + 1}", np.ptp(ratio) < 1e-10 * ratio.max(), np.ptp(ratio))
again = ["-initial_type", "file", "-initial_file", "two.h5", "-time_end", "1"]
other = [a.replace("theta^4 +", "2*theta^4 +") for a in TWO]
run = hypoco("solve", *SMALL, *other, *again)
check("another second potential", run.returncode == 2 and "weights_2" in run.stderr, run.stderr)

# circles of 2 pi and 4 pi, and of two temperatures: the sums of the eigenvalues of one at a time,
# which have far more points here
CIRCLES = [*MOMENTUM, "-space_type", "tensor", "-axis_x_type", "fourier", "-axis_v_type", "hermite"]
CIRCLES += ["-model_gamma", "2", "-json", "circle.json"]
PERIODS = ["6.283185307179586", "12.566370614359172"]
WAVES = ["0.3*(1 - cos(theta))", "0.3*(1 - cos(theta/2))"]


def eigenvalues(*arguments):
    run = hypoco("spectrum", *CIRCLES, *arguments)
    if run.returncode:
        print(run.stderr)
        return []
    found = json.load(open("circle.json"))["spectrum"]
    return [complex(a, b) for a, b in zip(found["real"], found["imag"])]


for betas in [["1", "1"], ["1", "2"]]:
    fine = ["-axis_x_n", "31", "-axis_v_n", "40", "-spectrum_count", "8"]
    one, two = (
        eigenvalues("-model_potential", U, "-axis_x_period", L, "-model_beta", beta, *fine)
        for U, L, beta in zip(WAVES, PERIODS, betas)
    )
    sums = sorted((a + b for a in one for b in two), key=lambda z: -z.real)
    TWO_WAVES = ["-model_dimension", "2", "-model_potential_1", WAVES[0]]
    TWO_WAVES += ["-model_potential_2", WAVES[1], "-model_beta", ", ".join(betas)]
    TWO_WAVES += ["-axis_x_period", ", ".join(PERIODS)]
    both = eigenvalues(*TWO_WAVES, "-axis_x_n", "11", "-axis_v_n", "10", "-spectrum_count", "6")
    error = max((abs(a - b) for a, b in zip(both, sums)), default=1)
    check("circles, beta = " + ", ".join(betas), len(both) == 6 and error < 1e-8, error)

CIRCLE = ["-axis_x_type", "fourier", "-axis_x_period", "5"]
for words, arguments in {
    "not integrable": [*TENSOR, "-model_potential", "cos(theta)"],
    "one end of a period": [*TENSOR, *CIRCLE, "-model_potential", "cos(theta)"],
    "for d <= 3": [*MOMENTUM, "-model_dimension", "4", *WELL],
    "simplex": [*MOMENTUM, "-space_type", "simplex", *WELL],
    "take model_type momentum": ["-space_type", "tensor", *WELL],
    "Gaussian weight only": [*TENSOR, *WELL, "-axis_x_type", "hermite"],
    "circle": [*TENSOR, "-axis_x_type", "fourier", *WELL],
    "whole loss": [*TENSOR, *WELL, "-epsilon", "sin(theta)"],
    "axis_x_period": [*TENSOR, "-axis_x_type", "fv", "-axis_x_period", "5"],
    "model_potential_2: e^{-beta U} is not integrable": [*SMALL, *TWO[:5], "cos(theta)"],
    "of which 1 are given": [*SMALL, *TWO[:4]],
    "exclude each other": [*SMALL, *TWO, *WELL],
    "equally long in these units": [*CIRCLES, *TWO_WAVES, "-model_omega0", "1"],
    "axis_x_period: 3 numbers": [*CIRCLES, *TWO_WAVES[:-1], "1, 2, 3"],
    "the period of model_potential_2": [*CIRCLES, *TWO_WAVES[:-1], "6.283185307179586, 5"],
    "not periodic": [
        *TENSOR,
        "-axis_x_type",
        "fourier",
        "-axis_x_period",
        "2",
        "-model_potential",
        "cos(pi*theta)",
        "-initial_type",
        "random",
    ],
}.items():
    run = hypoco("solve", *arguments)
    ok = run.returncode == 2 and words in run.stderr and run.stderr.count("\n") == 1
    check("refused: " + words, ok, run.stderr.strip())
run = hypoco("sample", *MOMENTUM, "-sample_model", "sde", *WELL)
check("sample", run.returncode == 2 and "model_potential" in run.stderr, run.stderr.strip())
run = hypoco("verify", *FV)
judged = "only bounds were judged: " in run.stdout and "0 not applicable" not in run.stdout
check("verify", run.returncode == 0 and judged, run.stdout[-300:] + run.stderr)
sweep = ["-sweep_command", "verify", "-sweep_key_1", "model_gamma", "-sweep_values_1", "1"]
sweep += ["-axis_x_type", "polynomial", "-axis_x_n", "12", "-axis_v_type", "hermite"]
sweep += ["-axis_v_n", "10", "-output", "sweep.h5", *MOMENTUM, "-space_type", "tensor"]
run = hypoco("sweep", *sweep, *WELL)
check("sweep of verify", run.returncode == 0 and ", 0 failed" in run.stdout, run.stdout[-300:])
run = hypoco("verify", *TENSOR, *WELL)
check(
    "verify",
    run.returncode == 0 and "modified L2 norm, Poincare constant" in run.stdout,
    run.stdout[:300] + run.stderr.strip(),
)
sys.exit(1 if failures else 0)
