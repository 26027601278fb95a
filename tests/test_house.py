"""The house rules: where a line may stand, and what it may touch there."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import click
import pytest

import winloss.core
from conftest import HOME
from winloss import cli

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = HOME / "src" / "winloss"
MODULES = sorted(SOURCE.rglob("*.py"))
CORE = SOURCE / "core"


def _order() -> list[str]:
    """Return the modules of core in the order of its docstring, each as ``room.module``."""
    found, room = [], ""
    for word in re.split(r"::\n\n", winloss.core.__doc__ or "")[1].split():
        if word.endswith(":"):
            room = word.replace(":", ".")
        else:
            found.append(room + word)
    return found


ORDER = _order()
ROOMS = {name.partition(".")[0] for name in ORDER}

# What thinking may import from the standard library and from the packages of the design.
PURE = {
    *("__future__", "base64", "collections", "dataclasses", "datetime", "difflib", "functools"),
    *("hashlib", "html", "itertools", "json", "pathlib", "re", "traceback", "types", "typing"),
    *("unicodedata", "urllib", "xml"),
}
ONE_PLACE = {
    "yaml": "core/text/front.py",
    "frontmatter": "core/text/front.py",
    "jinja2": "core/text/template.py",
    "markdown_it": "core/text/body.py",
    "git": "edge/git.py",
    "graphql": "testing/monday/service.py",
    "http.server": "testing/monday/transport.py",
    "holidays": "core/rulebook/public_holidays.py",
    "icalendar": "core/owed/ical.py",
    "urllib3": "edge/monday.py",
}
# What reaches the network, beside urllib3: nobody needs it, but for the proxy's name.
NETWORK = {
    *("aiohttp", "asyncio", "ftplib", "http", "httpx", "imaplib", "poplib", "requests", "smtplib"),
    *("socket", "socketserver", "ssl", "telnetlib", "urllib.request", "webbrowser", "xmlrpc"),
}
SERVING = {
    *("socket", "http.server", "http.server.BaseHTTPRequestHandler"),
    "http.server.ThreadingHTTPServer",
}
ASKS = {  # which modules of edge ask another one of it
    **dict.fromkeys(("checkout", "founding", "history", "publication"), "winloss.edge.git"),
    "monday": "winloss.edge.reply",
}
TOUCHES = {"os", "sys", "subprocess", "socket", "shutil", "time", "click", "tempfile", "random"}


@cache
def imports(file: Path) -> set[str]:
    """Return every module that a file imports, wherever in it, with its full name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def file_of(name: str) -> Path:
    """Return the file of a module of core, named as room.module."""
    return CORE / f"{name.replace('.', '/')}.py"


def inside(file: Path) -> str:
    """Return a module's place in the house."""
    return file.relative_to(SOURCE).as_posix()


@pytest.mark.parametrize("file", MODULES, ids=inside)
def test_no_module_is_longer_than_it_reads(file: Path) -> None:
    """A module has at most 300 lines."""
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300


def test_the_order_of_core_is_written_down() -> None:
    """Every module of core stands once in the list in its docstring, and no other name does."""
    files = [file for file in CORE.rglob("*.py") if file.stem != "__init__"]
    assert sorted(ORDER) == sorted(
        ".".join(file.relative_to(CORE).with_suffix("").parts) for file in files
    )


@pytest.mark.parametrize("name", ORDER)
def test_core_imports_only_from_before(name: str) -> None:
    """A module of core imports only from those before it in the list, also for its types."""
    before = set(ORDER[: ORDER.index(name)])
    for module in imports(file_of(name)):
        ours = module.removeprefix("winloss.core.")
        if ours != module:
            known = [each for each in ORDER if ours == each or ours.startswith(f"{each}.")]
            assert known or ours in ROOMS, f"{name} imports {module}"
            assert before.issuperset(known), f"{name} imports {module}"
        else:
            assert not module.startswith("winloss.") or module == "winloss.core"


@pytest.mark.parametrize("name", ORDER)
def test_core_is_pure(name: str) -> None:
    """Thinking imports nothing that touches the world."""
    roots = {module.split(".")[0] for module in imports(file_of(name))}
    assert roots <= PURE | set(ONE_PLACE) | {"winloss"}
    assert not roots & TOUCHES


def test_core_names_paths_but_never_opens_one() -> None:
    """From pathlib, core takes pure paths only, and it opens no file and asks no clock."""
    for file in CORE.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert "pathlib.Path" not in imports(file), file
        assert not re.search(r"\bopen\(|\.today\(|\.now\(|\binput\(|\bprint\(", text), file


@pytest.mark.parametrize(("package", "place"), ONE_PLACE.items())
def test_each_package_is_touched_in_one_place(package: str, place: str) -> None:
    """YAML, Jinja, Markdown, git, GraphQL and serving each have one module that knows them."""
    users = {
        inside(file)
        for file in MODULES
        if any(f"{name}.".startswith(f"{package}.") for name in imports(file))
    }
    assert users == {place}


@pytest.mark.parametrize("file", MODULES, ids=inside)
def test_the_network_is_reached_in_one_place(file: Path) -> None:
    """No module knows another way to the network than the one that asks Monday.com."""
    found = {name for name in imports(file) if {name, name.split(".")[0]} & NETWORK}
    serves = inside(file) == "testing/monday/transport.py" and found <= SERVING
    assert serves or found <= ({"urllib.request"} if inside(file) == "edge/monday.py" else set())


def test_the_clock_is_asked_in_one_place() -> None:
    """Only the door asks which day it is, as the default of --today."""
    asking = [
        (inside(file), count)
        for file in MODULES
        if (count := len(re.findall(r"date\.today\(|\.now\(|time\.time", file.read_text("utf-8"))))
    ]
    assert asking == [("cli.py", 1)]


def test_edge_knows_no_verb_and_no_other_edge() -> None:
    """A module of edge touches one thing: it imports from core, and at most one other of edge."""
    for file in (SOURCE / "edge").glob("*.py"):
        ours = {module for module in imports(file) if module.startswith("winloss.")}
        ours -= {"winloss.__version__"}  # which touches nothing
        others = {module for module in ours if not module.startswith("winloss.core")}
        asked = ASKS.get(file.stem, "winloss.core")
        assert all(each.startswith(asked) for each in others), file


def test_what_stands_in_for_the_world_stands_apart() -> None:
    """Nothing imports winloss.testing, which imports nothing of ours but core."""
    for file in MODULES:
        ours = {module for module in imports(file) if module.startswith("winloss.")}
        if file.is_relative_to(SOURCE / "testing"):
            assert all(each.startswith(("winloss.core", "winloss.testing")) for each in ours), file
        else:
            assert not any(each.startswith("winloss.testing") for each in ours), file


def test_sockets_are_opened_where_that_is_the_purpose() -> None:
    """Only the edge may connect, and only the rehearsal listens."""
    users = {inside(file) for file in MODULES if "socket" in imports(file)}
    assert {each for each in users if not each.startswith("edge/")} == {
        "testing/monday/transport.py"
    }


def test_every_verb_is_a_module_with_a_command_of_its_name() -> None:
    """What the help lists can be called, and no command stands apart."""
    files = {file.stem for file in (SOURCE / "commands").glob("*.py")} - {"__init__"}
    assert files == set(cli.VERBS)
    for verb in cli.VERBS:
        command = cli.group.get_command(click.Context(cli.group), verb)
        assert command is not None
        assert command.name == verb
        assert command.help


def test_the_door_opens_without_the_heavy_packages() -> None:
    """``winloss --version`` imports none of the packages that only some verbs need."""
    code = (
        "import sys; sys.argv = ['winloss', '--version']\n"
        "from winloss.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(sorted({set(ONE_PLACE)} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_each_test_states_a_behaviour() -> None:
    """Every test has a docstring."""
    for file in sorted((HOME / "tests").glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert ast.get_docstring(node), f"{file.name}: {node.name}"
