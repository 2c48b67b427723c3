"""eps and losses as formulas, tables, shared objects and by name, as a user gives them.

Usage: functions.py HYPOCO PART
Parts: tables noise files million datasets library names refusals unbounded help speed
"""
import json
import math
import os
import re
import resource
import shlex
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
    # tails of a Gaussian are subnormal numbers
    write("tails.txt", [(t, 0.3 * t * math.exp(-t * t)) for t in points(961, -27.3, 27.3)])
    assert any(0 < abs(float(x)) < 1e-310 for x in open("tails.txt").read().split())
    formula = pair("-epsilon", "0.3*theta*exp(-theta^2)")
    gauss = distance(pair("-epsilon_file", "tails.txt"), formula)
    assert gauss < 1e-5, gauss
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

    shorts(two)


def shorts(two):
    """Tables too short to be thinned: a warning and no bar; they do not silence the longer ones."""
    few = "too few points to estimate the error of interpolation"

    def bar(*words, short, case=CASE):
        done = run("spectrum", *words, "-json", "out.json", case=case)
        with open("out.json") as file:
            spectrum = json.load(file)["spectrum"]
        assert (few in done.stderr) == short, (words, done.stderr)
        assert spectrum["distance_to_refined"][1] is not None, words
        assert (spectrum["error"][1] is None) == short, (words, spectrum["error"])

    for kind, n, short in (
        ("linear", 3, True),
        ("linear", 9, False),
        ("monotone", 3, True),
        ("spline", 3, True),
        ("spline", 8, True),
        ("spline", 9, False),
        ("akima", 5, True),
        ("akima", 9, False),
    ):
        write("few.txt", [(t, 0.5 * math.sin(t)) for t in points(n)])
        bar("-epsilon_file", "few.txt", "-table_interpolation", kind, short=short)
    small = two.replace("degree: 10", "degree: 6")
    for n in (5, 9):
        write("few.txt", [(x, y, 0.3 * math.sin(x)) for x in points(n) for y in points(n)])
        bar("-epsilon_1_file", "few.txt", "-epsilon_2_file", "0", short=n == 5, case=small)
    write("few.txt", [(t, 0.5 * math.sin(t)) for t in points(3)])
    write("s.txt", [(t, 1 + 0.3 * math.tanh(t) ** 2) for t in points(26)])
    bar("-epsilon_file", "few.txt", "-noise_file", "s.txt", short=True)
    for command, first in (("solve", "rate"), ("verify", "rate_estimate")):
        words = ("-epsilon_file", "few.txt", "-time_end", "20", "-json", "few.json")
        done = run(command, *words)
        with open("few.json") as file:
            rate = json.load(file)[first]
        assert "+- unknown" in done.stdout and "nan" not in done.stdout, done.stdout
        assert "eigenvalue 3" not in done.stdout and "not overlap" not in done.stdout, done.stdout
        if command == "solve":
            assert rate["error"] is None and rate["measured"] > 0, rate
            assert rate["eigenvalue_index"] == 1 and rate["agree"] is None, rate


def noise():
    """The noise as a table: in one and two dimensions, in sample,
    with a bar that covers its cost."""
    write("s.csv", [(t, 1 + 0.3 * math.tanh(t) ** 2) for t in points(201, -10.0, 10.0)])
    formula = "1+0.3*tanh(theta)^2"
    bent = ("-epsilon", "0.3*sin(theta)")  # with a linear force the leading pair does not see s
    wanted = pair(*bent, "-noise", formula)
    assert distance(pair(*bent, "-noise_file", "s.csv"), wanted) < 1e-6
    steps = ("-noise_1_file", "s.csv", "-table_interpolation", "monotone")
    assert distance(pair(*bent, *steps), wanted) < 1e-4
    write("few.csv", [(t, 1 + 0.3 * math.tanh(t) ** 2) for t in points(26, -10.0, 10.0)])
    off = distance(pair(*bent, "-noise_file", "few.csv"), wanted)
    with open("out.json") as file:
        bar = json.load(file)["spectrum"]["distance_to_refined"][1]
    print(f"noise from 26 points: error {off:.1e}, bar {bar:.1e}")
    assert 1e-6 < off < bar < 0.1, (off, bar)
    two = CASE.replace("gamma: 1,", "gamma: 1, dimension: 2,").replace("32", "8")
    grid = [(x, y) for x in points(61, -9.0, 9.0) for y in points(61, -9.0, 9.0)]
    write("two.txt", [(x, y, 1 + 0.2 * math.sin(x + y) ** 2) for x, y in grid])
    both = pair("-noise_file", "two.txt", case=two)
    assert distance(both, pair("-noise", "1+0.2*sin(theta1+theta2)^2", case=two)) < 1e-4
    each = pair("-noise_1_file", "two.txt", "-noise_2_file", "two.txt", case=two)
    assert distance(both, each) < 1e-12
    write("negative.txt", [(t, 1 + t / 4) for t in points(9)])
    refused = run("spectrum", "-noise_file", "negative.txt", code=2).stderr
    assert "noise: s_1 is" in refused and "a positive number is needed" in refused, refused
    refused = run("spectrum", "-noise_file", "s.csv", "-noise", "2", code=2).stderr
    assert "exclude each other" in refused, refused
    means = []
    for words in (("-noise_file", "s.csv"), ("-noise", formula)):
        run("sample", "-sample_model", "sde", *words, "-json", "sde.json", case=SDE)
        with open("sde.json") as file:
            means.append(json.load(file)["sample"]["series"]["theta1"]["theta2"][-1])
    assert abs(means[0] - means[1]) < 1e-5 * means[1], means


SDE = (
    "model: {omega0: 1, gamma: 1, beta: 1, type: momentum}\n"
    "sample: {paths: 200, seed: 3}\ntime: {end: 1}\ninitial: {type: point, mean: [1, 0]}\n"
)
SAMPLE = (
    "model: {learning_rate: 0.1, staleness: 0.5, noise: 1}\nsample: {paths: 2, steps: 4, start:"
    " 1}\n"
)
SMALL = "model: {omega0: 1, gamma: 1, beta: 1}\nspace: {type: simplex, degree: 8}\n"
FV = (
    "model: {omega0: 1, gamma: 1, beta: 1}\nspace: {type: tensor}\n"
    "axis: {x: {type: fv}, v: {type: hermite, n: 8}}\n"
)
WAVE = [(t, 0.5 * math.sin(t)) for t in points(12)]
ASGD = "-sample_loss_type quadratic -sample_loss_centers 1,-1 -sample_staleness_law measured"
# key, command, further words, case, good rows, may they be unsorted?
FILES = (
    ("epsilon_file", "spectrum", "", SMALL, WAVE, True),
    ("epsilon_1_file", "spectrum", "", SMALL, WAVE, True),
    ("loss_file", "spectrum", "", SMALL, [(t, t * t / 2 + s) for t, s in WAVE], True),
    (
        "noise_file",
        "spectrum",
        "-table_extrapolation constant",
        SMALL,
        [(t, 1 + s) for t, s in WAVE],
        True,
    ),
    (
        "noise_1_file",
        "spectrum",
        "-table_extrapolation constant",
        SMALL,
        [(t, 1 + s) for t, s in WAVE],
        True,
    ),
    ("loss_data", "spectrum", "-loss_name least-squares", SMALL, [(1.5, 1), (0.5, -1.5)], None),
    (
        "sample_loss_data",
        "sample",
        "-sample_loss_type least-squares",
        SAMPLE.replace(", noise: 1", ""),
        [(1.5, 1), (0.5, -1.5)],
        None,
    ),
    (
        "sample_staleness_file",
        "sample",
        ASGD,
        SAMPLE.replace(", noise: 1", ""),
        [(0,), (2,), (2,), (1,)],
        None,
    ),
    (
        "sample_compute_file",
        "sample",
        (
            "-sample_loss_type quadratic -sample_loss_centers 1,-1 -sample_model workers"
            " -sample_compute_law measured"
        ),
        "model: {learning_rate: 0.1}\nsample: {paths: 2, steps: 4, start: 1}\n",
        [(0.5,), (1.5,), (2,)],
        None,
    ),
    (
        "theory_trace",
        "theory",
        "",
        "model: {learning_rate: 0.1, staleness: 0.5, noise: 1}\n",
        [(k, math.sin(k) + 0.1 * math.sin(7.3 * k)) for k in range(300)],
        None,
    ),
    ("axis_x_mesh", "spectrum", "", FV, [(-5 + 0.5 * k,) for k in range(21)], False),
)


def answer(command, key, words, case, code=0):
    """What the run found, or its message; numbers of the run itself are left out."""
    done = run(
        command, f"-{key}", "rows.txt", *words.split(), "-json", "rows.json", code=code, case=case
    )
    if code:
        assert "PETSC ERROR" not in done.stderr and done.stderr.count("\n") < 4, done.stderr
        return done.stderr
    with open("rows.json") as file:
        found = json.load(file)[command]
    return found.get("series", found)  # sample tells its seconds as well


def files():
    """Every key that names a file of rows: what other programs write is read as the same numbers,
    and what is no table is refused with its line."""
    for key, command, words, case, rows, unsorted in FILES:
        columns = len(rows[0])
        write("rows.txt", rows)
        plain = answer(command, key, words, case)
        order = list(reversed(rows)) if unsorted else rows
        header = ";".join(["value"] * columns)
        with open("rows.txt", "wb") as file:
            text = header + "\r\n# comment\r\n\r\n"
            for row in order:
                fields = [repr(float(x)) for x in row]
                decimal = [f.replace(".", ",") for f in fields] if columns > 1 else fields
                text += ";".join(decimal) + "\r\n"
            file.write(b"\xef\xbb\xbf" + text.encode())
        assert answer(command, key, words, case) == plain, key
        wrong = 2 if key in ("axis_x_mesh", "loss_data") else 4
        if columns == 1:  # nothing separates, so that a decimal comma is no decimal comma
            with open("rows.txt", "w") as file:
                file.write("".join(f"{float(x)!r}\n".replace(".", ",") for (x,) in rows))
            refused = answer(command, key, words, case, code=wrong)
            assert "line 1: 2 numbers on a line" in refused, (key, refused)
        lines = [" ".join(repr(x) for x in row) for row in rows]
        for spoilt, sentence in (
            (lines[:1] + [" ".join(["nan"] * columns)] + lines[2:], "line 2: 'nan'"),
            (lines[:1] + ["1," + "," * columns] + lines[2:], "line 2: number 2 is missing"),
            (lines[:1] + [lines[1] + " 7"] + lines[2:], f"line 2: {columns + 1} numbers found"),
            (lines[:1] + ["inf " * columns] + lines[2:], "line 2: 'inf'"),
            (["# nothing"], "no numbers found"),
        ):
            with open("rows.txt", "w") as file:
                file.write("\n".join(spoilt) + "\n")
            refused = answer(command, key, words, case, code=wrong)
            assert sentence in refused and "rows.txt" in refused, (key, refused)
            assert key in refused or key.replace("_1", "") in refused, (key, refused)
        write("rows.txt", [(*row, 1) for row in rows])
        if key != "theory_trace":  # further columns of a trace are other coordinates
            refused = answer(command, key, words, case, code=wrong)
            assert f"line 1: {columns + 1} numbers on a line" in refused, (key, refused)
        if unsorted:
            write("rows.txt", rows + rows[3:4])
            refused = answer(command, key, words, case, code=4)
            assert "line 13" in refused and "was given already, in line 4" in refused, refused
            write("rows.txt", rows[:1])
            assert "1 point of theta1 found" in answer(command, key, words, case, code=2)


def million():
    """A million rows of a function and of measurements are read as fewer of them are."""
    wanted = pair("-epsilon", "0.5*sin(theta)", case=SMALL)
    many = (f"{t!r};{0.5 * math.sin(t)!r}" for t in points(10**6, -12.0, 12.0))
    with open("rows.txt", "w") as file:
        file.write("\n".join(many).replace(".", ",") + "\n")
    assert distance(pair("-epsilon_file", "rows.txt", case=SMALL), wanted) < 1e-10
    key, command, words, case, rows, _ = next(f for f in FILES if f[0] == "sample_staleness_file")
    write("rows.txt", rows)
    few = answer(command, key, words, case)
    with open("rows.txt", "w") as file:
        file.write("0\n2\n2\n1\n" * 250000)
    assert answer(command, key, words, case) == few


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
        file.create_dataset("huge", shape=(2 * 10**12, 2), dtype="f8", chunks=(1024, 2))
        file["short/theta"] = theta[:5]
        file["short/eps"] = theta
        file["short/theta"].make_scale("theta")
        file["short/eps"].dims[0].attach_scale(file["short/theta"])
        file["elsewhere"] = h5py.ExternalLink("other.h5", "/rows")
        layout = h5py.VirtualLayout(shape=(200, 2), dtype="f8")
        layout[:] = h5py.VirtualSource("other.h5", "rows", shape=(200, 2))
        file.create_virtual_dataset("virtual", layout)
        numbers = [("numbers.bin", 0, 3200)]
        file.create_dataset("external", shape=(200, 2), dtype="f8", external=numbers)
        file["plane/x"], file["plane/y"] = theta[::4], theta[::5]
        file["plane/eps"] = (theta[::4] ** 2)[:, None] / 2 + (theta[::5] ** 2)[None, :] / 2
        for k, name in enumerate("xy"):
            file[f"plane/{name}"].make_scale(name)
            file["plane/eps"].dims[k].attach_scale(file[f"plane/{name}"])
    shutil.copy("table.h5", "other.h5")
    numpy.c_[theta, 0.5 * numpy.sin(theta)].tofile("numbers.bin")
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
        ("huge", "GiB of memory"),
        ("short/eps", "another length"),
        ("elsewhere", "links to other files"),
        ("virtual", "in another file"),
        ("external", "in another file"),
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
    page = open(os.path.join(SOURCE, "docs/expressions.md"), encoding="utf-8").read()
    documented = "hypoco spectrum case.yaml -epsilon_library build/perturbation.so"
    assert documented in page
    shutil.copy("perturbation/case.yaml", "case.yaml")
    words = [HYPOCO, *documented.split()[1:]]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0 and "spectral gap" in done.stdout, done
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
    gradient = ("-loss_gradient_1", "theta+0.3*sign(theta)")  # another side at the kink: allowed
    assert pair("-loss", "theta^2/2+0.3*abs(theta)", *gradient) == pair(*gradient)
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
    small = CASE.replace("32", "12") + "time: {end: 0.5}\n"
    for words, mu in (
        (("-loss_name", "sine", "-loss_parameters", "1,0.3"), 0.5 - 0.3 / (2 * math.sqrt(0.75))),
        (("-loss_name", "huber", "-epsilon_amplitude", "0.5"), None),
    ):
        run("verify", *words, "-json", "verify.json", case=small)
        with open("verify.json") as file:
            certificate = json.load(file)["certificate"]
        assert certificate["remark"] == f"slopes by the bounds that the loss {words[1]} has"
        assert mu is None or abs(certificate["mu"] - mu) < 1e-12, (certificate, mu)
    write("plane.txt", [(1.0, 0.5, 2.0), (0.3, -2.0, 1.0), (-1.0, 1.0, -0.5)])
    plane = "model: {dimension: 2, gamma: 1, beta: 1}\nspace: {type: simplex, degree: 6}\n"
    found = pair("-loss_name", "least-squares", "-loss_data", "plane.txt", case=plane)
    # H = [[2.09, -1.1], [-1.1, 5.25]]/3: its smaller eigenvalue, and -1/2 +- i sqrt(k - 1/4)
    k = (3.67 - math.sqrt(1.58**2 + 1.1**2)) / 3
    assert distance(found, (-0.5, math.sqrt(k - 0.25))) < 1e-12, found
    documented()
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


def documented():
    """One command for each loss by name, as the page gives them; three of them warn."""
    page = open(os.path.join(SOURCE, "docs/expressions.md"), encoding="utf-8").read()
    page = page.replace("\\\n", "")
    write("labels.txt", [(1, 1), (2, -1), (-0.5, 1)])
    starts = "    hypoco spectrum -loss_name", "    hypoco spectrum -model_type"
    lines = [shlex.split(x) for x in page.splitlines() if x.startswith(starts)]
    losses = page.split("| `loss_name` | f")[1].split("\n\n")[0].splitlines()[2:]
    losses = {line.split("`")[1] for line in losses} - {"double-well"} | {"momentum"}
    assert losses == {line[3] for line in lines} and len(losses) == 10, losses
    for line in lines:
        done = subprocess.run([HYPOCO, *line[1:]], capture_output=True, text=True)
        assert done.returncode == 0 and "spectral gap" in done.stdout, (line, done.stderr)
        warned = "does not resolve eps" in done.stderr
        assert warned == (line[3] in ("logistic", "network", "huber")), (line, done.stderr)


def refusals():
    """Each with its key, its line where there is one, and the code of its kind."""
    write("eps.txt", [(t, math.sin(t)) for t in points(20)])
    with open("ragged.txt", "w") as file:
        file.write("theta eps\n0 1\n1 2 3\n")
    write("flat.txt", [(1.0, 1.0, 1.0), (2.0, 2.0, 1.0)])
    with open("six.txt", "w") as file:
        file.write("1 2 3\n4 5\n6 7 8 9\n")
    with open("minus.txt", "w", encoding="utf-8") as file:
        file.write("1 2\n\u22122 3\n4 5\n")
    with open("unnamed.txt", "w") as file:
        file.write("theta,\n1,2\n2,3\n4,5\n")
    with open("gap.txt", "w") as file:
        file.write("".join(f"{x} {y} 1\n" for x in range(4) for y in range(4) if (x, y) != (3, 2)))
    for words, code, sentences in (
        (("-epsilon_file", "minus.txt"), 4, ["minus.txt, line 2", "U+2212", "write '-'"]),
        (("-epsilon_file", "unnamed.txt"), 4, ["line 1: name 2 of the header is empty"]),
        (
            ("-loss_file", "gap.txt", "-model_dimension", "2"),
            4,
            ["gap.txt, line 15"],
        ),
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
            ["epsilon_file: eps.txt", "lies outside the table"],
        ),
        (("-epsilon_file", "eps.txt", "-model_dimension", "2"), 2, ["epsilon_1_file"]),
        (("-table_interpolation", "linear"), 2, ["without epsilon_file"]),
        (("-loss_parameters", "1"), 2, ["without loss_name"]),
        (("-loss_name", "sine", "-loss_parameters", "1,2,3,4"), 2, ["the loss sine takes a b c"]),
        (("-loss_name", "cubic"), 2, ["known are quadratic"]),
        (("-loss", "theta^2/2 + 1/0"), 2, ["loss: the value is not finite at theta = "]),
        (("-loss", "theta^2/2 + log(-1)"), 2, ["loss: the value is not finite at theta = "]),
        (("-loss", "theta^2/2 + 0.1*log(theta)"), 2, ["loss: the value is not finite at theta = "]),
        (
            ("-loss_name", "huber", "-loss_parameters", "-20", "-epsilon_amplitude", "0.1"),
            2,
            ["loss_parameters: a = -20 given"],
        ),
        (
            ("-loss_name", "least-squares", "-loss_data", "flat.txt", "-model_dimension", "2"),
            2,
            ["loss_data: the data leave a direction undetermined", "decay a > 0"],
        ),
        (
            ("-loss", "theta^2/2+0.3*cos(theta)", "-loss_gradient_1", "theta+0.3*sin(theta)"),
            2,
            ["loss_gradient_1 is ", " at theta = ", "but the derivative of the loss there is "],
        ),
        (  # wrong where no test point is, but a node of the space
            (
                "-loss",
                "theta^2/2",
                "-loss_gradient_1",
                "theta + (abs(theta-0.01) < 0.02 ? 0.1 : 0)",
            ),
            2,
            ["loss_gradient_1 is 0.1", " at theta = 0.0"],
        ),
        (
            ("-loss_name", "sine", "-loss_gradient_1", "theta+0.5001*sin(theta)"),
            2,
            ["loss_gradient_1 is "],
        ),
        (
            ("-loss_name", "huber", "-model_omega0", "auto"),
            2,
            ["model_omega0: auto given, but no frequency of theta1 fits the loss", "less noise"],
        ),
        (
            ("-epsilon", "theta\u22121"),
            2,
            ["'theta\u22121', column 6", "U+2212, which looks like a minus sign and is none"],
        ),
        (("-model_beta", "\u22121"), 2, ["'\u22121' is not allowed", "it holds U+2212"]),
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
    paths = (
        "model: {learning_rate: 0.1, staleness: 0.5, noise: 1}\nsample: {paths: 300, steps: 60,"
        " start: 1}\n"
    )
    for formula in ("theta^2/2 + log(-1)", "theta^2/2 + 0.01*log(theta)"):
        lost = run("sample", "-loss", formula, code=2, case=paths).stderr
        assert "loss: the value is not finite at theta = " in lost, lost
    assert "six.txt, line 2" in refused and "2 numbers found, but line 1 has 3" in refused, refused


def unbounded():
    """A loss that grows faster than theta^2: the advice of the refusal, taken word by word, works
    on the default space and on fv axes, and agrees with the same loss on a narrow box."""
    loss = "theta^4/4 - theta^2/2"
    fv = ("-space_type", "tensor", "-axis_x_type", "fv", "-axis_v_type", "fv")
    for command, words in (("solve", ()), ("steady", ()), ("spectrum", ()), ("spectrum", fv)):
        refused = run(command, "-loss", loss, *words, code=3, case="time_end: 5\n").stderr
        _, advice = refused.rsplit("goes into model_potential instead of loss, with ", 1)
        keys = [word for pair in re.split(", | and ", advice.strip()) for word in pair.split()]
        taken = [("-" if k % 2 == 0 else "") + word for k, word in enumerate(keys)]
        assert len(taken) == 8, refused
        done = run(command, "-model_potential", loss, *taken, case="time_end: 5\n")
        assert "warning" not in done.stderr, done.stderr
        assert "gamma = 1, the default of gamma" in " ".join(done.stdout.split()), done.stdout
    found = pair("-model_potential", loss, *taken, case="spectrum_count: 4\n")
    box = (*fv, "-axis_x_width", "3", "-axis_v_width", "4", "-model_type", "momentum")
    wanted = pair("-loss", loss, *box, case="spectrum_count: 4\n")
    assert distance(found, wanted) < 0.02, (found, wanted)


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
    case = (
        "model: {learning_rate: 0.1, staleness: 0.5, noise: 1}\nsample: {paths: 10000, steps: 200,"
        " start: 1}\n"
    )
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
        f"gradient {least['gradient']:.3f} s, loss {least['loss']:.3f} s:"
        f" {least['gradient'] / least['loss']:.2f} of the speed"
    )
    assert least["gradient"] / least["loss"] > 0.8, least


{
    "tables": tables,
    "noise": noise,
    "files": files,
    "million": million,
    "datasets": datasets,
    "library": library,
    "names": names,
    "refusals": refusals,
    "unbounded": unbounded,
    "help": help,
    "speed": speed,
}[sys.argv[2]]()
