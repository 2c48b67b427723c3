"""The density of every theta_i by the equation, at a few times and in the steady state;
with files of `sample` beside it, the histograms of their paths at the nearest times,
and single paths, where they are kept, over the density in time;
with a recorded run beside it, the histogram of its second half and the run over the density."""
import numpy as np

from . import trace

from .phase import chosen
from .sample import kept, names
from .style import BLACK, COLUMN, DENSITY, PAGE, SERIES, VERMILION, Look, plt, title

COLUMNS = 3


def possible(result):
    return result.has("theta_density", "theta_at", "theta_density_steady", "snapshot")


def density(result, what="density"):
    """In the user's coordinates, where a Hessian turns the model's axes."""
    user = result.has("theta_user_density")
    return result[("theta_user_" if user else "theta_") + what]


def paths(result):
    """Does a file of `sample` hold histograms?"""
    return result.has("snapshot", "theta_edge", "step", "time")


def histogram(result, k, coordinate):
    """Edges and density of theta at the k-th snapshot of the paths."""
    edges = result["theta_edge"][k, coordinate]
    if result.has("theta_density"):
        return edges, result["theta_density"][k, coordinate]
    widths = np.diff(result["y_edge"][k, coordinate])
    return edges, result["theta_y_density"][k, coordinate] @ widths


def overlay(axes, results, times, pair, colours):
    """Paths at the snapshot nearest to each of the times, if it is near."""
    for result, (_, style) in zip(results, SERIES):
        own = np.interp(result["snapshot"], result["step"], result["time"])
        numbers = [int(c) - 1 for c in np.ravel(result["chosen"])]
        if pair not in numbers:
            continue
        for time, colour in zip(times, colours):
            k = int(np.abs(own - time).argmin())
            if abs(own[k] - time) > 0.01 * max(times[-1], 1e-12):
                continue
            edges, density = histogram(result, k, numbers.index(pair))
            axes.stairs(density, edges, color=colour, lw=0.6, alpha=0.7, ls=style)


def recorded(axes, results, pair):
    """The second half of a recorded run, of which the steady state is the law."""
    for _, _, theta in trace.runs(results, "theta", pair):
        axes.hist(
            theta[len(theta) // 2 :],
            bins="sturges",
            density=True,
            histtype="step",
            color=VERMILION,
            lw=0.8,
            label="recorded run, second half",
        )


def panel(axes, result, pair, picks, others):
    theta, known = density(result, "at")[pair], density(result)
    colours = plt.get_cmap("viridis")(np.linspace(0, 0.85, len(picks)))
    for k, colour in zip(picks, colours):
        rho = known[k, pair]
        axes.plot(theta, rho, color=colour, label=f"$t={result['snapshot'][k]:.3g}$")
        if result.has("theta_density_error"):
            error = density(result, "density_error")[k, pair]
            axes.fill_between(theta, rho - error, rho + error, color=colour, alpha=0.3, lw=0)
    steady = density(result, "density_steady")[pair]
    axes.plot(theta, steady, color=BLACK, ls="--", lw=1, label="steady state")
    overlay(axes, [o for o in others if paths(o)], result["snapshot"][picks], pair, colours)
    recorded(axes, others, pair)
    seen = np.abs(known[picks, pair]).max(axis=0) + steady
    inside = theta[seen > 1e-3 * seen.max()]
    if inside.size:
        axes.set_xlim(inside[0], inside[-1])
    tail = f"_{pair + 1}" if len(result["theta_at"]) > 1 else ""
    axes.set_xlabel(rf"$\theta{tail}$")


def onto(result, axes, look=Look(), others=()):
    picks = chosen(result, look.time)
    panel(axes, result, 0, picks, others)
    axes.set_ylabel("density")
    axes.legend(fontsize="x-small")


def draw(result, look=Look(), others=()):
    pairs, sampled = len(result["theta_at"]), [other for other in others if paths(other)]
    across = min(pairs, COLUMNS)
    down = (pairs + across - 1) // across
    figure, axes = plt.subplots(
        down,
        across,
        figsize=look.size(COLUMN if pairs == 1 else PAGE, 0.5 + 2.3 * down),
        squeeze=False,
    )
    picks = chosen(result, look.time)
    for ax in axes.flat[pairs:]:
        ax.set_axis_off()
    for pair, ax in enumerate(axes.flat[:pairs]):
        panel(ax, result, pair, picks, others)
    for ax in axes[:, 0]:
        ax.set_ylabel("density")
    for label, (_, style) in zip(names(sampled), SERIES):
        axes[0, 0].plot([], [], color="0.5", lw=0.6, ls=style, label=f"{label}, paths")
    axes[0, 0].legend(fontsize="x-small")
    title(figure, r"Density of $\theta$", result, look)
    yield "theta", figure
    single = [other for other in sampled if kept(other)]
    run = [other for other in others if trace.values(other, "theta") is not None]
    if (single or run) and len(result["snapshot"]) >= 8:
        yield "theta-paths", draw_paths(result, single, run, look)


def draw_paths(result, single, run, look, count=4):
    """The first paths of each file over the density of the first theta that they hold,
    and recorded runs."""
    pair = int(np.ravel(single[0]["chosen"])[0]) - 1 if single else 0
    pair = min(pair, len(result["theta_at"]) - 1)
    theta, rho = density(result, "at")[pair], density(result)[:, pair]
    figure, axes = plt.subplots(figsize=look.size(PAGE, 3.2))
    top = np.quantile(rho, 0.995)
    image = axes.pcolormesh(
        result["snapshot"],
        theta,
        np.clip(rho.T, 0, top),
        cmap=DENSITY,
        shading="gouraud",
        rasterized=True,
    )
    reach, colours = [], ("#ffffff", "#f0b0d0", "#9fd8ff")
    for other, label, colour in zip(single, names(single), colours):
        numbers = [int(c) - 1 for c in np.ravel(other["chosen"])]
        if pair not in numbers:
            continue
        time = np.interp(other["snapshot"], other["step"], other["time"])
        paths_of = other["path_theta"][:, numbers.index(pair), :count]
        axes.plot(time, paths_of, color=colour, lw=0.8)
        axes.plot([], [], color=colour, lw=1.2, label=f"{label}, {paths_of.shape[1]} paths")
        reach.append(np.abs(paths_of).max())
    axes.set_xlim(result["snapshot"][0], result["snapshot"][-1])
    trace.draw_into(axes, run, "theta", pair, color="#ffd060", lw=0.8, zorder=3)
    for _, time, own in trace.runs(run, "theta", pair):
        reach.append(np.abs(own[time <= result["snapshot"][-1]]).max())
    mass = np.cumsum(rho.mean(axis=0))
    inside = np.abs(theta[(mass > 1e-4 * mass[-1]) & (mass < (1 - 1e-4) * mass[-1])]).max()
    axes.set_ylim(-max(reach + [inside]), max(reach + [inside]))
    axes.set_facecolor(plt.get_cmap(DENSITY)(0.0))
    axes.set_xlabel("$t$")
    axes.set_ylabel(r"$\theta$" if len(result["theta_at"]) == 1 else rf"$\theta_{{{pair + 1}}}$")
    axes.legend(fontsize="x-small", labelcolor="black", facecolor="0.6")
    figure.colorbar(image, ax=axes, pad=0.01).set_label(
        r"density of $\theta$ by the equation", fontsize="small"
    )
    title(figure, "Single paths over the density", result, look)
    return figure
