"""The documents are true: generated ones are current, links lead somewhere,
and the commands in them work.

    documents.py HYPOCO current             docs/options.md,
    docs/statements.md and docs/api.md are what the program and the source print,
                                            every public function has its page,
                                            every document speaks of the same version, and README.md
                                            and docs/hypoco.1 show what the program does
    documents.py HYPOCO links               relative links, pictures,
    `files of the tree` and -keys of commands exist
    documents.py HYPOCO commands FILE ...   every line of the ```sh blocks of these files runs,
    and prints the numbers that the text
                                            behind the block says it "prints" ("rest":
                                            all documents not named here);
                                            ```python blocks run

    documents.py HYPOCO lines               no line of the files that people edit is longer
    than 100 columns

The two commands that install packages and build everything run only if HYPOCO_DOCS_FULL is set.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(os.environ["HYPOCO_SOURCE_DIR"])
HYPOCO = sys.argv[1]
LONG = ("bash runs/quickstart.sh", "bash tests/run.sh")
NAMED = {
    "README.md",
    "docs/errata.md",
    "docs/tutorial.md",
}  # have rows of their own in CMakeLists.txt


def documents():
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def printed(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def shown():
    """What README.md shows of a run is what it prints, up to error bars;
    hypoco.1 knows every command and exit code."""
    stale = []
    bars = lambda text: re.sub(r"\+- \S+,", "+-,", text)
    output = bars(
        printed(
            HYPOCO,
            "solve",
            ROOT / "runs/theorem31-underdamped.yaml",
            "-output",
            "shown.h5",
            "-json",
            "shown.json",
        )
    )
    blocks = [
        text
        for kind, text in re.findall(
            r"^```(\w*)\n(.*?)^```", (ROOT / "README.md").read_text(), re.S | re.M
        )
        if not kind
    ]
    stale += [
        f"README.md shows '{line.strip()}', which hypoco solve does not print"
        for block in blocks
        for line in block.splitlines()
        if bars(line) not in output.splitlines()
    ]
    page, overview = (ROOT / "docs/hypoco.1").read_text(), printed(HYPOCO, "--help")
    names = re.findall(r"^  (\w+) +\w", overview.partition("Commands:")[2], re.M) + re.findall(
        r"(\d) \w+", overview.partition("Exit codes:")[2]
    )
    stale += [
        f"docs/hypoco.1 does not describe {name}" for name in names if f".B {name}\n" not in page
    ]
    if not blocks or len(names) < 12:
        stale.append("nothing found that is shown: the test looks in the wrong place")
    return stale


def current():
    stale = shown()
    for name, command in (
        ("options", ("--help-markdown",)),
        ("statements", ("verify", "-statements_markdown")),
    ):
        path = ROOT / f"docs/{name}.md"
        if not path.exists() or path.read_text() != printed(HYPOCO, *command):
            stale.append(
                f"docs/{name}.md is not current: run hypoco {' '.join(command)} > docs/{name}.md"
            )
    version = re.match(r"hypoco (\S+)", printed(HYPOCO, "--version")).group(1)
    for name, pattern in (("CITATION.cff", r"^version: (.*)$"), ("CHANGELOG.md", r"^## (\S+)")):
        named = re.search(pattern, (ROOT / name).read_text(), re.M).group(1)
        if named != version:
            stale.append(f"{name} speaks of version {named}, CMakeLists.txt of {version}")
    check = subprocess.run(
        [sys.executable, "-B", ROOT / "docs/api.py", "--check"], capture_output=True, text=True
    )
    if check.returncode:
        stale.append(check.stderr.strip())
    if stale:
        sys.exit("\n".join(stale))


def keys(text):
    """Keys with an underscore of the command lines in a document, inline ones included;
    PETSc's keys are left out."""
    codes = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^(?:    )?(\S.*hypoco .*)$", text, re.M)
    found = {key for code in codes for key in re.findall(r"(?:^|\s)-([a-z]+_\w+)\b", code)}
    return {key for key in found if not re.match(r"(ts|ksp|pc|eps|log|inverse)_", key)}


def links():
    missing, found = [], 0
    known = re.findall(r"^\| `(\w[\w#]*)` \|", (ROOT / "docs/options.md").read_text(), re.M)
    known = re.compile("|".join(key.replace("#", r"\d") for key in known))
    for path in documents():
        missing += [
            f"{path.relative_to(ROOT)}: there is no key {key}"
            for key in sorted(keys(path.read_text()))
            if not known.fullmatch(key)
        ]
        text = re.sub(r"```.*?```", "", path.read_text(), flags=re.S)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"\w+:|#", target):
                continue
            found += 1
            if not (path.parent / target.split("#")[0]).exists():
                missing.append(f"{path.relative_to(ROOT)}: {target} does not exist")
        for target in re.findall(
            r"`(?:bash )?((?:src|include|docs|runs|meshes|cmake|tests)/[\w./*-]+)", text
        ):
            if not any(ROOT.glob(target.rstrip("./"))) and not re.search(r"NAME", target):
                missing.append(f"{path.relative_to(ROOT)}: {target} does not exist")
    if not found:
        missing.append("no links found: the test looks in the wrong place")
    if missing:
        sys.exit("\n".join(missing))


# Lines of these may be longer: what a program prints
GENERATED = {"docs/api.md", "docs/options.md", "docs/statements.md"}
TEXTS = r"\.([ch]|py|md|yaml|yml|1|sh|bash|cmake|cff|in|toml)$|CMakeLists\.txt$|Dockerfile|/run$"
WIDTH, ROW = 100, 140  # of a line, and of a row of a table in Markdown


def lines():
    """Every text that people edit."""
    found, long = 0, []
    folders = ("src", "include", "python", "tests", "docs", "runs", "examples", "cmake", ".ci", ".")
    for folder in folders:
        for path in (ROOT / folder).glob("*" if folder == "." else "**/*"):
            name = str(path.relative_to(ROOT))
            skip = name in GENERATED or re.match(r".*/build[^.]*/", name)
            if not re.search(TEXTS, name) or skip:
                continue
            found += 1
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if len(line) > (ROW if line.startswith("|") else WIDTH):
                    long.append(f"{name}:{number}: {len(line)} columns, at most {WIDTH}")
    if long or found < 300:
        sys.exit("\n".join(long) or "too few files: the test looks in the wrong place")


def blocks(path):
    """The ```sh blocks: their commands (a backslash joins lines),
    and what the text right behind says that they print."""
    for block, behind in re.findall(
        r"^```sh\n((?:(?!```).*\n)*)```\n((?:\n(?:.+\n)*)?)", path.read_text(), re.M
    ):
        commands = [
            line.strip()
            for line in block.replace("\\\n", " ").splitlines()
            if line.strip() and not line.lstrip().startswith("#")
        ]
        yield commands, re.split(r"[.;:](?:\s|$)", " ".join(behind.split()))[0] if re.match(
            r"\s*prints? ", behind
        ) else ""


def scripts(path):
    """The ```python blocks."""
    return re.findall(r"^```python\n((?:(?!```).*\n)*)```", path.read_text(), re.M)


def python():
    """A Python that has what the package needs: the one along PATH, or the distribution's."""
    for name in ("python3", "/usr/bin/python3"):
        if not subprocess.run(
            [name, "-c", "import h5py, matplotlib, xarray"], capture_output=True, check=False
        ).returncode:
            return name
    sys.exit("no python3 with h5py, matplotlib and xarray")


def unprinted(claim, output):
    """Numbers of a claim that no number of the output rounds to;
    what is nothing but rounding does not count."""
    number = r"(?<![\w.^])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
    printed = [float(text) for text in re.findall(number, output)]
    for text in re.findall(number, claim.replace("−", "-")):
        digits, _, exponent = text.partition("e")
        unit = 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
        if abs(float(text)) > 1e-12 and not any(
            abs(value - float(text)) <= 0.51 * unit for value in printed
        ):
            yield text


def commands(names):
    """In a folder that looks like the project's after the quick start,
    so that results stay out of the tree."""
    full = bool(os.environ.get("HYPOCO_DOCS_FULL"))
    for name in (
        "runs",
        "meshes",
        "tests",
        "docs",
        "cmake",
        "python",
        "src",
        "include",
        "CMakeLists.txt",
        "README.md",
    ):
        if not Path(name).exists():
            Path(name).symlink_to(ROOT / name)
    Path("results").mkdir(exist_ok=True)
    Path("build").mkdir(exist_ok=True)
    program = Path("build/hypoco")
    program.unlink(missing_ok=True)
    program.symlink_to(HYPOCO)
    chosen = [
        p
        for p in documents()
        if (str(p.relative_to(ROOT)) in names)
        or ("rest" in names and str(p.relative_to(ROOT)) not in NAMED)
    ]
    environment = dict(os.environ, PATH=f"{Path('build').resolve()}:{os.environ['PATH']}")
    failed, ran = [], 0
    for path in chosen:
        for block, claim in blocks(path):
            output = ""
            for command in block:
                if command.startswith(LONG) and not full:
                    continue
                where = ROOT if command.startswith(LONG) else Path.cwd()
                done = subprocess.run(
                    ["bash", "-euc", command],
                    cwd=where,
                    env=environment,
                    capture_output=True,
                    text=True,
                )
                ran, output = ran + 1, output + done.stdout
                if done.returncode:
                    failed.append(
                        f"{path.relative_to(ROOT)}: {command}\n  exit code {done.returncode}: "
                        f"{done.stderr.strip()[-500:]}"
                    )
            failed += [
                f"{path.relative_to(ROOT)}: {block[-1]}\n  does not print {text}"
                for text in unprinted(claim, output)
            ]
        for script in scripts(path):
            done = subprocess.run(
                [python(), "-B", "-c", script],
                capture_output=True,
                text=True,
                check=False,
                env={
                    **environment,
                    "HYPOCO": str(program.absolute()),
                    "MPLBACKEND": "Agg",
                    "PYTHONPATH": f"{ROOT}/python",
                },
            )
            ran += 1
            if done.returncode:
                failed.append(
                    f"{path.relative_to(ROOT)}: {script.splitlines()[0]} ..\n  "
                    f"{done.stderr.strip()[-500:]}"
                )
    if not ran and "rest" not in names:
        failed.append(f"no commands found in {', '.join(names)}")
    if failed:
        sys.exit("\n".join(failed))
    print(f"{ran} commands ran")


if sys.argv[2] == "commands":
    commands(sys.argv[3:])
else:
    {"current": current, "links": links, "lines": lines}[sys.argv[2]]()
