"""SLA policies: their CRUD, order and definitions; an account whose plan has none."""

from deskhand.sandbox import shapes, sla
from deskhand.sandbox.api.resource import Kind, keys, listing, register, reposition
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.life import SETTINGS
from deskhand.sandbox.refusal import forbidden, invalid_endpoint, invalid_field
from deskhand.sandbox.route import Ask, route

_METRICS = {
    "first_reply_time", "next_reply_time", "periodic_update_time", "pausable_update_time", "requester_wait_time", "agent_work_time",
    "total_resolution_time",
}  # fmt: skip


def _policy_made(ask: Ask, row: Row, given: Row) -> None:
    _plan(ask)
    where = row["filter"]
    if not isinstance(where, dict) or not all(isinstance(where.get(name, []), list) for name in ("all", "any")):
        raise invalid_field("filter", "Filter: must have the lists all and any")
    row["filter"] = {"all": where.get("all", []), "any": where.get("any", [])}
    row["policy_metrics"] = [sla.checked_metric(item, _METRICS) for item in row["policy_metrics"] or []]
    if "metrics_settings" in row:
        row["metrics_settings"] = _settings(row["metrics_settings"])
    if "position" not in given:
        row["position"] = 1 + max(
            (other["position"] for other in ask.world.tables["sla_policies"] if other is not row), default=0
        )


def _settings(given: object) -> Row:
    """The advanced settings of the metrics that have any, each true or false. Raises Refusal (422)."""
    if not isinstance(given, dict) or not all(isinstance(part, dict | None) for part in given.values()):
        raise invalid_field("metrics_settings", "Metrics settings: must hold an object for each metric")
    known = {metric: dict.fromkeys(names, False) for metric, names in SETTINGS.items() if given.get(metric)}
    return known | {
        metric: known.get(metric, {}) | {name: value is True for name, value in (part or {}).items()}
        for metric, part in given.items()
    }


def _policy_changed(ask: Ask, row: Row, _given: Row) -> None:
    _plan(ask)
    row["policy_metrics"] = [sla.checked_metric(item, _METRICS) for item in row["policy_metrics"]]
    if "metrics_settings" in row:
        row["metrics_settings"] = _settings(row["metrics_settings"])


def _plan(ask: Ask) -> None:
    """Raise Refusal (403 or 404) where the account's plan has no SLA policies."""
    if not ask.world.options.plan_has_slas:
        raise (
            forbidden("Service Level Agreements are not available on your plan")
            if ask.world.options.no_slas_status == 403
            else invalid_endpoint()
        )


POLICIES = Kind(
    "sla_policies", lambda given: shapes.sla_policy(str(given.get("title"))), keys("title description position filter policy_metrics metrics_settings"),
    needs=("title", "filter"), read_role="admin", made=_policy_made, changed=_policy_changed, paged=False, verbs="show create update delete",
    order=lambda row: (row["position"], row["id"]),
)  # fmt: skip


@route("GET", "/slas/policies", role="admin")
def policies(ask: Ask) -> Row:
    """All SLA policies in their order."""
    _plan(ask)
    return listing(ask, POLICIES, ask.world.tables["sla_policies"])


@route("PUT", "/slas/policies/reorder", role="admin")
def reorder(ask: Ask) -> Row:
    """Put policies in the order of the ids."""
    _plan(ask)
    reposition(ask.world.tables["sla_policies"], ask.ids("sla_policy_ids"))
    ask.world.revision += 1
    return {}


_FILTERS = (
    "brand_id", "ticket_form_id", "ticket_type_id", "group_id", "assignee_id", "requester_id", "organization_id", "current_tags", "via_id", "recipient",
    "ticket_is_public", "exact_created_at", "requester_role", "custom_status_id",
)  # fmt: skip


@route("GET", "/slas/policies/definitions", role="admin")
def definitions(ask: Ask) -> Row:
    """What a policy's filter may ask for."""
    _plan(ask)
    names = [*_FILTERS, *(f"ticket_fields_{key}" for key in ask.world.custom_fields())]
    rows = [_definition(ask, name) for name in names]
    return {"definitions": {"all": rows, "any": rows}}


_VALUES = {
    "brand_id": "brands",
    "ticket_form_id": "ticket_forms",
    "group_id": "groups",
    "organization_id": "organizations",
}
"""The tables whose rows a condition chooses from."""


def _definition(ask: Ask, name: str) -> Row:
    chosen = (
        [{"value": str(row["id"]), "title": row["name"]} for row in ask.world.tables[_VALUES[name]]]
        if name in _VALUES
        else []
    )
    return {
        "group": "ticket", "title": name.replace("_", " ").capitalize(), "value": name, "target": None,
        "operators": [{"value": "is", "title": "Is"}, {"value": "is_not", "title": "Is not"}], "values": {"type": "list" if chosen else "text", "list": chosen},
    }  # fmt: skip


register(POLICIES)
