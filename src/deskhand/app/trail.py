"""What is entered into the audit trail, from where it happens; and its head, told to the log.

Every draft names tickets, marks, rules, channels and digests: never words of a ticket or a message.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from deskhand import __version__, logs
from deskhand.app.engine import Engine
from deskhand.app.ports import Store, Transaction
from deskhand.core.delivery import Row
from deskhand.core.message import MessageRow
from deskhand.core.policy import Policy
from deskhand.core.trail import WORKER, Draft, Fact, Kind

log = logs.get(__name__)

STARTED: Final = "trail started"
"""Under this name it is noted how the last worker began."""
STOPPED: Final = "trail stopped"
"""Under this name it is noted why the kill switch was found on; nothing where it is off."""


def note_start(engine: Engine, *, always: bool) -> None:
    """A worker begins; without `always` only if in another way than the last one, since some begin every minute."""
    policy = engine.policy
    now = {"mode": policy.mode, "policy": policy.digest, "version": __version__}
    how = " ".join(now.values())
    with engine.store.begin() as tx:
        if always or tx.notebook.get(STARTED) != how:
            tx.notebook.set(STARTED, how)
            tx.trail.add([Draft(engine.clock.now(), "started", WORKER, {"run": engine.run, **now})])


def note_switch(tx: Transaction, engine: Engine, now: datetime) -> None:
    """The kill switch, where it was turned since it was last looked at. A mode that writes nothing is no switch."""
    why = "" if engine.policy.mode in ("off", "observe") else engine.stop()
    if engine.stopped == why:
        return
    before, engine.stopped = tx.notebook.get(STOPPED) or "", why
    if before != why:
        tx.notebook.set(STOPPED, why)
        facts = {"run": engine.run, "reason": why or before}
        tx.trail.add([Draft(now, "stopped" if why else "resumed", WORKER, facts)])


def adopted(policy: Policy, before: str | None, known: Iterable[str], told: dict[str, str], now: datetime) -> Draft:
    """Another policy is in force; `told` are the digests of the rules as they were."""
    rules = {rule.id: rule.digest for rule in policy.rules}
    known = set(known)
    facts: dict[str, Fact] = {
        "before": before or "",
        "after": policy.digest,
        "mode": policy.mode,
        "rules": len(rules),
        "added": sorted(rules.keys() - known),
        "removed": sorted(known - rules.keys()),
        "changed": sorted(rule for rule in rules.keys() & told.keys() if rules[rule] != told[rule]),
    }
    return Draft(now, "policy", WORKER, facts)


def refused(policy: Policy, reason: str, now: datetime) -> Draft:
    """Changed policies have mistakes; the mistakes themselves are in the log."""
    return Draft(now, "refused", WORKER, {"kept": policy.digest, "mistakes": len(reason.splitlines()[1:]) or 1})


def wrote(rows: Iterable[Row], run: str, now: datetime) -> list[Draft]:
    """Those of these rows that are on their tickets, as one entry."""
    done: list[Fact] = [
        {**_write(row), "audit": row.audit_id, "policy": row.write.policy} for row in rows if row.state == "done"
    ]
    return [Draft(now, "wrote", WORKER, {"run": run, "writes": done})] if done else []


def sent(rows: Iterable[MessageRow], run: str, now: datetime) -> list[Draft]:
    """Those of these messages that a service took, as one entry."""
    went: list[Fact] = [_message(row) for row in rows if row.state == "sent"]
    return [Draft(now, "sent", WORKER, {"run": run, "messages": went})] if went else []


def by_person(
    kind: Kind, by: str, now: datetime, rows: Sequence[Row] = (), *, messages: Sequence[MessageRow] = (), **facts: Fact
) -> Draft:
    """What a person did to writes or messages."""
    told: dict[str, Fact] = {name: fact for name, fact in facts.items() if fact}
    if rows:
        told["writes"] = [_write(row) for row in rows]
    if messages:
        told["messages"] = [_message(row) for row in messages]
    return Draft(now, kind, by, told)


def _write(row: Row) -> dict[str, Fact]:
    return {"ticket": row.write.ticket_id, "op": row.op_id, "rules": list(row.write.rules)}


def _message(row: MessageRow) -> dict[str, Fact]:
    one = row.message
    return {"ticket": one.ticket_id, "key": one.key, "verb": one.verb, "channel": row.by, "rule": one.rule}


class Anchor:
    """Tells the log where the trail ends, so that whoever can rewrite the database cannot rewrite the trail unseen."""

    def __init__(self, store: Store) -> None:
        """Nothing is told yet."""
        self._store, self._told = store, ""

    def tell(self) -> None:
        """A line in the log where the trail has moved since the last one."""
        with self._store.read() as tx:
            last = tx.trail.last()
        head = str(last.head) if last else ""
        if head != self._told:
            self._told = head
            log.info("trail", head=head)
