"""How all pictures look: fonts legible at column width, colours that a colour-blind reader can tell apart."""
import re

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

COLUMN, PAGE = 3.5, 7.2  # inches: one column and two columns of a journal

# Okabe and Ito's palette
BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE, GREY = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#7f7f7f")
DENSITY, SIGNED, MAP = "cividis", "RdBu_r", "viridis"

plt.rcParams.update({
    "font.size": 8, "axes.titlesize": 8, "axes.labelsize": 8, "xtick.labelsize": 7, "ytick.labelsize": 7,
    "legend.fontsize": 7, "legend.framealpha": 0.9, "legend.edgecolor": "0.8", "lines.linewidth": 1.3,
    "axes.linewidth": 0.6, "axes.grid": False, "figure.dpi": 100, "savefig.dpi": 300,
    "font.family": "DejaVu Sans", "mathtext.fontset": "dejavusans", "pdf.fonttype": 42, "svg.fonttype": "path",
    "figure.constrained_layout.use": True,
})


def headline(figure, heading, parts):
    """What it shows, and below it the parameters on as many lines as the width takes."""
    lines, room = [heading], 15 * figure.get_figwidth()
    for k, part in enumerate(parts):
        seen = re.sub(r"[$\\{}]|mathrm", "", lines[-1] + part)
        if k == 0 or len(seen) > room:
            lines.append(part)
        else:
            lines[-1] += ", " + part
    figure.suptitle("\n".join(lines), fontsize=8)


def title(figure, heading, result):
    headline(figure, heading, result.parameters())
