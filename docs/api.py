#!/usr/bin/env python3
"""Makes docs/api.md, the library reference, from the man-page comments /*@ ... @*/ in the source.

    python3 docs/api.py            writes docs/api.md
    python3 docs/api.py --check    exit code 1 if docs/api.md is not what would be written,
    or if a function of
                                   include/hypoco/*.h lacks its page, or a page its parameters,
                                   collectivity or level
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


def arguments(declaration):
    """Names of the parameters of a declaration;
    not those of a parameter that is a function."""
    inner = declaration.partition("(")[2].rpartition(")")[0]
    inner = re.sub(r"\(\*(\w+)\)\([^()]*\)", r"\1", inner)
    return [
        re.findall(r"\w+", part.partition("[")[0])[-1]
        for part in inner.split(",")
        if part.strip() not in ("", "void")
    ]


def gaps():
    """What is missing in the pages of the functions that the headers declare."""
    found = {
        name: (path, declaration, body)
        for path in (ROOT / "src").rglob("*.c")
        for name, _, declaration, body in pages(path)
    }
    missing = []
    for header in sorted((ROOT / "include/hypoco").glob("*.h")):
        text = re.sub(r"/\*.*?\*/|^#.*?$", "", header.read_text(), flags=re.S | re.M)
        declared = re.findall(
            r"^(?:PETSC_EXTERN\s+)?[A-Za-z_][\w \*]*?[ \*](Hyp\w+)\s*\(", text, re.M
        )
        for name in declared:
            if name not in found:
                missing.append(f"{header.name}: {name}() has no man page where it is defined")
                continue
            path, declaration, body = found[name]
            where = f"{path.relative_to(ROOT)}: the page of {name}()"
            if name not in declaration:
                missing.append(f"{where} stands above something else: {declaration}")
            missing += [
                f"{where} does not describe {a}"
                for a in arguments(declaration)
                if not re.search(rf"^[+.-] [\w, ]*\b{a}\b", body, re.M)
            ]
            missing += [
                f"{where} does not say '{word}'"
                for word in ("ollective", "Level:")
                if word not in body
            ]
    return missing


def declared():
    """Header -> the functions that it declares, in its order."""
    found = {}
    for header in sorted((ROOT / "include/hypoco").glob("*.h")):
        text = re.sub(r"/\*.*?\*/|^#.*?$", "", header.read_text(), flags=re.S | re.M)
        names = re.findall(r"^(?:PETSC_EXTERN\s+)?[A-Za-z_][\w \*]*?[ \*](Hyp\w+)\s*\(", text, re.M)
        if names:
            found[header.name] = list(dict.fromkeys(names))
    return found


def contents(known):
    """A table of contents by header, with links to the pages."""
    out = ["## Contents, by header", ""]
    for header, names in declared().items():
        links = [f"[{name}](#{name.lower()})" for name in names if name in known]
        out += [f"**hypoco/{header}**", "", *(f"- {link}" for link in links), ""] if links else []
    return out


def reference():
    out = [
        "# Library reference",
        "",
        "Made by `python3 docs/api.py` from the comments above the functions; do not edit. "
        "Functions return a PETSc error code unless",
        "shown otherwise. `+`, `.` and `-` before a parameter only begin, continue and end a "
        "list. Data structures are described in the",
        "headers, `include/hypoco/*.h`.",
        "",
    ]
    known = {page[0] for path in (ROOT / "src").rglob("*.c") for page in pages(path)}
    out += contents(known)
    for folder in folders():
        found = [
            (p, *page) for p in sorted((ROOT / "src" / folder).rglob("*.c")) for page in pages(p)
        ]
        if not found:
            continue
        out += [f"## {folder}", ""]
        for path, name, purpose, declaration, body in found:
            out += [
                f"### {name}",
                "",
                f"{purpose} (`{path.relative_to(ROOT)}`)",
                "",
                "```c",
                f"{declaration};",
                "```",
                "",
                "```text",
                body,
                "```",
                "",
            ]
    return "\n".join(out)


def main():
    target, text = ROOT / "docs/api.md", reference()
    if sys.argv[1:] == ["--check"]:
        if missing := gaps():
            sys.exit("\n".join(missing))
        if not target.exists() or target.read_text() != text:
            sys.exit("docs/api.md is not current: run python3 docs/api.py")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        target.write_text(text)


main()
