"""The qualification model: ``records/policy/qualification.md`` (X §2, §5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.text.node import Entries, Text
from winloss.core.text.reader import WHOLE_NUMBER, Reader, place_of, title_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERSION = re.compile(r"v(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of the qualification model: its title, and the points of each level."""

    title: str
    levels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Amends:
    """The SOP that an approved change of the model goes into, and its version now (X §5, step 4).

    Both are empty where the policy names none.
    """

    sop: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """The qualification model (X §2, §5). ``minimum_evidence`` counts distinct deals."""

    version: int
    minimum_evidence: int
    qualified_at: int
    dimensions: Mapping[str, Dimension]
    amends: Amends = Amends()


def read_model(reader: Reader) -> Model:
    """Read the model; what is wrong is reported to the reader, with its place."""
    dimensions: dict[str, Dimension] = {}
    node = reader.front.get("dimensions")
    for entry in node if isinstance(node, Entries) else ():
        levels = entry.value.get("levels") if isinstance(entry.value, Entries) else None
        points = {
            level.key: int(level.value.value)
            for level in (levels if isinstance(levels, Entries) else ())
            if isinstance(level.value, Text) and WHOLE_NUMBER.fullmatch(level.value.value)
        }
        if not isinstance(levels, Entries) or len(points) != len(levels.entries) or not points:
            message = f"the dimension '{entry.key}' needs levels with whole points"
            reader.report(entry.place, message, "write levels: {absent: 0, partial: 1, strong: 2}")
        dimensions[entry.key] = Dimension(title_of(entry.key, entry.value), points)
    if not dimensions:
        place = place_of(reader.front, "dimensions")
        reader.report(place, "the model has no dimensions", "list them under 'dimensions:'")
    return Model(
        version=reader.number(reader.front, "version", range(1, 10_000)),
        minimum_evidence=reader.number(reader.front, "minimum_evidence", range(1, 1_000)),
        qualified_at=reader.number(reader.front, "qualified_at", range(-1_000, 1_000)),
        dimensions=dimensions,
        amends=_amends(reader),
    )


def _amends(reader: Reader) -> Amends:
    """Return which SOP the model stands in; it may be left out."""
    node = reader.front.get("amends")
    if node is None:
        return Amends()
    hint = "write amends: {sop: SOP-REV-lead-qualification, version: v1.0}"
    if not isinstance(node, Entries):
        reader.report(node.place, "'amends' names no SOP", hint)
        return Amends()
    sop, version = reader.answer(node, "sop"), reader.answer(node, "version")
    if version and not _VERSION.fullmatch(version):
        place = place_of(node, "version")
        reader.report(place, f"'{version}' is no version of an SOP", "write it as v1.0")
    return Amends(sop, version)
