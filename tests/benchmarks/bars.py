"""Do the error bars of hypoco cover the truth? Random problems, d = 1 and 2, fixed seeds.

bars.py HYPOCO truth [FIRST LAST]       writes bars.json beside this script: leading eigenvalues
                                        from an independent discretisation (numpy), sinc functions
                                        in theta and Hermite functions across, each refined until
                                        what it moves is below 1e-9; some seconds a case
bars.py HYPOCO check [FIRST LAST STEP]  compares the bars of `spectrum` with them
bars.py HYPOCO fits [FIRST LAST STEP]   compares the bars of the rates that `solve` fits

omega0 and beta log-uniform in [1/2, 2], gamma in [0.02, 50] omega0 or (every sixth) within 2 % of
critical; eps from five families with amplitudes of 0.01 to 3.
Every fourth problem has d = 2: two such equations of one friction, turned by 30 degrees in the
plane where omega0 and beta are the same, so that eps couples them; its eigenvalues are sums.

The rule of the bars was found on seeds 0 to 299, and changed after 900 to 1699; 1700 to 2059, the
default, were not looked at before it was fixed.  docs/mathematics.md, section 9, says what it
covers there.

A bar covers, or does not, where that is sure with what the truth itself may be wrong by; the others
are counted apart.  So are those of which it is not sure on which side of 30 times the error they
are: they have no part in the median.
`check` and `fits` fail where fewer than 99 % of the bars cover the truth, where one is below a
third of the error, where the median of at least 200 is more than 30 times the error, or where a bar
that does not cover comes without a warning.
A run that ends with an error sentence claims nothing; they are counted.
So are problems whose truth has a positive eigenvalue, which no generator has: not resolved.
"""
import copy
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

FIRST, LAST = 1700, 2060
MOST = 30
COUNT = 8
AGREE = 1e-9
POINTS, MODES = (96, 128, 176, 240, 320), (32, 48, 72, 108, 160)
COMPLEX = (2, 3)  # as many of them where arithmetic is complex: seconds instead of minutes
FAMILIES = (
    ("sine", "sin(X)"),
    ("tanh", "tanh(X)"),
    ("bump", "exp(-X^2/2)"),
    ("step", "tanh(4*X)"),
    ("saturated cubic", "X^3/(1+X^2)"),
)
SHAPES = {
    "sine": np.sin,
    "tanh": np.tanh,
    "bump": lambda x: np.exp(-x * x / 2),
    "step": lambda x: np.tanh(4 * x),
    "saturated cubic": lambda x: x**3 / (1 + x**2),
}
TURN = math.radians(30)


class Coordinate:
    """omega0, gamma and beta of one coordinate and its eps"""

    def __init__(self, draw, kind, gamma, like=None):
        self.linear = 0
        self.omega = like.omega if like else math.exp(draw.uniform(-0.7, 0.7))
        self.beta = like.beta if like else math.exp(draw.uniform(-0.7, 0.7))
        critical = 2 * (1 + draw.uniform(-0.02, 0.02))
        spread = math.exp(draw.uniform(math.log(0.02), math.log(50)))
        self.gamma = gamma or self.omega * (critical if kind == "critical" else spread)
        scale = math.hypot(self.gamma, self.omega) / (math.sqrt(self.beta) * self.omega**3)
        self.name, self.formula = FAMILIES[draw.randrange(len(FAMILIES))]
        self.k = draw.uniform(0.5, 2 if self.name == "step" else 3) / scale
        self.shift = draw.uniform(-1, 1) * scale
        self.size = math.exp(draw.uniform(math.log(0.01), math.log(3)))

    def text(self, theta):
        inner = f"({self.k:.17g}*({theta}-({self.shift:.17g})))"
        return f"({self.size:.17g}*{self.formula.replace('X', inner)})"

    def bounded(self):
        """The same equation with what grows in eps as a part of omega0: the spectrum is the same,
        and L2(1/M) of the other M holds the eigenfunctions better"""
        other = copy.copy(self)
        if self.name == "saturated cubic":
            other.linear = self.size * self.k
            other.omega = math.sqrt(self.omega**2 + other.linear)
            other.beta = self.beta * (self.omega / other.omega) ** 4
        return other

    def value(self, theta):
        return self.size * SHAPES[self.name](self.k * (theta - self.shift)) - self.linear * theta


def problem(seed):
    """The coordinates of one case, and whether they are turned"""
    draw = random.Random(1000 + seed)
    kind = "critical" if seed % 6 == 5 else "spread"
    one = Coordinate(draw, kind, None)
    if seed % 4 != 3:
        return [one], False
    turned = seed % 8 == 7
    return [one, Coordinate(draw, kind, one.gamma, one if turned else None)], turned


def keys(seed):
    """The problem as options"""
    parts, turned = problem(seed)
    words = ["-model_gamma", f"{parts[0].gamma!r}"]
    for name, field in (("-model_omega0", "omega"), ("-model_beta", "beta")):
        words += [name, ",".join(repr(getattr(part, field)) for part in parts)]
    if len(parts) == 1:
        return words + ["-epsilon", parts[0].text("theta")]
    words += ["-model_dimension", "2"]
    c, s = math.cos(TURN), math.sin(TURN)
    if not turned:
        e = [part.text(f"theta{i + 1}") for i, part in enumerate(parts)]
    else:
        a, b = parts[0].text(f"({c!r}*theta1+{s!r}*theta2)"), parts[1].text(
            f"({c!r}*theta2-{s!r}*theta1)"
        )
        e = [f"{c!r}*{a}-{s!r}*{b}", f"{s!r}*{a}+{c!r}*{b}"]
    return words + ["-epsilon_1", e[0], "-epsilon_2", e[1]]


class Blocks:
    """G - sigma, block tridiagonal in the Hermite index of Z: (G u)_n = low_n u_{n-1} + mid_n u_n
    + up_n u_{n+1}, blocks over the points in Xi, and its factors"""

    def __init__(self, part, points, modes):
        width = 10.0
        q = (np.arange(points) - (points - 1) / 2) * 2 * width / points
        step = q[1] - q[0]
        n = np.arange(points)[:, None] - np.arange(points)[None, :]
        with np.errstate(divide="ignore"):
            a = np.where(n == 0, 0.0, (-1.0) ** n / (n * step)) + np.diag(q / 2)
        s = math.hypot(part.gamma, part.omega)
        theta = s * q / (math.sqrt(part.beta) * part.omega**3)
        eps = part.value(theta)
        w, g = part.omega, part.gamma
        # G = w (aXi' aZ - aZ' aXi) - g aV' aV - sqrt(beta) s aZ' eps,  aV = -(w aXi + g aZ)/s
        self.flow = w * a.T - g * w * g / s**2 * a.T  # with aZ
        self.back = -w * a - g * w * g / s**2 * a - math.sqrt(part.beta) * s * np.diag(eps)
        self.mid = -g * w * w / s**2 * (a.T @ a)
        self.damp = g * g * g / s**2
        self.points, self.modes = points, modes

    def factor(self, sigma):
        """From the last Hermite function, which friction damps most, to the first: continued
        fractions, stable without exchanges between blocks"""
        import scipy.linalg

        identity, last = np.eye(self.points), None
        self.pivots = [None] * self.modes
        for n in reversed(range(self.modes)):
            block = self.mid - (self.damp * n + sigma) * identity
            if last:
                block = block - (n + 1) * self.flow @ scipy.linalg.lu_solve(last, self.back)
            last = scipy.linalg.lu_factor(block, overwrite_a=True, check_finite=False)
            self.pivots[n] = last

    def solve(self, b):
        import scipy.linalg

        x = np.array(b.reshape(self.modes, self.points), dtype=self.pivots[0][0].dtype)

        def inverse(n):
            return scipy.linalg.lu_solve(self.pivots[n], x[n], check_finite=False)

        for n in reversed(range(self.modes)):
            if n < self.modes - 1:
                x[n] -= math.sqrt(n + 1) * (self.flow @ below)
            below = inverse(n)
        x[0] = below
        for n in range(1, self.modes):
            x[n] = inverse(n) - math.sqrt(n) * scipy.linalg.lu_solve(
                self.pivots[n], self.back @ x[n - 1], check_finite=False
            )
        return x.ravel()

    def apply(self, u):
        x = u.reshape(self.modes, self.points)
        n = np.arange(self.modes)[:, None]
        y = x @ self.mid.T - self.damp * n * x
        y[:-1] += np.sqrt(n[1:]) * (x[1:] @ self.flow.T)
        y[1:] += np.sqrt(n[1:]) * (x[:-1] @ self.back.T)
        return y.ravel()


def near(blocks, sigma, start):
    """COUNT eigenvalues nearest to sigma, the largest residual, and the eigenvectors"""
    from scipy.sparse.linalg import LinearOperator, eigs

    size = blocks.points * blocks.modes
    blocks.factor(sigma)
    inverse = LinearOperator((size, size), matvec=blocks.solve, dtype=blocks.pivots[0][0].dtype)
    found, vectors = eigs(inverse, k=COUNT, v0=start, tol=1e-13)
    found = sigma + 1 / found
    residual = [np.linalg.norm(blocks.apply(u) - x * u) for x, u in zip(found, vectors.T)]
    return found, max(residual), vectors


def prolonged(vectors, old, new):
    """A start at the resolution `new` from eigenvectors at `old`, with some noise, in which what
    they have not seen is found too"""
    start = np.zeros(new[::-1])
    start[: old[1]] = vectors.sum(axis=1).real.reshape(old[::-1]) @ sinc(old[0], new[0]).T
    noise = np.random.default_rng(1).standard_normal(start.shape)
    return (start / np.linalg.norm(start) + 0.1 * noise / np.linalg.norm(noise)).ravel()


def sinc(old, new):
    """From values at `old` points to values at `new` ones"""
    at = [(np.arange(n) - (n - 1) / 2) / n for n in (old, new)]
    return np.sinc(old * (at[1][:, None] - at[0][None, :]))


def shifts(part):
    """Where leading eigenvalues may be: at 0, and at the frequency where friction is weak"""
    rest = part.omega**2 - part.gamma**2 / 4
    at = [0.05 * min(part.gamma, part.omega**2 / part.gamma)]
    if rest > part.gamma**2:
        at += [at[0] + 1j * m * math.sqrt(rest) for m in (1,)]
    return at


def refined(part, sigma):
    """Eigenvalues near sigma and how far each moved when first modes, then points were raised until
    the leading ones stay"""
    at, levels = [0, 0], (POINTS, MODES)
    if isinstance(sigma, complex):
        levels = [all_[:most] for all_, most in zip(levels, COMPLEX)]
    level = [levels[0][0], levels[1][0]]
    start = np.random.default_rng(1).standard_normal(level[0] * level[1])
    found, residual, vectors = near(Blocks(part, *level), sigma, start)
    moved = np.zeros(COUNT)
    for which in (1, 0):
        while at[which] + 1 < len(levels[which]):
            at[which] += 1
            old, level[which] = tuple(level), levels[which][at[which]]
            last, start = found, prolonged(vectors, old, tuple(level))
            found, residual, vectors = near(Blocks(part, *level), sigma, start)
            step = np.array([min(abs(x - y) for y in last) for x in found])
            leading = np.argsort(-found.real.round(9))[:4]
            if max(step[leading]) < AGREE / 3:
                break
        moved = step + np.array([moved[np.argmin(abs(last - x))] for x in found])
    return found, moved + residual


def uncertain(row):
    """The largest uncertainty of a leading eigenvalue"""
    return max(one[2] for part in row["parts"] for one in part["eigenvalues"][:4])


def resolved(part):
    """Eigenvalues (real, imag >= 0, uncertainty), and the discs in which they are all"""
    part = part.bounded()
    rows, discs = [], []
    for sigma in shifts(part):
        found, error = refined(part, sigma)
        discs.append([sigma.real, complex(sigma).imag, 0.999 * max(abs(found - sigma))])
        rows += [[x.real, abs(x.imag), e] for x, e in zip(found, error) if x.imag > -1e-9]
    return {"eigenvalues": sorted(rows, key=lambda row: -row[0]), "discs": discs}


def write(path, rows):
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


def truth(path, first, last):
    """What is there and resolved stays"""
    rows = json.load(open(path)) if os.path.exists(path) else []
    for seed in range(first, last):
        if any(row["seed"] == seed and uncertain(row) < AGREE for row in rows):
            continue
        parts, _ = problem(seed)
        row = {"seed": seed, "parts": [resolved(part) for part in parts]}
        for part in row["parts"]:
            part["eigenvalues"] = [[float(f"{x:.13g}") for x in one[:2]] + [float(f"{one[2]:.2g}")]
                                   for one in part["eigenvalues"]]
            part["discs"] = [[float(f"{x:.6g}") for x in disc] for disc in part["discs"]]
        rows = [old for old in rows if old["seed"] != seed] + [row]
        print(seed, [part["eigenvalues"][1] for part in row["parts"]], flush=True)
        write(path, rows)


def sums(row):
    """Eigenvalues of the whole problem as (value, uncertainty), the rightmost first"""
    lists = []
    for part in row["parts"]:
        values = [(complex(x, s * y), e + 1e-13 * math.hypot(x, y))
                  for x, y, e in part["eigenvalues"]
                  for s in ((1, -1) if y > 0 else (1,))]
        lists.append(values)
    whole = lists[0]
    if len(lists) > 1:
        whole = [(a + b, e + f) for a, e in lists[0] for b, f in lists[1]]
    return sorted(whole, key=lambda one: (-round(one[0].real, 9), abs(one[0].imag)))


def known(row, z):
    """Is every eigenvalue near z in the list?"""
    discs = [part["discs"] for part in row["parts"]]
    if len(discs) > 1:
        return all(abs(z) < disc[0][2] for disc in discs)
    return any(abs(complex(z.real, abs(z.imag)) - complex(a, b)) < 0.9 * r for a, b, r in discs[0])


def run(program, command, seed, *more):
    degree = ["-space_degree", "10"] if seed % 4 == 3 else []  # d = 2: seconds instead of minutes
    done = subprocess.run(
        [program, command, *keys(seed), *degree, "-json", "run.json", *more],
        capture_output=True,
        text=True,
    )
    if sys.stderr.isatty() or "BARS_PROGRESS" in os.environ:
        print(seed, end=" ", file=sys.stderr, flush=True)
    return (json.load(open("run.json")) if done.returncode == 0 else None), done.stderr.strip()


class Count:
    """Bars against errors"""

    def __init__(self):
        self.ratios, self.misses, self.refused = [], [], []
        self.left = self.bars = self.vague = 0

    def add(self, name, error, uncertain, bar, remark):
        least, most = max(error - uncertain, 0), error + uncertain
        if bar is None or least <= bar < most:
            self.left += 1
            return
        self.bars += 1
        if least > bar:
            self.misses.append((name, least, bar, remark[:150]))
        if least < bar / MOST < most and uncertain > error / 3:
            self.vague += 1
        else:
            self.ratios.append(bar / max(error, uncertain, 1e-300))

    def report(self, what, median):
        silent = [one for one in self.misses if not one[3]]
        small = [one for one in self.misses if one[2] < one[1] / 3]
        covered = 1 - len(self.misses) / max(self.bars, 1)
        middle = float(np.median(self.ratios or [math.nan]))
        print(f"{what}: {self.bars} bars, {100 * covered:.2f} % cover, median bar/error "
              f"{middle:.3g}, smallest {min(self.ratios, default=math.nan):.3g}, "
              f"of {len(self.ratios)} ({self.vague} not sure); "
              f"{len(silent)} of {len(self.misses)} misses silent, {len(small)} below a third; "
              f"{self.left} left out, {len(self.refused)} refused")
        for one in self.misses:
            print("  miss", *one)
        for one in self.refused:
            print("  refused", *one)
        narrow = middle <= median or self.bars < 200
        return covered >= 0.99 and not small and not silent and narrow


def rows(path, first, last, step):
    every = [row for row in json.load(open(path)) if row["seed"] in range(first, last, step)]
    usable = [row for row in every if max(z.real for z, _ in sums(row)) < 1e-7]
    print(f"{len(usable)} problems, and {len(every) - len(usable)} whose truth is not resolved")
    return usable


def check(program, path, *seeds):
    count, gaps = Count(), Count()
    for row in rows(path, *seeds):
        found, remark = run(program, "spectrum", row["seed"], "-spectrum_count", "4")
        if found is None:
            count.refused.append((row["seed"], remark[:120]))
            continue
        s, right = found["spectrum"], [one for one in sums(row) if abs(one[0]) > 1e-7]
        for k in range(1, 4):
            z = complex(s["real"][k], s["imag"][k])
            error, uncertain = min((abs(z - w), e) for w, e in right)
            if k == 1:  # the gap must be the gap, and not any eigenvalue
                gap = min(-w.real for w, _ in right)
                worst = max(e for w, e in right if -w.real < gap + 1e-6 * abs(gap))
                gaps.add((row["seed"], 1), abs(-z.real - gap), worst, s["error"][1], remark)
            if not known(row, z):
                count.left += 1
                continue
            count.add((row["seed"], k), error, uncertain, s["error"][k], remark)
    return count.report("eigenvalues", MOST) & gaps.report("gaps", math.inf)


def fits(program, path, *seeds):
    count = Count()
    for row in rows(path, *seeds):
        found, remark = run(program, "solve", row["seed"])
        if found is None:
            count.refused.append((row["seed"], remark[:120]))
            continue
        rate = found["rate"]
        if rate.get("error") is None or rate.get("measured") is None:
            continue
        right = [one for one in sums(row) if abs(one[0]) > 1e-7]
        error, uncertain = min((abs(rate["measured"] + w.real), e) for w, e in right)
        count.add(row["seed"], error, uncertain, rate["error"], remark)
    return count.report("fits", MOST)


if __name__ == "__main__":
    data = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bars.json")
    given = [int(word) for word in sys.argv[3:]]
    if sys.argv[2] == "truth":
        truth(data, *(given + [FIRST, LAST][len(given) :]))
    else:
        sys.exit(not (check if sys.argv[2] == "check" else fits)(
            sys.argv[1], data, *(given + [FIRST, LAST, 1][len(given) :])))
