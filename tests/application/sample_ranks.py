"""Sampled numbers have the same bits on 1, 2, 3 and 4 ranks: hypoco sample, hypoco compare
and a recorded run.

The equation's own numbers in a comparison are sums over ranks: the same to 1e-10.

Usage: sample_ranks.py HYPOCO
"""
import json
import os
import sys

from launch import launch

HYPOCO = sys.argv[1]
RANKS = (1, 2, 3, 4)
CASES = {  # a name: command, keys of model, keys of sample, further lines
    # the asgd of workers, of a formula with noise from components
    "workers": (
        "sample",
        "{learning_rate: 0.05, staleness: 0}",
        "{model: workers, workers: 5, paths: 333, steps: 40, every: 10, start: 1, loss_type:"
        " expression, loss_count: 3, loss_value: 'theta^4/4 - theta^2/2 + (i - 2)*theta',"
        " snapshots: [40]}",
        "",
    ),
    "compare": (
        "compare",
        "{learning_rate: 0.02, staleness: 0.985, noise: 75, omega0: 1}",
        "{paths: 333, steps: 60, every: 2, start: 1, snapshots: [30, 60]}",
        "epsilon: 0.6*sin(theta)\ncompare: {models: 'asgd,sde'}\nspace: {degree: 16}\n",
    ),
    "trace": ("theory", "{learning_rate: 0.05, staleness: 0.5}", "", ""),
}


def start(name, ranks):
    command = CASES[name][0]
    words = ["-theory_trace", "trace.csv"] if name == "trace" else []
    return launch(ranks, [HYPOCO, command, f"{name}.yaml", "-json", f"{name}{ranks}.json", *words])


def numbers(value, path=""):
    """All leaves by their path"""
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    else:
        return {path: value}
    return {key: leaf for k, v in pairs for key, leaf in numbers(v, f"{path}/{k}").items()}


def sampled(path):
    """Is it made of paths alone?"""
    parts = path.split("/")
    return parts[0:2] != ["", "models"] or (
        parts[2] != "pde"
        and parts[3].removesuffix("_error") in ("theta", "theta2", "loss", "rate")
        and parts[-1] != "model_error"
    )


def found(name, ranks, run):
    assert run.wait() == 0, (name, ranks)
    with open(f"{name}{ranks}.json") as file:
        body = json.load(file)[CASES[name][0]]
    leaves = numbers(body["trace"] if name == "trace" else body)
    return {key: leaf for key, leaf in leaves.items() if "second" not in key}


for name, (command, model, sample, more) in CASES.items():
    with open(f"{name}.yaml", "w") as file:
        file.write(f"commands: sample, compare, theory, solve\nmodel: {model}\n")
        file.write((f"sample: {sample}\n" if sample else "") + more)
with open("trace.csv", "w") as file:
    x, state = 1.0, 1
    for step in range(1500):
        file.write(f"{step} {x!r}\n")
        state = state * 69069 % 2**32
        x += -0.1 * x + 0.1 * (state / 2**32 - 0.5)
for name in CASES:
    runs = {ranks: start(name, ranks) for ranks in RANKS}  # most of a short run is its start
    one, *others = (found(name, ranks, run) for ranks, run in runs.items())
    exact = sum(1 for key, value in one.items() if sampled(key) and isinstance(value, float))
    print(f"{name}: {exact} of {len(one)} numbers are compared by their bits")
    assert exact > 20, name
    for ranks, other in zip(RANKS[1:], others):
        assert one.keys() == other.keys(), (name, ranks)
        for key, value in one.items():
            if sampled(key) or not isinstance(value, float):
                assert value == other[key], (name, ranks, key, value, other[key])
            else:
                assert abs(value - other[key]) <= 1e-10 * max(1, abs(value)), (name, ranks, key)
