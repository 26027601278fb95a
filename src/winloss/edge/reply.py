"""What a reply of Monday.com's means: an answer, a wait, a fault that may pass, or the end.

It is judged by its status, by Retry-After and by the codes that Monday.com documents, and by no
other word in it: whatever it says may be anybody's.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from winloss.core.filing.request import Answer, Refusal
from winloss.core.filing.token import HOW_TO_GET_ONE, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.core.filing.token import Token

_DENIED = {"NotAuthenticated", "UserUnauthorizedException"}
_BUSY, _DAY_IS_OVER = "COMPLEXITY_BUDGET_EXHAUSTED", "DAILY_LIMIT_EXCEEDED"
_INVALID = "GRAPHQL_VALIDATION_FAILED"
_SAME_KEY, _LOCKED, _TOO_MANY = 409, 423, 429
_MOST_SECONDS = 10**9  # a wait that nobody lives to see the end of
_MOST_CODE = 100  # characters
_DATE = re.compile(r"\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

TRY_LATER = "try again later: what is there already is not filed twice"
_NEW_TOKEN = f"{HOW_TO_GET_ONE}; its owner must be allowed to edit the board"
_UPDATE = "update winloss: Monday.com no longer understands what this one asks"
_ELSEWHERE = "see that the address is Monday.com's, and that no sign-in page stands before it"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, as it came; the headers' names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reply means.

    ``answer``: it is one. ``wait``: not now, ask again. ``fault``: something broke, and asking
    again may help. ``stop``: nothing further can be asked. ``seconds`` is how long Monday.com asks
    to wait, if it says so; ``hint`` is what a person can do.
    """

    kind: Literal["answer", "wait", "fault", "stop"]
    refusal: Refusal = field(default_factory=lambda: Refusal("", ""))
    hint: str = TRY_LATER
    seconds: float | None = None
    answer: Answer = field(default_factory=Answer)


def judged(reply: Reply, token: Token) -> Verdict:
    """Judge a reply; the token is hidden wherever the reply holds it."""
    found = _object(reply.body, token)
    errors = _errors(found or {})
    codes = {_code(each) for each in errors}
    told = _refusal(reply, found or {}, errors, token)
    is_replayed = reply.headers.get("idempotency-replayed", "").strip().lower() == "true"
    if is_replayed and (errors or reply.status != 200):  # so it was then, and perhaps not now
        return Verdict("answer", answer=Answer(_data(found), told, is_replayed))
    statuses = {reply.status, *map(_status, errors)}
    if _DAY_IS_OVER in codes:
        what = "the day's limit of calls to Monday.com is used up"
        return _stop(told, what, "it begins anew at midnight UTC: go on after that")
    if statuses & {401, 403} or codes & _DENIED:
        return _stop(told, "Monday.com does not accept the token for this", _NEW_TOKEN)
    if _INVALID in codes:
        return _stop(told, "Monday.com does not understand the question", _UPDATE)
    is_under_way = reply.status == _SAME_KEY
    if is_under_way or _TOO_MANY in statuses or _BUSY in codes:
        why = "the same change is under way" if is_under_way else "too much is asked at once"
        return Verdict("wait", _with(told, why), seconds=_asked_wait(reply, errors))
    if any(each == _LOCKED or 500 <= each < 600 for each in statuses):
        why = "the item is in use" if _LOCKED in statuses else "Monday.com is out of order"
        return Verdict("fault", _with(told, why), seconds=_asked_wait(reply, errors))
    if 300 <= reply.status < 400:
        what = "the address sends on to another one, which is not followed: the token would go, too"
        return _stop(told, what, _ELSEWHERE)
    if found is None and reply.status == 200 and not reply.body.lstrip().startswith(b"<"):
        return Verdict("fault", _with(told, "the answer was cut off"))
    data = (found or {}).get("data")
    if not errors and (found is None or reply.status != 200 or not isinstance(data, dict)):
        return _stop(told, "what answers does not speak as Monday.com does", _ELSEWHERE)
    return Verdict("answer", answer=Answer(_data(found), told if errors else None, is_replayed))


def _data(found: Mapping[str, Any] | None) -> Mapping[str, Any]:
    data = (found or {}).get("data")
    return MappingProxyType(data if isinstance(data, dict) else {})


def _stop(told: Refusal, what: str, hint: str) -> Verdict:
    return Verdict("stop", _with(told, what), hint)


def _with(told: Refusal, what: str) -> Refusal:
    """Return a refusal that says in our words what is wrong, then in Monday.com's."""
    is_said = not told.message or told.message == told.code
    message = what if is_said else f"{what} ({told.message})"
    return Refusal(told.code, message, told.request_id)


def _object(body: bytes, token: Token) -> dict[str, Any] | None:
    """Return the JSON object that a body is, without the token; None when it is none."""
    try:
        found = _hidden(json.loads(body), token)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _hidden(value: Any, token: Token) -> Any:
    if isinstance(value, str):
        return token.hidden_in(value)
    if isinstance(value, list):
        return [_hidden(each, token) for each in value]
    if isinstance(value, dict):
        return {token.hidden_in(name): _hidden(each, token) for name, each in value.items()}
    return value


def _errors(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the errors of an answer in today's shape, also where they have an older one."""
    listed = found.get("errors")
    errors = [each if isinstance(each, dict) else {"message": each} for each in _list(listed)]
    if "error_message" in found or "error_code" in found:
        more = {"code": found.get("error_code"), "status_code": found.get("status_code")}
        errors.append({"message": found.get("error_message"), "extensions": more})
    return errors


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _extensions(error: Mapping[str, Any]) -> Mapping[str, Any]:
    found = error.get("extensions")
    return found if isinstance(found, dict) else {}


def _code(error: Mapping[str, Any]) -> str:
    found = _extensions(error).get("code")
    return found if isinstance(found, str) else ""


def _status(error: Mapping[str, Any]) -> int:
    """Return the status that an error tells, also behind a status 200; 0 when it tells none."""
    found = _extensions(error).get("status_code")
    return found if isinstance(found, int) else 0


def _refusal(
    reply: Reply, found: Mapping[str, Any], errors: list[dict[str, Any]], token: Token
) -> Refusal:
    """Return what Monday.com says against it: the first code, the first words, the request's id."""
    code = next(filter(None, map(_code, errors)), "") or f"HTTP {reply.status}"
    words = next((each["message"] for each in errors if each.get("message")), "")
    ids = (_extensions(each).get("request_id") for each in (found, *errors))
    request = next(filter(None, ids), "") or reply.headers.get("x-request-id", "")
    return Refusal(
        said(code, token, _MOST_CODE), said(words, token), said(request, token, _MOST_CODE)
    )


def _asked_wait(reply: Reply, errors: list[dict[str, Any]]) -> float | None:
    """Return how many seconds Monday.com asks to wait; None when it does not say."""
    header = reply.headers.get("retry-after", "").strip()
    if re.fullmatch("[0-9]{1,1000}", header):
        return float(min(int(header), _MOST_SECONDS))
    until, now = _moment(header), _moment(reply.headers.get("date", ""))
    if until is not None and now is not None:  # both by Monday.com's clock, and none by ours
        return max(0.0, (until - now).total_seconds())
    for error in errors:
        seconds = _extensions(error).get("retry_in_seconds")
        if isinstance(seconds, int | float) and 0 <= seconds < float("inf"):
            return float(min(seconds, _MOST_SECONDS))
    return None


def _moment(text: str) -> datetime | None:
    """Return the moment that an HTTP date names."""
    match = _DATE.fullmatch(text.strip())
    if match is None or match[2] not in _MONTHS:
        return None
    hour, minute, second = (int(match[each]) for each in (4, 5, 6))
    year, month, day = int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1])
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
