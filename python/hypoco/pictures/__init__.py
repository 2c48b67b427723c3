"""Which pictures a file allows, and where they go.

A picture is a module with `possible(file)` and `draw(file, look, others)`, which yields pairs
(suffix, figure); `onto(file, axes, look, others)` draws its main panel into given axes.
"""
import os

from .. import data
from ..data import File, Unusable
from .style import Look, plt


PICTURES = (".png", ".pdf", ".svg")


def modules():
    """Name -> module; imported late, so that -what one loads one."""
    from . import (
        compare,
        decay,
        norms,
        phase,
        sample,
        spectrum,
        statements,
        sweep,
        theta,
        trace,
    )

    return {
        module.__name__.rpartition(".")[2]: module
        for module in (
            decay,
            norms,
            phase,
            theta,
            spectrum,
            statements,
            sweep,
            compare,
            sample,
            trace,
        )
    }


def possible(file):
    """The names of the pictures that a file allows."""
    return [name for name, module in modules().items() if module.possible(file)]


def figures(file, what="all", look=Look(), others=()):
    """Yields (suffix, figure) for one kind of picture, or for all that the file allows."""
    there = possible(file)
    if what != "all" and what not in there:
        raise Unusable(
            f"{file.path}: holds nothing for '{what}'; "
            f"it can show {', '.join(there) or 'nothing'}"
        )
    if not there:
        raise Unusable(
            f"{file.path}: holds nothing that could be drawn; "
            f"state of the run: {file.text('state') or 'unknown'}"
        )
    for name in there if what == "all" else [what]:
        yield from modules()[name].draw(file, look, list(others))


def axes(file, what="all", others=(), **look):
    """Draws for Python: returns the axes of every figure, as matplotlib's subplots does."""
    chosen = Look(**look)
    if what == "all" and others:
        what = "decay"
    with chosen.context():
        drawn = [figure.axes for _, figure in figures(file, what, chosen, others)]
    flat = drawn[0] if len(drawn) == 1 else drawn
    return flat[0] if len(flat) == 1 else flat


def onto(file, what, ax, others=(), **look):
    """Draws the main panel of a picture into given axes and returns them."""
    if not modules()[what].possible(file):
        raise Unusable(f"{file.path}: holds nothing for '{what}'")
    modules()[what].onto(file, ax, Look(**look), list(others))
    return ax


def stem_of(path, output):
    """How the names of the pictures begin: as the file, or as `output`, which may be a folder."""
    own = data.stem_of(path)
    return os.path.join(output, os.path.basename(own)) if os.path.isdir(output) else output or own


def plot(paths, what, formats, output, resolution, look=Look(), together=False):
    """Draws, and yields the names of the files written: STEM-decay.png and so on.

    Each file has pictures of its own; `together` draws all files on the axes of the first one.
    An output that ends as a picture, fig.png, chooses the format.
    """
    start, ending = os.path.splitext(output)
    picture = ending.lower() in PICTURES and not os.path.isdir(output)
    if picture:
        output, formats = start, [ending[1:]]
    known = [File(path) for path in paths]
    groups = [(known[0], known[1:])] if together else [(file, ()) for file in known]
    for file, others in groups:
        stem = stem_of(file.path, output)
        with look.context():
            if what == "animation":
                from .animation import animate

                yield animate(file, stem)
                continue
            if what == "all" and others:
                what = "decay"
            drawn = figures(file, what, look, others)
            if picture:  # one picture has exactly that name
                drawn = list(drawn)
            alone = picture and len(drawn) == 1 and len(groups) == 1
            for suffix, figure in drawn:
                name = stem if alone else f"{stem}-{suffix}"
                for ending in formats:
                    yield save(file, figure, name, ending, resolution)
                plt.close(figure)


def save(file, figure, stem, ending, resolution):
    """Writes a figure, or the table of statements as text, and returns the name."""
    name = f"{stem}.{ending}"
    if ending in ("csv", "tex"):
        from . import statements

        if not statements.possible(file):
            raise Unusable(
                f"{file.path}: {ending} is for tables of statements, which verify writes"
            )
        with open(name, "w", encoding="utf-8") as text:
            text.write(statements.as_text(file, ending))
    else:
        figure.savefig(name, dpi=resolution)
    return name
