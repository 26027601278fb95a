"""The trail: which answer changed from what to what, when, and by whom."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from conftest import Repository
from stories import CRO, DAY, NAME, Keys, approved, begun, people
from winloss.core.repository.commits import Person
from winloss.edge import history, signing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result

FOLDER = "records/deals/2026/1001-northwind"
HANDOFF = f"{FOLDER}/pre-delivery.md"


def change(repository: Repository, path: str, old: str, new: str, message: str) -> None:
    """Change a file and commit it."""
    repository.change(path, old, new)
    repository.git("commit", "-qam", message)


def test_a_changed_answer_is_told_with_what_it_was(repository: Repository) -> None:
    """Each entry says who, when and why, and each answer before and after."""
    change(repository, HANDOFF, "timing: absent", "timing: strong", "Score anew")
    out = repository.run("log", "1001").out
    assert "A <a@example.com>, self-declared: Score anew\n" in out
    assert f"  {HANDOFF}\n    scores.timing: absent → strong\n" in out
    assert "(new: " in out


def test_a_layout_is_no_change(repository: Repository) -> None:
    """Quotes and line breaks say nothing new."""
    change(repository, HANDOFF, "timing: absent", 'timing: "absent"', "Quote")
    assert "Quote" not in repository.run("log", "1001").out


@pytest.mark.parametrize("field", ["scores", "scores.timing"])
def test_one_answer_can_be_asked_for(repository: Repository, field: str) -> None:
    """--field leaves out every other answer, and has those below it."""
    change(repository, HANDOFF, "timing: absent", "timing: strong", "Score anew")
    change(repository, HANDOFF, "customer: Northwind Traders", "customer: Northwind", "Rename")
    out = repository.run("log", HANDOFF, "--field", field).out
    assert "scores.timing: absent → strong" in out
    assert "scores.timing: absent\n" in out
    assert "Rename" not in out
    assert "signals" not in out


def test_a_record_is_followed_through_its_moves(repository: Repository) -> None:
    """The folder's name is not what makes a record: its deal and its kind are."""
    moved = "records/deals/2027/1001-northwind-traders"
    (repository.root / "records/deals/2027").mkdir()
    repository.git("mv", FOLDER, moved)
    repository.change(f"{moved}/pre-delivery.md", "timing: absent", "timing: strong")
    repository.git("commit", "-qam", "Move and score")
    for asked in ("1001", f"{moved}/pre-delivery.md", moved, HANDOFF):
        out = repository.run("log", asked).out
        assert f"{moved}/pre-delivery.md (moved from {HANDOFF})" in out, asked
        assert "scores.timing: absent → strong" in out
        assert "Begin" in out


def test_a_rule_is_told_like_a_record(repository: Repository) -> None:
    """Points, titles and the threshold are answers, too."""
    path = "records/policy/qualification.md"
    change(repository, path, "qualified_at: 6", "qualified_at: 5", "Lower")
    out = repository.run("log", path).out
    assert "    qualified_at: 6 → 5\n" in out


def test_a_merge_tells_only_what_it_made_up_itself(repository: Repository) -> None:
    """What a branch brought is told once; what only the merge has, is the merge's."""
    repository.git("checkout", "-qb", "side")
    change(repository, HANDOFF, "timing: absent", "timing: strong", "Score anew")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "--no-commit", "side")
    repository.change(HANDOFF, "industry_fit: strong", "industry_fit: absent")
    repository.git("commit", "-qam", "Merge")
    out = repository.run("log", "1001").out
    assert out.count("Score anew") == 1
    merge = out[out.index(": Merge\n") : out.index(": Score anew\n")]
    assert "scores.industry_fit: strong → absent" in merge


def test_json_has_each_change_for_a_script(repository: Repository) -> None:
    """Commit, day, author, and each answer before and after."""
    change(repository, HANDOFF, "timing: absent", "timing: strong", "Score anew")
    first = json.loads(repository.run("log", "1001", "--format", "json").out)[0]
    assert first["email"] == "a@example.com"
    assert first["signed_by"] is None
    assert first["changes"] == [
        {
            "path": HANDOFF,
            "moved_from": None,
            "field": "scores.timing",
            "before": "absent",
            "after": "strong",
        }
    ]


def test_a_long_text_is_shown_around_its_difference(repository: Repository) -> None:
    """Of a paragraph, the words that changed and a few around them."""
    old = "They doubted the method. We showed it."
    long = "They doubted from the first day on that the method works. We showed it to all of them."
    change(repository, HANDOFF, old, long, "Word")
    change(repository, HANDOFF, "first day", "second day", "Word again")
    out = repository.run("log", "1001").out
    shown = "They doubted from the {} day on that the …"
    assert f"{shown.format('first')} → {shown.format('second')}\n" in out


def test_a_signature_by_a_known_key_is_told(repository: Repository, tmp_path: Path) -> None:
    """Who signed is proved by the key that roles.md named before the commit, and by no other."""
    me = Person("A", "a@example.com")
    keys = {name: signing.make_key(tmp_path / name, me.email) for name in ("mine", "other")}
    row = f"people:\n  - {{role: cro, name: A, email: a@example.com, key: {keys['mine']}}}\n"
    change(repository, "records/policy/roles.md", "people: []\n", row, "Name the CRO")
    for name, level in (("mine", "strong"), ("other", "partial")):
        place = repository.root / HANDOFF
        text = place.read_text().split("timing: ")
        place.write_text(f"{text[0]}timing: {level}\n" + text[1].partition("\n")[2])
        signed = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={tmp_path / name}")
        repository.git(*signed, "commit", "-qa", "-S", "-m", f"With {name}")
    out = repository.run("log", "1001").out
    assert "signed by A (cro): With mine" in out
    assert "self-declared: With other" in out


def test_a_signed_decision_is_told_as_one(tmp_path: Path, run: Callable[..., Result]) -> None:
    """The commit that brings an approval is proved by the signature in the file."""
    keys = Keys(tmp_path)
    story = begun(people(keys))
    approved(story, keys, DAY)
    root = tmp_path / "told"
    root.mkdir()
    history.build(root, story.stream(), NAME, {})
    repository = Repository(root, run)
    out = repository.run("log", "records/approvals").out
    assert f"signed by {CRO.name} (cro): Decide: {NAME}" in out
    assert "self-declared" in repository.run("log", NAME).out


def test_what_no_commit_tells_of_is_said(repository: Repository) -> None:
    """A deal or a field that history does not know is no empty answer."""
    for asked in (("4711",), ("records/nothing.md",), ("1001", "--field", "nothing")):
        done = repository.run("log", *asked)
        assert done.code == 2
        assert done.err


def test_no_text_of_a_record_acts_on_the_terminal(repository: Repository) -> None:
    """Escape sequences in names and messages are shown, and do nothing."""
    repository.change(HANDOFF, "timing: absent", "timing: strong")
    repository.git("-c", "user.name=\x1b[31mRed", "commit", "-qam", "A\x1b]0;title\x07")
    assert "\x1b" not in repository.run("log", "1001").out
    shutil.rmtree(repository.root / "records/deals/2026/1001-northwind")
