"""Ticket forms beside their CRUD: several, copies, their order, and which statuses they allow."""

from deskhand.sandbox.api.fields import register_order
from deskhand.sandbox.api.resource import answered, listing
from deskhand.sandbox.api.settings import FORMS
from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.refusal import bad_parameter
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.webhooks import ulid

register_order(FORMS)


@route("GET", "/ticket_forms/show_many")
def show_many(ask: Ask) -> Row:
    """Several forms by id; unknown ones are left out."""
    return listing(
        ask, FORMS, [row for key in ask.ids() if (row := ask.world.tables["ticket_forms"].get(key)) is not None]
    )


@route("POST", "/ticket_forms/{id}/clone", role="admin")
def clone(ask: Ask, key: str) -> Answer:
    """A copy of a form under a name of its own."""
    row = ask.world.tables["ticket_forms"].need(key)
    name = f"{row['name']} (copy)"
    facts = {"id": ask.world.new_id(), "name": name, "raw_name": name, "default": False}
    now = iso(ask.world.now())
    copy = ask.world.make("ticket_forms", row, facts | {"created_at": now, "updated_at": now})
    return Answer(answered(ask, FORMS, copy), 201)


# The statuses that a form allows.


@route("GET", "/ticket_form_statuses")
def statuses(ask: Ask) -> Row:
    """All statuses that forms allow."""
    return rows_page(ask, "ticket_form_statuses", list(ask.world.tables["ticket_form_statuses"]))


@route("GET", "/ticket_form_statuses/show_many")
def statuses_many(ask: Ask) -> Row:
    """Several of them by id."""
    table = ask.world.tables["ticket_form_statuses"]
    return rows_page(ask, "ticket_form_statuses", [row for key in ask.ids() if (row := table.get(key)) is not None])


@route("GET", "/ticket_forms/{id}/ticket_form_statuses")
def statuses_of(ask: Ask, key: str) -> Row:
    """The statuses that a form allows."""
    return rows_page(ask, "ticket_form_statuses", _of(ask, key))


def _of(ask: Ask, key: str) -> list[Row]:
    return ask.world.tables["ticket_form_statuses"].where(
        ticket_form_id=ask.world.tables["ticket_forms"].need(key)["id"]
    )


@route("POST", "/ticket_forms/{id}/ticket_form_statuses", role="admin")
def allow(ask: Ask, key: str) -> Answer:
    """Allow further statuses in a form."""
    form = ask.world.tables["ticket_forms"].need(key)
    given = ask.body.get("ticket_form_status")
    rows = given if isinstance(given, list) else [given]
    wanted = [_status(ask, row) for row in rows]
    made = []
    for status in dict.fromkeys(wanted):
        known = ask.world.tables["ticket_form_statuses"].first(ticket_form_id=form["id"], custom_status_id=status)
        made.append(known or _allowed(ask, form["id"], status))
    return Answer({"ticket_form_statuses": made}, 201)


def _status(ask: Ask, row: object) -> int:
    """The status that a row names. Raises Refusal (400, 404)."""
    if not isinstance(row, dict):
        raise bad_parameter("ticket_form_status must be an object or a list of objects")
    return int(ask.world.tables["custom_statuses"].need(row.get("custom_status_id"))["id"])


def _allowed(ask: Ask, form: int, status: int) -> Row:
    row = {"id": ulid(ask.world.now(), ask.world.new_id()), "ticket_form_id": form, "custom_status_id": status}
    return ask.world.tables["ticket_form_statuses"].put(row)


@route("DELETE", "/ticket_forms/{id}/ticket_form_statuses", role="admin")
def forbid_all(ask: Ask, key: str) -> Answer:
    """Let a form allow all statuses again."""
    for row in _of(ask, key):
        ask.world.tables["ticket_form_statuses"].drop(row["id"])
    return Answer(None, 204)


@route("DELETE", "/ticket_forms/{id}/ticket_form_statuses/{status}", role="admin")
def forbid(ask: Ask, key: str, number: str) -> Answer:
    """Let a form no longer name a status."""
    ask.world.tables["ticket_forms"].need(key)
    ask.world.tables["ticket_form_statuses"].drop(number)
    return Answer(None, 204)
