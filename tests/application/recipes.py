"""The recipes of cmake/packaging take their packages from cmake/packages-debian.txt,
or name the same ones."""
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(os.environ["HYPOCO_SOURCE_DIR"])
RECIPES = ROOT / "cmake/packaging"


def needed(section):
    """Names in one section of the list."""
    names, inside = set(), False
    for line in (ROOT / "cmake/packages-debian.txt").read_text().splitlines():
        if line.startswith("["):
            inside = line.startswith(f"[{section}]")
        elif inside and line.strip() and not line.startswith("#"):
            names.add(line.split()[0])
    return names


def spack(build, allowed, version):
    text = (RECIPES / "package.py").read_text()
    compile(text, "package.py", "exec")
    named = set()
    for comment in re.findall(r"^    .*?# (.*)$", text, re.M):
        named.update(re.split(r",\s*", comment.split(": ")[-1]))
    problems = [
        f"package.py does not say what takes the place of {name}" for name in sorted(build - named)
    ]
    problems += [
        f"package.py names {name}, which cmake/packages-debian.txt does not"
        for name in sorted(named - allowed)
    ]
    if f'version("{version}")' not in text:
        problems.append(f"package.py is not for version {version}")
    return problems


def containers():
    problems = []
    for name in ("Dockerfile", "hypoco.def"):
        text = re.sub(r"^\s*#.*$", "", (RECIPES / name).read_text(), flags=re.M)
        if "source /hypoco/cmake/prepare.sh; install_missing build" not in text:
            problems.append(f"{name} does not install what cmake/packages-debian.txt lists")
        if re.search(r"apt(-get)? install", text):
            problems.append(f"{name} installs packages of its own")
        copied = [
            f for line in re.findall(r"^COPY (.*) \S+$", text, re.M) for f in line.split()
        ] + re.findall(r"^    (\S+) /hypoco/$", text, re.M)
        if not copied:
            problems.append(f"{name} copies nothing")
        problems += [
            f"{name} copies {f}, which does not exist" for f in copied if not (ROOT / f).exists()
        ]
    entries = {
        p.name
        for p in ROOT.iterdir()
        if p.is_dir() and p.name in ("cmake", "docs", "include", "meshes", "python", "runs", "src")
    }
    problems += [
        f"hypoco.def does not copy {f}"
        for f in sorted(entries)
        if f"    {f} /hypoco/" not in (RECIPES / "hypoco.def").read_text()
    ]
    return problems


def main():
    build = needed("build")
    version = re.match(
        r"hypoco (\S+)",
        subprocess.run(
            [sys.argv[1], "--version"], check=True, capture_output=True, text=True
        ).stdout,
    ).group(1)
    problems = spack(build, build | needed("test"), version) + containers()
    conda = (RECIPES / "conda/meta.yaml").read_text()
    if f'version = "{version}"' not in conda:
        problems.append(f"conda/meta.yaml is not for version {version}")
    problems += [
        f"conda/meta.yaml does not name {name}"
        for name in (
            "petsc",
            "slepc",
            "fftw",
            "gsl",
            "xxhash",
            "yaml",
            "jansson",
            "random123",
            "h5py",
        )
        if f"    - {name}" not in conda
    ]
    told = set(
        re.findall(
            r"(?<![\w-])((?:lib[\w-]+|petsc|slepc)-dev|openmpi-bin)(?![\w-])",
            (ROOT / "cmake/HypocoDependencies.cmake").read_text(),
        )
    )
    known = build | needed("test") | {"libpetsc-real-dev"}  # comes with petsc-dev
    problems += [
        f"HypocoDependencies.cmake names {name}, which cmake/packages-debian.txt does not"
        for name in sorted(told - known)
    ]
    if len(build) < 15 or len(told) < 10:
        problems.append("hardly any packages found: the test looks in the wrong place")
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(build)} packages, the same in every recipe")


main()
