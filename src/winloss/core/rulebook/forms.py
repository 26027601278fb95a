"""Read a form's file into a Form, and report its mistakes like a record's, with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.days import parse_date
from winloss.core.repository.tree import TEMPLATES
from winloss.core.rulebook.dues import read_due
from winloss.core.rulebook.form import (
    GIVEN,
    NUMBER,
    SPINE,
    TYPES,
    WITHOUT_DEAL,
    Column,
    Field,
    Form,
    Rule,
    SectionForm,
)
from winloss.core.rulebook.policy import Policy, Vocabulary
from winloss.core.text.body import read_sections
from winloss.core.text.node import Entries, Items, Node, Text
from winloss.core.text.reader import Reader, codes_of, place_of
from winloss.core.wording import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.core.problem import Problem
    from winloss.core.text.document import Document

_FORM_KEYS = (
    *("kind", "title", "direction", "stage", "filed_by", "held_with", "filed_as"),
    *("filed_again_as", "counts_on", "due", "fields", "sections"),
)
_FIELD_KEYS = ("type", "of", "columns", "required", "provisional", "since", "title", "help")
_SECTION_KEYS = ("required", "provisional", "since", "paragraphs", "bullets")
_COLUMN_TYPES = ("text", "date", "integer")
_FILED_AS = re.compile(r"(?:[a-z0-9-]+/)?(?:[a-z0-9-]|\{[a-z_]+\})+\.md")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def read_form(document: Document, policy: Policy) -> tuple[Form | None, list[Problem]]:
    """Read a form; None beside the problems when it cannot be used."""
    reading = _FormReading(Reader(document, "bad-form"), policy)
    form = reading.form()
    problems = reading.reader.problems
    return (None if problems else form), problems


@dataclass(frozen=True, slots=True)
class _FormReading:
    """One form being read against the policy."""

    reader: Reader
    policy: Policy

    def form(self) -> Form:
        reader, front = self.reader, self.reader.front
        reader.known_keys(front, _FORM_KEYS, "a form")
        kind = reader.answer(front, "kind")
        expected = reader.document.path.removeprefix(TEMPLATES).removesuffix(".md")
        if kind and kind != expected:
            message = f"kind is '{kind}' and the file's name says '{expected}'"
            reader.report(place_of(front, "kind"), message, "make the two agree", "misnamed")
        filed_as = self._file_name("filed_as") or f"{kind}.md"
        filed_again_as = self._file_name("filed_again_as")
        given = {name: field for name, field in GIVEN.items() if name != "deal"}
        fields = {**(given if "/" in filed_as else GIVEN), **self._fields()}
        self._check_spine(kind, fields)
        for key, pattern in (("filed_as", filed_as), ("filed_again_as", filed_again_as)):
            for name in re.findall(r"\{(\w+)\}", pattern):
                if name not in fields and name != NUMBER:
                    message = f"the file's name takes '{name}', which is no field of this form"
                    place, hint = place_of(front, key), did_you_mean(name, fields)
                    reader.report(place, message, hint, "unknown-field")
        return Form(
            kind=kind,
            title=reader.answer(front, "title"),
            direction=reader.answer(front, "direction"),
            stage=reader.answer(front, "stage"),
            filed_by=self._role(reader.answer(front, "filed_by"), "filed_by"),
            held_with=self._role(reader.text(front, "held_with"), "held_with"),
            filed_as=filed_as,
            filed_again_as=filed_again_as,
            counts_on=self._counts_on(fields, is_per_deal="/" not in filed_as),
            due=read_due(reader, fields),
            fields=fields,
            sections=self._sections(fields),
            scaffold=reader.document.body,
            scaffold_line=reader.document.body_line,
            path=reader.document.path,
        )

    def _role(self, role: str, key: str) -> str:
        roles = self.policy.vocabulary("roles.roles").titles
        if role and role not in roles:
            place, hint = place_of(self.reader.front, key), did_you_mean(role, roles)
            self.reader.report(place, f"no role is called '{role}'", hint, "unknown-role")
        return role

    def _file_name(self, key: str) -> str:
        text = self.reader.text(self.reader.front, key)
        if text and (not _FILED_AS.fullmatch(text) or text.startswith(("policy/", "deals/"))):
            hint = "write a name such as touchpoint-{held_on}.md or proposals/{id}.md"
            place = place_of(self.reader.front, key)
            self.reader.report(place, f"'{text}' is no name for a record's file", hint)
        return text

    def _counts_on(self, fields: Mapping[str, Field], *, is_per_deal: bool) -> str:
        name = self.reader.text(self.reader.front, "counts_on") or ("date" if is_per_deal else "")
        dates = [field.name for field in fields.values() if field.type == "date"]
        if name and name not in dates:
            message = f"counts_on: '{name}' is not a date field of this form"
            place = place_of(self.reader.front, "counts_on")
            self.reader.report(place, message, did_you_mean(name, dates), "unknown-field")
        return name

    def _fields(self) -> dict[str, Field]:
        node = self.reader.front.get("fields")
        if not isinstance(node, Entries):
            place = place_of(self.reader.front, "fields")
            hint = "write fields: and one 'name: {type: …}' a line below it"
            self.reader.report(place, "the form declares no fields", hint)
            return {}
        found: dict[str, Field] = {}
        for entry in node:
            if not _NAME.fullmatch(entry.key):
                message = f"'{entry.key}' is no name for a field"
                self.reader.report(entry.place, message, "use small letters, digits and _")
            elif entry.key in GIVEN:
                message = f"'{entry.key}' stands in every record and is not declared again"
                self.reader.report(entry.place, message, "delete the line")
            elif not isinstance(entry.value, Entries):
                hint = f"write {entry.key}: {{type: text}}"
                self.reader.report(entry.place, f"'{entry.key}' needs a type", hint)
            else:
                found[entry.key] = self._field(entry.key, entry.value)
        for entry in node:
            if isinstance(entry.value, Entries):
                self._check_required_with(entry.value, found)
        return found

    def _field(self, name: str, node: Entries) -> Field:
        reader = self.reader
        reader.known_keys(node, _FIELD_KEYS, "a field")
        type_ = reader.answer(node, "type", f"the field '{name}' needs a type")
        if type_ and type_ not in TYPES:
            hint = did_you_mean(type_, TYPES, f"the types are {listed(TYPES)}")
            place = place_of(node, "type")
            reader.report(place, f"no type is called '{type_}'", hint, "unknown-type")
        of = node.get("of")
        if type_ == "scores" and of is None:
            of = Text("qualification.dimensions", node.place)
        if type_ == "choice" and of is None:
            hint = "write of: taxonomy.sources, or of: [first, second]"
            reader.report(node.place, f"the choice '{name}' has nothing to choose from", hint)
        return Field(
            name=name,
            type=type_,
            rule=self._rule(node),
            title=reader.text(node, "title") or name.replace("_", " ").capitalize(),
            help=reader.text(node, "help"),
            vocabulary=None if of is None else self._vocabulary(of, name),
            columns=self._columns(name, node) if type_ == "table" else (),
        )

    def _columns(self, name: str, node: Entries) -> tuple[Column, ...]:
        columns = node.get("columns")
        if not isinstance(columns, Entries) or not columns.entries:
            hint = "write columns: {id: text, note: text}"
            self.reader.report(node.place, f"the table '{name}' has no columns", hint)
            return ()
        return tuple(self._column(name, entry.key, entry.value) for entry in columns)

    def _column(self, table: str, name: str, node: Node) -> Column:
        if isinstance(node, Text) and node.value in _COLUMN_TYPES:
            return Column(name, node.value)
        return Column(name, "choice", self._vocabulary(node, f"{table}.{name}"))

    def _vocabulary(self, node: Node, name: str) -> Vocabulary | None:
        """Return the vocabulary that ``of:`` names (``<policy file>.<key>``) or lists."""
        if isinstance(node, Items):
            return Vocabulary(name, {code: code for code in codes_of(node)})
        if isinstance(node, Text) and node.value in self.policy.vocabularies:
            return self.policy.vocabularies[node.value]
        what = node.value if isinstance(node, Text) else "{…}"
        hint = did_you_mean(what, self.policy.vocabularies, "name it as <policy file>.<key>")
        message = f"'{name}' chooses from '{what}', which no policy file has"
        self.reader.report(node.place, message, hint, "unknown-vocabulary")
        return None

    def _rule(self, node: Entries) -> Rule:
        reader = self.reader
        required = reader.text(node, "required") or "always"
        if required not in {"always", "never"} and not required.startswith("with "):
            hint = "write always, never, or with <field>"
            reader.report(place_of(node, "required"), f"required: '{required}'", hint)
        since = reader.text(node, "since")
        if since and parse_date(since) is None:
            hint = "write it as YYYY-MM-DD"
            reader.report(place_of(node, "since"), f"since: '{since}'", hint, "not-a-date")
        provisional = reader.text(node, "provisional") or "false"
        if provisional not in {"true", "false"}:
            hint = "write true, or leave it out"
            reader.report(place_of(node, "provisional"), f"provisional: '{provisional}'", hint)
        return Rule(
            is_required=required == "always",
            required_with=required.removeprefix("with ").strip() if " " in required else "",
            is_provisional=provisional == "true",
            since=parse_date(since),
        )

    def _check_required_with(self, node: Entries, fields: Mapping[str, Field]) -> None:
        required = self.reader.text(node, "required")
        name = required.removeprefix("with ").strip()
        if required.startswith("with ") and name not in fields:
            message = f"required with '{name}', which is no field of this form"
            place, hint = place_of(node, "required"), did_you_mean(name, fields)
            self.reader.report(place, message, hint, "unknown-field")

    def _check_spine(self, kind: str, fields: Mapping[str, Field]) -> None:
        """Report each field that the figures of this kind rest on and the form lacks."""
        place = place_of(self.reader.front, "fields")
        at = place_of(self.reader.front, "filed_as")
        if kind in WITHOUT_DEAL and "deal" in fields:
            message = f"a record of the kind {kind} belongs to no deal, and so into another folder"
            hint = f"write filed_as: {kind}s/… with a folder"
            self.reader.report(at, message, hint, "bad-form")
        elif kind in SPINE and kind not in WITHOUT_DEAL and "deal" not in fields:
            message = f"a {kind} record belongs to a deal, and so into the deal's folder"
            self.reader.report(at, message, "leave out filed_as", "missing-spine-field")
        for name, wanted in SPINE.get(kind, {}).items():
            type_, _, columns = wanted.partition(": ")
            field = fields.get(name)
            present = {column.name for column in field.columns} if field else set()
            lacking = [column for column in columns.split() if column not in present]
            if field is None or field.type != type_:
                message = f"the figures rest on '{name}', a field of type {type_}"
                hint = f"declare it under fields: {name}: {{type: {type_}}}"
            elif lacking:
                message = f"the figures rest on the columns {listed(lacking)} of '{name}'"
                hint = f"declare them under {name}: columns"
            else:
                continue
            self.reader.report(place, message, hint, "missing-spine-field")

    def _sections(self, fields: Mapping[str, Field]) -> dict[str, SectionForm]:
        document = self.reader.document
        scaffold = read_sections(document.body, document.body_line)
        titles = [section.title for section in scaffold if section.level == 2]
        for section in scaffold:
            if section.level != 2 or titles.count(section.title) > 1:
                message = (
                    "the scaffold is made of headings '## …', each once, and what stands below"
                )
                self.reader.report((section.line, 1), message, "mend this part of the scaffold")
        node = self.reader.front.get("sections")
        rules = node.entries if isinstance(node, Entries) else {}
        for entry in rules.values():
            if entry.key not in titles:
                message = f"the scaffold below has no heading '## {entry.key}'"
                hint = did_you_mean(entry.key, titles, "add the heading to the scaffold")
                self.reader.report(entry.place, message, hint, "unknown-section")
            elif not isinstance(entry.value, Entries):
                hint = "write {required: never}, or leave the section out here"
                self.reader.report(entry.place, f"the section '{entry.key}' needs rules", hint)
        found = {}
        for title in titles:
            rule = rules[title].value if title in rules else None
            spec = rule if isinstance(rule, Entries) else Entries({}, (1, 1))
            self.reader.known_keys(spec, _SECTION_KEYS, "a section")
            self._check_required_with(spec, fields)
            paragraphs, bullets = (
                self.reader.number(spec, key, range(1, 100)) if key in spec.entries else None
                for key in ("paragraphs", "bullets")
            )
            found[title] = SectionForm(title, self._rule(spec), paragraphs, bullets)
        return found
