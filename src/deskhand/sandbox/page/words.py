"""How the page says things: instants, spans of time, numbers, names of people and groups, and what happened in an audit."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from deskhand.sandbox.clock import iso
from deskhand.sandbox.records import Change, Note

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_HIDDEN = re.compile(r"[\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_NAMES = {"form_id": "form", "ticket_form_id": "form", "custom_status_id": "status label"}
_ROWS = {
    "group_id": "groups", "organization_id": "organizations", "brand_id": "brands", "form_id": "ticket_forms", "ticket_form_id": "ticket_forms",
    "requester_id": "users", "assignee_id": "users", "submitter_id": "users", "custom_status_id": "custom_statuses",
}  # fmt: skip


def instant(epoch: float | None) -> str:
    """`Mon 2 Mar 2026, 08:30:00 UTC`, or a dash."""
    if epoch is None:
        return "–"
    moment = datetime.fromtimestamp(int(epoch), UTC)
    return f"{moment:%a} {moment.day} {moment:%b %Y, %H:%M:%S} UTC"


def machine(epoch: float) -> str:
    """An instant as `datetime` attributes hold it."""
    return iso(epoch)


def span(seconds: float | None) -> str:
    """`2 d 4 h`, `1 h 05 min`, `4 min 07 s`, `12 s`, or a dash."""
    if seconds is None:
        return "–"
    left = abs(int(seconds))
    days, hours, minutes, rest = left // 86_400, left // 3_600 % 24, left // 60 % 60, left % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def number(value: float) -> str:
    """`12,345`."""
    return f"{value:,}"


def clean(text: object) -> str:
    """A text that can be looked at: what would move, hide or reverse is shown as a sign."""
    seen = _CONTROL.sub(lambda match: chr(0x2400 + ord(match[0])) if match[0] != "\r" else "", str(text))
    return _HIDDEN.sub("\N{REPLACEMENT CHARACTER}", seen)


def name_of(world: "World", table: str, key: object) -> str:
    """The name of a row, or what there is of it."""
    if key is None:
        return "nobody" if table == "users" else "none"
    if key == -1:
        return "the account"
    row = world.tables[table].get(key)
    if row is None:
        return f"#{key}"
    return str(row.get("name") or row.get("title") or row.get("agent_label") or f"#{key}")


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of an audit: what was changed, from what to what; or, for other events, what they say."""

    what: str
    before: str = ""
    after: str = ""
    by: str = ""
    started: bool = False


def changed(world: "World", event: Change) -> Happened:
    """A change with names in the place of ids."""
    what = _field(world, event.name)
    by = "" if event.via is None else event.via.title or event.via.channel
    before, after = (_value(world, event.name, value) for value in (event.previous, event.value))
    return Happened(what, before, after, by, started=event.created)


def noted(world: "World", event: Note) -> Happened:
    """A notification, a macro that was used, or whatever else an audit may tell."""
    rest = event.rest
    by = "" if event.via is None else event.via.title or event.via.channel
    if event.kind == "Notification":
        people = ", ".join(name_of(world, "users", key) for key in rest.get("recipients") or []) or "nobody"
        return Happened("notification", "", f"to {people}: {rest.get('subject') or ''}", by)
    if event.kind == "AgentMacroReference":
        return Happened("macro", "", str(rest.get("macro_title") or rest.get("macro_id")), by)
    told = ", ".join(f"{key} {value}" for key, value in rest.items() if value not in (None, "", [], {}))
    return Happened(re.sub(r"(?<!^)(?=[A-Z])", " ", event.kind).lower(), "", told, by)


def _field(world: "World", name: str) -> str:
    if name.isdigit():
        return name_of(world, "ticket_fields", int(name))
    return _NAMES.get(name) or name.removesuffix("_id").replace("_", " ")


def _value(world: "World", name: str, value: Any) -> str:  # noqa: ANN401 - values of many types
    if value is None or value == "":
        return "none"
    if name in _ROWS:
        return name_of(world, _ROWS[name], value)
    if isinstance(value, list | tuple):
        return " ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
