"""What hypoco sample and hypoco theory refuse: one sentence, the right exit code,
and the number or name that is needed.

Usage: sample_refusals.py HYPOCO
"""
import os
import subprocess
import sys

HYPOCO = sys.argv[1]
LAUNCH = os.environ.get("HYPOCO_LAUNCH", "").split()
QUADRATIC = (
    "commands: sample, theory\nmodel: {learning_rate: 0.01, staleness: 0.9}\nsample: {paths: 64,"
    " steps: 10, loss_type: quadratic, loss_curvature: 2, loss_centers: [1, -1]}\n"
)
FORMULA = (
    "commands: sample, theory\nmodel: {learning_rate: 0.01, staleness: 0.9}\nsample: {paths: 64,"
    " steps: 10, loss_type: expression, loss_value: (theta - i)^2}\n"
)
WHOLE = (
    "commands: sample, theory\nmodel: {learning_rate: 0.01, staleness: 0.9, noise: 1}\nsample:"
    " {paths: 64, steps: 10}\n"
)
DATA = (
    "commands: sample, theory\nmodel: {learning_rate: 0.01, staleness: 0.9}\nsample: {paths: 64,"
    " steps: 10, loss_type: least-squares, loss_data: data.txt}\n"
)
SDE = (
    "model: {omega0: 1}\ninitial: {covariance: 0.5}\ntime: {end: 1, output_interval: 0.5}\nsample:"
    " {model: sde, paths: 64}\n"
)

# file, further options, exit code, words of the sentence
CASES = [
    (QUADRATIC, "-model_staleness 1", 2, ["model_staleness"]),
    (QUADRATIC, "-model_staleness -0.1", 2, ["model_staleness"]),
    (QUADRATIC, "-model_learning_rate 0", 2, ["model_learning_rate"]),
    (QUADRATIC, "-model_learning_rate 1e-300", 2, ["model_learning_rate", "[1e-30,1e30]"]),
    (WHOLE, "-model_noise 1e300", 2, ["model_noise", "[1e-30,1e30]"]),
    # 2 kappa e^2 + (1 - kappa)^2 e = 2 (1 - kappa^2) at kappa = .9: e < .456736
    (QUADRATIC, "-model_learning_rate 0.3", 2, ["stable only below 0.22", "sample_allow_unstable"]),
    (QUADRATIC, "-sample_model sgd -model_learning_rate 1.01", 2, ["stable only below 1"]),
    (
        QUADRATIC,
        (
            "-sample_model sdde -sample_staleness_law fixed -sample_staleness_bound 10 "
            "-model_learning_rate 0.08"
        ),
        2,
        ["stable only below 0.0747301"],
    ),
    (
        QUADRATIC,
        "-sample_model sme-asgd -model_learning_rate 0.3",
        2,
        ["stable only below 0.212132"],
    ),
    (QUADRATIC, "-sample_model sme-asgd -model_staleness 0", 2, ["sample_covariance: constant"]),
    (
        QUADRATIC,
        "-sample_model sme-asgd -sample_staleness_law uniform",
        2,
        ["sample_staleness_law", "asgd|sdde"],
    ),
    (
        QUADRATIC,
        "-sample_staleness_law uniform -sample_staleness_bound 3 -model_learning_rate 0.4",
        2,
        ["stable only below 0.391662"],
    ),
    # keys that the model, the law or the loss does not use
    (QUADRATIC, "-sample_model msgd -sample_step_law inverse", 2, ["sample_step_law", "msgd"]),
    (
        QUADRATIC,
        "-sample_model msgd -sample_staleness_law uniform",
        2,
        ["sample_staleness_law", "msgd"],
    ),
    (QUADRATIC, "-sample_model msgd -sample_warmup 3", 2, ["sample_warmup", "msgd"]),
    (QUADRATIC, "-sample_model sgd -sample_momentum 0.5", 2, ["sample_momentum", "sgd"]),
    (QUADRATIC, "-sample_substeps 2", 2, ["sample_substeps", "asgd"]),
    (QUADRATIC, "-sample_staleness_bound 2", 2, ["sample_staleness_bound", "geometric"]),
    (QUADRATIC, "-sample_loss_value theta^2", 2, ["sample_loss_value", "quadratic"]),
    (SDE, "-sample_start 1", 2, ["sample_start", "sde"]),
    (QUADRATIC, "-sample_staleness_law measured", 2, ["sample_staleness_file"]),
    (
        QUADRATIC,
        "-sample_staleness_law measured -sample_staleness_file nowhere.txt",
        4,
        ["nowhere.txt"],
    ),
    (QUADRATIC, "-sample_loss_slopes 1,2", 2, ["sample_loss_centers", "sample_loss_slopes"]),
    (QUADRATIC, "-sample_start 1,2", 2, ["sample_start", "2 numbers"]),
    (QUADRATIC, "-sample_snapshots 20", 2, ["sample_snapshots", "20"]),
    (QUADRATIC, "-sample_snapshots 2.5", 2, ["whole numbers"]),
    (QUADRATIC, "-sample_coordinates 2", 2, ["sample_coordinates", "2"]),
    (QUADRATIC, "-sample_batch 2 -sample_batch_cost 1", 2, ["exclude"]),
    (QUADRATIC, "-sample_model asdg", 2, ["asgd"]),
    (QUADRATIC, "-output nowhere/out.h5", 4, ["nowhere/out.h5"]),
    (QUADRATIC, "-json nowhere/out.json", 4, ["nowhere/out.json"]),
    (
        FORMULA,
        "-sample_loss_gradient 2*theta-i -sample_start 0.5",
        2,
        ["that of component 1 by theta1 is 0 at theta = 0.5", "derivative", "there is -1;"],
    ),
    # the value is looked at, not its derivative alone; later too, where a path gets
    (FORMULA, "-sample_loss_value theta^2+log(-i)", 2, ["component 1 is not finite at theta = "]),
    (FORMULA, "-sample_loss_value theta^2+1/0", 2, ["sample_loss_value", "not finite at"]),
    (
        FORMULA,
        "-sample_loss_value log(theta)+theta -sample_start 0.3 -sample_steps 100",
        2,
        ["sample_loss_value: component", "is not finite at theta = -0."],
    ),
    (
        FORMULA,
        (
            "-sample_loss_value theta^2/2 -sample_start 6 -sample_steps 300 "
            "-sample_loss_gradient theta+(abs(theta-3)<0.5)"
        ),
        2,
        ["sample_loss_gradient", "at theta = 3.", "derivative of sample_loss_value there is 3."],
    ),
    (FORMULA, "-sample_loss_gradient 2*(theta-i)+", 2, ["sample_loss_gradient"]),
    (FORMULA, "-sample_loss_value (theta-j)^2", 2, ["sample_loss_value", "j"]),
    (FORMULA, "-sample_loss_type quadratic", 2, ["sample_loss_centers"]),
    (FORMULA, "-sample_loss_value theta^4 -sample_start 100", 3, ["path 0", "model_learning_rate"]),
    (WHOLE, "-sample_loss_type expression", 2, ["sample_loss_value"]),
    (WHOLE.replace(", noise: 1", ""), "", 2, ["model_noise"]),
    (DATA, "", 4, ["data.txt"]),
    (SDE, "-initial_covariance 1,2,2,1", 2, ["initial_covariance"]),
    (SDE, "-time_output_interval 0.3", 2, ["time_end", "0.3"]),
    (SDE, "-initial_type random", 2, ["initial_"]),
    (SDE, "-sample_substeps 1 -model_gamma 30", 2, ["sample_substeps"]),
]
THEORY = [
    ("model: {learning_rate: 0.01}\n", "", 2, ["model_staleness"]),
    (
        "model: {learning_rate: 0.01, staleness: 0.96, omega0: 1}\n",
        "-theory_delta 5",
        2,
        ["delta"],
    ),  # critical: gamma = 2 omega0
    ("model: {learning_rate: 0.01, staleness: 0.9}\n", "-theory_delay 2000", 2, ["theory_delay"]),
    (QUADRATIC, "-sample_coordinates 2", 2, ["sample_coordinates"]),
    (
        "model: {type: momentum, learning_rate: 0.01, staleness: 0.9}\n",
        "-theory_batch_cost 1",
        2,
        ["theory_batch_cost", "momentum"],
    ),
    (
        "model: {type: momentum, learning_rate: 0.01, staleness: 0.9}\ntheory_eps0: 0.1\n",
        "",
        2,
        ["theory_eps0", "model_type = momentum", "asgd"],
    ),
    (
        "model: {type: momentum, learning_rate: 0.01, staleness: 0.9}\ntheory_workers: 2\n",
        "",
        2,
        ["theory_workers", "model_type = momentum", "asgd"],
    ),
    (
        "model: {learning_rate: 0.01, staleness: 0.9}\n",
        "-theory_trace_of loss",
        2,
        ["theory_trace"],
    ),
]


def run(command, content, options):
    with open("case.yaml", "w") as file:
        file.write(content)
    return subprocess.run(
        LAUNCH + [HYPOCO, command, "case.yaml"] + options.split(), capture_output=True, text=True
    )


if os.path.exists("data.txt"):
    os.remove("data.txt")
failed = 0
for command, cases in (("sample", CASES), ("theory", THEORY)):
    for content, options, code, words in cases:
        result = run(command, content, options)
        lines = result.stderr.strip().splitlines()
        good = (
            result.returncode == code
            and len(lines) == 1
            and all(word in lines[0] for word in words)
        )
        print(
            "ok  " if good else "BAD ",
            command,
            options,
            "->",
            result.returncode,
            result.stderr.strip(),
        )
        failed += not good
for content in (QUADRATIC, FORMULA, WHOLE, SDE):
    result = run("sample", content, "")
    print(
        "ok  " if result.returncode == 0 else "BAD ",
        "unchanged file ->",
        result.returncode,
        result.stderr.strip(),
    )
    failed += result.returncode != 0
with open("case.yaml", "w") as file:  # a reader that has seen enough
    file.write(QUADRATIC.replace("steps: 10", "steps: 2000, every: 1"))
result = subprocess.run(
    LAUNCH + ["bash", "-c", f"{HYPOCO} sample case.yaml -json out.json | head -1"],
    capture_output=True,
    text=True,
)
print(result.stdout, result.stderr)
failed += result.stderr != "" or not os.path.exists("out.json")
with open("staleness.txt", "w") as file:
    file.write("0\n1\n2\n2\n3\n0\n")
failed += (
    run(
        "sample", QUADRATIC, "-sample_staleness_law measured -sample_staleness_file staleness.txt"
    ).returncode
    != 0
)
result = run("sample", QUADRATIC, "-model_learning_rate 0.3 -sample_allow_unstable true")
failed += result.returncode != 0
with open("data.txt", "w") as file:
    file.write("1 2\n0.5 x\n")
result = run("sample", DATA, "")
print(result.returncode, result.stderr.strip())
failed += result.returncode != 4 or "line 2" not in result.stderr
# what is no table of rows of d + 1 numbers is named with its line, and not read as other data
for data, said in (
    (b"1 2\n3 4 5\n", "line 2: 3 numbers found, but line 1 has 2"),
    (b"1 2\n3\n4 5 6\n", "line 2: 1 number found, but line 1 has 2"),
    (b"1 2 3\n4 5 6\n", "line 1: 3 numbers on a line, 2 needed"),
    (b"1,5 2,5\n3,5 4,5\n", "decimal commas"),
    (b"1 2\0\n3 4\n", "line 1: a byte 0"),
    (b"\xff\xfe1\0 \x002\0\n\0", "UTF-16"),
):
    with open("data.txt", "wb") as file:
        file.write(data)
    result = run("sample", DATA, "")
    good = result.returncode == 4 and said in result.stderr and result.stderr.count("\n") == 1
    print("ok  " if good else "BAD ", data, "->", result.returncode, result.stderr.strip())
    failed += not good
with open("data.txt", "wb") as file:  # a mark of UTF-8 at the beginning, and lines of Windows
    file.write(b"\xef\xbb\xbf1 2\r\n3 4\r\n")
failed += run("sample", DATA, "").returncode != 0
result = run("sample", DATA, "-sample_loss_data .")
failed += result.returncode != 4 or "directory" not in result.stderr
with open("data.txt", "w") as file:
    file.write("# slope, target\n1 2\n0.5, 1\n-1 -2.5\n")
failed += run("sample", DATA, "").returncode != 0
# r^2 = 1, 1/4, 1: eta E r^4 < 2 E r^2 at kappa = 0 is eta < 2 * .75/.6875
failed += (
    "stable only below 2.18"
    not in run("sample", DATA, "-model_staleness 0 -model_learning_rate 2.2").stderr
)
failed += run("sample", DATA, "-model_staleness 0 -model_learning_rate 2.17").returncode != 0
sys.exit(failed > 0)
