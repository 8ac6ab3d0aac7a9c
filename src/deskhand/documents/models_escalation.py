"""The shape of escalation: channels, the people behind roles, ladders with their rungs, rows of the matrix, and texts for the public."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from deskhand.core.ladder import Climber, Kind
from deskhand.core.message import PublicStatus, Service
from deskhand.documents.models_brief import BriefTarget
from deskhand.documents.shape import Duration, Email, Ident, OneOrMore, Strict, TagName, Text, When

KEY_SUFFIX = r"^[A-Z0-9]+(?:_[A-Z0-9]+)*$"
LABEL = r"^[^\s\"]{1,100}$"
KeySuffix = Annotated[str, Field(pattern=KEY_SUFFIX, max_length=40, examples=["NETWORK"])]
Place = Annotated[str, Field(min_length=1, max_length=200, examples=["C0123456789", "PABC123", "ESC"])]


class ChannelModel(Strict):
    """A way to reach people: a service and the place there. Its secret is in the settings, never here."""

    service: Service
    place: Place | None = None
    """Where there: a Slack channel's id, a PagerDuty service's id, a Jira project's key, a status page's id."""
    key: KeySuffix | None = None
    """The end of the setting with another secret than the service's usual one: NETWORK for DESKHAND_PAGERDUTY_ROUTING_KEY_NETWORK."""
    hours: str | None = None
    """A calendar: outside of it nothing leaves that is not urgent."""
    options: dict[str, str] = Field(default_factory=dict)
    """What else the service wants: an issue type, components, an escalation policy."""


class ScheduleModel(Strict):
    """Where PagerDuty knows who is on call."""

    policy: Place
    """The id of an escalation policy."""
    level: Annotated[int, Field(ge=1, le=20)] = 1


class RoleModel(Strict):
    """People who can be told with `notify`, and paged by a rung of a ladder."""

    agent: Email | None = None
    """The agent who becomes a follower of the ticket."""
    tag: TagName | None = None
    """The tag that says they were told; `told_<role>` unless stated."""
    note: str = "people-told"
    """The note template that tells them."""
    channels: OneOrMore[str] = Field(default_factory=list)
    """Channels that reach them, in order: the next one carries what the one before cannot."""
    schedule: ScheduleModel | None = None
    executive: bool = False
    """Whether a low severity must never reach them."""


class RungModel(Strict):
    """One step of a ladder."""

    name: Text
    role: str
    how: Literal["page", "notify"] = "page"
    """page: somebody must acknowledge; notify: nobody has to answer."""
    wait: Duration | None = None
    """How long an acknowledgement is waited for: 5m unless stated. What only tells waits for nobody, so the next rung follows at once."""
    pages: Annotated[int, Field(ge=1, le=10)] = 1
    """How many times they are paged before the next rung."""
    channels: OneOrMore[str] = Field(default_factory=list)
    """Other channels than the role's."""
    hours: str | None = None
    """A calendar: outside of it this rung waits for the next opening, but for what is urgent."""


class LadderModel(Strict):
    """One way up, rung by rung."""

    kind: Kind
    """technical (L1, L2, L3), severity (P3, P2, P1) or stakeholder (IC, manager, director, VP): never mixed."""
    description: Text
    """What it is for, for people."""
    severities: OneOrMore[str]
    """Who may climb it."""
    rungs: Annotated[list[RungModel], Field(min_length=1, max_length=20)]
    stops: When = None
    """When nobody is paged any more, such as `field.mitigation_status: contained`; never unless stated."""
    ends: When = None
    """When it is over and the page is closed; once the ticket is solved unless stated."""
    climber: Climber | dict[str, Climber] = "worker"
    """Who goes from rung to rung: the worker, or PagerDuty's own escalation policy; for all severities, or for each."""
    executive_from: str = "p1"
    """The least severe level that reaches a role marked `executive`."""
    alike: str | None = None
    """The field by which tickets are of one storm, such as field.issue_type."""
    impact: When = None
    """What must hold before anybody is paged."""
    urgent: bool = False
    """Whether it pages at once, at any hour, whatever the severity: for security."""
    reask: Duration | None = None
    """So long after an acknowledgement without progress whoever acknowledged is asked once more; never unless stated."""


class TakerModel(Strict):
    """Who has a ticket: people of a role, or a group of the account."""

    role: str | None = None
    group: str | None = None

    @model_validator(mode="after")
    def _one(self) -> "TakerModel":
        if (self.role is None) == (self.group is None):
            raise ValueError("name a role or a group")
        return self


Taker = str | TakerModel
"""A role by its name, else a group; `{group: support}` for a group that is written as roles are."""


class MatrixRowModel(Strict):
    """A rule's row of the escalation matrix: whose the ticket is, and whose it becomes. The trigger is the rule's own `when`."""

    kind: Kind
    issue: OneOrMore[Text]
    """Issue types, or what else it is about, for people: `network_outage`, `any`."""
    owner: Taker
    """Who has it until then."""
    next: Taker
    """Who has it, or is asked, from then on."""


class EscalateModel(Strict):
    """Start to climb a ladder: from its first rung, one at a time."""

    ladder: str


class FileIssueModel(Strict):
    """File an issue for engineering: once per episode."""

    channel: str
    note: str = "issue-filed"
    """The note template with its description."""
    target: BriefTarget = "engineering"
    """Whom the escalation brief in it is for."""
    due: Duration | None = None
    """In how long it is due."""
    labels: OneOrMore[Annotated[str, Field(pattern=LABEL)]] = Field(default_factory=list)


class PublishModel(Strict):
    """Tell the public on the status page. Needs `mode: enforce`."""

    channel: str
    status: PublicStatus
    text: str
    """One of `announcements`."""


class WordsModel(Strict):
    """Words for the public in place of a field's options: what is not listed is never shown."""

    field: str
    """A drop-down field, such as field.product_area."""
    values: Annotated[dict[str, Text], Field(min_length=1)]
    """The words for each option."""
    other: Text
    """The words for every other value, and where it is empty."""


class AnnouncementModel(Strict):
    """A text for the public status page. It knows nothing of the ticket but what `words` allow."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    text: Text
    next_update: Duration | None = None
    """In how long the public hears again; the text says it by << next_update | moment >>."""
    words: dict[Ident, WordsModel] = Field(default_factory=dict)
