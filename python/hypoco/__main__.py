"""Draws, reports and repeats result files: what `hypoco plot`, `report` and `rerun` start.

python3 hypoco/__main__.py plot|report|rerun [--key value ...] -- FILE ...

Exit codes: 0 done, 2 bad input, 3 a repetition that differs, 4 input or output failure;
never 1, which means that a proved statement failed.
"""
import codecs
import os
import signal
import sys

DISTRIBUTION = "/usr/bin/python3"
HERE = os.path.dirname(os.path.abspath(__file__))
AGAIN = "HYPOCO_PYTHON_TRIED"  # set while the distribution's Python takes over


def complain(sentence):
    print("hypoco: error: " + sentence, file=sys.stderr)
    return 4


def independent():
    """Nothing of the user's settings may change a picture or stop it from being written."""
    os.environ["MPLBACKEND"] = "Agg"
    os.environ["MATPLOTLIBRC"] = os.path.join(HERE, "matplotlibrc")
    os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")
    sys.path[:] = [os.path.dirname(HERE)] + [
        path for path in sys.path if os.path.abspath(path) != HERE
    ]
    codecs.register_error(
        "hypoco",
        lambda error: (
            b"".join(
                os.fsencode(letter) if "\udc80" <= letter <= "\udcff" else b"?"
                for letter in error.object[error.start : error.end]
            ),
            error.end,
        ),
    )
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that has seen enough ends it
    for stream in (sys.stdout, sys.stderr):  # names of files leave as the bytes that came in
        stream.reconfigure(encoding=sys.getfilesystemencoding(), errors="hypoco")


def usable():
    """Imports what is needed; where PATH's python lacks it, goes on with the distribution's.

    A broken package may raise anything, not only ImportError.
    """
    try:
        import h5py  # noqa: F401

        if sys.argv[1:2] != ["rerun"]:  # which draws nothing
            import matplotlib.pyplot  # noqa: F401

        return ""
    except BaseException as error:  # noqa: B902
        reason = " ".join(str(error).split()) or type(error).__name__
    if AGAIN not in os.environ and os.path.exists(DISTRIBUTION):
        os.environ[AGAIN] = sys.executable or "python3"
        os.execv(DISTRIBUTION, [DISTRIBUTION, "-I", "-B"] + sys.argv)
    first = os.environ.get(AGAIN)
    where = f"neither in {first} nor in {sys.executable}" if first else f"not in {sys.executable}"
    return (
        f"h5py and matplotlib work {where} ({reason}); "
        "install the packages python3-h5py and python3-matplotlib"
    )


def main():
    independent()
    problem = usable()
    if problem:
        return complain(problem)
    os.environ.pop(AGAIN, None)
    from hypoco.commands import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
