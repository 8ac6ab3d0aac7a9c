"""A compiled policy: everything under `policies/` as values, ready to judge tickets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from deskhand.core.alike import Likeness
from deskhand.core.brief import Target
from deskhand.core.brief_form import BriefForm
from deskhand.core.calendar import Calendar
from deskhand.core.clock import ClockSpec
from deskhand.core.condition import Condition
from deskhand.core.guards import Ceiling, Guards
from deskhand.core.ladder import Channel, Ladder, MatrixRow, Role
from deskhand.core.message import PublicStatus
from deskhand.core.office import Office
from deskhand.core.severity import Binding, Level
from deskhand.core.ticket import Value
from deskhand.core.zendesk_clock import Account

Mode = Literal["off", "observe", "notify", "enforce"]
"""What a rule may do: nothing; decide and record; tell people (notes, notify, engage) only; everything."""


class NoteTemplate(Protocol):
    """A compiled note: plain text from values, the same for the same values."""

    def render(self, values: Mapping[str, object]) -> str:
        """The finished text. Values are data: nothing in them is ever read as a template."""
        ...


@dataclass(frozen=True, slots=True)
class SetTo:
    """`set: {field: value}` for one field."""

    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class Tag:
    """`add_tags` and `remove_tags`."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssignTo:
    """`assign: {group, assignee}`; `by` takes the group's name from a field instead."""

    group: str | None = None
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class MoveSeverity:
    """`raise_severity` and `lower_severity`: by steps, or to a level (never in the other direction)."""

    direction: Literal["raise", "lower"]
    reason: str
    by: int = 1
    to: str | None = None


@dataclass(frozen=True, slots=True)
class WriteNote:
    """`internal_note`: a template by name."""

    template: str


@dataclass(frozen=True, slots=True)
class Follow:
    """`add_follower`: an agent by e-mail address."""

    email: str


@dataclass(frozen=True, slots=True)
class Tell:
    """`notify`: people of a role are told. Written as an internal note, a tag and, where the role has an agent, a follower."""

    role: str
    template: str
    tag: str
    follower: str | None = None


@dataclass(frozen=True, slots=True)
class Engage:
    """`engage`: another tier is asked to help. Written as an internal note and a tag; `by` names the field with the area."""

    tier: str
    by: str | None
    pattern: str
    template: str
    tag: str
    follower: str | None = None


@dataclass(frozen=True, slots=True)
class WriteBrief:
    """`brief`: what whoever takes the ticket over has to know, as an internal note."""

    target: Target


@dataclass(frozen=True, slots=True)
class AskFor:
    """What is asked for before an escalation: a note and a tag. Without `fields` nothing is missing any more, and the tag goes."""

    template: str
    tag: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Send:
    """`notify` of a role that has channels: a message that nobody has to answer. `channels` are the role's own where empty; `brief` adds one for a target."""

    role: str
    template: str
    channels: tuple[str, ...] = ()
    brief: Target | None = None


@dataclass(frozen=True, slots=True)
class Escalate:
    """`escalate`: a ladder is climbed for the ticket, until it ends."""

    ladder: str


@dataclass(frozen=True, slots=True)
class FileIssue:
    """`file_issue`: an issue for a team, with a brief for `target`; `due_in` seconds from now where it is due at all."""

    channel: str
    template: str
    target: Target = "Engineering"
    due_in: int = 0
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publish:
    """`publish`: words on the public status page. `title` and the template are the policy's own and hold nothing of the ticket; `next_update` is in seconds."""

    channel: str
    status: PublicStatus
    title: str
    template: str
    next_update: int = 0


TELLING = (WriteNote, Tell, Engage, WriteBrief, AskFor, Send, Escalate, FileIssue)
"""Actions that a rule in `notify` mode may still carry out. To publish is not among them."""

OUTWARD = (Send, Escalate, FileIssue, Publish)
"""Actions that say something outside Zendesk, and change nothing in the ticket but by notes."""

ESCALATING = (Engage, Escalate, FileIssue)
"""Actions that hand a ticket on, and so wait for what its kind requires."""

Action = (
    SetTo
    | Tag
    | AssignTo
    | MoveSeverity
    | WriteNote
    | Follow
    | Tell
    | Engage
    | WriteBrief
    | AskFor
    | Send
    | Escalate
    | FileIssue
    | Publish
)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A step that may fire again in the same episode: every so many seconds, at most so many times."""

    every: int
    at_most: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `place` is `file:line:column`; `enforce_from` is the instant from which it counts (None: always)."""

    id: str
    place: str
    description: str
    when: Condition
    then: tuple[Action, ...]
    mode: Mode = "enforce"
    enforce_from: datetime | None = None
    repeat: Repeat | None = None
    statuses: frozenset[str] = frozenset()
    """Statuses in which the rule is asked; empty means every live one."""
    ceiling: Ceiling | None = None
    """Its own ceiling, in place of the common one."""
    escalation: MatrixRow | None = None
    """Its row of the escalation matrix, where it hands a ticket on."""
    digest: str = ""
    """Names what its document says, comments and layout apart."""

    @property
    def escalates(self) -> bool:
        """Whether it hands the work on to somebody else. To raise the severity, or to tell those who decide, does not."""
        if self.escalation is not None:
            return self.escalation.kind == "technical"
        return any(isinstance(action, ESCALATING) for action in self.then)

    @property
    def only_tells(self) -> bool:
        """Whether it changes nothing about the ticket but tells people, so that it is worth nothing once it is too late. A ladder and an issue last."""
        return all(
            isinstance(one, (*TELLING, Follow)) and not isinstance(one, Escalate | FileIssue) for one in self.then
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that belong together: the `first` match wins, or `all` matches count. They keep their order."""

    id: str
    match: Literal["first", "all"]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """Fields that tickets of some kind must have before they are escalated. `template` and `tag` ask for those that are empty."""

    id: str
    place: str
    when: Condition
    fields: tuple[str, ...]
    template: str
    tag: str


@dataclass(frozen=True, slots=True)
class Policy:
    """All compiled documents. `digest` names their very texts, which is what people sign; `mode` caps the mode of every rule."""

    digest: str
    levels: Mapping[str, Level]
    binding: Binding
    calendars: Mapping[str, Calendar]
    always: Calendar
    office: Office
    """The calendars in which Zendesk's own targets in business hours are counted."""
    clocks: tuple[ClockSpec, ...]
    groups: tuple[Group, ...]
    templates: Mapping[str, NoteTemplate]
    mode: Mode = "enforce"
    data: str = ""
    """The edition of public holidays that the calendars were made with, where they name a country."""
    needs: frozenset[str] = frozenset()
    """What tickets must carry: `slas`, `group_slas`, `metrics`, `people`."""
    watched: frozenset[str] = frozenset()
    """Custom fields whose changes start or stop a clock."""
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Names of groups, agents and fields that the account must have, by kind."""
    guards: Guards = field(default_factory=Guards)
    brief: BriefForm = field(default_factory=BriefForm)
    """Where briefs find their parts."""
    requires: tuple[Requirement, ...] = ()
    """What kinds of tickets must tell before they are escalated."""
    added: Mapping[str, datetime] = field(default_factory=dict)
    """When rules were added to a worker that was at work already: what held before that is not acted on."""
    channels: Mapping[str, Channel] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    alike: tuple[Likeness, ...] = ()
    """What other tickets are counted for."""

    def ceiling(self, rule: str) -> Ceiling:
        """The ceiling of a rule."""
        own = next((one.ceiling for one in self.rules if one.id == rule), None)
        return own or self.guards.ceiling

    @property
    def time(self) -> Account:
        """What the policy says of Zendesk's own time."""
        return Account(self.office, self.always, tuple(self.calendars.values()))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in order."""
        return tuple(rule for group in self.groups for rule in group.rules)


_RANK: Mapping[str, int] = {"off": 0, "observe": 1, "notify": 2, "enforce": 3}


def lesser(one: Mode, other: Mode) -> Mode:
    """The more careful of two modes."""
    return one if _RANK[one] <= _RANK[other] else other
