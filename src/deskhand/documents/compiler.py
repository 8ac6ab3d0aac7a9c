"""From declarations to a policy: severities, calendars, clocks, roles and notes first, then the rules that name them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from deskhand.core.calendar import Calendar
from deskhand.core.policy import Mode, NoteTemplate, Policy
from deskhand.core.severity import LEVELS, Binding, Level
from deskhand.documents import (
    compile_announcement,
    compile_brief,
    compile_clock,
    compile_guard,
    compile_ladder,
    compile_office,
    compile_requires,
    compile_rule,
    compile_severity,
    notes,
)
from deskhand.documents.compile_calendar import calendar
from deskhand.documents.compile_condition import condition, conditions_below
from deskhand.documents.compile_test import RuleTest, rule_tests
from deskhand.documents.gather import Declared
from deskhand.documents.lint import lint
from deskhand.documents.node import Node
from deskhand.documents.problems import Problem, errors, ordered
from deskhand.documents.scope import Mention, Role, Scope

ALWAYS: Final = "always"
COMMON_ROLES: Final = ("csm",)
"""Roles that need no declaration, beside those that the severities notify."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """The policy, or None where there is an error; with everything that was found on the way."""

    policy: Policy | None
    problems: tuple[Problem, ...]
    tests: tuple[RuleTest, ...]
    mentions: tuple[Mention, ...]


class Compiler:
    """The order in which declarations become values: severities, calendars, clocks, roles and notes, then rules."""

    def __init__(self, declared: Declared, problems: list[Problem], lost: set[tuple[str, str]], *, whole: bool) -> None:
        """`problems` are those so far, `lost` the names whose declarations are broken; `whole` is False where a file could not be read."""
        self.declared = declared
        binding, wrong = self._binding()
        self.always = Calendar.always(ALWAYS)
        self.scope = Scope(binding, self.always, whole=whole, calendars={ALWAYS: self.always}, lost=lost)
        self.scope.problems += [*problems, *declared.problems, *wrong]
        self.templates: dict[str, NoteTemplate] = {}

    def run(
        self, digest: str, data: str, mode: Mode, broken: Iterable[Node], schedules: Mapping[str, Calendar]
    ) -> Compiled:
        """Compile everything, and put the policy together where nothing is wrong. `broken` are rules and groups that were left out."""
        scope = self.scope
        levels = self._levels()
        self._calendars(schedules)
        self._clocks(levels)
        self._channels()
        self._roles(levels)
        self._notes()
        self._announcements()
        self._ladders()
        office = compile_office.office(self.declared.office.get(""), scope)
        brief = compile_brief.form(self.declared.brief.get(""), scope)
        required = compile_requires.requirements(self.declared.requires, scope)
        made = compile_guard.guards(self.declared.guards.get(""))
        groups = compile_rule.groups(self.declared.groups, scope, made.ceiling)
        for whose, when in (found for top in broken for found in conditions_below(top)):
            condition(when, scope.view(whose))
        self._people()
        tests = tuple(rule_tests(self.declared.rules, scope))
        problems = ordered([*scope.problems, *lint(self.declared, groups, levels, scope)])
        mentions = tuple(scope.mentions)
        if errors(problems):
            return Compiled(None, problems, tests, mentions)
        policy = Policy(
            digest=digest,
            data=data,
            levels=levels,
            binding=scope.binding,
            calendars=dict(scope.calendars),
            always=self.always,
            office=office,
            clocks=tuple(scope.clocks.values()),
            groups=groups,
            templates=self.templates,
            mode=mode,
            needs=frozenset(scope.needs),
            watched=compile_clock.watched(scope.clocks),
            names=_by_kind(mentions),
            guards=made,
            brief=brief,
            requires=required,
            channels=scope.channels,
            roles={name: role.who for name, role in scope.roles.items()},
            ladders=scope.ladders,
            alike=tuple(scope.alike),
        )
        return Compiled(policy, problems, tests, mentions)

    def _binding(self) -> tuple[Binding, list[Problem]]:
        placed = self.declared.binding.get("")
        return (
            compile_severity.binding(placed.model, placed.node) if placed else (compile_severity.default_binding(), [])
        )

    def _levels(self) -> dict[str, Level]:
        found = self.declared.levels
        missing = [name for name in LEVELS if name not in found]
        missing = [name for name in missing if ("severity", name) not in self.scope.lost]
        if found and missing and self.scope.whole:
            at = next(iter(found.values())).key
            self.scope.report(
                at.problem(f"{', '.join(missing)} not defined", "missing-severity", "define all of p1 to p4")
            )
        return {name: compile_severity.level(name, found[name].model) for name in LEVELS if name in found}

    def _calendars(self, schedules: Mapping[str, Calendar]) -> None:
        for name, placed in self.declared.calendars.items():
            view = self.scope.view(f"calendar '{name}': ")
            if name == ALWAYS:
                view.problem(placed.key, "this name is taken: it never closes", "duplicate-id")
                continue
            made = calendar(name, placed, view, schedules)
            if made:
                self.scope.calendars[name] = made
            else:
                self.scope.lost.add(("calendar", name))

    def _clocks(self, levels: Mapping[str, Level]) -> None:
        self.scope.clocks.update(compile_clock.built_in(levels, self.always))
        for name, placed in self.declared.clocks.items():
            made = compile_clock.clock(name, placed, self.scope.view(f"clock '{name}': "), levels)
            if made:
                self.scope.clocks[name] = made
            else:
                self.scope.lost.add(("clock", name))

    def _roles(self, levels: Mapping[str, Level]) -> None:
        named = (*COMMON_ROLES, *(role for level in levels.values() for role in level.notify))
        roles = {
            name: Role(compile_ladder.role(name, None, self.scope.view("")), f"told_{name}", "people-told")
            for name in named
        }
        for name, placed in self.declared.roles.items():
            model, view = placed.model, self.scope.view(f"role '{name}': ")
            roles[name] = Role(compile_ladder.role(name, placed, view), model.tag or f"told_{name}", model.note)
            if model.agent:
                view.mention("agents", model.agent, placed.node.at(("agent",)))
        self.scope.roles = roles

    def _channels(self) -> None:
        for name, placed in self.declared.channels.items():
            self.scope.channels[name] = compile_ladder.channel(name, placed, self.scope.view(f"channel '{name}': "))

    def _announcements(self) -> None:
        for name, placed in self.declared.announcements.items():
            made = compile_announcement.announcement(name, placed, self.scope.view(f"announcement '{name}': "))
            if made:
                self.scope.announcements[name] = made
                self.templates[made.template] = made
            else:
                self.scope.lost.add(("announcement", name))

    def _ladders(self) -> None:
        for name, placed in self.declared.ladders.items():
            made = compile_ladder.ladder(name, placed, self.scope.view(f"ladder '{name}': "))
            if made:
                self.scope.ladders[name] = made
            else:
                self.scope.lost.add(("ladder", name))

    def _notes(self) -> None:
        """The templates of the folder, and the built-in ones that it does not replace."""
        declared = self.declared.notes
        self.scope.notes = frozenset({*notes.BUILT_IN, *declared})
        for name in notes.BUILT_IN.keys() - declared.keys():
            self._keep(notes.compile_note(name, notes.BUILT_IN[name])[0])
        for name, placed in declared.items():
            note, complaints = notes.compile_note(name, placed.model)
            view = self.scope.view(f"note '{name}': ")
            for one in complaints:
                view.problem(placed.node, f"{one.message}, in its line {one.line}", one.check, one.hint)
            self._keep(note)
            for path in note.uses if note else ():
                if path[:2] == ("ticket", "field") and len(path) > 2:
                    view.mention("fields", path[2], placed.node)
        for name, role in self.declared.roles.items():
            self.scope.view(f"role '{name}': ").note(role.node.at(("note",)), role.model.note)

    def _keep(self, note: notes.Note | None) -> None:
        if note is not None:
            self.templates[note.name] = note

    def _people(self) -> None:
        """Whether a note that is used speaks of the requester or the organization."""
        for kind, name in self.scope.used:
            note = self.templates.get(name) if kind == "note" else None
            if isinstance(note, notes.Note) and note.asks_people:
                self.scope.needs.add("people")


def _by_kind(mentions: Iterable[Mention]) -> dict[str, frozenset[str]]:
    kinds = sorted({mention.kind for mention in mentions})
    return {kind: frozenset(one.name for one in mentions if one.kind == kind) for kind in kinds}
