"""All that a repository records: its policy, its forms, its records, and the deals they tell of.

Every file below ``records/`` is a policy file, a record, the receipts of Monday.com, or set aside
with a stated reason; or it has an error that says why it is none of these.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from winloss.core.deals.receipts import read_receipts
from winloss.core.deals.record import rows_of
from winloss.core.deals.records import read_record
from winloss.core.problem import Problem, error
from winloss.core.repository.tree import POLICY, RECEIPTS, RECORDS, TEMPLATES, is_rule
from winloss.core.rulebook.dues import check_dues
from winloss.core.rulebook.forms import read_form
from winloss.core.rulebook.policy import read_policy
from winloss.core.text.document import Document, read_document, read_text
from winloss.core.text.node import Text
from winloss.core.text.token_shape import text_of, token_problems
from winloss.core.wording import did_you_mean, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from winloss.core.days import Quarter
    from winloss.core.deals.record import Record, Row
    from winloss.core.repository.tree import Tree
    from winloss.core.rulebook.form import Form
    from winloss.core.rulebook.policy import Policy
    from winloss.core.text.node import Node


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal is what its records say of it; they stand in the order in which they were filed."""

    id: str
    records: tuple[Record, ...]

    def record(self, kind: str) -> Record | None:
        """Return the deal's first record of a kind."""
        return next((record for record in self.records if record.kind == kind), None)

    def all(self, kind: str) -> tuple[Record, ...]:
        """Return the deal's records of a kind."""
        return tuple(record for record in self.records if record.kind == kind)

    @property
    def handoff(self) -> Record | None:
        """What sales.ops handed over: the pre-delivery record of a deal that was won."""
        return self.record("pre-delivery")

    @property
    def delivery(self) -> Record | None:
        """What customer.success found: the post-delivery record."""
        return self.record("post-delivery")

    @property
    def loss(self) -> Record | None:
        """Why it was not won: the closed-lost record."""
        return self.record("closed-lost")

    @property
    def customer(self) -> str:
        """The customer's name as first recorded; empty when no record names one."""
        return self.named_by.text("customer")

    @property
    def named_by(self) -> Record:
        """The record that names the customer; the first one when none does."""
        naming = (record for record in self.records if record.text("customer"))
        return next(naming, self.records[0])

    @property
    def expected_on(self) -> date | None:
        """The day on which the handoff expected the delivery."""
        return self.handoff.day("delivery_expected_on") if self.handoff else None

    @property
    def folder(self) -> str:
        """The folder that holds the deal's records."""
        return self.records[0].path.rpartition("/")[0]

    @property
    def is_judged(self) -> bool:
        """Whether a post-mortem has said how well the delivery went."""
        return self.delivery is not None and bool(self.delivery.text("delivery_quality"))

    def answered(self, table: str) -> list[tuple[Row, Row]]:
        """Return the handoff's signals or expectations, each beside the post-mortem's answer.

        The answer is an empty row where there is none yet.
        """
        answers = {row["id"]: row for row in rows_of(self.delivery, "validation") if "id" in row}
        return [(row, answers.get(row.get("id", ""), {})) for row in rows_of(self.handoff, table)]

    def promised(self) -> dict[str, str]:
        """Return the signals and expectations of the handoff: id to what was noted."""
        return {
            str(row["id"]): str(row.get("note", ""))
            for table in ("signals", "expectations")
            for row in rows_of(self.handoff, table)
            if "id" in row
        }


@dataclass(frozen=True, slots=True)
class Ledger:
    """A repository, read. ``deals`` are in the order of their ids, ``records`` of their paths.

    ``set_aside`` gives the reason why a file is neither rule nor record.
    """

    tree: Tree
    policy: Policy
    forms: Mapping[str, Form]
    records: tuple[Record, ...]
    deals: Mapping[str, Deal]
    set_aside: Mapping[str, str]

    def without(self, reasons: Mapping[str, str]) -> Ledger:
        """Return the ledger with these files set aside, each for its reason."""
        kept = tuple(record for record in self.records if record.path not in reasons)
        aside = {**self.set_aside, **reasons}
        return replace(self, records=kept, deals=_deals(kept), set_aside=aside)

    def until(self, quarter: Quarter) -> Ledger:
        """Return the ledger as it stands without the records that count in later quarters."""
        kept = tuple(record for record in self.records if not record.counts_after(quarter))
        return replace(self, records=kept, deals=_deals(kept))


def _deals(records: Iterable[Record]) -> dict[str, Deal]:
    by_id: dict[str, list[Record]] = {}
    for record in records:
        if record.deal:
            by_id.setdefault(record.deal, []).append(record)
    return {
        name: Deal(name, tuple(sorted(by_id[name], key=_filing_order))) for name in sorted(by_id)
    }


def _filing_order(record: Record) -> tuple[date, str, str]:
    # A handoff comes first, whenever it was filed; then the order of filing.
    first = date.min if record.kind == "pre-delivery" else record.filed_on or date.max
    return first, record.kind, record.path


def read_ledger(tree: Tree) -> tuple[Ledger | None, list[Problem]]:
    """Read a repository: policy, then forms, then records.

    Returns None beside the problems when the policy or every form is unusable: nothing can then be
    said of any record. What spans records is checked by ``rules``.
    """
    documents, set_aside, problems = _read_files(tree)
    policy, faults = read_policy(
        {
            path.removeprefix(POLICY).removesuffix(".md"): document
            for path, document in documents.items()
            if path.startswith(POLICY)
        }
    )
    # A policy file that cannot be read has said so itself.
    problems += [each for each in faults if each.path not in tree.files or each.path in documents]
    problems += _records_among_the_rules(documents)
    if policy is None:
        return None, problems
    forms: dict[str, Form] = {}
    broken: set[str] = set()
    for path in (path for path in tree.paths(TEMPLATES) if not _not_ours(path)):
        form = None
        if path in documents:
            form, faults = read_form(documents[path], policy)
            problems += faults
        if form is not None:
            forms[form.kind] = form
        else:
            broken.add(path.removeprefix(TEMPLATES).removesuffix(".md"))
    if not broken:  # a form that cannot be read may hold the date
        problems += check_dues(forms)
    if not forms:
        hint = "restore the templates/ folder from git"
        problems.append(error("templates", (1, 1), "no-forms", "there is no usable form", hint))
        return None, problems
    records: list[Record] = []
    for path, document in documents.items():
        if not path.startswith(RECORDS) or path.startswith(POLICY):
            continue
        kind = document.front.get("kind")
        if isinstance(kind, Text) and kind.value in broken:
            set_aside[path] = f"its form {TEMPLATES}{kind.value}.md has errors"
        elif isinstance(kind, Text) and kind.value in forms:
            record, faults = read_record(document, forms[kind.value], policy)
            records.append(record)
            problems += faults
        else:
            problems.append(_unknown_kind(document, kind, forms))
    return Ledger(tree, policy, forms, tuple(records), _deals(records), set_aside), problems


def _records_among_the_rules(documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Refuse a record in the policy's folder: it would be counted as a rule, and never read."""
    for path, document in documents.items():
        kind = document.front.entries.get("kind")
        if path.startswith(POLICY) and kind is not None:
            message = "a record does not belong among the rules"
            hint = "move it to records/deals/<year>/<deal>/"
            yield error(path, kind.place, "misplaced", message, hint)


def _read_files(tree: Tree) -> tuple[dict[str, Document], dict[str, str], list[Problem]]:
    """Return the documents in the order of their paths, what is set aside, and the problems."""
    documents: dict[str, Document] = {}
    set_aside: dict[str, str] = {}
    problems = list(tree.unreadable.values())
    for path in sorted(tree.files):
        if path == RECEIPTS:  # neither a record nor set aside: no page tells of it
            problems += read_receipts(tree.files[path])[1]
            continue
        reason = _not_ours(path)
        if not reason:
            document, faults = read_document(path, tree.files[path], is_rule=is_rule(path))
            problems += faults
            if document is not None:
                documents[path] = document
        elif path.startswith(TEMPLATES) and path.endswith(".j2"):
            problems += read_text(path, tree.files[path])[1]
        else:
            problems += token_problems(path, text_of(tree.files[path]))
        if reason and path.startswith(RECORDS):
            set_aside[path] = reason
    return documents, set_aside, problems


def _not_ours(path: str) -> str:
    """Return why a file is neither rule nor record; empty when it is one of them."""
    name = path.rpartition("/")[2]
    if not name.endswith(".md"):
        return "not a Markdown file"
    if name.lower() == "readme.md":
        return "a README, not a record"
    if path.startswith(TEMPLATES) and path.count("/") > 1:
        return "not a form"
    return ""


def _unknown_kind(document: Document, kind: Node | None, forms: Mapping[str, Form]) -> Problem:
    """Return the problem of a record that is written on no form."""
    place = document.front.place if kind is None else kind.place
    if isinstance(kind, Text) and not is_placeholder(kind.value):
        message = f"there is no form for the kind '{kind.value}'"
        hint = did_you_mean(kind.value, forms)
        return error(document.path, place, "unknown-kind", message, hint)
    message = "the record does not say what kind it is"
    hint = f"write kind: one of {', '.join(sorted(forms))}"
    return error(document.path, place, "not-answered", message, hint)
