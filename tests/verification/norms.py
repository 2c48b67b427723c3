"""Total variation, entropy, chi^2 and Fisher information against closed forms and quadrature.

Usage: norms.py HYPOCO gaussian TOLERANCE [option ...]
       norms.py HYPOCO order [option ...]
       norms.py HYPOCO monotone TOLERANCE [option ...]
       norms.py HYPOCO reference TOLERANCE

gaussian: eps = 0 and a Gaussian start, which stays Gaussian, at 20 times
order: errors on a grid and on one with twice the points
monotone: the entropy never increases, and its derivative is -gamma fisher_v
reference: ||h|| and H of M on a space of another Gaussian are those of the space of M; chi^2 too
"""
import json
import math
import os
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

HYPOCO, WHAT, REST = sys.argv[1], sys.argv[2], sys.argv[3:]
MEAN, COVARIANCE = np.array([0.35, -0.25]), np.array([[1.15, 0.1], [0.1, 0.9]])
GAMMA = 0.8
RULE = np.polynomial.legendre.leggauss(800)
failures = 0


def check(name, ok, found):
    global failures
    print("ok  " if ok else "FAIL", name, found)
    failures += not ok


def solve(*options):
    run = subprocess.run(
        [
            *os.environ.get("HYPOCO_LAUNCH", "").split(),
            HYPOCO,
            "solve",
            "-rate_check",
            "false",
            "-json",
            "run.json",
            *options,
        ],
        capture_output=True,
        text=True,
    )
    if run.returncode:
        sys.exit(run.stderr)
    return json.load(open("run.json"))["series"]


def gaussian_start():
    numbers = [f"{x}" for x in COVARIANCE.ravel()]
    return [
        *("-model_gamma", f"{GAMMA}", "-initial_mean", ",".join(f"{x}" for x in MEAN)),
        *("-initial_covariance", ",".join(numbers), "-time_end", "5"),
        *("-time_output_interval", "0.25"),
    ]


def flow(t):
    """exp(tA) for dX = V, dV = -X - gamma V"""
    values, vectors = np.linalg.eig(np.array([[0, 1], [-1, -GAMMA]]))
    return ((vectors * np.exp(values * t)) @ np.linalg.inv(vectors)).real


def normal(v):
    """The distribution function of N(0, 1), for arrays"""
    return np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2)))(v)


def variation(m, S):
    """1/2 int |N(m, S) - N(0, I)|: for each x the two laws of v cross where a quadratic vanishes"""
    P = np.linalg.inv(S)
    constant = -0.5 * math.log(np.linalg.det(S))
    # 2 log(g/F) = A v^2 + B(x) v + C(x), with A = 1 - P22
    A = 1 - P[1, 1]
    B = np.array([-2 * P[0, 1], 2 * (P[1, 1] * m[1] + P[0, 1] * m[0])])
    C = np.array(
        [
            1 - P[0, 0],
            2 * (P[0, 0] * m[0] + P[0, 1] * m[1]),
            2 * constant - m @ P @ m,
        ]
    )
    edge = 12.0
    discriminant = np.polysub(np.polymul(B, B), 4 * A * C)
    turns = [r.real for r in np.roots(discriminant) if abs(r.imag) < 1e-12 and abs(r.real) < edge]
    nodes, weights = RULE
    total = 0.0
    cuts = [-edge, *sorted(turns), edge]
    for a, b in zip(cuts, cuts[1:]):
        # x = a + (b - a) sin^2: what goes like a root at the ends becomes smooth
        phase = (nodes + 1) * math.pi / 4
        x = a + (b - a) * np.sin(phase) ** 2
        w = weights * math.pi / 4 * (b - a) * np.sin(2 * phase)
        D = np.polyval(discriminant, x)
        root = np.sqrt(np.maximum(D, 0))
        b1 = np.polyval(B, x)
        ends = np.array([(-b1 - root) / (2 * A), (-b1 + root) / (2 * A)])
        low, high = np.minimum(*ends), np.maximum(*ends)
        conditional = m[1] - P[0, 1] / P[1, 1] * (x - m[0]), 1 / math.sqrt(P[1, 1])
        gx = np.exp(-((x - m[0]) ** 2) / (2 * S[0, 0])) / math.sqrt(2 * math.pi * S[0, 0])
        fx = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
        between = gx * (
            normal((high - conditional[0]) / conditional[1])
            - normal((low - conditional[0]) / conditional[1])
        ) - fx * (normal(high) - normal(low))
        whole = gx - fx
        split = np.abs(between) + np.abs(whole - between)
        total += np.sum(w * np.where(D > 0, split, np.abs(whole)))
    return total / 2


def closed_forms(t):
    E = flow(t)
    m = E @ MEAN
    S = np.eye(2) + E @ (COVARIANCE - np.eye(2)) @ E.T
    P, eye = np.linalg.inv(S), np.eye(2)
    gradient = eye - P  # grad log(g/F) at z = gradient (z - m) + m
    return {
        "tv": variation(m, S),
        "entropy": 0.5 * (np.trace(S) + m @ m - 2 - math.log(np.linalg.det(S))),
        "chi2": (
            math.exp(m @ np.linalg.inv(2 * eye - S) @ m)
            / math.sqrt(np.linalg.det(S) * np.linalg.det(2 * eye - S))
            - 1
        ),
        "fisher": np.trace(gradient @ S @ gradient.T) + m @ m,
        "fisher_v": (gradient @ S @ gradient.T)[1, 1] + m[1] ** 2,
    }


def errors(series):
    """The largest error of each over the times, relative to the start"""
    truth = [closed_forms(t) for t in series["t"]]
    return {
        name: max(abs(a - b[name]) for a, b in zip(series[name], truth)) / truth[0][name]
        for name in truth[0]
    }


if WHAT == "gaussian":
    tolerance = float(REST[0])
    series = solve(*gaussian_start(), *REST[1:])
    check("20 times", len(series["t"]) == 21, len(series["t"]))
    for name, error in errors(series).items():
        check(name, error < tolerance, f"{error:.1e}")
    negative = max(series["negative"]), max(series["negative_F"])
    check("no negative mass", max(negative) < 1e-10, negative)
elif WHAT == "order":
    found = []
    for n in (96, 192):
        grid = ["-space_type", "tensor", "-axis_x_n", f"{n}", "-axis_v_n", f"{n}", *REST]
        found.append(errors(solve(*gaussian_start(), *grid)))
    for name in found[0]:
        ratio = found[0][name] / found[1][name]
        check(f"{name}: order", ratio > 3.4, f"{ratio:.2f}, error {found[1][name]:.1e}")
elif WHAT == "monotone":
    tolerance, step = float(REST[0]), 0.02
    series = solve("-time_end", "4", "-time_output_interval", f"{step}", *REST[1:])
    entropy = np.array(series["entropy"])
    gamma = float(dict(zip(REST, REST[1:])).get("-model_gamma", 1))
    check("never increases", np.all(np.diff(entropy) <= 1e-13), np.max(np.diff(entropy)))
    # differences of sixth order
    ahead = [
        entropy[3 + k : len(entropy) - 3 + k] - entropy[3 - k : len(entropy) - 3 - k]
        for k in (1, 2, 3)
    ]
    slope = (45 * ahead[0] - 9 * ahead[1] + ahead[2]) / (60 * step)
    dissipation = -gamma * np.array(series["fisher_v"])[3:-3]
    error = np.max(np.abs(slope - dissipation)) / np.max(np.abs(dissipation))
    check("d/dt entropy = -gamma fisher_v", error < tolerance, f"{error:.1e}")
elif WHAT == "reference":
    common = "-time_end 4 -time_output_interval 0.2 -epsilon 0.3*sin(theta) -model_gamma 0.25 "
    common += "-space_type tensor -axis_x_type hermite -axis_v_type hermite -axis_x_n 32 "
    common += "-axis_v_n 32 -initial_type expression -initial_expression"
    # the same density of (theta, y): (x, v) are (y, -theta - gamma y) for asgd in L2(1/M)
    start = "exp(-(x-0.2)^2/1.6-v^2/1.4)"
    for model, own, gaussian in (
        ("momentum", start, "0.95,1.05"),
        ("asgd", "exp(-(-v-0.25*x-0.2)^2/1.6-x^2/1.4)", "1,0.95"),
    ):
        options = ["-model_type", model, *common.split()]
        right = solve(*options, own)
        found = solve(*options, start, "-space_reference", gaussian)
        for name, other in (("norm2_model", "norm2"), ("H_model", "H"), ("chi2", "chi2")):
            a, b = np.array(found[name], float), np.array(right[other], float)
            error = np.max(np.abs(a - b)) / np.max(np.abs(b))
            check(f"{model}: {name}", error < float(REST[0]), f"{error:.1e}")
    # where the integral is infinite there is no number
    found = solve(*common.split(), start, "-space_reference", "1.6,1.6", "-model_type", "momentum")
    check("no number", found["norm2_model"][-1] is None, found["norm2_model"][-1])
sys.exit(failures > 0)
