"""Rates over one or two swept keys: curves beside the theory, or a map with the critical line, the threshold and the optimum."""
import numpy as np
from matplotlib.colors import LogNorm

from .style import BLACK, BLUE, COLUMN, GREEN, GREY, MAP, ORANGE, PURPLE, SKY, VERMILION, headline, plt

LABELS = {"model_gamma": r"friction $\gamma$", "model_omega0": r"frequency $\omega_0$", "model_beta": r"inverse temperature $\beta$",
          "model_learning_rate": r"learning rate $\eta$", "model_staleness": r"staleness rate $\kappa$",
          "epsilon_amplitude": r"amplitude of $\varepsilon$"}
CURVES = (("gap", "spectral gap", BLACK, "-", "o"), ("rate", "measured", BLUE, "none", "x"),
          ("theory_proved", r"$\mu$ as proved", GREEN, "--", ""), ("theory_printed", r"$\mu$ as printed", VERMILION, ":", ""),
          ("branch_real", "followed from 0", SKY, "none", "+"), ("first_real", "first order", ORANGE, "--", ""),
          ("second_real", "second order", PURPLE, "-.", ""),
          *((f"{name}{branch}_real", None, color, style, marker) for branch in (2, 3) for name, color, style, marker in (
              ("branch", SKY, "none", "+"), ("first", ORANGE, "--", ""), ("second", PURPLE, "-.", ""))))


def keys(result):
    """The swept keys in order, the last varying fastest, with their values."""
    names = [result.options[f"sweep_key_{i}"] for i in range(1, 9) if result.options.get(f"sweep_key_{i}")]
    return {name: list(dict.fromkeys(result[name].tolist())) for name in names if name in result.arrays}


def shape(result):
    return [len(values) for values in keys(result).values()]


def possible(result):
    return result.text("command") == "sweep" and result.has("case") and any(n > 1 for n in shape(result)) and any(
        result.has(name) for name, *_ in CURVES[:2])


def swept(result, name, shown):
    """A quantity over the shown keys, the others at their first value; rates are positive."""
    values = result[name].reshape(shape(result))[tuple(slice(None) if key in shown else 0 for key in keys(result))]
    return -values if name.endswith("_real") else values


def ticks(axis, values):
    """Positions of values along an axis; texts are numbered, and named by the ticks."""
    if all(isinstance(value, float) for value in values):
        return np.array(values)
    axis.set_ticks(range(len(values)), [v.decode()[:24] if isinstance(v, bytes) else str(v)[:24] for v in values])
    return np.arange(len(values), dtype=float)


def scaled(axis, values):
    """A logarithmic axis where the values are spaced that way."""
    if (values > 0).all() and values.size > 2 and np.allclose(np.diff(np.log(values)), np.log(values[1] / values[0]), rtol=1e-6):
        axis("log")


def unvaried(result):
    """The parameters that were not varied."""
    options, symbols = result.options, {"model_learning_rate": "\\eta", "model_staleness": "\\kappa", "model_noise": "\\Sigma"}
    if options.get("model_learning_rate") in (None, ""):
        symbols = {"model_gamma": "\\gamma", "model_beta": "\\beta"}
    symbols = {"model_omega0": "\\omega_0", **symbols, "model_dimension": "d"}
    fixed = [f"${symbol}={float(options[key]):g}$" for key, symbol in symbols.items()
             if key not in keys(result) and options.get(key) not in (None, "")]
    eps = "" if any(key.startswith(("epsilon_", "loss")) and key != "epsilon_amplitude" or key == "epsilon" for key in keys(result)) \
        else result.epsilon_label()
    return fixed + [eps] * bool(eps)


def focus(axes, shown, printed):
    """The range of everything but the printed rate, and that too if it is not far away; if it is, says where it is."""
    low, high = np.nanmin(shown), np.nanmax(shown)
    span = max(high - low, 1e-3 * abs(high))
    if printed is not None and np.nanmin(printed) < high + span:
        high = max(high, np.nanmax(printed))
        span = high - low
    axes.set_ylim(low - 0.08 * span, high + 0.08 * span)
    return printed is None or np.nanmin(printed) <= high


def draw_curves(result, key):
    figure, axes = plt.subplots(figsize=(COLUMN, 3.2))
    where, shown, printed = ticks(axes.xaxis, keys(result)[key]), [], None
    for name, label, color, style, marker in CURVES:
        if not result.has(name) or name == "rate" and result.options.get("sweep_command") == "spectrum":
            continue  # without a solution nothing was measured
        values = swept(result, name, [key])
        if name == "theory_printed":
            printed = values
        elif np.isfinite(values).any():
            shown.append(values)
        error = swept(result, name + "_error", [key]) if name in ("gap", "rate") and result.has(name + "_error") else None
        axes.errorbar(where, values, yerr=error, color=color, ls=style, marker=marker, ms=3.5, elinewidth=0.8, label=label)
    scaled(axes.set_xscale, where)
    axes.set_xlabel(LABELS.get(key, key))
    axes.set_ylabel(r"rate $\lambda$ in $\Vert h\Vert\sim e^{-\lambda t}$ (1/time)")
    handles, labels = axes.get_legend_handles_labels()
    if not focus(axes, np.concatenate(shown), printed):
        labels = [f"{text} (above, {np.nanmin(printed):.3g})" if "printed" in text else text for text in labels]
    axes.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, -0.18), ncol=2, frameon=False)
    headline(figure, "Rate of decay", unvaried(result))
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


def draw_map(result, up, across):
    name = next(name for name, *_ in CURVES if result.has(name))
    values = swept(result, name, (up, across))
    if (up, across) in (("model_staleness", "model_learning_rate"), ("model_gamma", "model_omega0")):
        up, across, values = across, up, values.T
    figure, axes = plt.subplots(figsize=(COLUMN, 3.1))
    x, y = ticks(axes.xaxis, keys(result)[across]), ticks(axes.yaxis, keys(result)[up])
    wide = np.nanmin(values) > 0 and np.nanmax(values) > 100 * np.nanmin(values)
    image = axes.pcolormesh(x, y, values, cmap=MAP, shading="nearest", rasterized=True, norm=LogNorm() if wide else None)
    scaled(axes.set_xscale, x)
    scaled(axes.set_yscale, y)
    limits = [(max(low, 0), high) if name.startswith("model_") else (low, high)  # half a cell may reach below 0
              for name, (low, high) in ((across, axes.get_xlim()), (up, axes.get_ylim()))]
    overlays(axes, result, across, up)
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])
    axes.set_facecolor(GREY)  # cases that failed
    figure.colorbar(image, ax=axes).set_label({"gap": "spectral gap"}.get(name, r"rate $\lambda$") + " (1/time)", fontsize=7)
    axes.set_xlabel(LABELS.get(across, across))
    axes.set_ylabel(LABELS.get(up, up))
    if axes.get_legend_handles_labels()[1]:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), frameon=False)
    headline(figure, "Rate of decay over the parameters", unvaried(result))
    return figure


def draw(result):
    names = [name for name, values in keys(result).items() if len(values) > 1]
    yield "sweep", draw_map(result, *names[:2]) if len(names) > 1 else draw_curves(result, names[0])
