"""Triggers and automations, and what they and views have alike: conditions."""

from typing import Any

from deskhand.sandbox import shapes
from deskhand.sandbox.actions import RULE_FIELDS, stored
from deskhand.sandbox.api.resource import Kind, keys, listing, register
from deskhand.sandbox.api.writing import rows_of
from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.lookups import turn_of
from deskhand.sandbox.refusal import invalid_field, missing_parameter
from deskhand.sandbox.route import Ask, route

MOST_AUTOMATIONS = 500


def set_conditions(row: Row, given: Row, *, needed: bool) -> None:
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
    set_conditions(row, given, needed=True)
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


def with_permissions(ask: Ask, row: Row) -> Row:
    """A rule or view, with what whoever asks may do with it where that is asked for."""
    return row | {"permissions": {"can_edit": ask.user.role == "admin"}} if "permissions" in ask.include else row


TRIGGERS = Kind(
    "triggers", lambda given: shapes.trigger(str(given.get("title"))), keys("title active description position actions category_id"), needs=("title",), resource="triggers",
    made=_placed("triggers"), changed=_trigger_changed, order=turn_of("triggers"), shown=with_permissions,
)  # fmt: skip
AUTOMATIONS = Kind(
    "automations", lambda given: shapes.automation(str(given.get("title"))), keys("title active position actions"), needs=("title",), resource="automations", made=_placed("automations"),
    changed=_rule_made, order=turn_of("automations"), shown=with_permissions,
)  # fmt: skip


def register_rules(kind: Kind) -> None:
    """Register the endpoints that triggers, automations and views have alike."""
    table, resource = kind.table, kind.resource

    @route("GET", f"/{table}/active", resource=resource)
    def active(ask: Ask) -> Row:
        return listing(ask, kind, ask.world.tables[table].where(active=True))

    @route("GET", f"/{table}/search", resource=resource)
    def search(ask: Ask) -> Row:
        text = ask.query.get("query", "").lower()
        return listing(ask, kind, [row for row in ask.world.tables[table] if text in str(row["title"]).lower()])

    @route("DELETE", f"/{table}/destroy_many", role="admin", resource=resource)
    def destroy_many(ask: Ask) -> Answer:
        for key in ask.ids():
            ask.world.tables[table].drop(key)
        ask.world.touched(table)
        return Answer(None, 204)

    @route("PUT", f"/{table}/update_many", role="admin", resource=resource)
    def update_many(ask: Ask) -> Row:
        given = rows_of(ask, table)
        rows = [ask.world.tables[table].need(one.get("id")) for one in given]
        for row, one in zip(rows, given, strict=True):
            row |= {name: one[name] for name in ("position", "active") if name in one}
            row["updated_at"] = iso(ask.world.now())
        ask.world.touched(table)
        return listing(ask, kind, rows)

    register(kind)


for _kind in (TRIGGERS, AUTOMATIONS):
    register_rules(_kind)


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
