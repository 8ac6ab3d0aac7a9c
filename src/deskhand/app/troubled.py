"""Channels in trouble, as the messages tell that were tried by them: what waits, and what others had to carry."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from deskhand.app.post import NOT_ITS_KIND
from deskhand.core.fallback import AWAY, REFUSED, UNCLEAR
from deskhand.core.message import Attempt, MessageRow, Verb

LOOKED_BACK: Final = timedelta(days=1)
"""So old may a failure be to be told."""
WORDS: Final[Mapping[Verb, str]] = {
    "page": "page",
    "tell": "message",
    "file": "issue",
    "publish": "public word",
    "close": "end",
}
"""What a message is to whoever waits for it."""


def stuck(rows: Sequence[MessageRow]) -> dict[str, str]:
    """What those that were tried in vain wait for, by channel: the reason of the newest try counts."""
    found: dict[str, str] = {}
    for name in sorted({row.by for row in rows if row.tried and row.reason}):
        tried = [row for row in rows if row.by == name and row.tried and row.reason]
        since = min(row.message.at for row in tried)
        last = max(tried, key=lambda row: row.tried[-1].at)
        found[name] = f"{_counted(tried)} since {since:%Y-%m-%d %H:%M:%S} UTC: {last.reason}"
    return found


def passed_over(rows: Sequence[MessageRow]) -> dict[str, str]:
    """What was carried by others since a channel failed, by that channel; nothing of one that has carried something since."""
    last: dict[str, Attempt] = {}
    for attempt in sorted((one for row in rows for one in row.tried), key=lambda one: one.at):
        if NOT_ITS_KIND not in attempt.came:
            last[attempt.channel] = attempt
    found: dict[str, str] = {}
    for name, attempt in sorted(last.items()):
        moved = [row for row in rows if row.by != name and any(_failed(one, name) for one in row.tried)]
        if moved and _failed(attempt, name):
            found[name] = f"{_counted(moved)}, last {attempt.at:%Y-%m-%d %H:%M:%S} UTC: {attempt.came}"
    return found


def _failed(attempt: Attempt, name: str) -> bool:
    """Whether this channel did not take it, though it is one for such messages."""
    mine = attempt.channel == name and NOT_ITS_KIND not in attempt.came
    return mine and attempt.came.startswith((REFUSED, AWAY, UNCLEAR))


def _counted(rows: Iterable[MessageRow]) -> str:
    """How many of what: 2 pages, 1 message."""
    counts = Counter(row.message.verb for row in rows)
    return ", ".join(f"{count} {WORDS[verb]}{'s' * (count > 1)}" for verb, count in sorted(counts.items()))
