"""Whose account it is: asked before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winloss.core.filing.request import VERSION, Answer, Refusal, Request

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping


@dataclass(frozen=True, slots=True)
class Owner:
    """The person for whom the token stands, with the account that it opens."""

    person: str
    account: str
    account_name: str
    version: str

    @property
    def is_as_written_for(self) -> bool:
        """Whether Monday.com answers in the version of its API that winloss is written for."""
        return self.version == VERSION


def who_am_i() -> Generator[Request, Answer, Owner | Refusal]:
    """Ask for whom the token stands."""
    answer = yield Request("WinlossWhoAmI", {})
    if answer.refusal is not None:
        return answer.refusal
    me = _object(answer.data.get("me"))
    account = _object(me.get("account"))
    if not account.get("id") or not isinstance(account["id"], str | int):
        return Refusal("unexpected-answer", "the answer does not say whose account it is")
    version = _object(answer.data.get("version")).get("value") or ""
    return Owner(
        str(me.get("name") or ""), str(account["id"]), str(account.get("name") or ""), str(version)
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
