"""Look through what is about to be published for what only the records may say.

Names are looked for word by word, whatever stands between the words and however these are written,
run together or apart, and in long codes also as digests and in other alphabets. Of a record's text,
six words in a row are enough. What the policy itself calls things is no secret, and what winloss
ships cannot give one away.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import unicodedata
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING
from urllib.parse import unquote

from winloss.core.problem import Problem, error
from winloss.core.wording import UNSEEN, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence


RUN = 6  # words of a record in a row that are taken for a quotation
_MOST = 12  # words of a name that are looked for
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"[A-Za-z0-9+/=_-]{16,}")
_CODED = 12  # characters of a digest or another alphabet that are no coincidence
_APART = 6  # letters of a name that is found with other gaps between them, too
_SHORT = 4  # letters of a name that is also looked for without its legal form
_LEGAL = re.compile(
    "ab|ag|aps|as|bv|co|company|corp|corporation|gmbh|inc|incorporated|kg|limited|llc|ltd|nv|oy|plc|"
    "pty|sarl|sas|se|spa|srl"
)
# Scripts that put no gap between words, or join endings to them: Thai to Khmer, kana, Han, Hangul.
_NO_GAPS = re.compile(
    "[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
)
_IDS = re.compile(r"(?m)^(tree|parent) [0-9a-f]+\n")
_HINT = (
    "it comes from a title in records/policy/ or templates/, from templates/edition.md.j2, or was "
    "there before: mend that, then publish again"
)

PERSON, DEAL, CUSTOMER = "a person", "a deal", "a customer"

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not be published.

    ``names`` says of each what it is (a customer, a deal, a person), ``texts`` where each one
    stands, ``titles`` what the policy and the forms call things. ``shipped`` is what winloss says
    itself, whoever its customers are.
    """

    names: Mapping[str, str]
    texts: Mapping[str, str] = field(repr=False)
    titles: frozenset[str]
    shipped: frozenset[str] = frozenset()


def not_sought(secrets: Secrets) -> list[str]:
    """Return the customers and deals that are not looked for.

    Their names are too short, or words that winloss itself puts on a page.
    """
    known = {words_of(each) for each in secrets.shipped}
    return sorted(
        name
        for name, what in secrets.names.items()
        for words in [words_of(name)]
        if name and what != PERSON and (words in known or not _can_be_told(words))
    )


def leaks_in(objects: Iterable[tuple[str, str]], secrets: Secrets) -> list[Problem]:
    """Return each secret that an object gives away, with its place.

    An object is where it stands and what it says: a file, the names in a folder, a commit.
    """
    looked = [_Looked.into(place, text) for place, text in objects]
    return sorted({*_names_in(looked, secrets), *_texts_in(looked, secrets)})


@dataclass(frozen=True, slots=True)
class _Looked:
    """An object, read: its words with the line of each, and its long codes."""

    place: str
    words: Words
    lines: Sequence[int]
    codes: str

    @classmethod
    def into(cls, place: str, text: str) -> _Looked:
        found = [
            (word, number)
            for number, line in enumerate(text.split("\n"), 1)
            for word in words_of(line)
        ]
        words = tuple(word for word, _ in found)
        if place.startswith("commit "):  # git's own ids, which nobody chooses
            head, gap, message = text.partition("\n\n")
            text = _IDS.sub("", head) + gap + message
        codes = "\n".join(_CODE.findall(text)).casefold()
        return cls(place, words, [number for _, number in found], codes)

    def runs(self, lengths: Iterable[int]) -> dict[Words, int]:
        """Return each run of words of these lengths, with the line on which it begins."""
        return {
            self.words[at : at + length]: self.lines[at]
            for length in lengths
            for at in range(len(self.words) - length, -1, -1)
        }


def words_of(text: str) -> Words:
    """Return a text's words, alike however it is written: case, accents, entities, escapes."""
    plain = UNSEEN.sub("", html.unescape(unquote(text)))
    plain = unicodedata.normalize("NFKD", plain).casefold()
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return tuple(_WORD.findall(kept))


def _names_in(looked: Sequence[_Looked], secrets: Secrets) -> Iterator[Problem]:
    shipped = {words_of(each) for each in secrets.shipped}
    by_words = {
        words[:_MOST]: name
        for name in secrets.names
        for words in _ways(words_of(name))
        if _can_be_told(words)
    }
    by_letters = {"".join(words): name for words, name in by_words.items() if _may_gape(words)}
    for each in looked:
        for name, line in _standing_in(each, by_words, by_letters, shipped).items():
            yield _leak(each, line, f"{secrets.names[name]}: {name}")
    coded = [each for each in looked if each.codes]
    parts = {
        each.codes[at : at + _CODED] for each in coded for at in range(len(each.codes) - _CODED + 1)
    }
    for name in dict.fromkeys(by_words.values()):
        there = [code for code in _disguises(name) if code[:_CODED] in parts]
        for each in coded if there else ():
            if any(code in each.codes for code in there):
                yield _leak(each, 1, f"{secrets.names[name]}, as a code: {name}")


def _standing_in(
    looked: _Looked,
    by_words: Mapping[Words, str],
    by_letters: Mapping[str, str],
    shipped: Collection[Words],
) -> dict[str, int]:
    """Return the names that stand in an object, with the line of each."""
    words = looked.words
    letters = "".join(words)
    starts = list(accumulate(map(len, words), initial=0))
    at_start = {place: number for number, place in enumerate(starts)}
    lengths, sizes = {len(each) for each in by_words}, {len(each) for each in by_letters}
    tame = _tame(words, shipped)
    found: dict[str, int] = {}
    for at, line in enumerate(looked.lines):
        for length in lengths:
            if (name := by_words.get(words[at : at + length])) and tame[at] < at + length:
                found.setdefault(name, line)
        for size in sizes:
            end = starts[at] + size
            name = by_letters.get(letters[starts[at] : end])
            if name and end in at_start and tame[at] < at_start[end]:
                found.setdefault(name, line)
    for written, name in by_letters.items():
        if _NO_GAPS.search(written) and (place := letters.find(written)) >= 0:
            found.setdefault(name, looked.lines[sum(start <= place for start in starts[:-1]) - 1])
    return found


def _tame(words: Words, shipped: Collection[Words]) -> list[int]:
    """Return for each word how far what winloss ships goes on, if it says this word there."""
    ends: list[int] = []
    lengths = {len(each) for each in shipped}
    for at in range(len(words)):
        own = (at + length for length in lengths if words[at : at + length] in shipped)
        ends.append(max(own, default=0))
    return list(accumulate(ends, max))


def _ways(words: Words) -> Iterator[Words]:
    """Yield a name's words, and those of a firm without its legal form."""
    if words:
        yield words
    while len(words) > 1 and _LEGAL.fullmatch(words[-1]):
        words = words[:-1]
        if len("".join(words)) >= _SHORT:
            yield words


def _may_gape(words: Words) -> bool:
    """Tell whether a name is one however it is divided: numbers with other gaps are dates."""
    letters = "".join(words)
    return _NO_GAPS.search(letters) is not None or (
        len(letters) >= _APART and not letters.isdigit()
    )


def _can_be_told(words: Words) -> bool:
    """Tell whether a name can be told from a number or an article."""
    letters = "".join(words)
    least = 4 if letters[:1].isdigit() else 2 if _NO_GAPS.search(letters) else 3
    return len(letters) >= least


def _disguises(name: str) -> set[str]:
    """Return how a name reads as a digest, in hexadecimal digits and in base64 at any place."""
    found = set()
    for data in {name.encode(), name.casefold().encode()}:
        found |= {
            hashlib.new(how, data, usedforsecurity=False).hexdigest()[:_CODED]
            for how in ("md5", "sha1", "sha256", "sha512")
        }
        found.add(data.hex())
        for before in range(3):  # the bytes that stand before it move what it reads like
            coded = base64.b64encode(bytes(before) + data).decode()
            last = len(coded) - (0, 3, 2)[(before + len(data)) % 3]
            found.add(coded[(0, 2, 3)[before] : last].casefold())
    return {code for code in found if len(code) >= _CODED}


def _texts_in(looked: Sequence[_Looked], secrets: Secrets) -> Iterator[Problem]:
    titles = {words for each in secrets.titles if len(words := words_of(each)) >= RUN}
    shipped = {run for each in secrets.shipped for run in _runs(words_of(each))}
    there = [(each, each.runs((RUN,))) for each in looked]
    everywhere = {run for _, runs in there for run in runs} - shipped
    for place, text in secrets.texts.items():
        words = words_of(text)
        quoted = everywhere.intersection(_runs(words))
        if quoted:  # a record may call a thing by its title
            quoted.intersection_update(_runs(_without(words, titles)))
        for each, runs in there:
            lines = [(runs[run], run) for run in quoted & runs.keys()]
            if lines:
                line, run = min(lines)
                yield _leak(each, line, f"words of {place}: {' '.join(run)}")


def _without(words: Words, titles: Collection[Words]) -> Words:
    """Return a text's words, with an empty one for each title that stands in it as a whole."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        found = next((each for each in titles if words[at : at + len(each)] == each), None)
        kept.append(words[at] if found is None else "")
        at += len(found or "1")
    return tuple(kept)


def _runs(words: Words) -> Iterator[Words]:
    return (words[at : at + RUN] for at in range(len(words) - RUN + 1))


def _leak(looked: _Looked, line: int, what: str) -> Problem:
    return error(looked.place, (line, 1), "leak", f"this would publish {one_line(what)}", _HINT)
