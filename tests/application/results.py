"""Result files as a user meets them: opened by name, drawn, reported, repeated;
read while a run goes on, and after damage.

Usage: results.py HYPOCO TEST; HYPOCO_LAUNCH as set by CTest.
"""
import fcntl
import glob
import html
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

try:
    import h5py
    import numpy as np
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

HYPOCO, TEST = sys.argv[1:3]
LAUNCH = os.environ.get("HYPOCO_LAUNCH", "").split()
SERIES = ("time", "mass", "norm2", "grad_x2", "grad_v2", "grad_xv", "H")

BASE = """
model: {omega0: 1.2, gamma: 1, beta: 2}
space: {type: tensor}
axis:
  x: {type: fv, n: 40, width: 6}
  v: {type: fv, n: 36, width: 6}
initial: {type: gaussian, mean: [0.7, 0.3], covariance: 0.3}
time: {end: 2, output_interval: 0.1}
snapshot_interval: 0.5
"""
TWO = """
model: {dimension: 2}
space: {type: simplex, degree: 6}
initial: {type: gaussian, mean: [0.7, 0.3, 0.1, 0], covariance: 0.8}
time: {end: 1, output_interval: 0.1}
snapshot_interval: 0.5
"""


def call(*words, launch=False, code=0):
    """Runs hypoco; (stdout, stderr)."""
    done = subprocess.run(
        (LAUNCH if launch else []) + [HYPOCO, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (
        done.returncode == code
    ), f"{words}: code {done.returncode}, expected {code}\n{done.stdout}\n{done.stderr}"
    return done.stdout, done.stderr


def solve(name, text=BASE, *options):
    for leftover in glob.glob(name + ".*"):
        os.remove(leftover)
    with open(name + ".yaml", "w") as file:
        file.write(text)
    call(
        "solve",
        name + ".yaml",
        "-output",
        name + ".h5",
        "-json",
        name + ".json",
        *options,
        launch=True,
    )
    return name + ".h5"


def one_sentence(text):
    """What a user sees of a failure: a single line without a traceback."""
    lines = [line for line in text.splitlines() if line]
    assert len(lines) == 1 and lines[0].startswith("hypoco: error: "), text
    return lines[0]


def test_names():
    """Every quantity has a name, coordinates, a unit; the series is that of the summary;
    densities have mass 1."""
    path = solve("names")
    with open("names.json") as file:
        summary = json.load(file)
    with h5py.File(path) as file:
        for name, item in file.items():
            empty = item.attrs.get("NAME", b"").startswith(b"This is a netCDF dimension")
            assert empty or ("units" in item.attrs and "long_name" in item.attrs), name
            assert (
                empty
                or item.ndim == 0
                or item.fletcher32 != bool(h5py.check_string_dtype(item.dtype))
            ), name  # texts: no filter
            assert item.attrs.get("CLASS") == b"DIMENSION_SCALE" or all(
                len(dim) == 1 for dim in item.dims
            ), name
        for name in SERIES:
            assert np.array_equal(
                file[name][()], summary["series"]["t" if name == "time" else name]
            ), name
        assert file.attrs["state"] == "complete" and file.attrs["program"] == "hypoco"
        assert json.loads(file.attrs["options"])["axis_x_n"] == 40
        assert np.allclose(file["snapshot"][()], [0, 0.5, 1, 1.5, 2], rtol=1e-12)
        x, v = file["x"][()], file["v"][()]
        assert np.isclose(x[-1] - x[0], 12 * 39 / 40 / (np.sqrt(2) * 1.2), rtol=1e-12)
        cell = (x[1] - x[0]) * (v[1] - v[0])
        for k in range(5):
            # values at cell centres, not cell averages:
            # the midpoint rule's error, (dx/sigma)^2/24 at most
            assert abs(file["g"][k, 0].sum() * cell - 1) < 1e-2, k
        defect = file["g"][()] - file["F"][()] - file["h"][()] * file["M"][()]
        assert np.abs(defect).max() < 1e-14 * np.abs(file["g"][()]).max()
        theta, density = file["theta_at"][0], file["theta_density"][:, 0]
        series = np.searchsorted(file["time"][()], file["snapshot"][()] - 1e-9)
        for power, name in ((0, None), (1, "theta"), (2, "theta2")):  # moments of the marginal
            moment = (density * theta**power).sum(-1) * (theta[1] - theta[0])
            known = file[name][()].ravel()[series] if name else 1
            assert np.abs(moment - known).max() < 1e-2, (name, moment, known)
        assert 0 < file["theta_density_error"][()].max() < 2e-2


def test_xarray():
    """xarray finds everything by name, without being told how."""
    import xarray

    for name, text in (("one", BASE), ("two", TWO)):
        with xarray.open_dataset(solve(name, text)) as data:
            data.load()
            assert data["g"].dims == ("snapshot", "pair", "v", "x")
            assert data["H"].sel(time=0.5, method="nearest").item() < data["H"][0].item()
            assert data["g"].sel(pair=data.pair.size, snapshot=0.5, method="nearest").attrs["units"]


def grids(block):
    """The leaves of a VTK data object."""
    if not hasattr(block, "GetNumberOfBlocks"):
        return [block]
    return [leaf for i in range(block.GetNumberOfBlocks()) for leaf in grids(block.GetBlock(i))]


def test_xdmf():
    """VTK's own reader sees grids, times and values; both files can be moved together."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkCommonExecutionModel import vtkStreamingDemandDrivenPipeline as stages
    from vtkmodules.vtkIOXdmf2 import vtkXdmfReader

    for name, text, pairs in (("one", BASE, 1), ("two", TWO, 2)):
        solve(name, text)
        os.makedirs("moved", exist_ok=True)
        for ending in ("h5", "xdmf"):
            shutil.move(f"{name}.{ending}", f"moved/{name}.{ending}")
        reader = vtkXdmfReader()
        reader.SetFileName(os.path.abspath(f"moved/{name}.xdmf"))
        with h5py.File(f"moved/{name}.h5") as file:
            for k, t in enumerate(file["snapshot"][()]):
                reader.UpdateTimeStep(t)
                reader.Update()
                leaves = grids(reader.GetOutputDataObject(0))
                assert len(leaves) == pairs
                if pairs == 1:  # what ParaView draws
                    extent = reader.GetOutputInformation(0).Get(stages.WHOLE_EXTENT())
                    assert extent == (0, file["x"].size - 1, 0, file["v"].size - 1, 0, 0), extent
                for pair, leaf in enumerate(leaves):
                    assert np.array_equal(vtk_to_numpy(leaf.GetXCoordinates()), file["x"][()])
                    # no pair hides another
                    assert leaf.GetZCoordinates().GetValue(0) == pair * np.ptp(file["x"])
                    for quantity, values in (
                        ("g", file["g"][k, pair]),
                        ("h", file["h"][k, pair]),
                        ("F", file["F"][pair]),
                        ("M", file["M"][()]),
                    ):
                        found = vtk_to_numpy(leaf.GetPointData().GetArray(quantity))
                        assert np.array_equal(found, values.ravel()), (name, quantity, k)
    for model, quantity, across in (
        ("asgd", "theta_y_density", "y_edge"),
        ("workers", "theta_density", "theta_edge"),
    ):
        words = "-model_learning_rate 0.01 -model_staleness 0.9 -model_noise 1 -sample_paths 90"
        words += f" -sample_steps 60 -sample_snapshots 20,60 -sample_model {model}"
        call("sample", *words.split(), "-output", f"{model}.h5")
        reader = vtkXdmfReader()
        reader.SetFileName(os.path.abspath(f"{model}.xdmf"))
        reader.UpdateTimeStep(60)
        reader.Update()
        (leaf,) = grids(reader.GetOutputDataObject(0))
        with h5py.File(f"{model}.h5") as file:
            found = vtk_to_numpy(leaf.GetCellData().GetArray(quantity))
            assert np.array_equal(found, file[quantity][1, 0].ravel()), model
            assert np.array_equal(vtk_to_numpy(leaf.GetXCoordinates()), file[across][1, 0])


def png_size(path):
    with open(path, "rb") as file:
        head = file.read(24)
    assert head[:8] == b"\x89PNG\r\n\x1a\n", path
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def test_plot():
    """All pictures a file allows, in the formats asked for; a film;
    a clear word where there is nothing to draw."""
    path = solve("plot")
    written = call("plot", path)[0].split()
    assert written == [
        "plot-decay.png",
        "plot-decay.pdf",
        "plot-norms.png",
        "plot-norms.pdf",
        "plot-phase.png",
        "plot-phase.pdf",
        "plot-theta.png",
        "plot-theta.pdf",
    ], written
    assert all(min(png_size(name)) > 800 for name in written if name.endswith("png"))
    written = call("plot", path, "-what", "decay", "-format", "svg", "-output", "elsewhere")[
        0
    ].split()
    assert written == ["elsewhere-decay.svg"]
    with open("elsewhere-decay.svg") as file:
        assert "</svg>" in file.read()
    (name,) = call("plot", path, "-what", "decay", "-output", "mine.PNG")[0].split()
    assert name == "mine.PNG" and min(png_size(name)) > 800
    film = call("plot", path, "-what", "animation", "-resolution", 60)[0].split()
    assert len(film) == 1 and os.path.getsize(film[0]) > 10000
    assert "decay, norms, phase, theta" in one_sentence(
        call("plot", path, "-what", "spectrum", code=4)[1]
    )
    call(
        "spectrum",
        "-space_type",
        "simplex",
        "-space_degree",
        12,
        "-output",
        "spectrum.h5",
        "-propagator_times",
        "0.5,1,2",
    )
    small = ("-format", "png", "-resolution", 60)
    assert call("plot", "spectrum.h5", *small)[0].split() == [
        "spectrum-spectrum.png",
        "spectrum-propagator.png",
    ]
    two = call("plot", solve("two", TWO), *small)[0].split()
    assert two == [
        "two-decay.png",
        "two-norms.png",
        "two-phase-pair1.png",
        "two-phase-pair2.png",
        "two-theta.png",
    ], two


def measure(page, width):
    """What Chromium makes of a page in a window of that width:
    scroll width, pictures, pictures that failed, outside requests."""
    probe = """<script>addEventListener("load", () => { const images = [...document.images];
      document.title = JSON.stringify([document.documentElement.scrollWidth, innerWidth,
      images.length,
        images.filter(i => !i.naturalWidth).length,
        performance.getEntriesByType("resource").filter(e => !e.name.startsWith("data:")).length]);
        });</script>"""
    with open(page) as file:
        text = file.read()
    with open("probe.html", "w") as file:
        file.write(text.replace("</body>", probe + "</body>"))
    browser = [
        shutil.which("chromium") or "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--user-data-dir=" + os.path.abspath("browser"),
        "--virtual-time-budget=5000",
    ]
    # Chromium has a least width for windows, so the phone is a frame inside one
    with open("frame.html", "w") as file:
        file.write(
            f'<iframe id="f" src="probe.html" style="width:{width}px;height:2000px;border:0" '
            'onload="setTimeout(() => document.title = f.contentDocument.title, 500)"></iframe>'
        )
    dom = subprocess.run(
        browser
        + [
            "--allow-file-access-from-files",
            "--dump-dom",
            "file://" + os.path.abspath("frame.html"),
        ],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    ).stdout
    return json.loads(re.search("<title>(.*?)</title>", dom).group(1))


def test_report():
    """One page, no network, that fits a phone and a desktop, with every picture shown."""
    page = call("report", solve("report"))[0].strip()
    assert page == "report.html"
    with open(page) as file:
        text = file.read()
    assert "hypoco rerun" in text and "axis_x_n" in text and "as printed" in text
    with h5py.File("report.h5") as file:  # a row of the table of results is a line of the page
        for part in json.loads(file.attrs["quantities"]):
            for row in part["rows"]:
                assert row["name"] in file.attrs or row["name"] in file, row
                assert f"<td>{html.escape(row['name'])}</td>" in text or row["many"], row
                assert html.escape(row["long_name"]) in text or row["many"], row
        assert f"{file.attrs['total_s'].item():.10g}" in text
    assert not re.search(r"(src|href)=(?!\"data:)", text), "the page refers to something outside"
    assert all(len(seen.split()) > 5 for seen in re.findall('alt="([^"]*)"', text))
    for width in (390, 1280):
        scroll, window, images, broken, outside = measure(page, width)
        assert window == width and scroll <= width, f"{scroll} pixels wide in a window of {window}"
        assert images == 4 and broken == 0 and outside == 0


def test_rerun():
    """A repeated run gives the same numbers; a file whose numbers were changed is noticed."""
    path = solve("rerun")
    assert "the same to 1e-12" in call("rerun", path)[0]
    shutil.copy(path, "changed.h5")
    with h5py.File("changed.h5", "r+") as file:
        file["norm2"][3] *= 1 + 1e-9
    with open("changed.h5", "r+b") as file:  # other programs leave no digest behind, and need none
        if file.seek(-64, os.SEEK_END) and file.read().startswith(b"\nhypoco"):
            file.seek(-64, os.SEEK_END)
            file.truncate()
    out = call("rerun", "changed.h5", code=3)[0]
    assert re.search(r"norm2 .*differs", out) and "different" in out


def test_start_from_file():
    """A run starts where another ended, on any number of ranks;
    another model is refused, with both values."""
    whole = solve("whole", BASE)
    first = solve("first", BASE, "-time_end", "1")
    rest = BASE.replace(
        "initial: {type: gaussian, mean: [0.7, 0.3], covariance: 0.3}",
        f"initial: {{type: file, file: {first}}}",
    )
    second = solve("second", rest, "-time_end", "1")
    with h5py.File(whole) as one, h5py.File(second) as two:
        assert np.allclose(one["coefficients"][()], two["coefficients"][()], rtol=0, atol=1e-9)
        assert np.allclose(one["H"][10:], two["H"][()], rtol=1e-8)
    for change, words in (
        (("-model_beta", 3), ("beta = 2", "has 3")),
        (("-axis_x_n", 41), ("axis_x_n = 40", "has 41")),
        (("-axis_v_width", 6.5), ("axis_v_nodes", "this run has")),
    ):
        sentence = one_sentence(call("solve", "second.yaml", *change, code=2)[1])
        assert all(word in sentence for word in words), sentence


def test_damage():
    """Whatever is not a whole result file gives one sentence and exit code 4."""
    path = solve("good")
    with open(path, "rb") as file:
        content = file.read()
    call("plot", path, "-format", "png", "-what", "decay")
    cases = {
        "empty.h5": b"",
        "text.h5": b"not a result\n" * 100,
        "cut.h5": content[: len(content) // 2],
        "head.h5": content[:100],
        "cut_end.h5": content[: -64 - 1000],
    }
    for seed in range(12):
        random.seed(seed)
        changed = bytearray(content)
        changed[random.randrange(len(content) - 64)] ^= 1 << random.randrange(8)
        cases[f"bit{seed}.h5"] = bytes(changed)
    for name, data in cases.items():
        with open(name, "wb") as file:
            file.write(data)
        sentence = one_sentence(call("plot", name, code=4)[1])
        assert name in sentence, sentence
    with h5py.File("foreign.h5", "w") as file:
        file["numbers"] = np.arange(10)
    assert "not a result of hypoco" in one_sentence(call("plot", "foreign.h5", code=4)[1])
    one_sentence(call("plot", "missing.h5", code=4)[1])


def test_while_running():
    """At any moment of a run, and after a kill, the file is there and whole,
    and a second run into it is refused."""
    text = (
        BASE.replace("n: 40", "n: 200")
        .replace("n: 36", "n: 200")
        .replace("end: 2, output_interval: 0.1", "end: 1000, output_interval: 0.02")
    )
    with open("long.yaml", "w") as file:
        file.write(text.replace("snapshot_interval: 0.5", "snapshot_interval: 0.02"))
    for leftover in glob.glob("long.h5*"):
        os.remove(leftover)
    process = subprocess.Popen(
        LAUNCH + [HYPOCO, "solve", "long.yaml", "-output", "long.h5"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        lengths = set()
        while len(lengths) < 3:
            assert process.poll() is None, f"{len(lengths)} versions seen, code {process.poll()}"
            if os.path.exists("long.h5"):
                with h5py.File("long.h5") as file:
                    n = file["time"].size
                    assert all(
                        file[name].shape == (n,) and np.isfinite(file[name][()]).all()
                        for name in SERIES
                    )
                    assert (
                        file["g"].shape[0] == file["snapshot"].size
                        and file.attrs["state"] == "running"
                    )
                    lengths.add(n)
            time.sleep(0.01)
        assert "another run is writing it" in one_sentence(
            call("solve", "long.yaml", "-output", "long.h5", code=4)[1]
        )
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with h5py.File("long.h5") as file:
        assert file["time"].size >= max(lengths)
    call("plot", "long.h5", "-what", "decay", "-format", "png")
    with open("long.h5.lock") as lock:  # the launcher's children die a moment later than it does
        fcntl.flock(lock, fcntl.LOCK_EX)
    call("solve", "long.yaml", "-output", "long.h5", "-time_end", "0.1", launch=True)


def test_progress():
    """On a terminal a line says what is done, how fast, and how long it will take;
    elsewhere only if asked for."""
    paths = (
        "sample",
        "-model_learning_rate",
        0.01,
        "-model_staleness",
        0.9,
        "-model_noise",
        1,
        "-sample_paths",
        200000,
        "-sample_steps",
        300,
        "-sample_every",
        10,
    )
    grid = (
        "solve",
        "-space_type",
        "tensor",
        "-axis_x_n",
        90,
        "-axis_v_n",
        90,
        "-time_end",
        30,
        "-rate_check",
        "false",
    )
    with open("progress.yaml", "w") as file:
        file.write(
            "model: {dimension: 2}\nepsilon_1: 0.2*sin(theta1)*cos(theta2)\nepsilon_2: "
            "0.1*sin(theta2)\n"
            "space: {type: simplex, degree: 12}\nsweep: "
            "{key_1: model_gamma, values_1: '0.8:2.8:12'}\n"
        )
    shutil.rmtree("progress.cases", ignore_errors=True)
    for unit, words in (
        ("path-steps", paths),
        ("t", grid),
        ("cases", ("sweep", "progress.yaml", "-output", "progress.h5")),
    ):
        if unit == "cases":
            seen = call(*words, "-progress", "on")[1].replace(
                "\n", "\r"
            )  # Python reads either as the end of a line
        else:
            assert call(*words, "-progress", "auto")[1] == "", "a line where there is no terminal"
            ours, theirs = os.openpty()
            with subprocess.Popen(
                [HYPOCO, *map(str, words)], stdout=subprocess.DEVNULL, stderr=theirs
            ) as process:
                os.close(theirs)
                seen = b""
                try:
                    while more := os.read(ours, 4096):
                        seen += more
                except OSError:  # the last one has hung up
                    pass
            assert process.returncode == 0
            seen = seen.decode()
        assert re.search(
            r"\r" + unit + r" [\d.e+]+ of [\d.e+]+ \(\d+ %\), [\d.e+]+ per second, \d+ s left", seen
        ), (unit, seen)
        assert seen.endswith("\r\033[K"), "the line is taken away at the end"


def test_gallery():
    """One script makes every picture of the gallery from its option file,
    here from smaller runs, and runs of each command can be repeated.
    All runs at their size: REPEAT=1 bash docs/gallery.sh HYPOCO FOLDER"""
    root = os.environ["HYPOCO_SOURCE_DIR"]
    with open(os.path.join(root, "docs", "gallery.md")) as file:
        shown = sorted(re.findall(r"\(gallery/([a-z-]+)\.png\)", file.read()))
    done = subprocess.run(
        ["bash", os.path.join(root, "docs", "gallery.sh"), HYPOCO, "pictures"],
        capture_output=True,
        text=True,
        env={**os.environ, "REPEAT": "1", "QUICK": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(name[:-4] for name in os.listdir("pictures")) == shown and len(shown) >= 10
    kinds = ("solve", "verify", "sample", "sweep", "spectrum")
    assert done.stdout.count("the same to 1e-12") == len(kinds), done.stdout
    assert all(min(png_size(f"pictures/{name}.png")) > 300 for name in shown)


globals()["test_" + TEST]()
