"""Paths against exact moments for every model that has them, and staleness as the result of workers
and a queue.

Usage: sample_exact.py HYPOCO; HYPOCO_LAUNCH and HYPOCO_SOURCE_DIR as set by CTest.
"""
import json
import os
import subprocess
import sys

HYPOCO = sys.argv[1]
LAUNCH = os.environ.get("HYPOCO_LAUNCH", "").split()
FIGURE4 = os.path.join(os.environ["HYPOCO_SOURCE_DIR"], "runs", "sample-an-fig4.yaml")
with open("case.yaml", "w") as file:
    file.write(
        "model: {learning_rate: 0.05, staleness: 0.8}\nsample: {paths: 20000, steps: 60, every: 20,"
        " start: 1, loss_type: quadratic, loss_curvature: 2, loss_centers: [1.5, -0.5], batch: 2}\n"
    )
FIXED = "-sample_staleness_law fixed -sample_staleness_bound 3 "
ROUNDS = "-sample_staleness_law rounds -sample_staleness_bound 3 "
CASES = [
    "-sample_momentum 0.5",
    "-sample_staleness_law uniform -sample_staleness_bound 3 -sample_warmup 7",
    ROUNDS,
    (
        "-sample_staleness_law cyclic -sample_staleness_bound 3 -sample_momentum 0.3"
        " -sample_step_law inverse-sqrt"
    ),
    "-sample_warmup 9",
    "-sample_step_law expression -sample_step_factor 1/(1+j/20)",
    "-sample_model msgd",
    "-sample_model sme-msgd",
    "-sample_model sme-sgd",
    "-sample_model sdde " + FIXED,
    "-sample_model sdde " + ROUNDS,
]


def sample(file, options):
    subprocess.run(
        LAUNCH + [HYPOCO, "sample", file, "-json", "out.json"] + options.split(),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with open("out.json") as summary:
        return json.load(summary)["sample"]


for options in CASES:
    series = sample("case.yaml", options)["series"]["theta1"]
    for key in ("theta", "theta2"):
        for found, exact, error in list(
            zip(series[key], series[key + "_exact"], series[key + "_error"])
        )[1:]:
            print(options, key, found, exact, (found - exact) / error)
            assert abs(found - exact) < 4 * error + 1e-14

# 33 exponential workers: E theta^2 at step 100 is not that of geometric staleness
# of the same mean (.0347)
result = sample(
    FIGURE4, "-sample_model workers -sample_workers 33 -sample_paths 40000 -sample_steps 100"
)
square, error = (result["series"]["theta1"][key][-1] for key in ("theta2", "theta2_error"))
print("33 workers:", square, "+-", error, "staleness", result["staleness"]["mean"])
assert abs(square - 0.0327) < 4 * error and square < 0.0347 - 2.5 * error
# in equilibrium the staleness of m equal exponential workers without a queue is geometric
# of mean m - 1
result = sample(
    FIGURE4, "-sample_model workers -sample_workers 4 -sample_paths 2000 -sample_steps 1000"
)
law = result["staleness"]["probability"]
print("4 workers:", result["staleness"]["mean"], law[:4])
assert abs(result["staleness"]["mean"] - 3) < 0.03 and all(
    abs(p - 0.25 * 0.75**k) < 0.003 for k, p in enumerate(law[:6])
)
assert (
    abs(result["series"]["wall"][-1] - 250) < 5 * result["series"]["wall_error"][-1]
)  # 4 updates in a unit of time
# equal constant times: everyone in turn; a slow server: one update in each service
result = sample(
    FIGURE4,
    (
        "-sample_model workers -sample_workers 4 -sample_compute_law deterministic -sample_paths 64"
        " -sample_steps 400"
    ),
)
assert result["staleness"]["probability"][3] > 0.99
result = sample(
    FIGURE4,
    (
        "-sample_model workers -sample_workers 4 -sample_server_time 10 -sample_paths 64"
        " -sample_steps 100"
    ),
)
assert abs(result["series"]["wall"][-1] / 1000 - 1) < 0.01
# synchronous: the slowest of m exponential times lasts 1 + 1/2 + ... + 1/m
result = sample(
    FIGURE4,
    "-sample_model ssgd -sample_workers 4 -sample_paths 4000 -sample_steps 20 -sample_every 20",
)
assert (
    abs(result["series"]["wall"][-1] - 20 * (1 + 1 / 2 + 1 / 3 + 1 / 4))
    < 5 * result["series"]["wall_error"][-1]
)
# one worker four times slower than the three others
result = sample(
    FIGURE4,
    (
        "-sample_model workers -sample_workers 4 -sample_compute_time 1,1,1,4 -sample_paths 2000"
        " -sample_steps 1000"
    ),
)
assert abs(result["series"]["wall"][-1] - 1000 / 3.25) < 5 * result["series"]["wall_error"][-1] + 1

# sweeps over theory and sample: ZY Fig. 3.1 (b), exact rates of (E theta)^2,
# and E theta^2 of as many paths
with open("sweep.yaml", "w") as file:
    file.write(
        "commands: sweep, sample\n"
        "model: {learning_rate: 0.01, staleness: 0.9, noise: 4, omega0: 1.4142135623730951}\n"
        "sample: {paths: 2000, steps: 200, every: 2}\n"
        "sweep: {command: theory, key_1: model_staleness, values_1: '0.9, 0.95, 0.98'}\n"
    )


def sweep(options):
    subprocess.run(
        LAUNCH + [HYPOCO, "sweep", "sweep.yaml"] + options.split(),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with open(options.split()[1].replace(".h5", ".csv")) as file:
        lines = [line.rstrip().split(",") for line in file if not line.startswith("#")]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


for row, rate in zip(sweep("-output theory.h5"), (0.0537, 0.0513, 0.0202)):
    assert abs(float(row["asgd_mean"]) - rate) < 0.5e-4, row
rows = sweep("-output sample.h5 -sweep_command sample")
exact = sample("sweep.yaml", "-model_staleness 0.98")["series"]["theta1"]["theta2_exact"][-1]
assert abs(float(rows[2]["theta2"]) - exact) < 4 * float(rows[2]["theta2_error"])
