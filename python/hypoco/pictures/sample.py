"""Moments of sampled paths against time, with their error bands and the exact equations, as in An,
Lu and Ying."""
import numpy as np
from matplotlib.colors import LogNorm

from ..data import numbers, plain
from .style import BLACK, BLUE, COLUMN, DENSITY, ORANGE, PAGE, SKY, Look, headline, plt

MODELS = {"asgd": "ASGD", "sgd": "SGD", "msgd": "MSGD"}


def possible(result):
    return result.has("step", "theta2", "theta2_error")


def loss(result):
    """The loss in a few words."""
    options = result.options
    if options.get("sample_model") == "sde" or options.get("sample_loss_type") == "model":
        return result.epsilon_label()
    if options.get("sample_loss_type") == "expression":
        return f"$f_i$ = {plain(options.get('sample_loss_value') or 'by gradient')}".replace(
            "theta", "θ"
        )
    if (
        options.get("sample_loss_type") == "quadratic"
        and len(options.get("sample_loss_curvature") or [1]) == 1
    ):
        return f"$f''={float((options.get('sample_loss_curvature') or [1])[0]):g}$"
    return options.get("sample_loss_type", "")


def heading(figure, result, what, look):
    """What it shows, and below it model, parameters and loss."""
    options = result.options
    symbols = (
        (("model_omega0", r"\omega_0"), ("model_gamma", r"\gamma"), ("model_beta", r"\beta"))
        if options.get("sample_model") == "sde" and not options.get("model_learning_rate")
        else (("model_learning_rate", r"\eta"), ("model_staleness", r"\kappa"))
    )
    parts = [MODELS.get(options.get("sample_model"), options.get("sample_model") or "paths")]
    parts += [
        f"${symbol}={numbers(options[key])}$"
        for key, symbol in symbols
        if options.get(key) not in (None, "")
    ]
    parts += [f"{int(float(options['sample_paths']))} paths"] if options.get("sample_paths") else []
    parts += [loss(result)[:60].rstrip('\\')] * bool(loss(result))
    headline(figure, what, parts, look)


def clock(result):
    """What counts the time: steps of an algorithm, the equation's own time of `sde`;
    with its name."""
    return (
        (result["time"], "$t$")
        if result.options.get("sample_model") == "sde"
        else (result["step"], "step")
    )


def moment(axes, result, name, label, log):
    step, unit = clock(result)
    mean, error = result[name][:, 0], 1.96 * result[f"{name}_error"][:, 0]
    axes.fill_between(
        step,
        np.maximum(mean - error, 1e-300) if log else mean - error,
        mean + error,
        color=SKY,
        alpha=0.6,
        lw=0,
        label="95 % of the average",
    )
    axes.plot(step, mean, color=BLUE, label="average over paths")
    if result.has(f"{name}_exact"):
        axes.plot(
            step, result[f"{name}_exact"][:, 0], color=ORANGE, ls=(0, (4, 2)), label="exact moments"
        )
    if log and (mean > 0).all():
        axes.set_yscale("log")
        axes.set_ylim(mean.min() / 2, mean.max() * 2)
    axes.set_xlabel(unit)
    axes.set_ylabel(label)


def draw_moments(result, look):
    figure, axes = plt.subplots(1, 2, figsize=look.size(PAGE, 2.6))
    moment(axes[0], result, "theta", r"E $\theta$", False)
    axes[0].axhline(0, color=BLACK, lw=0.5)
    moment(axes[1], result, "theta2", r"E $\theta^2$", True)
    axes[1].legend()
    heading(figure, result, "Moments of the paths", look)
    return figure


def common(result, plane):
    """The same range for all panels: of all edges where a density is seen;
    with the largest and smallest density."""
    if plane:
        edges = [result["theta_edge"][:, 0], result["y_edge"][:, 0]]
        density = result["theta_y_density"][:, 0]
        seen = density[density > 0]
    else:
        edges, seen = [result["theta_edge"][:, 0]], result["theta_density"][:, 0]
    return [(edge.min(), edge.max()) for edge in edges], (
        seen.min(),
        seen.max(),
    ) if seen.size else (0, 1)


def draw_density(result, look):
    steps, plane = result["snapshot"], result.has("theta_y_density")
    across = min(len(steps), 3)
    down = (len(steps) + across - 1) // across
    size = look.size(COLUMN if across < 2 else PAGE, 0.5 + 2.3 * down)
    figure, axes = plt.subplots(down, across, figsize=size, squeeze=False, sharex=True, sharey=True)
    ranges, (low, high) = common(result, plane)
    for ax in axes.flat[len(steps) :]:
        ax.set_axis_off()
    for k, ax in enumerate(axes.flat[: len(steps)]):
        theta = result["theta_edge"][k, 0]
        if plane:
            density = result["theta_y_density"][k, 0].T
            image = ax.pcolormesh(
                theta,
                result["y_edge"][k, 0],
                np.where(density > 0, density, np.nan),
                cmap=DENSITY,
                norm=LogNorm(low, high if high > low else 2 * low),
                rasterized=True,
            )
            ax.set_ylim(ranges[1])
        else:
            ax.stairs(result["theta_density"][k, 0], theta, fill=True, color=BLUE)
        ax.set_xlim(ranges[0])
        when, unit = clock(result)
        ax.set_title(
            f"step {steps[k]:.0f}"
            if unit == "step"
            else f"$t={np.interp(steps[k], result['step'], when):.3g}$"
        )
        ax.set_facecolor("0.93")  # no path there
        ax.label_outer()
    for ax in axes[-1]:
        ax.set_xlabel(r"$\theta$")
    for ax in axes[:, 0]:
        ax.set_ylabel("$y$" if plane else "density")
    if plane:
        bar = figure.colorbar(image, ax=axes, aspect=30, pad=0.02)
        bar.set_label("density of the paths", fontsize="small")
    heading(
        figure,
        result,
        "Density of the paths" + (" in (θ, y), logarithmic colours" if plane else ""),
        look,
    )
    return figure


def draw(result, look=Look(), others=()):
    yield "sample", draw_moments(result, look)
    if result.has("snapshot", "theta_edge"):
        yield "sample-density", draw_density(result, look)
