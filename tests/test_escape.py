"""A record's text on a page: it shows what was written, and does nothing.

Two independent parsers judge: markdown-it-py, and GitHub's own cmark-gfm.
"""

from __future__ import annotations

import html
import re

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conftest import examples
from winloss.core.text.body import Block
from winloss.core.text.escape import inline, line, quote
from winloss.core.wording import one_line

MARKDOWN_IT = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SHAPE = re.compile(r"</?(table|thead|tbody|tr|th|td|p|li|ul|h2|blockquote)>")
PARSERS = (
    MARKDOWN_IT.render,
    lambda text: cmarkgfm.github_flavored_markdown_to_html(
        text, options=Options.CMARK_OPT_FOOTNOTES
    ),
)

PIECES = st.sampled_from(
    [
        *("eco|monetize™", "`", "``", "```", "*", "**", "_", "__", "~", "~~", "[", "]", "(", ")"),
        *("#", "## ", "- ", "+ ", "* ", "1. ", "2)", "> ", "=", "===", "---", "***", "|", "||"),
        *("<b>", "</td>", "<!--", "-->", "<script>", "<http://a>", "<img src=x onerror=y>", "<?"),
        *("&amp;", "&", "&#64;", "$", "$$", "http://x.y", "www.a.b", "https://", "ftp://q", ":"),
        *("javascript:alert(1)", "@name", "- [x] ", "[^1]", "[a]: b", "\n", "\n\n", "\t", "\r\n"),
        *("\u202e", "\x1b[31m", "\x00", "\u200b", "é", "e\u0301", "漢字", "™", "a", "b", "7"),
        *("mailto:a", "xmpp:b", "| FAKE-999 | won |", "|---|---|", "{{ 7 * 7 }}", "{% x %}"),
        *("\\", "!", "<", ".", " ", "x_y", '"', "'"),
    ]
)
TEXTS = (
    st.lists(PIECES, min_size=1, max_size=9).map("".join)
    | st.text(max_size=40).map(lambda text: text.replace("@", "a"))
).filter(lambda text: bool(one_line(text)))


def rendered(markdown: str) -> list[str]:
    """Return a page as both parsers show it; a bare e-mail address may be a link (GFM's rule)."""
    return [re.sub(r'<a href="mailto:[^"]*">|</a>', "", parser(markdown)) for parser in PARSERS]


@settings(max_examples=examples(600), deadline=None)
@given(TEXTS)
@example("eco|monetize™")
@example("lost\n\n# CRO APPROVED")
@example("x\n| FAKE-999 | won |")
@example("a\\|b\\")
def test_text_in_a_cell_keeps_the_table_and_itself(text: str) -> None:
    """A table keeps its rows and cells, and the cell shows the text (O1 to O5)."""
    cell = inline(text)
    page = f"| a | b |\n| --- | --- |\n| x{cell} | y |\n| z | {cell} |\n\nafter\n"
    for shown in rendered(page):
        cells = [html.unescape(each) for each in re.findall(r"<td>(.*?)</td>", shown, re.DOTALL)]
        assert cells == [f"x{one_line(text)}", "y", "z", one_line(text)]
        assert "<" not in SHAPE.sub("", shown)


@settings(max_examples=examples(600), deadline=None)
@given(TEXTS, st.sampled_from(["", "- ", "## ", "> ", "before\n\n"]))
def test_text_at_the_start_of_a_line_is_only_text(text: str, before: str) -> None:
    """A paragraph, bullet, heading or quote shows the text, and nothing in it acts."""
    for shown in rendered(f"{before}{line(text)}\n"):
        assert "<" not in SHAPE.sub("", shown)
        seen = html.unescape(SHAPE.sub("", shown)).strip().removeprefix("before").strip()
        assert seen == one_line(text)
        wanted = {"- ": "<li>", "## ": "<h2>", "> ": "<blockquote>"}.get(before, "<p>")
        assert shown.count(wanted) == (2 if before == "before\n\n" else 1)


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.tuples(TEXTS, st.integers(0, 2)), min_size=1, max_size=4))
def test_a_quote_holds_what_it_quotes(blocks: list[tuple[str, int]]) -> None:
    """Paragraphs and bullets of a record stay inside one quote block, whole."""
    quoted = quote(Block(text, depth, depth > 0) for text, depth in blocks)
    for shown in rendered(f"before\n\n{quoted}\n\nafter\n"):
        inside = re.search(r"<blockquote>(.*)</blockquote>", shown, re.DOTALL)
        assert shown.count("<blockquote>") == 1
        assert inside is not None
        # An indented bullet may be read as deeper or less deep; its words are what must be there.
        words = [html.unescape(each).strip() for each in SHAPE.split(inside[1])]
        for text, _ in blocks:
            assert one_line(text) in words
        assert shown.rstrip().endswith("<p>after</p>")


@pytest.mark.parametrize(
    "text",
    ["5 * 3", "snake_case", "C:\\temp", "C#", "a < b", "R&D", "$2,500", "1.5", "3 - 1", "50 %"],
)
def test_plain_words_are_left_alone(text: str) -> None:
    """No backslash stands where nothing would act: the page is read raw, too."""
    assert inline(text) == line(text) == text
