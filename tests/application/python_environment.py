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


COMMANDS = {"plot": ("-decay.png", ("-format", "png", "-what", "decay")), "report": (".html", ())}


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
    for environment in (
        {"MATPLOTLIBRC": os.path.abspath("config/matplotlibrc")},
        {"MPLCONFIGDIR": os.path.abspath("config")},
        {"MPLBACKEND": "TkAgg"},
        {"MPLBACKEND": "module://no.such.backend"},
        {"PYTHONSAFEPATH": "1"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "de_DE.UTF-8"},
        {"PYTHONDONTWRITEBYTECODE": "", "PYTHONOPTIMIZE": "2"},
    ):
        assert drawn("plot", **environment) == reference, environment
    for environment in (
        {"MATPLOTLIBRC": os.path.abspath("config/matplotlibrc"), "PYTHONSAFEPATH": "1"},
        {"PYTHONIOENCODING": "ascii"},
    ):
        drawn("report", **environment)
        assert "the same to 1e-12" in call("rerun", NAME + ".h5", **environment)[0], environment


def broken():
    """A python3 that does not start, or whose packages raise anything at all,
    gives way to the distribution's."""
    for name, text in (
        ("missing", "import no_such_module"),
        ("value", "raise ValueError('bad\\nbuild')"),
        ("exit", "raise SystemExit(1)"),
        ("crash", "import os; os.abort()"),
    ):
        for package in ("h5py", "matplotlib"):
            write(f"{name}-{package}/{package}/__init__.py", text + "\n")
            drawn("plot", PYTHONPATH=os.path.abspath(f"{name}-{package}"))
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
    folder = os.path.abspath("value-h5py")
    for command in ("plot", "report", "rerun"):
        err = call(
            command, NAME + ".h5", code=4, PYTHONPATH=folder, HYPOCO_PYTHON_TRIED="/usr/bin/first"
        )[1]
        assert (
            err.count("\n") == 1 and "h5py" in err and "bad build" in err and "Traceback" not in err
        ), err


assert os.path.exists(DISTRIBUTION)
for leftover in ("config", "first-none", "first-one"):
    shutil.rmtree(leftover, ignore_errors=True)
call("solve", "-time_end", "2", "-space_degree", "10", "-output", NAME + ".h5")
settings()
broken()
shadowed()
neither()
