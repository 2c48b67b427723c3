"""Do the error bars of hypoco cover the truth? Random problems in d = 1 with fixed seeds.

bars.py HYPOCO truth [CASES]   writes bars.json beside this script: leading eigenvalues from an
                               independent discretisation (scipy), sinc functions in theta and
                               Hermite functions across, at two resolutions; 3 s a case
bars.py HYPOCO check [CASES]   compares the bars of `spectrum` with them

The truth shares no basis with the simplex space that is checked: 160 and 128 points, 56 and 44
Hermite functions; eigenvalues of which these differ by a tenth of the bar are left out, and
counted.
`check` fails where fewer than 99 % of the bars cover the truth, where one is below a third of
the error, or where a bar that does not cover comes without a warning.
"""
import json
import math
import os
import random
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

COUNT = 6
FAMILIES = (
    ("sine", "sin(X)"),
    ("tanh", "tanh(X)"),
    ("bump", "exp(-X^2/2)"),
    ("step", "tanh(4*X)"),
    ("saturated cubic", "X^3/(1+X^2)"),
)


def problem(seed):
    """omega0, gamma, beta log-uniform, every sixth nearly critical; eps from five families"""
    draw = random.Random(seed)
    omega = math.exp(draw.uniform(-0.7, 0.7))
    gamma = omega * (
        2 * (1 + draw.uniform(-0.02, 0.02))
        if seed % 6 == 5
        else math.exp(draw.uniform(math.log(0.2), math.log(8)))
    )
    beta = math.exp(draw.uniform(-0.7, 0.7))
    # the standard deviation of theta under M
    scale = math.hypot(gamma, omega) / (math.sqrt(beta) * omega**3)
    k, shift = draw.uniform(0.5, 3) / scale, draw.uniform(-1, 1) * scale
    size = math.exp(draw.uniform(math.log(0.01), math.log(0.6))) * omega**2 * scale
    name, formula = FAMILIES[seed % len(FAMILIES)]
    text = formula.replace("X", f"({k:.17g}*(theta-({shift:.17g})))")
    return omega, gamma, beta, f"{size:.17g}*{text}", (name, size, k, shift)


def value(what, theta):
    name, size, k, shift = what
    x = k * (theta - shift)
    return size * {
        "sine": np.sin,
        "tanh": np.tanh,
        "bump": lambda x: np.exp(-x * x / 2),
        "step": lambda x: np.tanh(4 * x),
        "saturated cubic": lambda x: x**3 / (1 + x**2),
    }[name](x)


def leading(omega, gamma, beta, what, points, modes):
    """COUNT leading eigenvalues: -T + L + R in (Xi, Z), the coordinates along and across theta"""
    import scipy.sparse as sparse
    from scipy.sparse.linalg import eigs

    width = 10.0
    q = (np.arange(points) - (points - 1) / 2) * 2 * width / points
    step = q[1] - q[0]
    n = np.arange(points)[:, None] - np.arange(points)[None, :]
    with np.errstate(divide="ignore"):
        derivative = np.where(n == 0, 0.0, (-1.0) ** n / (n * step))
    aXi = sparse.kron(sparse.eye(modes), sparse.csr_matrix(derivative + np.diag(q / 2)))
    aZ = sparse.kron(
        sparse.diags(np.sqrt(np.arange(1.0, modes)), 1), sparse.eye(points), format="csr"
    )
    s = math.hypot(gamma, omega)
    aV = -(omega * aXi + gamma * aZ) / s
    theta = s * q / (math.sqrt(beta) * omega**3)
    eps = sparse.kron(sparse.eye(modes), sparse.diags(value(what, theta)))
    G = omega * (aXi.T @ aZ - aZ.T @ aXi) - gamma * aV.T @ aV
    G = (G - math.sqrt(beta) * s * aZ.T @ eps).tocsc()
    found = eigs(G, k=COUNT + 6, sigma=0.05 * gamma, return_eigenvectors=False, tol=1e-12)
    return sorted(found, key=lambda x: (-round(x.real, 9), abs(x.imag), -x.imag))


def truth(path, cases):
    rows = []
    for seed in range(cases):
        omega, gamma, beta, text, what = problem(seed)
        fine = leading(omega, gamma, beta, what, 160, 56)
        coarse = leading(omega, gamma, beta, what, 128, 44)
        kept = []
        for x in fine[:COUNT]:
            error = min(abs(x - y) for y in coarse)
            kept.append([x.real, x.imag, error])
        rows.append({"seed": seed, "eigenvalues": kept})
        print(seed, text[:50], kept[1], flush=True)
        with open(path, "w") as file:
            file.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


def hypoco(program, command, seed, *more):
    omega, gamma, beta, text, _ = problem(seed)
    run = subprocess.run(
        [program, command, "-model_omega0", f"{omega!r}", "-model_gamma", f"{gamma!r}"]
        + ["-model_beta", f"{beta!r}", "-epsilon", text, "-json", "run.json", *more],
        capture_output=True,
        text=True,
    )
    return (json.load(open("run.json")) if run.returncode == 0 else None), run


def check(program, path, cases):
    ratios, misses, silent, refused, left_out = [], [], [], [], 0
    for row in json.load(open(path))[:cases]:
        found, run = hypoco(program, "spectrum", row["seed"], "-spectrum_count", "5")
        if found is None:
            refused.append((row["seed"], run.stderr.strip()[-120:]))
            continue
        s = found["spectrum"]
        reach = max(abs(complex(a, b)) for a, b, _ in row["eigenvalues"])
        for k in range(1, 4):
            if abs(complex(s["real"][k], s["imag"][k])) > reach:
                left_out += 1  # farther from 0 than the truth looked
                continue
            known = [(abs(complex(s["real"][k], s["imag"][k]) - complex(a, b)), e)
                     for a, b, e in row["eigenvalues"]]
            error, uncertain = min(known)
            bar = s["error"][k]
            if bar is None or uncertain > max(1e-9, 0.1 * bar):
                left_out += 1
                continue
            error = max(error - uncertain, 0)
            ratios.append(bar / max(error, 1e-12))
            if error > bar + 1e-8:
                misses.append((row["seed"], k, error, bar))
                if not run.stderr:
                    silent.append((row["seed"], k))
    covered = 1 - len(misses) / max(len(ratios), 1)
    print(f"{len(ratios)} bars, {100 * covered:.1f} % cover, median bar/error "
          f"{np.median(ratios):.3g}, smallest {min(ratios):.3g}; {left_out} left out")
    for name, what in (("miss", misses), ("silent", silent), ("refused", refused)):
        for one in what:
            print(name, *one)
    small = [one for one in misses if one[3] < one[2] / 3]
    return covered >= 0.99 and not small and not silent and not refused


if __name__ == "__main__":
    data = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bars.json")
    number = int((sys.argv[3:] or [10**6])[0])
    if sys.argv[2] == "truth":
        truth(data, min(number, 300))
    else:
        sys.exit(not check(sys.argv[1], data, number))
