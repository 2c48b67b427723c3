"""Moments of sampled paths against time, with their error bands and the exact equations, as in An, Lu and Ying."""
import numpy as np
from matplotlib.colors import LogNorm

from .style import BLACK, BLUE, COLUMN, DENSITY, ORANGE, PAGE, SKY, headline, plt

MODELS = {"asgd": "ASGD", "sgd": "SGD", "msgd": "MSGD"}


def possible(result):
    return result.has("step", "theta2", "theta2_error")


def loss(result):
    """The loss in a few words."""
    options = result.options
    if options.get("sample_model") == "sde" or options.get("sample_loss_type") == "model":
        return result.epsilon_label()
    if options.get("sample_loss_type") == "expression":
        return f"$f_i$ = {options.get('sample_loss_value') or 'by gradient'}".replace("theta", "θ")
    if options.get("sample_loss_type") == "quadratic" and len(options.get("sample_loss_curvature") or [1]) == 1:
        return f"$f''={float((options.get('sample_loss_curvature') or [1])[0]):g}$"
    return options.get("sample_loss_type", "")


def heading(figure, result, what):
    """What it shows, and below it model, parameters and loss."""
    options = result.options
    symbols = (("model_omega0", r"\omega_0"), ("model_gamma", r"\gamma"), ("model_beta", r"\beta")) if options.get(
        "sample_model") == "sde" and not options.get("model_learning_rate") else (
            ("model_learning_rate", r"\eta"), ("model_staleness", r"\kappa"))
    parts = [MODELS.get(options.get("sample_model"), options.get("sample_model") or "paths")]
    parts += [f"${symbol}={float(options[key]):g}$" for key, symbol in symbols if options.get(key) not in (None, "")]
    parts += [f"{int(float(options['sample_paths']))} paths"] if options.get("sample_paths") else []
    parts += [loss(result)[:60]] * bool(loss(result))
    headline(figure, what, parts)


def clock(result):
    """What counts the time: steps of an algorithm, the equation's own time of `sde`; with its name."""
    return (result["time"], "$t$") if result.options.get("sample_model") == "sde" else (result["step"], "step")


def moment(axes, result, name, label, log):
    step, unit = clock(result)
    mean, error = result[name][:, 0], 1.96 * result[f"{name}_error"][:, 0]
    axes.fill_between(step, np.maximum(mean - error, 1e-300) if log else mean - error, mean + error, color=SKY, alpha=0.6, lw=0,
                      label="95 % of the average")
    axes.plot(step, mean, color=BLUE, label="average over paths")
    if result.has(f"{name}_exact"):
        axes.plot(step, result[f"{name}_exact"][:, 0], color=ORANGE, ls=(0, (4, 2)), label="exact moments")
    if log and (mean > 0).all():
        axes.set_yscale("log")
        axes.set_ylim(mean.min() / 2, mean.max() * 2)
    axes.set_xlabel(unit)
    axes.set_ylabel(label)


def draw_moments(result):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.6))
    moment(axes[0], result, "theta", r"E $\theta$", False)
    axes[0].axhline(0, color=BLACK, lw=0.5)
    moment(axes[1], result, "theta2", r"E $\theta^2$", True)
    axes[1].legend()
    heading(figure, result, "Moments of the paths")
    return figure


def draw_density(result):
    steps = result["snapshot"]
    across = min(len(steps), 3)
    down = (len(steps) + across - 1) // across
    figure, axes = plt.subplots(down, across, figsize=(COLUMN if across < 2 else PAGE, 0.5 + 2.3 * down), squeeze=False)
    for ax in axes.flat[len(steps):]:
        ax.set_axis_off()
    for k, ax in enumerate(axes.flat[:len(steps)]):
        if result.has("theta_y_density"):
            theta, y = result["theta_edge"][k, 0], result["y_edge"][k, 0]
            density = result["theta_y_density"][k, 0].T
            image = ax.pcolormesh(theta, y, np.where(density > 0, density, np.nan), cmap=DENSITY, norm=LogNorm(), rasterized=True)
            figure.colorbar(image, ax=ax, aspect=30, pad=0.02).ax.tick_params(labelsize=6)
            ax.set_ylabel("$y$")
        else:
            ax.stairs(result["theta_density"][k, 0], result["theta_edge"][k, 0], fill=True, color=BLUE)
            ax.set_ylabel("density")
        ax.set_xlabel(r"$\theta$")
        when, unit = clock(result)
        ax.set_title(f"step {steps[k]:.0f}" if unit == "step" else f"$t={np.interp(steps[k], result['step'], when):.3g}$")
        ax.set_facecolor("0.93")  # no path there
    heading(figure, result, "Density of the paths" + (" in (θ, y), logarithmic colours" if result.has("theta_y_density") else ""))
    return figure


def draw(result):
    yield "sample", draw_moments(result)
    if result.has("snapshot"):
        yield "sample-density", draw_density(result)
