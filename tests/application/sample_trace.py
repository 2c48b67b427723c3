"""Single paths given back to hypoco theory as recorded runs:
the right model fits best, with the right numbers.

Usage: sample_trace.py HYPOCO; HYPOCO_LAUNCH as set by CTest.
"""
import json
import math
import os
import subprocess
import sys

HYPOCO = sys.argv[1]
LAUNCH = os.environ.get("HYPOCO_LAUNCH", "").split()
with open("case.yaml", "w") as file:
    file.write(
        "commands: sample, theory\nmodel: {learning_rate: 0.01, staleness: 0.95}\nsample: {paths:"
        " 1, steps: 20000, every: 1, start: 1, loss_type: quadratic, loss_curvature: 2,"
        " loss_centers: [1, -1]}\n"
    )


def run(command, *options):
    subprocess.run(
        LAUNCH + [HYPOCO, command, "case.yaml", "-json", "out.json", *options],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with open("out.json") as file:
        return json.load(file)[command]


# options of sample, the model that must fit, its staleness or momentum, and what that may be off
for options, model, staleness, allowed in (
    ("-sample_model sgd", "sgd", None, None),
    ("-sample_model asgd", "asgd", 0.95, None),
    ("-sample_staleness_law fixed -sample_staleness_bound 12", "delay", 12, 3),
    ("-sample_model msgd -sample_momentum 0.8", "momentum", 0.8, None),
):
    series = run("sample", *options.split())["series"]
    with open("trace.csv", "w") as file:
        file.write("step,theta\n")
        file.writelines(
            f"{step},{theta:.17g}\n"
            for step, theta in zip(series["step"], series["theta1"]["theta"])
        )
    fits = {fit["model"]: fit for fit in run("theory", "-theory_trace", "trace.csv")["trace"]}
    best, fit = min(fits, key=lambda name: fits[name]["criterion"]), fits[model]
    print(options, "->", best, fit)
    assert best == model
    assert abs(fit["e"] - 0.02) < 4 * fit["e_error"] and fit["e_error"] < 0.002
    assert abs(fit["noise"] / (0.01**2 * 4) - 1) < 0.05
    if staleness is not None:
        assert abs(fit["staleness"] - staleness) <= (allowed or 4 * fit["staleness_error"])
# the loss alone, ten times as long: eta a and the staleness within their bars,
# the truth not excluded
LONG = ("-sample_steps", "100000", "-sample_snapshots", "100000")
for options, model, e, staleness in (
    ("-sample_model asgd", "asgd", 0.02, 0.95),
    ("-sample_model msgd -sample_momentum 0.8", "momentum", 0.02, 0.8),
):
    series = run("sample", *options.split(), *LONG)["series"]
    with open("loss.csv", "w") as file:
        file.writelines(
            f"{0.5 * step} {theta * theta + 3:.17g}\n"  # times instead of steps
            for step, theta in zip(series["step"], series["theta1"]["theta"])
        )
    fits = run("theory", "-theory_trace", "loss.csv", "-theory_trace_of", "loss")["trace"]
    fits = {fit["model"]: fit for fit in fits}
    fit = fits[model]
    print("loss of", options, "->", fits)
    assert fit["criterion"] <= 2 * fit["criterion_error"]
    assert abs(fit["e"] - e) < 4 * fit["e_error"] and fit["e_error"] < 0.2 * e
    assert abs(fit["staleness"] - staleness) < 4 * fit["staleness_error"]
    squares = series["theta1"]["theta"][1000:]  # of a mean whose error is some percent
    excess = sum(theta * theta for theta in squares) / len(squares)
    assert abs(fit["minimiser"] - 3) < 0.2 * excess, (fit["minimiser"], excess)
    assert fits["sgd"]["criterion"] > fit["criterion"]
# a run too short for intervals says what it needs, and with that it has them:
# sgd with e = .18 has forgotten all but 1e-5 where (1 - e)^j + e (1 - e)^(j-1)/e is below that
series = run("sample", "-sample_model", "sgd", "-model_learning_rate", "0.09")["series"]
theta = series["theta1"]["theta"]


def theory(n):
    with open("trace.csv", "w") as file:
        file.writelines(f"{step} {theta[step]:.17g}\n" for step in range(n))
    found = subprocess.run(
        LAUNCH + [HYPOCO, "theory", "case.yaml", "-theory_trace", "trace.csv", "-json", "out.json"],
        check=True,
        capture_output=True,
        text=True,
    )
    with open("out.json") as file:
        return found.stdout, {fit["model"]: fit for fit in json.load(file)["theory"]["trace"]}


text, fits = theory(401)
needed = fits["sgd"]["steps_needed"]
print("steps needed", needed, text)
assert 401 < needed < 2000 and f"sgd needs {needed} steps" in text, text
e = fits["sgd"]["e"]
assert abs((needed - 1) / 10 - math.log(5e-6) / math.log(1 - e)) < 3
assert fits["sgd"]["e_interval"][0] is None
text, fits = theory(2 * needed)
assert fits["sgd"]["steps_needed"] is None and fits["sgd"]["e_interval"][0] > 0, text
for fit in fits.values():  # no staleness at all is 0, not the search's tolerance
    assert not fit["staleness"] or fit["staleness"] > 1e-6, fit
with open("loss.csv", "w") as file:
    file.writelines(f"{step} 1\n" for step in range(1000))
flat = subprocess.run(
    LAUNCH
    + [HYPOCO, "theory", "case.yaml", "-theory_trace", "loss.csv", "-theory_trace_of", "loss"],
    capture_output=True,
    text=True,
)
assert flat.returncode == 2 and "constant" in flat.stderr, flat.stderr
with open("trace.csv", "w") as file:
    file.write("0 1\n1 0.9\n3 0.8\n")
bad = subprocess.run(
    LAUNCH + [HYPOCO, "theory", "case.yaml", "-theory_trace", "trace.csv"],
    capture_output=True,
    text=True,
)
assert bad.returncode == 4 and "step 3" in bad.stderr and "follows step 1" in bad.stderr, bad.stderr
