"""The account that a rehearsal begins with: the deals of a repository, and where outcomes go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.wording import MONDAY_ID
from winloss.testing.monday.account import Account, Group
from winloss.testing.monday.columns import Column

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

STAGES = ("New", "Qualified conversation", "Proposal", "Negotiation", "Won", "Lost")


def deals_below(folder: Path) -> list[str]:
    """Return the ids in the names of the folders that hold records: ``<id>`` or ``<id>-<slug>``."""
    names = {place.parent.name.partition("-")[0] for place in folder.rglob("*.md")}
    return sorted(name for name in names if MONDAY_ID.fullmatch(name))


def account_for(deals: Iterable[str], number: str = "1") -> Account:
    """Return an account with an item for each deal, known by the deal's id, and the boards."""
    account = Account(number)
    key = Column("text_winloss", "winloss", "text")
    board = account.add_board("Deals", subitems=[key])
    for deal in deals:
        account.add_item(board, f"Deal {deal}", known_as=deal)
    stage = Column("status_stage", "Stage", "status", STAGES)
    groups = (Group("topics", "Open"), Group("group_closed", "Closed"))
    account.add_board("Prospects", [key, stage], groups=groups)
    account.add_board("Leads", [key])
    return account
