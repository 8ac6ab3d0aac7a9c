"""Records that are listed, shown, made, changed and deleted in one and the same way: what differs is a `Kind`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.paging import by_cursor, rows_page
from deskhand.sandbox.refusal import invalid_field
from deskhand.sandbox.render import with_urls
from deskhand.sandbox.route import Ask, Handler, route
from deskhand.sandbox.sideloads import Beside, rows_beside
from deskhand.sandbox.table import Table
from deskhand.sandbox.text import tag_list

Hook = Callable[[Ask, Row, Row], None]
"""Called with the request, the row and the body that was given; may change the row or raise Refusal."""


def _nothing(_ask: Ask, _row: Row, _given: Row) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record. `shape` makes a new row from its body; `keys` are what an update may set; `needs` what a creation must give.

    Rows are listed in their `order`, or by cursor in their `cursor_order` where that is another. Of `keys`, an update ignores those that are `fixed`. Rows show their address as `url` where `addressed`.
    """

    table: str
    shape: Callable[[Row], Row]
    keys: frozenset[str]
    needs: tuple[str, ...] = ()
    read_role: str = "light_agent"
    write_role: str = "admin"
    resource: str = ""
    made: Hook = _nothing
    allowed: Hook = _nothing
    changed: Hook = _nothing
    dropped: Hook = _nothing
    paged: bool = True
    verbs: str = "list show create update delete"
    order: Callable[[Row], Any] | None = None
    cursor_order: Callable[[Row], Any] | None = None
    sideloads: dict[str, Beside] = field(default_factory=dict)
    shown: Callable[[Ask, Row], Row] = lambda _ask, row: row
    addressed: bool = True
    fixed: frozenset[str] = frozenset()


def register(kind: Kind) -> None:
    """Register the endpoints of a kind of record."""
    path = "/" + kind_table_path(kind.table)
    makers: dict[str, Callable[[Kind], Handler]] = {
        "list": _lister,
        "show": _shower,
        "create": _creator,
        "update": _updater,
        "delete": _deleter,
    }
    methods = {"list": "GET", "show": "GET", "create": "POST", "update": "PUT", "delete": "DELETE"}
    for verb in kind.verbs.split():
        where = path if verb in ("list", "create") else path + "/{id}"
        role = kind.read_role if verb in ("list", "show") else kind.write_role
        route(methods[verb], where, role=role, resource=kind.resource)(makers[verb](kind))


_PATHS = {
    "sla_policies": "slas/policies",
    "schedules": "business_hours/schedules",
    "items": "dynamic_content/items",
    "group_sla_policies": "group_slas/policies",
}


def kind_table_path(table: str) -> str:
    """Where the rows of a table live under /api/v2."""
    return _PATHS.get(table, table)


def table_of(ask: Ask, kind: Kind) -> Table:
    """The rows of a kind."""
    return ask.world.tables[kind.table]


_ASKED = {
    "alphabetical": "title",
    "title": "title",
    "name": "name",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "position": "position",
}
"""What the rows of a list can be sorted by, where they have it."""


def ordered(ask: Ask, kind: Kind, rows: Iterable[Row]) -> list[Row]:
    """Rows in the order that the query asks for, else in that in which this kind is listed, by cursor or by number."""
    order = kind.cursor_order if by_cursor(ask) and kind.cursor_order else kind.order
    rows = sorted(rows, key=order) if order else list(rows)
    sort = ask.query.get("sort_by") or ask.query.get("sort", "")
    name = _ASKED.get(sort.removeprefix("-"))
    if name is None or not all(name in row for row in rows):
        return rows
    usual = "asc" if name in ("title", "name", "position") else "desc"
    descending = sort.startswith("-") or (
        "sort_by" in ask.query and ask.query.get("sort_order", usual).lower() == "desc"
    )
    return sorted(rows, key=lambda row: _sortable(row[name]), reverse=descending)


def _sortable(value: object) -> tuple[bool, Any]:
    return value is not None, value if isinstance(value, int) else str(value).lower()


def listing(ask: Ask, kind: Kind, rows: Iterable[Row]) -> Row:
    """A page of rows with their addresses and sideloads."""
    table = table_of(ask, kind)
    shown = [row for row in ordered(ask, kind, rows) if not row.get("deleted") and not row.get("is_deleted")]
    if not kind.paged and not any(key.startswith("page") or key == "per_page" for key in ask.query):
        body: Row = {table.many: _with(ask, kind, shown), "next_page": None, "previous_page": None, "count": len(shown)}
    else:
        page: list[Row] = []
        body = rows_page(ask, table.many, shown, lambda part: _with(ask, kind, _noted(page, part)))
        shown = page
    return body | rows_beside(ask, shown, kind.sideloads)


def _noted(page: list[Row], part: list[Row]) -> list[Row]:
    page.extend(part)
    return part


def _with(ask: Ask, kind: Kind, rows: list[Row]) -> list[Row]:
    shown = [kind.shown(ask, row) for row in rows]
    return with_urls(ask.base, table_of(ask, kind).path, shown) if kind.addressed else shown


def answered(ask: Ask, kind: Kind, row: Row) -> Row:
    """One row in its envelope."""
    table = table_of(ask, kind)
    return {table.one: _with(ask, kind, [row])[0]} | rows_beside(ask, [row], kind.sideloads)


def _lister(kind: Kind) -> Callable[[Ask], Row]:
    return lambda ask: listing(ask, kind, table_of(ask, kind))


def _shower(kind: Kind) -> Callable[[Ask, str], Row]:
    return lambda ask, key: answered(ask, kind, table_of(ask, kind).need(key))


def _creator(kind: Kind) -> Callable[[Ask], Answer]:
    def create(ask: Ask) -> Answer:
        row = make(ask, kind, ask.envelope(table_of(ask, kind).one))
        location = f"{ask.base}/api/v2/{table_of(ask, kind).path}/{row['id']}.json"
        return Answer(answered(ask, kind, row), 201, {"location": location})

    return create


def make(ask: Ask, kind: Kind, given: Row) -> Row:
    """A new row from the body of a creation. Raises Refusal (422)."""
    given = clean(given)
    _check_needs(kind, given)
    row = ask.world.make(kind.table, kind.shape(given), {key: given[key] for key in kind.keys & given.keys()})
    try:
        kind.made(ask, row, given)
    except Exception:
        table_of(ask, kind).rows.pop(row["id"], None)
        raise
    ask.world.touched(kind.table)
    return row


_TEXTS = {
    "name", "title", "email", "external_id", "description", "subdomain", "time_zone", "agent_label", "end_user_label", "notes", "details", "phone", "key",
    "type", "role", "status_category", "alias", "signature", "tag",
}  # fmt: skip
_LISTS = {"tags", "domain_names", "ticket_field_ids", "attachments"}
_OBJECTS = {"custom_field_options", "policy_metrics", "intervals"}
_FLAGS = {"active", "default", "required", "suspended", "verified", "shared_tickets", "shared_comments"}


def clean(given: Row) -> Row:
    """A body with texts, lists, objects and flags of the right type: numbers become texts. Raises Refusal (422) for other types."""
    return {name: _cleaned(name, value) for name, value in given.items()}


def _cleaned(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    if value is None:
        return None
    wrong = invalid_field(name, f"{name.replace('_', ' ').capitalize()}: is invalid")
    if name == "tags" and isinstance(value, str | list):
        return tag_list(value)
    if name in _TEXTS:
        if isinstance(value, bool | list | dict):
            raise wrong
        return str(value)
    if not isinstance(value, _type_of(name)) or (name in _OBJECTS and not _objects(value)):
        raise wrong
    return value


def _objects(value: Any) -> bool:  # noqa: ANN401 - JSON
    return all(isinstance(item, dict) for item in value)


def _type_of(name: str) -> type:
    if name in _LISTS or name in _OBJECTS:
        return list
    if name in _FLAGS:
        return bool
    return int if name == "position" else dict if name.endswith("_fields") else object


def _check_needs(kind: Kind, row: Row) -> None:
    for name in kind.needs:
        if row.get(name) in (None, ""):
            raise invalid_field(name, f"{name.replace('_', ' ').capitalize()}: cannot be blank", "BlankValue")


def _updater(kind: Kind) -> Callable[[Ask, str], Row]:
    def update(ask: Ask, key: str) -> Row:
        row = table_of(ask, kind).need(key)
        change(ask, kind, row, ask.envelope(table_of(ask, kind).one))
        return answered(ask, kind, row)

    return update


def change(ask: Ask, kind: Kind, row: Row, given: Row) -> None:
    """Change a row as the body of an update says; a refused change leaves it as it was. Raises Refusal (422)."""
    given = clean(given)
    kind.allowed(ask, row, given)
    before = dict(row)
    try:
        for name in (kind.keys - kind.fixed) & given.keys():
            row[name] = (
                row[name] | given[name]
                if isinstance(row.get(name), dict) and isinstance(given[name], dict) and name.endswith("_fields")
                else given[name]
            )
        _check_needs(kind, row)
        kind.changed(ask, row, given)
    except Exception:
        row.clear()
        row |= before
        raise
    row["updated_at"] = iso(ask.world.now())
    ask.world.touched(kind.table)


def _deleter(kind: Kind) -> Callable[[Ask, str], Answer]:
    def delete(ask: Ask, key: str) -> Answer:
        row = table_of(ask, kind).need(key)
        kind.dropped(ask, row, {})
        table_of(ask, kind).rows.pop(row["id"], None)
        ask.world.touched(kind.table)
        return Answer(None, 204)

    return delete


def keys(text: str) -> frozenset[str]:
    """Names separated by spaces."""
    return frozenset(text.split())


def reposition(table: Table, keys: Iterable[object]) -> None:
    """Give rows the positions 1, 2, ... in the order of these ids; those not named follow in the order they had. Raises Refusal (404)."""
    first = [table.need(key) for key in keys]
    named = {row["id"] for row in first}
    rest = [row for row in table if row["id"] not in named]
    for position, row in enumerate(first + sorted(rest, key=lambda row: (row["position"], row["id"])), 1):
        row["position"] = position
