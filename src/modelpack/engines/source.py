"""What engines are made from: a model's program with all that is fitted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from modelpack.canonical import parse_safetensors
from modelpack.errors import UnsupportedModelError
from modelpack.schema import Schema

if TYPE_CHECKING:
    from modelpack.bundle import Bundle

__all__ = ["Source", "categories_of"]

PROGRAMS = "programs.json"
TENSORS = "models/main/tensors.safetensors"
DICTIONARIES = "dictionaries.safetensors"
READ = ("schema.json", PROGRAMS, TENSORS, DICTIONARIES)


@dataclass(frozen=True)
class Source:
    """A program, its tensors and dictionaries, and what it takes and answers.

    Attributes
    ----------
    program : dict
        The program as JSON: math, inputs, ops, outputs (docs/FORMAT.md).
    digest : str
        Hex SHA-256 of the program's canonical text.
    tensors : mapping of str to array
        What is fitted, by the names that the program uses.
    dictionaries : mapping of int to list of str
        Categories by code, per index of a string feature.
    schema : Schema
    name, version : str
        Of the bundle.
    model_digest : str or None
        Of what decides the answers, where it is known.
    members : mapping of name to bytes
        The members that all this was read from.
    """

    program: dict[str, Any]
    digest: str
    tensors: Mapping[str, np.ndarray]
    dictionaries: Mapping[int, list[str]]
    schema: Schema
    name: str
    version: str
    model_digest: str | None = None
    members: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def of_members(
        cls, members: Mapping[str, bytes], schema: Schema, name: str, version: str, model_digest: str | None = None
    ) -> Source:
        """From the members of a bundle that has a program and no partitions.

        Raises
        ------
        UnsupportedModelError
            It has none, or one per partition.
        """
        if PROGRAMS not in members or TENSORS not in members:
            raise UnsupportedModelError(name, "the bundle has no program", "only the engines that it holds can run it")
        if schema.keys:
            raise UnsupportedModelError(name, "partitioned models run in the native engine only")
        programs = json.loads(members[PROGRAMS])
        tensors, metadata = parse_safetensors(members[TENSORS])
        text = programs[metadata["program"]]
        return cls(
            program=json.loads(text),
            digest=hashlib.sha256(text.encode("utf-8")).hexdigest(),
            tensors=tensors,
            dictionaries=categories_of(members),
            schema=schema,
            name=name,
            version=version,
            model_digest=model_digest,
            members={member: members[member] for member in READ if member in members},
        )

    @classmethod
    def of_bundle(cls, bundle: Bundle) -> Source:
        """From an opened bundle; one opened to be looked at does as well."""
        present = [name for name in READ if name in bundle.members]
        members = {name: bundle.member(name) for name in present}
        return cls.of_members(members, bundle.schema, bundle.name, bundle.version, bundle.model_digest)


def categories_of(members: Mapping[str, bytes]) -> dict[int, list[str]]:
    """The categories of each string feature by code, per its index."""
    if DICTIONARIES not in members:
        return {}
    tensors, _ = parse_safetensors(members[DICTIONARIES])
    found = {}
    for name, ends in tensors.items():
        index, _, part = name.partition(".")
        if part == "offsets":
            text = tensors[f"{index}.bytes"].tobytes()
            found[int(index)] = [text[start:end].decode("utf-8") for start, end in pairwise(ends.tolist())]
    return found
