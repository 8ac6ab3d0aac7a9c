"""Who reads public words before the world does: nobody the first ones of a matter, a manager from the second on (requirement 71).

Whoever is on call may say at once that something is wrong; what follows waits as `held` until a person lets it go.
"""

from collections.abc import Mapping, Sequence
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
