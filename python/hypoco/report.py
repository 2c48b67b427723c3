"""One web page that holds everything about a run: no other file, no network."""
import base64
import html
import io
import json
import os
import shlex

from .pictures import statements
from .data import Result
from .pictures import figures
from .rerun import NOT_REPEATED, command_line
from .pictures.style import plt

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light; }}
body {{ font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1a1a1a; background: #fff; margin: 0 auto; max-width: 62rem; padding: 1rem; }}
h1 {{ font-size: 1.5rem; margin: .5rem 0; overflow-wrap: anywhere; }} h2 {{ font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #ccc; }}
.wide {{ overflow-x: auto; }} table {{ border-collapse: collapse; font-size: .9rem; }} th, td {{ text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; border-bottom: 1px solid #e5e5e5; }}
td.n {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
figure {{ margin: 1rem 0; }} img {{ max-width: 100%; height: auto; display: block; margin: 0 auto; }}
.many table {{ min-width: 58rem; }} /* columns are scrolled on a phone rather than squeezed */
.wide img {{ min-width: 40rem; }} /* many panels: scrolled on a phone rather than shrunk */
figcaption {{ font-size: .9rem; color: #444; }}
pre {{ overflow-x: auto; background: #f4f4f4; padding: .75rem; font-size: .85rem; }}
.holds {{ color: #00694d; }} .fails {{ color: #a84300; font-weight: bold; }}
</style></head><body>
{body}
</body></html>
"""

CAPTIONS = {
    "decay": "The squared norm of h and the Lyapunov functional H in time, the fitted envelope, and the rate of Theorem 3.1 as "
             "proved and as printed. Below: the rate at each moment.",
    "phase": "The density g at a few times and the steady state F, and the fluctuation h = (g − F)/M, in position and velocity "
             "(x, v) and in parameter and memory of gradients (θ, y). White lines: F at 1, 2 and 3 standard deviations of a Gaussian.",
    "spectrum": "Leading eigenvalues of the generator beside those of the unperturbed equation in closed form.",
    "propagator": "Norm of the evolution on functions of mean zero.",
    "statements": "Every statement put to the test.",
    "sweep": "The rate over the parameters that were varied, beside theory.",
    "sample-density": "Where the paths are at the snapshots, in the parameter θ and the memory of gradients y where that is followed.",
    "sample": "Averages over the sampled paths with their 95 % bands, beside the exact moment equations where there are any.",
}


def table(rows, head=()):
    text = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    lines = [f"<tr>{text}</tr>"] if head else []
    for row in rows:
        lines.append("<tr>" + "".join(cell if cell.startswith("<td") else f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>")
    return '<div class="wide"><table>' + "".join(lines) + "</table></div>"


def number(value):
    return f'<td class="n">{value}</td>'


def parameters(result):
    if "omega0" not in result.attributes:  # no single equation: the options say more
        return "<h2>Parameters</h2>" + table([(key, str(value)) for key, value in result.given().items() if key not in NOT_REPEATED])
    rows = [("dimension d", f"{int(result.number('dimension', 1))}"), ("frequency ω₀", f"{result.omega0:g}"),
            ("friction γ", f"{result.gamma:g}"), ("inverse temperature β", f"{result.number('beta'):g}"),
            ("regime", result.text("regime")), ("perturbation", result.epsilon()), ("space", result.space()),
            ("unknowns", f"{int(result.number('unknowns', 0))}")]
    return "<h2>Parameters</h2>" + table([row for row in rows if row[1] not in ("", "nan")])


def spectral(result):
    """Where the gap comes from, its error bar, and whether it overlaps with the fit's."""
    error, agreement = result.number("rate_spectral_gap_error"), result.text("rate_agreement")
    bar = f"± {error:.1g}, " if error == error and result.text("rate_spectral_gap_source") == "computed" else ""
    return bar + result.text("rate_spectral_gap_source") + ("; fit and spectrum " + agreement if agreement else "")


def rates(result):
    rows = [("measured", "rate_measured", f"{result.measured().lstrip('0123456789.e-')}, {result.text('rate_form')} fit".lstrip(" ,")),
            ("spectral gap", "rate_spectral_gap", spectral(result)),
            ("theory, as proved", "rate_theory_proved", "min Re eig Q"),
            ("theory, as printed", "rate_theory_printed", "μ of Theorem 3.1, twice the proved one")]
    rows = [(name, number(f"{result.number(key):.10g}"), remark) for name, key, remark in rows if result.number(key) == result.number(key)]
    return "<h2>Rate λ in ‖h‖ ~ e<sup>−λt</sup></h2>" + table(rows) if rows else ""


def verdicts(result):
    if not statements.possible(result):
        return ""
    rows = [(name, f'<td class="{verdict.split()[0]}">{html.escape(verdict)}</td>', *map(number, numbers), source, detail)
            for (name, source, *numbers, verdict), detail in zip(statements.rows(result), result.texts("statement_detail"))]
    head = ("statement", "verdict", "left", "right", "slack", "uncertainty", "source", "remark")
    return '<h2>Statements</h2><div class="many">' + table(rows, head) + "</div>"


def picture(suffix, figure):
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=200)
    plt.close(figure)
    kind = suffix.split("-")[0]
    caption = html.escape(CAPTIONS.get(suffix, CAPTIONS.get(kind, "")))
    wide = ' class="wide"' if kind in ("phase", "sample") else ""
    return (f'<figure><div{wide}><img alt="{html.escape(suffix)}" src="data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}"></div>'
            f"<figcaption>{caption}</figcaption></figure>")


def pictures(result):
    drawn = [picture(suffix, figure) for suffix, figure in figures(result, "all") if suffix != "statements"]
    return "<h2>Pictures</h2>" + "".join(drawn) if drawn else ""


def provenance(result):
    names = ("version", "git_state", "started", "host", "ranks", "petsc", "slepc", "hdf5", "fftw", "gsl", "mpi")
    rows = [(name.replace("_", " "), result.text(name)) for name in names if name in result.attributes]
    seed = {"sample": "sample_seed"}.get(result.text("command"), "initial_seed" if result.options.get("initial_type") == "random" else "")
    rows += [("seed", str(result.options[seed]))] if seed in result.options else []
    rows += [("total time", f"{result.number('total_s'):.3g} s")] if "total_s" in result.attributes else []
    return "<h2>Provenance</h2>" + table(rows)


def repeat(result):
    path = os.path.basename(result.path)
    text = (f"hypoco rerun {shlex.quote(path)}      # repeats the run and compares\n\n# or by hand:\n"
            + " ".join(map(shlex.quote, command_line(result, "hypoco"))))
    options = json.dumps(result.options, indent=1, ensure_ascii=False)
    return (f"<h2>How to repeat it</h2><pre>{html.escape(text)}</pre>"
            f"<details><summary>All options, defaults included</summary><pre>{html.escape(options)}</pre></details>")


def report(path, output):
    """Writes STEM.html, or `output`, and returns its name."""
    result = Result(path)
    title = f"hypoco {result.text('command')}: {os.path.basename(path)}"
    verdict = f"<p><strong>Verdict:</strong> {html.escape(result.text('verdict') or result.text('state'))}</p>"
    body = "\n".join([f"<h1>{html.escape(title)}</h1>", verdict, parameters(result), rates(result), verdicts(result), pictures(result),
                      repeat(result), provenance(result)])
    name = output or result.stem + ".html"
    with open(name + ".tmp", "w", encoding="utf-8") as file:
        file.write(PAGE.format(title=html.escape(title), body=body))
    os.replace(name + ".tmp", name)
    return name
