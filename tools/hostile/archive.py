"""A ZIP writer that writes any header, right or wrong."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

LOCAL = ("signature", "needed", "flags", "method", "time", "date", "crc", "stored", "size", "name_size", "extra_size")
CENTRAL = [
    "signature",
    "made_by",
    "needed",
    "flags",
    "method",
    "time",
    "date",
    "crc",
    "stored",
    "size",
    "name_size",
    "extra_size",
    "comment_size",
    "disk",
    "internal",
    "external",
    "offset",
]
END = ("signature", "disk", "directory_disk", "here", "count", "size", "offset", "comment_size")
LOCAL_FORMAT, CENTRAL_FORMAT, END_FORMAT = "<IHHHHHIIIHH", "<IHHHHHHIIIHHHHHII", "<IHHHHIIH"


def padding(offset: int, alignment: int = 64) -> bytes:
    """The one canonical padding field before data that would start at `offset`."""
    gap = -offset % alignment
    if gap == 0:
        return b""
    gap = gap + alignment if gap < 4 else gap
    return struct.pack("<HH", 0xD935, gap - 4) + bytes(gap - 4)


@dataclass(frozen=True)
class Member:
    """A member; `local` and `central` replace fields of its headers, `padding` its local extra field."""

    name: bytes
    data: bytes
    local: Mapping[str, int] = field(default_factory=dict)
    central: Mapping[str, int] = field(default_factory=dict)
    local_name: bytes | None = None
    padding: bytes | None = None
    local_extra: bytes = b""
    central_extra: bytes = b""
    comment: bytes = b""
    gap: bytes = b""

    def change(self, **changes: object) -> Member:
        return replace(self, **changes)  # type: ignore[arg-type]

    def both(self, **fields: int) -> Member:
        """With these fields in both headers."""
        return replace(self, local={**self.local, **fields}, central={**self.central, **fields})

    def _fields(self) -> dict[str, int]:
        size = len(self.data)
        return {
            "signature": 0x04034B50,
            "made_by": 0x031E,
            "needed": 10,
            "flags": 0,
            "method": 0,
            "time": 0,
            "date": 0x21,
            "crc": zlib.crc32(self.data),
            "stored": size,
            "size": size,
        }

    def local_header(self, offset: int) -> bytes:
        name = self.name if self.local_name is None else self.local_name
        extra = self.local_extra
        alignment = 4096 if self.name == b"partitions.pack" else 64
        end = offset + 30 + len(name) + len(extra)
        extra += padding(end, alignment) if self.padding is None else self.padding
        fields = self._fields() | {"name_size": len(name), "extra_size": len(extra)} | dict(self.local)
        return struct.pack(LOCAL_FORMAT, *(fields[key] for key in LOCAL)) + name + extra

    def central_header(self, offset: int) -> bytes:
        fields = self._fields() | {
            "signature": 0x02014B50,
            "name_size": len(self.name),
            "extra_size": len(self.central_extra),
            "comment_size": len(self.comment),
            "disk": 0,
            "internal": 0,
            "external": 0o100644 << 16,
            "offset": offset,
        }
        fields |= dict(self.central)
        header = struct.pack(CENTRAL_FORMAT, *(fields[key] for key in CENTRAL))
        return header + self.name + self.central_extra + self.comment


def archive(
    members: Sequence[Member],
    *,
    directory: Sequence[int] | None = None,
    before_directory: bytes = b"",
    after_directory: bytes = b"",
    end: Mapping[str, int] | None = None,
    comment: bytes = b"",
) -> bytes:
    """The members' bytes, the directory (in the order `directory` of the members, or theirs) and the end record."""
    out = b""
    offsets = []
    for member in members:
        out += member.gap
        offsets.append(len(out))
        out += member.local_header(len(out)) + member.data
    out += before_directory
    start = len(out)
    order = range(len(members)) if directory is None else directory
    for index in order:
        out += members[index].central_header(offsets[index])
    fields = {
        "signature": 0x06054B50,
        "disk": 0,
        "directory_disk": 0,
        "here": len(order),
        "count": len(order),
        "size": len(out) - start,
        "offset": start,
        "comment_size": len(comment),
    }
    fields |= dict(end or {})
    out += after_directory
    return out + struct.pack(END_FORMAT, *(fields[key] for key in END)) + comment
