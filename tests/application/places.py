"""Anything may be the name of an output, without harm to anything else.

Usage: places.py HYPOCO.  Devices, pipes, links, inputs and read-only files stay what they are;
each refusal is one sentence.
"""
import fcntl
import os
import stat
import subprocess
import sys
import threading

try:
    import h5py
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

HYPOCO = sys.argv[1]
SOLVE = ["solve", "-space_degree", "6", "-time_end", "0.5", "-progress", "off"]


def call(*words, code=0):
    done = subprocess.run(
        [HYPOCO, *map(str, words)], capture_output=True, text=True, timeout=100, check=False
    )
    assert (
        done.returncode == code
    ), f"{words}: code {done.returncode}, expected {code}\n{done.stdout}\n{done.stderr}"
    return done.stderr


def refused(words, *expected, code):
    lines = [
        line
        for line in call(*words, code=code).splitlines()
        if not line.startswith("hypoco: warning")
    ]
    assert len(lines) == 1 and lines[0].startswith("hypoco: error: "), lines
    assert all(word in lines[0] for word in expected), (expected, lines[0])


def put(path, text):
    with open(path, "w") as file:
        file.write(text)
    return path


def same(path, text):
    with open(path) as file:
        assert file.read() == text, f"{path} was changed"


def test_devices():
    if os.geteuid() == 0:  # a device of our own: nothing of the machine's is at stake
        if not os.path.exists("null"):
            os.mknod("null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        refused([*SOLVE, "-output", "null"], "null", "device", code=4)
        call(*SOLVE, "-json", "null")
        assert stat.S_ISCHR(os.lstat("null").st_mode)
    if not os.path.exists("pipe"):
        os.mkfifo("pipe")
    refused([*SOLVE, "-output", "pipe"], "pipe", code=4)
    read = []
    reader = threading.Thread(target=lambda: read.append(open("pipe").read()))
    reader.start()
    call(*SOLVE, "-json", "pipe")
    reader.join(20)
    assert read and '"verdict": "done"' in read[0] and stat.S_ISFIFO(os.lstat("pipe").st_mode)
    os.makedirs("folder", exist_ok=True)
    for key in ("-output", "-json"):
        refused([*SOLVE, key, "folder"], "is a folder", code=4)


def test_links():
    """A link's target is replaced, the link stays; a link to nothing makes its target."""
    os.makedirs("far", exist_ok=True)
    for name in ("far/one.h5", "far/two.json"):
        if os.path.exists(name):
            os.remove(name)
    for link, target in (
        ("one.h5", "far/one.h5"),
        ("two.json", "far/two.json"),
        ("again.h5", "one.h5"),
    ):
        if not os.path.islink(link):
            os.symlink(target, link)
    for output in ("one.h5", "again.h5"):
        call(*SOLVE, "-output", output, "-json", "two.json")
        assert all(map(os.path.islink, ("one.h5", "two.json", "again.h5"))) and not os.path.islink(
            "far/one.h5"
        )
        with h5py.File("far/one.h5") as file:
            assert file.attrs["state"] == "complete"
    victim = put("victim", "mine")
    for ending in (".tmp", ".lock"):
        if not os.path.islink("trap.h5" + ending):
            os.symlink(victim, "trap.h5" + ending)
        refused([*SOLVE, "-output", "trap.h5"], "trap.h5" + ending, "in the way", code=4)
        os.remove("trap.h5" + ending)
        put("trap.h5" + ending, "notes of mine")
        refused([*SOLVE, "-output", "trap.h5"], "trap.h5" + ending, "in the way", code=4)
        same("trap.h5" + ending, "notes of mine")
        os.remove("trap.h5" + ending)
    same(victim, "mine")


def test_locks():
    """A run that is refused leaves the files of the run that has the name."""
    owner = put("held.h5.lock", f"process {os.getpid()} on nowhere, since 2000-01-01T00:00:00Z\n")
    with open(owner) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rest = put("held.h5.tmp", "")
        for words in (
            ["solve", "-checkpoint", "other"],
            ["spectrum"],
            ["sample", "-sample_model", "sde"],
        ):
            refused(
                [*words, "-output", "held.h5"],
                *("another run is writing it", f"process {os.getpid()} "),
                code=4,
            )
            assert os.path.exists(owner) and os.path.exists(rest), words
    call(*SOLVE, "-output", "held.h5")
    assert not os.path.exists(owner) and not os.path.exists(rest)


def test_modes():
    """What a file's owner decided stays: a read-only result is refused, another keeps its mode."""
    for key, name in (("-output", "kept.h5"), ("-json", "kept.json")):
        call(*SOLVE, key, name)
        os.chmod(name, 0o444)
        before = os.stat(name)
        refused([*SOLVE, key, name], name, "read-only", code=4)
        after = os.stat(name)
        assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns), name
        os.chmod(name, 0o640)
        call(*SOLVE, key, name)
        assert stat.S_IMODE(os.stat(name).st_mode) == 0o640, name


def test_inputs():
    """No output takes the place of what the run reads, or of another output."""
    settings = "space: {degree: 6}\ntime: {end: 0.5}\n"
    put("run.yaml", settings)
    put("run.xdmf", settings)
    put("mesh.txt", " ".join(str(-6 + 0.5 * k) for k in range(25)))
    call(*SOLVE, "-output", "start.h5")
    data = put("data.h5", "1 2\n3 4\n5 7\n")
    with open("start.h5", "rb") as file:
        start = file.read()
    rest = [
        "solve",
        "-space_degree",
        "6",
        "-time_end",
        "0.5",
        "-initial_type",
        "file",
        "-initial_file",
        "./start.h5",
    ]
    mesh = ["solve", "-space_type", "tensor", "-axis_x_mesh", "mesh.txt", "-time_end", "0.1"]
    sample = [
        "sample",
        "-model_learning_rate",
        0.01,
        "-model_staleness",
        0.9,
        "-model_noise",
        1,
        "-sample_loss_type",
        "least-squares",
        "-sample_loss_data",
        data,
        "-sample_paths",
        10,
        "-sample_steps",
        10,
    ]
    for words, word in (
        (["solve", "run.yaml", "-output", "run.yaml"], "run.yaml"),
        (["solve", "run.yaml", "-json", "run.yaml"], "run.yaml"),
        (["solve", "run.xdmf", "-output", "run.h5"], "run.xdmf"),  # the file beside the result
        ([*rest, "-output", "start.h5"], "initial_file"),
        ([*rest, "-json", os.path.abspath("start.h5")], "-output"),
        ([*mesh, "-json", "mesh.txt"], "axis_x_mesh"),
        ([*mesh, "-output", "mesh.txt"], "axis_x_mesh"),
        ([*sample, "-output", data], "sample_loss_data"),
        ([*SOLVE, "-output", "same", "-json", "same"], "too"),
        ([*SOLVE, "-output", "a.h5", "-json", "a.h5.checkpoint.1"], "checkpoint"),
        *(([*SOLVE, key, "-"], "standard output") for key in ("-output", "-json", "-checkpoint")),
        (["plot", "start.h5", "-output", "-"], "standard output"),
        (["report", "start.h5", "-output", "-"], "standard output"),
        ([*SOLVE, "-output", "x.xdmf"], ".xdmf"),
        ([*SOLVE, "-json", "x.xdmf"], ".xdmf"),
        ([*SOLVE, "-output", "x.json"], "-json"),
        ([*SOLVE, "-output", "X.JSON"], "-json"),
        ([*SOLVE, "-json", "x.h5"], "-output"),
        ([*SOLVE, "-output", "x.csv"], ".csv"),
        ([*SOLVE, "-output", "x.PNG"], "plot"),
        ([*SOLVE, "-output", "x.html"], "report"),
        (["plot", "start.h5", "-output", "x.h5"], "no ending"),
        (["report", "start.h5", "-output", "x.json"], ".html"),
        (["plot", "start.h5", "start.h5", "-output", "x.png"], "plot_together"),
        (["report", "start.h5", "start.h5", "-output", "x.html"], "one file"),
    ):
        refused(words, word, code=2)
    for name, command in (("run.yaml", "hypoco solve"), ("start.h5", "hypoco plot")):
        refused([name], f"did you mean '{command} {name}'", code=2)
    same("run.yaml", settings)
    same("run.xdmf", settings)
    same("data.h5", "1 2\n3 4\n5 7\n")
    with open("start.h5", "rb") as file:
        assert file.read() == start
    there = ("same", "x.xdmf", "x.json", "x.csv", "a.h5", "-", "-.xdmf")
    assert not any(map(os.path.exists, there))


def test_names():
    """Only known endings are cut, so that names with a dot share nothing."""
    for name in ("run_gamma0.5", "run_gamma0.7", "run.h5", "run.2.h5"):
        call(*SOLVE, "-output", name)
    for name in ("run_gamma0.5.xdmf", "run_gamma0.7.xdmf", "run.2.xdmf"):
        with open(name) as file:
            assert f">{name[:-5]}{'.h5' if '.2.' in name else ''}:/x<" in file.read(), name
    drawn = [
        subprocess.run(
            [HYPOCO, "plot", name, "-format", "png", "-what", "decay"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in ("run_gamma0.5", "run_gamma0.7")
    ]
    assert drawn == ["run_gamma0.5-decay.png\n", "run_gamma0.7-decay.png\n"], drawn
    sweep = [
        "sweep",
        "-space_degree",
        6,
        "-sweep_key_1",
        "model_gamma",
        "-sweep_values_1",
        "1,2",
        "-progress",
        "off",
    ]
    for name in ("sw0.1", "sw0.2"):
        call(*sweep, "-output", name)
        assert os.path.exists(name + ".csv"), name


def test_colon():
    """A name with a colon opens in ParaView."""
    name = "at 12:30:00.h5"
    call(*SOLVE, "-output", name)
    code = (
        "import sys\nfrom vtkmodules.vtkIOXdmf2 import vtkXdmfReader\nr ="
        " vtkXdmfReader()\nr.SetFileName(sys.argv[1])\nr.Update()\nb ="
        " r.GetOutputDataObject(0)\nwhile hasattr(b, 'GetNumberOfBlocks'): b ="
        " b.GetBlock(0)\nprint(b.GetPointData().GetNumberOfArrays())"
    )
    done = subprocess.run(
        ["/usr/bin/python3", "-c", code, os.path.abspath("at 12:30:00.xdmf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "4", done.stdout + done.stderr[-500:]


TESTS = test_devices, test_links, test_locks, test_modes, test_inputs, test_names, test_colon
for test in TESTS:
    test()
