"""Functions and arrays of Python as tables that the program reads."""
from __future__ import annotations

import inspect
import math
import os
from dataclasses import dataclass
from typing import Callable

import numpy as np

from .errors import BadInput

REACH = 20.0  # standard deviations of theta that a table spans unless told otherwise
FIRST, LAST = 257, 65537
PLANE_FIRST, PLANE_LAST = 65, 257  # points in each direction for d = 2
ENOUGH = 1e-11  # relative error below which a table is not refined any more


@dataclass
class Table:
    """theta, values, and the largest error found between the points (nan for given arrays).

    For d = 2 the values are those at all pairs of points, theta1 along the first dimension.
    """

    theta: np.ndarray
    values: np.ndarray
    error: float

    def write(self, path: str) -> None:
        """As text with 17 digits, so that numbers come back unchanged."""
        with open(path, "w", encoding="utf-8") as file:
            columns = [self.theta]
            if self.values.ndim == 2:
                columns = [
                    grid.ravel() for grid in np.meshgrid(self.theta, self.theta, indexing="ij")
                ]
            names = "theta" if len(columns) == 1 else "theta1 theta2"
            file.write(f"# {names} value\n")
            np.savetxt(file, np.column_stack([*columns, self.values.ravel()]), fmt="%.17g")


def from_arrays(name: str, theta, values) -> Table:
    """A table of given points."""
    theta, values = np.asarray(theta, float), np.asarray(values, float)
    if theta.ndim != 1 or theta.shape != values.shape or theta.size < 2:
        raise BadInput(
            f"{name}: a table is (theta, values) with two arrays of one length, "
            f"at least 2; found shapes {theta.shape} and {values.shape}"
        )
    if not (np.isfinite(theta).all() and np.isfinite(values).all()):
        raise BadInput(f"{name}: the table holds a number that is not finite")
    order = np.argsort(theta, kind="stable")
    if (np.diff(theta[order]) <= 0).any():
        raise BadInput(f"{name}: the table gives some theta twice")
    return Table(theta[order], values[order], math.nan)


def _sample(name: str, function: Callable, theta: np.ndarray) -> np.ndarray:
    """The function at all points, whether or not it takes arrays."""
    try:
        values = np.asarray(function(theta), float)
        if values.shape != theta.shape:
            raise ValueError
    except (TypeError, ValueError):
        values = np.array([float(function(float(point))) for point in theta])
    bad = ~np.isfinite(values)
    if bad.any():
        raise BadInput(
            f"{name}: the function is {values[bad][0]} at theta = {theta[bad][0]:.6g}; "
            "it has to be finite on all of the table, reach = .. says how far that goes"
        )
    return values


def _middle(values: np.ndarray) -> np.ndarray:
    """Cubic interpolation half-way between equidistant points, the two outer gaps left out."""
    return (9 * (values[1:-2] + values[2:-1]) - values[:-3] - values[3:]) / 16


def from_function(name: str, function: Callable, reach: float) -> Table:
    """Equidistant points on [-reach, reach], doubled until halving the step changes nothing.

    The error is the largest difference between the function and the cubic through four
    neighbours, half-way between points of the next coarser table, divided by 16: the error of
    a cubic falls by that factor when the step is halved.
    """
    theta = np.linspace(-reach, reach, FIRST)
    values = _sample(name, function, theta)
    while True:
        error = float(np.abs(_middle(values[::2]) - values[3:-3:2]).max()) / 16
        if error <= ENOUGH * np.abs(values).max() or theta.size >= LAST:
            return Table(theta, values, error)
        finer = np.linspace(-reach, reach, 2 * theta.size - 1)
        between = _sample(name, function, finer[1::2])
        merged = np.empty_like(finer)
        merged[::2], merged[1::2] = values, between
        theta, values = finer, merged


def _arguments(function: Callable) -> int:
    """How many numbers a function takes; 1 where that cannot be seen."""
    try:
        kinds = [
            parameter.kind
            for parameter in inspect.signature(function).parameters.values()
            if parameter.default is inspect.Parameter.empty
        ]
    except (TypeError, ValueError):
        return 1
    return (
        sum(
            kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
            for kind in kinds
        )
        or 1
    )


def from_plane(name: str, function: Callable, component: int, reach: float) -> Table:
    """A function for d = 2, of (theta1, theta2) or of its own coordinate, on a square grid.

    The grid is refined, and the error estimated, as for d = 1, along both directions.
    """
    if _arguments(function) == 1:
        alone = function
        function = lambda theta1, theta2: alone((theta1, theta2)[component - 1])  # noqa: E731
    points = PLANE_FIRST
    while True:
        theta = np.linspace(-reach, reach, points)
        grid = np.meshgrid(theta, theta, indexing="ij")
        flat = [axis.ravel() for axis in grid]
        values = _sample(
            name,
            lambda k: np.array(
                [
                    float(function(float(flat[0][int(i)]), float(flat[1][int(i)])))
                    for i in np.ravel(k)
                ]
            ),
            np.arange(flat[0].size, dtype=float),
        ).reshape(grid[0].shape)
        error = sum(
            float(np.abs(_middle(side[::2]) - side[3:-3:2]).max()) / 16
            for side in (values, values.T)
        )
        if error <= ENOUGH * np.abs(values).max() or points >= PLANE_LAST:
            return Table(theta, values, error)
        points = 2 * points - 1


def standard_deviation(given: dict) -> float:
    """Of theta under M, from parameters given in the call; those in files are not known here."""

    def value(key, default):
        item = given.get(key, default)
        return float(np.min(item)) if item is not None and not isinstance(item, str) else default

    omega0 = value("model_omega0", 1.0)
    gamma, beta = value("model_gamma", 1.0), value("model_beta", 1.0)
    if "model_learning_rate" in given:
        eta, kappa = value("model_learning_rate", 1.0), value("model_staleness", 0.0)
        gamma = math.sqrt((1 - kappa) / eta)
        tau2 = eta**1.5 / math.sqrt(1 - kappa) * value("model_noise", 1.0)
        beta = 2 * gamma / (tau2 * omega0**4)
    if given.get("model_type") == "momentum":
        return 1 / (math.sqrt(beta) * omega0)
    return math.sqrt(gamma**2 + omega0**2) / (math.sqrt(beta) * omega0**3)


def is_table(value) -> bool:
    """(theta, values) with two arrays or lists."""
    return (
        isinstance(value, tuple)
        and len(value) == 2
        and all(isinstance(part, (list, np.ndarray)) for part in value)
    )


def refuse_bare(name: str, value) -> None:
    """One array does not say which column is theta."""
    if isinstance(value, np.ndarray) and value.ndim:
        raise BadInput(
            f"{name}: one array of shape {value.shape} found; give a pair (theta, values), "
            "for an array of two columns (a[:, 0], a[:, 1])"
        )


def make(name: str, value, reach: float, dimension: int = 1) -> Table:
    """A table from a function or from (theta, values)."""
    if dimension > 2 or (dimension > 1 and not callable(value)):
        raise BadInput(
            f"{name}: a table from Python has d = 1, or d = 2 for a function; "
            "write a formula, or a file for the key " + name + "_file"
        )
    if dimension == 2:
        number = name.rpartition("_")[2]
        return from_plane(name, value, int(number) if number.isdigit() else 1, reach)
    return from_function(name, value, reach) if callable(value) else from_arrays(name, *value)


def place(folder: str, name: str) -> str:
    """Where the table of a key is written."""
    return os.path.join(folder, f"{name}.txt")
