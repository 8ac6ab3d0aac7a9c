"""People who are gone: the deleted ones, those deleted for good, and those merged into others."""

from deskhand.sandbox.api.people import USERS, counted, deactivate
from deskhand.sandbox.api.resource import answered, change, make
from deskhand.sandbox.api.writing import details, rows_of
from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.refusal import Refusal, invalid_field, not_found
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route

_KEYS = (
    "id", "name", "email", "created_at", "updated_at", "time_zone", "phone", "shared_phone_number", "photo", "locale_id", "locale", "organization_id",
    "role", "active",
)  # fmt: skip
ERASED = "Permanently Deleted User"


def _gone(ask: Ask) -> list[Row]:
    """Those who are deleted, but not for good."""
    return [row for row in ask.world.tables["users"] if not row["active"] and row["name"] != ERASED]


def _need(ask: Ask, key: str) -> Row:
    row = ask.world.tables["users"].need(key)
    if row["active"] or row["name"] == ERASED:
        raise not_found()
    return row


def _shown(ask: Ask, row: Row) -> Row:
    return with_url(ask.base, "deleted_users", {name: row[name] for name in _KEYS})


@route("GET", "/deleted_users", resource="users")
def deleted(ask: Ask) -> Row:
    """The deleted people."""
    return rows_page(ask, "deleted_users", [_shown(ask, row) for row in _gone(ask)])


@route("GET", "/deleted_users/count", resource="users")
def count(ask: Ask) -> Row:
    """How many there are."""
    return counted(ask, len(_gone(ask)))


@route("GET", "/deleted_users/{id}", resource="users")
def one(ask: Ask, key: str) -> Row:
    """One of them."""
    return {"deleted_user": _shown(ask, _need(ask, key))}


@route("DELETE", "/deleted_users/{id}", role="admin", resource="users")
def erase(ask: Ask, key: str) -> Row:
    """Delete a person for good: what is known of them goes, the row stays in the exports."""
    row = _need(ask, key)
    row |= {"name": ERASED, "email": None, "phone": None, "external_id": None, "alias": None, "details": None, "notes": None, "tags": [],
            "user_fields": {}, "photo": None, "updated_at": iso(ask.world.now())}  # fmt: skip
    return {"deleted_user": _shown(ask, row)}


@route("PUT", "/users/{id}/merge", resource="users")
def merge(ask: Ask, key: str) -> Row:
    """Let one customer be another: their tickets, addresses and tags go over, and the first one is gone."""
    source, target = ask.world.tables["users"].need(key), ask.world.tables["users"].need(ask.envelope("user").get("id"))
    if source is target or "end-user" not in (source["role"], target["role"]) or source["role"] != target["role"]:
        raise invalid_field("base", "User: only an end user can be merged into another end user")
    for number in list(ask.world.by["requester_id"].ids(source["id"])):
        ask.world.hand_over(ask.world.tickets[number], target["id"])
    if source["email"]:
        deactivate(ask, source)
        address = {"type": "email", "value": source["email"], "verified": source["verified"], "primary": False}
        rest = {
            "undeliverable_count": 0,
            "deliverable_state": "deliverable",
            "verified_at": None,
            "verification_method": "none",
        }
        ask.world.make("identities", {"user_id": target["id"], **address, **rest}, {})
        ask.world.emails[source["email"].lower()] = target["id"]
    source |= {"active": False, "email": None, "updated_at": iso(ask.world.now())}
    target |= {"tags": sorted({*target["tags"], *source["tags"]}), "updated_at": iso(ask.world.now())}
    return answered(ask, USERS, target)


@route("POST", "/users/create_or_update_many", resource="users")
def upsert_many(ask: Ask) -> Row:
    """Change up to 100 people by their e-mail addresses or external ids, or make them, by a job."""
    rows = rows_of(ask, "users")

    def work(number: int) -> Row:
        given = rows[number]
        key = ask.world.emails.get(str(given.get("email") or "").lower())
        row = ask.world.tables["users"].get(key)
        if row is None and given.get("external_id"):
            row = ask.world.tables["users"].first(external_id=given["external_id"])
        try:
            if row is None:
                made = make(ask, USERS, given)
                return {
                    "id": made["id"],
                    "status": "Created",
                    "email": made["email"],
                    "external_id": made["external_id"],
                }
            change(ask, USERS, row, given)
        except Refusal as refusal:
            return {"index": number, "error": "UserCreateOrUpdateFailed", "details": details(refusal)}
        return {"id": row["id"], "status": "Updated", "email": row["email"], "external_id": row["external_id"]}

    jobs = ask.sandbox.jobs
    return {"job_status": jobs.row(jobs.start("Bulk Create User", "Creating User", len(rows), work), ask.base)}
