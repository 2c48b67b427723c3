"""The progress line of the program as a bar in a notebook, or as a line in a terminal."""
from __future__ import annotations

import re
import sys
from typing import IO

# for example "t 2.7 of 20 (13 %), 5.1 per second, 3 s left"
LINE = re.compile(r"(?P<unit>\S+) (?P<done>\S+) of (?P<all>\S+) \((?P<percent>\d+) %\)(?P<rest>.*)")


class Terminal:
    """One line on stderr that is written again and again, and removed at the end."""

    def __init__(self, command: str):
        self.command, self.width = command, 0

    def show(self, match: re.Match) -> None:
        percent = int(match["percent"])
        filled = "#" * (percent // 5)
        text = f"{self.command} [{filled:<20}] {percent} %{match['rest']}"
        sys.stderr.write("\r" + text.ljust(self.width))
        sys.stderr.flush()
        self.width = len(text)

    def close(self) -> None:
        if self.width:
            sys.stderr.write("\r" + " " * self.width + "\r")
            sys.stderr.flush()


class Notebook:
    """An HTML progress element below the cell, removed at the end."""

    def __init__(self, command: str):
        from IPython.display import HTML, display

        self.command, self.html = command, HTML
        self.handle = display(
            HTML(f"<progress max=100 value=0></progress> {command}"), display_id=True
        )

    def show(self, match: re.Match) -> None:
        self.handle.update(
            self.html(
                f"<progress max=100 value={match['percent']}></progress> {self.command} "
                f"{match['percent']} %{match['rest']}"
            )
        )

    def close(self) -> None:
        self.handle.update(self.html(""))


def in_notebook() -> bool:
    """Does this run in a kernel that can show HTML?"""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return type(shell).__name__ == "ZMQInteractiveShell"


def bar(command: str, wanted: bool | None) -> Terminal | Notebook | None:
    """What shows progress: None: in a notebook and on a terminal only; True and False say so."""
    if wanted is False:
        return None
    if in_notebook():
        return Notebook(command)
    return Terminal(command) if wanted or sys.stderr.isatty() else None


def follow(stream: IO[bytes], shown: Terminal | Notebook | None) -> str:
    """Reads a stream to its end, shows its progress lines and returns everything else."""
    kept, rest = [], b""
    while True:
        more = stream.read1(65536)
        parts = re.split(rb"[\r\n]", rest + more)
        rest = parts.pop() if more else b""
        for part in parts:
            text = part.decode("utf-8", "replace").replace("\x1b[K", "")
            match = LINE.fullmatch(text.strip())
            if match and shown:
                shown.show(match)
            elif text.strip() and not match:
                kept.append(text)
        if not more:
            return "\n".join(kept)
