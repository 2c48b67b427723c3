"""Pictures, reports and repetitions of hypoco's result files; `hypoco plot`, `report` and `rerun` end up here."""
import os
import sys

DISTRIBUTION = "/usr/bin/python3"


def complain(sentence):
    print("hypoco: error: " + sentence, file=sys.stderr)
    return 4


def import_or_switch():
    """Imports what is needed; where PATH's python lacks it, goes on with the distribution's."""
    try:
        import h5py  # noqa: F401
        import matplotlib  # noqa: F401
    except ImportError as error:
        if os.path.realpath(sys.executable) != os.path.realpath(DISTRIBUTION) and os.path.exists(DISTRIBUTION):
            os.execv(DISTRIBUTION, [DISTRIBUTION, "-B"] + sys.argv)
        sys.exit(complain(f"{error} in {sys.executable}; install the packages python3-h5py and python3-matplotlib"))


def arguments():
    import argparse
    parser = argparse.ArgumentParser(prog="hypoco")
    parser.add_argument("command", choices=["plot", "report", "rerun"])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--what", default="all")
    parser.add_argument("--format", default="png,pdf")
    parser.add_argument("--resolution", type=int, default=300)
    parser.add_argument("--output", default="")
    parser.add_argument("--tolerance", type=float, default=1e-12)
    parser.add_argument("--program", default="hypoco")
    return parser.parse_args()


def main():
    import_or_switch()
    from data import Unusable
    args = arguments()
    try:
        if args.command == "rerun":
            from rerun import rerun
            return max([rerun(path, args) for path in args.files])
        if args.command == "report":
            from report import report
            for path in args.files:
                print(report(path, args.output))
            return 0
        from plot import plot
        for path in args.files:
            for written in plot(path, args.what, args.format.split(","), args.output, args.resolution):
                print(written)
        return 0
    except Unusable as problem:
        return complain(str(problem))
    except OSError as problem:
        return complain(f"{problem.filename or args.files[0]}: {problem.strerror or problem}")


if __name__ == "__main__":
    os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")
    sys.exit(main())
