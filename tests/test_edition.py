"""The edition for readers who may see no record: what it shows, and what nobody can work out."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conftest import examples, rules_tree
from weighing import DIMENSIONS, delivered, lost
from winloss.core.days import Quarter
from winloss.core.deals import rules
from winloss.core.pages.rollup import build_rollups
from winloss.core.publishing.edition import Edition, edition_of
from winloss.core.publishing.small_cells import (
    bounds,
    give_away,
    taken_together,
    that_may_be_named,
)
from winloss.core.repository.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conftest import Repository

EXCHANGE = "records/policy/exchange.md"
QUARTER = Quarter(2026, 2)
PATTERNS = ("attribution-gap", "cosell-unmeasured", "data-scattered")


def edition(files: Mapping[str, bytes]) -> tuple[Edition, str]:
    """Return the edition of 2026-Q2 for the CMO, and its page."""
    tree = Tree(files)
    ledger, problems = rules.check(tree)
    assert ledger is not None, problems
    assert not [each for each in problems if each.is_error], problems
    made = edition_of(build_rollups(ledger, QUARTER, problems)[0], ledger.policy.audiences[0])
    return made, made.page(tree)


def deal(
    number: int, quality: str = "high", timing: str = "strong", patterns: Iterable[str] = ()
) -> dict[str, bytes]:
    """Return a delivered deal with one flag."""
    made = delivered(
        str(100000 + number), [("timing", "over-scored")], quality=quality, timing=timing
    )
    codes = f"pattern_codes: [{', '.join(patterns)}]".encode()
    return {path: text.replace(b"pattern_codes: []", codes) for path, text in made.items()}


def at_least(files: Mapping[str, bytes], number: int) -> dict[str, bytes]:
    """Return the files with another least number in the policy."""
    text = files[EXCHANGE].replace(b"at_least: 3", f"at_least: {number}".encode())
    assert text != files[EXCHANGE] or number == 3
    return {**files, EXCHANGE: text}


def shown(page: str) -> list[tuple[int, frozenset[str]]]:
    """Return every number of deals that a page's tables show, with the labels beside it."""
    cells = re.findall(r"\| ([0-9]+)((?:: [^|]*)?) \|", page)
    return [(int(count), frozenset(re.findall(r"Deal [A-Z]+", names))) for count, names in cells]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["high", "medium", "low"]),
            st.sampled_from(["strong", "partial", "absent"]),
            st.sets(st.sampled_from(PATTERNS)),
        ),
        max_size=9,
    ),
    st.integers(0, 4),
)
@hypothesis_settings(deadline=None, max_examples=examples(60))
def test_no_small_number_is_shown_nor_left_over(
    deals: list[tuple[str, str, set[str]]], losses: int
) -> None:
    """No number from 1 to 2 stands in a table, and no combination of labels singles out 1 or 2."""
    files = rules_tree()
    for number, (quality, timing, patterns) in enumerate(deals):
        files |= deal(number, quality, timing, sorted(patterns))
    for number in range(losses):
        files |= lost(str(200000 + number))
    made, page = edition(files)
    for count, labels in shown(page):
        assert count == 0 or count >= 3
        assert len(labels) in {0, count}
    for well, of in re.findall(r"\| ([0-9]+) of ([0-9]+) \|", page):
        for number in (int(well), int(of), int(of) - int(well)):
            assert number == 0 or number >= 3
    groups = {labels for _, labels in shown(page) if labels}
    alike = Counter(tuple(label in each for each in groups) for label in made.labels)
    assert all(count >= 3 for count in alike.values())


@pytest.mark.parametrize("at_least", [3, 4, 5])
@pytest.mark.parametrize("answers", [2, 3, 4])
def test_nobody_can_work_out_a_small_number(answers: int, at_least: int) -> None:
    """Whoever knows how answers are taken together still cannot tell any small number of them.

    Over every table of up to four answers: tables that look alike differ in each small number.
    """
    alike: dict[object, list[tuple[int, ...]]] = {}
    for numbers in itertools.product(range(10 if answers < 4 else 8), repeat=answers):
        if sum(numbers) < at_least:
            continue
        cells = {str(at): str(0) * count for at, count in enumerate(numbers)}
        joined = taken_together(cells, at_least)
        seen = {at: count for at, count in enumerate(numbers) if count and str(at) not in joined}
        alike.setdefault((tuple(seen.items()), sum(numbers)), []).append(numbers)
    for tables in alike.values():
        for at in range(answers):
            possible = {table[at] for table in tables}
            assert len(possible) > 1 or not 0 < min(possible) < at_least


@given(st.lists(st.frozensets(st.integers(0, 8), min_size=1), max_size=6), st.integers(1, 4))
@hypothesis_settings(max_examples=examples(300))
def test_labels_are_given_as_far_as_they_are_safe(
    groups: list[frozenset[int]], at_least: int
) -> None:
    """No combination of named groups is small; a group is left unnamed only when it made one."""
    named: list[frozenset[int]] = []
    words = [frozenset(map(str, group)) for group in groups]
    for group, may_be_named in zip(groups, that_may_be_named(words, at_least), strict=True):
        tried = [*named, group]
        parts = Counter(tuple(each in of for of in tried) for each in frozenset().union(*tried))
        assert may_be_named == all(count >= at_least for count in parts.values())
        named = tried if may_be_named else named


def test_a_policy_without_a_least_number_shows_all() -> None:
    """With at_least 1 each answer stands alone, and each deal goes by a label."""
    files = rules_tree() | deal(1, "high") | deal(2, "low", "absent")
    made, page = edition(at_least(files, 1))
    assert sorted(made.labels) == ["Deal A", "Deal B"]
    assert sorted(made.labels.values()) == ["100001", "100002"]
    assert re.search(r"\| High \| 1: Deal [AB] \|\n\| Low \| 1: Deal [AB] \|", page)
    assert "Timing: Over\\-scored" in page or "Timing: Over-scored" in page


def test_nothing_typed_and_no_name_is_on_the_page() -> None:
    """Neither a customer, an id, a date, a note nor an answer of no vocabulary is repeated."""
    files = rules_tree()
    for number in range(1, 5):
        files |= deal(number)
    path = "records/deals/2026/100001/post-delivery.md"
    friction = b"friction: [{code: secretword, origin: secretword, note: x}]"
    files[path] = files[path].replace(b"friction: []", friction)
    _, page = edition(at_least(files, 1))
    assert "An answer of no vocabulary" in page
    for secret in ("secretword", "Customer", "10000", "2026-06-12", "None to speak of"):
        assert secret not in page


def test_an_origin_of_the_handoff_is_named_as_one() -> None:
    """A friction that came from a signal counts as such, and its id is not repeated."""
    files = rules_tree() | delivered("100001", answers=[("timing", "held")])
    path = "records/deals/2026/100001/post-delivery.md"
    friction = b"friction: [{code: data-access, origin: S1, note: x}]"
    files[path] = files[path].replace(b"friction: []", friction)
    _, page = edition(at_least(files, 1))
    assert "| A signal or an expectation of the handoff | 1: Deal A |" in page
    assert "S1" not in page


def test_labels_follow_no_order_that_a_reader_knows() -> None:
    """The same records give the same labels, and other records give them in another order."""
    files = rules_tree()
    for number in range(1, 7):
        files |= deal(number)
    first = edition(at_least(files, 1))[0].labels
    assert edition(at_least(files, 1))[0].labels == first
    other = edition(at_least(files | deal(7), 1))[0].labels
    orders = [list(labels.values()) for labels in (first, other)]
    assert any(order != sorted(order) for order in orders)
    assert [each for each in orders[1] if each in orders[0]] != orders[0]


def test_a_coded_field_of_the_firm_is_shown_when_the_policy_says_so() -> None:
    """A field that a form adds is counted for the audience with one line of policy and no code."""
    files = rules_tree()
    form = "templates/pre-delivery.md"
    field = b"  region: {type: choice, of: [north, south], title: Region}\n  handoff_on:"
    files[form] = files[form].replace(b"  handoff_on:", field)
    line = b"      - pre-delivery.region\n      - closed-lost.outcome\n"
    files[EXCHANGE] = files[EXCHANGE].replace(b"      - closed-lost.outcome\n", line)
    for number in range(1, 5):
        files |= {
            path: text.replace(b"handoff_on:", b"region: north\nhandoff_on:")
            if path.endswith("pre-delivery.md")
            else text
            for path, text in deal(number).items()
        }
    _, page = edition(files)
    assert "## Pre-delivery handoff: Region\n\nOf 4 deals.\n" in page
    assert "| north | 4" in page


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("closed-lost.reason", "closed-lost.competitor", "'closed-lost.competitor' is no coded"),
        ("closed-lost.reason", "closed-lost.closed_on", "'closed-lost.closed_on' is no coded"),
        ("closed-lost.reason", "closed-won.reason", "there is no form 'closed-won'"),
        ("closed-lost.reason", "closed-lost.reasons", "did you mean 'reason'?"),
        ("closed-lost.reason", "reason", "this names no answer of a record"),
        ("friction.code", "friction.note", "needs columns whose answers are coded"),
        ("friction.code", "friction", "needs columns whose answers are coded"),
        ("at_least: 3", "at_least: 2", "at_least: 2 protects nobody"),
        ("at_least: 3", "at_least: few", "at_least is 'few'"),
        ("  cmo:\n    at", "  cmoo:\n    at", "no role is called 'cmoo'"),
        ("    shows:", "    show:", "'show' is not a part of an audience"),
        ("    shows:", "    shows: all\n    former:", "'shows' must list answers"),
        ("    at_least: 3", "    at_least: 3\n    no_names: Target", "'no_names' must list words"),
        ("audiences:", "audiences: all\nformer:", "'audiences' must name roles"),
        ("  cmo:\n    at", "  cro: all\n  cmo:\n    at", "nothing says what 'cro' is shown"),
    ],
)
def test_only_coded_answers_can_be_granted(
    repository: Repository, old: str, new: str, said: str
) -> None:
    """What is no coded answer of a form, or no number that protects, is an error with its mend."""
    repository.change(EXCHANGE, old, new)
    done = repository.run("check")
    assert done.code == 1
    assert f"{EXCHANGE}:" in done.out
    assert said in done.out


@pytest.mark.parametrize("deals", [0, 1, 4])
def test_every_granted_answer_is_shown_or_named_as_kept_back(deals: int) -> None:
    """Each answer that the policy grants has a table, or its title under "What is not shown"."""
    files = rules_tree()
    for number in range(deals):
        files |= deal(number)
    _, page = edition(files)
    tables, _, kept_back = page.partition("## What is not shown")
    for title in (
        *("Closed without a deal: Outcome", "ICP signals against delivery"),
        *("Post-delivery summary: Pattern codes", "Day 60 expansion review: Pay again"),
        "Post-delivery summary: Flags by dimension and claim",
    ):
        assert (f"## {title}\n" in tables) != (title in kept_back.replace("\\", "")), title


def test_every_dimension_is_shown_or_named_as_too_few() -> None:
    """A dimension of the model is in the table or among those with too few deals, never missing."""
    files = rules_tree()
    for number, timing in enumerate(["strong", "strong", "strong", "absent"]):
        files |= deal(number, timing=timing)
    _, page = edition(files)
    signals = page.partition("## ICP signals against delivery")[2].partition("\n## ")[0]
    titles = [name.replace("_", " ").capitalize() for name in DIMENSIONS]
    assert all(title in signals for title in titles)


@pytest.mark.parametrize("at_least", [3, 4])
def test_answers_that_go_together_give_no_small_number_away(at_least: int) -> None:
    """Whoever knows the rules cannot tell a small number of answers of which a deal gives several.

    Over all ways in which up to seven deals answer nothing, "none", one of two codes, or both.
    """
    alike: dict[object, list[tuple[int, ...]]] = {}
    for silent, none, first, second, both in itertools.product(range(8), repeat=5):
        of = silent + none + first + second + both
        if not at_least <= of <= 7:
            continue
        counts = {"silent": silent, "none": none, "A": first + both, "B": second + both}
        counts = {name: count for name, count in counts.items() if count}
        alone = [name for name in ("silent", "none") if name in counts]
        able = of - sum(count for count in (silent, none) if count >= at_least)
        seen = {
            name: bounds(count, [of] if name in alone else [of, able], at_least)
            for name, count in counts.items()
        }
        if give_away(seen, alone, of, at_least):
            seen = {}
        alike.setdefault((of, *seen.items()), []).append(
            (silent, none, first + both, second + both)
        )
    for tables in alike.values():
        for at in range(4):
            possible = {table[at] for table in tables}
            assert len(possible) > 1 or not 0 < min(possible) < at_least, tables


def test_the_rest_of_a_list_gives_no_small_number_away() -> None:
    """Three deals with none, three with one pattern, and two with another: no 8 - 3 - 3."""
    files = rules_tree()
    patterns: list[list[str]] = [*([[]] * 3), *([[PATTERNS[0]]] * 3), *([[PATTERNS[1]]] * 2)]
    for number, codes in enumerate(patterns):
        files |= deal(number, patterns=codes)
    _, page = edition(files)
    table = page.partition(": Pattern codes")[2].partition("\n## ")[0]
    assert "| None observed | 3" in table
    assert "| 3 or more |" in table
    assert "Too few deals each to be shown with a number: " in table


@pytest.mark.parametrize(
    ("good", "qualities"),
    [
        ("[high]", {"high": 3, "medium": 6, "low": 1}),
        ("[high, medium]", {"high": 1, "medium": 5, "low": 3}),
    ],
)
def test_how_many_were_good_takes_no_small_quality_out(
    good: str, qualities: dict[str, int]
) -> None:
    """Where small qualities are taken together with others, no level says how many were good."""
    files = rules_tree()
    files[EXCHANGE] = files[EXCHANGE].replace(
        b"delivered_well: [high]", f"delivered_well: {good}".encode()
    )
    every = [quality for quality, count in qualities.items() for _ in range(count)]
    for number, quality in enumerate(every):
        files |= deal(number, quality)
    _, page = edition(files)
    assert "Other answers, taken together | 4" in page
    assert re.findall(r"\| [0-9]+ of [0-9]+ \|", page) == []


def test_labels_and_good_deliveries_single_nobody_out() -> None:
    """Labelled levels that split another one leave no small number of good ones in a part.

    Of sixteen deals, the reader would know how many were good of each eight, and with labels that
    one of four was.
    """
    groups = [frozenset(map(str, range(first, first + 8))) for first in (0, 8)]
    crossing = frozenset(map(str, (*range(4), *range(8, 12))))
    everyone = groups[0] | groups[1]
    good = frozenset(map(str, (*range(8), 8)))
    asked = [groups[0], crossing]
    assert that_may_be_named(asked, 3, [[everyone]] * 2) == [True, True]
    assert that_may_be_named(asked, 3, [[everyone, good]] * 2) == [False, True]
