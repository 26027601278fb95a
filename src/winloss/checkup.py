"""What ``winloss doctor`` looks at in a repository, check by check, each standing alone.

Here the disk and git are asked, and the thinking judges what they say. Nothing is written, nothing
is fetched, and no program that a repository names is run.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from winloss import __version__
from winloss.core.deals import rules
from winloss.core.health.diagnosis import Sign, broken, ok, sign_of, signs_of
from winloss.core.health.repository_signs import (
    around_sign,
    copy_sign,
    hook_sign,
    identity_sign,
    key_sign,
    leftovers_sign,
    line_ends_sign,
    pages_sign,
    place_sign,
    problems_sign,
    provisional_sign,
    rules_sign,
    shipped_sign,
    token_sign,
    uncommitted_sign,
)
from winloss.core.problem import stop
from winloss.core.repository.tree import FOLDERS
from winloss.edge import checkout, files, founding, git, history, machine, signing

if TYPE_CHECKING:
    from winloss.core.deals.ledger import Ledger
    from winloss.core.health.identity import Identity
    from winloss.core.problem import Problem
    from winloss.core.repository.tree import Tree
    from winloss.desk import Desk

_PAGES = "operations/reports/revenue"  # where the pages are while no policy says otherwise
_HOOKS = ".pre-commit-config.yaml"


class Checkup:
    """One repository, looked at; what several checks need is read once."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @cached_property
    def _tree(self) -> Tree:
        return self.desk.tree()

    @cached_property
    def _read(self) -> tuple[Ledger | None, tuple[Problem, ...]]:
        return rules.check(self._tree)

    @cached_property
    def _ledger(self) -> Ledger:
        ledger = self._read[0]
        if ledger is None:
            raise stop("the rules cannot be read", "winloss check")
        return ledger

    @cached_property
    def _pages_folder(self) -> str:
        ledger = self._read[0]
        return ledger.policy.rollups if ledger else _PAGES

    def _head(self) -> str | None:
        """Return the commit that is checked out; None before the first one."""
        if checkout.is_torn(self.desk.root):
            hint = "see what is damaged: git fsck; then clone the repository again"
            raise stop("the commit that is checked out is missing or damaged", hint)
        return history.head(self.desk.root)

    @cached_property
    def _committed(self) -> Tree | None:
        head, folders = self._head(), (*FOLDERS, self._pages_folder)
        return None if head is None else history.tree_at(self.desk.root, head, folders)

    @cached_property
    def _me(self) -> Identity:
        return self.desk.identity(self._ledger)

    def signs(self) -> list[Sign]:
        """Look at the repository; where there is none of records, say only that."""
        first = sign_of("repository", self._repository)
        if first.state == "mend":
            return [first]
        checks = [("place", self._around), ("main branch", self._main), ("history", self._history)]
        if not self.desk.is_bare:
            checks[1:1] = [("identity", self._identity), ("signing key", self._key)]
            checks += [
                *(("line ends", self._line_ends), ("rules", self._rules)),
                *(("shipped", self._shipped), ("provisional", self._provisional)),
                *(("records", self._records), ("uncommitted", self._uncommitted)),
                *(("pages", self._pages), ("leftovers", self._leftovers), ("hook", self._hook)),
            ]
        return [first, *signs_of([*checks, ("token", self._token), ("copy", self._copy)])]

    def _repository(self) -> Sign:
        if self.desk.given_root is None and history.root(Path.cwd()) is None:
            if damaged := files.repository_around(Path.cwd() / ".git"):
                said = f"{damaged} holds a .git, and git finds no repository in it"
                return broken("repository", said, "clone the repository again, beside this folder")
            said = "this folder is in no git repository: go to yours, or begin one here"
            naming = founding.naming(Path.cwd())
            return broken("repository", said, f"{naming} && winloss init".removeprefix(" && "))
        root = self.desk.root
        missing = [name for name in FOLDERS if not (root / name).is_dir()]
        is_in_git = checkout.is_inside(self.desk.root)
        return place_sign(str(root), missing, is_bare=self.desk.is_bare, is_in_git=is_in_git)

    def _around(self) -> Sign:
        root = self.desk.root.resolve()
        inside = "" if self.desk.is_bare else checkout.prefix(self.desk.root)
        outer = files.repository_around(root)
        is_left_out = outer is not None and checkout.is_ignored(outer, str(root))
        return around_sign(str(root), inside, str(outer or ""), is_left_out=is_left_out)

    def _identity(self) -> Sign:
        return identity_sign(self._me)

    def _key(self) -> Sign:
        place = self.desk.key_file(self._me.keys)
        trouble = signing.trouble_with(place) if place else ""
        return key_sign(self._me, str(place or ""), trouble)

    def _main(self) -> Sign:
        self._head()
        name = self.desk.main_branch()[0]
        return ok("main branch", name.removeprefix("refs/heads/").removeprefix("refs/"))

    def _history(self) -> Sign:
        self._head()
        history.refuse_false_history(self.desk.root)
        history.refuse_shallow(self.desk.root)
        return ok("history", "complete, and as it was committed")

    def _line_ends(self) -> Sign:
        autocrlf = git.setting(self.desk.root, "core.autocrlf")
        return line_ends_sign(checkout.line_ends(self.desk.root, FOLDERS), autocrlf)

    def _rules(self) -> Sign:
        committed = self._committed.files if self._committed else {}
        return rules_sign(self._tree, files.shipped_rules(), committed)

    def _shipped(self) -> Sign:
        return shipped_sign(self._tree, files.shipped_rules(), __version__)

    def _provisional(self) -> Sign:
        return provisional_sign(self._ledger.policy, self.desk.today)

    def _records(self) -> Sign:
        return problems_sign(self._read[1], len(self._tree.paths("")))

    def _uncommitted(self) -> Sign:
        torn = checkout.unmerged(self.desk.root, FOLDERS)
        return uncommitted_sign(self._tree, self._committed, torn)

    def _pages(self) -> Sign:
        names = files.walk(self.desk.root, [self._pages_folder])
        found = {path: files.read(self.desk.root, path) for path in names if path.endswith(".md")}
        pages = {path: data for path, data in found.items() if data is not None}
        return pages_sign(pages, self._committed, self._pages_folder)

    def _leftovers(self) -> Sign:
        folders = [*FOLDERS, self._pages_folder]
        there = [name for name in folders if (self.desk.root / name).is_dir()]
        return leftovers_sign(files.leftovers(self.desk.root, there), there)

    def _hook(self) -> Sign:
        root = self.desk.root
        path, is_everywhere = checkout.own_setting(root, "core.hooksPath")
        return hook_sign(
            path,
            is_everywhere=is_everywhere,
            has_config=(root / _HOOKS).is_file(),
            has_hook=files.is_program(checkout.hooks(root, path) / "pre-commit"),
            has_program=machine.has_program("pre-commit"),
        )

    def _token(self) -> Sign:
        return token_sign(history.tracked(self.desk.root), self.desk.token)

    def _copy(self) -> Sign:
        return copy_sign(checkout.remotes(self.desk.root), checkout.unpushed(self.desk.root))
