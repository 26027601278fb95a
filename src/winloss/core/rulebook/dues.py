"""Read a form's ``due:``, and report its mistakes with their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.days import Span
from winloss.core.problem import Problem, error
from winloss.core.rulebook.form import Due, Field, Form
from winloss.core.text.node import Entries, Text
from winloss.core.text.reader import Reader, codes_of, place_of
from winloss.core.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KEYS = ("after", "within", "met_by", "every", "dormant", "follows")


def read_due(reader: Reader, fields: Mapping[str, Field]) -> Due | None:
    """Read a form's ``due:``; None beside the problems when it has none, or none of use."""
    node = reader.front.get("due")
    if node is None:
        return None
    if not isinstance(node, Entries):
        hint = "write due: {after: [post-delivery.delivered_on], within: 5 business days}"
        reader.report(node.place, "due needs after: and within:", hint)
        return None
    reader.known_keys(node, _KEYS, "due")
    within = _span(reader, node, "within")
    every, dormant = (
        _span(reader, node, key) if key in node.entries else None for key in ("every", "dormant")
    )
    for key in ("dormant", "follows"):
        if key in node.entries and "every" not in node.entries:
            hint = "add every: 90 days, or leave it out"
            reader.report(node.place, f"due: '{key}' is for what is due again and again", hint)
    met_by = reader.text(node, "met_by") or "date"
    if met_by not in fields or fields[met_by].type != "date":
        dates = [field.name for field in fields.values() if field.type == "date"]
        message = f"due: met_by '{met_by}' is not a date field of this form"
        place, hint = place_of(node, "met_by"), did_you_mean(met_by, dates)
        reader.report(place, message, hint, "unknown-field")
    return Due(
        after=_after(reader, node),
        within=within or Span(0),
        place=node.place,
        met_by=met_by,
        every=every,
        dormant=dormant,
        follows=reader.text(node, "follows"),
    )


def _after(reader: Reader, node: Entries) -> tuple[str, ...]:
    """Return the dates that start the clock; without one, nothing would ever be owed."""
    given = node.get("after")
    names = [given.value] if isinstance(given, Text) else codes_of(given)
    if not any(names):
        hint = "write after: [post-delivery.delivered_on], or the date that starts the clock"
        reader.report(place_of(node, "after"), "due: 'after' names no date", hint)
    return tuple(names)


def _span(reader: Reader, node: Entries, key: str) -> Span | None:
    text = reader.answer(node, key)
    span = Span.parse(text)
    if span is None or (key != "within" and not span.count):
        hint = "write a number of 'days' or 'business days'"
        place = place_of(node, key)
        reader.report(place, f"due {key} '{text}' is no span", hint, "unknown-unit")
    return span


def check_dues(forms: Mapping[str, Form]) -> Iterator[Problem]:
    """Yield a problem for each ``due:`` that names a date or a kind that no form has."""
    known = [
        f"{form.kind}.{field.name}"
        for form in forms.values()
        for field in form.fields.values()
        if field.type == "date"
    ]
    reviews = [form.kind for form in forms.values() if "outcomes" in form.fields]
    dues = [(form, form.due) for form in forms.values() if form.due is not None]
    for form, due in dues:
        for name in due.after:
            if name not in known:
                message = f"due: '{name}' is no date field of a form"
                hint = did_you_mean(name, known)
                yield error(form.path, due.place, "unknown-field", message, hint)
        if due.follows and due.follows not in reviews:
            message = f"due: '{due.follows}' is no kind of review, with outcomes"
            hint = did_you_mean(due.follows, reviews)
            yield error(form.path, due.place, "unknown-kind", message, hint)
