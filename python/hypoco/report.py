"""One web page that holds everything about a run: no other file, no network."""
import base64
import html
import io
import json
import os
import shlex

import numpy as np

from . import answer, typeset
from .data import Unusable, error_bar, printable, proved
from .pictures import figures, statements, sweep
from .pictures.style import Look, plt
from .rerun import NOT_REPEATED, command_line

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light; }}
body {{ font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1a1a1a; background: #fff;
  margin: 0 auto; max-width: 62rem; padding: 1rem; }}
h1 {{ font-size: 1.5rem; margin: .5rem 0; overflow-wrap: anywhere; }}
h2 {{ font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #ccc; }}
.answer {{ font-size: 1.1rem; border-left: 4px solid #0072B2; padding-left: .75rem; }}
/* what is wider than the screen scrolls, and a shadow at its edge says so */
.wide {{ overflow-x: auto; background:
  linear-gradient(to right, #fff 30%, #fff0) 0 0 / 2.5rem 100% no-repeat local,
  linear-gradient(to left, #fff 30%, #fff0) 100% 0 / 2.5rem 100% no-repeat local,
  linear-gradient(to right, #0003, #0000) 0 0 / .8rem 100% no-repeat scroll,
  linear-gradient(to left, #0003, #0000) 100% 0 / .8rem 100% no-repeat scroll; }}
table {{ border-collapse: collapse; font-size: .9rem; }}
th, td {{ text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top;
  border-bottom: 1px solid #e5e5e5; overflow-wrap: break-word; }}
td.n {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
.many table {{ min-width: 58rem; }}
figure {{ margin: 1rem 0; position: relative; }}
img {{ max-width: 100%; height: auto; display: block; margin: 0 auto; }}
.wide img {{ min-width: 40rem; }}
.stage {{ position: relative; width: fit-content; margin: 0 auto; }}
.tip {{ position: absolute; display: none; pointer-events: none; background: #fffe;
  border: 1px solid #888; font-size: .8rem; padding: .1rem .4rem; white-space: pre; }}
.mark {{ position: absolute; display: none; pointer-events: none; width: 1px; background: #888; }}
figcaption {{ font-size: .9rem; color: #444; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f4f4; padding: .75rem;
  font-size: .85rem; }}
.holds {{ color: #00694d; }} .fails {{ color: #a84300; font-weight: bold; }}
</style></head><body>
{body}
<script>
for (const stage of document.querySelectorAll(".stage[data-points]")) {{
  const points = JSON.parse(stage.dataset.points), tip = stage.querySelector(".tip");
  const mark = stage.querySelector(".mark");
  const show = event => {{
    const box = stage.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    let best = null, least = Infinity;
    for (const point of points) {{
      const far = Math.abs(point[0] - x) + (point[1] === null ? 0 : Math.abs(point[1] - y));
      if (far < least) {{ least = far; best = point; }}
    }}
    tip.textContent = best[2];
    tip.style.display = mark.style.display = "block";
    tip.style.left = Math.min(x * box.width + 12, box.width - tip.offsetWidth) + "px";
    tip.style.top = Math.max(y * box.height - tip.offsetHeight - 8, 0) + "px";
    mark.style.left = best[0] * box.width + "px";
    mark.style.top = 0;
    mark.style.height = "100%";
  }};
  stage.addEventListener("pointermove", show);
  stage.addEventListener("pointerdown", show);
  stage.addEventListener("pointerleave", () => tip.style.display = mark.style.display = "none");
}}
</script>
</body></html>
"""

CAPTIONS = {
    "decay": "The squared norm of h and the Lyapunov functional H in time, the fitted envelope, "
    "and the rate of Theorem 3.1 as proved and as printed, both for eps = 0. "
    "Below: the rate at each moment.",
    "norms": "Distances between g and the steady state F that exist for every loss, "
    "with the rate fitted to each; the mass where g or F is negative.",
    "phase": "The density g at a few times and the steady state F, "
    "and the fluctuation h = (g − F)/M, in position and velocity (x, v) "
    "and in parameter and memory of gradients (θ, y). "
    "White lines: F at 1, 2 and 3 standard deviations of a Gaussian.",
    "theta": "The density of the parameter θ at a few times and in the steady state; "
    "bands: the difference from a coarser space.",
    "spectrum": "Leading eigenvalues of the generator "
    "beside those of the unperturbed equation in closed form.",
    "propagator": "Norm of the evolution on functions of mean zero.",
    "sweep": "The rate over the parameters that were varied, beside theory.",
    "sample-density": "Where the paths are at the snapshots, "
    "in the parameter θ and the memory of gradients y where that is followed.",
    "trace": "A recorded run beside the quadratic models of four algorithms, as fitted to it: "
    "averages from its start, the interval in which 95 % of runs of the best one are, "
    "and autocorrelations.",
    "sample": "Averages over the sampled paths with their 95 % bands, "
    "beside the exact moment equations where there are any.",
}


def cell(value, kind=""):
    """A cell of a table: text, or a number that is set to the right."""
    text = html.escape(printable(str(value)))
    return f'<td class="{kind}">{text}</td>' if kind else f"<td>{text}</td>"


def table(rows, head=()):
    """Rows of cells that are made by cell(), or of texts."""
    text = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    lines = [f"<tr>{text}</tr>"] if head else []
    for row in rows:
        lines.append(
            "<tr>"
            + "".join(item if item.startswith("<td") else cell(item) for item in row)
            + "</tr>"
        )
    return '<div class="wide"><table>' + "".join(lines) + "</table></div>"


def parameters(result):
    if "omega0" not in result.attributes:  # no single equation: the options say more
        given = [
            (key, str(value)) for key, value in result.given().items() if key not in NOT_REPEATED
        ]
        return "<h2>Parameters</h2>" + table(given)
    rows = [
        ("dimension d", f"{int(result.number('dimension', 1))}"),
        ("frequency ω₀", f"{result.omega0:g}"),
        ("friction γ", f"{result.gamma:g}"),
        ("inverse temperature β", f"{result.number('beta'):g}"),
        ("regime", result.text("regime")),
        ("loss and noise", result.force()),
        ("space", result.space()),
        ("unknowns", f"{int(result.number('unknowns', 0))}"),
    ]
    return "<h2>Parameters</h2>" + table([row for row in rows if row[1] not in ("", "nan")])


def spectral(result):
    """Where the gap comes from, its error bar, and whether it overlaps with the fit's."""
    error, agreement = result.number("rate_spectral_gap_error"), result.text("rate_agreement")
    bar = (
        f"± {error_bar(error)}, "
        if error == error and result.text("rate_spectral_gap_source") == "computed"
        else ""
    )
    return (
        bar
        + result.text("rate_spectral_gap_source")
        + ("; fit and spectrum " + agreement if agreement else "")
    )


PROVED = ("guaranteed", "theory, as proved")  # rounded down


def rates(result):
    guaranteed, bound = result.guaranteed()
    rows = [
        (
            "measured",
            result.number("rate_measured"),
            f"{result.bar().lstrip(' ,')}, {result.text('rate_form')} fit",
        ),
        ("spectral gap", result.number("rate_spectral_gap"), spectral(result)),
        (
            "guaranteed",
            guaranteed,
            "by contraction, for this ε and every start"
            if "contraction" in bound
            else f"for this ε and ‖h‖: {bound}",
        ),
        ("theory, as proved", result.number("rate_theory_proved"), "min Re eig Q, for ε = 0"),
        (
            "theory, as printed",
            result.number("rate_theory_printed"),
            "μ of Theorem 3.1, twice the proved one",
        ),
    ]
    rows = [
        (name, cell((proved(rate, 10) if name in PROVED else f"{rate:.10g}"), "n"), remark)
        for name, rate, remark in rows
        if rate == rate
    ]
    return "<h2>Rate λ in ‖h‖ ~ e<sup>−λt</sup></h2>" + table(rows) if rows else ""


def shown(values):
    """Numbers or texts of a file: at most eight of them."""
    listed = list(np.ravel(values))
    texts = [
        f"{value:.10g}"
        if isinstance(value, (int, float, np.number))
        else value.decode("utf-8", "replace")
        if isinstance(value, bytes)
        else str(value)
        for value in listed[:8]
    ]
    return ", ".join(texts) + (f", … ({len(listed)} numbers)" if len(listed) > 8 else "")


def section(result, title, rows):
    """Single values one a line; values that are many as columns of a table."""
    single = [
        (
            row["name"],
            cell(shown(result.attributes[row["name"]]), "" if row["text"] else "n"),
            row["units"],
            row["long_name"],
            row["source"],
        )
        for row in rows
        if row["name"] in result.attributes
    ]
    many = [row["name"] for row in rows if row["many"] and result.has(row["name"])]
    text = table(single, ("name", "value", "unit", "meaning", "source")) if single else ""
    if many:
        columns = [[shown(value) for value in np.ravel(result[name])] for name in many]
        text += f'<div class="many">{table(zip(*columns), many)}</div>'
    head = f"<h3>{html.escape(printable(title))}</h3>" if title else ""
    return head + text if text else ""


def quantities(result):
    """Every row of the run's table of results: name, value, unit, meaning, source."""
    try:
        sections = json.loads(result.text("quantities") or "[]")
        text = "".join(section(result, part["title"], part["rows"]) for part in sections)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""  # damaged: the rest of the page does not need it
    if not text:
        return ""
    return f"<h2>All results</h2><details><summary>Every number</summary>{text}</details>"


def judged(verdict):
    """A verdict with its sign and colour; a file may hold any text in its place."""
    known = verdict.split(" (")[0]
    return cell(
        statements.SIGNS.get(known, "") + verdict,
        known.split()[0] if known in statements.SIGNS else "",
    )


def verdicts(result):
    """The statements, failures first."""
    if not statements.possible(result):
        return ""
    rows = [
        (
            typeset.unicode(name),
            judged(verdict),
            *(cell(number, "n") for number in numbers),
            source,
            typeset.unicode(detail),
        )
        for name, source, *numbers, verdict, detail in statements.rows(result)
    ]
    head = ("statement", "verdict", "left", "right", "slack", "uncertainty", "source", "remark")
    return '<h2>Statements</h2><div class="many">' + table(rows, head) + "</div>"


def cases(result):
    """The numbers of a sweep."""
    if result.text("command") != "sweep" or not result.has("case"):
        return ""
    keys = list(sweep.keys(result))
    names = [
        name for name, *_ in sweep.CURVES if result.has(name) and np.isfinite(result[name]).any()
    ]
    rows = []
    for k in range(result["case"].size):
        row = [
            f"{value:.6g}" if isinstance(value, float) else str(value)
            for value in (result[key][k] for key in keys)
        ]
        for name in names:
            error = result[name + "_error"][k] if result.has(name + "_error") else np.nan
            bar = f" ± {error_bar(error)}" if error == error else ""
            row.append(cell(f"{result[name][k]:.8g}{bar}", "n"))
        rows.append([*row, result["status"][k] if result.has("status") else ""])
    called = {"certificate": "guaranteed (by contraction)", "theory_proved": "theory for ε = 0"}
    called["theory_printed"] = "theory as printed, for ε = 0"
    titles = [called.get(name, name.replace("_", " ")) for name in names]
    return "<h2>Cases</h2>" + table(rows, (*keys, *titles, "status"))


def points(figure):
    """Where the pointer finds values: [x, y or null, text] in fractions of the picture,
    from the top left."""
    if not hasattr(figure, "hover"):
        return None
    axes, x, y, texts = figure.hover
    low = axes.get_ylim()[0]
    place = axes.transData.transform(np.column_stack([x, np.full(len(x), low) if y is None else y]))
    place = figure.transFigure.inverted().transform(place)
    return [
        [round(float(px), 4), None if y is None else round(1 - float(py), 4), text]
        for (px, py), text in zip(place, texts)
        if np.isfinite(px) and np.isfinite(py)
    ]


def picture(result, suffix, figure):
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=200)
    kind = suffix.split("-")[0]
    caption = html.escape(CAPTIONS.get(suffix, CAPTIONS.get(kind, "")))
    seen = html.escape(answer.seen(result, kind), quote=True)
    wide = ' class="wide"' if kind in ("phase", "sample") else ""
    hover = points(figure)
    plt.close(figure)
    stage = (
        '<div class="stage">'
        if not hover
        else (f'<div class="stage" data-points="{html.escape(json.dumps(hover), quote=True)}">')
    )
    image = base64.b64encode(data.getvalue()).decode()
    return (
        f'<figure><div{wide}>{stage}<img alt="{seen}" src="data:image/png;base64,{image}">'
        '<div class="mark"></div><div class="tip"></div></div></div>'
        f"<figcaption>{caption}{' Point at it for values.' if hover else ''}</figcaption></figure>"
    )


def pictures(result):
    with Look().context():
        try:
            drawn = [
                picture(result, suffix, figure)
                for suffix, figure in figures(result)
                if suffix != "statements"
            ]
        except Unusable:
            drawn = []
    return "<h2>Pictures</h2>" + "".join(drawn) if drawn else ""


def provenance(result):
    names = (
        "version",
        "git_state",
        "started",
        "host",
        "ranks",
        "petsc",
        "slepc",
        "hdf5",
        "fftw",
        "gsl",
        "mpi",
    )
    rows = [
        (name.replace("_", " "), result.text(name)) for name in names if name in result.attributes
    ]
    seed = {"sample": "sample_seed"}.get(
        result.text("command"),
        "initial_seed" if result.options.get("initial_type") == "random" else "",
    )
    rows += [("seed", str(result.options[seed]))] if seed in result.options else []
    rows += (
        [("total time", f"{result.number('total_s'):.3g} s")]
        if "total_s" in result.attributes
        else []
    )
    return "<h2>Provenance</h2>" + table(rows)


def repeat(result):
    path = os.path.basename(result.path)
    text = f"hypoco rerun {shlex.quote(path)}\n\n" + " ".join(
        map(shlex.quote, command_line(result, "hypoco"))
    )
    options = json.dumps(result.options, indent=1, ensure_ascii=False)
    return (
        "<h2>How to repeat it</h2><p>The first line repeats the run and compares; the second is "
        "the run.</p>"
        f"<pre>{html.escape(text)}</pre><details><summary>All options, defaults included</summary>"
        f"<pre>{html.escape(options)}</pre></details>"
    )


def report(result, output=""):
    """Writes STEM.html, into `output` if that is a folder, or `output`, and returns its name."""
    title = f"hypoco {result.text('command')}: {os.path.basename(result.path)}"
    title = title.encode("utf-8", "replace").decode()
    said = f'<p class="answer">{html.escape(answer.sentences(result))}</p>'
    verdict = (
        "<p><strong>Verdict:</strong> "
        f"{html.escape(result.text('verdict') or result.text('state'))}</p>"
    )
    body = "\n".join(
        [
            f"<h1>{html.escape(title)}</h1>",
            said,
            verdict,
            rates(result),
            pictures(result),
            verdicts(result),
            cases(result),
            quantities(result),
            parameters(result),
            repeat(result),
            provenance(result),
        ]
    )
    name = output or result.stem + ".html"
    if os.path.isdir(name):
        name = os.path.join(name, os.path.basename(result.stem) + ".html")
    with open(name + ".tmp", "w", encoding="utf-8", errors="replace") as file:
        file.write(PAGE.format(title=html.escape(title), body=body))
    os.replace(name + ".tmp", name)
    return name
