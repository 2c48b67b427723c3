"""The includes of src/ and include/ follow the table of docs/develop.md:
a folder sees only itself and the folders above it."""
import os
import re
import sys
from pathlib import Path

ROOT = Path(os.environ["HYPOCO_SOURCE_DIR"])
GENERATED = {"version"}  # written by the build; belongs to no folder


def table():
    """Folders in order, and the folder that owns each public header."""
    order, owner = [], {}
    for folder, headers in re.findall(
        r"^\| `(\w+)` \| ([\w, ]*?) ?\|", (ROOT / "docs/develop.md").read_text(), re.M
    ):
        if not (ROOT / "src" / folder).is_dir():
            continue  # a row of another table
        order.append(folder)
        for header in filter(None, (name.strip() for name in headers.split(","))):
            if header in owner:
                sys.exit(f"develop.md: {header}.h belongs to both {owner[header]} and {folder}")
            owner[header] = folder
    return order, owner


def included_folder(line, folder, owner):
    """The folder of an include, or None for a header that is not ours."""
    match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
    if not match:
        return None
    kind, path = match.groups()
    if path.startswith("hypoco/"):
        name = Path(path).stem
        return None if name in GENERATED else owner.get(name, f"(no folder: {path})")
    if kind == '"':
        return path.split("/")[0] if "/" in path else folder
    return None


def main():
    order, owner = table()
    problems = []
    folders = sorted(p.name for p in (ROOT / "src").iterdir() if p.is_dir())
    headers = sorted(p.stem for p in (ROOT / "include/hypoco").glob("*.h"))
    for folder in set(folders) ^ set(order):
        problems.append(f"src/{folder} is missing in one of docs/develop.md and src/")
    for header in set(headers) ^ set(owner):
        problems.append(
            f"include/hypoco/{header}.h is missing in one of docs/develop.md and include/hypoco/"
        )
    rank = {folder: k for k, folder in enumerate(order)}
    files = [
        (p, p.relative_to(ROOT / "src").parts[0]) for p in sorted((ROOT / "src").rglob("*.[ch]"))
    ]
    files += [(p, owner.get(p.stem)) for p in sorted((ROOT / "include/hypoco").glob("*.h"))]
    seen = 0
    for path, folder in files:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            target = included_folder(line, folder, owner)
            if target is None or folder not in rank:
                continue
            seen += 1
            if re.search(r"hypoco/\w+impl\.h", line) and target != folder:
                problems.append(
                    f"{path.relative_to(ROOT)}:{number}: only {target} may include its inside: "
                    f"{line.strip()}"
                )
            if target not in rank or rank[target] > rank[folder]:
                problems.append(
                    f"{path.relative_to(ROOT)}:{number}: {folder} includes {target}, which is "
                    f"not above it: {line.strip()}"
                )
    # an order that every include respects has no cycle; an empty check would respect it as well
    if seen < 100:
        problems.append(
            f"only {seen} includes of the project found: the test looks in the wrong place"
        )
    if problems:
        sys.exit("\n".join(problems))
    print(f"{seen} includes among {len(order)} folders follow the order {' '.join(order)}")


main()
