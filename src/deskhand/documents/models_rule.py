"""The shape of rules: conditions, actions and tests."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from deskhand.core.policy import Mode
from deskhand.documents.models_brief import BriefTarget, WriteBriefModel
from deskhand.documents.models_escalation import EscalateModel, FileIssueModel, MatrixRowModel, PublishModel
from deskhand.documents.models_guard import CeilingModel
from deskhand.documents.shape import Duration, Email, Ident, Instant, OneOrMore, Strict, TagName, Text, When
from deskhand.documents.vocabulary import SET_FIELDS


class AssignModel(Strict):
    """A group, an agent, or both."""

    group: str | None = None
    assignee: Email | None = None


class RaiseModel(Strict):
    """Make it more severe, by steps or up to a level."""

    by: Annotated[int, Field(ge=1, le=3)] | None = None
    to: str | None = None
    reason: Text


class LowerModel(RaiseModel):
    """Make it less severe, by steps or down to a level."""


class NotifyModel(Strict):
    """Tell the people of a role: an internal note, a tag, a follower where the role has an agent, and a message where it has channels."""

    role: str
    note: str | None = None
    """Another note template than the role's."""
    by: OneOrMore[str] | None = None
    """Other channels than the role's; an empty list sends nothing."""
    brief: BriefTarget | None = None
    """Whom the escalation brief is for that goes with the message."""


class EngageModel(Strict):
    """Ask another tier for help: an internal note and a tag."""

    tier: Ident
    by: str | None = None
    """The field with the area, such as field.product_area."""
    pattern: Ident = "async_clarification"
    """How they are asked."""
    note: str = "help-asked"
    tag: TagName | None = None
    """`engaged_<tier>` unless stated."""
    agent: Email | None = None
    """An agent who becomes a follower."""


class ActionModel(Strict):
    """One thing to do."""

    set: Annotated[
        dict[str, Any] | None,
        WithJsonSchema(
            {
                "type": "object",
                "minProperties": 1,
                "properties": {
                    name: {"enum": list(values)} if values else {"type": "string"}
                    for name, values in SET_FIELDS.items()
                },
                "patternProperties": {r"^field\.": {}},
                "additionalProperties": False,
            }
        ),
    ] = None
    """Give fields a value: `{status: open, field.mitigation_status: contained}`."""
    add_tags: OneOrMore[TagName] | None = None
    remove_tags: OneOrMore[TagName] | None = None
    assign: AssignModel | None = None
    raise_severity: RaiseModel | None = None
    lower_severity: LowerModel | None = None
    internal_note: str | None = None
    """A note template by its name."""
    add_follower: Email | None = None
    notify: NotifyModel | None = None
    engage: EngageModel | None = None
    brief: WriteBriefModel | None = None
    escalate: EscalateModel | None = None
    file_issue: FileIssueModel | None = None
    publish: PublishModel | None = None


class RepeatModel(Strict):
    """Fire again while the condition holds."""

    every: Duration
    at_most: Annotated[int, Field(ge=1, le=1000)]


class TagsExpected(Strict):
    """Tags that the rule puts on and takes off: exactly these."""

    added: OneOrMore[TagName] = Field(default_factory=list)
    removed: OneOrMore[TagName] = Field(default_factory=list)


class ExpectModel(Strict):
    """What the rule does to the ticket. What is not named here is not asked."""

    nothing: bool = False
    severity: str | None = None
    """The level that it gets."""
    set: dict[str, Any] | None = None
    tags: TagsExpected | None = None
    group: str | None = None
    assignee: str | None = None
    note: OneOrMore[str] | None = None
    """Note templates, in order, without those of notify and engage."""
    says: OneOrMore[str] | None = None
    """Texts that its notes contain."""
    notify: OneOrMore[str] | None = None
    """Roles."""
    engage: OneOrMore[str] | None = None
    """Tiers."""
    sends: OneOrMore[str] | None = None
    """Roles to whose channels a message goes that nobody has to answer."""
    climbs: OneOrMore[str] | None = None
    """Ladders that are begun."""
    files: OneOrMore[str] | None = None
    """Channels in which an issue is filed."""
    pages: OneOrMore[str] | None = None
    """Roles that are paged at this look, by the rule's ladder."""
    tells: OneOrMore[str] | None = None
    """Roles that are told at this look outside Zendesk, by the rule or by its ladder."""
    closes: bool | None = None
    """Whether the page is closed at this look."""
    publishes: OneOrMore[str] | None = None
    """What the status page says: investigating, identified, monitoring, resolved."""
    brief: OneOrMore[BriefTarget] | None = None
    """For whom a brief is written."""
    lacks: OneOrMore[str] | None = None
    """Fields that it waits for, since this kind of ticket requires them."""
    followers: OneOrMore[str] | None = None
    look_again: Instant | None = None
    """When the ticket is looked at again by itself."""


def _expect(value: object) -> object:
    return {"nothing": True} if value == "nothing" else value


Expect = Annotated[ExpectModel, BeforeValidator(_expect, json_schema_input_type=Literal["nothing"] | ExpectModel)]


class AcknowledgedModel(Strict):
    """Somebody acknowledges whatever pages there are."""

    at: Instant
    by: Text = "Ann"


class RuleTestModel(Strict):
    """A ticket at an instant, and what the rule does to it."""

    name: Text
    ticket: Annotated[dict[str, Any], WithJsonSchema({"x-definition": "TestTicket"})]
    """The ticket as it was created, and `events` since."""
    at: Instant
    """The instant of the look."""
    looked_at: OneOrMore[Instant] = Field(default_factory=list)
    """Earlier looks, whose firings are remembered."""
    on_call: dict[str, OneOrMore[str]] = Field(default_factory=dict)
    """Who of a role is on call, as PagerDuty would say; an empty list is nobody, and a role that is not named is not known."""
    acknowledged: AcknowledgedModel | None = None
    """Who acknowledged the page, and when."""
    awake: bool = False
    """The worker looks whenever it planned to, and at every event: so a ladder is climbed step by step until `at`."""
    together: bool = False
    """Judge all rules of all files, and ask only what this one does."""
    expect: Expect


class RuleModel(Strict):
    """One rule: when it holds, then these things are done, once per episode."""

    id: Ident
    description: str = ""
    """What it is for, for people."""
    when: When
    then: Annotated[OneOrMore[ActionModel], Field(min_length=1)]
    tests: list[RuleTestModel] = Field(default_factory=list)
    mode: Mode = "enforce"
    """off; observe: decide and record; notify: only tell people; enforce: all of it."""
    enforce_from: Instant | None = None
    """It counts from this instant on."""
    repeat: RepeatModel | None = None
    ceiling: CeilingModel | None = None
    """How many tickets it may change, where the common ceiling is not right for it."""
    statuses: OneOrMore[Literal["new", "open", "pending", "hold", "solved"]] = Field(default_factory=list)
    """Statuses in which it is asked: new, open, pending and hold unless stated."""
    escalation: MatrixRowModel | None = None
    """Its row of the escalation matrix."""
    ignore: OneOrMore[str] = Field(default_factory=list)
    """Warnings that are silenced for this rule, by their check id."""


class GroupModel(Strict):
    """Rules that belong together."""

    id: Ident
    match: Literal["first", "all"] = "all"
    """first: the first rule that holds wins; all: every rule that holds counts."""
    description: str = ""
    rules: list[RuleModel]
