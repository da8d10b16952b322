"""Bundles put together anew from their members, as another program would write them."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))
from hostile.archive import Member, archive

sys.path.pop(0)


def members_of(data: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def with_members(data: bytes, added: Mapping[str, bytes]) -> bytes:
    """The bundle with further members, or with others in their place, in the order of the format."""
    members = members_of(data) | dict(added)
    return archive([Member(name.encode(), members[name]) for name in sorted(members, key=_place)])


def _place(name: str) -> tuple[int, str]:
    first = ("partitions.pack", "partitions.idx")
    if name in first:
        return first.index(name), name
    return (4 if name.startswith("signatures/") else 3 if name == "bundle.json" else 2), name
