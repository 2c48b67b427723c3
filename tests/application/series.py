"""time_series: the series that were asked for have the values they always have,
the others are left out everywhere, and pictures do without them."""
import json
import os
import subprocess
import sys
import tempfile

program = sys.argv[1]
launch = os.environ.get("HYPOCO_LAUNCH", "").split()
folder = tempfile.TemporaryDirectory(dir=".")
os.chdir(folder.name)
RUN = ["solve", "-initial_mean", "1,0.5", "-initial_covariance", "0.5", "-space_degree", "12"]
RUN += ["-epsilon", "0.2*sin(theta)", "-time_end", "6"]


def run(*words, code=0):
    done = subprocess.run(
        [*launch, program, *RUN, "-json", "run.json", *words], capture_output=True, text=True
    )
    assert done.returncode == code, (words, done.returncode, done.stdout[-500:], done.stderr)
    if code:
        return done.stderr
    with open("run.json") as stream:
        return json.load(stream)


every = run()["series"]
some = run("-time_series", " tv, mass ")["series"]
assert set(every) > {"norm2", "entropy", "fisher", "theta"}
assert set(some) == {"t", "mass", "norm2", "H", "tv"}, list(some)
assert all(some[name] == every[name] for name in some)

# without distances, and with the rate that all have
whole = run("-time_series", "norm2", "-output", "few.h5")
assert set(whole["series"]) == {"t", "norm2", "H"}
assert whole["series"]["norm2"] == every["norm2"]
if not launch:
    done = subprocess.run(
        [program, "plot", "few.h5", "-what", "decay"], capture_output=True, text=True
    )
    assert done.returncode == 0, (done.stdout, done.stderr)

for bad in ("tv;mass", "norm2,,mass", "tv_pair"):
    error = run("-time_series", bad, code=2)
    assert error.count("time_series:") == 1 and "there are mass, norm2" in error, error

# in d = 2: the sums over nodes are there with any of them, and only then
RUN[1:] = ["-model_dimension", "2", "-initial_mean", "1,0,0.5,0", "-space_degree", "6"]
RUN += ["-time_end", "2"]
whole = run()
assert whole["distances"]["times"] == 21, whole["distances"]
for names in ("tv,", "entropy"):
    part = run("-time_series", names)
    assert part["distances"]["times"] == 21, (names, part["distances"])
assert run("-time_series", "tv")["distances"] == whole["distances"]
assert run("-time_series", "tv")["series"]["tv_error"] == whole["series"]["tv_error"]
assert run("-time_series", "tv_pair")["distances"]["times"] == 0
assert "distances" not in run("-time_series", "theta")
