"""What is owed, as a calendar. The only module that knows the package ``icalendar``.

Each open obligation with a deadline is an event of one whole day. Its id stays the same when the
day moves, and nothing in it depends on when the file is written.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from winloss.core.problem import stop
from winloss.core.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winloss.core.deals.ledger import Ledger
    from winloss.core.owed.obligation import Obligation


def calendar(ledger: Ledger, obligations: Iterable[Obligation]) -> str:
    """Return the calendar (RFC 5545); raises CannotGoOn where ``icalendar`` is not installed."""
    try:
        import icalendar  # noqa: PLC0415 - an extra
    except ImportError:
        hint = "pip install 'winloss[calendar]'"
        raise stop(
            "a calendar needs the package 'icalendar', which is not installed", hint
        ) from None
    roles = ledger.policy.vocabulary("roles.roles")
    whole = icalendar.Calendar()
    whole.add("prodid", "-//winloss//due//EN")
    whole.add("version", "2.0")
    whole.add("x-wr-calname", "winloss: who owes what by when")
    for each in sorted(obligations, key=lambda each: each.key):
        if each.due is None or not each.is_open:
            continue
        customer = ledger.deals[each.deal].customer or each.deal
        event = icalendar.Event()
        event.add("uid", f"{each.deal}.{each.kind}.{each.number}@winloss")
        event.add("dtstamp", datetime.combine(each.since, time(), UTC))
        event.add("dtstart", each.due)
        event.add("summary", one_line(f"{customer}: {each.title}"))
        owner = roles.title(each.owner)
        event.add("description", one_line(f"{owner}. Deal {each.deal}: {each.because}"))
        event.add("categories", [owner])
        event.add("transp", "TRANSPARENT")
        whole.add_component(event)
    data: bytes = whole.to_ical()
    return data.decode()
