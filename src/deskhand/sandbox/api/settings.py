"""Fields, forms, brands, statuses and roles: what tickets are made of."""

from deskhand.sandbox import shapes
from deskhand.sandbox.api.resource import Kind, keys, listing, register
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.refusal import forbidden, invalid_field
from deskhand.sandbox.render import with_urls
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.sideloads import records

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
    if "title" in given and "title_in_portal" in row and not {"title_in_portal", "raw_title_in_portal"} & given.keys():
        row["title_in_portal"] = row["raw_title_in_portal"] = row["title"]


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


def _with_statuses(ask: Ask, row: Row) -> Row:
    """The field of custom statuses names them."""
    if row["type"] != "custom_status":
        return row
    return row | {"custom_statuses": with_urls(ask.base, "custom_statuses", ask.world.tables["custom_statuses"])}


TICKET_FIELDS = Kind(
    "ticket_fields", lambda given: shapes.ticket_field(str(given.get("title")), str(given.get("type"))), _TICKET_FIELD, needs=("title", "type"),
    made=_field_made, changed=_field_changed, dropped=_system_stays, paged=False, order=lambda row: (row["position"], row["id"]), shown=_with_statuses,
)  # fmt: skip


def _record_fields(table: str) -> Kind:
    allowed = keys(
        "title raw_title description raw_description position active regexp_for_validation custom_field_options key"
    )
    return Kind(
        table, lambda given: shapes.record_field(str(given.get("key")), str(given.get("title")), str(given.get("type") or "text")), allowed, needs=("key", "title"),
        made=_options_only, changed=_field_changed, order=lambda row: (row["position"], row["id"]),
    )  # fmt: skip


def _options_only(ask: Ask, row: Row, given: Row) -> None:
    _titled(row, given)
    _options(ask, row, given)


USER_FIELDS, ORGANIZATION_FIELDS = _record_fields("user_fields"), _record_fields("organization_fields")


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


# Forms, brands, statuses, roles.


def _form_made(ask: Ask, row: Row, given: Row) -> None:
    if given.get("default") is True:
        for other in ask.world.tables["ticket_forms"]:
            other["default"] = other["id"] == row["id"]


def _default_stays(_ask: Ask, row: Row, _given: Row) -> None:
    if row["default"]:
        raise invalid_field("base", "The default cannot be deleted")


def _fields_of(ask: Ask, forms: list[Row]) -> list[Row]:
    """The fields on forms, each once."""
    return records(ask, "ticket_fields", {key for form in forms for key in form["ticket_field_ids"]})


FORMS = Kind(
    "ticket_forms", lambda given: shapes.ticket_form(str(given.get("name"))),
    keys("name raw_name display_name raw_display_name end_user_visible position ticket_field_ids active default in_all_brands restricted_brand_ids"
         " agent_conditions end_user_conditions"),
    needs=("name",), made=_form_made, changed=_form_made, dropped=_default_stays, paged=False, order=lambda row: (row["position"], row["id"]),
    sideloads={"ticket_fields": _fields_of},
)  # fmt: skip

BRANDS = Kind(
    "brands", lambda given: shapes.brand(str(given.get("name")), str(given.get("subdomain"))),
    keys("name subdomain host_mapping active default signature_template brand_url ticket_form_ids"), needs=("name", "subdomain"), dropped=_default_stays,
)  # fmt: skip


def _status_made(_ask: Ask, row: Row, _given: Row) -> None:
    if row["status_category"] not in ("new", "open", "pending", "hold", "solved"):
        raise invalid_field("status_category", f"Status category: {row['status_category']} is not valid")
    if any(len(str(row[name])) > 48 for name in ("agent_label", "end_user_label")):
        raise invalid_field("agent_label", "Agent label: is too long (maximum is 48 characters)", "ValueTooLong")
    for name in ("agent_label", "end_user_label", "description", "end_user_description"):
        row[f"raw_{name}"] = row[name]


STATUSES = Kind(
    "custom_statuses", lambda given: shapes.custom_status(str(given.get("agent_label")), str(given.get("status_category"))),
    keys("agent_label end_user_label description end_user_description active status_category"), needs=("status_category", "agent_label"),
    made=_status_made, changed=_status_made, paged=False, verbs="list show create update", fixed=keys("status_category"),
)  # fmt: skip


def _with_members(ask: Ask, row: Row) -> Row:
    """A role counts its people."""
    people = ask.world.tables["users"]
    return row | {"team_member_count": sum(people.need(key)["custom_role_id"] == row["id"] for key in ask.world.staff)}


ROLES = Kind(
    "custom_roles",
    lambda given: shapes.custom_role(str(given.get("name")), 0),
    keys("name description configuration"),
    needs=("name",),
    paged=False,
    addressed=False,
    shown=_with_members,
)


# Addresses at which mail is received.


def _address_made(ask: Ask, row: Row, _given: Row) -> None:
    if row["brand_id"] is None:
        row["brand_id"] = ask.world.default_id("brands")
    _address_changed(ask, row, _given)


def _address_changed(ask: Ask, row: Row, given: Row) -> None:
    """One address of a brand is its default, and no two are the same. Raises Refusal (422)."""
    others = [other for other in ask.world.tables["recipient_addresses"] if other["id"] != row["id"]]
    if any(str(other["email"]).lower() == str(row["email"]).lower() for other in others):
        raise invalid_field("email", f"Email: {row['email']} has already been taken", "DuplicateValue")
    for other in others if given.get("default") is True else ():
        if other["brand_id"] == row["brand_id"]:
            other["default"] = None


ADDRESSES = Kind(
    "recipient_addresses", lambda given: shapes.recipient_address(str(given.get("name") or given.get("email")), str(given.get("email"))),
    keys("name email default brand_id"), needs=("email",), made=_address_made, changed=_address_changed,
)  # fmt: skip


for kind in (
    TICKET_FIELDS,
    USER_FIELDS,
    ORGANIZATION_FIELDS,
    FORMS,
    BRANDS,
    STATUSES,
    ROLES,
    ADDRESSES,
):
    register(kind)
