"""A result file is data, whoever sent it: crafted files give one sentence,
run nothing, write nothing, open nothing else.

Usage: hostile.py HYPOCO TEST.
The files are made whole again after every change: their digests are right.
"""
import ctypes
import json
import os
import shutil
import subprocess
import sys

try:
    import h5py
    import numpy as np
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

HYPOCO, TEST = sys.argv[1:3]
SOLVE = ["solve", "-space_degree", "6", "-time_end", "0.5", "-progress", "off"]
AGAIN = [*SOLVE, "-initial_type", "file", "-initial_file"]


class Hash(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


def seal(path):
    """Gives a file the digest of its content, as a forger would."""
    with open(path, "rb") as file:
        data = file.read()
    if data[-64:].startswith(b"\nhypoco xxh3-128"):
        data = data[:-64]
    library = ctypes.CDLL("libxxhash.so.0")
    library.XXH3_128bits.restype = Hash
    library.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    digest = library.XXH3_128bits(data, len(data))
    with open(path, "wb") as file:
        file.write(
            data + b"\n%-62s\n" % (b"hypoco xxh3-128 %016x%016x" % (digest.high, digest.low))
        )


def forge(name, change, source="good.h5"):
    shutil.copy(source, name)
    with open(name, "r+b") as file:
        file.seek(-64, os.SEEK_END)
        file.truncate()
    with h5py.File(name, "r+") as file:
        change(file)
    seal(name)
    return name


def call(*words, code=0, **more):
    # a file must not make the program need memory: 4 GB of address space are plenty for these runs
    limited = ["prlimit", "--as=4000000000", HYPOCO]
    done = subprocess.run(
        limited + [*map(str, words)],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
        **more,
    )
    assert (
        done.returncode == code
    ), f"{words}: code {done.returncode}, expected {code}\n{done.stdout}\n{done.stderr}"
    return done.stdout, done.stderr


def refused(words, *expected, code=4):
    lines = [
        line
        for line in call(*words, code=code)[1].splitlines()
        if not line.startswith("hypoco: warning")
    ]
    lines = [line for line in lines if "ended with code" not in line]
    assert len(lines) == 1 and lines[0].startswith("hypoco: error: "), (words, lines)
    assert all(word in lines[0] for word in expected), (expected, lines[0])
    assert lines[0].isprintable(), lines


def options(changes):
    """A change of the options that a file says it was made with."""

    def change(file):
        values, origins = json.loads(file.attrs["options"]), json.loads(file.attrs["options_from"])
        values.update(changes)
        origins.update(dict.fromkeys(changes, "command line"))
        file.attrs["options"], file.attrs["options_from"] = json.dumps(values), json.dumps(origins)

    return change


def test_rerun():
    """Options in a file run no program and write no file; what is refused is named."""
    call(*SOLVE, "-output", "good.h5")
    with open("evil.sh", "w") as file:
        file.write("#!/bin/sh\ntouch %s/pwned\n" % os.getcwd())
    os.chmod("evil.sh", 0o755)
    here = os.getcwd()
    with open("more.txt", "w") as file:
        file.write("-log_view :%s/pwned\n" % here)
    attacks = {
        "start_in_debugger": f"noxterm,{here}/evil.sh",
        "log_view": f":{here}/pwned",
        "on_error_attach_debugger": f"{here}/evil.sh",
        "options_file": f"{here}/more.txt",
        "ts_monitor_solution": f"binary:{here}/pwned",
        "ts_save_trajectory": None,
        "ts_type": f"{here}/evil.so",
        "ksp_converged_reason": "binary",
        "no_such_key": "1",
    }
    for key, value in attacks.items():
        refused(["rerun", forge("bad.h5", options({key: value}))], key, code=2)
    # where a run writes is no part of what is repeated
    written = options(
        {
            "trust": True,
            "checkpoint": f"{here}/pwned",
            "checkpoint_steps": 1,
            "json": f"{here}/pwned",
        }
    )
    assert "the same" in call("rerun", forge("bad.h5", written))[0]
    assert not [name for name in os.listdir(".") if name.startswith("pwned")], os.listdir(".")
    for key, value in (
        ("initial_file", "/etc/passwd"),
        ("sample_loss_data", "/etc/passwd"),
        ("epsilon_library", "/etc/passwd"),
    ):
        refused(["rerun", forge("bad.h5", options({key: value}))], key, "/etc/passwd", "-trust")
    refused(
        ["rerun", forge("bad.h5", lambda file: file.attrs.__setitem__("ranks", 1e6))], "1e+06 ranks"
    )
    for command in ("rerun", "--help"):
        refused(
            [
                "rerun",
                forge("bad.h5", lambda file, c=command: file.attrs.__setitem__("command", c)),
            ],
            "command",
        )
    refused(
        ["rerun", forge("bad.h5", options({"epsilon": "sin(theta)\x1b]0;owned\x07"}))],
        "epsilon",
        code=2,
    )
    out = call(
        "rerun", forge("bad.h5", lambda file: file.attrs.__setitem__("git_state", "\x1b[31mred"))
    )[0]
    assert "\x1b" not in out
    assert "the same to 1e-12" in call("rerun", "good.h5")[0]


def test_option_files():
    """The same list guards option files:
    what starts programs or writes files needs the command line, or -trust."""
    for text, key in (
        ("start_in_debugger: noxterm,./evil.sh", "start_in_debugger"),
        ("log_view: ':out.txt'", "log_view"),
        ("ts: {monitor: 'ascii:out.txt'}", "ts_monitor"),
        ("options_file: more", "options_file"),
        ("epsilon_library: ./evil.so", "epsilon_library"),
        ("trust: true", "trust"),
    ):
        with open("run.yaml", "w") as file:
            file.write(f"space: {{degree: 6}}\ntime: {{end: 0.5}}\n{text}\n")
        refused(["solve", "run.yaml"], "run.yaml:3", key, code=2)
    # names that would move the cursor of a terminal are shown as they are written
    for text, code in (
        ('output: "x\\e]0;y\\a.h5"', 2),
        ('initial: {type: file, file: "x\\e]0;y\\a.h5"}', 4),
        ('epsilon_file: "x\\e[2J"', 4),
    ):
        with open("run.yaml", "w") as file:
            file.write(f"space: {{degree: 6}}\ntime: {{end: 0.5}}\n{text}\n")
        refused(["solve", "run.yaml"], "x\\x1b", code=code)
    refused(["plot", "x\x1b[2J"], "x\\x1b")
    with open("run.yaml", "w") as file:
        file.write(
            "space: {degree: 6}\ntime: {end: 0.5}\nlog_view: ':out.txt'\n"
            "ts: {exponential_tolerance: 1e-11}\n"
        )
    call("solve", "run.yaml", "-trust")
    assert os.path.getsize("out.txt") > 0
    os.remove("out.txt")
    call(*SOLVE, "-log_view", ":out.txt")  # the command line is the user's own
    assert os.path.getsize("out.txt") > 0


def replace(name, make):
    def change(file):
        if name in file:
            del file[name]
        make(file)

    return change


def external(file):
    file.create_dataset(
        "coefficients",
        shape=(28,),
        dtype="f8",
        external=[(os.path.abspath("secret.bin"), 0, 28 * 8)],
    )


def virtual(file):
    layout = h5py.VirtualLayout(shape=(28,), dtype="f8")
    layout[:] = h5py.VirtualSource(os.path.abspath("other.h5"), "coefficients", shape=(28,))
    file.create_virtual_dataset("coefficients", layout)


def huge_chunks(file):
    file.create_dataset(
        "coefficients",
        shape=(28,),
        maxshape=(None,),
        chunks=(2**27,),
        dtype="f8",
        compression="gzip",
    )
    file["coefficients"][:] = 0


def test_initial():
    """An initial file: links, values elsewhere, wrong shapes, types and sizes, nothing finite."""
    call(*SOLVE, "-output", "good.h5")
    shutil.copy("good.h5", "other.h5")
    np.zeros(1000).tofile("secret.bin")
    with h5py.File("good.h5") as file:
        assert file["coefficients"].shape == (28,), file["coefficients"].shape
    name = "coefficients"
    for change in (
        replace(name, external),
        replace(name, virtual),
        replace(name, huge_chunks),
        replace(
            name,
            lambda f: f.__setitem__(name, h5py.ExternalLink(os.path.abspath("other.h5"), name)),
        ),
        replace(name, lambda f: f.__setitem__(name, h5py.SoftLink("/x"))),
        replace(name, lambda f: f.__setitem__(name, h5py.SoftLink("/" + name))),
        replace(name, lambda f: f.create_group(name)),
        replace(name, lambda f: f.__setitem__(name, np.zeros((4, 7)))),
        replace(name, lambda f: f.__setitem__(name, np.zeros(29))),
        replace(name, lambda f: f.__setitem__(name, 1.0)),
        replace(name, lambda f: f.__setitem__(name, [b"text"] * 28)),
        replace(name, lambda f: f.__setitem__(name, np.full(28, np.nan))),
        replace(
            name, lambda f: f.create_dataset(name, shape=(2**50,), dtype="f8", chunks=(1024,))
        ),
        replace(
            name, lambda f: f.__setitem__(name, np.zeros(28, dtype=[("a", "f8"), ("b", "f8")]))
        ),
        lambda f: f.attrs.__setitem__("gamma", np.ones(100000)[:8000]),
        lambda f: f.attrs.__setitem__("gamma", "one"),
        lambda f: f.attrs.__setitem__("space_type", ["simplex"] * 3),
        lambda f: f.attrs.__setitem__("space_type", 1.0),
    ):
        refused([*AGAIN, forge("bad.h5", change)], "bad.h5")
    if not os.path.exists("pipe"):
        os.mkfifo("pipe")
    refused([*AGAIN, "pipe"], "pipe")
    refused(["plot", "pipe"], "pipe")
    call(*AGAIN, forge("fine.h5", lambda file: None))


def test_restart():
    """A checkpoint likewise: the two readers are one."""
    run = [
        *SOLVE,
        "-epsilon",
        "0.2*sin(theta)",
        "-rate_check",
        "false",
        "-checkpoint_steps",
        "1",
        "-ts_type",
        "rk",
        "-ts_adapt_type",
        "none",
        "-ts_dt",
        "0.05",
    ]
    call(*run, "-output", "good.h5")
    source = "good.h5.checkpoint.1"
    assert os.path.exists(source)
    for change in (
        replace("state", lambda f: f.__setitem__("state", h5py.SoftLink("/time"))),
        replace("state", lambda f: f.__setitem__("state", h5py.ExternalLink("/etc/passwd", "x"))),
        replace("norm2", lambda f: f.__setitem__("norm2", h5py.SoftLink("/norm2"))),
        replace("norm2", lambda f: f.__setitem__("norm2", np.zeros(7))),
        replace("h", lambda f: f.__setitem__("h", [b"x"])),
        lambda f: f.attrs.__setitem__("notes", np.ones(4000)),
        lambda f: f.attrs.__setitem__("t", np.inf),
        lambda f: f.attrs.__setitem__("dt_unhurried", np.nan),
    ):
        for leftover in ("bad.h5.checkpoint.2", "bad.h5.checkpoint.1"):
            if os.path.exists(leftover):
                os.remove(leftover)
        forge("bad.h5.checkpoint.1", change, source)
        refused([*run, "-output", "bad.h5", "-restart", "auto"], "bad.h5")


def everywhere(file, text):
    """Puts a text in the place of every one that is shown"""
    kept = ("command", "state", "program", "options", "options_from")
    for key, value in list(file.attrs.items()):
        if isinstance(value, str) and key not in kept:
            file.attrs[key] = text
    for name in file:
        if name.startswith("statement_") and h5py.check_string_dtype(file[name].dtype):
            file[name][...] = text
    values = json.loads(file.attrs["options"])
    values.update({key: text for key, value in values.items() if isinstance(value, str)})
    file.attrs["options"] = json.dumps(values)


def test_looks():
    """plot and report: text from a file is text on a page, in a picture and on the terminal."""
    call(*SOLVE, "-epsilon", "0.1*sin(theta)", "-output", "good.h5")
    script = "<script>alert(1)</script>"
    page = forge(
        "page.h5",
        lambda f: (
            f.attrs.__setitem__("verdict", script),
            f.attrs.__setitem__("git_state", script),
            f.attrs.__setitem__("epsilon", "$\\frac{" + script),
            f.attrs.__setitem__("regime", script),
        ),
    )
    call("report", page)
    with open("page.html", encoding="utf-8") as file:
        text = file.read()
    assert "&lt;script&gt;" in text and script not in text
    # formulas, quotes and tags in every text that a page or a picture shows
    verify = ["verify", "-space_degree", "6", "-time_end", "20", "-initial_mean", "0.5,0.3"]
    paths = "-model_learning_rate 0.05 -model_staleness 0.5 -model_noise 0.1 -sample_paths 50"
    for words in (verify, ["sample", *paths.split(), "-sample_steps", "20"]):
        call(*words, "-output", "all.h5")
        for text in ("$\\frac{1}{$", 'x"onclick="<b>$\\sqrt'):
            every = forge("every.h5", lambda f, text=text: everywhere(f, text), "all.h5")
            call("report", every)  # with every picture that plot draws
            with open("every.html", encoding="utf-8") as file:
                assert '"onclick="<b>' not in file.read()
    for change in (
        replace(
            "norm2",
            lambda f: f.__setitem__(
                "norm2", h5py.ExternalLink(os.path.abspath("other.h5"), "norm2")
            ),
        ),
        replace("norm2", lambda f: f.__setitem__("norm2", h5py.SoftLink("/norm2"))),
        replace(
            "g",
            lambda f: f.create_dataset("g", shape=(2**20, 2**20), dtype="f8", chunks=(64, 64)),
        ),
        lambda f: f.attrs.__setitem__("options", "[1, 2]"),
    ):
        refused(["plot", forge("bad.h5", change), "-format", "png"], "bad.h5")
    refused(
        ["plot", forge("bad.h5", lambda f: f.attrs.__setitem__("program", "\x1b[2J"))], "bad.h5"
    )


globals()["test_" + TEST]()
