"""Reading a body: sections, and the text that a reader would see in them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import examples
from winloss.core.text.body import Block, ragged_tables, read_sections


def blocks(body: str) -> list[Block]:
    """Return what the one section of a body says."""
    (section,) = read_sections(f"## A\n\n{body}\n", 1)
    return list(section.blocks)


def test_formatting_is_taken_off_and_nothing_else() -> None:
    """Emphasis and code lose their signs; links and pictures keep their address."""
    assert blocks("*a* **b** `c|d` [x](http://y) <http://z.example> ![p](q.png) <!-- no --> e") == [
        Block("a b c|d x (http://y) http://z.example p (q.png)  e")
    ]


def test_lists_tables_quotes_and_code_are_blocks() -> None:
    """A bullet is a block with its depth; a table and a fence keep their text, whole."""
    assert blocks("- a\n\n  more\n  - b\n1. c") == [
        Block("a", 1, is_bullet=True, is_in_bullets=True),
        Block("more", 1, is_in_bullets=True),
        Block("b", 2, is_bullet=True, is_in_bullets=True),
        Block("c", 1, is_bullet=True),
    ]
    assert blocks("| a | b |\n|---|---|\n| 1 | 2 | 3 |") == [
        Block("| a | b |\n|---|---|\n| 1 | 2 | 3 |")
    ]
    assert blocks("> quoted\n\n```\ncode\n```\n\n### deeper") == [
        Block("quoted"),
        Block("code"),
        Block("deeper"),
    ]


def test_guidance_is_not_content() -> None:
    """An HTML comment says nothing; other HTML is text."""
    assert blocks("<!-- guide\n\nmore -->") == []
    assert blocks("<div>x</div>") == [Block("<div>x</div>")]


def test_headings_of_two_levels_begin_a_section() -> None:
    """A section runs to the next heading of level 1 or 2, and knows its line."""
    sections = read_sections("lost\n\n## A\na\n# B\n\nSetext\n---\nb", 10)
    assert [(each.title, each.level, each.line) for each in sections] == [
        ("", 0, 10),
        ("A", 2, 12),
        ("B", 1, 14),
        ("Setext", 2, 16),
    ]


def test_ragged_rows_are_found_in_the_page_s_own_lines() -> None:
    """A row with more or fewer bars than its head is found, an escaped bar is none."""
    page = "text\n\n| a | b |\n| - | - |\n| 1 \\| 2 | 3 |\n| 1 | 2 | 3 |\n| 1 |\n\n| x |\n| - |\n"
    assert ragged_tables(page) == [6, 7]


PIECES = st.sampled_from(
    [
        "a",
        "- ",
        "\n",
        "\n\n",
        "## B",
        "> ",
        "~~~\n",
        "  ",
        "* ",
        "1. ",
        "|",
        "[a]: a\n",
        "| - |\n",
        "<a",
    ]
)


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_word_of_a_body_is_lost(body: str) -> None:
    """Every word of a body is in a block or a title, also what looks like a link's definition."""
    sections = read_sections(body, 1)
    shown = "".join(each.title + "".join(b.text for b in each.blocks) for each in sections)
    assert shown.count("a") >= body.count("a")
