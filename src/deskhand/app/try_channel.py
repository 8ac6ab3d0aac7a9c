"""Try a channel of the policies before anybody needs it: one message that says it is a test, sent at once and not through the outbox."""

from datetime import datetime

from deskhand.app.post import Post
from deskhand.core.message import Message, Notice, Receipt
from deskhand.errors import NotKnown, WrongState

DRILL = "drill"
"""The label of what only practises."""


def try_channel(post: Post, name: str, now: datetime, *, account: str) -> Receipt:
    """Send the test by a channel. Raises as channels do; NotKnown for one that there is not, WrongState for one that cannot be tried so."""
    channel = post.channels.get(name)
    if channel is None:
        why = post.missing.get(name)
        known = ", ".join(sorted({*post.channels, *post.missing})) or "none"
        raise NotKnown(
            why or f"there is no channel '{name}'", hint="" if why else f"The policies' channels are: {known}."
        )
    message = drill_message(name, now, account)
    if not channel.carries(message):
        raise WrongState(
            f"'{name}' carries nothing that can be taken back ({channel.service})",
            hint="A test would be a page to somebody, a public word or an issue: try those at the service itself.",
        )
    return channel.send(message, ())


def drill_message(name: str, now: datetime, account: str) -> Message:
    """What it says: that nobody has to do anything."""
    when = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    notice = Notice(
        title=f"TEST: channel '{name}' of deskhand works",
        text="Nobody has to do anything. Somebody tried whether messages arrive here.",
        facts=(("Account", account), ("Sent", when)),
        labels=(DRILL,),
    )
    key = f"try-{name}-{now:%Y%m%d%H%M%S%f}"
    return Message(key, f"try:{key}", 1, 0, "tell", (name,), notice, now)
