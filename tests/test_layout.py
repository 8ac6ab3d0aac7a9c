"""How the source is laid out: tests mirror files, everything public says what it is, and exceptions to the rules are counted.

A budget here must match exactly, so that it drifts neither way. Where one fails, it shows what differs: mend the code, or, where the exception is
right, change the entry and give its reason.
"""

import ast
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.source import FILES, ROOT, SOURCE, each, layer, tree

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | Function

TESTS = ROOT / "tests"
TEST_FILES = tuple(sorted(path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")))

FREE = {"acceptance", "bench", "contract", "oracles", "requirements", "trials"}
"""Folders of tests that speak of the whole, or of a port, and so mirror no file."""

BESIDES = {
    "test_architecture.py": "the imports of all files",
    "test_connectors.py": "connectors that copy an account, against the whole sandbox",
    "test_facts.py": "what was observed on a real account, against the whole sandbox",
    "test_hostile.py": "requests that nobody should send, against the whole sandbox",
    "test_oracles.py": "the sandbox's clocks and hours, against cases worked out by others",
    "test_year.py": "a year of the whole sandbox, against an independent fold over its audits",
    "test_zenpy.py": "zenpy as its users write it, against the sandbox",
    "test_comparison.py": "how the sandbox is compared with recordings",
    "test_conformance.py": "the whole sandbox, over all exchanges recorded from real accounts",
    "test_documented.py": "the sandbox's records, against documented ones",
    "test_cost.py": "what the worker's whole cycle asks of the account",
    "test_junk.py": "all adapters, given answers that no service would give",
    "test_layout.py": "the shape of all files",
    "test_recorded.py": "a whole folder, over bodies recorded from real accounts",
    "test_repository.py": "the files around the source",
}
"""Names of tests, in whatever folder, that mirror no file, with what they are about."""

BROAD = {"cli/main.py": 1, "doctor/examine.py": 1, "notify/others.py": 1, "worker.py": 1}
"""How many handlers of each file catch everything and do not raise it again: the boundaries of a job, a request, a check, the program, and plugins of others."""

TYPE_IGNORES = {
    "src/deskhand/sandbox/generator.py": 1,
    "src/deskhand/sandbox/transport.py": 1,
    "tests/http/canned.py": 1,
    "tests/http/test_failure.py": 1,
    "tests/zendesk/test_pace.py": 1,
}
"""How often each file tells the type checker to look away."""

UNCOVERED: dict[str, int] = {}
"""How often each file takes lines out of the measure of coverage."""

PRINTS = {"sandbox/server.py": "the line that tells where the sandbox listens"}
"""Files outside the command line that may write to standard output by `print`, and why."""

LONGEST_FILE = 500
LONGEST_FUNCTION = 80
MEDIAN_FUNCTION = 8
LONG_FUNCTION = 40
"""19 of 20 functions are no longer than this many lines."""


@each([file for file in TEST_FILES if Path(file).name not in BESIDES and file.split("/")[0] not in FREE])
def test_a_test_stands_where_its_subject_does(file: str) -> None:
    """tests/x/test_y.py is about src/deskhand/x/y.py, or about the folder x/y."""
    subject = Path(file).with_name(Path(file).name.removeprefix("test_")).as_posix()

    assert subject in FILES or subject.removesuffix(".py") + "/__init__.py" in FILES, "no such file; see BESIDES"


@each(TEST_FILES)
def test_every_test_states_a_truth(file: str) -> None:
    """Each test has a docstring that begins with a whole sentence."""
    silent = [f"{file}:{one.lineno}: {one.name}" for one in _tests(TESTS / file) if not _first_line(one).endswith(".")]

    assert silent == []


@each(TEST_FILES)
def test_every_folder_of_tests_is_a_package(file: str) -> None:
    """Test files of the same name in two folders do not clash."""
    assert (TESTS / file).with_name("__init__.py").exists()


@each(FILES)
def test_everything_public_says_what_it_is_for(file: str) -> None:
    """Each module, and each public class, function and method in it, has a docstring."""
    assert [f"{file}:{line}: {name}" for line, name in _public(tree(file), file)] == []


def test_broad_handlers_stand_only_where_they_are_meant() -> None:
    """Everything is caught and kept only at the few boundaries that are counted; cleaning up and raising again is free."""
    assert Counter(file for file in FILES for node in ast.walk(tree(file)) if _is_broad(node)) == dict.fromkeys(
        BROAD, 1
    )


@each([file for file in FILES if layer(file) != "cli" and file not in PRINTS])
def test_only_the_command_line_prints(file: str) -> None:
    """Standard output belongs to the command line."""
    calls = [node for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]

    assert [f"{file}:{one.lineno}" for one in calls if isinstance(one.func, ast.Name) and one.func.id == "print"] == []


def test_the_type_checker_looks_away_only_where_it_is_counted() -> None:
    """Each `type: ignore`, in the source and in the tests, is in the budget."""
    assert _mentions(r"#\s*type:\s*ignore") == TYPE_IGNORES


def test_coverage_looks_away_only_where_it_is_counted() -> None:
    """Each `pragma: no cover` is in the budget."""
    assert _mentions(r"#\s*pragma:\s*no cover") == UNCOVERED


@each(FILES)
def test_no_file_is_too_long_to_read(file: str) -> None:
    """A file is one noun or one verb, and ends before it tires."""
    assert len((SOURCE / file).read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


def test_functions_are_small() -> None:
    """Most functions fit in a glance, and none is longer than a screen."""
    lengths = {f"{file}:{one.lineno}: {one.name}": _length(one) for file in FILES for one in _functions(tree(file))}

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}
    assert statistics.median(lengths.values()) <= MEDIAN_FUNCTION
    assert statistics.quantiles(lengths.values(), n=20)[-1] <= LONG_FUNCTION


def _functions(root: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(root) if isinstance(node, Function))


def _tests(path: Path) -> list[Function]:
    found = _functions(ast.parse(path.read_text(encoding="utf-8")))
    return [one for one in found if one.name.startswith("test_")]


def _first_line(one: Function) -> str:
    """The docstring up to its first empty line, so that a sentence may go over two."""
    return (ast.get_docstring(one) or "").partition("\n\n")[0].strip()


def _length(one: Function) -> int:
    return (one.end_lineno or one.lineno) - one.lineno + 1


def _public(node: Documented, name: str) -> Iterator[tuple[int, str]]:
    """Line and name of whatever ought to have a docstring and has none."""
    if not ast.get_docstring(node):
        yield getattr(node, "lineno", 1), name
    if isinstance(node, ast.Module | ast.ClassDef):
        for child in node.body:
            if (
                isinstance(child, ast.ClassDef | Function)
                and not child.name.startswith("_")
                and not _is_overload(child)
            ):
                yield from _public(child, child.name)


def _is_overload(node: ast.AST) -> bool:
    return any(ast.unparse(one).endswith(("overload", ".setter")) for one in getattr(node, "decorator_list", ()))


def _is_broad(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    broad = node.type is None or re.search(r"\b(Base)?Exception\b", ast.unparse(node.type)) is not None
    return broad and ast.unparse(node.body[-1]) != "raise"


def _mentions(pattern: str) -> dict[str, int]:
    """How often each file of the source and the tests holds the pattern; the files without it are left out."""
    files = [*(ROOT / "src").rglob("*.py"), *TESTS.rglob("*.py")]
    found = {
        path.relative_to(ROOT).as_posix(): len(re.findall(pattern, path.read_text(encoding="utf-8"))) for path in files
    }
    return {name: times for name, times in found.items() if times and name != "tests/test_layout.py"}
