"""The rules for proposals and approvals: what a proposal claims, and what a decision decides.

Whether a change has enough evidence behind it takes two states of the repository: see ``evidence``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from winloss.core.problem import Problem, error
from winloss.core.repository.tree import DEALS, POLICY, RECORDS, TEMPLATES, is_folder_of
from winloss.core.rulebook.people import useless_rows
from winloss.core.text.node import Items, Text
from winloss.core.wording import did_you_mean, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.deals.ledger import Ledger
    from winloss.core.deals.record import Record
    from winloss.core.rulebook.form import Field
    from winloss.core.text.node import Place

EXCHANGE = f"{POLICY}exchange.md"
PLAIN_NAME_HINT = "small letters, digits and -, at most 64, for example timing-over-scored"
_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_ABOUT_ANOTHER_MODEL = ("add", "remove")  # the one has no such dimension yet, the other no longer


def proposals_of(ledger: Ledger) -> list[Record]:
    """Return the proposals, in the order of their paths."""
    return [record for record in ledger.records if record.kind == "proposal"]


def approvals_of(ledger: Ledger) -> list[Record]:
    """Return the decisions of the CRO, in the order of their numbers."""
    return [record for record in ledger.records if record.kind == "approval"]


def audiences_are_shown_coded_answers(ledger: Ledger) -> Iterator[Problem]:
    """Refuse to grant an audience what no form asks for, or what is typed freely (X §4)."""
    for grant in (each for audience in ledger.policy.audiences for each in audience.shows):
        form = ledger.forms.get(grant.kind)
        if form is None and f"{TEMPLATES}{grant.kind}.md" in ledger.tree.files:
            continue  # a form with a mistake has said so itself
        field = form.fields.get(grant.field) if form else None
        coded = [each.name for each in field.columns if each.vocabulary] if field else []
        unknown = [each for each in grant.columns if each not in coded]
        name = f"{grant.kind}.{grant.field}"
        if form is None:
            what = f"there is no form '{grant.kind}'"
            hint = did_you_mean(grant.kind, ledger.forms)
        elif field is None:
            what = f"the form {form.kind} has no field '{grant.field}'"
            hint = did_you_mean(grant.field, form.fields)
        elif field.type == "table" and (unknown or not grant.columns):
            what = f"'{name}' needs columns whose answers are coded"
            hint = f"write {name}. and one or more of {', '.join(coded)}, with dots between"
        elif field.type != "table" and (grant.columns or not _is_coded(field)):
            what = f"'{grant}' is no coded answer, so nothing of it can be published"
            hint = "grant choices, lists of codes, scores, and columns of codes"
        else:
            continue
        yield error(EXCHANGE, grant.place, "not-coded", what, hint)


def _is_coded(field: Field) -> bool:
    return field.type == "scores" or (field.type in {"choice", "list"} and bool(field.vocabulary))


def each_row_of_roles_says_something(ledger: Ledger) -> Iterator[Problem]:
    """Warn of rows of roles.md that say nothing new, or make one address two people."""
    yield from useless_rows(ledger.policy.people)


def is_plain_name(text: str) -> bool:
    """Tell whether a text can be a proposal's id."""
    return _PLAIN_NAME.fullmatch(text) is not None


def a_proposal_has_a_plain_name(ledger: Ledger) -> Iterator[Problem]:
    """Hold a proposal's id to small letters, digits and -: it is a file's name, and cited."""
    for record in proposals_of(ledger):
        name = record.text("id")
        if name and not is_plain_name(name):
            message = f"'{name}' is no id for a proposal"
            hint = PLAIN_NAME_HINT
            yield error(record.path, record.place("id"), "bad-proposal-id", message, hint)


def evidence_comes_with_a_claim(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a dimension or evidence without a claim: nothing could be held against the deals.

    ``claim: TBD`` is no claim either. A proposal that makes none leaves all three open.
    """
    for record in proposals_of(ledger):
        typed = record.document.front.get("claim")
        is_open = typed is None or (isinstance(typed, Text) and is_placeholder(typed.value))
        if not is_open:  # a claim that does not fit has been refused
            continue
        about = [name for name in ("dimension", "evidence") if record.values.get(name)]
        hint = "write the claim, or leave claim, dimension and evidence open"
        if about:
            message = f"'{about[0]}' is answered, and 'claim' is not"
            yield error(record.path, record.place("claim"), "not-answered", message, hint)
        elif isinstance(typed, Text) and typed.value.strip():
            message = f"'claim' is '{typed.value}', which is no claim"
            yield error(record.path, typed.place, "not-answered", message, hint)


def evidence_names_deals(ledger: Ledger) -> Iterator[Problem]:
    """Hold the deals that a proposal cites against those that have records."""
    for record in proposals_of(ledger):
        for deal, place in _cited(record):
            if deal not in ledger.deals and not _has_broken_records(ledger, deal):
                message = f"no record tells of a deal '{deal}'"
                otherwise = "write a deal's id, as its records have it"
                hint = did_you_mean(deal, ledger.deals, otherwise)
                yield error(record.path, place, "unknown-deal", message, hint)


def _cited(record: Record) -> Iterator[tuple[str, Place]]:
    """Yield each deal of the evidence once, with its place."""
    node = record.document.front.get("evidence")
    known = record.codes("evidence") or ()
    places = {
        each.value: each.place
        for each in reversed(node.values if isinstance(node, Items) else ())
        if isinstance(each, Text)
    }
    yield from ((deal, places[deal]) for deal in known)


def _has_broken_records(ledger: Ledger, deal: str) -> bool:
    """Tell whether a deal's folder holds files that could not be read, and have said so."""
    read = {record.path for record in ledger.records}
    return any(
        is_folder_of(path.rpartition("/")[0], deal) and path not in read
        for path in ledger.tree.paths(DEALS)
    )


def a_claim_names_a_dimension(ledger: Ledger) -> Iterator[Problem]:
    """Hold a claim's dimension against the model's, before the change or after.

    Which other model there is cannot be seen here, so a dimension that deals were scored by will
    do, and one that is to be added or removed goes unchecked.
    """
    model = ledger.policy.model.dimensions
    for record in proposals_of(ledger):
        name, claim = record.text("dimension"), record.text("claim")
        if not name or name in model or claim in _ABOUT_ANOTHER_MODEL:
            continue
        scored = {each for record in ledger.records for each in record.scores()}
        known = [*model, *sorted(scored - {*model})]
        if name not in known:
            message = f"the qualification model has no dimension '{name}'"
            place, hint = record.place("dimension"), did_you_mean(name, known)
            yield error(record.path, place, "unknown-code", message, hint)


def an_approval_decides_a_proposal(ledger: Ledger) -> Iterator[Problem]:
    """Hold the proposal that a decision names against those that are there (X §5, step 3)."""
    names = [record.text("id") for record in proposals_of(ledger)]
    for record in approvals_of(ledger):
        name = record.text("proposal")
        # A proposal that cannot be read has said so itself.
        path = f"{RECORDS}proposals/{name}.md"
        is_there = path in ledger.tree.files or path in ledger.tree.unreadable
        if name and name not in names and not is_there:
            message = f"there is no proposal '{name}'"
            hint = did_you_mean(name, names, "name a file of records/proposals/, without .md")
            yield error(record.path, record.place("proposal"), "unknown-proposal", message, hint)


def a_proposal_is_approved_once(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a second approval of the same content: one of the two says nothing."""
    first: dict[tuple[str, str], Record] = {}
    for record in approvals_of(ledger):
        what = record.text("proposal"), record.text("digest")
        if record.text("decision") != "approved" or not all(what):
            continue
        earlier = first.setdefault(what, record)
        if earlier is not record:
            message = f"'{what[0]}' was approved with the same digest in {earlier.path}"
            place = record.place("digest")
            yield error(record.path, place, "approved-twice", message, "delete one of the two")
