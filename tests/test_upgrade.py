"""``winloss init --update``: what a newer winloss ships otherwise, as a patch that git takes."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from conftest import Repository
from starting import as_kim, with_persons
from winloss import beginning
from winloss.edge import files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from conftest import Result

FORM = "templates/pre-delivery.md"
SHIPPED = ".winloss/shipped.json"
RULES = files.shipped_rules()
REGION = b"fields:\n  region: {type: choice, of: [north, south], since: 2027-01-01}\n"


@pytest.fixture(autouse=True)
def _kim(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    as_kim(monkeypatch, tmp_path / "home")


@pytest.fixture
def firm(tmp_path: Path, run: Callable[..., Result]) -> Repository:
    """Return a repository that winloss began."""
    assert run("init", "firm", *with_persons(), cwd=tmp_path).code == 0
    return Repository(tmp_path / "firm", run)


@pytest.fixture
def ship(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, bytes | None]], None]:
    """Return how a newer winloss is made: rules that it ships otherwise, or no longer."""

    def make(changed: Mapping[str, bytes | None], version: str = "0.2.0") -> None:
        new = {**RULES, **changed}
        monkeypatch.setattr(
            files, "shipped_rules", lambda: {path: new[path] or b"" for path in new if new[path]}
        )
        monkeypatch.setattr(beginning, "__version__", version)

    return make


def newer(old: bytes = b"fields:\n", new: bytes = REGION, path: str = FORM) -> bytes:
    """Return a shipped file with a change in it."""
    text = RULES[path]
    assert text.count(old) == 1
    return text.replace(old, new)


def take(firm: Repository, patch: str) -> None:
    """Apply a patch as the help says, and commit it."""
    subprocess.run(["git", "apply", "--3way"], cwd=firm.root, input=patch.encode(), check=True)
    firm.git("commit", "-qam", "Take what is new")


def test_nothing_new_prints_nothing(firm: Repository) -> None:
    """With the winloss that made it, there is nothing to do."""
    said = firm.run("init", "--update")
    assert (said.code, said.out) == (0, "")
    assert "nothing to do" in said.err


def test_a_changed_form_is_a_patch_that_settles_it(
    firm: Repository, ship: Callable[..., None]
) -> None:
    """Form, snippets, version and ids come in one patch; afterwards there is nothing to do."""
    ship({FORM: newer()})
    before = firm.files()
    said = firm.run("init", "--update")
    assert firm.files() == before
    assert "have the CRO approve it" in said.err
    take(firm, said.out)
    assert firm.read(FORM) == newer().decode()
    assert firm.read(".winloss/requirements.txt").endswith("winloss==0.2.0\n")
    assert "See that" not in said.err
    assert "region: ${2|north,south|}" in firm.read(".vscode/winloss.code-snippets")
    assert firm.run("init", "--update").out == ""
    assert firm.run("check").code == 0


def test_a_form_that_the_firm_edited_keeps_its_edit(
    firm: Repository, ship: Callable[..., None], run: Callable[..., Result]
) -> None:
    """Both changes are in the file afterwards, and so they are once more with the next version."""
    firm.change(FORM, "title: Pre-delivery handoff", "title: Our handoff")
    firm.git("commit", "-qam", "Ours")
    ship({FORM: newer()})
    said = firm.run("init", "--update")
    assert f"{FORM}: you edited" in said.err
    take(firm, said.out)
    assert "title: Our handoff" in firm.read(FORM)
    assert "region:" in firm.read(FORM)
    assert firm.read(f".winloss/shipped/{FORM}") == newer().decode()
    clone = Repository(firm.root.parent / "clone", run)
    firm.git("clone", "-q", ".", str(clone.root))  # what was never committed is not there
    second = newer().replace(b"counts_on", b"# Which date counts:\ncounts_on")
    ship({FORM: second}, "0.3.0")
    take(clone, clone.run("init", "--update").out)
    for part in ("title: Our handoff", "region:", "# Which date counts:"):
        assert part in clone.read(FORM)
    assert clone.run("init", "--update").out.count("diff --git") in {0, 2}  # snippets of the merge


def test_a_policy_that_was_made_the_firm_s_own_at_once_is_compared(
    firm: Repository, ship: Callable[..., None], run: Callable[..., Result]
) -> None:
    """What was amended into the first commit keeps its edit in every clone, and takes what is new.

    Who chose which winloss is installed is told to name the new one.
    """
    model = "records/policy/qualification.md"
    firm.change(model, "title: Timing", "title: Urgency")
    firm.change(".winloss/requirements.txt", "winloss==", "winloss>=")
    firm.git("commit", "-qa", "--amend", "--no-edit")
    clone = Repository(firm.root.parent / "clone", run)
    firm.git("clone", "-q", "--no-local", ".", str(clone.root))
    ship({model: newer(b"# The qualification model", b"# The model", model)})
    said = clone.run("init", "--update")
    assert "cannot be compared" not in said.err
    assert "See that .winloss/requirements.txt names winloss" in said.err
    take(clone, said.out)
    assert "title: Urgency" in clone.read(model)
    assert "# The model" in clone.read(model)


def test_what_was_shipped_and_never_committed_is_said_so(
    firm: Repository, ship: Callable[..., None]
) -> None:
    """Without the text that it began from, a file is not compared; its new text is filed beside."""
    data = json.loads(firm.read(SHIPPED))
    data["files"][FORM] = "0" * 39 + "1"
    firm.write(SHIPPED, json.dumps(data))
    ship({FORM: newer()})
    said = firm.run("init", "--update")
    assert f"{FORM}: cannot be compared" in said.err
    assert f"b/{FORM}\n" not in said.out.replace(f"b/.winloss/shipped/{FORM}", "")
    assert f"+++ b/.winloss/shipped/{FORM}" in said.out


def test_new_files_deleted_files_and_dropped_files(
    firm: Repository, ship: Callable[..., None]
) -> None:
    """A new form comes as a new file, a deleted one stays away, what is dropped stays."""
    firm.git("rm", "-q", "templates/touchpoint.md", ".gitlab-ci.yml")
    firm.git("commit", "-qm", "Not for us")
    note = newer().replace(b"kind: pre-delivery", b"kind: note")
    touch = newer(path="templates/touchpoint.md", new=b"fields: # the new ones\n")
    ship({"templates/note.md": note, "templates/touchpoint.md": touch, "templates/day-30.md": None})
    said = firm.run("init", "--update")
    assert "templates/touchpoint.md: you deleted" in said.err
    assert "templates/day-30.md: winloss ships no longer" in said.err
    assert "diff --git a/templates/note.md b/templates/note.md\nnew file mode 100644\n" in said.out
    take(firm, said.out)
    assert firm.read("templates/note.md") == note.decode()
    assert not (firm.root / "templates/touchpoint.md").exists()
    assert (firm.root / "templates/day-30.md").exists()
    assert firm.run("init", "--update").out == ""


def test_what_is_made_from_the_rules_is_made_again(firm: Repository) -> None:
    """After people or a form changed here, CODEOWNERS and the snippets come in the patch."""
    firm.change("records/policy/roles.md", "dana@example.com", "erin@example.com")
    firm.change(FORM, "title: Pre-delivery handoff", "title: Our handoff")
    said = firm.run("init", "--update")
    assert said.out.count("diff --git") == 3
    subprocess.run(["git", "apply"], cwd=firm.root, input=said.out.encode(), check=True)
    assert "/templates/ erin@example.com" in firm.read("CODEOWNERS")
    assert '"Our handoff"' in firm.read(".vscode/winloss.code-snippets")
    assert firm.run("init", "--update").out == ""


def test_what_the_firm_had_before_is_never_in_the_patch(
    tmp_path: Path, run: Callable[..., Result], ship: Callable[..., None]
) -> None:
    """A file that init kept, or a requirement of one's own, is the firm's."""
    firm = Repository(tmp_path / "old", run)
    firm.write("CODEOWNERS", "* @us\n")
    firm.write(FORM, newer(b"fields:\n", b"fields: # ours\n"))
    firm.git("init", "-q", "-b", "main")
    firm.git("add", "-A")
    firm.git("commit", "-qm", "Ours")
    assert firm.run("init", "--requirement", "winloss @ git+https://git.example.com/w").code == 0
    ship({FORM: newer()})
    assert firm.run("init", "--update").out == ""


def test_it_is_asked_anywhere_by_anybody(firm: Repository, run: Callable[..., Result]) -> None:
    """A folder deep inside, git without a name, a requirement of no file: none is in the way."""
    (firm.root.parent / "home" / ".gitconfig").write_text("")
    firm.git("rm", "-q", ".winloss/requirements.txt")
    said = run("init", "--update", cwd=firm.root / "records" / "policy")
    assert (said.code, said.out) == (0, "")
    assert "nothing to do" in said.err


def test_outside_such_a_repository_it_says_how_to_begin(empty_repository: Repository) -> None:
    """Where winloss made nothing, nothing can be compared."""
    said = empty_repository.run("init", "--update")
    assert said.code == 2
    assert "begin with: winloss init" in said.err


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"winloss": "0.1.0", "files": {"a": "b"}}'])
def test_a_damaged_list_of_what_was_shipped_is_refused(firm: Repository, content: str) -> None:
    """What is no such file is said so, with the mend."""
    firm.write(SHIPPED, content)
    said = firm.run("init", "--update")
    assert (said.code, "git restore .winloss/shipped.json" in said.err) == (2, True)


@pytest.mark.parametrize("is_older", [True, False])
def test_a_policy_file_that_is_needed_comes(firm: Repository, *, is_older: bool) -> None:
    """Where an older winloss did not ship it, and where it was deleted, check says how to have it.

    It then comes as it is shipped.
    """
    path = "records/policy/renewal.md"
    firm.git("rm", "-q", path)
    if is_older:
        data = json.loads(firm.read(SHIPPED))
        del data["files"][path]
        firm.write(SHIPPED, json.dumps(data))
    firm.git("commit", "-qam", "Without it")
    assert "winloss init --update" in firm.run("check").out
    take(firm, firm.run("init", "--update").out)
    assert firm.read(path) == RULES[path].decode()
    assert firm.run("check").code == 0
    assert firm.run("init", "--update").out == ""


def test_rules_that_cannot_be_read_are_mended_first(firm: Repository) -> None:
    """Broken policy is not taken for a change."""
    firm.write("records/policy/roles.md", "no front matter\n")
    said = firm.run("init", "--update")
    assert (said.code, "winloss check" in said.err) == (2, True)
