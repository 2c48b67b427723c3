"""The leading eigenvalues in the complex plane, beside the closed form for eps = 0,
and the norm of exp(tG)."""
import numpy as np

from .style import BLACK, BLUE, COLUMN, GREEN, GREY, ORANGE, VERMILION, Look, plt, title


def possible(result):
    return result.has("eigenvalue_real") or result.has("propagator_norm")


def closed_form(result, reach):
    """-(n1 l1 + n2 l2), l = (gamma -+ sqrt(gamma^2 - 4 omega0^2))/2,
    with real part down to -reach."""
    root = np.sqrt(complex(result.gamma**2 - 4 * result.omega0**2))
    l1, l2 = (result.gamma - root) / 2, (result.gamma + root) / 2
    top = int(reach / max(min(l1.real, l2.real), 1e-3 * result.gamma)) + 2
    values = np.array([-(n1 * l1 + n2 * l2) for n1 in range(top) for n2 in range(top)])
    return values[values.real >= -reach]


def plane(axes, result):
    """Computed eigenvalues as crosses, the closed form as circles, the rates of theory as lines."""
    real, imag = result["eigenvalue_real"], result["eigenvalue_imag"]
    reach = max(1.15 * -real.min(), 1.1 * result.number("rate_theory_printed", 0), 1e-6)
    exact = closed_form(result, reach)
    shown = exact[np.abs(exact.imag) <= 1.3 * np.abs(imag).max() + 0.05 * reach]
    axes.plot(
        shown.real,
        shown.imag,
        "o",
        ms=7,
        mfc="none",
        mec=GREY,
        mew=0.8,
        label=r"closed form for $\varepsilon=0$",
    )
    axes.plot(real, imag, "x", ms=5, color=BLUE, mew=1.3, label="computed")
    for name, color, style, text in (
        ("rate_theory_proved", GREEN, "--", r"$-\mu$ as proved for $\varepsilon=0$"),
        ("rate_theory_printed", VERMILION, ":", r"$-\mu$ as printed for $\varepsilon=0$"),
    ):
        if np.isfinite(result.number(name)):
            axes.axvline(-result.number(name), color=color, ls=style, lw=1.2, label=text)
    axes.set_xlim(-reach, 0.08 * reach)
    height = 1.15 * max(np.abs(imag).max(), np.abs(shown.imag).max(initial=0), 0.15 * reach)
    axes.set_ylim(-height, height)
    axes.set_xlabel(r"Re $\lambda$ (1/time)")
    axes.set_ylabel(r"Im $\lambda$ (1/time)")


def onto(result, axes, look=Look(), others=()):
    plane(axes, result)
    axes.legend(frameon=False)
    axes.set_title(look.title or axes.get_title())


def draw_spectrum(result, look):
    figure, axes = plt.subplots(figsize=look.size(COLUMN, 3.5))
    plane(axes, result)
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.2), frameon=False
    )  # one column: never wider than the figure
    title(figure, r"Leading eigenvalues of $-T+L+R$", result, look)
    return figure


def draw_propagator(result, look):
    t, norm = result["propagator_time"], result["propagator_norm"]
    figure, axes = plt.subplots(figsize=look.size(COLUMN, 2.7))
    if result.has("propagator_norm_exact"):
        axes.semilogy(
            t, result["propagator_norm_exact"], color=GREY, lw=3, alpha=0.6, label="closed form"
        )
    axes.semilogy(t, norm, "o-", ms=3, color=BLACK, lw=0.8, label="computed")
    rate = result.number("rate_spectral_gap")
    if np.isfinite(rate):
        axes.semilogy(
            t,
            np.exp(-rate * t),
            color=ORANGE,
            ls="--",
            label=r"$e^{-\lambda t}$, $\lambda$ the spectral gap",
        )
    axes.set_xlabel("$t$")
    axes.set_ylabel(r"$\Vert e^{tG}\Vert$ for mean 0")
    axes.legend()
    title(figure, "Norm of the propagator", result, look)
    return figure


def draw(result, look=Look(), others=()):
    if result.has("eigenvalue_real"):
        yield "spectrum", draw_spectrum(result, look)
    if result.has("propagator_norm"):
        yield "propagator", draw_propagator(result, look)
