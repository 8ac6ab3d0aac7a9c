"""What an account is set up with: fields, forms, brands, statuses, roles, SLA policies, schedules, its own settings."""

from datetime import datetime
from typing import Any

from deskhand.sandbox import shapes
from deskhand.sandbox.api.resource import Kind, answered, keys, listing, register
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.refusal import Refusal, bad_parameter, forbidden, invalid_endpoint, invalid_field, not_found
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.zones import IANA, zone

# Fields.

_TICKET_FIELD = keys(
    "title raw_title description raw_description position active required collapsed_for_agents regexp_for_validation title_in_portal raw_title_in_portal"
    " visible_in_portal editable_in_portal required_in_portal tag agent_description custom_field_options"
)
_TYPES = {
    "text",
    "textarea",
    "checkbox",
    "date",
    "integer",
    "decimal",
    "regexp",
    "partialcreditcard",
    "multiselect",
    "tagger",
    "lookup",
}


def _field_made(ask: Ask, row: Row, given: Row) -> None:
    if row["type"] not in _TYPES:
        raise invalid_field("type", f"Type: {row['type']} is not valid")
    _titled(row, given)
    _options(ask, row, given)


def _titled(row: Row, given: Row) -> None:
    """A new title is the raw title too."""
    for name in ("title", "description", "title_in_portal"):
        if name in given and f"raw_{name}" not in given and f"raw_{name}" in row:
            row[f"raw_{name}"] = given[name]
        elif f"raw_{name}" in given and name not in given:
            row[name] = given[f"raw_{name}"]


def _options(ask: Ask, row: Row, given: Row) -> None:
    """Options get ids; those that keep their id or value stay the same option."""
    if row["type"] not in ("tagger", "multiselect", "dropdown"):
        row.pop("custom_field_options", None)
        return
    options = given.get("custom_field_options", row.get("custom_field_options") or [])
    if not isinstance(options, list) or len(options) > 2_000:
        raise invalid_field("custom_field_options", "Custom field options: at most 2000 are allowed")
    row["custom_field_options"] = [
        shapes.option(
            o.get("id") or ask.world.new_id(), str(o.get("name")), str(o.get("value")), bool(o.get("default"))
        )
        for o in options
    ]


def _field_changed(ask: Ask, row: Row, given: Row) -> None:
    _titled(row, given)
    if "custom_field_options" in given:
        _options(ask, row, given)


def _system_stays(_ask: Ask, row: Row, _given: Row) -> None:
    if not row.get("removable", True):
        raise forbidden("This field cannot be deleted")


TICKET_FIELDS = Kind(
    "ticket_fields", lambda given: shapes.ticket_field(str(given.get("title")), str(given.get("type"))), _TICKET_FIELD, needs=("title", "type"),
    made=_field_made, changed=_field_changed, dropped=_system_stays, paged=False, order=lambda row: (row["position"], row["id"]),
)  # fmt: skip


def _record_fields(table: str) -> Kind:
    allowed = keys(
        "title raw_title description raw_description position active regexp_for_validation custom_field_options key"
    )
    return Kind(
        table, lambda given: shapes.record_field(str(given.get("key")), str(given.get("title")), str(given.get("type"))), allowed, needs=("key", "title"),
        made=_options_only, changed=_field_changed, order=lambda row: (row["position"], row["id"]),
    )  # fmt: skip


def _options_only(ask: Ask, row: Row, given: Row) -> None:
    _titled(row, given)
    _options(ask, row, given)


@route("GET", "/ticket_fields/show_many")
def fields_many(ask: Ask) -> Row:
    """Up to 100 fields by id or key."""
    wanted = set(ask.ids())
    names = set(ask.ids("keys"))
    return listing(
        ask,
        TICKET_FIELDS,
        [row for row in ask.world.tables["ticket_fields"] if str(row["id"]) in wanted or row["key"] in names],
    )


@route("GET", "/ticket_fields/count")
def fields_count(ask: Ask) -> Row:
    """How many fields there are."""
    return {
        "count": {"value": len(ask.world.tables["ticket_fields"]), "refreshed_at": ask.sandbox.clock.now().isoformat()}
    }


@route("GET", "/ticket_fields/{id}/options")
def field_options(ask: Ask, key: str) -> Row:
    """The options of a drop-down."""
    rows = ask.world.tables["ticket_fields"].need(key).get("custom_field_options", [])
    path = f"ticket_fields/{key}/options"
    return {
        "custom_field_options": [with_url(ask.base, path, row) for row in rows],
        "next_page": None,
        "previous_page": None,
        "count": len(rows),
    }


@route("POST", "/ticket_fields/{id}/options", role="admin")
def field_option(ask: Ask, key: str) -> Answer:
    """Add an option, or change the one with the id given."""
    field, given = ask.world.tables["ticket_fields"].need(key), ask.envelope("custom_field_option")
    options = field.get("custom_field_options")
    if options is None:
        raise not_found()
    known = next((row for row in options if row["id"] == given.get("id")), None)
    if known is None:
        known = shapes.option(ask.world.new_id(), str(given.get("name")), str(given.get("value")))
        options.append(known)
    else:
        known |= {name: given[name] for name in ("name", "value") if name in given}
    ask.world.revision += 1
    return Answer(
        {"custom_field_option": with_url(ask.base, f"ticket_fields/{key}/options", known)},
        201 if "id" not in given else 200,
    )


# Forms, brands, statuses, roles.


def _form_made(ask: Ask, row: Row, given: Row) -> None:
    if given.get("default") is True:
        for other in ask.world.tables["ticket_forms"]:
            other["default"] = other["id"] == row["id"]


FORMS = Kind(
    "ticket_forms", lambda given: shapes.ticket_form(str(given.get("name"))),
    keys("name raw_name display_name raw_display_name end_user_visible position ticket_field_ids active default in_all_brands restricted_brand_ids"
         " agent_conditions end_user_conditions"),
    needs=("name",), made=_form_made, changed=_form_made, paged=False, order=lambda row: (row["position"], row["id"]),
)  # fmt: skip

BRANDS = Kind(
    "brands", lambda given: shapes.brand(str(given.get("name")), str(given.get("subdomain"))),
    keys("name subdomain host_mapping active default signature_template brand_url ticket_form_ids"), needs=("name", "subdomain"),
)  # fmt: skip


def _status_made(ask: Ask, row: Row, _given: Row) -> None:
    if row["status_category"] not in ("new", "open", "pending", "hold", "solved"):
        raise invalid_field("status_category", f"Status category: {row['status_category']} is not valid")
    if any(len(str(row[name])) > 48 for name in ("agent_label", "end_user_label")):
        raise invalid_field("agent_label", "Agent label: is too long (maximum is 48 characters)", "ValueTooLong")
    for name in ("agent_label", "end_user_label", "description", "end_user_description"):
        row[f"raw_{name}"] = row[name]


STATUSES = Kind(
    "custom_statuses", lambda given: shapes.custom_status(str(given.get("agent_label")), str(given.get("status_category"))),
    keys("agent_label end_user_label description end_user_description active status_category"), needs=("status_category", "agent_label"),
    made=_status_made, changed=_status_made, paged=False, verbs="list show create update",
)  # fmt: skip

ROLES = Kind(
    "custom_roles",
    lambda given: shapes.custom_role(str(given.get("name")), 0),
    keys("name description configuration"),
    needs=("name",),
    paged=False,
)


# SLA policies.

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
    row["policy_metrics"] = [_metric(item) for item in row["policy_metrics"] or []]
    if "position" not in given:
        row["position"] = 1 + max(
            (other["position"] for other in ask.world.tables["sla_policies"] if other is not row), default=0
        )


def _metric(item: Row) -> Row:
    if item.get("metric") not in _METRICS or item.get("priority") not in ("low", "normal", "high", "urgent"):
        raise invalid_field(
            "policy_metrics", f"Policy metrics: {item.get('metric')} for {item.get('priority')} is not valid"
        )
    seconds = item.get("target_in_seconds")
    minutes = item.get("target") if item.get("target") is not None else int(seconds or 0) // 60
    if not isinstance(minutes, int) or minutes <= 0:
        raise invalid_field("policy_metrics", "Target: must be greater than 0")
    return {
        "priority": item["priority"], "metric": item["metric"], "target": minutes, "business_hours": bool(item.get("business_hours")),
        "target_in_seconds": int(seconds) if seconds is not None else minutes * 60,
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


# Schedules.


def _schedule_made(ask: Ask, row: Row, _given: Row) -> None:
    if zone(str(row["time_zone"])) is None:
        raise invalid_field("time_zone", f"Time zone: {row['time_zone']} is invalid")
    row["intervals"] = _intervals(row["intervals"])
    ask.world.holidays.setdefault(row["id"], [])


def _intervals(rows: Any) -> list[Row]:  # noqa: ANN401 - JSON
    if not isinstance(rows, list):
        raise bad_parameter("intervals must be a list")
    checked = []
    for row in rows:
        start, end = row.get("start_time"), row.get("end_time")
        if (
            not isinstance(start, int)
            or not isinstance(end, int)
            or not 0 <= start < end <= 10_080
            or (end - 1) // 1_440 != start // 1_440
        ):
            raise invalid_field("intervals", f"Intervals: {start} to {end} is not within one day of the week")
        checked.append({"start_time": start, "end_time": end})
    return sorted(checked, key=lambda row: int(row["start_time"]))


SCHEDULES = Kind(
    "schedules", lambda given: shapes.schedule(str(given.get("name")), str(given.get("time_zone"))), keys("name time_zone intervals"),
    needs=("name", "time_zone"), made=_schedule_made, changed=_schedule_made, paged=False, verbs="show create update delete",
)  # fmt: skip


@route("GET", "/business_hours/schedules", role="admin")
def schedules(ask: Ask) -> Row:
    """All schedules; the first is the default."""
    rows = [{**row} for row in ask.world.tables["schedules"]]
    return {"schedules": rows, "url": f"{ask.base}/api/v2/business_hours/schedules.json"}


@route("PUT", "/business_hours/schedules/{id}/workweek", role="admin")
def workweek(ask: Ask, key: str) -> Row:
    """Replace a schedule's intervals."""
    row = ask.world.tables["schedules"].need(key)
    row["intervals"] = _intervals(ask.envelope("workweek").get("intervals"))
    ask.world.revision += 1
    return {"workweek": {"intervals": row["intervals"]}}


@route("GET", "/business_hours/schedules/{id}/holidays")
def holidays(ask: Ask, key: str) -> Row:
    """A schedule's holidays."""
    return {"holidays": ask.world.holidays[ask.world.tables["schedules"].need(key)["id"]]}


@route("POST", "/business_hours/schedules/{id}/holidays", role="admin")
def holiday_made(ask: Ask, key: str) -> Answer:
    """Add a holiday."""
    schedule, given = ask.world.tables["schedules"].need(key), ask.envelope("holiday")
    _dates(given)
    row = ask.world.add_holiday(schedule["id"], str(given.get("name")), given["start_date"], given["end_date"])
    return Answer({"holiday": row}, 201)


def _dates(given: Row) -> None:
    try:
        start, end = (datetime.fromisoformat(str(given[name])) for name in ("start_date", "end_date"))
    except (KeyError, ValueError):
        raise invalid_field("start_date", "Start date: must be a date") from None
    if end < start:
        raise invalid_field("end_date", "End date: must not be before the start date")


def _holiday(ask: Ask, key: str, number: str) -> tuple[list[Row], Row]:
    rows = ask.world.holidays[ask.world.tables["schedules"].need(key)["id"]]
    row = next((row for row in rows if str(row["id"]) == number), None)
    if row is None:
        raise not_found()
    return rows, row


@route("GET", "/business_hours/schedules/{id}/holidays/{holiday}")
def holiday(ask: Ask, key: str, number: str) -> Row:
    """One holiday."""
    return {"holiday": _holiday(ask, key, number)[1]}


@route("PUT", "/business_hours/schedules/{id}/holidays/{holiday}", role="admin")
def holiday_changed(ask: Ask, key: str, number: str) -> Row:
    """Change a holiday."""
    _, row = _holiday(ask, key, number)
    given = row | {name: value for name, value in ask.envelope("holiday").items() if name in row and name != "id"}
    _dates(given)
    row |= given
    ask.world.revision += 1
    return {"holiday": row}


@route("DELETE", "/business_hours/schedules/{id}/holidays/{holiday}", role="admin")
def holiday_dropped(ask: Ask, key: str, number: str) -> Answer:
    """Remove a holiday."""
    rows, row = _holiday(ask, key, number)
    rows.remove(row)
    ask.world.revision += 1
    return Answer(None, 204)


for kind in (
    TICKET_FIELDS,
    _record_fields("user_fields"),
    _record_fields("organization_fields"),
    FORMS,
    BRANDS,
    STATUSES,
    ROLES,
    POLICIES,
    SCHEDULES,
):
    register(kind)


# The account.


@route("GET", "/account/settings")
def account(ask: Ask) -> Row:
    """The account's settings, as far as clients ask for them."""
    return {
        "settings": {
            "branding": {"header_color": "03363D", "page_background_color": "FFFFFF"}, "apps": {"use": True, "create_private": True, "create_public": False},
            "tickets": {"comments_public_by_default": True, "is_first_comment_private_enabled": True, "list_newest_comments_first": True,
                        "collaboration": True, "private_attachments": False, "agent_collision": True, "tagging": True, "assign_tickets_upon_solve": True,
                        "maximum_personal_views_to_list": 8, "custom_statuses_enabled": True},
            "active_features": {"customer_satisfaction": True, "on_hold_status": True, "business_hours": True, "ticket_forms": True, "user_org_fields": True,
                                "sla_policy": ask.world.options.plan_has_slas, "custom_statuses": True},
            "api": {"accepted_api_agreement": True, "api_password_access": str(ask.world.options.password_access).lower(), "api_token_access": "true"},
            "rule": {"macro_most_used": True, "macro_order": "alphabetical", "using_skill_based_routing": False},
            "limits": {"attachment_size": 52_428_800}, "localization": {"locale_ids": [1], "uses_12_hour_clock": False},
            "agents": {"agent_home": False, "agent_workspace": True, "focus_mode": False}, "user": {"tagging": True, "time_zone_selection": True},
            "groups": {"check_group_name_uniqueness": False}, "lotus": {"prefer_lotus": True}, "metrics": {"account_size": "100-399"},
        }
    }  # fmt: skip


@route("GET", "/time_zones")
def time_zones(ask: Ask) -> Row:
    """The names of time zones with their IANA zones and present offsets."""
    now = ask.sandbox.clock.now()
    rows = []
    for name in sorted(IANA):
        offset = int((now.astimezone(zone(name)).utcoffset() or now - now).total_seconds() // 60)
        sign = "+" if offset >= 0 else "-"
        rows.append(
            {
                "translation": None,
                "name": name,
                "iana_name": IANA[name],
                "offset": offset,
                "formatted_offset": f"GMT{sign}{abs(offset) // 60:02}:{abs(offset) % 60:02}",
            }
        )
    return {"time_zones": rows, "count": len(rows)}


_LOCALE: Row = {
    "id": 1, "locale": "en-US", "name": "English", "native_name": "English", "presentation_name": "English", "rtl": False, "default": True,
    "created_at": "2009-07-21T00:38:15Z", "updated_at": "2012-02-01T17:56:02Z",
}  # fmt: skip


@route("GET", "/locales", role=None)
def locales(ask: Ask) -> Row:
    """The one locale there is."""
    return {"locales": [with_url(ask.base, "locales", _LOCALE)], "next_page": None, "previous_page": None, "count": 1}


@route("GET", "/locales/{id}", role=None)
def locale(ask: Ask, key: str) -> Row:
    """The one locale there is."""
    if key not in ("1", "en-US", "en-us", "current"):
        raise not_found()
    return {"locale": with_url(ask.base, "locales", _LOCALE)}


@route("GET", "/brands/check_host_mapping", role="admin")
def host_mapping(ask: Ask) -> Row:
    """No host is mapped here."""
    return {
        "cname": ask.query.get("host_mapping"),
        "expected_cnames": [f"{ask.world.subdomain}.zendesk.com"],
        "is_valid": False,
        "reason": "not_a_cname",
    }


def unavailable() -> Refusal:
    """403 for what the account's plan does not have."""
    return forbidden("This feature is not available on your plan")


__all__ = ["POLICIES", "SCHEDULES", "TICKET_FIELDS", "answered", "unavailable"]
