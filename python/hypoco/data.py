"""A result file in memory: arrays by name, attributes, and the model's change of variables."""
import json
import os
import re

import h5py
import numpy as np


class Unusable(Exception):
    """A file that cannot be drawn, with one sentence saying why."""


class Result:
    """One result file.  `path` as given, `attributes` of the file, `options` of the run."""

    def __init__(self, path):
        self.path = path
        try:
            with h5py.File(path, "r") as file:
                self.attributes = {name: value for name, value in file.attrs.items()}
                self.arrays, self.about = {}, {}
                file.visititems(self._take)
        except (OSError, RuntimeError, KeyError, ValueError) as problem:
            reason = str(problem).split("\n")[0]
            raise Unusable(f"{path}: cannot be read, it is damaged or not an HDF5 file ({reason})") from None
        if self.text("program") != "hypoco":
            raise Unusable(f"{path}: is an HDF5 file, but not a result of hypoco")
        self.options = self._options()

    def _take(self, name, item):
        if isinstance(item, h5py.Dataset) and item.shape is not None:
            if not item.attrs.get("NAME", b"").startswith(b"This is a netCDF dimension but"):
                self.arrays[name] = item[()]
                self.about[name] = {key: item.attrs[key] for key in ("units", "long_name", "source") if key in item.attrs}

    def _options(self):
        try:
            return json.loads(self.text("options") or "{}")
        except ValueError:
            raise Unusable(f"{self.path}: the options it holds are damaged") from None

    def text(self, name):
        return _text(self.attributes.get(name, ""))

    def number(self, name, default=np.nan):
        value = self.attributes.get(name, default)
        return float(np.asarray(value).ravel()[0])

    def has(self, *names):
        return all(name in self.arrays and self.arrays[name].size for name in names)

    def __getitem__(self, name):
        if name not in self.arrays:
            raise Unusable(f"{self.path}: holds no {name}")
        return self.arrays[name]

    def given(self):
        """The options that are not defaults."""
        return {key: self.options.get(key) for key in json.loads(self.text("options_from") or "{}")}

    def texts(self, name):
        return [_text(value) for value in self[name]]

    @property
    def stem(self):
        return os.path.splitext(self.path)[0]

    @property
    def omega0(self):
        return self.number("omega0")

    @property
    def gamma(self):
        return self.number("gamma")

    def measured(self):
        """The fitted rate with its error bar, as text."""
        error = self.number("rate_error")
        bar = f" ± {error:.1g}" if error < 1e3 else ", error unknown"
        return f"{self.number('rate_measured'):.6g}{bar}"

    def epsilon(self):
        """The perturbation as the user wrote it, "eps = 0" if there is none."""
        given = {key: value for key, value in self.options.items()
                 if value not in (None, "") and re.fullmatch(r"epsilon(_\d+)?|loss|loss_gradient_\d+", key)}
        text = "; ".join(f"{key.replace('epsilon', 'eps')} = {value}" for key, value in sorted(given.items()))
        amplitude = self.options.get("epsilon_amplitude", 1)
        return (text + (f"; times {amplitude:g}" if amplitude != 1 else "")) if text else "eps = 0"

    def parameters(self):
        """What names the model, for titles."""
        return [f"$\\omega_0={self.omega0:g}$", f"$\\gamma={self.gamma:g}$", f"$\\beta={self.number('beta'):g}$",
                f"$d={int(self.number('dimension', 1))}$", self.epsilon_label()]

    def epsilon_label(self):
        text = self.epsilon().replace("$", "")
        text = text.replace("loss_gradient_", "∇f").replace("loss =", "f =").replace("theta", "θ").replace("eps_", "ε").replace("eps", "ε")
        return text if len(text) <= 48 else text[:45] + "..."

    def space(self):
        if self.text("space_type") == "simplex":
            return f"Hermite functions of total degree ≤ {int(self.number('space_degree'))}"
        names = [f"{self.text(f'axis_{q}_type')} {int(self.number(f'axis_{q}_n', 0))}" for q in "xv"]
        return " × ".join(names)


def _text(value):
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
