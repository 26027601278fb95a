"""What git hosts show beside the files: each format as its schema, or another reader, sees it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft7Validator
from junitparser import JUnitXml, TestSuite

from conftest import HOME, examples
from winloss.core.problem import Problem
from winloss.core.writing.interchange import as_gitlab, as_junit, as_sarif, fingerprints
from winloss.core.writing.report import headline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conftest import Repository

SCHEMAS = HOME / "tests" / "schemas"
SARIF = Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text("utf-8")))
JUNIT = xmlschema.XMLSchema10(str(SCHEMAS / "junit-10.xsd"))
# The table of GitLab's documentation, "Code Quality report format".
GITLAB = Draft7Validator(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "additionalProperties": False,
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "additionalProperties": False,
                    "properties": {
                        "path": {"type": "string", "pattern": "^[^/]"},
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "additionalProperties": False,
                            "properties": {"begin": {"type": "integer", "minimum": 1}},
                        },
                    },
                },
            },
        },
    }
)
PRE = "records/deals/2026/1001-northwind/pre-delivery.md"
LOST = "records/deals/2026/1002-tailspin/closed-lost.md"

# What a record can put into a message, and a disk into a path: controls, brackets, half characters.
TEXT = st.text(st.characters(), max_size=20) | st.sampled_from(
    [
        "]]>",
        "[a](https://example.com)",
        "[a\\](b)",
        "{0}",
        "\x00\x1b[0m",
        "\ud800",
        "a\nb\r\nc",
        "\uffff",
    ]
)
NAME = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/\0")
    | st.sampled_from(["\udc80", "\udcff", "%", " ", "#", "?", ":", "é"]),
    min_size=1,
    max_size=8,
)
PATH = st.just("") | st.builds("records/{}/{}.md".format, NAME, NAME)
PROBLEM = st.builds(
    Problem,
    path=PATH,
    line=st.integers(0, 3),
    column=st.integers(0, 3),
    severity=st.sampled_from(["error", "warning"]),
    slug=st.sampled_from(["not-answered", "unknown-code", "yaml"]),
    message=TEXT.filter(bool),
    hint=TEXT,
)
# Two equal ones are as likely as not.
PROBLEMS = st.lists(PROBLEM, max_size=4).flatmap(
    lambda found: st.lists(st.sampled_from(found), max_size=8) if found else st.just([])
)


def printed(text: str) -> bytes:
    """Return the bytes that a text has on standard output."""
    return text.encode("utf-8", "backslashreplace")


def read_sarif(text: str) -> list[Any]:
    """Return the results of a SARIF log that holds to its schema."""
    log = json.loads(printed(text))
    SARIF.validate(log)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    return list(run["results"])


def read_junit(text: str) -> TestSuite:
    """Return the suite of a JUnit report that holds to its schema."""
    JUNIT.validate(printed(text).decode())
    (suite,) = JUnitXml.fromstring(printed(text))
    assert isinstance(suite, TestSuite)
    return suite


@settings(max_examples=examples(200), deadline=None)
@given(PROBLEMS)
def test_gitlab_has_every_problem_once(problems: list[Problem]) -> None:
    """Each problem is one entry of a valid report, and no two entries share a fingerprint."""
    report = json.loads(printed(as_gitlab(problems)))
    GITLAB.validate(report)
    assert Counter(
        (each["check_name"], each["location"]["path"], each["location"]["lines"]["begin"])
        for each in report
    ) == Counter((each.slug, each.path or ".", max(1, each.line)) for each in problems)
    assert len({each["fingerprint"] for each in report}) == len(problems)


@settings(max_examples=examples(100), deadline=None)
@given(PROBLEMS)
def test_sarif_has_every_problem_once(problems: list[Problem]) -> None:
    """Each problem is one result of a valid log; its address leads back to the file's name."""

    def place(result: Any) -> tuple[bytes, int, int]:
        if "locations" not in result:
            return b"", 0, 0
        (location,) = result["locations"]
        where = location["physicalLocation"]
        uri = where["artifactLocation"]["uri"]
        assert uri.isascii()
        assert not set(uri) & set(" #?:\\")
        region = where["region"]
        return unquote_to_bytes(uri), region["startLine"], region["startColumn"]

    found = Counter(
        (each["ruleId"], each["level"], *place(each))
        for each in read_sarif(as_sarif(problems, "1"))
    )
    assert found == Counter(
        (each.slug, each.severity, b"", 0, 0)
        if not each.path
        else (
            *(each.slug, each.severity, each.path.encode("utf-8", "surrogateescape")),
            *(max(1, each.line), max(1, each.column)),
        )
        for each in problems
    )


@settings(max_examples=examples(100), deadline=None)
@given(PROBLEMS, st.lists(PATH.filter(bool), unique=True, max_size=3))
def test_junit_has_every_problem_once(problems: list[Problem], checked: list[str]) -> None:
    """Each file is a test case; its errors are in its failure, its warnings beside it."""
    suite = read_junit(as_junit(problems, checked))
    cases = list(suite)
    assert len(cases) == suite.tests == len({*checked, *(each.path for each in problems)})
    failed = {each.path for each in problems if each.is_error}
    assert suite.failures == sum(bool(case.result) for case in cases) == len(failed)
    lines: Counter[str] = Counter()
    for case in cases:
        shown = [result.text or "" for result in case.result] + [case.system_out or ""]
        lines.update(
            line for text in shown for line in text.split("\n") if line and line[:4] != "    "
        )
    assert lines == Counter(headline(each) for each in problems)


@given(PROBLEM, st.integers(0, 9))
def test_a_fingerprint_stays_when_lines_move(problem: Problem, lines: int) -> None:
    """A fingerprint tells of the file and the fault, and not of the line."""
    moved = Problem(
        problem.path, lines, lines, "warning", problem.slug, problem.message, problem.hint
    )
    assert fingerprints([problem]) == fingerprints([moved])


def test_a_line_named_in_a_message_does_not_count() -> None:
    """A message that names a line leaves the fingerprint as it was when that line moves."""
    one, two = (
        Problem(PRE, 9, 1, "error", "duplicate-key", f"'a' stands twice (first on line {line})")
        for line in (4, 5)
    )
    assert fingerprints([one]) == fingerprints([two])


def test_a_record_that_grows_keeps_its_fingerprints(repository: Repository) -> None:
    """A new line on top of a record changes where its problems stand, and not which they are."""
    repository.change(LOST, "reason: price", "reason: pric")
    before = json.loads(repository.run("check", "--format", "gitlab").out)
    repository.change(LOST, "kind: closed-lost", "# a line more\nkind: closed-lost")
    (after,) = json.loads(repository.run("check", "--format", "gitlab").out)
    assert after["location"]["lines"]["begin"] == before[0]["location"]["lines"]["begin"] + 1
    assert after["fingerprint"] == before[0]["fingerprint"]


def test_a_record_makes_no_link_in_sarif() -> None:
    """What a record's text says is neither a link nor a place to fill in, escaped or not."""
    said = r"[a](https://example.com) [b\](c) {0} []"
    (result,) = read_sarif(as_sarif([Problem(PRE, 1, 1, "error", "yaml", said)], "1"))
    assert result["message"]["text"] == r"[a\](https://example.com) [b\\\](c) {{0}} []"


@pytest.mark.parametrize("form", ["gitlab", "sarif", "junit"])
def test_the_command_prints_the_document_alone(repository: Repository, form: str) -> None:
    """Standard output is the document and nothing else, twice the same; exit codes stay."""
    readers: dict[str, Callable[[str], Any]] = {
        "gitlab": lambda text: GITLAB.validate(json.loads(text)),
        "sarif": read_sarif,
        "junit": read_junit,
    }
    clean = repository.run("check", "--format", form)
    assert (clean.code, clean.err) == (0, "")
    readers[form](clean.out)
    repository.change(LOST, "reason: price", "reason: 'pric\\u2066'")
    repository.write("records/deals/ö #1%.md", "no record\n")
    done = repository.run("check", "--format", form)
    assert (done.code, done.err) == (1, "")
    readers[form](done.out)
    assert str(repository.root) not in done.out
    assert repository.run("check", "--format", form).out == done.out


def test_a_file_without_a_problem_passes_in_junit(repository: Repository) -> None:
    """Every file that was checked is counted, not only those with a problem; a path narrows it."""
    repository.change(LOST, "reason: price", "reason: pric")
    suite = read_junit(repository.run("check", "--format", "junit").out)
    assert (suite.tests, suite.failures, suite.errors) == (22, 1, 0)
    only = read_junit(repository.run("check", "--format", "junit", LOST).out)
    assert (only.tests, only.failures) == (1, 1)


def broken_sarif(log: Any) -> Sequence[Any]:
    """Return a log with one thing wrong, in several ways."""
    text = json.dumps(log)
    return [
        json.loads(text.replace('"startLine": 9', '"startLine": 0')),
        json.loads(text.replace('"error"', '"fatal"')),
        json.loads(text.replace('"unicodeCodePoints"', '"bytes"')),
        json.loads(text.replace('"message"', '"messages"')),
        json.loads(text.replace('"2.1.0"', '"2.0.0"')),
    ]


def test_the_validators_refuse_what_is_broken() -> None:
    """A document with one thing wrong is refused by each validator that these tests rely on."""
    problems = [Problem(LOST, 9, 9, "error", "unknown-code", "no code", "mend")]
    log = json.loads(as_sarif(problems, "1"))
    assert SARIF.is_valid(log)
    for broken in broken_sarif(log):
        assert broken != log
        assert not SARIF.is_valid(broken), broken
    text = as_gitlab(problems)
    for old, new in (
        ('"major"', '"bad"'),
        ("begin", "start"),
        ("check_name", "name"),
        (": 9", ": 0"),
    ):
        assert old in text
        assert not GITLAB.is_valid(json.loads(text.replace(old, new)))
    xml = as_junit(problems, [LOST])
    assert JUNIT.is_valid(xml)
    for old, new in (
        (" failures=", " failed="),
        ("failure", "fault"),
        ("<testcase", "<testcase id='1'"),
    ):
        assert old in xml
        assert not JUNIT.is_valid(xml.replace(old, new))
    for reader in (JUNIT.is_valid, JUnitXml.fromstring):
        with pytest.raises(Exception, match="not well-formed"):
            reader(xml.replace("no code", "\x1b"))


def test_the_schemas_are_whole() -> None:
    """SARIF's schema is valid under its own draft, and names version 2.1.0."""
    Draft4Validator.check_schema(SARIF.schema)
    assert SARIF.schema["properties"]["version"]["enum"] == ["2.1.0"]
