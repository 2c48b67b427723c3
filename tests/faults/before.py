"""What an older program does of what a test demands.

Usage: before.py HYPOCO SCRIPT [ARGUMENT...]
Runs a Python test of tests/application against any program to its end, where the test alone would
stop at the first promise that is broken, and prints each line of the test that fails.
A line that never fails demands nothing that was not there before.
Option files of tests lose the key `commands` where the program does not know it,
so that it meets what they demand and not that key.
"""
import ast
import os
import re
import subprocess
import sys

try:
    import h5py  # noqa: F401  the tests look for it themselves, and would start again
except ImportError:
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

BROKEN = {}


def note(line, error):
    """Keeps the lines on the way to a broken promise: the test's own, then those of helpers."""
    frame, way = sys._getframe(1), []
    while frame:
        if frame.f_code.co_filename == SCRIPT:
            way.append(frame.f_lineno if way else line)
        frame = frame.f_back
    text = " ".join(str(error).split()) or type(error).__name__
    BROKEN.setdefault(tuple(reversed(way)), []).append(text)


class Tolerant(ast.NodeTransformer):
    """Every statement of a body that raises is noted, and the next one is tried."""

    def guard(self, body):
        guarded = []
        for statement in body:
            statement = self.visit(statement)
            if isinstance(statement, (ast.Assert, ast.Expr)):
                statement = ast.copy_location(
                    ast.Try(
                        body=[statement],
                        handlers=[
                            ast.ExceptHandler(
                                type=ast.Name("Exception", ast.Load()),
                                name="error",
                                body=[
                                    ast.parse(f"__note__({statement.lineno}, error)").body[0]
                                ],
                            )
                        ],
                        orelse=[],
                        finalbody=[],
                    ),
                    statement,
                )
            guarded.append(statement)
        return guarded

    def generic_visit(self, node):
        for field in ("body", "orelse", "finalbody"):
            if isinstance(getattr(node, field, None), list):
                setattr(node, field, self.guard(getattr(node, field)))
        for handler in getattr(node, "handlers", []):
            handler.body = self.guard(handler.body)
        return node


if __name__ == "__main__":
    program, SCRIPT, *rest = sys.argv[1:]
    with open(SCRIPT, encoding="utf-8") as file:
        text = file.read()
    if "-commands" not in subprocess.run([program, "solve", "-help"], stdout=-1, text=True).stdout:
        text = re.sub(r"\bcommands: [a-z, ]+(\\n|\n)", "", text)
    tree = ast.fix_missing_locations(Tolerant().visit(ast.parse(text)))
    sys.argv = [SCRIPT, program, *rest]
    sys.path.insert(0, os.path.dirname(os.path.abspath(SCRIPT)))
    space = {"__name__": "__main__", "__file__": SCRIPT, "__note__": note}
    try:
        exec(compile(tree, SCRIPT, "exec"), space)
    except SystemExit:
        pass
    except Exception as error:  # what cannot go on is broken too
        note(0, error)
    for way, errors in sorted(BROKEN.items()):
        print(f"{os.path.basename(SCRIPT)}:{':'.join(map(str, way))}")
        for error in errors:
            print(f"    {error[:300]}")
    print(f"{sum(map(len, BROKEN.values()))} promises broken, at {len(BROKEN)} places")
