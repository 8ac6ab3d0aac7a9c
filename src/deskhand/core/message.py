"""What is said to people outside Zendesk: a message on its way to a service, and what became of it.

    planned -> sending(attempt, channel) -> sent(ref) -> confirmed
                                         -> unknown -> sent | planned
                                         -> planned (later, or by the next channel) | dead(reason)
    planned -> deferred (quiet hours) -> planned | dropped(reason)
    planned -> held (public words that somebody reads first) -> planned (released) | dropped(reason)

`sending` is committed before the first byte leaves. A message is made by a decision and committed with it; its `key` comes from what fired, so the same
decision never has two. Messages of one `thread` go in the order of their `number`: what opens a matter never leaves after what closes it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from deskhand.core.brief import Brief

Verb = Literal["page", "tell", "close", "publish", "file"]
"""`page`: somebody has to acknowledge. `tell`: nobody has to answer. `close`: it is over, so what was opened is closed. `publish`: the public status
page. `file`: an issue for engineering."""

Service = Literal["pagerduty", "pagerduty_events", "slack", "slack_hook", "statuspage", "jira", "confluence", "webhook", "apprise"]  # fmt: skip

PAGERS: Final[frozenset[Service]] = frozenset({"pagerduty", "pagerduty_events"})
"""Services that can tell whether somebody acknowledged."""

PublicStatus = Literal["investigating", "identified", "monitoring", "resolved"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its words."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a message says, as data: each service renders it in its own form and escapes it for itself. Nothing in it is ever read as a template.

    `title` is one line. `text` is finished plain text, maybe several lines. `facts` are label and value pairs. For `publish`, `title` and `text` are the
    public words themselves and `status` is the page's; they come from a template of the policies and never from a ticket. `runbook` is the label or the page's id
    of the runbook that whoever is asked should have: its link is looked up when the message leaves.
    """

    title: str
    text: str = ""
    url: str = ""
    brief: Brief | None = None
    facts: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    status: PublicStatus | None = None
    labels: tuple[str, ...] = ()
    due: datetime | None = None
    runbook: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to say to somebody, whoever carries it.

    `key` marks it for ever. `thread` is the matter it belongs to, the same at every service (PagerDuty's dedup key): `zd:<account>:<ticket>:<episode>`.
    `channels` are names of channels of the policy, in order: the next one carries the message where the one before cannot. `role` is whom it is for.
    `urgent` (P1 and security) knows no quiet hours and no budget. `climb`, `rung` and `page` say which step of which ladder made it; `useful_until`
    is when it is worth nothing any more. `group` is what alike matters share, so that a storm of them becomes one. `schedule` and `level` say where a
    service knows who is behind the role now: the role's, filled in as the message leaves; so is `further`, for a page after one that some channel carried.
    """

    key: str
    thread: str
    number: int
    ticket_id: int
    verb: Verb
    channels: tuple[str, ...]
    notice: Notice
    at: datetime
    rule: str = ""
    role: str = ""
    severity: str | None = None
    urgent: bool = False
    climb: str = ""
    rung: int = -1
    page: int = 0
    useful_until: datetime | None = None
    group: str = ""
    schedule: str = ""
    level: int = 1
    further: bool = False


MessageState = Literal["planned", "sending", "unknown", "deferred", "held", "sent", "confirmed", "dropped", "dead"]

WAITING: Final[tuple[MessageState, ...]] = ("planned", "sending", "unknown", "deferred", "held")
"""States in which a message still has to come to an end."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of one channel, kept for people: `came` is what it came to, in words."""

    channel: str
    at: datetime
    came: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message with its state. `channel` indexes `message.channels`; `ref` is what the service calls it (Slack's `channel/ts`, an incident's id, an issue's key).

    `not_before` is the earliest next attempt; `lease_until` is when a claim may be taken over. `released` says who let a held message go.
    `sent_at` is when a service took it. `joined` is the thread of another matter that it was told in, or counted in, in place of its own (a storm).
    `answered_at` and `answered_by` are of a page: who acknowledged it, and when. `settled_at` is when it came to its end: a page that was sent has not, until
    it was read back.
    """

    message: Message
    state: MessageState
    not_before: datetime
    run: str = ""
    channel: int = 0
    attempts: int = 0
    ref: str = ""
    url: str = ""
    reason: str = ""
    lease_until: datetime | None = None
    settled_at: datetime | None = None
    released: str = ""
    tried: tuple[Attempt, ...] = ()
    sent_at: datetime | None = None
    joined: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""

    @property
    def by(self) -> str:
        """The name of the channel that is to carry it; empty where it has none."""
        names = self.message.channels
        return names[self.channel] if self.channel < len(names) else ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a service says it has. `state` is the service's own word for where the matter stands, empty where it has none."""

    ref: str
    url: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """An earlier message of the same thread that a channel has carried: what threads, updates and closes refer to.

    `ref` is empty where nobody knows whether it did: another channel carried it in the end.
    """

    channel: str
    verb: Verb
    ref: str
    number: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an open matter stands at a service that pages: has somebody acknowledged, and who; `at` is since when."""

    thread: str
    state: Literal["triggered", "acknowledged", "resolved"]
    ref: str = ""
    by: str = ""
    at: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody is on call from `start` to `end`; None is without an end."""

    person: str
    start: datetime | None
    end: datetime | None
    level: int = 1
