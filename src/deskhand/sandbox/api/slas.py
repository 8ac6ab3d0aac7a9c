"""SLA policies: their CRUD, order and definitions; an account whose plan has none."""

from deskhand.sandbox import shapes
from deskhand.sandbox.api.resource import Kind, keys, listing, register
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.refusal import forbidden, invalid_endpoint, invalid_field
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.table import as_id

_METRICS = {
    "first_reply_time", "next_reply_time", "periodic_update_time", "pausable_update_time", "requester_wait_time", "agent_work_time",
    "total_resolution_time",
}  # fmt: skip

_MOST_MINUTES = 60 * 24 * 366 * 10
"""Ten years: what is due after them has no date that a client could read."""


def _policy_made(ask: Ask, row: Row, given: Row) -> None:
    _plan(ask)
    where = row["filter"]
    if not isinstance(where, dict) or not all(isinstance(where.get(name, []), list) for name in ("all", "any")):
        raise invalid_field("filter", "Filter: must have the lists all and any")
    row["filter"] = {"all": where.get("all", []), "any": where.get("any", [])}
    row["policy_metrics"] = [_metric(item) for item in row["policy_metrics"] or []]
    if "position" not in given:
        row["position"] = 1 + max(
            (other["position"] for other in ask.world.tables["sla_policies"] if other is not row), default=0
        )


def _metric(item: Row) -> Row:
    if str(item.get("metric")) not in _METRICS or item.get("priority") not in ("low", "normal", "high", "urgent"):
        raise invalid_field(
            "policy_metrics", f"Policy metrics: {item.get('metric')} for {item.get('priority')} is not valid"
        )
    seconds = as_id(item.get("target_in_seconds"))
    minutes = item.get("target") if item.get("target") is not None else (seconds or 0) // 60
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 0 < minutes <= _MOST_MINUTES:
        raise invalid_field("policy_metrics", "Target: must be greater than 0")
    return {
        "priority": item["priority"], "metric": item["metric"], "target": minutes, "business_hours": bool(item.get("business_hours")),
        "target_in_seconds": seconds if seconds is not None else minutes * 60,
    }  # fmt: skip


def _policy_changed(ask: Ask, row: Row, _given: Row) -> None:
    _plan(ask)
    row["policy_metrics"] = [_metric(item) for item in row["policy_metrics"]]


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
    for position, key in enumerate(ask.ids("sla_policy_ids"), 1):
        ask.world.tables["sla_policies"].need(key)["position"] = position
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
    rows = [{"title": name.replace("_", " ").capitalize(), "subject": name, "type": "list", "group": "ticket", "nullable": True, "repeatable": False,
             "operators": [{"value": "is", "title": "Is", "terminal": False}, {"value": "is_not", "title": "Is not", "terminal": False}], "values": []}
            for name in names]  # fmt: skip
    return {"definitions": {"all": rows, "any": rows}}


register(POLICIES)
