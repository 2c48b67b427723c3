"""The algorithm, its models and the equation over one time:
averages, differences from the equation, rates with their bars;
with a recorded run beside it, that run."""
import numpy as np

from . import trace

from ..data import numbers
from .style import BLACK, PAGE, SERIES, Look, headline, plt

QUANTITIES = (("theta", r"E $\theta$"), ("theta2", r"E $\theta^2$"), ("loss", r"E $f$"))


def possible(result):
    return result.has("model_name", "theta", "theta_error", "rate")


def names(result):
    return [
        name.decode() if isinstance(name, bytes) else str(name) for name in result["model_name"]
    ]


def averages(axes, result, quantity, label, others):
    time, colours = result["time"], iter(SERIES[1:])
    for name, mean, error in zip(names(result), result[quantity], result[f"{quantity}_error"]):
        if name == "pde":
            axes.plot(time, mean, color=BLACK, lw=1.6, label="equation", zorder=5)
            continue
        colour, style = next(colours)
        axes.plot(time, mean, color=colour, ls=style, lw=0.8, label=name)
        axes.fill_between(
            time, mean - 1.96 * error, mean + 1.96 * error, color=colour, alpha=0.25, lw=0
        )
    axes.set_xlim(time[0], time[-1])
    name, power = ("loss", 1) if quantity == "loss" else ("theta", 2 if quantity == "theta2" else 1)
    trace.draw_into(axes, others, name, 0, power=power)
    axes.set_xlabel("$t$")
    axes.set_ylabel(label)


def rates(axes, result):
    labels, rate, error = names(result), result["rate"], result["rate_error"]
    known = [k for k in range(len(labels)) if np.isfinite(rate[k])]
    axes.errorbar(
        [rate[k] for k in known],
        range(len(known)),
        xerr=[error[k] for k in known],
        fmt="o",
        ms=3,
        color=BLACK,
        capsize=2,
    )
    if result.has("rate_difference", "rate_rest"):  # without what is the model's own
        own = [
            (k, result["rate"][0] + result["rate_rest"][j], result["rate_rest_error"][j])
            for k, j in enumerate(known)
            if np.isfinite(result["rate_rest"][j])
        ]
        axes.errorbar(
            [value for _, value, _ in own],
            [k + 0.25 for k, _, _ in own],
            xerr=[bar for _, _, bar in own],
            fmt="o",
            ms=3,
            mfc="white",
            color=SERIES[1][0],
            capsize=2,
            label="without what is\nthe model's own",
        )
        axes.legend(fontsize="xx-small")
    axes.set_yticks(range(len(known)), [labels[k] for k in known], fontsize="small")
    axes.invert_yaxis()
    axes.set_xlabel(r"rate of E $\theta$")


def draw(result, look=Look(), others=()):
    shown = [
        (quantity, label) for quantity, label in QUANTITIES if np.isfinite(result[quantity]).any()
    ]
    figure, axes = plt.subplots(1, len(shown) + 1, figsize=look.size(PAGE, 2.8))
    for ax, (quantity, label) in zip(axes, shown):
        averages(ax, result, quantity, label, others)
    axes[0].legend(fontsize="x-small")
    rates(axes[-1], result)
    parts = [
        f"${symbol}={numbers(result.options[key])}$"
        for key, symbol in (("model_learning_rate", r"\eta"), ("model_staleness", r"\kappa"))
        if result.options.get(key) not in (None, "")
    ]
    headline(figure, "The algorithm, its models and the equation", parts, look)
    yield "compare", figure
