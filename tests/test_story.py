"""The whole story with the real git: a firm begins, files three deals, and the CMO reads a page."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from canaries import found_in, planted, words
from conftest import Repository
from starting import Host, as_kim, commands, step, with_persons
from weighing import delivered, lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

    from conftest import Result


def git(*arguments: str, cwd: Path, who: str = "Kim <kim@example.com>") -> str:
    """Run git as a person."""
    name, _, email = who.rstrip(">").partition(" <")
    asked = ["git", "-c", f"user.name={name}", "-c", f"user.email={email}", *arguments]
    return subprocess.run(asked, cwd=cwd, check=True, capture_output=True, text=True).stdout


def three_deals(canaries: Iterator[str]) -> dict[str, str]:
    """Return the records of three deals, a planted word in every typed answer and folder name."""
    flags = [("timing", "over-scored")]
    files = delivered("8841207731", flags, [("timing", "held")])
    files |= delivered("8893175520", flags, [("industry_fit", "failed")]) | lost("8975190682")
    folders = {deal: next(canaries).lower() for deal in ("8841207731", "8893175520", "8975190682")}
    return {
        re.sub(r"/(\d{10})/", lambda m: f"/{m[1]}-{folders[m[1]]}/", path): planted(
            content.decode(), canaries
        )
        for path, content in files.items()
    }


def test_from_init_to_the_readers_clone(
    tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Init, three deals, check, pull request, rollup, publish, clone: and nothing else goes out."""
    as_kim(monkeypatch, tmp_path / "home")
    assert run("init", "firm", *with_persons(), cwd=tmp_path).code == 0
    firm = Repository(tmp_path / "firm", run)
    origin = tmp_path / "origin.git"
    git("clone", "-q", "--bare", "firm", str(origin), cwd=tmp_path)
    firm.git("remote", "add", "origin", str(origin))
    firm.git("fetch", "-q", "origin")

    # sales.ops and customer.success file three deals on a branch, and one by mistake.
    used: list[str] = []
    planting = words(used)
    branch, author = next(planting), f"{next(planting)} <{next(planting)}@example.com>"
    firm.git("switch", "-qc", branch)
    for path, text in three_deals(planting).items():
        firm.write(path, text)
    gone = f"records/deals/2026/8802946157-{next(planting).lower()}/closed-lost.md"
    firm.write(gone, lost("8802946157").popitem()[1])
    git("add", "-A", cwd=firm.root)
    git("commit", "-qm", f"About {next(planting)}", cwd=firm.root, who=author)
    git("rm", "-q", gone, cwd=firm.root)
    git("commit", "-qm", "Away with it", cwd=firm.root, who=author)
    git("tag", "-a", next(planting), "-m", next(planting), cwd=firm.root)
    assert firm.run("check").code == 0, firm.run("check").out

    # The pull request is checked by the git host, and merged.
    firm.git("push", "-q", "origin", branch)
    git("clone", "-q", "-b", branch, str(origin), "runner", cwd=tmp_path)
    host = Host(tmp_path / "runner", commands(tmp_path / "bin"))
    checked = host.run(step("check.yml", "Check records, forms and rules"))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    firm.git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "-m", f"Merge {next(planting)}", branch, cwd=firm.root)

    # The quarter's page is built, reviewed and committed.
    assert firm.run("rollup", "2026-Q2").code == 0
    firm.git("add", "-A")
    git("commit", "-qm", "The page of 2026-Q2", cwd=firm.root)
    assert firm.run("rollup", "2026-Q2", "--check").code == 0
    assert "unapproved" not in firm.run("audit").out

    # It is published, and the CMO clones what was published.
    pages = tmp_path / "pages.git"
    git("init", "-q", "--bare", str(pages), cwd=tmp_path)
    sent = firm.run("publish", "--audience", "cmo", "--to", str(pages))
    assert sent.code == 0, sent.err
    git("clone", "-q", str(pages), "cmo", cwd=tmp_path)
    mine = tmp_path / "cmo"
    page = (mine / "win-loss-2026-Q2.md").read_text(encoding="utf-8")
    assert "| Post-delivery summary | fewer than 3 |" in page
    assert git("ls-files", cwd=mine).split() == ["anchor.json", "win-loss-2026-Q2.md"]
    planted_words = [*used, "8841207731", "8893175520", "8975190682", "8802946157"]
    assert found_in(firm.root, planted_words) == set(planted_words)  # the search finds them
    assert found_in(mine, planted_words) == set()
    assert found_in(pages, planted_words) == set()
    assert firm.run("audit", "--anchor", str(mine)).code in {0, 1}
    assert "history-rewritten" not in firm.run("audit", "--anchor", str(mine)).out
