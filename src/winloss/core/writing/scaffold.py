"""Begin a new record from its form: every field with its help, prefilled from what is known."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winloss.core.problem import CannotGoOn, stop
from winloss.core.repository.tree import DEALS, RECORDS, is_folder_of
from winloss.core.rulebook.form import GIVEN, NUMBER, file_name, number_in
from winloss.core.text.front import parse_value
from winloss.core.text.node import Entries, Items, Node, Text
from winloss.core.text.template import fill
from winloss.core.wording import DEAL_ID_HINT, did_you_mean, is_deal_id, is_reserved, slug, visible
from winloss.core.writing.briefing import briefing, open_signals
from winloss.core.writing.lines import Filled, field_lines, with_section

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.rulebook.form import Field, Form
    from winloss.core.rulebook.model import Model


@dataclass(slots=True)
class Scaffold:
    """A record about to be written: answers and guidance by field, and paragraphs by section."""

    form: Form
    values: dict[str, Filled] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)

    def set(self, name: str, text: str) -> None:
        """Answer a field or a section as ``--set`` has it.

        ``name`` is a field, ``scores.<dimension>``, ``<table>.<id>.<column>`` or a section's
        title. Raises CannotGoOn when the form has none of these.
        """
        first, _, rest = name.partition(".")
        known = self.form.fields.get(first)
        if name in self.form.sections:
            self.sections[name] = text
        elif known is None or name in GIVEN:
            names = [each for each in (*self.form.fields, *self.form.sections) if each not in GIVEN]
            hint = did_you_mean(name, names)
            raise stop(f"the form {self.form.kind} has no field '{visible(name)}' to set", hint)
        elif rest:
            self._set_part(known, rest, text)
        else:
            self.values[name] = _value(known, text)

    def _set_part(self, known: Field, rest: str, text: str) -> None:
        if known.type == "scores":
            levels = self.values.setdefault(known.name, {})
            assert isinstance(levels, dict)  # noqa: S101 - only scores are set by dimension
            levels[rest] = text
            return
        row_id, _, column = rest.partition(".")
        rows = self.values.get(known.name)
        columns = [each.name for each in known.columns]
        if known.type != "table" or column not in columns or not isinstance(rows, list):
            hint = "write --set field=value, or --set table.id.column=value for a row that is there"
            raise stop(f"'{visible(known.name)}.{visible(rest)}' cannot be set", hint)
        for row in rows:
            if isinstance(row, dict) and row.get("id") == row_id:
                row[column] = text
                return
        raise stop(f"'{known.name}' has no row '{visible(row_id)}' to set", "")

    def text(self, data: Mapping[str, object]) -> str:
        """Return the record's text; ``data`` is what the form's body may print."""
        form = self.form
        lines = ["---", f"kind: {form.kind}"]
        for known in form.fields.values():
            if known.name != "kind":
                notes = self.notes.get(known.name, ())
                lines += field_lines(known, self.values.get(known.name), notes)
        body = fill(form.path, form.scaffold, data, first_line=form.scaffold_line, is_markdown=True)
        for title, text in self.sections.items():
            body = with_section(body, title, text)
        return "\n".join([*lines, "---", body])


def scaffold(ledger: Ledger, form: Form, deal_id: str, filed_on: date, customer: str) -> Scaffold:
    """Begin a record: its deal, customer, date and filer, and what earlier records say.

    A validation gets one row for every signal and expectation of the handoff (X §2), and a review
    that was opened again the signals that did so (R §6). What was held is held today.
    """
    draft = Scaffold(form)
    deal = ledger.deals.get(deal_id)
    given = {
        "deal": deal_id,
        "customer": customer or (deal.customer if deal else ""),
        "date": str(filed_on),
        "filed_by": form.filed_by,
        "model": str(ledger.policy.model.version),
        "held_on": str(filed_on),
    }
    for name, value in given.items():
        if name in form.fields and value:
            draft.values[name] = value
    for known in form.fields.values():
        if known.type == "scores":
            draft.values[known.name] = dict.fromkeys(ledger.policy.model.dimensions, "")
            draft.notes[known.name] = _levels(ledger.policy.model)
    if deal is not None and "outcomes" in form.fields and "signals" in form.fields:
        heard = open_signals(ledger, deal)
        if heard:
            draft.values["signals"] = heard
    validation = form.fields.get("validation")
    if validation is not None and deal is not None and deal.promised():
        columns = [column.name for column in validation.columns]
        draft.values["validation"] = [
            {column: name if column == "id" else "" for column in columns}
            for name in deal.promised()
        ]
        draft.notes["validation"] = [f"{name}: {note}" for name, note in deal.promised().items()]
    return draft


def _levels(model: Model) -> list[str]:
    """Return the levels to choose from, dimension by dimension where they differ."""
    levels = {name: ", ".join(each.levels) for name, each in model.dimensions.items()}
    if len(set(levels.values())) == 1:
        return [f"one of: {next(iter(levels.values()))}"]
    return [f"{name}: one of {each}" for name, each in levels.items()]


def record_path(ledger: Ledger, draft: Scaffold, deal_id: str, filed_on: date) -> str:
    """Return where a new record goes: the deal's folder, or a new one under the year.

    Raises CannotGoOn when the deal's id, or a name that the path takes from a field, cannot name a
    file on every system.
    """
    texts = {name: value for name, value in draft.values.items() if isinstance(value, str)}
    form, deal = draft.form, ledger.deals.get(deal_id)
    earlier = deal.all(form.kind) if deal else ()
    # One that is still being written, or of the same day, is not followed by another.
    is_again = bool(earlier) and not any(
        record.unanswered() or str(record.day(form.counts_on)) == texts.get(form.counts_on)
        for record in earlier
    )
    pattern = form.filed_again_as if is_again and form.filed_again_as else form.filed_as
    texts.setdefault(NUMBER, next_number(ledger, form))
    name = file_name(pattern, texts)
    for part in pattern.replace("}", "{").split("{")[1::2]:
        value = texts.get(part, "")
        if not value:
            raise stop(f"the file's name needs {part}", f"add --set {part}=…")
        if not is_deal_id(value):
            raise stop(f"{part} '{visible(value)}' cannot be part of a file's name", DEAL_ID_HINT)
    assert name is not None  # noqa: S101 - every part of it was just found
    if not draft.form.is_per_deal:
        return f"{RECORDS}{name}"
    if not is_deal_id(deal_id):
        what = "is reserved" if is_reserved(deal_id) else "cannot be a deal's id"
        raise stop(f"'{visible(deal_id)}' {what}; nothing was written", DEAL_ID_HINT)
    return f"{_folder(ledger, deal_id, str(texts.get('customer', '')), filed_on)}/{name}"


def missing_in_name(draft: Scaffold) -> list[str]:
    """Return the fields that the file's name is made of and that nobody has answered yet."""
    parts = draft.form.filed_as.replace("}", "{").split("{")[1::2]
    return [name for name in parts if name != NUMBER and not draft.values.get(name)]


def next_number(ledger: Ledger, form: Form) -> str:
    """Return the four digits that follow the highest among the names of a form's files.

    Files that cannot be read count, too. The form belongs to no deal.
    """
    names = (path.removeprefix(RECORDS) for path in ledger.tree.paths(RECORDS))
    numbers = [int(number_in(form.filed_as, {}, name) or 0) for name in names]
    return f"{max(numbers, default=0) + 1:04}"


def _folder(ledger: Ledger, deal_id: str, customer: str, filed_on: date) -> str:
    """Return the folder of a deal: its own, one that is named for it, or a new one."""
    deal = ledger.deals.get(deal_id)
    if deal is not None:
        return deal.folder
    taken = {each.folder: each.id for each in ledger.deals.values()}
    for folder, other in taken.items():
        if folder.rpartition("/")[2] == deal_id:
            raise stop(f"'{deal_id}' is the folder of a deal, not its id", f"write --deal {other}")
    for path in ledger.tree.paths(DEALS):
        folder = path.rpartition("/")[0]
        if folder not in taken and is_folder_of(folder, deal_id):
            return folder
    named = "-".join(part for part in (deal_id, slug(customer)) if part)
    return f"{DEALS}{filed_on.year:04}/{named}"


def lost_on_the_way(draft: Scaffold, front: Entries) -> list[str]:
    """Return the fields that do not read back as they were answered."""
    return [
        name
        for name, value in draft.values.items()
        if value and _composed(value) != _composed(_as_data(front.get(name)))
    ]


def _as_data(node: Node | None) -> object:
    if isinstance(node, Items):
        return [_as_data(each) for each in node.values]
    if isinstance(node, Entries):
        return {entry.key: _as_data(entry.value) for entry in node}
    return node.value if node is not None else ""


def _composed(data: object) -> str:
    return unicodedata.normalize("NFC", repr(data))


def template_data(
    ledger: Ledger, draft: Scaffold, deal: Deal | None, day: date
) -> dict[str, object]:
    """Return what a form's body may print (``SAMPLE`` has an example of each)."""
    customer = draft.values.get("customer") or (deal.customer if deal else "")
    return {
        "deal": str(draft.values.get("deal", "")),
        "customer": customer if isinstance(customer, str) else "",
        "today": str(draft.values.get("date", "")),
        "model": ledger.policy.model.version,
        **briefing(ledger, deal, draft.form.kind, day),
    }


def _value(known: Field, text: str) -> Filled:
    """Return what ``--set`` gives a field: words for a list, rows for a table, else the text."""
    if known.type not in {"list", "table", "scores"}:
        return text
    if known.type == "list" and not text.strip().startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        node = parse_value(text)
    except CannotGoOn as cause:
        hint = f"write --set '{known.name}=[{{id: S1, note: …}}]', or {known.name}=[]"
        raise stop(f"--set {known.name}: {cause.problems[0].message}", hint) from None
    return _plain_data(known, node)


def _plain_data(known: Field, node: Node) -> Filled:
    if known.type == "scores" and isinstance(node, Entries):
        return {each.key: _word(known, each.value) for each in node}
    if isinstance(node, Items) and known.type == "list":
        return [_word(known, item) for item in node.values]
    if isinstance(node, Items) and known.type == "table":
        rows = [item for item in node.values if isinstance(item, Entries)]
        if len(rows) == len(node.values):
            return [{each.key: _word(known, each.value) for each in row} for row in rows]
    hint = "see the form in templates/ for how it is written"
    raise stop(f"--set {known.name}: this is no value of type {known.type}", hint)


def _word(known: Field, node: Node) -> str:
    if not isinstance(node, Text):
        raise stop(f"--set {known.name}: values nest too deep", "")
    return node.value
