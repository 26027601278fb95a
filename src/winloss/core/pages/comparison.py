"""The quarter in short, beside the one before, and won deals beside lost ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.pages.coverage import days, missing_row
from winloss.core.rulebook.policy import ANSWERS
from winloss.core.text.escape import Markdown, inline
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.core.deals.record import Record
    from winloss.core.pages.figures import Rollup
    from winloss.core.pages.findings import Data
    from winloss.core.pages.naming import Naming


def headline(rollup: Rollup, naming: Naming) -> Data:
    """Return what the first five lines say of a quarter."""
    return {
        "won": naming.names(rollup.won),
        "lost": naming.names(rollup.lost),
        "undecided": naming.names(rollup.undecided),
        "delivered": naming.names(deal.id for deal in rollup.delivered),
        "well": naming.names(rollup.delivered_well),
        "judged": naming.names(deal.id for deal in rollup.delivered if deal.is_judged),
        "unjudged": naming.names(deal.id for deal in rollup.delivered if not deal.is_judged),
        "signals": _held(rollup, "signals", naming),
        "expectations": _held(rollup, "expectations", naming),
        "patterns": _most(rollup.patterns, "taxonomy.pattern_codes", naming),
        "friction": _most(
            {each.code: each.deals for each in rollup.friction}, "taxonomy.friction", naming
        ),
        "reviewed": naming.names(dict.fromkeys(rollup.reviews.held)),
        "renewed": naming.names(dict.fromkeys(rollup.reviews.ended)),
        "has_records": bool(rollup.accounts.counted),
        "missing": [missing_row(each, naming) for each in rollup.missing],
    }


def _most(found: Mapping[str, tuple[str, ...]], vocabulary: str, naming: Naming) -> list[Data]:
    """Return the codes of most deals, where these are more than one; of a tie, all."""
    most = max((len(deals) for deals in found.values()), default=0)
    return [
        {"title": naming.title(vocabulary, code), "names": naming.names(deals)}
        for code, deals in found.items()
        if len(deals) == most > 1
    ]


def _held(rollup: Rollup, table: str, naming: Naming) -> Data:
    """Return how the signals or expectations of the deliveries were answered."""
    answers = [
        (str(answer["answer"]), deal.id)
        for deal in rollup.delivered
        for _, answer in deal.answered(table)
        if "answer" in answer
    ]
    held = {deal for code, deal in answers if code == "held"}
    codes = [code for code, _ in answers]
    return {
        "count": len(answers),
        "names": naming.names(sorted(held)),
        **{code: codes.count(code) for code in ANSWERS},
    }


def versus(now: Data, then: Data) -> list[Data]:
    """Return the outcomes of the quarter beside those of the one before, deals named."""
    rows = [
        {"title": title, "now": _counted(now[key]), "then": _counted(then[key])}
        for title, key in (
            ("Won", "won"),
            ("Lost", "lost"),
            ("No decision", "undecided"),
            ("Delivered", "delivered"),
            ("Deals reviewed at Day 60", "reviewed"),
            ("Expansion or renewal", "renewed"),
        )
        if now[key] or then[key]
    ]
    if now["judged"] or then["judged"]:
        well = [
            _counted(each["well"], _k_of_n(len(each["well"]), len(each["judged"]), "none judged"))
            for each in (now, then)
        ]
        rows.append({"title": "Delivered well", "now": well[0], "then": well[1]})
    for title, key in (("Signals that held", "signals"), ("Expectations met", "expectations")):
        if now[key]["count"] or then[key]["count"]:
            cells = [
                _counted(each[key]["names"], _k_of_n(each[key]["held"], each[key]["count"]))
                for each in (now, then)
            ]
            rows.append({"title": title, "now": cells[0], "then": cells[1]})
    return rows


def _k_of_n(part: int, whole: int, nothing: str = "none answered") -> str:
    return f"{part} of {whole}" if whole else nothing


def _counted(names: list[str], count: str = "") -> Markdown:
    """Return how many, and which: ``2: Contoso and Litware``."""
    figure = count or str(len(names))
    return Markdown(f"{figure}: {listed(inline(name) for name in names)}" if names else figure)


def deal_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return each deal of the quarter: what happened, and the records that say so."""
    counted = {record.path for record in rollup.accounts.counted}
    rows = []
    for deal in rollup.ledger.deals.values():
        records = [record for record in deal.records if record.path in counted]
        if records:
            links = ", ".join(naming.link(record.path, record.kind) for record in records)
            rows.append(
                {
                    "id": deal.id,
                    "name": deal.customer or "not named",
                    "events": [_event(record, rollup, naming) for record in records],
                    "records": Markdown(links),
                }
            )
    return rows


def _event(record: Record, rollup: Rollup, naming: Naming) -> str:
    """Return what a record tells of its deal, with the day that makes it count here."""
    day = record.day(record.form.counts_on)
    if record.kind == "pre-delivery":
        return f"won, handed off {day}, delivery expected {record.day('delivery_expected_on')}"
    if record.kind == "closed-lost":
        outcome = naming.title("exchange.closed_outcomes", record.text("outcome"))
        return f"{outcome.lower()}, closed {day}"
    if record.kind == "post-delivery":
        quality = naming.title("exchange.delivery_quality", record.text("delivery_quality"))
        postmortem = record.day("postmortem_on")
        how = f"quality {quality.lower()}" if quality else "post-mortem open"
        how += f" (post-mortem {postmortem})" if postmortem else ""
        expected = rollup.ledger.deals[record.deal].expected_on
        if expected is not None and day is not None and day > expected:
            how = f"{days((day - expected).days)} later than expected, {how}"
        is_filed_later = record.filed_on is not None and not rollup.quarter.holds(record.filed_on)
        return f"delivered {day}, {how}" + (f", filed {record.filed_on}" if is_filed_later else "")
    return f"{record.form.title}, {day}"


def reason_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return why each deal of the quarter was not won."""
    return [
        {
            "title": naming.title("taxonomy.loss_reasons", code),
            "name": naming.name(deal_id),
            "outcome": naming.title("exchange.closed_outcomes", loss.text("outcome")),
            "source": naming.title("taxonomy.sources", loss.text("source")),
            "competitor": loss.text("competitor") or "none named",
        }
        for code, deal_ids in rollup.loss_reasons.items()
        for deal_id in deal_ids
        for loss in [rollup.ledger.deals[deal_id].loss]
        if loss is not None
    ]


def score_rows(rollup: Rollup, naming: Naming) -> Data:
    """Return how the deals handed off or closed in the quarter were scored, won beside lost."""
    model = rollup.ledger.policy.model
    scored = [
        record
        for record in rollup.accounts.counted
        if record.kind in {"pre-delivery", "closed-lost"} and record.scores()
    ]
    names = dict.fromkeys([*model.dimensions, *(name for each in scored for name in each.scores())])
    return {
        "dimensions": [naming.dimension(name) for name in names],
        "deals": [
            {
                "name": naming.name(record.deal),
                "outcome": _outcome_of(record, naming),
                "points": _points(record, rollup),
                "levels": [record.scores().get(name, "not scored") for name in names],
            }
            for record in sorted(scored, key=lambda each: (each.kind != "pre-delivery", each.path))
        ],
    }


def _outcome_of(record: Record, naming: Naming) -> str:
    if record.kind == "pre-delivery":
        return "Won"
    return naming.title("exchange.closed_outcomes", record.text("outcome"))


def _points(record: Record, rollup: Rollup) -> str:
    """Return the points by today's model; a deal scored under another one has none here."""
    model = rollup.ledger.policy.model
    if record.values.get("model") != model.version:
        return f"scored under model {record.values.get('model', 'unknown')}"
    if set(model.dimensions) - set(record.scores()):
        return "not fully scored"
    levels = record.scores().items()
    points = sum(model.dimensions[name].levels.get(level, 0) for name, level in levels)
    return f"{points}" if points >= model.qualified_at else f"{points}, below {model.qualified_at}"
