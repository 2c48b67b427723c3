"""Moments of sampled paths against time, with their error bands and the exact equations, as in An, Lu and Ying."""
import numpy as np
from matplotlib.colors import LogNorm

from style import BLACK, BLUE, COLUMN, DENSITY, ORANGE, PAGE, SKY, plt

MODELS = {"asgd": "ASGD", "sgd": "SGD", "msgd": "MSGD"}


def possible(result):
    return result.has("step", "theta2", "theta2_error")


def heading(figure, result, what=""):
    options = result.options
    eta, kappa = options.get("model_learning_rate"), options.get("model_staleness")
    parts = [MODELS.get(options.get("sample_model"), options.get("sample_model") or "paths")]
    parts += [f"$\\eta={float(eta):g}$"] if eta else []
    parts += [f"$\\kappa={float(kappa):g}$"] if kappa else []
    parts += [f"{int(float(options['sample_paths']))} paths"] if options.get("sample_paths") else []
    figure.suptitle(what + ", ".join(parts), fontsize=8)


def moment(axes, result, name, label, log):
    step = result["step"]
    mean, error = result[name][:, 0], 1.96 * result[f"{name}_error"][:, 0]
    axes.fill_between(step, np.maximum(mean - error, 1e-300) if log else mean - error, mean + error, color=SKY, alpha=0.6, lw=0,
                      label="95 % of the average")
    axes.plot(step, mean, color=BLUE, label="average over paths")
    if result.has(f"{name}_exact"):
        axes.plot(step, result[f"{name}_exact"][:, 0], color=ORANGE, ls=(0, (4, 2)), label="exact moments")
    if log and (mean > 0).all():
        axes.set_yscale("log")
        axes.set_ylim(mean.min() / 2, mean.max() * 2)
    axes.set_xlabel("step")
    axes.set_ylabel(label)


def draw_moments(result):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.6))
    moment(axes[0], result, "theta", r"E $\theta$", False)
    axes[0].axhline(0, color=BLACK, lw=0.5)
    moment(axes[1], result, "theta2", r"E $\theta^2$", True)
    axes[1].legend()
    heading(figure, result)
    return figure


def draw_density(result):
    steps = result["snapshot"]
    figure, axes = plt.subplots(1, len(steps), figsize=(COLUMN if len(steps) < 2 else PAGE, 2.6), squeeze=False)
    for k, ax in enumerate(axes[0]):
        if result.has("theta_y_density"):
            theta, y = result["theta_edge"][k, 0], result["y_edge"][k, 0]
            density = result["theta_y_density"][k, 0].T
            ax.pcolormesh(theta, y, np.where(density > 0, density, np.nan), cmap=DENSITY, norm=LogNorm(), rasterized=True)
            ax.set_ylabel("$y$")
        else:
            ax.stairs(result["theta_density"][k, 0], result["theta_edge"][k, 0], fill=True, color=BLUE)
            ax.set_ylabel("density")
        ax.set_xlabel(r"$\theta$")
        ax.set_title(f"step {steps[k]:.0f}")
        ax.set_facecolor("0.93")  # no path there
    heading(figure, result, "Density of the paths, logarithmic colours: ")
    return figure


def draw(result):
    yield "sample", draw_moments(result)
    if result.has("snapshot"):
        yield "sample-density", draw_density(result)
