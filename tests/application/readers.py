"""Every kind of result file opens in every reader, each in a process of its own,
with the same numbers and texts.

Usage: readers.py HYPOCO.  A reader must not only succeed:
what it finds is compared with what h5py finds.
"""
import os
import subprocess
import sys

try:
    import h5py
except ImportError:
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B"] + sys.argv)

HYPOCO = sys.argv[1]
SIMPLEX = ["-space_type", "simplex", "-space_degree", "8", "-epsilon", "0.2*sin(theta)"]
KINDS = {
    "solve": ["solve", *SIMPLEX, "-time_end", "1"],
    "spectrum": ["spectrum", *SIMPLEX, "-propagator_times", "1,2"],
    "verify": ["verify", *SIMPLEX, "-time_end", "1"],
    "steady": ["steady", "-space_type", "tensor", "-axis_x_n", "12", "-axis_v_n", "12"],
    "sample": [
        "sample",
        "-model_learning_rate",
        "0.01",
        "-model_staleness",
        "0.9",
        "-model_noise",
        "1",
        "-sample_paths",
        "50",
        "-sample_steps",
        "20",
    ],
    "sweep": ["sweep", *SIMPLEX, "-sweep_key_1", "model_gamma", "-sweep_values_1", "0.8:1.2:3"],
}
XARRAY = """
import sys, warnings
warnings.simplefilter("ignore")
import h5py, numpy as np, xarray
path, engine = sys.argv[1:]
with xarray.open_dataset(path, engine=engine) as data:
    data.load()
    found = {name: data[name].values for name in data.variables}
    for name in data.dims:  # and pandas
        flat = data[[key for key in data.data_vars if data[key].dims == (name,)]]
        if flat.data_vars:
            assert len(flat.to_dataframe()) == data.sizes[name], name
if engine == "netcdf4":
    # two HDF5 libraries in one process: only what was found matters from here on
    for name, value in sorted(found.items()):
        print(name, value.shape)
    sys.exit(0)
with h5py.File(path) as file:
    for name, item in file.items():
        if item.attrs.get("NAME", b"").startswith(b"This is a netCDF dimension"):
            continue
        values = item.asstr()[()] if h5py.check_string_dtype(item.dtype) else item[()]
        numbers = values.dtype.kind in "f"
        assert np.array_equal(values, found[name], equal_nan=numbers), name
"""


def call(*words):
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, (
        f"{words[0]} {words[1:3]}: code"
        f" {done.returncode}\n{done.stdout[-500:]}\n{done.stderr[-1000:]}"
    )
    return done.stdout


def main():
    for kind, words in KINDS.items():
        path = kind + ".h5"
        call(HYPOCO, *words, "-output", path, "-json", kind + ".json", "-progress", "off")
        with h5py.File(path) as file:
            texts = {
                name: list(item.asstr()[()])
                for name, item in file.items()
                if h5py.check_string_dtype(item.dtype)
            }
            assert all(
                h5py.check_string_dtype(file[name].dtype).length is None
                and not file[name].fletcher32
                for name in texts
            ), kind
            names = [
                name
                for name, item in file.items()
                if not item.attrs.get("NAME", b"").startswith(b"This is a netCDF")
            ]
        dump = call("ncdump", path)
        for name in names:
            assert f" {name}(" in dump or f" {name} ;" in dump, f"ncdump of {path}: no {name}"
        for name, values in texts.items():
            longest = max(values, key=len)
            assert not longest or f'"{longest}"' in dump.replace(
                '\\"', '"'
            ), f"ncdump of {path}: {name} is not there"
        call("nccopy", path, kind + ".nc")
        assert (
            call("ncdump", kind + ".nc").split("\n", 1)[1] == dump.split("\n", 1)[1]
        ), f"nccopy changes {path}"
        call("/usr/bin/python3", "-c", XARRAY, path, "h5netcdf")
        found = call("/usr/bin/python3", "-c", XARRAY, path, "netcdf4")
        assert all(f"{name} (" in found for name in names), found
    print(
        f"{len(KINDS)} kinds of result files, readers h5py, netCDF4, h5netcdf, pandas, ncdump and"
        " nccopy"
    )


main()
