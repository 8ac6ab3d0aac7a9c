"""What runs on macros did: one file of JSON lines for each, on the disk before and after every write, with a backup of all shared macros."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deskhand.core.macros.codec import plain
from deskhand.core.macros.record import Live
from deskhand.errors import NotKnown

Json = dict[str, Any]


class Runs:
    """The journals in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, run: str) -> Path:
        """The journal of a run."""
        return self._folder / f"{run}.jsonl"

    def note(self, run: str, **facts: object) -> None:
        """Add a line; it is on the disk when this returns."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self.path(run).open("a", encoding="utf-8") as file:
            file.write(json.dumps({name: plain(value) for name, value in facts.items()}, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def back_up(self, run: str, lives: Iterable[Live]) -> None:
        """Keep every shared macro as it is before the first write."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{run}.backup.json"
        path.write_text(json.dumps([plain(one) for one in lives], ensure_ascii=False, indent=1), encoding="utf-8")

    def read(self, run: str) -> list[Json]:
        """The lines of a run; one that was cut off in the middle is left out. Raises NotKnown."""
        try:
            lines = self.path(run).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            known = ", ".join(self.names()[-5:]) or "none yet"
            raise NotKnown(f"there is no run '{run}' in {self._folder}", hint=f"The latest are: {known}.") from None
        return [found for line in lines if (found := _line(line)) is not None]

    def names(self) -> list[str]:
        """The runs, oldest first."""
        return sorted(path.stem for path in self._folder.glob("*.jsonl"))


def _line(text: str) -> Json | None:
    try:
        found: Json = json.loads(text)
    except ValueError:
        return None
    return found


class MemoryRuns:
    """The same without files, for tests and trials. What is noted passes through JSON, as it would on disk."""

    def __init__(self) -> None:
        self.lines: dict[str, list[Json]] = {}
        self.backups: dict[str, tuple[Live, ...]] = {}

    def path(self, run: str) -> Path:
        """The name that a journal would have."""
        return Path(f"{run}.jsonl")

    def note(self, run: str, **facts: object) -> None:
        """Add a line."""
        line = json.dumps({name: plain(value) for name, value in facts.items()})
        self.lines.setdefault(run, []).append(json.loads(line))

    def back_up(self, run: str, lives: Iterable[Live]) -> None:
        """Keep every shared macro as it is."""
        self.backups[run] = tuple(lives)

    def read(self, run: str) -> list[Json]:
        """The lines of a run. Raises NotKnown."""
        if run not in self.lines:
            raise NotKnown(f"there is no run '{run}'")
        return self.lines[run]
