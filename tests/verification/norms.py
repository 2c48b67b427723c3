"""Total variation, entropy, chi^2 and Fisher information against closed forms and quadrature.

Usage: norms.py HYPOCO gaussian TOLERANCE [option ...]
       norms.py HYPOCO order [option ...]
       norms.py HYPOCO monotone TOLERANCE [option ...]
       norms.py HYPOCO reference TOLERANCE
       norms.py HYPOCO pairs D TOLERANCE [option ...]
       norms.py HYPOCO product TOLERANCE TV_TOLERANCE asgd|momentum [option ...]
       norms.py HYPOCO rates
       norms.py HYPOCO negative [option ...]
       norms.py HYPOCO unresolved
       norms.py HYPOCO poles
       norms.py HYPOCO degrees LOW HIGH TOLERANCE LEAST [option ...]

gaussian: eps = 0 and a Gaussian start, which stays Gaussian, at 20 times
order: errors on three grids, each with 3/2 of the points
monotone: the entropy never increases, and its derivative is -gamma fisher_v
pairs: the same as gaussian in D pairs (x_i, v_i), in all variables: entropy and Fisher information
are sums over the pairs, 1 + chi^2 is a product; total variation within what tv_error says;
the marginals beside them; at most 51 of the output times
product: d = 2 with eps_1(theta_1), eps_2(theta_2), or with two potentials: g and F are products
of those of two runs in d = 1, whose entropy and Fisher information add up, whose 1 + chi^2
multiply,
and whose total variation is a sum over the points of both
rates: those of distances in all variables of d = 2 are the gap to 1 %, with bars below 2 %
negative: a start that is no density: its mass is a series, and what it spoils has no value
degrees: where F is negative at points of a space, the Fisher information is that of a larger degree
at all times at which it has a value, at LEAST so many
poles: chi^2 on spaces that do not resolve the tails of F has a value where it agrees with that of a
larger degree, and says where it has none
unresolved: no total variation above 1, and no bar of a rate, on a space that does not resolve F;
the error of F on one that does falls with the degree, between 3 standard deviations too
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
            *([] if "-rate_check" in options else ["-rate_check", "false"]),
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


SMALL = (  # a Gaussian of each pair, near M: sixteen degrees have twelve digits
    (np.array([0.2, -0.15]), np.array([[1.03, 0.02], [0.02, 0.98]])),
    (np.array([-0.1, 0.12]), np.array([[0.97, -0.01], [-0.01, 1.02]])),
    (np.array([0.05, 0.1]), np.array([[1.01, 0.01], [0.01, 0.99]])),
)


def pairs_start(d):
    mean, covariance = np.zeros(2 * d), np.zeros((2 * d, 2 * d))
    for i in range(d):
        mean[i::d] = SMALL[i][0]
        covariance[i::d, i::d] = SMALL[i][1]
    return [
        *("-model_dimension", f"{d}", "-model_gamma", f"{GAMMA}"),
        *("-initial_mean", ",".join(f"{x}" for x in mean)),
        *("-initial_covariance", ",".join(f"{x}" for x in covariance.ravel())),
        *("-time_end", "5", "-time_output_interval", "0.25"),
    ]


def variation_of_product(laws):
    """P(g > F) under g and under F: log(g/F) is a sum of a z^2 + b z over independent normal z
    under F, with the characteristic function phi(u), and phi(u - i) under g (Gil-Pelaez)."""
    a, b, c = np.zeros(0), np.zeros(0), 0.0
    for m, S in laws:
        P = np.linalg.inv(S)
        values, vectors = np.linalg.eigh(np.eye(2) - P)
        a, b = np.append(a, values / 2), np.append(b, vectors.T @ P @ m)
        c -= 0.5 * (m @ P @ m + math.log(np.linalg.det(S)))
    size = math.sqrt(2 * a @ a + b @ b + c * c)
    step = 0.02 / size
    u = (np.arange(20000) + 0.5) * step

    def above(shift):
        v = (u + shift)[:, None]
        q = 1 - 2j * v * a
        phi = np.exp(np.sum(-0.5 * np.log(q) - (v * b) ** 2 / (2 * q), axis=1) + 1j * v[:, 0] * c)
        return 0.5 + np.sum(phi.imag / u) * step / math.pi

    return above(-1j) - above(0)


def pairs_forms(d, t):
    E, eye = flow(t), np.eye(2)
    laws = [(E @ m, eye + E @ (S - eye) @ E.T) for m, S in SMALL[:d]]
    found = {"entropy": 0.0, "chi2": 1.0, "fisher": 0.0, "fisher_v": 0.0}
    for m, S in laws:
        gradient = eye - np.linalg.inv(S)
        found["entropy"] += 0.5 * (np.trace(S) + m @ m - 2 - math.log(np.linalg.det(S)))
        found["chi2"] *= math.exp(m @ np.linalg.inv(2 * eye - S) @ m) / math.sqrt(
            np.linalg.det(S) * np.linalg.det(2 * eye - S)
        )
        found["fisher"] += np.trace(gradient @ S @ gradient.T) + m @ m
        found["fisher_v"] += (gradient @ S @ gradient.T)[1, 1] + m[1] ** 2
    found["chi2"] -= 1
    return found, variation_of_product(laws)


def product_variation():
    """1/2 sum |g_1 g_2 - F_1 F_2| = sum of F_1 F_2 (r_1 r_2 - 1) where that is positive, r = g/F,
    over the points of two files, at all times"""
    import h5py

    laws = []
    for k in (0, 1):
        with h5py.File(f"single{k}.h5") as file:
            F = file["F"][0].ravel()
            cell = np.ptp(file["x"][:2]) * np.ptp(file["v"][:2])
            g = file["g"][:, 0].reshape(len(file["g"]), -1)
            known = F > 1e-9 * F.max()  # farther out it may be negative
            laws.append((F[known] * cell, np.maximum(g[:, known], 0) / F[known]))
    found = []
    for r1, r2 in zip(laws[0][1], laws[1][1]):
        order = np.argsort(-r2)
        r2, F2 = r2[order], laws[1][0][order]
        first = np.concatenate([[0], np.cumsum(F2)])
        second = np.concatenate([[0], np.cumsum(F2 * r2)])
        n = np.searchsorted(-r2, -1 / np.maximum(r1, 1e-300))  # r_1 r_2 > 1
        found.append(laws[0][0] @ (r1 * second[n] - first[n]))
    return np.array(found)


if WHAT == "pairs":
    d, tolerance = int(REST[0]), float(REST[1])
    series = solve(*pairs_start(d), *REST[2:])
    truth = [pairs_forms(d, t) for t in series["t"]]
    for name in ("entropy", "chi2", "fisher", "fisher_v"):
        error = max(abs(a - b[0][name]) for a, b in zip(series[name], truth)) / truth[0][0][name]
        check(name, error < tolerance, f"{error:.1e}")
    errors = [abs(a - b[1]) for a, b in zip(series["tv"], truth)]
    check("tv", max(errors) < 10 ** (1 - 2 * (4 - d)) * truth[0][1], f"{max(errors):.1e}")
    share = max(e / bar for e, bar in zip(errors, series["tv_error"]))
    check("tv within its error", share < 1, f"{share:.2g} of it")
    worst = max(bar / b[1] for bar, b in zip(series["tv_error"], truth))
    # every second of nine nodes along each axis, in d = 3, says less
    check("which says something", worst < 0.1 * (d - 1), f"{worst:.1e} of tv")
    entropy = np.array(series["entropy"])
    check("entropy never increases", np.all(np.diff(entropy) < 0), np.diff(entropy).max())
    # independent pairs: the entropy of all is the sum of those of the marginals
    if "entropy_pair" in series:
        whole = np.array(series["entropy_pair"]).reshape(len(entropy), d).sum(axis=1)
        error = np.max(np.abs(whole - entropy)) / entropy[0]
        check("sum over the marginals", error < tolerance, f"{error:.1e}")
    if d == 2 and "entropy_pair" in series:
        long = solve(*pairs_start(d)[:-1], "0.05", *REST[2:])
        known = [k for k, x in enumerate(long["entropy"]) if x is not None]
        check("at most 51 times", known == list(range(0, 101, 2)), len(known))
        check("marginals at all", None not in np.array(long["entropy_pair"]).ravel(), "")
elif WHAT == "product":
    common = "-model_gamma 0.8 -time_end 3 -time_output_interval 0.25".split()
    key, laws = "-epsilon", (
        ("0.2*sin(theta{})", "0.2,0.15", "1.04"),
        ("0.15*tanh(theta{})", "-0.1,0.25", "0.95"),
    )
    if "momentum" in REST:
        key, laws = "-model_potential", (
            ("theta^4/4", "0.1,0.1", "0.96"),
            ("theta^4/8+theta^2/4", "-0.1,0.15", "1.02"),
        )
        common += "-axis_x_type polynomial -axis_v_type hermite -space_type tensor".split()
        common += ["-model_type", "momentum"]
    single = []
    for force, mean, variance in laws:
        options = [key, force.format(""), "-initial_mean", mean]
        options += ["-initial_covariance", variance, "-output", f"single{len(single)}.h5"]
        single.append(solve(*common, *options))
    means = [law[1].split(",") for law in laws]
    variances = ",".join(laws[i % 2][2] if i == j else "0" for i in range(4) for j in range(4))
    mean = ",".join(m[c] for c in (0, 1) for m in means)
    together = ["-model_dimension", "2", "-initial_mean", mean]
    together += ["-initial_covariance", variances]
    for i in (1, 2):
        together += [f"{key}_{i}", laws[i - 1][0].format(i if key == "-epsilon" else "")]
    series = solve(*common, *together, *REST[3:])
    one, two = ({k: np.array(v, float) for k, v in s.items() if k != "name"} for s in single)
    right = {name: one[name] + two[name] for name in ("entropy", "fisher", "fisher_v")}
    right["chi2"] = (1 + one["chi2"]) * (1 + two["chi2"]) - 1
    for name, values in right.items():
        error = np.max(np.abs(np.array(series[name], float) - values)) / values[0]
        check(name, error < float(REST[0]), f"{error:.1e}")
    right = product_variation()
    error = np.max(np.abs(np.array(series["tv"], float) - right) / right)
    check("tv", error < float(REST[1]), f"{error:.1e}")
elif WHAT == "rates":
    solve("-model_dimension", "2", "-space_degree", "10", "-rate_check", "true")
    found = {n["name"]: n for n in json.load(open("run.json"))["norms"]}
    for name in ("tv", "entropy", "chi2", "fisher", "fisher_v"):
        rate, bar = found[name]["rate"], found[name]["error"]
        good = abs(rate / 0.5 - 1) < 0.01 and abs(rate - 0.5) <= bar < 0.01
        check(f"rate of {name}", good, f"{rate} +- {bar}")
elif WHAT == "negative":
    options = "-model_dimension 2 -time_end 1 -time_output_interval 0.1 -initial_type modes"
    series = solve(*options.split(), "-initial_modes", "1,0,0,0,0.6,0,1,0,0,0.6", *REST)
    # 1 + 0.6 (X_1 + X_2): E max(0, -1 - s Z) with s^2 = 0.72
    s = math.sqrt(0.72)
    mass = s * math.exp(-0.5 / s**2) / math.sqrt(2 * math.pi) - normal(np.array([-1 / s]))[0]
    check("negative mass", abs(series["negative"][0] / mass - 1) < 0.05, series["negative"][0])
    check("entropy has no value", series["entropy"][0] is None, series["entropy"][0])
    check("chi^2 has", abs(series["chi2"][0] - 0.72) < 1e-10, series["chi2"][0])
    check("F is positive", max(series["negative_F"]) == 0, max(series["negative_F"]))
elif WHAT == "unresolved":
    loss = "-model_type momentum -loss theta^4/4 -space_type tensor -axis_x_type polynomial"
    loss += " -axis_v_type hermite -axis_x_n 8 -axis_v_n 8 -time_end 3"
    series = solve(*loss.split())
    whole = json.load(open("run.json"))
    check("F is not resolved", whole["steady"]["error"] > 0.1, whole["steady"]["error"])
    check("no error above 1", whole["steady"]["error"] <= 1, whole["steady"]["error"])
    check("no TV above 1", all(x is None or x < 1.1 for x in series["tv"]), series["tv"][-1])
    grid = "-epsilon 2*sin(8*theta) -space_type tensor -axis_x_n 24 -axis_v_n 24"
    solve(*grid.split())
    rates = json.load(open("run.json"))["norms"]
    check("some rates", any(n["rate"] is not None for n in rates), len(rates))
    check("none has a bar", all(n["error"] is None for n in rates), len(rates))
    solve("-epsilon", "0.3*sin(theta)", "-space_degree", "80", "-time_end", "1")
    error = json.load(open("run.json"))["steady"]["error"]
    check("error of F", error < 6e-5, error)
elif WHAT == "poles":
    for eps, degree, least in (("1.5*tanh(2*theta)", 12, 8), ("0.8*sin(theta)", 16, 12)):
        options = ["-epsilon", eps, "-initial_mean", "0.5,0.2", "-initial_covariance", "0.8"]
        options += ["-time_output_interval", "0.5", "-space_degree"]
        right, found = solve(*options, "64")["chi2"], solve(*options, f"{degree}")["chi2"]
        chi2 = next(n for n in json.load(open("run.json"))["norms"] if n["name"] == "chi2")
        errors = [abs(a / b - 1) for a, b in zip(found, right) if a is not None]
        check(f"{eps}: known", len(errors) >= least, len(errors))
        check(f"{eps}: chi^2", max(errors) < 0.03, f"{max(errors):.1e}")
        spoiled = found.count(None)
        said = chi2["spoiled"] == spoiled > 0 and "negative" in chi2["remark"]
        check(f"{eps}: what is unknown is said", said, f"{spoiled} times, {chi2['remark']}")
elif WHAT == "degrees":
    options = ["-initial_covariance", "0.8", *REST[4:], "-space_degree"]
    low, high = solve(*options, REST[0]), solve(*options, REST[1])
    check("F is negative", max(x or 0 for x in low["negative_F"]) > 0, low["negative_F"][-1])
    for name in ("fisher", "fisher_v"):
        pairs = [(a, b) for a, b in zip(low[name], high[name]) if None not in (a, b)]
        check(f"{name} is known", len(pairs) >= int(REST[3]), len(pairs))
        error = max((abs(a / b - 1) for a, b in pairs), default=math.inf)
        check(f"{name} of two degrees", error < float(REST[2]), f"{error:.1e}")
elif WHAT == "gaussian":
    tolerance = float(REST[0])
    series = solve(*gaussian_start(), *REST[1:])
    check("20 times", len(series["t"]) == 21, len(series["t"]))
    for name, error in errors(series).items():
        check(name, error < tolerance, f"{error:.1e}")
    increase = np.max(np.diff(series["entropy"]))
    check("entropy never increases", increase < 0, increase)
    negative = max(series["negative"]), max(series["negative_F"])
    check("no negative mass", max(negative) < 1e-10, negative)
elif WHAT == "order":
    found = []
    for n in (96, 144, 216):
        grid = ["-space_type", "tensor", "-axis_x_n", f"{n}", "-axis_v_n", f"{n}", *REST]
        found.append(errors(solve(*gaussian_start(), *grid)))
    for name in found[0]:
        orders = [math.log(a[name] / b[name]) / math.log(1.5) for a, b in zip(found, found[1:])]
        good = 1.8 < orders[1] < 2.2 and abs(orders[1] - 2) < abs(orders[0] - 2) + 0.02
        check(f"{name}: orders", good, f"{orders}, error {found[2][name]:.1e}")
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
