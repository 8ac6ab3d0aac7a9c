"""Restraint: may this message leave now? The one gate that everything passes at the moment of sending.

In this order: what nobody needs any more is dropped; what closes a matter always goes, so that nobody is paged on for what is over; outside of a channel's
hours only what is urgent goes, and the rest is asked about again when it opens; of a storm of alike matters the first ones page and the others join the
first; and whoever was paged often enough within the hour is told by a channel that wakes nobody.

What is urgent (P1, security) is never put off or degraded by hours or by the budget. In a storm it joins only what was urgent too, and was paged to the same
people, so nobody is left unasked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from deskhand.core.guards import Guards, Storm
from deskhand.core.ladder import Channel
from deskhand.core.message import PAGERS, Message, MessageRow, Service

LOOK_BACK: Final = timedelta(days=1)
"""How far back the gate has to know what was said."""
NEWS: Final = timedelta(minutes=2)
"""A storm is told of no more often than this, each time with the number of all alike matters."""
WAKING: Final[frozenset[Service]] = PAGERS | {"webhook", "apprise"}
"""Services that may wake somebody up."""
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Go:
    """Send it, by the channel that its row names."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask again at an instant."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Instead:
    """Send it now by another of its channels, given by index."""

    channel: int
    reason: str


@dataclass(frozen=True, slots=True)
class Join:
    """Send `told(message, this)` in its place: it is one of `alike` matters, and is told of in the thread of the first."""

    thread: str
    alike: int
    reason: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Never send it. `joined` is the thread of the storm that it is counted in, where that is why."""

    reason: str
    joined: str = ""


Ruling = Go | Wait | Instead | Join | Drop


def gate(
    row: MessageRow,
    channels: Mapping[str, Channel],
    recent: Sequence[MessageRow],
    guards: Guards,
    now: datetime,
    *,
    over: str = "",
) -> Ruling:
    """Whether a message that was claimed may leave now.

    `channels` are the policy's; `recent` is what was decided or sent since `now - LOOK_BACK`, of all threads; `over` says why nobody needs the message any
    more, where its climb or its thread knows.
    """
    message = row.message
    if over:
        return Drop(over)
    if message.useful_until is not None and now >= message.useful_until:
        return Drop(f"it was of use until {_time(message.useful_until)}")
    if message.verb == "close":
        return Go()
    return (
        _outside_hours(message, _carrier(row, channels), now)
        or _in_storm(message, recent, guards.storm, now)
        or _over_budget(row, channels, recent, guards.pages_per_hour, now)
        or Go()
    )


def asks_others(message: Message) -> bool:
    """Whether the gate looks at other messages for this one: for storms of its group, and for the budget of pages."""
    return message.verb in ("page", "tell") and (bool(message.group) or (message.verb == "page" and not message.urgent))


def told(message: Message, join: Join) -> Message:
    """What is sent of a message that joins a storm: told in the first matter's thread, paging nobody."""
    notice = replace(message.notice, title=f"Now {join.alike} alike tickets; the latest: {message.notice.title}")
    return replace(message, thread=join.thread, verb="tell", notice=notice)


def _outside_hours(message: Message, channel: Channel | None, now: datetime) -> Ruling | None:
    """Outside of its channel's hours a message waits for the opening, unless it is urgent."""
    if message.urgent or channel is None or channel.hours is None or channel.hours.is_open(now):
        return None
    opening = channel.hours.next_open(now)
    return _wait(message, opening, f"'{channel.name}' has quiet hours until {_time(opening)}")


def _in_storm(message: Message, recent: Sequence[MessageRow], storm: Storm | None, now: datetime) -> Ruling | None:
    """From the third alike matter within ten minutes on, one is told of in the thread of the first."""
    if storm is None or not message.group or message.verb not in ("page", "tell"):
        return None
    alike = [row for row in recent if _is_alike(row.message, message)]
    own = [row for row in alike if row.message.thread == message.thread and _left(row)]
    if any(not row.joined for row in own):
        return None
    anchor = _first(row for row in alike if not row.joined and _went(row) and not _closed(row, recent))
    if anchor is None:
        return None
    since = now - timedelta(seconds=storm.within)
    lately = [row for row in alike if (left := _left(row)) is not None and left > since]
    others = {row.message.thread for row in lately} - {message.thread}
    if not own and not any(row.joined for row in lately) and len(others) < storm.count - 1:
        return None
    return _join(message, anchor, alike, now)


def _join(message: Message, anchor: MessageRow, alike: Iterable[MessageRow], now: datetime) -> Ruling:
    """Tell of it at once, or with the next news, or not at all where the news that went out counted it already."""
    thread = anchor.message.thread
    began = anchor.message.at
    members = {row.message.thread for row in alike if row.message.at >= began and row.state != "dead"}
    count = len(members | {message.thread})
    reason = f"it is one of {count} alike tickets, which are told of in {thread}"
    news = max((row.sent_at for row in alike if row.joined == thread and row.sent_at is not None), default=None)
    if news is not None and message.at <= news:
        return Drop(reason, thread)
    if news is not None and now < news + NEWS:
        waited = _wait(message, news + NEWS, f"{reason}; the next news of them is due then")
        return replace(waited, joined=thread) if isinstance(waited, Drop) else waited
    return Join(thread, count, reason)


def _over_budget(
    row: MessageRow, channels: Mapping[str, Channel], recent: Sequence[MessageRow], limit: int | None, now: datetime
) -> Ruling | None:
    """Whoever was paged often enough within the hour is told by a channel that wakes nobody; where there is none, later."""
    message = row.message
    if limit is None or message.verb != "page" or message.urgent or not message.role or not _wakes(row, channels):
        return None
    pages = sorted(
        one.sent_at
        for one in recent
        if one.message.verb == "page" and one.message.role == message.role and not one.joined and _wakes(one, channels)
        if one.sent_at is not None and one.sent_at > now - HOUR
    )
    if len(pages) < limit:
        return None
    reason = f"{message.role} was paged {len(pages)} times within an hour, and the budget is {limit}"
    for index in range(row.channel + 1, len(message.channels)):
        channel = channels.get(message.channels[index])
        if channel is not None and channel.service not in WAKING and _outside_hours(message, channel, now) is None:
            return Instead(index, reason)
    return _wait(message, pages[-limit] + HOUR, reason)


def _wait(message: Message, until: datetime, reason: str) -> Wait | Drop:
    """Put it off, unless it would be worth nothing by then."""
    if message.useful_until is not None and until >= message.useful_until:
        return Drop(f"{reason}, and it is of no use after {_time(message.useful_until)}")
    return Wait(until, reason)


def _is_alike(one: Message, message: Message) -> bool:
    """Whether it says the same kind of thing of the same kind of matter to the same people, and no less urgently."""
    same = (one.group, one.role, one.verb) == (message.group, message.role, message.verb)
    return same and (one.urgent or not message.urgent)


def _went(row: MessageRow) -> bool:
    """Whether a service has it."""
    return row.state in ("sent", "confirmed") and row.sent_at is not None


def _left(row: MessageRow) -> datetime | None:
    """When it was sent, or was counted in a storm instead."""
    return row.sent_at or (row.settled_at if row.joined else None)


def _closed(row: MessageRow, recent: Iterable[MessageRow]) -> bool:
    """Whether its matter was closed, or is about to be."""
    return any(one.message.verb == "close" and one.message.thread == row.message.thread for one in recent)


def _first(rows: Iterable[MessageRow]) -> MessageRow | None:
    return min(rows, key=lambda row: (row.sent_at or row.message.at, row.message.key), default=None)


def _wakes(row: MessageRow, channels: Mapping[str, Channel]) -> bool:
    """Whether the channel at hand may wake somebody up."""
    channel = _carrier(row, channels)
    return channel is not None and channel.service in WAKING


def _carrier(row: MessageRow, channels: Mapping[str, Channel]) -> Channel | None:
    """The channel at hand, if the policy still has it."""
    names = row.message.channels
    return channels.get(names[row.channel]) if row.channel < len(names) else None


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
