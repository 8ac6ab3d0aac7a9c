"""Joins everything: the only place that knows every adapter. mypy checks here that they fit the ports."""

import os
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from deskhand import logs
from deskhand.app.adopt import adopt
from deskhand.app.engine import Engine, Limits
from deskhand.app.macros.ports import Shop, States
from deskhand.app.on_call import OnCall
from deskhand.app.ports import Clock, Store
from deskhand.app.post import Post
from deskhand.app.service_ports import Tracker, Wiki
from deskhand.app.stop import Switch
from deskhand.core.guards import Guards
from deskhand.core.macros.marker import Owner
from deskhand.core.outside import Outside
from deskhand.core.policy import Mode, Policy
from deskhand.documents.load import Loaded, load_policies, stamp
from deskhand.documents.names import check_names
from deskhand.errors import DeskError, PolicyInvalid, SettingsError, StoreBusy, StoreMissing
from deskhand.http import BaseAdapter
from deskhand.http.ping import check as check_ping
from deskhand.http.ping import ping
from deskhand.settings import Settings
from deskhand.store import SqlStore, open_store
from deskhand.store.macro_runs import Runs
from deskhand.store.macro_states import DatabaseStates, FileStates
from deskhand.wiring_services import Given, open_post, open_trackers, open_wiki, refuse_missing
from deskhand.zendesk.account import Account, Connection
from deskhand.zendesk.auth import ENDING, ApiToken, ClientCredentials, Credentials, Secret

log = logs.get(__name__)
Feeds = Literal["both", "export", "recent"]


class RealClock:
    """The machine's clock, and waiting that a stop ends."""

    def __init__(self) -> None:
        self.stop = threading.Event()

    def now(self) -> datetime:
        """The instant, UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one real clock

    def wait(self, seconds: float) -> None:
        """Wait, no longer than until the worker is to stop."""
        self.stop.wait(seconds)


@dataclass(frozen=True, slots=True)
class Parts:
    """What `build` joins, where it is not to be made from settings: the demo's clock, transport and store."""

    clock: Clock
    wait: Callable[[float], None]
    mount: BaseAdapter | None = None
    limits: Limits | None = None
    guards: Guards | None = None
    """Other guards than the policy's."""


@dataclass(frozen=True, slots=True)
class Worker:
    """An engine with what it was built from."""

    engine: Engine
    connection: Connection
    store: Store
    post: Post
    parts: Parts
    loaded: Loaded | None = None
    """The documents behind the policy, with the places where they name things of the account."""


def credentials(settings: Settings) -> Credentials:
    """The credentials that are set; an OAuth client before an API token. Raises SettingsError where there are none, or only half."""
    secret, token = settings.secret("client_secret"), settings.secret("api_token")
    if settings.client_id and secret:
        return ClientCredentials(settings.client_id, Secret(secret))
    if settings.email and token:
        log.warning("api_token_ends", advice=ENDING)
        return ApiToken(settings.email, Secret(token))
    half = {
        "DESKHAND_CLIENT_SECRET (or DESKHAND_CLIENT_SECRET_FILE)": bool(settings.client_id),
        "DESKHAND_CLIENT_ID": bool(secret),
        "DESKHAND_API_TOKEN": bool(settings.email),
        "DESKHAND_EMAIL": bool(token),
    }
    missing = next((name for name, other in half.items() if other), "")
    words = f"{missing} is not set" if missing else "DESKHAND_CLIENT_ID and DESKHAND_CLIENT_SECRET are not set"
    raise SettingsError(words, hint="See 'Connecting to an account' in the README.")


def connect(
    settings: Settings, parts: Parts, *, read_only: bool, environ: Mapping[str, str] | None = None
) -> Connection:
    """The account, connected but not yet called."""
    account = Account(
        base_url=settings.address(),
        credentials=credentials(settings),
        reserve=settings.reserve_share,
        incremental_per_minute=settings.incremental_per_minute,
    )
    return Connection(
        account,
        now=parts.clock.now,
        wait=parts.wait,
        read_only=read_only,
        environ=os.environ if environ is None else environ,
        mount=parts.mount,
    )


def visit(settings: Settings) -> Connection:
    """The account, for a command that only reads."""
    clock = RealClock()
    return connect(settings, Parts(clock, clock.wait), read_only=True)


@contextmanager
def visiting(settings: Settings, *, needs_account: bool = False) -> Iterator[tuple[SqlStore | None, Connection | None]]:
    """The database and the account, for a command that only looks: either may be missing, but not both.

    Raises SettingsError where the account is needed and not set, StoreError where there is neither.
    """
    connection: Connection | None = None
    try:
        connection = visit(settings)
    except SettingsError:
        if needs_account:
            raise
    held: SqlStore | None = None
    try:
        held = look(settings)
    except StoreMissing:
        if connection is None:
            raise
    try:
        yield held, connection
    finally:
        if held is not None:
            held.close()
        if connection is not None:
            connection.close()


def load(folder: Path, mode: Mode, connection: Connection | None) -> Loaded:
    """The documents of a folder; with the account's schedules, read from it, where a calendar stands for one of them."""
    loaded = load_policies(folder, mode=mode)
    if connection is None or not loaded.asks_schedules:
        return loaded
    return load_policies(folder, mode=mode, schedules=connection.schedules())


def policies(folder: Path, mode: Mode, connection: Connection | None = None) -> Policy:
    """The policies of a folder, all or nothing. Raises PolicyInvalid with every mistake, one a line."""
    return _sound(load(folder, mode, connection))


def _sound(loaded: Loaded) -> Policy:
    if loaded.policy is None:
        raise PolicyInvalid(
            "the policies have mistakes, and none of them was loaded:\n" + "\n".join(map(str, loaded.problems))
        )
    return loaded.policy


def store(settings: Settings, *, exclusive: bool = True) -> SqlStore:
    """The database that is set."""
    return open_store(settings.database_url, exclusive=exclusive)


def look(settings: Settings) -> SqlStore:
    """The database that is set, to look at beside a running worker. Raises StoreError where there is none yet."""
    return open_store(settings.database_url, exclusive=False)


@dataclass(frozen=True, slots=True)
class Who:
    """Whose macros are looked after, in which run, and by whom."""

    owner: Owner
    run: str
    by: str
    folder: Path = Path()
    """Where the templates are."""


@contextmanager
def macros(
    settings: Settings,
    parts: Parts,
    who: Who,
    *,
    read_only: bool,
    tell: Callable[[int, int, str], None] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Shop]:
    """What macros as code work with. Their state is in a folder where one is set, else in the database, which a worker may have open."""
    connection = connect(settings, parts, read_only=read_only, environ=environ)
    if not read_only:
        connection.intend("macros")
    held = None if settings.macros_state else _beside(settings)
    states: States = (
        FileStates(settings.macros_state or Path()) if held is None else DatabaseStates(held, parts.clock.now, who.by)
    )
    try:
        yield Shop(
            desk=connection.macros(),
            states=states,
            runs=macro_runs(settings),
            owner=who.owner,
            now=parts.clock.now,
            wait=parts.wait,
            run=who.run,
            by=who.by,
            folder=who.folder,
            tell=tell or (lambda _done, _of, _what: None),
        )
    finally:
        if held is not None:
            held.close()
        connection.close()


def macro_runs(settings: Settings) -> Runs:
    """The journals of runs on macros."""
    return Runs(settings.macros_runs)


def _beside(settings: Settings) -> SqlStore:
    """The database, made if there is none; beside a worker that has it open, as it is."""
    try:
        return store(settings)
    except StoreBusy:
        return look(settings)


def shipped(name: str) -> Path:
    """A folder that comes with deskhand (`policies`, `macros`): beside the source, or inside the installed package."""
    package = Path(__file__).parent
    inside, beside = package / "shipped" / name, package.parents[1] / name
    return inside if inside.is_dir() else beside


def build(settings: Settings, parts: Parts, *, keep: Store | None = None) -> Worker:
    """A worker from its settings. In observe mode its transport refuses every method but GET."""
    loaded = load_policies(settings.policies, mode=settings.mode)
    if not loaded.asks_schedules:
        _sound(loaded)  # so that mistakes are told before an account is asked for
    connection = connect(settings, parts, read_only=settings.mode in ("off", "observe"))
    if loaded.asks_schedules:
        loaded = load(settings.policies, settings.mode, connection)
    policy = _sound(loaded)
    policy = replace(policy, guards=parts.guards or policy.guards)
    held: Store = keep if keep is not None else store(settings)
    engine = Engine(
        store=held,
        desk=connection.desk(policy.needs),
        feeds=connection.feeds(settings.feeds, policy.needs),
        policy=adopt(held, policy, parts.clock.now()),
        clock=parts.clock,
        outside=partial(Outside, account=account_name(settings), address=settings.address().rstrip("/")),
        stop=Switch(settings.mode, settings.stop, settings.stop_file),
        run=uuid.uuid4().hex[:12],
        limits=parts.limits or Limits(backfill=timedelta(days=settings.backfill_days)),
        metric_log=connection.metric_log(policy.needs),
        audit_log=connection.audit_log(policy.needs),
    )
    return Worker(engine, connection, held, post(settings, parts, policy), parts, loaded)


def account_name(settings: Settings) -> str:
    """The name of the account in threads: its subdomain, or the host of a sandbox."""
    return (urlsplit(settings.address()).hostname or "").removesuffix(".zendesk.com")


def outside(settings: Settings) -> Outside:
    """What the settings say of the world outside: the account, if one is set, and whether anything may leave at all."""
    stopped = Switch(settings.mode, settings.stop, settings.stop_file)()
    if not (settings.base_url or settings.subdomain):
        return Outside(stopped=stopped)
    return Outside(account_name(settings), settings.address().rstrip("/"), stopped=stopped)


def on_call(settings: Settings, policy: Policy, now: datetime) -> dict[str, tuple[str, ...]]:
    """Who is on call now for each role of a policy, as far as its pagers are set and tell."""
    clock = RealClock()
    rota = OnCall(post(settings, Parts(clock, clock.wait), policy).pagers)
    rota.refresh(policy.roles, now)
    return rota.people(now)


def post(settings: Settings, parts: Parts, policy: Policy, environ: Mapping[str, str] | None = None) -> Post:
    """The post office for the channels of a policy."""
    given = Given(settings, os.environ if environ is None else environ, parts.clock.now, parts.mount)
    return open_post(given, policy.channels)


def wiki(settings: Settings, policy: Policy, name: str = "") -> Wiki:
    """The wiki of a policy, or the one of that name. Raises SettingsError."""
    return open_wiki(Given(settings, os.environ, RealClock().now), policy.channels, name)


def trackers(settings: Settings, policy: Policy) -> list[Tracker]:
    """Where a policy keeps issues. Raises SettingsError."""
    return open_trackers(Given(settings, os.environ, RealClock().now), policy.channels)


def _sends(settings: Settings) -> bool:
    return settings.mode in ("notify", "enforce")


class Reloader:
    """Puts changed policies in force without a restart: all of them, or none and the last good ones stay."""

    def __init__(self, worker: Worker, settings: Settings, guards: Guards | None = None) -> None:
        """The worker is one whose policies were loaded a moment ago."""
        self._worker, self._settings, self._guards = worker, settings, guards
        self._seen, self._refused = stamp(settings.policies), ""

    def __call__(self) -> str:
        """Look for a change; returns why the files as they are now are not in force, or nothing."""
        seen = stamp(self._settings.policies)
        if seen == self._seen:
            return self._refused
        self._seen = seen
        try:
            self._refused = ""
            self._adopt(load(self._settings.policies, self._settings.mode, self._worker.connection))
        except PolicyInvalid as wrong:
            self._refused = str(wrong)
        except DeskError:
            self._seen = ()  # the account could not be asked: look again next time
            raise
        return self._refused

    def _adopt(self, loaded: Loaded) -> None:
        """A sound policy in place of the one before, with the readings that it needs."""
        policy = _sound(loaded)
        engine, connection, needs = self._worker.engine, self._worker.connection, policy.needs
        if policy.digest == engine.policy.digest:
            return
        _refuse_unknown(loaded, connection, self._settings)
        policy = replace(policy, guards=self._guards or policy.guards)
        office = post(self._settings, self._worker.parts, policy)
        refuse_missing(office, sending=_sends(self._settings))
        engine.policy = adopt(engine.store, policy, engine.clock.now())
        self._worker.post.become(office, policy.channels)
        engine.desk, engine.feeds = connection.desk(needs), connection.feeds(self._settings.feeds, needs)
        engine.metric_log, engine.audit_log = connection.metric_log(needs), connection.audit_log(needs)


def _refuse_unknown(loaded: Loaded | None, connection: Connection, settings: Settings) -> None:
    """Refuse what names something that the account does not have, where it would be written; else only say so."""
    unknown = check_names(loaded, connection.directory.known()) if loaded else ()
    if unknown and settings.mode == "enforce":
        raise PolicyInvalid("the policies name what the account does not have:\n" + "\n".join(map(str, unknown)))
    for problem in unknown:
        log.warning("names_missing", problem=str(problem))


def heartbeat(settings: Settings) -> Callable[[], None] | None:
    """What tells the outside watch that is set, or None. Raises SettingsError."""
    url = settings.secret("heartbeat_url")
    if url is None:
        return None
    check_ping(url)
    return lambda: ping(url)


def verify(worker: Worker, settings: Settings) -> None:
    """Before the first cycle: do the credentials work, and does the account have what the policies name?

    Raises AccessRefused for credentials that do not do; PolicyInvalid for unknown names where they would be written. In observe mode those are
    only told, since nothing is written.
    """
    refuse_missing(worker.post, sending=_sends(settings))
    if _sends(settings):
        worker.connection.intend("tickets")
    worker.connection.whoami()
    _refuse_unknown(worker.loaded, worker.connection, settings)
