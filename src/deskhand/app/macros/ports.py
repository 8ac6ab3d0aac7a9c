"""What macros as code need from the outside."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from deskhand.core.macros.marker import Owner
from deskhand.core.macros.record import Binding, Live, State
from deskhand.core.macros.value import Macro


class Names(Protocol):
    """The account's names."""

    def number(self, kind: str, name: str) -> str:
        """The number of a name. Raises Rejected."""
        ...

    def name(self, kind: str, number: str) -> str | None:
        """The name of a number."""
        ...


class MacroDesk(Protocol):
    """The shared macros of an account."""

    @property
    def account(self) -> str:
        """The account's subdomain, or the host of a sandbox."""
        ...

    @property
    def names(self) -> Names:
        """The account's names."""
        ...

    def all(self) -> list[Live]:
        """Every shared macro, or an error: never a part of them."""
        ...

    def one(self, number: int) -> Live | None:
        """A macro as it is now, None where it is gone or personal."""
        ...

    def create(self, macro: Macro, description: str, attachments: Mapping[str, int] | None = None) -> int:
        """Make a macro. Raises Unknown where it may have been made."""
        ...

    def update(self, number: int, macro: Macro, description: str, attachments: Mapping[str, int] | None = None) -> None:
        """Replace all of a macro."""
        ...

    def delete(self, number: int) -> None:
        """Delete a macro; one that is gone is fine."""
        ...

    def upload(self, path: Path) -> int:
        """Hand in a file."""
        ...

    def ticket(self, number: int) -> Mapping[str, Any]:
        """A ticket with its people, as placeholders see it."""
        ...

    def actions(self) -> Mapping[str, Mapping[str, str]]:
        """What macros may do in this account, each with its values and their titles."""
        ...

    def contents(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """The texts of dynamic content by name."""
        ...

    def keep_content(self, name: str, texts: tuple[tuple[str, str], ...]) -> None:
        """Make dynamic content, or bring it up to date."""
        ...


class States(Protocol):
    """What is kept of each environment."""

    def load(self, env: str) -> State:
        """What is kept of an environment."""
        ...

    def save(self, env: str, account: str, changes: Mapping[str, Binding | None]) -> None:
        """Keep these, and forget those that are None; whole or not at all."""
        ...

    def hold(self, env: str, holder: str, now: datetime) -> AbstractContextManager[None]:
        """Keep other runs out. Raises StoreBusy."""
        ...


class Runs(Protocol):
    """The journals of runs."""

    def path(self, run: str) -> Path:
        """Where a run's journal is."""
        ...

    def note(self, run: str, **facts: object) -> None:
        """Add a line that is on the disk when this returns."""
        ...

    def back_up(self, run: str, lives: Iterable[Live]) -> None:
        """Keep every shared macro as it is."""
        ...

    def read(self, run: str) -> list[dict[str, Any]]:
        """The lines of a run. Raises NotKnown."""
        ...


@dataclass(frozen=True, slots=True)
class Shop:
    """What the use cases work with. `tell` hears how far a long work is: (done, of, what)."""

    desk: MacroDesk
    states: States
    runs: Runs
    owner: Owner
    now: Callable[[], datetime]
    wait: Callable[[float], None]
    run: str = "run"
    by: str = ""
    folder: Path = Path()
    """Where the templates are, and the files that they attach."""
    tell: Callable[[int, int, str], None] = lambda _done, _of, _what: None

    @property
    def env(self) -> str:
        """The environment."""
        return self.owner.env
