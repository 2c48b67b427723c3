"""SIGINT, SIGTERM and SIGUSR1, to the program and to mpiexec, while a run cannot have ended:
a sentence, the finished cases of a sweep as a table, no lock, exit code 5."""
import csv
import os
import signal
import subprocess
import sys
import tempfile
import time

program = sys.argv[1]
folder = tempfile.TemporaryDirectory(dir=".")
os.chdir(folder.name)
# A second is what Open MPI leaves to the ranks; here the machine may be busy.
os.environ["OMPI_MCA_odls_base_sigkill_timeout"] = "2"

# The fourth case takes a thousand million steps.
SWEEP = """space: {type: simplex, degree: 6}
initial: {mean: [0.5, 0.3]}
time_end: 20
ts_type: rk
ts_adapt_type: none
sweep: {command: solve, key_1: ts_dt, values_1: "0.1, 0.05, 0.02, 1e-8, 0.01"}
"""
SAMPLE = """sample: {model: asgd, paths: 1000, steps: 100000000}
model: {learning_rate: 0.05, staleness: 0.5, noise: 0.1}
"""
# mpiexec ends with a code of its own, so each rank's is kept.
KEEP = """trap 'kill -TERM $child' TERM; trap 'kill -USR1 $child' USR1
"$@" & child=$!
while wait $child; code=$?; [ $code -gt 128 ] && kill -0 $child 2>/dev/null; do :; done
echo $code >code.$OMPI_COMM_WORLD_RANK"""


def records():
    if not os.path.isdir("run.cases"):
        return []
    return [name for name in os.listdir("run.cases") if name.endswith(".json")]


def stop(number, ready, *words, ranks=0, times=1):
    """Sends a signal when `ready`; the exit codes of the program, and what it said"""
    launch = ["mpiexec", "--oversubscribe", "-n", str(ranks), "sh", "-c", KEEP, "sh"]
    process = subprocess.Popen(
        [*(launch if ranks else []), program, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not ready():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    for _ in range(times):
        process.send_signal(number)
    said = process.communicate()[1]
    codes = [process.returncode]
    if ranks:
        codes = [int(open(f"code.{rank}").read()) for rank in range(ranks)]
    assert "Traceback" not in said and "hypoco: stopped by SIG" in said, said
    left = [name for name in os.listdir(".") if name.endswith((".lock", ".tmp", ".tmp1"))]
    assert not left and set(codes) == {5}, (codes, left, said)
    return said


def interrupted(number, done, *words, ranks=0):
    for name in records():
        os.remove(f"run.cases/{name}")
    said = stop(number, lambda: len(records()) >= done, *words, ranks=ranks)
    with open("run.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert f"{done} of 5 cases are finished, run.csv" in said, said
    assert len(rows) == done and all(row["status"] == "done" for row in rows), rows
    assert all(abs(float(row["rate"]) - 0.5) < 0.01 for row in rows), rows
    assert [row["case"] for row in rows] == ["1", "2", "3", "5"][:done], rows
    os.remove("run.csv")


def write(name, text):
    with open(name, "w") as stream:
        stream.write(text)


write("sweep.yaml", SWEEP)
write("sample.yaml", SAMPLE)
words = "sweep", "sweep.yaml", "-output", "run.h5"
interrupted(signal.SIGINT, 3, *words)
interrupted(signal.SIGTERM, 3, *words)
interrupted(signal.SIGINT, 3, *words, ranks=1)
# two groups share the cases: 1, 3, 5 and 2, 4
interrupted(signal.SIGINT, 4, *words, ranks=2)
interrupted(signal.SIGUSR1, 4, *words, "-sweep_groups", "2", ranks=3)
# the cases that are finished are not done again
values = "0.1, 0.05, 0.02, 0.01"
whole = subprocess.run(
    [program, *words, "-sweep_values_1", values], capture_output=True, text=True, check=True
).stdout
assert "0 done now, 4 found done" in whole, whole

# twice at once, as timeout(1) does, is one request
words = "sample", "sample.yaml", "-output", "sample.h5"
for times in 1, 2:
    stop(signal.SIGINT, lambda: os.path.exists("sample.h5.tmp"), *words, times=times)
os.chdir("..")
