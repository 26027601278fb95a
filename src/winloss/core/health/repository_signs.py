"""Judge a records repository as it lies on this machine. Facts in, signs out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from winloss.core.auditing.approval import APPROVER
from winloss.core.health.diagnosis import Sign, broken, look, ok
from winloss.core.health.identity import SET_EMAIL, SET_NAME
from winloss.core.repository.tree import FOLDERS, POLICY, TEMPLATES, is_ours, is_rule
from winloss.core.rulebook.people import ROLES
from winloss.core.rulebook.policy import NEEDED
from winloss.core.text.token_shape import blanked, text_of, tokens_in
from winloss.core.wording import listed, shell_word, visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from winloss.core.filing.token import Token
    from winloss.core.health.identity import Identity
    from winloss.core.problem import Problem
    from winloss.core.repository.tree import Tree
    from winloss.core.rulebook.policy import Policy

_CONFLICT = re.compile(rb"^(?:<{7}|>{7})(?: |\r?$)", re.MULTILINE)
_LINE_ENDS = ("records/** text eol=lf diff=markdown", "templates/** text eol=lf")


def place_sign(place: str, missing: Sequence[str], *, is_bare: bool, is_in_git: bool) -> Sign:
    """Judge whether a folder is a repository, and one of records."""
    if not is_in_git:
        return broken("repository", f"{place} is in no git repository", "git init -b main")
    if is_bare:
        return ok("repository", f"{place} (bare: only its commits can be read)")
    if missing:
        return broken("repository", f"{place} has no folder {listed(missing)}", "winloss init")
    return ok("repository", place)


def around_sign(place: str, inside: str, outer: str, *, is_left_out: bool) -> Sign:
    """Judge where it lies: as a folder of another repository it shares that one's commits.

    ``inside`` is its path in its own repository, ``outer`` the next repository around that.
    """
    if inside:
        said = f"{place} is the folder {inside} of another repository, and shares its history"
        return look("place", said, "git init -b main")
    if not outer:
        return ok("place", "in no other repository")
    if is_left_out:
        return ok("place", f"in another repository, {outer}, which leaves it out")
    said = f"it lies in another repository, {outer}, which may take it in by a slip"
    name = visible(place.removeprefix(outer).strip("/\\"))
    return look(
        "place", said, f"echo {shell_word(f'/{name}/')} >> {shell_word(f'{outer}/.gitignore')}"
    )


def identity_sign(identity: Identity) -> Sign:
    """Judge whether git knows who is at work, and whether roles.md does."""
    person = identity.person
    if not person.email:
        return broken("identity", "git has no e-mail address of yours", SET_EMAIL)
    if not person.name:
        return broken("identity", f"git has no name beside {person.email}", SET_NAME)
    if identity.state == "nobody-named":
        return look(
            "identity", f"{person}; {ROLES} names nobody, so roles are claims", "winloss whoami"
        )
    if identity.state == "known":
        return ok("identity", f"{person}: {listed(identity.roles)}")
    near = identity.perhaps_meant
    mend = f"git config user.email {shell_word(near)}" if near else "winloss whoami"
    return look("identity", f"{person}, whom {ROLES} does not name", mend)


def key_sign(identity: Identity, place: str, trouble: str) -> Sign:
    """Judge whether the CRO can sign; ``place`` is the key's file, empty when it is not here."""
    if APPROVER not in identity.roles:
        return ok("signing key", f"not needed: you do not hold the role {APPROVER}")
    if not identity.keys:
        said = f"{ROLES} names no key of yours, so your decisions are claims"
        return look("signing key", said, "ssh-keygen -t ed25519")
    if not place:
        said = f"the key that {ROLES} names for you is not on this machine"
        return broken("signing key", said, "git config user.signingkey FILE")
    if trouble == "absent":
        said = f"{place} is the public half; an agent must hold the private one"
        return look("signing key", said, "ssh-add -L")
    if trouble:
        whose = (
            "others may read it, so SSH refuses it" if trouble == "open" else "you may not read it"
        )
        return broken("signing key", f"{place}: {whose}", f"chmod 600 {shell_word(place)}")
    return ok("signing key", f"{place}, as {ROLES} names it")


def line_ends_sign(attributes: Mapping[str, str], autocrlf: str) -> Sign:
    """Judge whether records keep LF line ends on every system.

    ``attributes`` says what ``.gitattributes`` makes of ``eol`` in each folder.
    """
    open_folders = [folder for folder in FOLDERS if attributes.get(folder) != "lf"]
    if not open_folders:
        return ok("line ends", "LF, by .gitattributes")
    setting = f"core.autocrlf is {autocrlf or 'not set'}"
    said = f".gitattributes does not keep LF in {listed(open_folders)}, and {setting}"
    rules = (rule for rule in _LINE_ENDS if rule.partition("/")[0] in open_folders)
    mend = f"printf '{''.join(f'{chr(92)}n{rule}' for rule in rules)}{chr(92)}n' >> .gitattributes"
    return (broken if autocrlf == "true" else look)("line ends", said, mend)


def rules_sign(tree: Tree, shipped: Collection[str], committed: Collection[str]) -> Sign:
    """Judge whether the policy files and forms are all there."""
    policy = [path for path in (f"{POLICY}{name}.md" for name in NEEDED) if _is_gone(tree, path)]
    forms = [path for path in shipped if path.startswith(TEMPLATES) and _is_gone(tree, path)]
    missing = [*policy, *forms]
    if not missing:
        return ok("rules", "every policy file and form is there")
    lost = [path for path in missing if path in committed]
    mend = f"git restore {' '.join(lost)}" if lost else "winloss init --update"
    said = f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    return (broken if policy or lost else look)("rules", said, mend)


def _is_gone(tree: Tree, path: str) -> bool:
    """Tell whether a file is not there; one that cannot be read is, and may be somebody's work."""
    why = tree.unreadable.get(path)
    return path not in tree.files and (why is None or why.slug == "missing-file")


def shipped_sign(tree: Tree, shipped: Mapping[str, bytes], version: str) -> Sign:
    """Count the forms and policy files that are not those of this winloss; most firms have some."""
    there = [path for path in shipped if path in tree.files]
    other = [path for path in there if _lf(tree.files[path]) != _lf(shipped[path])]
    own = sum(is_rule(path) and path not in shipped for path in tree.files)
    also = f"; {own} more {'is' if own == 1 else 'are'} yours alone" if own else ""
    if not other:
        said = f"{len(there)} forms and policy files, as winloss {version} has them"
        return ok("shipped", f"{said}{also}")
    said = f"{len(other)} of {len(there)} forms and policy files differ from winloss {version}'s"
    return ok("shipped", f"{said}{also}; winloss init --update shows what is new, if anything")


def _lf(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def provisional_sign(policy: Policy, today: date) -> Sign:
    """Count what the SOPs have not settled."""
    is_open = [each for each in policy.promotion.items if not _is_done(policy, each, today)]
    files = len(policy.provisional)
    said = f"status {policy.status}; {len(is_open)} open items and {files} provisional policy files"
    return ok("provisional", f"{said}: see winloss status")


def _is_done(policy: Policy, item: str, today: date) -> bool:
    done = policy.promotion.done.get(item)
    return done is not None and done <= today


def problems_sign(problems: Iterable[Problem], count: int) -> Sign:
    """Judge whether ``winloss check`` finds errors."""
    errors = sum(problem.is_error for problem in problems)
    if errors:
        said = f"{errors} error{'s' if errors != 1 else ''} in {count} files"
        return broken("records", said, "winloss check")
    return ok("records", f"{count} files, without an error")


def uncommitted_sign(tree: Tree, committed: Tree | None, torn: Sequence[str]) -> Sign:
    """Judge whether records are in no commit yet; None where there is no commit at all.

    ``torn`` are those in which a merge under way has left a conflict: to add them would hide it.
    """
    if torn:
        said = f"a merge has left its conflict in {len(torn)} of them, such as {visible(torn[0])}"
        return broken("uncommitted", said, "git status")
    folders = " ".join(FOLDERS)
    mend = f'git add -A {folders} && git commit -m "File records"'
    if committed is None:
        return look("uncommitted", "nothing is committed yet", mend)
    before = {path: data for path, data in committed.files.items() if path.startswith(FOLDERS)}
    new = [path for path in tree.files if path not in before]
    changed = [path for path in before if path in tree.files and _differs(tree, before, path)]
    gone = [path for path in before if path not in tree.files]
    parts = ((new, "new"), (changed, "changed"), (gone, "deleted"))
    counts = [f"{len(paths)} {what}" for paths, what in parts if paths]
    if not counts:
        return ok("uncommitted", "every record is committed")
    return look("uncommitted", f"{listed(counts)} on this disk only", mend)


def _differs(tree: Tree, before: Mapping[str, bytes], path: str) -> bool:
    return _lf(tree.files[path]) != _lf(before[path])


def pages_sign(pages: Mapping[str, bytes], committed: Tree | None, folder: str) -> Sign:
    """Judge the quarterly pages: a conflict left in one, and one that is in no commit."""
    torn = [path for path, data in pages.items() if _CONFLICT.search(data)]
    if torn:
        quarter = re.search(r"[0-9]{4}-Q[1-4]", torn[0])
        mend = f"winloss rollup {quarter[0]}" if quarter else "git status"
        return broken("pages", f"a merge left its conflict in {listed(torn)}", mend)
    before = committed.files if committed else {}
    only = [path for path, data in pages.items() if _lf(data) != _lf(before.get(path, b""))]
    if only:
        names = listed(path.rpartition("/")[2] for path in only)
        mend = f'git add {shell_word(folder)} && git commit -m "File the page"'
        return look("pages", f"not committed as on this disk: {names}", mend)
    return ok("pages", f"{len(pages)}, all committed" if pages else "none yet")


def leftovers_sign(found: Sequence[str], folders: Sequence[str]) -> Sign:
    """Judge what writes that were cut off have left behind."""
    if not found:
        return ok("leftovers", "none")
    said = f"{len(found)} of a write that was cut off, such as {visible(found[0])}"
    mend = f"find {' '.join(map(shell_word, folders))} -name '.winloss-*.tmp' -type f -delete"
    return look("leftovers", said, mend)


def hook_sign(
    hooks_path: str, *, is_everywhere: bool, has_config: bool, has_hook: bool, has_program: bool
) -> Sign:
    """Judge whether a commit is checked first, where the repository asks for it.

    ``hooks_path`` is git's core.hooksPath, if any: pre-commit installs nothing beside it. Where it
    ``is_everywhere``, other repositories have their hooks by it.
    """
    if not has_config:
        return ok("hook", "none is asked for: there is no .pre-commit-config.yaml")
    if has_hook:
        return ok("hook", "commits are checked first")
    install = (
        "pre-commit install" if has_program else "pip install pre-commit && pre-commit install"
    )
    if hooks_path:
        said = (
            f"core.hooksPath is '{hooks_path}', so the hook of .pre-commit-config.yaml never runs"
        )
        unset = f"git config --unset-all core.hooksPath; {install}"
        who = "git config --show-origin --get-all core.hooksPath"
        return look("hook", said, who if is_everywhere else unset)
    return look("hook", ".pre-commit-config.yaml is there, and its hook is not installed", install)


def token_sign(tracked: Iterable[tuple[str, bytes]], token: Token | None) -> Sign:
    """Judge whether a tracked file holds what is shaped like a token, or the one that is set."""
    count, found = 0, ""
    for path, data in tracked:
        text, count = f"{path}\n{text_of(data)}", count + 1
        if not found and (tokens_in(text) or (token is not None and token.is_in(text))):
            found = path
    if not found:
        return ok("token", f"none of Monday.com's in {count} tracked files")
    where = visible(blanked(token.hidden_in(found) if token else found))
    said = (
        f"{where} holds a token of Monday.com: delete it there, and make a new one in Monday.com "
        "(your avatar > Developers > My access tokens), for git keeps the old one"
    )
    return broken("token", said, "winloss check" if is_ours(found) else "")


def copy_sign(remotes: Sequence[str], unpushed: int) -> Sign:
    """Judge whether anybody else has a copy, as far as this machine knows."""
    if not remotes:
        mend = "git remote add origin URL && git push -u origin HEAD"
        return look("copy", "there is no remote, so nobody else has a copy", mend)
    remote = "origin" if "origin" in remotes else remotes[0]
    if unpushed:
        said = (
            f"{unpushed} commit{'s' if unpushed != 1 else ''} of this branch on this machine only"
        )
        return look("copy", said, f"git push -u {shell_word(remote)} HEAD")
    return ok("copy", f"{listed(remotes)} {'has' if len(remotes) == 1 else 'have'} every commit")
