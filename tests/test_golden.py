"""Golden cases: Markdown files in ``tests/golden`` that anyone can add to without Python.

A case is a title, a line ``.``, the input, a line ``.``, what must come out, and a line ``.``. The
file's name says what is done with the input:

``document*``  the input is one record's text; out come the problems that reading it finds
``check*``     the input changes the two deals of ``tests/base``; out comes ``winloss check``
``render*``    likewise; out comes the exchange block of the record on the input's first line
``page*``      likewise; out comes the page of the quarter on the input's first line (its ids of
               content are printed as ``<id>``)
``evidence*``  the changes before a line ``branch`` make the main branch, those after it the branch;
               out comes what a pull request shows of the one proposal there, with the approval
               that the input's first line names (``none``, ``claimed``, ``signed``, ``void``)
``amendment*`` likewise, with any first line; out comes the amendment, by the decision on the branch
``escape*``    each line of the input is text from a record; out comes what a page prints

The changes of a repository are written as::

    change records/deals/2026/1001-northwind/pre-delivery.md
    - customer: Northwind Traders
    + customer: TBD
    write records/deals/2026/1003-x/closed-lost.md
    (the lines of the file, each after four spaces)
    delete records/deals/2026/1002-tailspin/closed-lost.md

``make golden`` writes today's output into the files; read the difference before you commit it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it.utils import read_fixture_file

from conftest import base_tree
from winloss.core.changes.amendment import amendment
from winloss.core.changes.evidence import weigh
from winloss.core.changes.evidence_page import evidence_page
from winloss.core.days import Quarter
from winloss.core.deals import rules
from winloss.core.deals.governance import approvals_of, proposals_of
from winloss.core.pages.exchange import exchange_block
from winloss.core.pages.page import rollup_page
from winloss.core.pages.rollup import build_rollups
from winloss.core.repository.tree import Tree
from winloss.core.text import escape
from winloss.core.text.document import read_document
from winloss.core.writing import report

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "golden"


def _cases() -> Iterator[object]:
    for file in sorted(FOLDER.glob("*.md")):
        for line, title, given, expected in read_fixture_file(file):
            yield pytest.param(file, given, expected, id=f"{file.stem}:{line}-{title}")


@pytest.mark.parametrize(("file", "given", "expected"), list(_cases()))
def test_golden(file: Path, given: str, expected: str, request: pytest.FixtureRequest) -> None:
    """What comes out of a case is what its file says."""
    actual = "".join(f"{line}\n" for line in _output(file.stem, given).splitlines())
    if request.config.getoption("--update-golden") and actual != expected:
        text = file.read_text(encoding="utf-8")
        block = f"\n.\n{given}.\n{expected}.\n"
        assert text.count(block) == 1, "two cases of this file are the same"
        file.write_text(text.replace(block, f"\n.\n{given}.\n{actual}.\n"), encoding="utf-8")
        return
    assert actual == expected


def _output(stem: str, given: str) -> str:
    verb = re.split(r"\d|-", stem)[0]
    if verb == "document":
        data = given.rstrip("\n").encode() + b"\n"
        _, problems = read_document("x.md", data)
        return report.as_text(sorted(problems), Tree({"x.md": data}))
    if verb == "escape":
        return "\n".join(
            f"{escape.inline(text)}\n{escape.line(text)}" for text in given.splitlines()
        )
    first, _, rest = given.partition("\n")
    if verb in {"evidence", "amendment"}:
        return _ID.sub("<id>", _weighed(verb, first, rest))
    tree = Tree(_changed(base_tree(), given if verb == "check" else rest))
    ledger, problems = rules.check(tree)
    if verb == "check":
        return report.as_text(problems, tree)
    assert ledger is not None
    if verb == "render":
        record = next(each for each in ledger.records if each.path == first)
        return exchange_block(ledger, record)
    quarter = Quarter.parse(first)
    assert quarter is not None
    page = rollup_page(*build_rollups(ledger, quarter, problems))
    # Another word in a form or a policy is another id; the cases are about the rest.
    return _ID.sub("<id>", page)


_ID = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{16}|[0-9a-f]{12})\b")


def _weighed(verb: str, approval: str, given: str) -> str:
    """Return what is said of the proposal on a branch."""
    main, _, branch = given.partition("branch\n")
    files = _changed(base_tree(), main)
    base, head = (rules.check(Tree(each))[0] for each in (files, _changed(dict(files), branch)))
    assert base is not None
    assert head is not None
    evidence = weigh(base, head, *proposals_of(head))
    if verb == "amendment":
        return amendment(evidence, next(iter(approvals_of(head)), None))
    return evidence_page(evidence, approval)


def _changed(files: dict[str, bytes], given: str) -> dict[str, bytes]:
    """Return the files with the changes that a case describes."""
    for verb, path, body in re.findall(
        r"^(change|write|delete) (\S.*)\n((?:[-+ ].*\n|\n)*)", given, re.MULTILINE
    ):
        lines = body.splitlines()
        if verb == "delete":
            del files[path]
        elif verb == "write":
            files[path] = "".join(f"{line[4:]}\n" for line in lines).encode()
        else:
            old = "".join(f"{line[2:]}\n" for line in lines if line.startswith("-"))
            new = "".join(f"{line[2:]}\n" for line in lines if line.startswith("+"))
            text = files[path].decode()
            assert text.count(old) == 1, f"{old!r} must stand once in {path}"
            files[path] = text.replace(old, new).encode()
    return files
