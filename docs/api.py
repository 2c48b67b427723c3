#!/usr/bin/env python3
"""Makes docs/api.md, the library reference, from the man-page comments /*@ ... @*/ in the source.

    python3 docs/api.py            writes docs/api.md
    python3 docs/api.py --check    exit code 1 if docs/api.md is not what would be written
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = re.compile(r"/\*@C?\n(.*?)@\*/\n(.*?)\n?(?=\{|;|\n\n)", re.S)


def folders():
    """Folders of src/ in the order of docs/develop.md."""
    text = (ROOT / "docs/develop.md").read_text()
    return [f for f in re.findall(r"^\| `(\w+)` \|", text, re.M) if (ROOT / "src" / f).is_dir()]


def pages(path):
    """(name, purpose, declaration, body) of every man page in a file."""
    for comment, declaration in PAGE.findall(path.read_text()):
        head, _, body = comment.partition("\n\n")
        name, _, purpose = " ".join(head.split()).partition(" - ")
        lines = [line[2:] if line.startswith("  ") else line for line in body.rstrip().splitlines()]
        yield name, purpose, " ".join(declaration.split()), "\n".join(lines)


def reference():
    out = ["# Library reference", "",
           "Made by `python3 docs/api.py` from the comments above the functions; do not edit. Functions return a PETSc error code unless",
           "shown otherwise. `+`, `.` and `-` before a parameter only begin, continue and end a list. The options layer is described in",
           "`include/hypoco/options.h`, the data structures in the headers beside it.", ""]
    for folder in folders():
        found = [(p, *page) for p in sorted((ROOT / "src" / folder).glob("*.c")) for page in pages(p)]
        if not found:
            continue
        out += [f"## {folder}", ""]
        for path, name, purpose, declaration, body in found:
            out += [f"### {name}", "", f"{purpose} (`{path.relative_to(ROOT)}`)", "", "```c", f"{declaration};", "```", "", "```text", body, "```", ""]
    return "\n".join(out)


def main():
    target, text = ROOT / "docs/api.md", reference()
    if sys.argv[1:] == ["--check"]:
        if not target.exists() or target.read_text() != text:
            sys.exit("docs/api.md is not current: run python3 docs/api.py")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        target.write_text(text)


main()
