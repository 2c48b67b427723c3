"""Moments of sampled paths against steps, wall time and gradients, with their error bands
and the exact equations; single paths and their projections, as in An, Lu and Ying and in He et al.

With further files, all of them on the same axes; recorded runs among them as lines."""
import numpy as np
from matplotlib.colors import LogNorm

from . import trace

from ..data import numbers, plain
from .style import BLACK, BLUE, COLUMN, DENSITY, ORANGE, PAGE, SERIES, SKY, Look, headline, plt

MODELS = {"asgd": "ASGD", "sgd": "SGD", "msgd": "MSGD"}

# Models without staleness of a law: what the keys of one say is not used
UNSTALE = ("sgd", "msgd", "sme-sgd", "sme-msgd", "sde", "workers", "ssgd")


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
        and not options.get("sample_loss_range")
        and len(options.get("sample_loss_curvature") or [1]) == 1
    ):
        return f"$f''={float((options.get('sample_loss_curvature') or [1])[0]):g}$"
    return plain(options.get("sample_loss_type", ""))


def staleness(options):
    """What stands for kappa where staleness has another law."""
    law = str(options.get("sample_staleness_law") or "geometric")
    if law == "geometric" or options.get("sample_model") in UNSTALE:
        return ""
    bound = options.get("sample_staleness_bound")
    end = f" {numbers(bound)}" if bound not in (None, "") else ""
    return ("delay" if law == "fixed" else f"{plain(law)} staleness up to" if end else law) + end


def heading(figure, result, what, look):
    """What it shows, and below it model, parameters and loss."""
    options = result.options
    noise = options.get("model_tau") not in (None, "")
    symbols = (
        (
            ("model_omega0", r"\omega_0"),
            ("model_gamma", r"\gamma"),
            ("model_tau", r"\tau") if noise else ("model_beta", r"\beta"),
        )
        if options.get("sample_model") == "sde" and not options.get("model_learning_rate")
        else (("model_learning_rate", r"\eta"), ("model_staleness", r"\kappa"))
    )
    model = str(options.get("sample_model") or "paths")
    parts = [MODELS.get(model, plain(model))]
    late = staleness(options)
    parts += [
        f"${symbol}={numbers(options[key])}$"
        for key, symbol in symbols
        if options.get(key) not in (None, "") and not (late and key == "model_staleness")
    ]
    parts += [late] * bool(late)
    parts += [f"{int(float(options['sample_paths']))} paths"] if options.get("sample_paths") else []
    parts += [loss(result)[:60].rstrip("\\")] * bool(loss(result))
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


# What a moment can be drawn against besides steps: variable, label
COSTS = (("wall", "wall time"), ("gradients", "gradients of a path"))


def costs(results):
    """Those that all files have and that tell them apart: gradients do where batches differ."""
    there = [cost for cost in COSTS if all(result.has(cost[0]) for result in results)]
    counts = {float(result["gradients"][-1]) for result in results if result.has("gradients")}
    return [cost for cost in there if cost[0] != "gradients" or len(counts) > 1]


def names(results):
    """The model of each file, with what tells two files apart."""
    differ = [
        (key, symbol)
        for key, symbol in (("model_learning_rate", r"\eta"), ("model_staleness", r"\kappa"))
        if len({str(result.options.get(key)) for result in results}) > 1
    ]
    paths = {str(result.options.get("sample_paths")) for result in results}
    labels = []
    for result in results:
        options = result.options
        label = MODELS.get(options.get("sample_model"), options.get("sample_model") or "paths")
        label += "".join(f", ${symbol}={numbers(options[key])}$" for key, symbol in differ)
        if options.get("sample_batch_cost"):
            label += ", batches by (4.11)"
        elif str(options.get("sample_batch") or 1) != "1":
            label += f", batches of {options['sample_batch']}"
        if len(paths) > 1 and options.get("sample_paths"):
            label += f", {int(float(options['sample_paths']))} paths"
        labels.append(label)
    return labels


def overlay(axes, results, name, label):
    """One moment of all files, each by its own clock."""
    lowest = highest = None
    for result, model, (colour, style) in zip(results, names(results), SERIES):
        x, unit = clock(result)
        mean, error = result[name][:, 0], 1.96 * result[f"{name}_error"][:, 0]
        axes.plot(x, mean, color=colour, ls=style, label=model)
        axes.fill_between(x, mean - error, mean + error, color=colour, alpha=0.25, lw=0)
        lowest = min(mean.min(), mean.min() if lowest is None else lowest)
        highest = max(mean.max(), mean.max() if highest is None else highest)
    if name == "theta2" and lowest > 0:
        axes.set_yscale("log")
        axes.set_ylim(lowest / 2, highest * 2)
    axes.set_xlabel(unit)
    axes.set_ylabel(label)


def centre(result):
    """The minimiser of a quadratic loss given by its centres; else 0."""
    centres = result.options.get("sample_loss_centers")
    if result.options.get("sample_loss_type") != "quadratic" or not centres:
        return 0.0
    return float(np.mean(np.asarray(centres, dtype=float)))


def against(axes, results, cost):
    """E (theta - theta*)^2 of all files over what the algorithm spends."""
    for result, label, (colour, style) in zip(results, names(results), SERIES):
        c, kind = centre(result), "_exact" if result.has("theta2_exact") else ""
        mean, square = result["theta" + kind][:, 0], result["theta2" + kind][:, 0]
        axes.plot(
            result[cost[0]], square - 2 * c * mean + c * c, color=colour, ls=style, label=label
        )
    axes.set_yscale("log")
    axes.set_xlabel(cost[1])
    axes.set_ylabel(r"E $(\theta-\theta_*)^2$")


def draw_moments(result, look, others=(), recorded=()):
    results = [result, *others]
    extra = costs(results)
    figure, axes = plt.subplots(1, 2 + len(extra), figsize=look.size(PAGE, 2.6))
    if others:
        overlay(axes[0], results, "theta", r"E $\theta$")
        overlay(axes[1], results, "theta2", r"E $\theta^2$")
    else:
        moment(axes[0], result, "theta", r"E $\theta$", False)
        moment(axes[1], result, "theta2", r"E $\theta^2$", True)
    steps = clock(result)[1] == "step"
    for ax, power in zip(axes, (1, 2)):
        trace.draw_into(ax, recorded, "theta", 0, steps=steps, power=power)
    axes[0].axhline(0, color=BLACK, lw=0.5)
    axes[1].legend(fontsize="small")
    for ax, cost in zip(axes[2:], extra):
        against(ax, results, cost)
    heading(figure, result, "Moments of the paths", look)
    return figure


def kept(result):
    """Values of single paths at enough steps to draw lines."""
    return result.has("path_theta", "snapshot") and len(result["snapshot"]) >= 8


def draw_paths(results, look, recorded=()):
    """theta of the first chosen coordinate along the first paths, against steps."""
    figure, axes = plt.subplots(figsize=look.size(COLUMN, 2.6))
    for result, name, (colour, style) in zip(results, names(results), SERIES):
        values = result["path_theta"][:, 0, :5]
        axes.plot(result["snapshot"], values, color=colour, ls=style, lw=0.8)
        axes.plot([], [], color=colour, ls=style, label=name)
    chosen = int(np.ravel(results[0]["chosen"])[0]) - 1
    trace.draw_into(axes, recorded, "theta", chosen, steps=True)
    axes.axhline(0, color=BLACK, lw=0.5)
    axes.set_xlabel("step")
    axes.set_ylabel(r"$\theta$")
    axes.legend(fontsize="small")
    heading(figure, results[0], "Single paths", look)
    return figure


def draw_projections(results, look):
    """The first path in the planes of the first and second, third and fourth, ... coordinate."""
    chosen = results[0]["chosen"].astype(int)
    pairs = [(k, k + 1) for k in range(0, len(chosen) - 1, 2)][:6]
    figure, axes = plt.subplots(1, len(pairs), figsize=look.size(PAGE, 2.6), squeeze=False)
    for ax, (a, b) in zip(axes[0], pairs):
        for result, name, (colour, style) in zip(results, names(results), SERIES):
            path = result["path_theta"][:, :, 0]
            ax.plot(path[:, a], path[:, b], color=colour, ls=style, lw=0.8, label=name)
            ax.plot(path[0, a], path[0, b], "o", ms=3, color=BLACK)
        ax.set_xlabel(rf"$\theta_{{{chosen[a]}}}$")
        ax.set_ylabel(rf"$\theta_{{{chosen[b]}}}$")
    axes[0, 0].legend(fontsize="small")
    heading(figure, results[0], "Projections of a path", look)
    return figure


def common(result, plane):
    """The same range for all panels, a little more than all edges where a density is seen;
    with the largest and smallest density."""
    if plane:
        edges = [result["theta_edge"][:, 0], result["y_edge"][:, 0]]
        density = result["theta_y_density"][:, 0]
        seen = density[density > 0]
    else:
        edges, seen = [result["theta_edge"][:, 0]], result["theta_density"][:, 0]
    ranges = [
        (edge.min() - rim, edge.max() + rim) for edge in edges for rim in [0.03 * np.ptp(edge)]
    ]
    return ranges, (seen.min(), seen.max()) if seen.size else (0, 1)


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
    recorded = [other for other in others if trace.possible(other)]
    others = [other for other in others if not trace.possible(other)]
    yield "sample", draw_moments(result, look, others, recorded)
    if result.has("snapshot", "theta_edge") and not others:
        yield "sample-density", draw_density(result, look)
    results = [result, *others]
    if all(kept(one) for one in results):
        yield "sample-paths", draw_paths(results, look, recorded)
        if len(result["chosen"]) > 1:
            yield "sample-projections", draw_projections(results, look)
