"""The deals of the demonstration: a year of a firm that does not exist, as records.

Written short here, and laid out as the records that a person would have filed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DIMENSIONS = (
    "company_size",
    "ecosystem_presence",
    "revenue_leadership",
    "industry_fit",
    "timing",
)
_LEVELS = {"s": "strong", "p": "partial", "a": "absent"}


@dataclass(frozen=True, slots=True)
class Won:
    """A deal that was handed off, and what its delivery taught.

    ``scores`` has one letter for each dimension: strong, partial, absent. ``flags`` are triples of
    dimension, claim and reason; ``heard`` is how the Day 60 review ended.
    """

    id: str
    customer: str
    handed_off: date
    delivered: date | None
    scores: str
    quality: str
    pattern: str
    signal: tuple[str, str, str]
    flags: tuple[tuple[str, str, str], ...] = ()
    heard: str = "none"
    is_judged: bool = True
    model: int = 1


@dataclass(frozen=True, slots=True)
class Lost:
    """A deal that was not won."""

    id: str
    customer: str
    closed: date
    scores: str
    outcome: str
    reason: str
    filed: date | None = None


def folder(deal: str, customer: str, day: date) -> str:
    """Return the folder of a deal's records."""
    return f"records/deals/{day.year}/{deal}-{customer.split(maxsplit=1)[0].lower()}"


def handoff(deal: Won) -> str:
    """Return the pre-delivery record."""
    dimension, note, _ = deal.signal
    expected = (deal.delivered or deal.handed_off + timedelta(days=32)) - timedelta(days=2)
    return (
        f"---\nkind: pre-delivery\ndeal: {deal.id}\ncustomer: {deal.customer}\n"
        f"date: {deal.handed_off}\nfiled_by: sales.ops\nhandoff_on: {deal.handed_off}\n"
        f"delivery_expected_on: {expected}\nmodel: {deal.model}\n{_scores(deal.scores)}"
        f"signals:\n  - id: S1\n    dimension: {dimension}\n    source: buyer-said\n"
        f"    note: {note}\nexpectations:\n  - id: E1\n    note: A first draft two weeks before "
        "the end\n---\n\n## Objections raised and how addressed\n\n"
        "They doubted that partner revenue can be measured. We showed the method on public data.\n"
    )


def _scores(letters: str) -> str:
    pairs = zip(DIMENSIONS, letters, strict=True)
    return "scores:\n" + "".join(f"  {name}: {_LEVELS[letter]}\n" for name, letter in pairs)


def summary(deal: Won, *, is_judged: bool) -> str:
    """Return the post-delivery record: within days of the delivery, and after the post-mortem."""
    assert deal.delivered is not None  # noqa: S101 - only deliveries are summed up
    front = (
        f"---\nkind: post-delivery\ndeal: {deal.id}\ndate: {deal.delivered + timedelta(days=3)}\n"
        f"filed_by: customer.success\ndelivered_on: {deal.delivered}\n"
        f"pattern_codes: [{deal.pattern}]\nfriction: []\n"
    )
    if not is_judged:
        return f"{front}---\n"
    dimension, _, answer = deal.signal
    note = f"What was said of {dimension.replace('_', ' ')} was looked at again in the delivery"
    flags = "flags: []\n"
    if deal.flags:
        rows = "".join(
            f"  - dimension: {name}\n    claim: {claim}\n    note: {why}\n"
            for name, claim, why in deal.flags
        )
        flags = f"flags:\n{rows}"
    return (
        f"{front}postmortem_on: {deal.delivered + timedelta(days=14)}\n"
        f"delivery_quality: {deal.quality}\nvalidation:\n"
        f"  - id: S1\n    answer: {answer}\n    source: observed\n    note: {note}\n"
        "  - id: E1\n    answer: held\n    source: observed\n    note: The draft came in time\n"
        f"{flags}---\n\n## Buyer-revealed context\n\n"
        "Two teams keep their own list of partner deals, and neither knew of the other's.\n\n"
        "## Recommendation for future qualification refinement\n\n"
        "Ask who owns the partner number before the handoff, and write the name down.\n"
    )


def check_in(deal: Won) -> str:
    """Return the Day 30 record."""
    assert deal.delivered is not None  # noqa: S101 - only deliveries are followed up
    day = deal.delivered + timedelta(days=29)
    return (
        f"---\nkind: day-30\ndeal: {deal.id}\ndate: {day}\nfiled_by: customer.success\n"
        f"held_on: {day}\nchannel: call\ncro_flags: []\n---\n\n## Summary\n\n"
        "- The baseline is shown in the monthly review.\n"
        "- The partner field is filled in since the delivery.\n"
        "- Nobody owns the number in the second region yet.\n"
    )


def review(deal: Won) -> str:
    """Return the Day 60 record."""
    assert deal.delivered is not None  # noqa: S101 - only deliveries are reviewed
    day = deal.delivered + timedelta(days=59)
    price = "price: 2500\n" if deal.heard == "renewal" else ""
    signals = "[]" if deal.heard == "none" else "[follow-on-work]"
    done = "" if deal.heard == "none" else f"actions_done: [{deal.heard}]\n"
    return (
        f"---\nkind: day-60\ndeal: {deal.id}\ndate: {day}\nfiled_by: customer.success\n"
        f"held_on: {day}\nreviewed_with: cro\nsignals: {signals}\noutcomes: [{deal.heard}]\n{price}"
        f"pay_again: {'unsure' if deal.heard == 'none' else 'likely'}\n{done}---\n\n"
        "## What they said was most valuable\n\n- One figure that finance and Alliances share.\n\n"
        "## What they said was missing or disappointing\n\n- A comparison with other firms.\n\n"
        "## Whether they would pay for another engagement, and what kind\n\n"
        f"- {'Not this year.' if deal.heard == 'none' else 'Yes: the second region, next.'}\n"
    )


def touchpoint(deal: Won, day: date) -> str:
    """Return the record of a quarterly touchpoint."""
    return (
        f"---\nkind: touchpoint\ndeal: {deal.id}\ndate: {day}\nfiled_by: customer.success\n"
        f"held_on: {day}\nchannel: email\nsignals: []\n---\n"
    )


def loss(deal: Lost) -> str:
    """Return the closed-lost record."""
    return (
        f"---\nkind: closed-lost\ndeal: {deal.id}\ncustomer: {deal.customer}\n"
        f"date: {deal.filed or deal.closed + timedelta(days=2)}\nfiled_by: sales.ops\n"
        f"closed_on: {deal.closed}\noutcome: {deal.outcome}\nreason: {deal.reason}\n"
        f"source: buyer-said\nmodel: 1\n{_scores(deal.scores)}signals: []\n---\n\n"
        "## Objections raised and how addressed\n\nThe buyer saw no need before the next budget.\n"
    )


WON = (
    Won(
        "7001",
        "Adatum Freight",
        date(2025, 10, 6),
        date(2025, 11, 7),
        "sspps",
        "medium",
        "attribution-gap",
        ("timing", "The budget is open until December", "failed"),
        (("timing", "over-scored", "The open budget hurried the start, and nobody had time"),),
    ),
    Won(
        "7002",
        "Woodgrove Bank",
        date(2025, 11, 3),
        date(2025, 12, 5),
        "pspsp",
        "high",
        "no-partner-owner",
        ("revenue_leadership", "The CRO asked for the baseline", "held"),
        (
            (
                "company_size",
                "under-scored",
                "Four hundred people, and a large firm's partners",
            ),
        ),
        heard="expansion",
    ),
    Won(
        "7003",
        "Lamna Health",
        date(2025, 12, 8),
        date(2026, 1, 20),
        "pppas",
        "low",
        "data-scattered",
        ("timing", "They want it before the fiscal year ends", "failed"),
        (
            ("timing", "over-scored", "The year's end took everybody away from the interviews"),
            ("revenue_leadership", "redefine", "A title was there, and nobody behind the number"),
        ),
    ),
    Won(
        "7004",
        "Proseware",
        date(2026, 1, 12),
        date(2026, 2, 13),
        "saaps",
        "low",
        "no-partner-owner",
        ("timing", "A board date is fixed for March", "failed"),
        (("timing", "over-scored", "The board date moved, and the interest with it"),),
    ),
    Won(
        "7005",
        "VanArsdel",
        date(2026, 2, 2),
        date(2026, 3, 6),
        "pspsa",
        "high",
        "cosell-unmeasured",
        ("ecosystem_presence", "Forty partners sell with them", "held"),
        (
            ("company_size", "under-scored", "Small, and every region works with partners"),
            ("revenue_leadership", "redefine", "The owner of the number sat in finance"),
        ),
        heard="renewal",
    ),
    Won(
        "7006",
        "Relecloud",
        date(2026, 3, 2),
        date(2026, 4, 10),
        "asssa",
        "high",
        "attribution-gap",
        ("industry_fit", "Their peers buy through partners, too", "held"),
        (("company_size", "under-scored", "Ninety people, and the work was among our best"),),
    ),
    Won(
        "7007",
        "Coho Vineyard",
        date(2026, 4, 6),
        date(2026, 5, 15),
        "sppas",
        "medium",
        "partner-overlap",
        ("timing", "The new season begins in June", "partly"),
        (
            ("timing", "over-scored", "The season had begun when the findings came"),
            ("company_size", "over-scored", "Large, with one partner manager who had left"),
        ),
    ),
    Won(
        "7008",
        "Munson Farms",
        date(2026, 5, 4),
        date(2026, 6, 12),
        "psspa",
        "high",
        "board-pressure",
        ("timing", "No budget before autumn, they said", "failed"),
        (("timing", "under-scored", "No budget season, and yet a board that waited for it"),),
    ),
    Won(
        "7009",
        "Fourth Coffee",
        date(2026, 6, 1),
        date(2026, 7, 10),
        "ssaap",
        "medium",
        "no-partner-owner",
        ("revenue_leadership", "A new CRO starts in July", "failed"),
        (("revenue_leadership", "redefine", "The new CRO had no number of his own to own"),),
    ),
    Won(
        "7010",
        "Graphic Design Institute",
        date(2026, 8, 3),
        date(2026, 9, 25),
        "pspps",
        "",
        "data-scattered",
        ("ecosystem_presence", "Their agencies sell for them", "held"),
        is_judged=False,
        model=2,
    ),
)
LOST = (
    Lost("8001", "Wide World", date(2026, 1, 22), "papaa", "lost", "price"),
    Lost("8002", "Trey Research", date(2026, 4, 17), "sspas", "no-decision", "no-urgency"),
    Lost("8003", "Alpine Ski House", date(2026, 7, 3), "ppaaa", "lost", "fit"),
)
LATE = Lost(
    "8004", "Southridge Video", date(2026, 6, 26), "pppaa", "lost", "competitor", date(2026, 7, 21)
)
