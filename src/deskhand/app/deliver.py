"""Deliver: carry messages to the services, and bring each to an end. Sent once, and never lost.

A turn of a lane: what is unclear is settled as its channel allows; pages that were sent are read back; then row by row is claimed (committed as `sending` before
the first byte leaves), asked about at the one gate, sent, and its outcome written down. A channel that refuses is passed over at once; one that is away
is waited for as long as `core.fallback` says. `tidy` does what belongs to no lane, and waits for no service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from deskhand import logs
from deskhand.app.engine import Engine
from deskhand.app.outcome import Delivered, carried, end, ended, failed, pass_on, say, taken, unclear, unsent, write
from deskhand.app.ports import Transaction
from deskhand.app.post import Lane, Post
from deskhand.app.runbook import with_runbook
from deskhand.app.unclear import orphan, read_back, settle_unclear
from deskhand.core import climb, fallback
from deskhand.core.memory import Memory
from deskhand.core.message import Message, MessageRow, Sent
from deskhand.core.policy import Policy
from deskhand.core.restraint import LOOK_BACK, Drop, Go, Instead, Join, Ruling, Wait, asks_others, gate, told
from deskhand.core.review import grew_old, waits_for_a_reader
from deskhand.errors import DeskError

log = logs.get(__name__)

TURN: Final = 50
"""Messages that one lane sends before the others have their turn, where they share a thread."""
MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Errand:
    """A row that may leave, as it is said, and what its channel carried before in that thread."""

    row: MessageRow
    message: Message
    earlier: tuple[Sent, ...]


def deliver(engine: Engine, post: Post) -> Delivered:
    """One turn of all lanes, one after the other. The worker gives each lane a thread of its own instead."""
    if not has_work(engine, post):
        return Delivered()
    total = tidy(engine, post)
    for lane in list(post.lanes.values()):
        total += carry(engine, post, lane)
    return total


def has_work(engine: Engine, post: Post) -> bool:
    """Whether any message could move now: one look, which writes nothing."""
    if any(lane.away_since for lane in post.lanes.values()):
        return True
    now = engine.clock.now()
    with engine.store.read() as tx:
        at = tx.messages.next_at()
        return bool(at and at <= now) or bool(tx.messages.stale(now)) or bool(tx.messages.listed(("held",), 1))


# ---- what belongs to no lane -----------------------------------------------------------------------------------------


def tidy(engine: Engine, post: Post) -> Delivered:
    """Claims that ran out, what was put off until now, pages of matters that are over, and rows whose channel is away or cannot be used."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        stale = [unclear(row, now, "the worker that sent it is gone", now) for row in tx.messages.stale(now)]
        opened = [fallback.taken_up(row, now) for row in tx.messages.ready(now, "deferred", MOST)]
        tx.messages.put([*stale, *opened])
        there = tx.messages.listed(("planned", "sending", "unknown"))
        over = _of_no_use(tx, there, now)
        tx.messages.put(over)
        gone = {row.message.key for row in over}
        waiting = [row for row in there if row.state == "planned" and row.message.key not in gone]
        unknown = [row for row in there if row.state == "unknown"]
        stuck = {(row.message.thread, row.by): fallback.failing_since(row) or row.message.at for row in unknown}
        changed = [new for row in waiting if (new := _elsewhere(post, row, now, stuck)) is not None]
        changed += [orphan(post, row, now) for row in unknown if row.by not in post.channels]
        write(tx, changed, now)
    for row in [*stale, *over, *changed]:
        say(row)
    states = [row.state for row in [*over, *changed]]
    return Delivered(dropped=states.count("dropped"), dead=states.count("dead"))


def _of_no_use(tx: Transaction, there: Sequence[MessageRow], now: datetime) -> list[MessageRow]:
    """Pages that were not sent before their matter was closed, what was put off in it, and public words that nobody read in time."""
    found: dict[str, MessageRow] = {}
    closing = (row.message for row in there if row.message.verb == "close")
    for thread, number in {(message.thread, message.number) for message in closing}:
        for row in tx.messages.of(thread):
            late = row.state == "deferred" or (row.state == "planned" and row.message.verb == "page")
            if late and row.message.number < number:
                found[row.message.key] = ended(row, "dropped", now, "its matter was closed before it was sent")
    for row in tx.messages.listed(("held",)):
        if why := grew_old(row, tx.messages.of(row.message.thread), now):
            found[row.message.key] = ended(row, "dropped", now, why)
    return list(found.values())


def _elsewhere(
    post: Post, row: MessageRow, now: datetime, stuck: Mapping[tuple[str, str], datetime]
) -> MessageRow | None:
    """A planned row that its channel cannot carry now, in the hands of the next one, or dead; None where it stays.

    A service that has been away for long is tried again whenever its lane is free, by whatever comes next: else nobody would see that it is back. What is
    `stuck` behind a message of its thread and channel that is unclear, with since when, cannot be tried, so it does not wait for that.
    """
    why = post.unusable(row)
    if why:
        return pass_on(post, fallback.attempted(row, now, f"{fallback.REFUSED}{why}"), now)
    if fallback.is_given_up(row, now):
        return ended(row, "dead", now, f"nobody took it for a day; last: {row.reason}")
    lane = post.lane_of(row.by)
    behind = stuck.get((row.message.thread, row.by))
    away_since = lane.away_since or behind if lane is not None else None
    if lane is None or not fallback.is_out_of_patience(row, away_since, now) or row.message.verb == "close":
        return None
    if not lane.is_held(now) and not fallback.is_out_of_patience(row, behind, now):
        return None
    free = [index for index in post.others(row) if not post.is_held(row.message.channels[index], now)]
    if not free:
        return None
    why = lane.why or row.reason.removeprefix(fallback.AWAY) or "an earlier message of its matter is unclear"
    return fallback.moved(fallback.attempted(row, now, f"{fallback.AWAY}{why}"), free[0], now)


# ---- one lane ----------------------------------------------------------------------------------------------------------


def carry(engine: Engine, post: Post, lane: Lane, *, most: int = TURN) -> Delivered:
    """One turn of one lane. Errors of its service end in the rows. While the kill switch is on nothing is sent."""
    total = settle_unclear(engine, post, lane) + read_back(engine, post, lane)
    for _ in range(most):
        now = engine.clock.now()
        if engine.stop():
            return total
        if lane.is_held(now):
            with engine.store.begin() as tx:
                lane.hold(tx, now)
            return total
        if not _waits(engine, lane, now):
            return total
        errand, more = _next_errand(engine, post, lane, now)
        total += more
        if errand is None:
            return total
        total += _send(engine, post, lane, errand)
    return total


def _waits(engine: Engine, lane: Lane, now: datetime) -> bool:
    """Whether anything that is due goes by this lane: seen without writing."""
    with engine.store.read() as tx:
        return bool(tx.messages.ready(now, "planned", 1, lane.channels))


def _next_errand(engine: Engine, post: Post, lane: Lane, now: datetime) -> tuple[_Errand | None, Delivered]:
    """Claim rows until one may leave; and what became of those that may not."""
    total = Delivered()
    while True:
        with engine.store.begin() as tx:
            rows = tx.messages.claim(now, 1, now + engine.limits.lease, lane.channels)
            if not rows:
                return None, total
            found = _judge(tx, engine, post, rows[0], now)
            row = found.row if isinstance(found, _Errand) else found
            write(tx, [row], now)
        if isinstance(found, _Errand):
            return found, total
        say(found)
        total += Delivered(later=1) if found.settled_at is None else Delivered(dropped=1)


def _judge(tx: Transaction, engine: Engine, post: Post, row: MessageRow, now: datetime) -> _Errand | MessageRow:
    """A claimed row at the gate: an errand, or the row as it waits or ends."""
    message, policy = row.message, engine.policy
    if why := post.unusable(row):
        return unsent(pass_on(post, fallback.attempted(row, now, f"{fallback.REFUSED}{why}"), now))
    thread = tx.messages.of(message.thread)
    earlier = carried(thread, row.by)
    if message.verb == "close" and not any(fallback.may_have_carried(one, row.by) for one in thread if one != row):
        return unsent(ended(row, "dropped", now, f"'{row.by}' carried nothing of this matter"))
    place = policy.channels.get(row.by)
    reader = waits_for_a_reader(row, earlier, place.options if place else {}) if message.verb == "publish" else ""
    if reader:
        return unsent(replace(row, state="held", reason=reader, lease_until=None))
    recent = tx.messages.recent(now - LOOK_BACK) if asks_others(message) else []
    useless = _over(tx.memories.load([message.ticket_id]).get(message.ticket_id), message)
    ruling = gate(row, policy.channels, recent, policy.guards, now, over=useless)
    if isinstance(ruling, Join):
        return _joining(tx, post, row, ruling, now)
    if isinstance(ruling, Go):
        free = replace(row, joined="")
        return _Errand(free, _addressed(fallback.worded(free), policy, thread), earlier)
    return unsent(_put_off(row, ruling, now))


def _addressed(message: Message, policy: Policy, thread: Sequence[MessageRow]) -> Message:
    """The message with where its role's people are known, as the policies have it now, and whether it is a further page of its matter."""
    role = policy.roles.get(message.role)
    if role is not None and role.schedule:
        message = replace(message, schedule=role.schedule, level=role.level)
    before = (one for one in thread if one.message.verb == "page" and one.message.number < message.number)
    further = any(fallback.may_have_carried(one, name) for one in before for name in one.message.channels)
    return replace(message, further=message.verb == "page" and further)


def _put_off(row: MessageRow, ruling: Ruling, now: datetime) -> MessageRow:
    """The row after the gate has said not now, not so, or never."""
    match ruling:
        case Wait(until, reason):
            return replace(row, state="deferred", not_before=until, reason=reason, lease_until=None)
        case Instead(channel, reason):
            passed = fallback.attempted(row, now, f"{fallback.PASSED}{reason}")
            return fallback.moved(passed, channel, now)
        case Drop(reason, joined):
            return replace(ended(row, "dropped", now, reason), joined=joined)
        case _:
            return row


def _joining(tx: Transaction, post: Post, row: MessageRow, join: Join, now: datetime) -> _Errand | MessageRow:
    """One of a storm is told of in the thread of the first, by a channel that can tell; where none can, it is only counted."""
    said = told(row.message, join)
    if not post.channels[row.by].carries(said):
        tellers = [index for index in post.others(row) if post.channels[row.message.channels[index]].carries(said)]
        if tellers:
            passed = fallback.attempted(row, now, f"{fallback.PASSED}{join.reason}")
            return unsent(fallback.moved(passed, tellers[0], now))
        return unsent(replace(ended(row, "dropped", now, join.reason), joined=join.thread))
    return _Errand(
        replace(row, joined=join.thread, reason=join.reason), said, carried(tx.messages.of(join.thread), row.by)
    )


def _over(memory: Memory | None, message: Message) -> str:
    """Why nobody needs a message any more: its climb has come to an end or to rest, or somebody acknowledged after it was decided."""
    if memory is None:
        return ""
    done = climb.over(memory.climbs, message)
    if done or message.verb != "page":
        return done
    for one in memory.standings:
        if one.thread == message.thread and one.state != "triggered" and one.at is not None and one.at >= message.at:
            return f"{one.by or 'somebody'} {one.state} it at {one.at:%Y-%m-%d %H:%M:%S} UTC"
    return ""


# ---- sending ---------------------------------------------------------------------------------------------------------


def _send(engine: Engine, post: Post, lane: Lane, errand: _Errand) -> Delivered:
    """Send one message, once, and write down what came of it."""
    row, message = errand.row, with_runbook(errand.message, post.runbooks)
    try:
        receipt = post.channels[row.by].send(message, errand.earlier)
    except DeskError as error:
        new = failed(post, lane, row, error, engine.clock.now())
    else:
        lane.went()
        new = taken(post, row, receipt, engine.clock.now())
    return end(engine, lane, new)
