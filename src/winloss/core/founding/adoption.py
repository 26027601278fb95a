"""A repository becomes one of records: which files make it so, and what stands in their way.

The forms and the policy come as winloss ships them, the rest from its starter; CODEOWNERS and the
snippets are made from the rules that the repository then has.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.deals.ledger import read_ledger
from winloss.core.founding.codeowners import codeowners
from winloss.core.problem import stop
from winloss.core.repository.plumbing import object_id
from winloss.core.repository.tree import FOLDERS, Tree, is_rule
from winloss.core.rulebook.people import EMAIL, ROLES
from winloss.core.wording import one_line, visible
from winloss.core.writing.lines import quoted
from winloss.core.writing.snippets import snippets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

OURS = ".winloss/"
REQUIREMENT = f"{OURS}requirements.txt"
SHIPPED = f"{OURS}shipped.json"
CODEOWNERS = "CODEOWNERS"
_ELSEWHERE = tuple(f"{place}/{CODEOWNERS}" for place in (".github", "docs", ".gitlab"))
SNIPPETS = ".vscode/winloss.code-snippets"
# GitLab's template of a merge request is GitHub's of a pull request.
_ALSO = {".gitlab/merge_request_templates/Default.md": ".github/pull_request_template.md"}
_NEEDED = (*FOLDERS, OURS.rstrip("/"))  # without a file of ours there, winloss cannot work
_NOBODY = b"people: []\n"
_PERSON = re.compile(
    r"(?P<role>[^:=]+)[:=]\s*(?P<name>[^<>]+?)\s*<(?P<email>[^<>\s]+)>(?:\s+(?P<key>\S+ \S+).*)?\s*"
)
_MOST = 500
# Nothing that pip, a shell or YAML takes for more than the name or the place of a package.
_SPEC = re.compile(r"[A-Za-z0-9./][A-Za-z0-9._/:@=<>!~,+\[\] #&%-]*")

# A password, or a token, which stands alone before the @; the name of a login over SSH is neither.
_SECRET = re.compile(r"//[^/@]*:[^/@]*@|(?<!ssh:)//(?!git@)[^/@]+@")


def requirement_fault(spec: str) -> str:
    """Return why a text cannot be what pip installs as winloss; empty when it can."""
    if not _SPEC.fullmatch(spec) or len(spec) > _MOST or re.search(" [-#]", spec):
        return "it is one line: a name and a version, or the address of a package"
    if _SECRET.search(spec):
        return "it holds a secret, and everybody who may read the repository would read it"
    return ""


def is_on_this_machine(spec: str) -> bool:
    """Tell whether a text that pip installs names a file or a folder, which nobody else has."""
    return spec.startswith((".", "/")) or "file:" in spec


def requirement_text(spec: str) -> bytes:
    """Return the file that says, in one place, which winloss everybody installs."""
    return (
        "# The winloss that the Makefile and the checks of the git host install: the one place.\n"
        f"{spec}\n"
    ).encode()


def with_people(rules: Mapping[str, bytes], persons: Iterable[str]) -> dict[str, bytes]:
    """Return the shipped rules with persons in roles.md, each ``role: Name <address>``.

    A public key may follow, as the line of its .pub file has it.
    """
    rows = [_row(person) for person in persons]
    if not rows:
        return dict(rules)
    named = ("people:\n" + "".join(rows)).encode()
    assert rules[ROLES].count(_NOBODY) == 1  # noqa: S101 - as winloss ships it
    filled = {**rules, ROLES: rules[ROLES].replace(_NOBODY, named)}
    _, problems = read_ledger(Tree(filled))
    for problem in problems:
        if problem.path == ROLES and problem.is_error:
            raise stop(f"--person: {problem.message}", problem.hint)
    return filled


def _row(person: str) -> str:
    match = _PERSON.fullmatch(one_line(person))
    if match is None or not EMAIL.fullmatch(match["email"]):
        hint = 'write --person "cro: Dana Reyes <dana@example.com>"'
        raise stop(f"'{visible(person)}' names no role, person and e-mail address", hint)
    role, name = (quoted(match[each].strip(), in_list=True) for each in ("role", "name"))
    key = f", key: {quoted(match['key'], in_list=True)}" if match["key"] else ""
    return f"  - {{role: {role}, name: {name}, email: {match['email']}{key}}}\n"


def generated(tree: Tree) -> dict[str, bytes]:
    """Return what is made from a repository's rules; nothing where they cannot be read."""
    ledger, _ = read_ledger(Tree({path: tree.files[path] for path in tree.files if is_rule(path)}))
    if ledger is None:
        return {}
    policy = ledger.policy
    return {
        CODEOWNERS: codeowners(policy.people, policy.rollups).encode(),
        SNIPPETS: snippets(ledger.forms, policy.model).encode(),
    }


def codeowners_elsewhere(known: Collection[str]) -> str:
    """Return the CODEOWNERS that a firm has in another place; empty without one.

    A host reads one alone: beside it, ours would go unread, or would put theirs out of force.
    """
    return next((path for path in _ELSEWHERE if path in known), "")


def as_shipped(
    rules: Mapping[str, bytes], starter: Mapping[str, bytes], spec: str
) -> dict[str, bytes]:
    """Return every file that winloss ships for a repository, by its path, but what is generated."""
    copies = {path: starter[source] for path, source in _ALSO.items()}
    return {**rules, **starter, **copies, REQUIREMENT: requirement_text(spec)}


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at a path: a file's content, or what else it is; ``is_known`` to git or not."""

    content: bytes | None = None
    what: str = ""
    is_known: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether the place is free, on the disk and in git."""
        return self.content is None and not self.what and not self.is_known


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written, what only to be committed, and what is kept, with its reason."""

    write: Mapping[str, bytes]
    commit: Collection[str]
    kept: Mapping[str, str]
    taken: Collection[str]


def plan(wanted: Mapping[str, bytes], standing: Mapping[str, Standing]) -> Plan:
    """Decide for each wanted file whether it is written; nothing that stands is overwritten.

    Raises CannotGoOn where something stands in the way of what winloss cannot do without.
    """
    write, commit, kept, taken = {}, [], {}, []
    for path, content in sorted(wanted.items()):
        there = standing[path]
        if there.what and path.startswith(tuple(f"{name}/" for name in _NEEDED)):
            hint = "move it elsewhere: winloss needs its place"
            raise stop(f"{path} cannot be written: {there.what}", hint)
        if there.is_nothing:
            write[path] = content
        elif there.content != content:
            kept[path] = there.what or ("" if there.content is not None else "you deleted it")
            continue
        taken.append(path)
        if not there.is_known:
            commit.append(path)
    return Plan(write, commit, kept, taken)


def shipped_text(version: str, ids: Mapping[str, str]) -> bytes:
    """Return ``.winloss/shipped.json``: what winloss shipped here, by the ids of its contents."""
    data = {"winloss": version, "files": dict(sorted(ids.items()))}
    return (json.dumps(data, indent=2) + "\n").encode()


def ids_of(files: Mapping[str, bytes], named_by: str) -> dict[str, str]:
    """Return the id that git gives each content."""
    return {path: object_id("blob", content, named_by) for path, content in files.items()}
