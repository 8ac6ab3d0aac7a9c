"""Smaller records: dynamic content, satisfaction ratings, memberships of organizations, identities, group SLAs, suspended tickets."""

from deskhand.sandbox import sla
from deskhand.sandbox.api.resource import Kind, clean, keys, listing, register
from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.refusal import invalid_field, not_found
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.webhooks import ulid

# Dynamic content.


def _item_made(ask: Ask, row: Row, given: Row) -> None:
    """The placeholder comes from the first name, and stays."""
    placeholder = "{{dc." + str(given.get("name")).lower().replace(" ", "_") + "}}"
    if any(other["placeholder"] == placeholder for other in ask.world.tables["items"] if other is not row):
        raise invalid_field("name", f"Name: {row['name']} has already been taken", "DuplicateValue")
    row["placeholder"] = placeholder
    _item_changed(ask, row, given)


def _item_changed(ask: Ask, row: Row, given: Row) -> None:
    variants = given.get("variants") or (
        [{"locale_id": 1, "default": True, "content": given["content"]}] if "content" in given else row["variants"]
    )
    if not isinstance(variants, list) or not variants or not all(isinstance(item, dict) for item in variants):
        raise invalid_field("variants", "Variants: cannot be blank", "BlankValue")
    row["variants"] = [
        {"id": item.get("id") or ask.world.new_id(), "content": str(item.get("content") or ""), "locale_id": item.get("locale_id", 1), "outdated": False,
         "active": True, "default": bool(item.get("default", len(variants) == 1)), "created_at": row["created_at"], "updated_at": iso(ask.world.now())}
        for item in variants
    ]  # fmt: skip


def _item_unused(ask: Ask, row: Row, _given: Row) -> None:
    """What a macro uses cannot be deleted. Raises Refusal (422)."""
    name = row["placeholder"].strip("{}")
    if any(name in str(macro["actions"]) or name in str(macro["title"]) for macro in ask.world.tables["macros"]):
        raise invalid_field("base", "Dynamic content: is in use")


ITEMS = Kind(
    "items", lambda given: {"name": given.get("name"), "placeholder": None, "default_locale_id": 1, "outdated": False, "variants": [], "created_at": None, "updated_at": None},
    keys("name default_locale_id"), needs=("name",), made=_item_made, changed=_item_changed, dropped=_item_unused,
)  # fmt: skip


@route("GET", "/dynamic_content/items/{id}/variants")
def variants(ask: Ask, key: str) -> Row:
    """The texts of an item."""
    rows = ask.world.tables["items"].need(key)["variants"]
    return {
        "variants": [with_url(ask.base, f"dynamic_content/items/{key}/variants", row) for row in rows],
        "next_page": None,
        "previous_page": None,
        "count": len(rows),
    }


# Memberships of organizations.


def _joined(ask: Ask, row: Row, _given: Row) -> None:
    user, organization = (
        ask.world.tables["users"].get(row["user_id"]),
        ask.world.tables["organizations"].get(row["organization_id"]),
    )
    if user is None or organization is None:
        raise invalid_field("user_id", "User: and organization must exist")
    if any(
        other["user_id"] == user["id"] and other["organization_id"] == organization["id"]
        for other in ask.world.tables["organization_memberships"]
        if other is not row
    ):
        raise invalid_field("user_id", "User has already been taken", "DuplicateValue")
    row |= {
        "user_id": user["id"],
        "organization_id": organization["id"],
        "organization_name": organization["name"],
        "default": user["organization_id"] is None,
    }
    if row["default"]:
        user["organization_id"] = organization["id"]


def _left(ask: Ask, row: Row, _given: Row) -> None:
    user = ask.world.tables["users"].get(row["user_id"])
    if user is not None and user["organization_id"] == row["organization_id"]:
        user["organization_id"] = None


JOINED = Kind(
    "organization_memberships",
    lambda given: {"user_id": given.get("user_id"), "organization_id": given.get("organization_id"), "default": False, "organization_name": None, "view_tickets": False,
                   "created_at": None, "updated_at": None},
    keys("user_id organization_id"), made=_joined, dropped=_left, write_role="agent", resource="organizations", verbs="list show create delete",
)  # fmt: skip


@route("GET", "/users/{id}/organization_memberships", resource="users")
def joined_by(ask: Ask, key: str) -> Row:
    """To which organizations a person belongs."""
    return listing(
        ask,
        JOINED,
        ask.world.tables["organization_memberships"].where(user_id=ask.world.tables["users"].need(key)["id"]),
    )


@route("GET", "/users/{id}/organizations", resource="users")
def organizations_of(ask: Ask, key: str) -> Row:
    """The organization of a person."""
    user = ask.world.tables["users"].need(key)
    row = ask.world.tables["organizations"].get(user["organization_id"])
    return rows_page(ask, "organizations", [with_url(ask.base, "organizations", row)] if row else [])


# Identities.


def _identities(ask: Ask, user: Row) -> list[Row]:
    """A person's addresses: the main one, and those added."""
    main = {"id": user["id"] + 1_000_000_000_000, "user_id": user["id"], "type": "email", "value": user["email"], "verified": user["verified"], "primary": True,
            "created_at": user["created_at"], "updated_at": user["updated_at"], "undeliverable_count": 0, "deliverable_state": "deliverable"}  # fmt: skip
    return ([main] if user["email"] else []) + ask.world.tables["identities"].where(user_id=user["id"])


@route("GET", "/users/{id}/identities", resource="users")
def identities(ask: Ask, key: str) -> Row:
    """A person's addresses."""
    user = ask.world.tables["users"].need(key)
    rows = [with_url(ask.base, f"users/{user['id']}/identities", row) for row in _identities(ask, user)]
    return rows_page(ask, "identities", rows)


@route("POST", "/users/{id}/identities", resource="users")
def identity(ask: Ask, key: str) -> Answer:
    """Add an address."""
    user, given = ask.world.tables["users"].need(key), clean(ask.envelope("identity"))
    value = str(given.get("value") or "")
    if given.get("type") not in ("email", "phone_number", "twitter", "google") or not value:
        raise invalid_field("value", "Value: is invalid")
    if value.lower() in ask.world.emails:
        raise invalid_field("value", f"Email: {value} is already being used by another user", "DuplicateValue")
    row = ask.world.make("identities", {"user_id": user["id"], "type": given["type"], "value": value, "verified": bool(given.get("verified")), "primary": False,
                                        "undeliverable_count": 0, "deliverable_state": "deliverable"}, {})  # fmt: skip
    if given["type"] == "email":
        ask.world.emails[value.lower()] = user["id"]
    return Answer({"identity": with_url(ask.base, f"users/{user['id']}/identities", row)}, 201)


@route("DELETE", "/users/{id}/identities/{identity}", resource="users")
def drop_identity(ask: Ask, _key: str, number: str) -> Answer:
    """Remove an address that was added."""
    row = ask.world.tables["identities"].drop(number)
    ask.world.emails.pop(str(row["value"]).lower(), None)
    return Answer(None, 204)


# Satisfaction ratings.

_SCORES = ("offered", "unoffered", "good", "bad")


@route("GET", "/satisfaction_ratings")
def ratings(ask: Ask) -> Row:
    """All ratings, newest first."""
    rows = [
        row for row in ask.world.tables["satisfaction_ratings"] if ask.query.get("score", row["score"]) == row["score"]
    ]
    return rows_page(
        ask, "satisfaction_ratings", [with_url(ask.base, "satisfaction_ratings", row) for row in rows[::-1]]
    )


@route("GET", "/satisfaction_ratings/{id}")
def rating(ask: Ask, key: str) -> Row:
    """One rating."""
    return {
        "satisfaction_rating": with_url(
            ask.base, "satisfaction_ratings", ask.world.tables["satisfaction_ratings"].need(key)
        )
    }


@route("POST", "/tickets/{id}/satisfaction_rating", role="end-user", resource="tickets")
def rate(ask: Ask, key: str) -> Answer:
    """The requester rates a solved ticket."""
    ticket, given = ask.world.ticket(key), ask.envelope("satisfaction_rating")
    if given.get("score") not in _SCORES or ticket.status not in ("solved", "closed"):
        raise invalid_field("score", "Score: can be given to solved tickets only")
    row = ask.world.make("satisfaction_ratings", {
        "assignee_id": ticket.assignee_id, "group_id": ticket.group_id, "requester_id": ticket.requester_id, "ticket_id": ticket.id, "score": given["score"],
        "comment": given.get("comment"), "reason": None, "reason_id": None, "reason_code": None}, {})  # fmt: skip
    ticket.satisfaction = {"id": row["id"], "score": row["score"], "comment": row["comment"]}
    ask.world.touch(ticket)
    return Answer({"satisfaction_rating": with_url(ask.base, "satisfaction_ratings", row)}, 201)


# Group SLAs.


def _group_policy_made(ask: Ask, row: Row, _given: Row) -> None:
    where = row["filter"] if isinstance(row["filter"], dict) else {}
    if not any(isinstance(item, dict) and item.get("field") == "group_id" for item in where.get("all") or []):
        raise invalid_field("filter", "Filter: all must have a condition on group_id")
    row["policy_metrics"] = [
        sla.checked_metric(item, {"group_ownership_time"}) for item in _metrics(row["policy_metrics"])
    ]
    if isinstance(row["id"], int):
        table = ask.world.tables["group_sla_policies"]
        table.drop(row["id"])
        row["id"] = ulid(ask.world.now(), row["id"])
        table.put(row)


def _metrics(given: object) -> list[Row]:
    return [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []


GROUP_SLAS = Kind(
    "group_sla_policies", lambda given: {"title": given.get("title"), "description": None, "position": 1, "filter": None, "policy_metrics": [], "created_at": None, "updated_at": None},
    keys("title description position filter policy_metrics"), needs=("title", "filter"), read_role="admin", made=_group_policy_made, changed=_group_policy_made,
    paged=False, order=lambda row: (row["position"], str(row["id"])),
)  # fmt: skip


@route("PUT", "/group_slas/policies/reorder", role="admin")
def reorder(ask: Ask) -> Row:
    """Put group SLA policies in the order of the ids."""
    for position, key in enumerate(ask.ids("group_sla_policy_ids"), 1):
        ask.world.tables["group_sla_policies"].need(key)["position"] = position
    ask.world.revision += 1
    return {}


for kind in (ITEMS, JOINED, GROUP_SLAS):
    register(kind)


# What is always empty here.


@route("GET", "/suspended_tickets", resource="tickets")
def suspended(ask: Ask) -> Row:
    """No mail is received, so none is suspended."""
    return rows_page(ask, "suspended_tickets", [])


@route("GET", "/suspended_tickets/{id}", resource="tickets")
def suspended_one(_ask: Ask, _key: str) -> Row:
    """There is none."""
    raise not_found()
