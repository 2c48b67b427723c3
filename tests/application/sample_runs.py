"""The sampling experiments in runs/: every number their comments promise, computed.

Usage: sample_runs.py HYPOCO EXPERIMENT; HYPOCO_LAUNCH and HYPOCO_SOURCE_DIR as set by CTest.
"""
import json
import math
import os
import subprocess
import sys

HYPOCO, EXPERIMENT = sys.argv[1:3]
RUNS = os.path.join(os.environ["HYPOCO_SOURCE_DIR"], "runs")


def run(command, name, *options):
    """One run; the body of its JSON summary."""
    launch = os.environ.get("HYPOCO_LAUNCH", "").split()
    arguments = launch + [
        HYPOCO,
        command,
        os.path.join(RUNS, name),
        "-json",
        "out.json",
        *map(str, options),
    ]
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
    with open("out.json") as file:
        return json.load(file)[command]


def sample(name, *options):
    return run("sample", name, *options)


def at(result, step, key, coordinate=1):
    """The average of that name at a step, with its standard error where there is one."""
    series = result["series"]
    row, column = series["step"].index(step), series[f"theta{coordinate}"]
    error = column.get(key + "_error")
    return column[key][row], error[row] if error else 0.0


def close(what, found, expected, allowed):
    print(f"{what}: {found:.6g}, expected {expected:.6g} +- {allowed:.2g}")
    assert abs(found - expected) <= allowed, what


def within(what, pair, expected, extra=0.0):
    """Within four standard errors."""
    close(what, pair[0], expected, 4 * pair[1] + extra)


def agree(what, a, b):
    """Two independent estimates within four standard errors of their difference."""
    close(what, a[0], b[0], 4 * math.hypot(a[1], b[1]))


def settled(values, limit, tolerance):
    """The first step from which on |value - limit| stays at or below the tolerance."""
    return (
        max((j for j, value in enumerate(values) if abs(value - limit) > tolerance), default=-1) + 1
    )


def zy_fig31a():
    expected = {
        0.02: 243,
        0.01: 203,
        0.0075: 228,
        0.005: 123,
        0.0035: 203,
        0.0025: 329,
        0.002: 446,
        0.001: 1030,
    }
    for eta, steps in expected.items():
        theory = run("theory", "sample-zy-fig31a.yaml", "-model_learning_rate", eta)
        close("threshold", theory["advice"]["learning_rate_threshold"], 0.0025, 1e-15)
        file, rate = "sample-zy-fig31a.yaml", ("-model_learning_rate", eta)
        long = sample(file, *rate, "-sample_steps", 3000, "-sample_paths", 100)
        exact = long["series"]["theta1"]["theta2_exact"]
        found = settled(exact, theory["stationary"]["asgd"], 0.01)
        print(f"eta {eta}: settled after {found} steps, expected {steps}")
        assert found == steps
        result = sample(file, *rate, "-sample_steps", 1000, "-sample_paths", 20000)
        for step in (10, 50, 200, 1000):
            within(f"E theta^2 at {step}", at(result, step, "theta2"), exact[step], 1e-12)


def zy_fig31b():
    for kappa, rate in {
        0.95: 0.0513,
        0.96: 0.0408,
        0.97: 0.0305,
        0.98: 0.0202,
        0.9: 0.0537,
        0: 0.0404,
    }.items():
        theory = run("theory", "sample-zy-fig31b.yaml", "-model_staleness", kappa)
        close(f"rate at {kappa}", theory["rate"]["asgd_mean"], rate, 0.5e-4)
    slow = []
    for kappa in (0.95, 0.96, 0.97, 0.98):
        stationary = run("theory", "sample-zy-fig31b.yaml", "-model_staleness", kappa)[
            "stationary"
        ]["asgd"]
        exact = sample("sample-zy-fig31b.yaml", "-model_staleness", kappa)["series"]["theta1"][
            "theta2_exact"
        ]
        slow.append(settled(exact, stationary, 1e-3))
    print("steps until |E theta^2 - stationary| <= .001 for good:", slow)
    assert slow == sorted(slow) and len(set(slow)) == 4


def zy_fig31c():
    theory = run("theory", "sample-zy-fig31c.yaml")
    close("break-even", theory["advice"]["workers_break_even"], 2, 1e-12)
    close("break-even as printed", theory["advice"]["workers_break_even_printed"], 25, 1e-12)
    close("speed-up of two workers", theory["advice"]["speedup"], 1, 1e-12)
    for model in ("asgd", "sgd"):
        result = sample("sample-zy-fig31c.yaml", "-sample_model", model)
        for step in (20, 100, 400):
            within(
                f"{model} at {step}",
                at(result, step, "theta2"),
                at(result, step, "theta2_exact")[0],
            )


def an_fig4():
    expected = {
        (0.9, "asgd"): (0.65246, 0.09692, 0.01787, 0.01195, 0.01192),
        (0.9, "sme-asgd"): (0.65221, 0.09481, 0.01745, 0.01205, 0.01203),
        (0.97, "asgd"): (0.64691, 0.04332, 0.03473, 0.01765, 0.01668),
        (0.97, "sme-asgd"): (0.64690, 0.04286, 0.03609, 0.01786, 0.01678),
    }
    for (kappa, model), values in expected.items():
        result = sample("sample-an-fig4.yaml", "-model_staleness", kappa, "-sample_model", model)
        for step, value in zip((10, 50, 100, 200, 500), values):
            close(
                f"{model} {kappa} exact at {step}",
                at(result, step, "theta2_exact")[0],
                value,
                0.5e-5,
            )
            within(f"{model} {kappa} at {step}", at(result, step, "theta2"), value, 0.5e-5)
    blind = sample("sample-an-fig4.yaml", "-model_staleness", 0.97, "-sample_model", "sme-sgd")
    assert at(blind, 100, "theta2")[0] < 0.03473 - 4 * at(blind, 100, "theta2")[1]


def an_fig5_left():
    results = {
        model: sample(
            "sample-an-fig5-left.yaml",
            "-sample_model",
            model,
            *(() if model == "asgd" else ("-sample_substeps", 1)),
        )
        for model in ("asgd", "sme-asgd", "sme-sgd")
    }
    printed = {  # in the option file, with half-widths of 95 % intervals
        ("asgd", "theta"): ((0.38005, 2.3e-4), (0.13424, 1.7e-4), (0.01797, 1e-4)),
        ("sme-asgd", "theta"): ((0.37778, 2.3e-4), (0.13044, 1.7e-4), (0.01611, 1e-4)),
        ("asgd", "theta2"): ((0.14980, 2.5e-4), (0.02102, 7e-5), (0.001313, 8e-6)),
        ("sme-asgd", "theta2"): ((0.14819, 2.5e-4), (0.02011, 7e-5), (0.001257, 8e-6)),
    }
    for (model, key), values in printed.items():
        for step, (value, half) in zip((50, 100, 200), values):
            found = at(results[model], step, key)
            close(
                f"{model} {key} at {step}", found[0], value, 4 * math.hypot(found[1], half / 1.96)
            )
    for key in ("theta", "theta2"):  # the modelling error is seen at step 100, and of order eta
        a, b = at(results["asgd"], 100, key), at(results["sme-asgd"], 100, key)
        assert 0 < a[0] - b[0] < 0.08 * b[0], key
    a, b = at(results["asgd"], 100, "theta"), at(results["sme-sgd"], 100, "theta")
    print("E x at 100:", a, "without delay:", b)
    assert abs(a[0] - b[0]) > 0.1


def an_fig5_right():
    """P(theta > 0) at the end: the paper's 5000 paths; of sme-sgd the scale function's"""
    share, paths = {}, 6000
    for model in ("asgd", "sme-asgd", "sme-sgd"):
        options = () if model == "asgd" else ("-sample_substeps", 1)
        last = 1000 if model == "sme-sgd" else 500
        result = sample(
            "sample-an-fig5-right.yaml",
            *("-sample_model", model, "-sample_paths", paths, "-sample_steps", last, *options),
        )
        share[model] = at(result, last, "positive")[0]
    error = {model: math.sqrt(p * (1 - p) / paths) for model, p in share.items()}
    for model, paper in (("asgd", 0.9034), ("sme-asgd", 0.9050)):
        close(model, share[model], paper, 4 * math.hypot(error[model], error[model] * 1.1))
    close("sme-sgd", share["sme-sgd"], 0.878, 4 * error["sme-sgd"])
    assert share["asgd"] - share["sme-sgd"] > 0.005  # without delay fewer paths cross


def an_fig6():
    result = sample("sample-an-fig6.yaml")
    for coordinate in range(1, 101):
        for step in (100, 500, 1000):
            for key in ("theta", "theta2"):
                found, expected = at(result, step, key, coordinate), at(
                    result, step, key + "_exact", coordinate
                )
                assert abs(found[0] - expected[0]) <= 4.5 * found[1], (
                    coordinate,
                    step,
                    key,
                )  # 600 comparisons
    equation = sample(
        "sample-an-fig6.yaml",
        "-sample_model",
        "sme-asgd",
        "-sample_paths",
        16,
        "-sample_substeps",
        1,
        "-sample_steps",
        100,
        "-sample_every",
        50,
    )
    for coordinate in (1, 50, 100):
        within(
            f"equation, coordinate {coordinate}",
            at(equation, 100, "theta", coordinate),
            at(equation, 100, "theta_exact", coordinate)[0],
            2e-3,
        )


def an_fig7():
    algorithm = sample("sample-an-fig7.yaml", "-sample_steps", 300)
    equation = sample(
        "sample-an-fig7.yaml",
        "-sample_steps",
        300,
        "-sample_model",
        "sme-asgd",
        "-sample_paths",
        16,
        "-sample_every",
        300,
        "-sample_substeps",
        1,
    )
    for coordinate in (1, 2, 27, 100):
        agree(
            f"coordinate {coordinate}",
            at(algorithm, 300, "theta", coordinate),
            at(equation, 300, "theta", coordinate),
        )


def an_fig8():
    theory = run(
        "theory", "sample-an-fig8.yaml", "-theory_batch_cost", 3.5e-9, "-theory_batch_steps", 834
    )
    print(theory["schedule"])
    close("growth from step", theory["schedule"]["first_step"], 699, 1)
    close("last batch", theory["schedule"]["last_batch"], 42, 0.5)
    minimiser = sum(-0.5 + i / 200 for i in range(1, 101)) / 100
    errors, gradients = {}, {}
    for name, options in (
        ("schedule", ("-sample_batch_cost", 3.5e-9)),
        ("batches of 5", ("-sample_batch", 5)),
    ):
        result = sample("sample-an-fig8.yaml", *options)
        mean, square = at(result, 834, "theta_exact")[0], at(result, 834, "theta2_exact")[0]
        within("E theta^2", at(result, 834, "theta2"), square)
        errors[name] = square - 2 * minimiser * mean + minimiser**2
        gradients[name] = result["series"]["gradients"][-1]
    close("E (x - x*)^2 with the schedule", errors["schedule"], 1.40e-5, 0.005e-5)
    close("E (x - x*)^2 with batches of 5", errors["batches of 5"], 4.97e-5, 0.005e-5)
    print("gradients:", gradients)
    assert gradients == {"schedule": 2163, "batches of 5": 4170}


def an_prop1():
    result = sample("sample-an-prop1.yaml")
    within("E y^2", at(result, 400, "y2"), 0.02)
    within("E theta^2", at(result, 400, "theta2"), 0.01)


def he_fig1():
    theory = run("theory", "sample-he-fig1.yaml")
    close("V", theory["delay"]["V"], -2.23665, 0.5e-5)
    close("V of the algorithm", theory["delay"]["V_discrete"], -2.25086, 0.5e-5)
    x = [4.0]
    for j in range(400):
        x.append(x[j] - 0.01 * x[j if j < 10 else j - 10])
    for model in ("asgd", "sdde"):
        result = sample(
            "sample-he-fig1.yaml",
            "-sample_model",
            model,
            *(("-sample_substeps", 1) if model == "sdde" else ()),
        )
        for step in (20, 100, 200, 400):
            within(f"{model} at {step}", at(result, step, "theta"), x[step], 1e-12)


def sde():
    gaussian = sample("sample-sde-gaussian.yaml")
    for step in (1, 4, 10):
        for key in ("theta", "theta2"):
            within(
                f"eps = 0, {key} at {step}",
                at(gaussian, step, key),
                at(gaussian, step, key + "_exact")[0],
            )
    for name in ("sample-sde-sine.yaml", "sample-sde-doublewell.yaml"):
        steady = sample(name, "-time_end", 24, "-time_output_interval", 8, "-sample_snapshots", 3)
        within(name + ", E theta y", at(steady, 3, "theta_y"), -1)
        within(name + ", E y", at(steady, 3, "y"), 0)


globals()[EXPERIMENT]()
