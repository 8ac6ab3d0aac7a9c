"""Clocks of our own: what starts, pauses and ends them, their targets, and the two that are there unless declared otherwise."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from deskhand.core.calendar import Calendar
from deskhand.core.clock import ClockSpec, Terms, Trigger
from deskhand.core.history import Kind
from deskhand.core.severity import Level
from deskhand.core.sla import METRICS
from deskhand.core.ticket import STATUSES
from deskhand.documents.gather import Placed
from deskhand.documents.models_time import ClockModel
from deskhand.documents.node import Node
from deskhand.documents.problems import near
from deskhand.documents.scope import View
from deskhand.documents.vocabulary import prefixed

_ENDED: Final = frozenset({"solved", "closed"})
_WORDS: Final[dict[str, Trigger]] = {
    "created": Trigger("created"),
    "agent_reply": Trigger("agent_reply"),
    "customer_reply": Trigger("customer_reply"),
    "assigned": Trigger("assigned"),
    "group": Trigger("group"),
    "solved": Trigger("status", _ENDED),
}
_KINDS: Final[dict[str, Kind]] = {"status": "status", "severity": "severity", "group": "group", "assigned": "assigned"}
MITIGATED: Final = frozenset({"mitigation_status=mitigated", "mitigation_status=resolved"})
"""Resolve or mitigate: either ends the resolution clock; `contained` does not (requirements 11, M8)."""


def built_in(levels: Mapping[str, Level], always: Calendar) -> dict[str, ClockSpec]:
    """`response` and `resolution`, which every folder has unless it declares its own under these names."""
    solved = _WORDS["solved"]
    response = ClockSpec(
        "response",
        starts=_WORDS["created"],
        stops=(_WORDS["agent_reply"], solved),
        targets={name: level.response for name, level in levels.items()},
        calendar=always,
        calendars={},
    )
    resolution = replace(
        response,
        id="resolution",
        stops=(solved, Trigger("field", MITIGATED)),
        targets={name: level.resolution for name, level in levels.items()},
        pauses=frozenset({"pending", "hold"}),
    )
    return {"response": response, "resolution": resolution}


def clock(name: str, placed: Placed[ClockModel], view: View, levels: Mapping[str, Level]) -> ClockSpec | None:
    """The clock of a name, or None with its problems."""
    model, node = placed.model, placed.node
    like = METRICS.get(model.like or "")
    if model.like is not None and like is None:
        at = node.at(("like",))
        view.problem(at, f"{at.kind} is none of Zendesk's metrics", "unknown-clock", near(model.like, METRICS))
        return None
    starts = _trigger(node.at(("starts",)), view) if model.starts is not None else like.starts if like else None
    stops = _triggers(node.mapping.get("stops"), view) if model.stops else list(like.stops) if like else []
    after = _trigger(node.at(("after",)), view) if model.after is not None else like.after if like else None
    if model.starts is None and like is None:
        view.problem(node, "'starts' is missing", "missing-key", "such as created")
    if not model.stops and like is None:
        view.problem(node, "'stops' is missing", "missing-key", "such as solved")
    now = _terms(node, Terms(_targets(model, node, view, levels), view.scope.always, {}), view)
    earlier = _earlier(model, node, now, view)
    if starts is None:
        return None
    return ClockSpec(
        id=name,
        starts=starts,
        stops=tuple(stops),
        targets=now.targets,
        calendar=now.calendar,
        calendars=now.calendars,
        pauses=frozenset(model.pauses) if model.pauses is not None else like.pauses if like else frozenset(),
        on_severity=model.on_severity,
        on_reopen=model.on_reopen,
        on_paused_solve=model.on_paused_solve,
        on_merge=model.on_merge,
        enforce_from=model.enforce_from,
        earlier=earlier,
        after=after,
        like=model.like or "",
        again=model.again if model.again is not None else bool(like and like.again),
        own_writes=model.own_writes,
    )


def watched(clocks: Mapping[str, ClockSpec]) -> frozenset[str]:
    """Custom fields whose changes start or stop a clock."""
    triggers = [
        one for spec in clocks.values() for one in (spec.starts, *spec.stops, *((spec.after,) if spec.after else ()))
    ]
    return frozenset(
        value.partition("=")[0]
        for one in triggers
        if one.kind == "field"
        for value in (*one.values, one.field)
        if value
    )


def _targets(model: ClockModel, node: Node, view: View, levels: Mapping[str, Level]) -> dict[str, int]:
    """Seconds by level: from the severities' promise, and over it what is stated here."""
    attribute = {
        "sla_response_minutes": "response",
        "sla_resolution_hours": "resolution",
        "customer_update_cadence": "update_every",
    }
    promised: dict[str, int] = {}
    if model.promise is not None:
        promised = {name: getattr(level, attribute[model.promise]) for name, level in levels.items()}
    if model.promise is None and not model.targets:
        view.problem(node, "has no target", "no-target", "give it a promise or targets")
    return promised | _stated(model.targets, node, view)


def _stated(targets: Mapping[str, int], node: Node, view: View) -> dict[str, int]:
    """The targets that stand in a mapping, by level."""
    given = node.at(("targets",)).mapping
    levels = dict(_by_level(node.mapping.get("targets"), view))
    return {level: targets[name] for level, at in levels.items() for name, child in given.items() if child is at}


def _terms(node: Node, now: Terms, view: View) -> Terms:
    """The calendars that stand in a mapping, over those that hold anyway."""
    calendars = {level: view.calendar(at) for level, at in _by_level(node.mapping.get("calendars"), view)}
    calendar = view.calendar(node.at(("calendar",))) if "calendar" in node.mapping else now.calendar
    return replace(now, calendar=calendar, calendars={**now.calendars, **calendars})


def _earlier(model: ClockModel, node: Node, now: Terms, view: View) -> tuple[Terms, ...]:
    """The terms of the past, oldest first."""
    found: list[Terms] = []
    entries = zip(model.earlier, node.at(("earlier",)).items, strict=True)
    for past, at in sorted(entries, key=lambda entry: entry[0].until):
        if found and found[-1].until == past.until:
            view.problem(at.at(("until",)), "two earlier terms end at the same instant", "bad-value")
        targets = {**now.targets, **_stated(past.targets, at, view)}
        found.append(_terms(at, replace(now, targets=targets, until=past.until), view))
    return tuple(found)


def _by_level(node: Node | None, view: View) -> list[tuple[str, Node]]:
    """The entries of a mapping by severity."""
    if node is None:
        return []
    found = [(view.severity(node.key(name)), child) for name, child in node.mapping.items()]
    return [(level, child) for level, child in found if level]


def _triggers(node: Node | None, view: View) -> list[Trigger]:
    if node is None:
        return []
    found = [_trigger(item, view) for item in node.items or (node,)]
    return [trigger for trigger in found if trigger]


def _trigger(node: Node, view: View) -> Trigger | None:
    """A word, or one field with its values."""
    if node.scalar:
        found = _WORDS.get(str(node.value))
        if found is None:
            hint = near(str(node.value), _WORDS) or f"words are {', '.join(_WORDS)}; or write {{status: open}}"
            view.problem(node, f"nothing happens that is called {node.kind}", "bad-value", hint)
        return found
    if len(node.mapping) != 1:
        view.problem(node, f"{node.kind} is no event", "bad-value", "write one field with its values, or a word")
        return None
    ((name, given),) = node.mapping.items()
    values = [item for item in (given.items or (given,)) if item.scalar and item.value is not None]
    prefix, rest = prefixed(name)
    if prefix == "field" and "present" in given.mapping:
        if given.mapping.keys() != {"present"} or given.mapping["present"].value is not True:
            view.problem(
                given, "a clock starts or stops when a field is filled in", "bad-value", "write {present: true}"
            )
        view.mention("fields", rest, node.key(name))
        return Trigger("field", field=rest)
    if prefix == "field" and values:
        view.mention("fields", rest, node.key(name))
        return Trigger("field", frozenset(f"{rest}={item.value}" for item in values))
    if name in _KINDS and values:
        return Trigger(_KINDS[name], frozenset(_event_value(name, item, view) for item in values))
    if not values:
        view.problem(
            given, f"'{name}' needs values", "bad-value", f"write {{{name}: solved}}" if name == "status" else ""
        )
        return None
    hint = near(name, (*_KINDS, "field.")) or f"use {', '.join(_KINDS)} or field.<name>, with values"
    view.problem(node.key(name), f"'{name}' starts or stops no clock", "bad-value", hint)
    return None


def _event_value(name: str, node: Node, view: View) -> str:
    if name == "severity":
        return view.severity(node) or ""
    if name == "status" and node.value not in STATUSES:
        view.problem(node, f"no status is called {node.kind}", "bad-value", near(str(node.value), STATUSES))
    if name == "group":
        view.mention("groups", str(node.value), node)
    return str(node.value)
