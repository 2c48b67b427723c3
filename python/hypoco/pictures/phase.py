"""Phase space: g, F and h in (x, v) and in (theta, y) at a few times."""
import numpy as np
from matplotlib.colors import PowerNorm

from ..data import Unusable
from .style import DENSITY, SIGNED, Look, plt, title

REACH, NEAR = 3.6, 3.0  # standard deviations of M shown of densities, and of h


def possible(result):
    return result.has("x", "v", "F", "g", "h", "snapshot")


def chosen(result, time=None, count=4):
    """The snapshot nearest to a time, or at most `count`: the first, the last, and those between
    where the state has changed by equal parts, so that a fast start is not skipped.

    The change between two snapshots is the mean of |dg| over its sum, in space, of all pairs.
    """
    times, g = result["snapshot"], result["g"]
    if time is not None:
        if not times[0] <= time <= times[-1]:
            raise Unusable(
                f"{result.path}: has no snapshot near t = {time:g}; "
                f"its snapshots are from {times[0]:g} to {times[-1]:g}"
            )
        return np.array([int(np.abs(times - time).argmin())])
    if len(times) <= count:
        return np.arange(len(times))
    moved = np.array([np.abs(g[k + 1] - g[k]).mean() for k in range(len(times) - 1)])
    path = np.concatenate([[0.0], np.cumsum(moved)])
    if not path[-1] > 0:
        return np.unique(np.linspace(0, len(times) - 1, count).round().astype(int))
    picks = [0]
    for k in range(1, count - 1):  # at least one step further each time, and room for the rest
        at = int(np.abs(path - path[-1] * k / (count - 1)).argmin())
        picks.append(min(max(at, picks[-1] + 1), len(times) - count + k))
    return np.array([*picks, len(times) - 1])


def coordinates(result, pair=0):
    """(x, v) and (theta, y) of the grid points.

    Files give them for the first pair; in standard deviations of M they are the same for all."""
    x, v = deviations(result)
    beta, w = result.of_pair("beta", pair), result.of_pair("omega0", pair)
    x, v = x / (np.sqrt(beta) * w), v / np.sqrt(beta)
    return {"xv": (x, v), "ty": to_loss(result, x, v, pair)}


def deviations(result):
    """The grid points in standard deviations of M."""
    beta, w = result.of_pair("beta", 0), result.of_pair("omega0", 0)
    return np.meshgrid(result["x"] * np.sqrt(beta) * w, result["v"] * np.sqrt(beta))


def to_loss(result, x, v, pair):
    """(theta, y): theta = -(v + gamma x)/omega0^2, y = x; for momentum they are x and v."""
    if result.momentum:
        return x, v
    return -(v + result.gamma * x) / result.of_pair("omega0", pair) ** 2, x


def limits(result, pair=0):
    beta, w, g = result.of_pair("beta", pair), result.of_pair("omega0", pair), result.gamma
    sx, sv = 1 / (np.sqrt(beta) * w), 1 / np.sqrt(beta)
    st = np.sqrt(sv**2 + g**2 * sx**2) / w**2
    ty = (REACH * sx, REACH * sv) if result.momentum else (REACH * st, REACH * sx)
    return {"xv": (REACH * sx, REACH * sv), "ty": ty}


def names(result, which, pair):
    tail = f"_{pair + 1}" if result["F"].shape[0] > 1 else ""
    return {"xv": (f"$x{tail}$", f"$v{tail}$"), "ty": (f"$\\theta{tail}$", f"$y{tail}$")}[which]


def near(result):
    """The points where h is shown: within NEAR standard deviations of M;
    beyond, h is a ratio of tiny numbers."""
    x, v = deviations(result)
    return x**2 + v**2 <= NEAR**2


def near_edge(result, which, pair=0):
    """The ellipse around them, as points of the plane shown."""
    beta, angle = result.of_pair("beta", pair), np.linspace(0, 2 * np.pi, 181)
    x = NEAR * np.cos(angle) / (np.sqrt(beta) * result.of_pair("omega0", pair))
    v = NEAR * np.sin(angle) / np.sqrt(beta)
    return (x, v) if which == "xv" else to_loss(result, x, v, pair)


def panel(axes, where, values, reach, **style):
    image = axes.pcolormesh(*where, values, shading="gouraud", rasterized=True, **style)
    axes.set_xlim(-reach[0], reach[0])
    axes.set_ylim(-reach[1], reach[1])
    axes.set_facecolor(plt.get_cmap(DENSITY)(0.0) if style["cmap"] == DENSITY else "white")
    return image


def scale(figure, image, axes, label):
    """The colours, in a column of their own."""
    bar = figure.colorbar(image, cax=axes)
    bar.ax.tick_params(labelsize="x-small")
    bar.set_label(label, fontsize="small")


def row_density(figure, axes, result, which, pair, picks):
    """g at the chosen times, then F; the contours of F over all.  Densities of mass 1:
    psi(theta, y) = omega0^2 g(x, v)."""
    where, reach = coordinates(result, pair)[which], limits(result, pair)[which]
    factor = result.of_pair("omega0", pair) ** 2 if which == "ty" and not result.momentum else 1.0
    F, g = factor * result["F"][pair], factor * result["g"][:, pair]
    top = min(max(F.max(), g[picks].max()), 6 * F.max())
    for values, ax in zip([g[k] for k in picks] + [F], axes):
        image = panel(ax, where, values, reach, cmap=DENSITY, norm=PowerNorm(0.5, 0, top))
        ax.contour(
            *where,
            F,
            levels=F.max() * np.exp(-0.5 * np.array([9, 4, 1])),
            colors="white",
            linewidths=0.5,
            alpha=0.7,
        )
    scale(figure, image, axes[-1], "density")


def row_signed(figure, axes, result, which, pair, picks):
    """h at the chosen times, each with its own scale: it decays."""
    where, reach, inside = (
        coordinates(result, pair)[which],
        limits(result, pair)[which],
        near(result),
    )
    for k, ax in zip(picks, axes):
        h = result["h"][k, pair]
        top = np.abs(h[inside]).max() or 1.0
        image = panel(ax, where, h / top, reach, cmap=SIGNED, vmin=-1, vmax=1)
        image.set_clip_path(
            ax.fill(*near_edge(result, which, pair), fc="none", ec="0.6", lw=0.5)[0]
        )
        ax.set_title(f"± {top:.2g}", fontsize="small", pad=2)
    weight = "M_r" if "space_reference" in result.attributes else "M"  # its own Gaussian
    axes[-2].axis("off")
    axes[-2].text(
        0.0,
        0.5,
        f"$h=(g-F)/{weight}$\nwithin 3 standard\ndeviations of ${weight}$,\n"
        "in units of the\nnumber above",
        transform=axes[-2].transAxes,
        va="center",
        fontsize="small",
    )
    scale(figure, image, axes[-1], "$h$, scaled")


def label(axes, result, which, pair):
    across, up = names(result, which, pair)
    axes[0].set_ylabel(up)
    for ax in axes[:-1]:
        ax.set_xlabel(across)
    for ax in axes[1:-1]:
        ax.tick_params(labelleft=False)


SHOWN = {
    "both": (("xv", "ty"), "in $(x,v)$ and in $(\\theta,y)$"),
    "xv": (("xv",), "in $(x,v)$"),
    "ty": (("ty",), "in $(\\theta,y)$"),
}


def draw_pair(result, look, pair):
    which = "ty" if result.momentum else look.coordinates  # for momentum the planes are one
    picks, (planes, where) = chosen(result, look.time), SHOWN[which]
    widths = [1] * (len(picks) + 1) + [0.07]
    size = look.size(0.7 + 1.3 * (len(picks) + 1), 0.6 + 2.9 * len(planes))
    figure, axes = plt.subplots(
        2 * len(planes),
        len(widths),
        figsize=size,
        squeeze=False,
        gridspec_kw={"width_ratios": widths},
    )
    for top, which in zip((0, 2), planes):
        row_density(figure, axes[top], result, which, pair, picks)
        row_signed(figure, axes[top + 1], result, which, pair, picks)
        label(axes[top], result, which, pair)
        label(axes[top + 1], result, which, pair)
    for column, k in enumerate(picks):
        axes[0, column].set_title(f"$t={result['snapshot'][k]:.4g}$")
    axes[0, -2].set_title("steady state $F$")
    title(figure, "Densities $g$ and fluctuations $h$ " + where, result, look)
    return figure


def draw(result, look=Look(), others=()):
    pairs = result["F"].shape[0]
    for pair in range(pairs):
        yield ("phase" if pairs == 1 else f"phase-pair{pair + 1}"), draw_pair(result, look, pair)
