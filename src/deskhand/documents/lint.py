"""Checks over rules as a whole: what is allowed, and most likely not meant."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from deskhand.core.condition import Both, Compare, Condition
from deskhand.core.domain import domain
from deskhand.core.policy import AssignTo, Group, MoveSeverity, Rule, SetTo
from deskhand.core.severity import LEVELS, Level
from deskhand.core.ticket import Scalar
from deskhand.documents.gather import Declared, Placed
from deskhand.documents.lint_escalation import lint_ladders, lint_rule
from deskhand.documents.models_rule import RuleModel
from deskhand.documents.node import Node
from deskhand.documents.problems import CHECKS, Problem, errors
from deskhand.documents.scope import Scope

_PLACE = re.compile(r"place='(?:[^'\\]|\\.)*'|place=\"[^\"]*\"")


def lint(declared: Declared, groups: tuple[Group, ...], levels: Mapping[str, Level], scope: Scope) -> Iterator[Problem]:
    """All such problems, but for warnings that a rule silences for itself with `ignore`."""
    placed = {rule.model.id: rule for rule in declared.rules}
    for group in groups:
        for rule in group.rules:
            yield from _kept(
                placed[rule.id],
                [
                    *_people(placed[rule.id]),
                    *_moves(rule, placed[rule.id]),
                    *_targets(rule, placed[rule.id], scope),
                    *lint_rule(rule, placed[rule.id], scope),
                ],
            )
        for rule, problem in (*_unreachable(group, placed), *_competing(group, placed)):
            yield from _kept(placed[rule.id], [problem])
    yield from lint_ladders(declared, groups, levels, scope)
    if scope.whole and not errors(scope.problems):
        yield from _unused(declared, scope)


def _kept(placed: Placed[RuleModel], problems: list[Problem]) -> Iterator[Problem]:
    for problem in problems:
        if CHECKS[problem.check][0] == "error" or problem.check not in placed.model.ignore:
            yield problem


def _say(placed: Placed[RuleModel], at: Node, message: str, check: str, hint: str = "") -> Problem:
    return at.problem(f"rule '{placed.model.id}': {message}", check, hint)


def _people(placed: Placed[RuleModel]) -> Iterator[Problem]:
    """What people who review rules need."""
    at = placed.node.at(("id",))
    if not placed.model.description:
        yield _say(placed, at, "has no description", "no-description")
    if not placed.model.tests:
        yield _say(placed, at, "has no tests", "no-tests")


def _moves(rule: Rule, placed: Placed[RuleModel]) -> Iterator[Problem]:
    """Raising what is always p1 already, and the like."""
    levels = domain(rule.when, "severity")
    for action in rule.then:
        if not isinstance(action, MoveSeverity) or levels is None:
            continue
        worst = action.to or (LEVELS[0] if action.direction == "raise" else LEVELS[-1])
        stuck = all(str(level) <= worst if action.direction == "raise" else str(level) >= worst for level in levels)
        if stuck:
            message = f"'{action.direction}_severity' changes nothing for {', '.join(sorted(map(str, levels)))}"
            yield _say(placed, placed.node.at(("then",)), message, "no-effect")


def _targets(rule: Rule, placed: Placed[RuleModel], scope: Scope) -> Iterator[Problem]:
    """A clock of ours without a target never burns."""
    for name in sorted(rule.when.clocks()):
        meant = ("response", "resolution") if name == "current" else (name,)
        if all(one in scope.clocks and not scope.clocks[one].targets for one in meant) and scope.whole:
            yield _say(
                placed,
                placed.node.at(("when",)),
                f"clock '{name}' has no target",
                "no-target",
                "define severities p1 to p4",
            )


def _unreachable(group: Group, placed: dict[str, Placed[RuleModel]]) -> Iterator[tuple[Rule, Problem]]:
    """Rules after one that holds whenever they do, where the first match wins."""
    if group.match != "first":
        return
    earlier: dict[str, list[Rule]] = {}
    for rule in group.rules:
        shape = _shape(rule.when)
        cover = next(
            (one for key in (_EVERYTHING, shape) for one in earlier.get(key, ()) if _asked_of(one, rule)), None
        )
        if cover:
            at = placed[rule.id].node.at(("when",))
            message = f"is never reached: '{cover.id}' before it holds whenever it does"
            yield rule, _say(placed[rule.id], at, message, "unreachable-rule")
        if rule.mode != "off" and rule.enforce_from is None:
            earlier.setdefault(shape, []).append(rule)


def _asked_of(earlier: Rule, later: Rule) -> bool:
    """Whether a rule is asked in every status in which a later one is."""
    return not earlier.statuses or bool(later.statuses and later.statuses <= earlier.statuses)


def _shape(condition: Condition) -> str:
    """A condition without its places, so that two that ask the same are equal."""
    return _PLACE.sub("", repr(condition))


_EVERYTHING = _shape(Both("", "all", ()))


def _competing(group: Group, placed: dict[str, Placed[RuleModel]]) -> Iterator[tuple[Rule, Problem]]:
    """Rules of a group in which all matches count, that set one thing to different values for the same tickets."""
    if group.match != "all":
        return
    claims: dict[str, list[_Claim]] = {}
    for rule in group.rules:
        for target, value in _claims(rule):
            claims.setdefault(target, []).append(_Claim(rule, value, _domains(rule.when)))
    for target, rivals in claims.items():
        for first, second in _clashes(rivals):
            rule = second.rule
            at = placed[rule.id].node.at(("then",))
            message = f"sets {target} to '{second.value}' where '{first.rule.id}' before it may have set it to '{first.value}'"
            hint = "put them into a group with match: first"
            yield rule, _say(placed[rule.id], at, message, "competing-rules", hint)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a rule sets something to, and the values of fields for which it can hold at all."""

    rule: Rule
    value: object
    domains: Mapping[str, frozenset[Scalar]]

    def clashes(self, other: "_Claim") -> bool:
        """Whether both may hold for one ticket, and differ."""
        apart = any(not values & other.domains.get(field, values) for field, values in self.domains.items())
        return not apart and self.rule.id != other.rule.id and self.value != other.value


def _clashes(rivals: list[_Claim]) -> Iterator[tuple[_Claim, _Claim]]:
    """For each claim the first earlier one that it clashes with.

    Claims are looked up by the values of the field that most of them ask, so that a long table of routes is not compared pair by pair.
    """
    counted = Counter(field for claim in rivals for field in claim.domains)
    field = counted.most_common(1)[0][0] if counted else ""
    seen: list[_Claim] = []
    unbound: list[_Claim] = []
    by_value: dict[Scalar, list[_Claim]] = {}
    for claim in rivals:
        values = claim.domains.get(field)
        near = seen if values is None else [*unbound, *(one for value in values for one in by_value.get(value, ()))]
        clash = next((one for one in near if one.clashes(claim)), None)
        if clash:
            yield clash, claim
        seen.append(claim)
        for known in [by_value.setdefault(value, []) for value in values] if values is not None else [unbound]:
            known.append(claim)


def _claims(rule: Rule) -> Iterator[tuple[str, object]]:
    for action in rule.then:
        if isinstance(action, SetTo):
            yield action.field, action.value
        elif isinstance(action, AssignTo):
            yield from (
                (name, value) for name, value in (("group", action.group), ("assignee", action.assignee)) if value
            )


def _domains(condition: Condition) -> dict[str, frozenset[Scalar]]:
    found = {field: domain(condition, field) for field in sorted(_fields(condition))}
    return {field: values for field, values in found.items() if values is not None}


def _fields(condition: Condition) -> frozenset[str]:
    match condition:
        case Compare(field=field):
            return frozenset({field})
        case Both(parts=parts):
            return frozenset().union(*(_fields(part) for part in parts))
        case _:
            return frozenset()


USED_BY_ITSELF: Final = frozenset({"confluence"})
"""Services whose channels no rule names: the runbook is in every message."""


def _unused(declared: Declared, scope: Scope) -> Iterator[Problem]:
    notes = {name: placed.key for name, placed in declared.notes.items()}
    calendars = {name: placed.key for name, placed in declared.calendars.items() if name not in _office(declared)}
    channels = {name: one.key for name, one in declared.channels.items() if one.model.service not in USED_BY_ITSELF}
    ladders = {name: placed.key for name, placed in declared.ladders.items()}
    announcements = {name: placed.key for name, placed in declared.announcements.items()}
    kinds = {
        "note": notes,
        "calendar": calendars,
        "channel": channels,
        "ladder": ladders,
        "announcement": announcements,
    }
    for kind, keys in kinds.items():
        for name, key in keys.items():
            if (kind, name) not in scope.used:
                yield key.problem(f"{kind} '{name}' is used nowhere", "unused")


def _office(declared: Declared) -> set[str]:
    return {choice.calendar for placed in declared.office.values() for choice in placed.model}
