"""Results as objects: numbers with error bars, series and fields as xarray, pictures, a page."""
from __future__ import annotations

import itertools
import json
import os
import shutil
from typing import Any

import numpy as np
import xarray

from .data import File, Unusable, error_bar, proved
from .errors import BadInput, FileFailure

SERIES = ("t", "step")  # dimensions of series


class Number(float):
    """A number with its error bar and unit; it is a float and can be used as one.

    >>> rate = Number(0.5, error=1e-3, unit="1/time")
    >>> rate
    0.5 ± 0.001 1/time
    >>> 2 * rate
    1.0
    """

    error: float
    unit: str

    def __new__(cls, value: float, error: float = np.nan, unit: str = "", **more: Any):
        self = super().__new__(cls, value)
        self.error, self.unit = float(error), unit
        self.__dict__.update(more)
        return self

    def __repr__(self) -> str:
        bar = f" ± {error_bar(self.error)}" if self.error == self.error else ""
        remark = getattr(self, "remark", "")
        return f"{float(self):.10g}{bar} {self.unit}".rstrip() + (f" ({remark})" if remark else "")

    __str__ = __repr__

    def __getnewargs_ex__(self):
        return (float(self),), {"error": self.error, "unit": self.unit}


class Record(dict):
    """A dictionary whose keys are attributes too.

    >>> Record(a=1).a
    1
    """

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        for key, value in self.items():
            if isinstance(value, dict) and not isinstance(value, Record):
                self[key] = Record(value)

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"there is no {name}; there are {', '.join(self)}") from None

    def __dir__(self):
        return [*super().__dir__(), *self]


class Pictures:
    """The pictures of a result: `r.plot.decay(ax=ax)`, `r.plot.phase()`, ..., `r.plot()` for all.

    Every method returns the axes. Keywords are title, width, height (inches), font_size, style
    (a style sheet of matplotlib), hue (sweeps), coordinates ("xv", "ty" or "both") and time
    (one snapshot). With `ax` the picture is drawn there, in the style in force.
    """

    def __init__(self, file: File, others: list[File] | None = None):
        self._file, self._others = file, others or []

    def __call__(self, what: str = "all", **look: Any):
        from . import pictures

        return pictures.axes(self._file, what, others=self._others, **look)

    def _one(self, what, ax, look):
        from . import pictures

        if ax is None:
            return pictures.axes(self._file, what, others=self._others, **look)
        return pictures.onto(self._file, what, ax, others=self._others, **look)

    def decay(self, ax=None, **look: Any):
        """||h||^2, H, the fit and the rates in theory."""
        return self._one("decay", ax, look)

    def phase(self, **look: Any):
        """g, F and h in phase space."""
        return self._one("phase", None, look)

    def theta(self, ax=None, **look: Any):
        """The density of theta at a few times."""
        return self._one("theta", ax, look)

    def spectrum(self, ax=None, **look: Any):
        """The leading eigenvalues."""
        return self._one("spectrum", ax, look)

    def statements(self, **look: Any):
        """The statements put to the test."""
        return self._one("statements", None, look)

    def sweep(self, ax=None, **look: Any):
        """Rates over the swept keys."""
        return self._one("sweep", ax, look)

    def sample(self, **look: Any):
        """Moments and densities of sampled paths."""
        return self._one("sample", None, look)

    def trace(self, ax=None, **look: Any):
        """A recorded run beside the models fitted to it."""
        return self._one("trace", ax, look)

    def __repr__(self) -> str:
        from . import pictures

        return "pictures: " + ", ".join(pictures.possible(self._file))


class Result:
    """What a command of the program found out.

    Variables of `data` and members of `summary` are attributes too: `r.H`, `r.theta2`.
    """

    def __init__(
        self,
        path: str,
        summary: dict | None = None,
        code: int = 0,
        keep: Any = None,
        tables: dict | None = None,
        printed: str = "",
    ):
        try:
            self.file = File(path)
        except Unusable as problem:
            raise FileFailure(str(problem), 4) from None
        self.summary = Record(summary or {})
        self.code, self.tables, self.printed = code, tables or {}, printed
        self._keep = keep  # a temporary folder, which lives as long as this object

    @property
    def command(self) -> str:
        """The command that wrote the file."""
        return self.file.text("command")

    @property
    def options(self) -> dict:
        """Every key with its value in force."""
        return self.file.options

    @property
    def verdict(self) -> str:
        """One line: done, or what failed."""
        return self.file.text("verdict") or self.file.text("state")

    @property
    def data(self) -> xarray.Dataset:
        """All arrays by name with units and labelled dimensions, texts as str."""
        if not hasattr(self, "_data"):
            self._data = _dataset(self.file)
        return self._data

    @property
    def series(self) -> xarray.Dataset:
        """What depends on time (or on the step) alone."""
        dim = next((name for name in SERIES if name in self.data.dims), None)
        names = [
            name
            for name, item in self.data.data_vars.items()
            if dim in item.dims and set(item.dims) <= {dim, "coordinate"}
        ]
        return (
            self.data[names].squeeze("coordinate", drop=True)
            if (self.data.sizes.get("coordinate") == 1)
            else self.data[names]
        )

    def to_dataframe(self, dimension: str = ""):
        """What depends on one dimension alone, as a table of pandas.

        By default the first that the result has of time `t`, `step`, `eigenvalue`, `statement` and
        `identity`. All arrays in one table would be a row for every combination of all dimensions;
        a field alone is `r.g.to_dataframe()`.

        >>> from hypoco import spectrum
        >>> spectrum(space_degree=8).to_dataframe()["eigenvalue_real"].round(6).iloc[1]
        -0.5
        """
        there = [str(name) for name in self.data.dims]
        order = (dimension,) if dimension else (*SERIES, "eigenvalue", "statement", "identity")
        chosen = next((name for name in order if name in there), None)
        if chosen is None:
            raise BadInput(
                f"a result of {self.command} has no dimension {dimension or 'of a table'}; "
                f"it has {', '.join(there)}"
            )
        if chosen in SERIES:
            return self.series.to_dataframe()
        return self.data[
            [name for name, item in self.data.data_vars.items() if item.dims == (chosen,)]
        ].to_dataframe()

    def to_dataframes(self) -> dict:
        """The whole file as tables of pandas: one for each set of dimensions that arrays have.

        No array is repeated for dimensions that it does not have, so that the tables together are
        no larger than the file.

        >>> from hypoco import spectrum
        >>> tables = spectrum(space_degree=8).to_dataframes()
        >>> tables["eigenvalue"]["eigenvalue_real"].round(6).iloc[1]
        -0.5
        >>> tables["pair", "v", "x"]["F"].shape == (tables["x"].size * tables["v"].size,)
        True
        """
        data = self.data
        kinds = dict.fromkeys(item.dims for item in data.data_vars.values() if item.dims)
        kinds.update(
            (item.dims, None) for name, item in data.coords.items() if item.dims == (name,)
        )
        found = {}
        for dims in kinds:
            names = [name for name, item in data.data_vars.items() if item.dims == dims]
            table = data[names].to_dataframe() if names else data[dims[0]].to_series().to_frame()
            found[dims if len(dims) > 1 else dims[0]] = table
        return found

    @property
    def rate(self) -> Number:
        """The fitted rate of ||h|| with its error bar; for a spectrum its gap.

        Further attributes: form, frequency, window, and remark, which says where the error bar
        is that of the fit alone.
        """
        value = self.file.number("rate_measured")
        if value != value:
            return self.gap
        agreement = self.file.text("rate_agreement")
        remark = {"overlap": "", "": "fit alone"}.get(agreement, f"fit and spectrum {agreement}")
        window = self.file.attributes.get("rate_window", ())
        return Number(
            value,
            self.file.number("rate_error"),
            "1/time",
            remark=remark,
            form=self.file.text("rate_form"),
            window=tuple(map(float, window)),
            frequency=self.file.number("rate_frequency"),
        )

    @property
    def gap(self) -> Number:
        """The spectral gap with its error bar."""
        value = self.file.number("rate_spectral_gap")
        if value != value:
            raise AttributeError(f"a result of {self.command} has no rate and no gap")
        return Number(
            value,
            self.file.number("rate_spectral_gap_error"),
            "1/time",
            source=self.file.text("rate_spectral_gap_source"),
        )

    def _field(self, name: str) -> xarray.DataArray:
        field = self.data[name]
        return field.squeeze("pair", drop=True) if self.data.sizes.get("pair") == 1 else field

    @property
    def g(self) -> xarray.DataArray:
        """The density g(t, v, x), marginals over `pair` for d > 1."""
        return self._field("g")

    @property
    def h(self) -> xarray.DataArray:
        """h = (g - F)/M."""
        return self._field("h")

    @property
    def F(self) -> xarray.DataArray:
        """The density of the steady state."""
        return self._field("F")

    def in_loss_coordinates(self, field: xarray.DataArray, density: bool = True):
        """A field on the grid of (x, v) with the coordinates theta and y of each point.

        theta and y are two-dimensional coordinates, because the map is a shear and nothing is
        interpolated: `r.g_theta_y.sel(t=2).plot(x="theta", y="y")`. A density is multiplied by
        the determinant of the map, omega0^2.
        """
        omega0 = np.ravel(self.file.attributes.get("omega0", 1.0)).astype(float)
        momentum = self.options.get("model_type") == "momentum"
        w = xarray.DataArray(omega0, dims="pair") if omega0.size > 1 else omega0[0]
        x, v = field["x"], field["v"]
        theta = 0 * v + x if momentum else -(v + self.file.gamma * x) / w**2
        y = v + 0 * x if momentum else 0 * v + x
        result = field * (w**2 if density and not momentum else 1.0)
        result.attrs.update(field.attrs)
        theta.attrs.update(units="1", long_name="parameter theta")
        y.attrs.update(units="1/time", long_name="memory of the gradients y")
        return result.assign_coords(theta=theta, y=y)

    @property
    def g_theta_y(self) -> xarray.DataArray:
        """The density in (theta, y): omega0^2 g(x, v)."""
        return self.in_loss_coordinates(self.g)

    @property
    def F_theta_y(self) -> xarray.DataArray:
        """The steady state in (theta, y)."""
        return self.in_loss_coordinates(self.F)

    @property
    def h_theta_y(self) -> xarray.DataArray:
        """h in (theta, y)."""
        return self.in_loss_coordinates(self.h, density=False)

    @property
    def eigenvalues(self) -> np.ndarray:
        """The leading eigenvalues of -T + L + R, complex, by decreasing real part."""
        return self.data["eigenvalue_real"].values + 1j * self.data["eigenvalue_imag"].values

    @property
    def statements(self) -> xarray.Dataset:
        """The statements put to the test, by name; `to_dataframe()` makes a table of pandas."""
        names = [name for name in self.data.data_vars if name.startswith("statement_")]
        table = self.data[names].rename({name: name[10:] for name in names})
        if "proved" in table:
            table["proved"] = table["proved"].astype(bool)
        return table.set_coords("name").swap_dims(statement="name")

    @property
    def identities(self) -> xarray.Dataset:
        """Moment identities that certify the steady state, by name."""
        names = [name for name in self.data.data_vars if name.startswith("identity_")]
        table = self.data[names].rename({name: name[9:] for name in names})
        return table.set_coords("name").swap_dims(identity="name")

    @property
    def plot(self) -> Pictures:
        """The pictures."""
        return Pictures(self.file)

    def report(self, path: str = "") -> str:
        """Writes one web page with everything about the run and returns its name."""
        from .report import report

        return report(self.file, path or os.path.basename(self.file.stem) + ".html")

    def save(self, path: str) -> str:
        """Copies the result file, which is temporary unless `output` was given."""
        return shutil.copy(self.file.path, path)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "file" not in self.__dict__:
            raise AttributeError(name)
        if name in self.data.variables:
            return self.data[name]
        if self.summary.get(name) is not None:
            return self.summary[name]
        raise AttributeError(
            f"a result of {self.command} has no {name}; "
            f"data holds {', '.join(map(str, self.data.variables))}"
        )

    def __dir__(self):
        return [*super().__dir__(), *map(str, self.data.variables), *self.summary]

    def __repr__(self) -> str:
        lines = [f"hypoco {self.command}: {self.verdict}"]
        if self.file.has("bound_rate"):
            rate, bound = self.file.guaranteed()
            said = f"{proved(rate, 10)} 1/time ({bound})" if rate == rate else "nothing"
            lines.append(f"guaranteed {said}")
        for name in ("rate", "gap"):
            try:
                lines.append(f"{name:<8} {getattr(self, name)!r}")
            except AttributeError:
                pass
        lines.append("data     " + ", ".join(map(str, self.data.data_vars)))
        return "\n".join(lines)


class Sweep(Result):
    """Quantities over the swept keys, one dimension for each of them: `s.gap.plot(hue="epsilon")`.

    Texts are str and flags are bool. `short` are the names the keys were given with.
    """

    def __init__(self, path: str, summary: dict | None = None, short: dict | None = None, **more):
        super().__init__(path, summary, **more)
        self._short = short or {}

    @property
    def data(self) -> xarray.Dataset:
        if not hasattr(self, "_data"):
            self._data = _cases(self.file, self._short)
        return self._data

    def to_dataframe(self):
        """One row for each case, with the swept keys as index."""
        return self.data.to_dataframe()

    @property
    def gap(self) -> xarray.DataArray:
        """The spectral gap."""
        return self.data["gap"]

    @property
    def rate(self) -> xarray.DataArray:
        """The rate of ||h||."""
        return self.data["rate"]

    @property
    def failed(self) -> int:
        """The number of cases that failed; `data.message` says why."""
        return int((self.data["status"] != "done").sum())

    def __repr__(self) -> str:
        sizes = " x ".join(f"{key} ({n})" for key, n in self.data.sizes.items())
        return f"hypoco sweep: {self.verdict}, {self.failed} failed\nover     {sizes}\n" + (
            "data     " + ", ".join(map(str, self.data.data_vars))
        )


class Comparison:
    """Several results side by side: `series` along a new dimension `run`,
    `plot.decay()` overlaid."""

    def __init__(self, results: list[Result], names: list[str]):
        self.results, self.names = results, names

    @property
    def rates(self) -> xarray.Dataset:
        """Rate and error of each run."""
        rates = [result.rate for result in self.results]
        return xarray.Dataset(
            {
                "rate": ("run", [float(rate) for rate in rates], {"units": "1/time"}),
                "error": ("run", [rate.error for rate in rates], {"units": "1/time"}),
            },
            coords={"run": self.names},
        )

    @property
    def series(self) -> xarray.Dataset:
        """The series of all runs on their common times."""
        return xarray.concat(
            [result.series for result in self.results],
            join="outer",
            dim=xarray.DataArray(self.names, dims="run", name="run"),
        )

    def difference(self, name: str) -> xarray.DataArray:
        """A quantity of the later runs minus that of the first, where both are known."""
        first = self.results[0].data[name]
        return xarray.concat(
            [result.data[name] - first for result in self.results[1:]],
            dim=xarray.DataArray(self.names[1:], dims="run", name="run"),
        )

    @property
    def plot(self) -> Pictures:
        """Pictures with the curves of all runs on one axis."""
        return Pictures(self.results[0].file, [result.file for result in self.results[1:]])

    def __repr__(self) -> str:
        return "\n".join(
            f"{name:<24} {result.rate!r}" for name, result in zip(self.names, self.results)
        )


def _attributes(about: dict) -> dict:
    return {key: value for key, value in about.items() if value}


def _dataset(file: File) -> xarray.Dataset:
    """All arrays of a file, with the times of series and of snapshots both called t."""
    whole = file.arrays.get("time"), file.arrays.get("snapshot")
    same = "time" in file.dimensions and "step" not in file.arrays
    rename = {}
    if same:
        rename = (
            {"time": "t", "snapshot": "t"}
            if (whole[1] is None or np.array_equal(*whole))
            else {"time": "t", "snapshot": "snapshot"}
        )
    variables, coords = {}, {}
    for name, values in file.arrays.items():
        dims = tuple(rename.get(dim, dim) for dim in file.dimensions[name])
        item = (dims, values, _attributes(file.about[name]))
        if file.dimensions[name] == [name]:
            coords[rename.get(name, name)] = item
        else:
            variables[name] = item
    attributes = {
        key: file.text(key)
        for key in ("command", "version", "regime", "verdict")
        if key in file.attributes
    }
    return xarray.Dataset(variables, coords, attributes)


def _value(text: Any) -> Any:
    """A swept value as bool, number or text."""
    if isinstance(text, str):
        return {"true": True, "false": False}.get(text, text)
    return text


def _cases(file: File, short: dict) -> xarray.Dataset:
    """The rows of a sweep as an array over its keys; the last key varies fastest."""
    keys = [
        file.options[f"sweep_key_{i}"]
        for i in itertools.takewhile(
            lambda i: file.options.get(f"sweep_key_{i}"), itertools.count(1)
        )
    ]
    columns = {key: [_value(value) for value in file.arrays[key].tolist()] for key in keys}
    values = {key: list(dict.fromkeys(column)) for key, column in columns.items()}
    names = {key: short.get(key, key) for key in keys}
    shape = [len(values[key]) for key in keys]
    if int(np.prod(shape)) != file.arrays["case"].size:
        raise BadInput("the sweep is not complete; call it again and it goes on where it stopped")
    variables = {
        name: (tuple(names.values()), item.reshape(shape), _attributes(file.about[name]))
        for name, item in file.arrays.items()
        if file.dimensions[name] == ["case"] and name not in keys
    }
    coords = {names[key]: (names[key], np.array(values[key])) for key in keys}
    return xarray.Dataset(variables, coords, {"command": "sweep"})


def summary_of(path: str) -> dict:
    """A JSON summary, an empty one if there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}
