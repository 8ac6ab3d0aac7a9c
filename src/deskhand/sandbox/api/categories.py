"""The categories of triggers, and what triggers, automations and views may ask and do."""

from deskhand.sandbox.actions import RULE_FIELDS, STATUSES
from deskhand.sandbox.api.resource import Kind, keys, register
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import PRIORITIES, TYPES
from deskhand.sandbox.refusal import invalid_field
from deskhand.sandbox.route import Ask, route


def _made(ask: Ask, row: Row, given: Row) -> None:
    if "position" not in given:
        row["position"] = sum(1 for _ in ask.world.tables["trigger_categories"]) - 1


def _empty(ask: Ask, row: Row, _given: Row) -> None:
    """A category that has triggers stays. Raises Refusal (422)."""
    if ask.world.tables["triggers"].where(category_id=str(row["id"])):
        raise invalid_field("base", "Trigger category: has triggers")


CATEGORIES = Kind(
    "trigger_categories", lambda given: {"name": given.get("name"), "position": 0}, keys("name position"), needs=("name",), resource="triggers",
    made=_made, dropped=_empty, order=lambda row: (row["position"], row["id"]), addressed=False, shown=lambda _ask, row: row | {"id": str(row["id"])},
)  # fmt: skip

register(CATEGORIES)


@route("PATCH", "/trigger_categories/{id}", role="admin", resource="triggers")
def patch(ask: Ask, key: str) -> Row:
    """Change a category: this method is the documented one."""
    row = ask.world.tables["trigger_categories"].need(key)
    given = ask.envelope("trigger_category")
    row |= {name: given[name] for name in ("name", "position") if name in given}
    return {"trigger_category": CATEGORIES.shown(ask, row)}


_CONDITIONS = (
    "status", "priority", "type", "group_id", "assignee_id", "requester_id", "organization_id", "brand_id", "ticket_form_id", "current_tags", "update_type",
    "comment_is_public", "current_via_id", "subject_includes_word",
)  # fmt: skip


def _definition(ask: Ask, name: str) -> Row:
    tables = ask.world.tables
    values: dict[str, list[tuple[object, str]]] = {
        "status": [(value, value.capitalize()) for value in STATUSES], "priority": [(value, value.capitalize()) for value in PRIORITIES],
        "type": [(value, value.capitalize()) for value in TYPES], "group_id": [(row["id"], row["name"]) for row in tables["groups"]],
        "brand_id": [(row["id"], row["name"]) for row in tables["brands"]],
        "ticket_form_id": [(row["id"], row["name"]) for row in tables["ticket_forms"]], "update_type": [("Create", "Created"), ("Change", "Updated")],
    }  # fmt: skip
    found = values.get(name, [])
    return {
        "title": name.replace("_", " ").capitalize(), "subject": name, "type": "list" if found else "text", "group": "ticket", "nullable": False,
        "repeatable": False, "values": [{"value": str(value), "title": title, "enabled": True} for value, title in found],
    }  # fmt: skip


def _condition(ask: Ask, name: str) -> Row:
    operators = [("is", "Is", False), ("is_not", "Is not", False), ("changed", "Changed", True)]
    return _definition(ask, name) | {
        "operators": [{"value": value, "title": title, "terminal": terminal} for value, title, terminal in operators]
    }


def _all(ask: Ask) -> Row:
    fields = [f"custom_fields_{key}" for key in ask.world.custom_fields()]
    conditions = [_condition(ask, name) for name in (*_CONDITIONS, *fields)]
    actions = [_definition(ask, name) for name in (*RULE_FIELDS, *fields)]
    return {"definitions": {"conditions_all": conditions, "conditions_any": conditions, "actions": actions}}


@route("GET", "/triggers/definitions", resource="triggers")
def trigger_definitions(ask: Ask) -> Row:
    """What triggers may ask and do."""
    return _all(ask)


@route("GET", "/automations/definitions", resource="automations")
def automation_definitions(ask: Ask) -> Row:
    """What automations may ask and do."""
    return _all(ask)


@route("GET", "/views/definitions")
def view_definitions(ask: Ask) -> Row:
    """What views may ask."""
    found = _all(ask)["definitions"]
    return {"definitions": {name: found[name] for name in ("conditions_all", "conditions_any")}}
