"""Rates of E theta of sgd and msgd from their transfer operators: an independent truth.

transfer.py    prints them for the losses of tests/verification/comparebars.c; 10 seconds

Component gradients differ by -+sqrt(noise).
A step of sgd is theta - eta (g(theta) -+ sqrt(noise)), one of msgd changes theta by
p' = kappa p - eta (1 - kappa) (g(theta) -+ sqrt(noise)).
E f(next) of Chebyshev polynomials is collocated at two degrees; the slowest eigenvalue below 1 is
e^{-rate dt}, dt = sqrt(eta (1 - kappa)).  No paths, and no formula of the program.
"""
import os
import sys

try:
    import numpy as np
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

ETA, KAPPA = 0.02, 0.985
LOSSES = {
    "sine": (75, lambda t: t + 0.6 * np.sin(t)),
    "tanh": (75, lambda t: t + 1.5 * np.tanh(2 * t)),
    "double well 1": (43.30127018922193, lambda t: t - 4 * t * np.exp(-t * t)),
}


def nodes(n, width):
    """Points, and the matrix from values there to coefficients"""
    x = np.cos(np.pi * (np.arange(n) + 0.5) / n)
    return width * x, np.linalg.inv(np.polynomial.chebyshev.chebvander(x, n - 1))


def values(y, n, width, inverse):
    """From values at the nodes to those at y; beyond the edge, where no paths come, those of it"""
    return np.polynomial.chebyshev.chebvander(np.clip(y / width, -1, 1), n - 1) @ inverse


def rate(operator):
    found = np.linalg.eigvals(operator)
    found = found[np.argsort(-abs(found))]
    return -np.log(abs(found[1])) / np.sqrt(ETA * (1 - KAPPA))


def sgd(noise, g, n, width=8.8):
    x, inverse = nodes(n, width)
    steps = [x - ETA * (g(x) + sign * np.sqrt(noise)) for sign in (1, -1)]
    return rate(sum(values(y, n, width, inverse) for y in steps) / 2)


def msgd(noise, g, n, m, width, fastest):
    x, from_x = nodes(n, width)
    p, from_p = nodes(m, fastest)
    X, P = (a.ravel() for a in np.meshgrid(x, p, indexing="ij"))
    operator = 0
    for sign in (1, -1):
        step = KAPPA * P - ETA * (1 - KAPPA) * (g(X) + sign * np.sqrt(noise))
        along = values(X + step, n, width, from_x)
        across = values(step, m, fastest, from_p)
        operator = operator + (along[:, :, None] * across[:, None, :]).reshape(len(X), -1) / 2
    return rate(operator)


for name, (noise, g) in LOSSES.items():
    both = [sgd(noise, g, n) for n in (140, 220)]
    print(f"{name}: sgd {both[1]:.7f}, {both[0]:.7f} with fewer")
    both = [msgd(noise, g, *how) for how in ((36, 30, 3.2, 0.07), (44, 36, 3.7, 0.08))]
    print(f"{name}: msgd {both[1]:.7f}, {both[0]:.7f} with fewer", flush=True)
