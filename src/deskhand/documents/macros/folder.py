"""All files of a folder of macros, read and checked for their shape.

settings.yaml          whose macros these are      partials/   texts that templates share
env/NAME.yaml          what differs by account     fixtures/   tickets for previews
**/*.yaml              one macro each              files/, or anywhere: attachments
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from deskhand.documents.macro_checks import LINT
from deskhand.documents.macros.models import EnvModel, MacroModel, SettingsModel
from deskhand.documents.node import Node
from deskhand.documents.problems import Problem, near, ordered
from deskhand.documents.validate import complaints
from deskhand.documents.yaml_reader import read_file

SETTINGS: Final = "settings.yaml"
APART: Final = ("env", "partials", "fixtures", "state", "files")
"""Folders at the top that hold no macros."""
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Source:
    """One macro file: what it says, where it stands, and the hash of its bytes."""

    model: MacroModel
    node: Node
    name: str
    """Its path below the folder."""
    digest: str

    @property
    def file(self) -> str:
        """Its path as messages show it."""
        return self.node.file


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of macros. `problems` are those of the files themselves; with errors among them nothing is compiled."""

    path: Path
    shown: str
    settings: SettingsModel | None
    envs: Mapping[str, EnvModel]
    sources: tuple[Source, ...]
    partials: Mapping[str, str]
    problems: tuple[Problem, ...]
    files: int = 0
    """How many macro files there are, broken ones counted."""

    @property
    def locales(self) -> tuple[str, ...]:
        """The account's locales, the default first."""
        if self.settings is None:
            return ("en-US",)
        return tuple(dict.fromkeys((self.settings.default_locale, *self.settings.locales)))


@dataclass(slots=True)
class _Reading:
    path: Path
    shown: Path
    problems: list[Problem] = field(default_factory=list)

    def read(self, name: str, model: type[M]) -> tuple[M, Node, str] | None:
        """One file, or None with its problems noted."""
        got = read_file(self.path / name, (self.shown / name).as_posix())
        self.problems += got.problems
        top = got.node
        if top is None:
            if not got.problems:
                self.problems.append(Problem((self.shown / name).as_posix(), 1, 1, "the file is empty", "missing-key"))
            return None
        if not top.mapping:
            self.problems.append(top.problem(f"this file is a mapping, not {top.kind}", "bad-value"))
            return None
        try:
            return model.model_validate(top.plain), top, got.digest
        except ValidationError as error:
            self.problems += complaints(top, error, model)
            return None


def read_folder(path: Path) -> Folder:
    """Read everything below a folder. Never raises for what the files hold."""
    reading = _Reading(path, _shown(path))
    settings = _settings(reading)
    names = sorted(_macro_files(path))
    sources = [Source(read[0], read[1], name, read[2]) for name in names if (read := reading.read(name, MacroModel))]
    envs = {
        file.stem: found[0]
        for file in sorted((path / "env").glob("*.yaml"))
        if (found := reading.read(f"env/{file.name}", EnvModel))
    }
    reading.problems += _waivers(settings, sources, reading.shown)
    return Folder(
        path, str(reading.shown), settings, envs, tuple(sources), _partials(path), ordered(reading.problems), len(names)
    )


def _settings(reading: _Reading) -> SettingsModel | None:
    if (reading.path / SETTINGS).is_file():
        got = reading.read(SETTINGS, SettingsModel)
        return got[0] if got else None
    hint = "`deskhand macros init` writes one"
    reading.problems.append(Problem(str(reading.shown), 0, 0, f"there is no {SETTINGS}", "no-settings", hint))
    return None


def attachment(folder: Folder, source: Source, name: str) -> Path | None:
    """The file of an attachment: beside the macro's file, or below the top of the folder; None for one outside of it."""
    for base in ((folder.path / source.name).parent, folder.path):
        found = (base / name).resolve()
        if found.is_file() and found.is_relative_to(folder.path.resolve()):
            return found
    return None


def file_digest(path: Path) -> str:
    """`name sha256` of an attachment."""
    return f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _macro_files(path: Path) -> Iterator[str]:
    for file in path.rglob("*"):
        name = file.relative_to(path)
        hidden = any(part.startswith(".") for part in name.parts)
        if file.suffix in (".yaml", ".yml") and not hidden and name.parts[0] not in (*APART, SETTINGS):
            yield name.as_posix()


def _partials(path: Path) -> dict[str, str]:
    return {
        file.relative_to(path / "partials").with_suffix("").as_posix(): file.read_text(encoding="utf-8")
        for file in sorted((path / "partials").rglob("*"))
        if file.is_file() and not file.name.startswith(".")
    }


def _waivers(settings: SettingsModel | None, sources: list[Source], shown: Path) -> Iterator[Problem]:
    """Waived checks that do not exist, or that cannot be waived."""
    for name in settings.lint.off if settings else ():
        if name not in LINT:
            file = (shown / SETTINGS).as_posix()
            yield Problem(
                file, 1, 1, f"'off' names '{name}', which is no check of lint", "bad-waiver", near(name, LINT)
            )
    for source in sources:
        for name in source.model.waive:
            if name not in LINT:
                at = source.node.at(("waive",)).key(name)
                yield at.problem(f"'{name}' is no check that can be waived", "bad-waiver", near(name, LINT))


def _shown(folder: Path) -> Path:
    """The folder as messages name it: from the current folder where it lies below it."""
    try:
        return folder.resolve().relative_to(Path.cwd())
    except ValueError:
        return folder
