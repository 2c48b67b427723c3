"""Figures of the papers: runs/figures.sh draws each from its option files, and every picture shows
what it is there for.

Usage: figures.py HYPOCO; HYPOCO_SOURCE_DIR as set by CTest.
"""
import os
import shutil
import subprocess
import sys

try:
    import h5py  # noqa: F401
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

HYPOCO = os.path.abspath(sys.argv[1])
SCRIPT = os.path.join(os.environ["HYPOCO_SOURCE_DIR"], "runs", "figures.sh")
EXPECTED = {
    "zy31c": ["zy31c-asgd-sample.png"],
    "an4": [f"an4-{kappa}-asgd-sample.png" for kappa in ("0.9", "0.95", "0.97")],
    "an6": [  # moments, paths and the pairs of coordinates
        "an6-asgd-sample-paths.png",
        "an6-asgd-sample-projections.png",
        "an6-asgd-sample.png",
    ],
    "an8": ["an8-schedule-sample.png"],
    "he1": [
        f"he1-{model}-sample{what}.png" for model in ("asgd", "sgd") for what in ("-paths", "")
    ],
}

for figure, pictures in EXPECTED.items():
    folder = "figure-" + figure
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(
        ["bash", SCRIPT, HYPOCO, folder, figure], check=True, env={**os.environ, "PATHS": "64"}
    )
    found = sorted(name for name in os.listdir(folder) if name.endswith(".png"))
    assert found == pictures, (figure, found)
wrong = subprocess.run(
    ["bash", SCRIPT, HYPOCO, "none", "an9"], capture_output=True, text=True, check=False
)
assert wrong.returncode == 2 and "an9" in wrong.stderr

# what the overlays are made of: costs only where all files have them and where they differ
sys.path.insert(0, os.path.join(os.environ["HYPOCO_SOURCE_DIR"], "python"))
from hypoco.data import File  # noqa: E402
from hypoco.pictures import sample  # noqa: E402

schedule, batches = (File(f"figure-an8/an8-{name}.h5") for name in ("schedule", "batches"))
assert [name for name, _ in sample.costs([schedule, batches])] == ["gradients"]
assert sample.costs([batches]) == []
assert sample.names([schedule, batches]) == ["ASGD, batches by (4.11)", "ASGD, batches of 5"]
assert schedule["gradients"][-1] == 2163 and batches["gradients"][-1] == 4170
assert abs(sample.centre(schedule) + 0.2475) < 1e-12
asgd, equation = (File(f"figure-he1/he1-{name}.h5") for name in ("asgd", "sdde"))
assert sample.staleness(asgd.options) == sample.staleness(equation.options) == "delay 10"
assert sample.kept(asgd) and len(asgd["snapshot"]) == 401 and not equation.has("gradients")
# AN 6: the curvatures that the caption lists, in three planes
paths = File("figure-an6/an6-asgd.h5")
assert list(paths["chosen"].astype(int)) == [1, 2, 29, 81, 37, 74]
equation = File("figure-an6/an6-sme-asgd.h5")
assert sample.names([paths, equation]) == ["ASGD, 64 paths", "sme-asgd, 8 paths"]
curvature = [float(c) for c in paths.options["sample_loss_curvature"]]
assert [curvature[int(c) - 1] for c in paths["chosen"]] == [
    4.2593, 4.9013, 0.1980, 4.3968, 3.9978, 1.9527,
]  # fmt: skip
# ZY 3.1 (c): over time, in which two workers of ASGD make two steps for each of SGD
asgd, sgd = (File(f"figure-zy31c/zy31c-{name}.h5") for name in ("asgd", "sgd"))
assert [name for name, _ in sample.costs([asgd, sgd])][0] == "wall"
assert asgd["wall"][-1] == 200 == sgd["wall"][-1] and asgd["step"][-1] == 2 * sgd["step"][-1]
# HE 1 (b): SGD and the equation without delay have one mean
sgd, equation = (File(f"figure-he1/he1-{name}.h5") for name in ("sgd", "sde"))
for run in (sgd, equation):
    assert abs(run["theta_exact"][1, 0] - 4 * 0.99 ** run["step"][1]) < 1e-12, run["theta_exact"][1]
