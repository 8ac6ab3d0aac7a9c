"""All files of a folder as one set of declarations, each with its place; what is declared twice is a problem."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from deskhand.documents.compile_severity import aliases
from deskhand.documents.models import LEVEL_KEYS, SEVERITY_KEYS, Document
from deskhand.documents.models_brief import BriefModel
from deskhand.documents.models_escalation import AnnouncementModel, ChannelModel, LadderModel, RoleModel
from deskhand.documents.models_guard import GuardsModel
from deskhand.documents.models_requires import RequirementModel
from deskhand.documents.models_rule import GroupModel, RuleModel
from deskhand.documents.models_severity import BindingModel, SeverityModel
from deskhand.documents.models_time import CalendarModel, ClockModel, OfficeModel
from deskhand.documents.node import Node
from deskhand.documents.problems import Problem

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Placed(Generic[M]):
    """Something declared, with its node and the node of its name."""

    model: M
    node: Node
    key: Node


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The rules of one group, in order. `model` is None for the plain rules of a file."""

    id: str
    model: GroupModel | None
    node: Node
    rules: tuple[Placed[RuleModel], ...]


@dataclass(slots=True)
class Declared:
    """Everything that a folder declares, by name."""

    levels: dict[str, Placed[SeverityModel]] = field(default_factory=dict)
    binding: dict[str, Placed[BindingModel]] = field(default_factory=dict)
    office: dict[str, Placed[list[OfficeModel]]] = field(default_factory=dict)
    guards: dict[str, Placed[GuardsModel]] = field(default_factory=dict)
    brief: dict[str, Placed[BriefModel]] = field(default_factory=dict)
    calendars: dict[str, Placed[CalendarModel]] = field(default_factory=dict)
    clocks: dict[str, Placed[ClockModel]] = field(default_factory=dict)
    roles: dict[str, Placed[RoleModel]] = field(default_factory=dict)
    notes: dict[str, Placed[str]] = field(default_factory=dict)
    requires: dict[str, Placed[RequirementModel]] = field(default_factory=dict)
    channels: dict[str, Placed[ChannelModel]] = field(default_factory=dict)
    ladders: dict[str, Placed[LadderModel]] = field(default_factory=dict)
    announcements: dict[str, Placed[AnnouncementModel]] = field(default_factory=dict)
    groups: list[RuleGroup] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def rules(self) -> Iterator[Placed[RuleModel]]:
        """Every rule, in order."""
        return (rule for group in self.groups for rule in group.rules)

    def take(self, name: str, document: Document, node: Node) -> None:
        """Add what one file declares; `name` is the file's own, for its plain rules."""
        for key in LEVEL_KEYS:
            if (level := getattr(document, key)) is not None:
                self._put(self.levels, "severity", key, Placed(level, node.at((key,)), node.key(key)))
        for key in SEVERITY_KEYS:
            self._severities(getattr(document, key), node.at((key,)))
        if document.severity is not None:
            placed = Placed(document.severity, node.at(("severity",)), node.key("severity"))
            self._put(self.binding, "'severity'", "", placed)
        if document.zendesk_calendar is not None:
            office = Placed(document.zendesk_calendar, node.at(("zendesk_calendar",)), node.key("zendesk_calendar"))
            self._put(self.office, "'zendesk_calendar'", "", office)
        if document.guards is not None:
            self._put(self.guards, "'guards'", "", Placed(document.guards, node.at(("guards",)), node.key("guards")))
        if document.brief is not None:
            self._put(self.brief, "'brief'", "", Placed(document.brief, node.at(("brief",)), node.key("brief")))
        self._section(self.calendars, "calendar", document.calendars, node.at(("calendars",)))
        self._section(self.clocks, "clock", document.clocks, node.at(("clocks",)))
        self._section(self.roles, "role", document.roles, node.at(("roles",)))
        self._section(self.notes, "note", document.notes, node.at(("notes",)))
        self._section(self.requires, "requires", document.requires, node.at(("requires",)))
        self._section(self.channels, "channel", document.channels, node.at(("channels",)))
        self._section(self.ladders, "ladder", document.ladders, node.at(("ladders",)))
        self._section(self.announcements, "announcement", document.announcements, node.at(("announcements",)))
        self._rules(name, document, node)

    def _section(self, into: dict[str, Placed[M]], word: str, models: Mapping[str, M] | None, node: Node) -> None:
        for name, model in (models or {}).items():
            self._put(into, word, name, Placed(model, node.at((name,)), node.key(name)))

    def _severities(self, models: Mapping[str, SeverityModel] | None, node: Node) -> None:
        """Levels under a key of their own, by any of their names."""
        from_alias = {alias: level for level in LEVEL_KEYS for alias in aliases(level)}
        for name, model in (models or {}).items():
            key = node.key(name)
            level = from_alias.get(name.casefold())
            if level is None:
                hint = "levels are p1, p2, p3, p4"
                self.problems.append(key.problem(f"unknown severity {key.kind}", "unknown-severity", hint))
            else:
                self._put(self.levels, "severity", level, Placed(model, node.at((name,)), key))

    def _put(self, into: dict[str, Placed[M]], word: str, name: str, placed: Placed[M]) -> None:
        first = into.setdefault(name, placed)
        if first is not placed:
            what, check = (f"{word} '{name}'", "duplicate-id") if name else (word, "defined-twice")
            self.problems.append(placed.key.problem(f"{what} is declared twice (first at {first.key.place})", check))

    def _rules(self, name: str, document: Document, node: Node) -> None:
        for number, group in enumerate(document.groups or []):
            at = node.at(("groups",)).at((number,))
            self.groups.append(RuleGroup(group.id, group, at, _placed(group.rules, at.at(("rules",)))))
        if document.rules:
            at = node.at(("rules",))
            self.groups.append(RuleGroup(name, None, at, _placed(document.rules, at)))

    def check_ids(self) -> None:
        """Ids of rules and of groups are unique over all files."""
        seen: dict[tuple[str, str], Node] = {}
        groups = [("group", group.id, group.node.at(("id",))) for group in self.groups if group.model]
        rules = [("rule", rule.model.id, rule.node.at(("id",))) for rule in self.rules]
        for word, name, at in (*groups, *rules):
            first = seen.setdefault((word, name), at)
            if first is not at:
                self.problems.append(
                    at.problem(f"{word} '{name}' is there twice (first at {first.place})", "duplicate-id")
                )


def _placed(models: list[RuleModel], node: Node) -> tuple[Placed[RuleModel], ...]:
    return tuple(Placed(model, at, at) for model, at in zip(models, node.items, strict=True))
