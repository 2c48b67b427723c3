#!/usr/bin/env python3
"""Case B3 by hypoco, by three reference implementations in plain numpy/scipy, and by SUNDIALS in C,
side by side.

B3: d = 1, omega0 = gamma = beta = 1, eps = 0.2 sin(theta),
g0 Gaussian with mean (1, .5) and covariance I/2, T = 2:

    g_t + v g_x - x g_v = (v g + g_v)_v + eps (g_x - g_v),    theta = -(x + v).

    references.py PROGRAM [--sundials PROGRAM] [--samples 5] [--json FILE]

Each method runs at several resolutions; its time is the processor time of set-up and solve,
so that other programs on the machine do not decide; hypoco's is that of the whole process less
that of the smallest solve, SUNDIALS' that of the whole process.
The error is that of g in L1 on the grid of the method, against Hermite-Galerkin of
degree 120 (good to about 1e-8). A row gives the first resolution below the wanted error.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

os.environ.setdefault("OMP_NUM_THREADS", "1")
import h5py
import numpy as np
from scipy.integrate import solve_ivp
from scipy.sparse import diags, identity, kron, csr_matrix
from scipy.sparse.linalg import expm_multiply

T, AMPLITUDE = 2.0, 0.2


def eps(theta):
    return AMPLITUDE * np.sin(theta)


def spent():
    """Processor seconds of this process and of those that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def timed(samples, work):
    """Median of the processor seconds; one sample is enough of what takes long."""
    seconds = []
    for _ in range(samples):
        begin = spent()
        work()
        seconds.append(spent() - begin)
        if seconds[0] > 5:
            break
    return statistics.median(seconds)


def normal(q):
    return np.exp(-q * q / 2) / np.sqrt(2 * np.pi)


def start(x, v):
    return np.exp(-((x - 1) ** 2) - (v - 0.5) ** 2) / np.pi


def hermite(n, q):
    """Orthonormal Hermite functions of degree < n, rows."""
    H = np.zeros((n, q.size))
    H[0] = 1
    if n > 1:
        H[1] = q.ravel()
    for k in range(1, n - 1):
        H[k + 1] = (q.ravel() * H[k] - np.sqrt(k) * H[k - 1]) / np.sqrt(k + 1)
    return H


class HermiteGalerkin:
    """Hermite functions of degree <= N in Xi = -(x+v)/sqrt(2) and in Z = (x-v)/sqrt(2);
    expm_multiply."""

    name = "Hermite-Galerkin, expm_multiply"
    resolutions = (24, 32, 40, 48, 56, 64, 72, 80, 88)

    def __init__(self, N):
        self.n = n = N + 1
        ladder, one = diags(np.sqrt(np.arange(1, n)), 1), identity(n)
        xi, z = kron(one, ladder), kron(ladder, one)
        s = np.sqrt(2)
        q, w = np.polynomial.hermite_e.hermegauss(2 * n + 20)
        H = hermite(n, q) * np.sqrt(w / np.sqrt(2 * np.pi))
        E = (H * eps(s * q)) @ H.T
        v = -(xi + z) / s
        full = (-(z.T @ xi - xi.T @ z) - v.T @ v - s * z.T @ kron(one, csr_matrix(E))).tocsr()
        k, m = np.meshgrid(np.arange(n), np.arange(n))  # Z slow, Xi fast
        self.keep = np.flatnonzero((k + m).ravel() <= N)
        self.G = full[self.keep][:, self.keep].tocsr()

    def initial(self):
        n = self.n
        q, w = np.polynomial.hermite_e.hermegauss(2 * n + 40)

        # mean (1, .5) and covariance 1/2 rotate to mean (-1.5, .5)/sqrt(2):
        # coefficients of exp(m t + (S - 1) t^2/2)
        def one(m):
            c = np.zeros(n)
            c[0] = 1
            for k in range(n - 1):
                c[k + 1] = (m * c[k] - (0.5 * np.sqrt(k) * c[k - 1] if k else 0)) / np.sqrt(k + 1)
            return c

        return np.outer(one(0.5 / np.sqrt(2)), one(-1.5 / np.sqrt(2))).ravel()[self.keep]

    def solve(self):
        self.c = expm_multiply(self.G * T, self.initial())

    def g(self, x, v):
        c = np.zeros(self.n**2)
        c[self.keep] = self.c
        xi, z = -(x + v) / np.sqrt(2), (x - v) / np.sqrt(2)
        u = np.einsum(
            "mk,kp,mp->p", c.reshape(self.n, self.n), hermite(self.n, xi), hermite(self.n, z)
        )
        return u.reshape(x.shape) * normal(x) * normal(v)

    def error(self, reference):
        x, v = np.meshgrid(np.linspace(-5, 5, 81), np.linspace(-5, 5, 81))
        return relative(self.g(x, v), reference.g(x, v))


class StrangShears:
    """Strang splitting: FFT shears in x, in v and along theta = const,
    exact Ornstein-Uhlenbeck kernel in v."""

    name = "Strang, FFT shears"
    resolutions = ((63, 50), (63, 100), (63, 200), (81, 400), (81, 800), (81, 1600), (81, 3200))

    def __init__(self, resolution):
        n, self.steps = resolution
        width = 8.0
        self.n, self.dt = n, T / self.steps
        self.q = q = -width + 2 * width * np.arange(n) / n
        h, dt, k = 2 * width / n, self.dt, 2 * np.pi * np.fft.rfftfreq(n, 2 * width / n)
        self.shear_x = np.exp(-1j * np.outer(q, k) * dt / 2)  # g(x - v dt/2)
        self.shear_v = np.exp(1j * np.outer(k, q) * dt / 2)  # g(v + x dt/2): v is the first index
        decay = np.exp(-dt / 2)  # half a step, on both sides of the perturbation
        # (P e^{ikw})(v) = e^t exp(ik v e^t - k^2 sigma^2 e^{2t}/2):
        # exact on the trigonometric interpolant
        full = 2 * np.pi * np.fft.fftfreq(n, h)
        modes = (
            np.exp(1j * np.outer(q, full) / decay - 0.5 * full**2 * (1 - decay**2) / decay**2)
            / decay
        )
        self.ou = (modes @ np.exp(-1j * np.outer(full, q)) / n).real
        # along (1, -1) theta is constant: row s holds the points with v index + x index = s
        j = np.arange(n)
        self.rows = (j[:, None] - j[None, :]) % n
        self.back = (j[:, None] + j[None, :]) % n
        self.j = j

    def solve(self):
        q, n, j = self.q, self.n, self.j
        g = start(q[None, :], q[:, None])
        X = lambda g: np.fft.irfft(np.fft.rfft(g, axis=1) * self.shear_x, n, axis=1)
        V = lambda g: np.fft.irfft(np.fft.rfft(g, axis=0) * self.shear_v, n, axis=0)
        phase = self.row_phase()
        for _ in range(self.steps):
            g = self.ou @ V(X(g))
            r = g[self.rows, j[None, :]]
            r = sum(np.fft.irfft(np.fft.rfft(r * mask, axis=1) * p, n, axis=1) for mask, p in phase)
            g = r[self.back, j[None, :]]
            g = X(V(self.ou @ g))
        self.solution = g

    def row_phase(self):
        """A row of the torus joins two pieces of the plane with different theta;
        each is moved by its own amount."""
        n, width = self.n, -self.q[0]
        k = 2 * np.pi * np.fft.rfftfreq(n, 2 * width / n)
        xv = self.q[None, :] + self.q[self.rows]
        low, high = xv.min(axis=1), xv.max(axis=1)
        middle = 0.5 * (low + high)
        one = low == high
        parts = []
        for value, mask in (
            (low, xv <= middle[:, None]),
            (high, (xv > middle[:, None]) & ~one[:, None]),
        ):
            parts.append((mask, np.exp(1j * np.outer(eps(-value), k) * self.dt)))
        return parts

    def error(self, reference):
        x, v = np.meshgrid(self.q, self.q)
        return relative(self.solution, reference.g(x, v))


class Differences:
    """Central differences of order six on g, DOP853."""

    name = "6th-order differences, DOP853"
    resolutions = ((64, 1e-6), (96, 1e-7), (128, 1e-8), (160, 1e-9))

    def __init__(self, resolution):
        n, self.tolerance = resolution
        width = 7.5
        self.q = q = np.linspace(-width, width, n)
        h = q[1] - q[0]
        first = [(-3, -1 / 60), (-2, 3 / 20), (-1, -3 / 4), (1, 3 / 4), (2, -3 / 20), (3, 1 / 60)]
        second = [
            (-3, 1 / 90),
            (-2, -3 / 20),
            (-1, 3 / 2),
            (0, -49 / 18),
            (1, 3 / 2),
            (2, -3 / 20),
            (3, 1 / 90),
        ]
        D = diags([c / h for _, c in first], [k for k, _ in first], shape=(n, n))
        D2 = diags([c / h**2 for _, c in second], [k for k, _ in second], shape=(n, n))
        one = identity(n)
        x, v = np.meshgrid(q, q)
        e = diags(eps(-(x + v)).ravel())
        X, V = diags(x.ravel()), diags(v.ravel())
        dx, dv = kron(one, D), kron(D, one)
        self.A = (
            -V @ dx + X @ dv + identity(n * n) + V @ dv + kron(D2, one) + e @ (dx - dv)
        ).tocsr()

    def solve(self):
        x, v = np.meshgrid(self.q, self.q)
        run = solve_ivp(
            lambda t, g: self.A @ g,
            (0, T),
            start(x, v).ravel(),
            method="DOP853",
            rtol=self.tolerance,
            atol=1e-3 * self.tolerance,
            t_eval=[T],
        )
        self.solution = run.y[:, -1].reshape(x.shape)

    def error(self, reference):
        x, v = np.meshgrid(self.q, self.q)
        return relative(self.solution, reference.g(x, v))


class Sundials(Differences):
    """The same differences in C, ARKODE's explicit method of order 5, the fastest one here:
    tests/benchmarks/sundials.c."""

    name = "6th-order differences, ARKODE in C"
    program = None

    def __init__(self, resolution):
        n, self.tolerance = resolution
        self.q = np.linspace(-7.5, 7.5, n)

    def solve(self):
        n = len(self.q)
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "g")
            subprocess.run(
                [self.program, str(n), str(self.tolerance), file],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            self.solution = np.fromfile(file).reshape(n, n)


def relative(g, exact):
    return float(np.abs(g - exact).sum() / np.abs(exact).sum())


def hypoco(program, space, reference, samples):
    with tempfile.TemporaryDirectory() as folder:
        case = os.path.join(folder, "b3.yaml")
        with open(case, "w") as f:
            f.write(
                "model: {dimension: 1, omega0: 1, gamma: 1, beta: 1}\nepsilon: "
                "'%g*sin(theta)'\n%s\n"
                "initial: {type: gaussian, mean: [1, 0.5], covariance: [0.5]}\ntime: "
                "{end: %g, output_interval: %g}\n" % (AMPLITUDE, space, T, T)
            )
        run = lambda *more: subprocess.run(
            [program, "solve", *more], check=True, stdout=subprocess.DEVNULL, cwd=folder
        )
        smallest = timed(samples, lambda: run("-space_degree", "4", "-time_end", "1"))
        whole = timed(samples, lambda: run(case))
        run(case, "-output", folder + "/s.h5")
        with h5py.File(folder + "/s.h5") as f:
            x, v, g = f["x"][:], f["v"][:], f["g"][-1, 0]
        X, V = np.meshgrid(x, v)
        return relative(g, reference.g(X, V)), whole - smallest, whole


def measure(method, resolution, reference, samples):
    made = []

    def work():
        made.append(method(resolution))
        made[-1].solve()

    seconds = timed(samples, work)
    return made[-1].error(reference), seconds


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("program")
    parser.add_argument("--sundials", help="the program made of sundials.c")
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--errors", type=float, nargs="+", default=[1e-4, 1e-5, 1e-6])
    parser.add_argument(
        "--limit", type=float, default=30, help="seconds after which a method stops refining"
    )
    parser.add_argument("--json")
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    reference = HermiteGalerkin(120)
    reference.solve()
    rows = []
    methods = [HermiteGalerkin, StrangShears, Differences]
    if options.sundials:
        Sundials.program = options.sundials
        methods.append(Sundials)
    for method in methods:
        for resolution in method.resolutions:
            error, seconds = measure(method, resolution, reference, options.samples)
            rows.append(
                {
                    "method": method.name,
                    "resolution": str(resolution),
                    "error": error,
                    "seconds": seconds,
                }
            )
            print(
                "%-34s %-14s error %8.1e  %9.4f s" % (method.name, resolution, error, seconds),
                flush=True,
            )
            if seconds > options.limit or error < min(options.errors):
                break
    spaces = [
        ("simplex", N, "space: {type: simplex, degree: %d}" % N)
        for N in (24, 32, 40, 48, 56, 64, 72, 80, 84, 88, 96)
    ]
    spaces += [
        (
            "fourier",
            n,
            "space: {type: tensor}\naxis: "
            "{x: {type: fourier, n: %d, width: 8}, v: {type: fourier, n: %d, width: 8}}" % (n, n),
        )
        for n in (33, 41, 45, 49)
    ]
    for kind, n, text in spaces:
        error, seconds, whole = hypoco(options.program, text, reference, options.samples)
        rows.append(
            {
                "method": "hypoco " + kind,
                "resolution": str(n),
                "error": error,
                "seconds": seconds,
                "process_seconds": whole,
            }
        )
        print(
            "%-34s %-14s error %8.1e  %9.4f s  (whole process %.3f s)"
            % ("hypoco " + kind, n, error, seconds, whole),
            flush=True,
        )
    summary = []
    for wanted in options.errors:
        first = {}
        for row in rows:
            if row["error"] < wanted and row["method"] not in first:
                first[row["method"]] = row["seconds"]
        others = [s for m, s in first.items() if not m.startswith("hypoco")]
        ours = [s for m, s in first.items() if m.startswith("hypoco")]
        ratio = min(others) / min(ours) if others and ours else None
        summary.append({"error": wanted, "seconds": first, "best_reference_over_hypoco": ratio})
        print(
            "error %g: " % wanted
            + ", ".join("%s %.4f s" % (m, s) for m, s in first.items())
            + ("; best reference / hypoco = %.1f" % ratio if ratio else "")
        )
    if options.json:
        with open(options.json, "w") as f:
            json.dump({"rows": rows, "summary": summary}, f, indent=1)


if __name__ == "__main__":
    sys.exit(main())
