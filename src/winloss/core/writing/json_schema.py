"""A form as JSON Schema, for the editors that judge front matter while it is typed.

Draft-07, the newest one that they read. What winloss only warns of passes. What goes with
another record, with the text below or with ``since`` is for ``winloss check`` to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.deals.values import DIMENSIONS, JUDGED_LATER
from winloss.core.wording import is_placeholder
from winloss.core.writing.json_values import (
    TEXT,
    answered,
    deal,
    definitions,
    parsed,
    scalar,
    unanswered,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.core.rulebook.form import Column, Field, Form, Rule
    from winloss.core.rulebook.policy import Policy, Vocabulary
    from winloss.core.writing.json_values import Schema

_DRAFT = "http://json-schema.org/draft-07/schema#"


def schema_of(form: Form, policy: Policy) -> Schema:
    """Return the schema of one kind of record."""
    schema = _FormSchema(form, policy).record()
    return {"$schema": _DRAFT, **schema, "definitions": definitions()}


def schema_of_all(forms: Mapping[str, Form], policy: Policy) -> Schema:
    """Return one schema for records of every kind: ``kind`` says which part of it holds."""
    kinds = sorted(forms)
    return {
        "$schema": _DRAFT,
        "title": "A record",
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"title": "Kind", "enum": kinds}},
        "allOf": [
            {
                "if": {"required": ["kind"], "properties": {"kind": {"const": kind}}},
                "then": _FormSchema(forms[kind], policy).record(),
            }
            for kind in kinds
        ],
        "definitions": definitions(),
    }


@dataclass(frozen=True, slots=True)
class _FormSchema:
    """One form, to be told as a schema."""

    form: Form
    policy: Policy

    def record(self) -> Schema:
        fields = self.form.fields.values()
        conditions = [*self._under_a_model(), *self._owed_together()]
        return {
            "title": self.form.title,
            "type": "object",
            "required": [field.name for field in fields if _is_always_owed(field.rule)],
            "additionalProperties": False,
            "properties": {field.name: self._field(field) for field in fields},
            **({"allOf": conditions} if conditions else {}),
        }

    def _field(self, field: Field) -> Schema:
        head: Schema = {"title": field.title, **_description(field.help, field.vocabulary)}
        if self._is_under_a_model(field):  # its values stand in the conditions
            return head
        return head | self._answer(field, is_strict=True)

    def _answer(self, field: Field, *, is_strict: bool) -> Schema:
        """Return what a field may hold; one that is not owed may also hold its place."""
        if field.rule.is_provisional:
            return self._provisional(field)
        value = self._value(field, is_strict=is_strict)
        if not _is_always_owed(field.rule):
            return {"if": unanswered(field.vocabulary), "else": value}
        return answered(value)

    def _value(self, field: Field, *, is_strict: bool) -> Schema:
        """Return what an answer is; ``is_strict`` when the model of today judges it."""
        if field.name == "kind":
            return {"const": self.form.kind}
        if field.name == "filed_by":
            return {"const": self.form.filed_by}
        if field.name == "deal":
            return deal()
        if field.name == "model" and field.type == "integer":
            versions = range(1, self.policy.model.version + 1)
            return {"enum": [*versions, *map(str, versions)]}
        if field.type == "scores":
            return self._scores() if is_strict else {"type": "object"}
        if field.type == "table":
            return self._table(field, is_strict=is_strict)
        vocabulary = field.vocabulary
        if vocabulary is not None and vocabulary.name == DIMENSIONS and not is_strict:
            vocabulary = None
        if field.type == "list":
            item = answered(scalar("text", vocabulary))
            return {"type": "array", "uniqueItems": True, "items": item}
        return scalar(field.type, vocabulary)

    def _scores(self) -> Schema:
        dimensions = self.policy.model.dimensions
        return {
            "type": "object",
            "required": list(dimensions),
            "additionalProperties": False,
            "properties": {
                name: {
                    "title": dimension.title,
                    "enum": parsed(each for each in dimension.levels if not is_placeholder(each)),
                }
                for name, dimension in dimensions.items()
            },
        }

    def _table(self, field: Field, *, is_strict: bool) -> Schema:
        """Return the rows; in a table that is owed later they may stand there with blanks."""
        may_wait = bool(field.rule.required_with)
        cells = {}
        for column in field.columns:
            cell = self._cell(field, column, is_strict=is_strict)
            if may_wait:
                cell = {"if": unanswered(column.vocabulary), "else": cell}
            else:
                cell = answered(cell)
            cells[column.name] = _description("", column.vocabulary) | cell
        owed = {} if may_wait else {"required": list(cells)}
        row = {"type": "object", **owed, "additionalProperties": False, "properties": cells}
        return {"type": "array", "items": row}

    def _cell(self, field: Field, column: Column, *, is_strict: bool) -> Schema:
        vocabulary = column.vocabulary
        if (field.name, column.name) in JUDGED_LATER:
            return TEXT | _examples(vocabulary)
        if vocabulary is not None and vocabulary.name == DIMENSIONS and not is_strict:
            return TEXT
        return scalar(column.type, vocabulary)

    @staticmethod
    def _provisional(field: Field) -> Schema:
        """Return what is refused of a field that the SOP has not settled: unknown columns alone."""
        if field.type != "table":
            return _examples(field.vocabulary)
        cells = {column.name: _examples(column.vocabulary) for column in field.columns}
        return {"items": {"additionalProperties": False, "properties": cells}}

    def _is_under_a_model(self, field: Field) -> bool:
        """Whether a record that names an older model may answer otherwise than today's has it."""
        model = self.form.fields.get("model")
        is_one = self.policy.model.version == 1 and model and _is_always_owed(model.rule)
        if model is None or is_one or field.rule.is_provisional:
            return False
        vocabularies = [column.vocabulary for column in field.columns] + [field.vocabulary]
        return any(each is not None and each.name == DIMENSIONS for each in vocabularies)

    def _under_a_model(self) -> list[Schema]:
        fields = [each for each in self.form.fields.values() if self._is_under_a_model(each)]
        if not fields:
            return []
        today, before = (
            {"properties": {each.name: self._answer(each, is_strict=is_strict) for each in fields}}
            for is_strict in (True, False)
        )
        newest = self.policy.model.version
        is_newest = {"properties": {"model": {"enum": [newest, str(newest)]}}}
        return [{"if": is_newest, "then": today, "else": before}]

    def _owed_together(self) -> list[Schema]:
        """Return what is owed once another field is answered (``required: with <field>``)."""
        conditions = []
        for first in self.form.fields.values():
            owed = [
                field
                for field in self.form.fields.values()
                if field.rule.required_with == first.name
                and not field.rule.is_provisional
                and field.rule.since is None
            ]
            if owed:
                is_answered = {"not": unanswered(first.vocabulary)}
                names = [field.name for field in owed]
                condition = {"required": [first.name], "properties": {first.name: is_answered}}
                answers = {field.name: _owed_answer(field) for field in owed}
                conditions.append(
                    {"if": condition, "then": {"required": names, "properties": answers}}
                )
        return conditions


def _owed_answer(field: Field) -> Schema:
    """Return what is wanted of an answer once it is owed, beside what its type wants."""
    answer: Schema = {"not": unanswered(field.vocabulary)}
    if field.type == "table":
        cells = {each.name: {"not": unanswered(each.vocabulary)} for each in field.columns}
        answer["items"] = {"required": list(cells), "properties": cells}
    return answer


def _is_always_owed(rule: Rule) -> bool:
    """Tell whether an answer must be there, whatever else the record says or when it was filed."""
    return rule.is_required and not rule.is_provisional and rule.since is None


def _description(help_: str, vocabulary: Vocabulary | None) -> Schema:
    """Return the form's guidance, and the codes with their titles where these say more."""
    titles = vocabulary.titles if vocabulary else {}
    codes = "\n".join(f"{code}: {title}" for code, title in titles.items() if title != code)
    text = "\n\n".join(filter(None, (help_, codes)))
    return {"description": text} if text else {}


def _examples(vocabulary: Vocabulary | None) -> Schema:
    """Return codes that an editor offers and does not insist on."""
    return {"examples": list(vocabulary.titles)} if vocabulary else {}
