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


PAIR = "_pair"  # behind the name of a series: of the marginals in each pair


def possible(file):
    whole = file.has("tv", "entropy", "chi2", "fisher")
    return (whole or file.has("tv_pair")) and file.has("time") and file["time"].size > 2


def series(file, name, pair):
    """The times at which a series was computed, and its values; pair None: in all variables."""
    if pair is not None:
        return file["time"], file[name + PAIR][:, pair]
    computed = np.isfinite(file["negative"])  # it always has a value where anything has
    return file["time"][computed], file[name][computed]


def words_of(text):
    return text.decode() if isinstance(text, bytes) else str(text)


def measured(file, name, pair):
    """': 0.5019 ± 1e-12 (fit alone)' as the file has it."""
    columns = ("norm", "norm_rate", "norm_rate_error", "norm_remark")
    if not file.has(*columns):
        return ""
    coordinate = file["norm_coordinate"]
    wanted = name if pair is None else name + PAIR
    for k, (found, rate, error, remark) in enumerate(zip(*(file[column] for column in columns))):
        if pair is not None and coordinate[k] != pair + 1:
            continue
        if words_of(found) == wanted and np.isfinite(rate):
            return f": {rate:.6g} ± {error_bar(error)} ({words_of(remark).partition(';')[0]})"
    return ": no rate"


def curves(axes, file, pair=None):
    for name, power, color, line, words in SERIES:
        time, values = series(file, name, pair)
        axes.semilogy(
            time,
            positive(values) ** power,
            color=color,
            ls=line,
            label=words + measured(file, name, pair),
        )
    for name, color, line, of in NEGATIVE:
        time, mass = series(file, name, pair)
        if np.any(mass > 1e-12):
            words = f"negative mass of {of}"
            axes.semilogy(time, positive(mass), color=color, ls=line, lw=0.8, label=words)
    axes.set_ylabel("distance to $F$")


def pairs(file):
    """[None], or the pairs where there are marginals alone."""
    return [None] if file.has("tv") else list(range(file["tv_pair"].shape[1]))


def onto(file, axes, look=Look(), others=()):
    curves(axes, file, pairs(file)[0])
    axes.legend(frameon=False)
    axes.set_xlabel("$t$")
    axes.set_title(look.title or axes.get_title())


def draw_pair(file, look, pair):
    figure, axes = plt.subplots(figsize=look.size(COLUMN, 3.4))
    curves(axes, file, pair)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), frameon=False, labelspacing=0.3)
    axes.set_xlabel("$t$")
    axes.set_xlim(file["time"][0], file["time"][-1])
    time = series(file, "tv", pair)[0]
    values = {name: series(file, name, pair)[1] for name, *_ in SERIES}
    step = max(time.size // 500, 1)
    texts = [
        "\n".join([f"t = {time[k]:.4g}"] + [f"{name} = {values[name][k]:.4g}" for name in values])
        for k in range(0, time.size, step)
    ]
    figure.hover = axes, time[::step], None, texts
    of = "" if pair is None else f", marginal {pair + 1}"
    title(figure, "Distances to the steady state" + of, file, look)
    return figure


def draw(file, look=Look(), others=()):
    for pair in pairs(file):
        name = "norms" if pair is None else f"norms-pair{pair + 1}"
        yield name, draw_pair(file, look, pair)
