"""When a message is tried again, and when its next channel carries it instead.

A channel that refuses is passed over at once. One that is away is waited for, but not for long: what is urgent goes on after two minutes, everything else after
ten, round the whole chain and from the beginning again where all are away, until a day has passed.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from deskhand.core.message import Attempt, Message, MessageRow, MessageState

URGENT: Final = timedelta(minutes=2)
PATIENT: Final = timedelta(minutes=10)
"""How long one channel may be away before the next one carries a message."""
LOOK: Final = timedelta(seconds=15)
"""At least so often it is looked whether the next channel has to carry what waits."""
CALL: Final = timedelta(seconds=20)
"""What one more attempt may take: none is begun that could not end in time."""
GIVE_UP: Final = timedelta(days=1)
"""After so long without anybody who took it a message is dead."""
SETTLE: Final = timedelta(seconds=2)
"""How long to wait before what is unclear is looked into."""
CLOSE_AGAIN: Final = timedelta(minutes=5)
"""A close that is refused is tried again so often, for a day: no other channel can close what this one opened, and until then people are paged on."""
READ_BACK: Final = timedelta(minutes=3)
"""A page that its service does not show so long after it was sent is an alarm."""

SENT: Final = "sent"
REFUSED: Final = "refused: "
AWAY: Final = "away: "
UNCLEAR: Final = "unclear: "
MAYBE: Final = "a worker of which this database knows nothing may have sent it"
DOUBTED: Final = f"{UNCLEAR}{MAYBE}"
PASSED: Final = "passed over: "
PUT_OFF: Final = "put off until then: "
"""How the words of an attempt begin."""
AT_MOST: Final = 2
"""A page is said no more often by a channel while nobody can tell whether it was said."""
_KEPT: Final = 20
"""Attempts that are kept of a message."""


def attempted(row: MessageRow, now: datetime, came: str) -> MessageRow:
    """The row with what its channel's attempt came to. Of attempts that came to the same in a row the first and the last are kept."""
    one = Attempt(row.by, now, came)
    tried = row.tried
    alike = len(tried) > 1 and all((past.channel, past.came) == (one.channel, one.came) for past in tried[-2:])
    told = (*tried[:-1], one) if alike else (*tried, one)
    opened = [past for past in told[:-_KEPT] if past.came.startswith(PUT_OFF)][-1:]
    return replace(row, tried=(*opened, *told[-_KEPT:]), reason=came)


def doubted(row: MessageRow, now: datetime) -> MessageRow:
    """A row that was not sent as far as the database knows, which may be older than that: its channel is asked before it is sent, where it can be."""
    state: MessageState = "unknown" if row.state == "planned" else row.state
    return replace(attempted(row, now, DOUBTED), state=state, reason=row.reason)


def is_doubted(row: MessageRow) -> bool:
    """Whether nothing but the age of the database speaks for its having been sent."""
    return bool(row.tried) and row.tried[-1].came == DOUBTED


def trusted(row: MessageRow, now: datetime) -> MessageRow:
    """A doubted row after all: it may leave, and nothing was tried."""
    reason = "" if row.reason.startswith(MAYBE) else row.reason
    tried = tuple(one for one in row.tried if one.came != DOUBTED)
    return replace(row, state="planned", not_before=now, tried=tried, reason=reason)


def taken_up(row: MessageRow, now: datetime) -> MessageRow:
    """A row that was put off and may leave now: what was in vain before says nothing any more."""
    state: MessageState = "unknown" if is_doubted(row) else "planned"
    reopened = attempted(row, now, f"{PUT_OFF}{row.reason}")
    return replace(doubted(reopened, now) if is_doubted(row) else reopened, state=state, reason=row.reason)


def is_given_up(row: MessageRow, now: datetime) -> bool:
    """Whether it was tried for a day in vain, counted from when it was decided, or could last leave after it had been put off."""
    opened = (one.at for one in row.tried if one.came.startswith(PUT_OFF))
    return bool(row.tried) and now - max(opened, default=row.message.at) > GIVE_UP


def failing_since(row: MessageRow) -> datetime | None:
    """Since when the present channel has failed to take it, as far as it was tried; None where it was not."""
    since: datetime | None = None
    for one in reversed(row.tried):
        if one.channel != row.by or not one.came.startswith((AWAY, UNCLEAR)):
            break
        since = one.at
    return since


def is_out_of_patience(row: MessageRow, away_since: datetime | None, now: datetime) -> bool:
    """Whether the present channel has been away for so long that another attempt by it would come too late. `away_since` is for all that goes by it.

    The patience is the message's: where one channel after the other is away, each further one has a single attempt until somebody takes it.
    """
    known = [at for at in (failing_since(row), away_since) if at is not None]
    if failing_since(row) is not None:
        known += [one.at for one in row.tried if one.came.startswith((AWAY, UNCLEAR))]
    patience = URGENT if row.message.urgent else PATIENT
    return bool(known) and now + CALL - min(known) > patience


def candidates(row: MessageRow, usable: Collection[str]) -> list[int]:
    """The other channels that could carry it, by index, in the order in which they are asked: on from the present one, round the chain. None that refused it."""
    names = row.message.channels
    refused = {one.channel for one in row.tried if one.came.startswith(REFUSED)}
    around = [(row.channel + step) % len(names) for step in range(1, len(names))] if names else []
    return [index for index in around if names[index] in usable and names[index] not in refused]


def moved(row: MessageRow, channel: int, now: datetime) -> MessageRow:
    """The row in the hands of another of its channels, for now. One that may have carried it already is asked before it says it again."""
    state: MessageState = "unknown" if times_unclear(row, row.message.channels[channel]) else "planned"
    return replace(row, state=state, channel=channel, not_before=now, lease_until=None, attempts=0)


def times_unclear(row: MessageRow, channel: str) -> int:
    """How often nobody knew whether a channel had taken it; of many in a row two are counted."""
    return sum(one.channel == channel and one.came.startswith(UNCLEAR) for one in row.tried)


def may_be_said_again(row: MessageRow) -> bool:
    """Whether a page that went round its chain in vain is said again by a channel that cannot tell whether it said it: once, since silence would be worse."""
    round_the_chain = bool(row.tried) and row.tried[-1].channel != row.by
    return row.message.verb == "page" and round_the_chain and times_unclear(row, row.by) < AT_MOST


def may_have_carried(row: MessageRow, channel: str) -> bool:
    """Whether a channel has said a message in its own thread, or may have."""
    if row.joined:
        return any(one.channel == channel and one.came.startswith(UNCLEAR) for one in row.tried)
    if row.by == channel and row.state in ("sending", "unknown", "sent", "confirmed"):
        return True
    return any(one.channel == channel and one.came.startswith((SENT, UNCLEAR)) for one in row.tried)


def failed_before(row: MessageRow) -> tuple[str, ...]:
    """The channels that did not take it before the present one."""
    failed = (one for one in row.tried if one.came.startswith((REFUSED, AWAY, UNCLEAR)))
    return tuple(dict.fromkeys(one.channel for one in failed if one.channel != row.by))


def worded(row: MessageRow) -> Message:
    """The message as its present channel says it: what comes by fallback says so, in the same words at every try."""
    failed = failed_before(row)
    if not failed or row.message.verb in ("publish", "file"):
        return row.message
    notice = row.message.notice
    words = f"(By fallback, because {' and '.join(failed)} did not take it.)"
    return replace(row.message, notice=replace(notice, text=f"{words}\n{notice.text}".rstrip()))


def wait_for_row(attempts: int) -> timedelta:
    """Until a message is tried again: 5, 10, 20, 40, 60 s."""
    return timedelta(seconds=min(5.0 * 2 ** min(max(attempts - 1, 0), 6), 60.0))


def wait_for_lane(failures: int) -> timedelta:
    """Until anything is tried again by a channel that fails: 2, 4, 8, 15 s."""
    return timedelta(seconds=min(2.0 * 2 ** min(max(failures - 1, 0), 6), LOOK.total_seconds()))
