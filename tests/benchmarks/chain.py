"""Gaps of quartic and double-well losses from Markov chains in (theta, y): an independent truth.

chain.py HYPOCO truth           prints the gaps of the chains, extrapolated, and for momentum those
                                of ladders, which have ten digits; two minutes
chain.py HYPOCO study PATHS BASE SEEDS [CASE ..]   coverage of bars of the slowest rate of paths
chain.py HYPOCO check [quick]   compares those of positive fluxes and of potentials with them: the
                                limit of three resolutions agrees to 1 %, and its bar covers;
                                rates of samples within four standard errors; rates of distances
chain.py HYPOCO distances       the table of these rates for the quartic loss alone
chain.py HYPOCO gaps            gaps alone

Chains of Scharfetter and Gummel along the noise and upwind across it, on boxes that hold F to 1e-8,
with 160, 240 and 360 states along each axis; the rest of first and second order is extrapolated.
They know of no Gaussian, and share no formula with the program.
For momentum a ladder of Hermite functions of y, with sinc functions of theta on equidistant points,
has ten digits (80 points and 32 functions have the same as 120 and 40);
the chains are within 4e-4 of it, and 4e-5 for noise .1, as far as they know themselves.
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

GRIDS = (160, 240, 360)
LOSSES = {
    "double well": ("theta^4/4-theta^2/2", lambda t: t**3 - t),
    "quartic": ("theta^4/4", lambda t: t**3),
}
# loss, equation, tau^2, half-widths of theta and y, gap and frequency from `truth`, the change by
# the last grid, and half-widths of the axes and the cells for the program
CASES = [
    ("double well", "asgd", 1.0, 4.0, 12.0, (0.7943415, 1.0076357, 2.3e-3), (7, 7, 144)),
    ("double well", "asgd", 0.6, 3.4, 9.0, (0.8648561, 0.6938519, 3.5e-3), (7, 7, 144)),
    ("double well", "asgd", 0.4, 3.0, 7.0, (0.5011480, 0, 5.0e-3), (5, 7, 144)),
    ("double well", "asgd", 0.25, 2.7, 5.0, (0.2042234, 0, 5.0e-4), (4, 7, 144)),
    ("double well", "asgd", 0.1, 2.2, 3.0, (0.0237939, 0, 2.4e-4), (3, 7, 144)),
    ("quartic", "asgd", 1.0, 4.2, 12.0, (0.6698102, 1.3081891, 1.2e-3), (7, 7, 144)),
    ("double well", "momentum", 1.0, 3.4, 6.0, (0.3385887050, 0, 1e-9), None),
    ("double well", "momentum", 0.6, 3.1, 4.8, (0.1773046734, 0, 1e-9), None),
    ("double well", "momentum", 0.4, 2.9, 4.0, (0.0960284490, 0, 1e-9), None),
    ("double well", "momentum", 0.25, 2.7, 3.2, (0.0388108357, 0, 1e-9), None),
    ("double well", "momentum", 0.1, 2.3, 2.0, (0.0017853502, 0, 1e-9), None),
    ("quartic", "momentum", 1.0, 3.4, 6.0, (0.6526477341, 0.8801238846, 1e-9), None),
]
QUICK = (2, 4, 10)


def bernoulli(z):
    z = np.where(np.abs(z) < 1e-8, 1e-8, z)
    return z / np.expm1(z)


def chain(force, tau2, kind, wide, high, n):
    """The leading eigenvalues of the chain, gamma = 1"""
    import scipy.sparse as sparse
    from scipy.sparse.linalg import eigs

    h, k, noise = 2 * wide / n, 2 * high / n, tau2 / 2
    theta = -wide + h * (np.arange(n) + 0.5)
    y = -high + k * (np.arange(n) + 0.5)
    state = np.arange(n * n).reshape(n, n)
    rows, columns, values = [], [], []

    def edge(a, b, drift, diffusion, step):
        """Rates from a to b and back"""
        if diffusion > 0:
            up = diffusion / step**2 * bernoulli(-drift * step / diffusion)
            down = diffusion / step**2 * bernoulli(drift * step / diffusion)
        else:
            up, down = np.maximum(drift, 0) / step, np.maximum(-drift, 0) / step
        up, down, a, b = up.ravel(), down.ravel(), a.ravel(), b.ravel()
        rows.extend([b, a, a, b])
        columns.extend([a, a, b, b])
        values.extend([up, -up, down, -down])

    edge(state[:-1], state[1:], np.broadcast_to(y, (n - 1, n)), noise if kind == "asgd" else 0, h)
    drift = -(force(theta)[:, None] + (y[:-1] + k / 2)[None, :])
    edge(state[:, :-1], state[:, 1:], drift, noise if kind == "momentum" else 0, k)
    matrix = sparse.csc_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(n * n, n * n),
    )
    found = eigs(matrix, k=6, sigma=0.01, return_eigenvectors=False, tol=1e-12)
    return [x for x in found if abs(x) > 1e-12 and x.imag > -1e-9]


def ladder(force, tau2, wide, n, m):
    """The leading eigenvalues for momentum, gamma = 1: g = sqrt(F) sum_k c_k(theta) u_k(y), with
    dc_k/dt = -k c_k - sqrt(k) A c_{k-1} + sqrt(k + 1) A^T c_{k+1}, A = sqrt(T) d/dtheta +
    f'/(2 sqrt(T)), T = tau^2/2; derivatives of sinc functions"""
    import scipy.sparse as sparse
    from scipy.sparse.linalg import eigs

    T, h = tau2 / 2, 2 * wide / n
    theta = -wide + h * (np.arange(n) + 0.5)
    apart = np.arange(n)[:, None] - np.arange(n)[None, :]
    slope = np.where(apart == 0, 0, (-1.0) ** apart / (h * np.where(apart == 0, 1, apart)))
    A = sparse.csr_matrix(math.sqrt(T) * slope + np.diag(force(theta) / (2 * math.sqrt(T))))
    up = sparse.diags([np.sqrt(np.arange(1, m))], [-1])
    falls = sparse.kron(sparse.diags(np.arange(m, dtype=float)), sparse.identity(n))
    G = sparse.kron(up.T, A.T) - sparse.kron(up, A) - falls
    found = eigs(sparse.csc_matrix(G), k=4, sigma=1e-3, return_eigenvectors=False, tol=1e-13)
    found = [x for x in found if abs(x) > 1e-12 and x.imag > -1e-9]
    return max(found, key=lambda x: x.real)


def third(a, b, c):
    """Of a(h), a(1.5 h), a(2.25 h) at h = 0, without the terms h and h^2"""
    return 5.4 * a - 6 * b + 1.6 * c


def truth():
    for name, kind, tau2, wide, high, *_ in CASES:
        lists = [chain(LOSSES[name][1], tau2, kind, wide, high, n) for n in GRIDS]
        found = []
        for x in lists[2]:
            y = min(lists[1], key=lambda y: abs(y - x))
            z = min(lists[0], key=lambda z: abs(z - y))
            found.append((third(x, y, z), abs(third(x, y, z) - 3 * x + 2 * y)))
        found = [one for one in found if one[1] < 0.1]  # others were not found on all grids
        found.sort(key=lambda one: -one[0].real)
        print(name, kind, tau2, *(f"{z:.7f} +- {e:.1e}" for z, e in found[:3]), flush=True)
        if kind == "momentum":
            two = [ladder(LOSSES[name][1], tau2, wide, *size) for size in ((80, 32), (120, 40))]
            print(f"    ladder {two[1]:.10f}, {abs(two[0] - two[1]):.1e} from a smaller one")


def command(program, what, *options):
    words = [program, what, "-json", "run.json"]
    done = subprocess.run([*words, *options], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.load(open("run.json"))


def run(program, *options):
    options = ["-spectrum_count", "3", "-space_type", "tensor", *options]
    return command(program, "spectrum", *options)["spectrum"]


def one(program, case):
    name, kind, tau2, _, _, (gap, frequency, uncertain), axes = case
    text, tau = LOSSES[name][0], f"{tau2**0.5:.17g}"
    if axes:  # positive fluxes on the Gaussian matched to F
        s = run(program, "-loss", text, "-model_tau", tau, "-space_reference", "auto",
                "-axis_flux", "positive", "-axis_x_width", f"{axes[0]}", "-axis_v_width",
                f"{axes[1]}", "-axis_x_n", f"{axes[2]}", "-axis_v_n", f"{axes[2]}")
        found, bar = complex(s["limit_real"][1], abs(s["limit_imag"][1])), s["limit_error"][1]
    else:
        s = run(program, "-model_potential", text, "-model_tau", tau, "-model_type", "momentum",
                "-axis_x_type", "polynomial", "-axis_v_type", "hermite", "-axis_x_n", "40",
                "-axis_v_n", "30")
        found, bar = complex(s["real"][1], abs(s["imag"][1])), s["error"][1]
    error = abs(found - complex(-gap, frequency))
    size = abs(complex(gap, frequency))
    good = error <= max(0.01 * size, uncertain) and error <= bar + uncertain
    print("ok  " if good else "FAIL", name, kind, tau2, f"{found:.7f} +- {bar:.1e}, "
          f"{100 * error / size:.2g} % from the truth, known to {100 * uncertain / size:.2g} %")
    return good


def tiny(program):
    """Metastable: 1.0166e-6 on two bases, which share only the weight, and not the eigenvalue 0"""
    common = ["-model_potential", LOSSES["double well"][0], "-model_type", "momentum"]
    common += ["-model_tau", "0.2", "-axis_v_type", "hermite", "-axis_v_n", "24"]
    found = []
    for axis, n in (("polynomial", 50), ("fv", 200)):
        s = run(program, *common, "-axis_x_type", axis, "-axis_x_n", f"{n}")
        found.append(-s["real"][1])
        if abs(s["real"][0]) > 1e-12:
            return False
        print(axis, found[-1], s["error"][1])
    # Kramers, gamma = 1: (sqrt(1/4 + 1) - 1/2) sqrt(2)/pi e^{-1/(4T)}, up to terms of order T = .02
    kramers = (1.25**0.5 - 0.5) * 2**0.5 / math.pi * math.exp(-0.25 / 0.02)
    good = abs(found[0] / found[1] - 1) < 1e-3 and abs(found[0] / kramers - 1) < 0.05
    print("ok  " if good else "FAIL", "tiny eigenvalues", *found, "Kramers", kramers)
    return good


def paths(program, case, count, seed=1):
    """The rate of E theta and the slowest one, from 120 outputs over 6/gap, or 300 where that is
    less, which is long beside all other modes"""
    name, kind, tau2, _, _, (gap, _, _), _ = case
    step = float(f"{min(0.05 / gap, 2.5):.2g}")
    return command(program, "sample", "-sample_model", "sde", "-model_type", kind, "-loss",
                   LOSSES[name][0], "-model_tau", f"{tau2**0.5:.17g}", "-sample_paths", f"{count}",
                   "-sample_seed", f"{seed}", "-sample_transitions", "true",
                   "-time_end", f"{120 * step:.10g}", "-time_output_interval", f"{step:.10g}",
                   "-initial_type", "point",
                   "-initial_mean", "0,-1" if kind == "asgd" else "1,0")["sample"]


def sampled(program, case, count):
    """The slowest rate of paths of the equation is decided and within four standard errors, and so
    is the rate of E theta, or it is undecided"""
    name, kind, tau2, _, _, (gap, _, uncertain), _ = case
    found, good = paths(program, case, count), True
    for what in ("slowest", "rate"):
        if not found[what]:
            right, text = what == "rate", found[f"{what}_undecided"]
        else:
            value, bar = found[what]["value"], found[what]["error"] / 1.96
            right = abs(value - gap) <= 4 * bar + uncertain
            text = f"{value:.5f} +- {bar:.1e}, {(value - gap) / bar:.1f} standard errors off"
        good = good and right
        print("ok  " if right else "FAIL", name, kind, tau2, f"{count} paths, {what}: {text}",
              flush=True)
    return good


def study(program, count, base, seeds, cases):
    """How many bars of the slowest rate cover the chain's"""
    for case in cases:
        gap, _, uncertain = case[5]
        found = [paths(program, case, count, base + k)["slowest"] for k in range(seeds)]
        bars = sorted(one["error"] for one in found if one)
        errors = [abs(one["value"] - gap) / one["error"] for one in found if one]
        middle = bars[len(bars) // 2] / gap if bars else math.nan
        print(f"| {case[0]}, {case[1]}, {case[2]} | {len(bars)} | {sum(e <= 1 for e in errors)} | "
              f"{max(errors, default=0):.2f} | {middle:.3f} | {gap} | {uncertain / gap:.4f}",
              flush=True)


FLUXES = "-loss theta^4/4 -space_reference auto -axis_flux positive -axis_x_width 7 -axis_v_width 7"
OWN = "-model_potential theta^4/4 -model_type momentum"
GRID = "-axis_x_n {0} -axis_v_n {0}"
# equation: what a row is, its options, and the cells of grids; the last two of a list of grids are
# extrapolated with the order that stands behind them
ROWS = {
    "asgd": [("positive fluxes", FLUXES + " " + GRID, (96, 128), 1)],
    "momentum": [
        ("finite volumes in L2(F)", OWN + " -axis_v_type fv " + GRID, (48, 72), 2),
        ("polynomials of F, hermite", OWN + " -axis_x_type polynomial -axis_v_type hermite "
         "-axis_x_n {0} -axis_v_n 30", (32, 40), 0),
    ],
}


def row(program, options):
    """Gap and rates of the distances with their bars; the last is that of ||h||"""
    found = command(program, "solve", "-space_type", "tensor", "-model_tau", "1", "-time_end", "16",
                    *options.split())
    rate = found["rate"]
    rates = {one["name"]: (one["rate"], one["error"]) for one in found["norms"]}
    return [(rate["spectral_gap"], rate["spectral_gap_error"]), *(rates[k] for k in NORMS),
            (rate["measured"], rate["error"])]


NORMS = ("tv", "entropy", "chi2", "fisher")


def show(label, numbers):
    texts = [f"{a:.5f}" + (f" +- {b:.1e}" if b is not None else "") for a, b in numbers]
    print(f"  {label:34s}", *(f"{text:20s}" for text in texts), flush=True)


def distances(program, case):
    """The quartic loss: gap and rates of all distances are the same number on each space,
    and the true one within their bars, or extrapolated to 1 %"""
    name, kind, tau2, _, _, (gap, _, uncertain), _ = case
    good = True
    print(name, kind)
    columns = ("gap", "TV", "entropy", "chi^2", "Fisher", "||h||")
    print(f"  {'':34s}", *(f"{text:20s}" for text in columns))
    show("chain" if kind == "asgd" else "ladder", [(gap, uncertain)])
    for label, options, cells, order in ROWS[kind]:
        found = [row(program, options.format(n)) for n in cells]
        for n, numbers in zip(cells, found):
            rates = [rate for rate, _ in numbers]
            alike = max(rates) - min(rates) < 1e-3 * gap
            covers = all(b and abs(a - gap) <= b + uncertain for a, b in numbers)
            good = good and alike and covers
            show(f"{label}, {n}", numbers)
            print("ok  " if alike and covers else "FAIL", f"alike to {max(rates) - min(rates):.1e}")
        if not order:
            continue
        power = (cells[1] / cells[0]) ** order
        limits = [(power * b[0] - a[0]) / (power - 1) for a, b in zip(*found)]
        near = max(abs(limit / gap - 1) for limit in limits)
        good = good and near < 0.01
        show("  extrapolated", [(limit, None) for limit in limits])
        print("ok  " if near < 0.01 else "FAIL", f"{100 * near:.2f} % from the truth")
    return sampled(program, case, 16000) and good


def distances_quick(program):
    """All distances decay alike; no bars, on grids that are coarse"""
    good = True
    for kind, options, n in (("asgd", FLUXES.replace("7", "5") + " " + GRID, 48),
                             ("momentum", ROWS["momentum"][0][1], 48),
                             ("momentum", ROWS["momentum"][1][1], 32)):
        rates = [a for a, _ in row(program, options.format(n) + " -rate_check false")[1:]]
        alike = max(rates) - min(rates) < 1e-3 * max(rates)
        good = good and alike
        print("ok  " if alike else "FAIL", kind, n, "rates of TV, entropy, chi^2, Fisher, ||h||:",
              *(f"{rate:.5f}" for rate in rates))
    return good


if __name__ == "__main__":
    if sys.argv[2] == "truth":
        truth()
    elif sys.argv[2] == "distances":
        sys.exit(not all([distances(sys.argv[1], case) for case in CASES if case[0] == "quartic"]))
    elif sys.argv[2] == "study":
        study(sys.argv[1], *map(int, sys.argv[3:6]),
              [CASES[int(k)] for k in sys.argv[6:]] or CASES)
    elif sys.argv[2] == "gaps":
        sys.exit(not all([one(sys.argv[1], case) for case in CASES]))
    else:
        cases = [CASES[k] for k in QUICK] if sys.argv[3:] else CASES
        good = [one(sys.argv[1], case) for case in cases] + [tiny(sys.argv[1])]
        good += [sampled(sys.argv[1], CASES[k], n) for k, n in ((3, 16000), (8, 16000))]
        if not sys.argv[3:]:
            good += [sampled(sys.argv[1], CASES[k], 16000) for k in (0, 1, 2, 4, 6, 7, 9, 10)]
            good += [distances(sys.argv[1], CASES[k]) for k in (5, 11)]
        else:
            good += [distances_quick(sys.argv[1])]
        sys.exit(not all(good))
