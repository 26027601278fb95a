"""All that changes among the rules: the qualification model, and what rides along with it.

Files are told apart by git's ids of their content.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from winloss.core.document import read_document
from winloss.core.model_change import Change, changes_of, in_order
from winloss.core.tree import POLICY, TEMPLATES
from winloss.core.values import as_typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.document import Document
    from winloss.core.ledger import Ledger
    from winloss.core.tree import Tree

MODEL_FILE = f"{POLICY}qualification.md"
_SHORT = 12  # letters of an id that are enough to tell two contents apart
_OF_THE_MODEL = ("version", "minimum_evidence", "qualified_at", "dimensions")


def rules_digest(tree: Tree) -> str:
    """Return one digest over every form, template and policy file: what an approval is from and to.

    sha256 (hex) of the sorted lines ``<git's id> <path>``. No commit is in it, so that the same
    rules have the same digest wherever they stand.
    """
    lines = sorted(f"{tree.blob(path)} {path}\n" for path in _rules(tree))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def rule_changes(base: Ledger, head: Ledger) -> tuple[Change, ...]:
    """Return what changes among the rules, the model first, each part sorted by subject.

    Another part of qualification.md has its key as subject, its prose ``text``; another file has
    its path, with the beginning of git's id of its content before and after.
    """
    here = [
        *changes_of(base.policy.model, head.policy.model),
        *in_order(_in_the_model_file(base.tree, head.tree)),
    ]
    if not here and _short_id(base.tree, MODEL_FILE) != _short_id(head.tree, MODEL_FILE):
        words = "Only the layout or the comments of qualification.md change"
        old, new = (_short_id(each.tree, MODEL_FILE) for each in (base, head))
        here.append(Change("text", old, new, reclassifies=False, words=words))
    return (*here, *_of_files(base.tree, head.tree))


def _rules(tree: Tree) -> list[str]:
    return [path for path in tree.files if path.startswith((POLICY, TEMPLATES))]


def _of_files(base: Tree, head: Tree) -> Iterator[Change]:
    for path in sorted({*_rules(base), *_rules(head)} - {MODEL_FILE}):
        before, after = _short_id(base, path), _short_id(head, path)
        if before != after:
            verb = "added" if before is None else "removed" if after is None else "changed"
            words = f"{path} is {verb}"
            yield Change(path, before, after, reclassifies=False, words=words)


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
