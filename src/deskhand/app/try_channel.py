"""Try a channel of the policies before anybody needs it: one message that says it is a test, sent at once and not through the outbox."""

from datetime import datetime
from typing import Final

from deskhand.app.post import Post
from deskhand.core.message import Message, Notice, Receipt
from deskhand.errors import DeskError, NotKnown, RateLimited, Transient, Unknown, WrongState

_WOULD_BE: Final = {
    "pagerduty": "a page that wakes somebody",
    "pagerduty_events": "a page that wakes somebody",
    "statuspage": "a public word",
    "jira": "an issue",
}
_INSTEAD: Final = {
    "pagerduty": "`deskhand ladder check` asks PagerDuty who is on call, by the same key; it changes nothing.",
    "jira": "`deskhand issues` asks Jira for what is past due, by the same token; it changes nothing.",
}
_ONCE: Final = "A test is sent once, so try it again; what the worker has to say is sent again by itself."
DRILL: Final = "drill"
"""The label of what only practises."""


def try_channel(post: Post, name: str, now: datetime, *, account: str) -> Receipt:
    """Send the test by a channel. Raises as channels do; NotKnown for one that there is not, WrongState for one that cannot be tried so."""
    channel = post.channels.get(name)
    if channel is None and name in post.missing:
        raise WrongState(
            post.missing[name].removesuffix("."), hint="`deskhand channels list` shows what each channel needs."
        )
    if channel is None:
        known = ", ".join(sorted({*post.channels, *post.missing})) or "none"
        raise NotKnown(f"there is no channel '{name}' to send by", hint=f"Those of the policies are: {known}.")
    message = drill_message(name, now, account)
    if not channel.carries(message):
        raise WrongState(
            f"'{name}' is not tried by a message: by {channel.service} it would be {_WOULD_BE.get(channel.service, 'meant')}",
            hint=_INSTEAD.get(channel.service, "Try it at the service itself."),
        )
    try:
        return channel.send(message, ())
    except Unknown as error:
        raise DeskError(str(error), status=error.status, hint=f"It may have arrived: look there. {_ONCE}") from error
    except (RateLimited, Transient) as error:
        raise DeskError(str(error), status=error.status, hint=f"{_why(error)}{_ONCE}") from error


def _why(error: DeskError) -> str:
    """The advice of an error that is about settings; that the worker tries again is told otherwise here."""
    advice = error.hint.partition(". ")[0]
    return f"{advice}. " if advice.startswith("Check ") else ""


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
