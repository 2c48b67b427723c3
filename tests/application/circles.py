"""No two files of src/ need each other:
the symbols of the built objects make a graph without a circle.

Usage: circles.py HYPOCO; the objects are those beside the program.
A constructor, HypNounCreate_NAME or HypNounRegister_NAME,
may stand in another file than what it is built on: the two are one type.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

SOURCES = Path(os.environ["HYPOCO_SOURCE_DIR"]) / "src"
CONSTRUCTOR = re.compile(r"Hyp\w+(Create|Register)_\w+$")


def symbols(objects):
    """Who defines each symbol, and which symbols each file needs."""
    names = {str(path): str(path).split(".dir/src/")[1][:-2] for path in objects}
    # some objects are left over from an earlier build
    there = [path for path, name in names.items() if (SOURCES / name).is_file()]
    owner, needs = {}, {}
    listing = subprocess.run(["nm", "-A", *there], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        path, words = line.split(":", 1)
        words = words.split()
        if len(words) == 3 and words[1] in "TDRB":
            owner[words[2]] = names[path]
        elif words[0] == "U":
            needs.setdefault(names[path], set()).add(words[1])
    return owner, needs


def trim(graph):
    """Takes away files that need no other one, again and again: what is left has circles."""
    while True:
        done = {name for name, others in graph.items() if not others}
        if not done:
            return graph
        graph = {name: others - done for name, others in graph.items() if name not in done}


def main():
    objects = sorted((Path(sys.argv[1]).resolve().parent / "CMakeFiles").glob("*.dir/src/**/*.o"))
    owner, needs = symbols(objects)
    why = {}
    for name, wanted in needs.items():
        for symbol in wanted:
            other = owner.get(symbol, name)
            if other != name and not CONSTRUCTOR.match(symbol):
                why.setdefault((name, other), []).append(symbol)
    graph = {
        name: {b for a, b in why if a == name} for name in {file for pair in why for file in pair}
    }
    if len(graph) < 50:
        sys.exit(
            f"only {len(graph)} files found in {len(objects)} objects: the test looks in the "
            "wrong place"
        )
    left = trim(graph)
    # what merely needs a file of a circle is not in one
    backwards = trim({b: {a for a in left if b in left[a]} for b in left})
    if backwards:
        sys.exit(
            "files that need each other:\n"
            + "\n".join(
                f"  {a} needs {b}: {', '.join(why[a, b])}"
                for a in sorted(backwards)
                for b in sorted(left[a])
                if b in backwards
            )
        )
    print(f"{len(graph)} files, {len(why)} edges, no circle")


main()
