"""What compiling knows of the whole folder: declared names, what was mentioned where, and the problems so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from deskhand.core.alike import Likeness
from deskhand.core.calendar import Calendar
from deskhand.core.clock import ZENDESK_METRICS, ClockSpec
from deskhand.core.ladder import Channel, Ladder
from deskhand.core.ladder import Role as Who
from deskhand.core.severity import LEVELS, Binding
from deskhand.documents.announcements import Announcement
from deskhand.documents.node import Node
from deskhand.documents.problems import Problem, near

Kind = Literal[
    "groups",
    "agents",
    "fields",
    "options",
    "organization_fields",
    "user_fields",
    "brands",
    "forms",
    "statuses",
]
"""Kinds of names that an account has: agents by address, custom fields by policy name, options as `<field>=<tag>`."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name of the account that a document uses, with the place and whose business it is."""

    kind: Kind
    name: str
    node: Node
    whose: str


@dataclass(slots=True)
class Scope:
    """Names by what they stand for. `whole` is False while some file could not be read, so that nothing is called unknown that may stand there."""

    binding: Binding
    always: Calendar
    whole: bool = True
    calendars: dict[str, Calendar] = field(default_factory=dict)
    lost: set[tuple[str, str]] = field(default_factory=set)
    """Names that are declared, but wrongly, as (kind, name)."""
    clocks: dict[str, ClockSpec] = field(default_factory=dict)
    notes: frozenset[str] = frozenset()
    has_brief: bool = False
    """Whether the form of briefs is declared."""
    roles: Mapping[str, "Role"] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    ladders: dict[str, Ladder] = field(default_factory=dict)
    announcements: dict[str, Announcement] = field(default_factory=dict)
    needs: set[str] = field(default_factory=set)
    alike: dict[Likeness, None] = field(default_factory=dict)
    """What conditions count other tickets for, in the order in which they ask."""
    used: set[tuple[str, str]] = field(default_factory=set)
    """Notes, calendars, clocks, channels and ladders that something uses, as (kind, name)."""
    mentions: list[Mention] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def report(self, problem: Problem) -> None:
        """Note a problem."""
        self.problems.append(problem)

    def view(self, whose: str) -> "View":
        """The scope as one rule or clock sees it."""
        return View(self, whose)


@dataclass(frozen=True, slots=True)
class Role:
    """People who can be told: who they are, and the tag and the note that tell them."""

    who: Who
    tag: str
    note: str


@dataclass(frozen=True, slots=True)
class View:
    """The scope with the words that its messages begin with (`rule 'network-outage': `)."""

    scope: Scope
    whose: str

    def problem(self, node: Node, message: str, check: str, hint: str = "") -> None:
        """Note a problem at a node."""
        self.scope.report(node.problem(f"{self.whose}{message}", check, hint))

    def unknown(self, node: Node, what: str, known: Iterable[str]) -> None:
        """Note a name of ours that is not declared, unless a file that may declare it could not be read."""
        names = sorted({*known, *(name for kind, name in self.scope.lost if kind == what)})
        hint = near(str(node.value), names) or (f"there are: {', '.join(names)}" if 0 < len(names) <= 12 else "")
        if self.scope.whole and (what, node.value) not in self.scope.lost:
            self.problem(node, f"unknown {what} {node.kind}", f"unknown-{what}", hint)

    def mention(self, kind: Kind, name: str, node: Node) -> None:
        """Note a name that the account must have."""
        self.scope.mentions.append(Mention(kind, name, node, self.whose))

    def severity(self, node: Node) -> str | None:
        """The level that a word means, or None with a problem."""
        level = self.scope.binding.reads.get(str(node.value).casefold()) if isinstance(node.value, str) else None
        if level is None:
            hint = near(str(node.value), self.scope.binding.reads) or f"levels are {', '.join(LEVELS)}"
            self.problem(node, f"unknown severity {node.kind}", "unknown-severity", hint)
        return level

    def calendar(self, node: Node) -> Calendar:
        """The calendar of a name; `always`, with a problem, where there is none."""
        name = str(node.value)
        self.scope.used.add(("calendar", name))
        if name not in self.scope.calendars:
            self.unknown(node, "calendar", self.scope.calendars)
        return self.scope.calendars.get(name, self.scope.always)

    def clock(self, node: Node) -> str:
        """The name of a clock that exists, and what tickets must carry for it."""
        name = str(node.value)
        scope = self.scope
        if name not in scope.clocks and name not in (*ZENDESK_METRICS, "any", "current"):
            self.unknown(node, "clock", (*scope.clocks, *ZENDESK_METRICS, "any", "current"))
        if name in ZENDESK_METRICS or name == "any":
            scope.needs.add("slas")
        if name == "group_ownership_time":
            scope.needs.add("group_slas")
        if name in scope.clocks or name in ("any", "current"):
            scope.needs.add("metrics")
        return name

    def role(self, node: Node, name: str) -> Role | None:
        """The role of a name, or None with a problem."""
        if name not in self.scope.roles:
            self.unknown(Node(node.file, node.line, node.column, name), "role", self.scope.roles)
        return self.scope.roles.get(name)

    def channel(self, node: Node, name: str) -> Channel | None:
        """The channel of a name, or None with a problem."""
        self.scope.used.add(("channel", name))
        if name not in self.scope.channels:
            self.unknown(Node(node.file, node.line, node.column, name), "channel", self.scope.channels)
        return self.scope.channels.get(name)

    def ladder(self, node: Node, name: str) -> Ladder | None:
        """The ladder of a name, or None with a problem."""
        self.scope.used.add(("ladder", name))
        if name not in self.scope.ladders:
            self.unknown(node, "ladder", self.scope.ladders)
        return self.scope.ladders.get(name)

    def announcement(self, node: Node, name: str) -> Announcement | None:
        """The public text of a name, or None with a problem."""
        self.scope.used.add(("announcement", name))
        if name not in self.scope.announcements:
            self.unknown(node, "announcement", self.scope.announcements)
        return self.scope.announcements.get(name)

    def note(self, node: Node, name: str) -> str:
        """The name of a note template that exists."""
        self.scope.used.add(("note", name))
        if name not in self.scope.notes:
            self.unknown(Node(node.file, node.line, node.column, name), "note", self.scope.notes)
        return name
