"""The commands that only look at result files."""
import argparse
import os
import sys

from .data import File, Unusable, printable


def arguments(words):
    parser = argparse.ArgumentParser(prog="hypoco")
    parser.add_argument("command", choices=["plot", "report", "rerun"])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--what", default="all")
    parser.add_argument("--format", default="png,pdf")
    parser.add_argument("--resolution", type=int, default=300)
    parser.add_argument("--output", default="")
    parser.add_argument("--tolerance", type=float, default=1e-12)
    parser.add_argument("--program", default="hypoco")
    parser.add_argument("--trust", default="false")
    parser.add_argument("--plot_together", default="false")
    parser.add_argument("--plot_title", default="")
    parser.add_argument("--plot_width", type=float)
    parser.add_argument("--plot_height", type=float)
    parser.add_argument("--plot_font_size", type=float)
    parser.add_argument("--plot_style", default="")
    parser.add_argument("--plot_hue", default="")
    parser.add_argument("--plot_coordinates", default="both")
    parser.add_argument("--plot_time", type=float)
    return parser.parse_args(words)


def carry_out(args):
    if args.command == "rerun":
        from .rerun import rerun

        return max([rerun(path, args) for path in args.files])
    if args.command == "report":
        from .report import report

        for path in args.files:
            print(report(File(path), args.output))
        return 0
    from .pictures import plot
    from .pictures.style import Look

    look = Look(
        title=args.plot_title,
        width=args.plot_width,
        height=args.plot_height,
        font_size=args.plot_font_size,
        style=args.plot_style,
        hue=args.plot_hue,
        coordinates=args.plot_coordinates,
        time=args.plot_time,
    )
    for written in plot(
        args.files,
        args.what,
        args.format.split(","),
        args.output,
        args.resolution,
        look,
        args.plot_together == "true",
    ):
        print(written)
    return 0


def complain(sentence):
    print("hypoco: error: " + printable(sentence), file=sys.stderr)
    return 4


def written(code):
    """The exit code, after all that was printed has left, or else why it could not."""
    try:
        sys.stdout.flush()
        return code
    except OSError as problem:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more
        return complain(f"standard output could not be written: {problem.strerror}")


def run(words):
    """Returns the exit code, and says in one sentence what went wrong."""
    args = arguments(words)
    return written(attempt(args))


def attempt(args):
    try:
        return carry_out(args)
    except Unusable as problem:
        return complain(str(problem))
    except OSError as problem:
        if written(0):
            return 4  # it was standard output
        return complain(f"{problem.filename or args.files[0]}: {problem.strerror or problem}")
    except KeyboardInterrupt:
        print("hypoco: interrupted", file=sys.stderr)
        return 5
    except Exception as problem:
        # no failure may look like a failed statement, which is exit code 1
        what = " ".join(str(problem).split())
        return complain(f"{args.files[0]}: {args.command} failed: {type(problem).__name__}: {what}")
