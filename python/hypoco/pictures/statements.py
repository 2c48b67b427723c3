"""The statements put to the test, as a table."""
from .style import BLACK, GREEN, GREY, PAGE, VERMILION, plt, title

COLORS = {"holds": GREEN, "fails": VERMILION, "undecided": BLACK, "not applicable": GREY}
COLUMNS = (("statement", 0.0, "left"), ("source", 0.365, "left"), ("left side", 0.55, "right"), ("right side", 0.64, "right"),
           ("slack", 0.73, "right"), ("uncertainty", 0.83, "right"), ("verdict", 0.85, "left"))


def possible(result):
    return result.has("statement_name")


def rows(result):
    """(name, source, left, right, slack, uncertainty, verdict) as texts; what does not apply has no numbers."""
    texts = [result.texts("statement_" + name) for name in ("name", "source", "verdict")]
    applies = [verdict != "not applicable" for verdict in texts[2]]
    numbers = [[form.format(value + 0.0) if value == value and there else "" for value, there in zip(result["statement_" + name], applies)]
               for name, form in (("left", "{:.4g}"), ("right", "{:.4g}"), ("slack", "{:.3g}"), ("uncertainty", "{:.1e}"))]
    verdicts = [verdict + (" (not proved)" if verdict == "fails" and not proved else "")
                for verdict, proved in zip(texts[2], result["statement_proved"])]
    return list(zip(texts[0], texts[1], *numbers, verdicts))


def shorten(text, length):
    return text if len(text) <= length else text[:length - 1] + "…"


def draw(result):
    table = rows(result)
    figure = plt.figure(figsize=(PAGE, 0.75 + 0.19 * (len(table) + 1)))
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(len(table) + 0.6, -0.6)
    for name, place, side in COLUMNS:
        axes.text(place, 0, name, ha=side, va="center", weight="bold", fontsize=7)
    axes.axhline(0.5, color=BLACK, lw=0.6)
    for line, cells in enumerate(table, 1):
        for (_, place, side), cell, room in zip(COLUMNS, cells, (52, 24, 12, 12, 12, 12, 20)):
            verdict = place == COLUMNS[-1][1]
            axes.text(place, line, shorten(cell, room), ha=side, va="center", fontsize=7,
                      color=COLORS.get(cell.split(" (")[0], BLACK) if verdict else BLACK, weight="bold" if cell == "fails" else "normal")
    title(figure, f"Statements put to the test: {sum(r[-1] == 'holds' for r in table)} of {len(table)} hold", result)
    yield "statements", figure
