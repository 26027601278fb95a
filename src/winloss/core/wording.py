"""What counts as a word: placeholders, near misses, characters that a reader cannot see."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Controls, bidirectional marks, zero-width characters, line separators, surrogates, non-characters.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
PLACEHOLDER = re.compile(
    r"tbd|tbc|todo|n/?a|none|null|nil|~|\?+|xxx+|not populated|"
    r"[-\u2013\u2014.\u2026]+|\{[^{}]{0,60}\}|<[^<>]{0,60}>|\[(not populated|tbd|todo)\]",
    re.IGNORECASE | re.ASCII,  # else nil with a dotless i would be nil
)
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_MOST_NAMES = 100
MONDAY_ID = re.compile(r"[0-9]{1,20}")  # of an item, an update or a board of Monday.com
DEAL_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")
DEAL_ID_HINT = "letters, digits, - and _, at most 64, as in the Monday.com item's id"


def is_placeholder(text: str) -> bool:
    """Tell whether a text only holds the place of an answer (``TBD``, ``{…}``, a dash, nothing)."""
    stripped = text.strip()
    return not stripped or PLACEHOLDER.fullmatch(stripped) is not None


def visible(text: str) -> str:
    """Show every character that a reader could not see, so that none acts unseen."""
    return UNSEEN.sub(lambda match: f"\u27e8U+{ord(match[0]):04X}\u27e9", text)


def visible_name(path: str) -> str:
    """Show a file's name with every character visible, also those that would end its line."""
    return visible(path).replace("\n", "\u27e8U+000A\u27e9").replace("\t", "\u27e8U+0009\u27e9")


def one_line(text: str) -> str:
    """Return a text on one line, composed (NFC), with every character visible."""
    return re.sub(r"\s+", " ", visible(unicodedata.normalize("NFC", text))).strip()


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that a person most likely meant, if any is near."""
    by_folded = {name.casefold(): name for name in known}
    if len(by_folded) > _MOST_NAMES or len(word) > _MOST_NAMES:
        return None  # comparing takes time for each pair, and a hint is not worth it
    matches = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return the mend for an unknown name: the nearest known one, or the list of all."""
    names = list(known)
    near = nearest(word, names)
    if near is not None:
        return f"did you mean '{near}'?"
    return otherwise or f"known here: {', '.join(names)}"


def is_deal_id(text: str) -> bool:
    """Tell whether a text can be a deal's id, and so a folder's name on any system."""
    return DEAL_ID.fullmatch(text) is not None and not is_reserved(text)


def is_reserved(name: str) -> bool:
    """Tell whether a file system gives this name a meaning of its own (``con``, ``nul``, …)."""
    return RESERVED.fullmatch(name) is not None


def slug(text: str) -> str:
    """Return a text as part of a folder's name: ASCII, lower case, at most 40 characters."""
    plain = unicodedata.normalize("NFKD", re.sub("[™®©]", "", text))
    plain = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")[:40].strip("-")


def with_article(noun: str) -> str:
    """Return a noun with its article: ``a proposal``, ``an approval``."""
    return f"an {noun}" if noun[:1].lower() in {*"aeio"} else f"a {noun}"


def shell_word(text: str) -> str:
    """Return a text as one word for a shell, which then takes none of it for anything else."""
    if re.fullmatch(r"[\w@%+=:,./-]+", text, re.ASCII):
        return text
    return "'" + text.replace("'", "'\"'\"'") + "'"


def listed(words: Iterable[str]) -> str:
    """Return words as a sentence lists them: ``a``, ``a and b``, ``a, b and c``."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
