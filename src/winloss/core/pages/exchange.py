"""A record as the exchange block of X §3: ten labels, in their order."""

from __future__ import annotations

from html import escape as html_escape
from typing import TYPE_CHECKING

from winloss.core.deals.record import rows_of
from winloss.core.text.template import fill_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.deals.record import Record

TEMPLATE = "exchange.txt.j2"
NONE_OBSERVED = "none observed"
NOT_ANSWERED = "not answered yet"
NOT_ASKED = "not asked at this stage"
RECOMMENDATION = "Recommendation for future qualification refinement"


def exchange_block(ledger: Ledger, record: Record) -> str:
    """Return the block as plain text, to paste into Monday.com.

    What the record's own form does not ask is taken from the deal's earlier records. "None
    observed" and "not answered yet" are told apart (X §3, "if any").
    """
    deal = ledger.deals.get(record.deal)
    answers = {
        "scores": _scores,
        "pattern_codes": _pattern_codes,
        "signals": _signals,
        "friction": _friction,
        "recommendation": _recommendation,
    }
    return fill_page(
        ledger.tree,
        TEMPLATE,
        {
            "deal": record.deal or NOT_ASKED,
            "direction": record.form.direction,
            "stage": record.form.stage,
            "filed_by": record.text("filed_by") or NOT_ANSWERED,
            "date": str(record.filed_on or NOT_ANSWERED),
            **{
                name: _answer(name, list(answer(ledger, source)), source, record, deal)
                for name, answer in answers.items()
                for source in [_source(name, record, deal)]
            },
        },
    )


def as_html(block: str) -> str:
    """Return the block as HTML, for an update in Monday.com.

    Its lines end also where the service takes ``<pre>`` off.
    """
    lines = html_escape(block.rstrip("\n")).split("\n")
    return f"<pre>{'<br>'.join(lines)}</pre>\n"


def said_in(record: Record) -> list[str]:
    """Return every bullet of a record: of a check-in the three that R §3 asks for."""
    return [each for section in record.sections.values() for each in section.bullets]


def as_list(bullets: Iterable[str]) -> str:
    """Return bullets as HTML."""
    return f"<ul>{''.join(f'<li>{html_escape(each)}</li>' for each in bullets)}</ul>\n"


def _source(name: str, record: Record, deal: Deal | None) -> Record:
    """Return the record that answers a label: this one, or the latest before it that is asked."""
    if _asks(record, name) or deal is None:
        return record
    earlier = deal.records[: deal.records.index(record)]
    return next((each for each in reversed(earlier) if _asks(each, name)), record)


def _asks(record: Record, name: str) -> bool:
    return name in record.form.fields or (
        name == "recommendation" and RECOMMENDATION in record.form.sections
    )


def _answer(
    name: str, lines: list[str], source: Record, record: Record, deal: Deal | None
) -> dict[str, object]:
    """Return a label's answer as its first line and the others."""
    if not lines:
        is_answered = name in source.values or name in source.sections
        # What a later stage asks of this deal may still come; a lost deal has no later stage.
        may_come = _asks(source, name) or (deal is not None and record is deal.handoff)
        lines = [NONE_OBSERVED if is_answered else NOT_ANSWERED if may_come else NOT_ASKED]
    return {"first": lines[0], "others": lines[1:]}


def _scores(ledger: Ledger, record: Record) -> Iterator[str]:
    dimensions = ledger.policy.model.dimensions
    for name, level in record.scores().items():
        yield f"{dimensions[name].title if name in dimensions else name}: {level}"


def _pattern_codes(ledger: Ledger, record: Record) -> Iterator[str]:
    vocabulary = ledger.policy.vocabulary("taxonomy.pattern_codes")
    for code in record.codes("pattern_codes") or ():
        yield f"{code} ({vocabulary.title(code)})"


def _signals(ledger: Ledger, record: Record) -> Iterator[str]:
    dimensions = ledger.policy.vocabulary("qualification.dimensions")
    sources = ledger.policy.vocabulary("taxonomy.sources")
    for row in rows_of(record, "signals"):
        about = dimensions.title(str(row.get("dimension", "")))
        source = sources.title(str(row.get("source", "")))
        yield f"{row.get('id', '')} {about}: {row.get('note', '')} [{source}]"
    titles = ledger.policy.vocabulary("renewal.signals")
    for code in record.codes("signals") or ():  # what a review or touchpoint heard
        weight = ledger.policy.renewal.weights.get(code, "unspecified")
        yield f"{titles.title(code)} [weight: {weight}]"


def _friction(ledger: Ledger, record: Record) -> Iterator[str]:
    codes = ledger.policy.vocabulary("taxonomy.friction")
    origins = ledger.policy.vocabulary("taxonomy.friction_origins")
    deal = ledger.deals.get(record.deal)
    promised = deal.promised() if deal else {}
    for row in rows_of(record, "friction"):
        origin = str(row.get("origin", ""))
        said = f"{origin}, {promised[origin]}" if origin in promised else origins.title(origin)
        title = codes.title(str(row.get("code", "")))
        yield f"{title}: {row.get('note', '')} [from {said}]"


def _recommendation(ledger: Ledger, record: Record) -> Iterator[str]:  # noqa: ARG001 - one shape
    section = record.sections.get(RECOMMENDATION)
    if section is not None:
        yield " · ".join(block.text for block in section.answers)
