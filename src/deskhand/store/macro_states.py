"""The state of macros by environment: in the database, or in a file that is committed beside the templates.

Both hold which macro each key is, what was wanted last and what Zendesk made of it, and the account that all of it belongs to.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from deskhand.core.macros.codec import binding_of, plain
from deskhand.core.macros.record import Binding, State
from deskhand.core.trail import Draft, Fact
from deskhand.errors import StoreBusy, StoreError

LEASE: Final = timedelta(minutes=2)
"""How long a run holds an environment after its last sign of life."""
_VERSION: Final = 1


class Notes(Protocol):
    """Small named facts."""

    def get(self, name: str) -> str | None:
        """What is noted under a name."""
        ...

    def set(self, name: str, value: str) -> None:
        """Note it."""
        ...


class Entered(Protocol):
    """The audit trail."""

    def add(self, drafts: Iterable[Draft]) -> object:
        """Put entries behind the last one."""
        ...


class Noted(Protocol):
    """A transaction of a store."""

    @property
    def trail(self) -> Entered:
        """Its audit trail."""
        ...

    @property
    def notebook(self) -> Notes:
        """Its notes."""
        ...


class Begins(Protocol):
    """A store, as far as states need one."""

    def begin(self) -> AbstractContextManager[Noted]:
        """One writing transaction."""
        ...


class DatabaseStates:
    """States in the database, one note for each macro, so that a save touches no more than it must."""

    def __init__(self, store: Begins, now: Callable[[], datetime], by: str) -> None:
        self._store, self._now, self._by = store, now, by
        self._holding: dict[str, str] = {}
        """Which run holds an environment, as long as this object does."""

    def load(self, env: str) -> State:
        """What is kept of an environment."""
        with self._store.begin() as tx:
            index = _index(tx.notebook, env)
            rows = {key: _read(tx.notebook.get(_name(env, key))) for key in index["keys"]}
        return State(index["account"], {key: row for key, row in rows.items() if row is not None})

    def save(self, env: str, account: str, changes: Mapping[str, Binding | None]) -> None:
        """Keep these bindings, and forget those that are None; whole or not at all."""
        with self._store.begin() as tx:
            keys = set(_index(tx.notebook, env)["keys"])
            for key, binding in changes.items():
                tx.notebook.set(_name(env, key), json.dumps(plain(binding)) if binding else "")
                keys = keys | {key} if binding else keys - {key}
            tx.notebook.set(f"macros {env}", json.dumps({"account": account, "keys": sorted(keys)}))
            if env in self._holding:
                tx.notebook.set(f"macros {env} lease", _lease(self._holding[env], self._now()))
            tx.trail.add([self._told(env, account, changes)])

    def _told(self, env: str, account: str, changes: Mapping[str, Binding | None]) -> Draft:
        """What the audit trail tells of a change: keys and numbers of macros."""
        kept: list[Fact] = [{"key": key, "macro": one.macro_id} for key, one in sorted(changes.items()) if one]
        gone: Sequence[Fact] = sorted(key for key, one in changes.items() if one is None)
        run = self._holding.get(env, "")
        facts: dict[str, Fact] = {"env": env, "account": account, "run": run, "kept": kept, "forgotten": gone}
        return Draft(self._now(), "macros", self._by, facts)

    @contextmanager
    def hold(self, env: str, holder: str, now: datetime) -> Iterator[None]:
        """Keep other runs out of an environment. Raises StoreBusy where one is at work."""
        name = f"macros {env} lease"
        with self._store.begin() as tx:
            before = json.loads(tx.notebook.get(name) or "{}")
            if before and before["holder"] != holder and datetime.fromisoformat(before["until"]) > now:
                raise _busy(env, before["holder"], f"its lease ends at {before['until']}")
            tx.notebook.set(name, _lease(holder, now))
        self._holding[env] = holder
        try:
            yield
        finally:
            self._holding.pop(env)
            with self._store.begin() as tx:
                tx.notebook.set(name, "")


class FileStates:
    """States in files of a folder, one for each environment, written whole and put in place at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, env: str) -> State:
        """What is kept of an environment. Raises StoreError for a file that cannot be read."""
        path = self._path(env)
        try:
            raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return State()
        except (OSError, ValueError) as wrong:
            raise StoreError(
                f"the state {path} cannot be read: {wrong}",
                hint="Take the last committed version of it, or `deskhand macros state rebuild`.",
            ) from wrong
        if raw.get("version") != _VERSION:
            raise StoreError(
                f"the state {path} is of version {raw.get('version')}",
                hint="Use the deskhand that wrote it, or a newer one.",
            )
        rows = {key: binding_of(row) for key, row in raw["bindings"].items()}
        return State(str(raw["account"]), {key: row for key, row in rows.items() if row is not None})

    def save(self, env: str, account: str, changes: Mapping[str, Binding | None]) -> None:
        """Keep these bindings, and forget those that are None; whole or not at all."""
        kept = dict(self.load(env).bindings)
        for key, binding in changes.items():
            kept.pop(key, None)
            if binding is not None:
                kept[key] = binding
        body = {"version": _VERSION, "account": account, "bindings": {key: plain(kept[key]) for key in sorted(kept)}}
        self._put(self._path(env), json.dumps(body, ensure_ascii=False, indent=1) + "\n")

    @contextmanager
    def hold(self, env: str, holder: str, now: datetime) -> Iterator[None]:  # noqa: ARG002 - the port's signature
        """Keep other runs on this machine out of an environment. Raises StoreBusy where one is at work."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f".{env}.lock"
        with path.open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as taken:
                file.seek(0)
                raise _busy(env, file.read().strip() or "unknown", f"it holds {path}") from taken
            file.truncate(0)
            file.write(holder)
            file.flush()
            yield

    def _path(self, env: str) -> Path:
        return self._folder / f"{env}.json"

    def _put(self, path: Path, text: str) -> None:
        """Write beside the file and put it in place, so that a crash leaves the old or the new one."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=self._folder, prefix=f".{path.name}.")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)


def _lease(holder: str, now: datetime) -> str:
    return json.dumps({"holder": holder, "until": (now + LEASE).isoformat()})


def _busy(env: str, holder: str, why: str) -> StoreBusy:
    return StoreBusy(
        f"run {holder} is at work on the macros of {env}; {why}",
        hint="Wait until it ends. A run that was killed lets go by itself.",
    )


def _index(notes: Notes, env: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(notes.get(f"macros {env}") or '{"account": "", "keys": []}')
    return found


def _name(env: str, key: str) -> str:
    return f"macros {env} {key}"


def _read(text: str | None) -> Binding | None:
    return binding_of(json.loads(text)) if text else None
