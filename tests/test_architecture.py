"""Who may import whom, what each folder owns, and what keeps the core pure."""

import ast
import dataclasses
import graphlib
import importlib
import re
import sys
import tomllib
from collections.abc import Iterator

import pytest

from tests.source import FILES, MODULES, PACKAGE, ROOT, Import, each, imports, layer, module, tree

MAY_IMPORT = {
    "": set(),
    "errors": set(),
    "core": {"errors"},
    "settings": {"errors", "logs"},
    "logs": {"errors"},
    "http": {"core", "errors", "logs"},
    "documents": {"core", "errors", "logs"},
    "zendesk": {"core", "errors", "http", "logs"},
    "store": {"core", "errors", "logs"},
    "notify": {"core", "errors", "http", "logs"},
    "app": {"core", "errors", "logs"},
    "sandbox": {"errors", "logs"},
    "web": {"app", "core", "errors", "logs"},
    "wiring": {
        "app",
        "core",
        "documents",
        "errors",
        "http",
        "logs",
        "settings",
        "store",
        "wiring_policies",
        "wiring_services",
        "zendesk",
    },
    "wiring_policies": {"app", "core", "documents", "errors", "logs", "settings", "wiring_services", "zendesk"},
    "wiring_services": {"app", "core", "errors", "http", "logs", "notify", "settings"},
    "doctor": {
        "app",
        "core",
        "documents",
        "errors",
        "http",
        "settings",
        "store",
        "web",
        "wiring",
        "wiring_policies",
        "zendesk",
    },
    "worker": {"app", "core", "errors", "logs", "settings", "wiring"},
    "__main__": {"cli"},
    "cli": {"app", "core", "doctor", "documents", "errors", "logs", "sandbox", "settings", "web", "wiring", "worker"},
}
"""Which of our layers each layer may import, besides itself. Adapters know neither each other nor the use cases."""

OWNERS = {
    "alembic": {"store"},
    "apprise": {"notify"},
    "apscheduler": {"worker"},
    "click": {"cli"},
    "holidays": {"documents"},
    "jinja2": {"sandbox", "web"},
    "liquid": {"documents", "sandbox"},
    "markdown_it": {"documents"},
    "msgspec": {"http", "sandbox", "store", "zendesk"},
    "prometheus_client": {"web"},
    "psycopg": {"store"},
    "pydantic": {"documents", "settings"},
    "pydantic_core": {"documents", "settings"},
    "pydantic_settings": {"settings"},
    "re2": {"documents"},
    "requests": {"http", "sandbox"},
    "rich": {"cli"},
    "sqlalchemy": {"store"},
    "starlette": {"sandbox", "web"},
    "structlog": {"logs"},
    "tenacity": {"http"},
    "typer": {"cli"},
    "urllib3": {"http", "sandbox"},
    "uvicorn": {"sandbox", "web"},
    "yaml": {"documents"},
    "zenpy": {"zendesk"},
}
"""The layers that may import each library of others."""

IMPORT_NAMES = {"google-re2": "re2", "markdown-it-py": "markdown_it", "python-liquid": "liquid", "pyyaml": "yaml"}
"""Where a distribution's name says nothing of what is imported; else a dash becomes an underscore."""

ONLY_DATA = {"tzdata"}
"""Distributions that nobody imports by name."""

BROUGHT = {"click": "typer", "pydantic_core": "pydantic"}
"""Libraries that come as a part of another one, and that one's name."""

CORE_MAY_USE = {
    "abc", "array", "bisect", "collections", "dataclasses", "datetime", "decimal", "difflib", "enum", "fnmatch", "fractions", "functools", "hashlib", "heapq",
    "html", "itertools", "json", "math", "operator", "re", "string", "textwrap", "types", "typing", "unicodedata", "zoneinfo",
}  # fmt: skip
"""The parts of the standard library that give the same answer to the same question: no clock, file, network, chance or environment."""

IMPURE_CALLS = {"open", "input", "print", "eval", "exec", "__import__", "hash", "id"}
"""Built-in functions that reach outside, or that answer differently in each process (`hash` of a text, `id`)."""

IMPURE_NAMES = {
    "now",
    "utcnow",
    "today",
    "environ",
    "getenv",
    "urandom",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
}
"""Attributes that would ask the clock, the environment or a file."""

DEFERRED: dict[tuple[str, str], str] = {
    ("documents/compile_calendar.py", "holidays"): "most calendars name no country, and a start should be quick",
    ("store/migrate.py", "deskhand.store.steps"): "most databases are current, and Alembic is large",
    ("sandbox/sandbox.py", "deskhand.sandbox.transport"): "a sandbox that is only served needs no requests",
    ("sandbox/sandbox.py", "deskhand.sandbox.page"): "a sandbox that nobody looks at needs no templates",
}
"""Imports inside a function, outside `cli`, each with its reason; `cli` may defer all it likes, for a quick `--help`."""

OPTIONAL = {"apprise", "psycopg", "re2"}
"""Extras, so they may be imported where they are first needed."""


WORKING = {
    ("core/act.py", "_Claims"): "what the rules have claimed so far, while one decision is made",
    ("core/climb_walk.py", "Walk"): "one climb, step by step, while one decision is made",
    ("core/decide.py", "_Judged"): "the verdicts so far, while one decision is made",
}
"""Dataclasses of the core that may change: for one function's work alone, never handed out of the core. All others are frozen values."""


@each(FILES)
def test_a_module_imports_only_the_layers_it_may(file: str) -> None:
    """Every import of our own leads to the layer itself or to one the table allows."""
    allowed = MAY_IMPORT[layer(file)] | {layer(file), ""}

    wrong = [_told(file, one) for one in imports(file) if one.top == PACKAGE and _layer_of(one.name) not in allowed]

    assert wrong == []


@each(FILES)
def test_a_library_is_imported_only_by_its_owners(file: str) -> None:
    """Every library of others has stated owners, and is imported by them alone."""
    foreign = [one for one in imports(file) if one.top != PACKAGE and one.top not in sys.stdlib_module_names]
    wrong = [one for one in foreign if layer(file) not in OWNERS.get(one.top, ())]

    assert [f"{_told(file, one)} belongs to {OWNERS.get(one.top, 'nobody')}" for one in wrong] == []


@each(FILES)
def test_logging_goes_through_logs(file: str) -> None:
    """The standard library's logging is imported by `logs` alone, so that every line passes one place that hides secrets."""
    assert [_told(file, one) for one in imports(file) if one.top == "logging" and layer(file) != "logs"] == []


@each(FILES)
def test_an_import_inside_a_function_has_a_reason(file: str) -> None:
    """Outside the command line, imports stand at the top, but for optional libraries and those listed with a reason."""
    deferred = [one for one in imports(file) if one.deferred and layer(file) != "cli" and one.top not in OPTIONAL]

    assert [_told(file, one) for one in deferred if (file, one.name) not in DEFERRED] == []


def test_every_reason_for_a_deferred_import_is_still_needed() -> None:
    """An entry of DEFERRED names an import that is there."""
    found = {(file, one.name) for file in FILES for one in imports(file) if one.deferred}

    assert set(DEFERRED) - found == set()


def test_no_modules_import_each_other_in_a_ring() -> None:
    """What runs when a module is imported never leads back to it."""
    graph = {
        module(file): {
            one.name for one in imports(file) if not one.deferred and not one.for_types and one.name in MODULES
        }
        - {module(file)}
        for file in FILES
    }

    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


def test_every_folder_is_in_the_table() -> None:
    """A new layer is added to the table before it is used."""
    assert {layer(file) for file in FILES} - set(MAY_IMPORT) == set()


def test_every_dependency_has_owners() -> None:
    """Each library the project file asks for at run time stands in the table of owners, and no other but what they bring."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["postgres"], *extras["apprise"], *extras["re2"]]
    names = {re.split(r"[\[<>=;~! ]", one)[0].lower() for one in asked} - ONLY_DATA

    assert {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in names} == set(OWNERS) - set(BROUGHT)


@each([file for file in FILES if layer(file) == "core"])
def test_the_core_reaches_nothing_outside(file: str) -> None:
    """The core asks no clock, file, environment, network or chance, so the same question has the same answer."""
    imported = [_told(file, one) for one in imports(file) if one.top != PACKAGE and one.top not in CORE_MAY_USE]
    called = [f"{file}:{line}: {name}" for line, name in _impure(tree(file))]

    assert imported + called == []


@each([file for file in FILES if layer(file) == "core"])
def test_the_core_holds_frozen_slotted_values(file: str) -> None:
    """Every dataclass of the core is frozen and slotted, but for the few private ones that are listed with a reason."""
    loose = {one.__name__ for one in _dataclasses(file) if not (_is_frozen(one) and "__slots__" in vars(one))}

    assert loose == {name for place, name in WORKING if place == file}


def _dataclasses(file: str) -> Iterator[type]:
    name = module(file)
    for one in vars(importlib.import_module(name)).values():
        if isinstance(one, type) and dataclasses.is_dataclass(one) and one.__module__ == name:
            yield one


def _is_frozen(made: type) -> bool:
    return bool(getattr(made, "__dataclass_params__").frozen)  # noqa: B009 - dataclasses keep it without a type


def _impure(root: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(root):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in IMPURE_CALLS:
                yield node.lineno, f"{name}()"
            case ast.Call(func=ast.Attribute(attr=name)) if name in IMPURE_NAMES:
                yield node.lineno, f".{name}()"
            case ast.Attribute(value=ast.Name(id="os"), attr=name):
                yield node.lineno, f"os.{name}"


def _layer_of(name: str) -> str:
    return ([*name.split("."), ""])[1]


def _told(file: str, one: Import) -> str:
    return f"{file}:{one.line}: {one.name}"


@each([file for file in FILES if not file.startswith("sandbox/")])
def test_every_regular_expression_is_our_own(file: str) -> None:
    """S5: policies hold none, and what a ticket or a file says never becomes one."""
    foreign = [
        f"{file}:{node.lineno}: {ast.unparse(node.args[0])}"
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args
        if ast.unparse(node.func) != "re.escape" and not _our_own(node.args[0])
    ]

    assert foreign == []


def _our_own(pattern: ast.expr) -> bool:
    """A text in the source, a constant, or one into which only escaped words and constants are put."""
    match pattern:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name.isupper()
        case ast.Call():
            return ast.unparse(pattern.func) == "re.escape"
        case ast.JoinedStr(values=parts):
            held = [part.value for part in parts if isinstance(part, ast.FormattedValue)]
            return all(_our_own(one) or ast.unparse(one).startswith("'|'.join(") for one in held)
        case _:
            return False
