"""Attacks on the ZIP structure."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from hostile.archive import Member, archive, padding
from hostile.base import BUNDLE, GOLDEN, SCHEMA, TENSORS, Content
from hostile.vector import Vector

BASE = Content()
MEMBERS = BASE.members()
DATA = BASE.data()
NAMES = [member.name.decode() for member in MEMBERS]
#: A member in the middle of the file.
AT = NAMES.index("metrics.json")


def altered(index: int, member: Member) -> list[Member]:
    return [*MEMBERS[:index], member, *MEMBERS[index + 1 :]]


def flips() -> Iterator[Vector]:
    for name in (SCHEMA, "dictionaries.safetensors", "programs.json", TENSORS, GOLDEN):
        index = NAMES.index(name)
        member = MEMBERS[index]
        data = bytearray(member.data)
        data[len(data) // 2] ^= 1
        changed = archive(altered(index, member.change(data=bytes(data))))
        phase = "predictor" if name in (TENSORS, GOLDEN) else "open"
        stem = name.split("/")[-1].split(".")[0]
        comment = f"one bit of {name} differs, with a CRC-32 that fits"
        yield Vector(f"flip-{stem}", comment, "DIGEST", changed, phase)  # type: ignore[arg-type]
    index = NAMES.index(BUNDLE)
    crc = zlib.crc32(MEMBERS[index].data) ^ 1
    yield Vector(
        "flip-bundle-crc",
        "the CRC-32 of bundle.json is wrong",
        "CONTAINER",
        archive(altered(index, MEMBERS[index].both(crc=crc))),
    )
    index = NAMES.index(SCHEMA)
    crc = zlib.crc32(MEMBERS[index].data) ^ 1
    yield Vector(
        "flip-schema-crc",
        "the CRC-32 of schema.json is wrong",
        "CONTAINER",
        archive(altered(index, MEMBERS[index].both(crc=crc))),
    )


def names() -> Iterator[Vector]:
    hint = "0a" * 32
    bad = {
        "parent": b"../evil.json",
        "inner-parent": b"models/../evil.json",
        "absolute": b"/etc/passwd",
        "backslash": b"models\\evil.json",
        "nul": b"evil.json\0.txt",
        "dot": b"./evil.json",
        "double-slash": b"models//evil.json",
        "folder": b"models/evil/",
        "drive": b"C:evil.json",
        "hidden": b".evil.json",
        "space": b"evil json",
        "unicode": "évil.json".encode(),
        "newline": b"evil\n.json",
        "empty": b"",
        "long": b"e" * 256,
        "signature-form": b"signatures/key.sigstore.json",
        "signature-case": f"signatures/{hint.upper()}.sigstore.json".encode(),
        "signature-deep": f"signatures/x/{hint}.sigstore.json".encode(),
        "case": b"Schema.json",
        "twice": b"schema.json",
        "folder-is-member": b"schema.json/evil",
        "folder-is-member-case": b"SCHEMA.JSON/evil",
    }
    for key, name in bad.items():
        comment = f"a member is called {name.decode()!a}" if len(name) < 99 else "a member's name has 256 bytes"
        evil = Member(name, b"{}")
        position = sorted([*(member.name for member in MEMBERS[:-1]), name]).index(name)
        data = archive([*MEMBERS[:position], evil, *MEMBERS[position:]])
        yield Vector(f"name-{key}", comment, "MEMBER_NAME", data)
    count = len(MEMBERS)
    twice = archive(MEMBERS, directory=[*range(count), count - 1])
    yield Vector("name-listed-twice", "the directory lists a member twice", "MEMBER_NAME", twice)


def headers() -> Iterator[Vector]:
    member = MEMBERS[AT]
    deflated = zlib.compress(member.data, 9)[2:-4]
    stamp = struct.pack("<HHBI", 0x5455, 5, 1, 0)
    end = DATA.index(member.name) + len(member.name)
    canonical = padding(end)
    long = struct.pack("<HH", 0xD935, len(canonical) + 60) + bytes(len(canonical) + 60)
    dirty = canonical[:-1] + b"\1"
    attacks: dict[str, tuple[str, Member]] = {
        "deflated": (
            "a compressed member",
            member.change(data=deflated).both(method=8, size=2, crc=zlib.crc32(member.data)),
        ),
        "method": ("both headers say deflated", member.both(method=8)),
        "encrypted": ("both headers say encrypted", member.both(flags=1)),
        "descriptor": ("both headers promise a data descriptor", member.both(flags=8)),
        "utf8-flag": ("both headers set the UTF-8 flag", member.both(flags=0x800)),
        "needed": ("both headers need version 2.0", member.both(needed=20)),
        "time": ("both headers have a time", member.both(time=1)),
        "date": ("both headers have another date", member.both(date=0x22)),
        "made-by": ("made by MS-DOS", member.change(central={"made_by": 0x14})),
        "symlink": ("a symbolic link", member.change(central={"external": 0o120777 << 16})),
        "executable": ("an executable", member.change(central={"external": 0o100755 << 16})),
        "setuid": ("a set-user-ID file", member.change(central={"external": 0o104644 << 16})),
        "directory": ("a directory", member.change(central={"external": 0o040755 << 16 | 0x10})),
        "internal": ("an internal attribute", member.change(central={"internal": 1})),
        "disk": ("a member on the second disk", member.change(central={"disk": 1})),
        "comment": ("a member with a comment", member.change(comment=b"x")),
        "central-extra": ("a time stamp in the central header", member.change(central_extra=stamp)),
        "local-extra": ("a time stamp in the local header", member.change(local_extra=stamp)),
        "local-name": ("the headers name different members", member.change(local_name=b"metricz.json")),
        "local-size": ("the local header states another size", member.change(local={"size": 1})),
        "local-stored": ("the local header states another stored size", member.change(local={"stored": 1})),
        "local-crc": ("the local header states another CRC-32", member.change(local={"crc": 0})),
        "local-method": ("the local header alone says deflated", member.change(local={"method": 8})),
        "local-flags": ("the local header alone promises a data descriptor", member.change(local={"flags": 8})),
        "local-signature": ("no local header where one is due", member.change(local={"signature": 0x04034B51})),
        "central-signature": ("no central header where one is due", member.change(central={"signature": 0x02014B51})),
        "sizes": ("stored and plain size differ in both headers", member.both(stored=1)),
        "size-lie": ("both headers state a size beyond the file", member.both(size=1 << 30, stored=1 << 30)),
        "size-saturated": ("a size of 0xFFFFFFFF without ZIP64", member.both(size=2**32 - 1, stored=2**32 - 1)),
        "offset-lie": ("an offset beyond the file", member.change(central={"offset": 1 << 30})),
        "offset-saturated": ("an offset of 0xFFFFFFFF without ZIP64", member.change(central={"offset": 2**32 - 1})),
        "overlap": ("two members share one place", member.change(central={"offset": 0})),
        "name-size": ("a name that runs out of the directory", member.change(central={"name_size": 0xFFFF})),
        "padding-dirty": ("padding that is not zero", member.change(padding=dirty)),
        "padding-long": ("padding longer than needed", member.change(padding=long)),
        "padding-none": ("data that is not aligned", member.change(padding=b"")),
        "padding-id": ("padding under another number", member.change(padding=b"\x34" + canonical[1:])),
        "padding-central": ("padding in the central header too", member.change(central_extra=canonical)),
        "padding-two": (
            "two padding fields",
            member.change(
                padding=struct.pack("<HH", 0xD935, 0)
                + struct.pack("<HH", 0xD935, len(canonical) - 8)
                + bytes(len(canonical) - 8)
            ),
        ),
        "gap": ("bytes between two members", member.change(gap=bytes(64))),
        "zip64-size": ("ZIP64 where it is not needed", zip64(member, len(member.data))),
        "zip64-lie": ("a ZIP64 size of 2^64 - 1", zip64(member, 2**64 - 1)),
        "zip64-overflow": ("a ZIP64 size that overflows with its offset", zip64(member, 2**64 - 64)),
        "zip64-offset": (
            "a ZIP64 offset of 2^63",
            member.change(central={"offset": 2**32 - 1, "needed": 45}, central_extra=struct.pack("<HHQ", 1, 8, 2**63)),
        ),
    }
    for key, (comment, changed) in attacks.items():
        yield Vector(f"header-{key}", comment, "CONTAINER", archive(altered(AT, changed)))


def zip64(member: Member, size: int) -> Member:
    extra = struct.pack("<HHQQ", 1, 16, size, size)
    saturated = member.both(size=2**32 - 1, stored=2**32 - 1, needed=45)
    return saturated.change(local_extra=extra, central_extra=extra)


def layout() -> Iterator[Vector]:
    count = len(MEMBERS)
    swapped = [*MEMBERS[: AT - 1], MEMBERS[AT], MEMBERS[AT - 1], *MEMBERS[AT + 1 :]]
    reordered = [*range(AT - 1), AT, AT - 1, *range(AT + 1, count)]
    directory = sum(len(member.central_header(0)) for member in MEMBERS)
    start = len(DATA) - 22 - directory
    end64 = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 0x031E, 45, 0, 0, count, count, directory, start)
    locator = struct.pack("<IIQI", 0x07064B50, 0, start + directory, 1)
    attacks = {
        "prefix": ("bytes before the first member", b"#!/bin/sh\n" + DATA),
        "prefix-zero": ("64 zeros before the first member", bytes(64) + DATA),
        "trailing": ("a byte after the end record", DATA + b"\0"),
        "trailing-newline": ("a newline after the end record", DATA + b"\n"),
        "comment": ("an archive comment", archive(MEMBERS, comment=b"hello")),
        "comment-lie": ("a comment that is not there", archive(MEMBERS, end={"comment_size": 5})),
        "concatenated": ("two bundles in one file", DATA + DATA),
        "two-ends": ("two end records", DATA + DATA[-22:]),
        "end-in-comment": ("a second end record as comment of the first", archive(MEMBERS, comment=DATA[-22:])),
        "before-directory": ("bytes between members and directory", archive(MEMBERS, before_directory=bytes(64))),
        "after-directory": ("bytes between directory and end record", archive(MEMBERS, after_directory=bytes(64))),
        "swapped": ("two members out of order", archive(swapped)),
        "swapped-directory": ("directory and members in different order", archive(MEMBERS, directory=reordered)),
        "bundle-first": ("bundle.json before the other members", archive([MEMBERS[-1], *MEMBERS[:-1]])),
        "hidden-member": (
            "a member that the directory does not list",
            archive(MEMBERS, directory=[*range(AT), *range(AT + 1, count)]),
        ),
        "count-high": (
            "the end record counts one member more",
            archive(MEMBERS, end={"here": count + 1, "count": count + 1}),
        ),
        "count-low": (
            "the end record counts one member less",
            archive(MEMBERS, end={"here": count - 1, "count": count - 1}),
        ),
        "count-here": ("the end record's counts differ", archive(MEMBERS, end={"here": count - 1})),
        "count-saturated": (
            "the end record counts 65,535 members",
            archive(MEMBERS, end={"here": 0xFFFF, "count": 0xFFFF}),
        ),
        "disk": ("the second disk of an archive", archive(MEMBERS, end={"disk": 1})),
        "directory-disk": ("a directory on the second disk", archive(MEMBERS, end={"directory_disk": 1})),
        "directory-size": ("a directory of another size", archive(MEMBERS, end={"size": directory - 1})),
        "directory-offset": ("a directory at another place", archive(MEMBERS, end={"offset": start - 1})),
        "directory-outside": ("a directory beyond the file", archive(MEMBERS, end={"offset": 1 << 31})),
        "directory-huge": ("a directory of 4 GiB", archive(MEMBERS, end={"size": 2**32 - 1})),
        "directory-overflow": (
            "offset and size that overflow 32 bits",
            archive(MEMBERS, end={"offset": 2**32 - 2, "size": 2**32 - 1}),
        ),
        "zip64-end": ("ZIP64 end records where none are needed", archive(MEMBERS, after_directory=end64 + locator)),
        "zip64-end-used": (
            "ZIP64 end records of a small file, and an end record that points to them",
            archive(MEMBERS, after_directory=end64 + locator, end={"offset": 2**32 - 1}),
        ),
        "zip64-end-lie": (
            "a ZIP64 end record that places the directory at 2^64 - 1",
            archive(MEMBERS, after_directory=end64[:-8] + b"\xff" * 8 + locator, end={"offset": 2**32 - 1}),
        ),
        "zip64-missing": (
            "an end record that points to a ZIP64 one that is not there",
            archive(MEMBERS, end={"offset": 2**32 - 1}),
        ),
        "partitions-alignment": (
            "partitions.pack at a multiple of 64, not 4,096",
            archive([Member(b"partitions.pack", b"x", padding=padding(45)), *MEMBERS]),
        ),
    }
    for key, (comment, data) in attacks.items():
        yield Vector(f"layout-{key}", comment, "CONTAINER", data)


def not_whole() -> Iterator[Vector]:
    for key, length in {
        "half": len(DATA) // 2,
        "no-end": len(DATA) - 22,
        "last-byte": len(DATA) - 1,
        "header": 10,
    }.items():
        yield Vector(f"truncated-{key}", f"the first {length} bytes of a bundle", "TRUNCATED", DATA[:length])
    strangers = {
        "empty": ("an empty file", b""),
        "text": ("a text", b"modelpack\n"),
        "pickle": ("a pickle", b"\x80\x04K\x01."),
        "gzip": ("a gzip file", bytes.fromhex("1f8b08000000000002030300000000000000000000")),
        "zeros": ("zeros", bytes(4096)),
        "empty-zip": ("a ZIP without members", archive([])),
        "other-zip": ("a ZIP without bundle.json", archive([Member(b"word.xml", b"<x/>")])),
    }
    for key, (comment, data) in strangers.items():
        yield Vector(f"stranger-{key}", comment, "NOT_A_BUNDLE", data)


def limits() -> Iterator[Vector]:
    many = [Member(f"a{index:03}".encode(), b"") for index in range(257 - len(MEMBERS))]
    yield Vector("limit-members", "257 members", "LIMIT", archive([*many, *MEMBERS]))
    signatures = [Member(f"signatures/{index:064x}.sigstore.json".encode(), b"{}") for index in range(17)]
    yield Vector("limit-signatures", "17 signatures", "LIMIT", archive([*MEMBERS, *signatures]))


def attacks() -> Iterator[Vector]:
    for group in (flips, names, headers, layout, not_whole, limits):
        yield from group()
