"""The leading eigenvalues by hypoco and by scipy, side by side in one run.

    spectrum.py HYPOCO [--samples 7]

scipy: what a good user writes by hand: Hermite functions of total degree <= N in loss coordinates,
one sparse matrix of G,
shift-invert Arnoldi at one resolution, no error estimate, no search for further copies.
hypoco: `hypoco spectrum`, two resolutions and the proof that no copy is missing;
set-up and solve as it prints them.
Both with one thread; medians; asgd with all parameters 1.
"""
import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import eigs

CASES = {
    "d = 1, N = 40, 0.5 sin theta": (1, 40, ["0.5*sin(theta)"]),
    "d = 2, N = 16, coupled": (2, 16, ["0.3*sin(theta1-theta2)", "0.3*sin(theta2-theta1)"]),
}


def multiplication(expressions, d, N, index):
    """The matrices of eps_i(theta) on products of Hermite functions of total degree <= N,
    by Gauss-Hermite quadrature."""
    q, w = np.polynomial.hermite_e.hermegauss(N + 40)
    phi = np.zeros((N + 1, len(q)))
    phi[0] = np.sqrt(w / w.sum())
    phi[1] = q * phi[0]
    for n in range(1, N):
        phi[n + 1] = (q * phi[n] - np.sqrt(n) * phi[n - 1]) / np.sqrt(n + 1)
    theta = np.sqrt(2) * q  # theta = s/(sqrt(beta) w0^3) Xi, s = sqrt(gamma^2 + w0^2)
    grids = np.meshgrid(*[theta] * d, indexing="ij")
    names = {
        "sin": np.sin,
        **({"theta": grids[0]} if d == 1 else {f"theta{i + 1}": g for i, g in enumerate(grids)}),
    }
    for text in expressions:
        E = np.broadcast_to(eval(text, names), grids[0].shape)  # noqa: S307: the cases above
        for axis in range(d):
            E = np.tensordot(E, phi[:, None, :] * phi[None, :, :], axes=(0, 2)) if d == 1 else E
        if d == 2:
            E = np.einsum("xy,ax,bx->yab", E, phi, phi, optimize=True)
            E = np.einsum("yab,cy,dy->acbd", E, phi, phi, optimize=True)
            yield E[index[:, None, 0], index[:, None, 1], index[None, :, 0], index[None, :, 1]]
        else:
            yield E


def generator(d, N, expressions):
    """G in loss coordinates, omega0 = gamma = beta = 1; unknowns by Z index, then by Xi index."""
    index = np.array([k for k in np.ndindex(*(N + 1,) * d) if sum(k) <= N])
    index = index[np.argsort(index.sum(1), kind="stable")]
    degree = index.sum(1)
    height = [int((degree <= N - n).sum()) for n in degree]
    full = (N + 1) ** d
    flat = np.ravel_multi_index(tuple(index.T), (N + 1,) * d)
    chosen = np.concatenate([flat[b] * full + flat[:h] for b, h in enumerate(height)])
    lower, one = sp.diags(np.sqrt(np.arange(1.0, N + 1)), 1), sp.identity(N + 1)

    def derivative(c):  # along Z_1.., then Xi_1..: the slowest index first
        product = sp.identity(1)
        for k in range(2 * d):
            product = sp.kron(product, lower if k == c else one, format="csr")
        return product[chosen][:, chosen]

    r = np.sqrt(0.5)
    G = 0
    for i, E in enumerate(multiplication(expressions, d, N, index)):
        aXi, aZ = derivative(d + i), derivative(i)
        aX, aV = -r * aXi + r * aZ, -r * aXi - r * aZ
        blocks = sp.block_diag([E[:h, :h] for h in height], format="csr")
        G = G + aX.T @ aV - aV.T @ aX - aV.T @ aV - (aX - aV).T @ blocks
    return G.tocsc()


def scipy_time(case):
    d, N, expressions = case
    start = time.perf_counter()
    values = eigs(generator(d, N, expressions), k=6, sigma=0.1, return_eigenvectors=True)[0]
    return time.perf_counter() - start, sorted(values.real)[-2]


def hypoco_time(program, case, folder):
    d, N, expressions = case
    names = ["epsilon"] if d == 1 else [f"epsilon_{i + 1}" for i in range(d)]
    options = [word for name, text in zip(names, expressions) for word in (f"-{name}", text)]
    summary = Path(folder) / "spectrum.json"
    subprocess.run(
        [
            program,
            "spectrum",
            "-model_dimension",
            str(d),
            "-space_degree",
            str(N),
            *options,
            "-json",
            str(summary),
        ],
        check=True,
        capture_output=True,
    )
    result = json.loads(summary.read_text())
    clock = result["timing"]
    return clock["setup_s"] + clock["solve_s"], -result["rate"]["spectral_gap"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--samples", type=int, default=7)
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        for name, case in CASES.items():
            pairs = [
                (scipy_time(case), hypoco_time(arguments.program, case, folder))
                for _ in range(arguments.samples)
            ]
            by_scipy, by_hypoco = (float(np.median([p[k][0] for p in pairs])) for k in (0, 1))
            ratio = float(np.median([h[0] / s[0] for s, h in pairs]))
            print(
                f"{name}: scipy {1e3 * by_scipy:.1f} ms, hypoco {1e3 * by_hypoco:.1f} ms, ratio "
                f"{ratio:.2f}; "
                f"leading {pairs[0][0][1]:.10f} and {pairs[0][1][1]:.10f}"
            )


main()
