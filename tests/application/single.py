"""A run without a launcher starts no daemon and makes no folder for one, unless the user's own
settings ask for it; launchers and settings stay in force.

Usage: single.py HYPOCO
"""
import os
import subprocess
import sys
import time
from pathlib import Path

HYPOCO = sys.argv[1]
PLAIN = {
    k: v
    for k, v in os.environ.items()
    if not k.startswith(("OMPI_", "PMIX_", "PMI_", "SLURM_", "HYDRA_"))
}
LONG = [
    HYPOCO,
    "solve",
    "-time_end",
    "1e5",
    "-time_output_interval",
    "1e3",
    "-ts_type",
    "rk",
    "-ts_adapt_type",
    "none",
    "-ts_dt",
    "1e-4",
    "-rate_check",
    "false",
    "-output",
    "single.h5",
]


def children(pid):
    """Names of the processes that a process has started"""
    names = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            names.append(Path(f"/proc/{child}/comm").read_text().strip())
    return names


def daemons(environment):
    """Daemons among the children of a run, which are looked at until it computes:
    until its result is there, which has its own name from the first snapshot on"""
    names = Path("single.h5.tmp"), Path("single.h5")
    for name in names:
        name.unlink(missing_ok=True)
    run = subprocess.Popen(
        LONG,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        seen = []
        while not any(name.exists() for name in names):
            assert run.poll() is None, f"the run ended with {run.poll()}"
            seen += children(run.pid)
            time.sleep(0.02)
        seen += children(run.pid)
    finally:
        run.terminate()
        run.wait()
    return [name for name in seen if name.startswith("orte")]


def ranks(arguments, environment):
    Path("ranks.json").unlink(missing_ok=True)
    subprocess.run(
        arguments
        + [
            HYPOCO,
            "theory",
            "-model_learning_rate",
            "0.01",
            "-model_staleness",
            "0.9",
            "-json",
            "ranks.json",
        ],
        env=environment,
        check=True,
        capture_output=True,
        timeout=100,
    )
    import json

    return json.loads(Path("ranks.json").read_text())["provenance"]["ranks"]


assert not daemons(PLAIN), "a run without a launcher started a daemon of Open MPI"
own = daemons({**PLAIN, "OMPI_MCA_ess_singleton_isolated": "0"})
assert own, "the user's own setting was not respected: no daemon was started"
Path("home/.openmpi").mkdir(parents=True, exist_ok=True)
Path("home/.openmpi/mca-params.conf").write_text("# mine\nbtl_base_verbose = 0\n")
assert daemons(
    {**PLAIN, "HOME": str(Path("home").resolve())}
), "the user's own file of settings was not respected"
root = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
assert ranks([], PLAIN) == 1
assert ranks(["mpiexec", "--oversubscribe", "-n", "3"], {**PLAIN, **root}) == 3
# runs side by side share no folder that one could take from another: none is made
assert ranks([], {**PLAIN, "TMPDIR": "/dev/null/none"}) == 1
print("no daemon without a launcher; own settings and launchers respected")
