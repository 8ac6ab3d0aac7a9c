"""Many people, organizations or memberships at once, each by a job with a result for every row."""

from deskhand.sandbox.api.extras import JOINED
from deskhand.sandbox.api.people import MEMBERSHIPS, ORGANIZATIONS, USERS, deactivate
from deskhand.sandbox.api.resource import Kind, change, make
from deskhand.sandbox.api.writing import details, rows_of
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.jobs import Work
from deskhand.sandbox.refusal import Refusal, missing_parameter
from deskhand.sandbox.route import Ask, Handler, route


def _job(ask: Ask, kind: str, doing: str, total: int, work: Work) -> Row:
    return {"job_status": ask.sandbox.jobs.row(ask.sandbox.jobs.start(kind, doing, total, work), ask.base)}


def _create(kind: Kind, one: str, many: str, label: str) -> Handler:
    def create(ask: Ask) -> Row:
        rows = rows_of(ask, many)

        def work(number: int) -> Row:
            try:
                return {"status": "Created", "id": make(ask, kind, rows[number])["id"]}
            except Refusal as refusal:
                return {"index": number, "error": f"{label}CreateFailed", "details": details(refusal)}

        return _job(ask, f"Bulk Create {label}", f"Creating {one}", len(rows), work)

    return create


def _update(kind: Kind, one: str, many: str, label: str) -> Handler:
    def update(ask: Ask) -> Row:
        ids = ask.ids()
        rows = [ask.envelope(one) | {"id": key} for key in ids] if ids else rows_of(ask, many)

        def work(number: int) -> Row:
            key = rows[number].get("id")
            try:
                row = ask.world.tables[kind.table].need(key)
                change(ask, kind, row, rows[number])
            except Refusal as refusal:
                return {"index": number, "error": f"{label}UpdateFailed", "id": key, "details": details(refusal)}
            return {"action": "update", "id": row["id"], "status": "Updated", "success": True}

        return _job(ask, f"Bulk Update {label}", f"Updating {one}", len(rows), work)

    return update


def _destroy(kind: Kind, one: str, label: str) -> Handler:
    def destroy(ask: Ask) -> Row:
        ids = ask.ids()
        if not ids:
            raise missing_parameter("ids")

        def work(number: int) -> Row:
            try:
                row = ask.world.tables[kind.table].need(ids[number])
                _drop(ask, kind, row)
            except Refusal as refusal:
                return {
                    "index": number,
                    "error": f"{label}DestroyFailed",
                    "id": ids[number],
                    "details": details(refusal),
                }
            return {"action": "delete", "id": row["id"], "status": "Deleted", "success": True}

        name = "Bulk Update User" if kind is USERS else f"Bulk Delete {label}"
        return _job(ask, name, f"Deleting {one}", len(ids), work)

    return destroy


def _drop(ask: Ask, kind: Kind, row: Row) -> None:
    if kind is USERS:
        deactivate(ask, row)
        return
    kind.dropped(ask, row, {})
    ask.world.tables[kind.table].drop(row["id"])


for _kind, _one, _label in (
    (USERS, "user", "User"),
    (ORGANIZATIONS, "organization", "Organization"),
    (MEMBERSHIPS, "group_membership", "GroupMembership"),
    (JOINED, "organization_membership", "OrganizationMembership"),
):
    _many = f"{_one}s"
    route("POST", f"/{_many}/create_many", role="admin", resource=_kind.resource)(_create(_kind, _one, _many, _label))
    route("PUT", f"/{_many}/update_many", role="admin", resource=_kind.resource)(_update(_kind, _one, _many, _label))
    route("DELETE", f"/{_many}/destroy_many", role="admin", resource=_kind.resource)(_destroy(_kind, _one, _label))
