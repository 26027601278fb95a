"""Evidence and approval on a branch: what is shown, what is bound, and what voids it."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conftest import HOME, Repository, at_a_terminal
from stories import CRO, DAY, MODEL, NAME, PROPOSAL, SALES, Keys, begun, people, proposal, propose
from winloss.core.auditing.approval import NAMESPACE, read_approval
from winloss.edge import history, signing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result
    from winloss.core.repository.commits import Person

FILE = "records/approvals/0001.md"


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Return keys for everybody, made once."""
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Path:
    """Return a repository in use, on the branch of a proposal; the CRO is at work."""
    story = begun(people(keys))
    propose(story, DAY)
    root = tmp_path_factory.mktemp("branch")
    key = str(keys.place / CRO.email)
    me = {"user.name": CRO.name, "user.email": CRO.email, "user.signingkey": key}
    history.build(root, story.stream(), NAME, me)
    return root


@pytest.fixture
def branch(built: Path, tmp_path: Path, run: Callable[..., Result]) -> Repository:
    """Return that repository, in a copy of one's own."""
    shutil.copytree(built, tmp_path / "branch")
    return Repository(tmp_path / "branch", run)


def evidence(repository: Repository, *arguments: str) -> dict[str, object]:
    """Return the evidence as data."""
    done = repository.run("evidence", "--format", "json", *arguments)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert isinstance(found, dict)
    return found


def approve(repository: Repository, *arguments: str) -> Result:
    """Decide without being asked."""
    return repository.run("approve", NAME, "--decision", "approved", "--yes", *arguments)


def become(repository: Repository, person: Person) -> None:
    """Let somebody else be at work."""
    repository.git("config", "user.name", person.name)
    repository.git("config", "user.email", person.email)


def test_the_branch_is_held_against_where_it_left_the_main_one(branch: Repository) -> None:
    """Without a word, the proposal of the branch is weighed against the merge base."""
    found = evidence(branch)
    assert found["proposal"] == NAME
    assert found["for"] == ["7001", "7003", "7004", "7007"]
    assert found["against"] == ["7008"]
    assert found["enough"] is True
    assert found["approval"] == "none"
    assert found == evidence(branch, NAME, "--base", "main")


def test_the_main_branch_may_go_on(branch: Repository) -> None:
    """What the main branch says since the branch left it is not part of its evidence."""
    before = evidence(branch)
    branch.git("checkout", "-q", "main")
    path = "records/deals/2026/7006-relecloud/post-delivery.md"
    branch.change(
        path, "flags:\n", "flags:\n  - {dimension: timing, claim: over-scored, note: So}\n"
    )
    branch.git("commit", "-qam", "Another flag")
    branch.git("checkout", "-q", NAME)
    others = before["remarks"]
    assert isinstance(others, list)
    moved_on = (
        "The main branch has moved on, and on it the evidence is another: bring the branch up to "
        "date, or see --base main"
    )
    assert evidence(branch) == {**before, "remarks": [*others, moved_on]}
    assert f"> **Note:** {moved_on}." in branch.run("evidence").out
    on_main = evidence(branch, "--base", "main")
    assert on_main["for"] != before["for"]
    assert on_main["remarks"] == others


def test_a_main_branch_that_goes_on_elsewhere_is_no_remark(branch: Repository) -> None:
    """Records that bear on nothing do not bother the CRO; nor does a main branch out of order."""
    before = evidence(branch)
    branch.git("checkout", "-q", "main")
    branch.write("records/deals/2026/readme.md", "Notes\n")
    branch.git("add", "-A")
    branch.git("commit", "-qm", "Notes")
    branch.git("checkout", "-q", NAME)
    assert evidence(branch) == before
    branch.git("checkout", "-q", "main")
    branch.change(MODEL, "qualified_at: 6", "qualified_at: many")
    branch.git("commit", "-qam", "Break the model")
    branch.git("checkout", "-q", NAME)
    assert evidence(branch) == before


def test_an_approval_is_signed_and_bound_to_what_was_shown(branch: Repository, keys: Keys) -> None:
    """The file names the rules before and after and the digest, and the key proves who made it."""
    found = evidence(branch)
    done = approve(branch)
    assert done.code == 0, done.err
    assert f"Wrote {FILE} (signed)" in done.out
    made = read_approval(FILE, branch.read(FILE).encode())
    assert made is not None
    assert (made.origin, made.to, made.digest) == (found["from"], found["to"], found["digest"])
    assert signing.is_signed_by(made.statement(), made.signature, keys.of(CRO), NAMESPACE)
    assert evidence(branch)["approval"] == "signed"
    assert branch.run("check").code == 0


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (MODEL, "strong: 1}", "strong: 0}"),
        (MODEL, "# The qualification model", "# The model"),
        (PROPOSAL, "They say so.", "All say so."),
        ("records/policy/calendar.md", "closed: []", "closed: [2026-12-24]"),
        ("templates/rollup.md.j2", "## Deals", "## All deals"),
        (FILE, "decision: approved", "decision: approved\ncouncil: waived"),
    ],
)
def test_any_later_edit_voids_an_approval(
    branch: Repository, path: str, old: str, new: str
) -> None:
    """Approved is what was shown: the model, its text, the proposal, and every other rule."""
    approve(branch)
    branch.change(path, old, new)
    assert evidence(branch)["approval"] == "void"


def test_an_identical_rebase_keeps_an_approval(
    branch: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The main branch went on with something else; the same content stays approved."""
    approve(branch)
    branch.git("add", "-A")
    branch.git("commit", "-qm", "Approve")
    branch.git("checkout", "-q", "main")
    branch.write("README.md", "Deals\n")
    branch.git("add", "-A")
    branch.git("commit", "-qm", "A README")
    monkeypatch.setenv("GIT_COMMITTER_DATE", f"{DAY} 12:00:00 +0000")
    branch.git("rebase", "-q", "main", NAME)
    assert evidence(branch)["approval"] == "signed"
    branch.git("checkout", "-q", "main")
    branch.git("merge", "-q", "--no-ff", "-m", "Merge", NAME)
    assert branch.run("audit").code == 0


def test_an_approval_binds_in_a_sha256_repository_alike(
    tmp_path: Path, run: Callable[..., Result], keys: Keys
) -> None:
    """Where git names contents by SHA-256, approval, merge and audit agree as well."""
    story = begun(people(keys))
    propose(story, DAY)
    repository = Repository(tmp_path, run)
    repository.git("init", "-q", "-b", "main", "--object-format=sha256")
    stream = ["git", "fast-import", "--quiet", "--date-format=raw"]
    subprocess.run(stream, cwd=tmp_path, input=story.stream(), check=True)
    repository.git("checkout", "-qf", NAME)
    become(repository, CRO)
    repository.git("config", "user.signingkey", str(keys.place / CRO.email))
    assert approve(repository).code == 0
    assert evidence(repository)["approval"] == "signed"
    repository.git("add", "-A")
    repository.git("commit", "-qm", "Approve")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "Merge", NAME)
    done = repository.run("audit")
    assert done.code == 0, done.out
    assert "Approvals: 1 signed" in done.out


def test_who_proposes_does_not_approve(branch: Repository) -> None:
    """By whatever case the address is written."""
    become(branch, SALES)
    branch.git("config", "user.email", SALES.email.upper())
    done = approve(branch)
    assert done.code == 2
    assert "who proposes does not approve" in done.err
    assert not (branch.root / FILE).exists()


def test_only_who_holds_the_role_approves(branch: Repository) -> None:
    """roles.md says who decides, as it stood before the change."""
    branch.git("config", "user.email", "somebody@example.com")
    done = approve(branch)
    assert done.code == 2
    assert f"{CRO.name} <{CRO.email}>" in done.err
    branch.change("records/policy/roles.md", CRO.email, "somebody@example.com")
    assert approve(branch).code == 2


def test_another_key_cannot_sign(branch: Repository, keys: Keys) -> None:
    """A key that roles.md does not name makes no approval."""
    keys.of(SALES)
    done = approve(branch, "--key", str(keys.place / SALES.email))
    assert done.code == 2
    assert "not the key that roles.md names" in done.err
    branch.git("config", "user.signingkey", str(keys.place / SALES.email))
    assert "--key" in approve(branch).err
    assert not (branch.root / FILE).exists()


def test_a_proposal_that_is_not_committed_has_no_author(branch: Repository) -> None:
    """Nobody answers for what stands on the disk alone."""
    branch.change(PROPOSAL, "They say so.", "All say so.")
    done = approve(branch)
    assert done.code == 2
    assert "not committed" in done.err


def test_too_little_evidence_cannot_be_approved(branch: Repository) -> None:
    """It can be rejected or returned, and the decision says why."""
    branch.change(PROPOSAL, f"date: {DAY}", "date: 2026-02-01")
    branch.git("commit", "-qam", "Earlier", "--author", str(SALES))
    done = approve(branch)
    assert done.code == 1
    assert "It cannot be approved" in done.err
    done = branch.run("approve", NAME, "--decision", "returned", "--yes", "--reason", "Ask\nmore")
    assert done.code == 0, done.err
    assert "## Reason\n\nAsk more\n" in branch.read(FILE)
    assert evidence(branch)["approval"] == "none"


def test_a_reclassified_dimension_asks_for_the_council(branch: Repository) -> None:
    """Whether the council reviewed it is asked, and stands in the approval."""
    branch.change(MODEL, "    title: Timing\n", "    title: A fixed board date\n")
    branch.git("commit", "-qam", "Rename", "--author", str(SALES))
    assert evidence(branch)["council"] == "recommended"
    done = approve(branch, "--council", "reviewed")
    assert done.code == 0
    assert "council: reviewed" in branch.read(FILE)


def test_too_little_evidence_is_not_sent_on_to_be_approved(
    branch: Repository, repository: Repository
) -> None:
    """At a terminal, 'evidence' says what comes next: an approval only where there can be one."""
    _, said = at_a_terminal(branch.root, "evidence")
    assert f"Next: the CRO decides with: winloss approve {NAME}" in said
    repository.git("switch", "-qc", "lower")
    repository.change("records/policy/qualification.md", "qualified_at: 6", "qualified_at: 5")
    repository.run("new", "proposal", "--no-edit", "--set", "id=lower")
    text = "## What changes\n\nFive is enough.\n"
    repository.change("records/proposals/lower.md", "## What changes\n", text)
    repository.git("add", "-A")
    repository.git("commit", "-qm", "Propose")
    code, said = at_a_terminal(repository.root, "evidence")
    assert code == 0, said
    assert "Next: it cannot be approved yet" in said
    assert "winloss approve lower --decision returned" in said


def test_the_cro_is_asked_at_a_terminal(branch: Repository) -> None:
    """The evidence is shown first, then the decision is asked for, then whether to file it."""
    asked = ("Decision", "rejected\ny\n")
    code, said = at_a_terminal(branch.root, "approve", NAME, "--reason", "No", typed=asked)
    assert code == 0, said
    assert said.index("What changes") < said.index("Decision") < said.index("File 'rejected'")
    assert said.count("Enough evidence to decide") == 2  # again, where it is asked for
    assert "decision: rejected" in branch.read(FILE)


def test_no_means_that_nothing_is_written(branch: Repository) -> None:
    """Whoever does not agree at the end leaves no file."""
    asked = ("File 'approved'", "n\n")
    code, _ = at_a_terminal(branch.root, "approve", NAME, "--decision", "approved", typed=asked)
    assert code == 130
    assert not (branch.root / FILE).exists()


def test_a_decision_never_takes_a_number_that_is_taken(branch: Repository) -> None:
    """Numbers count up over this branch and the main one."""
    approve(branch)
    branch.git("checkout", "-q", "main")
    branch.git("add", "-A")
    branch.git("commit", "-qm", "Approve")
    branch.git("checkout", "-q", NAME)
    assert approve(branch).code == 0
    assert (branch.root / "records/approvals/0002.md").exists()


def test_what_is_approved_already_is_not_approved_again(branch: Repository) -> None:
    """A second decision has nothing to add, unless something changed."""
    approve(branch)
    done = approve(branch)
    assert done.code == 2
    assert f"{FILE} says 'approved' already" in done.err
    assert not (branch.root / "records/approvals/0002.md").exists()


def test_a_decision_can_be_taken_back(branch: Repository) -> None:
    """The later one counts, and the change does not pass with it."""
    approve(branch)
    done = branch.run("approve", NAME, "--decision", "rejected", "--yes")
    assert done.code == 0, done.err
    assert evidence(branch)["approval"] == "none"
    branch.git("add", "-A")
    branch.git("commit", "-qm", "Reject")
    branch.git("checkout", "-q", "main")
    branch.git("merge", "-q", "--no-ff", "-m", "Merge", NAME)
    done = branch.run("audit")
    assert done.code == 1
    assert "rejected-change" in done.out


def test_where_a_key_is_named_nobody_approves_without(branch: Repository) -> None:
    """Another holder of the role, without a key, would sign nothing that the audit believes."""
    branch.git("checkout", "-q", "main")
    row = "people:\n  - {role: cro, name: Jo Ek, email: jo@example.com}\n"
    branch.change("records/policy/roles.md", "people:\n", row)
    branch.git("commit", "-qam", "A second one")
    branch.git("checkout", "-q", NAME)
    branch.git("rebase", "-q", "main")
    branch.git("config", "user.email", "jo@example.com")
    done = approve(branch)
    assert done.code == 2
    assert f"roles.md names {CRO.name} <{CRO.email}> to decide" in done.err


def test_an_approval_is_shown_with_its_file_and_day(branch: Repository) -> None:
    """Whoever reads the comment finds the decision."""
    approve(branch)
    day = read_approval(FILE, branch.read(FILE).encode())
    assert day is not None
    first = branch.run("evidence").out.partition("\n")[0]
    assert first.endswith(f" Approved and signed ({FILE}, {day.date}).")


def test_the_reason_of_a_decision_is_shown(branch: Repository) -> None:
    """sales.ops reads on the first line what to do, until something is done."""
    reason = "Ask Contoso | Co, too."
    branch.run("approve", NAME, "--decision", "returned", "--reason", reason, "--yes")
    first = branch.run("evidence").out.partition("\n")[0]
    assert first.endswith(" Returned to sales.ops: Ask Contoso \\| Co, too.")
    branch.change(PROPOSAL, "A strong timing gives less.", "A strong timing gives one point.")
    first = branch.run("evidence").out.partition("\n")[0]
    assert first.endswith(" Returned before, and changed since: not decided yet.")
    branch.git("add", "-A")
    branch.git("commit", "-qm", "Answer")
    become(branch, CRO)
    branch.run("approve", NAME, "--decision", "rejected", "--reason", "y" * 300, "--yes")
    first = branch.run("evidence").out.partition("\n")[0]
    assert first.endswith(f" Rejected: {'y' * 200}….")


def test_a_rejection_is_shown_as_one(branch: Repository) -> None:
    """The comment's first line says what was decided."""
    branch.run("approve", NAME, "--decision", "rejected", "--yes")
    assert branch.run("evidence").out.partition("\n")[0].endswith(" Rejected.")
    assert evidence(branch)["approval"] == "none"


def test_a_rejection_stands_when_the_change_is_taken_back(branch: Repository) -> None:
    """A proposal that is filed with its rejection, and without its change, stays rejected."""
    branch.run("approve", NAME, "--decision", "rejected", "--reason", "Too early", "--yes")
    branch.git("checkout", "-q", "main", "--", MODEL)
    assert branch.run("evidence").out.partition("\n")[0].endswith(" Rejected: Too early.")
    branch.git("add", "-A")
    branch.git("commit", "-qm", "Take it back")
    branch.git("checkout", "-q", "main")
    branch.git("merge", "-q", "--no-ff", "-m", "Keep the record", NAME)
    assert branch.run("evidence", NAME).out.partition("\n")[0].endswith(" Rejected: Too early.")


def test_a_merged_proposal_is_weighed_as_it_was(branch: Repository) -> None:
    """After the merge, evidence and amendment are those of the decision."""
    approve(branch)
    before = evidence(branch)
    branch.git("add", "-A")
    branch.git("commit", "-qm", "Approve")
    branch.git("checkout", "-q", "main")
    branch.git("merge", "-q", "--no-ff", "-m", "Merge", NAME)
    branch.change("records/policy/calendar.md", "closed: []", "closed: [2026-12-24]")
    branch.git("commit", "-qam", "Later")
    assert evidence(branch, NAME) == before
    out = branch.run("evidence", NAME, "--amendment").out
    assert out.startswith("# Amendment of SOP-REV-lead-qualification, v1.0 to v1.1\n")
    assert "records/approvals/0001.md" in out


def test_an_amendment_without_an_approval_is_a_draft(branch: Repository) -> None:
    """Its first line says so."""
    first, _, rest = branch.run("evidence", "--amendment").out.partition("\n")
    assert "draft" in first.casefold()
    assert "v1.1" in rest


def test_an_amendment_says_what_was_decided(branch: Repository) -> None:
    """After a rejection nobody waits for the CRO; a void approval makes no amendment."""
    branch.run("approve", NAME, "--decision", "rejected", "--yes")
    first = branch.run("evidence", "--amendment").out.partition("\n")[0]
    assert first == f"**Draft: {FILE} says rejected.**"
    approve(branch)
    second = "records/approvals/0002.md"
    signature = next(each for each in branch.read(second).split("\n") if "signature:" in each)
    branch.change(second, signature, f"{signature[:-8]}AAAAAAAA")
    first = branch.run("evidence", "--amendment").out.partition("\n")[0]
    assert first == "**Draft: the CRO has not approved it.**"


def test_a_change_of_other_rules_has_no_amendment(branch: Repository) -> None:
    """There is nothing to take to the owners of the SOP, and the command says so."""
    branch.git("checkout", "-q", "-b", "days", "main")
    branch.change("records/policy/calendar.md", "closed: []", "closed: [2026-12-24]")
    branch.write("records/proposals/days.md", proposal(DAY, name="days", claim=False))
    done = branch.run("evidence", "--amendment")
    assert done.code == 2
    assert "'days' changes no part of the qualification model, so there is nothing" in done.err
    assert branch.run("evidence").code == 0


def test_rules_that_change_without_a_proposal_are_said(branch: Repository) -> None:
    """Whoever changes a rule and proposes nothing is told what is missing."""
    approve(branch)
    branch.git("add", "-A")
    branch.git("commit", "-qm", "Approve")
    branch.git("branch", "-f", "main")
    for is_first in (True, False):
        branch.git("checkout", "-q", "-B", "days", "main")
        branch.change("records/policy/calendar.md", "closed: []", "closed: [2026-12-24]")
        done = branch.run("evidence")
        assert done.code == 2
        assert "rules change here, and no proposal says why" in done.err
        assert "winloss new proposal --set id=NAME" in done.err
        branch.git("checkout", "-q", "--", ".")
        assert "no proposal" in branch.run("evidence").err
        if is_first:  # so that there is no proposal at all
            branch.git("checkout", "-q", "main")
            branch.git("rm", "-q", PROPOSAL, FILE)
            branch.git("commit", "-qm", "Take it away")


def test_what_is_not_there_is_said(branch: Repository) -> None:
    """A proposal that does not exist, a branch without one, a repository without a main branch."""
    assert "did you mean" in branch.run("evidence", "timing-overscored").err
    branch.git("checkout", "-q", "main")
    assert "no proposal" in branch.run("evidence").err
    branch.git("checkout", "-q", NAME)
    branch.git("branch", "-qD", "main")
    done = branch.run("evidence")
    assert done.code == 2
    assert "init.defaultBranch" in done.err


def test_errors_of_the_proposal_come_first(branch: Repository) -> None:
    """A proposal that does not pass the check is not weighed."""
    branch.change(PROPOSAL, "evidence: [7001", "evidence: [4711")
    done = branch.run("evidence")
    assert done.code == 1
    assert f"{PROPOSAL}:8:" in done.err


def test_the_shipped_repository_has_no_proposal_yet(run: Callable[..., Result]) -> None:
    """Where nothing is proposed, the message says how to begin."""
    done = run("evidence", cwd=HOME)
    assert done.code == 2
    assert "winloss new proposal" in done.err


@pytest.mark.parametrize(
    "reason", ["- all agree", "n/a", "# 3 looked", "> so", "<!-- x -->", "---"]
)
def test_a_reason_that_would_not_be_read_back_is_not_signed(
    branch: Repository, reason: str
) -> None:
    """What is signed is what stands in the file, word for word."""
    done = branch.run("approve", NAME, "--decision", "rejected", "--yes", "--reason", reason)
    assert done.code == 2
    assert "begin the reason with a word" in done.err
    assert not (branch.root / FILE).exists()


def test_rules_that_nobody_committed_are_not_approved(branch: Repository) -> None:
    """Whoever approves looks at what will be merged."""
    branch.change(MODEL, "qualified_at: 6", "qualified_at: 1")
    done = approve(branch)
    assert done.code == 2
    assert "the rules on the disk are not those of the last commit" in done.err


def test_line_ends_of_a_checkout_do_not_matter(branch: Repository) -> None:
    """A checkout with CRLF is the same content, to approve and to weigh."""
    for path in (PROPOSAL, MODEL):
        branch.write(path, branch.read(path).replace("\n", "\r\n"))
    assert approve(branch).code == 0
    assert evidence(branch)["approval"] == "signed"


def test_a_person_with_two_machines_has_two_keys(branch: Repository, keys: Keys) -> None:
    """Either key signs, where roles.md has a row for each."""
    other = replace(CRO, email="second@example.com")
    row = (
        f"people:\n  - {{role: cro, name: {CRO.name}, email: {CRO.email}, key: {keys.of(other)}}}\n"
    )
    branch.git("checkout", "-q", "main")
    branch.change("records/policy/roles.md", "people:\n", row)
    branch.git("commit", "-qam", "Another machine")
    branch.git("checkout", "-q", NAME)
    branch.git("rebase", "-q", "main")
    assert approve(branch, "--key", str(keys.place / other.email)).code == 0
    assert evidence(branch)["approval"] == "signed"
