"""Rates over one or two swept keys: curves beside the theory, or a map with the critical line,
the threshold and the optimum."""
import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator

from ..data import Unusable, numbers, plain, proved
from .style import (
    BLACK,
    BLUE,
    COLUMN,
    GREEN,
    GREY,
    MAP,
    ORANGE,
    PURPLE,
    SERIES,
    SKY,
    VERMILION,
    Look,
    headline,
    plt,
)

LABELS = {
    "model_gamma": r"friction $\gamma$",
    "model_omega0": r"frequency $\omega_0$",
    "model_beta": r"inverse temperature $\beta$",
    "model_learning_rate": r"learning rate $\eta$",
    "model_staleness": r"staleness rate $\kappa$",
    "epsilon_amplitude": r"amplitude of $\varepsilon$",
    "epsilon": r"perturbation $\varepsilon$",
    "loss": "loss $f$",
    "model_type": "model",
}
CURVES = (
    ("gap", "spectral gap", BLACK, "-", "o"),
    ("rate", "measured", BLUE, "none", "x"),
    ("theory_proved", r"$\mu$ as proved", GREEN, "--", ""),
    ("theory_printed", r"$\mu$ as printed", VERMILION, ":", ""),
    ("certificate", "guaranteed", PURPLE, "-", ""),
    ("branch_real", "eigenvalue from 0", SKY, "none", "+"),
    ("first_real", "first-order theory", ORANGE, (0, (1, 3)), ""),
    ("second_real", "second-order theory", BLUE, "-.", ""),
    *(
        (f"{name}{branch}_real", None, color, style, marker)
        for branch in (2, 3)
        for name, color, style, marker in (
            ("branch", SKY, "none", "+"),
            ("first", ORANGE, "--", ""),
            ("second", BLUE, "-.", ""),
        )
    ),
)


def keys(result):
    """The swept keys in order, the last varying fastest, with their values."""
    names = [
        result.options[f"sweep_key_{i}"]
        for i in range(1, 9)
        if result.options.get(f"sweep_key_{i}")
    ]
    return {
        name: list(dict.fromkeys(result[name].tolist())) for name in names if name in result.arrays
    }


def shape(result):
    return [len(values) for values in keys(result).values()]


def possible(result):
    return (
        result.text("command") == "sweep"
        and result.has("case")
        and any(n > 1 for n in shape(result))
        and any(result.has(name) for name, *_ in CURVES[:2])
    )


def swept(result, name, shown):
    """A quantity over the shown keys, the others at their first value; rates are positive."""
    values = result[name].reshape(shape(result))[
        tuple(slice(None) if key in shown else 0 for key in keys(result))
    ]
    return -values if name.endswith("_real") else values


def ticks(axis, values):
    """Positions of values along an axis; texts are numbered, and named by the ticks."""
    if all(isinstance(value, float) for value in values):
        return np.array(values)
    axis.set_ticks(range(len(values)), [plain(v)[:24] for v in values])
    return np.arange(len(values), dtype=float)


def scaled(axis, values):
    """A logarithmic axis where the values are spaced that way."""
    if (
        (values > 0).all()
        and values.size > 2
        and np.allclose(np.diff(np.log(values)), np.log(values[1] / values[0]), rtol=1e-6)
    ):
        axis("log")


def decades(axes, shown):
    """A logarithmic axis of rates where the other one is, and they spread over a factor of five:
    powers are then straight lines."""
    values = np.concatenate(shown) if shown else np.ones(1)
    values = values[np.isfinite(values)]
    if axes.get_xscale() == "log" and values.min() > 0 and values.max() > 5 * values.min():
        axes.set_yscale("log")
        if values.max() < 30 * values.min():  # one power of ten or none would have a number
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def unvaried(result, drawn):
    """The parameters that were not varied in the picture: of a key that was swept and is not
    drawn, its first value."""
    options, symbols = result.options, {
        "model_learning_rate": "\\eta",
        "model_staleness": "\\kappa",
        "model_noise": "\\Sigma",
    }
    if options.get("model_learning_rate") in (None, ""):
        symbols = {"model_gamma": "\\gamma", "model_beta": "\\beta"}
    symbols = {"model_omega0": "\\omega_0", **symbols, "model_dimension": "d"}
    fixed = [
        f"${symbol}={numbers(options[key])}$"
        for key, symbol in symbols.items()
        if key not in keys(result) and options.get(key) not in (None, "")
    ]
    eps = (
        ""
        if any(
            key.startswith(("epsilon_", "loss")) and key != "epsilon_amplitude" or key == "epsilon"
            for key in keys(result)
        )
        else result.epsilon_label()
    )
    others = [
        f"{LABELS.get(key, plain(key))} = "
        + (f"{values[0]:.4g}" if isinstance(values[0], float) else plain(str(values[0])))
        for key, values in keys(result).items()
        if key not in drawn and len(values) > 1
    ]
    return fixed + others + [eps] * bool(eps)


def focus(axes, shown, printed):
    """The range of everything but the printed rate, and that too if it is not far away;
    if it is, says where it is."""
    low, high = np.nanmin(shown), np.nanmax(shown)
    span = max(high - low, 1e-3 * abs(high))
    if printed is not None and np.nanmin(printed) < high + span:
        high = max(high, np.nanmax(printed))
        span = high - low
    if axes.get_yscale() == "log":
        axes.set_ylim(low / 1.2, high * 1.2)
    else:
        axes.set_ylim(low - 0.08 * span, high + 0.08 * span)
    return printed is None or np.nanmin(printed) <= high


def stretches(result, key):
    """Would the guaranteed rate press the other curves into a tenth of the picture?"""
    if not result.has("certificate"):
        return False
    values = swept(result, "certificate", [key])
    others = [
        swept(result, name, [key]) for name in ("gap", "rate", "theory_proved") if result.has(name)
    ]
    others = np.concatenate([line for line in others if np.isfinite(line).any()] or [values])
    if not np.isfinite(values).any():
        return False
    span = max(np.nanmax(others) - np.nanmin(others), 1e-3 * abs(np.nanmax(others)))
    return np.nanmin(others) - np.nanmin(values) > 10 * span


def guarantee(axes, result, key, where):
    """The guaranteed rate and the gap in a panel of their own; below 0 nothing is guaranteed."""
    for name, _, color, style, marker in CURVES:
        if name in ("gap", "certificate"):
            values = swept(result, name, [key])
            axes.plot(where, values, color=color, ls=style, marker=marker, ms=3.5)
    axes.axhline(0, color=BLACK, lw=0.5)
    axes.set_xlabel(LABELS.get(key, key))
    axes.set_ylabel("guaranteed")


def known_for(result, name, label):
    """What a curve is called: the rates of Theorem 3.1 are drawn for eps = 0."""
    return label + (
        r" for $\varepsilon=0$"
        if name.startswith("theory") and result.perturbed()
        else ""
    )


def curves(axes, result, key, below=None):
    """Everything known about the rate over one key; in `below` what is far from the rest."""
    where, shown, printed, far = ticks(axes.xaxis, keys(result)[key]), [], None, None
    stretched = stretches(result, key)
    for name, label, color, style, marker in CURVES:
        if (
            not result.has(name)
            or name == "rate"
            and result.options.get("sweep_command") == "spectrum"
        ):
            continue  # without a solution nothing was measured
        values = swept(result, name, [key])
        if name == "certificate" and stretched:
            far = values
            if below is not None:
                axes.plot([], [], color=color, ls=style, label=label + ", below")
            continue
        if name == "theory_printed":
            printed = values
        elif np.isfinite(values).any():
            shown.append(values)
        error = (
            swept(result, name + "_error", [key])
            if name in ("gap", "rate") and result.has(name + "_error")
            else None
        )
        if np.isfinite(values).any():
            axes.errorbar(
                where,
                values,
                yerr=error,
                color=color,
                ls=style,
                marker=marker,
                ms=3.5,
                elinewidth=0.8,
                label=known_for(result, name, label) if label else None,
            )
    scaled(axes.set_xscale, where)
    decades(axes, shown)
    axes.set_xlabel(LABELS.get(key, key))
    axes.set_ylabel(r"rate $\lambda$ in $\Vert h\Vert\sim e^{-\lambda t}$ (1/time)")
    handles, labels = axes.get_legend_handles_labels()
    notes = []  # what is far away from everything else: in words, where they cover no curve
    if shown and not focus(axes, np.concatenate(shown), printed):
        keep = [k for k, text in enumerate(labels) if "printed" not in text]
        handles, labels = [handles[k] for k in keep], [labels[k] for k in keep]
        notes.append(
            known_for(result, "theory_printed", rf"$\mu$ as printed: {np.nanmin(printed):.3g}")
        )
    if far is not None and below is None:
        notes.append(f"guaranteed: {proved(np.nanmin(far), 3)} to {proved(np.nanmax(far), 3)}")
    if result.has("guaranteed"):  # leaves every picture at once, for every eps but 0
        theorem = swept(result, "guaranteed", [key])
        notes.append(f"Theorem 3.1: {np.nanmin(theorem):.3g} to {np.nanmax(theorem):.3g}")
    handles += [Line2D([], [], ls="none")] * len(notes)
    labels += notes
    place = (0.5, -0.18) if below is None else (0.5, -0.02)
    axes.legend(
        handles,
        labels,
        loc="upper center",
        bbox_to_anchor=place,
        ncol=2,
        frameon=False,
        columnspacing=1,
        handlelength=1.8,
    )
    if below is not None:
        axes.tick_params(labelbottom=False)
        axes.set_xlabel("")
        guarantee(below, result, key, where)
    return where


def is_text(values):
    return any(isinstance(value, str) and not is_number(value) for value in values)


def is_number(text):
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def of_families(result, key, hue):
    """The rate that is drawn, its values (key, hue) and their errors, where it has any."""
    name = next(name for name, *_ in CURVES if result.has(name) and np.isfinite(result[name]).any())
    turned = list(keys(result)).index(hue) < list(keys(result)).index(key)
    values, error = (
        swept(result, each, [key, hue]) if result.has(each) else np.zeros((0, 0))
        for each in (name, name + "_error")
    )
    return (name, values.T, error.T) if turned else (name, values, error)


def families(axes, result, key, hue):
    """The rate over one key, a curve for each value of another."""
    where, (name, values, error) = ticks(axes.xaxis, keys(result)[key]), of_families(
        result, key, hue
    )
    for k, value in enumerate(keys(result)[hue]):
        color, line = SERIES[k % len(SERIES)]
        text = plain(value).replace("theta", "θ") if isinstance(value, str) else f"{value:.4g}"
        axes.errorbar(
            where,
            values[:, k],
            yerr=error[:, k] if error.size else None,
            color=color,
            ls=line,
            lw=1.1,
            elinewidth=0.8,
            label=text[:40],
        )
    scaled(axes.set_xscale, where)
    decades(axes, [values.ravel()])
    axes.set_xlabel(LABELS.get(key, key))
    axes.set_ylabel({"gap": "spectral gap"}.get(name, r"rate $\lambda$") + " (1/time)")
    axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.18),
        frameon=False,
        title=LABELS.get(hue, hue),
        title_fontsize="small",
        ncol=2 if max(len(str(value)) for value in keys(result)[hue]) < 20 else 1,
    )


def drawn_keys(result, look):
    """(key across, key of the families or None, is it a map?), by what was swept and what was asked
    for."""
    names = [name for name, values in keys(result).items() if len(values) > 1]
    matching = [name for name in names if look.hue and name.endswith(look.hue)]
    if look.hue and not matching:
        raise Unusable(f"{result.path}: '{look.hue}' was not swept; hue may be {', '.join(names)}")
    if len(names) == 1:
        return names[0], None, False
    texts = [name for name in names if is_text(keys(result)[name])]
    hue = (matching or texts or [None])[0]
    across = next(name for name in names if name != hue)
    return across, hue, hue is None


def pointed(result, key, hue):
    """What the pointer finds at each value of a key: every curve's value."""
    if hue:
        _, values, _ = of_families(result, key, hue)
        known = [(str(value), values[:, k]) for k, value in enumerate(keys(result)[hue])]
    else:
        known = [
            (name.replace("_", " "), swept(result, name, [key]))
            for name, *_ in CURVES
            if result.has(name) and np.isfinite(swept(result, name, [key])).any()
        ]
    return [
        "\n".join(
            [
                f"{key} = {value:.5g}" if isinstance(value, float) else f"{key} = {value}",
                *(f"{name} = {values[k]:.6g}" for name, values in known),
            ]
        )
        for k, value in enumerate(keys(result)[key])
    ]


def draw_curves(result, look, key, hue):
    if hue:
        size = look.size(COLUMN, 2.7 + 0.14 * len(keys(result)[hue]))
        figure, axes = plt.subplots(figsize=size)
        families(axes, result, key, hue)
    elif stretches(result, key):
        figure, (axes, below) = plt.subplots(
            2, 1, figsize=look.size(COLUMN, 4.4), sharex=True, gridspec_kw={"height_ratios": [2, 1]}
        )
        curves(axes, result, key, below)
    else:
        figure, axes = plt.subplots(figsize=look.size(COLUMN, 3.2))
        curves(axes, result, key)
    where = ticks(axes.xaxis, keys(result)[key])
    figure.hover = axes, where, None, pointed(result, key, hue)
    headline(figure, "Rate of decay", unvaried(result, (key, hue)), look)
    return figure


def onto(result, axes, look=Look(), others=()):
    key, hue, _ = drawn_keys(result, look)
    families(axes, result, key, hue) if hue else curves(axes, result, key)
    axes.set_title(look.title or axes.get_title())


def overlays(axes, result, across, up):
    """Lines known in closed form, where both of their parameters are swept or fixed."""

    def fixed(name, default):
        value = result.options.get(name)
        return float(value) if value not in (None, "") else default

    x = np.linspace(*axes.get_xlim(), 400)
    if {across, up} == {"model_gamma", "model_omega0"}:
        axes.plot(x, x / 2 if across == "model_gamma" else 2 * x, color="white", lw=2.2)
        axes.plot(
            x,
            x / 2 if across == "model_gamma" else 2 * x,
            color=BLACK,
            lw=1,
            ls="--",
            label=r"critical: $\gamma=2\omega_0$",
        )
    if (across, up) == ("model_staleness", "model_learning_rate"):
        a = fixed("model_omega0", 1.0) ** 2
        with np.errstate(invalid="ignore"):
            optimum = (1 - np.sqrt(x)) / (1 + np.sqrt(x)) / a
        for y, color, style, label in (
            ((1 - x) / (4 * a), ORANGE, "-", r"threshold $\eta^*=(1-\kappa)/4\omega_0^2$"),
            (optimum, SKY, "--", r"optimum $\kappa^*=((1-e)/(1+e))^2$, $e=\eta\omega_0^2$"),
        ):
            axes.plot(x, y, color="white", lw=2.2, zorder=2)
            axes.plot(x, y, color=color, lw=1.2, ls=style, label=label, zorder=3)


def border(axes, result, x, y, up, across):
    """Where the guaranteed rate is 0; beyond, nothing is guaranteed."""
    values = swept(result, "certificate", (up, across))
    values = values if values.shape == (len(y), len(x)) else values.T
    if np.nanmin(values) < 0 < np.nanmax(values):
        axes.contour(x, y, values, levels=[0], colors="white", linewidths=2.2)
        axes.contour(x, y, values, levels=[0], colors=[BLACK], linewidths=1.1)
        axes.plot([], [], color=BLACK, lw=1.1, label="beyond: nothing is guaranteed")


def draw_map(result, look, up, across):
    name = next(name for name, *_ in CURVES if result.has(name))
    values = swept(result, name, (up, across))
    if (up, across) in (
        ("model_staleness", "model_learning_rate"),
        ("model_gamma", "model_omega0"),
    ):
        up, across, values = across, up, values.T
    figure, axes = plt.subplots(figsize=look.size(COLUMN, 3.1))
    x, y = ticks(axes.xaxis, keys(result)[across]), ticks(axes.yaxis, keys(result)[up])
    wide = np.nanmin(values) > 0 and np.nanmax(values) > 100 * np.nanmin(values)
    image = axes.pcolormesh(
        x, y, values, cmap=MAP, shading="nearest", rasterized=True, norm=LogNorm() if wide else None
    )
    scaled(axes.set_xscale, x)
    scaled(axes.set_yscale, y)
    limits = [
        (max(low, 0), high)
        if name.startswith("model_")
        else (low, high)  # half a cell may reach below 0
        for name, (low, high) in ((across, axes.get_xlim()), (up, axes.get_ylim()))
    ]
    overlays(axes, result, across, up)
    if result.has("certificate"):
        border(axes, result, x, y, up, across)
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])
    axes.set_facecolor(GREY)  # cases that failed
    figure.colorbar(image, ax=axes).set_label(
        {"gap": "spectral gap"}.get(name, r"rate $\lambda$") + " (1/time)", fontsize="small"
    )
    axes.set_xlabel(LABELS.get(across, across))
    axes.set_ylabel(LABELS.get(up, up))
    if axes.get_legend_handles_labels()[1]:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), frameon=False)
    across_values, up_values = np.meshgrid(x, y)
    figure.hover = (
        axes,
        across_values.ravel(),
        up_values.ravel(),
        [
            f"{across} = {a:.5g}\n{up} = {b:.5g}\n{name} = {value:.6g}"
            for a, b, value in zip(across_values.ravel(), up_values.ravel(), values.ravel())
        ],
    )
    headline(figure, "Rate of decay over the parameters", unvaried(result, (up, across)), look)
    return figure


def draw(result, look=Look(), others=()):
    names = [name for name, values in keys(result).items() if len(values) > 1]
    key, hue, is_map = drawn_keys(result, look)
    yield "sweep", draw_map(result, look, *names[:2]) if is_map else draw_curves(
        result, look, key, hue
    )
