"""Reading a file: what is refused, with which place; and that nothing else can come out.

Cases that can be written in plain Markdown stand in ``tests/golden/document.md``.
"""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import examples
from winloss.core.problem import CannotGoOn
from winloss.core.text.document import MOST_BYTES, read_document
from winloss.core.text.front import StrictFrontMatter, parse_value
from winloss.core.text.node import Entries, Items, Node, Text
from winloss.core.wording import UNSEEN

Found = list[tuple[int, int, str]]


def problems_of(data: bytes) -> Found:
    """Return the problems of a file as (line, column, slug)."""
    document, problems = read_document("x.md", data)
    if document is None:
        assert any(problem.is_error for problem in problems), "refused without a reason"
    return [(each.line, each.column, each.slug) for each in problems]


def value_of(text: str) -> Node | None:
    """Return the value of a field that was typed like this."""
    document, problems = read_document("x.md", f"---\nvalue: {text}\n---\n".encode())
    assert document is not None, problems
    return document.front.get("value")


LITERALS = (
    *(
        "no",
        "NO",
        "No",
        "yes",
        "Yes",
        "on",
        "off",
        "y",
        "N",
        "true",
        "True",
        "false",
        "null",
        "Null",
    ),
    *("0012345", "0099", "00", "010", "0o17", "0b11", "0x1F", "1_000", "2026_04", "1e3", "1.10"),
    *(
        "12:30",
        "12:30:00",
        "190:20:30.15",
        ".inf",
        "-.inf",
        ".nan",
        "+1",
        "-0",
        "1.",
        ".5",
        "1,000",
    ),
    *("2026-06-12", "2026-13-40", "2026-02-30", "0000-01-01", "2026-1-5", "21.04.2026"),
    *("2026-04-21T10:00:00+02:00", "2026-04-21 10:00", "=", "<", "12345678901234567890123"),
    *("1234567890.10", "1__0", "0.0.1", "1e999", "TRUE", "FALSE", "NULL", "nan", "inf", "none"),
    *("~x", "x~", "3 weeks", "50%", "a/b", "C#", "a:b", "http://x.y/z", "#1"[::-1], "e1", "S1"),
)


@pytest.mark.parametrize("text", LITERALS)
def test_a_value_stays_the_text_that_was_typed(text: str) -> None:
    """No literal of YAML's is turned into anything else (Y3, Y5 to Y10)."""
    assert value_of(text) == Text(text, (2, 8))


@pytest.mark.parametrize("key", ["content", "handler", "self", "metadata", "on", "no", "1", "yes"])
def test_any_word_can_be_a_key(key: str) -> None:
    """Keys that break naive readers are ordinary fields here (Y4, Y35)."""
    document, _ = read_document("x.md", f"---\n{key}: v\n---\n".encode())
    assert document is not None
    assert document.front.get(key) == Text("v", (2, len(key) + 3))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"\xef\xbb\xbf---\na: b\n---\n", [(1, 1, "byte-order-mark")]),
        ("---\na: b\n---\n".encode("utf-16"), [(1, 1, "not-utf-8")]),
        ("---\n".encode("utf-16-be"), [(1, 1, "invisible-character")]),
        ("---\na: caf\u00e9\n---\n".encode("latin-1"), [(2, 7, "not-utf-8")]),
        ("---\na: \u00e9\u00e9\u00df\n---\n\n\u00e9".encode("cp1252"), [(2, 4, "not-utf-8")]),
        (b"---\na: b\n---\n\xed\xa0\x80", [(4, 1, "not-utf-8")]),
        (b"---\na: b\rc: d\n---\n", [(2, 5, "bare-cr")]),
        (b"---\na: b\n---\n\nx\x00y", [(5, 2, "invisible-character")]),
        (b"", [(1, 1, "no-front-matter")]),
        (b"\n---\na: b\n---\n", [(1, 1, "no-front-matter")]),
        (b"---\na: " + b"x" * MOST_BYTES + b"\n---\n", [(1, 1, "too-large")]),
        (b"---\na: " + b"x" * 40_000 + b"\n---\n", [(2, 4, "too-long")]),
        (b"---\na: [" + b"x, " * 6_000 + b"x]\n---\n", [(2, 14_996, "too-many-values")]),
    ],
)
def test_what_no_editor_shows_is_refused_with_its_place(data: bytes, found: Found) -> None:
    """Encodings, controls and sizes are refused where they stand (Y13 to Y17, Y27)."""
    assert problems_of(data) == found


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0), 0x200B, 0x202E, 0x2028, 0xFEFF])
def test_an_unseen_character_is_refused_in_both_parts(code: int) -> None:
    """Controls, direction marks and zero-width characters are refused, with their line (Y17)."""
    if chr(code) in "\t\n":
        return
    for text in (f"---\na: x{chr(code)}y\n---\n", f"---\na: x\n---\n\nx{chr(code)}y\n"):
        ((line, column, slug),) = problems_of(text.encode())
        assert (line, column) == (2, 5) if text.endswith("---\n") else (5, 2)
        assert slug == ("bare-cr" if code == 0x0D else "invisible-character")


@pytest.mark.parametrize(
    "front",
    [
        "a: " + "[" * 100_000,
        "a: " + "{" * 100_000,
        "- " * 60_000,
        "a: " + "[" * 9 + "]" * 9,
        "".join(" " * depth + "a:\n" for depth in range(400)),
        "? " * 50_000,
        "a: &a [*a, *a]",
        "a: &a [x]\n" + "".join(f"b{n}: [*a, *a, *a, *a, *a, *a, *a, *a]\n" for n in range(9)),
        "a: &a {x: y}\n" + "".join(f"b{n}: {{<<: [*a, *a]}}\n" for n in range(20)),
    ],
)
def test_a_small_file_cannot_stop_the_machine(front: str) -> None:
    """Nesting and bombs are refused, and never expanded: that would never end (Y24 to Y26, Y36)."""
    assert problems_of(f"---\n{front}\n---\n".encode())


def test_crlf_reads_like_lf() -> None:
    """A file with CRLF line ends is the same document (Y14)."""
    lf = b"---\na: b\nc:\n  - d\n---\n\n## T\n\ntext\n"
    assert read_document("x.md", lf) == read_document("x.md", lf.replace(b"\n", b"\r\n"))


def test_two_spellings_of_one_name_are_one() -> None:
    """A value is composed, so that an accent typed in two ways is one name (Y38)."""
    assert value_of("Zoe\u0308") == Text("Zo\u00eb", (2, 8))
    assert problems_of("---\nZoe\u0308: a\nZo\u00eb: b\n---\n".encode()) == [
        (3, 1, "duplicate-key")
    ]


def test_the_body_keeps_its_first_line() -> None:
    """A document knows on which line its body begins."""
    document, _ = read_document("x.md", b"---\na: b\n\nc: d\n---\nfirst\n")
    assert document is not None
    assert (document.body_line, document.body) == (6, "first\n")


def test_the_handler_has_the_package_s_interface() -> None:
    """The handler splits a file as python-frontmatter's handlers do, and never writes one."""
    handler = StrictFrontMatter("x.md")
    assert handler.detect("---\na: b\n---\n")
    assert handler.split("---\na: b\n---\nbody") == ("a: b\n", "body")
    with pytest.raises(NotImplementedError):
        handler.export({})


def test_one_value_can_be_read_alone() -> None:
    """A value typed on the command line is read as it would be in a file, or refused."""
    assert isinstance(parse_value("[a, {b: c}]"), Items)
    assert isinstance(parse_value("{b: c}"), Entries)
    for text in ("[a", "a\nb: c", "&x a", "a\x00"):
        with pytest.raises(CannotGoOn):
            parse_value(text)


PIECES = st.sampled_from(
    [
        *(
            "---\n",
            "---",
            "\n",
            "a: ",
            "b:\n",
            "  - ",
            "- ",
            "[",
            "]",
            "{",
            "}",
            ": ",
            ", ",
            "#",
            "'",
        ),
        *('"', "&x ", "*x", "!t ", "|\n", ">-\n", "? ", "<<: ", "\t", "\\", "%", "@", "`", "...\n"),
        *("\r\n", "\r", "\ufeff", "\u2028", "\x85", "\x00", "text", "## A\n", "<!--", "=======\n"),
    ]
)


@settings(max_examples=examples(400), deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300), st.lists(PIECES, max_size=40).map(lambda p: "".join(p).encode())
    )
)
def test_any_bytes_give_a_document_or_problems(data: bytes) -> None:
    """Whatever a file holds, reading it gives a document or problems, never another exception."""
    for each in (data, b"---\n" + data, b"---\n" + data + b"\n---\n"):
        document, problems = read_document("x.md", each)
        assert (document is None) == any(problem.is_error for problem in problems)
        lines = each.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
        assert all(1 <= each.line <= len(lines) + 1 and each.column >= 1 for each in problems)


KEYS = st.text("abcdefghij_", min_size=1, max_size=8)
SCALARS = st.text(max_size=30).filter(lambda text: not UNSEEN.search(text))


@settings(max_examples=examples(200), deadline=None)
@given(st.dictionaries(KEYS, SCALARS, min_size=1, max_size=6), st.data())
def test_a_key_added_again_is_always_refused(fields: dict[str, str], data: st.DataObject) -> None:
    """Any field that stands a second time is refused, wherever it is added (Y1)."""
    lines = [
        f"{key}: {yaml.dump(value, default_style=chr(34), width=10**6).strip()}"
        for key, value in fields.items()
    ]
    again = data.draw(st.sampled_from(sorted(fields)))
    at = data.draw(st.integers(0, len(lines)))
    text = "\n".join(["---", *lines[:at], f"{again}: other", *lines[at:], "---", ""])
    assert "duplicate-key" in {slug for _, _, slug in problems_of(text.encode())}
    whole = "\n".join(["---", *lines, "---", ""])
    document, problems = read_document("x.md", whole.encode())
    assert document is not None, problems
    assert problems_of(whole.removesuffix("---\n").encode())  # and without its end, always refused
