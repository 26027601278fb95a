"""Look through what is about to be published for what only the records may say.

Names are looked for word by word, whatever stands between the words and however these are written,
and in long codes also as digests and in other alphabets. Of a record's text, six words in a row are
enough. What the policy itself calls things is no secret.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from winloss.core.problem import Problem, error
from winloss.core.tree import DEALS, POLICY, RECORDS
from winloss.core.wording import UNSEEN, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from winloss.core.ledger import Ledger
    from winloss.core.past import Past

RUN = 6  # words of a record in a row that are taken for a quotation
_MOST = 12  # words of a name that are looked for
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"[A-Za-z0-9+/=_-]{16,}")
_CODED = 12  # characters of a digest or another alphabet that are no coincidence
_HINT = (
    "it comes from a title in records/policy/ or templates/, from templates/edition.md.j2, or was "
    "there before: mend that, then publish again"
)

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not be published.

    ``names`` says of each what it is (a customer, a deal, a person), ``texts`` where each one
    stands, ``titles`` what the policy and the forms call things.
    """

    names: Mapping[str, str]
    texts: Mapping[str, str] = field(repr=False)
    titles: frozenset[str]


def secrets_of(ledger: Ledger, past: Past) -> Secrets:
    """Return what a repository and its whole past must not give away."""
    names: dict[str, str] = {}
    for holder in ledger.policy.people:
        names |= {holder.name: "a person", holder.email: "a person"}
    for commit in past.commits:
        for person in (commit.author, commit.committer):
            names |= {person.name: "a person", person.email: "a person"}
    texts: dict[str, str] = {}
    for commit in past.commits:
        texts[f"the message of {commit.short}"] = commit.message
        for delta in commit.deltas:
            if delta.path.startswith(RECORDS) and not delta.path.startswith(POLICY):
                place = f"{delta.path} ({delta.new[:10]})"
                texts[place] = past.contents.get(delta.new, b"").decode("utf-8", "replace")
            if delta.path.startswith(DEALS) and delta.path.count("/") > 2:
                deal, _, customer = delta.path.split("/")[-2].partition("-")
                names |= {deal: "a deal", customer: "a customer"}
    for record in ledger.records:
        names |= {record.deal: "a deal", record.text("customer"): "a customer"}
    return Secrets(names, texts, frozenset(_titles(ledger)))


def _titles(ledger: Ledger) -> Iterator[str]:
    for vocabulary in ledger.policy.vocabularies.values():
        yield from (*vocabulary.titles, *vocabulary.titles.values())
    for dimension in ledger.policy.model.dimensions.values():
        yield from (dimension.title, *dimension.levels)
    for form in ledger.forms.values():
        yield from (form.title, *form.sections, *(each.title for each in form.fields.values()))
    yield ledger.policy.banner


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
    titles = {words_of(each) for each in secrets.titles}
    by_words = {
        words[:_MOST]: name
        for name in secrets.names
        if (words := words_of(name)) and words not in titles and _can_be_told(words)
    }
    lengths = {len(words) for words in by_words}
    for each in looked:
        there = each.runs(lengths)
        for words in there.keys() & by_words.keys():
            name = by_words[words]
            yield _leak(each, there[words], f"{secrets.names[name]}: {name}")
    coded = [each for each in looked if each.codes]
    for name in by_words.values():
        disguises = _disguises(name)
        for each in coded:
            if any(code in each.codes for code in disguises):
                yield _leak(each, 1, f"{secrets.names[name]}, as a code: {name}")


def _can_be_told(words: Words) -> bool:
    """Tell whether a name can be told from a number or an article."""
    return len("".join(words)) > (3 if words[0].isdigit() else 2)


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
    there = [(each, each.runs((RUN,))) for each in looked]
    everywhere = {run for _, runs in there for run in runs}
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
