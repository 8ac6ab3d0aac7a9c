"""Smaller records: satisfaction ratings, memberships of organizations, group SLAs."""

from deskhand.sandbox import sla
from deskhand.sandbox.api.people import counted
from deskhand.sandbox.api.resource import Kind, keys, listing, register, reposition
from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.refusal import invalid_field, not_found
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.webhooks import ulid

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
    sideloads={"users": ("users", "user_id"), "organizations": ("organizations", "organization_id")},
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


@route("GET", "/satisfaction_ratings/count")
def ratings_count(ask: Ask) -> Row:
    """How many ratings there are."""
    return counted(ask, len(ask.world.tables["satisfaction_ratings"]))


_REASONS = {
    1000: "The agent did not respond quickly",
    1001: "The issue took too long to resolve",
    1002: "The agent did not resolve the issue",
    1003: "Other",
}


def _reasons(ask: Ask) -> list[Row]:
    made = iso(0)
    return [
        {"url": f"{ask.base}/api/v2/satisfaction_reasons/{code}.json", "id": code, "reason_code": code, "value": text, "raw_value": text,
         "created_at": made, "updated_at": made, "deleted_at": None}
        for code, text in _REASONS.items()
    ]  # fmt: skip


@route("GET", "/satisfaction_reasons")
def reasons(ask: Ask) -> Row:
    """What a bad rating may be given for."""
    return {"reasons": _reasons(ask)}


@route("GET", "/satisfaction_reasons/{id}")
def reason(ask: Ask, key: str) -> Row:
    """One of these reasons."""
    row = next((row for row in _reasons(ask) if str(row["id"]) == key), None)
    if row is None:
        raise not_found()
    return {"reason": row}


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
    reposition(ask.world.tables["group_sla_policies"], ask.ids("group_sla_policy_ids"))
    ask.world.revision += 1
    return {}


@route("GET", "/group_slas/policies/definitions", role="admin")
def definitions(ask: Ask) -> Row:
    """What a group SLA policy's filter may ask for."""
    groups = [{"value": row["id"], "title": row["name"]} for row in ask.world.tables["groups"]]
    operators = [{"value": "includes", "title": "Contains at least one of the following"},
                 {"value": "not_includes", "title": "Contains none of the following"}]  # fmt: skip
    row: Row = {
        "group": "ticket",
        "title": "Group",
        "value": "group_id",
        "operators": operators,
        "values": {"type": "list", "list": groups},
    }
    return {"definitions": {"all": [row]}}


for kind in (JOINED, GROUP_SLAS):
    register(kind)
