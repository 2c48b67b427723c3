"""hypoco solve gives the same series on 1, 2, 3 and 4 ranks, to 1e-12 relative,
and conserves mass over the run.  Distances to F are compared with their starts: chi^2 and the
Fisher information divide rounding errors by small densities, and the rule that integrates total
variation of a pair ends at 1e-10.

Usage: solve_ranks.py HYPOCO FILE.yaml [-option value ...]
"""
import json
import os
import sys

from launch import launch

HYPOCO, FILE, OPTIONS = sys.argv[1], sys.argv[2], sys.argv[3:]
FILE = os.path.join(os.environ["HYPOCO_SOURCE_DIR"], "runs", FILE)
RANKS = (1, 2, 3, 4)
DISTANCES = ("tv", "entropy", "chi2", "fisher")


def numbers(series):
    """One for each time, or for each time and coordinate"""
    return [x for one in series for x in (one if isinstance(one, list) else [one])]


def start(ranks):
    """The rate is not looked at, so its error bar needs no coarser runs"""
    files = ["-output", f"ranks{ranks}.h5", "-json", f"ranks{ranks}.json"]
    return launch(ranks, [HYPOCO, "solve", FILE, "-rate_check", "false", *files, *OPTIONS])


def series(ranks, run):
    assert run.wait() == 0, ranks
    with open(f"ranks{ranks}.json") as file:
        return json.load(file)["series"]


# all at once, because most of a short run is its start
runs = {ranks: start(ranks) for ranks in RANKS}
found = {ranks: series(ranks, run) for ranks, run in runs.items()}
one = found[1]
worst_mass = max(abs(m / one["mass"][0] - 1) for m in one["mass"])
print(f"mass: worst relative change {worst_mass:.1e}")
assert worst_mass <= 1e-12, worst_mass
for ranks in RANKS[1:]:
    other = found[ranks]
    for name in ("mass", "norm2", "grad_x2", "grad_v2", "grad_xv", "H"):
        # <grad_x h, grad_v h> may vanish: it is compared on the scale of the gradients
        scale = (
            [(x * v) ** 0.5 for x, v in zip(one["grad_x2"], one["grad_v2"])]
            if name == "grad_xv"
            else one[name]
        )
        worst = max(abs(a - b) / abs(s) for a, b, s in zip(one[name], other[name], scale))
        print(f"{ranks} ranks, {name}: worst relative difference {worst:.1e}")
        assert worst <= 1e-12, (ranks, name, worst)
    for name in (name for name in one if name.startswith(DISTANCES)):
        a, b = numbers(one[name]), numbers(other[name])
        start = max((x for x in a if x is not None), default=None)
        assert [x is None for x in a] == [x is None for x in b], (ranks, name)
        if start is None:
            continue
        worst = max(abs(x - y) / start for x, y in zip(a, b) if x is not None)
        print(f"{ranks} ranks, {name}: worst difference {worst:.1e} of the start")
        assert worst <= 1e-9, (ranks, name, worst)
    assert other["t"] == one["t"]
