"""A result file in memory: arrays by name, attributes, and the model's change of variables.

A result file is data, whoever sent it: nothing outside the file is opened, and nothing is
allocated that the file does not hold.
"""
import decimal
import json
import os
import re

import h5py
import numpy as np


ENDINGS = (".h5", ".hdf5", ".hdf", ".he5", ".nc", ".nc4")


def stem_of(path):
    """A result's name without a known ending:
    run_gamma0.5 has none, so that it and run_gamma0.7 share no other file."""
    stem, ending = os.path.splitext(path)
    return stem if ending.lower() in ENDINGS and os.path.basename(stem) else path


# The keys that give eps, or a loss from which it follows
GIVES_EPSILON = re.compile(
    r"epsilon(_\d+)?(_file)?|epsilon_library|loss|loss_gradient_\d+|"
    r"loss_(file|name|parameters|data)"
)
FALSE_THEOREM = "Theorem 3.1 as printed"  # a row of the bounds that guarantees nothing


class Unusable(Exception):
    """A file that cannot be used, with one sentence saying why."""


def printable(text):
    """Text from a file, without characters that would steer a terminal or break a line."""
    return "".join(c if c.isprintable() else "?" for c in text)


class File:
    """One result file.  `path` as given, `attributes` of the file, `options` of the run."""

    def __init__(self, path):
        self.path = path
        self.attributes, self.arrays, self.about, self.dimensions = {}, {}, {}, {}
        try:
            with h5py.File(path, "r") as file:
                self.attributes = dict(file.attrs.items())
                for name in file:
                    self._take(file, name)
        except (OSError, RuntimeError, KeyError, ValueError, TypeError, MemoryError) as problem:
            reason = printable(str(problem).split("\n")[0])
            raise Unusable(
                f"{path}: cannot be read, it is damaged or not an HDF5 file " f"({reason})"
            ) from None
        if self.text("program") != "hypoco":
            raise Unusable(f"{path}: is an HDF5 file, but not a result of hypoco")
        self.options = self._options()

    def _take(self, file, name):
        """Reads one dataset of the root group."""
        if not isinstance(file.get(name, getlink=True), h5py.HardLink):
            raise Unusable(
                f"{self.path}: {printable(name)} is a link to something else; "
                "results of hypoco hold no links"
            )
        item = file[name]
        if not isinstance(item, h5py.Dataset) or item.shape is None:
            return
        if _text(item.attrs.get("NAME", "")).startswith("This is a netCDF dimension but"):
            return
        if item.is_virtual or item.external:
            raise Unusable(
                f"{self.path}: the values of {printable(name)} are in another file; "
                "results of hypoco are whole"
            )
        text = h5py.check_string_dtype(item.dtype) is not None
        if not text and item.dtype.kind not in "fiu":
            raise Unusable(f"{self.path}: {printable(name)} is neither numbers nor text")
        if item.nbytes > item.id.get_storage_size():
            raise Unusable(
                f"{self.path}: {printable(name)} claims {item.nbytes} bytes "
                f"and holds {item.id.get_storage_size()}"
            )
        self.arrays[name] = item.asstr(errors="replace")[()] if text else item[()]
        self.about[name] = {
            key: _text(item.attrs[key])
            for key in ("units", "long_name", "source")
            if key in item.attrs
        }
        self.dimensions[name] = [
            dim[0].name.lstrip("/") if len(dim) else name if item.ndim == 1 else f"{name}_{k}"
            for k, dim in enumerate(item.dims)
        ]

    def _options(self):
        try:
            options = json.loads(_text(self.attributes.get("options", "{}")))
        except (ValueError, RecursionError):
            options = None
        if not isinstance(options, dict):
            raise Unusable(f"{self.path}: the options it holds are damaged")
        return options

    def text(self, name):
        return printable(_text(self.attributes.get(name, "")))

    def number(self, name, default=np.nan):
        value = np.asarray(self.attributes.get(name, default)).ravel()
        return float(value[0]) if value.size and value.dtype.kind in "fiub" else float(default)

    def has(self, *names):
        return all(name in self.arrays and self.arrays[name].size for name in names)

    def __getitem__(self, name):
        if name not in self.arrays:
            raise Unusable(f"{self.path}: holds no {name}")
        return self.arrays[name]

    def given(self):
        """The options that are not defaults."""
        return {
            key: self.options.get(key)
            for key in json.loads(_text(self.attributes.get("options_from", "{}")))
        }

    def texts(self, name):
        return [printable(str(value)) for value in np.ravel(self[name])]

    @property
    def stem(self):
        return stem_of(self.path)

    @property
    def omega0(self):
        return self.number("omega0")

    def of_pair(self, name, pair):
        """A parameter of one pair (x_i, v_i): omega0 and beta may differ from pair to pair.

        With a space_reference they are those of its Gaussian, in (x, v) = (theta, y)."""
        reference = np.ravel(self.attributes.get("space_reference", []))
        if reference.size and name in ("omega0", "beta"):
            theta, y = reference[pair], reference[pair + reference.size // 2]
            return float(y / theta if name == "omega0" else 1 / y**2)
        values = np.ravel(self.attributes.get(name, np.nan)).astype(float)
        return float(values[pair if pair < values.size else 0])

    @property
    def momentum(self):
        """Is theta = x and y = v, as for momentum, or with a space_reference?"""
        return (
            self.options.get("model_type") == "momentum" or "space_reference" in self.attributes
        )

    @property
    def gamma(self):
        return self.number("gamma")

    def measured(self):
        """The fitted rate with its error bar, as text."""
        return f"{self.number('rate_measured'):.6g}{self.bar()}"

    def bar(self):
        """The error bar of the fitted rate, and whether it is more than that of the fit alone."""
        error = self.number("rate_error")
        if not error < 1e3:
            return ", error unknown"
        agreement = self.text("rate_agreement")
        return f" ± {error_bar(error)}" + {"overlap": "", "": " (fit alone)"}.get(
            agreement, f" (fit and spectrum {agreement})"
        )

    def checked(self):
        """Does the error bar include a second method and a second resolution?"""
        return bool(self.text("rate_agreement"))

    def forced(self):
        """Is an eps given, by any key, also one that is swept?"""
        named = any(
            GIVES_EPSILON.fullmatch(key) and value not in (None, "", [])
            for key, value in self.options.items()
        ) or any(GIVES_EPSILON.fullmatch(name) for name in self.arrays)
        return named and self.number("perturbed", 1) != 0

    def perturbed(self):
        """Does Theorem 3.1, which is proved for eps = 0, not apply to this run?

        The program writes `perturbed`; a file with many models has only their options."""
        return self.number("perturbed", self.forced()) != 0 or any(
            value and re.fullmatch(r"(model_potential|noise)(_\d+)?(_file)?", key)
            for key, value in self.options.items()
        )

    def guaranteed(self):
        """The largest rate that a bound guarantees for this model, and the bound's name;
        nan where none does."""
        best, name = self.number("certificate_mu"), "contraction certificate"
        best = best if best > 0 else np.nan
        columns = [f"bound_{column}" for column in ("name", "quantity", "verdict", "rate")]
        if self.has(*columns):
            texts = (self.texts(column) for column in columns[:3])
            for bound, quantity, verdict, rate in zip(*texts, np.ravel(self["bound_rate"])):
                proved = verdict in ("holds", "not measured", "false here")
                larger = rate > 0 and not rate <= best * (1 + 1e-9)
                if quantity == "rate" and proved and bound != FALSE_THEOREM and larger:
                    best, name = float(rate), bound
        return best, name

    def epsilon(self):
        """The perturbation as the user wrote it, "eps = 0" if there is none."""
        if not self.forced():
            return "eps = 0"
        given = {
            key: value
            for key, value in self.options.items()
            if value not in (None, "", []) and GIVES_EPSILON.fullmatch(key)
        }
        text = "; ".join(
            f"{key.replace('epsilon', 'eps')} = {value}" for key, value in sorted(given.items())
        )
        amplitude = self.options.get("epsilon_amplitude", 1)
        return text + (f"; times {amplitude:g}" if amplitude != 1 else "")

    def parameters(self):
        """What names the model, for titles."""
        return [
            f"$\\omega_0={self.omega0:g}$",
            f"$\\gamma={self.gamma:g}$",
            f"$\\beta={self.number('beta'):g}$",
            f"$d={int(self.number('dimension', 1))}$",
            self.epsilon_label(),
        ]

    def force(self):
        """The potential, or the perturbation, and the noise, as the user wrote them."""
        potential, noise = self.options.get("model_potential"), self.options.get("noise")
        own = [value for key, value in self.options.items() if key.startswith("model_potential_")]
        potential = potential or ", ".join(own)
        text = f"U = {potential}" if potential else self.epsilon()
        if noise:
            text = f"{text}, s = {noise}" if text not in ("eps = 0", "") else f"s = {noise}"
        return text

    def epsilon_label(self):
        text = (
            plain(self.force())
            .replace("loss_gradient_", "∇f")
            .replace("loss =", "f =")
            .replace("theta", "θ")
            .replace("eps_", "ε")
            .replace("eps", "ε")
        )
        return text if len(text) <= 48 else text[:45] + "..."

    def space(self):
        if self.text("space_type") == "simplex":
            return f"Hermite functions of total degree ≤ {int(self.number('space_degree'))}"
        names = [
            f"{self.text(f'axis_{q}_type')} {int(self.number(f'axis_{q}_n', 0))}" for q in "xv"
        ]
        return " × ".join(names)


def error_bar(error) -> str:
    """An error bar with two digits: rounded up, so that it is never too small."""
    if not 0 < error < np.inf:
        return f"{error:g}"
    exact = decimal.Decimal(f"{float(error):.12e}")  # 0.25 stays 0.25
    unit = decimal.Decimal(1).scaleb(exact.adjusted() - 1)
    return f"{float(exact.quantize(unit, rounding=decimal.ROUND_CEILING)):.2g}"


def proved(rate, digits=6) -> str:
    """A guaranteed rate: rounded down, so that it is never more than what is proved."""
    if not np.isfinite(rate) or rate == 0:
        return f"{rate:g}"
    exact = decimal.Decimal(f"{float(rate):.12e}")  # 0.25 stays 0.25
    unit = decimal.Decimal(1).scaleb(exact.adjusted() - digits + 1)
    return f"{float(exact.quantize(unit, rounding=decimal.ROUND_FLOOR)):.{digits}g}"


def numbers(value) -> str:
    """A parameter for a title: one number, or one for each coordinate."""
    texts = [f"{float(v):g}" for v in (value if isinstance(value, (list, tuple)) else [value])]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def plain(text):
    """Text for a picture, where a dollar sign would begin a formula."""
    return printable(str(text)).replace("$", "\\$")


def _text(value):
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
