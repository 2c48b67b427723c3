"""A film of g and h over all snapshots: MP4 where ffmpeg is there, else GIF."""
import shutil

import matplotlib.animation
import numpy as np
from matplotlib.colors import PowerNorm

from . import phase
from ..data import Unusable
from .style import DENSITY, PAGE, SIGNED, plt


def frame(figure, axes, result, k, top):
    where, reach = phase.coordinates(result)["xv"], phase.limits(result)["xv"]
    for ax in axes:
        ax.clear()
    g, h, F = result["g"][k, 0], result["h"][k, 0], result["F"][0]
    phase.panel(axes[0], where, g, reach, cmap=DENSITY, norm=PowerNorm(0.5, 0, top))
    axes[0].contour(
        *where,
        F,
        levels=F.max() * np.exp(-0.5 * np.array([9, 4, 1])),
        colors="white",
        linewidths=0.5,
        alpha=0.7,
    )
    most = np.abs(h[phase.near(result)]).max() or 1.0
    image = phase.panel(axes[1], where, h / most, reach, cmap=SIGNED, vmin=-1, vmax=1)
    image.set_clip_path(
        axes[1].fill(*phase.near_edge(result, "xv"), fc="none", ec="0.6", lw=0.5)[0]
    )
    axes[0].set_title(f"$g$ at $t={result['snapshot'][k]:.3g}$")
    axes[1].set_title(f"$h=(g-F)/M$, ± {most:.2g}")
    for ax in axes:
        ax.set_xlabel("$x$")
    axes[0].set_ylabel("$v$")


def animate(result, stem):
    if not phase.possible(result) or result["snapshot"].size < 3:
        raise Unusable(
            f"{result.path}: an animation needs at least 3 snapshots; run again with a "
            "snapshot_interval"
        )
    with plt.rc_context(
        {"figure.constrained_layout.use": False}
    ):  # panels must not move from frame to frame
        figure, axes = plt.subplots(1, 2, figsize=(PAGE * 0.75, 2.9))
    figure.subplots_adjust(left=0.09, right=0.985, bottom=0.16, top=0.82, wspace=0.22)
    figure.suptitle(", ".join(result.parameters()))
    top = min(max(result["F"][0].max(), result["g"][:, 0].max()), 6 * result["F"][0].max())
    film = matplotlib.animation.FuncAnimation(
        figure, lambda k: frame(figure, axes, result, k, top), frames=result["snapshot"].size
    )
    path, writer = (
        (f"{stem}.mp4", matplotlib.animation.FFMpegWriter(fps=8))
        if shutil.which("ffmpeg")
        else (f"{stem}.gif", matplotlib.animation.PillowWriter(fps=8))
    )
    film.save(path, writer=writer, dpi=150)
    plt.close(figure)
    return path
