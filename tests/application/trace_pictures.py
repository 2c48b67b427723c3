"""A recorded run beside the models that are fitted to it, and over the pictures of the equation,
of paths and of compare; kept paths over the density of theta.

Usage: trace_pictures.py HYPOCO; HYPOCO_LAUNCH and HYPOCO_SOURCE_DIR as set by CTest.
"""
import json
import os
import subprocess
import sys

try:
    import h5py  # noqa: F401
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

os.environ["MPLBACKEND"] = "Agg"
sys.path.insert(0, os.path.join(os.environ["HYPOCO_SOURCE_DIR"], "python"))
import numpy as np  # noqa: E402
from hypoco import pictures  # noqa: E402
from hypoco.data import File, Unusable  # noqa: E402
from hypoco.pictures.style import Look  # noqa: E402

HYPOCO = os.path.abspath(sys.argv[1])
LAUNCH = os.environ.get("HYPOCO_LAUNCH", "").split()
ETA, KAPPA, A, STEPS = 0.02, 0.985, 1.0, 20000
with open("case.yaml", "w") as file:
    file.write(
        "commands: solve, sample, theory, compare\n"
        f"model: {{learning_rate: {ETA}, staleness: {KAPPA}, noise: 75, omega0: {A}}}\n"
        "initial: {type: gaussian, mean: [-1, 0], covariance: 0.3}\n"
        "space: {degree: 20}\n"
        "time: {end: 6, output_interval: 0.25}\n"
        "sample: {paths: 20, steps: 300, every: 6, start: 1}\n"
    )


def hypoco(*words, code=0):
    done = subprocess.run(LAUNCH + [HYPOCO, *words], capture_output=True, text=True)
    assert done.returncode == code, (words, done.returncode, done.stderr)
    return done


def asgd_path(rng, kappa):
    """Two coordinates, both read at one staleness."""
    theta = np.ones((STEPS, 2))
    for j in range(STEPS - 1):
        delay = rng.geometric(1 - kappa) - 1
        noise = 75**0.5 * rng.standard_normal(2)
        theta[j + 1] = theta[j] - ETA * (np.array([A, A / 2]) * theta[max(j - delay, 0)] + noise)
    return theta


rng = np.random.default_rng(3)
theta, quick = asgd_path(rng, KAPPA), asgd_path(rng, 0.5)[:, 0]
np.savetxt("run.csv", np.c_[np.arange(STEPS), theta], header="step theta1 theta2", fmt="%.17g")
np.savetxt(
    "loss.csv", np.c_[0.5 * np.arange(STEPS), 2 + quick**2 / 2], fmt="%.17g", delimiter=","
)

hypoco("theory", "case.yaml", "-theory_trace", "run.csv", "-output", "run.h5", "-json", "run.json")
with open("run.json") as file:
    fits = {fit["model"]: fit for fit in json.load(file)["theory"]["trace"]}
asgd, run = fits["asgd"], File("run.h5")
print(asgd)
assert asgd["criterion"] == 0 and fits["sgd"]["criterion"] > 50
assert abs(asgd["staleness"] - KAPPA) < 3 * asgd["staleness_error"] < 0.02
for fit, e in zip(asgd["coordinates"], (ETA * A, ETA * A / 2)):
    assert abs(fit["e"] - e) < 3 * fit["e_error"] < 0.6 * e, fit
    assert abs(fit["noise"] / (75 * ETA**2) - 1) < 0.1, fit
# what the file says: the run itself on the equation's clock, E theta of the fit, its interval
dt = (ETA * (1 - KAPPA)) ** 0.5
assert np.allclose(run["time"], dt * np.arange(STEPS)) and np.all(run["recorded_theta"] == theta)
k = run.texts("model_name").index("asgd")
for c, fit in enumerate(asgd["coordinates"]):
    x, m, response, start = 0.0, 1 - asgd["staleness"], [1.0], [1 - fit["minimiser"]]
    rest = start[0]
    for _ in range(300):  # the recursion of the means, for one step's noise and for the start
        response.append(response[-1] - fit["e"] * m)
        m = asgd["staleness"] * m + (1 - asgd["staleness"]) * response[-1]
        start.append(start[-1] - fit["e"] * rest)
        rest = asgd["staleness"] * rest + (1 - asgd["staleness"]) * start[-1]
    spread = (fit["noise"] * np.cumsum(np.r_[0, np.square(response[:-1])])) ** 0.5
    assert np.allclose(run["fitted_mean"][k, c, :300], fit["minimiser"] + np.array(start[:300]))
    high = run["fitted_high"][k, c, :300] - run["fitted_mean"][k, c, :300]
    assert np.allclose(high, 1.959964 * spread[:300], rtol=1e-6)
    # about 95 % of the run within the interval, and its autocorrelation near the fitted one
    at = run["shown"].astype(int)
    inside = (theta[at, c] > run["fitted_low"][k, c]) & (theta[at, c] < run["fitted_high"][k, c])
    assert 0.85 < inside.mean() <= 1, inside.mean()
    off = np.abs(run["autocorrelation"][c] - run["fitted_autocorrelation"][k, c])
    assert np.mean(off < 3 * run["autocorrelation_error"][c] + 0.02) > 0.9

loss = ("-theory_trace", "loss.csv", "-theory_trace_of", "loss")
hypoco("theory", "case.yaml", *loss, "-output", "loss.h5")
recorded = File("loss.h5")
at = recorded["shown"].astype(int)[1000:]
values, high = recorded["recorded_loss"][at, 0], recorded["fitted_high"][k, 0, 1000:]
assert 0.95 < np.mean(values < high) < 1  # .975; the lower end is the least loss, uncertain itself
mean = recorded["fitted_mean"][k, 0, -1] - 2
assert abs(np.mean(quick[1000:] ** 2 / 2) / mean - 1) < 0.05
for name, columns in (("run", 2), ("loss", 1)):
    hypoco("plot", f"{name}.h5", "-format", "png")
    assert os.path.exists(f"{name}-trace.png")
    axes = np.atleast_2d(pictures.axes(File(f"{name}.h5"), "trace"))
    assert axes.shape[0] * axes.shape[1] == 3 * columns


def lines(figure, label):
    """The lines of all panels with such a label."""
    return [
        line
        for ax in figure.axes
        for line in ax.get_lines()
        if str(line.get_label()).startswith(label)
    ]


def drawn(path, what, *others):
    look = Look()
    with look.context():
        return dict(pictures.figures(File(path), what, look, [File(other) for other in others]))


# over the equation's density, with paths that were kept
marks = ",".join(str(step) for step in range(0, 301, 30))
keep = ("-sample_keep", "true", "-sample_snapshots", marks)
hypoco("solve", "case.yaml", "-output", "pde.h5")
hypoco("sample", "case.yaml", *keep, "-output", "paths.h5")
hypoco("compare", "case.yaml", "-compare_models", "asgd", "-output", "compare.h5")
both = drawn("pde.h5", "theta", "paths.h5", "run.h5")
assert set(both) == {"theta", "theta-paths"}
(line,) = lines(both["theta-paths"], "recorded run")
assert np.allclose(line.get_xdata(), run["time"]) and np.all(line.get_ydata() == theta[:, 0])
paths = File("paths.h5")
one = [line for line in lines(both["theta-paths"], "_") if len(line.get_xdata()) == 11]
assert len(one) == 4  # paths, at the times of their steps
for number, line in enumerate(one):
    assert np.allclose(line.get_xdata(), dt * np.arange(0, 301, 30))
    assert np.all(line.get_ydata() == paths["path_theta"][:, 0, number])
image = both["theta-paths"].axes[0].collections[0].get_array()
assert image.size == File("pde.h5")["theta_density"][:, 0].size
assert set(drawn("pde.h5", "theta", "paths.h5")) == {"theta", "theta-paths"}
assert set(drawn("pde.h5", "theta", "loss.h5")) == {"theta"}
# over the averages of compare and of sampled paths
for what, power in (("theta", 1), ("theta2", 2)):
    panel = 0 if what == "theta" else 1
    figure = drawn("compare.h5", "compare", "run.h5")["compare"]
    (line,) = [line for line in lines(figure, "recorded run") if line.axes is figure.axes[panel]]
    assert np.all(line.get_ydata() == theta[:, 0] ** power)
    figure = drawn("paths.h5", "sample", "run.h5")["sample"]
    (line,) = [line for line in lines(figure, "recorded run") if line.axes is figure.axes[panel]]
    assert np.all(line.get_xdata() == np.arange(STEPS))
assert len(lines(drawn("compare.h5", "compare", "loss.h5")["compare"], "recorded run")) == 1
hypoco("plot", "pde.h5", "run.h5", "-plot_together", "true", "-what", "theta", "-format", "png")
assert os.path.exists("pde-theta-paths.png")

# repeated, with the file that it read
assert "-trust" in hypoco("rerun", "run.h5", code=4).stderr
for name in ("run", "compare"):
    done = hypoco("rerun", f"{name}.h5", "-trust", "true")
    assert "the same" in done.stdout and "theta" in done.stdout, done.stdout

# refusals
try:
    drawn("run.h5", "trace", "pde.h5")
    raise SystemExit("a solution after a recorded run was taken")
except Unusable as problem:
    assert "after" in str(problem), problem
assert "theory_trace" in hypoco("theory", "case.yaml", "-output", "no.h5", code=2).stderr
for rows, code, word in (
    ("0 1\n0 1\n" * 50, 4, "follows"),
    ("".join(f"{step} 1 {step % 7}\n" for step in range(100)), 2, "coordinate 1"),
    ("0 1\n1 2\n", 2, "at least 50"),
    ("0 nan\n1 2\n", 4, "nan"),
    ("", 4, "bad.csv"),
):
    with open("bad.csv", "w") as file:
        file.write(rows)
    done = hypoco("theory", "case.yaml", "-theory_trace", "bad.csv", "-output", "b.h5", code=code)
    assert word in done.stderr and not os.path.exists("b.h5"), done.stderr
