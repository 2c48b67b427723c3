"""What people see and where it goes: streams that cannot be written, terminals that know no
escapes,
progress after a restart, numbers in sentences, sweeps in which nothing succeeds.

Usage: terminal.py HYPOCO
"""

import csv
import os
import re
import shutil
import subprocess
import sys

HYPOCO = sys.argv[1]
for name in "abc":
    shutil.rmtree(f"{name}.cases", ignore_errors=True)


def run(*words, code=0, **more):
    done = subprocess.run([HYPOCO, *words], capture_output=True, text=True, timeout=100, **more)
    assert done.returncode == code, f"{words}: exit code {done.returncode}\n{done.stderr}"
    return done


# standard output that cannot be written is an error
with open("/dev/full", "w") as full:
    done = subprocess.run(
        [HYPOCO, "spectrum", "-space_degree", "8"], stdout=full, stderr=subprocess.PIPE, text=True
    )
assert done.returncode == 4 and "standard output could not be written" in done.stderr, done

# terminals without escapes get none, others do
for terminal, escapes in (("dumb", False), ("xterm", True)):
    done = run(
        "solve",
        "-space_degree",
        "30",
        "-time_end",
        "60",
        "-progress",
        "on",
        "-rate_check",
        "false",
        "-ts_type",
        "rk",
        "-ts_dt",
        "1e-3",
        "-ts_adapt_type",
        "none",
        env={**os.environ, "TERM": terminal},
    )
    assert "s left" in done.stderr and ("\033" in done.stderr) == escapes, (
        terminal,
        done.stderr[:300],
    )

# numbers do not end with a point
done = run("solve", "-space_degree", "6", "-time_end", "3", "-epsilon", "2*sin(theta)")
assert "warning: at t = 0, 0.0" in done.stderr, done.stderr
assert not re.search(r"\d\.(\s|,|;|$)", done.stdout + done.stderr.rstrip(".\n")), done
assert "(null)" not in done.stdout, done.stdout
done = run("solve", "-time_end", "20", "-snapshot_interval", "0.25", code=2)
assert (
    "snapshot_interval = 0.25 is no multiple of time_output_interval = 0.1" in done.stderr
), done.stderr
done = run(
    "sample",
    "-model_learning_rate",
    "1.01",
    "-sample_model",
    "sgd",
    "-sample_loss_type",
    "quadratic",
    "-sample_loss_curvature",
    "2",
    "-sample_loss_centers",
    "0,1",
    code=2,
)
assert not re.search(r"\d\.[ ,;]", done.stderr), done.stderr

# YAML 1.2 knows True and FALSE
with open("flags.yaml", "w") as file:
    file.write("rate_check: False\ndebug: TRUE\nspace_degree: 8\n")
run("solve", "flags.yaml")

# a sweep: keys that the command does not read, and cases that all fail
done = run(
    "sweep",
    "-sweep_key_1",
    "snapshot_interval",
    "-sweep_values_1",
    "1, 2",
    "-output",
    "a.h5",
    code=2,
)
assert "spectrum does not read snapshot_interval" in done.stderr, done.stderr
done = run(
    "sweep",
    "-space_degree",
    "8",
    "-sweep_key_1",
    "epsilon",
    "-sweep_values_1",
    "1/(theta-theta); theta/(theta-theta)",
    "-output",
    "b.h5",
    code=3,
)
assert "all 2 cases failed" in done.stderr, done.stderr
assert [row["status"] for row in csv.DictReader(open("b.csv"))] == ["failed", "failed"]
done = run(
    "sweep",
    "-space_degree",
    "8",
    "-sweep_key_1",
    "eps_toll",
    "-sweep_values_1",
    "1, 2",
    "-output",
    "c.h5",
    code=2,
)
assert "sweep_key_1: nothing in this run reads the option eps_toll" in done.stderr, done.stderr
print("streams, terminals, sentences and sweeps as promised")
