"""What people see and where it goes: streams that cannot be written, terminals that know no
escapes,
progress after a restart, numbers in sentences, sweeps in which nothing succeeds.

Usage: terminal.py HYPOCO
"""

import csv
import glob
import os
import re
import shutil
import signal
import subprocess
import sys

HYPOCO = sys.argv[1]
for name in "abc":
    shutil.rmtree(f"{name}.cases", ignore_errors=True)


def run(*words, code=0, **more):
    done = subprocess.run([HYPOCO, *words], capture_output=True, text=True, timeout=100, **more)
    assert done.returncode == code, f"{words}: exit code {done.returncode}\n{done.stderr}"
    return done


# standard output that cannot be written is an error of every command, also where it is closed;
# a reader that has seen enough ends it without a word; nobody who reads messages is no failure
run(*"solve -space_degree 8 -time_end 1 -output seen.h5 -progress off".split())
FULL, GONE = (">/dev/full", 4), (">&3", -signal.SIGPIPE)
SHUT = (">&-", 4), (">/dev/null 2>/dev/full", 0), (">/dev/null 2>&- <&-", 0)
for words, ends in (
    ("--version", (FULL, GONE, *SHUT)),
    ("solve --help", (FULL, GONE)),
    ("spectrum -space_degree 8", (FULL, GONE, *SHUT)),
    ("theory -model_learning_rate 0.01 -model_staleness 0.9", (FULL,)),
    ("plot seen.h5 -what decay -format png", (FULL, GONE)),
    ("rerun seen.h5", (FULL,)),
):
    for streams, code in ends:
        ours, theirs = os.pipe()
        os.close(ours)  # the reader has gone before anything is written
        os.dup2(theirs, 3)
        done = subprocess.run(
            ["bash", "-c", f'exec "$0" {words} {streams}', HYPOCO],
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=[3],
        )
        assert done.returncode == code, (words, streams, done)
        said = r"hypoco: error: standard output could not be written: .*\n" if code == 4 else ""
        assert re.fullmatch(said, done.stderr), (words, streams, done.stderr)

# what the reader did not wait for is written all the same, and no lock stays; a reader of
# messages alone that has gone, too
THEORY = "-model_learning_rate 0.01 -model_staleness 0.9 -model_noise 1"
with open("gone.yaml", "w") as file:
    file.write('sweep: {command: theory, key_1: model_noise, values_1: "1, 2, 3"}\n')
for words, keep in (
    ("verify -epsilon 0.1*sin(theta) -space_degree 8 -output gone.h5 -json gone.json", 2),
    (f"theory {THEORY} -json gone.json", 1),
    (f"sweep gone.yaml {THEORY} -output gone.h5 -json gone.json", 2),
    (f"sample {THEORY} -sample_paths 9 -output gone.h5 -json gone.json", 2),
    ("solve -epsilon 2*sin(theta) -space_degree 6 -time_end 3 -output gone.h5 -json gone.json", 2),
):
    for gone in ("stdout", "stderr"):
        for name in glob.glob("gone.[!y]*"):
            shutil.rmtree(name) if os.path.isdir(name) else os.remove(name)
        ours, theirs = os.pipe()
        os.close(ours)
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, gone: theirs}
        done = subprocess.run([HYPOCO, *words.split()], text=True, **streams)
        os.close(theirs)
        silent = gone == "stderr" and not words.startswith("solve")  # nothing is said there
        assert done.returncode == (0 if silent else -signal.SIGPIPE), (words, gone, done)
        assert gone == "stderr" or "error" not in done.stderr, (words, done)
        for name in ("gone.json", "gone.h5")[:keep]:
            assert os.path.exists(name) and os.path.getsize(name) > 0, (words, gone, name)
        assert not glob.glob("gone*.lock") and not glob.glob("gone*.tmp*"), (words, gone)

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

# a run that goes on counts its speed from where it goes on; its end is no condition to be changed
STEPS = "-space_degree 30 -ts_type rk -ts_adapt_type none -ts_dt 5e-4 -output on.h5".split()
for name in glob.glob("on.h5*"):
    os.remove(name)
done = run("solve", *STEPS, "-time_end", "1e4", "-wall_limit", "1", code=5)
assert re.search(r"stopped at t = [\d.]*\d of 10000: wall_limit; go on from", done.stdout), done
done = run("solve", *STEPS, "-time_end", "2e4", "-restart", "auto", code=2)
assert "start another one from its result: -initial_type file" in done.stderr, done.stderr
with subprocess.Popen(
    [HYPOCO, "solve", *STEPS, "-time_end", "1e4", "-restart", "auto", "-progress", "on"],
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
) as process:
    lines = []
    while len(lines) < 4:  # one at once, the others at least a tenth of a second apart
        line = process.stderr.readline()
        assert line, lines  # the run has ended
        lines += re.findall(r"t ([\d.e+]+) of 10000 .* ([\d.e+]+) per", line)
    process.terminate()
    out, _ = process.communicate()
begin = float(re.search(r"going on from on.h5.checkpoint.\d at t = ([\d.]+)", out).group(1))
for k, (t, speed) in enumerate(lines[1:], 1):
    assert float(speed) < 1.02 * (float(t) - begin) / (0.1 * k), (begin, lines)

# advice fits the space: a tensor space has no degree, a simplex space no axes
for words, named, other in (
    ("-space_type tensor -axis_x_type hermite -axis_v_type hermite", "axis_x_n", "degree|_width"),
    ("-space_type tensor -axis_x_type hermite -axis_v_type fourier", "axis_v_w", "degree|x_width"),
    ("-space_degree 40", "space_degree", "axis_[xv]_[nw]"),
):
    done = run("spectrum", *words.split(), "-epsilon", "0.3*theta^3", code=3)
    assert named in done.stderr and not re.search(other, done.stderr), done.stderr

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
