"""Rules and groups of rules: from what was declared to core values."""

import hashlib
import json
from collections.abc import Iterator

from deskhand.core.guards import Ceiling
from deskhand.core.policy import Group, Repeat, Rule
from deskhand.documents.compile_action import actions
from deskhand.documents.compile_condition import condition
from deskhand.documents.compile_guard import ceiling
from deskhand.documents.compile_ladder import matrix_row
from deskhand.documents.gather import Placed, RuleGroup
from deskhand.documents.models_rule import RuleModel
from deskhand.documents.node import Node
from deskhand.documents.problems import CHECKS, near
from deskhand.documents.scope import Scope


def groups(declared: list[RuleGroup], scope: Scope, usual: Ceiling) -> tuple[Group, ...]:
    """All groups whose rules could be compiled; the plain rules of a file are a group in which all matches count."""
    return tuple(
        Group(group.id, group.model.match if group.model else "all", tuple(_rules(group, scope, usual)))
        for group in declared
    )


def _rules(group: RuleGroup, scope: Scope, usual: Ceiling) -> Iterator[Rule]:
    for placed in group.rules:
        made = rule(placed, scope, usual)
        if made:
            yield made


def rule(placed: Placed[RuleModel], scope: Scope, usual: Ceiling) -> Rule | None:
    """One rule, or None with its problems. `usual` is the ceiling of rules that do not state one."""
    model, node = placed.model, placed.node
    view = scope.view(f"rule '{model.id}': ")
    when = condition(node.at(("when",)), view)
    entries = node.at(("then",))
    then = tuple(
        action
        for one, at in zip(model.then, entries.items or (entries,), strict=True)
        for action in actions(one, at, view)
    )
    _check_ignore(placed, scope)
    row = matrix_row(model.escalation, node.at(("escalation",)), view) if model.escalation else None
    if when is None:
        return None
    return Rule(
        id=model.id,
        place=node.place,
        description=model.description,
        when=when,
        then=then,
        mode=model.mode,
        enforce_from=model.enforce_from,
        repeat=Repeat(model.repeat.every, model.repeat.at_most) if model.repeat else None,
        statuses=frozenset(model.statuses),
        ceiling=ceiling(model.ceiling, usual) if model.ceiling else None,
        escalation=row,
        digest=_digest(node),
    )


def _digest(node: Node) -> str:
    """A name for what a rule's document says."""
    return hashlib.sha256(json.dumps(node.plain, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _check_ignore(placed: Placed[RuleModel], scope: Scope) -> None:
    """Only warnings can be silenced."""
    entries = placed.node.at(("ignore",))
    view = scope.view(f"rule '{placed.model.id}': ")
    for check, at in zip(placed.model.ignore, entries.items or (entries,), strict=False):
        if check not in CHECKS:
            view.problem(at, f"unknown check '{check}'", "unknown-check", near(check, CHECKS))
        elif CHECKS[check][0] == "error":
            view.problem(at, f"check '{check}' is an error, which cannot be silenced", "unknown-check")
