"""What a run found, in words: for the top of a report,
and as texts for those who do not see its pictures."""
import numpy as np

from . import typeset
from .data import error_bar, proved
from .pictures import statements, sweep


def sentences(result):
    """The answer in a few sentences."""
    by_command = {
        "solve": _decay,
        "verify": _verify,
        "spectrum": _gap,
        "steady": _steady,
        "sample": _sample,
        "sweep": _sweep,
    }
    said = by_command.get(result.text("command"), lambda result: "")(result)
    return said or f"The run is {result.text('state') or 'of unknown state'}."


def _known(result, name):
    return result.number(name) == result.number(name)


def _decay(result):
    if not _known(result, "rate_measured"):
        return _gap(result)
    said = f"‖h‖ decays like exp(−λt) with λ = {result.measured()} in units of 1/time"
    if result.number("rate_frequency", 0) > 0 and result.text("rate_form") == "oscillating":
        said += f", and oscillates with the frequency {result.number('rate_frequency'):.6g}"
    said += ". "
    if _known(result, "rate_spectral_gap"):
        said += f"The spectral gap is {result.number('rate_spectral_gap'):.8g}. "
    return said + _proved(result)


def _proved(result):
    if not _known(result, "rate_theory_proved"):
        return ""
    where = "for ε = 0, not for this ε, " if result.perturbed() else ""
    return (
        f"Theorem 3.1, as it is proved, guarantees {where}the rate "
        f"{proved(result.number('rate_theory_proved'))}."
    )


def _gap(result):
    if not _known(result, "rate_spectral_gap"):
        return ""
    error = result.number("rate_spectral_gap_error")
    bar = f" ± {error_bar(error)}" if error == error else ""
    return (
        f"The spectral gap is {result.number('rate_spectral_gap'):.8g}{bar} in units of 1/time. "
        + _proved(result)
    )


def _verify(result):
    rows = statements.rows(result) if statements.possible(result) else []
    failed = [row for row in rows if row[6] == "fails"]
    false = [row[0] for row in rows if row[6].startswith("fails (")]
    if failed:
        said = f"{len(failed)} proved statements FAIL: {', '.join(row[0] for row in failed)}. "
    elif all(row[6] == "not applicable" for row in rows):
        said = "No statement of the papers is about this model. "
    else:
        said = (
            f"No proved statement fails; {sum(row[6] == 'holds' for row in rows)} of "
            f"{len(rows)} statements hold. "
        )
    said += (
        f"What fails without being proved: {typeset.unicode('; '.join(false))}. " if false else ""
    )
    return _guaranteed(result) + said + _decay(result)


def _guaranteed(result):
    """The largest guaranteed rate, which comes first."""
    if not (_known(result, "certificate_mu") or result.has("bound_rate")):
        return ""
    rate, bound = result.guaranteed()
    if rate != rate:
        return "Nothing is guaranteed. "
    if "contraction" not in bound:
        return f"Guaranteed for ‖h‖: the rate {proved(rate)} ({bound}). "
    words = "every rate below" if result.number("certificate_margin") > 0 else "the rate"
    return f"Guaranteed for every start: {words} {proved(rate)}. "


def _steady(result):
    if not result.has("identity_left"):
        return ""
    worst = np.abs(result["identity_left"] - result["identity_right"]).max()
    return (
        f"The steady state satisfies its {result['identity_left'].size} moment identities to "
        f"{error_bar(worst)}."
    )


def _sample(result):
    if not result.has("theta", "theta2"):
        return ""
    k = len(result["step"]) - 1
    texts = [
        f"{name} = {result[key][k, 0]:.5g} ± {error_bar(1.96 * result[key + '_error'][k, 0])}"
        for name, key in (("E θ", "theta"), ("E θ²", "theta2"))
    ]
    return f"After {result['step'][k]:.0f} steps {' and '.join(texts)} (95 %)."


def _sweep(result):
    name = next(
        (name for name, *_ in sweep.CURVES if result.has(name) and np.isfinite(result[name]).any()),
        None,
    )
    if not name:
        return "No case gave a rate."
    keys, values = list(sweep.keys(result)), result[name]

    def at(k):
        return ", ".join(
            f"{key} = {value:.6g}" if isinstance(value, float) else f"{key} = {value}"
            for key, value in ((key, result[key][k]) for key in keys)
        )

    low, high = int(np.nanargmin(values)), int(np.nanargmax(values))
    what = {"gap": "spectral gap"}.get(name, name)
    return (
        f"{values.size} cases. The smallest {what} is {values[low]:.6g} at {at(low)}; "
        f"the largest is {values[high]:.6g} at {at(high)}.{_promised(result)}"
    )


def _promised(result):
    """What contraction guarantees in the cases of a sweep."""
    if not result.has("certificate") or not np.isfinite(result["certificate"]).any():
        return ""  # not asked for, or no case has one
    values = result["certificate"]
    some = values[values > 0]
    if not some.size:
        return " Contraction guarantees nothing in any case."
    nothing = values.size - some.size
    return f" The guaranteed rate is between {proved(some.min())} and {proved(some.max())}" + (
        f"; in {nothing} of the cases contraction guarantees nothing." if nothing else "."
    )


def seen(result, kind):
    """What a picture shows, for those who do not see it."""
    if kind == "decay" and result.has("norm2", "H"):
        t, norm2 = result["time"], result["norm2"]
        return (
            f"Curves on a logarithmic axis from t = {t[0]:g} to {t[-1]:g}: the squared norm of h "
            f"falls from {norm2[0]:.3g} "
            f"to {norm2[-1]:.3g}, H from {result['H'][0]:.3g} to {result['H'][-1]:.3g}. "
            f"{_decay(result)}"
        )
    if kind == "phase":
        times = ", ".join(f"{time:.3g}" for time in result["snapshot"][[0, -1]])
        return (
            f"Panels of the density in phase space between the times {times}: it starts away "
            "from the centre and ends "
            "as the steady state, which the last column shows; below, the fluctuation h fades."
        )
    if kind == "theta":
        times = ", ".join(f"{time:.3g}" for time in result["snapshot"][[0, -1]])
        return f"Curves of the density of theta between the times {times}, and the steady state."
    if kind in ("spectrum", "propagator") and result.has("eigenvalue_real"):
        values = ", ".join(
            f"{a:.4g}{b:+.4g}i"
            for a, b in zip(result["eigenvalue_real"][:4], result["eigenvalue_imag"][:4])
        )
        return f"The leading eigenvalues in the complex plane: {values}."
    if kind == "norms":
        falls = (
            f"{words} from {result[name][0]:.3g} to {result[name][-1]:.3g}"
            for name, words in (("tv", "total variation"), ("entropy", "relative entropy"))
        )
        return f"Curves on a logarithmic axis: {', '.join(falls)}."
    if kind == "compare":
        rates = [
            f"{text} {rate:.4g}"
            for text, rate in zip(result.texts("model_name"), np.ravel(result["rate"]))
            if np.isfinite(rate)
        ]
        said = ", ".join(rates) or "not known"
        return f"Averages of {len(result['rate'])} models over one time; rates are {said}."
    if kind == "sweep":
        return _sweep(result)
    if kind == "sample":
        return _sample(result)
    return kind
