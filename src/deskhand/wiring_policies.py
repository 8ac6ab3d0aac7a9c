"""Which policies are in force: those of the folder, or, while these lack signatures, the last ones that have them; and their change without a restart."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from deskhand import logs
from deskhand.app.adopt import adopt
from deskhand.app.engine import Engine
from deskhand.app.guard import take_back
from deskhand.app.permit import Permit
from deskhand.app.ports import Store, Transaction
from deskhand.app.post import Post
from deskhand.app.standing import SHOW, Standing, note, noted, put_in_force
from deskhand.core.guards import Guards
from deskhand.core.policy import Mode, Policy
from deskhand.core.sign_off import last_signed, short, signatures
from deskhand.documents.load import Loaded, load_policies, load_text, stamp
from deskhand.documents.names import check_names
from deskhand.errors import DeskError, PolicyInvalid
from deskhand.settings import Settings
from deskhand.wiring_services import refuse_missing
from deskhand.zendesk.account import Connection

log = logs.get(__name__)
SIGN: Final = f"{SHOW} shows what differs, and how to sign it."


def writes(mode: Mode) -> bool:
    """Whether anything leaves in this mode."""
    return mode in ("notify", "enforce")


def needed(settings: Settings) -> int:
    """How many signatures a policy needs: none where it would not write anyway."""
    return settings.sign_offs if writes(settings.mode) else 0


def load(folder: Path, mode: Mode, connection: Connection | None) -> Loaded:
    """The documents of a folder; with the account's schedules, read from it, where a calendar stands for one of them."""
    loaded = load_policies(folder, mode=mode)
    if connection is None or not loaded.asks_schedules:
        return loaded
    return load_policies(folder, mode=mode, schedules=connection.schedules())


def sound(loaded: Loaded) -> Policy:
    """The policy of documents. Raises PolicyInvalid with every mistake, one a line."""
    if loaded.policy is None:
        raise PolicyInvalid(
            "the policies have mistakes, and none of them was loaded:\n" + "\n".join(map(str, loaded.problems))
        )
    return loaded.policy


@dataclass(frozen=True, slots=True)
class Chosen:
    """A policy that may be in force, with its documents. `waiting` is the digest of the folder's where that one lacks signatures."""

    loaded: Loaded
    policy: Policy
    waiting: str = ""


def ways(settings: Settings, permit: Permit, store: Store, connection: Connection | None) -> Iterator[Callable[[], Chosen]]:  # fmt: skip
    """What may be in force, the best first; each may turn out to be impossible, and then raises PolicyInvalid.

    The folder's policies, if they have their signatures. Else the version that was signed or in force last and still has its own. Else the folder's,
    which then only observe.
    """
    loaded = load(settings.policies, settings.mode, connection)
    digest = loaded.policy.digest if loaded.policy else ""
    lacks = permit.lacks(digest) if digest else 0
    waiting = digest if lacks else ""
    if not lacks:
        yield lambda: Chosen(loaded, sound(loaded))
    last = last_signed(permit.known, permit.needed, but=digest) if permit.needed else None
    if last is not None:
        yield partial(_kept, store, last.digest, settings.mode, connection, waiting)
    if permit.needed and loaded.policy is not None:
        yield lambda: Chosen(loaded, replace(sound(loaded), mode="observe"), waiting)


def _kept(store: Store, digest: str, mode: Mode, connection: Connection | None, waiting: str) -> Chosen:
    """A version as it was signed. Raises PolicyInvalid where its texts are gone, altered, or not understood any more."""
    with store.read() as tx:
        texts = tx.texts.of(digest)
    if texts is None:
        raise PolicyInvalid(f"the texts of the signed policy {short(digest)} are not kept", hint=SIGN)
    at = f"{short(digest)}/"
    loaded = load_text(texts, mode=mode, shown=at)
    if loaded.asks_schedules and connection is not None:
        loaded = load_text(texts, mode=mode, shown=at, schedules=connection.schedules())
    if loaded.policy is None:
        said = "\n".join(map(str, loaded.problems))
        raise PolicyInvalid(f"the signed policy {short(digest)} is not understood by this deskhand:\n{said}", hint=SIGN)
    if loaded.policy.digest != digest:
        raise PolicyInvalid(f"the kept texts of the signed policy {short(digest)} were altered", hint=SIGN)
    return Chosen(loaded, loaded.policy, waiting)


def choose(settings: Settings, permit: Permit, store: Store, connection: Connection | None) -> tuple[Chosen, str]:
    """What is in force at a start, and why the better ways are not. Raises PolicyInvalid where there is no way at all."""
    failed: list[PolicyInvalid] = []
    for way in ways(settings, permit, store, connection):
        try:
            return way(), "\n".join(map(str, failed))
        except PolicyInvalid as wrong:
            failed.append(wrong)
    raise failed[0]


class Works(Protocol):
    """A worker, as far as policies are put in force on it."""

    @property
    def engine(self) -> Engine:
        """What it works with."""
        ...

    @property
    def connection(self) -> Connection:
        """The account."""
        ...

    @property
    def post(self) -> Post:
        """The channels to people."""
        ...

    @property
    def permit(self) -> Permit:
        """Whether it may write, as far as signatures go."""
        ...

    @property
    def refused(self) -> str:
        """Why the files were not in force when it was built."""
        ...


def put(engine: Engine, connection: Connection, permit: Permit, chosen: Chosen) -> None:
    """A policy in force. What it may not do is closed first, and what it may do is opened last."""
    policy, now = chosen.policy, engine.clock.now()
    if not writes(policy.mode):
        connection.may_write(allowed=False)
    adopted = adopt(engine.store, policy, now)
    standing = Standing(policy.digest, policy.mode, permit.needed, chosen.waiting)
    with engine.store.begin() as tx:
        _take_back_unsigned(tx, permit, now)
        put_in_force(tx, standing, chosen.loaded.texts, now)
    engine.policy = permit.policy = adopted
    if writes(policy.mode):
        connection.may_write(allowed=True)
    log.info("policy_in_force", policy=short(policy.digest), mode=policy.mode, words=standing.in_words(permit.known))
    tell_waiting(standing, permit)


def _take_back_unsigned(tx: Transaction, permit: Permit, now: datetime) -> None:
    """What was decided under a policy that lacks signatures, or has lost them, is not sent any more: its tickets are judged again.

    What was sent already is brought to its end, and what undoes something is a person's own.
    """
    if permit.needed:
        fresh = [row for row in tx.outbox.listed(("planned",)) if not row.attempts and not row.write.undoes]
        signed = tuple(digest for digest in permit.known if not permit.lacks(digest))
        rows = [row for row in fresh if not any(one.startswith(row.write.policy or "none") for one in signed)]
        take_back(tx, rows, "its policy lacks signatures; the ticket is judged again", now)


def tell_waiting(standing: Standing, permit: Permit) -> None:
    """Say loudly that policies lack signatures, if they do."""
    if standing.waiting:
        lacks = signatures(permit.lacks(standing.waiting), permit.needed)
        kept = "" if standing.observes_alone else short(standing.digest)
        log.error("policy_unsigned", policy=short(standing.waiting), lacks=lacks, kept=kept, hint=SIGN)


def refuse_unknown(loaded: Loaded, connection: Connection, mode: Mode) -> None:
    """Refuse what names something that the account does not have, where it would be written; else only say so. Raises PolicyInvalid."""
    unknown = check_names(loaded, connection.directory.known())
    if unknown and mode == "enforce":
        raise PolicyInvalid("the policies name what the account does not have:\n" + "\n".join(map(str, unknown)))
    for problem in unknown:
        log.warning("names_missing", problem=str(problem))


class Changes:
    """Puts changed or newly signed policies in force without a restart: all of them, or none and the last good ones stay."""

    def __init__(
        self, worker: Works, settings: Settings, office: Callable[[Policy], Post], guards: Guards | None = None
    ) -> None:
        """The worker is one whose policies were chosen a moment ago; `office` makes the channels of a policy."""
        self._worker, self._settings, self._office, self._guards = worker, settings, office, guards
        self._seen: object = self._look()
        self._refused = worker.refused

    def __call__(self) -> str:
        """Look for a change; returns why the files as they are now are not in force, or nothing."""
        self._worker.permit.look()
        seen = self._look()
        if seen == self._seen:
            return self._refused
        self._seen = seen
        try:
            self._refused = self._change()
        except DeskError:
            self._seen = ()  # the account could not be asked: look again next time
            raise
        return self._refused

    def _look(self) -> object:
        """What changes when a file does, and when anybody signs or takes back."""
        return stamp(self._settings.policies), self._worker.permit.signed

    def _change(self) -> str:
        """Put the best policies in force that there are; returns why better ones are not."""
        worker, failed = self._worker, list[str]()
        for way in ways(self._settings, worker.permit, worker.engine.store, worker.connection):
            try:
                self._adopt(way())
                break
            except PolicyInvalid as wrong:
                failed.append(str(wrong))
        else:
            self._demote()
        return "\n".join(failed)

    def _adopt(self, chosen: Chosen) -> None:
        """A sound policy in place of the one before, with the readings that it needs. Raises PolicyInvalid where it cannot be in force."""
        policy = replace(chosen.policy, guards=self._guards or chosen.policy.guards)
        worker, needs = self._worker, policy.needs
        engine, connection = worker.engine, worker.connection
        if (policy.digest, policy.mode) == (engine.policy.digest, engine.policy.mode):
            self._note_waiting(chosen.waiting)
            return
        refuse_unknown(chosen.loaded, connection, policy.mode)
        office = self._office(policy)
        refuse_missing(office, sending=writes(policy.mode))
        put(engine, connection, worker.permit, replace(chosen, policy=policy))
        worker.post.become(office, policy.channels)
        engine.desk, engine.feeds = connection.desk(needs), connection.feeds(self._settings.feeds, needs)
        engine.metric_log, engine.audit_log = connection.metric_log(needs), connection.audit_log(needs)

    def _note_waiting(self, waiting: str) -> None:
        """The same policy stays in force; what waits for signatures may be another one than before."""
        worker = self._worker
        engine = worker.engine
        with engine.store.begin() as tx:
            before = noted(tx)
            if before is None or before.waiting == waiting:
                return
            standing = note(tx, replace(before, waiting=waiting), engine.clock.now())
        tell_waiting(standing, worker.permit)

    def _lost(self) -> bool:
        """Whether the policy in force has lost signatures that it needs."""
        policy = self._worker.engine.policy
        return writes(policy.mode) and bool(self._worker.permit.lacks(policy.digest))

    def _demote(self) -> None:
        """There are no policies to put in place of those in force; where these have lost their signatures, they only observe from now on."""
        worker = self._worker
        policy = worker.engine.policy
        if self._lost():
            loaded = Loaded(policy, (), (), ())
            put(worker.engine, worker.connection, worker.permit, Chosen(loaded, replace(policy, mode="observe"), policy.digest))  # fmt: skip
