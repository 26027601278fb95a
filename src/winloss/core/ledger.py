"""All that a repository records: its policy, its forms, its records, and the deals they tell of.

Every file below ``records/`` is a policy file, a record, or set aside with a stated reason; or it
has an error that says why it is none of these.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from winloss.core.document import Document, read_document
from winloss.core.forms import check_due_dates, read_form
from winloss.core.node import Text
from winloss.core.policy import read_policy
from winloss.core.problem import Problem, error
from winloss.core.records import read_record
from winloss.core.tree import POLICY, RECORDS, TEMPLATES
from winloss.core.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from winloss.core.form import Form
    from winloss.core.policy import Policy
    from winloss.core.record import Record
    from winloss.core.tree import Tree


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal is what its records say of it; they stand in the order in which they were filed."""

    id: str
    records: tuple[Record, ...]

    def record(self, kind: str) -> Record | None:
        """Return the deal's first record of a kind."""
        return next((record for record in self.records if record.kind == kind), None)

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
        return next((name for record in self.records if (name := record.text("customer"))), "")

    @property
    def folder(self) -> str:
        """The folder that holds the deal's records."""
        return self.records[0].path.rpartition("/")[0]

    def promised(self) -> dict[str, str]:
        """Return the signals and expectations of the handoff: id to what was noted."""
        if self.handoff is None:
            return {}
        return {
            str(row["id"]): str(row.get("note", ""))
            for table in ("signals", "expectations")
            for row in self.handoff.rows(table) or ()
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
    problems += faults
    if policy is None:
        return None, problems
    forms: dict[str, Form] = {}
    for path, document in documents.items():
        if path.startswith(TEMPLATES):
            form, faults = read_form(document, policy)
            problems += faults
            if form is not None:
                forms[form.kind] = form
    if len(forms) == sum(path.startswith(TEMPLATES) for path in documents):
        problems += check_due_dates(forms)  # a form that cannot be read may hold the date
    if not forms:
        hint = "restore the templates/ folder from git"
        problems.append(error("templates", (1, 1), "no-forms", "there is no usable form", hint))
        return None, problems
    records: list[Record] = []
    for path, document in documents.items():
        if path.startswith(RECORDS) and not path.startswith(POLICY):
            form, faults = _form_of(document, forms, tree)
            if form is not None:
                record, faults = read_record(document, form, policy)
                records.append(record)
            problems += faults
    return Ledger(tree, policy, forms, tuple(records), _deals(records), set_aside), problems


def _read_files(tree: Tree) -> tuple[dict[str, Document], dict[str, str], list[Problem]]:
    """Return the documents in the order of their paths, what is set aside, and the problems."""
    documents: dict[str, Document] = {}
    set_aside: dict[str, str] = {}
    problems = list(tree.unreadable.values())
    for path in sorted(tree.files):
        reason = _not_ours(path)
        if not reason:
            document, faults = read_document(path, tree.files[path])
            problems += faults
            if document is not None:
                documents[path] = document
        elif path.startswith(RECORDS):
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


def _form_of(
    document: Document, forms: Mapping[str, Form], tree: Tree
) -> tuple[Form | None, list[Problem]]:
    """Return the form that a record says it was written on."""
    kind = document.front.get("kind")
    if not isinstance(kind, Text) or not kind.value:
        place = document.front.place if kind is None else kind.place
        hint = f"write kind: one of {', '.join(sorted(forms))}"
        message = "the record does not say what kind it is"
        return None, [error(document.path, place, "not-answered", message, hint)]
    if kind.value in forms:
        return forms[kind.value], []
    if f"{TEMPLATES}{kind.value}.md" in tree.files:
        message = f"this cannot be checked: its form {TEMPLATES}{kind.value}.md has errors"
        return None, [error(document.path, kind.place, "broken-form", message, "mend the form")]
    message = f"there is no form for the kind '{kind.value}'"
    hint = did_you_mean(kind.value, forms)
    return None, [error(document.path, kind.place, "unknown-kind", message, hint)]
