"""hypoco sweep: tables, predictions, a case that fails, and a sweep that is killed half-way
and finished later."""
import csv
import json
import math
import os
import subprocess
import sys
import tempfile
import time

try:
    import h5py
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

program = sys.argv[1]
launch = os.environ.get("HYPOCO_LAUNCH", "").split()
folder = tempfile.TemporaryDirectory(
    dir="."
)  # records of an earlier run of this test would be found and used
os.chdir(folder.name)


def sweep(name, *words, code=0, file="sweep.yaml"):
    done = subprocess.run(
        [*launch, program, "sweep", file, "-output", f"{name}.h5", "-json", f"{name}.json", *words],
        capture_output=True,
        text=True,
    )
    assert (
        done.returncode == code
    ), f"exit code {done.returncode}, expected {code}\n{done.stdout[-2000:]}{done.stderr}"
    if code:
        return done.stderr
    with open(f"{name}.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with open(f"{name}.json") as stream:
        return rows, {**json.load(stream)["sweep"], "printed": done.stdout}


def write(text, file="sweep.yaml"):
    with open(file, "w") as stream:
        stream.write(text)


base = (
    'model: {omega0: 1, gamma: 1, beta: 1}\nepsilon: "sin(theta)"\nspace: {type: simplex, degree:'
    " 24}\n"
)

# the amplitude: the gap moves like e0^2, and the predictions are of first and second order
write(base + 'sweep: {key_1: epsilon_amplitude, values_1: "0, 0.1, 0.2, 0.4"}\n')
rows, summary = sweep("amplitude")
assert summary["done_now"] == 4 and [row["status"] for row in rows] == ["done"] * 4
for row, expected in zip(rows[1:], (2.2e-4, 8.7e-4, 3.4e-3)):
    moved = float(row["gap"]) - 0.5
    assert abs(moved - expected) <= 0.02 * expected, row
errors = []
for row in rows[1:]:
    branch, first, second = (
        complex(float(row[n + "_real"]), float(row[n + "_imag"]))
        for n in ("branch", "first", "second")
    )
    errors.append((abs(branch - first), abs(branch - second)))
    assert abs(first.real + 0.5) < 1e-9, "under-damped, the real part does not move at first order"
for (first, second), (first2, second2) in zip(errors, errors[1:]):
    assert 3.6 < first2 / first < 4.4 and 6.5 < second2 / second < 9.5, errors
with h5py.File("amplitude.h5") as file:
    assert list(file["epsilon_amplitude"][:]) == [0, 0.1, 0.2, 0.4]
    assert list(file["gap"][:]) == [float(row["gap"]) for row in rows]
    assert [str(s, "utf-8") if isinstance(s, bytes) else s for s in file["status"][:]] == [
        "done"
    ] * 4


def numbers(row):
    return {**row, "case": 0, "seconds": 0}


# what cases share does not depend on which of them was first, nor does any digit
write(base + 'sweep: {key_1: epsilon_amplitude, values_1: "-0.3, 0.4, 0.2, 0.1, 0"}\n')
others, summary = sweep("backwards")
for row, other in zip(rows, others[:0:-1]):
    assert numbers(row) == numbers(other), (row, other)
write(base + 'sweep: {key_1: epsilon_amplitude, values_1: "-0.3"}\n')
(alone,), summary = sweep("alone")
assert numbers(alone) == numbers(others[0]), (alone, others[0])

# in d = 2 both branches of the double eigenvalue, with a field that is not a gradient;
# and a double one that stays double at first order
write(
    'model: {dimension: 2, gamma: 1}\nspace: {type: simplex, degree: 8}\nepsilon_1: "sin(theta1 +'
    ' theta2/2)"\nepsilon_2: "0.3*sin(theta2) - 0.2*cos(theta1)"\nsweep: {key_1: epsilon_amplitude,'
    ' values_1: "0.02, 0.04, 0.08"}\n'
)
for words in ((), ("-epsilon_1", "sin(theta1) - cos(theta2)/2", "-epsilon_2", "sin(theta2)")):
    rows, summary = sweep("two" + str(len(words)), *words)
    for branch in ("", "2"):
        errors = []
        for row in rows:
            found, first, second = (
                complex(float(row[f"{n}{branch}_real"]), float(row[f"{n}{branch}_imag"]))
                for n in ("branch", "first", "second")
            )
            errors.append((abs(found - first), abs(found - second)))
        for (first, second), (first2, second2) in zip(errors, errors[1:]):
            assert 3.6 < first2 / first < 4.4 and 6.5 < second2 / second < 9.5, (
                words,
                branch,
                errors,
            )

# in d = 4 the branches are those of d = 1, for eps_i that are a_i sin(theta_i)
FACTORS = (1, 0.5, -0.5, 2)
write(
    "model: {gamma: 1}\nspace: {type: simplex, degree: 4}\nsweep: {key_1: epsilon_amplitude,"
    ' values_1: "0.05, 0.1"}\n'
)
each = [sweep("one", "-epsilon", f"{a}*sin(theta)")[0] for a in FACTORS]
words = ["-spectrum_count", "10"]
words += [w for i, a in enumerate(FACTORS) for w in (f"-epsilon_{i + 1}", f"{a}*sin(theta{i + 1})")]
rows, summary = sweep("four", "-model_dimension", "4", *words)
for case in range(2):
    for name in ("branch", "first", "second"):
        pairs = (
            [(alone[case], "") for alone in each],
            [(rows[case], b) for b in ("", "2", "3", "4")],
        )
        one, four = (  # frequencies differ, real parts may not
            sorted(
                (abs(float(row[f"{name}{b}_imag"])), float(row[f"{name}{b}_real"]))
                for row, b in pair
            )
            for pair in pairs
        )
        worst = max(math.dist(a, b) for a, b in zip(one, four))
        assert worst < 1e-7, (name, one, four)

# over-damped the real part moves at first order
write(base + 'sweep: {key_1: epsilon_amplitude, values_1: "-0.01, 0.01"}\n')
rows, summary = sweep("overdamped", "-model_gamma", "3")
for row in rows:
    assert abs(float(row["branch_real"]) - float(row["first_real"])) < 0.15 * abs(
        float(row["first_real"]) + 0.38196601125010515
    ), row

# products, ranges, logarithmic ranges, a case that fails and one of PETSc's own keys
write(
    "model: {gamma: 1}\nspace: {type: simplex, degree: 12}\nsweep: {key_1: model_omega0, values_1:"
    ' "log 0.5:2:3", key_2: epsilon, values_2: "0; sqrt(theta); min(theta, 1)/10"}\n'
)
rows, summary = sweep("product")
assert [row["model_omega0"] for row in rows] == ["0.5"] * 3 + ["1"] * 3 + ["2"] * 3
assert [row["status"] for row in rows] == ["done", "failed", "done"] * 3 and summary["failed"] == 3
assert "not finite" in rows[1]["message"] and rows[1]["gap"] == ""
write(
    "space: {type: simplex, degree: 12}\ninitial: {mean: [0.5, 0.3]}\nts_rtol: 1e-9\ntime_end:"
    ' 30\nsweep: {command: solve, key_1: ts_type, values_1: "rk, exponential"}\n'
)
rows, summary = sweep("petsc")
assert (
    all(abs(float(row["rate"]) - 0.5) < 1e-3 for row in rows) and rows[0]["rate"] != rows[1]["rate"]
), rows
assert "bars of the fit alone" in summary["printed"], summary

# each case an audit
write(
    "space: {type: simplex, degree: 8}\ninitial: {mean: [0.5, 0.3]}\ntime: {end: 30}\nsweep:"
    ' {command: verify, key_1: model_gamma, values_1: "1, 3"}\n'
)
rows, summary = sweep("audit")
assert "guaranteed (column certificate): rate of contraction" in summary["printed"], summary
assert "bars of the fit alone" not in summary["printed"], summary
assert all(row["proved_fail"] == "0" and row["statements_fail"] == "1" for row in rows), rows

# nonsense is refused before anything runs; a launcher takes long, so of what does not depend
# on it one case and one repetition are enough there
few = slice(1) if launch else slice(None)
for words, hint in (
    (["-sweep_values_1", "0.5:3"], "model_gamma"),
    (["-sweep_key_2", "beta"], "sweep_values_2"),
    (["-sweep_values_1", "1,,2"], "empty"),
)[few]:
    assert hint in sweep("nonsense", *words, code=2), words

# a sweep of which nothing came is not done
write(
    'space: {type: simplex, degree: 8}\nsweep: {key_1: epsilon, values_1: "sqrt(theta);'
    ' log(theta)"}\n'
)
# the same both times, and no word about an option that no case came to read
for _ in range(2)[few]:
    said = sweep("failed", "-sweep_command", "solve", "-ts_rtol", "1e-6", code=3)
    assert "all 2 cases failed; the column 'message' of failed.csv" in said, said
    assert said.count("hypoco: error") == 1, said

# a key that no case reads is named, also when the sweep is started again; nor is it a result
write(
    "commands: sweep, spectrum\nspace: {type: simplex, degree: 8}\n"
    'sweep: {key_1: model_gamma, values_1: "1, 2"}\n'
)
for command, more, words, hint in (
    (
        "solve",
        ["-initial_mean", "0.5,0.3", "-time_end", "30"],
        ["-sweep_key_1", "ts_rtoll", "-sweep_values_1", "1e-6, 1e-9"],
        "sweep_key_1",
    ),
    ("spectrum", [], ["-sweep_key_2", "ts_rtoll", "-sweep_values_2", "1, 2"], "sweep_key_2"),
    ("spectrum", [], ["-ts_rtoll", "1e-6"], "command line"),
    (
        "theory",
        ["-model_learning_rate", "0.05", "-model_staleness", "0.5", "-model_noise", "0.1"],
        ["-sweep_key_1", "ts_rtoll", "-sweep_values_1", "1e-6, 1e-9"],
        "sweep_key_1",
    ),
)[few]:
    for _ in range(2)[few]:
        said = sweep("mistyped", "-sweep_command", command, *more, *words, code=2)
        assert f"{hint}: nothing in this run reads the option ts_rtoll" in said, said
for command, key, value in (
    ("spectrum", "time_end", "20"),
    ("spectrum", "sample_paths", "10"),
    ("theory", "space_degree", "6"),
    ("solve", "sample_steps", "10"),
)[few]:
    words = ["-sweep_command", command, "-sweep_key_1", key, "-sweep_values_1", value]
    said = sweep("unread", *words, code=2)
    assert f"sweep_key_1: {command} does not read {key}" in said, said

# component losses need no noise: the checks of a case are those of the command that runs it
write(
    "commands: sweep, sample\n"
    "model: {learning_rate: 0.01, staleness: 0.9}\nsample: {paths: 200, steps: 20, every: 10,"
    " loss_type: quadratic, loss_curvature: 2, loss_centers: [1, -1]}\n"
    'sweep: {command: theory, key_1: model_learning_rate, values_1: "0.01, 0.02"}\n'
)
rows, summary = sweep("components-theory")
assert abs(float(rows[0]["asgd_mean"]) - 0.0537) < 1e-4 and float(rows[1]["asgd_square"]) > 0, rows
rows, summary = sweep("components-sample", "-sweep_command", "sample")
assert all(row["status"] == "done" and float(row["theta2_error"]) > 0 for row in rows), rows
for words, hint in (
    (["-sample_loss_value", "theta^2"], "sample_loss_value is not used with sample_loss_type"),
    (["-sample_model", "sgd", "-sample_warmup", "5"], "sample_warmup is not used with"),
    (["-space_degree", "6"], "sweep_command = sample does not read space_degree"),
)[few]:
    said = sweep("refused", "-sweep_command", "sample", *words, code=2)
    assert hint in said, said
# a key that another one allows, which is swept, is judged in each case
words = ["-sweep_command", "sample", "-sweep_key_1", "sample_model", "-sweep_values_1"]
words += ["asgd, sdde", "-sample_model", "sgd", "-sample_warmup", "5"]
rows, summary = sweep("components-models", *words)
assert [row["status"] for row in rows] == ["done"] * 2, rows
# in a file too, unless it is made for another command that reads the key
FILE = (
    "model: {learning_rate: 0.01, staleness: 0.9, noise: 1}\n%s\n"
    'sweep: {command: %s, key_1: model_staleness, values_1: "0.8, 0.9"}\n'
)
for command, line, key in (
    ("theory", "sample: {paths: 200, steps: 20}", "sample_paths"),
    ("theory", "space: {degree: 12}", "space_degree"),
    ("theory", "propagator_times: [1, 2]", "propagator_times"),
    ("sample", "sample: {paths: 200, steps: 20}\nspace: {degree: 12}", "space_degree"),
    ("sample", "sample: {paths: 200, steps: 20}\ntheory: {delay: 3}", "theory_delay"),
    ("spectrum", "space: {degree: 8}\nsample: {paths: 200}", "sample_paths"),
)[few]:
    write(FILE % (line, command))
    said = sweep("unread", code=2)
    assert f"sweep_command = {command} does not read {key}" in said, said
    line, _, rest = said.partition("\n")
    assert "or write 'commands: ...'" in line, said
    assert launch or not rest, said  # mpiexec may add lines of its own
write(FILE % ("commands: sweep, solve, sample\nsample: {paths: 99}\nspace: {degree: 12}", "theory"))
rows, summary = sweep("read-elsewhere")
assert [row["status"] for row in rows] == ["done"] * 2, rows

# killed half-way, in a case without an end: the others are not done again
ENDLESS = """space: {type: simplex, degree: 6}
initial: {mean: [0.5, 0.3]}
time_end: 20
ts_type: rk
ts_adapt_type: none
sweep: {command: solve, groups: 1, key_1: ts_dt,
  values_1: "0.1, 0.05, 0.02, 0.04, 0.03, 1e-8, 0.01"}
"""
write(ENDLESS)
process = subprocess.Popen(
    [*launch, program, "sweep", "sweep.yaml", "-output", os.path.abspath("killed.h5")],
    stdout=subprocess.DEVNULL,
    start_new_session=True,
)
while (
    len([n for n in os.listdir("killed.cases") if n.endswith(".json")])
    if os.path.isdir("killed.cases")
    else 0
) < 5:
    assert process.poll() is None, "the sweep ended by itself"
    time.sleep(0.01)
subprocess.run(
    ["pkill", "-KILL", "-f", os.path.abspath("killed.h5")]
)  # launcher and ranks, which would outlive it for some cases
process.wait()
while (
    subprocess.run(
        ["pgrep", "-f", os.path.abspath("killed.h5")], stdout=subprocess.DEVNULL
    ).returncode
    == 0
):
    time.sleep(0.1)
before = {
    n: os.stat(f"killed.cases/{n}").st_mtime_ns
    for n in os.listdir("killed.cases")
    if n.endswith(".json")
}
assert len(before) == 5 and not os.path.exists("killed.csv")
write(ENDLESS.replace("1e-8, ", ""))
rows, summary = sweep("killed")
assert summary["done_now"] == 1 and len(rows) == 6 and all(row["status"] == "done" for row in rows)
assert all(os.stat(f"killed.cases/{n}").st_mtime_ns == t for n, t in before.items())
rows, summary = sweep("killed")
assert summary["done_now"] == 0 and len(rows) == 6
os.chdir("..")
