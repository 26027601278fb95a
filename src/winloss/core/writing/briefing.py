"""What a deal's records tell whoever speaks with the customer next, for the body of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.owed.schedule import obligations
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.deals.record import Record


def briefing(ledger: Ledger, deal: Deal | None, kind: str, today: date) -> dict[str, object]:
    """Return what a form's body may print of a deal (``form.SAMPLE`` has an example of each).

    ``found`` and ``promised`` are what the customer was told, ``heard`` what has been heard since.
    """
    delivered = deal.delivery.day("delivered_on") if deal and deal.delivery else None
    return {
        "delivered": str(delivered or ""),
        "due": _due(ledger, deal, kind, today),
        "found": list(_found(ledger, deal)) if deal else [],
        "promised": list(_promised(ledger, deal)) if deal else [],
        "heard": [each for record in deal.records for each in _heard(ledger, record)]
        if deal
        else [],
    }


def _due(ledger: Ledger, deal: Deal | None, kind: str, today: date) -> str:
    """Return the day by which the deal's next record of a kind is due; empty when it has none."""
    owed = [
        each.due
        for each in obligations(ledger, today)
        if deal and each.deal == deal.id and each.kind == kind and each.is_open and each.due
    ]
    return str(min(owed)) if owed else ""


def _found(ledger: Ledger, deal: Deal) -> Iterator[str]:
    titles = ledger.policy.vocabulary("taxonomy.pattern_codes")
    codes = deal.delivery.codes("pattern_codes") if deal.delivery else None
    return (titles.title(code) for code in codes or ())


def _promised(ledger: Ledger, deal: Deal) -> Iterator[dict[str, str]]:
    """Yield each signal and expectation of the handoff, with what the post-mortem answered."""
    titles = ledger.policy.vocabulary("exchange.answers")
    for table in ("signals", "expectations"):
        for row, answer in deal.answered(table):
            if "id" in row:
                held = titles.title(str(answer["answer"])).lower() if "answer" in answer else ""
                note = f"{held}: {answer['note']}" if "note" in answer else held
                yield {"id": str(row["id"]), "note": str(row.get("note", "")), "answer": note}


def _heard(ledger: Ledger, record: Record) -> Iterator[str]:
    """Yield what a check-in, review or touchpoint heard, as one line each."""
    when = f"{record.form.title}, {record.day(record.form.counts_on)}"
    for field, vocabulary, what in (
        ("cro_flags", "renewal.cro_flags", "flagged to the CRO"),
        ("signals", "renewal.signals", "signals"),
        ("outcomes", "renewal.outcomes", "outcome"),
    ):
        titles = ledger.policy.vocabulary(vocabulary)
        codes = record.codes(field)
        if codes:
            yield f"{when}, {what}: {listed(titles.title(code) for code in codes)}"
    if record.text("check_back"):
        yield f"{when}: check back in {record.text('check_back')}"


def open_signals(ledger: Ledger, deal: Deal) -> list[str]:
    """Return the signals that touchpoints heard after the last review, each once (R §6)."""
    reviews = [record.day("held_on") for record in deal.all("day-60")]
    last = max((day for day in reviews if day is not None), default=None)
    return list(
        dict.fromkeys(
            code
            for record in deal.all("touchpoint")
            for day in [record.day("held_on")]
            if last is not None and day is not None and day > last
            for code in record.codes("signals") or ()
            if ledger.policy.renewal.reopens((code,))
        )
    )
