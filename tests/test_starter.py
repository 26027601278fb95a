"""What 'winloss init' lays beside the rules, run as git hosts, an editor and a colleague do."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from conftest import BASE, Repository, Result, read_files
from starting import STARTER, Host, as_kim, commands, gitlab, step, with_persons, workflow
from winloss.core.demonstration.demo import WAITING

if TYPE_CHECKING:
    from collections.abc import Callable

BIN = Path(sys.executable).parent
WORKFLOWS = sorted((STARTER / ".github" / "workflows").glob("*.yml"))
RECORD = "records/deals/2026/1001-northwind/pre-delivery.md"
PAGE = "operations/reports/revenue/win-loss-2026-Q2.md"
# Answers as GitHub's API does, filtered as jq would, and notes what it is asked to do.
GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$GH_STATE/calls"
case "$*" in
  *runs/77/artifacts*) echo 5 ;;
  *artifacts/5/zip) cat "$GH_STATE/evidence.zip" ;;
  *pulls?state=open*env.HEAD_SHA*) cat "$GH_STATE/pulls" ;;
  *issues/12/comments?per_page*) cat "$GH_STATE/comments" ;;
  *"--method"*body=@comment.md) cp comment.md "$GH_STATE/posted" ;;
  "pr list"*) cat "$GH_STATE/pulls" ;;
  "pr create"*|"auth setup-git") ;;
  *) exit 9 ;;
esac
"""
CURL = """#!/bin/sh
printf '%s\\n' "$*" >> "$GH_STATE/calls"
case "$*" in
  *per_page=100) cat "$GH_STATE/comments" ;;
  *) cp note.md "$GH_STATE/posted" ;;
esac
"""
# Stands for a Python that makes a virtual environment; what is installed there is only noted.
PYTHON = """#!/bin/sh
if [ "$1" = -I ]; then shift; fi
if [ "$1" = -c ]; then exit 0; fi
mkdir -p "$3/bin"
printf '#!/bin/sh\\nfor last; do :; done\\ncat "$last" >> installed\\n' > "$3/bin/python"
ln -sf "$(command -v winloss)" "$3/bin/winloss"
chmod +x "$3/bin/python"
"""


@pytest.fixture(autouse=True)
def _kim(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    as_kim(monkeypatch, tmp_path / "home")


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a repository that init made, what its host has of it, and a demo.

    Two deals, and the page of 2026-Q2. Made once, to be copied.
    """
    place = tmp_path_factory.mktemp("begun")
    with pytest.MonkeyPatch.context() as patched:
        as_kim(patched, place / "home")
        patched.setenv("PATH", commands(place / "bin"))
        made = Repository(place / "firm", Result)
        for path, data in read_files(BASE / "deals", "records/deals").items():
            made.write(f"../{path}", data)
        script = f"""
            winloss init firm {shlex.join(with_persons())}
            mv records/deals firm/records/
            (cd firm && winloss rollup 2026-Q2 && git add -A && git commit -qm "Two deals")
            git clone -q --bare firm origin.git
            winloss demo demo
        """
        subprocess.run(["bash", "-ec", script], cwd=place, check=True, capture_output=True)
    return place


@pytest.fixture
def firm(begun: Path, tmp_path: Path, run: Callable[..., Result]) -> Repository:
    """Return that repository; beside it stand what its host has, and the demonstration."""
    for name in ("firm", "origin.git"):
        shutil.copytree(begun / name, tmp_path / name)
    (tmp_path / "demo").symlink_to(begun / "demo")
    return Repository(tmp_path / "firm", run)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return a folder that holds what the host has, and notes what it is asked."""
    (tmp_path / "state").mkdir()
    for name in ("pulls", "comments", "calls"):
        (tmp_path / "state" / name).write_text("")
    return tmp_path / "state"


def host(firm: Repository, state: Path, name: str = "clone", source: str = "origin.git") -> Host:
    """Return a host with a fresh clone."""
    place = firm.root.parent
    firm.git("clone", "-q", str(place / source), str(place / name))
    path = commands(place / "bin", gh=GH, curl=CURL)
    made = {"GH_STATE": str(state), "GITHUB_STEP_SUMMARY": str(state / "summary")}
    return Host(place / name, path, made)


@pytest.mark.skipif(sys.platform == "darwin", reason="no wheel of actionlint for this system")
def test_actionlint_accepts_each_workflow() -> None:
    """Syntax, expressions and shell scripts of the workflows are sound."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    asked = [str(BIN / "actionlint"), "-no-color", *map(str, WORKFLOWS)]
    done = subprocess.run(
        asked, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
    )
    assert done.returncode == 0, done.stdout
    assert len(WORKFLOWS) == 4


def test_the_schema_of_gitlab_accepts_the_pipeline() -> None:
    """The pipeline is one by GitLab's own schema."""
    asked = [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci"]
    done = subprocess.run(
        [*asked, str(STARTER / ".gitlab-ci.yml")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_no_workflow_gives_a_pull_request_anything(file: Path) -> None:
    """No rights but those named, actions by commit, nothing of an event within a script."""
    text = file.read_text("utf-8")
    flow: Any = yaml.safe_load(text)
    assert flow["permissions"] == {}
    used = re.findall(r"uses: (\S+)", text)
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", each) for each in used)
    for job in flow["jobs"].values():
        assert "permissions" in job
        for each in job["steps"]:
            assert "${{" not in each.get("run", "")
            if "checkout" in each.get("uses", ""):
                assert each["with"]["persist-credentials"] is False
    if "pull_request" in flow[True]:  # YAML takes 'on' for a truth
        rights = [job["permissions"] for job in flow["jobs"].values()]
        assert rights == [{"contents": "read"}] * len(rights)
        assert "secrets." not in text
        assert "token" not in text
    if "workflow_run" in flow[True]:
        assert used == []


def test_the_check_of_a_pull_request(firm: Repository, state: Path) -> None:
    """A sound one passes; a bad record is annotated, and a page that lags behind fails."""
    there = host(firm, state)
    check = step("check.yml", "Check records, forms and rules")
    pages = step("check.yml", "Hold each filed page against its records")
    assert there.run(check).returncode == 0
    assert there.run(pages).returncode == 0
    record = there.clone / RECORD
    record.write_text(record.read_text().replace("timing: absent", "timing: strong"))
    said = there.run(pages)
    assert (said.returncode, "run: winloss rollup 2026-Q2" in said.stderr) == (1, True)
    record.write_text(record.read_text().replace("timing: strong", "timing: storng"))
    said = there.run(check)
    assert said.returncode == 1
    assert f"::error file={RECORD},line=" in said.stdout


def test_the_check_of_a_merge_request(firm: Repository, state: Path) -> None:
    """GitLab gets a report, empty or not; an error stands in the log in words, and fails it."""
    there = host(firm, state)
    report = there.clone / "gl-code-quality-report.json"
    said = there.run(gitlab("check"))
    assert (said.returncode, json.loads(report.read_text())) == (0, [])
    record = there.clone / RECORD
    record.write_text(record.read_text().replace("timing: absent", "timing: storng"))
    said = there.run(gitlab("check"))
    assert (said.returncode, f"{RECORD}:" in said.stdout) == (1, True)
    assert [each["location"]["path"] for each in json.loads(report.read_text())] == [RECORD]


def test_a_page_of_a_quarter_that_has_not_ended_may_lag_behind(
    firm: Repository, state: Path
) -> None:
    """It is a draft, and does not stop a pull request; a filed one beside it still does."""
    there = host(firm, state)
    pages = step("check.yml", "Hold each filed page against its records")
    record = there.clone / RECORD
    record.write_text(record.read_text().replace("timing: absent", "timing: strong"))
    said = there.run(pages, WINLOSS_TODAY="2026-06-20")
    assert (said.returncode, "is a draft" in said.stdout) == (0, True)


def test_no_record_excuses_a_page_that_lags_behind(firm: Repository, state: Path) -> None:
    """Only winloss says that a quarter has not ended, and not a text that it quotes."""
    there = host(firm, state)
    pages = step("check.yml", "Hold each filed page against its records")
    record = there.clone / RECORD
    excuse = "customer: 2026-Q2 has not ended"
    record.write_text(re.sub("(?m)^customer: .*$", excuse, record.read_text()))
    said = there.run(pages)
    assert (said.returncode, "2026-Q2 has not ended" in said.stdout) == (1, True)
    assert "is a draft" not in said.stdout


def test_pages_may_stand_in_a_folder_of_any_name(firm: Repository, state: Path) -> None:
    """A letter that git quotes hides no page from the checks, and keeps none from being filed."""
    firm.change("records/policy/exchange.md", "operations/reports/revenue", "Berichte/Übersicht 1")
    firm.run("rollup", "2026-Q2")
    firm.git("rm", "-q", PAGE)
    firm.git("add", "-A")
    firm.git("commit", "-qm", "Move the pages")
    firm.git("push", "-q", "../origin.git", "main")
    there = host(firm, state)
    page = there.clone / "Berichte/Übersicht 1/win-loss-2026-Q2.md"
    page.write_text(page.read_text() + "\nBy hand.\n")
    said = there.run(step("check.yml", "Hold each filed page against its records"))
    assert (said.returncode, "-By hand." in said.stdout) == (1, True)
    said = there.run(step("rollup.yml", "Propose it"))
    assert said.returncode == 0, said.stderr
    origin = ["git", "-C", str(firm.root.parent / "origin.git"), "diff", "--name-only", "-z"]
    changed = subprocess.check_output([*origin, "main", "rollup/2026-Q2"], text=True)
    assert changed == "Berichte/Übersicht 1/win-loss-2026-Q2.md\0"


INSTALLS = {
    "check": step("check.yml", "Install winloss"),
    "rollup": step("rollup.yml", "Install winloss"),
    "evidence": step("evidence.yml", "Install the winloss of the base branch"),
    "gitlab": gitlab("default", "before_script"),
}


@pytest.mark.parametrize("job", INSTALLS)
def test_no_file_of_a_checkout_is_run_to_install_winloss(
    firm: Repository, state: Path, job: str
) -> None:
    """A venv.py or a .venv that a branch brings has no part in it."""
    there = host(firm, state)
    helps = f'#!/bin/sh\nexec "{sys.executable}" "$@" --help\n'
    there.path = commands(firm.root.parent / "bin", python3=helps, python=helps)
    for name in ("venv.py", "pip.py"):
        (there.clone / name).write_text("open('evil', 'w')")
    (there.clone / ".venv/bin").mkdir(parents=True)
    (there.clone / ".venv/bin/python").symlink_to("/bin/false")
    made = {"RUNNER_TEMP": str(state), "GITHUB_PATH": str(state / "path")}
    said = there.run(INSTALLS[job], **made, BASE="HEAD")
    assert "create" in said.stdout.casefold()  # the help of the true venv
    assert not (there.clone / "evil").exists()
    assert ".venv" not in said.stderr


def test_the_audit_looks_at_what_came_in(firm: Repository, state: Path) -> None:
    """A finding fails the push that brought it, and not the next one; the first push is whole."""
    there = host(firm, state)
    audit = step("check.yml", "Audit what came in")
    before = firm.git("rev-parse", "HEAD").strip()
    run = ["git", "-C", str(there.clone)]
    for number, path in enumerate(("records/policy/taxonomy.md", "README.md")):
        place = there.clone / path
        place.write_text(place.read_text() + "\nMore.\n")
        subprocess.run([*run, "commit", "-qam", "More"], check=True)
        said = there.run(audit, BEFORE=before)
        assert said.returncode == 1 - number, said.stdout
        before = subprocess.check_output([*run, "rev-parse", "HEAD"], text=True).strip()
    for script in (audit, gitlab("audit")):
        zeros = dict.fromkeys(("BEFORE", "CI_COMMIT_BEFORE_SHA"), "0" * 40)
        said = there.run(script, **zeros, CI_DEFAULT_BRANCH="main")
        assert "unapproved-change" in said.stdout


@pytest.fixture
def proposal(firm: Repository, state: Path) -> Host:
    """Return a host that looks at a change of the rules: what a merge of its branch would give."""
    there = host(firm, state, "merge", "demo")
    for asked in (
        ("switch", "-q", "--detach", "origin/main"),
        ("merge", "-q", "--no-ff", "-m", "Merge", f"origin/{WAITING}"),
        ("branch", "-q", "-D", "main"),
    ):
        subprocess.run(["git", "-C", str(there.clone), *asked], check=True)
    return there


def test_the_evidence_of_a_pull_request(proposal: Host, state: Path) -> None:
    """It is what 'winloss evidence' prints; without a proposal it says what is missing."""
    script = step("evidence.yml", "Compute the evidence")
    assert proposal.run(script).returncode == 0
    text = (proposal.clone / "evidence.md").read_text()
    assert "**Enough evidence to decide**" in text
    assert (state / "summary").read_text() == text
    for place in (proposal.clone / "records" / "proposals").glob(f"*{WAITING}*"):
        place.unlink()
    subprocess.run(["git", "-C", str(proposal.clone), "commit", "-qam", "No"], check=True)
    assert proposal.run(script).returncode == 0
    text = (proposal.clone / "evidence.md").read_text()
    assert text.startswith("**No evidence can be computed.**")
    assert "    winloss: rules change here, and no proposal says why" in text


def test_the_evidence_is_computed_by_the_winloss_of_the_base(firm: Repository, state: Path) -> None:
    """A pull request that names another winloss is not judged by it."""
    there = host(firm, state)
    there.path = commands(firm.root.parent / "fake", python3=PYTHON)
    (there.clone / ".winloss/requirements.txt").write_text("evil\n")
    base = firm.git("rev-parse", "HEAD").strip()
    script = step("evidence.yml", "Install the winloss of the base branch")
    made = {"RUNNER_TEMP": str(state), "GITHUB_PATH": str(state / "path"), "BASE": base}
    said = there.run(script, **made)
    assert said.returncode == 0, said.stderr
    assert (there.clone / "installed").read_text() == firm.read(".winloss/requirements.txt")
    assert (state / "path").read_text() == f"{state}/winloss/bin\n"


def post(there: Host, state: Path, text: bytes) -> subprocess.CompletedProcess[str]:
    """Hand a text over as the first job does, and run the second one."""
    with zipfile.ZipFile(state / "evidence.zip", "w") as archive:
        archive.writestr("evidence.md", text)
        archive.writestr("../../evil", "x")
    there.variables |= {
        "GITHUB_REPOSITORY": "firm/records",
        "GITHUB_SERVER_URL": "https://git.example.com",
        "RUN_ID": "77",
        "HEAD_SHA": "ab" * 20,
    }
    for each in workflow("evidence-comment.yml")["jobs"]["comment"]["steps"]:
        script = each["run"]
        if each.get("shell") == "python":
            (there.clone / "step.py").write_text(script)
            script = f'"{sys.executable}" step.py'
        said = there.run(script)
        assert said.returncode == 0, said.stderr
    return said


def test_the_evidence_is_one_comment_that_is_updated(firm: Repository, state: Path) -> None:
    """It goes to the pull request that the host names, as text, once, and is cut to a size."""
    there = host(firm, state)
    (state / "pulls").write_text("12\n13\n")
    post(there, state, b"**Enough** evidence\n" + b"x" * 70_000)
    posted = (state / "posted").read_text()
    assert posted.startswith("<!-- winloss evidence -->\n**Enough** evidence\n")
    assert 60_000 < len(posted) < 62_000
    assert "https://git.example.com/firm/records/actions/runs/77" in posted
    assert "--method POST repos/firm/records/issues/12/comments" in (state / "calls").read_text()
    (state / "comments").write_text("4711\n")
    post(there, state, "Now \ud800 not UTF-8".encode("utf-8", "surrogatepass"))
    assert "--method PATCH repos/firm/records/issues/comments/4711" in (state / "calls").read_text()
    assert "Now \ufffd" in (state / "posted").read_text()
    assert not (firm.root.parent / "evil").exists()


def test_a_comment_calls_nobody(firm: Repository, state: Path) -> None:
    """A name behind an @ is no mention, and an address stays one."""
    (state / "pulls").write_text("12\n")
    post(host(firm, state), state, b"@boss, (@firm/all) and dana@example.com @ noon\n")
    posted = (state / "posted").read_text()
    assert not re.search(r"(?<!\w)@\w", posted)
    assert "dana@example.com @ noon" in posted


def test_no_comment_where_the_pull_request_has_moved_on(firm: Repository, state: Path) -> None:
    """What was found for a commit that is no longer the newest is not posted."""
    said = post(host(firm, state), state, b"Old\n")
    assert "nothing to say" in said.stdout
    assert not (state / "posted").exists()


def test_the_page_of_a_quarter_comes_as_a_pull_request(firm: Repository, state: Path) -> None:
    """One branch with the page alone; a second run updates it; a page that is true is left."""
    build, propose = (step("rollup.yml", name) for name in ("Build the page", "Propose it"))
    firm.git("rm", "-q", PAGE)
    firm.git("commit", "-qm", "Not yet")
    firm.git("push", "-q", "../origin.git", "main")
    for name in ("first", "second"):
        there = host(firm, state, name)
        for script in (build, propose):
            said = there.run(script, QUARTER="2026-Q2")
            assert said.returncode == 0, said.stderr
        (state / "pulls").write_text("12\n")
    calls = (state / "calls").read_text()
    assert (
        calls.count("pr create --base main --head rollup/2026-Q2 --title Build win-loss-2026-Q2")
        == 1
    )
    origin = ["git", "-C", str(firm.root.parent / "origin.git")]
    changed = subprocess.check_output(
        [*origin, "diff", "--name-only", "main", "rollup/2026-Q2"], text=True
    )
    assert changed.split() == [PAGE]
    subprocess.run([*origin, "update-ref", "refs/heads/main", "rollup/2026-Q2"], check=True)
    there = host(firm, state, "third")
    there.run(build, QUARTER="2026-Q2")
    assert "nothing to propose" in there.run(propose).stdout


@pytest.mark.parametrize("script", [step("rollup.yml", "Build the page"), gitlab("rollup")])
def test_a_quarter_is_one_word_whatever_it_holds(
    firm: Repository, state: Path, script: str
) -> None:
    """What is typed for a quarter is never run."""
    there = host(firm, state)
    said = there.run(
        script, QUARTER='2026-Q2"; touch evil; $(touch evil)', CI_DEFAULT_BRANCH="main"
    )
    assert (said.returncode, "is no quarter" in said.stderr) == (2, True)
    assert not (there.clone / "evil").exists()


def gitlab_clone(firm: Repository, state: Path, source: str, branch: str) -> Host:
    """Return a clone as GitLab makes it: one commit checked out, and no branch."""
    there = host(firm, state, "runner", source)
    for asked in (
        ("switch", "-q", "--detach", f"origin/{branch}"),
        ("branch", "-q", "-D", "main"),
        ("update-ref", "-d", "refs/remotes/origin/main"),
        ("remote", "set-head", "origin", "--delete"),
    ):
        subprocess.run(["git", "-C", str(there.clone), *asked], check=True)
    there.variables |= {
        "CI_DEFAULT_BRANCH": "main",
        "CI_SERVER_HOST": "gitlab.example.com",
        "CI_PROJECT_PATH": "firm/records",
        "CI_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "12",
        "CI_API_V4_URL": "https://gitlab.example.com/api/v4",
    }
    return there


def test_gitlab_has_the_evidence_as_a_note_where_a_token_allows_it(
    firm: Repository, state: Path
) -> None:
    """Without a token it stands in the log; with one it is posted once, and updated."""
    there = gitlab_clone(firm, state, "demo", WAITING)
    said = there.run(gitlab("evidence"))
    assert said.returncode == 0, said.stderr
    assert "**Enough evidence to decide**" in said.stdout
    assert (state / "calls").read_text() == ""
    bodies = [{"id": 1, "body": "Hello"}]
    for method in ("POST", "PUT"):
        (state / "comments").write_text(json.dumps(bodies))
        assert there.run(gitlab("evidence"), WINLOSS_NOTE_TOKEN="t").returncode == 0  # noqa: S106 - no token
        last = (state / "calls").read_text().splitlines()[-1]
        assert f"--request {method} " in last
        bodies.append({"id": 8, "body": (state / "posted").read_text()})
    assert last.endswith("/projects/3/merge_requests/12/notes/8")


def test_gitlab_has_the_page_as_a_merge_request(firm: Repository, state: Path) -> None:
    """One push makes the branch and asks for the merge request; without a token it says so."""
    firm.git("rm", "-q", PAGE)
    firm.git("commit", "-qm", "Not yet")
    firm.git("push", "-q", "../origin.git", "main")
    origin = firm.root.parent / "origin.git"
    firm.git("--git-dir", str(origin), "config", "receive.advertisePushOptions", "true")
    hook = origin / "hooks" / "pre-receive"
    hook.write_text(f'#!/bin/sh\nenv | grep ^GIT_PUSH_OPTION_ | sort > "{state}/options"\n')
    hook.chmod(0o755)
    with (firm.root.parent / "home" / ".gitconfig").open("a") as settings:
        address = "https://winloss:t@gitlab.example.com/firm/records.git"
        settings.write(f'[url "{origin}"]\n\tinsteadOf = {address}\n')
    there = gitlab_clone(firm, state, "origin.git", "main")
    said = there.run(gitlab("rollup"), QUARTER="2026-Q2", WINLOSS_PUSH_TOKEN="t")  # noqa: S106 - no token
    assert said.returncode == 0, said.stderr
    options = (state / "options").read_text()
    for option in ("create", "target=main", "title=Build win-loss-2026-Q2"):
        assert f"=merge_request.{option}\n" in options
    changed = firm.git("--git-dir", str(origin), "diff", "--name-only", "main", "rollup/2026-Q2")
    assert changed.split() == [PAGE]


def test_without_a_token_gitlab_says_what_to_set(firm: Repository, state: Path) -> None:
    """The page is built, and the job says why nobody sees it."""
    firm.git("rm", "-q", PAGE)
    firm.git("commit", "-qm", "Not yet")
    firm.git("push", "-q", "../origin.git", "main")
    there = gitlab_clone(firm, state, "origin.git", "main")
    said = there.run(gitlab("rollup"), QUARTER="2026-Q2")
    assert (said.returncode, "Set WINLOSS_PUSH_TOKEN" in said.stdout) == (1, True)


def test_the_hooks_of_pre_commit(
    firm: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files pass at once, without a network; a bad record or a page by hand does not."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "hooks"))
    monkeypatch.setenv("PATH", commands(tmp_path / "bin"))
    asked = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never"]

    def hooks() -> subprocess.CompletedProcess[str]:
        return subprocess.run(asked, cwd=firm.root, capture_output=True, text=True, check=False)

    said = hooks()
    assert said.returncode == 0, said.stdout
    assert said.stdout.count("Passed") == 2
    firm.change(RECORD, "timing: absent", "timing: storng")
    firm.change(PAGE, "Northwind", "Southwind")
    said = hooks()
    assert said.stdout.count("Failed") == 2
    assert f"{RECORD}:" in said.stdout


def test_the_editor_finds_each_problem(firm: Repository) -> None:
    """The problem matcher takes every problem of the check, and no line beside."""
    text = (STARTER / ".vscode" / "tasks.json").read_text("utf-8")
    tasks = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))["tasks"]
    pattern = tasks[0]["problemMatcher"]["pattern"]
    firm.change(RECORD, "timing: absent", "timing: 'a: error b: c'")
    firm.write("records/deals/2026/1003 : x/a:1:2: error note.md", "no front matter: 3:4: error\n")
    said = firm.run("check").out.splitlines()
    found = [match for line in said if (match := re.fullmatch(pattern["regexp"], line))]
    problems = json.loads(firm.run("check", "--format", "json").out)["problems"]
    assert len(found) == len(problems) > 2
    mine = [each for each in problems if each["path"] == RECORD]
    for match, each in zip([each for each in found if each[1] == RECORD], mine, strict=True):
        names = ("path", "line", "column", "severity", "slug", "message")
        parts = (
            pattern[name] for name in ("file", "line", "column", "severity", "code", "message")
        )
        assert [match[part] for part in parts] == [str(each[name]) for name in names]


def test_a_colleague_types_make(firm: Repository, state: Path) -> None:
    """In a fresh clone the first make installs what the repository names, once."""
    there = host(firm, state)
    there.path = commands(firm.root.parent / "bin", python=PYTHON)
    first = there.run("make check PYTHON=python")
    assert first.returncode == 0, first.stderr
    assert "no problems" in first.stdout
    assert "Setting up" in first.stderr
    assert (there.clone / "installed").read_text() == firm.read(".winloss/requirements.txt")
    for target in ("due", "status", "pages", "rollup QUARTER=2026-Q2"):
        said = there.run(f"make {target} PYTHON=python")
        assert said.returncode == 0, (target, said.stdout, said.stderr)
        assert "Setting up" not in said.stderr
    assert (
        subprocess.check_output(["git", "status", "--porcelain"], cwd=there.clone, text=True)
        == "?? installed\n"
    )
    listed = set(re.findall(r"^  make ([a-z]+) ", there.run("make").stdout, re.MULTILINE))
    assert {"check", "due", "status", "rollup", "audit"} <= listed


def test_another_winloss_may_be_used_for_a_moment(firm: Repository, state: Path) -> None:
    """With WINLOSS=… nothing is set up."""
    there = host(firm, state)
    assert there.run("make check WINLOSS=winloss").returncode == 0
    assert there.run("make pages WINLOSS=winloss").returncode == 0
    assert not (there.clone / ".venv").exists()


def test_the_template_asks_for_what_the_sop_asks(firm: Repository) -> None:
    """Both hosts have it: change, evidence, council, approval; with the shipped minimum."""
    text = firm.read(".github/pull_request_template.md")
    assert text == firm.read(".gitlab/merge_request_templates/Default.md")
    policy = firm.read("records/policy/qualification.md")
    minimum = re.findall(r"^minimum_evidence: (\d+)", policy, re.MULTILINE)
    assert f"({minimum[0]}, unless" in text
    for word in ("What changes", "Evidence", "Council", "Approval by the CRO"):
        assert f"- [ ] **{word}" in text


def test_git_knows_pages_and_records(firm: Repository) -> None:
    """Records end lines with LF and are compared by heading; what is generated is folded away."""
    shown = firm.git("check-attr", "eol", "diff", "linguist-generated", "--", RECORD, PAGE)
    assert f"{RECORD}: eol: lf" in shown
    assert f"{RECORD}: diff: markdown" in shown
    assert f"{PAGE}: linguist-generated: set" in shown


def test_every_command_of_the_readme_is_there(firm: Repository) -> None:
    """What the README of a firm tells to type is a target of make or a command of winloss."""
    text = firm.read("README.md")
    for target in re.findall(r"(?:\$ |`)make ([a-z]+)", text):
        assert f"\n{target}: " in firm.read("Makefile"), target
    for verb in re.findall(r"(?:\$ |`)winloss ([a-z]+)", text):
        assert firm.run(verb, "--help").code == 0, verb
