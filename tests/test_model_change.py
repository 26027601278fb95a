"""What a change of the model means: each subject told, and what reclassifies told apart (X §5)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighing import MODEL, before, changed, ledger_of, tuned
from winloss.core.changes.model_change import changes_of, is_version_raised, renamed
from winloss.core.changes.rule_change import rule_changes, rules_digest
from winloss.core.repository.tree import Tree
from winloss.core.rulebook.model import Dimension, Model

SIZE = Dimension("Company size", {"absent": 0, "partial": 1, "strong": 2})
TIME = Dimension("Timing", {"absent": 0, "partial": 1, "strong": 2})
OLD = Model(1, 3, 6, {"size": SIZE, "timing": TIME})


def with_timing(title: str = "Timing", **levels: int) -> Model:
    """Return the model with another Timing."""
    return replace(OLD, dimensions={"size": SIZE, "timing": Dimension(title, levels)})


def told(after: Model) -> list[tuple[str, str | None, str | None, bool]]:
    """Return the changes without their words."""
    found = changes_of(OLD, after)
    assert all(change.words for change in found)
    return [(each.subject, each.before, each.after, each.reclassifies) for each in found]


def test_nothing_changed_is_no_change() -> None:
    """Two equal models have no change between them, and no version that rises."""
    assert changes_of(OLD, OLD) == ()
    assert not is_version_raised(OLD, OLD)


dimensions = st.builds(
    Dimension,
    st.sampled_from(["Timing", "timing", "Season", "Size", "!"]),
    st.dictionaries(st.sampled_from("abc"), st.integers(-1, 2), min_size=1),
)
models = st.builds(
    Model,
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(1, 2),
    st.dictionaries(st.sampled_from("xyz"), dimensions, min_size=1),
)


@given(before=models, after=models)
def test_two_models_differ_in_what_is_told_and_in_nothing_else(before: Model, after: Model) -> None:
    """There is a change just when the models differ; each subject is told once, in order."""
    found = changes_of(before, after)
    subjects = [change.subject for change in found]
    assert bool(found) == (before != after)
    assert subjects == sorted(set(subjects))
    assert all(change.before != change.after for change in found)
    back = changes_of(after, before)
    assert any(each.reclassifies for each in found) == any(each.reclassifies for each in back)


def test_a_tuned_level_is_not_a_reclassification() -> None:
    """Points that keep the order of the levels weigh the same question differently."""
    after = with_timing(absent=0, partial=1, strong=1)
    assert told(after) == [("dimensions.timing.levels.strong", "2", "1", False)]
    assert changes_of(OLD, after)[0].words == "Timing: 'strong' gives 1 point instead of 2"
    assert told(with_timing(absent=-1, partial=1, strong=5)) == [
        ("dimensions.timing.levels.absent", "0", "-1", False),
        ("dimensions.timing.levels.strong", "2", "5", False),
    ]


def test_levels_that_pass_each_other_reclassify() -> None:
    """A level that comes to stand above one that stood above it is judged anew."""
    assert told(with_timing(absent=0, partial=3, strong=2)) == [
        ("dimensions.timing.levels.partial", "1", "3", True)
    ]


def test_a_dimension_without_difference_is_removed_in_all_but_name() -> None:
    """When every level gives the same points, the dimension tells no deals apart any more."""
    assert told(with_timing(absent=0, partial=0, strong=0)) == [
        ("dimensions.timing.levels.partial", "1", "0", True),
        ("dimensions.timing.levels.strong", "2", "0", True),
    ]


def test_a_level_added_or_removed_reclassifies() -> None:
    """Whoever scores has other answers to choose from."""
    assert told(with_timing(absent=0, partial=1, strong=2, urgent=3)) == [
        ("dimensions.timing.levels.urgent", None, "3", True)
    ]
    assert told(with_timing(absent=0, strong=2)) == [
        ("dimensions.timing.levels.partial", "1", None, True)
    ]


def test_a_dimension_added_or_removed_reclassifies() -> None:
    """The whole dimension is one subject, with all that it held."""
    held = "Timing (absent 0, partial 1, strong 2)"
    without = replace(OLD, dimensions={"size": SIZE})
    assert told(without) == [("dimensions.timing", held, None, True)]
    (change,) = changes_of(without, OLD)
    assert (change.subject, change.before, change.after) == ("dimensions.timing", None, held)
    assert change.reclassifies


@pytest.mark.parametrize(
    ("title", "reclassifies"),
    [("timing", False), ("Timing.", False), (" T I M I N G ", False), ("Season", True)],
)
def test_another_title_is_another_question(title: str, reclassifies: bool) -> None:  # noqa: FBT001 - pytest passes it by name
    """A title is what people score by: only case, spaces and punctuation may differ."""
    assert told(with_timing(title, **dict(TIME.levels))) == [
        ("dimensions.timing.title", "Timing", title, reclassifies)
    ]


def test_a_renamed_dimension_is_the_same_one() -> None:
    """A code that changes under the same title is no reclassification; its levels are compared."""
    levels = {"absent": 0, "partial": 1, "strong": 1}
    after = replace(OLD, dimensions={"size": SIZE, "season": Dimension("timing", levels)})
    assert renamed(OLD, after) == {"timing": "season"}
    assert told(after) == [
        ("dimensions.season.levels.strong", "2", "1", False),
        ("dimensions.season.title", "Timing", "timing", False),
        ("dimensions.timing", "timing", "season", False),
    ]


def test_a_title_that_two_dimensions_have_renames_none() -> None:
    """Where it cannot be told which is which, one is gone and two are new."""
    after = replace(OLD, dimensions={"size": SIZE, "a": TIME, "b": TIME})
    assert renamed(OLD, after) == {}
    assert [each[0] for each in told(after)] == [f"dimensions.{n}" for n in ("a", "b", "timing")]


def test_numbers_of_the_model_do_not_reclassify() -> None:
    """Threshold, minimum and version are told, and judge by the same questions."""
    assert told(replace(OLD, version=2, minimum_evidence=4, qualified_at=5)) == [
        ("minimum_evidence", "3", "4", False),
        ("qualified_at", "6", "5", False),
        ("version", "1", "2", False),
    ]
    assert is_version_raised(OLD, replace(OLD, version=2))
    assert not is_version_raised(replace(OLD, version=2), OLD)


@pytest.mark.parametrize(
    ("old", "new", "subject", "was", "becomes"),
    [
        ("status: provisional", "status: settled", "status", "provisional", "settled"),
        (
            "version: v1.0}",
            "version: v1.1}",
            "amends",
            "sop: SOP-REV-lead-qualification, version: v1.0",
            "sop: SOP-REV-lead-qualification, version: v1.1",
        ),
        ("minimum_evidence: 3\n", "minimum_evidence: 3\nowner: x\n", "owner", None, "x"),
    ],
)
def test_what_is_no_part_of_the_model_is_told_by_its_key(
    old: str, new: str, subject: str, was: str | None, becomes: str
) -> None:
    """Another key of qualification.md is a change of its own, and no change of the model."""
    base = before()
    after = ledger_of(changed(base, MODEL, (old, new)))
    (change,) = rule_changes(ledger_of(base), after)
    assert (change.subject, change.before, change.after) == (subject, was, becomes)
    assert not change.reclassifies
    assert changes_of(ledger_of(base).policy.model, after.policy.model) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [("# The qualification model\n", "# The model\n"), ("# Points from which", "# From which")],
)
def test_prose_and_comments_are_told_as_text(old: str, new: str) -> None:
    """No edit of qualification.md goes untold, whatever it means."""
    base = before()
    (change,) = rule_changes(ledger_of(base), ledger_of(changed(base, MODEL, (old, new))))
    assert (change.subject, change.reclassifies) == ("text", False)
    assert change.before != change.after


def test_other_rules_that_ride_along_are_told_by_their_path() -> None:
    """A form, a template or a policy file that changes in the same branch stands on the list."""
    base = before()
    head = changed(tuned(base), "templates/day-30.md", ("Held}", "Held on}"))
    del head["templates/touchpoint.md"]
    head["records/policy/extra.md"] = b"---\nnames: [a]\n---\n"
    found = rule_changes(ledger_of(base), ledger_of(head))
    assert [(each.subject, each.words) for each in found[2:]] == [
        ("records/policy/extra.md", "records/policy/extra.md is added"),
        *[("templates/day-30.md: fields.held_on.title",) * 2],
        ("templates/touchpoint.md", "templates/touchpoint.md is removed"),
    ]
    assert [each.subject for each in found[:2]] == ["dimensions.timing.levels.strong", "version"]
    assert (found[2].before, found[4].after) == (None, None)
    assert (found[3].before, found[3].after) == ("Held", "Held on")


def ridden(path: str, *pairs: tuple[str, str]) -> list[tuple[str, str | None, str | None]]:
    """Return what is told of a rule that changes: subject, before and after."""
    base = before()
    found = rule_changes(ledger_of(base), ledger_of(changed(base, path, *pairs)))
    assert all(each.words.startswith(each.subject.partition(":")[0]) for each in found)
    return [(each.subject, each.before, each.after) for each in found]


def test_rules_that_ride_along_are_told_answer_by_answer() -> None:
    """Nobody approves blind who gets a role, or which day is no business day."""
    calendar = "records/policy/calendar.md"
    days = ("closed: []", "closed: [2026-12-24, 2026-12-31]")
    assert ridden(calendar, days, ("first_month: 1", "first_month: 4")) == [
        (f"{calendar}: closed", "[]", "[2026-12-24, 2026-12-31]"),
        (f"{calendar}: first_month", "1", "4"),
    ]
    roles = "records/policy/roles.md"
    row = "people:\n  - {role: cro, name: Eve, email: eve@example.com}\n"
    assert ridden(roles, ("people: []\n", row)) == [
        (f"{roles}: people", "[]", None),
        (f"{roles}: people.1.email", None, "eve@example.com"),
        (f"{roles}: people.1.name", None, "Eve"),
        (f"{roles}: people.1.role", None, "cro"),
    ]


@pytest.mark.parametrize(
    ("path", "old", "new", "subject"),
    [
        ("records/policy/calendar.md", "# The calendar", "# The days", ": text"),
        ("templates/day-30.md", "Exactly three", "Three", ": text"),
        ("templates/evidence.md.j2", "### Limits", "### Limit", ""),
        ("records/policy/exchange.md", "banner: ", f"motto: {'x' * 201}\nbanner: ", ": motto"),
    ],
)
def test_long_texts_are_told_by_the_ids_of_their_file(
    path: str, old: str, new: str, subject: str
) -> None:
    """A page of prose fits no cell; git shows what has this id."""
    base = before()
    head = changed(base, path, (old, new))
    (change,) = rule_changes(ledger_of(base), ledger_of(head))
    assert change.subject == f"{path}{subject}"
    is_new = subject == ": motto"
    assert change.before == (None if is_new else Tree(base).blob(path)[:12])
    assert change.after == Tree(head).blob(path)[:12]


@pytest.mark.parametrize(
    ("path", "old", "new", "words"),
    [
        (
            *("records/policy/calendar.md", "# Days on which", "# The days on which"),
            "records/policy/calendar.md: only its layout or comments change",
        ),
        (
            *("records/policy/taxonomy.md", "status: provisional\nversion: 1\n"),
            *("version: 1\nstatus: provisional\n", "records/policy/taxonomy.md is changed"),
        ),
    ],
)
def test_a_file_whose_answers_stay_is_told_too(path: str, old: str, new: str, words: str) -> None:
    """Nothing is lost: a comment, and an order in which somebody is asked."""
    base = before()
    head = changed(base, path, (old, new))
    (change,) = rule_changes(ledger_of(base), ledger_of(head))
    assert (change.subject, change.words) == (path, words)
    ids = [Tree(files).blob(path)[:12] for files in (base, head)]
    assert [change.before, change.after] == ids


def test_a_title_that_looks_like_a_placeholder_is_told() -> None:
    """In a rule, N/A is what the rule says, and no open answer."""
    found = ridden("records/policy/exchange.md", ("  low: Low\n", "  low: N/A\n"))
    assert found == [("records/policy/exchange.md: delivery_quality.low", "Low", "N/A")]


def test_the_digest_of_the_rules_is_that_of_their_content() -> None:
    """Every rule counts and no record does; line ends do not, as git stores them."""
    base = before()
    digest = rules_digest(Tree(base))
    assert digest == rules_digest(Tree(dict(reversed(base.items()))))
    assert digest == rules_digest(Tree({**base, "records/deals/2026/1/notes.txt": b"x"}))
    crlf = {path: data.replace(b"\n", b"\r\n") for path, data in base.items()}
    assert digest == rules_digest(Tree(crlf))
    for path in base:
        assert digest != rules_digest(Tree({**base, path: base[path] + b"x"})), path
        moved = {**base, f"{path}x": base[path]}
        del moved[path]
        assert digest != rules_digest(Tree(moved)), path


def test_the_sop_of_the_model_may_be_left_out() -> None:
    """``amends`` names the SOP and its version, or nothing."""
    base = before()
    amends = ledger_of(base).policy.model.amends
    assert (amends.sop, amends.version) == ("SOP-REV-lead-qualification", "v1.0")
    line = "amends: {sop: SOP-REV-lead-qualification, version: v1.0}\n"
    assert ledger_of(changed(base, MODEL, (line, ""))).policy.model.amends.sop == ""
