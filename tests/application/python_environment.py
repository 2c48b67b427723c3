"""plot, report and rerun whatever the user's Python looks like:
they work, or say one sentence and exit with code 4.

Usage: python_environment.py HYPOCO
"""
import os
import shutil
import subprocess
import sys

HYPOCO = sys.argv[1]
NAME = "réseau-∇"  # neither ASCII nor Latin-1
DISTRIBUTION = "/usr/bin/python3"


def call(*words, code=0, **environment):
    done = subprocess.run(
        [HYPOCO, *words], capture_output=True, check=False, env={**os.environ, **environment}
    )
    assert (
        done.returncode == code
    ), f"{words} {environment}: code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout.decode(), done.stderr.decode()


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)


COMMANDS = {
    "plot": ("-decay.png", ("-format", "png", "-what", "decay", "-resolution", "80")),
    "report": (".html", ()),
}


def drawn(command, **environment):
    """plot or report says nothing on stderr, names what it wrote, and writes it."""
    ending, words = COMMANDS[command]
    expected = NAME + ending
    if os.path.exists(expected):
        os.remove(expected)
    out, err = call(command, NAME + ".h5", *words, **environment)
    assert out.split() == [expected] and err == "", (command, environment, out, err)
    with open(expected, "rb") as file:
        return file.read()


def settings():
    """Settings of matplotlib, Python and the locale change neither the outcome nor one byte
    of a picture."""
    write(
        "config/matplotlibrc",
        "text.usetex: True\nbackend: TkAgg\nfont.size: 40\nsavefig.dpi: 11\nnonsense: 1\n",
    )
    reference = drawn("plot")
    ours = os.path.abspath("config/matplotlibrc")
    plain = {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    for environment in (  # several at once, where none can hide another
        {"MATPLOTLIBRC": ours, "PYTHONIOENCODING": "ascii", "PYTHONOPTIMIZE": "2"},
        {"MPLCONFIGDIR": os.path.dirname(ours), "MPLBACKEND": "TkAgg", **plain},
        {"MPLBACKEND": "module://no.such.backend", "PYTHONSAFEPATH": "1", "LC_ALL": "de_DE.UTF-8"},
    ):
        assert drawn("plot", **environment) == reference, environment
    environment = {"MATPLOTLIBRC": ours, "PYTHONSAFEPATH": "1", "PYTHONIOENCODING": "ascii"}
    drawn("report", **environment)
    assert "the same to 1e-12" in call("rerun", NAME + ".h5", **environment)[0]


def broken():
    """A python3 that does not start, or whose packages raise anything at all,
    gives way to the distribution's."""
    for package, text in (
        ("matplotlib", "import no_such_module"),
        ("h5py", "raise ValueError('bad\\nbuild')"),
        ("matplotlib", "raise SystemExit(1)"),
        ("h5py", "import os; os.abort()"),
    ):
        write(f"broken/{package}/__init__.py", text + "\n")
        drawn("plot", PYTHONPATH=os.path.abspath("broken"))
        shutil.rmtree("broken")
    # what draws nothing needs nothing that draws
    write("broken/matplotlib/__init__.py", "raise ValueError")
    assert "the same" in call("rerun", NAME + ".h5", PYTHONPATH=os.path.abspath("broken"))[0]
    for name, text in (("none", "#!/no/such/interpreter\n"), ("one", "#!/bin/sh\nexit 1\n")):
        write(f"first-{name}/python3", text, 0o755)
        drawn("plot", PATH=os.path.abspath(f"first-{name}") + ":" + os.environ["PATH"])


def shadowed():
    """Modules that lie in the current folder are not taken for the package's own."""
    for name in ("data.py", "phase.py", "json.py", "style.py"):
        write(f"./{name}", "raise RuntimeError('the wrong module')\n")
    try:
        drawn("plot")
    finally:
        for name in ("data.py", "phase.py", "json.py", "style.py"):
            os.remove(name)


def neither():
    """Where no Python can draw, one sentence says which, and the exit code is 4.

    The program is told that the distribution's Python was tried already,
    which is how that looks from inside.
    """
    write("unusable/h5py/__init__.py", "raise ValueError('bad\\nbuild')\n")
    folder = os.path.abspath("unusable")
    for command in ("plot", "report", "rerun"):
        err = call(
            command, NAME + ".h5", code=4, PYTHONPATH=folder, HYPOCO_PYTHON_TRIED="/usr/bin/first"
        )[1]
        assert (
            err.count("\n") == 1 and "h5py" in err and "bad build" in err and "Traceback" not in err
        ), err


assert os.path.exists(DISTRIBUTION)
for leftover in ("config", "first-none", "first-one", "broken"):
    shutil.rmtree(leftover, ignore_errors=True)
call("solve", "-time_end", "2", "-space_degree", "10", "-output", NAME + ".h5")
settings()
broken()
shadowed()
neither()
