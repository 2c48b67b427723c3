"""Distances to F that exist for every loss: total variation, entropy, chi^2, Fisher information,
with their rates, and the mass where g or F is negative."""
import numpy as np

from ..data import error_bar
from .decay import positive
from .style import BLACK, BLUE, COLUMN, GREEN, GREY, ORANGE, VERMILION, Look, plt, title

# name in the file, power of it that decays like ||h||^2, colour, line, words
SERIES = (
    ("tv", 2, BLACK, "-", "total variation, squared"),
    ("entropy", 1, BLUE, "--", "relative entropy"),
    ("chi2", 1, ORANGE, "-.", r"$\chi^2$"),
    ("fisher", 1, GREEN, ":", "Fisher information"),
)
NEGATIVE = (("negative", VERMILION, "-", "g"), ("negative_F", GREY, "--", "F"))


def possible(file):
    return file.has("time", "tv", "entropy", "chi2", "fisher") and file["time"].size > 2


def words_of(text):
    return text.decode() if isinstance(text, bytes) else str(text)


def measured(file, name):
    """': 0.5019 ± 1e-12 (fit alone)' as the file has it."""
    columns = ("norm", "norm_rate", "norm_rate_error", "norm_remark")
    if not file.has(*columns):
        return ""
    for found, rate, error, remark in zip(*(file[column] for column in columns)):
        if words_of(found) == name and np.isfinite(rate):
            return f": {rate:.6g} ± {error_bar(error)} ({words_of(remark).partition(';')[0]})"
    return ": no rate"


def curves(axes, file):
    for name, power, color, line, words in SERIES:
        axes.semilogy(
            file["time"],
            positive(file[name]) ** power,
            color=color,
            ls=line,
            label=words + measured(file, name),
        )
    for name, color, line, of in NEGATIVE:
        mass = file[name]
        if np.any(mass > 1e-12):
            words = f"negative mass of {of}"
            axes.semilogy(file["time"], positive(mass), color=color, ls=line, lw=0.8, label=words)
    axes.set_ylabel("distance to $F$")


def onto(file, axes, look=Look(), others=()):
    curves(axes, file)
    axes.legend(frameon=False)
    axes.set_xlabel("$t$")
    axes.set_title(look.title or axes.get_title())


def draw(file, look=Look(), others=()):
    figure, axes = plt.subplots(figsize=look.size(COLUMN, 3.4))
    curves(axes, file)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), frameon=False, labelspacing=0.3)
    axes.set_xlabel("$t$")
    axes.set_xlim(file["time"][0], file["time"][-1])
    step = max(file["time"].size // 500, 1)
    texts = [
        "\n".join(
            [f"t = {file['time'][k]:.4g}"]
            + [f"{name} = {file[name][k]:.4g}" for name, *_ in SERIES]
        )
        for k in range(0, file["time"].size, step)
    ]
    figure.hover = axes, file["time"][::step], None, texts
    title(figure, "Distances to the steady state", file, look)
    yield "norms", figure
