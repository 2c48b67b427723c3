"""eps and losses as formulas, tables, shared objects and by name, as a user gives them.

Usage: functions.py HYPOCO tables|datasets|library|names|refusals|help|speed
"""
import json
import math
import os
import resource
import shutil
import subprocess
import sys

HYPOCO = sys.argv[1]
SOURCE = os.environ["HYPOCO_SOURCE_DIR"]
CASE = "model: {omega0: 1, gamma: 1, beta: 1}\nspace: {type: simplex, degree: 32}\n"


def run(*words, code=0, case=CASE):
    with open("case.yaml", "w") as file:
        file.write(case)
    done = subprocess.run(
        [HYPOCO, words[0], "case.yaml", *words[1:]], capture_output=True, text=True
    )
    assert done.returncode == code, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def pair(*words, case=CASE):
    run("spectrum", *words, "-json", "out.json", case=case)
    with open("out.json") as file:
        spectrum = json.load(file)["spectrum"]
    return spectrum["real"][1], abs(spectrum["imag"][1])


def distance(one, other):
    return math.hypot(one[0] - other[0], one[1] - other[1])


def write(name, rows, separator=" ", header=None):
    with open(name, "w") as file:
        if header:
            file.write(header + "\n")
        for row in rows:
            file.write(separator.join(repr(x) for x in row) + "\n")


def points(n, a=-8.0, b=8.0):
    return [a + (b - a) * k / (n - 1) for k in range(n)]


def tables():
    """Text tables in one and two dimensions, the warning about their reach, solve's error bar."""
    wanted = pair("-epsilon", "0.5*sin(theta)")
    write("eps.csv", [(t, 0.5 * math.sin(t)) for t in points(200)], ",", "theta,eps")
    assert distance(pair("-epsilon_file", "eps.csv"), wanted) < 1e-7
    assert distance(pair("-epsilon_1_file", "eps.csv"), wanted) < 1e-7
    write("loss.txt", [(t, t * t / 2 - 0.5 * math.cos(t)) for t in reversed(points(200))])
    assert distance(pair("-loss_file", "loss.txt"), wanted) < 2e-6
    write("short.txt", [(t, 0.5 * math.sin(t)) for t in points(40, -3.0, 3.0)])
    warning = run("spectrum", "-epsilon_file", "short.txt").stderr
    assert "reaches from -3 to 3 " in warning and "table_extrapolation: linear" in warning, warning
    write("coarse.txt", [(t, 0.5 * math.sin(t)) for t in points(33)])
    run("solve", "-epsilon_file", "coarse.txt", "-time_end", "20", "-json", "solve.json")
    with open("solve.json") as file:
        rate = json.load(file)["rate"]
    assert abs(rate["measured"] + wanted[0]) < rate["error"] < 1e-2, rate
    two = CASE.replace("gamma: 1,", "gamma: 1, dimension: 2,").replace("32", "10")
    formulas = pair(
        "-epsilon_1",
        "0.3*sin(theta1)*cos(theta2)",
        "-epsilon_2",
        "0.2*sin(theta1+theta2)",
        case=two,
    )
    grid = [(x, y) for x in points(61, -7.0, 7.0) for y in points(61, -7.0, 7.0)]
    write("one.txt", [(x, y, 0.3 * math.sin(x) * math.cos(y)) for x, y in grid])
    write("two.txt", [(x, y, 0.2 * math.sin(x + y)) for x, y in grid])
    found = pair("-epsilon_1_file", "one.txt", "-epsilon_2_file", "two.txt", case=two)
    assert distance(found, formulas) < 1e-4, (found, formulas)


def datasets():
    """HDF5 rows, a NetCDF-like variable over its coordinate, and what is no table."""
    try:
        import h5py
        import numpy
    except ImportError:  # the first python3 of PATH lacks what the distribution's has
        if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
            raise
        os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

    theta = numpy.linspace(-8, 8, 200)
    wanted = pair("-epsilon", "0.5*sin(theta)")
    with h5py.File("table.h5", "w") as file:
        file["rows"] = numpy.c_[theta, 0.5 * numpy.sin(theta)]
        file["group/theta"] = theta
        file["group/eps"] = 0.5 * numpy.sin(theta)
        file["group/theta"].make_scale("theta")
        file["group/eps"].dims[0].attach_scale(file["group/theta"])
        file["alone"] = theta
        file["words"] = "text"
        file["bad"] = numpy.array([[0, 1], [1, numpy.nan], [2, 3]])
        file["plane/x"], file["plane/y"] = theta[::4], theta[::5]
        file["plane/eps"] = (theta[::4] ** 2)[:, None] / 2 + (theta[::5] ** 2)[None, :] / 2
        for k, name in enumerate("xy"):
            file[f"plane/{name}"].make_scale(name)
            file["plane/eps"].dims[k].attach_scale(file[f"plane/{name}"])
    assert distance(pair("-epsilon_file", "table.h5:/rows"), wanted) < 1e-7
    assert distance(pair("-epsilon_file", "table.h5:/group/eps"), wanted) < 1e-7
    two = CASE.replace("gamma: 1,", "gamma: 1, dimension: 2,").replace("32", "6")
    pair("-loss_file", "table.h5:/plane/eps", case=two)
    for name, sentence in (
        ("alone", "no coordinates"),
        ("words", "numbers"),
        ("bad", "row 2"),
        ("absent", "no such dataset"),
        ("plane/eps", "3 numbers on a line"),
    ):
        refused = run("spectrum", "-epsilon_file", f"table.h5:/{name}", code=4).stderr
        assert sentence in refused, refused


def library():
    """The example with its own CMake file: builds, and every command and a sweep take it."""
    shutil.copytree(
        os.path.join(SOURCE, "examples/perturbation"), "perturbation", dirs_exist_ok=True
    )
    for words in (
        ["-S", "perturbation", "-B", "build", f"-DHYPOCO_INCLUDE={SOURCE}/include"],
        ["--build", "build"],
    ):
        subprocess.run(["cmake", *words], check=True, capture_output=True)
    found = pair("-epsilon_library", "build/perturbation.so")
    assert distance(found, pair("-epsilon", "0.5*sin(theta)")) < 1e-12
    half = pair("-epsilon_library", "build/perturbation.so", "-epsilon_amplitude", "0.5")
    assert distance(half, pair("-epsilon", "0.25*sin(theta)")) < 1e-12
    small = CASE.replace("32", "8") + "epsilon_library: build/perturbation.so\n"
    refused = run("steady", case=small, code=2).stderr
    assert "epsilon_library" in refused and "-trust" in refused, refused
    run("solve", "-trust", "-time_end", "1", "-rate_check", "false", "-output", "a.h5", case=small)
    refused = subprocess.run([HYPOCO, "rerun", "a.h5"], capture_output=True, text=True, input="")
    assert refused.returncode == 4 and "epsilon_library" in refused.stderr, refused
    again = subprocess.run([HYPOCO, "rerun", "a.h5", "-trust"], capture_output=True, text=True)
    assert "the same to" in again.stdout, again
    run("steady", "-trust", case=small)
    run(
        "sweep",
        "-trust",
        "-sweep_key_1",
        "epsilon_amplitude",
        "-sweep_values_1",
        "0.5, 1",
        "-output",
        "sweep.h5",
        case=small,
    )
    run(
        "sample",
        "-trust",
        "-model_learning_rate",
        "0.1",
        "-model_staleness",
        "0.5",
        "-model_noise",
        "1",
        "-sample_paths",
        "10",
        "-sample_steps",
        "20",
        "-sample_start",
        "1",
        "-output",
        "paths.h5",
        case="epsilon_library: build/perturbation.so\n",
    )
    refused = run("spectrum", "-epsilon_library", "absent.so", code=4).stderr
    assert "epsilon_library" in refused and "absent.so" in refused, refused


def names():
    """Losses by name are their formulas; data of least squares and logistic;
    sample in ten dimensions."""
    assert distance(pair("-loss_name", "sine"), pair("-epsilon", "0.5*sin(theta)")) < 1e-12
    assert (
        distance(
            pair("-loss_name", "tanh", "-loss_parameters", "1,0.3,2"),
            pair("-epsilon", "0.3*tanh(2*theta)"),
        )
        < 1e-12
    )
    write("rows.csv", [(1.0, 1.0), (2.0, -1.0), (-0.5, 1.0)], ",", "x,y")
    terms = "+".join(f"log(1+exp(-({x * y})*theta))/3" for x, y in ((1, 1), (2, -1), (-0.5, 1)))
    assert (
        distance(
            pair("-loss_name", "logistic", "-loss_parameters", "0.5", "-loss_data", "rows.csv"),
            pair("-loss", f"{terms} + 0.25*theta^2"),
        )
        < 1e-12
    )
    write("line.txt", [(1.0, 0.5), (0.5, -1.0), (1.5, 2.0)])
    assert (
        distance(
            pair("-loss_name", "least-squares", "-loss_data", "line.txt"),
            pair("-loss_gradient_1", "3.5/3*theta - 3/3"),
        )
        < 1e-12
    )
    ten = [[math.sin(1.3 * i + 0.7 * j * i) for j in range(11)] for i in range(30)]
    write("ten.txt", ten)
    run(
        "sample",
        "-model_dimension",
        "10",
        "-model_learning_rate",
        "0.1",
        "-model_staleness",
        "0.5",
        "-model_noise",
        "0.1",
        "-sample_paths",
        "10",
        "-sample_steps",
        "50",
        "-sample_start",
        ",".join(["0"] * 10),
        "-loss_name",
        "least-squares",
        "-output",
        "ten.h5",
        case="loss_data: ten.txt\n",
    )


def refusals():
    """Each with its key, its line where there is one, and the code of its kind."""
    write("eps.txt", [(t, math.sin(t)) for t in points(20)])
    with open("ragged.txt", "w") as file:
        file.write("theta eps\n0 1\n1 2 3\n")
    with open("six.txt", "w") as file:
        file.write("1 2 3\n4 5\n6 7 8 9\n")
    for words, code, sentences in (
        (("-epsilon_file", "ragged.txt"), 4, ["epsilon_file", "ragged.txt, line 3", "3 numbers"]),
        (("-epsilon_file", "absent.txt"), 4, ["absent.txt cannot be read"]),
        (("-epsilon_file", "eps.txt", "-epsilon", "theta"), 2, ["exclude each other"]),
        (("-epsilon_file", "eps.txt", "-loss", "theta^2"), 2, ["exclude each other"]),
        (("-epsilon_file", "eps.txt", "-loss_name", "sine"), 2, ["exclude each other"]),
        (
            ("-epsilon_file", "eps.txt", "-table_interpolation", "cubic"),
            2,
            ["table_interpolation", "akima"],
        ),
        (
            ("-epsilon_file", "eps.txt", "-table_extrapolation", "error"),
            2,
            ["lies outside the table"],
        ),
        (("-epsilon_file", "eps.txt", "-model_dimension", "2"), 2, ["epsilon_1_file"]),
        (("-table_interpolation", "linear"), 2, ["without epsilon_file"]),
        (("-loss_parameters", "1"), 2, ["without loss_name"]),
        (("-loss_name", "sine", "-loss_parameters", "1,2,3,4"), 2, ["the loss sine takes a b c"]),
        (("-loss_name", "cubic"), 2, ["known are quadratic"]),
        (("-epsilon", "theta\u22121"), 2, ["column 6", "U+2212"]),
        (("-epsilon", "x" * 100001), 2, ["100000 characters", "epsilon_file"]),
    ):
        refused = run("spectrum", *words, code=code).stderr
        assert all(sentence in refused for sentence in sentences), (words, refused)
        assert "PETSC ERROR" not in refused
    refused = run(
        "sample",
        "-sample_loss_type",
        "least-squares",
        "-sample_loss_data",
        "six.txt",
        "-model_dimension",
        "2",
        "-model_learning_rate",
        "0.1",
        "-model_staleness",
        "0.5",
        "-sample_paths",
        "2",
        "-sample_steps",
        "2",
        "-sample_start",
        "0,0",
        code=4,
        case="sample_seed: 1\n",
    ).stderr
    assert "six.txt, line 2" in refused and "2 numbers found, but line 1 has 3" in refused, refused


def help():
    """The page holds every function, and every formula on it that is a case works."""
    page = subprocess.run(
        [HYPOCO, "--help-expressions"], capture_output=True, text=True, check=True
    ).stdout
    for word in (
        "sin",
        "powerlog",
        "floor",
        "abs",
        "a >= 0 ? da : -da",
        "pi = 3.141592653589793",
        "least-squares",
        "100000",
    ):
        assert word in page, word
    document = open(os.path.join(SOURCE, "docs/expressions.md"), encoding="utf-8").read()
    for line in page.split("Functions,")[1].split("Constants:")[0].splitlines()[1:]:
        if line.strip():
            assert line.split()[0] in document, line
    for line in page.split("loss_data):")[1].splitlines():
        if line.strip():
            assert f"`{line.split()[0]}`" in document, line


def speed():
    """sample with the loss alone takes no longer than with its gradient:
    at least 0.8 of the speed."""
    case = "model: {learning_rate: 0.1, staleness: 0.5, noise: 1}\nsample: {paths: 10000, steps: 200, start: 1}\n"
    ways = {
        "loss": ("-loss", "theta^2/2-0.5*cos(theta)"),
        "gradient": ("-loss_gradient_1", "theta+0.5*sin(theta)"),
    }
    least = dict.fromkeys(ways, math.inf)
    for _ in range(5):
        for name, words in ways.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            run("sample", *words, case=case)
            least[name] = min(
                least[name], resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
            )
    print(
        f"gradient {least['gradient']:.3f} s, loss {least['loss']:.3f} s: {least['gradient'] / least['loss']:.2f} of the speed"
    )
    assert least["gradient"] / least["loss"] > 0.8, least


{
    "tables": tables,
    "datasets": datasets,
    "library": library,
    "names": names,
    "refusals": refusals,
    "help": help,
    "speed": speed,
}[sys.argv[2]]()
