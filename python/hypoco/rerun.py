"""Repeats the run that wrote a file and compares everything it found out.

A result file is data, whoever sent it.
Its options go to the program in an option file, which the program guards: keys that it does not
know, and options of PETSc's that start programs, load code or write files, are refused by name.
Files that the options name are shown and asked for, and nothing is written but the output.
"""
import fnmatch
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

import numpy as np

from .data import File, Unusable, printable

# where a run writes, what it shows and when it stops: none of it changes a number
NOT_REPEATED = (
    "output",
    "json",
    "progress",
    "help",
    "version",
    "debug",
    "petsc_help",
    "trust",
    "checkpoint",
    "checkpoint_interval",
    "checkpoint_steps",
    "restart",
    "wall_limit",
)
CODE = ("epsilon_library",)  # an option file may not name it: after the question it is a word
# keys that name what a run reads, or loads
INPUTS = ("*_file", "*_mesh", "*_data", "*_library", "theory_trace")
COMMANDS = ("solve", "steady", "spectrum", "verify", "sample", "sweep", "compare", "theory")
NOT_COMPARED = ("seconds",)  # times of the clock


def words(value):
    """An option's value as the command line takes it;
    None for a flag of PETSc's without a value."""
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, list):
        return [",".join(repr(float(number)) for number in value)]
    return [] if value is None else [repr(value) if isinstance(value, float) else str(value)]


def repeated(result):
    """The options to repeat: those that are no defaults and may change a number."""
    given = result.given()
    if not result.text("command") or not isinstance(given, dict):
        raise Unusable(f"{result.path}: does not say which command and options it came from")
    return {str(key): value for key, value in given.items() if key not in NOT_REPEATED}


def command_line(result, program):
    """The command as a user would type it."""
    line = [program, result.text("command")]
    for key, value in repeated(result).items():
        line += ["-" + printable(key)] + [printable(word) for word in words(value)]
    return line


def option_file(result, path):
    """Writes the options as the program reads them:
    JSON's strings, numbers and lists are YAML's."""
    lines = [
        f"{json.dumps(key)}: {'' if value is None else json.dumps(value)}\n"
        for key, value in repeated(result).items()
        if key not in CODE
    ]
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines or ["model_dimension: 1\n"])


def is_input(key):
    """Does a key name a file?  PETSc's own that do are refused by the program."""
    return not key.startswith("options_") and any(
        fnmatch.fnmatch(key, pattern) for pattern in INPUTS
    )


def ask_for_inputs(result, trust):
    """Files outside the result are read only if the user says so."""
    inputs = {key: value for key, value in repeated(result).items() if is_input(key)}
    if not inputs:
        return
    named = ", ".join(
        f"{printable(key)} = {printable(str(value))}" for key, value in inputs.items()
    )
    if trust:
        print(f"reading: {named}", flush=True)
        return
    if sys.stdin is not None and sys.stdin.isatty():
        print(f"{result.path} names files to read, and code in a library would run: {named}")
        if input("Use them? [y/N] ").strip().lower() in ("y", "yes"):
            return
    raise Unusable(
        f"{result.path}: names files that its run would read ({named}); "
        "give -trust if you believe it"
    )


def launcher(result):
    """What starts as many ranks as wrote the file; a file may claim any number."""
    ranks, most = result.number("ranks", 1), max(16, 4 * (os.cpu_count() or 1))
    if not 1 <= ranks <= most:
        raise Unusable(
            f"{result.path}: was written by {ranks:g} ranks, at most {most} are started here"
        )
    if ranks < 2:
        return []
    if not shutil.which("mpiexec"):
        raise Unusable(
            f"{result.path}: was written by {int(ranks)} ranks, "
            "and mpiexec is not there to start as many"
        )
    return ["mpiexec", "-n", str(int(ranks)), "--oversubscribe"]


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
    command, trust = old.text("command"), args.trust == "true"
    if command not in COMMANDS:
        raise Unusable(
            f"{path}: was written by the command '{command}', "
            "which is none of hypoco's that make results"
        )
    start = launcher(old)
    ask_for_inputs(old, trust)
    reads = any(map(is_input, repeated(old)))
    with tempfile.TemporaryDirectory() as scratch:
        options = os.path.join(scratch, "options.yaml")
        option_file(old, options)
        output = os.path.abspath(args.output) if args.output else os.path.join(scratch, "again.h5")
        print("repeating: " + shlex.join(start + command_line(old, args.program)), flush=True)
        line = start + [args.program, command, options]
        for key in set(CODE) & set(repeated(old)):
            line += ["-" + key] + words(repeated(old)[key])
        folder = old.text("folder") if reads and os.path.isdir(old.text("folder")) else scratch
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
