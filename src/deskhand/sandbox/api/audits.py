"""Audits: those of a ticket, and those of all tickets in the order of time."""

from collections.abc import Iterable

from deskhand.sandbox.api.beside import beside_audits
from deskhand.sandbox.api.people import counted
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.paging import SIZE, Key, Rows, by_cursor, listed, page, rows_page, stream_page
from deskhand.sandbox.records import Audit, Ticket
from deskhand.sandbox.refusal import not_found
from deskhand.sandbox.render import audit_row
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.world import World

Pair = tuple[Audit, Ticket]


@route("GET", "/tickets/{id}/audits")
def audits(ask: Ask, key: str) -> Row:
    """A ticket's audits. They need the global read scope; those of archived tickets come unpaged."""
    ask.headers |= ask.sandbox.meter.endpoint(
        "ticket-audits", ask.sandbox.meter.limits.audits, ask.at, shown=False, headers=ask.headers
    )
    ticket = ask.world.ticket(key)
    kinds = {value for name, value in ask.request.query if name == "filter_events[]"}
    rows = [audit_row(audit, ticket) for audit in ticket.audits]
    if kinds:
        rows = [row for row in rows if any(event["type"] in kinds for event in row["events"])]
    if ask.query.get("sort", ask.query.get("sort_order", "")).startswith(("-", "desc")):
        rows.reverse()
    return _with_beside(ask, rows_page(ask, "audits", rows))


def _with_beside(ask: Ask, body: Row) -> Row:
    return body | beside_audits(ask, body["audits"])


@route("GET", "/tickets/{id}/audits/count")
def count(ask: Ask, key: str) -> Row:
    """How many audits a ticket has."""
    return counted(ask, len(ask.world.ticket(key).audits))


@route("GET", "/tickets/{id}/audits/{audit}")
def audit(ask: Ask, key: str, number: str) -> Row:
    """One audit."""
    ticket = ask.world.ticket(key)
    found = next((audit for audit in ticket.audits if str(audit.id) == number), None)
    if found is None:
        raise not_found()
    return {"audit": audit_row(found, ticket)}


@route("GET", "/ticket_audits")
def all_audits(ask: Ask) -> Row:
    """The audits of all tickets that are not archived: by cursor the oldest first, else the latest, newest first."""
    if by_cursor(ask):
        written = Written(ask.world)
        return _with_beside(ask, stream_page(ask, "audits", written, lambda part: [audit_row(*pair) for pair in part]))
    tickets = [ask.world.tickets[key] for key in ask.world.updated.latest(SIZE * 10)]
    pairs = [(audit, ticket) for ticket in tickets for audit in ticket.audits]
    pairs.sort(key=lambda pair: (pair[0].at, pair[0].id), reverse=True)
    rows = Rows(pairs, lambda pair: pair[0].id)
    return _with_beside(ask, page(ask, "audits", rows, lambda part: [audit_row(*pair) for pair in part]))


class Written:
    """The audits of all tickets that lists show, by time and id."""

    name = "created_at,id"

    def __init__(self, world: World) -> None:
        self._world = world

    def key(self, member: Pair) -> Key:
        """When an audit was written, and its id."""
        return [member[0].at, member[0].id]

    def after(self, key: Key | None, limit: int) -> list[Pair]:
        """The first audits behind a place, or the very first ones."""
        at = 0 if key is None else int(key[0])
        found: list[Pair] = []
        while len(found) < limit and (places := self._world.written.after(at, limit=limit)):
            last = places[-1][0]
            places = [place for place in places if place[0] < last] + self._world.written.after(last, until=last)
            found += [pair for pair in self._pairs(places) if key is None or self.key(pair) > key]
            at = last + 1
        return found[:limit]

    def before(self, key: Key, limit: int) -> list[Pair]:
        """The last audits before a place, ascending."""
        at = int(key[0])
        found: list[Pair] = []
        while len(found) < limit and (places := self._world.written.upto(at, limit)):
            first = places[0][0]
            places = self._world.written.after(first, until=first) + [place for place in places if place[0] > first]
            found = [pair for pair in self._pairs(places) if self.key(pair) < key] + found
            at = first - 1
        return found[-limit:]

    def _pairs(self, places: Iterable[tuple[int, int]]) -> list[Pair]:
        tickets = [(at, self._world.tickets[key]) for at, key in places]
        pairs = [(audit, one) for at, one in tickets if listed(one) for audit in one.audits if audit.at == at]
        return sorted(pairs, key=self.key)
