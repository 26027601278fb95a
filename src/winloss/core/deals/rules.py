"""The rules that span records: one function for each, named for what it checks, listed once.

Every rule is a function of the ledger and yields problems with the place to mend.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from winloss.core.deals.followup import (
    a_day_has_one_review,
    a_follow_up_follows_a_delivery,
    a_renewal_has_its_price,
    a_review_decides,
    a_touchpoint_follows_a_review,
    check_back_names_a_quarter,
    no_price_is_negative,
    what_is_done_was_decided,
)
from winloss.core.deals.governance import (
    a_claim_names_a_dimension,
    a_proposal_has_a_plain_name,
    a_proposal_is_approved_once,
    an_approval_decides_a_proposal,
    audiences_are_shown_coded_answers,
    each_row_of_roles_says_something,
    evidence_comes_with_a_claim,
    evidence_names_deals,
)
from winloss.core.deals.ledger import read_ledger
from winloss.core.deals.placement import (
    a_deal_has_one_record_of_a_kind,
    each_deal_has_one_folder,
    each_folder_has_one_deal,
    folder_and_deal_agree,
    names_are_portable,
    policy_files_hold_rules,
    records_stand_where_their_kind_belongs,
)
from winloss.core.problem import CannotGoOn, Problem, error
from winloss.core.rulebook.form import SAMPLE
from winloss.core.wording import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.deals.record import Record
    from winloss.core.repository.tree import Tree

# Dates that can only come in this order, within a deal: each not before the one it is held against.
_ORDER = (
    ("pre-delivery.delivery_expected_on", "pre-delivery.handoff_on"),
    ("post-delivery.delivered_on", "pre-delivery.handoff_on"),
    ("post-delivery.date", "post-delivery.delivered_on"),
    ("post-delivery.postmortem_on", "post-delivery.delivered_on"),
    ("closed-lost.date", "closed-lost.closed_on"),
    *(
        pair
        for kind in ("day-30", "day-60", "touchpoint")
        for pair in (
            (f"{kind}.held_on", "post-delivery.delivered_on"),
            (f"{kind}.date", f"{kind}.held_on"),
        )
    ),
)
_HALF_A_YEAR = 182  # days


def check(tree: Tree) -> tuple[Ledger | None, tuple[Problem, ...]]:
    """Read a repository and return it beside every problem of its files and between them, sorted.

    The ledger is None when the policy or every form is unusable.
    """
    ledger, found = read_ledger(tree)
    if ledger is not None:
        for rule in RULES:
            found.extend(rule(ledger))
    return ledger, tuple(sorted(set(found)))


def customers_agree(ledger: Ledger) -> Iterator[Problem]:
    """Hold the customer's name in every record of a deal against the first."""
    for deal in ledger.deals.values():
        for record in deal.records:
            name = record.text("customer")
            if name and name != deal.customer:
                message = f"the customer is '{name}' here and '{deal.customer}' before"
                hint = "write one name in all records of the deal"
                place = record.place("customer")
                yield error(record.path, place, "customer-differs", message, hint)


def handoff_ids_are_unique(ledger: Ledger) -> Iterator[Problem]:
    """Refuse an id that names two signals or expectations of one handoff."""
    for deal in ledger.deals.values():
        seen: set[str] = set()
        for record, table, index, name in _named_rows(deal):
            if name in seen:
                message = f"the id '{name}' is used twice in this record"
                place = record.place(table, index, "id")
                hint = "give each signal and expectation an id of its own"
                yield error(record.path, place, "duplicate-id", message, hint)
            seen.add(name)


def _named_rows(deal: Deal) -> Iterator[tuple[Record, str, int, str]]:
    if deal.handoff is not None:
        for table in ("signals", "expectations"):
            for index, row in enumerate(deal.handoff.rows(table) or ()):
                if "id" in row:
                    yield deal.handoff, table, index, str(row["id"])


def _handoff_is_not_broken(ledger: Ledger, deal: Deal) -> bool:
    """Tell whether a handoff that is not there is missing, and no file with errors of its own."""
    path = f"{deal.folder}/pre-delivery.md"
    is_there = path in ledger.tree.files or path in ledger.tree.unreadable
    return deal.handoff is not None or not is_there


def validation_answers_every_id_once(ledger: Ledger) -> Iterator[Problem]:
    """Hold the post-mortem's answers against what the handoff listed (X §2, signal validation)."""
    for deal in ledger.deals.values():
        record = deal.delivery
        if record is None or deal.handoff is None:
            continue
        promised, answered = deal.promised(), set()
        for index, row in enumerate(record.rows("validation") or ()):
            name, place = str(row.get("id", "")), record.place("validation", index, "id")
            if name and name not in promised:
                message = f"the pre-delivery record has no signal or expectation '{name}'"
                hint = did_you_mean(name, promised)
                yield error(record.path, place, "unknown-id", message, hint)
            elif name in answered:
                message = f"'{name}' is answered twice"
                yield error(record.path, place, "duplicate-id", message, "keep one answer")
            answered.add(name)
        missing = [name for name in promised if name not in answered]
        if missing and record.day("postmortem_on"):
            message = f"the validation does not answer {listed(missing)}"
            hint = "add a row for each; 'unknown' is an answer"
            yield error(record.path, record.place("validation"), "id-not-answered", message, hint)


def friction_origins_exist(ledger: Ledger) -> Iterator[Problem]:
    """Hold each friction's origin against the handoff's ids and the codes for other origins."""
    codes = ledger.policy.vocabulary("taxonomy.friction_origins").titles
    for deal in ledger.deals.values():
        record = deal.delivery
        if record is None or not _handoff_is_not_broken(ledger, deal):
            continue
        known = [*deal.promised(), *codes]
        is_open = record.form.fields["friction"].rule.is_provisional
        for index, row in enumerate(record.rows("friction") or ()):
            origin = row.get("origin")
            if origin is not None and origin not in known:
                message = f"the origin '{origin}' is neither an id of the handoff nor a known code"
                place = record.place("friction", index, "origin")
                hint = did_you_mean(str(origin), known)
                problem = error(record.path, place, "unknown-origin", message, hint)
                yield problem.as_warning() if is_open else problem


def flags_name_a_dimension(ledger: Ledger) -> Iterator[Problem]:
    """Hold a flag's dimension against the model: today's, or the one that the handoff names.

    Who claims that a dimension is to be added names one that no model has yet.
    """
    for deal in ledger.deals.values():
        record = deal.delivery
        if record is None:
            continue
        scored = deal.handoff.scores() if deal.handoff else {}
        known = list(dict.fromkeys([*ledger.policy.model.dimensions, *scored]))
        for index, row in enumerate(record.rows("flags") or ()):
            name = row.get("dimension")
            if name is not None and name not in known and row.get("claim") != "add":
                message = f"the qualification model has no dimension '{name}'"
                place = record.place("flags", index, "dimension")
                hint = did_you_mean(str(name), known)
                yield error(record.path, place, "unknown-code", message, hint)


def dates_come_in_a_possible_order(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a date before another that it can only follow."""
    for deal in ledger.deals.values():
        for later, earlier in _ORDER:
            (kind, field), (first_kind, first_field) = later.split("."), earlier.split(".")
            for record in deal.all(kind):
                first = record if kind == first_kind else deal.record(first_kind)
                day, first_day = record.day(field), first.day(first_field) if first else None
                if day is not None and first_day is not None and day < first_day:
                    message = f"{field} {day} lies before {first_field} {first_day}"
                    hint = "mend whichever date is wrong"
                    place = record.place(field)
                    yield error(record.path, place, "impossible-order", message, hint)


def dates_of_a_record_lie_together(ledger: Ledger) -> Iterator[Problem]:
    """Warn of a record filed half a year from its own date: most often a slip in the year."""
    for record in ledger.records:
        day, filed = record.day(record.form.counts_on), record.filed_on
        if day is not None and filed is not None and abs((filed - day).days) > _HALF_A_YEAR:
            message = f"{record.form.counts_on} {day} lies far from date {filed}"
            hint = "if the year is right, leave it"
            place = record.place(record.form.counts_on)
            yield error(record.path, place, "unlikely-date", message, hint).as_warning()


def a_lost_deal_has_no_delivery(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a delivery of a deal that was lost, and warn of its handoff.

    A deal may be cancelled after the handoff; X has no record for that, so it is won and lost.
    """
    for deal in ledger.deals.values():
        if deal.loss is None:
            continue
        place = deal.loss.place("deal")
        if deal.delivery is not None:
            message = (
                f"deal {deal.id} is closed as lost here, and delivered in {deal.delivery.path}"
            )
            hint = "remove the record that is wrong"
            yield error(deal.loss.path, place, "lost-and-delivered", message, hint)
        elif deal.handoff is not None:
            message = f"deal {deal.id} was handed off: it counts as won, and here as not won"
            hint = "leave it if the deal was cancelled after the handoff"
            yield error(deal.loss.path, place, "lost-and-won", message, hint).as_warning()


def a_delivery_follows_a_handoff(ledger: Ledger) -> Iterator[Problem]:
    """Warn of a delivery without handoff: nothing can be held against it (X §2)."""
    for deal in ledger.deals.values():
        record = deal.delivery
        if record and deal.handoff is None and _handoff_is_not_broken(ledger, deal):
            message = f"deal {deal.id} has no pre-delivery record to hold the delivery against"
            hint = f"ask sales.ops: winloss new pre-delivery --deal {deal.id}"
            problem = error(record.path, record.place("deal"), "no-handoff", message, hint)
            yield problem.as_warning()


def scaffolds_can_be_filled(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a form whose body only ``winloss new`` would find to be no template."""
    for form in ledger.forms.values():
        if "{{" in form.scaffold or "{%" in form.scaffold or "{#" in form.scaffold:
            yield from _faults_of_scaffold(form.path, form.scaffold, form.scaffold_line)


@lru_cache(100)
def _faults_of_scaffold(path: str, scaffold: str, first_line: int) -> tuple[Problem, ...]:
    # Imported here: check is to start fast, and not every form has such a body.
    from winloss.core.text.template import fill  # noqa: PLC0415

    try:
        fill(path, scaffold, SAMPLE, first_line=first_line)
    except CannotGoOn as cause:
        return cause.problems
    return ()


RULES = (
    scaffolds_can_be_filled,
    names_are_portable,
    policy_files_hold_rules,
    each_row_of_roles_says_something,
    records_stand_where_their_kind_belongs,
    folder_and_deal_agree,
    each_deal_has_one_folder,
    each_folder_has_one_deal,
    a_deal_has_one_record_of_a_kind,
    customers_agree,
    handoff_ids_are_unique,
    validation_answers_every_id_once,
    friction_origins_exist,
    flags_name_a_dimension,
    dates_come_in_a_possible_order,
    dates_of_a_record_lie_together,
    a_lost_deal_has_no_delivery,
    a_delivery_follows_a_handoff,
    a_follow_up_follows_a_delivery,
    a_touchpoint_follows_a_review,
    a_day_has_one_review,
    a_review_decides,
    a_renewal_has_its_price,
    no_price_is_negative,
    what_is_done_was_decided,
    check_back_names_a_quarter,
    a_proposal_has_a_plain_name,
    evidence_comes_with_a_claim,
    evidence_names_deals,
    a_claim_names_a_dimension,
    an_approval_decides_a_proposal,
    a_proposal_is_approved_once,
    audiences_are_shown_coded_answers,
)
