"""hypoco: the kinetic Fokker-Planck equation of asynchronous SGD from Python.

>>> import hypoco
>>> r = hypoco.solve(gamma=0.8, epsilon="0.5*sin(theta)", space_degree=16)
>>> print(r.rate)                                   # doctest: +SKIP
0.4 ± 1e-05 1/time
>>> r.g.sel(t=2).dims
('v', 'x')

Functions: solve, steady, spectrum, verify, sweep, sample, theory, compare, certificate, open.
They run the program `hypoco` and return objects; errors of the program are exceptions
(`hypoco.Error`) with its sentence, its warnings are Python warnings (`hypoco.Warned`).
"""
import importlib
from typing import TYPE_CHECKING, Any

from .version import VERSION as __version__

if TYPE_CHECKING:
    from .errors import BadInput, Error, FileFailure, NumericalFailure, Stopped, Warned
    from .result import Comparison, Number, Record, Result, Sweep
    from .run import (
        certificate,
        compare,
        open,
        sample,
        solve,
        spectrum,
        steady,
        sweep,
        theory,
        verify,
    )

# Imported when they are first used: the program's own plots need no xarray
_WHERE = {
    **dict.fromkeys(
        ("BadInput", "Error", "FileFailure", "NumericalFailure", "Stopped", "Warned"), "errors"
    ),
    **dict.fromkeys(("Comparison", "Number", "Record", "Result", "Sweep"), "result"),
    **dict.fromkeys(
        (
            "certificate",
            "compare",
            "open",
            "sample",
            "solve",
            "spectrum",
            "steady",
            "sweep",
            "theory",
            "verify",
        ),
        "run",
    ),
}
__all__ = [*_WHERE, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"hypoco has no {name}")
    return getattr(importlib.import_module("." + _WHERE[name], __name__), name)


def __dir__():
    return sorted([*globals(), *_WHERE])
