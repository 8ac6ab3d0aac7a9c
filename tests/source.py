"""Reads the product's own source, for the tests that hold its shape. Nothing is imported: all is read by `ast`."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "deskhand"
SOURCE = ROOT / "src" / PACKAGE
FILES = tuple(sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py")))
"""Every module of the product, as a path below src/deskhand."""


@dataclass(frozen=True, slots=True)
class Import:
    """One module that a file asks for."""

    name: str  # dotted and absolute: `deskhand.core.clock`, `requests`
    line: int
    deferred: bool  # inside a function
    for_types: bool  # under `if TYPE_CHECKING`, so never run

    @property
    def top(self) -> str:
        """The name before the first dot."""
        return self.name.partition(".")[0]


@cache
def tree(file: str) -> ast.Module:
    """The parsed file; the path is below src/deskhand."""
    return ast.parse((SOURCE / file).read_text(encoding="utf-8"), filename=file)


def layer(file: str) -> str:
    """The folder or single module at the top of the product that a file belongs to; empty for the package itself."""
    first = Path(file).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def module(file: str) -> str:
    """The dotted name of a file."""
    return ".".join((PACKAGE, *Path(file).with_suffix("").parts)).removesuffix(".__init__")


def each(files: Iterable[str]) -> Callable[[Callable[[str], None]], Callable[[], None]]:
    """Make one test of a test for every file, which tells of all files where it does not hold: thousands of tests would cost more than they say."""

    def made(check: Callable[[str], None]) -> Callable[[], None]:
        def test() -> None:
            wrong = [words for file in files if (words := _said(check, file))]
            assert not wrong, "\n\n".join(wrong)

        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        return test

    return made


def _said(check: Callable[[str], None], file: str) -> str:
    """What a check says against a file."""
    try:
        check(file)
    except AssertionError as error:
        return f"{file}: {error}"
    return ""


MODULES = {module(file): file for file in FILES}


@cache
def imports(file: str) -> tuple[Import, ...]:
    """All that a file imports, wherever in it that stands."""
    return tuple(_walk(tree(file), file, deferred=False, for_types=False))


_HOLDERS = ast.stmt | ast.excepthandler | ast.match_case
"""What an import may stand in: no expression holds one."""


def _walk(node: ast.AST, file: str, *, deferred: bool, for_types: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _HOLDERS):
            continue
        inside = deferred or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        typed = for_types or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield from (Import(name, child.lineno, deferred, for_types) for name in _names(child, file))
        else:
            yield from _walk(child, file, deferred=inside, for_types=typed)


def _names(node: ast.Import | ast.ImportFrom, file: str) -> Iterator[str]:
    """The modules that a statement names: `from deskhand import logs` is deskhand.logs, not all of deskhand."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = node.module or ""
    if node.level:
        package = module(file).split(".") if file.endswith("__init__.py") else module(file).split(".")[:-1]
        base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
    for alias in node.names:
        name = f"{base}.{alias.name}"
        yield name if name in MODULES or (base == PACKAGE and not alias.name.startswith("__")) else base
