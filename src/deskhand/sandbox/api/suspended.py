"""Suspended tickets: messages that did not become tickets, until an agent recovers or deletes them."""

from deskhand.sandbox.exchange import Answer, Raw, Row
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.records import EMAIL, Ticket
from deskhand.sandbox.refusal import missing_parameter
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.sideloads import tickets_text

_SORTS = {
    "author_email": lambda row: str(row["author"]["email"]),
    "cause": lambda row: str(row["cause"]),
    "subject": lambda row: str(row["subject"]),
}


@route("GET", "/suspended_tickets", resource="tickets")
def suspended(ask: Ask) -> Row:
    """All of them, in the order in which they came."""
    rows = [with_url(ask.base, "suspended_tickets", row) for row in ask.world.tables["suspended_tickets"]]
    by = ask.query.get("sort_by", ask.query.get("sort", "")).removeprefix("-")
    if by in _SORTS:
        rows.sort(key=_SORTS[by])
    if ask.query.get("sort_order") == "desc" or ask.query.get("sort", "").startswith("-"):
        rows.reverse()
    return rows_page(ask, "suspended_tickets", rows)


@route("GET", "/suspended_tickets/{id}", resource="tickets")
def one(ask: Ask, key: str) -> Row:
    """One of them."""
    row = ask.world.tables["suspended_tickets"].need(key)
    return {"suspended_ticket": with_url(ask.base, "suspended_tickets", row)}


@route("DELETE", "/suspended_tickets/{id}", resource="tickets")
def drop(ask: Ask, key: str) -> Answer:
    """Delete one for good."""
    ask.world.tables["suspended_tickets"].drop(key)
    return Answer(None, 204)


@route("DELETE", "/suspended_tickets/destroy_many", resource="tickets")
def drop_many(ask: Ask) -> Answer:
    """Delete several for good."""
    for key in _ids(ask):
        ask.world.tables["suspended_tickets"].drop(key)
    return Answer(None, 204)


@route("PUT", "/suspended_tickets/{id}/recover", resource="tickets")
def recover(ask: Ask, key: str) -> Row:
    """Make a ticket of one."""
    return {"ticket": _made(ask, [key])}


@route("PUT", "/suspended_tickets/recover_many", resource="tickets")
def recover_many(ask: Ask) -> Row:
    """Make tickets of several."""
    return {"tickets": _made(ask, _ids(ask))}


def _ids(ask: Ask) -> list[str]:
    keys = ask.ids()
    if not keys:
        raise missing_parameter("ids")
    for key in keys:
        ask.world.tables["suspended_tickets"].need(key)
    return keys


def _made(ask: Ask, keys: list[str]) -> Raw:
    return tickets_text(ask, [_recovered(ask, ask.world.tables["suspended_tickets"].need(key)) for key in keys])


def _recovered(ask: Ask, row: Row) -> Ticket:
    author = row["author"]
    known = ask.world.emails.get(str(author["email"]).lower())
    person = known or int(ask.world.add_user(author["name"] or author["email"], author["email"])["id"])
    facts = {"subject": row["subject"], "recipient": row["recipient"]}
    ticket = ask.world.create_ticket(facts, author=person, via=EMAIL, comment={"body": row["content"]})
    ask.world.tables["suspended_tickets"].drop(row["id"])
    return ticket
