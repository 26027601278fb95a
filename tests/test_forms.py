"""The forms: their mistakes have places, and a change of a form takes effect with no code change.

Mistakes of forms and policy stand in ``tests/golden/check-forms.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import HOME, Repository, base_tree, rules_tree
from winloss.core.days import Quarter
from winloss.core.deals import rules
from winloss.core.pages.page import rollup_page
from winloss.core.pages.rollup import build_rollups
from winloss.core.repository.tree import Tree

if TYPE_CHECKING:
    from winloss.core.problem import Problem

# An approval is written by the command that binds it to what was shown, and never by hand.
SHIPPED = sorted({file.stem for file in (HOME / "templates").glob("*.md")} - {"approval"})


def problems_of(files: dict[str, bytes]) -> list[Problem]:
    """Check a repository."""
    return list(rules.check(Tree(files))[1])


@pytest.mark.parametrize("kind", SHIPPED)
def test_a_shipped_form_left_unfilled_fails_only_as_not_answered(
    kind: str, empty_repository: Repository
) -> None:
    """A scaffold that nobody filled in has open answers and no other problem."""
    named = ["--set", "id=timing"] if kind == "proposal" else ["--deal", "77"]
    assert empty_repository.run("new", kind, *named, "--no-edit").code == 0
    files = empty_repository.files()
    found = problems_of({path: data for path, data in files.items() if "/" in path})
    # What should come before is warned of, and says nothing of the form.
    slugs = {problem.slug for problem in found} - {"no-handoff", "no-delivery"}
    assert slugs == {"not-answered"}
    assert any(problem.is_error for problem in found)


DECREE = """---
kind: decree
title: Decree
direction: cro → sales.ops
stage: decree
filed_by: cro
filed_as: decrees/{nnnn}.md
fields:
  about: {type: text}
---

## Reason

<!-- Why? -->
"""


def test_the_rules_of_renewal_say_where_the_sop_says_something_else() -> None:
    """What R §4 and §6 give as an example, or count otherwise, is marked, with the SOP's words."""
    text = base_tree()["records/policy/renewal.md"].decode()
    provisional = " ".join(text.partition("provisional, because")[2].split())
    assert 'the SOP says "Low (log for Q3)"' in provisional
    assert 'the SOP says "after 4 quarters without expansion signal"' in provisional


def test_the_language_carries_another_kind(empty_repository: Repository) -> None:
    """A kind that stands in no deal's folder needs no code to be used, nor do counted names."""
    empty_repository.write("templates/decree.md", DECREE)
    for number in ("0001", "0002"):
        done = empty_repository.run("new", "decree", "--no-edit", "--set", "about=x")
        assert (done.code, done.out.split()[1]) == (0, f"records/decrees/{number}.md")
    checked = empty_repository.run("check")
    assert ": error not-answered: " in checked.out
    assert checked.out.count(" error ") == checked.out.count(" error not-answered: ")


def test_a_counted_name_has_exactly_four_digits(empty_repository: Repository) -> None:
    """Placement takes any four digits where a form's name wants them, and nothing else."""
    form = DECREE.replace("{nnnn}", "no-{nnnn}-x")
    empty_repository.write("templates/decree.md", form)
    record = "---\nkind: decree\ndate: 2026-06-30\nfiled_by: cro\nabout: x\n---\n\n## Reason\n\nx\n"
    for name, is_right in (
        ("no-0001-x.md", True),
        ("no-9999-x.md", True),
        ("no-001-x.md", False),
        ("no-00001-x.md", False),
        ("no-000a-x.md", False),
        ("no-\u0661\u0661\u0661\u0661-x.md", False),
        ("0001.md", False),
        ("sub/no-0001-x.md", False),
    ):
        path = f"records/decrees/{name}"
        empty_repository.write(path, record)
        assert ("misplaced" not in empty_repository.run("check").out) == is_right, name
        (empty_repository.root / path).unlink()


def test_sections_of_bullets_want_exactly_their_number(empty_repository: Repository) -> None:
    """A section with bullets: 3 takes three bullets and nothing else."""
    path = "records/deals/2026/77/day-30.md"
    front = (
        "---\nkind: day-30\ndeal: 77\ndate: 2026-07-14\nfiled_by: customer.success\n"
        "held_on: 2026-07-13\nchannel: call\ncro_flags: []\n---\n\n## Summary\n\n"
    )
    for body, is_right in (
        ("- a\n- b\n- c\n", True),
        ("- a\n  - deeper\n- b\n- c\n", True),
        ("- a\n- b\n", False),
        ("- a\n- b\n- c\n- d\n", False),
        ("- a\n- b\n- c\n\nand more\n", False),
        ("- a\n- b\n- TBD\n", False),
        ("* a\n* b\n* c\n", True),
        ("- a\n  > quoted\n\n  1. first\n- b\n- c\n", True),
        ("1. a\n2. b\n3. c\n", False),
        ("> - a\n> - b\n> - c\n", False),
        ("1. - a\n   - b\n   - c\n", False),
        ("- a\n- b\n- c\n\n1. d\n", False),
    ):
        empty_repository.write(path, front + body)
        done = empty_repository.run("check", path)
        assert ("wrong-bullets" not in done.out) == is_right, body
        assert done.code == (0 if is_right else 1), done.out


def test_a_new_field_binds_from_its_day_on() -> None:
    """A field with since: is owed by later records, and earlier ones stay as they are."""
    files = base_tree()
    form = files["templates/closed-lost.md"].decode()
    field = "  region: {type: choice, of: [north, south], since: 2026-07-01}\n"
    files["templates/closed-lost.md"] = form.replace("fields:\n", f"fields:\n{field}").encode()
    assert problems_of(files) == []
    path = "records/deals/2026/1002-tailspin/closed-lost.md"
    files[path] = files[path].replace(b"2026-05-20", b"2026-06-30")
    assert problems_of(files) == []
    files[path] = files[path].replace(b"2026-06-30", b"2026-07-01")
    (problem,) = problems_of(files)
    assert (problem.path, problem.slug) == (path, "not-answered")
    assert "region" in problem.message
    files[path] = files[path].replace(b"model: 1", b"model: 1\nregion: north")
    assert problems_of(files) == []


def test_a_renamed_heading_is_the_section_from_then_on() -> None:
    """The scaffold's headings are the sections, whatever they are called."""
    files = base_tree()
    path, old, new = (
        "templates/closed-lost.md",
        b"## Objections raised and how addressed",
        b"## Why",
    )
    files[path] = files[path].replace(old, new)
    slugs = [(problem.path, problem.slug) for problem in problems_of(files)]
    record = "records/deals/2026/1002-tailspin/closed-lost.md"
    assert slugs == [(record, "missing-section"), (record, "unknown-section")]
    files[record] = files[record].replace(old, new)
    assert problems_of(files) == []


VISIT = """---
kind: visit
title: Visit
direction: customer.success → sales.ops
stage: visit
filed_by: customer.success
filed_as: visit-{held_on}.md
counts_on: held_on
fields:
  held_on: {type: date}
  mood: {type: choice, of: [good, bad]}
sections:
  Notes: {paragraphs: 1}
---

## Notes

<!-- What did you see? -->
"""


def test_a_new_kind_of_record_is_a_new_file(repository: Repository) -> None:
    """A form for a kind that the code never heard of is scaffolded, checked and on the page."""
    repository.write("templates/visit.md", VISIT)
    answers = ["--set", "held_on=2026-06-03", "--set", "mood=good", "--set", "Notes=All | well"]
    done = repository.run("new", "visit", "--deal", "1001", "--no-edit", *answers)
    assert (done.code, done.err) == (0, "")
    path = "records/deals/2026/1001-northwind/visit-2026-06-03.md"
    assert path in done.out
    assert repository.run("check").code == 0
    page = repository.run("rollup", "2026-Q2", "--stdout").out
    assert "| Northwind Traders | Visit | Mood | good |" in page
    assert "| Northwind Traders | Visit | Notes | All \\| well |" in page
    assert "Visit, 2026-06-03" in page
    repository.change(path, "mood: good", "mood: sad")
    assert "unknown-code" in repository.run("check").out


def test_nothing_can_be_said_without_rules() -> None:
    """Without a policy or a form, check says so, and no other command goes on."""
    files = rules_tree()
    ledger, problems = rules.check(Tree({}))
    assert ledger is None
    assert {problem.slug for problem in problems} == {"missing-policy"}
    no_forms = {path: data for path, data in files.items() if not path.startswith("templates/")}
    ledger, problems = rules.check(Tree(no_forms))
    assert ledger is None
    assert [problem.slug for problem in problems] == ["no-forms"]


def test_a_new_column_is_on_the_page() -> None:
    """What a table is asked beyond the shipped columns is listed under "Also recorded"."""
    files = base_tree()
    form, record = (
        "templates/post-delivery.md",
        "records/deals/2026/1001-northwind/post-delivery.md",
    )
    old = b"origins, note: text}"
    files[form] = files[form].replace(old, b"origins, note: text, cost: integer}")
    files[record] = files[record].replace(b"origin: E1\n", b"origin: E1\n    cost: 250\n")
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None
    assert problems == ()
    quarter = Quarter.parse("2026-Q2")
    assert quarter is not None
    page = rollup_page(*build_rollups(ledger, quarter, problems))
    row = "| Northwind Traders | Post-delivery summary | Delivery friction, cost | 250 |"
    assert row in page
