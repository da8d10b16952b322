"""What a jar of java-bindings must be so that it can be published: `check_jars.py JAR …`, all of them in one call.

Equal sources give equal jars: entries in a fixed order with one fixed time, and no folder of this machine named. No
package stands in two jars, each jar has a module name of its own, its version, and the licence.
"""

from __future__ import annotations

import re
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD_TIME = (2026, 1, 1, 0, 0, 0)
DOCUMENTATION = ("-sources.jar", "-javadoc.jar")
MANIFEST = "META-INF/MANIFEST.MF"
SPARK = re.compile(r"-spark\d+_[\d.]+(?=-)")
CODE = re.compile(r"(?!META-INF/)(.+)/[^/]+\.class")


def manifest(jar: zipfile.ZipFile) -> dict[str, str]:
    text = jar.read(MANIFEST).decode("utf-8").replace("\r\n ", "").replace("\n ", "")
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def entry_faults(jar: zipfile.ZipFile, roots: int):
    """`roots`: the number of folders that were packed one after the other, each in order."""
    entries = jar.infolist()
    names = [entry.filename for entry in entries]
    if len(names) != len(set(names)):
        yield "an entry stands twice"
    files = [name for name in names if not name.endswith("/") and not name.startswith("META-INF/")]
    if not files:
        yield "holds nothing"
    if sum(first > second for first, second in pairwise(files)) >= roots:
        yield "its entries are in no fixed order"
    for entry in entries:
        if entry.date_time != BUILD_TIME:
            yield f"{entry.filename} has the time {entry.date_time}"
            break


def folder_faults(jar: zipfile.ZipFile, natives: bool):
    """Folders of this machine; a library that was built for this machine alone may name cargo's."""
    for entry in jar.infolist():
        if not natives and "/native/" in entry.filename:
            continue
        for folder in (ROOT, Path.home()):
            if len(str(folder)) > len("/root") - 1 and f"{folder}/".encode() in jar.read(entry):
                yield f"{entry.filename} names the folder {folder} of this machine"


def code_faults(jar: zipfile.ZipFile):
    facts = manifest(jar)
    for name in ("Automatic-Module-Name", "Implementation-Title", "Implementation-Version", "Implementation-Vendor"):
        if not facts.get(name):
            yield f"its manifest has no {name}"
    if "META-INF/LICENSE" not in jar.namelist():
        yield "the licence is not in it"


def faults(path: Path, natives: bool):
    with zipfile.ZipFile(path) as jar:
        yield from entry_faults(jar, 2 if path.name.endswith("-sources.jar") else 1)
        yield from folder_faults(jar, natives)
        if not path.name.endswith(DOCUMENTATION):
            yield from code_faults(jar)


def owners(jars: list[Path]) -> dict[str, set[str]]:
    """Packages and module names, and the jars that have them; those for versions of Spark count as one."""
    found: dict[str, set[str]] = {}
    for path in jars:
        with zipfile.ZipFile(path) as jar:
            packages = {match[1] for name in jar.namelist() if (match := CODE.fullmatch(name))}
            module = manifest(jar).get("Automatic-Module-Name", path.name)
        for name in [*sorted(packages), f"module {module}"]:
            found.setdefault(name, set()).add(SPARK.sub("-spark", path.name))
    return found


def main(arguments: list[str]) -> int:
    natives = "--natives" in arguments
    jars = [Path(name) for name in arguments if name != "--natives"]
    published = [path for path in jars if not path.name.endswith(DOCUMENTATION)]
    if not published:
        print("no jar was given", file=sys.stderr)
        return 2
    said = [f"{path.name}: {fault}" for path in jars for fault in faults(path, natives)]
    shared = {name: having for name, having in owners(published).items() if len(having) > 1}
    said += [f"{name} stands in {' and '.join(sorted(having))}" for name, having in shared.items()]
    print("\n".join(said) or f"{len(jars)} jars are as published ones must be")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
