"""What differs from the edition of a page that was filed before, and which files caused it.

A page is filed when it is committed after its quarter has ended. Rebuilt later, it may say
something else: a summary came late (X §2), a record was mended, a rule changed. Then it says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from winloss.core.pages.comparison import score_rows
from winloss.core.pages.naming import Naming
from winloss.core.repository.tree import DEALS
from winloss.core.text.escape import inline
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from winloss.core.pages.figures import Rollup
    from winloss.core.pages.findings import Data

_SOURCES = re.compile(rb"^sources: sha256:([0-9a-f]{64})$", re.MULTILINE)
_NOTHING = "0"


def digest_of(page: bytes) -> str:
    """Return the digest over its sources that a page names; empty when it names none."""
    found = _SOURCES.search(page)
    return found[1].decode() if found else ""


def restated_in(page: str) -> str:
    """Return what a page says under "Restated"; empty where it restates nothing."""
    return page.partition("\n## Restated\n")[2].partition("\n## ")[0]


def restatement(rollup: Rollup, before: Rollup, filed: tuple[Rollup, Rollup] | None) -> Data | None:
    """Return what differs from the figures filed before; None when nothing does.

    ``before`` is the quarter before, ``filed`` both as they were then. A rule that changed and
    moved no figure is nothing to restate.
    """
    if filed is None:
        return None
    now = figures(rollup) | _of_quarter_before(before)
    then = figures(filed[0]) | _of_quarter_before(filed[1])
    moved = [
        {"what": what, "then": then.get(what, _NOTHING), "now": now.get(what, _NOTHING)}
        for what in [*now, *(each for each in then if each not in now)]
        if now.get(what, _NOTHING) != then.get(what, _NOTHING)
    ]
    changed = list(_changed(filed[0].sources, rollup.sources))
    if not moved and not any(path.startswith(DEALS) for path, _ in changed):
        return None
    naming = Naming.of(rollup.ledger, rollup.sources)
    return {
        "digest": filed[0].digest,
        "figures": moved,
        "files": [{"link": _link(path, how, naming), "how": how} for path, how in changed],
    }


def _of_quarter_before(before: Rollup) -> dict[str, str]:
    """Return the figures of the quarter before, which the page shows beside its own."""
    return {f"{before.quarter}: {what}": said for what, said in figures(before).items()}


def _link(path: str, how: str, naming: Naming) -> str:
    name = path.removeprefix(DEALS)
    return inline(name) if how == "gone" else naming.link(path, name)


def _changed(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the files that the two editions do not share, and how they differ."""
    for path in sorted({*then, *now}):
        if path not in then:
            yield path, "new"
        elif path not in now:
            yield path, "gone"
        elif then[path] != now[path]:
            yield path, "changed"


def figures(rollup: Rollup) -> dict[str, str]:
    """Return every figure of a quarter in words, by what it counts; nought is absent."""
    return {what: said for what, said in _figures(rollup) if said != _NOTHING}


def _figures(rollup: Rollup) -> Iterator[tuple[str, str]]:
    naming = Naming.of(rollup.ledger, rollup.sources)

    def deals(ids: Iterable[str]) -> str:
        found = naming.names(sorted(ids))
        return f"{len(found)}: {listed(found)}" if found else _NOTHING

    scored = score_rows(rollup, naming)["deals"]
    if scored:
        yield "Points from which a deal qualifies", str(rollup.ledger.policy.model.qualified_at)
    for row in scored:
        yield f"Points of {row['name']}", row["points"]
    yield "Won", deals(rollup.won)
    yield "Lost", deals(rollup.lost)
    yield "No decision", deals(rollup.undecided)
    yield "Delivered", deals(deal.id for deal in rollup.delivered)
    yield "Delivered well", deals(rollup.delivered_well)
    yield "Judged by a post-mortem", deals(d.id for d in rollup.delivered if d.is_judged)
    for reason, ids in rollup.loss_reasons.items():
        yield f"Not won: {naming.title('taxonomy.loss_reasons', reason)}", deals(ids)
    for each in rollup.dimensions:
        title = naming.dimension(each.name)
        for name, level in each.levels.items():
            yield f"{title}, {name}: delivered", deals(level.deals)
            yield f"{title}, {name}: delivered well", deals(level.good)
        for answer, ids in each.answers.items():
            said = naming.title("exchange.answers", answer)
            yield f"{title}, signals: {said.lower()}", deals(ids)
        for claim, ids in each.flags.items():
            yield f"{title}, flagged: {naming.title('exchange.claims', claim).lower()}", deals(ids)
    for code, ids in rollup.patterns.items():
        yield f"Pattern: {naming.title('taxonomy.pattern_codes', code)}", deals(ids)
    for friction in rollup.friction:
        title = naming.title("taxonomy.friction", friction.code)
        yield f"Friction: {title}", deals(friction.deals)
    yield from _review_figures(rollup, naming)
    for kind in sorted({each.kind for each in rollup.obligations}):
        mine = [each for each in rollup.obligations if each.kind == kind]
        title = rollup.ledger.forms[kind].title
        yield f"{title}: in time", str(sum(not each.is_open and not each.is_late for each in mine))
        yield f"{title}: late", str(sum(each.is_late for each in mine))
        yield f"{title}: not there", str(sum(each.is_open for each in mine))
    for candidate in rollup.candidates:
        claim = naming.title("exchange.claims", candidate.claim).lower()
        what = f"{naming.dimension(candidate.dimension)}, {claim}: deals up to this quarter"
        yield what, deals(candidate.deals)


def _review_figures(rollup: Rollup, naming: Naming) -> Iterator[tuple[str, str]]:
    yield "Reviews held", str(len(rollup.reviews.held))
    for name, tally in (
        ("outcomes", rollup.reviews.outcomes),
        ("signals", rollup.reviews.signals),
        ("pay_again", rollup.reviews.pay_again),
    ):
        for code, count in tally.items():
            yield f"Reviews: {naming.title(f'renewal.{name}', code)}", str(count)
