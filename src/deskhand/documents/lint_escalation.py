"""Checks over escalation as a whole: does every rung reach somebody, does every row say when, and are the kinds kept apart?"""

from collections.abc import Iterator, Mapping
from typing import Final

from deskhand.core.domain import fields, levels
from deskhand.core.ladder import Ladder, Rung
from deskhand.core.message import PAGERS
from deskhand.core.policy import Escalate, Group, MoveSeverity, Rule, Send, Tell
from deskhand.core.severity import Level
from deskhand.documents.gather import Declared, Placed
from deskhand.documents.models_rule import RuleModel
from deskhand.documents.node import Node
from deskhand.documents.problems import Problem, listed
from deskhand.documents.scope import Scope

LOW: Final = frozenset({"p3", "p4"})
"""Severities that executives never hear of (requirement 24)."""
NO_TRIGGER: Final = frozenset({"severity", "status", "custom_status"})
"""Fields that are no trigger by themselves: every ticket has them."""


def lint_rule(rule: Rule, placed: Placed[RuleModel], scope: Scope) -> Iterator[Problem]:
    """What is wrong with how one rule escalates."""
    whose = f"rule '{rule.id}': "
    row, at = rule.escalation, placed.node.at(("escalation",))
    climbs = [scope.ladders[action.ladder] for action in rule.then if isinstance(action, Escalate)]
    if climbs and row is None:
        message = f"{whose}starts a ladder, and the matrix has no row for it"
        yield placed.node.at(("then",)).problem(
            message, "no-matrix-row", "give it 'escalation: {kind, issue, owner, next}'"
        )
    if row is not None and fields(rule.when) <= NO_TRIGGER:
        hint = "add a time (since, burn, remaining) or a condition"
        yield placed.node.at(("when",)).problem(f"{whose}its row has no trigger but the severity", "no-trigger", hint)
    if row is not None:
        yield from _row_kinds(rule, climbs, at, whose)
    for ladder in climbs:
        yield from _served(rule, ladder, placed.node.at(("then",)), whose)
    yield from _executives_told(rule, placed, scope, whose)


def _row_kinds(rule: Rule, climbs: list[Ladder], at: Node, whose: str) -> Iterator[Problem]:
    row = rule.escalation
    for ladder in climbs:
        if row and ladder.kind != row.kind:
            message = f"{whose}its row is {row.kind}, and ladder '{ladder.id}' is {ladder.kind}"
            yield at.at(("kind",)).problem(message, "kinds-mixed", f"use a ladder of kind {row.kind}")
    moves = any(isinstance(action, MoveSeverity) for action in rule.then)
    if row and moves and row.kind != "severity":
        message = f"{whose}its row is {row.kind}, and it changes the severity"
        yield at.at(("kind",)).problem(message, "kinds-mixed", "write kind: severity, or make two rules of it")


def _served(rule: Rule, ladder: Ladder, at: Node, whose: str) -> Iterator[Problem]:
    if ladder.severities and not set(levels(rule.when)) & ladder.severities:
        words = listed(sorted(ladder.severities), "and")
        yield at.problem(f"{whose}holds for no severity that climbs ladder '{ladder.id}' ({words})", "no-effect")


def _executives_told(rule: Rule, placed: Placed[RuleModel], scope: Scope, whose: str) -> Iterator[Problem]:
    low = LOW & set(levels(rule.when))
    told = {action.role for action in rule.then if isinstance(action, Tell | Send)}
    for name in sorted(told):
        role = scope.roles.get(name)
        if low and role and role.who.executive:
            message = f"{whose}tells '{name}', an executive, of {listed(sorted(low))}"
            hint = "ask severity: {at_least: p2}, or tell somebody else"
            yield placed.node.at(("then",)).problem(message, "executive-reach", hint)


def lint_ladders(
    declared: Declared, groups: tuple[Group, ...], found: Mapping[str, Level], scope: Scope
) -> Iterator[Problem]:
    """What is wrong with ladders, and with severities (`found`) for which nobody climbs."""
    for name, ladder in scope.ladders.items():
        node = declared.ladders[name].node
        rungs = dict(zip((rung.place for rung in ladder.rungs), ladder.rungs, strict=True))
        for at in node.at(("rungs",)).items:
            if at.place in rungs:
                yield from _rung(ladder, rungs[at.place], at, scope)
        yield from _pagerduty(ladder, node, scope)
    yield from _climbers(declared, scope)
    if scope.whole:
        yield from _severities(declared, groups, found, scope)


def _rung(ladder: Ladder, rung: Rung, at: Node, scope: Scope) -> Iterator[Problem]:
    whose = f"ladder '{ladder.id}': rung '{rung.name}' "
    services = [scope.channels[name].service for name in rung.channels if name in scope.channels]
    if not rung.channels:
        hint = f"give role '{rung.role}' or the rung 'channels'"
        yield at.problem(f"{whose}reaches nobody: it has no channel", "unreachable-rung", hint)
    elif rung.how == "page" and not PAGERS & set(services):
        hint = f"add a channel of {listed(sorted(PAGERS))}, or write how: notify"
        yield at.problem(f"{whose}cannot page: nobody can acknowledge by {listed(services)}", "cannot-page", hint)
    role = scope.roles.get(rung.role)
    if role is None or not role.who.executive:
        return
    if ladder.kind == "technical":
        hint = "put executives into a stakeholder ladder"
        yield at.problem(f"{whose}asks '{rung.role}', an executive, on a technical ladder", "kinds-mixed", hint)
    low = sorted(LOW & ({*ladder.severities, ladder.executive_from}))
    if low:
        hint = "keep them off this ladder's 'severities', and let 'executive_from' be p1 or p2"
        yield at.problem(f"{whose}would let {listed(low)} reach '{rung.role}', an executive", "executive-reach", hint)


def _pagerduty(ladder: Ladder, node: Node, scope: Scope) -> Iterator[Problem]:
    """Where PagerDuty climbs, it must know by which of its policies."""
    first = next((rung for rung in ladder.rungs if rung.how == "page"), None)
    if "pagerduty" not in ladder.climber.values():
        return
    role = scope.roles.get(first.role) if first else None
    if role is None or not role.who.schedule:
        who = f"role '{first.role}' has no 'schedule'" if first else "there is no rung that pages"
        hint = "schedule: {policy: <id of an escalation policy>}" if first else "write how: page"
        yield node.at(("climber",)).problem(
            f"ladder '{ladder.id}': PagerDuty is to climb, and {who}", "bad-ladder", hint
        )


def _climbers(declared: Declared, scope: Scope) -> Iterator[Problem]:
    """One severity is climbed by the worker or by PagerDuty, on whatever ladder."""
    seen: dict[str, tuple[str, str]] = {}
    for name, ladder in scope.ladders.items():
        for level, who in sorted(ladder.climber.items()):
            other, before = seen.setdefault(level, (name, who))
            if before != who:
                at = declared.ladders[name].node
                message = f"ladder '{name}': {level} is climbed by {who} here and by {before} on ladder '{other}'"
                yield at.at(("climber",)).problem(message, "two-climbers", "either the worker or PagerDuty climbs")


def _severities(
    declared: Declared, groups: tuple[Group, ...], found: Mapping[str, Level], scope: Scope
) -> Iterator[Problem]:
    """What a severity promises to page and to notify is done by some ladder or rule (requirement 49)."""
    rules = [rule for group in groups for rule in group.rules]
    for name, level in found.items():
        at = declared.levels[name].node
        started = [
            scope.ladders[action.ladder]
            for rule in rules if name in levels(rule.when)
            for action in rule.then if isinstance(action, Escalate)
        ]  # fmt: skip
        climbed = [rung for ladder in started if name in ladder.severities for rung in ladder.rungs]
        whose = f"severity '{name}': "
        if level.page_on_call != "false" and not any(rung.how == "page" for rung in climbed):
            hint = "start a ladder with a rung that pages, or write page_on_call: false"
            yield at.at(("page_on_call",)).problem(f"{whose}no ladder pages for it", "unserved-severity", hint)
        told = {rung.role for rung in climbed} | {
            action.role
            for rule in rules
            if name in levels(rule.when)
            for action in rule.then
            if isinstance(action, Tell)
        }
        for role in level.notify:
            if role not in told:
                hint = "notify them in a rule, or put them on a ladder"
                yield at.at(("notify",)).problem(f"{whose}nobody tells '{role}'", "unserved-severity", hint)
        executives = [role for role in level.notify if scope.roles[role].who.executive]
        if name in LOW and executives:
            message = f"{whose}notifies {listed(executives, 'and')}, who are executives"
            yield at.at(("notify",)).problem(message, "executive-reach", "tell somebody else below P2")
