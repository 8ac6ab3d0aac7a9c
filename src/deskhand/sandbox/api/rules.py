"""Triggers, automations and views: rules with conditions."""

from typing import Any

from deskhand.sandbox import shapes
from deskhand.sandbox.actions import RULE_FIELDS, stored
from deskhand.sandbox.api.people import counted
from deskhand.sandbox.api.resource import Kind, keys, listing, register
from deskhand.sandbox.api.writing import rows_of
from deskhand.sandbox.clock import iso
from deskhand.sandbox.conditions import all_hold
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.lookups import turn_of
from deskhand.sandbox.paging import Rows, page
from deskhand.sandbox.records import Ticket
from deskhand.sandbox.refusal import invalid_field, missing_parameter
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.sideloads import beside, tickets_text

MOST_AUTOMATIONS = 500


def _conditions(row: Row, given: Row, *, needed: bool) -> None:
    """Conditions may be given as one object or as the lists all and any; values come back as text. Raises Refusal (422)."""
    before = row.get("conditions") or {"all": [], "any": []}
    source = given.get("conditions") if isinstance(given.get("conditions"), dict) else given
    lists = {name: (source or {}).get(name, before.get(name, [])) for name in ("all", "any")}
    if not all(
        isinstance(value, list) and all(isinstance(item, dict) and item.get("field") for item in value)
        for value in lists.values()
    ):
        raise invalid_field("conditions", "Conditions: are invalid")
    if needed and not any(lists.values()):
        raise invalid_field("conditions", "Conditions: cannot be blank", "BlankValue")
    row["conditions"] = {name: [_condition(item) for item in value] for name, value in lists.items()}


def _condition(item: Row) -> Row:
    value = item.get("value")
    text = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    return {"field": item["field"], "operator": item.get("operator", "is"), "value": text}


def _rule_made(ask: Ask, row: Row, given: Row) -> None:
    _conditions(row, given, needed=True)
    row["actions"] = stored(ask.world, given.get("actions", row.get("actions")), RULE_FIELDS, macro=False)
    row["raw_title"] = row["title"] = str(row["title"])


def _placed(table: str) -> Any:  # noqa: ANN401 - a Hook
    def made(ask: Ask, row: Row, given: Row) -> None:
        _rule_made(ask, row, given)
        others = [other["position"] for other in ask.world.tables[table] if other is not row]
        row["position"] = given.get("position", 1 + max(others, default=0))
        if table == "automations" and sum(other["active"] for other in ask.world.tables[table]) > MOST_AUTOMATIONS:
            raise invalid_field("base", f"Automations: at most {MOST_AUTOMATIONS} may be active", "TooManyActive")
        if table == "triggers":
            row["category_id"] = str(given.get("category_id") or ask.world.trigger_category())

    return made


def _trigger_changed(ask: Ask, row: Row, given: Row) -> None:
    _rule_made(ask, row, given)
    ask.world.revisions[row["id"]] = ask.world.revisions.get(row["id"], 1) + 1


TRIGGERS = Kind(
    "triggers", lambda given: shapes.trigger(str(given.get("title"))), keys("title active description position actions category_id"), needs=("title",), resource="triggers",
    made=_placed("triggers"), changed=_trigger_changed, order=turn_of("triggers"),
)  # fmt: skip
AUTOMATIONS = Kind(
    "automations", lambda given: shapes.automation(str(given.get("title"))), keys("title active position actions"), needs=("title",), resource="automations", made=_placed("automations"),
    changed=_rule_made, order=turn_of("automations"),
)  # fmt: skip


# Views.


def _view_made(ask: Ask, row: Row, given: Row) -> None:
    """A new view stands behind all others."""
    others = (other["position"] for other in ask.world.tables["views"] if other is not row)
    row["position"] = given.get("position", 1 + max(others, default=9_999))
    _view_changed(ask, row, given)


def _view_changed(_ask: Ask, row: Row, given: Row) -> None:
    _conditions(row, given, needed=True)
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
    order=turn_of("views"), cursor_order=lambda row: (row["created_at"], row["id"]),
)  # fmt: skip

for _kind in (TRIGGERS, AUTOMATIONS, VIEWS):

    def _active(ask: Ask, kind: Kind = _kind) -> Row:
        return listing(ask, kind, ask.world.tables[kind.table].where(active=True))

    def _destroy(ask: Ask, kind: Kind = _kind) -> Answer:
        for key in ask.ids():
            ask.world.tables[kind.table].drop(key)
        ask.world.touched(kind.table)
        return Answer(None, 204)

    def _update(ask: Ask, kind: Kind = _kind) -> Row:
        rows = [ask.world.tables[kind.table].need(given.get("id")) for given in rows_of(ask, kind.table)]
        for row, given in zip(rows, rows_of(ask, kind.table), strict=True):
            row.update(
                {name: given[name] for name in ("position", "active") if name in given}, updated_at=iso(ask.world.now())
            )
        ask.world.touched(kind.table)
        return listing(ask, kind, rows)

    route("GET", f"/{_kind.table}/active", resource=_kind.resource)(_active)
    route("DELETE", f"/{_kind.table}/destroy_many", role="admin", resource=_kind.resource)(_destroy)
    route("PUT", f"/{_kind.table}/update_many", role="admin", resource=_kind.resource)(_update)
    register(_kind)


@route("GET", "/triggers/search", resource="triggers")
def triggers_search(ask: Ask) -> Row:
    """Triggers with this text in their title."""
    text = ask.query.get("query", "").lower()
    return listing(ask, TRIGGERS, [row for row in ask.world.tables["triggers"] if text in str(row["title"]).lower()])


@route("GET", "/automations/search", resource="automations")
def automations_search(ask: Ask) -> Row:
    """Automations with this text in their title."""
    text = ask.query.get("query", "").lower()
    return listing(
        ask, AUTOMATIONS, [row for row in ask.world.tables["automations"] if text in str(row["title"]).lower()]
    )


@route("PUT", "/triggers/reorder", role="admin", resource="triggers")
def triggers_reorder(ask: Ask) -> Row:
    """Put triggers in the order of the ids."""
    keys = ask.body.get("trigger_ids")
    if not isinstance(keys, list):
        raise missing_parameter("trigger_ids")
    for position, key in enumerate(keys, 1):
        ask.world.tables["triggers"].need(key)["position"] = position
    ask.world.touched("triggers")
    return listing(ask, TRIGGERS, ask.world.tables["triggers"])


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
    ids = [key for key in ask.world.live.ids if all_hold(ask.world, ask.world.tickets[key], view["conditions"], facts)]
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
