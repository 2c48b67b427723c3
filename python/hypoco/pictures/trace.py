"""A recorded run beside the fitted models, from `theory` with theory_trace:
the run with the average and the 95 % interval of each model, and the autocorrelations.

Given after another file with -plot_together true, the run is drawn into that file's pictures."""
import numpy as np

from ..data import Unusable
from .style import BLACK, GREY, PAGE, SERIES, Look, headline, plt

ROWS = 3  # coordinates that are shown


def possible(result):
    return result.has("recorded", "fitted_mean", "autocorrelation")


def values(result, name, coordinate=0):
    """theta_c or the loss of the run, None where it was not recorded."""
    if not result.has("recorded_" + name) or coordinate >= len(result["coordinate"]):
        return None
    return result["recorded_" + name][:, coordinate]


def runs(files, name="theta", coordinate=0):
    """The recorded runs among files: steps, times and values."""
    for file in files:
        found = values(file, name, coordinate) if possible(file) else None
        if found is not None:
            yield np.arange(len(found)), file["time"], found


def draw_into(axes, files, name="theta", coordinate=0, steps=False, power=1, **look):
    """The recorded runs as lines over the equation's time, or over steps."""
    look = {"color": GREY, "lw": 0.6, "zorder": 1, "label": "recorded run", **look}
    limits, heights = axes.get_xlim(), axes.get_ylim()
    for count, time, found in runs(files, name, coordinate):
        axes.plot(count if steps else time, found**power, **look)
        look["label"] = None
    axes.set_xlim(limits)
    if power != 1:  # a square of one run is far above its average
        axes.set_ylim(heights)


def best(result):
    return int(np.argmin(result["criterion"][:, 0]))


def fits(axes, result, coordinate, end):
    """The run in grey up to a step, every model's average, and the interval of the best one."""
    shown = result["shown"]
    run = values(result, "theta", coordinate)
    run = values(result, "loss") if run is None else run
    axes.plot(np.arange(len(run)), run, color=GREY, lw=0.5, label="recorded run")
    for k, (name, (colour, style)) in enumerate(zip(result.texts("model_name"), SERIES[1:])):
        chosen = k == best(result)
        axes.plot(
            shown,
            result["fitted_mean"][k, coordinate],
            color=colour,
            ls=style,
            lw=1.6 if chosen else 0.8,
            label=f"{name}, fits best" if chosen else name,
        )
        if chosen:
            low, high = (result[f"fitted_{end}"][k, coordinate] for end in ("low", "high"))
            axes.fill_between(shown, low, high, color=colour, alpha=0.2, lw=0, label="95 % of runs")
    axes.set_xlim(0, end)
    axes.set_xlabel("step")
    axes.set_ylabel(label(result, coordinate))


def label(result, coordinate):
    if not result.has("recorded_theta"):
        return "loss"
    return r"$\theta$" if len(result["coordinate"]) == 1 else rf"$\theta_{{{coordinate + 1}}}$"


def correlations(axes, result, coordinate):
    """Bars of 95 % about what was measured; lines are the fitted models."""
    lag = result["lag"]
    axes.errorbar(
        lag,
        result["autocorrelation"][coordinate],
        yerr=1.96 * result["autocorrelation_error"][coordinate],
        fmt=".",
        ms=2,
        lw=0.5,
        color=BLACK,
        label="recorded run, 95 %",
    )
    for k, (name, (colour, style)) in enumerate(zip(result.texts("model_name"), SERIES[1:])):
        axes.plot(
            lag, result["fitted_autocorrelation"][k, coordinate], color=colour, ls=style, label=name
        )
    axes.axhline(0, color=BLACK, lw=0.5)
    axes.set_xlabel("lag (steps)")
    axes.set_ylabel(f"autocorrelation of {label(result, coordinate)}")


def summary(result):
    """The numbers of the model that fits best."""
    k = best(result)
    words = {"asgd": r"\kappa", "delay": "l", "momentum": r"\mu"}
    name = result.texts("model_name")[k]
    parts = [f"{name} fits best"]
    for symbol, key in ((r"\eta a", "eta_a"), (words.get(name), "staleness")):
        if symbol is None:
            continue
        text = f"${symbol}={result[key][k, 0]:.4g}$"
        if result.has(key + "_low") and np.isfinite(result[key + "_low"][k, 0]):
            low, high = (result[key + end][k, 0] for end in ("_low", "_high"))
            text += f" [{low:.3g}, {high:.3g}]"
        parts.append(text)
    return parts


def onto(result, axes, look=Look(), others=()):
    fits(axes, result, 0, len(result["recorded"]) - 1)
    axes.legend(fontsize="x-small")


def draw(result, look=Look(), others=()):
    if others:
        raise Unusable(
            f"{others[0].path}: give a recorded run after the file into whose picture it goes, "
            "not before it"
        )
    rows, last = min(len(result["coordinate"]), ROWS), len(result["recorded"]) - 1
    start = min(last, 3 * int(result["lag"][-1]))  # where the averages move
    ends = [start] if 2 * start > last else [start, last]
    figure, axes = plt.subplots(
        rows, len(ends) + 1, figsize=look.size(PAGE, 0.4 + 2.4 * rows), squeeze=False
    )
    for coordinate in range(rows):
        for ax, end in zip(axes[coordinate], ends):
            fits(ax, result, coordinate, end)
        correlations(axes[coordinate, -1], result, coordinate)
    axes[0, 0].legend(fontsize="x-small")
    axes[0, -1].legend(fontsize="x-small")
    headline(figure, "A recorded run and the quadratic models", summary(result), look)
    yield "trace", figure
