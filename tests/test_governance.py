"""Proposals and approvals as records: where they stand, how they begin, what a page makes of them.

What their rules refuse stands in ``tests/golden/check-governance.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from weighing import MODEL, PROPOSAL, approval, before, changed, delivered, lost, proposal, scores
from winloss.core.days import Quarter
from winloss.core.deals import rules
from winloss.core.pages.page import rollup_page
from winloss.core.pages.rollup import build_rollups
from winloss.core.pages.rollup_json import rollup_data
from winloss.core.repository.tree import Tree

if TYPE_CHECKING:
    from conftest import Repository

Files = dict[str, bytes]


def slugs_of(files: Files) -> list[tuple[str, str]]:
    """Return the path and the slug of every problem."""
    return [(each.path, each.slug) for each in rules.check(Tree(files))[1]]


def page_of(files: Files, name: str) -> str:
    """Return a quarter's page."""
    ledger, problems = rules.check(Tree(files))
    quarter = Quarter.parse(name)
    assert ledger is not None
    assert quarter is not None
    return rollup_page(*build_rollups(ledger, quarter, problems))


@pytest.mark.parametrize(
    ("name", "is_right"),
    [
        ("approvals/0001.md", True),
        ("approvals/0000.md", True),
        ("approvals/9999.md", True),
        ("approvals/1.md", False),
        ("approvals/00001.md", False),
        ("approvals/000x.md", False),
        ("approvals/2026/0001.md", False),
        ("approvals/0001-timing.md", False),
        ("proposals/0001.md", False),
        ("deals/2026/101/approval.md", False),
    ],
)
def test_a_decision_stands_under_its_number(name: str, is_right: bool) -> None:  # noqa: FBT001 - pytest passes it by name
    """Approvals are counted up in a folder of their own, with four digits."""
    (text,) = approval("0001", "returned", "c").values()
    files = {**before(delivered("101")), **proposal(), f"records/{name}": text}
    assert slugs_of(files) == ([] if is_right else [(f"records/{name}", "misplaced")])


def test_a_proposal_stands_under_its_id() -> None:
    """The file is named for the id that decisions cite."""
    files = before(delivered("101"))
    moved = {"records/proposals/other.md": proposal()[PROPOSAL]}
    assert slugs_of({**files, **moved}) == [("records/proposals/other.md", "misplaced")]


def test_a_dimension_of_either_model_can_be_claimed() -> None:
    """A claim may name what the model has, what deals were scored by, or what is to come or go."""
    files = before(delivered("101"))
    season = changed(files, MODEL, ("  timing:", "  season:"), ("version: 1\n", "version: 2\n"))
    for claim, dimension, is_known in (
        ("over-scored", "timing", True),
        ("over-scored", "season", True),
        ("redefine", "weather", False),
        ("add", "weather", True),
        ("remove", "weather", True),
    ):
        found = slugs_of({**season, **proposal(claim, dimension)})
        assert found == ([] if is_known else [(PROPOSAL, "unknown-code")]), (claim, dimension)


def test_a_lost_deal_is_scored_too() -> None:
    """A dimension that only a lost deal was scored by is known."""
    assert "timing: strong" in scores("strong")
    files = changed(
        before(lost("201")), MODEL, ("  timing:", "  season:"), ("version: 1\n", "version: 2\n")
    )
    assert slugs_of({**files, **proposal()}) == []


def test_the_same_content_is_approved_once() -> None:
    """A second approval of one digest is refused; approving other content is not."""
    files = {**before(delivered("101")), **proposal()}
    for decision, digest, is_twice in (
        ("approved", "c", True),
        ("approved", "d", False),
        ("rejected", "c", False),
    ):
        pair = {**approval("0001", "approved", "c"), **approval("0002", decision, digest)}
        found = slugs_of({**files, **pair})
        wanted = [("records/approvals/0002.md", "approved-twice")] if is_twice else []
        assert found == wanted, (decision, digest)


def test_a_broken_record_is_not_reported_as_a_deal_that_is_not_there() -> None:
    """Evidence whose record cannot be read has one problem: that of the record."""
    files = before(delivered("101"))
    for path in [path for path in files if "/101/" in path]:
        files[path] = b"junk"
    found = slugs_of({**files, **proposal(evidence="['101']")})
    assert {slug for _, slug in found} == {"no-front-matter"}


def test_new_begins_a_proposal_and_leaves_decisions_to_approve(
    empty_repository: Repository,
) -> None:
    """A proposal is scaffolded under its id; a decision is written by the command that binds it."""
    done = empty_repository.run("new", "proposal", "--no-edit", "--set", "id=timing")
    assert (done.code, done.out.split()[1]) == (0, PROPOSAL)
    text = empty_repository.read(PROPOSAL)
    assert "claim:\n" in text
    assert "# one of: " not in text.partition("claim:")[2]
    done = empty_repository.run("new", "approval", "--no-edit", "--set", "proposal=timing")
    assert done.code == 2
    assert "winloss approve" in done.err
    assert "records/approvals" not in "".join(empty_repository.files())


def test_check_and_the_page_account_for_proposals_and_decisions(repository: Repository) -> None:
    """Both are files in no quarter: counted by their folder, and no problem of any page."""
    for path, data in {**proposal(), **approval("0001", "returned", "c")}.items():
        repository.write(path, data)
    repository.git("add", "-A")
    assert repository.run("check").code == 0
    page = repository.run("rollup", "2026-Q3", "--stdout").out
    assert "6 in policy, 1 in proposals" in page
    assert "1 in approvals" in page
    for verb in ("status", "due"):
        assert repository.run(verb).code == 0


def test_a_page_does_not_change_with_a_later_proposal() -> None:
    """A quarter's page stays true while proposals come after it; its JSON counts every file."""
    files = before(delivered("101"))
    later = {**files, **proposal(date="2026-07-15")}
    assert page_of(files, "2026-Q2") == page_of(later, "2026-Q2")
    assert page_of(files, "2026-Q3") != page_of(later, "2026-Q3")
    broken = changed(later, PROPOSAL, ("claim: over-scored", "claim: overscored"))
    assert page_of(files, "2026-Q2") == page_of(broken, "2026-Q2")
    assert "unknown-code" in page_of(broken, "2026-Q3")
    ledger, problems = rules.check(Tree(later))
    quarter = Quarter.parse("2026-Q2")
    assert ledger is not None
    assert quarter is not None
    records = rollup_data(*build_rollups(ledger, quarter, problems))["records"]
    assert isinstance(records, dict)
    assert records["other"] == {"policy": 6, "proposals": 1}
