"""Outbox: what a person can do about writes that wait: look, try again, drop, let go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, get_args

from deskhand import logs
from deskhand.app.guard import stopped_note, tally_note
from deskhand.app.ports import Store, Transaction
from deskhand.app.trail import by_person
from deskhand.core.delivery import Row, State
from deskhand.core.memory import Memory
from deskhand.errors import NotKnown, UsageError, WrongState

log = logs.get(__name__)

WAITING: Final[tuple[State, ...]] = ("planned", "sending", "unknown", "held", "dead")
"""States in which a person may want to look: not done, and not over."""
NEXT: Final[dict[State, str]] = {
    "planned": "it is sent with the next cycle",
    "sending": "its job is asked what came of it",
    "unknown": "the ticket's audits are read, and then it is done or sent again",
    "done": "nothing to do; `deskhand undo` takes back the run it belongs to",
    "conflict": "nothing to do: the ticket had changed and was judged again",
    "dead": "mend what the reason says, then `deskhand outbox retry`, or `deskhand outbox drop`",
    "observed": "nothing to do: it was only observed",
    "held": "`deskhand outbox release`, naming the number, or `deskhand outbox drop`",
    "dropped": "nothing to do: a person dropped it",
}
"""What comes next, by state."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows that were asked for, how many there are in each state, and why rules are held."""

    rows: tuple[Row, ...]
    counts: Mapping[State, int]
    held: dict[str, int]
    """How many rows each rule is held with."""


def listed(store: Store, states: Sequence[State], *, rule: str = "", ticket: int = 0, limit: int = 50) -> Listed:
    """Rows in these states, oldest first; of one rule or ticket if one is given."""
    with store.read() as tx:
        rows = [row for row in tx.outbox.listed(states) if not rule or rule in row.owners]
        counts = {state: count for state, count in tx.outbox.count().items() if count}
        held = tx.outbox.listed(("held",))
    rows = [row for row in rows if not ticket or row.write.ticket_id == ticket]
    rules = sorted({rule for row in held for rule in row.owners})
    by_rule = {name: sum(name in row.owners for row in held) for name in rules}
    return Listed(tuple(rows[:limit]), counts, by_rule)


def shown(store: Store, mark: str) -> Row:
    """One row by its mark, or the beginning of it. Raises NotKnown, and UsageError where several begin so."""
    with store.read() as tx:
        return _find(tx, mark)


def is_known(store: Store, mark: str) -> bool:
    """Whether any write has this mark, or begins with it."""
    with store.read() as tx:
        return tx.outbox.find(mark) is not None or any(
            mark and row.op_id.startswith(mark) for row in tx.outbox.listed(get_args(State))
        )


def retry(store: Store, mark: str, now: datetime, *, by: str) -> Row:
    """Let a dead row be tried again: the ticket's audits are read first, so that what was done after all is not done twice."""
    with store.begin() as tx:
        row = _find(tx, mark)
        if row.state != "dead":
            raise WrongState(
                f"write {row.op_id} is {row.state}, and only a dead one can be tried again", hint=_hint(row)
            )
        again = replace(
            row,
            state="unknown",
            attempts=0,
            not_before=now,
            settled_at=None,
            job_id="",
            reason=f"tried again; {row.reason}",
        )
        tx.outbox.put([again])
        tx.trail.add([by_person("retried", by, now, [again])])
    log.info("outbox_changed", did="retry", writes=1, op=row.op_id)
    return again


def drop(store: Store, marks: Iterable[str], now: datetime, *, by: str, rule: str = "") -> list[Row]:
    """Give up rows by their marks, or all that a rule is held with. Their steps count as over: they do not fire again in this episode."""
    with store.begin() as tx:
        rows = [_find(tx, mark) for mark in marks]
        rows += [row for row in tx.outbox.listed(("held",)) if rule and rule in row.owners]
        for row in rows:
            if row.state not in ("held", "dead", "planned"):
                raise WrongState(f"write {row.op_id} is {row.state}, so it cannot be dropped", hint=_hint(row))
        if rule and not rows:
            raise WrongState(f"nothing of rule '{rule}' is held", hint="`deskhand outbox list` shows what waits.")
        tx.outbox.put(replace(row, state="dropped", reason=f"dropped; {row.reason}", settled_at=now) for row in rows)
        gone = {row.op_id for row in rows}
        memories = tx.memories.load({row.write.ticket_id for row in rows}).values()
        tx.memories.save(_over(memory, gone) for memory in memories)
        tx.work.wake({row.write.ticket_id for row in rows}, now)
        _reopen(tx, {rule for row in rows for rule in row.owners})
        tx.trail.add([by_person("dropped", by, now, rows, rule=rule)])
    log.info("outbox_changed", did="drop", writes=len(rows), rule=rule)
    return rows


def release(store: Store, name: str, allowed: int, now: datetime, *, by: str) -> list[Row]:
    """Let go the oldest rows that a rule is held with, so many as named; or one row by its mark.

    Nothing is sent as it was: each ticket is judged again as it is now, and the rule's ceiling does not count for it once. Raises WrongState where
    fewer are held than were named, since then the person has something else in mind.
    """
    with store.begin() as tx:
        held = tx.outbox.listed(("held",))
        rows = [row for row in held if name in row.owners] or [row for row in held if row.op_id.startswith(name)]
        if not rows:
            raise WrongState(
                f"nothing is held of rule or write '{name}'", hint="`deskhand outbox list --state held` shows all."
            )
        if allowed > len(rows):
            words = f"{allowed} were named, but {len(rows)} are held of '{name}'"
            raise WrongState(
                words, hint=f"Look at them with `deskhand outbox list --rule {name}`, then name {len(rows)} or fewer."
            )
        free = rows[:allowed]
        for row in free:
            _let_go(tx, row, (name,) if name in row.owners else row.write.rules, now)
        _reopen(tx, {rule for row in free for rule in row.owners})
        tx.trail.add([by_person("released", by, now, free, asked=name, allowed=allowed, held=len(rows))])
    log.info("outbox_changed", did="release", writes=len(free), rule=name)
    return free


def _let_go(tx: Transaction, row: Row, rules: tuple[str, ...], now: datetime) -> None:
    """One row: what is an undoing is sent as planned; anything else is decided anew, with no ceiling for these rules."""
    if row.write.undoes:
        tx.outbox.put([replace(row, state="planned", not_before=now, reason="let go by a person")])
        return
    tx.outbox.put([replace(row, state="conflict", reason="let go; the ticket is judged again", settled_at=now)])
    key = row.write.ticket_id
    for memory in tx.memories.load([key]).values():
        allowed = tuple(sorted({*memory.allowed, *rules}))
        tx.memories.save([replace(memory.without(row.op_id), allowed=allowed)])
    tx.work.wake([key], now)


def _reopen(tx: Transaction, rules: Iterable[str]) -> None:
    """Rules of which nothing is held any more may fire again, counted anew."""
    still = {rule for row in tx.outbox.listed(("held",)) for rule in row.owners}
    for rule in sorted(set(rules) - still):
        tx.notebook.set(stopped_note(rule), "")
        tx.notebook.set(tally_note(rule), "")


def _over(memory: Memory, gone: set[str]) -> Memory:
    """The memory with the firings of dropped writes as over."""
    ledger = tuple(replace(one, outcome="dropped") if one.op_id in gone else one for one in memory.ledger)
    return replace(memory, ledger=ledger)


def _find(tx: Transaction, mark: str) -> Row:
    exact = tx.outbox.find(mark)
    if exact is not None:
        return exact
    rows = [row for row in tx.outbox.listed(get_args(State)) if mark and row.op_id.startswith(mark)]
    if not rows:
        raise NotKnown(
            f"no write has the mark '{mark}'", hint="`deskhand outbox list` shows marks; the beginning is enough."
        )
    if len(rows) > 1:
        raise UsageError(f"{len(rows)} writes begin with '{mark}'", hint="Give more of the mark.")
    return rows[0]


def _hint(row: Row) -> str:
    return f"{NEXT[row.state][0].upper()}{NEXT[row.state][1:]}."
