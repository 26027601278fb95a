"""Fill in a template that a stranger may have written. The only module that touches Jinja.

A template sees plain data and nothing else: it can call no method, reach no file and change
nothing. Whatever it prints is escaped unless it is ready-made Markdown, so that no record's text
can act on a page because somebody forgot a filter.
"""

from __future__ import annotations

import traceback
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.loaders import FunctionLoader
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from winloss.core.problem import CannotGoOn, error, stop
from winloss.core.repository.tree import TEMPLATES
from winloss.core.text import escape
from winloss.core.text.body import ragged_tables
from winloss.core.wording import did_you_mean, listed, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from winloss.core.repository.tree import Tree

MOST_OUTPUT = 4 * 1024 * 1024
_MOST_NUMBER = 10**9
_LOOP = {"first", "last", "index"}
# What a template can make Jinja, or the Python that Jinja writes for it, raise.
_STOPPED = (
    *(TemplateError, ArithmeticError, AttributeError, LookupError, MemoryError),
    *(RecursionError, SyntaxError, TypeError, ValueError),
)


def fill_page(tree: Tree, name: str, data: Mapping[str, object]) -> str:
    """Fill in a template of ``templates/``: Markdown for ``.md.j2``, plain text for ``.txt.j2``.

    Raises CannotGoOn with the template's place when it is missing or cannot be filled in, or draws
    a table whose rows differ in length.
    """
    path = f"{TEMPLATES}{name}"
    if path not in tree.files:
        message = "this template is missing"
        raise CannotGoOn([error(path, (1, 1), "no-template", message, "restore it from git")])
    text = tree.files[path].decode("utf-8", "replace").replace("\r\n", "\n")
    is_markdown = name.endswith(".md.j2")
    page = fill(path, text, data, is_markdown=is_markdown)
    ragged = ragged_tables(page) if is_markdown else []
    if ragged:
        shown = page.split("\n")[ragged[0] - 1]
        hint = "each row of a table wants as many bars as its head"
        raise stop(f"{path} draws a row that breaks its table: {shown}", hint)
    return page


def fill(
    path: str,
    text: str,
    data: Mapping[str, object],
    *,
    first_line: int = 1,
    is_markdown: bool = True,
) -> str:
    """Fill in a template's text; its first line is the line of that number in its file."""
    try:
        parts: list[str] = []
        size = 0
        for part in _compiled(path, text, is_markdown).generate(data):
            size += len(part)
            if size > MOST_OUTPUT:
                raise SecurityError(f"the template prints more than {MOST_OUTPUT:,} characters")
            parts.append(part)
        return "".join(parts)
    except _STOPPED as cause:
        place = (_line_of(cause, path) + first_line - 1, 1)
        message = f"the template cannot be filled in: {cause}"
        known = sorted(data)
        hint = _hint(str(cause), known)
        raise CannotGoOn([error(path, place, "template", message, hint)]) from None


@lru_cache(100)
def _compiled(path: str, text: str, is_markdown: bool) -> Template:  # noqa: FBT001 - part of a key
    """Return a template made ready to be filled in; made once for each text, as that takes long."""
    room = _Room(path, text, is_markdown=is_markdown)
    _refuse_silence(room, text)
    return room.get_template(path)


class _Room(ImmutableSandboxedEnvironment):
    """The room that a template works in."""

    intercepted_binops = frozenset(["+", "-", "*", "**", "%", "//"])

    def __init__(self, path: str, text: str, *, is_markdown: bool) -> None:
        def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
            return (text, path, lambda: True) if name == path else None

        super().__init__(
            loader=FunctionLoader(load),
            undefined=StrictUndefined,
            finalize=_finalize(escape.line if is_markdown else one_line),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            cache_size=0,
        )
        self.globals.clear()
        self.filters = {"length": len, "comment": escape.comment}
        if is_markdown:
            self.filters |= {"cell": escape.inline, "quote": escape.quote, "listed": _listed}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a field: ``deal.items`` is the key ``items``, never a method."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return a field or an item."""
        if isinstance(obj, (list, tuple)) and isinstance(argument, int):
            return obj[argument]
        return self.getattr(obj, str(argument))

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002 - jinja's signature
        """Refuse every call."""
        return False

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Calculate with small numbers only: a text added to itself would fill the memory."""
        numbers = isinstance(left, int) and isinstance(right, int)
        if operator == "**" or not numbers or max(abs(left), abs(right)) > _MOST_NUMBER:
            raise SecurityError(f"'{operator}' is for small numbers")
        return super().call_binop(context, operator, left, right)


def _finalize(escaped: Callable[[str], str]) -> Callable[[object], str]:
    def finalize(value: object) -> str:
        if isinstance(value, escape.Markdown):
            return value
        if isinstance(value, str):
            return escaped(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        str(value)  # an undefined name says so itself
        raise TypeError(f"only text and numbers can be printed, not {type(value).__name__}")

    return finalize


def _listed(words: Iterable[str]) -> escape.Markdown:
    """Return words as a sentence lists them, each escaped."""
    return escape.Markdown(listed(escape.inline(word) for word in words))


def _refuse_silence(room: _Room, text: str) -> None:
    """Refuse what would print nothing where a reader expects something."""
    parsed = room.parse(text)
    for node in parsed.find_all(nodes.CondExpr):
        if node.expr2 is None:
            raise _at(node.lineno, "'… if …' needs an else, or it may print nothing")
    for joined in parsed.find_all(nodes.Concat):
        raise _at(joined.lineno, "'~' is not used here: print one text after the other")
    for include in parsed.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        raise _at(include.lineno, "one template cannot take in another")


def _at(line: int, message: str) -> TemplateError:
    refused = TemplateError(message)
    refused.lineno = line  # type: ignore[attr-defined]  # as jinja's own syntax errors have it
    return refused


def _line_of(cause: BaseException, path: str) -> int:
    known = getattr(cause, "lineno", None) if isinstance(cause, TemplateError) else None
    if isinstance(known, int):
        return known
    frames = traceback.extract_tb(cause.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == path]
    return (lines[-1] or 1) if lines else 1


def _hint(message: str, known: list[str]) -> str:
    """Return the mend for an unknown name."""
    parts = message.split("'")
    if "is undefined" in message and len(parts) > 1:
        return did_you_mean(parts[1], known)
    return "see the example in the templates that winloss ships"
