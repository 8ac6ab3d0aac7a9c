"""Loading a folder of policies: all of it, or a list of everything that is wrong."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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
from deskhand.documents.yaml_reader import Read, read_bytes, read_file


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a folder. `policy` is None where there is an error; `tests` are those of the rules that could be read.

    `files` are the names of all files read, in order, and `texts` what they hold, by their names below the folder; `mentions` are the names that
    the account must have, with places.
    """

    policy: Policy | None
    problems: tuple[Problem, ...]
    tests: tuple[RuleTest, ...]
    files: tuple[str, ...]
    mentions: tuple[Mention, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def asks_schedules(self) -> bool:
        """Whether a calendar stands for a Zendesk schedule that was not given."""
        return any(problem.check == "calendar-unresolved" for problem in self.problems)


def load_policies(folder: Path, *, mode: Mode = "enforce", schedules: Mapping[str, Calendar] | None = None) -> Loaded:
    """Load every `*.yaml` and `*.yml` below a folder, in the order of their names. Never raises for what they hold.

    `mode` caps the mode of every rule. `schedules` are the account's Zendesk schedules by name, for calendars that
    refer to one; without them such calendars are an error.
    """
    names = sorted(_names(folder))
    shown = _shown(folder)
    if not names:
        what = (
            "holds no .yaml file"
            if folder.is_dir()
            else "is a file, and a folder is wanted"
            if folder.exists()
            else "there is no such folder"
        )
        return Loaded(None, (Problem(str(shown), 0, 0, what, "no-documents"),), (), ())
    places = [(name, (shown / name).as_posix()) for name in names]
    sources = [_Source(name, place, read_file(folder / name, place)) for name, place in places]
    return _compile(sources, mode, schedules or {})


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What changes when a file of the folder does: names, sizes, times. Cheap, and never raises."""
    found = []
    for name in sorted(_names(folder)):
        try:
            facts = (folder / name).stat()
        except OSError:
            continue
        found.append((name, facts.st_size, facts.st_mtime_ns))
    return tuple(found)


def load_text(
    texts: Mapping[str, str],
    *,
    mode: Mode = "enforce",
    schedules: Mapping[str, Calendar] | None = None,
    shown: str = "",
) -> Loaded:
    """Load documents that stand in memory, by file name: examples, tests, and texts that were kept. `shown` is put before their names in messages."""
    read = {name: read_bytes(texts[name].encode(), f"{shown}{name}") for name in sorted(texts)}
    sources = [_Source(name, f"{shown}{name}", one) for name, one in read.items()]
    return _compile(sources, mode, schedules or {})


def _names(folder: Path) -> Iterator[str]:
    """The files of a folder that count: what begins with a dot belongs to an editor, a version control or a mount."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in name.parts)
        if path.suffix in (".yaml", ".yml") and not hidden and path.is_file():
            yield name.as_posix()


def _shown(folder: Path) -> Path:
    """The folder as messages name it: from the current folder where it lies below it, so that editors find the place."""
    try:
        return folder.resolve().relative_to(Path.cwd())
    except ValueError:
        return folder


@dataclass(frozen=True, slots=True)
class _Source:
    """One file: its name below the folder, its name in messages, and what was read."""

    name: str
    shown: str
    read: Read


def _compile(sources: list[_Source], mode: Mode, schedules: Mapping[str, Calendar]) -> Loaded:
    """From files to a policy. What is broken is left out, so that all that can be said of the rest is said at once."""
    problems = [problem for source in sources for problem in source.read.problems]
    whole = not errors(problems)
    declared = Declared()
    lost: set[tuple[str, str]] = set()
    broken: list[Node] = []
    for source in sources:
        top = source.read.node
        if top is None or top.value is None:
            continue
        checked = validate(top)
        problems += checked.problems
        declared.take(source.name, checked.document, checked.node)
        broken += [top.at(path) for path in checked.dropped if path[0] in ("rules", "groups")]
        lost |= {name for path in checked.dropped for name in lost_names(path)}
        whole = whole and all(len(path) > 1 or path[0] not in SECTIONS for path in checked.dropped)
    declared.check_ids()
    dated = any(item.country for placed in declared.calendars.values() for item in placed.model.holidays)
    compiler = Compiler(declared, problems, lost, whole=whole)
    done = compiler.run(_digest(sources), HOLIDAY_DATA if dated else "", mode, broken, schedules)
    files = tuple(source.shown for source in sources)
    texts = {source.name: source.read.text for source in sources}
    return Loaded(done.policy, done.problems, done.tests, files, done.mentions, texts)


def _digest(sources: Iterable[_Source]) -> str:
    """A name for this very content: file names below the folder and their bytes."""
    return hashlib.sha256(json.dumps([(source.name, source.read.digest) for source in sources]).encode()).hexdigest()
