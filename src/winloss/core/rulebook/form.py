"""The forms: one Markdown file for each kind of record, which is schema and scaffold in one.

The front matter declares the fields, the body is the scaffold, and its ``##`` headings are the
sections that a record must have. Seven types of field and no more; no expressions, no conditions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from winloss.core.days import Span
    from winloss.core.rulebook.policy import Vocabulary
    from winloss.core.text.node import Place

TYPES = ("text", "date", "integer", "choice", "list", "table", "scores")

# What the code reasons about; everything else is the form's own affair and is carried along.
SPINE: Mapping[str, Mapping[str, str]] = {
    "pre-delivery": {
        "customer": "text",
        "handoff_on": "date",
        "delivery_expected_on": "date",
        "model": "integer",
        "scores": "scores",
        "signals": "table: id dimension",
        "expectations": "table: id note",
    },
    "closed-lost": {
        "customer": "text",
        "closed_on": "date",
        "outcome": "choice",
        "reason": "choice",
        "model": "integer",
        "scores": "scores",
    },
    "post-delivery": {
        "delivered_on": "date",
        "pattern_codes": "list",
        "friction": "table: code origin note",
        "postmortem_on": "date",
        "delivery_quality": "choice",
        "validation": "table: id answer",
        "flags": "table: dimension claim",
    },
    "day-30": {"held_on": "date", "cro_flags": "list"},
    "day-60": {"held_on": "date", "signals": "list", "outcomes": "list", "pay_again": "choice"},
    "touchpoint": {"held_on": "date", "signals": "list"},
    "proposal": {"id": "text", "claim": "choice", "dimension": "text", "evidence": "list"},
    "approval": {
        "proposal": "text",
        "decision": "choice",
        "from": "text",
        "to": "text",
        "digest": "text",
        "council": "choice",
        "signature": "text",
    },
}
WITHOUT_DEAL = ("proposal", "approval")  # of these, what belongs to no deal

# What a file's name may hold besides fields: four digits, counted up (approvals/0001.md).
NUMBER = "nnnn"
_DIGITS = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Rule:
    """When an answer is owed. ``required_with`` names the field that makes it so."""

    is_required: bool = True
    required_with: str = ""
    is_provisional: bool = False
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: a type, or a vocabulary to choose from."""

    name: str
    type: str
    vocabulary: Vocabulary | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record, as its form declares it."""

    name: str
    type: str
    rule: Rule
    title: str
    help: str = ""
    vocabulary: Vocabulary | None = None
    columns: tuple[Column, ...] = ()


# What a form's body may print, as an example of each.
SAMPLE: Mapping[str, object] = {
    "deal": "8841207731",
    "customer": "Northwind Traders",
    "delivered": "2026-06-12",
    "due": "2026-07-12",
    "found": ["Partner-sourced revenue cannot be attributed"],
    "promised": [{"id": "S1", "note": "They asked for a baseline", "answer": "held"}],
    "heard": ["Day 30 check-in of 2026-07-10 flagged: Dissatisfaction"],
    "today": "2026-06-12",
    "model": 1,
}

# What every record has, so that no form declares it; ``deal`` only where there is a deal.
GIVEN: Mapping[str, Field] = {
    "kind": Field("kind", "text", Rule(), "Kind"),
    "deal": Field("deal", "text", Rule(), "Deal ID"),
    "date": Field("date", "date", Rule(), "Date", "The day this record is filed"),
    "filed_by": Field("filed_by", "text", Rule(), "Filed by"),
}


@dataclass(frozen=True, slots=True)
class SectionForm:
    """One section of a record: how many paragraphs at most, how many bullets exactly."""

    title: str
    rule: Rule
    paragraphs: int | None = None
    bullets: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """When a record is due: ``within`` a span of the first of the dates ``after`` that is known.

    The record's date ``met_by`` must lie by then. With ``every``, records are due again and again
    from there on, with ``dormant`` at that pace once the customer is dormant; ``follows`` names the
    kind of review that must have left the cycle open first (R §2, §6).
    """

    after: tuple[str, ...]
    within: Span
    place: Place
    met_by: str = "date"
    every: Span | None = None
    dormant: Span | None = None
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of record. ``filed_as`` is its file's name, in the deal's folder unless it has /.

    ``filed_again_as`` names the later ones of a kind that a deal may have more than once, and
    ``held_with`` the role that takes part beside the one that files.
    """

    kind: str
    title: str
    direction: str
    stage: str
    filed_by: str
    held_with: str
    filed_as: str
    filed_again_as: str
    counts_on: str
    due: Due | None
    fields: Mapping[str, Field]
    sections: Mapping[str, SectionForm]
    scaffold: str
    scaffold_line: int
    path: str

    @property
    def is_per_deal(self) -> bool:
        """Whether records of this kind stand in a deal's folder."""
        return "/" not in self.filed_as

    @property
    def is_once(self) -> bool:
        """Whether a deal has one record of this kind at most."""
        return self.is_per_deal and "{" not in self.filed_as and not self.filed_again_as

    @property
    def later_parts(self) -> tuple[Field, ...]:
        """The dates that open a part of the record which is answered later, such as a post-mortem.

        They are optional, and other answers are owed together with them (X §2, "Post-mortem").
        """
        names = {each.rule.required_with for each in self.fields.values()}
        names |= {each.rule.required_with for each in self.sections.values()}
        return tuple(
            field
            for field in self.fields.values()
            if field.type == "date" and field.name in names and not field.rule.is_required
        )


def file_name(pattern: str, values: Mapping[str, str]) -> str | None:
    """Return the name that a form's pattern gives to these values; None when one of them lacks.

    A number is one of them: ``{"nnnn": "0001"}``.
    """
    try:
        return pattern.format_map(values)
    except KeyError:
        return None


def number_in(pattern: str, values: Mapping[str, str], name: str) -> str:
    """Return the four digits that a name has where its pattern wants them; empty when it has none.

    ``name`` is read from where the pattern begins: ``approvals/0001.md`` for
    ``approvals/{nnnn}.md``.
    """
    before, sign, _ = pattern.partition(f"{{{NUMBER}}}")
    start = file_name(before, values) if sign else None
    if start is None or not name.startswith(start):
        return ""
    digits = name[len(start) : len(start) + 4]
    return digits if _DIGITS.fullmatch(digits) else ""
