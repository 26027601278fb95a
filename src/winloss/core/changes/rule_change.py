"""All that changes among the rules: the qualification model, and what rides along with it.

What rides along is told answer by answer, so that nobody approves it blind. What is too long to be
shown is told by git's ids of the file's content.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from winloss.core.changes.addresses import rules_only
from winloss.core.changes.model_change import Change, changes_of, in_order
from winloss.core.deals.values import as_typed
from winloss.core.repository.tree import POLICY, is_rule
from winloss.core.rulebook.people import ROLES
from winloss.core.text.answers import TEXT, UNREADABLE, answers_of, differences
from winloss.core.text.document import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.deals.ledger import Ledger
    from winloss.core.repository.tree import Tree
    from winloss.core.text.answers import Answers
    from winloss.core.text.document import Document

MODEL_FILE = f"{POLICY}qualification.md"
_SHORT = 12  # letters of an id that are enough to tell two contents apart
_MOST_SHOWN = 200  # letters of an answer; a longer one is told by the ids of its file
_OF_THE_MODEL = ("version", "minimum_evidence", "qualified_at", "dimensions")


def rules_digest(tree: Tree) -> str:
    """Return one digest over every form, template and policy file: what an approval is from and to.

    sha256 (hex) of the sorted lines ``<git's id> <path>``. No commit is in it, so that the same
    rules have the same digest wherever they stand; nor are addresses in Monday.com, which are none.
    """
    tree = rules_only(tree)
    lines = sorted(f"{tree.blob(path)} {path}\n" for path in _rules(tree))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def rule_changes(base: Ledger, head: Ledger) -> tuple[Change, ...]:
    """Return what changes among the rules, the model first, each part sorted by subject.

    Another part of qualification.md has its key as subject, its prose ``text``. Another file
    has one change an answer, such as ``records/policy/calendar.md: closed``; where it is new, gone,
    a page's template or not readable, it has its path, with the beginning of git's id of its
    content before and after.
    """
    here = [
        *changes_of(base.policy.model, head.policy.model),
        *in_order(_in_the_model_file(base.tree, head.tree)),
    ]
    if not here and _short_id(base.tree, MODEL_FILE) != _short_id(head.tree, MODEL_FILE):
        words = "Only the layout or the comments of qualification.md change"
        old, new = (_short_id(each.tree, MODEL_FILE) for each in (base, head))
        here.append(Change("text", old, new, reclassifies=False, words=words))
    paths = changed_files(base.tree, head.tree)
    trees = rules_only(base.tree), rules_only(head.tree)
    return (*here, *in_order(each for path in paths for each in _of(path, *trees)))


def changed_files(base: Tree, head: Tree) -> list[str]:
    """Return the rules besides qualification.md whose content differs, sorted by path."""
    base, head = rules_only(base), rules_only(head)
    paths = sorted({*_rules(base), *_rules(head)} - {MODEL_FILE})
    return [path for path in paths if _short_id(base, path) != _short_id(head, path)]


def is_about_roles(base: Tree, head: Tree) -> bool:
    """Tell whether roles.md says something else of roles or persons, beyond its prose."""
    before, after = (_answers(tree, ROLES) for tree in (base, head))
    return any(name != TEXT for name in differences(before, after))


def _rules(tree: Tree) -> list[str]:
    return [path for path in tree.files if is_rule(path)]


def _of(path: str, base: Tree, head: Tree) -> Iterator[Change]:
    """Yield how one file besides qualification.md changes."""
    ids = _short_id(base, path), _short_id(head, path)
    before, after = _answers(base, path), _answers(head, path)
    if None in ids or not path.endswith(".md") or UNREADABLE in {*before, *after}:
        verb = "added" if ids[0] is None else "removed" if ids[1] is None else "changed"
        yield Change(path, *ids, reclassifies=False, words=f"{path} is {verb}")
        return
    names = differences(before, after)
    for name in names:
        said = before.get(name), after.get(name)
        is_long = name == TEXT or any(len(each or "") > _MOST_SHOWN for each in said)
        shown = [None if each is None else ids[at] for at, each in enumerate(said)]
        old, new = shown if is_long else said
        subject = f"{path}: {name}"
        yield Change(subject, old, new, reclassifies=False, words=subject)
    if not names:
        is_same = _front_as_typed(base, path) == _front_as_typed(head, path)
        words = f"{path}: only its layout or comments change" if is_same else f"{path} is changed"
        yield Change(path, *ids, reclassifies=False, words=words)


def _answers(tree: Tree, path: str) -> Answers:
    return answers_of(path, tree.files[path]) if path in tree.files else {}


def _front_as_typed(tree: Tree, path: str) -> str:
    """Return the fields in the order typed: another order is no other answer, yet more than layout.

    A scaffold asks in that order.
    """
    document = read_document(path, tree.files[path], is_rule=True)[0]
    return "" if document is None else as_typed(document.front)


def _short_id(tree: Tree, path: str) -> str | None:
    return tree.blob(path)[:_SHORT] if path in tree.files else None


def _in_the_model_file(base: Tree, head: Tree) -> Iterator[Change]:
    """Yield what changes in qualification.md and is no part of the model."""
    before, after = _document(base), _document(head)
    if before is None or after is None:
        return
    keys = sorted({*before.front.entries, *after.front.entries} - {*_OF_THE_MODEL})
    for key in keys:
        old, new = _typed(before, key), _typed(after, key)
        if old != new:
            words = f"'{key}' of qualification.md is {_named(new)} instead of {_named(old)}"
            yield Change(key, old, new, reclassifies=False, words=words)
    if before.body != after.body:
        words = "The text of qualification.md is another one"
        old, new = (_body_id(each) for each in (before, after))
        yield Change("text", old, new, reclassifies=False, words=words)


def _document(tree: Tree) -> Document | None:
    data = tree.files.get(MODEL_FILE)
    return None if data is None else read_document(MODEL_FILE, data, is_rule=True)[0]


def _typed(document: Document, key: str) -> str | None:
    node = document.front.get(key)
    return None if node is None else as_typed(node)


def _named(text: str | None) -> str:
    return "left out" if text is None else f"'{text}'"


def _body_id(document: Document) -> str:
    return hashlib.sha256(document.body.encode()).hexdigest()[:_SHORT]
