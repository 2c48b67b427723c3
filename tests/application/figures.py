"""Figures of the papers: runs/figures.sh draws each from its option files, and every picture shows
what it is there for.

Usage: figures.py HYPOCO; HYPOCO_SOURCE_DIR as set by CTest.
"""
import os
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
    "an4": ["an4-asgd-sample.png"],
    "an6": [  # moments, paths and the pairs of coordinates
        "an6-asgd-sample-paths.png",
        "an6-asgd-sample-projections.png",
        "an6-asgd-sample.png",
    ],
    "an8": ["an8-schedule-sample.png"],
    "he1": ["he1-asgd-sample-paths.png", "he1-asgd-sample.png"],
}

for figure, pictures in EXPECTED.items():
    folder = "figure-" + figure
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
assert sample.kept(asgd) and len(asgd["snapshot"]) == 51 and not equation.has("gradients")
