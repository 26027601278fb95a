"""Read front matter: libyaml's events, with every value left as the text that was typed.

One parser, one verdict on every machine. Nothing is coerced and nothing is guessed: the form
decides later that ``2026-06-12`` is a date. The only module that touches YAML, through a handler of
python-frontmatter's interface. Front matter begins on line 2 of its file.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import yaml
from frontmatter.default_handlers import BaseHandler

from winloss.core.problem import CannotGoOn, Problem, error, stop
from winloss.core.text.node import Entries, Entry, Items, Node, Place, Text
from winloss.core.text.syntax import syntax_problem
from winloss.core.wording import UNSEEN

if not yaml.__with_libyaml__:  # pragma: no cover - the pinned wheels have it
    raise stop(
        "this Python's YAML package was built without libyaml",
        "install PyYAML from a wheel: with another parser this machine could judge a record "
        "differently from your colleagues'",
    )

MOST_VALUE = 32 * 1024
MOST_NODES = 5_000
MOST_DEPTH = 8


def parse_value(text: str) -> Node:
    """Read one value as it may stand after a field's name: a word, ``[a, b]``, ``[{a: b}]``.

    Raises CannotGoOn with the problems when it is no YAML value.
    """
    handler = StrictFrontMatter("")
    if UNSEEN.search(text) or "\n" in text:
        raise stop("the value holds an invisible character or a line end")
    front = handler.load(f"value: {text}\n")
    value = front.get("value")
    if handler.problems or value is None or len(front.entries) != 1:
        raise CannotGoOn(handler.problems or [error("", (0, 0), "yaml", "not one value")])
    return value


_NEAR_FENCE = re.compile(r"(-{2,}|\.\.\.|[\u2013\u2014][-\u2013\u2014]*)\s*")


class StrictFrontMatter(BaseHandler):
    """python-frontmatter's handler interface, without its guesses.

    ``split`` wants exact fences, ``load`` returns Entries. What can be gone over is collected in
    ``problems``; what cannot raises CannotGoOn. In a rule document a comment is a comment; in a
    record, one behind a value has most likely cut it short.
    """

    FM_BOUNDARY = re.compile(r"^---$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "---"

    def __init__(self, path: str, *, is_rule: bool = False) -> None:
        self.path = path
        self.is_rule = is_rule
        self.problems: list[Problem] = []

    def split(self, text: str) -> tuple[str, str]:
        """Return the front matter and the body."""
        front, body, _ = self.parts(text)
        return front, body

    def parts(self, text: str) -> tuple[str, str, int]:
        """Return the front matter, the body and the line on which the body begins."""
        lines = text.split("\n")
        if lines[0] != "---":
            raise self._refuse((1, 1), *_missing_fence(lines[0]))
        for index, line in enumerate(lines[1:], 1):
            if line == "---":
                body = "\n".join(lines[index + 1 :])
                self._refuse_doubled(lines, index + 1)
                return "\n".join(lines[1:index]) + "\n", body, index + 2
            if _NEAR_FENCE.fullmatch(line) and line.strip():
                message = f"'{line}' is nearly the line --- that ends the front matter"
                raise self._refuse((index + 1, 1), "near-fence", message, "write exactly ---")
        message = "the front matter that opens here is never closed"
        hint = "put a line --- between the fields and the text"
        raise self._refuse((1, 1), "unclosed-front-matter", message, hint)

    def _refuse_doubled(self, lines: list[str], first: int) -> None:
        for number, line in enumerate(lines[first:], first + 1):
            if line.strip():
                if line.rstrip() == "---":
                    message = "a second front matter begins where the text should"
                    hint = "keep one block of fields between two lines ---"
                    raise self._refuse((number, 1), "doubled-front-matter", message, hint)
                return

    def load(self, fm: str) -> Entries:  # type: ignore[override]  # Entries keep their places
        """Return the front matter as Entries.

        The depth is checked before libyaml is asked for the next event: its scanner is quadratic
        in nesting and its composer can crash.
        """
        walk = _Walk(self.path, fm.split("\n"), self.problems, self.is_rule)
        try:
            for event in yaml.parse(fm, Loader=yaml.CSafeLoader):
                walk.take(event)
        except yaml.YAMLError as cause:
            raise CannotGoOn([syntax_problem(self.path, fm, cause)]) from None
        if not isinstance(walk.root, Entries):
            place = (2, 1) if walk.root is None else walk.root.place
            message = "the front matter must be lines of the form 'key: value'"
            raise self._refuse(place, "not-a-mapping", message, "write each field as 'name: value'")
        return walk.root

    def export(self, metadata: dict[str, object], **_: object) -> str:
        """Refuse: the tool never rewrites a person's file."""
        raise NotImplementedError

    def _refuse(self, place: Place, slug: str, message: str, hint: str) -> CannotGoOn:
        return CannotGoOn([error(self.path, place, slug, message, hint)])


def _missing_fence(first_line: str) -> tuple[str, str, str]:
    if _NEAR_FENCE.fullmatch(first_line):
        return "near-fence", f"'{first_line}' is nearly the opening line ---", "write exactly ---"
    message = "the file must begin with its fields, after a line that is exactly ---"
    return "no-front-matter", message, "'winloss new' writes a file in the right form"


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been seen yet."""

    place: Place
    is_mapping: bool
    is_flow: bool
    values: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: Text | None = None
    is_dropped: bool = False  # stands where a key should: what is in it has nowhere to go


@dataclass(slots=True)
class _Walk:
    """The way through one stream of events, from the outermost mapping inwards."""

    path: str
    lines: list[str]
    problems: list[Problem]
    is_rule: bool
    root: Node | None = None
    open: list[_Open] = field(default_factory=list)
    nodes: int = 0
    documents: int = 0

    def take(self, event: Any) -> None:
        """Take one event of libyaml's."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._begin(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            hint = "put the value in quotes if it is to begin with *"
            self._report(_place(event), "alias", "a YAML alias (*) is not used here", hint)
            self._put(Text("", _place(event)))
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if event.explicit or self.documents > 1:
                message = "a second YAML document begins inside the front matter"
                raise self._refuse(_place(event), "second-document", message, "keep one block")

    def _scalar(self, event: Any) -> None:
        place = _place(event)
        self._count(place)
        self._properties(event, place)
        if len(event.value) > MOST_VALUE:
            message = f"the value has {len(event.value):,} characters; at most {MOST_VALUE:,}"
            self._report(place, "too-long", message, "shorten it, or move it into the text below")
        unseen = UNSEEN.search(event.value)
        if unseen is not None:
            message = f"the value hides an invisible character, U+{ord(unseen[0]):04X}"
            self._report(place, "invisible-character", message, "delete its escape sequence")
        if not event.style and not self.is_rule:
            self._cut_by_comment(event)
        self._put(Text(unicodedata.normalize("NFC", event.value), place))

    def _cut_by_comment(self, event: Any) -> None:
        """Warn when `` #`` cut a value short: YAML drops the rest without a word."""
        line, column = event.end_mark.line, event.end_mark.column
        rest = self.lines[line][column:]
        if rest.strip().startswith("#"):
            place = (line + 2, column + 1 + len(rest) - len(rest.lstrip()))
            message = f"everything from here on is dropped: {rest.strip()}"
            hint = "put the whole value in quotes if the # belongs to it"
            self.problems.append(
                error(self.path, place, "cut-by-comment", message, hint).as_warning()
            )

    def _begin(self, event: Any) -> None:
        place = _place(event)
        self._count(place)
        self._properties(event, place)
        if len(self.open) >= MOST_DEPTH:
            message = f"values nest deeper than {MOST_DEPTH} levels"
            raise self._refuse(place, "too-deep", message, "put text that begins with [ in quotes")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        opened = _Open(place, is_mapping, bool(event.flow_style))
        parent = self.open[-1] if self.open else None
        if parent is not None and parent.is_mapping and parent.key is None:
            opened.is_dropped = True
            message = "a field's name must be one word"
            hint = "put a value in quotes if it begins with { or ["
            self._report(place, "bad-key", message, hint)
        self.open.append(opened)

    def _end(self) -> None:
        done = self.open.pop()
        if done.is_dropped:
            self.open[-1].key = Text("", done.place)
        elif done.is_mapping:
            self._put(Entries(done.entries, done.place, done.is_flow))
        else:
            self._put(Items(tuple(done.values), done.place))

    def _put(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if not parent.is_mapping:
            parent.values.append(node)
        elif parent.key is None:
            assert isinstance(node, Text)  # noqa: S101 - _begin drops any other key
            parent.key = node
        else:
            self._enter(parent, parent.key, node)
            parent.key = None

    def _enter(self, parent: _Open, key: Text, node: Node) -> None:
        first = parent.entries.get(key.value)
        if key.value == "<<":
            self._report(key.place, "merge-key", "a YAML merge key (<<) is not used here", "")
        elif first is not None:
            message = f"'{key.value}' stands twice (first on line {first.place[0]})"
            self._report(key.place, "duplicate-key", message, "keep one of the two lines")
        else:
            parent.entries[key.value] = Entry(key.value, node, key.place)

    def _properties(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            hint = "put the value in quotes if it is to begin with &"
            self._report(place, "anchor", "a YAML anchor (&) is not used here", hint)
        if event.tag is not None:
            hint = "put the value in quotes if it is to begin with !"
            self._report(place, "tag", f"a YAML tag ({event.tag}) is not used here", hint)

    def _count(self, place: Place) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            message = f"the front matter has more than {MOST_NODES:,} values"
            raise self._refuse(place, "too-many-values", message, "split the record")

    def _report(self, place: Place, slug: str, message: str, hint: str) -> None:
        self.problems.append(error(self.path, place, slug, message, hint))

    def _refuse(self, place: Place, slug: str, message: str, hint: str) -> CannotGoOn:
        return CannotGoOn([error(self.path, place, slug, message, hint)])


def ends_of(front: str) -> dict[Place, Place]:
    """Return where each text, and each list or mapping in brackets, ends, by where it begins.

    For front matter that can be read; a block ends where its last value does.
    """
    ends: dict[Place, Place] = {}
    begun: list[Any] = []
    for event in yaml.parse(front, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.ScalarEvent):
            ends.setdefault(_place(event), _at(event.end_mark))
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            begun.append(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            first = begun.pop()
            if first.flow_style:
                ends[_place(first)] = _at(event.end_mark)
    return ends


def _place(event: Any) -> Place:
    return _at(event.start_mark)


def _at(mark: Any) -> Place:
    # The front matter begins on line 2; libyaml counts from 0.
    return mark.line + 2, mark.column + 1
