"""Macros: CRUD, search, categories, attachments, and what applying one would do."""

import base64
from dataclasses import replace
from typing import Any

from deskhand.sandbox import shapes
from deskhand.sandbox.actions import MACRO_FIELDS, STATUSES, changes, stored
from deskhand.sandbox.api.files import file_answer, form_of
from deskhand.sandbox.api.resource import Kind, keys, listing, register
from deskhand.sandbox.api.writing import rows_of
from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.records import PRIORITIES, TYPES, Ticket
from deskhand.sandbox.refusal import bad_parameter, forbidden, invalid_field, not_found
from deskhand.sandbox.render import FILE_SECRETS, ticket_row, with_url
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.table import as_id

MOST_BYTES = 65_535
"""How long a macro's actions may be, as for all business rules."""

MOST_FILES = 5


def _made(ask: Ask, row: Row, given: Row) -> None:
    _checked(ask, row, given)
    _may_write(ask, row)
    row["position"] = 1 + max(
        (other["position"] for other in ask.world.tables["macros"] if other is not row), default=9_999
    )


def _checked(ask: Ask, row: Row, given: Row) -> None:
    if "actions" in given or not row["actions"]:
        row["actions"] = stored(ask.world, row["actions"], MACRO_FIELDS, macro=True)
    if len(str(row["actions"]).encode()) > MOST_BYTES:
        raise invalid_field("actions", "Actions: is too long (maximum is 65535 characters)", "ValueTooLong")
    row["raw_title"] = row["title"] = str(row["title"])
    row["restriction"] = _restriction(ask, row["restriction"])
    if "attachments" in given:
        _attach(ask, row, given["attachments"])


def _restriction(ask: Ask, value: Any) -> Row | None:  # noqa: ANN401 - JSON
    """Who may use a macro: None is everyone. Groups come back with `id` and `ids`. Raises Refusal (422)."""
    if not value:
        return None
    if not isinstance(value, dict) or value.get("type") not in ("Group", "User"):
        raise invalid_field("restriction", "Restriction: is invalid")
    if value["type"] == "User":
        return {"type": "User", "id": ask.world.tables["users"].need(value.get("id"))["id"]}
    ids = value.get("ids") or [value.get("id")]
    known = [ask.world.tables["groups"].get(key) for key in ids]
    if None in known:
        raise invalid_field("restriction", "Restriction: group is invalid")
    numbers = [row["id"] for row in known if row is not None]
    return {"type": "Group", "id": numbers[0], "ids": numbers}


def _may_write(ask: Ask, row: Row) -> None:
    """Agents may manage their own personal macros only. Raises Refusal (403)."""
    mine = row["restriction"] == {"type": "User", "id": ask.user.id}
    if ask.user.role != "admin" and not mine:
        raise forbidden()


def _changed(ask: Ask, row: Row, given: Row) -> None:
    _checked(ask, row, given)
    _may_write(ask, row)


def _order(row: Row) -> tuple[str, int]:
    return str(row["title"]).lower(), row["id"]


MACROS = Kind(
    "macros", lambda given: shapes.macro(str(given.get("title"))), keys("title actions active description restriction"), needs=("title",), write_role="agent", made=_made, changed=_changed,
    dropped=lambda ask, row, _given: _may_write(ask, row), resource="macros", verbs="show create update delete", order=_order,
)  # fmt: skip


def _visible(ask: Ask) -> list[Row]:
    """Macros that whoever asks can see: an admin sees everyone's personal ones too."""
    rows = list(ask.world.tables["macros"])
    if ask.user.role != "admin":
        mine = {row["group_id"] for row in ask.world.tables["group_memberships"].where(user_id=ask.user.id)}
        rows = [row for row in rows if _sees(row["restriction"], ask.user.id, mine)]
    return rows


def _sees(restriction: Row | None, user: int, groups: set[int]) -> bool:
    if restriction is None:
        return True
    return restriction["id"] == user if restriction["type"] == "User" else bool(groups & set(restriction["ids"]))


def _filtered(ask: Ask, rows: list[Row]) -> Row:
    query = ask.query
    access = query.get("access")
    if access is not None:
        rows = [row for row in rows if _in_access(access, row["restriction"], ask.user.id)]
    if "active" in query:
        rows = [row for row in rows if row["active"] == (query["active"] == "true")]
    if "category" in query:
        rows = [row for row in rows if str(row["title"]).partition("::")[0] == query["category"]]
    if "group_id" in query:
        group = as_id(query["group_id"])
        rows = [row for row in rows if row["restriction"] and group in row["restriction"].get("ids", [])]
    return _sorted(ask, rows)


def _in_access(access: str, restriction: Row | None, user: int) -> bool:
    if access == "personal":
        return restriction == {"type": "User", "id": user}
    if access == "agents":
        return restriction is not None and restriction["type"] == "User"
    return restriction is None or (access == "shared" and restriction["type"] == "Group")


_USAGE = {"usage_1h": 3_600, "usage_24h": 86_400, "usage_7d": 604_800, "usage_30d": 2_592_000}
"""Within how many seconds macros were used."""


def _by_usage(ask: Ask) -> Kind:
    """Macros, in the order of their use where the query asks for it."""
    seconds = _USAGE.get(ask.query.get("sort_by", ""))
    if seconds is None:
        return MACROS
    turn = 1 if ask.query.get("sort_order") == "asc" else -1
    return replace(MACROS, order=lambda row: turn * ask.world.usage(row["id"], seconds), cursor_order=None)


def _sorted(ask: Ask, rows: list[Row]) -> Row:
    body = listing(ask, _by_usage(ask), rows)
    many = body["macros"]
    for name in ask.include & _USAGE.keys():
        for row in many:
            row[name] = ask.world.usage(row["id"], _USAGE[name])
    if "permissions" in ask.include:
        for row in many:
            row["permissions"] = {"can_edit": ask.user.role == "admin"}
    return body | ({"categories": _categories(rows)} if "categories" in ask.include else {})


def _categories(rows: list[Row]) -> list[str]:
    return sorted({str(row["title"]).partition("::")[0] for row in rows if "::" in str(row["title"])})


@route("GET", "/macros", resource="macros")
def macros(ask: Ask) -> Row:
    """The macros that whoever asks can see."""
    return _filtered(ask, _visible(ask))


@route("GET", "/macros/active", resource="macros")
def active(ask: Ask) -> Row:
    """Those of them that are active."""
    return _filtered(ask, [row for row in _visible(ask) if row["active"]])


@route("GET", "/macros/search", resource="macros")
def search(ask: Ask) -> Row:
    """Macros with these words in their title; pages by number only."""
    if any(key.startswith("page[") for key in ask.query):
        raise bad_parameter("Cursor pagination is not supported by this endpoint")
    words = ask.query.get("query", "").lower().split()
    return _filtered(ask, [row for row in _visible(ask) if all(word in str(row["title"]).lower() for word in words)])


@route("GET", "/macros/categories", resource="macros")
def categories(ask: Ask) -> Row:
    """First parts of titles with `::`."""
    return {"categories": _categories(_visible(ask))}


@route("GET", "/macros/actions", resource="macros")
def actions(ask: Ask) -> Row:
    """What a macro may do."""
    return {"actions": _definitions(ask)}


@route("GET", "/macros/definitions", resource="macros")
def definitions(ask: Ask) -> Row:
    """What a macro may do, with the values of this account."""
    return {"definitions": {"actions": _definitions(ask)}}


def _definitions(ask: Ask) -> list[Row]:
    tables = ask.world.tables
    values: dict[str, list[tuple[object, str]]] = {
        "status": [(name, name.capitalize()) for name in STATUSES],
        "priority": [(name, name.capitalize()) for name in PRIORITIES],
        "type": [(name, name.capitalize()) for name in TYPES],
        "group_id": [("", "-"), ("current_groups", "(current groups)"), *((row["id"], row["name"]) for row in tables["groups"])],
        "assignee_id": [("", "-"), ("current_user", "(current user)"), ("requester_id", "(requester)"),
                        *((key, tables["users"].need(key)["name"]) for key in sorted(ask.world.staff))],
        "brand_id": [(row["id"], row["name"]) for row in tables["brands"]],
        "ticket_form_id": [(row["id"], row["name"]) for row in tables["ticket_forms"]],
        "custom_status_id": [(row["id"], row["agent_label"]) for row in tables["custom_statuses"]],
        "comment_mode_is_public": [("true", "Yes"), ("false", "No")],
        "comment_value": [("channel:all", "All channels"), ("channel:web", "Web")],
    }  # fmt: skip
    for key in ask.world.custom_fields():
        row = tables["ticket_fields"].rows[key]
        values[f"custom_fields_{key}"] = [
            (option["value"], option["name"]) for option in row.get("custom_field_options", ())
        ]
    return [
        _definition(name, values.get(name, []))
        for name in (*MACRO_FIELDS, *(f"custom_fields_{key}" for key in ask.world.custom_fields()))
    ]


def _definition(name: str, values: list[tuple[object, str]]) -> Row:
    kind = "list" if values else "text" if "comment" in name or "tags" in name or name == "subject" else "list"
    return {
        "title": name.replace("_", " ").capitalize(), "subject": name, "type": kind, "group": "ticket", "nullable": ("", "-") in values,
        "repeatable": name in ("follower", "cc"), "values": [{"value": str(value), "title": title, "enabled": True} for value, title in values],
    }  # fmt: skip


@route("GET", "/macros/new", resource="macros")
def new(ask: Ask) -> Row:
    """A macro to start from: a copy of another, or the present state of a ticket. Nothing is stored."""
    if "macro_id" in ask.query:
        row = ask.world.tables["macros"].need(ask.query["macro_id"])
        return {"macro": {name: row[name] for name in ("title", "active", "actions", "restriction", "description")}}
    ticket = ask.world.ticket(ask.query.get("ticket_id", ""))
    values = {"status": ticket.status, "priority": ticket.priority, "type": ticket.type, "group_id": ticket.group_id, "assignee_id": ticket.assignee_id,
              "current_tags": " ".join(ticket.tags)}  # fmt: skip
    return {
        "macro": {
            "title": None,
            "actions": [{"field": name, "value": str(value)} for name, value in values.items() if value],
        }
    }


@route("PUT", "/macros/update_many", role="admin", resource="macros")
def update_many(ask: Ask) -> Row:
    """Positions and activity of several macros; nothing else."""
    rows = []
    for given in rows_of(ask, "macros"):
        row = ask.world.tables["macros"].need(given.get("id"))
        row |= {name: given[name] for name in ("position", "active") if name in given}
        row["updated_at"] = iso(ask.world.now())
        rows.append(row)
    return listing(ask, MACROS, rows)


@route("DELETE", "/macros/destroy_many", role="admin", resource="macros")
def destroy_many(ask: Ask) -> Answer:
    """Delete several at once."""
    ids = ask.ids()
    for key in ids:
        ask.world.tables["macros"].need(key)
    for key in ids:
        ask.world.tables["macros"].drop(key)
    return Answer(None, 204)


# What applying one would do.


@route("GET", "/macros/{id}/apply", resource="macros")
def apply(ask: Ask, key: str) -> Row:
    """What a macro would change on an empty ticket; nothing is changed."""
    row = ask.world.tables["macros"].need(key)
    blank = Ticket(0, 0, 0, 0, ask.user.id, ask.user.id, 0, 0, "new", 0)
    return {"result": _result(ask, blank, row, {"fields": {}})}


@route("GET", "/tickets/{id}/macros/{macro}/apply")
def apply_to(ask: Ask, key: str, macro: str) -> Row:
    """What a macro would make of a ticket; nothing is changed."""
    ticket = ask.world.ticket(key)
    return {
        "result": _result(
            ask,
            ticket,
            ask.world.tables["macros"].need(macro),
            with_url(ask.base, "tickets", ticket_row(ask.world, ticket)),
        )
    }


def _result(ask: Ask, ticket: Ticket, macro: Row, start: Row) -> Row:
    made = changes(ask.world, ticket, macro["actions"], ask.user.id)
    comment = made.pop("comment", None)
    fields = {str(item["id"]): item["value"] for item in made.pop("custom_fields", [])}
    body: Row = start | made
    if "fields" in start and isinstance(start["fields"], dict):
        body["fields"] = fields
    else:
        body["fields"] = [item | {"value": fields.get(str(item["id"]), item["value"])} for item in start["fields"]]
        body["custom_fields"] = body["fields"]
    if comment is not None:
        comment.setdefault("public", True)
        body["comment"] = comment
    return {"ticket": body} | ({"comment": comment} if comment is not None else {})


# Attachments.


def _attach(ask: Ask, row: Row, ids: Any) -> None:  # noqa: ANN401 - JSON
    if not isinstance(ids, list) or len(ids) > MOST_FILES:
        raise invalid_field("attachments", f"Attachments: at most {MOST_FILES} are allowed")
    row["attachments"] = [ask.world.tables["attachments"].need(key)["id"] for key in ids]
    for key in row["attachments"]:
        ask.world.tables["attachments"].need(key)["macro_id"] = row["id"]


def _file(ask: Ask) -> Row:
    form = form_of(ask.request)
    content = form["attachment"] if form else ask.request.body
    name = form["filename"].decode("utf-8", "replace") if "filename" in form else ask.query.get("filename", "file.txt")
    identity = ask.world.new_id()
    row = {
        "id": identity,
        "filename": name,
        "content_type": "application/octet-stream",
        "size": len(content),
        "created_at": iso(ask.world.now()),
        "data": base64.b64encode(content).decode(),
    }
    return ask.world.tables["attachments"].put(row)


@route("GET", "/macros/{id}/attachments", resource="macros")
def attachments(ask: Ask, key: str) -> Row:
    """A macro's attachments."""
    rows = [
        ask.world.tables["attachments"].need(item)
        for item in ask.world.tables["macros"].need(key).get("attachments", [])
    ]
    return {
        "macro_attachments": [_shown_file(ask, row) for row in rows],
        "next_page": None,
        "previous_page": None,
        "count": len(rows),
    }


@route("POST", "/macros/{id}/attachments", resource="macros")
def attach(ask: Ask, key: str) -> Answer:
    """Upload a file and attach it."""
    row = ask.world.tables["macros"].need(key)
    _may_write(ask, row)
    file = _file(ask)
    _attach(ask, row, [*row.get("attachments", []), file["id"]])
    return Answer({"macro_attachment": _shown_file(ask, file)}, 201)


@route("POST", "/macros/attachments", resource="macros")
def upload(ask: Ask) -> Answer:
    """Upload a file that is to be attached later."""
    return Answer({"macro_attachment": _shown_file(ask, _file(ask))}, 201)


def _shown_file(ask: Ask, row: Row) -> Row:
    content = f"{ask.base}/api/v2/macros/attachments/{row['id']}/content"
    shown = {name: value for name, value in row.items() if name not in FILE_SECRETS}
    return with_url(ask.base, "macros/attachments", shown | {"content_url": content})


@route("GET", "/macros/attachments/{id}/content", resource="macros")
def content(ask: Ask, key: str) -> Answer:
    """The content of an attachment."""
    row = ask.world.tables["attachments"].need(key)
    if "filename" not in row or "data" not in row:
        raise not_found()
    return file_answer(row, row["filename"])


@route("GET", "/macros/attachments/{id}", resource="macros")
def attachment(ask: Ask, key: str) -> Row:
    """One attachment."""
    row = ask.world.tables["attachments"].need(key)
    if "filename" not in row:
        raise not_found()
    return {"macro_attachment": _shown_file(ask, row)}


register(MACROS)
