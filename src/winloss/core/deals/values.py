"""Read one value as its field's type has it, and report what does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as declared
from typing import TYPE_CHECKING

from winloss.core.days import parse_date
from winloss.core.problem import Problem, error
from winloss.core.text.node import Entries, Items, Node, Place, Text
from winloss.core.text.reader import WHOLE_NUMBER
from winloss.core.wording import did_you_mean, is_placeholder, listed

if TYPE_CHECKING:
    from datetime import date

    from winloss.core.deals.record import Row, Value
    from winloss.core.rulebook.form import Column, Field
    from winloss.core.rulebook.policy import Policy, Vocabulary

# Cells that only the deal's other records can judge: an origin may be an id of the handoff, and a
# flag may name a dimension of the model that the handoff was scored under. ``rules`` holds them.
DIMENSIONS = "qualification.dimensions"
JUDGED_LATER = {("friction", "origin"), ("flags", "dimension")}


def is_answered(node: Node | None, vocabulary: Vocabulary | None = None) -> bool:
    """Tell whether a value answers: ``[]`` does, a placeholder or an empty mapping does not.

    A code of the vocabulary answers even where it looks like a placeholder (``none``).
    """
    if isinstance(node, Text):
        is_code = vocabulary is not None and node.value in vocabulary.titles
        return is_code or not is_placeholder(node.value)
    if isinstance(node, Entries):  # {Monday.com item} is a mapping to YAML, a blank to a person
        return any(is_answered(entry.value) for entry in node)
    return node is not None


@dataclass(frozen=True, slots=True)
class ValueReading:
    """One field of one record being read. ``model`` is the model version that the record names.

    ``misfits`` gathers, in words, what is refused of a provisional field: it is only warned of, and
    must not be lost.
    """

    path: str
    field: Field
    policy: Policy
    model: str
    problems: list[Problem]
    misfits: list[str] = declared(default_factory=list)

    def value(self, node: Node, *, owed: bool) -> Value | None:
        """Return the value that a node holds; None when a problem was reported instead."""
        if self.field.type == "list":
            return self._list(node)
        if self.field.type == "table":
            return self._table(node, owed=owed)
        if self.field.type == "scores":
            return self._scores(node)
        return self._scalar(self.field.name, self.field.type, self.field.vocabulary, node)

    def _scalar(
        self, name: str, type_: str, vocabulary: Vocabulary | None, node: Node
    ) -> str | date | int | None:
        if not isinstance(node, Text):
            what = "a list" if isinstance(node, Items) else "a group of fields"
            hint = "put the text in quotes if it begins with [ or {"
            self._refuse(node, "wrong-type", f"'{name}' is {what}, not one value", hint)
            return None
        text = node.value
        if type_ == "date":
            day = parse_date(text)
            if day is None:
                message = f"'{name}' is '{text}', which is not a day of the calendar"
                hint = "write it as YYYY-MM-DD, for example 2026-06-12"
                self._refuse(node, "not-a-date", message, hint)
            return day
        if type_ == "integer":
            if WHOLE_NUMBER.fullmatch(text):
                return int(text)
            message = f"'{name}' is '{text}', which is not a whole number"
            self._refuse(node, "not-a-number", message, "write digits only, for example 2500")
            return None
        if vocabulary is not None and text not in vocabulary.titles:
            if vocabulary.name == DIMENSIONS and self._is_of_another_model:
                return text
            self._unknown_code(name, text, vocabulary, node.place)
            return text if self.field.rule.is_provisional else None
        return text

    @property
    def _is_of_another_model(self) -> bool:
        """Whether the record names a model other than the one that this policy holds."""
        return self.model not in {"", str(self.policy.model.version)}

    def _unknown_code(self, name: str, code: str, vocabulary: Vocabulary, place: Place) -> None:
        message = f"'{code}' is not among the {vocabulary.name} that '{name}' chooses from"
        if vocabulary.name == name:  # the form lists the answers itself
            message = f"'{code}' is no answer to '{name}'"
        hint = did_you_mean(code, vocabulary.titles)
        if len(code.split()) > 1 and all(word in vocabulary.titles for word in code.split()):
            hint = f"put a comma between them: {', '.join(code.split())}"
        self._report(place, "unknown-code", message, hint)

    def _list(self, node: Node) -> tuple[str, ...] | None:
        if not isinstance(node, Items):
            message = f"'{self.field.name}' is a list and must stand in brackets"
            hint = f"write {self.field.name}: [first, second], or [] when there is none"
            self._refuse(node, "wrong-type", message, hint)
            return None
        found: list[str] = []
        for item in node.values:
            text = self._scalar(self.field.name, "text", self.field.vocabulary, item)
            if isinstance(text, str) and text in found:
                message = f"'{text}' stands twice in '{self.field.name}'"
                self._report(item.place, "duplicate-item", message, "delete one of them")
            elif isinstance(text, str) and (self._is_listed(text) or not is_placeholder(text)):
                found.append(text)
            elif isinstance(text, str):
                message = f"an item of '{self.field.name}' is not answered"
                self._report(item.place, "not-answered", message, "write it, or write []")
        return tuple(found) if found or not node.values else None  # refused is not "none observed"

    def _is_listed(self, text: str) -> bool:
        """Tell whether an item was held against the codes; another model's are not known here."""
        vocabulary = self.field.vocabulary
        is_open = self.field.rule.is_provisional
        return vocabulary is not None and (text in vocabulary.titles or is_open)

    def _scores(self, node: Node) -> dict[str, str] | None:
        if not isinstance(node, Entries):
            hint = "write one 'dimension: level' a line below it"
            self._refuse(node, "wrong-type", f"'{self.field.name}' has no levels", hint)
            return None
        if self._is_of_another_model:
            return {
                entry.key: entry.value.value
                for entry in node
                if isinstance(entry.value, Text) and is_answered(entry.value)
            }
        return self._current_scores(node)

    def _current_scores(self, node: Entries) -> dict[str, str]:
        dimensions = self.policy.model.dimensions
        for entry in node:
            if entry.key not in dimensions:
                message = f"the qualification model has no dimension '{entry.key}'"
                hint = did_you_mean(entry.key, dimensions)
                self._refuse(entry.value, "unknown-code", message, hint, entry.place)
        found: dict[str, str] = {}
        for name, dimension in dimensions.items():
            level = node.get(name)
            known = listed(dimension.levels)
            if level is None or not is_answered(level):
                place = node.place if level is None else level.place
                message = f"'{self.field.name}' does not answer '{name}'"
                self._report(place, "not-answered", message, f"write {name}: one of {known}")
            elif not isinstance(level, Text) or level.value not in dimension.levels:
                what = level.value if isinstance(level, Text) else "a list"
                message = f"'{what}' is no level of '{name}'"
                hint = did_you_mean(what, dimension.levels)
                self._refuse(level, "unknown-code", message, hint)
            else:
                found[name] = level.value
        return found

    def _table(self, node: Node, *, owed: bool) -> tuple[Row, ...] | None:
        if not isinstance(node, Items):
            names = ", ".join(column.name for column in self.field.columns)
            hint = f"write each row as '- ' with {names}; or [] when there is none"
            self._refuse(node, "wrong-type", f"'{self.field.name}' is a table of rows", hint)
            return None
        # A table that is only owed later may stand there with its blanks (X §2, "Post-mortem").
        may_wait = bool(self.field.rule.required_with) and not owed
        rows = tuple(self._row(row, may_wait=may_wait) for row in node.values)
        return rows if any(rows) or not rows else None  # blank rows alone are no answer

    def _row(self, node: Node, *, may_wait: bool) -> Row:
        columns = {column.name: column for column in self.field.columns}
        if not isinstance(node, Entries):
            hint = f"write '- {self.field.columns[0].name}: …' and the other columns below it"
            message = f"this row of '{self.field.name}' is no row"
            self._refuse(node, "wrong-type", message, hint)
            return {}
        for entry in node:
            if entry.key not in columns:
                message = f"'{self.field.name}' has no column '{entry.key}'"
                hint = did_you_mean(entry.key, columns)
                place = entry.place  # never softened: no page would show what stands here
                self.problems.append(error(self.path, place, "unknown-field", message, hint))
        if not may_wait and not is_answered(node):
            names = ", ".join(columns)
            hint = f"write {names}; or {self.field.name}: [] when there is none"
            message = f"this row of '{self.field.name}' is not answered"
            self._report(node.place, "not-answered", message, hint)
            return {}
        row: Row = {}
        for column in self.field.columns:
            cell = node.get(column.name)
            if cell is not None and is_answered(cell, column.vocabulary):
                value = self._cell(column, cell)
                if value is not None:
                    row[column.name] = value
            elif not may_wait:
                place = node.place if cell is None else cell.place
                message = f"'{column.name}' of this row of '{self.field.name}' is not answered"
                hint = choices(column.vocabulary) or f"write {column.name}: …"
                self._report(place, "not-answered", message, hint)
        return row

    def _cell(self, column: Column, node: Node) -> str | date | int | None:
        is_judged_later = (self.field.name, column.name) in JUDGED_LATER
        vocabulary = None if is_judged_later else column.vocabulary
        return self._scalar(f"{self.field.name}.{column.name}", column.type, vocabulary, node)

    def _refuse(
        self, node: Node, slug: str, message: str, hint: str, place: Place | None = None
    ) -> None:
        """Report what does not fit; of a provisional field, keep it in words."""
        self._report(place or node.place, slug, message, hint)
        if self.field.rule.is_provisional:
            self.misfits.append(as_typed(node))

    def _report(self, place: Place, slug: str, message: str, hint: str) -> None:
        problem = error(self.path, place, slug, message, hint)
        is_open = self.field.rule.is_provisional
        self.problems.append(problem.as_warning() if is_open else problem)


def choices(vocabulary: Vocabulary | None) -> str:
    """Return the codes to choose from as a mend."""
    if vocabulary is None:
        return ""
    return "one of " * (len(vocabulary.titles) > 1) + listed(vocabulary.titles)


def how_to_answer(field: Field) -> str:
    """Return the mend for a field without an answer."""
    if field.type == "table":
        columns = ", ".join(column.name for column in field.columns)
        return f"write rows with {columns}; or {field.name}: [] when there is none"
    if field.type == "list":
        known = f", any of {listed(field.vocabulary.titles)}" if field.vocabulary else ""
        return f"write {field.name}: [first, second]{known}; or [] when there is none"
    if field.type == "scores":
        return "write a level for each dimension"
    if field.type == "choice":
        return f"write {field.name}: {choices(field.vocabulary)}"
    if field.type == "date":
        return f"write {field.name}: YYYY-MM-DD"
    return f"write {field.name}: …" + (f" ({field.help})" if field.help else "")


def as_typed(node: Node) -> str:
    """Return a value in words, for a page that must not drop what it cannot understand."""
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Items):
        return "; ".join(as_typed(each) for each in node.values)
    return ", ".join(f"{entry.key}: {as_typed(entry.value)}" for entry in node)
