"""Decay of ||h||^2 and of the Lyapunov functional H, with the fit and both theory lines;
below it the rate at each time."""
import os

import numpy as np

from ..data import plain, proved
from .style import (
    BLACK,
    BLUE,
    COLUMN,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SERIES,
    VERMILION,
    Look,
    plt,
    title,
)

GUARANTEED = {"color": PURPLE, "ls": (0, (6, 1.5, 1, 1.5)), "lw": 1.6}


def possible(file):
    return file.has("time", "norm2") and file["time"].size > 2 and np.any(file["norm2"] > 0)


def envelope(file, t):
    """The fitted e^{-2 lambda t} times its prefactor: a polynomial in the critical case,
    else its largest value in the window."""
    rate, window = file.number("rate_measured"), file.attributes.get("rate_window")
    if not np.isfinite(rate) or window is None:
        return None
    if file.text("rate_form") == "critical":
        prefactor = np.polynomial.Polynomial(file.attributes["rate_envelope"])(t)
        return np.where(prefactor > 0, prefactor, np.nan) * np.exp(-2 * rate * t)
    inside = (file["time"] >= window[0]) & (file["time"] <= window[1])
    return np.max(
        file["norm2"][inside] * np.exp(2 * rate * file["time"][inside]), initial=0.0
    ) * np.exp(-2 * rate * t)


def local_rate(t, y):
    """-1/2 d log y / dt between samples, where y is well above rounding."""
    good = y > 1e-24 * np.max(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = -np.diff(np.log(np.where(good, y, np.nan))) / (2 * np.diff(t))
    return (t[1:] + t[:-1]) / 2, rate


def theory(file):
    """The lines of theory: (rate, colour, line, width, name);
    what they are proved for is in the name."""
    suffix = r" for $\varepsilon=0$" if file.perturbed() else ""
    delta = r", $\mu=(\gamma-\delta)/2$" if file.text("regime") == "critical" else ""
    lines = (
        (file.number("rate_theory_proved"), GREEN, "--", 1.3, "as proved" + suffix + delta),
        (file.number("rate_theory_printed"), VERMILION, ":", 1.8, "as printed" + suffix),
    )
    return [line for line in lines if np.isfinite(line[0])]


def guaranteed(file):
    """The rate that is proved for this perturbation; it bounds no norm of the upper panel."""
    return file.guaranteed()[0]


def positive(y):
    return np.where(y > 0, y, np.nan)


def squares(axes, file, legend=True):
    """||h||^2, H, the fit and the theory on one logarithmic axis."""
    t, norm2, H = file["time"], file["norm2"], file["H"]
    fit = envelope(file, t)
    if (
        fit is not None
    ):  # broad and pale, so that it differs from the theory in form, not by colour alone
        axes.semilogy(
            t, fit, color=ORANGE, lw=3.5, alpha=0.6, label=r"fitted envelope of $\Vert h\Vert^2$"
        )
    axes.semilogy(
        t,
        positive(H),
        color=BLUE,
        lw=1.1,
        marker="o",
        ms=2.5,
        markevery=max(t.size // 12, 1),
        label="$H(t)$",
    )
    axes.semilogy(t, positive(norm2), color=BLACK, label=r"$\Vert h\Vert^2$")
    for rate, color, line, width, name in theory(file):
        axes.semilogy(
            t,
            H[0] * np.exp(-2 * rate * t),
            color=GREY if file.perturbed() else color,  # no bound for this eps
            ls=":" if file.perturbed() else line,
            lw=0.9 if file.perturbed() else width,
            label=("no bound" if file.perturbed() else "bound")
            + r" of $H$: $H(0)\,e^{-2\mu t}$, "
            + name,
        )
    known = np.concatenate([norm2[norm2 > 0], H[H > 0]])
    axes.set_ylim(max(known.min() / 5, known.max() * 1e-30), known.max() * 4)
    axes.set_ylabel("squared norm")
    if legend:
        if np.isfinite(file.number("rate_spectral_gap")):  # a line of the panel below
            axes.plot([], [], color=GREY, lw=3, alpha=0.5, label="spectral gap")
        if np.isfinite(guaranteed(file)):
            label = rf"guaranteed for this $\varepsilon$: {proved(guaranteed(file))}"
            axes.plot([], [], label=label, **GUARANTEED)
        axes.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.02),
            frameon=False,
            handlelength=2.4,
            labelspacing=0.3,
        )


def rates(axes, file):
    """The rate at each time, beside the gap, the theory and the fit."""
    for name, color in (("H", BLUE), ("norm2", BLACK)):
        axes.plot(*local_rate(file["time"], file[name]), color=color, lw=1)
    gap = file.number("rate_spectral_gap")
    known = (gap, guaranteed(file), *(line[0] for line in theory(file)))
    values = [rate for rate in known if np.isfinite(rate)]
    if np.isfinite(gap):
        axes.axhline(gap, color=GREY, lw=3, alpha=0.5, zorder=1)
    for rate, color, line, width, _ in theory(file):
        axes.axhline(rate, color=color, ls=line, lw=width, zorder=2)
    if np.isfinite(guaranteed(file)):
        axes.axhline(guaranteed(file), zorder=2, **GUARANTEED)
    if values:
        axes.set_ylim(-0.25 * max(values), 1.75 * max(values))
    if np.isfinite(file.number("rate_measured")):
        axes.text(
            0.98,
            0.95,
            f"measured {plain(file.measured())}",
            transform=axes.transAxes,
            ha="right",
            va="top",
            fontsize="small",
            bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1},
        )
    axes.set_xlabel("$t$")
    axes.set_ylabel("local rate\n" + r"$-\frac{1}{2}\,\frac{d}{dt}\,\log$")


def onto(file, axes, look=Look(), others=()):
    """The squared norms; with other files the norms of all."""
    if others:
        overlay(axes, [file, *others])
    else:
        squares(axes, file, legend=False)
        axes.legend(frameon=False)
    axes.set_xlabel("$t$")
    axes.set_title(look.title or axes.get_title())


def overlay(axes, files):
    """||h||^2 of several files, each with its rate in the legend."""
    for file, (color, line) in zip(files, SERIES * (1 + len(files) // len(SERIES))):
        rate = f": {plain(file.measured())}" if np.isfinite(file.number("rate_measured")) else ""
        axes.semilogy(
            file["time"],
            positive(file["norm2"]),
            color=color,
            ls=line,
            label=plain(os.path.basename(file.stem)) + rate,
        )
    axes.set_ylabel(r"$\Vert h\Vert^2$")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), frameon=False)


def draw(file, look=Look(), others=()):
    if others:
        figure, axes = plt.subplots(figsize=look.size(COLUMN, 2.9 + 0.14 * len(others)))
        overlay(axes, [file, *(other for other in others if possible(other))])
        axes.set_xlabel("$t$")
        figure.suptitle(look.title or r"Decay of $\Vert h\Vert^2$, and the measured rates")
    else:
        figure, axes = plt.subplots(
            2, 1, figsize=look.size(COLUMN, 4.1), sharex=True, gridspec_kw={"height_ratios": [2, 1]}
        )
        squares(axes[0], file)
        axes[0].tick_params(labelbottom=False)
        rates(axes[1], file)
        axes[1].set_xlim(file["time"][0], file["time"][-1])
        texts = [
            f"t = {t:.4g}\n‖h‖² = {n:.4g}\nH = {H:.4g}"
            for t, n, H in zip(file["time"], file["norm2"], file["H"])
        ]
        step = max(len(texts) // 500, 1)
        figure.hover = axes[0], file["time"][::step], None, texts[::step]
        title(figure, f"Decay to the steady state ({plain(file.text('regime'))})", file, look)
    yield "decay", figure
