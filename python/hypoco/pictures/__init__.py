"""Which pictures a file allows, and where they go."""
import os

from ..data import Result, Unusable
from .style import plt


def pictures():
    """Name -> (is there something to draw?, figures by suffix); imported late, so that -what one loads one."""
    from . import decay, phase, sample, spectrum, statements, sweep
    return {module.__name__.rpartition(".")[2]: module for module in (decay, phase, spectrum, statements, sweep, sample)}


def figures(result, what):
    """Yields (suffix, figure) for one kind of picture, or for all that the file allows."""
    known = pictures()
    wanted = [name for name in known if known[name].possible(result)] if what == "all" else [what]
    if what != "all" and not known[what].possible(result):
        possible = ", ".join(name for name in known if known[name].possible(result)) or "nothing"
        raise Unusable(f"{result.path}: holds nothing for '{what}'; it can show {possible}")
    if not wanted:
        raise Unusable(f"{result.path}: holds nothing that could be drawn; state of the run: {result.text('state') or 'unknown'}")
    for name in wanted:
        yield from known[name].draw(result)


def plot(path, what, formats, output, resolution):
    """Draws, and returns the names of the files written: STEM-decay.png and so on, STEM from the file or from `output`."""
    result = Result(path)
    stem = output or result.stem
    if os.path.isdir(stem):
        stem = os.path.join(stem, os.path.basename(result.stem))
    if what == "animation":
        from .animation import animate
        return [animate(result, stem)]
    written = []
    for suffix, figure in figures(result, what):
        for ending in formats:
            written.append(f"{stem}-{suffix}.{ending}")
            figure.savefig(written[-1], dpi=resolution)
        plt.close(figure)
    return written
