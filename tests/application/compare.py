"""hypoco compare: the equation's rates, the algorithm's and the paths' agreement with them,
and the picture.

Usage: compare.py HYPOCO; HYPOCO_LAUNCH and HYPOCO_SOURCE_DIR as set by CTest.
"""
import json
import math
import os
import subprocess
import sys

HYPOCO = sys.argv[1]
LAUNCH = os.environ.get("HYPOCO_LAUNCH", "").split()
RUNS = os.path.join(os.environ["HYPOCO_SOURCE_DIR"], "runs")


said = {}  # what the last run wrote


def compare(name, *options):
    done = subprocess.run(
        LAUNCH
        + [HYPOCO, "compare", os.path.join(RUNS, name), "-json", "out.json", *map(str, options)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    said["table"] = done.stdout
    said["warnings"] = [line for line in done.stderr.splitlines() if "warning" in line]
    assert len(said["warnings"]) == len(set(said["warnings"])), done.stderr  # not once per start
    with open("out.json") as file:
        return json.load(file)["compare"]


# spectral gaps, from hypoco spectrum with two resolutions
SHORT = ("-sample_steps", 360, "-sample_snapshots", "120,300,360", "-compare_half", "false")
for name, gap, runs in (
    ("sine", 0.43991, [("asgd,sde", 20000)]),
    ("tanh", 0.44993, [("asgd,sde", 20000)]),
    # pairs of paths stay apart in the two wells, so that more of them are needed
    ("doublewell", 0.50787, [("sde", 20000), ("asgd", 120000, *SHORT)]),
):
    found = {}
    for models, paths, *more in runs:
        result = compare(
            f"compare-{name}.yaml", "-compare_models", models, "-sample_paths", paths, *more
        )
        found = {**result["models"], **found}
    # a start from a point is none of the space's faults; the tails of the double well are
    assert bool(said["warnings"]) == (name == "doublewell"), said["warnings"]
    equation, sde, asgd = found["pde"], found["sde"], found["asgd"]
    print(name, equation["rate"], asgd["rate"], sde["rate"], sde["significance"])
    assert abs(equation["rate"]["value"] - gap) < equation["rate"]["error"] < 1.5e-3
    # the coarser space sees that the tail of F is not resolved, in the double well most
    errors = equation["theta_error"]
    assert 1e-13 < max(errors) < 0.01, (name, max(errors))
    for model in (asgd, sde):  # bars overlap, the algorithm's but for its error of order eta
        if model["rate"]["value"] is None:  # its own fit needs a longer time; the joint one not
            assert name == "doublewell" and model is asgd
            assert "longer time" in asgd["rate"]["reason"]
        else:
            distance = abs(model["rate"]["value"] - equation["rate"]["value"])
            allowed = model["rate"]["error"] + equation["rate"]["error"]
            assert distance <= allowed + (model["rate"]["model_error"] or 0), name
        parts = model["parts"]["rate"]
        print(parts)
        assert parts["verdict"] == "overlap", (name, parts)
        assert parts["difference"]["error"] < (0.005 if model is asgd else 0.01), (name, parts)
    assert name == "doublewell" or asgd["rate"]["error"] < 0.005
    assert sde["parts"]["rate"]["exact"] and not asgd["parts"]["rate"]["exact"]
    half = asgd["parts"]["rate"]["model"]["error"]  # of order eta: from half the learning rate
    assert (half is None) == (name == "doublewell"), half
    assert min(sde["significance"]) > 0.01 / 3  # three snapshots
    assert (
        asgd["theta_difference"]["value"] < 0.01 + 4 * asgd["theta_difference"]["error"]
    )  # modelling error of order eta

QUADRATIC = os.path.abspath("quadratic.yaml")  # the same without eps
with open(os.path.join(RUNS, "compare-sine.yaml")) as file, open(QUADRATIC, "w") as without:
    without.writelines(line for line in file if not line.startswith("epsilon"))
result = compare(QUADRATIC, "-sample_paths", 1000, "-output", "out.h5")
assert not said["warnings"], said["warnings"]
exact = result["models"]["sde"]
# the equation's own error, from a coarser space: none for E theta of a linear force
assert max(result["models"]["pde"]["theta_error"]) < 1e-11
for quantity in ("theta", "theta2"):  # the same linear equation, by its own moments and by the PDE
    assert exact[f"{quantity}_difference"]["exact"] < 1e-11, quantity
difference = [
    result["models"]["asgd"][f"{quantity}_difference"]["exact"] for quantity in ("theta", "theta2")
]
print("modelling error of asgd at eta = .02:", difference)
BRIEF = ("-sample_steps", 120, "-sample_every", 2, "-sample_snapshots", "120")
# too short for a rate; of sde, which is the equation, no rounding is shown as an exact difference
compare(
    QUADRATIC,
    "-sample_paths",
    100,
    *"-sample_steps 10 -sample_every 1 -sample_snapshots 10".split(),
)
rows = [line.split() for line in said["table"].splitlines()]
assert (
    " ".join(next(row for row in rows if row[:1] == ["pde"])[-7:])
    == "none too few points for a fit"
)
for row in (
    row for row in rows if row[:3] in (["sde", "E", "theta,"], ["sme-asgd", "E", "theta,"])
):
    assert row[row.index("exact") - 1] == "0", row
assert "joint fit" in said["table"] and "nan" not in said["table"]
# few paths: undecided, with the reason, where two blocks of paths had a bar ten times too small
few = compare(QUADRATIC, "-sample_paths", 100, "-compare_models", "asgd,sde")["models"]["asgd"]
assert few["parts"]["rate"]["difference"] == {"value": None, "error": None}, few["parts"]["rate"]
assert "8 blocks" in few["undecided"] and few["undecided"] == few["rate"]["reason"]
assert "undecided of asgd, sde: 24 output times and 8 blocks" in said["table"], said["table"]
# eps = 0 is no force: sme-asgd-linear, which needs none, takes part, and means are exact
without = compare(QUADRATIC, "-sample_paths", 100, *BRIEF)["models"]
zero = compare(QUADRATIC, "-sample_paths", 100, *BRIEF, "-epsilon", "2*0")["models"]
assert without == zero and "sme-asgd-linear" in zero and zero["asgd"]["theta_exact"][-1]
# one row in twenty is apart by chance: Holm's rule over all rows, by hand
rows = [
    row
    for model in zero.values()
    if "parts" in model
    for row in [model["parts"]["rate"]]
    + [one for name in ("theta", "theta2", "loss") for one in model["parts"][name]]
]
alone = [(row["significance"], row["significance_all"]) for row in rows]
for model in zero.values():
    alone += zip(model["significance"], model["significance_all"])
alone = sorted(pair for pair in alone if pair[0] is not None)
largest = 0
for i, (single, together) in enumerate(alone):
    largest = max(largest, min(1, (len(alone) - i) * single))
    assert abs(together - largest) < 1e-12, (i, single, together, largest)
assert f"of {len(alone)} rows about" in said["table"] and alone[0][1] < 1e-3  # sgd's law
half = compare(
    QUADRATIC,
    "-sample_paths",
    100,
    "-model_learning_rate",
    0.01,
    "-model_staleness",
    1 - 0.75 * 0.01,
    "-model_noise",
    150,
    "-sample_steps",
    1200,
    "-sample_every",
    12,
    "-sample_snapshots",
    1200,
    "-compare_models",
    "asgd",
)
for quantity, before in zip(
    ("theta", "theta2"), difference
):  # first order in eta at fixed gamma and beta
    ratio = before / half["models"]["asgd"][f"{quantity}_difference"]["exact"]
    print(quantity, "ratio", ratio)
    assert 1.7 < ratio < 2.3, quantity
# what is of order eta, from half the learning rate, against what is known exactly without eps:
# so little of eps that the rate is the same, but it is sampled
few = ("-sample_paths", 20000, "-compare_models", "asgd", "-output", "half.h5")
found = compare(QUADRATIC, "-epsilon", "1e-6*sin(theta)", *few)["models"]["asgd"]
parts, exact = found["parts"]["rate"], found["rate"]["model_error"]
print("of order eta:", parts["model"], "exact:", exact)
assert not parts["exact"] and parts["model"]["error"] < 0.8 * exact
assert abs(parts["model"]["value"] - exact) < 1.5 * parts["model"]["error"] + 0.05 * exact
assert abs(parts["rest"]["value"]) < 1.5 * parts["rest"]["error"]
known = compare(QUADRATIC, "-sample_paths", 500, *few[2:4])["models"]["asgd"]["parts"]
assert known["rate"]["exact"] and abs(known["rate"]["model"]["value"] - exact) < 1e-12
assert known["theta2"][0]["exact"] and known["theta2"][0]["model"]["error"] < 1e-6
# sgd on this clock: 1 - eta a in a step, whatever its own clock is
sgd = compare(QUADRATIC, "-sample_paths", 1000, "-compare_models", "sgd,sme-sgd", *BRIEF)["models"]
gap = sgd["pde"]["rate"]["value"]
assert abs(sgd["sgd"]["rate"]["model_error"] - (-math.log(0.98) / 3e-4**0.5 - gap)) < 1e-6
assert abs(sgd["sgd"]["parts"]["rate"]["rest"]["value"]) < 1e-6
assert sgd["sgd"]["remark"] is None and "measured only" in sgd["sme-sgd"]["remark"]
for loss, square in zip(sgd["sgd"]["loss_exact"], sgd["sgd"]["theta2_exact"]):
    assert abs(loss - square / 2) < 1e-14
# the same equation from component losses: eps = .6 sin theta, noise 75
slope = 75**0.5
mine = os.path.abspath("mine.yaml")
with open(QUADRATIC) as file, open(mine, "w") as own:
    own.write(file.read().rstrip() + "\n")
    own.write(
        "  loss_type: expression\n  loss_count: 2\n"
        f"  loss_value: theta^2/2 + 0.6*(1 - cos(theta)) + {slope!r}*(2*i - 3)*theta + 7\n"
    )
few = ["-sample_paths", 500, "-compare_models", "asgd,sde", "-compare_half", "false"]
one, two = compare("compare-sine.yaml", *few), compare(mine, *few)
for model in ("pde", "asgd", "sde"):
    for quantity in ("theta", "theta2", "loss"):
        pairs = zip(one["models"][model][quantity], two["models"][model][quantity])
        worst = max(abs(a - b) for a, b in pairs)
        assert worst < 1e-7, (model, quantity, worst)
# no part of order eta where there is none, or where it cannot be had, with the reason
few = ("-sample_paths", 500, "-compare_models", "sgd,msgd", *BRIEF)
found = compare("compare-sine.yaml", *few)["models"]
assert all("does not tend" in found[name]["remark"] for name in ("sgd", "msgd"))
assert "  apart, p " in said["table"] and ", of all rows " in said["table"]
assert found["sgd"]["parts"]["rate"]["model"] == {"value": None, "error": None}
for model, part in two["models"].items():
    if model == "asgd":
        assert "components" in part["remark"]
        own = part["parts"]["rate"]
        assert not own["exact"] and own["model"]["value"] is None
twice = subprocess.run(
    LAUNCH + [HYPOCO, "compare", mine, "-epsilon", "sin(theta)"], capture_output=True, text=True
)
assert twice.returncode == 2 and "sample_loss_type" in twice.stderr

subprocess.run([HYPOCO, "plot", "out.h5", "-what", "compare", "-format", "png"], check=True)
assert any(name.endswith("-compare.png") for name in os.listdir("."))
bad = subprocess.run(
    LAUNCH
    + [HYPOCO, "compare", os.path.join(RUNS, "compare-sine.yaml"), "-compare_models", "asdg"],
    capture_output=True,
    text=True,
)
assert bad.returncode == 2 and "asdg" in bad.stderr

# F of a noise that grows has a norm against the Gaussian that the file names
steady = subprocess.run(
    LAUNCH + [HYPOCO, "steady", os.path.join(RUNS, "noise.yaml")], capture_output=True, text=True
)
assert steady.returncode == 0 and "warning" not in steady.stderr, steady.stderr
