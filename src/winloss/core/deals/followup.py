"""The rules of reviews and touchpoints: one function for each (R §3, §4, §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.days import Quarter
from winloss.core.deals.values import is_answered
from winloss.core.problem import Problem, error
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from winloss.core.deals.ledger import Ledger
    from winloss.core.deals.record import Record

_KINDS = ("day-30", "day-60", "touchpoint")


def _reviews(ledger: Ledger) -> Iterator[Record]:
    return (record for record in ledger.records if record.kind == "day-60")


def a_review_decides(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a review without an outcome, or with ``none`` beside another one (R §4)."""
    for record in _reviews(ledger):
        outcomes = record.codes("outcomes")
        if outcomes == ():
            message = "the review has no outcome"
            hint = "write outcomes: [none] when there is no opportunity now"
            yield error(record.path, record.place("outcomes"), "no-outcome", message, hint)
        elif outcomes is not None and "none" in outcomes and len(outcomes) > 1:
            others = listed(code for code in outcomes if code != "none")
            message = f"'none' stands beside {others}, and can only stand alone"
            hint = f"delete none, or {others}"
            yield error(record.path, record.place("outcomes"), "none-and-more", message, hint)


def a_renewal_has_its_price(ledger: Ledger) -> Iterator[Problem]:
    """Hold a renewal's price against the policy's, or the approval of another one (R §4)."""
    renewal = ledger.policy.renewal
    for record in _reviews(ledger):
        price, approver = record.values.get("price"), record.text("price_approved_by")
        is_renewal = "renewal" in (record.codes("outcomes") or ())
        if is_renewal and "price" not in record.document.front.entries:
            message = "a renewal needs its price"
            hint = f"write price: {renewal.price}"
            yield error(record.path, record.place("outcomes"), "no-price", message, hint)
        elif is_renewal and not is_answered(record.document.front.get("price")):
            message, hint = "the renewal's price is not answered", f"write price: {renewal.price}"
            yield error(record.path, record.place("price"), "no-price", message, hint)
        if price is not None and not is_renewal:
            message = "there is a price, and no renewal among the outcomes"
            hint = "add renewal to the outcomes, or delete the price"
            problem = error(record.path, record.place("price"), "price-alone", message, hint)
            yield problem.as_warning()
        wanted = renewal.price_approved_by
        if price not in {None, renewal.price} and approver != wanted:
            field = "price_approved_by" if approver else "price"
            title = ledger.policy.vocabulary("roles.roles").title(wanted)
            message = f"the price is {price}, not {renewal.price}: only the {title} approves that"
            hint = f"write price_approved_by: {wanted} if so, or price: {renewal.price}"
            yield error(record.path, record.place(field), "price-not-approved", message, hint)


def no_price_is_negative(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a price below nothing, whoever approved it (R §4)."""
    for record in _reviews(ledger):
        price = record.values.get("price")
        if isinstance(price, int) and price < 0:
            message = f"the price is {price}"
            hint = f"write price: {ledger.policy.renewal.price}, in dollars"
            yield error(record.path, record.place("price"), "negative-price", message, hint)


def what_is_done_was_decided(ledger: Ledger) -> Iterator[Problem]:
    """Refuse an action done for an outcome that the review does not have."""
    for record in _reviews(ledger):
        outcomes = record.codes("outcomes") or ()
        for code in record.codes("actions_done") or ():
            if code not in outcomes or code not in ledger.policy.renewal.actions:
                message = f"'{code}' is done, and is no outcome of this review that asks for it"
                hint = f"the outcomes are: {', '.join(outcomes)}"
                place = record.place("actions_done")
                yield error(record.path, place, "nothing-to-do", message, hint)


def check_back_names_a_quarter(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a ``check_back`` that is no quarter, or one that was over before the review (R §4)."""
    first_month = ledger.policy.first_month
    for record in _reviews(ledger):
        text, held_on = record.text("check_back"), record.day("held_on")
        quarter = Quarter.parse(text, first_month)
        if text and quarter is None:
            message = f"'{text}' is no quarter"
        elif quarter is not None and held_on is not None and quarter.last_day < held_on:
            message = f"{quarter} was over before this review"
        else:
            continue
        hint = "write the quarter in which to ask again, for example 2027-Q1"
        yield error(record.path, record.place("check_back"), "not-a-quarter", message, hint)


def a_day_has_one_review(ledger: Ledger) -> Iterator[Problem]:
    """Refuse two reviews of one deal on one day: the two may say different things."""
    for deal in ledger.deals.values():
        first: dict[date, Record] = {}
        for record in deal.all("day-60"):
            held_on = record.day("held_on")
            earlier = first.setdefault(held_on, record) if held_on else record
            if earlier is not record:
                message = f"{earlier.path} is a review of the same day"
                hint = "keep one of the two"
                place = record.place("held_on")
                yield error(record.path, place, "duplicate-record", message, hint)


def a_touchpoint_follows_a_review(ledger: Ledger) -> Iterator[Problem]:
    """Warn of a touchpoint before the first review: it answers nothing that is owed (R §6)."""
    for deal in ledger.deals.values():
        days = [record.day("held_on") for record in deal.all("day-60")]
        for record in deal.all("touchpoint") if None not in days else ():
            held_on = record.day("held_on")
            if deal.delivery and held_on and not any(day <= held_on for day in days if day):
                message = f"deal {deal.id} has had no Day 60 review by {held_on}"
                hint = f"run: winloss new day-60 --deal {deal.id}"
                place = record.place("held_on")
                problem = error(record.path, place, "no-review", message, hint)
                yield problem.as_warning()


def a_follow_up_follows_a_delivery(ledger: Ledger) -> Iterator[Problem]:
    """Warn of a review or touchpoint without a delivery: no clock runs for it (R §2)."""
    for deal in ledger.deals.values():
        path = f"{deal.folder}/post-delivery.md"
        if deal.delivery or path in ledger.tree.files or path in ledger.tree.unreadable:
            continue
        for record in deal.records:
            if record.kind in _KINDS:
                message = f"deal {deal.id} has no post-delivery record: nobody knows its Day 0"
                hint = f"run: winloss new post-delivery --deal {deal.id}"
                place = record.place("deal")
                problem = error(record.path, place, "no-delivery", message, hint)
                yield problem.as_warning()
