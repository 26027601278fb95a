"""Problems in the formats of other tools: GitLab's Code Quality, SARIF 2.1.0 and JUnit's XML.

Every problem stands in each exactly once, also one that belongs to no file. The same problems give
the same bytes, and no path is absolute.
"""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree import ElementTree as ET

from winloss.core.wording import one_line, visible
from winloss.core.writing.report import headline, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from winloss.core.problem import Problem

_ROOT = "%SRCROOT%"
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LINE_NUMBER = re.compile(r"\bline [0-9]+")
_LINK = re.compile(r"(\\*)\](?=\()")
_PLACE_HOLDER = re.compile(r"\{([0-9]+)\}")


def fingerprints(problems: Iterable[Problem]) -> list[str]:
    """Return an id for each problem, in their order: it stays when lines move.

    No two are alike: equal problems of one file are counted, in the order given.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    found = []
    for problem in problems:
        what = problem.path, problem.slug, _LINE_NUMBER.sub("line", problem.message)
        text = "\0".join((*what, str(seen[what])))
        found.append(sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
        seen[what] += 1
    return found


def as_gitlab(problems: Sequence[Problem]) -> str:
    """Return GitLab's Code Quality report. What belongs to no file is said of the folder ``.``."""
    ids = fingerprints(problems)
    return to_json(
        [
            {
                "description": one_line("; ".join(_parts(problem))),
                "check_name": problem.slug,
                "fingerprint": fingerprint,
                "severity": "major" if problem.is_error else "minor",
                "location": {
                    "path": problem.path or ".",
                    "lines": {"begin": max(1, problem.line)},
                },
            }
            for problem, fingerprint in zip(problems, ids, strict=True)
        ]
    )


def as_sarif(problems: Sequence[Problem], version: str) -> str:
    """Return a SARIF 2.1.0 log; ``version`` is winloss's own."""
    slugs = sorted({problem.slug for problem in problems})
    ids = fingerprints(problems)
    run = {
        "tool": {
            "driver": {
                "name": "winloss",
                "version": version,
                "rules": [
                    {"id": slug, "shortDescription": {"text": slug.replace("-", " ").capitalize()}}
                    for slug in slugs
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The records repository"}}},
        "results": [
            {
                "ruleId": problem.slug,
                "ruleIndex": slugs.index(problem.slug),
                "level": problem.severity,
                "message": {"text": _as_sarif_text("\n".join(_parts(problem)))},
                **_locations(problem),
                "partialFingerprints": {"winloss/v1": fingerprint},
            }
            for problem, fingerprint in zip(problems, ids, strict=True)
        ],
    }
    return to_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _locations(problem: Problem) -> dict[str, object]:
    """Return where a problem stands; what belongs to no file has no location."""
    if not problem.path:
        return {}
    uri = quote(problem.path.encode("utf-8", "surrogateescape"))
    place = {
        "artifactLocation": {"uri": uri, "uriBaseId": _ROOT},
        "region": {"startLine": max(1, problem.line), "startColumn": max(1, problem.column)},
    }
    return {"locations": [{"physicalLocation": place}]}


def _as_sarif_text(text: str) -> str:
    """Keep a record's text from being a link or a place to fill in (SARIF §3.11.5, §3.11.6)."""
    text = _LINK.sub(lambda match: match[1] * 2 + "\\]", text)
    return _PLACE_HOLDER.sub(r"{{\1}}", text)


def as_junit(problems: Sequence[Problem], checked: Iterable[str]) -> str:
    """Return JUnit's XML: a test case for each file; its errors fail it, its warnings do not."""
    by_path: dict[str, list[Problem]] = {path: [] for path in checked}
    for problem in problems:
        by_path.setdefault(problem.path, []).append(problem)
    failed = {problem.path for problem in problems if problem.is_error}
    root = ET.Element("testsuites")
    counts = {"tests": len(by_path), "failures": len(failed), "errors": 0, "skipped": 0}
    suite = ET.SubElement(root, "testsuite", name="winloss check")
    suite.attrib.update({name: str(count) for name, count in counts.items()})
    for path, found in by_path.items():
        name = one_line(path) or "the records repository"
        case = ET.SubElement(suite, "testcase", classname="winloss", name=name)
        errors = [problem for problem in found if problem.is_error]
        warnings = [problem for problem in found if not problem.is_error]
        if errors:
            count = f"{len(errors)} error{'s' if len(errors) != 1 else ''}"
            failure = ET.SubElement(case, "failure", message=count, type="error")
            failure.text = _as_lines(errors)
        if warnings:
            ET.SubElement(case, "system-out").text = _as_lines(warnings)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _as_lines(problems: Iterable[Problem]) -> str:
    lines = []
    for problem in problems:
        lines.append(headline(problem))
        if problem.hint:
            lines.append(f"    {one_line(problem.hint)}")
    return "\n".join(["", *lines, ""])


def _parts(problem: Problem) -> list[str]:
    """Return what is wrong, and how to mend it where that is known."""
    return [visible(part) for part in (problem.message, problem.hint) if part]
