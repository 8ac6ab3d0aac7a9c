"""Channels, the people behind roles, and ladders: from what was declared to core values."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from deskhand.core.condition import Both, Compare, Condition
from deskhand.core.ladder import Channel, Climber, Ladder, MatrixRow, Role, Rung
from deskhand.core.message import PAGERS, Service
from deskhand.documents.channel_options import check_options
from deskhand.documents.compile_compare import use_field
from deskhand.documents.compile_condition import condition
from deskhand.documents.gather import Placed
from deskhand.documents.models_escalation import (
    ChannelModel,
    LadderModel,
    MatrixRowModel,
    RoleModel,
    RungModel,
    Taker,
    TakerModel,
)
from deskhand.documents.node import Node
from deskhand.documents.problems import listed, near
from deskhand.documents.scalars import ident
from deskhand.documents.scope import Scope, View
from deskhand.documents.vocabulary import FIELDS, prefixed

WAIT: Final = 300
"""Seconds that an acknowledgement is waited for, unless a rung says otherwise (requirement 48)."""
NEEDS_PLACE: Final[Mapping[Service, str]] = {
    "pagerduty": "the id of a PagerDuty service",
    "slack": "a Slack channel's id",
    "statuspage": "the page's id",
    "jira": "the project's key",
    "confluence": "the space's key",
}
"""Services that cannot find anything without a place, with what that is."""
_SLACK_PLACE: Final = re.compile(r"[CDGUW][A-Z0-9]*")
"""Ids of public and private channels, of conversations, and of people."""
FOR_PEOPLE: Final[frozenset[Service]] = PAGERS | {"slack", "slack_hook", "webhook", "apprise"}
"""Services that reach people."""


def channel(name: str, placed: Placed[ChannelModel], view: View) -> Channel:
    """One channel. What its service needs and is not there is a problem."""
    model, node = placed.model, placed.node
    if model.place is None and model.service in NEEDS_PLACE:
        hint = f"place: {NEEDS_PLACE[model.service]}"
        view.problem(node.at(("service",)), f"'{model.service}' needs a 'place'", "bad-channel", hint)
    if model.place is not None and model.service == "slack" and not _SLACK_PLACE.fullmatch(model.place):
        hint = "it stands under About, at the bottom of the channel's details; names change, and threads need the id"
        view.problem(
            node.at(("place",)), f"'{model.place}' is no id of a Slack channel, such as C0123ABCD", "bad-channel", hint
        )
    if "options" in node.mapping:
        check_options(model.service, node.mapping["options"], view)
    hours = view.calendar(node.at(("hours",))) if model.hours is not None else None
    return Channel(name, model.service, model.place or "", model.key or "", hours, dict(model.options))


def role(name: str, placed: Placed[RoleModel] | None, view: View) -> Role:
    """One role; one that is only named has no way to be reached."""
    if placed is None:
        return Role(name)
    model, schedule = placed.model, placed.model.schedule
    return Role(
        name,
        people_channels(model.channels, placed.node.at(("channels",)), view),
        model.agent,
        schedule.policy if schedule else "",
        schedule.level if schedule else 1,
        model.executive,
    )


def people_channels(names: list[str], node: Node, view: View) -> tuple[str, ...]:
    """Those of some channels that exist; what reaches no person is a problem."""
    found = []
    for name, at in zip(names, node.items or (node,), strict=False):
        known = view.channel(at, name)
        if known and known.service not in FOR_PEOPLE:
            hint = f"use one of {', '.join(sorted(FOR_PEOPLE))}"
            view.problem(at, f"channel '{name}' ({known.service}) reaches no people", "wrong-channel", hint)
        elif known:
            found.append(name)
    return tuple(found)


def ladder(name: str, placed: Placed[LadderModel], view: View) -> Ladder | None:
    """One ladder, or None where one of its conditions is wrong."""
    model, node = placed.model, placed.node
    severities = _severities(node.at(("severities",)), view)
    conditions = {key: _when(key, node, view) for key in ("stops", "ends", "impact")}
    rungs = tuple(_rungs(model, node.at(("rungs",)), view))
    lowest = view.severity(node.at(("executive_from",))) if "executive_from" in node.mapping else "p1"
    if any(node.mapping.get(key) and made is None for key, made in conditions.items()):
        return None
    return Ladder(
        id=name,
        kind=model.kind,
        place=node.place,
        description=model.description,
        severities=frozenset(severities),
        rungs=rungs,
        stops=conditions["stops"] or Both(node.place, "any", ()),
        ends=conditions["ends"] or Compare(node.place, "status", "in", ("solved", "closed")),
        climber=_climbers(model.climber, node.at(("climber",)), severities, view),
        executive_from=lowest or "p1",
        alike=_alike(model.alike, node.at(("alike",)), view),
        impact=conditions["impact"],
        reask=model.reask or 0,
        urgent=model.urgent,
    )


def _severities(node: Node, view: View) -> list[str]:
    levels = [view.severity(at) for at in node.items or (node,)]
    return [level for level in levels if level]


def _when(key: str, node: Node, view: View) -> Condition | None:
    """A condition of the ladder, where it is written."""
    at = node.mapping.get(key)
    return condition(at, view) if at is not None else None


def _climbers(
    given: Climber | dict[str, Climber], node: Node, severities: list[str], view: View
) -> Mapping[str, Climber]:
    """Who climbs, for every severity of the ladder."""
    if isinstance(given, str):
        return dict.fromkeys(severities, given)
    found: dict[str, Climber] = {}
    for word, who in given.items():
        key = node.key(word)
        level = view.severity(key)
        if level and found.setdefault(level, who) != who:
            view.problem(key, f"{level} has two climbers", "two-climbers", "either the worker or PagerDuty climbs")
        if level and level not in severities:
            hint = f"add it to 'severities', which are {listed(severities, 'and')}" if severities else ""
            view.problem(key, f"{level} does not climb this ladder", "bad-ladder", hint)
    return {level: found.get(level, "worker") for level in severities}


def _alike(field: str | None, node: Node, view: View) -> str:
    if field is None:
        return ""
    known = field in FIELDS or bool(prefixed(field)[0])
    if known:
        use_field(field, node, view)
    else:
        hint = near(field, FIELDS) or f"a custom field is written field.{field}"
        view.problem(node, f"unknown field {node.kind}", "unknown-field", hint)
    return field


def _rungs(model: LadderModel, node: Node, view: View) -> Iterator[Rung]:
    for one, at in zip(model.rungs, node.items, strict=True):
        made = _rung(one, at, view)
        if made:
            yield made


def _rung(model: RungModel, node: Node, view: View) -> Rung | None:
    """One rung, or None where nobody knows its role. Its channels are its own, else the role's."""
    known = view.role(node.at(("role",)), model.role)
    if known is None:
        return None
    own = people_channels(model.channels, node.at(("channels",)), view)
    hours = view.calendar(node.at(("hours",))) if model.hours is not None else None
    usual = WAIT if model.how == "page" else 0
    if model.how == "page" and model.wait == 0:
        hint = "give them minutes, or write how: notify for what nobody has to acknowledge"
        view.problem(node.at(("wait",)), f"rung '{model.name}' pages and waits for nobody", "bad-ladder", hint)
    return Rung(
        name=model.name,
        role=model.role,
        how=model.how,
        channels=own if model.channels else known.who.channels,
        wait=usual if model.wait is None else model.wait,
        pages=model.pages,
        hours=hours,
        place=node.place,
    )


def matrix_row(model: MatrixRowModel, node: Node, view: View) -> MatrixRow:
    """A rule's row of the matrix. Owners are roles or groups; a group is one that the account must have."""
    owner = _taker(model.owner, node.at(("owner",)), view)
    after = _taker(model.next, node.at(("next",)), view)
    return MatrixRow(model.kind, tuple(model.issue), owner, after)


def _taker(given: Taker, node: Node, view: View) -> str:
    """The name of whoever has the ticket: a role's where there is one, else a group's unless it is written as roles are."""
    if isinstance(given, TakerModel):
        return _named(given, node, view)
    roles: Scope = view.scope
    if given in roles.roles:
        return given
    try:
        ident(given)
    except ValueError:
        view.mention("groups", given, node)
    else:
        hint = near(given, roles.roles) or f"a group is written {{group: {given}}}"
        if roles.whole and ("role", given) not in roles.lost:
            view.problem(node, f"unknown role {node.kind}", "unknown-role", hint)
    return given


def _named(given: TakerModel, node: Node, view: View) -> str:
    if given.group is not None:
        view.mention("groups", given.group, node.at(("group",)))
        return given.group
    name = given.role or ""
    view.role(node.at(("role",)), name)
    return name
