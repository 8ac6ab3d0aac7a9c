"""The records of which there are many: tickets and their audits, compact, in whole seconds since 1970.

Everything else (users, groups, fields, policies, ...) is kept as the JSON object that the API shows, without its `url`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deskhand.sandbox.exchange import Row

Value = str | int | bool | float | list[str] | tuple[str, ...] | None
"""The value of a field in a change event."""

CATEGORIES = ("new", "open", "pending", "hold", "solved", "closed")
"""Statuses in the order in which Zendesk sorts them."""

PRIORITIES = ("low", "normal", "high", "urgent")
TYPES = ("question", "incident", "problem", "task")


@dataclass(frozen=True, slots=True)
class Via:
    """Through what something came: a channel, and for rules which one (`rel` trigger or automation).

    `revision` counts a trigger's versions; `to` are name and address of the requester who was told by mail of a ticket that somebody else made.
    """

    channel: str
    rel: str | None = None
    rule_id: int | None = None
    title: str | None = None
    revision: int | None = None
    to: tuple[str, str] | None = None

    def row(self) -> Row:
        """As the API shows it."""
        origin: Row = {} if self.rule_id is None else {"deleted": False, "title": self.title, "id": self.rule_id}
        if self.revision is not None:
            origin["revision_id"] = self.revision
        target: Row = {} if self.to is None else {"name": self.to[0], "address": self.to[1]}
        return {"channel": self.channel, "source": {"from": origin, "to": target, "rel": self.rel}}

    def event_row(self) -> Row:
        """As an event of an audit shows it: a rule sends to nobody."""
        row = self.row()
        if self.rule_id is not None:
            del row["source"]["to"]
        return row


API, WEB, EMAIL, SYSTEM = Via("api"), Via("web"), Via("email"), Via("system")


@dataclass(frozen=True, slots=True)
class Change:
    """A field that was set (`created`) or changed; `name` is the API's field name, a custom field's id in digits."""

    name: str
    value: Value
    previous: Value = None
    created: bool = False
    via: Via | None = None


@dataclass(slots=True)
class Comment:
    """What somebody wrote. `html` is None where it is made from `body` when asked for. `files` are attachment rows."""

    body: str
    public: bool
    author: int
    html: str | None = None
    files: tuple[Row, ...] = ()
    via: Via | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Any other event of an audit: its type and the rest of its JSON (Notification, AgentMacroReference, FollowerChange, ...)."""

    kind: str
    rest: Row
    via: Via | None = None


Event = Change | Comment | Note

CALL = "External"
"""The kind of a Note that tells of a webhook which a rule called."""


@dataclass(slots=True)
class Audit:
    """One update of a ticket. Event n has the id `id + 1 + n`; metric events of this update come after `id + 400`."""

    id: int
    at: int
    author: int
    via: Via
    events: tuple[Event, ...]
    client: str | None = None
    custom: Row | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """How long a metric may take: seconds, in business hours or not."""

    seconds: int
    business: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """An SLA policy, or one for groups, as it stood when it was applied: targets by (priority, metric), and which advanced settings are on."""

    id: int | str
    title: str
    description: str | None
    targets: Mapping[tuple[str, str], Target]
    settings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Applied:
    """From `at` on, `policy` and `group_policy` (or none) were in force with the targets of `priority`; `audit` is the update that did it."""

    at: int
    policy: Policy | None
    priority: str | None
    audit: int
    group_policy: Policy | None = None


@dataclass(slots=True)
class Ticket:
    """A ticket as it stands. `audits` hold all that happened to it; SLA clocks and metrics are worked out from them."""

    id: int
    created: int
    updated: int
    generated: int
    requester_id: int
    submitter_id: int
    brand_id: int
    form_id: int
    status: str
    custom_status_id: int
    via: Via = API
    subject: str = ""
    description: str = ""
    external_id: str | None = None
    type: str | None = None
    priority: str | None = None
    recipient: str | None = None
    assignee_id: int | None = None
    organization_id: int | None = None
    group_id: int | None = None
    follower_ids: tuple[int, ...] = ()
    email_cc_ids: tuple[int, ...] = ()
    problem_id: int | None = None
    is_public: bool = True
    due_at: int | None = None
    tags: tuple[str, ...] = ()
    fields: dict[int, Any] = field(default_factory=dict)
    satisfaction: Row | None = None
    followup_ids: tuple[int, ...] = ()
    followup_of: int | None = None
    schedule_id: int | None = None
    audits: list[Audit] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    closed_at: int | None = None
    deleted: bool = False
    archived: bool = False
    before_deletion: str | None = None

    @property
    def collaborator_ids(self) -> tuple[int, ...]:
        """Followers and people in copy, each once."""
        return tuple(dict.fromkeys(self.follower_ids + self.email_cc_ids))

    @property
    def unsolved(self) -> bool:
        """Whether its status is before solved."""
        return self.status in ("new", "open", "pending", "hold")
