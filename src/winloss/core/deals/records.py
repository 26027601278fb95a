"""Read a document through its form, and report every answer that is missing or does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from winloss.core.days import parse_date
from winloss.core.deals.record import Record, Value, is_owed
from winloss.core.deals.values import ValueReading, how_to_answer, is_answered
from winloss.core.problem import Problem, error
from winloss.core.text.body import Section, read_sections
from winloss.core.text.node import Node, Place, Text
from winloss.core.wording import DEAL_ID_HINT, did_you_mean, is_deal_id, with_article

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.core.rulebook.form import Field, Form, Rule, SectionForm
    from winloss.core.rulebook.policy import Policy
    from winloss.core.text.document import Document


def read_record(document: Document, form: Form, policy: Policy) -> tuple[Record, list[Problem]]:
    """Read a document through its form; the record holds what could be read."""
    reading = _Reading(document, form, policy)
    return reading.record(), reading.problems


class _Reading:
    """One record being read."""

    def __init__(self, document: Document, form: Form, policy: Policy) -> None:
        self.document = document
        self.form = form
        self.policy = policy
        self.front = document.front
        self.problems: list[Problem] = []
        filed_on = self.front.get("date")
        self.filed_on = parse_date(filed_on.value) if isinstance(filed_on, Text) else None
        model = self.front.get("model")
        self.model = model.value if isinstance(model, Text) else ""

    def record(self) -> Record:
        values: dict[str, Value] = {}
        misfits: dict[str, str] = {}
        for field in self.form.fields.values():
            node, owed = self.front.get(field.name), self._is_owed(field.rule)
            if is_answered(node, field.vocabulary):
                reading = ValueReading(
                    self.document.path, field, self.policy, self.model, self.problems
                )
                value = reading.value(cast("Node", node), owed=owed)
                if value is not None:
                    values[field.name] = value
                if reading.misfits:
                    misfits[field.name] = "; ".join(reading.misfits)
            elif owed:
                self._not_answered(field, node)
        for entry in self.front:
            if entry.key not in self.form.fields:
                message = f"the form {self.form.kind} has no field '{entry.key}'"
                hint = did_you_mean(entry.key, self.form.fields)
                self._report(entry.place, "unknown-field", message, hint)
        self._check_given(values)
        self._check_later_parts(values)
        return Record(self.document, self.form, values, self._sections(), misfits)

    def _is_owed(self, rule: Rule) -> bool:
        field = self.form.fields.get(rule.required_with)
        node = self.front.get(rule.required_with)
        with_answered = is_answered(node, field.vocabulary if field else None)
        return is_owed(rule, self.filed_on, with_answered=with_answered)

    def _not_answered(self, field: Field, node: Node | None) -> None:
        place = (self.document.body_line - 1, 1) if node is None else node.place
        what = f"'{field.name}' is not answered"
        if node is None:
            what = f"'{field.name}' is missing"
        if field.rule.required_with:
            what += f", and '{field.rule.required_with}' is answered"
        self._report(place, "not-answered", what, how_to_answer(field), field.rule)

    def _check_given(self, values: Mapping[str, Value]) -> None:
        deal, filer, model = values.get("deal"), values.get("filed_by"), values.get("model")
        if isinstance(deal, str) and not is_deal_id(deal):
            place = cast("Node", self.front.get("deal")).place
            self._report(place, "bad-deal-id", f"'{deal}' cannot be a deal's id", DEAL_ID_HINT)
        if isinstance(filer, str) and filer != self.form.filed_by:
            place = cast("Node", self.front.get("filed_by")).place
            what = with_article(self.form.kind)
            message = f"{what} record is filed by {self.form.filed_by}, not '{filer}'"
            hint = f"write filed_by: {self.form.filed_by}"
            self._report(place, "wrong-filer", message, hint)
        if isinstance(model, int) and not 1 <= model <= self.policy.model.version:
            place = cast("Node", self.front.get("model")).place
            newest = self.policy.model.version
            message = f"there is no version {model} of the qualification model"
            self._report(place, "unknown-model", message, f"the newest version is {newest}")

    def _check_later_parts(self, values: Mapping[str, Value]) -> None:
        """Warn of an answer that belongs to a later part of the record, whose day is left open."""
        for part in self.form.later_parts:
            early = [
                field.name
                for field in self.form.fields.values()
                if field.rule.required_with == part.name and isinstance(values.get(field.name), str)
            ]
            if early and part.name not in values:
                place = cast("Node", self.front.get(early[0])).place
                message = f"'{early[0]}' is answered, and '{part.name}' is not"
                problem = error(
                    self.document.path, place, "no-day", message, f"write {part.name}: YYYY-MM-DD"
                )
                self.problems.append(problem.as_warning())

    def _sections(self) -> dict[str, Section]:
        forms = self.form.sections
        found: dict[str, Section] = {}
        self._check_comments()
        for section in read_sections(self.document.body, self.document.body_line):
            place = (section.line, 1)
            if section.level == 0:
                if section.answers:
                    hint = f"move it below one of the headings: {', '.join(forms)}"
                    message = "this text stands under no heading, so no page would show it"
                    self._report(place, "text-outside-section", message, hint)
            elif section.title in found:
                message = f"the section '{section.title}' stands twice"
                self._report(place, "duplicate-section", message, "join the two")
            elif section.level == 1 or section.title not in forms:
                message = f"the form {self.form.kind} has no section '{section.title}'"
                hint = did_you_mean(section.title, forms)
                if section.title in forms:
                    hint = f"write it with two signs: ## {section.title}"
                self._report(place, "unknown-section", message, hint)
            else:
                found[section.title] = section
        for form in forms.values():
            self._check_section(form, found.get(form.title))
        return {title: section for title, section in found.items() if section.answers}

    def _check_comments(self) -> None:
        """Refuse a comment without end: everything after it would be guidance, and not be read."""
        body = self.document.body
        opened = body.rfind("<!--")
        if opened >= 0 and "-->" not in body[opened:]:
            line = self.document.body_line + body.count("\n", 0, opened)
            column = opened - body.rfind("\n", 0, opened)
            message = "this comment is never closed, and hides everything below"
            self._report((line, column), "unclosed-comment", message, "write --> at its end")

    def _check_section(self, form: SectionForm, section: Section | None) -> None:
        place = (self.document.body_line, 1) if section is None else (section.line, 1)
        if section is None or not section.answers:
            if self._is_owed(form.rule):
                slug = "missing-section" if section is None else "not-answered"
                what = "is missing" if section is None else "is not answered"
                hint = f"write your answer below a line '## {form.title}'"
                self._report(place, slug, f"the section '{form.title}' {what}", hint, form.rule)
            return
        answers = section.answers
        if form.paragraphs is not None and len(answers) > form.paragraphs:
            most = "one paragraph" if form.paragraphs == 1 else f"{form.paragraphs} paragraphs"
            message = f"'{form.title}' has {len(answers)} paragraphs or bullets; {most} at most"
            self._report(
                place, "too-many-paragraphs", message, "shorten it to what decides", form.rule
            )
        listed = [block for block in answers if block.is_in_bullets]
        bullets = sum(block.is_bullet and block.depth == 1 for block in listed)
        others = len(answers) - len(listed)
        if form.bullets is not None and (bullets != form.bullets or others):
            wanted = "one bullet" if form.bullets == 1 else f"{form.bullets} bullets"
            has = f"{bullets or 'no'} bullet{'s' if bullets != 1 else ''}"
            if others:
                has += f" and {others} other paragraph{'s' if others != 1 else ''}"
            message = f"'{form.title}' wants exactly {wanted} and has {has}"
            hint = "begin each bullet with '- ', at the start of its line"
            if not others:
                more = abs(form.bullets - bullets)
                hint = f"write {more} more" if bullets < form.bullets else f"join {more} to another"
            self._report(place, "wrong-bullets", message, hint, form.rule)

    def _report(
        self, place: Place, slug: str, message: str, hint: str, rule: Rule | None = None
    ) -> None:
        problem = error(self.document.path, place, slug, message, hint)
        is_open = rule is not None and rule.is_provisional
        self.problems.append(problem.as_warning() if is_open else problem)
