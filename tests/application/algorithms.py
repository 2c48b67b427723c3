"""What theory and sample say about algorithms, against recursions of numpy's own:
exact moments, mean-square stability, rates with a delay, advice, the clock, unused keys.

Usage: algorithms.py HYPOCO theory|stability|moments|keys|intervals|single
"""
import itertools
import json
import math
import os
import subprocess
import sys

try:
    import numpy as np
except ImportError:  # another python3 comes first in the path; the distribution's has it
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

HYPOCO, TEST = sys.argv[1:3]


def start(command, words, text=None):
    if text:
        with open("case.yaml", "w") as file:
            file.write(text)
        words = "case.yaml " + words
    if os.path.exists("out.json"):
        os.remove("out.json")
    return subprocess.run([HYPOCO, command, *words.split()], capture_output=True, text=True)


def run(command, words, text=None):
    done = start(command, words + " -json out.json", text)
    assert done.returncode == 0, (words, done.stderr)
    with open("out.json") as file:
        return json.load(file)[command], done.stdout


def near(found, wanted, allowed, what=""):
    assert found is not None and abs(found - wanted) <= allowed * abs(wanted), (what, found, wanted)


# --- recursions ------------------------------------------------------------------------------
def transitions(a, eta, law, mu):
    """For each delay with its probability: A of z' = A z, z = (x_j, x_{j-1}, ...) of blocks, for a
    matrix a of curvatures; momentum looks one step back."""
    d, depth = len(a), max(len(law), 2)
    for l, p in enumerate(law):
        A = np.zeros((d * depth, d * depth))
        A[:d, :d] += (1 + mu) * np.eye(d)
        A[:d, d : 2 * d] -= mu * np.eye(d)
        A[:d, l * d : (l + 1) * d] -= eta * a
        A[d:, :-d] = np.eye(d * (depth - 1))
        yield p, A


def radius(matrix):
    return max(abs(np.linalg.eigvals(matrix)))


def square_radius(rows, eta, law, mu, batch):
    """Of the recursion of all second moments where one row in `batch` is drawn: E A (x) A."""
    a = rows.T @ rows / len(rows)
    mean = [(p, A) for p, A in transitions(a, eta, law, mu)]
    total = sum(p * np.kron(A, A) for p, A in mean)
    d, depth = len(a), max(len(law), 2)
    for l, p in enumerate(law):  # the noise of the rows about their mean
        for r in rows:
            B = np.zeros((d * depth, d * depth))
            B[:d, l * d : (l + 1) * d] = eta * (np.outer(r, r) - a)
            total += p * np.kron(B, B) / (len(rows) * batch)
    return radius(total)


def limit(stable, high):
    low = 0.0
    while high - low > 1e-7 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if stable(middle) else (low, middle)
    return low


def moments(a, noise, etas, law, mu, x0):
    """E x and E x^2 at every step, of deviations from the minimiser; additive noise."""
    depth, p = max(len(law), 2), np.array(law)
    m, Z = np.full(depth, x0), np.full((depth, depth), x0 * x0)
    found = [(m[0], Z[0, 0])]
    for eta in etas:
        # the matrices of all delays differ in their first row alone
        first = np.array([A[0] for _, A in transitions(np.array([[a]]), eta, law, mu)])
        row = p @ first
        m = np.concatenate([[row @ m], m[:-1]])
        corner = p @ np.einsum("tk,tk->t", first @ Z, first) + eta**2 * noise
        edge = (row @ Z)[:-1]
        Z = np.block([[np.array([[corner]]), edge[None, :]], [edge[:, None], Z[:-1, :-1]]])
        found.append((m[0], Z[0, 0]))
    return np.array(found)


def drawn(a, noise, eta, steps, substeps, law, x0):
    """The same for the delay equation in substeps, which have one staleness a step."""
    depth, h = (len(law) - 1) * substeps + 1, eta / substeps
    m, Z = np.full(depth, x0), np.full((depth, depth), x0 * x0)
    found = [(m[0], Z[0, 0])]
    matrices = []
    for l, p in enumerate(law):
        A = np.eye(depth, k=-1)
        A[0, 0] = 1
        A[0, l * substeps] -= h * a
        matrices.append((p, A))
    for _ in range(steps):
        mean, square = 0, 0
        for p, A in matrices:
            one, two = m, Z
            for _ in range(substeps):
                one, two = A @ one, A @ two @ A.T
                two[0, 0] += h * eta * noise
            mean, square = mean + p * one, square + p * two
        m, Z = mean, square
        found.append((m[0], Z[0, 0]))
    return np.array(found)


def flow(A, z, t):
    """e^{At} z by scaling and squaring of its Taylor series."""
    n = max(0, int(np.ceil(np.log2(np.linalg.norm(A) * t + 1e-300))) + 4)
    term = E = np.eye(len(A))
    for k in range(1, 20):
        term = term @ A * (t / 2**n / k)
        E = E + term
    for _ in range(n):
        E = E @ E
    return E @ z


# --- theory ----------------------------------------------------------------------------------
def square_rate(e, k):
    """-ln of the factor of E x^2 of asynchronous SGD: moments of x, of its expected read, and of
    the read itself."""
    M = np.zeros((4, 4))
    read = np.array([0, 1, -e, 0.0])  # E x' m
    M[0] = 1, -2 * e, 0, e * e
    M[1] = k * read + (1 - k) * M[0]
    M[2] = 2 * k * (1 - k) * read + (1 - k) ** 2 * M[0]
    M[2][2] += k * k
    M[3] = (1 - k) * M[0]
    M[3][3] += k
    return -math.log(radius(M))


LINEAR = (
    "commands: sample, theory\nmodel: {learning_rate: %g, staleness: %g}\nsample: {paths: 1, start:"
    " 1, steps: 20, loss_type: quadratic, loss_curvature: %g, loss_centers: %s}\n"
)
FIGURE4 = LINEAR % (0.01, 0.97, 2, [1, -1])
FIGURE8 = LINEAR % (0.02, 0.9, 1, [-0.5 + i / 200 for i in range(1, 101)])


def batches(text, eta, kappa, a, noise):
    """The loss and the noise of the file, and An, Lu and Ying's optimal batches on it."""
    found, _ = run("theory", "-theory_batch_cost 3.5e-9 -theory_batch_steps 834", text)
    near(found["algorithm"]["curvature"], a, 1e-12)
    near(found["algorithm"]["noise"], noise, 1e-12)
    gamma = math.sqrt((1 - kappa) / eta)
    rate = -gamma + (complex(gamma**2 - 4 * a) ** 0.5).real  # of E X^2
    level = noise * eta / 2 * (eta / (1 - kappa) + 1 / a)
    near(found["schedule"]["last_batch"], math.sqrt(-rate * level * eta / 3.5e-9), 1e-6)
    if a == 1:  # E15 of docs/errata.md: 42 and 699
        assert round(found["schedule"]["last_batch"]) == 42, found["schedule"]
        assert math.ceil(found["schedule"]["first_step"]) == 699, found["schedule"]


def infinite():
    """What is infinite or unknown is said so."""
    for words in ("1.5 -model_staleness 0.5", "2.5 -model_staleness 0.5", "0.9 -model_staleness 0"):
        found, table = run("theory", "-model_learning_rate " + words)
        assert "e+30" not in table and "nan" not in table, table
        numbers = [v for part in found.values() if isinstance(part, dict) for v in part.values()]
        assert all(abs(v) < 1e300 for v in numbers if isinstance(v, float)), found
        assert found["stationary"]["sme"] is None and "  inf  " in table, table


def advice_of_staleness():
    """The fastest staleness, for both moments: a scan of kappa; and the break-even."""
    for e in (0.02, 0.5, 1.5, 2.5):
        advice = run("theory", f"-model_learning_rate {e} -model_staleness 0.5")[0]["advice"]
        scan = [(square_rate(e, k), k) for k in np.linspace(0, 0.9999, 2001)]
        best, at = max(scan)
        mean = ((1 - e) / (1 + e)) ** 2
        if best <= 0:  # E theta^2 grows with every staleness
            for key in ("", "_square"):
                assert advice["staleness_optimal" + key] is advice["rate_optimal" + key] is None
            continue
        assert abs(advice["staleness_optimal_square"] - at) <= 1e-3, (e, advice, at)
        assert best - 1e-9 <= advice["rate_optimal_square"] <= best + 2e-3 * best, (e, advice, best)
        near(advice["staleness_optimal"], mean, 1e-9, e)
        near(advice["rate_optimal"], -math.log(mean), 1e-6, e)
    half = run("theory", "-model_learning_rate 0.5 -model_staleness 0.5")[0]["advice"]
    assert half["rate_optimal_square"] > 1.386 and square_rate(0.5, 1 / 9) < 1.258
    for e, k, there in ((0.02, 0.9, True), (1.2, 0.5, False), (2.5, 0.1, False), (2.1, 0.5, False)):
        words = f"-model_learning_rate {e} -model_staleness {k} -theory_workers 4"
        advice = run("theory", words)[0]["advice"]
        for key in ("workers_break_even", "speedup"):
            assert (advice[key] is not None) == there, (e, k, advice)


def factors():
    """A fixed delay on several curvatures, and momentum: roots of characteristic polynomials."""
    curvature, eta, l, mu = np.array([0.3, 1.0, 2.5]), 0.04, 6, 0.8
    text = (
        f"model: {{dimension: 3, learning_rate: {eta}, staleness: 0.9, omega0: "
        f"{list(map(float, np.sqrt(curvature)))}}}\n"
    )
    found, _ = run("theory", f"-theory_delay {l} -theory_momentum {mu}", text)
    factor = max(max(abs(np.roots([1, -1] + [0] * (l - 1) + [eta * a]))) for a in curvature)
    near(found["delay"]["factor"], factor, 1e-9)
    near(found["delay"]["V_discrete"], math.log(factor) / eta, 1e-8)
    near(found["delay"]["learning_rate_limit"], 2 * math.sin(math.pi / 26) / 2.5, 1e-9)
    V = -math.inf  # roots of s + a e^{-s tau}, by Newton's method from a grid
    for a in curvature:
        for s in (complex(x, y) for x in (-8, -2, -1, 0.0) for y in (0.0, 2, 5)):
            for _ in range(60):
                w = a * np.exp(-s * l * eta)
                s -= (s + w) / (1 - l * eta * w)
            if abs(s + a * np.exp(-s * l * eta)) < 1e-9:
                V = max(V, s.real)
    near(found["delay"]["V"], V, 1e-9)
    factor = max(max(abs(np.roots([1, -(1 + mu - eta * a), mu]))) for a in curvature)
    near(found["momentum"]["factor"], factor, 1e-9)
    near(found["momentum"]["learning_rate_limit"], 2 * (1 + mu) / 2.5, 1e-12)
    near(
        found["coordinates"]["rate_slowest"],
        min(square_rate(eta * a, 0.9) for a in curvature),
        1e-8,
    )
    # the coordinate of the table is the one that is asked for
    words = "-sample_coordinates 3"
    near(run("theory", words, text)[0]["algorithm"]["curvature"], 2.5, 1e-12)
    assert "2 numbers given" in start("theory", "-model_omega0 1,2", text).stderr
    # a sweep has the same numbers
    text += (
        f"theory: {{delay: {l}, batch_cost: 1e-7}}\n"
        + "sweep: {command: theory, key_1: theory_momentum, values_1: '0.5, 0.8'}\n"
    )
    row = run("sweep", "-output sweep.h5", text)[0]["cases"][1]["results"]
    near(row["delay_V"], V, 1e-9)
    near(row["delay_limit"], 2 * math.sin(math.pi / 26) / 2.5, 1e-9)
    near(row["momentum_factor"], factor, 1e-9)
    near(row["learning_rate_limit"], found["coordinates"]["learning_rate_limit"], 1e-12)
    near(row["rate_slowest"], found["coordinates"]["rate_slowest"], 1e-12)
    assert row["last_batch"] > 1 and row["first_step"] > 0, row


def theory():
    batches(FIGURE4, 0.01, 0.97, 2.0, 4.0)
    batches(FIGURE8, 0.02, 0.9, 1.0, np.var([i / 200 for i in range(100)]))
    infinite()
    advice_of_staleness()
    factors()


# --- stability -------------------------------------------------------------------------------
def refused(words, text):
    """The learning rate below which `sample` says that second moments are stable."""
    done = start("sample", words, text)
    assert done.returncode == 2 and "is stable only below" in done.stderr, (words, done)
    return float(done.stderr.split("is stable only below ")[1].split(";")[0])


def stability():
    quadratic = (
        "model: {learning_rate: %g, staleness: 0}\nsample: {paths: 2, steps: 2, loss_type: "
        "quadratic, loss_curvature: 1, loss_centers: [1, -1]}\n"
    )
    uniform = [1 / 4] * 4
    kron = lambda law, mu: limit(
        lambda eta: radius(sum(p * np.kron(A, A) for p, A in transitions(np.eye(1), eta, law, mu)))
        < 1,
        4.0,
    )
    bound = kron(uniform, 0)
    assert abs(bound - 0.7833) < 5e-5
    mean = limit(
        lambda eta: radius(sum(p * A for p, A in transitions(np.eye(1), eta, uniform, 0))) < 1, 4.0
    )
    assert abs(mean - 1.1716) < 5e-5  # what was stated, and is the means' alone
    words = "-sample_staleness_law uniform -sample_staleness_bound 3"
    near(refused(words, quadratic % 1), bound, 1e-5)
    assert start("sample", words, quadratic % (0.99 * bound)).returncode == 0
    near(refused(words + " -sample_momentum 0.4", quadratic % 2), kron(uniform, 0.4), 1e-5)
    with open("measured.txt", "w") as file:
        file.write("0\n0\n1\n4\n")
    words = "-sample_staleness_law measured -sample_staleness_file measured.txt"
    near(refused(words, quadratic % 2), kron([0.5, 0.25, 0, 0, 0.25], 0), 1e-5)
    words = "-sample_staleness_law cyclic -sample_staleness_bound 3"
    near(refused(words, quadratic % 2), kron([0, 0, 0, 1], 0), 1e-5)
    near(refused("-sample_model msgd -sample_momentum 0.5", quadratic % 5), 2 * 1.5, 1e-5)
    # least squares: sampling noise, laws, batches and momentum together
    rows = np.array([[1, 0.5, 0.2], [-1, 2, 1], [0.3, 0.1, -1], [0.7, -0.4, 0.6]])
    np.savetxt("rows.txt", np.column_stack([rows, [1, 0, 2, -1]]))
    squares = (
        "commands: sample, theory\nmodel: {dimension: 3, learning_rate: %g, staleness: %g}\n"
        "sample: {paths: 2, steps: 2, "
        "loss_type: least-squares, loss_data: rows.txt, batch: 2}\n"
    )
    for words, law, mu in (
        ("", [1], 0),
        ("-sample_staleness_law uniform -sample_staleness_bound 1", [0.5, 0.5], 0),
        ("-sample_staleness_law fixed -sample_staleness_bound 1", [0, 1], 0),
        ("-sample_momentum 0.3", [1], 0.3),
    ):
        wanted = limit(lambda eta: square_radius(rows, eta, law, mu, 2) < 1, 2.0)
        near(refused(words, squares % (3, 0)), wanted, 1e-5, words)
        if law == [1] and mu:
            found = run("theory", "-theory_momentum 0.3", squares % (0.1, 0))[0]["momentum"]
            near(found["learning_rate_limit_square"], wanted, 1e-5)
        elif law == [1]:
            found = run("theory", "", squares % (0.1, 0))[0]
            for part in "advice", "coordinates":
                near(found[part]["learning_rate_limit"], wanted, 1e-5)
            assert found["stationary"]["asgd"] is None, found  # not that of additive noise
        elif law == [0, 1]:
            found = run("theory", "-theory_delay 1", squares % (0.1, 0))[0]["delay"]
            near(found["learning_rate_limit_square"], wanted, 1e-5)
            assert found["learning_rate_limit_square"] < found["learning_rate_limit"]
    # a long delay takes no minute, and no noise at the minimiser is said
    np.savetxt("rows.txt", np.array([[1.0, 1], [-1, 2], [2, 3]]))
    line = "commands: sample, theory\nmodel: {learning_rate: 0.001, staleness: 0.9}\n"
    line += "sample: {paths: 2, steps: 2, loss_type: least-squares, loss_data: rows.txt}\n"
    found = run("theory", "-theory_delay 200", line)[0]["delay"]
    assert found["learning_rate_limit_square"] < found["learning_rate_limit"], found
    np.savetxt("rows.txt", np.array([[1.0, 1], [2, 2]]))
    assert "have one gradient at the minimiser" in start("theory", "", line).stderr
    # d = 40 and as many rows: S a + a S = eta E (r . S r) r r^T at the limit without staleness,
    # a tenth of what the largest curvature allows
    d = 40
    rows = np.random.default_rng(1).standard_normal((d, d))
    np.savetxt("rows.txt", np.column_stack([rows, np.zeros(d)]))
    values, vectors = np.linalg.eigh(rows.T @ rows / d)
    turned, S, level = rows @ vectors, np.eye(d), 0.0
    for _ in range(400):
        S = (turned.T * np.einsum("ia,ia->i", turned @ S, turned)) @ turned / d
        S /= values[:, None] + values[None, :]
        level, S = np.trace(S), S / np.trace(S)
    many = squares.replace("dimension: 3", "dimension: 40").replace(", batch: 2", "")
    assert 0.035 < 1 / level < 0.055 and 2 / values[-1] > 0.4, (1 / level, values[-1])
    near(refused("", many % (0.3, 0)), 1 / level, 1e-3)


# --- moments ---------------------------------------------------------------------------------
def exact():
    """Exact columns of sample, for curvature 2 and minimiser .5, against the recursions."""
    eta, steps, x0, least, a, noise = 0.05, 40, 1.5, 0.5, 2.0, 4.0
    text = (
        f"model: {{learning_rate: {eta}, staleness: 0.8}}\nsample: {{paths: 2, steps: {steps}, "
        f"every: 1, start: {x0}, loss_type: quadratic, loss_curvature: {a}, "
        "loss_centers: [1.5, -0.5], batch: 2}\n"
    )
    constant, noise = [eta] * steps, noise / 2
    uniform, fixed, one = [0.25] * 4, [0, 0, 0, 1], [1]
    geometric = [0.2 * 0.8**l for l in range(120)]
    falling = [eta / (1 + j / 7) for j in range(steps)]
    rooted = [eta / math.sqrt(j + 1) for j in range(steps)]
    at = lambda *arguments: moments(a, noise, *arguments, x0 - least)
    bounded = "-sample_staleness_bound 3 -sample_staleness_law "
    schedule = "-sample_step_law expression -sample_step_factor 1/(1+j/7) "
    cases = [
        ("", at(constant, geometric, 0)),
        ("-sample_momentum 0.5", at(constant, geometric, 0.5)),
        (schedule, at(falling, geometric, 0)),
        (schedule + "-sample_momentum 0.3", at(falling, geometric, 0.3)),
        (bounded + "uniform", at(constant, uniform, 0)),
        (bounded + "uniform -sample_momentum 0.6 " + schedule, at(falling, uniform, 0.6)),
        (bounded + "fixed", at(constant, fixed, 0)),
        (bounded + "cyclic -sample_step_law inverse-sqrt", at(rooted, fixed, 0)),
        ("-sample_model sgd", at(constant, one, 0)),
        ("-sample_model msgd -sample_momentum 0.7", at(constant, one, 0.7)),
    ]
    # Euler-Maruyama of the delay equation: four substeps of eta/4 with delays of whole steps
    fine = moments(a, 4 * noise, [eta / 4] * 4 * steps, [0] * 12 + [1], 0, x0 - least)[::4]
    cases.append(("-sample_model sdde " + bounded + "fixed", fine))
    # with a staleness that is drawn for the two substeps of a step together
    words = "-sample_model sdde -sample_substeps 2 "
    cases.append((words + bounded + "uniform", drawn(a, noise, eta, steps, 2, uniform, x0 - least)))
    law = [0.8 * 0.2**l for l in range(18)]
    cases.append((words + "-model_staleness 0.2", drawn(a, noise, eta, steps, 2, law, x0 - least)))
    # (2.7) and (3.3) of An, Lu and Ying: linear systems of their moments
    mu, x = 0.7, x0 - least
    g, D, clock = (1 - mu) / math.sqrt(eta), math.sqrt(eta) * noise, math.sqrt(eta)
    A = np.array([[0, 1], [-a, -g]])
    B = np.array([[0, 0, 2, 0], [0, -2 * g, -2 * a, D], [-a, 1, -g, 0], [0, 0, 0, 0.0]])
    times = [j * clock for j in range(steps + 1)]
    line = [
        (flow(A, np.array([x, 0.0]), t)[0], flow(B, np.array([x * x, 0, 0, 1.0]), t)[0])
        for t in times
    ]
    cases.append((f"-sample_model sme-msgd -sample_momentum {mu}", np.array(line)))
    c = a + eta * a * a / 2
    line = [
        (
            x * math.exp(-c * j * eta),
            x * x * math.exp(-2 * c * j * eta)
            + eta * noise / (2 * c) * (1 - math.exp(-2 * c * j * eta)),
        )
        for j in range(steps + 1)
    ]
    cases.append(("-sample_model sme-sgd", np.array(line)))
    for words, wanted in cases:
        compare(
            text, words, wanted[:, 0] + least, wanted[:, 1] + 2 * least * wanted[:, 0] + least**2
        )
    same_clock(text, eta, steps)
    reads(text, eta, 0.8, a, noise, steps, x0 - least, least)


def reads(text, eta, k, a, noise, steps, x0, least):
    """(P, M) of (2.5) of An, Lu and Ying, M the expected read and P its last change over the
    time of a step, gamma (theta - M)/kappa: paths
    against moments of theta, M and the read."""
    e, gamma = eta * a, math.sqrt((1 - k) / eta)
    x, m, xx, xm, mm, q = x0, x0, x0 * x0, x0 * x0, x0 * x0, x0 * x0
    for _ in range(steps):
        x, fed = x - e * m, xm - e * mm
        xx = xx - 2 * e * xm + e * e * q + eta * eta * noise
        xm, mm = k * fed + (1 - k) * xx, k * k * mm + 2 * k * (1 - k) * fed + (1 - k) ** 2 * xx
        m, q = k * m + (1 - k) * x, k * q + (1 - k) * xx
    series = run("sample", "-sample_paths 4000", text)[0]["series"]["theta1"]
    for key, wanted in (
        ("m", m + least),
        ("m2", mm + 2 * least * m + least**2),
        ("p", gamma * (x - m) / k),
        ("p2", (gamma / k) ** 2 * (xx - 2 * xm + mm)),
    ):
        found, error = series[key][-1], series[key + "_error"][-1]
        print(key, found, wanted, error)
        assert abs(found - wanted) < 4.5 * error, (key, found, wanted, error)


def compare(text, words, mean, square):
    series = run("sample", words, text)[0]["series"]
    for key, line in (("theta_exact", mean), ("theta2_exact", square)):
        worst = np.max(np.abs(np.array(series["theta1"][key], dtype=float) - line))
        print(words, key, worst)
        assert worst < 1e-9, (words, key, worst)


def same_clock(text, eta, steps):
    """One step of every model ends at the same time, that of the equation too."""
    clocks = []
    for model in (
        "asgd",
        "sgd",
        "msgd",
        "sme-asgd",
        "sme-asgd-linear",
        "sme-msgd",
        "sme-sgd",
        "sdde -sample_staleness_law fixed -sample_staleness_bound 2",
    ):
        series = run("sample", f"-sample_model {model}", text)[0]["series"]
        clocks.append(series["time"][-1])
        assert series["step"][-1] == steps
    step = math.sqrt(eta * 0.2)
    words = f"-sample_model sde -time_end {steps * step!r} -time_output_interval {step!r}"
    words += f" -model_learning_rate {eta} -model_staleness 0.8 -model_noise 1 -sample_paths 2"
    clocks.append(run("sample", words)[0]["series"]["time"][-1])
    print(clocks)
    assert max(clocks) - min(clocks) < 1e-12 and abs(max(clocks) - steps * step) < 1e-12, clocks


# --- keys ------------------------------------------------------------------------------------
def keys():
    text = "model: {learning_rate: 0.01, staleness: 0.9, noise: 1}\nsample: {paths: 2, steps: 5}\n"
    equation = "time: {end: 1, output_interval: 0.5}\nsample: {model: sde, paths: 2}\n"
    law = "-sample_staleness_law fixed -sample_staleness_bound 2"
    cases = [
        ("msgd", key)
        for key in (
            "sample_step_law inverse",
            "sample_staleness_law fixed",
            "sample_warmup 2",
            "sample_staleness_bound 2",
            "sample_covariance constant",
            "sample_workers 3",
            "sample_substeps 2",
        )
    ]
    cases += [("sgd", "sample_momentum 0.5"), ("sgd", "sample_staleness_law fixed")]
    cases += [("sgd", "sample_warmup 3"), ("asgd", "sample_covariance constant")]
    cases += [("asgd", "sample_server_time 1"), ("sme-asgd", "sample_momentum 0.5")]
    cases += [("sme-sgd", "sample_step_law inverse"), ("workers", "sample_staleness_law fixed")]
    cases += [(f"sdde {law}", "sample_momentum 0.5"), ("sme-msgd", "sample_batch_cost 1e-5")]
    cases += [
        (model, key)
        for model, key in itertools.product(
            ("asgd", "sme-asgd"),
            (
                "time_end 3",
                "time_output_interval 0.1",
                "initial_mean 1,0",
                "initial_type point",
                "noise 1+tanh(theta)^2",
                "epsilon_slope_bounds 0,1",
                "sample_pairs 3",
                "sample_second_mean 1,0",
            ),
        )
    ]
    for model, key in cases:
        done = start("sample", f"-sample_model {model} -{key}", text)
        key = key.split()[0]
        assert done.returncode == 2 and done.stderr.count("\n") == 1, (model, key, done)
        assert f"{key} is not used with sample_model" in done.stderr, (model, done.stderr)
    for key in ("sample_start 1", "sample_steps 3", "sample_batch 2", "sample_every 2"):
        done = start("sample", "-" + key, equation)
        assert done.returncode == 2 and "is not used with sample_model = sde" in done.stderr, done
    for key in ("epsilon sin(theta)", "loss theta^4"):
        words = f"-sample_loss_type quadratic -sample_loss_centers 1,-1 -{key}"
        done = start("sample", words, text)
        assert done.returncode == 2 and "is not used with sample_loss_type" in done.stderr, done
    # a file for the equation and for its samples has the keys of both
    shared = "commands: solve, sample\n" + text + "time: {end: 1}\ninitial: {mean: [1, 0]}\n"
    assert start("sample", "", shared).returncode == 0
    assert start("sample", "-time_end 2", shared).returncode == 2
    assert start("sample", "", shared.replace("commands: solve, sample\n", "")).returncode == 2


# --- intervals -------------------------------------------------------------------------------
def bars(words):
    """The half-widths of the last row of the table, of E theta and of E theta^2, as printed."""
    table = run("sample", words + " -sample_loss_type quadratic")[1].splitlines()
    row = [line for line in table if " +- " in line and line.split()[0].isdigit()][-1]
    return [part.split()[0] for part in row.split(" +- ")[1:3]]


def quantiles(paths):
    words = f"-sample_paths {paths} -sample_steps 50 -sample_quantiles 0.01,0.5,0.99"
    words += " -sample_loss_type quadratic -sample_loss_centers 1,-1 -model_learning_rate 0.1"
    return run("sample", words + " -model_staleness 0.5")[0]["snapshots"][0]["theta"]


def near_limit():
    # E theta^4 is infinite: 95 % of what is printed would be a third of that
    words = "-model_learning_rate 0.433 -model_staleness 0.9 -sample_loss_centers 1,-1"
    mean, square = bars(words + " -sample_paths 500 -sample_steps 200")
    assert float(mean) > 0 and square == "unknown", (mean, square)


def far_off():
    # at theta = 1e8 the spread of theta^2 is 1e-9 of it, and not 0
    words = "-model_learning_rate 0.02 -model_staleness 0.5 -sample_loss_centers 1e8,100000002"
    mean, square = bars(words + " -sample_start 1e8 -sample_paths 100 -sample_steps 200")
    # a stationary variance of 1e-2 and 100 paths: .02 of theta, 2 1e8 times that of theta^2
    assert 0.012 < float(mean) < 0.03, mean
    assert 2.4e6 < float(square) < 6e6, square


def few_paths():
    # of 100 paths no order statistic bounds the quantile at 1 % from both sides; of 2000 some do
    for level in quantiles(100):
        wanted = 0.05 < level["level"] < 0.95
        assert (level["low"] is not None and level["high"] is not None) == wanted, level
    for level in quantiles(2000):
        assert level["low"] < level["value"] < level["high"], level


def intervals():
    near_limit()
    far_off()
    few_paths()


# --- one path --------------------------------------------------------------------------------
def single():
    assert start("sample", "-output one.h5", FIGURE4).returncode == 0
    done = start("plot", "one.h5 -format png -resolution 60 -output one")
    assert done.returncode == 0 and not done.stderr, done
    assert [name for name in os.listdir(".") if name.startswith("one") and name.endswith(".png")]


TESTS = dict(
    theory=theory,
    stability=stability,
    moments=exact,
    keys=keys,
    intervals=intervals,
    single=single,
)
TESTS[TEST]()
