"""What is asked of Monday.com and what it answers; how both travel is the edge's business."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE = "https://api.monday.com/v2"
VERSION = "2026-10"  # of the API, for which the documents are written
MOST_PATIENCE = 1_200  # seconds: a change's key is remembered for 30 minutes


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL document by its name, with its variables.

    ``once`` is the key under which Monday.com makes a change once, however often it is asked
    within 30 minutes; empty for a question.
    """

    document: str
    variables: Mapping[str, object]
    once: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why Monday.com did not do what was asked: its code, its words, its id of the request."""

    code: str
    message: str
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Monday.com answered; ``is_replayed`` when it had answered this very request before."""

    data: Mapping[str, Any] = field(default_factory=dict)
    refusal: Refusal | None = None
    is_replayed: bool = False


def once_key(*parts: object) -> str:
    """Return the key of a change: the same for the same parts, whoever asks for it."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
