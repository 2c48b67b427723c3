"""The Python package as a user meets it.  Usage: python_package.py HYPOCO TEST"""
import doctest
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings

try:
    import h5py
    import numpy as np
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

HYPOCO, TEST = sys.argv[1:3]
ROOT = os.environ["HYPOCO_SOURCE_DIR"]
os.environ["HYPOCO"] = HYPOCO
os.environ["MPLBACKEND"] = "Agg"
sys.path.insert(0, os.path.join(ROOT, "python"))
import hypoco  # noqa: E402

SMALL = {"epsilon": "0.5*sin(theta)", "space_degree": 16, "time_end": 8}


def refused(kind, words, call, *args, **keys):
    """The call raises this kind of error, with these words in its one sentence."""
    try:
        call(*args, **keys)
    except kind as error:
        text = str(error)
        assert all(word in text for word in words) and "\n" not in text, text
        return error
    raise AssertionError(f"{args} {keys}: no {kind.__name__}")


def test_functions():
    """Python and the command line give the same bits,
    in xarray objects with units and labelled dimensions."""
    r = hypoco.solve(gamma=0.8, **SMALL)
    words = [
        text
        for key, value in {"model_gamma": 0.8, **SMALL}.items()
        for text in (f"-{key}", str(value))
    ]
    subprocess.run(
        [HYPOCO, "solve", *words, "-output", "line.h5", "-json", "line.json"],
        check=True,
        capture_output=True,
    )
    with h5py.File("line.h5") as file:
        for name in ("H", "norm2", "g", "h", "F"):
            assert np.array_equal(r.data[name].values, file[name][()]), name
        assert r.rate == file.attrs["rate_measured"] and r.rate.error == file.attrs["rate_error"]
    with open("line.json") as file:
        assert r.summary["rate"]["spectral_gap"] == json.load(file)["rate"]["spectral_gap"] == r.gap
    assert (
        isinstance(r.rate, float)
        and r.rate.form == "oscillating"
        and 2 * r.rate == 2 * float(r.rate)
    )
    assert r.series["H"].dims == ("t",) and r.series["H"].attrs["units"] == "time^2"
    assert (
        r.g.dims == ("t", "v", "x")
        and r.g.sel(t=2).shape == r.F.shape
        and r.x.attrs["units"] == "1/time"
    )
    psi = r.g_theta_y  # mass is kept: d theta d y = d x d v / omega0^2, all ones here
    assert psi.theta.dims == psi.y.dims == ("v", "x")
    assert np.allclose(psi.theta, -(r.v + 0.8 * r.x).transpose("v", "x")) and np.allclose(
        psi.values, r.g.values
    )
    again = hypoco.open(r.save("again.h5"))
    assert again.rate == r.rate and again.data.equals(r.data)
    with_start = hypoco.solve(initial={"mean": [0.5, 0], "covariance": 0.7}, **SMALL)
    assert with_start.options["initial_covariance"] in (0.7, [0.7])
    both = hypoco.compare(r, with_start, names=["a", "b"])
    assert both.rates.rate.sel(run="a") == float(r.rate) and both.difference("H").dims == (
        "run",
        "t",
    )


def test_kinds():
    """Every command has its function; sweeps are arrays over their keys,
    texts are str and flags are bool."""
    s = hypoco.sweep(
        epsilon=["0.3*sin(theta)", "tanh(theta)"],
        epsilon_amplitude=np.linspace(0, 1, 3),
        debug=[True, False],
        space_degree=12,
    )
    assert (
        s.gap.dims == ("epsilon", "epsilon_amplitude", "debug")
        and s.gap.shape == (2, 3, 2)
        and s.failed == 0
    )
    assert s.data.epsilon.values[1] == "tanh(theta)" and s.data.debug.dtype == bool
    single = hypoco.spectrum(epsilon="tanh(theta)", epsilon_amplitude=0.5, space_degree=12)
    assert s.gap.sel(epsilon="tanh(theta)", epsilon_amplitude=0.5, debug=True) == single.gap
    assert s.gap.attrs["units"] == "1/time" and isinstance(
        hypoco.open(s.save("sweep.h5")), hypoco.Sweep
    )
    assert (
        hypoco.sweep(gamma=[0.5, 1], space_degree=6).gap.sel(gamma=0.5).item()
        == hypoco.spectrum(gamma=0.5, space_degree=6).gap
    )
    v = hypoco.verify(space_degree=8, time_end=4)
    assert (
        v.code == 0
        and v.statements.sel(name="P > 0").verdict == "holds"
        and v.statements.proved.dtype == bool
    )
    assert v.statements.to_dataframe().shape[0] == len(v.summary["statements"])
    steady = hypoco.steady(space_degree=12, epsilon="0.3*sin(theta)")
    assert np.abs(steady.identities.left - steady.identities.right).max() < 1e-6
    assert list(v.to_dataframe().index) == list(v.t) and len(v.to_dataframe("eigenvalue")) > 2
    assert s.to_dataframe().gap.loc["tanh(theta)", 0.5, True] == single.gap
    refused(hypoco.BadInput, ["no dimension", "step"], v.to_dataframe, "step")
    for result in (v, s, steady, single):  # the whole file in pandas, and no array more than once
        tables = result.to_dataframes()
        assert sum(table.size for table in tables.values()) == sum(
            item.size
            for name, item in result.data.variables.items()
            if name in result.data.data_vars
            or (name,) not in {i.dims for i in result.data.values()}
        )
        for dims, table in tables.items():
            for name in table.columns:
                values = result.data[name].values
                assert list(map(str, table[name])) == list(map(str, values.ravel())), (dims, name)
    t = hypoco.theory(learning_rate=0.01, staleness=0.9, noise=1)
    assert abs(t.equation.gamma - np.sqrt(10)) < 1e-12 and "regime" in dir(t)
    m = hypoco.sample(learning_rate=0.01, staleness=0.9, noise=1, paths=200, steps=20)
    assert m.series["theta2"].dims == ("step",) and m.options["sample_paths"] == 200
    from hypoco.options import components

    split = components({"model_omega0": [1, 5], "epsilon": "0.5*sin(theta)"})
    assert split["model_dimension"] == 2 and split["epsilon_2"] == "0.5*sin(theta2)"


def test_doctests():
    for name in ("hypoco", "hypoco.run", "hypoco.result"):
        failed, tried = doctest.testmod(importlib.import_module(name))
        assert tried and not failed, name


def test_errors():
    """Errors of the program are exceptions with its sentence and code;
    its warnings are Python warnings."""
    assert refused(hypoco.BadInput, ["unknown option", "gama"], hypoco.solve, gama=1).code == 2
    refused(ValueError, ["model_gamma", "-1"], hypoco.solve, gamma=-1)
    refused(hypoco.Error, ["epsilon", "sinn"], hypoco.spectrum, epsilon="sinn(theta)")
    assert refused(OSError, ["missing.h5"], hypoco.open, "missing.h5").code == 4
    refused(
        hypoco.BadInput, ["lists of"], hypoco.solve, omega0=[1, 2, 3], epsilon=["sin(theta1)", "0"]
    )
    refused(AttributeError, ["no nothing"], getattr, hypoco.spectrum(space_degree=8), "nothing")
    with open("notes.h5", "w") as file:
        file.write("no result")
    refused(hypoco.FileFailure, ["notes.h5"], hypoco.open, "notes.h5")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        hypoco.solve(epsilon="0.5*sin(theta)", space_degree=6, time_end=3)
    assert any(
        issubclass(item.category, hypoco.Warned) and "degree" in str(item.message)
        for item in caught
    )


def test_ranks():
    """ranks runs the same on several; Ctrl-C stops the run and its ranks;
    progress is shown where it is asked for."""
    one, two = hypoco.spectrum(**{**SMALL, "time_end": None}), hypoco.spectrum(
        ranks=2, **{**SMALL, "time_end": None}
    )
    assert two.file.number("ranks") == 2 and abs(one.gap - two.gap) < 1e-11
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    for ranks in (1, 2):
        output = os.path.abspath(f"long{ranks}.h5")
        for leftover in (output, output + ".tmp"):
            if os.path.exists(leftover):
                os.remove(leftover)
        mark = f"-output {output}"

        def interrupt():
            """when the run has begun; it would take hours.
            The file has its own name from the first snapshot on."""
            while not (os.path.exists(output + ".tmp") or os.path.exists(output)):
                time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGINT)

        timer = threading.Thread(target=interrupt)
        timer.start()
        try:
            hypoco.solve(
                space={"type": "tensor"},
                axis={"x": {"n": 128}, "v": {"n": 128}},
                time_end=1e6,
                time_output_interval=10,
                ranks=ranks,
                rate_check=False,
                output=output,
            )
            raise AssertionError("it was not interrupted")
        except KeyboardInterrupt:
            timer.join()
        while any(  # the ranks are killed, and gone a moment later; CTest knows a limit
            mark in line
            for line in subprocess.run(
                ["ps", "-eo", "args"], capture_output=True, text=True, check=True
            ).stdout.splitlines()
        ):
            time.sleep(0.1)
    code = (
        "import hypoco; hypoco.sweep(gamma=[.5, .6, .7, .8], epsilon='.3*sin(theta)',"
        " space_degree=30, progress=True)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": f"{ROOT}/python"},
        capture_output=True,
        check=True,
    ).stderr.decode()
    assert "%" in shown and shown.endswith("\r"), shown


def test_tables():
    """A Python function and arrays give what the formula gives, to the error that is stated."""
    from hypoco import program

    function = lambda theta: 0.5 * np.sin(theta)
    if "epsilon_file" not in program.keys(program.find(), "spectrum"):
        refused(hypoco.BadInput, ["give a formula"], hypoco.spectrum, epsilon=function)
        return
    formula = hypoco.spectrum(epsilon="0.5*sin(theta)", space_degree=24)
    table = hypoco.spectrum(epsilon=function, space_degree=24)
    assert abs(table.gap - formula.gap) < 1e-8 and table.tables["epsilon"].error < 1e-10
    slow = hypoco.spectrum(epsilon=lambda theta: 0.5 * float(np.sin(float(theta))), space_degree=24)
    assert slow.gap == table.gap
    points = np.linspace(-10, 10, 400)
    arrays = hypoco.spectrum(epsilon=(points, function(points)), space_degree=24)
    assert abs(arrays.gap - formula.gap) < 1e-5
    plane = {"model_dimension": 2, "space_degree": 8}
    two = hypoco.spectrum(epsilon=["0.3*sin(theta1-theta2)", "0.3*sin(theta2)"], **plane)
    grid = hypoco.spectrum(
        epsilon=[lambda a, b: 0.3 * np.sin(a - b), lambda theta: 0.3 * np.sin(theta)], **plane
    )
    assert abs(two.gap - grid.gap) < 1e-5, (two.gap, grid.gap, grid.tables["epsilon_1"].error)
    refused(hypoco.BadInput, ["finite"], hypoco.spectrum, epsilon=lambda theta: 1 / (theta - theta))
    refused(
        hypoco.BadInput, ["twice"], hypoco.spectrum, epsilon=(np.array([0.0, 0, 1]), np.zeros(3))
    )


def test_hostile():
    """A result file is data, whoever sent it: nothing outside is opened, nothing huge is allocated,
    texts steer nothing."""
    from hypoco.data import File, Unusable

    base = hypoco.solve(**SMALL)

    def changed(name, change):
        base.save(name)
        with open(name, "r+b") as file:  # without its digest, as other programs leave it
            file.seek(-64, os.SEEK_END)
            file.truncate()
        with h5py.File(name, "r+") as file:
            change(file)
        return name

    def replace(name, make):
        def change(file):
            del file[name]
            make(file)

        return change

    with h5py.File("secret.h5", "w") as file:
        file["H"] = np.arange(3.0)
    layout = h5py.VirtualLayout((3,), "f8")
    layout[:] = h5py.VirtualSource("secret.h5", "H", (3,))
    cases = {
        "external": replace("H", lambda f: f.__setitem__("H", h5py.ExternalLink("secret.h5", "H"))),
        "soft": replace("H", lambda f: f.__setitem__("H", h5py.SoftLink("/H"))),
        "virtual": replace("H", lambda f: f.create_virtual_dataset("H", layout)),
        "storage": replace(
            "H", lambda f: f.create_dataset("H", (3,), "f8", external=[("/etc/passwd", 0, 24)])
        ),
        "huge": replace("H", lambda f: f.create_dataset("H", (1 << 40,), "f8", chunks=(1 << 16,))),
        "type": replace("H", lambda f: f.create_dataset("H", data=np.zeros(3, [("a", "f8")]))),
    }
    for name, change in cases.items():
        path = changed(f"hostile-{name}.h5", change)
        try:
            File(path)
            raise AssertionError(f"{path} was accepted")
        except Unusable as problem:
            assert "\n" not in str(problem), problem
        for command in ("plot", "report", "rerun") if name == "external" else ("plot",):
            done = subprocess.run(
                [HYPOCO, command, path], capture_output=True, text=True, check=False, timeout=60
            )
            lines = done.stderr.strip().splitlines()
            assert (
                done.returncode in (2, 4) and len(lines) == 1 and "Traceback" not in done.stderr
            ), (name, command, done)

    def texts(file):
        file.attrs["verdict"] = "<script>alert(1)</script>\x1b[31m$x"
        file.attrs["regime"] = "$\\frac{1}{$"
        file["H"][0] = np.nan

    path = changed("texts.h5", texts)
    page = File(path)
    assert "\x1b" not in page.text("verdict")
    with open(hypoco.open(path).report("texts.html"), encoding="utf-8") as file:
        text = file.read()
    assert "<script>alert" not in text and "\x1b" not in text
    done = subprocess.run(
        [HYPOCO, "plot", path, "-format", "png", "-what", "decay"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_pictures():
    """Axes given, sizes, titles, curves over formulas, several files, text tables;
    the user's settings stay as they were."""
    import matplotlib
    import matplotlib.pyplot as plt

    before = dict(matplotlib.rcParams)
    a, b = hypoco.solve(**SMALL), hypoco.solve(gamma=0.5, **SMALL)
    figure, ax = plt.subplots()
    assert (
        a.plot.decay(ax=ax) is ax and "as proved for" in ax.get_legend().get_texts()[3].get_text()
    )
    assert len(hypoco.compare(a, b).plot.decay().lines) == 2
    assert len(a.plot.phase(coordinates="ty", time=2)) == 6
    s = hypoco.sweep(
        epsilon=["sin(theta)", "tanh(theta)"], epsilon_amplitude=[0, 0.5, 1], space_degree=12
    )
    labels = [text.get_text() for text in s.plot.sweep().get_legend().get_texts()]
    assert labels == ["sin(θ)", "tanh(θ)"], labels
    from hypoco import answer
    from hypoco.pictures import sweep

    _, figure = next(sweep.draw(s.file))  # the pointer finds the value of every curve
    gap = f"{s.gap.sel(epsilon='tanh(theta)', epsilon_amplitude=0.5).item():.6g}"
    assert f"tanh(theta) = {gap}" in figure.hover[3][1], figure.hover
    one = hypoco.sweep(
        epsilon="sin(theta)", epsilon_amplitude=[0, 0.5, 1], debug=[True, False], space_degree=12
    )
    one.save("one.h5")
    _, figure = next(sweep.draw(one.file, sweep.Look(hue="debug")))
    assert "debug" not in figure._suptitle.get_text() and len(figure.axes[0].get_lines()) == 2
    single = hypoco.sweep(epsilon="sin(theta)", epsilon_amplitude=[0, 0.5, 1], space_degree=12)
    _, figure = next(sweep.draw(single.file))
    above, below = figure.axes  # the guaranteed rate, far below, has a panel of its own
    assert below.get_ylabel() == "guaranteed" and below.get_ylim()[0] < 0 < below.get_ylim()[1]
    assert "guaranteed rate is between" in answer.sentences(single.file)
    labels = [text.get_text() for text in above.get_legend().get_texts()]
    assert r"$\mu$ as proved for $\varepsilon=0$" in labels, labels
    assert dict(matplotlib.rcParams) == before
    table = np.column_stack([np.linspace(-30, 30, 9), np.zeros(9)])
    refused(hypoco.BadInput, ["epsilon", "(theta, values)"], hypoco.solve, epsilon=table)
    refused(hypoco.BadInput, ["'gama'; nearest: model_gamma"], hypoco.solve, gama=1)
    from hypoco.data import error_bar, proved

    given = (0.25, 0.2501, 0.0996, 6.2e-11, 0.1, 0)  # bars are never rounded down
    assert [error_bar(x) for x in given] == ["0.25", "0.26", "0.1", "6.2e-11", "0.1", "0"]
    names = {"loss_name": "tanh"}, {"epsilon": np.sin, "epsilon_amplitude": 0.5}, {}
    for given in names:  # eps = 0 is what the program says of the model, not a list of keys
        r = hypoco.verify(space_degree=8, time_end=4, **given)
        rate, bound = r.file.guaranteed()
        lines = repr(r).splitlines()
        assert rate == r.certificate.mu
        assert f"guaranteed {proved(rate, 10)} 1/time ({bound})" in lines
        said = answer.sentences(r.file)
        assert ("for ε = 0, not for this ε" in said) == r.file.perturbed() == bool(given), said
        assert ("ε = 0" in r.file.epsilon_label()) != bool(given), r.file.epsilon_label()
        figure, ax = plt.subplots()
        r.plot.decay(ax=ax)
        labels = [text.get_text() for text in ax.get_legend().get_texts()]
        words = "no bound of $H$" if given else "bound of $H$"
        assert any(text.startswith(words) and "as proved" in text for text in labels), labels
        figure, ax = plt.subplots()
        r.plot.spectrum(ax=ax)
        labels = [text.get_text() for text in ax.get_legend().get_texts()]
        assert r"$-\mu$ as printed for $\varepsilon=0$" in labels, labels
    r = hypoco.verify(space_degree=8, time_end=4, epsilon="3*sin(theta)", output="none.h5")
    said = answer.sentences(r.file)
    assert said.startswith("Nothing is guaranteed. ") and "guaranteed nothing" in repr(r), said
    a.save("a.h5"), b.save("b.h5"), hypoco.verify(space_degree=8, time_end=4).save("v.h5")

    def plot(*words):
        done = subprocess.run([HYPOCO, "plot", *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    assert plot("a.h5", "b.h5", "-plot_together", "true", "-format", "png") == ["a-decay.png"]
    (name,) = plot(
        "a.h5",
        "-what",
        "decay",
        "-format",
        "png",
        "-resolution",
        "100",
        "-plot_width",
        "5",
        "-plot_height",
        "4",
        "-plot_title",
        "Mine",
        "-plot_font_size",
        "10",
        "-plot_style",
        "ggplot",
    )
    with open(name, "rb") as file:
        head = file.read(24)
    assert (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")) == (500, 400)
    table, tex = plot("v.h5", "-what", "statements", "-format", "csv,tex")
    import csv

    with open(table, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(hypoco.open("v.h5").statements.name) and float(rows[0]["right"]) > 0
    with open(tex, encoding="utf-8") as file:
        text = file.read()
    assert (
        text.count("\\\\") == len(rows) + 1
        and text.count("$") % 2 == 0
        and r"\varepsilon_0 < \mu/C_1" in text
    )


def test_install():
    """pip installs the package into a fresh environment,
    and the first lines of the documents work there."""
    subprocess.run(
        ["/usr/bin/python3", "-m", "venv", "--system-site-packages", "fresh"],
        check=True,
        capture_output=True,
    )
    shutil.rmtree("copy", ignore_errors=True)
    shutil.copytree(
        f"{ROOT}/python",
        "copy",
        ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"),
    )
    subprocess.run(
        ["fresh/bin/pip", "install", "--no-build-isolation", "--no-deps", "--no-index", "./copy"],
        check=True,
        capture_output=True,
    )
    code = """
import matplotlib.pyplot as plt
import numpy as np
import hypoco

ax = plt.subplots()[1]
r = hypoco.solve(omega0=[1, 5], gamma=.8, epsilon="0.5*sin(theta)", space_degree=8, time_end=5)
assert r.rate > 0 and r.rate.error >= 0 and r.series.H[-1] < r.series.H[0]
assert r.g.sel(t=2).dims == ("pair", "v", "x") and "theta" in r.g_theta_y.coords
assert r.plot.decay(ax=ax) is ax and r.report() == "result.html"
r.save("run.h5")
amplitudes = np.linspace(0, 1, 3)
s = hypoco.sweep(epsilon=["sin(theta)", "tanh(theta)"], epsilon_amplitude=amplitudes)
assert len(s.gap.plot(hue="epsilon")) == 2
assert hypoco.open("run.h5").rate == r.rate and len(hypoco.compare("run.h5", "run.h5").results) == 2
assert abs(hypoco.certificate(epsilon="0.3*sin(theta)").mu - 0.3267949) < 1e-6
assert hypoco.sample(learning_rate=.01, staleness=.9, noise=1, paths=9, steps=9).step.size == 10
assert hypoco.theory(learning_rate=.01, staleness=.9, noise=1).regime == "over-damped"
assert "site-packages" in hypoco.__file__
print(hypoco.__version__)
"""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    said = subprocess.run(
        ["fresh/bin/python", "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    ).stdout.strip()
    version = subprocess.run(
        [HYPOCO, "--version"], check=True, capture_output=True, text=True
    ).stdout.split()[1]
    assert said == version, (said, version)


globals()["test_" + TEST]()
