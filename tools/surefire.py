"""Prints one line of what Maven's Surefire ran below a folder: `N passed, N failed, N skipped`; exit 1 where nothing
ran."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def main() -> int:
    total = failed = skipped = 0
    for report in Path(sys.argv[1]).rglob("target/surefire-reports/TEST-*.xml"):
        suite = ElementTree.parse(report).getroot()
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    print(f"java: {total - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 0 if total and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
