"""How far the exchange is from v1.0, and what the records already say to each open item (X §6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.days import Quarter, page_name
from winloss.core.deals.record import rows_of
from winloss.core.owed.schedule import owed_on
from winloss.core.rulebook.policy import ANSWERS
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import date

    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.deals.record import Record

# A month's name; one that is a common word, too, only with a capital.
_MONTH = (
    r"(?:(?i:jan(?:uary)?|feb(?:ruary)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)|Mar(?:ch)?|MARCH|May|MAY)\b\.?"
)
_YEAR = r"(?:19|20)\d\d\b"
_DAY = r"\b(?:0?[1-9]|[12]\d|3[01])"
_ORDINAL = r"(?:st|nd|rd|th)?\b"
_DATE = re.compile(
    rf"""
      \b{_YEAR}-(?:\d\d-\d\d\b|Q[1-4]\b)                                # 2026-06-15, 2026-Q3
    | {_DAY}[./](?:0?[1-9]|[12]\d|3[01])[./]{_YEAR}                      # 15.06.2026, 6/15/2026
    | {_DAY}{_ORDINAL}\.?\s(?:of\s)?{_MONTH}                            # 5 June, 5th of June
    | \b{_MONTH}\s(?:the\s)?{_DAY}{_ORDINAL}(?!\.\d)                    # June 5, June the 5th
    | \b{_MONTH},?\s{_YEAR}                                             # June 2026
    | \bQ[1-4][\s/-]{_YEAR}                                             # Q3 2026
    | \b(?i:by|before|until|till|in|during|of|from|since)\s(?:{_MONTH}|Q[1-4]\b)   # end of Q3
    """,
    re.VERBOSE,
)


def names_a_date(text: str) -> bool:
    """Tell whether a text names a day, a month or a quarter of the calendar by which to be held."""
    return _DATE.search(text) is not None


@dataclass(frozen=True, slots=True)
class SoFar:
    """The records and the filed pages, up to a day; a record among the ``unusable`` has errors."""

    ledger: Ledger
    today: date
    pages: Collection[str]
    unusable: Collection[str] = ()

    @property
    def deals(self) -> list[Deal]:
        """Every deal."""
        return list(self.ledger.deals.values())

    def records(self, kind: str) -> list[Record]:
        """Return every record of a kind."""
        return [record for record in self.ledger.records if record.kind == kind]


def _of(part: Collection[object] | int, whole: Collection[object] | int) -> str:
    k, n = (each if isinstance(each, int) else len(each) for each in (part, whole))
    return f"{k} of {n}"


def _signal_notes(so_far: SoFar) -> Iterator[str]:
    handoffs = so_far.records("pre-delivery")
    rows = [row for record in handoffs for row in rows_of(record, "signals")]
    known = [row for row in rows if "source" in row]
    listing = [record for record in handoffs if rows_of(record, "signals")]
    yield f"signals: {_of(listing, handoffs)} handoffs list some, {len(rows)} in all"
    yield f"signals: {_of(known, rows)} say how they are known"
    expecting = [record for record in handoffs if rows_of(record, "expectations")]
    dated = [
        record
        for record in expecting
        if any(names_a_date(str(row.get("note", ""))) for row in rows_of(record, "expectations"))
    ]
    yield f"expectations: {_of(expecting, handoffs)} handoffs list some"
    yield f"expectations: {_of(dated, expecting)} records name a date"


def _taxonomy(so_far: SoFar) -> Iterator[str]:
    known = so_far.ledger.policy.vocabulary("taxonomy.pattern_codes").titles
    summaries = so_far.records("post-delivery")
    used = {code for record in summaries for code in record.codes("pattern_codes") or ()}
    none_fits = [record for record in summaries if record.codes("pattern_codes") == ()]
    yield f"pattern codes: {_of([code for code in known if code in used], known)} are in use"
    yield f"pattern codes: none fits in {_of(none_fits, summaries)} summaries"


def _friction(so_far: SoFar) -> Iterator[str]:
    summaries = so_far.records("post-delivery")
    answered = [record for record in summaries if record.rows("friction") is not None]
    rows = [row for record in summaries for row in rows_of(record, "friction")]
    promised = [
        row
        for deal in so_far.deals
        for row in rows_of(deal.delivery, "friction")
        if row.get("origin") in deal.promised()
    ]
    odd = [record for record in summaries if "friction" in record.misfits]
    yield f"friction: {_of(answered, summaries)} summaries answer it, {len(rows)} in all"
    yield f"friction: {_of(promised, rows)} come from a signal or expectation of the handoff"
    if odd:
        yield f"friction: {_of(odd, summaries)} summaries do not fit the form"


def _correlation(so_far: SoFar) -> Iterator[str]:
    judged = [deal for deal in so_far.deals if deal.is_judged]
    answers = [
        str(answer.get("answer", "")) for deal in judged for _, answer in deal.answered("signals")
    ]
    counts = ", ".join(f"{answers.count(code)} {code}" for code in ANSWERS)
    flagged = [deal for deal in judged if rows_of(deal.delivery, "flags")]
    answered = [answer for answer in answers if answer]
    yield f"signals: {_of(answered, answers)} answered by a post-mortem: {counts}"
    yield f"flags: {_of(flagged, judged)} post-mortems say what the model got wrong"


def _rollup(so_far: SoFar) -> Iterator[str]:
    policy = so_far.ledger.policy
    quarters = {record.quarter(policy.first_month) for record in so_far.ledger.records}
    ended = sorted(each for each in quarters if each and each.last_day < so_far.today)
    filed = [each for each in ended if f"{policy.rollups}/{page_name(each)}" in so_far.pages]
    yield f"pages: {_of(filed, ended)} ended quarters with records have theirs"


def _timing(so_far: SoFar) -> Iterator[str]:
    form = so_far.ledger.forms.get("post-delivery")
    if form is None or form.due is None:
        return
    owed = owed_on(so_far.ledger, so_far.today, so_far.unusable)
    mine = [each for each in owed if each.kind == form.kind and not each.is_open]
    late = [
        (each.answered_on - each.due).days
        for each in mine
        if each.is_late and each.due and each.answered_on
    ]
    in_time = len(mine) - len(late)
    yield f"summaries: {_of(in_time, len(mine))} filed within {form.due.within}"
    if late:
        by = listed(f"{each} day{'s' if each != 1 else ''}" for each in sorted(late))
        yield f"summaries: {len(late)} came late, by {by}"


# What the records say to each item of X §6, by its code in policy/exchange.md.
_SAID: Mapping[str, Callable[[SoFar], Iterator[str]]] = {
    "signal-notes": _signal_notes,
    "taxonomy": _taxonomy,
    "friction": _friction,
    "correlation": _correlation,
    "rollup": _rollup,
    "timing": _timing,
}


def promotion_data(so_far: SoFar) -> dict[str, object]:
    """Return how far X is from v1.0: its items, the trigger, and what is provisional in use."""
    policy = so_far.ledger.policy
    titles = policy.vocabulary("exchange.open_items")
    promotion = policy.promotion
    return {
        "status": policy.status,
        "open_items": [
            {
                "code": code,
                "title": titles.title(code),
                "done": str(promotion.done[code]) if code in promotion.done else None,
                "records_say": list(_SAID[code](so_far)) if code in _SAID else [],
            }
            for code in promotion.items
        ],
        "trigger": {"title": promotion.trigger, "records_say": list(_trigger(so_far))},
        "path": promotion.path,
        "provisional": {
            "fields": list(_provisional_fields(so_far)),
            "policy": list(policy.provisional),
        },
    }


def _trigger(so_far: SoFar) -> Iterator[str]:
    """Yield what the records say to "First Assessment delivered + Q2 post-mortem" (X, head)."""
    delivered = [
        (day, deal)
        for deal in so_far.deals
        if deal.delivery and (day := deal.delivery.day("delivered_on"))
    ]
    if delivered:
        day, deal = min(delivered, key=lambda each: (each[0], each[1].id))
        yield f"first delivery: {day} ({deal.customer or deal.id})"
    else:
        yield "first delivery: none yet"
    quarter = Quarter.parse(
        so_far.ledger.policy.promotion.quarter, so_far.ledger.policy.first_month
    )
    if quarter is not None:
        mine = [deal for day, deal in delivered if quarter.holds(day)]
        judged = [deal for deal in mine if deal.is_judged]
        yield f"post-mortems of {quarter}: {_of(judged, mine)} deliveries"


def _provisional_fields(so_far: SoFar) -> Iterator[dict[str, object]]:
    """Yield each field and section that the SOP has not settled, and how many records answer it."""
    for _, form in sorted(so_far.ledger.forms.items()):
        records = so_far.records(form.kind)
        for field in form.fields.values():
            if field.rule.is_provisional:
                answered = sum(field.name in record.values for record in records)
                yield _provisional(form.kind, field.title, answered, len(records))
        for section in form.sections.values():
            if section.rule.is_provisional:
                answered = sum(section.title in record.sections for record in records)
                yield _provisional(form.kind, section.title, answered, len(records))


def _provisional(kind: str, field: str, answered: int, records: int) -> dict[str, object]:
    return {"kind": kind, "field": field, "answered": answered, "records": records}
