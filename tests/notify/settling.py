"""How an unclear message is settled, in a few lines: looked up where that is asked for, and sent again only where the service has nothing of it.

It is what the worker does in earnest, without its store: tests of adapters use it to see what a service has in the end.
"""

from collections.abc import Sequence

from deskhand.app.service_ports import Channel
from deskhand.core.message import Message, Receipt, Sent
from deskhand.errors import RateLimited, Transient, Unknown
from deskhand.sandbox import Sandbox

PAUSE = 31.0
"""Seconds between two tries."""

UNCLEAR = (
    "timeout_before_commit", "timeout_after_commit", "late_commit", "reset", "reset_after_commit", "cut_json", "html_200", "empty_object",
    "list_instead_of_object", "status", "no_content",
)  # fmt: skip
"""Faults after which a client does not know what was done, or knows that nothing was."""


def carry(
    sandbox: Sandbox, channel: Channel, message: Message, earlier: Sequence[Sent] = (), *, unclear: bool = False
) -> Receipt:
    """Send a message until the channel has it. `unclear` says that an earlier process may have sent it. Raises what is for good."""
    for _ in range(12):
        try:
            if unclear:
                found = channel.find(message, earlier)
                if found is not None:
                    return found
                unclear = False
            return channel.send(message, earlier)
        except Unknown:
            unclear = True
        except RateLimited as error:
            sandbox.clock.advance(error.retry_after)
        except Transient:
            pass
        sandbox.clock.advance(PAUSE)
    raise AssertionError(f"{message.key} was not carried")
