"""Loading a folder of policies: all of it, or a list of everything that is wrong."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deskhand.core.calendar import Calendar
from deskhand.core.policy import Mode, Policy
from deskhand.documents.compile_calendar import HOLIDAY_DATA
from deskhand.documents.compile_test import RuleTest
from deskhand.documents.compiler import Compiler
from deskhand.documents.gather import Declared
from deskhand.documents.node import Node
from deskhand.documents.problems import Problem, errors
from deskhand.documents.scope import Mention
from deskhand.documents.validate import SECTIONS, lost_names, validate
from deskhand.documents.yaml_reader import read_bytes, read_file


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a folder. `policy` is None where there is an error; `tests` are those of the rules that could be read.

    `files` are the names of all files read, in order; `mentions` are the names that the account must have, with places.
    """

    policy: Policy | None
    problems: tuple[Problem, ...]
    tests: tuple[RuleTest, ...]
    files: tuple[str, ...]
    mentions: tuple[Mention, ...] = ()


def load_policies(folder: Path, *, mode: Mode = "enforce", schedules: Mapping[str, Calendar] | None = None) -> Loaded:
    """Load every `*.yaml` and `*.yml` below a folder, in the order of their names. Never raises for what they hold.

    `mode` caps the mode of every rule. `schedules` are the account's Zendesk schedules by name, for calendars that
    refer to one; without them such calendars are an error.
    """
    paths = sorted(
        (path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file()),
        key=lambda path: path.relative_to(folder).as_posix(),
    )
    shown = _shown(folder)
    if not paths:
        what = "holds no .yaml file" if folder.is_dir() else "is no folder"
        return Loaded(None, (Problem(str(shown), 0, 0, what, "no-documents"),), (), ())
    sources = [_Source.read(path, folder, shown) for path in paths]
    return _compile(sources, mode, schedules or {})


def load_text(texts: Mapping[str, str], *, mode: Mode = "enforce") -> Loaded:
    """Load documents that stand in memory, by file name: for examples and tests."""
    return _compile([_Source.of(name, texts[name].encode()) for name in sorted(texts)], mode, {})


def _shown(folder: Path) -> Path:
    """The folder as messages name it: from the current folder where it lies below it, so that editors find the place."""
    try:
        return folder.resolve().relative_to(Path.cwd())
    except ValueError:
        return folder


@dataclass(frozen=True, slots=True)
class _Source:
    """One file: its name below the folder, its name in messages, what was read, and a hash of its bytes."""

    name: str
    shown: str
    node: Node | None
    problems: tuple[Problem, ...]
    digest: str

    @classmethod
    def read(cls, path: Path, folder: Path, shown_folder: Path) -> "_Source":
        name = path.relative_to(folder).as_posix()
        shown = (shown_folder / name).as_posix()
        read = read_file(path, shown)
        # A file that cannot be read is an error, so no policy carries this digest.
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if not errors(read.problems) else ""
        return cls(name, shown, read.node, read.problems, digest)

    @classmethod
    def of(cls, name: str, data: bytes) -> "_Source":
        read = read_bytes(data, name)
        return cls(name, name, read.node, read.problems, hashlib.sha256(data).hexdigest())


def _compile(sources: list[_Source], mode: Mode, schedules: Mapping[str, Calendar]) -> Loaded:
    """From files to a policy. What is broken is left out, so that all that can be said of the rest is said at once."""
    problems = [problem for source in sources for problem in source.problems]
    whole = not errors(problems)
    declared = Declared()
    lost: set[tuple[str, str]] = set()
    broken: list[Node] = []
    for source in sources:
        if source.node is None or source.node.value is None:
            continue
        checked = validate(source.node)
        problems += checked.problems
        declared.take(source.name, checked.document, checked.node)
        broken += [source.node.at(path) for path in checked.dropped if path[0] in ("rules", "groups")]
        lost |= {name for path in checked.dropped for name in lost_names(path)}
        whole = whole and all(len(path) > 1 or path[0] not in SECTIONS for path in checked.dropped)
    declared.check_ids()
    dated = any(item.country for placed in declared.calendars.values() for item in placed.model.holidays)
    compiler = Compiler(declared, problems, lost, whole=whole)
    done = compiler.run(_digest(sources, dated=dated), mode, broken, schedules)
    files = tuple(source.shown for source in sources)
    return Loaded(done.policy, done.problems, done.tests, files, done.mentions)


def _digest(sources: Iterable[_Source], *, dated: bool) -> str:
    """A name for this very content: file names below the folder and their bytes, and the holiday data where it is used."""
    parts = [f"{source.name}\n{source.digest}" for source in sources]
    return hashlib.sha256("\n".join([*parts, HOLIDAY_DATA if dated else ""]).encode()).hexdigest()
