"""The shape of a policy file. Any file may hold any of these keys; every key is optional."""

from deskhand.documents.models_brief import BriefModel
from deskhand.documents.models_escalation import AnnouncementModel, ChannelModel, LadderModel, RoleModel
from deskhand.documents.models_guard import GuardsModel
from deskhand.documents.models_requires import Required
from deskhand.documents.models_rule import GroupModel, RuleModel
from deskhand.documents.models_severity import BindingModel, SeverityModel
from deskhand.documents.models_time import CalendarModel, ClockModel, OfficeChoice
from deskhand.documents.shape import Ident, OneOrMore, Strict, Text


class Document(Strict):
    """One file under the policies folder."""

    p1: SeverityModel | None = None
    p2: SeverityModel | None = None
    p3: SeverityModel | None = None
    p4: SeverityModel | None = None
    severities: dict[str, SeverityModel] | None = None
    """The levels, where they do not stand at the top of the file. Also called severity_levels or severity_policy."""
    severity_levels: dict[str, SeverityModel] | None = None
    severity_policy: dict[str, SeverityModel] | None = None
    severity: BindingModel | None = None
    """Where a ticket keeps its severity."""
    calendars: dict[Ident, CalendarModel] | None = None
    zendesk_calendar: OneOrMore[OfficeChoice] | None = None
    """The calendar in which Zendesk's own targets in business hours are counted, by brand, group or organization where it depends on them."""
    clocks: dict[Ident, ClockModel] | None = None
    roles: dict[Ident, RoleModel] | None = None
    channels: dict[Ident, ChannelModel] | None = None
    """Ways to reach people outside of Zendesk."""
    ladders: dict[Ident, LadderModel] | None = None
    """Who is asked next, how, and after how long."""
    announcements: dict[Ident, AnnouncementModel] | None = None
    """Texts for the public status page."""
    notes: dict[Ident, Text] | None = None
    """Templates of internal notes."""
    guards: GuardsModel | None = None
    """How much the worker may do before a person has looked."""
    brief: BriefModel | None = None
    """Where the parts of an escalation brief are kept."""
    requires: dict[Ident, Required] | None = None
    """Fields that must be filled in before a ticket is escalated, by issue type."""
    groups: list[GroupModel] | None = None
    rules: list[RuleModel] | None = None


SEVERITY_KEYS = ("severities", "severity_levels", "severity_policy")
LEVEL_KEYS = ("p1", "p2", "p3", "p4")
