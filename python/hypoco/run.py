"""The commands of the program as functions."""
from __future__ import annotations

import os
import tempfile
from typing import Any

import numpy as np

from . import options
from .data import stem_of
from .errors import BadInput, error
from .program import run
from .result import Comparison, Record, Result, Sweep, summary_of

__all__ = [
    "solve",
    "steady",
    "spectrum",
    "verify",
    "sample",
    "theory",
    "sweep",
    "certificate",
    "compare",
    "open",
]


class _Call:
    """One call: keyword arguments as words, with a folder for what the run writes."""

    def __init__(self, command: str, files: tuple, given: dict[str, Any], reach: float | None):
        self.command, self.files = command, [os.fspath(path) for path in files]
        self.keep = tempfile.TemporaryDirectory(prefix="hypoco-")
        flat = {
            options.full(command, key, value): value
            for key, value in options.flatten(given).items()
        }
        self.given, self.tables = options.tabulate(
            options.components(flat), command, self.keep.name, reach
        )

    def path(self, ending: str) -> str:
        return os.path.join(self.keep.name, "result" + ending)

    def run(self, ranks: int, progress: bool | None, output: str | None):
        """(path of the result, summary, exit code, what was printed)."""
        path = os.fspath(output) if output else self.path(".h5")
        words = [
            *self.files,
            *options.words(self.given),
            "-output",
            path,
            "-json",
            self.path(".json"),
        ]
        printed, code = run(self.command, words, ranks, progress)
        return path, summary_of(self.path(".json")), code, printed


def _result(
    command: str,
    files: tuple,
    given: dict,
    ranks: int,
    progress: bool | None,
    output: str | None,
    reach: float | None,
) -> Result:
    call = _Call(command, files, given, reach)
    path, summary, code, printed = call.run(ranks, progress, output)
    return Result(path, summary, code=code, keep=call.keep, tables=call.tables, printed=printed)


def solve(
    *files: str,
    ranks: int = 1,
    progress: bool | None = None,
    output: str | None = None,
    reach: float | None = None,
    **keys: Any,
) -> Result:
    """Solves the equation in time and measures its decay.

    `files` are option files; keyword arguments are keys of docs/options.md and win over files.
    `gamma` is short for `model_gamma`, and nested dictionaries join: `time={"end": 5}`.
    `epsilon` is a formula in theta, a Python function, or a pair of arrays (theta, values); for
    d > 1 a list of them, or one for all coordinates. Functions become tables, whose errors are in
    `result.tables`; they span 20 standard deviations of theta unless `reach` says how far.
    `ranks` runs on several MPI ranks, `output` keeps the result file.

    >>> r = solve(gamma=1, space_degree=12, time_end=5)
    >>> r.rate.form, round(r.gap, 6)
    ('oscillating', 0.5)
    >>> r.series["H"].dims
    ('t',)
    """
    return _result("solve", files, keys, ranks, progress, output, reach)


def steady(
    *files: str,
    ranks: int = 1,
    progress: bool | None = None,
    output: str | None = None,
    reach: float | None = None,
    **keys: Any,
) -> Result:
    """Computes the steady state F with its certificate, `result.identities`.

    >>> float(steady(space_degree=12, epsilon="0.3*sin(theta)").F.max().round(3)) > 0
    True
    """
    return _result("steady", files, keys, ranks, progress, output, reach)


def spectrum(
    *files: str,
    ranks: int = 1,
    progress: bool | None = None,
    output: str | None = None,
    reach: float | None = None,
    **keys: Any,
) -> Result:
    """Computes the leading eigenvalues.

    >>> spectrum(space_degree=12).eigenvalues[1].round(6)
    (-0.5+0.866025j)
    """
    return _result("spectrum", files, keys, ranks, progress, output, reach)


def verify(
    *files: str,
    ranks: int = 1,
    progress: bool | None = None,
    output: str | None = None,
    reach: float | None = None,
    **keys: Any,
) -> Result:
    """Puts Theorem 3.1 and every step of its proof to the test: `result.statements`.

    A proved statement that fails is no exception: `result.code` is 1 and `verdict` names it.
    """
    return _result("verify", files, keys, ranks, progress, output, reach)


def sample(
    *files: str,
    ranks: int = 1,
    progress: bool | None = None,
    output: str | None = None,
    reach: float | None = None,
    **keys: Any,
) -> Result:
    """Samples paths of an algorithm, or of an equation that models it.

    >>> r = sample(learning_rate=.01, staleness=.9, noise=1, paths=100, steps=20, seed=3)
    >>> bool(abs(r.theta - r.theta_exact).max() < 0.05)
    True
    """
    return _result("sample", files, keys, ranks, progress, output, reach)


def theory(*files: str, **keys: Any) -> Record:
    """Evaluates the theory for a learning rate and a staleness, without a run.

    >>> t = theory(learning_rate=.01, staleness=.9, noise=1)
    >>> t.regime, round(t.equation.gamma, 4)
    ('over-damped', 3.1623)
    """
    call = _Call("theory", files, keys, None)
    run(
        "theory",
        [*call.files, *options.words(call.given), "-json", call.path(".json")],
        progress=False,
    )
    return Record(summary_of(call.path(".json")).get("theory", {}))


def _swept(values: Any) -> str:
    """The values of a key as a sweep reads them."""
    words = [
        options.word(value)
        for value in (values.tolist() if isinstance(values, np.ndarray) else values)
    ]
    return (
        ("; " if any("," in text for text in words) else ", ").join(words)
        if words and not any(";" in text for text in words)
        else ";".join(words)
    )


def sweep(
    *files: str,
    command: str = "spectrum",
    ranks: int = 1,
    progress: bool | None = None,
    output: str | None = None,
    **keys: Any,
) -> Sweep:
    """Does a command for every combination of the values of some keys.

    Lists and arrays are swept, in the order given; everything else is one value for all cases
    (a tuple where a key takes several numbers). The result has one dimension for each swept key.

    >>> s = sweep(gamma=[0.5, 1.0, 3.0], space_degree=8)
    >>> s.gap.dims, s.gap.sel(gamma=1.0).item().__round__(6)
    (('gamma',), 0.5)
    """
    flat = options.flatten(keys)
    names = {key: options.full(command, key) for key in flat}
    swept = {
        key: value for key, value in flat.items() if isinstance(value, (list, np.ndarray, range))
    }
    if not swept and not files:
        raise BadInput("sweep: no key has several values; give a list, as in gamma=[1, 2, 3]")
    given = {names[key]: value for key, value in flat.items() if key not in swept}
    given["sweep_command"] = command
    for i, (key, values) in enumerate(swept.items(), 1):
        if any(callable(value) for value in values):
            raise BadInput(f"sweep: {key} has a function among its values; sweeps take formulas")
        given[f"sweep_key_{i}"], given[f"sweep_values_{i}"] = names[key], _swept(values)
    call = _Call("sweep", files, given, None)
    path, summary, code, printed = call.run(ranks, progress, output)
    return Sweep(
        path,
        summary,
        short={names[key]: key for key in swept},
        code=code,
        keep=call.keep,
        printed=printed,
    )


def certificate(*files: str, **keys: Any) -> Record:
    """A rate that is proved for this perturbation: mu, and what it rests on.

    It is the certificate of `verify`, by contraction in a quadratic norm.
    """
    made = verify(*files, **keys).summary
    if not made.get("certificate"):
        raise error("this program gives no certificate", 3)
    return Record(made["certificate"])


def compare(*results: Result | str, names: list[str] | None = None, **keys: Any):
    """Puts results (or their files) side by side; with keys instead of results, runs `compare`.

    >>> a, b = solve(space_degree=8, time_end=3), solve(space_degree=8, time_end=3, gamma=1.5)
    >>> compare(a, b, names=["1", "1.5"]).rates.run.values.tolist()
    ['1', '1.5']
    """
    if keys or any(str(item).endswith((".yaml", ".yml")) for item in results):
        return _result("compare", results, keys, 1, None, None, None)
    opened = [item if isinstance(item, Result) else open(item) for item in results]
    if len(opened) < 2:
        raise BadInput("compare: give at least two results or result files")
    stems = names or [os.path.basename(item.file.stem) for item in opened]
    if len(set(stems)) < len(stems):
        stems = [f"{stem} {i}" for i, stem in enumerate(stems, 1)]
    return Comparison(opened, stems)


def open(path: str) -> Result:  # noqa: A001
    """Opens a result file.

    >>> r = solve(space_degree=8, time_end=3)
    >>> bool(open(r.save("again.h5")).rate == r.rate)
    True
    """
    summary = summary_of(stem_of(os.fspath(path)) + ".json")
    result = Result(os.fspath(path), summary)
    return Sweep(os.fspath(path), summary) if result.command == "sweep" else result
