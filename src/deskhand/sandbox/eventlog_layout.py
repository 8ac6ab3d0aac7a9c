"""How an event log is laid out: which column means what, how instants are written, which states and priorities there are.

Two public layouts are built in and recognised by their header; any other is described by a JSON file:

    {
      "columns": {"case": "Case ID", "at": "Complete Timestamp", "state": "Activity", "updated_by": "Resource",
                  "opened": null, "requester": null, "opened_by": null, "priority": "seriousness", "group": "workgroup",
                  "assignee": null, "channel": null},
      "fields": {"product": "tagger", "service_level": "text"},
      "states": {"Insert ticket": "new", "Take in charge ticket": "open", "Wait": "hold", "Resolve ticket": "solved", "Closed": "closed"},
      "priorities": {"Value 1": "high"},
      "channels": {"Phone": "voice"},
      "date_format": "%Y/%m/%d %H:%M:%S.%f", "zone": "UTC", "nulls": ["", "?"], "delimiter": ","
    }

`case`, `at` and `state` are needed. `at` is when a row was written, `opened` when the case began (else its first row). A row may be a picture of the
whole case, as in the first layout, or one activity, as in the second: a state is whatever `states` maps to new, open, pending, hold, solved or closed;
a row whose state is not among them is kept as an internal note. `fields` are columns that become custom ticket fields, of type text or tagger.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deskhand.errors import SettingsError

ROLES = (
    "case",
    "at",
    "state",
    "opened",
    "requester",
    "opened_by",
    "updated_by",
    "priority",
    "group",
    "assignee",
    "channel",
)
_EXAMPLE = "The README shows a mapping file, under 'An event log of your own'."
_NEEDED = ("case", "at", "state")
_STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
_PRIORITIES = ("low", "normal", "high", "urgent")


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of a log mean. `columns` maps roles to column names, `fields` columns to kinds of custom field (text, tagger)."""

    columns: Mapping[str, str]
    states: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    priorities: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    date_format: str = "%Y-%m-%dT%H:%M:%S%z"
    zone: str = "UTC"
    nulls: tuple[str, ...] = ("",)
    delimiter: str = ","


UCI = Layout(
    columns={
        "case": "number", "at": "sys_updated_at", "state": "incident_state", "opened": "opened_at", "requester": "caller_id",
        "opened_by": "opened_by", "updated_by": "sys_updated_by", "priority": "priority", "group": "assignment_group",
        "assignee": "assigned_to", "channel": "contact_type",
    },
    fields={"category": "tagger", "subcategory": "text", "u_symptom": "text", "location": "text", "cmdb_ci": "text", "contact_type": "tagger"},
    states={
        "New": "new", "Active": "open", "Awaiting User Info": "pending", "Awaiting Vendor": "hold", "Awaiting Problem": "hold",
        "Awaiting Evidence": "hold", "Resolved": "solved", "Closed": "closed",
    },
    priorities={"1 - Critical": "urgent", "2 - High": "high", "3 - Moderate": "normal", "4 - Low": "low"},
    channels={"Phone": "voice", "IVR": "voice", "Email": "email", "Self service": "web", "Direct opening": "web"},
    date_format="%d/%m/%Y %H:%M",
    nulls=("?", ""),
)  # fmt: skip
"""Incident management of an IT company on ServiceNow: UCI Machine Learning Repository, data set 498, CC BY 4.0. A row is a picture of the incident
after one update. The log names no zone; its instants are read as UTC. It has no comments."""

HELPDESK = Layout(
    columns={
        "case": "Case ID", "at": "Complete Timestamp", "state": "Activity", "updated_by": "Resource", "requester": "customer",
        "priority": "seriousness", "group": "workgroup",
    },
    fields={"product": "text", "service_type": "text", "service_level": "text", "support_section": "text"},
    states={
        "Assign seriousness": "new", "Insert ticket": "new", "Take in charge ticket": "open", "Create SW anomaly": "hold", "Require upgrade": "hold",
        "Schedule intervention": "hold", "Wait": "hold", "Resolve SW anomaly": "open", "Resolve ticket": "solved", "RESOLVED": "solved",
        "VERIFIED": "solved", "DUPLICATE": "solved", "INVALID": "solved", "Closed": "closed",
    },
    priorities={"Value 1": "normal", "Value 2": "high", "Value 3": "urgent", "Value 4": "low"},
    date_format="%Y/%m/%d %H:%M:%S.%f",
)  # fmt: skip
"""Help desk of an Italian software company: 4TU.ResearchData, `uuid:0c60edf1-6f83-4e75-9367-4c63b3e9d5bb`. A row is one activity; its 14 activities
become the statuses they lead to. How grave the anonymised `Value n` of `seriousness` are is not published: the order here is a choice."""

BUILT_IN: Mapping[str, Layout] = {"uci-servicenow": UCI, "helpdesk": HELPDESK}


def recognised(header: Collection[str]) -> Layout | None:
    """The built-in layout whose needed columns are all in a header, or None."""
    return next(
        (layout for layout in BUILT_IN.values() if {layout.columns[role] for role in _NEEDED} <= set(header)), None
    )


def read_layout(path: Path) -> Layout:
    """The layout that a JSON mapping file describes. Raises SettingsError."""
    try:
        body = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The mapping file {path} cannot be read: {error.strerror}", hint="Check the path."
        ) from error
    except ValueError as error:
        raise SettingsError(f"The mapping file {path} is not JSON: {error}", hint=_EXAMPLE) from error
    return layout_of(body, str(path))


def layout_of(body: object, where: str = "mapping") -> Layout:
    """The layout that a mapping describes. Raises SettingsError for keys and values that nobody knows."""
    if not isinstance(body, Mapping):
        raise SettingsError(f"{where}: a mapping is an object with columns and states", hint=_EXAMPLE)
    _refuse_unknown(where, "key", body, [one.name for one in fields(Layout)])
    _refuse_wrong_types(where, body)
    columns = {role: name for role, name in (body.get("columns") or {}).items() if name}
    _refuse_unknown(where, "column role", columns, ROLES)
    missing = [role for role in _NEEDED if role not in columns]
    if missing:
        raise SettingsError(
            f"{where}: columns lacks {', '.join(missing)}", hint="Name the columns of case, at and state."
        )
    _refuse_unknown(where, "status", (body.get("states") or {}).values(), _STATUSES)
    _refuse_unknown(where, "priority", (body.get("priorities") or {}).values(), _PRIORITIES)
    _refuse_unknown(where, "kind of field", (body.get("fields") or {}).values(), ("text", "tagger"))
    given: dict[str, Any] = {
        key: tuple(value) if key == "nulls" else value for key, value in body.items() if key != "columns"
    }
    return Layout(columns=columns, states=given.pop("states", {}), **given)


def _refuse_wrong_types(where: str, body: Mapping[str, Any]) -> None:
    """Objects hold texts, the zone is one that is known, a delimiter is one character."""
    for key in ("columns", "states", "fields", "priorities", "channels"):
        value = body.get(key) or {}
        if not isinstance(value, Mapping) or not all(isinstance(item, str | None) for item in value.values()):
            raise SettingsError(f"{where}: {key} is no object of texts", hint=_EXAMPLE)
    for key in ("date_format", "zone", "delimiter"):
        if not isinstance(body.get(key, ""), str):
            raise SettingsError(f"{where}: {key} is no text", hint=_EXAMPLE)
    if len(body.get("delimiter", ",")) != 1:
        raise SettingsError(f"{where}: delimiter is not one character", hint='Such as "," or ";".')
    nulls = body.get("nulls", [])
    if not isinstance(nulls, list) or not all(isinstance(item, str) for item in nulls):
        raise SettingsError(f"{where}: nulls is no list of texts", hint=_EXAMPLE)
    try:
        ZoneInfo(body.get("zone", "UTC"))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise SettingsError(
            f"{where}: there is no time zone {body['zone']!r}", hint="Zones are named as Europe/Vienna is."
        ) from None


def _refuse_unknown(where: str, what: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(str(name), known, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
            raise SettingsError(f"{where}: unknown {what} {name!r}", hint=hint)
