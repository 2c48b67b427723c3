"""Decay of ||h||^2 and of the Lyapunov functional H, with the fit and both theory lines; below it the rate at each time."""
import numpy as np

from .style import BLACK, BLUE, COLUMN, GREEN, GREY, ORANGE, VERMILION, plt, title


def possible(result):
    return result.has("time", "norm2") and result["time"].size > 2 and np.any(result["norm2"] > 0)


def envelope(result, t):
    """The fitted e^{-2 lambda t} times its prefactor: a polynomial in the critical case, else its largest value in the window."""
    rate, window = result.number("rate_measured"), result.attributes.get("rate_window")
    if not np.isfinite(rate) or window is None:
        return None
    if result.text("rate_form") == "critical":
        prefactor = np.polynomial.Polynomial(result.attributes["rate_envelope"])(t)
        return np.where(prefactor > 0, prefactor, np.nan) * np.exp(-2 * rate * t)
    inside = (result["time"] >= window[0]) & (result["time"] <= window[1])
    return np.max(result["norm2"][inside] * np.exp(2 * rate * result["time"][inside]), initial=0.0) * np.exp(-2 * rate * t)


def local_rate(t, y):
    """-1/2 d log y / dt between samples, where y is well above rounding."""
    good = y > 1e-24 * np.max(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = -np.diff(np.log(np.where(good, y, np.nan))) / (2 * np.diff(t))
    return (t[1:] + t[:-1]) / 2, rate


def upper(axes, result):
    t, norm2, H = result["time"], result["norm2"], result["H"]
    axes.semilogy(t, np.where(H > 0, H, np.nan), color=BLUE, label="$H(t)$")
    axes.semilogy(t, np.where(norm2 > 0, norm2, np.nan), color=BLACK, label=r"$\Vert h\Vert^2$")
    fit = envelope(result, t)
    if fit is not None:
        axes.semilogy(t, fit, color=ORANGE, ls=(0, (4, 1.5)), label=r"fitted envelope of $\Vert h\Vert^2$")
    proved, printed = result.number("rate_theory_proved"), result.number("rate_theory_printed")
    if np.isfinite(proved):
        axes.semilogy(t, H[0] * np.exp(-2 * proved * t), color=GREEN, ls="--", label=r"$H(0)\,e^{-2\mu t}$, $\mu$ as proved")
        axes.semilogy(t, H[0] * np.exp(-2 * printed * t), color=VERMILION, ls=":", lw=1.6,
                      label=r"$H(0)\,e^{-2\mu t}$, $\mu$ as printed")
    floor = min(norm2[norm2 > 0].min(), H[H > 0].min()) if (H > 0).any() else norm2[norm2 > 0].min()
    top = max(norm2.max(), H.max())
    axes.set_ylim(max(floor / 5, top * 1e-30), top * 4)
    axes.set_ylabel("squared norm")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), ncol=2, frameon=False, handlelength=2.4, columnspacing=1.2)
    axes.tick_params(labelbottom=False)


def lower(axes, result):
    for name, color in (("H", BLUE), ("norm2", BLACK)):
        axes.plot(*local_rate(result["time"], result[name]), color=color, lw=1)
    lines = (("rate_theory_proved", GREEN, "--", "proved"), ("rate_theory_printed", VERMILION, ":", "printed"),
             ("rate_spectral_gap", GREY, "-", "gap"))
    values = [result.number(name) for name, *_ in lines]
    for (name, color, style, label), value in zip(lines, values):
        if np.isfinite(value):
            axes.axhline(value, color=color, ls=style, lw=1.2, zorder=1 if name == "rate_spectral_gap" else 2)
    finite = [value for value in values if np.isfinite(value)]
    if finite:
        axes.set_ylim(-0.25 * max(finite), 1.75 * max(finite))
    measured = result.number("rate_measured")
    if np.isfinite(measured):
        axes.text(0.98, 0.95, f"measured {result.measured()}", transform=axes.transAxes,
                  ha="right", va="top", fontsize=7, bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1})
    axes.set_xlabel("$t$")
    axes.set_ylabel("local rate\n" + r"$-\frac{1}{2}\,\frac{d}{dt}\,\log$")
    axes.set_xlim(result["time"][0], result["time"][-1])


def draw(result):
    figure, axes = plt.subplots(2, 1, figsize=(COLUMN, 4.0), sharex=True, gridspec_kw={"height_ratios": [2, 1]})
    upper(axes[0], result)
    lower(axes[1], result)
    title(figure, f"Decay to the steady state ({result.text('regime')})", result)
    yield "decay", figure
