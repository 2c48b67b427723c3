"""Repeats the run that wrote a file and compares everything it found out."""
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

import numpy as np

from .data import File, Unusable

NOT_REPEATED = ("output", "json", "progress", "help", "version")
NOT_COMPARED = ("seconds",)  # times of the clock


def words(value):
    """An option's value as the command line takes it;
    None for a flag of PETSc's without a value."""
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, list):
        return [",".join(repr(float(number)) for number in value)]
    return [] if value is None else [repr(value) if isinstance(value, float) else str(value)]


def command_line(result, program):
    """The command with every option that is not a default."""
    if not result.text("command"):
        raise Unusable(f"{result.path}: does not say which command and options it came from")
    line = [program, result.text("command")]
    for key, value in result.given().items():
        if key not in NOT_REPEATED:
            line += ["-" + key] + words(value)
    return line


def difference(old, new):
    """Largest difference relative to the largest value; texts count as 0 or 1."""
    if old.shape != new.shape:
        return np.inf
    if old.dtype.kind not in "fiu":
        return 0.0 if np.array_equal(old, new) else 1.0
    if not np.array_equal(np.isnan(old), np.isnan(new)):
        return np.inf
    scale = np.nanmax(np.abs(old), initial=0.0)
    return float(np.nanmax(np.abs(old - new), initial=0.0) / (scale or 1.0))


def compare(old, new, tolerance):
    """Prints a line for every quantity; True if none differs by more than the tolerance."""
    good = True
    print(f"{'quantity':<26} {'difference':>12}")
    for name in sorted(set(old.arrays).union(new.arrays).difference(NOT_COMPARED)):
        there = name in old.arrays and name in new.arrays
        value = difference(old[name], new[name]) if there else np.inf
        good = good and value <= tolerance
        print(f"  {name:<24} {value:>12.2e}{'' if value <= tolerance else '   differs'}")
    return good


def rerun(path, args):
    """Returns the exit code: 0 the same, 3 different, or that of the run if it failed."""
    old = File(path)
    if old.text("state") == "running":
        raise Unusable(f"{path}: its run did not end, so that there is nothing to compare with")
    line, ranks = command_line(old, args.program), int(old.number("ranks", 1))
    if ranks > 1:
        if not shutil.which("mpiexec"):
            raise Unusable(
                f"{path}: was written by {ranks} ranks, and mpiexec is not there to start as many"
            )
        line = ["mpiexec", "-n", str(ranks), "--oversubscribe"] + line
    folder = old.text("folder") if os.path.isdir(old.text("folder")) else None
    with tempfile.TemporaryDirectory() as scratch:
        output = os.path.abspath(args.output) if args.output else os.path.join(scratch, "again.h5")
        print("repeating: " + shlex.join(line), flush=True)
        code = subprocess.run(
            line + ["-output", output, "-progress", "off"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            check=False,
        ).returncode
        if code not in (0, 1):
            print(
                f"hypoco: error: {path}: the repeated run ended with code {code}", file=sys.stderr
            )
            return code
        new = File(output)
        if new.text("git_state") != old.text("git_state"):
            print(f"note: written by {old.text('git_state')}, repeated by {new.text('git_state')}")
        good = compare(old, new, args.tolerance)
    print(f"{path}: {'the same' if good else 'different'} to {args.tolerance:g}")
    return 0 if good else 3
