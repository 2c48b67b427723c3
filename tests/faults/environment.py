"""The Python package in a virtual environment that has nothing, installed by pip from a package
index with everything that it needs; the same lines in Debian's Python give the same bits.

Usage: environment.py HYPOCO [INDEX], a minute or two.
INDEX is the address of a package index.  Without it one is made on this machine from Debian's
Python packages, each packed as a wheel: pip resolves and installs as from any other index.
"""
import base64
import functools
import hashlib
import http.server
import os
import subprocess
import sys
import sysconfig
import tempfile
import threading
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = Path("/usr/lib/python3/dist-packages")
DEBIAN = "/usr/bin/python3"
# name: Debian packages it is made of, what it needs
WHEELS = {
    "numpy": ("python3-numpy", ""),
    "h5py": ("python3-h5py-serial", "numpy"),
    "h5netcdf": ("python3-h5netcdf", "h5py packaging"),
    "pandas": ("python3-pandas python3-pandas-lib", "numpy python-dateutil pytz"),
    "xarray": ("python3-xarray", "numpy pandas packaging"),
    "packaging": ("python3-packaging", ""),
    "python-dateutil": ("python3-dateutil", "six"),
    "pytz": ("python3-tz", ""),
    "six": ("python3-six", ""),
    "contourpy": ("python3-contourpy", "numpy"),
    "cycler": ("python3-cycler", ""),
    "fonttools": ("python3-fonttools", ""),
    "kiwisolver": ("python3-kiwisolver", ""),
    "pillow": ("python3-pil", ""),
    "pyparsing": ("python3-pyparsing", ""),
    "matplotlib": (
        "python3-matplotlib",
        "contourpy cycler fonttools kiwisolver numpy packaging pillow pyparsing python-dateutil",
    ),
    "setuptools": ("python3-setuptools python3-pkg-resources", ""),
    "wheel": ("python3-wheel", ""),
}


def call(*words, **more):
    done = subprocess.run(words, capture_output=True, text=True, check=False, **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))}: code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def files(packages, about):
    """(name in the wheel, path) of each file of Debian packages that belongs to Python."""
    for line in call("dpkg", "-L", *packages.split()).splitlines():
        path = Path(line)
        if path.is_file() and SITE in path.parents:
            inside = path.relative_to(SITE)
            if inside.name == "entry_points.txt":  # commands of setuptools, readers of xarray
                yield f"{about}/{inside.name}", path
            elif not inside.parts[0].endswith(("-info", ".pth")):
                yield str(inside), path


def wheel(folder, name, packages, needs):
    """Packs Debian's files as a wheel, in the folder that an index has for the name."""
    version = call("dpkg-query", "-W", "-f", "${Version}", packages.split()[0])
    version = version.split(":")[-1].split("-")[0].split("+")[0]
    python = "cp" + call(DEBIAN, "-c", "import sys; print(*sys.version_info[:2], sep='')").strip()
    tag = f"{python}-{python}-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")
    about = f"{name.replace('-', '_')}-{version}.dist-info"
    (folder / name).mkdir(parents=True)
    records = []
    with zipfile.ZipFile(folder / name / f"{about[:-10]}-{tag}.whl", "w") as archive:

        def add(inside, data):
            archive.writestr(inside, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            records.append(f"{inside},sha256={digest},{len(data)}")

        for inside, path in files(packages, about):
            add(inside, path.read_bytes())
        if not records:
            sys.exit(f"no files of {packages}: install what cmake/packages-debian.txt lists")
        needs = "".join(f"Requires-Dist: {need}\n" for need in needs.split())
        head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}"
        add(f"{about}/METADATA", head.encode())
        add(f"{about}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n".encode())
        archive.writestr(f"{about}/RECORD", "\n".join(records) + f"\n{about}/RECORD,,\n")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def index(folder):
    """The address of an index of Debian's packages, served until this process ends."""
    for name, parts in WHEELS.items():
        wheel(folder, name, *parts)
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=folder)
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"


def main():
    hypoco = os.path.abspath(sys.argv[1])
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("PIP", "PYTH"))}
    plain["HYPOCO"] = hypoco
    lines = Path(__file__).with_name("five_lines.py").read_bytes()
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        address = sys.argv[2] if len(sys.argv) > 2 else index(work / "index")
        (work / "tree").mkdir()
        archive = subprocess.run(
            ["git", "-C", ROOT, "archive", "HEAD", "python"], check=True, capture_output=True
        ).stdout
        subprocess.run(["tar", "-x", "-C", work / "tree"], input=archive, check=True)
        call(DEBIAN, "-m", "venv", work / "fresh", env=plain)
        pip = [work / "fresh/bin/python", "-m", "pip", "--isolated", "--disable-pip-version-check"]
        assert call(*pip, "list", "--format=freeze", env=plain).count("numpy") == 0
        call(*pip, "install", "--index-url", address, work / "tree/python", env=plain)
        call(*pip, "check", env=plain)
        said = {}
        for python, environment in (
            (work / "fresh/bin/python", plain),
            (Path(DEBIAN), {**plain, "PYTHONPATH": str(work / "tree/python")}),
        ):
            folder = work / f"run-{len(said)}"
            folder.mkdir()
            (folder / "lines.py").write_bytes(lines)
            said[python] = call(
                python, "-W", "error::hypoco.Warned", "lines.py", env=environment, cwd=folder
            ).split()
            print(python.name, *said[python][1:])
        where = "import h5py, numpy, pandas, xarray; print(h5py.__file__, xarray.__file__)"
        places = call(work / "fresh/bin/python", "-c", where, env=plain).split()
        assert all(str(work) in place for place in places), places
        digests = {digest for digest, *_ in said.values()}
        if len(digests) != 1:
            sys.exit(f"not the same bits: {said}")
    print("environment.py: a fresh environment and Debian's Python give the same bits")


main()
