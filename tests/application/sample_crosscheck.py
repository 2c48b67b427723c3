"""hypoco sample against hypoco solve, from the same option file:
the law of the paths is the solution of the equation.

- sde: Kolmogorov-Smirnov distance of both marginals of (x, v) below the 1 % level at five times,
and means and second
  moments within four standard errors.
- model: the algorithm against both.
With gamma and beta kept, its distance to the equation (modelling error, from exact
  moments) falls linearly in eta;
  what sampling adds is within four standard errors of the algorithm's own exact moments.

Usage: sample_crosscheck.py HYPOCO gaussian|sine|doublewell|model
"""
import math
import os
import subprocess
import sys

try:
    import h5py
    import numpy as np
except ImportError:  # another python3 comes first in the path; the distribution's has them
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

HYPOCO, CASE = sys.argv[1:3]
RUNS = os.path.join(os.environ["HYPOCO_SOURCE_DIR"], "runs")
LAUNCH = os.environ.get("HYPOCO_LAUNCH", "").split()
CRITICAL = 1.6276  # sqrt(n) times the distance that 1 % of samples exceed


def run(command, name, output, *options):
    if os.path.exists(output):
        os.remove(output)
    path = os.path.join(RUNS, name)
    subprocess.run(
        LAUNCH + [HYPOCO, command, path, "-output", output, *map(str, options)],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def distance(values, grid, density):
    """sup |F_n - F|, F the integral of a density on a grid, and the grid's total mass."""
    cdf = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(grid))])
    values = np.sort(values)
    exact = np.interp(values, grid, cdf)
    n = len(values)
    return max(np.max(exact - np.arange(n) / n), np.max(np.arange(1, n + 1) / n - exact)), cdf[-1]


def refine(grid, density, factor=8):
    """The density on a finer grid, by a cubic spline through four neighbours:
    the trapezoidal sums are then exact enough."""
    fine = np.linspace(grid[0], grid[-1], factor * (len(grid) - 1) + 1)
    k = np.clip(np.searchsorted(grid, fine) - 2, 0, len(grid) - 4)
    value = np.zeros_like(fine)
    for i in range(4):
        weight = np.ones_like(fine)
        for j in range(4):
            if j != i:
                weight *= (fine - grid[k + j]) / (grid[k + i] - grid[k + j])
        value += weight * density[k + i]
    return fine, value


def moments(what, values, grid, density):
    for power in (1, 2):
        exact = np.trapz(grid**power * density, grid)
        error = np.std(values**power) / math.sqrt(len(values))
        found = np.mean(values**power)
        print(
            f"{what}: moment {power} {found:.5f} sampled, {exact:.5f} solved, standard error "
            f"{error:.5f}"
        )
        assert abs(found - exact) < 4 * error, what


def crosscheck(name):
    run("solve", name, "solve.h5", "-snapshot_interval", 0.4)
    run("sample", name, "sample.h5")
    with h5py.File("solve.h5") as solved, h5py.File("sample.h5") as sampled:
        x, v = solved["x"][:], solved["v"][:]
        times = solved["snapshot"][:]
        omega0, gamma = 1.0, 1.0
        for row, step in enumerate(sampled["snapshot"][:]):
            density = solved["g"][int(np.argmin(abs(times - 0.4 * step))), 0]
            theta, y = sampled["path_theta"][row, 0], sampled["path_y"][row, 0]
            for what, values, grid, marginal in (
                ("x", y, x, np.trapz(density, v, axis=0)),
                ("v", -(omega0**2) * theta - gamma * y, v, np.trapz(density, x, axis=1)),
            ):
                fine, marginal = refine(grid, marginal)
                d, mass = distance(values, fine, marginal)
                limit = CRITICAL / math.sqrt(len(values))
                print(
                    f"t = {0.4 * step:.1f}, {what}: distance {d:.5f}, 1 % level {limit:.5f}, "
                    f"mass {mass:.6f}"
                )
                assert abs(mass - 1) < 1e-3 and d < limit
                moments(f"t = {0.4 * step:.1f}, {what}", values, fine, marginal)


def sampled_moment(options):
    """E theta^2 at the last step: sampled, standard error, exact."""
    run("sample", "sample-sde-model.yaml", "sample.h5", *options)
    with h5py.File("sample.h5") as file:
        return file["theta2"][-1, 0], file["theta2_error"][-1, 0], file["theta2_exact"][-1, 0]


def solved_moment():
    """E theta^2 at the end, from the equation's joint density of (x, v):
    theta = -(v + gamma x)/omega0^2."""
    run("solve", "sample-sde-model.yaml", "solve.h5")
    with h5py.File("solve.h5") as file:
        x, v, g = file["x"][:], file["v"][:], file["g"][-1, 0]
    theta = -(v[:, None] + x[None, :])
    return np.trapz(np.trapz(theta**2 * g, x, axis=1), v)


def model():
    sampled, error, exact = sampled_moment(["-sample_model", "sde"])
    solved = solved_moment()
    print(
        f"equation: {exact:.6f} exact, {solved:.6f} solved, {sampled:.6f} sampled, standard "
        f"error {error:.6f}"
    )
    assert abs(solved - exact) < 1e-4 and abs(sampled - exact) < 4 * error
    distances = []
    for eta in (
        0.08,
        0.04,
        0.02,
        0.01,
    ):  # gamma = 1: kappa = 1 - eta; beta = 1: noise = 2/eta; one step lasts eta
        options = [
            "-model_learning_rate",
            eta,
            "-model_staleness",
            1 - eta,
            "-model_noise",
            2 / eta,
            "-sample_steps",
            round(2 / eta),
        ]
        sampled, error, algorithm = sampled_moment(options)
        distances.append(algorithm - exact)
        print(
            f"eta {eta}: modelling error {algorithm - exact:+.6f}, sampling error "
            f"{sampled - algorithm:+.6f} (standard error {error:.6f})"
        )
        assert abs(sampled - algorithm) < 4 * error
    for coarse, fine in zip(distances, distances[1:]):
        assert 1.6 < coarse / fine < 2.4, distances


if CASE == "model":
    model()
else:
    crosscheck(f"sample-sde-{CASE}.yaml")
