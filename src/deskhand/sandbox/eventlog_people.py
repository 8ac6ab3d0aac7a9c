"""The people, groups and fields that an event log names, made in an account before the log is played."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deskhand.sandbox.eventlog_read import KEPT, Log

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

UNSTATED = "No group in the log"
"""The group of agents whom the log shows in none."""

NOBODY = "Somebody the log does not name"
_PLACE = {role: place for place, role in enumerate(KEPT)}


@dataclass(slots=True)
class Known:
    """Ids of what the log names: customers, agents, groups by their names in the log, custom fields in the order of the layout's."""

    customers: dict[str | None, int] = field(default_factory=dict)
    agents: dict[str | None, int] = field(default_factory=dict)
    groups: dict[str | None, int] = field(default_factory=dict)
    fields: list[int] = field(default_factory=list)


def add_known(world: "World", log: Log) -> Known:
    """Make everybody and everything that a log names. Whoever is assigned becomes a member of the group they are assigned in."""
    known = Known()
    values = [row[2] for row in log.rows]
    known.groups = {name: world.add_group(name)["id"] for name in _names(values, "group")}
    known.groups[UNSTATED] = unstated = world.add_group(UNSTATED)["id"]
    pairs: dict[str, dict[int, None]] = {}
    for row in values:
        assignee = row[_PLACE["assignee"]]
        if assignee is not None:
            group = known.groups.get(row[_PLACE["group"]] or UNSTATED)
            pairs.setdefault(assignee, {})[unstated if group is None else group] = None
    for role in ("assignee", "updated_by", "opened_by"):
        for name in _names(values, role):
            if name not in known.agents:
                known.agents[name] = world.add_user(
                    name, _address(name), "agent", list(pairs.get(name, {})) or [unstated]
                )["id"]
    for name in (NOBODY, *_names(values, "requester")):
        known.customers[name] = world.add_user(name, _address(name))["id"]
    known.fields = [_add_field(world, log, number) for number in range(len(log.layout.fields))]
    return known


def _names(values: Iterable[tuple[str | None, ...]], role: str) -> list[str]:
    """The names in a column, in the order of their appearance."""
    place = _PLACE[role]
    return list(dict.fromkeys(name for row in values if (name := row[place]) is not None))


def _add_field(world: "World", log: Log, number: int) -> int:
    name, kind = list(log.layout.fields.items())[number]
    title = name.removeprefix("u_").replace("_", " ").capitalize()
    options: tuple[tuple[str, str], ...] = ()
    if kind == "tagger":
        place = len(KEPT) + number
        found = dict.fromkeys(text for _, _, values in log.rows if (text := values[place]) is not None)
        options = tuple((option(name, text), text) for text in found)
    return int(world.add_field(title, kind, options)["id"])


def option(name: str, text: str) -> str:
    """The value (and tag) of a drop-down's option: the log's text in lower case, with the column's name before it where it lacks it."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return plain if plain.startswith(name) else f"{name}_{plain}"


def _address(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + "@log.example"
