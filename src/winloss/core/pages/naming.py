"""Names for deals, titles for codes, links to records: the page prints no raw code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote as quote_url

from winloss.core.text.escape import Markdown, inline

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from winloss.core.deals.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Naming:
    """How one page calls things."""

    ledger: Ledger
    repeated: frozenset[str]

    @classmethod
    def of(cls, ledger: Ledger, sources: Container[str]) -> Naming:
        """Return the naming for a page that rests on these files, and so names their deals."""
        customers = Counter(
            deal.customer
            for deal in ledger.deals.values()
            if any(record.path in sources for record in deal.records)
        )
        return cls(ledger, frozenset(name for name, count in customers.items() if count > 1))

    def name(self, deal_id: str) -> str:
        """Return a deal's name: its customer, with the id where that is not enough."""
        customer = self.ledger.deals[deal_id].customer
        if not customer:
            return f"Deal {deal_id}"
        return f"{customer} ({deal_id})" if customer in self.repeated else customer

    def names(self, deal_ids: Iterable[str]) -> list[str]:
        """Return the names of deals."""
        return [self.name(deal_id) for deal_id in deal_ids]

    def title(self, vocabulary: str, code: object) -> str:
        """Return a code's title."""
        return self.ledger.policy.vocabulary(vocabulary).title(str(code))

    def dimension(self, name: str) -> str:
        """Return the title of a dimension of the qualification model."""
        return self.title("qualification.dimensions", name)

    def link(self, path: str, text: str) -> Markdown:
        """Return a link from the page to a file of the repository."""
        up = "../" * (self.ledger.policy.rollups.count("/") + 1)
        return Markdown(f"[{inline(text)}]({up}{quote_url(path)})")
