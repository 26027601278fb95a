"""What the peer does, and which page of Monday.com's documentation says so.

Where no page does, it is our reading, and no client may rely on it. Nothing here has been tried on
the live service.
"""

from __future__ import annotations

from dataclasses import dataclass

_SITE = "https://developer.monday.com/api-reference"
_AUTHENTICATION = f"{_SITE}/docs/authentication"
_COLUMN_VALUES = f"{_SITE}/docs/change-column-values"
_ERRORS = f"{_SITE}/docs/error-handling"
_IDEMPOTENCY = f"{_SITE}/docs/idempotency"
_ITEMS = f"{_SITE}/reference/items"
_LIMITS = f"{_SITE}/docs/rate-limits"
_LOOK_UP = f"{_SITE}/reference/items-page-by-column-values"
_SUBITEMS = f"{_SITE}/reference/subitems"
_UPDATES = f"{_SITE}/reference/updates"
_VERSIONS = f"{_SITE}/docs/api-versioning"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing that the peer does; ``page`` is the page it rests on, or that is silent on it."""

    name: str
    says: str
    page: str
    is_documented: bool = True


def _read(name: str, says: str, page: str) -> Behaviour:
    return Behaviour(name, says, page, is_documented=False)


_TRANSPORT = (
    Behaviour("NotAuthenticated", "status 401 without the token", _AUTHENTICATION),
    Behaviour("bearer", "a token after the word Bearer is refused", _ERRORS),
    Behaviour("versions", "the version that answered is told by the field version", _VERSIONS),
    Behaviour("fallback", "a version that is unknown or too old falls back silently", _VERSIONS),
    _read("complexity", "a budget that is never used up", f"{_SITE}/reference/complexity"),
    _read("version-header", "the header API-Version tells the version, too", _VERSIONS),
    Behaviour("replay", "a mutation's answer is kept for its key and replayed", _IDEMPOTENCY),
    Behaviour("expiry", "a key is forgotten after 30 minutes", _IDEMPOTENCY),
    Behaviour("Conflict", "409 and Retry-After while the key is in flight", _IDEMPOTENCY),
    Behaviour("mutations-only", "a question's key means nothing", _IDEMPOTENCY),
    _read("errors-replayed", "an answer with errors is kept and replayed as any", _IDEMPOTENCY),
    _read("key-alone", "the same key with another body is replayed, too", _IDEMPOTENCY),
    Behaviour("rate-limit-headers", "RateLimit-Policy and RateLimit on every answer", _LIMITS),
    Behaviour("request-id", "extensions.request_id in every answer", _ERRORS),
    Behaviour("error-shape", "status 200 with message, locations, path, extensions", _ERRORS),
    Behaviour("partial-data", "data beside errors", _ERRORS),
    _read("content-type", "a body that is not sent as JSON is no request", _AUTHENTICATION),
    Behaviour("BadRequest", "status 400 for what is no request at all", _ERRORS),
    _read("GRAPHQL_VALIDATION_FAILED", "the code of an invalid document, status 200", _ERRORS),
)
_ACCOUNT = (
    Behaviour("JsonParseException", "column values that are no JSON string", _ERRORS),
    Behaviour("InvalidColumnIdException", "a column that the board does not have", _ERRORS),
    Behaviour("ColumnValueException", "a label or a form that a column does not take", _ERRORS),
    Behaviour("ItemNameTooLongException", "a name of more than 255 characters", _ERRORS),
    Behaviour("InvalidBoardIdException", "a board that is not there", _ERRORS),
    Behaviour("InvalidItemIdException", "an item that is not there, or archived", _ERRORS),
    _read("ResourceNotFoundException", "a group or an update that is not there", _ERRORS),
    _read("InvalidArgumentException", "a limit, or a number of ids, beyond the documented", _ITEMS),
    _read("CursorException", "a cursor that is not known", f"{_SITE}/reference/items-page"),
    _read("all-or-nothing", "a value that is refused leaves everything as it was", _COLUMN_VALUES),
    Behaviour("column-forms", "a plain text, a status by label, a date, a name", _COLUMN_VALUES),
    Behaviour("long-text", "at most 2,000 characters", f"{_SITE}/reference/long-text"),
    Behaviour("InvalidBoardException", "no sub-item without a Subitems column", _SUBITEMS),
    Behaviour("subitems-board", "sub-items have a hidden board and its column ids", _SUBITEMS),
    _read("subitems-active", "an item's sub-items are the active ones", _SUBITEMS),
    Behaviour("items-limit", "25 items unless more are asked for, and at most 100", _ITEMS),
    Behaviour("items-inactive", "an archived or deleted item is answered by its id", _ITEMS),
    _read("items-order", "in the order of their making, not of the ids asked for", _ITEMS),
    Behaviour(
        "boards",
        "boards by state and page, those of sub-items among them",
        f"{_SITE}/reference/boards",
    ),
    Behaviour("look-up", "the items that show one of the values in each column", _LOOK_UP),
    _read("look-up-active", "a look-up finds active items only", _LOOK_UP),
    Behaviour("pages", "a cursor leads to the next page", f"{_SITE}/docs/querying-board-items"),
    Behaviour("updates", "an update is posted, edited, deleted and paged", _UPDATES),
    _read("text-body", "text_body: the body without tags; the body stays as sent", _UPDATES),
    _read("PeerDoesNotDoThis", "what the peer does not do is refused, and never null", _ERRORS),
)
FAULTS = (
    Behaviour("status", "429 with Retry-After, 500, and any other status", _ERRORS),
    Behaviour("complexity_budget_exhausted", "an error with retry_in_seconds", _LIMITS),
    Behaviour("daily_limit_exceeded", "an error until midnight UTC", _LIMITS),
    Behaviour("drop_before", "the network fails before anything was done", _IDEMPOTENCY),
    Behaviour("drop_after", "the network fails after it was done", _IDEMPOTENCY),
    Behaviour("slow", "the answer comes after a client's timeout", _IDEMPOTENCY),
    _read("truncated", "half of an answer, noticed by its length or not", _ERRORS),
    _read("duplicate", "a request that arrives twice is treated as two", _IDEMPOTENCY),
    _read("lagging", "a new item is not found by its values at once", _LOOK_UP),
)
DOCUMENTED = _TRANSPORT + _ACCOUNT + FAULTS
