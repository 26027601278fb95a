"""The forms: one Markdown file for each kind of record, which is schema and scaffold in one.

The front matter declares the fields, the body is the scaffold, and its ``##`` headings are the
sections that a record must have. Seven types of field and no more; no expressions, no conditions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.problem import Problem, error
from winloss.core.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from winloss.core.node import Place
    from winloss.core.policy import Vocabulary

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
    "day-60": {"held_on": "date", "signals": "list", "outcomes": "list", "pay_again": "choice"},
}


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
    "promised": [{"id": "S1", "note": "They asked for a baseline"}],
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
    """When a record is due: so many days or business days after the first of these dates known."""

    after: tuple[str, ...]
    within: int
    in_business_days: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of record. ``filed_as`` is its file's name, in the deal's folder unless it has /."""

    kind: str
    title: str
    direction: str
    stage: str
    filed_by: str
    filed_as: str
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

    def file_name(self, values: Mapping[str, str]) -> str | None:
        """Return the file's name for a record with these values; None when one of them lacks."""
        try:
            return self.filed_as.format_map(values)
        except KeyError:
            return None


def check_due_dates(forms: Mapping[str, Form]) -> Iterator[Problem]:
    """Yield a problem for each ``due: after:`` that names no date of any form."""
    known = [
        f"{form.kind}.{field.name}"
        for form in forms.values()
        for field in form.fields.values()
        if field.type == "date"
    ]
    dues = [(form, form.due) for form in forms.values() if form.due is not None]
    for form, due in dues:
        for name in due.after:
            if name not in known:
                message, hint = (
                    f"due: '{name}' is no date field of a form",
                    did_you_mean(name, known),
                )
                yield error(form.path, due.place, "unknown-field", message, hint)
