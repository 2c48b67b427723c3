"""The notebooks of examples/ run from the first cell to the last,
and show what they are stored with.

Usage: notebooks.py HYPOCO
"""
import os
import re
import sys
from pathlib import Path

try:
    import h5py  # noqa: F401
    import nbformat
    from nbclient import NotebookClient
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

ROOT = Path(os.environ["HYPOCO_SOURCE_DIR"])
os.environ["HYPOCO"] = sys.argv[1]
os.environ["PYTHONPATH"] = str(ROOT / "python")
os.environ.pop("MPLBACKEND", None)


def shown(book):
    """For each cell of code: how many pictures, and the numbers of its text to three digits."""
    for cell in book.cells:
        if cell.cell_type == "code":
            texts = [output.get("text", "") for output in cell.outputs]
            numbers = re.findall(r"(?<![\w.])-?\d+\.\d+(?![\d.]*e)", " ".join(texts))
            pictures = sum("image/png" in output.get("data", {}) for output in cell.outputs)
            yield pictures, [f"{float(number):.3g}" for number in numbers]


books = sorted((ROOT / "examples").glob("*.ipynb"))
assert len(books) >= 4, books
for path in books:
    stored = nbformat.read(path, as_version=4)
    book = nbformat.read(path, as_version=4)
    NotebookClient(
        book, timeout=250, kernel_name="python3", resources={"metadata": {"path": "."}}
    ).execute()
    for cell, (before, after) in enumerate(zip(shown(stored), shown(book)), 1):
        assert before == after, f"{path.name}, cell of code {cell}: stored {before}, now {after}"
    assert any(pictures for pictures, _ in shown(stored)), path
    print(path.name)
