"""The options of drop-down fields, one by one, and the order of fields; alike for tickets, people and organizations."""

from deskhand.sandbox import shapes
from deskhand.sandbox.api.resource import Kind, listing
from deskhand.sandbox.api.settings import ORGANIZATION_FIELDS, TICKET_FIELDS, USER_FIELDS
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.refusal import bad_parameter, not_found
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route


def _options(ask: Ask, table: str, key: str) -> list[Row]:
    """The options of a field. Raises Refusal (404) for a field that has none."""
    found = ask.world.tables[table].need(key).get("custom_field_options")
    if not isinstance(found, list):
        raise not_found()
    return found


def _one(ask: Ask, table: str, key: str, number: str) -> Row:
    row = next((row for row in _options(ask, table, key) if str(row["id"]) == number), None)
    if row is None:
        raise not_found()
    return row


def _shown(ask: Ask, table: str, key: str, row: Row) -> Row:
    return with_url(ask.base, f"{table}/{key}/options", row)


def register_options(table: str) -> None:
    """Register the endpoints for the options of the fields of a table."""
    path = f"/{table}/{{id}}/options"

    @route("GET", path)
    def options(ask: Ask, key: str) -> Row:
        rows = ask.world.tables[table].need(key).get("custom_field_options") or []
        return rows_page(ask, "custom_field_options", [_shown(ask, table, key, row) for row in rows])

    @route("GET", path + "/{option}")
    def option(ask: Ask, key: str, number: str) -> Row:
        return {"custom_field_option": _shown(ask, table, key, _one(ask, table, key, number))}

    @route("POST", path, role="admin")
    def put(ask: Ask, key: str) -> Answer:
        given, rows = ask.envelope("custom_field_option"), _options(ask, table, key)
        known = next((row for row in rows if row["id"] == given.get("id")), None)
        if known is None:
            row = shapes.option(ask.world.new_id(), str(given.get("name")), str(given.get("value")))
            rows.append(row)
        else:
            row = known
            row |= {name: given[name] for name in ("name", "value") if name in given}
            row["raw_name"] = row["name"]
        ask.world.touched(table)
        return Answer({"custom_field_option": _shown(ask, table, key, row)}, 201 if known is None else 200)

    @route("DELETE", path + "/{option}", role="admin")
    def drop(ask: Ask, key: str, number: str) -> Answer:
        _options(ask, table, key).remove(_one(ask, table, key, number))
        ask.world.touched(table)
        return Answer(None, 204)


for _table in ("ticket_fields", "user_fields"):
    register_options(_table)


def register_order(kind: Kind) -> None:
    """Register the endpoint that puts the rows of a table in another order."""

    @route("PUT", f"/{kind.table}/reorder", role="admin")
    def reorder(ask: Ask) -> Row:
        ids = ask.body.get(f"{kind.table.removesuffix('s')}_ids")
        if not isinstance(ids, list):
            raise bad_parameter(f"{kind.table.removesuffix('s')}_ids must be a list")
        for position, key in enumerate(ids):
            ask.world.tables[kind.table].need(key)["position"] = position
        ask.world.touched(kind.table)
        return listing(ask, kind, ask.world.tables[kind.table])


for _kind in (TICKET_FIELDS, USER_FIELDS, ORGANIZATION_FIELDS):
    register_order(_kind)
