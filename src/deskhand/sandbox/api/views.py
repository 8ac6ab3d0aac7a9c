"""Views: which tickets they show, and how."""

from typing import Any

from deskhand.sandbox import shapes
from deskhand.sandbox.api.people import counted
from deskhand.sandbox.api.resource import Kind, keys, listing
from deskhand.sandbox.api.rules import register_rules, set_conditions, with_permissions
from deskhand.sandbox.clock import iso
from deskhand.sandbox.conditions import all_hold, narrowed
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.lookups import turn_of
from deskhand.sandbox.paging import Rows, page
from deskhand.sandbox.records import Ticket
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.sideloads import beside, tickets_text


def _view_made(ask: Ask, row: Row, given: Row) -> None:
    """A new view stands behind all others."""
    others = (other["position"] for other in ask.world.tables["views"] if other is not row)
    row["position"] = given.get("position", 1 + max(others, default=9_999))
    _view_changed(ask, row, given)


def _view_changed(_ask: Ask, row: Row, given: Row) -> None:
    set_conditions(row, given, needed=True)
    output = given.get("output") if isinstance(given.get("output"), dict) else {}
    if output:
        shown = row["execution"]
        names = output.get("columns")
        columns = (
            [str(name) for name in names] if isinstance(names, list) else [column["id"] for column in shown["columns"]]
        )
        way = {
            name: _word(output.get(name, shown[name])) for name in ("group_by", "group_order", "sort_by", "sort_order")
        }
        row["execution"] = shapes.execution(
            tuple(columns), **{name: value for name, value in way.items() if value is not None}
        )
    row["raw_title"] = row["title"] = str(row["title"])


def _word(value: Any) -> str | None:  # noqa: ANN401 - JSON
    return value if isinstance(value, str) and value else None


VIEWS = Kind(
    "views", lambda given: shapes.view(str(given.get("title"))), keys("title active description position restriction"), needs=("title",), write_role="agent", made=_view_made, changed=_view_changed,
    order=turn_of("views"), shown=with_permissions, cursor_order=lambda row: (row["created_at"], row["id"]),
)  # fmt: skip

register_rules(VIEWS)


@route("GET", "/views/compact")
def compact(ask: Ask) -> Row:
    """The first views, as agents see them."""
    body = listing(ask, VIEWS, ask.world.tables["views"].where(active=True))
    return {"views": body["views"][:32], "next_page": None, "previous_page": None, "count": min(32, len(body["views"]))}


@route("GET", "/views/count")
def views_count(ask: Ask) -> Row:
    """How many views there are."""
    return counted(ask, len(ask.world.tables["views"]))


def _tickets_of(ask: Ask, view: Row) -> list[int]:
    """The tickets that a view shows, in its order."""
    ask.world.archive()
    facts = {"current_user_id": ask.user.id}
    found = ((key, ask.world.tickets[key]) for key in narrowed(ask.world, view["conditions"]))
    ids = [key for key, ticket in found if all_hold(ask.world, ticket, view["conditions"], facts)]
    shown = view["execution"]
    if shown["sort_by"] in ("updated", "updated_at"):
        ids.sort(key=lambda key: ask.world.tickets[key].updated)
    if shown["sort_order"] == "desc":
        ids.reverse()
    return ids


@route("GET", "/views/{id}/tickets", resource="tickets")
def view_tickets(ask: Ask, key: str) -> Row:
    """The tickets of a view."""
    view = ask.world.tables["views"].need(key)
    shown: list[Ticket] = []

    def text(part: list[int]) -> Any:  # noqa: ANN401 - Raw
        shown.extend(ask.world.tickets[number] for number in part)
        return tickets_text(ask, shown)

    body = page(ask, "tickets", Rows(_tickets_of(ask, view), key=int), text)
    if "meta" in body and not {"page[after]", "page[before]"} & ask.query.keys():
        body["meta"]["before_cursor"] = body["links"]["prev"] = None
    return body | beside(ask, shown)


@route("GET", "/views/{id}/execute", resource="tickets")
def execute(ask: Ask, key: str) -> Row:
    """The rows of a view: its columns, with part of each ticket."""
    view = ask.world.tables["views"].need(key)
    ask.headers |= ask.sandbox.meter.endpoint(
        "views-execute",
        ask.sandbox.meter.limits.view_execute,
        ask.at,
        (ask.user.id, view["id"]),
        shown=False,
        headers=ask.headers,
    )

    def shown(part: list[int]) -> list[Row]:
        return [_row(ask, number) for number in part]

    body = page(ask, "rows", Rows(_tickets_of(ask, view), key=int), shown)
    body |= beside(ask, [ask.world.tickets[row["ticket"]["id"]] for row in body["rows"]])
    return body | {
        "columns": view["execution"]["columns"],
        "view": {"id": view["id"], "url": f"{ask.base}/api/v2/views/{view['id']}.json"},
    }


def _row(ask: Ask, number: int) -> Row:
    ticket = ask.world.tickets[number]
    part = {
        "id": ticket.id, "subject": ticket.subject, "description": ticket.description, "status": ticket.status, "type": ticket.type, "priority": ticket.priority,
        "url": f"{ask.base}/api/v2/tickets/{ticket.id}.json", "last_comment": None, "last_updated_by_id": str(ticket.audits[-1].author),
    }  # fmt: skip
    return {
        "ticket": part, "subject": ticket.subject, "requester_id": ticket.requester_id, "created": iso(ticket.created), "updated": iso(ticket.updated),
        "group_id": ticket.group_id, "assignee_id": ticket.assignee_id, "status": ticket.status, "priority": ticket.priority,
    }  # fmt: skip


@route("GET", "/views/{id}/count")
def view_count(ask: Ask, key: str) -> Row:
    """How many tickets a view shows."""
    return {"view_count": _count(ask, ask.world.tables["views"].need(key))}


@route("GET", "/views/count_many")
def view_counts(ask: Ask) -> Row:
    """How many tickets several views show."""
    return {
        "view_counts": [
            _count(ask, row) for key in ask.ids(most=20) if (row := ask.world.tables["views"].get(key)) is not None
        ]
    }


def _count(ask: Ask, view: Row) -> Row:
    value = len(_tickets_of(ask, view))
    return {
        "url": f"{ask.base}/api/v2/views/{view['id']}/count.json",
        "view_id": view["id"],
        "value": value,
        "pretty": str(value),
        "fresh": True,
    }


@route("GET", "/views/show_many")
def show_many(ask: Ask) -> Row:
    """Several views by id; unknown ones are left out."""
    return listing(ask, VIEWS, [row for key in ask.ids() if (row := ask.world.tables["views"].get(key)) is not None])


def _draft(ask: Ask) -> Row:
    """The view that a body describes, which is not kept. Raises Refusal (422)."""
    given = ask.envelope("view")
    row = shapes.view(str(given.get("title") or "Preview")) | {"id": 0}
    _view_changed(ask, row, given)
    return row


@route("POST", "/views/preview", role="light_agent")
def preview(ask: Ask) -> Row:
    """The rows that a view would have."""
    view = _draft(ask)
    body = page(ask, "rows", Rows(_tickets_of(ask, view), key=int), lambda part: [_row(ask, number) for number in part])
    return body | {"columns": view["execution"]["columns"]}


@route("POST", "/views/preview/count", role="light_agent")
def preview_count(ask: Ask) -> Row:
    """How many tickets a view would show."""
    return {
        "view_count": _count(ask, _draft(ask)) | {"url": f"{ask.base}/api/v2/views/preview/count.json", "view_id": None}
    }
