"""The statements put to the test, as a table: failures first; as text in CSV or LaTeX."""
import csv
import io

from .. import typeset
from .style import BLACK, GREEN, GREY, PAGE, VERMILION, Look, plt, title

COLORS = {"holds": GREEN, "fails": VERMILION, "undecided": BLACK, "not applicable": GREY}
SIGNS = {"fails": "✗ ", "holds": "✓ "}  # seen without colours too
COLUMNS = (
    ("statement", 0.0, "left"),
    ("source", 0.365, "left"),
    ("left side", 0.55, "right"),
    ("right side", 0.64, "right"),
    ("slack", 0.73, "right"),
    ("uncertainty", 0.83, "right"),
    ("verdict", 0.85, "left"),
)
ORDER = ("fails", "undecided", "holds", "vacuous", "not applicable")


def possible(file):
    return file.has("statement_name")


def number(value, form):
    return form.format(value + 0.0) if value == value else ""


def rows(file):
    """(name, source, left, right, slack, uncertainty, verdict, detail) as texts, failures first;
    what does not apply has no numbers."""
    names, sources, verdicts, details = (
        file.texts("statement_" + name) for name in ("name", "source", "verdict", "detail")
    )
    numbers = [
        [number(value, form) for value in file["statement_" + name]]
        for name, form in (
            ("left", "{:.4g}"),
            ("right", "{:.4g}"),
            ("slack", "{:.3g}"),
            ("uncertainty", "{:.1e}"),
        )
    ]
    table = []
    for k, verdict in enumerate(verdicts):
        said = verdict + (
            " (not proved)" if verdict == "fails" and not file["statement_proved"][k] else ""
        )
        values = [column[k] if verdict != "not applicable" else "" for column in numbers]
        table.append((names[k], sources[k], *values, said, details[k]))
    place = {verdict: k for k, verdict in enumerate(ORDER)}
    return sorted(table, key=lambda row: place.get(row[6].split(" (")[0], len(ORDER)))


def shorten(text, length):
    return text if len(text) <= length else text[: length - 1] + "…"


def draw(file, look=Look(), others=()):
    table = rows(file)
    figure = plt.figure(figsize=look.size(PAGE, 0.75 + 0.19 * (len(table) + 1)))
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(len(table) + 0.6, -0.6)
    for name, place, side in COLUMNS:
        axes.text(place, 0, name, ha=side, va="center", weight="bold", fontsize="small")
    axes.axhline(0.5, color=BLACK, lw=0.6)
    for line, cells in enumerate(table, 1):
        for (column, place, side), cell, room in zip(COLUMNS, cells, (52, 24, 12, 12, 12, 12, 20)):
            verdict = cell.split(" (")[0]
            color, text = BLACK, typeset.unicode(cell)
            if column == "verdict":
                color, text = COLORS.get(verdict, BLACK), SIGNS.get(verdict, "") + cell
            axes.text(
                place,
                line,
                shorten(text, room),
                ha=side,
                va="center",
                fontsize="small",
                color=color,
                parse_math=False,
                weight="bold" if verdict == "fails" and column == "verdict" else "normal",
            )
    holding = sum(row[6] == "holds" for row in table)
    title(figure, f"Statements put to the test: {holding} of {len(table)} hold", file, look)
    yield "statements", figure


HEAD = ("statement", "source", "left", "right", "slack", "uncertainty", "verdict")


def as_text(file, ending):
    """The table as CSV (all digits, with remarks) or as a tabular
    of LaTeX (needs amsmath and booktabs)."""
    if ending == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*HEAD, "proved", "remark"])
        columns = [
            file.texts("statement_name"),
            file.texts("statement_source"),
            *([repr(float(value)) for value in file["statement_" + name]] for name in HEAD[2:6]),
            file.texts("statement_verdict"),
            [str(bool(value)).lower() for value in file["statement_proved"]],
            file.texts("statement_detail"),
        ]
        writer.writerows(zip(*columns))
        return out.getvalue()
    lines = [r"\begin{tabular}{llrrrrl}", r"\toprule", " & ".join(HEAD) + r" \\", r"\midrule"]
    for name, source, *cells, verdict, _ in rows(file):
        lines.append(
            " & ".join([typeset.latex(name), typeset.escape(source), *map(power, cells), verdict])
            + r" \\"
        )
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def power(cell):
    """1.5e-11 as a formula."""
    if not cell:
        return ""
    mantissa, _, exponent = cell.partition("e")
    return f"${mantissa}\\cdot 10^{{{int(exponent)}}}$" if exponent else f"${cell}$"
