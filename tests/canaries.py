"""Look for planted words in every object of a clone, independently of the product's own scanner."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import re
import subprocess
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def _part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


# A token in the shape of Monday.com's, made here, so that no file of this repository holds one.
TOKEN = ".".join(map(_part, ('{"alg":"HS256"}', '{"tid":123,"uid":45}', "a canary's signature")))


def words(used: list[str]) -> Iterator[str]:
    """Yield words that stand nowhere by chance, and note each that was used."""
    for number in itertools.count():
        used.append(f"Zqx{hashlib.sha256(str(number).encode()).hexdigest()[:9]}")
        yield used[-1]


def planted(record: str, canaries: Iterator[str]) -> str:
    """Return a record with a planted word in each typed answer, and a comment with another."""
    front, end, body = record.rpartition("\n---\n")
    front = re.sub(
        r"(?m)(\b(?:note|customer|competitor): )[^,}\n]*", lambda m: m[1] + next(canaries), front
    )
    body = re.sub(r"(?m)^(- )?[^#\s<].*$", lambda m: (m[1] or "") + next(canaries), body)
    return f"{front}{end}\n<!-- {next(canaries)} -->\n{body}"


def everything_in(repository: Path) -> Iterator[bytes]:
    """Yield all that a clone holds: objects without a ref, too, names, logs, every loose file."""

    def git(*arguments: str, given: bytes = b"") -> bytes:
        asked = ["git", "-C", str(repository), *arguments]
        return subprocess.run(asked, input=given, capture_output=True, check=True).stdout

    yield git("cat-file", "--batch-all-objects", "--batch")
    yield git("for-each-ref")
    yield git("log", "--all", "--reflog", "--format=raw", "--stat=400")
    for place in repository.rglob("*"):
        yield str(place.relative_to(repository)).encode()
        if place.is_file():
            yield place.read_bytes()


def written(canary: str) -> Iterator[bytes]:
    """Yield the ways in which a planted word could be written."""
    for text in {canary, canary.lower(), canary.upper()}:
        for form in ("NFC", "NFD"):
            data = unicodedata.normalize(form, text).encode()
            yield data
            yield quote(data).encode()
            yield data.hex().encode()
            for before in range(3):
                coded = base64.b64encode(b"\0" * before + data)
                yield coded[(0, 2, 3)[before] : -4]
            for how in ("md5", "sha1", "sha256"):
                yield hashlib.new(how, data).hexdigest()[:16].encode()
        yield html.escape(text).encode("ascii", "xmlcharrefreplace")


def found_in(repository: Path, canaries: Iterable[str]) -> set[str]:
    """Return the planted words that a clone gives away, however they are written."""
    held = b"\n".join(everything_in(repository))
    lower = held.lower()
    return {
        canary
        for canary in canaries
        if any(each in held or each.lower() in lower for each in written(canary))
    }
