"""How all pictures look: legible at column width,
in colours and line forms that a colour-blind reader can tell apart."""
import contextlib
import re
from dataclasses import dataclass
from typing import Optional

import matplotlib
import matplotlib.pyplot as plt

COLUMN, PAGE = 3.5, 7.2  # inches: one column and two columns of a journal

# Okabe and Ito's palette
BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE, GREY = (
    "#000000",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
    "#7f7f7f",
)
DENSITY, SIGNED, MAP = "cividis", "RdBu_r", "viridis"

# Curves of several files or values: the form changes with the colour, 28 of them before one repeats
SERIES = tuple(
    ((BLACK, BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)[k % 7], ("-", "--", "-.", ":")[k % 4])
    for k in range(28)
)

FONT = 8.0
OWN = {
    "axes.titlesize": "medium",
    "axes.labelsize": "medium",
    "xtick.labelsize": "small",
    "ytick.labelsize": "small",
    "legend.fontsize": "small",
    "figure.titlesize": "medium",
    "legend.framealpha": 0.9,
    "legend.edgecolor": "0.8",
    "lines.linewidth": 1.3,
    "axes.linewidth": 0.6,
    "axes.grid": False,
    "figure.dpi": 100,
    "savefig.dpi": 300,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "figure.constrained_layout.use": True,
}
UNTOUCHED = ("backend", "interactive", "toolbar", "timezone", "webagg", "savefig.directory")


@dataclass(frozen=True)
class Look:
    """What the user may choose; sizes in inches, the font in points."""

    title: str = ""
    width: Optional[float] = None
    height: Optional[float] = None
    font_size: Optional[float] = None
    style: str = ""  # a style sheet of matplotlib
    hue: str = ""  # the swept key that separates curves
    coordinates: str = "both"  # xv, ty or both
    time: Optional[float] = None  # one snapshot instead of several

    @contextlib.contextmanager
    def context(self):
        """Settings that do not depend on the user's, but for a style sheet that is asked for."""
        defaults = {
            key: value
            for key, value in matplotlib.rcParamsDefault.items()
            if not key.startswith(UNTOUCHED)
        }
        with matplotlib.rc_context({**defaults, **OWN, "font.size": self.font_size or FONT}):
            if self.style:
                plt.style.use(self.style)
            try:
                yield
            finally:  # the first figure of a notebook turns its backend on; that is to stay
                interactive = matplotlib.is_interactive()
        matplotlib.interactive(interactive)

    def size(self, width, height):
        """The size of a figure, scaled as a whole where only one side is chosen."""
        if self.width and self.height:
            return self.width, self.height
        factor = self.width / width if self.width else self.height / height if self.height else 1
        return width * factor, height * factor


def headline(figure, heading, parts, look=Look()):
    """What it shows, and below it the parameters on as many lines as the width takes."""
    size = plt.rcParams["font.size"]
    lines, room = [look.title or heading], 15 * figure.get_figwidth() * FONT / size
    for k, part in enumerate(parts):
        seen = re.sub(r"[$\\{}]|mathrm", "", lines[-1] + part)
        if k == 0 or len(seen) > room:
            lines.append(part)
        else:
            lines[-1] += ", " + part
    figure.suptitle("\n".join(lines))


def title(figure, heading, result, look=Look()):
    headline(figure, heading, result.parameters(), look)
