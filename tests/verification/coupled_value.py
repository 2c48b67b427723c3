"""The leading eigenvalues that tests/verification/spectrum.c knows for coupled eps in d = 2, 3,
by a second method that shares no code and no formula with hypoco.

    python3 tests/verification/coupled_value.py DIMENSION DEGREE

asgd, w = gamma = beta = 1, theta_i = -(X_i + V_i),
eps = (.3 sin theta1 cos theta2, .2 sin(theta1 + theta2), .1 sin(theta3 + theta1)),
Galerkin's method with normalised Hermite functions in (X, V) up to a total degree.
hypoco works in loss coordinates and integrates eps by Gauss rules;
here exp(i k X) is the displacement operator of the oscillator, whose matrix is known,

    <m| exp(i k X) |n> = sqrt(n!/m!) (i k)^(m - n) exp(-k^2/2) L_n^(m - n)(k^2),   m >= n,

so that nothing is integrated.
Not a row of the suite: degree 10 in d = 3 takes a minute and 1.5 GB (DEGREE 8: seconds).
"""
import itertools
import math
import sys

import numpy as np
import scipy.linalg
import scipy.sparse.linalg
import scipy.special


def displacement(k, size):
    """<m| exp(i k X) |n>, m, n < size."""
    D = np.zeros((size, size), complex)
    for m in range(size):
        for n in range(m + 1):
            D[m, n] = D[n, m] = (
                math.sqrt(math.factorial(n) / math.factorial(m))
                * (1j * k) ** (m - n)
                * math.exp(-k * k / 2)
                * scipy.special.eval_genlaguerre(n, m - n, k * k)
            )
    return D


def generator(d, degree):
    """-T + L + R on all products of total degree up to `degree`."""
    index = [a for a in itertools.product(range(degree + 1), repeat=2 * d) if sum(a) <= degree]
    where = {a: j for j, a in enumerate(index)}
    count = len(index)
    alpha = np.array(index)
    D = displacement(-1, degree + 1)

    def wave(i):
        """exp(i theta_i) on the pair (X_i, V_i), between all products."""
        x, v = alpha[:, i], alpha[:, d + i]
        return D[x[:, None], x[None, :]] * D[v[:, None], v[None, :]]

    def same(pairs):
        """1 where the pairs that a factor does not touch agree."""
        equal = np.ones((count, count), bool)
        for i in set(range(d)) - set(pairs):
            for c in (i, d + i):
                equal &= alpha[:, c][:, None] == alpha[:, c][None, :]
        return equal

    def lower(c):
        """a_c: derivative of Hermite functions, sqrt(n) to one degree below."""
        rows, columns, values = [], [], []
        for j, a in enumerate(index):
            if a[c]:
                b = list(a)
                b[c] -= 1
                rows.append(where[tuple(b)])
                columns.append(j)
                values.append(math.sqrt(a[c]))
        return scipy.sparse.csr_matrix((values, (rows, columns)), (count, count))

    waves = [wave(i) for i in range(min(d, 2))]
    eps = [0.3 * waves[0].imag * waves[1].real * same([0, 1])]
    eps.append(0.2 * (waves[0] * waves[1]).imag * same([0, 1]))
    if d > 2:
        eps.append(0.1 * (wave(2) * waves[0]).imag * same([2, 0]))
    del waves
    G = np.zeros((count, count))
    for i in range(d):
        X, V = lower(i), lower(d + i)
        G += (X.T @ V - V.T @ X - V.T @ V).toarray()
        G -= (X - V).T @ eps[i]  # p = 1, q = -1
        eps[i] = None
    return G


def main():
    d, degree = int(sys.argv[1]), int(sys.argv[2])
    G = generator(d, degree)
    count = len(G)
    sigma = 0.05
    factors = scipy.linalg.lu_factor(G - sigma * np.eye(count), overwrite_a=True)
    inverse = scipy.sparse.linalg.LinearOperator(
        (count, count), lambda u: scipy.linalg.lu_solve(factors, u), dtype=float
    )
    start = np.random.default_rng(1).standard_normal(count)
    mu = scipy.sparse.linalg.eigs(inverse, 8 if d > 2 else 6, v0=start, return_eigenvectors=False)
    for value in sorted(sigma + 1 / mu, key=lambda z: (-z.real, z.imag)):
        print(f"{value.real:.12f} {value.imag:+.12f}")


main()
