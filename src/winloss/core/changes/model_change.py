"""What a change of the qualification model means, subject by subject (X §5).

A change *reclassifies* when deals are judged by another question than before: then council review
is recommended (X §5, step 5). Points that are tuned ask the same question and weigh it differently.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from winloss.core.rulebook.model import Dimension, Model


@dataclass(frozen=True, slots=True)
class Change:
    """One subject of a change: a path in qualification.md, or a file, and what stands there.

    ``before`` is None for what is new, ``after`` for what is gone; ``words`` is one sentence.
    """

    subject: str
    before: str | None
    after: str | None
    reclassifies: bool
    words: str


def changes_of(before: Model, after: Model) -> tuple[Change, ...]:
    """Return how two models differ, sorted by subject."""
    return in_order([*_of_numbers(before, after), *_of_dimensions(before, after)])


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes sorted by their subjects."""
    return tuple(sorted(changes, key=lambda each: (each.subject, each.words)))


def is_version_raised(before: Model, after: Model) -> bool:
    """Tell whether the version rises, as every change of the model wants it.

    Without that, the ``model`` that a record names does not tell by which rules it was scored.
    """
    return after.version > before.version


def renamed(before: Model, after: Model) -> dict[str, str]:
    """Return the dimensions that have another code and the same title: the old code to the new.

    Where a title could mean two of them, none counts as renamed.
    """
    gone = _by_title({name: before.dimensions[name] for name in _lacking(before, after)})
    new = _by_title({name: after.dimensions[name] for name in _lacking(after, before)})
    return {
        gone[title][0]: new[title][0]
        for title in gone
        if len(gone[title]) == 1 and len(new.get(title, ())) == 1
    }


def points_in_words(count: int) -> str:
    """Return a number of points in words."""
    return f"{count} point{'' if abs(count) == 1 else 's'}"


def _lacking(model: Model, other: Model) -> list[str]:
    return [name for name in model.dimensions if name not in other.dimensions]


def _by_title(dimensions: Mapping[str, Dimension]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, dimension in dimensions.items():
        found.setdefault(_bare(dimension.title), []).append(name)
    return found


def _bare(title: str) -> str:
    """Return a title without case, spaces and punctuation; one of signs alone as it is."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return "".join(char for char in folded if char.isalnum()) or folded


def _of_numbers(before: Model, after: Model) -> Iterator[Change]:
    for subject, old, new, words in (
        (
            "qualified_at",
            before.qualified_at,
            after.qualified_at,
            f"A deal qualifies from {points_in_words(after.qualified_at)} on",
        ),
        (
            "minimum_evidence",
            before.minimum_evidence,
            after.minimum_evidence,
            f"Distinct deals needed for a change of the model: {after.minimum_evidence}",
        ),
        ("version", before.version, after.version, f"The model has version {after.version}"),
    ):
        if old != new:
            change = f"{words} instead of {old}"
            yield Change(subject, str(old), str(new), reclassifies=False, words=change)


def _of_dimensions(before: Model, after: Model) -> Iterator[Change]:
    names = renamed(before, after)
    for old, new in names.items():
        title = before.dimensions[old].title
        words = f"{title} has the code '{new}' instead of '{old}'"
        yield Change(f"dimensions.{old}", old, new, reclassifies=False, words=words)
    for old, dimension in before.dimensions.items():
        name = names.get(old, old)
        if name in after.dimensions:
            yield from _of_one(name, dimension, after.dimensions[name])
        else:
            words = f"{dimension.title} is no longer a dimension of the model"
            held = _in_full(dimension)
            yield Change(f"dimensions.{old}", held, None, reclassifies=True, words=words)
    for name in _lacking(after, before):
        if name not in names.values():
            held = _in_full(after.dimensions[name])
            words = f"A new dimension: {held}"
            yield Change(f"dimensions.{name}", None, held, reclassifies=True, words=words)


def _in_full(dimension: Dimension) -> str:
    levels = ", ".join(f"{level} {points}" for level, points in dimension.levels.items())
    return f"{dimension.title} ({levels})"


def _of_one(name: str, before: Dimension, after: Dimension) -> Iterator[Change]:
    """Yield how one dimension differs in its title and its levels."""
    if before.title != after.title:
        yield Change(
            f"dimensions.{name}.title",
            before.title,
            after.title,
            reclassifies=_bare(before.title) != _bare(after.title),
            words=f"{before.title} is called '{after.title}' from now on",
        )
    crossed = _crossed(before, after)
    for level in dict.fromkeys([*before.levels, *after.levels]):
        old, new = before.levels.get(level), after.levels.get(level)
        if old != new:
            yield Change(
                f"dimensions.{name}.levels.{level}",
                None if old is None else str(old),
                None if new is None else str(new),
                reclassifies=old is None or new is None or level in crossed,
                words=f"{after.title}: {_level_words(level, old, new)}",
            )


def _level_words(level: str, old: int | None, new: int | None) -> str:
    if new is None:
        return f"the level '{level}' is gone"
    if old is None:
        return f"the new level '{level}' gives {points_in_words(new)}"
    return f"'{level}' gives {points_in_words(new)} instead of {old}"


def _crossed(before: Dimension, after: Dimension) -> set[str]:
    """Return the levels that have moved past another one, or all where none tells deals apart.

    Levels that come to give the same points are not crossed; but when all do, the dimension has
    been removed in all but name.
    """
    both = [level for level in before.levels if level in after.levels]
    is_flat, was_flat = (len(set(each.levels.values())) == 1 for each in (after, before))
    if is_flat != was_flat and len(both) > 1:
        return set(both)
    return {
        level
        for level in both
        for other in both
        if (before.levels[level] - before.levels[other])
        * (after.levels[level] - after.levels[other])
        < 0
    }


def in_short(changes: Iterable[Change]) -> str:
    """Return the changes in one line without its end, for a row of a change log."""
    return "; ".join(change.words for change in changes)
