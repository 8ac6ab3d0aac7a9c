"""A change of a ticket that is being checked: what each key of an update's body means, and what follows from it."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from deskhand.sandbox.clock import epoch_of, iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import CATEGORIES, PRIORITIES, TYPES, Change, Event, Note, Ticket, Via
from deskhand.sandbox.refusal import bad_parameter, closed, invalid, invalid_field
from deskhand.sandbox.text import tag_list

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
        for key, setter in _SETTERS.items():
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
        for name, value in self.new.items():
            before = getattr(self.ticket, name)
            if name == "fields":
                made += self._field_events(before, value, created)
            elif value != before or (created and name in _ALWAYS):
                made.append(self._change(_NAMES.get(name, name), value, before, created))
        return made + self.notes

    def _change(self, name: str, value: Any, before: Any, created: bool) -> Change:  # noqa: ANN401, FBT001 - values of many types
        if name == "due_at":
            value, before = (iso(v) if v is not None else None for v in (value, before))
        if created:
            return Change(name, value, created=True, via=self.via)
        return Change(name, value, before, via=self.via)

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


def checked(row: Row, value: Any) -> Any:  # noqa: ANN401 - JSON values
    """A custom field's value as it is stored. Raises Refusal (422) where the field does not take it."""
    kind, title = row["type"], row["title"]
    if value in (None, "") or value == []:
        return False if kind == "checkbox" and value is not None else None
    if kind == "checkbox":
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes")
    if kind == "multiselect":
        return [_option(row, item) for item in ([value] if isinstance(value, str) else value)]
    if kind == "tagger":
        return _option(row, value)
    return _text(row, kind, str(value), title)


def _option(row: Row, value: object) -> str:
    text = str(value)
    if text not in {option["value"] for option in row.get("custom_field_options", ())}:
        raise invalid_field("base", f"{row['title']}: {text} is not a valid option")
    return text


def _text(row: Row, kind: str, text: str, title: str) -> str:
    forms = {
        "integer": r"[+-]?\d+",
        "decimal": r"[+-]?\d+([.,]\d+)?",
        "date": r"\d{4}-\d\d-\d\d",
        "regexp": row["regexp_for_validation"],
    }
    form = forms.get(kind)
    if form and not re.fullmatch(form, text if kind != "date" else text[:10]):
        raise invalid_field("base", f"{title}: {text} is invalid")
    return text[:10] if kind == "date" else text


# One setter for each key that an update's body may have.


def _one_of(name: str, allowed: tuple[str, ...]) -> Callable[[Draft, Any], None]:
    def setter(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
        if value not in allowed and value not in (None, ""):
            raise invalid_field(name, f"{name.capitalize()}: {value} is not included in the list")
        draft.new[name] = value or None

    return setter


def _plain(attribute: str) -> Callable[[Draft, Any], None]:
    def setter(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
        draft.new[attribute] = None if value is None else str(value)

    return setter


def _reference(attribute: str, table: str, name: str) -> Callable[[Draft, Any], None]:
    def setter(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
        if value in (None, ""):
            draft.new[attribute] = None
            return
        row = draft.world.tables[table].get(value)
        if row is None or row.get("deleted") or row.get("active") is False:
            raise invalid_field(name, f"{name.replace('_', ' ').capitalize()}: {value} is invalid")
        draft.new[attribute] = row["id"]

    return setter


def _status(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
    if value not in CATEGORIES:
        raise invalid_field("status", f"Status: {value} is not included in the list")
    draft.new["status"] = value


def _custom_status(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
    row = draft.world.tables["custom_statuses"].get(value)
    if row is None or not row["active"]:
        raise invalid_field("custom_status_id", f"Custom status: {value} is invalid")
    draft.new["custom_status_id"], draft.new["status"] = row["id"], row["status_category"]


def _assignee(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
    if value in (None, ""):
        draft.new["assignee_id"] = None
        return
    row = draft.world.tables["users"].get(value)
    if (
        row is None
        or row["role"] == "end-user"
        or row["only_private_comments"]
        or row["suspended"]
        or not row["active"]
    ):
        raise invalid_field("assignee", "Assignee: is invalid")
    draft.new["assignee_id"] = row["id"]


def _assignee_email(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
    _assignee(draft, draft.world.emails.get(str(value).lower(), -1))


def _tags(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
    if not isinstance(value, str | list):
        raise bad_parameter("You passed an invalid value for the tags attribute. must be an array")
    draft.new["tags"] = tuple(sorted(tag_list(value)))


def _add_tags(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
    draft.new["tags"] = tuple(sorted({*draft.now("tags"), *tag_list(value)}))


def _remove_tags(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
    draft.new["tags"] = tuple(sorted(set(draft.now("tags")) - set(tag_list(value))))


def _custom_fields(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
    pairs = (
        value.items()
        if isinstance(value, dict)
        else ((row.get("id"), row.get("value")) for row in value or [] if isinstance(row, dict))
    )
    for key, item in pairs:
        draft.set_field(int(str(key)) if str(key).isdigit() else key, item)


def _people(attribute: str) -> Callable[[Draft, Any], None]:
    def setter(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
        now = list(draft.now(attribute))
        for item in value or []:
            if isinstance(item, dict):
                _person(draft, now, item)
            elif (row := draft.world.tables["users"].get(item)) is not None and row["id"] not in now:
                now.append(row["id"])
        draft.new[attribute] = tuple(now)

    return setter


def _person(draft: Draft, now: list[int], item: Row) -> None:
    """A follower or a person in copy, by id or e-mail address, to be put or taken away."""
    email = str(item.get("user_email") or "").lower()
    key = draft.world.emails.get(email) if email else item.get("user_id")
    row = draft.world.tables["users"].get(key)
    if row is None and email and item.get("action") != "delete":
        row = draft.world.add_user(item.get("user_name") or email.split("@")[0], email)
    if row is None:
        return
    if item.get("action") == "delete":
        now[:] = [person for person in now if person != row["id"]]
    elif row["id"] not in now:
        now.append(row["id"])


def _exactly(attribute: str) -> Callable[[Draft, Any], None]:
    """A list of ids that replaces the one before."""

    def setter(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
        known = (draft.world.tables["users"].get(item) for item in value or [])
        draft.new[attribute] = tuple(dict.fromkeys(row["id"] for row in known if row is not None))

    return setter


def _due(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
    try:
        draft.new["due_at"] = None if value in (None, "") else epoch_of(str(value))
    except ValueError:
        raise invalid_field("due_at", f"Due at: {value} is not a date") from None


def _problem(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
    problem = draft.world.tickets.get(int(str(value))) if str(value).isdigit() else None
    if value not in (None, "") and (problem is None or problem.type != "problem"):
        raise invalid_field("problem_id", f"Problem: {value} is not a problem")
    draft.new["problem_id"] = problem.id if problem else None


def _macro(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
    row = draft.world.tables["macros"].get(value)
    if row is not None:
        rest = {"macro_id": str(row["id"]), "macro_title": row["title"], "macro_deleted": False}
        draft.notes.append(Note("AgentMacroReference", rest))


def _schedule(draft: Draft, value: Any) -> None:  # noqa: ANN401 - JSON values
    row = draft.world.tables["schedules"].get(value)
    if row is not None and row["id"] != draft.ticket.schedule_id:
        rest = {"previous_schedule_id": draft.ticket.schedule_id, "new_schedule_id": row["id"]}
        draft.notes.append(Note("ScheduleAssignment", rest, draft.via))
        draft.new["schedule_id"] = row["id"]


_SETTERS: dict[str, Callable[[Draft, Any], None]] = {
    "subject": _plain("subject"),
    "raw_subject": _plain("subject"),
    "external_id": _plain("external_id"),
    "recipient": _plain("recipient"),
    "type": _one_of("type", TYPES),
    "priority": _one_of("priority", PRIORITIES),
    "status": _status,
    "custom_status_id": _custom_status,
    "requester_id": _reference("requester_id", "users", "requester"),
    "organization_id": _reference("organization_id", "organizations", "organization"),
    "brand_id": _reference("brand_id", "brands", "brand"),
    "ticket_form_id": _reference("form_id", "ticket_forms", "ticket_form"),
    "group_id": _reference("group_id", "groups", "group"),
    "assignee_id": _assignee,
    "assignee_email": _assignee_email,
    "due_at": _due,
    "problem_id": _problem,
    "tags": _tags,
    "additional_tags": _add_tags,
    "remove_tags": _remove_tags,
    "custom_fields": _custom_fields,
    "fields": _custom_fields,
    "collaborator_ids": _exactly("email_cc_ids"),
    "collaborators": _people("email_cc_ids"),
    "additional_collaborators": _people("email_cc_ids"),
    "email_cc_ids": _exactly("email_cc_ids"),
    "email_ccs": _people("email_cc_ids"),
    "follower_ids": _exactly("follower_ids"),
    "followers": _people("follower_ids"),
    "macro_id": _macro,
    "set_schedule": _schedule,
}
