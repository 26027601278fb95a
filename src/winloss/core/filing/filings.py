"""What Monday.com should hold: of each record what the SOPs file there, and where (X §4, R §3, §4).

A handoff, a lost deal and a post-delivery summary are sub-items of the deal's item, with X §3's
block; a Day-30 check-in is an update on the item, exactly its three bullets; what a Day-60 review
opens is an item of its own, with the review's three bullets.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

from winloss.core.deals.receipts import key_of
from winloss.core.owed.obligation import CHECK_IN
from winloss.core.pages.exchange import as_html, as_list, exchange_block, said_in
from winloss.core.repository.tree import is_folder_of, is_rule
from winloss.core.rulebook.boards import DEALS
from winloss.core.wording import MONDAY_ID, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.deals.record import Record

What = Literal["sub-item", "update", "item"]
SUBITEMS = ("pre-delivery", "closed-lost", "post-delivery")  # X §4, "Per-deal"
REVIEW = "day-60"
OPENING = ("expansion", "referral")  # the outcomes of a review that R §4 opens an item for
_MOST_NAMED = 255  # characters that the name of an item can have
_MOST_OF_IT = 150  # for the customer's, so that it still says what was opened


@dataclass(frozen=True, slots=True)
class Filing:
    """One thing that Monday.com should hold.

    ``key`` names it there and in the receipts; ``line`` is the line of the policy that says where;
    ``name`` is what a new item is called, ``body`` the HTML of the update on it. ``is_by_hand``
    when a person has filed it, by the record's own word or by the policy's: what winloss filed is
    then kept up to date, and nothing new is made.
    """

    key: str
    what: What
    path: str
    deal: str
    customer: str
    line: str
    name: str
    body: str
    is_by_hand: bool = False

    @property
    def digest(self) -> str:
        """What the update holds, in sixteen letters."""
        return hashlib.sha256(self.body.encode()).hexdigest()[:16]

    @property
    def marked(self) -> str:
        """The body, with the line by which it is found again."""
        return f"{self.body}<p>winloss:{escape(self.key)}@{self.digest}</p>"

    @property
    def has_item(self) -> bool:
        """Whether the deal's id can be that of an item of Monday.com (X §3, "Deal ID")."""
        return self.what == "item" or bool(MONDAY_ID.fullmatch(self.deal))


def filings(ledger: Ledger, broken: Collection[str]) -> list[Filing]:
    """Return what Monday.com should hold, deal by deal, in the order in which it was recorded.

    A deal that has a file among the ``broken`` is left out whole: the others would tell of it.
    """
    without = left_out(ledger, broken)
    return [
        filing
        for deal in ledger.deals.values()
        if deal.id not in without
        for record in deal.records
        for filing in _of(ledger, deal, record)
    ]


def left_out(ledger: Ledger, broken: Collection[str], keys: Collection[str] = ()) -> set[str]:
    """Return the deals that are left out, of those that are recorded and those of some keys.

    A file that cannot be read says no deal, so its folder does; errors in the rules are in all.
    """
    deals = {*ledger.deals, *(key.partition("/")[0] for key in keys)}
    if any(map(is_rule, broken)):
        return deals
    folders = {path.rpartition("/")[0] for path in broken}
    named = {
        record.deal
        for record in ledger.records
        if record.path in broken or record.path.rpartition("/")[0] in folders
    }
    return named | {deal for deal in deals for each in folders if is_folder_of(each, deal)}


def _of(ledger: Ledger, deal: Deal, record: Record) -> Iterator[Filing]:
    key, about = key_of(deal.id, record.path), (record.path, deal.id, deal.customer)
    since, filed_on = ledger.policy.monday_since, record.filed_on
    is_old = since is not None and filed_on is not None and filed_on < since
    if record.kind in SUBITEMS:
        title = _cut(f"Win/loss: {record.form.title}", _MOST_NAMED)
        body = as_html(exchange_block(ledger, record))
        yield Filing(key, "sub-item", *about, DEALS, title, body, is_old)
    elif record.kind == CHECK_IN:
        yield Filing(key, "update", *about, DEALS, "", as_list(said_in(record)), is_old)
    elif record.kind == REVIEW:
        titles = ledger.policy.vocabulary("renewal.outcomes")
        for code in record.codes("outcomes") or ():
            if code in OPENING or code in ledger.policy.boards:
                customer = _cut(deal.customer or deal.id, _MOST_OF_IT)
                title = _cut(f"{customer}: {titles.title(code)}", _MOST_NAMED)
                is_done = code in (record.codes("actions_done") or ())
                body = _review(ledger, deal, record)
                key = key_of(deal.id, record.path, code)
                yield Filing(key, "item", *about, code, title, body, is_old or is_done)


def _cut(text: str, most: int) -> str:
    """Return a text on one line and not too long, counted as the strictest would: in UTF-16."""
    units = one_line(text).encode("utf-16-le")
    kept = units if len(units) <= 2 * most else units[: 2 * most - 2]
    return kept.decode("utf-16-le", "ignore") + ("…" if kept != units else "")


def _review(ledger: Ledger, deal: Deal, record: Record) -> str:
    """Return what a review heard, with its three bullets, for whoever opens the item (R §4, §5)."""
    titles = ledger.policy.vocabulary("renewal.signals")
    signals = "; ".join(titles.title(code) for code in record.codes("signals") or ())
    held_on = record.day("held_on")
    said = f"{record.form.title} of deal {deal.id}, {held_on}. Signals: {signals or 'none'}."
    bullets = [
        f"{title}: {each}" for title, section in record.sections.items() for each in section.bullets
    ]
    return f"<p>{escape(said)}</p>{as_list(bullets)}"
