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
from typing import Final, Literal
from urllib.parse import urlsplit

from deskhand import logs
from deskhand.app.adopt import REFUSED
from deskhand.app.engine import BEAT, Engine, Limits
from deskhand.app.macros.ports import Shop, States
from deskhand.app.on_call import OnCall
from deskhand.app.permit import Permit
from deskhand.app.ports import Clock, Store, Transaction
from deskhand.app.post import Post
from deskhand.app.service_ports import Tracker, Wiki
from deskhand.app.status import ACCOUNT, RESTORED
from deskhand.app.stop import Switch
from deskhand.core.guards import Guards
from deskhand.core.macros.marker import Owner
from deskhand.core.outside import Outside
from deskhand.core.policy import Mode, Policy
from deskhand.core.trail import Draft, Fact
from deskhand.documents.check import Report, check
from deskhand.documents.load import Loaded, load_policies
from deskhand.errors import RateLimited, SettingsError, StoreBusy, StoreMissing, Transient, WrongState
from deskhand.http import BaseAdapter
from deskhand.http.ping import check as check_ping
from deskhand.http.ping import ping
from deskhand.settings import Settings
from deskhand.store import Held, MemoryStore, SqlStore, backup, open_store, restore
from deskhand.store import held as read_held
from deskhand.store.macro_runs import Runs
from deskhand.store.macro_states import DatabaseStates, FileStates
from deskhand.wiring_policies import Changes, choose, load, needed, put, refuse_unknown, sound, writes
from deskhand.wiring_services import Given, open_post, open_trackers, open_wiki, refuse_missing
from deskhand.zendesk.account import Account, Connection
from deskhand.zendesk.auth import ENDING, ApiToken, ClientCredentials, Credentials, Secret

log = logs.get(__name__)
VERIFIED = "verified"
"""Under this name it is noted which policies the account was last found to have everything for."""
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
    permit: Permit
    """Whether the policy in force may write, as far as signatures go."""
    loaded: Loaded
    """The documents behind the policy, with the places where they name things of the account."""
    refused: str = ""
    """Why the policies of the folder are not in force, where it is not signatures that they lack."""


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


def policies(folder: Path, mode: Mode, connection: Connection | None = None) -> Policy:
    """The policies of a folder, all or nothing. Raises PolicyInvalid with every mistake, one a line."""
    return sound(load(folder, mode, connection))


def in_force(settings: Settings, held: Store | None, connection: Connection | None = None) -> Policy:
    """The policy that a worker with these settings has in force, in its mode; without a database there are no signatures. Raises PolicyInvalid."""
    if held is None:
        return policies(settings.policies, settings.mode, connection)
    permit = Permit(held, needed(settings))
    permit.look()
    return choose(settings, permit, held, connection)[0].policy


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
    held = None if settings.macros_state else beside(settings)
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


def beside(settings: Settings) -> SqlStore:
    """The database, made if there is none; beside a worker that has it open, as it is."""
    try:
        return store(settings)
    except StoreBusy:
        return look(settings)


def glance(settings: Settings) -> Store:
    """The database, to look at only; an empty one where there is none yet."""
    try:
        return look(settings)
    except StoreMissing:
        return MemoryStore()


def examined(settings: Settings) -> tuple[Policy, Report]:
    """The policies with what `deskhand check` finds in them; the account is asked only where a calendar stands for one of its schedules.

    Raises PolicyInvalid where they have mistakes; tests of rules that fail are in the report.
    """
    report = check(settings.policies)
    if report.loaded.asks_schedules:
        connection = visit(settings)
        try:
            report = check(settings.policies, schedules=connection.schedules())
        finally:
            connection.close()
    return sound(report.loaded), report


def shipped(name: str) -> Path:
    """A folder that comes with deskhand (`policies`, `macros`): beside the source, or inside the installed package."""
    package = Path(__file__).parent
    inside, beside = package / "shipped" / name, package.parents[1] / name
    return inside if inside.is_dir() else beside


def build(settings: Settings, parts: Parts, *, keep: Store | None = None) -> Worker:
    """A worker from its settings. Its transport refuses every method but GET until a policy is in force that may write."""
    if not needed(settings):
        _refuse_mistakes(settings)
    connection = connect(settings, parts, read_only=True)
    held: Store = keep if keep is not None else store(settings)
    try:
        return _built(settings, parts, connection, held)
    except BaseException:
        connection.close()
        if keep is None:
            held.close()
        raise


def _refuse_mistakes(settings: Settings) -> None:
    """Tell mistakes before an account is asked for. Raises PolicyInvalid."""
    loaded = load_policies(settings.policies, mode=settings.mode)
    if not loaded.asks_schedules:
        sound(loaded)


def _built(settings: Settings, parts: Parts, connection: Connection, held: Store) -> Worker:
    permit = Permit(held, needed(settings))
    permit.look()
    chosen, refused = choose(settings, permit, held, connection)
    policy = replace(chosen.policy, guards=parts.guards or chosen.policy.guards)
    switch = Switch(settings.mode, settings.stop, settings.stop_file)
    engine = Engine(
        store=held,
        desk=connection.desk(policy.needs),
        feeds=connection.feeds(settings.feeds, policy.needs),
        policy=policy,
        clock=parts.clock,
        outside=partial(Outside, account=account_name(settings), address=settings.address().rstrip("/")),
        stop=lambda: switch() or permit(),
        run=uuid.uuid4().hex[:12],
        limits=parts.limits or Limits(backfill=timedelta(days=settings.backfill_days)),
        metric_log=connection.metric_log(policy.needs),
        audit_log=connection.audit_log(policy.needs),
    )
    put(engine, connection, permit, replace(chosen, policy=policy))
    with held.begin() as tx:
        tx.notebook.set(REFUSED, refused)
        tx.notebook.set(ACCOUNT, account_name(settings))
    return Worker(engine, connection, held, post(settings, parts, policy), parts, permit, chosen.loaded, refused)


NOTED: Final = {"last_cycle": BEAT, "account": ACCOUNT}
"""What a backup tells of itself, by the names of its notes."""


def back_up(settings: Settings, file: Path, *, force: bool) -> Held:
    """Copy the database that is set to a file; returns what the copy holds. Raises StoreError, and WrongState for a file that is not to be replaced."""
    look(settings).close()
    backup(settings.database_url, file, force=force)
    return read_held(file, NOTED)


def put_back(settings: Settings, file: Path, *, by: str, force: bool) -> tuple[Held, Path | None]:
    """Put a copy in the place of the database that is set; returns what it holds, and where the one that was there is kept.

    Raises WrongState for a copy of another account, unless with `force`; StoreBusy, StoreNewer and StoreError.
    """
    found, now = read_held(file, NOTED), RealClock().now()
    try:
        account = account_name(settings)
    except SettingsError:
        account = ""
    if found.account and account and found.account != account and not force:
        raise WrongState(
            f"{file} is of the account '{found.account}', and the settings are of '{account}'.",
            hint="Name another file, correct DESKHAND_SUBDOMAIN, or use --force if the account has another address now.",
        )

    def note(tx: Transaction) -> None:
        tx.notebook.set(RESTORED, f"{now:%Y-%m-%d %H:%M:%S} UTC, from a backup ({found.since})")
        facts: dict[str, Fact] = {"last_cycle": found.last_cycle, "tickets": found.tickets, "schema": found.schema}
        tx.trail.add([Draft(now, "restored", by, facts)])

    return found, restore(settings.database_url, file, note, now)


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


class Reloader(Changes):
    """Puts changed or newly signed policies in force on a worker, with the channels that they name."""

    def __init__(self, worker: Worker, settings: Settings, guards: Guards | None = None) -> None:
        """The worker is one whose policies were loaded a moment ago."""
        super().__init__(worker, settings, lambda policy: post(settings, worker.parts, policy), guards)


def heartbeat(settings: Settings) -> Callable[[], None] | None:
    """What tells the outside watch that is set, or None. Raises SettingsError."""
    url = settings.secret("heartbeat_url")
    if url is None:
        return None
    check_ping(url)
    return lambda: ping(url)


def verify(worker: Worker, settings: Settings) -> None:
    """Before the first cycle: do the credentials work, and does the account have what the policies name?

    An account that is away keeps no worker from beginning that began with the same policies before: its pages must not wait for Zendesk.

    Raises AccessRefused for credentials that do not do; PolicyInvalid for unknown names where they would be written. In observe mode those are
    only told, since nothing is written. Raises Transient or RateLimited where the account is away, and these policies are new to it.
    """
    mode = worker.engine.policy.mode
    refuse_missing(worker.post, sending=writes(mode))
    mark = f"{settings.address()} {mode} {worker.engine.policy.digest}"
    try:
        if writes(settings.mode):
            worker.connection.intend("tickets")
        worker.connection.whoami()
        refuse_unknown(worker.loaded, worker.connection, mode)
    except (Transient, RateLimited) as away:
        with worker.store.read() as tx:
            known = tx.notebook.get(VERIFIED) == mark
        if not known:
            raise
        log.warning("account_away", reason=str(away), hint="The worker begins all the same, and goes on trying.")
        return
    with worker.store.begin() as tx:
        tx.notebook.set(VERIFIED, mark)
