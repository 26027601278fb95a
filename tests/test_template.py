"""Templates from a stranger: they see plain data, call nothing, and say what they cannot do."""

from __future__ import annotations

import pytest

from winloss.core.problem import CannotGoOn
from winloss.core.repository.tree import Tree
from winloss.core.text.escape import Markdown
from winloss.core.text.template import MOST_OUTPUT, fill, fill_page

DATA = {
    "deal": {"name": "eco|monetize™", "items": "mine", "keys": "k", "copy": "c", "n": 2},
    "names": ["a|b", "c"],
    "text": "# not a heading",
    "ready": Markdown("**ready**"),
    "number": 3,
    "nothing": None,
    "yes": True,
}

LOOP = "{% for a in t %}{{ b }}{% endfor %}"


def filled(text: str) -> str:
    """Fill in a Markdown template."""
    return fill("templates/x.md.j2", text, DATA, is_markdown=True)


@pytest.mark.parametrize(
    ("template", "output"),
    [
        ("{{ text }}", "\\# not a heading"),
        ("| {{ deal.name | cell }} |", "| eco\\|monetize™ |"),
        ("{{ deal.name }}", "eco\\|monetize™"),
        ("{{ names | listed }}", "a\\|b and c"),
        ("{{ ready }} {{ number }}", "**ready** 3"),
        ("{{ deal.items }} {{ deal['keys'] }} {{ deal.copy }}", "mine k c"),
        ("{% for n in names %}{{ n }}{% if not loop.last %}; {% endif %}{% endfor %}", "a\\|b; c"),
        ("{{ names | length }} {{ names[0] }} {{ number + 1 }} {{ number * 2 }}", "2 a\\|b 4 6"),
        ("{% set x = text %}{{ x }}", "\\# not a heading"),
    ],
)
def test_what_a_template_prints_is_escaped(template: str, output: str) -> None:
    """Text is escaped whether or not a filter stands behind it (O14); fields are fields (J10)."""
    assert filled(template) == output


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lipsum.__globals__['os'] }}",
        "{{ ''|attr('__class__') }}",
        "{{ names|map(attribute='__class__')|list }}",
        "{{ '{0.__class__}'.format(deal) }}",
        "{{ ('{0.__class__}'|string).format_map(deal) }}",
        "{% set f = ''.format %}{{ f('x') }}",
        "{{ deal.values() }}",
        "{{ names.append('x') }}",
        "{{ names.clear() }}",
        "{{ range(10 ** 9) }}",
        "{{ 'a' * 10 ** 9 }}",
        "{{ text ~ text }}",
        "{{ text + text }}",
        "{{ names + names }}",
        "{{ 10000000000 * 10000000000 }}",
        "{{ text | quote }}",
        "{{ number | listed }}",
        "{{ 2 ** 100000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'a'|center(1000000000) }}",
        "{{ names|random }}",
        "{% include '../records/policy/roles.md' %}",
        "{% include '/etc/passwd' %}",
        "{% include 'x' ignore missing %}",
        "{% import 'x' as x %}",
        "{% extends 'x' %}",
        "{{ 'x' if yes }}",
        "{{ nothing }}",
        "{{ yes }}",
        "{{ names }}",
        "{{ deal }}",
        "{{ deel.name }}",
        "{{ deal.nmae }}",
        "{{ 1 / 0 }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{% if %}",
        "{{ loop }}",
        "{% for n in names %}{{ loop.cycle('a') }}{% endfor %}",
        "{% for a in names %}" * 22 + "{{ text }}" + "{% endfor %}" * 22,
        "{% for a in names %}" * 18 + "{{ text }}{{ text }}" + "{% endfor %}" * 18,
    ],
)
def test_what_a_template_must_not_do_is_refused(template: str) -> None:
    """Escapes, bombs, other files, silence and undefined names are one problem (J1 to J13)."""
    with pytest.raises(CannotGoOn) as refused:
        filled(template)
    (problem,) = refused.value.problems
    assert (problem.path, problem.slug) == ("templates/x.md.j2", "template")
    assert problem.line == 1
    assert problem.hint


def test_a_template_error_names_its_line_and_the_near_name() -> None:
    """An undefined name is reported at its line, with the name that was meant (J13)."""
    with pytest.raises(CannotGoOn) as refused:
        filled("fine\n\n{{ nubmer }}\n")
    (problem,) = refused.value.problems
    assert (problem.line, problem.hint) == (3, "did you mean 'number'?")


def test_one_template_cannot_change_what_the_next_one_sees() -> None:
    """Filling in a template leaves the data as they were (J3)."""
    before = filled("{{ names | listed }}")
    with pytest.raises(CannotGoOn):
        filled("{% set _ = names.append('x') %}")
    assert filled("{{ names | listed }}") == before


def test_output_has_a_limit() -> None:
    """A template that prints without end is stopped."""
    with pytest.raises(CannotGoOn, match="prints more than"):
        fill(
            "x.txt.j2",
            "{% for a in t %}{{ b }}{% endfor %}",
            {"t": [1] * 50, "b": "x" * (MOST_OUTPUT // 40)},
            is_markdown=False,
        )


def test_plain_text_is_shown_on_one_line() -> None:
    """In a text template, a value keeps to its line and hides nothing."""
    assert (
        fill("x.txt.j2", "{{ a }}", {"a": "x\n\ty\x1b[0m"}, is_markdown=False) == "x y⟨U+001B⟩[0m"
    )


def test_a_missing_template_is_a_problem() -> None:
    """A page whose template is not there says which one."""
    with pytest.raises(CannotGoOn, match="missing"):
        fill_page(Tree({}), "rollup.md.j2", {})
