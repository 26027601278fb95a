"""A country's public holidays. The only module that knows the package ``holidays``.

It is loaded only where the calendar names a country: it is slow to load, and few do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.days import ClosedDays
from winloss.core.text.reader import Reader, place_of
from winloss.core.wording import did_you_mean

if TYPE_CHECKING:
    from datetime import date


def closed_days(calendar: Reader, listed: frozenset[date]) -> ClosedDays:
    """Return the days listed and the public holidays of the ``country`` that the calendar names.

    A ``subdivision`` of it may have more of them. What is unknown is reported to the calendar.
    """
    front = calendar.front
    country, subdivision = calendar.text(front, "country"), calendar.text(front, "subdivision")
    if not country:
        if subdivision:
            place = place_of(front, "subdivision")
            calendar.report(place, "a subdivision needs its country", "write country: …")
        return ClosedDays(listed)
    try:
        import holidays  # noqa: PLC0415 - an extra, and slow to load
        from holidays.version import __version__  # noqa: PLC0415 - likewise
    except ImportError:
        hint = "pip install 'winloss[calendar]', or list the days under 'closed:'"
        message = "public holidays need the package 'holidays', which is not installed"
        calendar.report(place_of(front, "country"), message, hint, "no-package")
        return ClosedDays(listed)
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        message, hint = f"no country has the code '{country}'", "write it as in ISO 3166: US, DE, …"
        calendar.report(place_of(front, "country"), message, hint)
        return ClosedDays(listed)
    if subdivision and subdivision not in known[country]:
        message = f"{country} has no subdivision '{subdivision}' with holidays of its own"
        hint = did_you_mean(subdivision, known[country]) if known[country] else "leave it out"
        calendar.report(place_of(front, "subdivision"), message, hint)
        return ClosedDays(listed)
    name = f"{country}-{subdivision}" if subdivision else country
    found = holidays.country_holidays(country, subdiv=subdivision or None)
    return ClosedDays(listed, found, f"{name} (holidays {__version__})")
