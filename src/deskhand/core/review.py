"""Who reads public words before the world does: nobody the first ones of a matter, a manager from the second on (requirement 71).

Whoever is on call may say at once that something is wrong; what follows waits as `held` until a person lets it go. Words that wait grow old: newer ones take
their place, and what says when the next ones come is worth nothing after that.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from deskhand.core.message import MessageRow, Sent

OPTION: Final = "review"
"""The key of a channel's options: `from_second` (also where it is absent), `always` or `never`."""
CHOICES: Final = ("from_second", "always", "never")


def waits_for_a_reader(row: MessageRow, earlier: Sequence[Sent], options: Mapping[str, str]) -> str:
    """Why somebody has to read a message before it goes, in a sentence; empty where it may go.

    `earlier` is what the channel carried of the thread, `options` are the channel's. What a person let go once is not asked about again. An
    option that is none of the choices is read as the strictest of them.
    """
    if row.message.verb != "publish" or row.released:
        return ""
    choice = options.get(OPTION, "from_second")
    first = not any(one.verb == "publish" for one in earlier)
    if choice == "never" or (choice == "from_second" and first):
        return ""
    if choice == "from_second":
        return "it is not the first public word of its matter, so a manager reads it before it goes"
    return "this channel publishes nothing that nobody has read"


def grew_old(row: MessageRow, thread: Iterable[MessageRow], now: datetime) -> str:
    """Why words that wait for a reader are not worth reading any more, in a sentence; empty where they are. `thread` are all rows of the matter."""
    message = row.message
    if message.useful_until is not None and now >= message.useful_until:
        return f"nobody read it in time: it was of use until {message.useful_until:%Y-%m-%d %H:%M} UTC"
    newer = [one for one in thread if one.message.verb == "publish" and one.message.number > message.number]
    if any(one.state not in ("dropped", "dead") for one in newer):
        return "newer words have taken its place"
    return ""
