"""The program: where it is, which keys it knows, and running it."""
from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import Sequence

from . import progress as bars
from .errors import FileFailure, Warned, error

PATIENCE = (3.0, 2.0, 2.0)  # seconds that a stopped run gets after each of the signals below
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def find() -> str:
    """The path of the program.

    Looked for in this order: the environment variable HYPOCO; beside this package, where
    `cmake --install` puts both; in the build folder of the tree this package belongs to; in PATH.
    """
    named = os.environ.get("HYPOCO")
    if named:
        if not shutil.which(named):
            raise FileFailure(f"HYPOCO is {named}, which is no program; unset it or set its path")
        return named
    package = Path(__file__).resolve().parent
    for place in (
        *[up / "bin/hypoco" for up in package.parents],
        package.parents[1] / "build/hypoco",
    ):
        if os.access(place, os.X_OK) and place.is_file():
            return str(place)
    along = shutil.which("hypoco")
    if not along:
        raise FileFailure(
            "the program hypoco was not found; "
            "install it, or set the environment variable HYPOCO to its path"
        )
    return along


@functools.lru_cache(maxsize=None)
def keys(program: str, command: str) -> dict[str, str]:
    """The keys of a command and their types: integer, real, reals, text, flag or a|b|c."""
    said = subprocess.run([program, command, "--help"], capture_output=True, text=True, check=False)
    if said.returncode:
        raise error(_sentence(said.stderr, said.returncode), said.returncode)
    return dict(re.findall(r"^  -([a-z]\S*) +(\S+)", said.stdout, re.M))


def _sentence(text: str, code: int) -> str:
    """What went wrong, from all that the program and the launcher said."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line.partition("hypoco: error: ")[2] for line in lines if "hypoco: error: " in line]
    if said:
        return said[0]
    return f"hypoco ended with code {code}" + (f": {' '.join(lines)[:2000]}" if lines else "")


def _stop(process: subprocess.Popen) -> None:
    """Ends a run and its ranks: first politely, then at once."""
    for number, patience in zip(SIGNALS, PATIENCE):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            pass
        try:
            process.wait(patience)
            return
        except subprocess.TimeoutExpired:
            continue


def run(
    command: str,
    words: Sequence[str],
    ranks: int = 1,
    progress: bool | None = None,
    folder: str | None = None,
) -> tuple[str, int]:
    """Runs `hypoco COMMAND WORDS` and returns (what it printed, exit code 0 or 1).

    Any other exit code is an exception with the program's sentence. An interrupt (Ctrl-C) stops
    the run and its ranks before it is passed on.
    """
    program = find()
    line = [program, command, *words]
    if ranks > 1:
        launcher = shutil.which("mpirun") or shutil.which("mpiexec")
        if not launcher:
            raise FileFailure(f"ranks = {ranks} needs mpirun, which is not along PATH")
        line = [launcher, "-n", str(ranks), *line]
    environment = {"OMP_NUM_THREADS": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1", **os.environ}
    shown = bars.bar(command, progress)
    line += ["-progress", "on" if shown else "off"]
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            cwd=folder,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        try:
            said = bars.follow(process.stderr, shown)
            code = process.wait()
        except BaseException:
            _stop(process)
            raise
        finally:
            process.stderr.close()
            if shown:
                shown.close()
        printed.seek(0)
        text = printed.read().decode("utf-8", "replace")
    if code not in (0, 1) or "hypoco: error: " in said:
        raise error(_sentence(said, code), code if code > 1 else 3)
    for message in re.findall(r"hypoco: warning: (.*)", said):
        warnings.warn(message, Warned, stacklevel=5)
    return text, code
