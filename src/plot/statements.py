"""The statements put to the test, as a table."""
from style import BLACK, GREEN, GREY, PAGE, VERMILION, plt, title

COLORS = {"holds": GREEN, "fails": VERMILION, "undecided": BLACK, "not applicable": GREY}
COLUMNS = (("statement", 0.0, "left"), ("source", 0.42, "left"), ("left side", 0.68, "right"), ("right side", 0.79, "right"),
           ("slack", 0.89, "right"), ("verdict", 0.905, "left"))


def possible(result):
    return result.has("statement_name")


def rows(result):
    """(name, source, left, right, slack, verdict) as texts."""
    texts = [result.texts("statement_" + name) for name in ("name", "source", "verdict")]
    numbers = [[f"{value + 0.0:.4g}" if value == value else "" for value in result["statement_" + name]]
               for name in ("left", "right", "slack")]
    return list(zip(texts[0], texts[1], *numbers, texts[2]))


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
        for (_, place, side), cell, room in zip(COLUMNS, cells, (52, 30, 12, 12, 12, 20)):
            verdict = place == COLUMNS[-1][1]
            axes.text(place, line, shorten(cell, room), ha=side, va="center", fontsize=7,
                      color=COLORS.get(cell, BLACK) if verdict else BLACK, weight="bold" if cell == "fails" else "normal")
    title(figure, f"Statements put to the test: {sum(r[-1] == 'holds' for r in table)} of {len(table)} hold", result)
    yield "statements", figure
