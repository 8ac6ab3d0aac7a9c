"""Ladders as the policies write them: who is asked next, how, after how long, and who may climb at all.

Three kinds are kept apart (requirement 23): technical (L1, L2, L3), severity (P3, P2, P1) and stakeholder (IC, manager, director, VP). `climb` walks
a ladder for one ticket.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from deskhand.core.calendar import Calendar
from deskhand.core.condition import Condition
from deskhand.core.message import Service

Kind = Literal["technical", "severity", "stakeholder"]
KINDS: Final[tuple[Kind, ...]] = ("technical", "severity", "stakeholder")

Climber = Literal["worker", "pagerduty"]
"""Who goes from rung to rung: the worker, or PagerDuty's own escalation policy. Never both for one severity."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people: a service, and the place there. Its secret is in the environment, never here.

    `place` is what the service needs to find it: a Slack channel's id, a PagerDuty service's id, a Jira project's key, a status page's id. `key`, where
    given, is the suffix of the setting that holds another secret than the service's usual one. `hours`: outside of it nothing leaves that is not urgent.
    `options` are the service's own (issue type, components, escalation policy, who the mail comes from).
    """

    name: str
    service: Service
    place: str = ""
    key: str = ""
    hours: Calendar | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody who is told or paged.

    `agent` follows the ticket; `channels` reach them; `schedule` is where PagerDuty knows who is on call: the id of an escalation policy, and a `level`.
    """

    name: str
    channels: tuple[str, ...] = ()
    agent: str | None = None
    schedule: str = ""
    level: int = 1
    executive: bool = False
    """Whether a low severity must never reach them (requirement 24)."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder. Durations are seconds.

    `how` is `page`, where somebody must acknowledge, or `notify`, where nobody has to answer. After `wait` without an acknowledgement it is paged again, up
    to `pages` times in all; then comes the next rung. `hours`: outside of them the rung waits for the next opening, but for what is urgent.
    """

    name: str
    role: str
    how: Literal["page", "notify"]
    channels: tuple[str, ...]
    wait: int
    pages: int = 1
    hours: Calendar | None = None
    place: str = ""
    """`file:line:column`."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """All rungs of one way up.

    `severities` may climb it; `executive_from` is the least severe level that reaches a rung with an executive role. `climber` says for each severity who
    climbs. `stops` is the condition under which nobody is paged any more (contained), `ends` the one that ends it (resolved). The page
    at the service is closed with `ends`; with `stops` only where nobody has acknowledged it, since it would ring on. `alike` names the field by which tickets are of one storm. An `urgent` ladder (security) pages at once, at any hour, whatever
    the severity's own policy says of paging.
    """

    id: str
    kind: Kind
    place: str
    description: str
    severities: frozenset[str]
    rungs: tuple[Rung, ...]
    stops: Condition
    ends: Condition
    climber: Mapping[str, Climber] = field(default_factory=dict)
    executive_from: str = "p1"
    alike: str = ""
    impact: Condition | None = None
    """What must hold before anybody is paged; None: nothing (requirement 28)."""
    reask: int = 0
    """Seconds after an acknowledgement without progress until whoever acknowledged is asked once more; 0: never."""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A rule's row of the escalation matrix (requirement 36): what it is about, whose it is until then, and whose it becomes. The trigger is the rule's condition."""

    kind: Kind
    issue: tuple[str, ...]
    owner: str
    next: str
