"""The desk that every verb works at: the clock, and the repository, read when first asked for.

Here the disk, git and the thinking meet; what is read goes to ``core`` as values. What only some
verbs need is imported where it is used, so that the door opens fast.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from winloss.core.problem import stop
from winloss.core.repository.tree import FOLDERS
from winloss.core.wording import listed, one_line
from winloss.edge import files, git, history

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from winloss.core.auditing.past import Past
    from winloss.core.deals.ledger import Ledger
    from winloss.core.filing.token import Token
    from winloss.core.health.identity import Identity
    from winloss.core.problem import Problem
    from winloss.core.repository.commits import Commit, Person
    from winloss.core.repository.tree import Tree


@dataclass(slots=True)
class Desk:
    """What every verb works with: the clock, and the repository, read when first asked for."""

    today: date
    given_root: Path | None
    token: Token | None = None  # what the environment held; the door has taken it out of there
    _found: tuple[Path, str] | None = field(default=None)
    _is_true: bool = field(default=False)

    @property
    def root(self) -> Path:
        """The records repository."""
        return self._repository[0]

    @property
    def _repository(self) -> tuple[Path, str]:
        """The records repository, and the hash by which it names contents."""
        if self._found is None:
            if self.given_root is not None:
                self._found = self.given_root, history.object_format(self.given_root)
            else:
                self._found = history.root(Path.cwd())
        if self._found is None:
            hint = (
                "go to your records repository first, or name it with --root; "
                "to begin one: winloss init DIR"
            )
            raise stop("this folder is in no git repository", hint)
        return self._found

    @property
    def is_bare(self) -> bool:
        """Whether the repository has no files of its own, so that only commits can be read."""
        return git.is_bare(self.root)

    def tree(self, at: str | None = None) -> Tree:
        """Read the working tree: what git tracks, and what it does not ignore; or a commit."""
        root, named_by = self._repository
        if at is not None:
            return self.tree_of(self.commit(at))
        missing = [name for name in FOLDERS if not (root / name).is_dir()]
        if missing:
            message = f"{root} has no folder {listed(missing)}"
            hint = "go to your records repository first, or name it with --root"
            if self.is_bare:
                message = f"{root} has no files of its own"
                hint = "name a commit where the command takes one (--at main), or work in a clone"
            raise stop(message, hint)
        paths = history.listed(root, FOLDERS)
        if paths is None:  # a folder that git does not know is read whole
            paths = files.walk(root, FOLDERS)
        return replace(files.read_tree(root, paths), named_by=named_by)

    def commit(self, revision: str) -> str:
        """Return the id of the commit that a revision names."""
        self._refuse_false_history()
        return history.commit_at(self.root, revision)

    def _refuse_false_history(self) -> None:
        """Refuse a repository that shows another history than was committed; looked at once."""
        if not self._is_true:
            history.refuse_false_history(self.root)
            self._is_true = True

    def tree_of(self, commit: str) -> Tree:
        """Read a commit."""
        tree = history.tree_at(self.root, commit, FOLDERS)
        if not tree.paths(""):
            message = f"the commit {commit[:10]} has neither records/ nor templates/"
            raise stop(message, "name a commit of a records repository")
        return tree

    def ledger(self, at: str | None = None) -> tuple[Ledger, Tree, tuple[Problem, ...]]:
        """Read and check the repository; with unusable rules, print why and leave."""
        from winloss.core.deals import rules  # noqa: PLC0415 - not needed for --version

        tree = self.tree(at)
        ledger, problems = rules.check(tree)
        if ledger is None:
            show(problems, tree)
            raise SystemExit(1)
        return ledger, tree, problems

    def names(self, folder: str, at: str | None) -> list[str]:
        """Return the files below a folder, on the disk or in a commit."""
        if at is None:
            return files.walk(self.root, [folder])
        return history.names_at(self.root, self.commit(at), folder)

    def editions(self, path: str, at: str | None) -> list[tuple[Commit, bytes]]:
        """Return what stood in a file after each commit that changed it, newest first.

        Those on the main branch, as far as it leads to the commit that is looked at: what a branch
        tried out before it was merged was never filed. None outside git.
        """
        tip = history.head(self.root) if at is None else self.commit(at)
        if tip is None:
            return []
        self._refuse_false_history()
        main = history.main_branch(self.root)
        tip = (main and history.merge_base(self.root, tip, main[1])) or tip
        found = history.editions(self.root, tip, path)
        if found:
            history.refuse_shallow(self.root)
        ids = {commit.id: commit.deltas[0].new for commit in found if commit.deltas}
        contents = history.blobs(self.root, filter(None, ids.values()))
        return [(each, contents[ids[each.id]]) for each in found if ids.get(each.id)]

    def file(self, path: str, at: str | None) -> bytes | None:
        """Return one file, on the disk or in a commit; None when there is none."""
        if at is None:
            return files.read(self.root, path)
        return history.file_at(self.root, self.commit(at), path)

    def past(self, tip: str) -> Past:
        """Read all that led to a commit; a history that is cut short or falsified is refused."""
        from winloss.core.auditing.past import Past, contents_needed  # noqa: PLC0415 - few verbs look back

        history.refuse_shallow(self.root)
        commits = list(history.commits(self.root, tip))
        contents = history.blobs(self.root, contents_needed(commits))
        return Past.of(commits, tip, history.merges(self.root, tip), contents)

    def main_branch(self) -> tuple[str, str]:
        """Return the main branch's full name and its commit."""
        self.commit("HEAD")
        found = history.main_branch(self.root)
        if found is None:
            hint = "name yours once: git config init.defaultBranch NAME"
            raise stop("there is no branch called main or master", hint)
        return found

    def me(self) -> Person:
        """Return who git says is at work here; what it does not know is empty."""
        from winloss.core.repository.commits import as_committed  # noqa: PLC0415 - not needed for --version

        name, email = (
            git.setting(self.root, f"author.{each}") or git.setting(self.root, f"user.{each}")
            for each in ("name", "email")
        )
        return as_committed(name, email)

    def identity(self, ledger: Ledger) -> Identity:
        """Return who is at work, beside the people that the rules name."""
        from winloss.core.health.identity import Identity  # noqa: PLC0415 - not needed for --version

        return Identity(self.me(), ledger.policy.people)

    def key_file(self, keys: Collection[str]) -> Path | None:
        """Return the file of one of these public keys, from where git or SSH keeps keys."""
        from winloss.edge import signing  # noqa: PLC0415 - few verbs sign

        return signing.key_file(keys, git.setting(self.root, "user.signingkey")) if keys else None

    def path(self, typed: str) -> str:
        """Return a path that a person typed, relative to the repository's root."""
        root = self.root.resolve()
        starts = (Path.cwd().resolve(), root)
        # A link is named as it is, and not followed.
        places = [Path(os.path.abspath(start / typed)) for start in starts]  # noqa: PTH100 - see above
        inside = [place for place in places if place.is_relative_to(root)]
        if not inside:
            raise click.UsageError(f"'{one_line(typed)}' lies outside {self.root}")
        there = next((place for place in inside if os.path.lexists(place)), inside[-1])
        return there.relative_to(root).as_posix()


def show(problems: Sequence[Problem], tree: Tree) -> None:
    """Print problems for a person, on standard error."""
    from winloss.core.writing import report  # noqa: PLC0415 - not needed for --version

    click.echo(report.as_text(problems, tree), err=True, nl=False)
