"""Derive the schema of Monday.com's API from the types in the vendor's npm package.

``python tests/vendor_schema.py TARBALL`` prints it as GraphQL. The package holds no schema, but
what graphql-codegen made of one; this turns it back. Lost are
descriptions, and the default values of arguments, which are not in the types.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "@mondaydotcomorg/api"
VERSION = "14.0.0"
SHA256 = "5a26d6a41196b26f106a7b61674116efb9586ba4eb4a651f988a6bfe94a2d842"
MEMBER = "package/dist/esm/lib/generated/sdk.d.ts"
HEADER = f"""\
# The schema of Monday.com's API, derived from the types of the npm package {PACKAGE} {VERSION}
# (the file dist/esm/lib/generated/sdk.d.ts) by tests/vendor_schema.py: make monday-schema.
# It holds no descriptions and no default values of arguments. Not written by hand: do not edit.
# Copyright (c) 2025 monday.com. MIT License: see LICENSE.monday beside this file.
"""
_BUILT_IN = {"ID", "String", "Boolean", "Int", "Float"}
_BLOCK = re.compile(
    r"^export (?:type|declare enum) (\w+) (=(?: (\w+) &)? )?\{\n(.*?)^\}", re.MULTILINE | re.DOTALL
)
_UNION = re.compile(r"^export type (\w+) = (\w+(?: \| \w+)+);$", re.MULTILINE)
_FIELD = re.compile(r"(?:/\*\*((?:[^*]|\*(?!/))*)\*/\s*)?^    (\w+)(\??): (.+);$", re.MULTILINE)
_VALUE = re.compile(r'^    \w+ = "(\w+)",?$', re.MULTILINE)
_SCALAR = re.compile(r"Scalars\['(\w+)'\]\['(?:input|output)'\]")
_OPERATION = re.compile(r"^export type \w+(Variables|Fragment) = ", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One type as it is written in the package."""

    name: str
    base: str  # the interface that it extends
    body: str
    is_enum: bool

    @property
    def is_object(self) -> bool:
        """Whether values of it are answered."""
        return f"__typename?: '{self.name}';" in self.body


@dataclass
class Types:
    """What the package's file declares, by name."""

    scalars: list[str]
    blocks: dict[str, Block]
    unions: dict[str, str]
    arguments: dict[str, Block] = field(default_factory=dict)


def sdl_of(declarations: str) -> str:
    """Return the types of a ``.d.ts`` file as GraphQL, in the order of their names."""
    types = _read(declarations)
    interfaces = {block.base for block in types.blocks.values()}
    told = {f"scalar {name}": name for name in types.scalars}
    told |= {f"union {name} = {parts}": name for name, parts in types.unions.items()}
    for block in types.blocks.values():
        told[_block(block, types, interfaces)] = block.name
    return "\n\n".join(sorted(told, key=lambda text: told[text])) + "\n"


def sdl_from(tarball: bytes) -> str:
    """Return the schema of the package's tarball; any other file is refused."""
    found = hashlib.sha256(tarball).hexdigest()
    if found != SHA256:
        raise SystemExit(f"this is not {PACKAGE} {VERSION}: its sha256 is {found}")
    return HEADER + "\n" + sdl_of(_member(tarball))


def _member(tarball: bytes) -> str:
    with tarfile.open(fileobj=io.BytesIO(tarball)) as package:
        member = package.extractfile(MEMBER)
        assert member
        return member.read().decode()


def _read(declarations: str) -> Types:
    types = Types([], {}, {})
    end = _OPERATION.search(declarations)  # results and variables of the client's own operations
    declarations = declarations[: end.start()] if end else declarations
    for match in _BLOCK.finditer(declarations):
        name, is_type, base, body = match.groups()
        if name == "Scalars":
            names = re.findall(r"^    (\w+): \{$", body, re.MULTILINE)
            types.scalars = [each for each in names if each not in _BUILT_IN]
        elif name.endswith("Args"):
            types.arguments[_plain(name)] = Block(name, "", body, is_enum=False)
        else:
            types.blocks[name] = Block(name, base or "", body, not is_type)
    for name, parts in _UNION.findall(declarations):
        if all(part in types.blocks for part in parts.split(" | ")):
            types.unions[name] = parts
    return types


def _block(block: Block, types: Types, interfaces: set[str]) -> str:
    if block.is_enum:
        return _braced(f"enum {block.name}", _VALUE.findall(block.body))
    if not block.is_object and block.name not in interfaces:
        return _braced(f"input {block.name}", _fields(block))
    kind = "type" if block.is_object else "interface"
    bases = f" implements {block.base}" if block.base else ""
    return _braced(f"{kind} {block.name}{bases}", _fields(block, types))


def _braced(head: str, lines: list[str]) -> str:
    return "\n".join([f"{head} {{", *(f"  {line}" for line in lines), "}"])


def _fields(block: Block, types: Types | None = None) -> list[str]:
    return [
        f"{name}{arguments}: {typed}{' @deprecated' if '@deprecated' in comment else ''}"
        for name, typed, comment in _typed(block)
        for arguments in [_arguments(block.name + name, types)]
    ]


def _typed(block: Block) -> Iterator[tuple[str, str, str]]:
    for comment, name, optional, written in _FIELD.findall(block.body):
        if name != "__typename":
            typed = _type(written)
            yield name, typed.removesuffix("!") if optional else typed, comment


def _arguments(place: str, types: Types | None) -> str:
    block = types.arguments.get(_plain(f"{place}Args")) if types else None
    if block is None:
        return ""
    return "(" + ", ".join(f"{name}: {typed}" for name, typed, _ in _typed(block)) + ")"


def _type(written: str) -> str:
    """Return a type as GraphQL: the package says what may be null, GraphQL what may not."""
    if match := re.fullmatch(r"(?:Input)?Maybe<(.+)>", written):
        return _type(match[1]).removesuffix("!")
    if match := re.fullmatch(r"Array<(.+)>", written):
        return f"[{_type(match[1])}]!"
    return _SCALAR.sub(r"\1", written) + "!"


def _plain(name: str) -> str:
    """Return a name as codegen compares it: it writes the names of fields in its own way."""
    return name.replace("_", "").casefold()


if __name__ == "__main__":
    sys.stdout.write(sdl_from(Path(sys.argv[1]).read_bytes()))
