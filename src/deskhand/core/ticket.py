"""A ticket as Zendesk last told us: names instead of ids, custom fields by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

Scalar = str | int | float | bool | None
Value = str | int | float | bool | tuple[str, ...] | None

STATUSES: Final = ("new", "open", "pending", "hold", "solved", "closed", "deleted")
"""Zendesk's status categories, and `deleted` as the incremental export shows it."""
PRIORITIES: Final = ("low", "normal", "high", "urgent")
TYPES: Final = ("question", "incident", "problem", "task")
LIVE: Final = frozenset({"new", "open", "pending", "hold"})
"""Statuses in which promises still run. A custom status counts by its category."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the account, as far as policies may ask. `role` is Zendesk's: end-user, agent or admin."""

    id: int
    name: str
    email: str | None = None
    role: str = "end-user"
    tags: tuple[str, ...] = ()
    fields: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Organization:
    """A customer's organization; its tier is a custom organization field or a tag, Zendesk has none of its own."""

    id: int
    name: str
    tags: tuple[str, ...] = ()
    fields: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SlaMetric:
    """One row of the `slas` sideload (zendesk-api.md section 2): Zendesk's own view of one promise.

    `metric` is the policy metric's name (`first_reply_time`); `stage` is active, paused, achieved or a word we have not
    met; `breach_at` already honours pauses, business hours and holidays. `target` is seconds, and `business_hours` says in
    which time they count; both are None where Zendesk did not say which policy applies.
    """

    metric: str
    stage: str
    breach_at: datetime | None = None
    target: int | None = None
    business_hours: bool | None = None


@dataclass(frozen=True, slots=True)
class Metrics:
    """The ticket's metric set, the parts that clocks use (zendesk-api.md section 8). Instants are UTC."""

    reply_minutes: int | None = None
    """Calendar minutes from creation to the first public agent reply; None while unanswered."""
    replies: int = 0
    reopens: int = 0
    solved_at: datetime | None = None
    status_updated_at: datetime | None = None
    assigned_at: datetime | None = None
    initially_assigned_at: datetime | None = None
    requester_updated_at: datetime | None = None
    assignee_updated_at: datetime | None = None
    latest_comment_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What Zendesk last told us about one ticket.

    Groups, brands, forms and custom statuses are named as the account names them, agents by e-mail address; something the
    account no longer lists reads as `#<id>`. `fields` holds the custom fields by their policy name (the title in
    snake_case): text as str, checkbox as bool, integer as int, decimal as float, multiselect as a tuple of option tags,
    drop-down as the option's tag. `updated_at` is the stamp for conditional writes, to the second.
    """

    id: int
    status: str
    created_at: datetime
    updated_at: datetime
    subject: str = ""
    custom_status: str | None = None
    priority: str | None = None
    type: str | None = None
    group: str | None = None
    assignee: str | None = None
    brand: str | None = None
    form: str | None = None
    via: str | None = None
    external_id: str | None = None
    problem_id: int | None = None
    is_public: bool = True
    tags: frozenset[str] = frozenset()
    followers: frozenset[str] = frozenset()
    fields: Mapping[str, Value] = field(default_factory=dict)
    requester: Person | None = None
    organization: Organization | None = None
    slas: tuple[SlaMetric, ...] | None = None
    """None: not asked for. Empty: Zendesk runs no SLA on it."""
    metrics: Metrics | None = None
    """None: not asked for."""

    @property
    def live(self) -> bool:
        """Whether promises still run on it."""
        return self.status in LIVE
