"""``winloss init``: what becomes a repository of records, what is kept, what is refused."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from conftest import HOME, Repository
from starting import STARTER, as_kim, commands, with_persons
from winloss.core.founding.adoption import requirement_fault
from winloss.edge import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINYmR6mkQKRNYAxwL+OAWMdG7O2EuJcaMTFMO8/aujee"


@pytest.fixture(autouse=True)
def _kim(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    as_kim(monkeypatch, tmp_path / "home")


@pytest.fixture
def old(tmp_path: Path, run: Callable[..., Result]) -> Repository:
    """Return a repository of a firm, with a commit, that holds no records yet."""
    made = Repository(tmp_path / "old", run)
    made.write("README.md", "Ours\n")
    made.git("init", "-q", "-b", "main")
    made.git("add", "-A")
    made.git("commit", "-qm", "Ours")
    return made


def begun(tmp_path: Path, run: Callable[..., Result], *options: str) -> tuple[Repository, Result]:
    """Return a new repository of records, and what init said."""
    done = run("init", "firm", *options, cwd=tmp_path)
    assert done.code == 0, done.err
    return Repository(tmp_path / "firm", run), done


def listed_in(said: str) -> set[str]:
    """Return the paths that init lists."""
    return set(re.findall(r"^  ([^ :]+)$", said, re.MULTILINE))


def test_a_new_folder_is_a_working_committed_repository(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    """Check, audit and rollup work at once; every file is committed and accounted for."""
    firm, said = begun(tmp_path, run, *with_persons())
    assert firm.git("status", "--porcelain") == ""
    assert set(firm.git("ls-files").split()) == listed_in(said.out)
    assert firm.git("rev-parse", "--abbrev-ref", "HEAD").strip() == "main"
    assert "no problems" in firm.run("check").out
    assert firm.run("audit").out.startswith("No findings")
    assert firm.run("rollup", "2026-Q4").code == 0
    figures = json.loads(firm.run("rollup", "2026-Q4", "--format", "json").out)["records"]
    below = [path for path in firm.files() if path.startswith("records/")]
    assert figures == {"counted": [], "other": {"policy": len(below)}, "excluded": []}


def test_the_three_next_commands_can_be_followed(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    """The last lines are three commands; each works when typed in turn."""
    firm, said = begun(tmp_path, run, *with_persons())
    steps = re.findall(r"^  [1-9]\. .*:\n     (.*)$", said.out, re.MULTILINE)
    assert [shlex.split(each)[:2] for each in steps] == [
        *(["winloss", "new"], ["winloss", "check"], ["winloss", "rollup"]),
    ]
    assert said.out.endswith(f"{steps[-1]}\n")
    assert firm.run(*shlex.split(steps[0])[1:], "--no-edit").code == 0
    assert "not-answered" in firm.run(*shlex.split(steps[1])[1:]).out
    assert "Mend the errors" in firm.run(*shlex.split(steps[2])[1:]).err


def test_people_who_are_named_afterwards_join_the_first_commit(
    tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --person the first next command takes roles.md and CODEOWNERS into that commit."""
    firm, said = begun(tmp_path, run)
    (command,) = re.findall(r"^  1\. name your people.*:\n     (.*)$", said.out, re.MULTILINE)
    row = "people:\n  - {role: cro, name: Dana, email: dana@example.com}"
    firm.change("records/policy/roles.md", "people: []", row)
    monkeypatch.setenv("PATH", commands(tmp_path / "bin"))
    subprocess.run(["bash", "-ec", command], cwd=firm.root, check=True, capture_output=True)
    assert firm.git("status", "--porcelain") == ""
    assert firm.git("rev-list", "--count", "HEAD").strip() == "1"
    assert "/records/policy/ dana@example.com" in firm.read("CODEOWNERS")
    assert firm.run("audit").code == 0
    assert firm.run("init", "--update").out == ""


def test_a_dry_run_lists_what_would_be_written_and_writes_nothing(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    """The list is the one that init then carries out."""
    dry = run("init", "firm", "--dry-run", cwd=tmp_path)
    assert dry.code == 0
    assert not (tmp_path / "firm").exists()
    assert listed_in(dry.out) == listed_in(begun(tmp_path, run)[1].out)


def test_what_stands_is_kept(old: Repository) -> None:
    """A file, a link or a folder where a file would go is kept and named; what is staged stays."""
    old.write("Makefile", "all:\n")
    old.write("staged.txt", "Staged\n")
    old.git("add", "staged.txt")
    old.write("CODEOWNERS/x", "A folder\n")
    (old.root / ".gitignore").symlink_to("README.md")
    old.write(".vscode", "A file\n")
    old.write("templates/pre-delivery.md", "Our own form\n")
    before = old.files()
    said = old.run("init")
    assert said.code == 0, said.err
    assert {path: old.files()[path] for path in before} == before
    kept = dict(re.findall(r"^  kept yours: (\S+)(.*)$", said.out, re.MULTILINE))
    assert kept == {
        ".gitignore": " (it is a link)",
        ".vscode/tasks.json": " (.vscode is a file, and no folder)",
        ".vscode/winloss.code-snippets": " (.vscode is a file, and no folder)",
        "CODEOWNERS": " (it is a folder)",
        "Makefile": "",
        "README.md": "",
        "templates/pre-delivery.md": "",
    }
    changed = set(old.git("show", "--name-only", "--format=", "HEAD").split())
    assert changed == listed_in(said.out)
    assert old.git("diff", "--cached", "--name-only").split() == ["staged.txt"]
    assert not changed & {*kept, "staged.txt"}


def test_a_second_time_there_is_nothing_to_do(tmp_path: Path, run: Callable[..., Result]) -> None:
    """Nothing is written or committed again, whatever was deleted or edited since."""
    firm, _ = begun(tmp_path, run)
    firm.git("rm", "-q", ".gitlab-ci.yml")
    firm.git("commit", "-qm", "We are on GitHub")
    firm.write("templates/pre-delivery.md", "Edited\n")
    before = (firm.files(), firm.git("rev-parse", "HEAD"))
    said = firm.run("init")
    assert (said.code, "nothing to do" in said.out) == (0, True)
    assert len(re.findall(r"^  [1-9]\. ", said.out, re.MULTILINE)) == 3
    assert (firm.files(), firm.git("rev-parse", "HEAD")) == before


def test_what_was_interrupted_goes_on(
    tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a full disk half-way, the next call writes the rest and commits all of it."""
    whole, create = [], files.create

    def until_full(root: Path, path: str, text: str) -> None:
        whole.append(path)
        if len(whole) == 20:
            raise OSError(28, "No space left on device")
        create(root, path, text)

    with monkeypatch.context() as patched:
        patched.setattr(files, "create", until_full)
        with pytest.raises(OSError, match="No space"):
            run("init", "firm", cwd=tmp_path)
    firm = Repository(tmp_path / "firm", run)
    assert firm.run("init").code == 0
    assert firm.git("status", "--porcelain") == ""
    assert len(firm.git("ls-files").split()) > 30


def _inside(old: Repository) -> str:
    (old.root / "inner").mkdir()
    return "inner"


def _deeper(old: Repository) -> str:
    assert old.root.is_dir()
    return "not/yet/there"


def _bare(old: Repository) -> str:
    old.git("clone", "-q", "--bare", ".", "../bare.git")
    return "../bare.git"


def _full(old: Repository) -> str:
    (old.root.parent / "full").mkdir()
    (old.root.parent / "full" / "file").write_text("x")
    return "../full"


def _file(old: Repository) -> str:
    assert old.root.is_dir()
    return "README.md/firm"


def _link(old: Repository) -> str:
    (old.root / "templates").symlink_to(old.root.parent)
    return "."


def _folder(old: Repository) -> str:
    (old.root / "records" / "policy" / "roles.md").mkdir(parents=True)
    return "."


def _module(old: Repository) -> str:
    head = old.git("rev-parse", "HEAD").strip()
    old.git("update-index", "--add", "--cacheinfo", f"160000,{head},records")
    (old.root / "records").mkdir()
    return "."


def _merging(old: Repository) -> str:
    old.git("switch", "-qc", "other")
    old.write("README.md", "Theirs\n")
    old.git("commit", "-qam", "Theirs")
    old.git("switch", "-q", "main")
    old.write("README.md", "Other\n")
    old.git("commit", "-qam", "Other")
    with pytest.raises(subprocess.CalledProcessError):
        old.git("merge", "-q", "other")
    return "."


def _sparse(old: Repository) -> str:
    old.git("config", "core.sparseCheckout", "true")
    return "."


def _nameless(old: Repository) -> str:
    (old.root.parent / "home" / ".gitconfig").write_text("")
    return "../new"


REFUSED = {
    "lies inside the repository": (_inside, "winloss init /"),
    "not/yet/there lies inside": (_deeper, "outside it"),
    "is a bare repository": (_bare, "clone it"),
    "holds files, and is no git repository": (_full, "git init"),
    "README.md is a file": (_file, "name a folder"),
    "templates is a link, and no folder": (_link, "move it elsewhere"),
    "roles.md cannot be written: it is a folder": (_folder, "move it elsewhere"),
    "git has records as a repository of its own": (_module, "move it elsewhere"),
    "a merge is under way here": (_merging, "finish the merge"),
    "this checkout leaves files out": (_sparse, "git sparse-checkout disable"),
    "git does not know who commits": (_nameless, "git config --global user.name"),
}


@pytest.mark.parametrize("says", REFUSED)
def test_where_no_records_can_begin_nothing_is_written(old: Repository, says: str) -> None:
    """Each refusal says why and what to do, before anything is written."""
    make, mend = REFUSED[says]
    folder = make(old)
    before, head = old.files(), old.git("rev-parse", "HEAD")
    said = old.run("init", folder)
    assert said.code == 2
    assert says in said.err
    assert mend in said.err
    assert (old.files(), old.git("rev-parse", "HEAD")) == (before, head)
    assert not (old.root.parent / "new").exists()


def test_a_folder_that_cannot_be_written_is_said_so(
    tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal of the disk is a sentence and no traceback."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    said = run("init", "firm", cwd=tmp_path)
    assert said.code == 2
    assert "cannot be made: Permission denied" in said.err


def test_a_repository_without_a_commit_may_begin(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    """What its owner has staged there is not committed with it."""
    repository = Repository(tmp_path / "fresh", run)
    repository.write("mine.txt", "Mine\n")
    repository.git("init", "-q", "-b", "trunk")
    repository.git("add", "mine.txt")
    said = repository.run("init")
    assert (said.code, "Call your main branch main" in said.err) == (0, True)
    assert "mine.txt" not in repository.git("ls-tree", "-r", "--name-only", "HEAD").split()
    assert repository.git("diff", "--cached", "--name-only").split() == ["mine.txt"]


@pytest.mark.parametrize("place", [".github", "docs", ".gitlab"])
def test_a_codeowners_elsewhere_is_the_only_one(old: Repository, place: str) -> None:
    """A host reads one file, so none is laid beside it, now or by an update."""
    old.write(f"{place}/CODEOWNERS", "* @boss\n")
    old.git("add", "-A")
    said = old.run("init")
    assert (said.code, f"kept yours: {place}/CODEOWNERS" in said.out) == (0, True)
    assert not (old.root / "CODEOWNERS").exists()
    assert old.run("init", "--update").out == ""


@pytest.mark.parametrize("name", ["a  b", "it's", "$(touch evil)", "a;touch evil"])
def test_a_folder_s_name_is_one_word_of_what_is_to_be_typed(
    tmp_path: Path, run: Callable[..., Result], name: str
) -> None:
    """What is printed goes to that folder, whatever its name means to a shell."""
    said = run("init", name, *with_persons(), cwd=tmp_path)
    (command,) = re.findall(r"^Next \((cd .*)\):$", said.out, re.MULTILINE)
    asked = ["bash", "-ec", f"{command} && pwd"]
    done = subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout == f"{(tmp_path / name).resolve()}\n"
    assert not (tmp_path / "evil").exists()


def test_persons_stand_in_roles_and_in_codeowners(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    """--person names who holds a role, and a key; one of them that is none is refused."""
    firm, _ = begun(tmp_path, run, "--person", 'cro: D. "Day" Reyes <Dana@Example.com>')
    assert '{role: cro, name: "D. \\"Day\\" Reyes", email: Dana@Example.com}' in firm.read(
        "records/policy/roles.md"
    )
    assert "/records/policy/ dana@example.com" in firm.read("CODEOWNERS")
    assert firm.run("check").code == 0
    line = f"{KEY} dana@laptop of Dana"
    firm = Repository(tmp_path / "keyed", run)
    dana = f"cro: Dana Reyes <dana@example.com> {line}"
    assert run("init", "keyed", "--person", dana, cwd=tmp_path).code == 0
    assert f"key: {KEY}}}" in firm.read("records/policy/roles.md")
    assert firm.run("audit").code == 0
    for wrong, says in (
        ("cro: A <a@example.com> ssh-ed25519 AAAA", "no public SSH key"),
        ("cro: A <a@example.com> AAAA", "names no role, person and e-mail address"),
        ("boss: A <a@example.com>", "no role is called 'boss'"),
        ("cro: A", "names no role, person and e-mail address"),
        ("cro: A <a@b>", "names no role, person and e-mail address"),
        ("cro, x: y: A <a@example.com>", "no role is called 'cro, x'"),
        ("cro, key: A <a@example.com>", "no role is called 'cro, key'"),
    ):
        said = run("init", "other", "--person", wrong, cwd=tmp_path)
        assert (said.code, says in said.err) == (2, True), said.err
        assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    "spec",
    [
        *("winloss==0.1.0", "winloss[calendar]>=0.1,<1", "./wheels/winloss-0.1.0-py3-none-any.whl"),
        *("winloss @ git+https://git.example.com/tools/winloss@v0.1.0", "/srv/winloss.whl"),
        "git+ssh://git@git.example.com/winloss.git#egg=winloss",
    ],
)
def test_what_is_installed_stands_in_one_place(
    tmp_path: Path, run: Callable[..., Result], spec: str
) -> None:
    """--requirement is written to one file, and no other file of the repository names it."""
    firm, said = begun(tmp_path, run, "--requirement", spec)
    assert firm.read(".winloss/requirements.txt").splitlines()[1:] == [spec]
    assert [path for path, data in firm.files().items() if spec.encode() in data] == [
        ".winloss/requirements.txt"
    ]
    assert ("on this machine only" in said.err) == spec.startswith((".", "/"))


def test_the_rules_are_made_the_firm_s_own_in_the_first_commit(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    """The shipped model is a placeholder; the command that init prints replaces it, unapproved."""
    firm, said = begun(tmp_path, run, *with_persons())
    (command,) = re.findall(r"(git commit --amend .*)$", said.out, re.MULTILINE)
    firm.change("records/policy/qualification.md", "title: Timing", "title: Urgency")
    firm.git(*shlex.split(command)[1:])
    assert firm.git("status", "--porcelain") == ""
    assert firm.run("audit").code == 0
    assert firm.run("check").code == 0


@pytest.mark.parametrize(
    "spec",
    [
        *("", "a\nb", "a\r", "-r other.txt", "--index-url=x", "a; rm -rf /", "a`id`", "a$(id)"),
        *("a # b", "a\\", "'a'", '"a"', "${HOME}", "a|b", "https://me:secret@git.example.com/x"),
        *("a" * 501, "a\u2028b", "é", "a --index-url=x", "https://token@git.example.com/x"),
    ],
)
def test_a_requirement_that_could_do_more_is_refused(spec: str) -> None:
    """No line end, option, shell or password gets into the file."""
    assert requirement_fault(spec)


def test_contents_may_be_named_by_sha256(tmp_path: Path, run: Callable[..., Result]) -> None:
    """In such a repository, what was shipped is known by such ids."""
    firm = Repository(tmp_path / "firm", run)
    firm.root.mkdir()
    firm.git("init", "-q", "-b", "main", "--object-format=sha256")
    assert firm.run("init").code == 0
    ids = json.loads(firm.read(".winloss/shipped.json"))["files"].values()
    assert {len(each) for each in ids} == {64}
    said = firm.run("init", "--update")
    assert (said.code, said.out) == (0, "")


def test_the_wheel_holds_all_of_it(tmp_path: Path) -> None:
    """What is built from here begins a repository anywhere, dotfiles included."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=HOME, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    assert files_of(tmp_path / "site" / "winloss" / "starter") == files_of(STARTER)
    done = subprocess.run(
        [sys.executable, "-m", "winloss", "init", "firm"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        check=True,
        capture_output=True,
        text=True,
    )
    for path in listed_in(done.stdout):
        assert (tmp_path / "firm" / path).is_file()
    assert (tmp_path / "firm" / "templates" / "rollup.md.j2").is_file()


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    places = [place for place in folder.rglob("*") if place.is_file()]
    return {place.relative_to(folder).as_posix(): place.read_bytes() for place in places}
