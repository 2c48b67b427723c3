"""Keyword arguments as keys and words of the command line."""
from __future__ import annotations

import re
from typing import Any

import numpy as np

from . import tables
from .errors import BadInput
from .program import find, keys

FUNCTIONS = re.compile(r"epsilon(_\d+)?|loss|noise(_\d+)?")  # keys that may be Python functions
VECTORS = ("model_omega0", "model_beta", "model_tau", "model_noise")  # one number or d


def word(value: Any) -> str:
    """A value as the command line takes it; numbers with all their digits."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    if isinstance(value, (list, tuple, np.ndarray)):
        return ",".join(word(item) for item in np.asarray(value).ravel().tolist())
    return str(value)


def flatten(given: dict[str, Any]) -> dict[str, Any]:
    """Nested dictionaries join with '_', as in option files; None means not given."""
    flat: dict[str, Any] = {}
    for key, value in given.items():
        if isinstance(value, dict):
            flat.update({f"{key}_{inner}": item for inner, item in flatten(value).items()})
        elif value is not None:
            flat[key] = value
    return flat


def full(command: str, name: str, value: Any = None) -> str:
    """The key that a short name stands for: gamma for model_gamma, paths for sample_paths.

    noise is s(theta), a formula or a function; as a number it is model_noise.
    """
    known = keys(find(), command)
    if name == "noise" and isinstance(value, (int, float)):
        return "model_noise"
    for candidate in (name, f"model_{name}", f"{command}_{name}"):
        if candidate in known or re.sub(r"\d+", "#", candidate) in known:
            return candidate
    return name  # a key of PETSc, or a mistake that the program explains


def components(given: dict[str, Any]) -> dict[str, Any]:
    """Sets the dimension where the arguments imply it, and splits epsilon into its components.

    A single formula in theta, or a single function, is taken for every coordinate.
    """
    sizes = [
        np.size(given[key])
        for key in VECTORS
        if key in given and not isinstance(given[key], str) and np.size(given[key]) > 1
    ]
    for key in ("epsilon", "noise"):
        if isinstance(given.get(key), list):
            sizes.append(len(given[key]))
    d = int(given.get("model_dimension", max(sizes, default=1)))
    if any(size != d for size in sizes):
        raise BadInput(f"lists of {sorted(set(sizes))} numbers do not fit to dimension {d}")
    if d > 1 and sizes:
        given = {**given, "model_dimension": d}
    for key in ("epsilon", "noise"):
        value = given.get(key)
        if d == 1 and isinstance(value, list):
            given = {**given, key: value[0]}
        elif d > 1 and value is not None:
            parts = value if isinstance(value, list) else [value] * d
            given = {name: item for name, item in given.items() if name != key}
            given.update(
                {
                    f"{key}_{i}": re.sub(r"\b(theta|θ)\b", f"theta{i}", part)
                    if isinstance(part, str)
                    else part
                    for i, part in enumerate(parts, 1)
                }
            )
    return given


def tabulate(
    given: dict[str, Any], command: str, folder: str, reach: float | None
) -> tuple[dict[str, Any], dict[str, tables.Table]]:
    """Writes functions and arrays as tables; the key becomes KEY_file."""
    made, result = {}, {}
    for key, value in given.items():
        if FUNCTIONS.fullmatch(key):
            tables.refuse_bare(key, value)
        if FUNCTIONS.fullmatch(key) and (callable(value) or tables.is_table(value)):
            if re.sub(r"\d+", "#", f"{key}_file") not in keys(find(), command):
                raise BadInput(f"{key}: this program reads no tables for {key}; give a formula")
            wide = reach or tables.REACH * tables.standard_deviation(given)
            made[key] = tables.make(key, value, wide, int(given.get("model_dimension", 1)))
            made[key].write(tables.place(folder, key))
            result[f"{key}_file"] = tables.place(folder, key)
        else:
            result[key] = value
    return result, made


def words(given: dict[str, Any]) -> list[str]:
    """-key value ... of the command line."""
    return [text for key, value in given.items() for text in (f"-{key}", word(value))]
