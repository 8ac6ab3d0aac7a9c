"""A change of a ticket that is being checked: what each key of an update's body means, and what follows from it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import Change, Event, Ticket, Via
from deskhand.sandbox.refusal import closed, invalid, invalid_field
from deskhand.sandbox.setters import SETTERS, checked

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

_NAMES = {"form_id": "ticket_form_id"}
"""Audit names of the ticket's attributes, where they differ."""


class Draft:
    """The new values of a ticket's attributes, checked; nothing is changed until the world takes it over."""

    def __init__(self, world: "World", ticket: Ticket, author: int, *, via: Via | None = None) -> None:
        self.world = world
        self.ticket = ticket
        self.author = author
        self.via = via
        self.new: dict[str, Any] = {}
        self.notes: list[Event] = []
        self._fields: dict[int, Any] | None = None
        self._given: Mapping[str, Any] = {}

    def take(self, changes: Mapping[str, Any]) -> None:
        """Read an update's body and work out what follows. Raises Refusal (400, 422)."""
        if self.ticket.status == "closed":
            raise closed()
        self._given = changes
        for key, setter in SETTERS.items():
            if key in changes:
                setter(self, changes[key])
        if not self.new.keys() <= _FREE:
            self._settle()

    def now(self, name: str) -> Any:  # noqa: ANN401 - values of many types
        """An attribute as it would be afterwards."""
        return self.new[name] if name in self.new else getattr(self.ticket, name)

    def events(self, *, created: bool = False) -> list[Event]:
        """One change for each attribute that differs. `created`: the ticket is being made, so nothing was there before."""
        made: list[Event] = []
        names = sorted(self.new, key=_told) if created else self.new
        for name in names:
            value, before = self.new[name], getattr(self.ticket, name)
            if name == "fields":
                made += self._field_events(before, value, created)
            elif value != before or (created and name in _ALWAYS):
                made.append(self._change(_NAMES.get(name, name), value, before, created))
        return made + self.notes

    def _change(self, name: str, value: Any, before: Any, created: bool) -> Change:  # noqa: ANN401, FBT001 - values of many types
        if name == "due_at":
            value, before = (iso(v) if v is not None else None for v in (value, before))
        return shared(Change(name, value, None if created else before, created=created, via=self.via))

    def _field_events(self, before: dict[int, Any], after: dict[int, Any], created: bool) -> list[Event]:  # noqa: FBT001
        keys = [key for key in after if after[key] != before.get(key)] + [key for key in before if key not in after]
        return [self._change(str(key), after.get(key), before.get(key), created) for key in keys]

    # What follows from what was set.

    def _settle(self) -> None:
        if "fields" in self.new or "tags" in self.new:
            self._couple()
        self._settle_assignee()
        self._settle_status()
        if self.now("status") == "solved" and self.ticket.status != "solved":
            self._check_solve()
        if self.new.get("problem_id") is not None and self.now("type") != "incident":
            raise invalid_field("problem_id", "Problem: can only be set on incidents")

    def _settle_assignee(self) -> None:
        """An assignee must be a member of the group; who is assigned without a group brings their own."""
        if "assignee_id" not in self.new and "group_id" not in self.new:
            return
        assignee, group = self.now("assignee_id"), self.now("group_id")
        if assignee is None:
            return
        members = self.world.members
        if group is not None and assignee in members.get(group, {}):
            return
        if "group_id" not in self.new or group is None:
            default = self.world.tables["users"].need(assignee)["default_group_id"]
            if default is not None:
                self.new["group_id"] = default
                return
        if "assignee_id" not in self._given and self.world.options.group_change == "clear":
            self.new["assignee_id"] = None
            return
        raise _no_member()

    def _settle_status(self) -> None:
        """The custom status and its category go together; a new ticket that is assigned becomes open."""
        status = self.now("status")
        assigned = self.new.get("assignee_id") is not None
        if status == "new" and assigned:
            status = self.new["status"] = "open"
        if "custom_status_id" in self.new or "status" not in self.new:
            return
        if status == self.ticket.status and self.ticket.custom_status_id:
            return
        default = self.world.default_status("solved" if status == "closed" else status)
        if default is not None and not (status == "closed" and self.ticket.status == "solved"):
            self.new["custom_status_id"] = default

    def _check_solve(self) -> None:
        missing = [
            row for row in self.world.required_fields() if self.now("fields").get(row["id"]) in (None, "", [], False)
        ]
        if missing:
            raise invalid({"base": [_blank(row) for row in missing]})
        if self.now("assignee_id") is None:
            self._assign_solver()

    def _assign_solver(self) -> None:
        way = self.world.options.solve_unassigned
        if way == "refuse" and self.author in self.world.staff:
            raise invalid_field("base", "Assignee: is required when solving a ticket", "BlankValue")
        row = self.world.tables["users"].get(self.author)
        if way == "allow" or row is None or row["role"] == "end-user" or row["only_private_comments"]:
            return
        group = self.now("group_id")
        if group is None:
            group = self.new["group_id"] = row["default_group_id"]
        if row["id"] in self.world.members.get(group, {}):
            self.new["assignee_id"] = row["id"]

    def _couple(self) -> None:
        """Options of drop-downs and checkboxes are tags too: setting the one sets the other."""
        before_tags, before = set(self.ticket.tags), self.ticket.fields
        tags = list(self.now("tags"))
        fields = dict(self.now("fields"))
        for key in [key for key, value in fields.items() if value != before.get(key)] if "fields" in self.new else []:
            old, now = self.world.tags_of(key, before.get(key)), self.world.tags_of(key, fields[key])
            tags = [tag for tag in tags if tag not in old or tag in now] + [tag for tag in now if tag not in tags]
        if "tags" in self.new:
            self._follow_tags(set(tags) - before_tags, before_tags - set(tags), fields)
        self.new["tags"] = tuple(sorted(dict.fromkeys(tags)))
        if fields != before:
            self.new["fields"] = {key: value for key, value in fields.items() if value is not None}

    def _follow_tags(self, added: set[str], removed: set[str], fields: dict[int, Any]) -> None:
        for tag in removed | added:
            for key in self.world.fields_with(tag):
                kind = self.world.tables["ticket_fields"].rows[key]["type"]
                if tag in added:
                    _set_by_tag(fields, key, kind, tag)
                elif tag in self.world.tags_of(key, fields.get(key)):
                    _clear_by_tag(fields, key, kind, tag)

    # Custom fields.

    def set_field(self, key: object, value: Any) -> None:  # noqa: ANN401 - JSON values
        """Set one custom field by id; an unknown or inactive one is ignored, as Zendesk does. Raises Refusal (422)."""
        row = self.world.tables["ticket_fields"].get(key)
        if row is None or not row["active"] or not row["removable"]:
            return
        if self._fields is None:
            self._fields = self.new["fields"] = dict(self.ticket.fields)
        clean = checked(row, value)
        if clean is None:
            self._fields[row["id"]] = None
        else:
            self._fields[row["id"]] = clean


_ORDER = {
    name: place
    for place, name in enumerate((
        "subject", "requester_id", "assignee_id", "tags", "priority", "type", "status", "group_id", "organization_id", "brand_id", "form_id",
        "custom_status_id",
    ))
}  # fmt: skip
"""In which order the audit of a creation tells of the ticket's attributes; the others follow."""


def _told(name: str) -> int:
    return _ORDER.get(name, len(_ORDER))


_shared: dict[tuple[object, ...], Change] = {}
_MOST_SHARED = 20_000


def shared(change: Change) -> Change:
    """The one copy of a change that many tickets have in common: most say the same (status new, priority none, this brand)."""
    if isinstance(change.value, list) or isinstance(change.previous, list):
        return change
    key = (change.name, change.value, type(change.value), change.previous, change.created, change.via)
    if len(_shared) >= _MOST_SHARED:
        _shared.clear()
    return _shared.setdefault(key, change)


_FREE = {"subject", "external_id", "follower_ids", "email_cc_ids", "due_at", "priority"}
_ALWAYS = {
    "subject",
    "requester_id",
    "priority",
    "type",
    "status",
    "brand_id",
    "form_id",
    "custom_status_id",
    "organization_id",
}
"""What a creation's audit states even where it is empty."""


def _no_member() -> Exception:
    rows = [
        {"description": "Assignee: is invalid", "error": "InvalidValue"},
        {"description": "Assignee: is not a member of the group"},
    ]
    return invalid({"assignee": rows})


def _blank(row: Row) -> Row:
    return {
        "description": f"{row['title']}: is required when solving a ticket",
        "error": "BlankValue",
        "field_key": row["id"],
    }


def _set_by_tag(fields: dict[int, Any], key: int, kind: str, tag: str) -> None:
    if kind == "multiselect":
        fields[key] = sorted({*(fields.get(key) or []), tag})
    else:
        fields[key] = True if kind == "checkbox" else tag


def _clear_by_tag(fields: dict[int, Any], key: int, kind: str, tag: str) -> None:
    if kind == "multiselect":
        fields[key] = [value for value in fields[key] if value != tag] or None
    else:
        fields[key] = False if kind == "checkbox" else None
