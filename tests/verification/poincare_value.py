"""The Poincare constants that tests/verification/gibbs.c knows for potentials that need many
functions, by a second method that shares no code with hypoco.

    python3 tests/verification/poincare_value.py

m Var f <= E |f'|^2 / beta under e^{-beta U(theta)}: linear finite elements, lumped,
whose values at two widths are extrapolated.
"""
import numpy as np
import scipy.sparse
import scipy.sparse.linalg

CASES = (
    ("theta^2/2 - 0.4*cos(12*theta)", 4, lambda x: x**2 / 2 - 0.4 * np.cos(12 * x)),
    ("theta^2/2 - 0.5*cos(20*theta)", 4, lambda x: x**2 / 2 - 0.5 * np.cos(20 * x)),
    ("theta^2/2 - exp(-200*(theta-0.5)^2)", 1, lambda x: x**2 / 2 - np.exp(-200 * (x - 0.5) ** 2)),
    ("-theta^2/2 + theta^4/4", 10, lambda x: -(x**2) / 2 + x**4 / 4),
)


def constant(potential, beta, n, half_width=6.0):
    x = np.linspace(-half_width, half_width, n)
    h = x[1] - x[0]
    least = potential(x).min()
    nodes = np.exp(-beta * (potential(x) - least))
    kept = np.where(nodes > 1e-100)[0]
    x, nodes = x[kept[0] : kept[-1] + 1], nodes[kept[0] : kept[-1] + 1]
    edges = np.exp(-beta * (potential((x[1:] + x[:-1]) / 2) - least))
    stiffness = scipy.sparse.diags(
        [np.r_[edges, 0] + np.r_[0, edges], -edges, -edges], [0, 1, -1]
    ) / (h * h)
    scale = scipy.sparse.diags(1 / np.sqrt(nodes))
    matrix = (scale @ stiffness @ scale).tocsc()
    shift = 1e-6
    matrix = matrix + shift * scipy.sparse.identity(len(x))
    values = scipy.sparse.linalg.eigsh(matrix, k=2, sigma=0, which="LM", return_eigenvectors=False)
    return (max(values) - shift) / beta


for text, beta, potential in CASES:
    coarse, fine = (constant(potential, beta, n) for n in (12001, 24001))
    print(f"{text}, beta = {beta}: {fine + (fine - coarse) / 3:.9g} +- {abs(fine - coarse):.1e}")
