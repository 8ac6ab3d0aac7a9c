"""Macros: what each does, and what it would make of a ticket. Nothing is changed by looking."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from deskhand.sandbox.actions import changes
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.page.pages import portion
from deskhand.sandbox.page.words import Happened, changed, name_of
from deskhand.sandbox.records import Change, Ticket
from deskhand.sandbox.refusal import Refusal, not_found
from deskhand.sandbox.text import plain

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox
    from deskhand.sandbox.world import World

SIZE = 50


def view(sandbox: "Sandbox", query: Mapping[str, str], rest: str) -> dict[str, Any]:
    """All macros; with an id in the path one of them, tried on the ticket that the query names. Raises Refusal (404)."""
    world = sandbox.world
    rows = sorted(world.tables["macros"], key=lambda row: (not row["active"], str(row["title"])))
    shown, pages = portion(rows, query, SIZE)
    found: dict[str, Any] = {
        "macros": [_row(world, row) for row in shown], "pages": pages, "macro": None, "tried": None, "key": query.get("ticket", ""), "problem": "",
    }  # fmt: skip
    if rest:
        row = world.tables["macros"].get(rest)
        if row is None:
            raise not_found()
        found["macro"] = _row(world, row)
        if found["key"]:
            found |= _try(sandbox, row, found["key"])
    return found


def _row(world: "World", row: Row) -> dict[str, Any]:
    return {
        "id": row["id"], "title": row["title"], "active": row["active"], "description": row.get("description") or "",
        "limit": _restriction(world, row.get("restriction")), "actions": [_action(world, action) for action in row.get("actions") or []],
    }  # fmt: skip


def _restriction(world: "World", given: Any) -> str:  # noqa: ANN401 - JSON
    if not isinstance(given, dict):
        return "everybody"
    table = "groups" if given.get("type") == "Group" else "users"
    keys = given.get("ids") or [given.get("id")]
    return ", ".join(name_of(world, table, key) for key in keys)


def _action(world: "World", action: Row) -> Happened:
    name, value = str(action.get("field")), action.get("value")
    key = name.removeprefix("custom_fields_")
    text = " · ".join(map(str, value)) if isinstance(value, list) else str(value)
    return replace(changed(world, Change(key if key.isdigit() else name, text)), before="")


def _try(sandbox: "Sandbox", row: Row, key: str) -> dict[str, Any]:
    """What a macro would do to a ticket, as it does for its first admin."""
    world = sandbox.world
    ticket = world.find(key)
    if ticket is None:
        return {"problem": f"There is no ticket {key}."}
    try:
        made = changes(world, ticket, row["actions"], sandbox.door.admin())
    except Refusal as refusal:
        return {"problem": f"It cannot be applied: {refusal.body}"}
    comment = made.pop("comment", None)
    fields = {str(item["id"]): item["value"] for item in made.pop("custom_fields", [])}
    would = [changed(world, Change(name, value, _now(ticket, name))) for name, value in {**made, **fields}.items()]
    said = None
    if comment is not None:
        markup = comment.get("html_body")
        said = {
            "public": comment.get("public", True),
            "body": plain(str(markup)) if markup else str(comment.get("body") or ""),
        }
    return {"tried": {"ticket": ticket, "changes": would, "said": said}}


def _now(ticket: Ticket, name: str) -> Any:  # noqa: ANN401 - values of many types
    """What a ticket holds at present."""
    return ticket.fields.get(int(name)) if name.isdigit() else getattr(ticket, name, None)
