"""Rates over one or two swept keys: curves beside the theory, or a map with the critical line, the threshold and the optimum."""
import numpy as np
from matplotlib.colors import LogNorm

from style import BLACK, BLUE, COLUMN, GREEN, GREY, MAP, ORANGE, SKY, VERMILION, plt

LABELS = {"model_gamma": r"friction $\gamma$", "model_omega0": r"frequency $\omega_0$", "model_beta": r"inverse temperature $\beta$",
          "model_learning_rate": r"learning rate $\eta$", "model_staleness": r"staleness rate $\kappa$"}
CURVES = (("rate_spectral_gap", "spectral gap", BLACK, "-", "o"), ("rate_measured", "measured", BLUE, "-", "x"),
          ("rate_theory_proved", r"$\mu$ as proved", GREEN, "--", ""), ("rate_theory_printed", r"$\mu$ as printed", VERMILION, ":", ""))


def keys(result):
    return [key for key in result.text("sweep_keys").split(",") if key in result.arrays and result[key].size > 1]


def quantity(result):
    """What a map shows: the gap, or the measured rate."""
    return next((name for name in ("rate_spectral_gap", "rate_measured") if result.has(name)), None)


def possible(result):
    return bool(keys(result)) and any(result.has(name) for name, *_ in CURVES)


def swept(result, name, count):
    """A quantity over the first `count` keys, the others at their first value."""
    values, order = result[name], result.text("sweep_keys").split(",")
    shown = keys(result)[:count]
    return values[tuple(slice(None) if key in shown else 0 for key in order)]


def scaled(axis, values):
    """A logarithmic axis where the values are spaced that way."""
    if (values > 0).all() and values.size > 2 and np.allclose(np.diff(np.log(values)), np.log(values[1] / values[0]), rtol=1e-6):
        axis("log")


def draw_curves(result):
    key = keys(result)[0]
    figure, axes = plt.subplots(figsize=(COLUMN, 2.8))
    for name, label, color, style, marker in CURVES:
        if result.has(name):
            axes.plot(result[key], swept(result, name, 1), color=color, ls=style, marker=marker, ms=3, label=label)
    scaled(axes.set_xscale, result[key])
    axes.set_xlabel(LABELS.get(key, key))
    axes.set_ylabel(r"rate $\lambda$ in $\Vert h\Vert\sim e^{-\lambda t}$")
    axes.legend()
    figure.suptitle("Rate of decay", fontsize=8)
    return figure


def overlays(axes, result, across, up):
    """Lines known in closed form, where both of their parameters are swept or fixed."""
    def fixed(name, default):
        value = result.options.get(name)
        return float(value) if value not in (None, "") else default

    x = np.linspace(*axes.get_xlim(), 400)
    if {across, up} == {"model_gamma", "model_omega0"}:
        axes.plot(x, x / 2 if across == "model_gamma" else 2 * x, color="white", lw=2.2)
        axes.plot(x, x / 2 if across == "model_gamma" else 2 * x, color=BLACK, lw=1, ls="--", label=r"critical: $\gamma=2\omega_0$")
    if (across, up) == ("model_staleness", "model_learning_rate"):
        a = fixed("model_omega0", 1.0) ** 2
        with np.errstate(invalid="ignore"):
            optimum = (1 - np.sqrt(x)) / (1 + np.sqrt(x)) / a
        for y, color, style, label in (((1 - x) / (4 * a), ORANGE, "-", r"threshold $\eta^*=(1-\kappa)/4\omega_0^2$"),
                                       (optimum, SKY, "--", r"optimum $\kappa^*=((1-e)/(1+e))^2$, $e=\eta\omega_0^2$")):
            axes.plot(x, y, color="white", lw=2.2, zorder=2)
            axes.plot(x, y, color=color, lw=1.2, ls=style, label=label, zorder=3)


def draw_map(result):
    up, across = keys(result)[:2]
    name = quantity(result) or next(name for name, *_ in CURVES if result.has(name))
    values = swept(result, name, 2)
    if (up, across) in (("model_staleness", "model_learning_rate"), ("model_gamma", "model_omega0")):
        up, across, values = across, up, values.T
    figure, axes = plt.subplots(figsize=(COLUMN, 3.1))
    wide = np.nanmin(values) > 0 and np.nanmax(values) > 100 * np.nanmin(values)
    image = axes.pcolormesh(result[across], result[up], values, cmap=MAP, shading="nearest", rasterized=True,
                            norm=LogNorm() if wide else None)
    scaled(axes.set_xscale, result[across])
    scaled(axes.set_yscale, result[up])
    limits = axes.get_xlim(), axes.get_ylim()
    overlays(axes, result, across, up)
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])
    axes.set_facecolor(GREY)  # cases that failed
    bar = figure.colorbar(image, ax=axes)
    bar.set_label("spectral gap" if name == "rate_spectral_gap" else r"rate $\lambda$", fontsize=7)
    axes.set_xlabel(LABELS.get(across, across))
    axes.set_ylabel(LABELS.get(up, up))
    if axes.get_legend_handles_labels()[1]:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), frameon=False)
    figure.suptitle("Rate of decay over the parameters", fontsize=8)
    return figure


def draw(result):
    yield "sweep", draw_map(result) if len(keys(result)) > 1 else draw_curves(result)
