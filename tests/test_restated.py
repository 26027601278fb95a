"""A page that was filed: what a later edition says of it, and what still confirms it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Repository

PAGE = "operations/reports/revenue/win-loss-2026-Q2.md"
DELIVERY = "records/deals/2026/1001-northwind/post-delivery.md"
LATE = "records/deals/2026/2002-late/closed-lost.md"
LOSS = (
    "---\nkind: closed-lost\ndeal: 2002\ncustomer: Late Bakery\ndate: 2026-07-04\n"
    "filed_by: sales.ops\nclosed_on: 2026-06-29\noutcome: lost\nreason: price\n"
    "source: buyer-said\nmodel: 1\nscores:\n  company_size: absent\n  ecosystem_presence: absent\n"
    "  revenue_leadership: absent\n  industry_fit: absent\n  timing: absent\nsignals: []\n---\n\n"
    "## Objections raised and how addressed\n\nToo dear.\n"
)


def file_the_page(repository: Repository, message: str = "File") -> str:
    """Build the page, commit everything, and return the page."""
    done = repository.run("rollup", "2026-Q2")
    assert done.code == 0, done.err
    repository.git("add", "-A")
    repository.git("commit", "-qm", message)
    return repository.read(PAGE)


def restated(page: str) -> str:
    """Return the section that says what differs from the edition before; empty without one."""
    _, _, rest = page.partition("## Restated\n")
    return rest.partition("\n## ")[0]


def test_a_late_record_is_restated_with_the_figures_that_it_moved(repository: Repository) -> None:
    """The rebuilt page lists each figure that differs, and the record that caused it."""
    first = file_the_page(repository)
    assert not restated(first)
    repository.write(LATE, LOSS)
    second = file_the_page(repository, "A late record")
    assert "| Lost | 1: Tailspin Toys | 2: Tailspin Toys and Late Bakery |" in restated(second)
    assert "| Not won: Price | 1: Tailspin Toys | 2: Tailspin Toys and Late Bakery |" in restated(
        second
    )
    assert "closed-lost.md) | new |" in restated(second)
    digest = first.partition("sources: sha256:")[2][:12]
    assert digest in restated(second)


def test_a_restated_page_is_confirmed_and_built_again_to_the_same_bytes(
    repository: Repository,
) -> None:
    """Once committed, the edition is not held against itself."""
    file_the_page(repository)
    repository.write(LATE, LOSS)
    filed = file_the_page(repository)
    assert repository.run("rollup", "2026-Q2", "--check").code == 0
    assert repository.run("rollup", "2026-Q2", "--check", "--at", "HEAD").code == 0
    assert repository.run("rollup", "2026-Q2", "--stdout").out == filed
    assert repository.run("rollup", "2026-Q2", "--stdout", "--at", "main").out == filed


def test_a_record_that_changed_or_went_is_named(repository: Repository) -> None:
    """What was mended is named as changed, what was lost as gone."""
    repository.write(LATE, LOSS)
    file_the_page(repository)
    repository.change(DELIVERY, "delivery_quality: high", "delivery_quality: medium")
    repository.git("rm", "-q", LATE)
    section = restated(file_the_page(repository))
    assert "post-delivery.md) | changed |" in section
    assert "2026/2002-late/closed-lost.md | gone |" in section
    assert "| Delivered well | 1: Northwind Traders | 0 |" in section
    assert "| Lost | 2: Tailspin Toys and Late Bakery | 1: Tailspin Toys |" in section


def test_a_draft_committed_before_the_quarter_ended_is_no_edition(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was tried out while the quarter ran was not filed, and is not restated."""
    repository.run("rollup", "2026-Q2")
    repository.git("add", "-A")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-06-20T12:00:00+0000")
    repository.git("commit", "-qm", "Draft")
    repository.write(LATE, LOSS)
    assert not restated(repository.run("rollup", "2026-Q2", "--stdout").out)


def test_what_a_branch_tried_out_was_never_filed(repository: Repository) -> None:
    """Pages that only a branch held before it was merged are not editions."""
    first = file_the_page(repository)
    repository.git("checkout", "-qb", "mend")
    repository.write(LATE, LOSS)
    file_the_page(repository, "First try")
    repository.change(DELIVERY, "delivery_quality: high", "delivery_quality: medium")
    second = file_the_page(repository, "Second try")
    assert first.partition("sources: sha256:")[2][:12] in restated(second)
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--squash", "mend")
    repository.git("commit", "-qm", "Mend")
    assert repository.run("rollup", "2026-Q2", "--check").code == 0


def test_a_form_that_changed_later_does_not_falsify_a_page(repository: Repository) -> None:
    """A closed quarter's page is confirmed by the rules that it was filed on."""
    file_the_page(repository)
    repository.change("templates/post-delivery.md", "fields:\n", "fields:\n  size: {type: text}\n")
    repository.git("commit", "-qam", "Ask for more")
    done = repository.run("rollup", "2026-Q2", "--check")
    assert done.code == 0
    assert "by the rules of" in done.out
    assert repository.run("rollup", "2026-Q2").code == 1  # the record lacks what is asked now
    assert not restated(repository.run("rollup", "2026-Q2", "--stdout", "--allow-problems").err)


def test_a_rule_that_moves_no_figure_is_nothing_to_restate(repository: Repository) -> None:
    """A page rebuilt under other rules, with the same figures, restates nothing."""
    file_the_page(repository)
    policy = "records/policy/calendar.md"
    repository.write(policy, repository.read(policy) + "\nOne more sentence.\n")
    assert not restated(file_the_page(repository))


@pytest.mark.parametrize("is_committed", [False, True])
def test_a_record_that_changed_later_does_falsify_a_page(
    repository: Repository, *, is_committed: bool
) -> None:
    """A page is not confirmed when its records say something else by now."""
    file_the_page(repository)
    repository.change(DELIVERY, "delivery_quality: high", "delivery_quality: medium")
    if is_committed:
        repository.git("commit", "-qam", "Change")
    done = repository.run("rollup", "2026-Q2", "--check")
    assert done.code == 1
    assert "winloss rollup 2026-Q2" in done.err


def test_two_branches_that_rebuild_one_page_merge_into_one_that_is_refused(
    repository: Repository,
) -> None:
    """Git merges the two pages without a conflict, and the check refuses the result."""
    file_the_page(repository)
    other = LOSS.replace("2002", "3003").replace("Late Bakery", "Zebra Mills")
    for branch, path, text in (
        ("one", LATE, LOSS),
        ("two", "records/deals/2026/3003-zebra/closed-lost.md", other),
    ):
        repository.git("checkout", "-qb", branch, "main")
        repository.write(path, text)
        file_the_page(repository, branch)
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "One", "one")
    repository.git("merge", "-q", "--no-ff", "-m", "Two", "-X", "ours", "two")
    done = repository.run("rollup", "2026-Q2", "--check")
    assert done.code == 1
    file_the_page(repository)
    assert repository.run("rollup", "2026-Q2", "--check").code == 0


def test_a_shallow_history_may_hide_an_edition(repository: Repository) -> None:
    """Where an edition before may be cut off, the page is not built."""
    file_the_page(repository)
    repository.write(LATE, LOSS)
    file_the_page(repository)
    repository.write(".git/shallow", repository.git("rev-parse", "HEAD"))
    done = repository.run("rollup", "2026-Q2", "--check")
    assert done.code == 2
    assert "git fetch --unshallow" in done.err
    (repository.root / ".git/shallow").unlink()


def test_a_page_cannot_be_written_into_a_bare_repository(repository: Repository) -> None:
    """Where there are no files, the page can be printed, and not be filed."""
    repository.git("clone", "-q", "--bare", ".", "bare.git")
    done = repository.run("--root", "bare.git", "rollup", "2026-Q2", "--at", "main")
    assert done.code == 2
    assert "--stdout" in done.err


def test_a_rule_that_moves_points_is_restated(repository: Repository) -> None:
    """A page built again by other rules says which points moved, and names the rule."""
    file_the_page(repository)
    policy = "records/policy/qualification.md"
    repository.change(policy, "qualified_at: 6", "qualified_at: 8")
    section = restated(file_the_page(repository))
    assert "| Points from which a deal qualifies | 6 | 8 |" in section
    assert "| Points of Northwind Traders | 7 | 7, below 8 |" in section
    assert "qualification.md) | changed |" in section


def test_the_quarter_before_is_restated_where_it_is_shown(repository: Repository) -> None:
    """A page shows the quarter before beside its own, so that is restated, too."""
    done = repository.run("rollup", "2026-Q3")
    assert done.code == 0, done.err
    repository.git("add", "-A")
    repository.git("commit", "-qm", "File")
    repository.write(LATE, LOSS)
    done = repository.run("rollup", "2026-Q3")
    assert "(see Restated in it)" in done.out
    section = restated(repository.read(PAGE.replace("Q2", "Q3")))
    assert "| 2026-Q2: Lost | 1: Tailspin Toys | 2: Tailspin Toys and Late Bakery |" in section


def test_a_page_by_hand_from_before_is_no_edition(repository: Repository) -> None:
    """What stood in the page's place before there were records is nothing to restate."""
    repository.git("checkout", "-q", "--orphan", "old")
    repository.git("rm", "-rqf", ".")
    repository.write(PAGE, "# By hand\n")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "By hand")
    repository.git("checkout", "-q", "main", "--", ".")
    repository.git("rm", "-qf", "--cached", PAGE)
    repository.git("branch", "-qM", "old", "main")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "Adopt")
    assert not restated(file_the_page(repository))
