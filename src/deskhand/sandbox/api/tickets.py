"""Reading tickets: lists, one, several, their comments and metrics."""

from collections.abc import Sequence

from deskhand.sandbox.exchange import Raw, Row
from deskhand.sandbox.metricset import metric_set
from deskhand.sandbox.paging import ById, Order, Rows, by_cursor, page, rows_page, sorted_ids, ticket_order
from deskhand.sandbox.records import Ticket
from deskhand.sandbox.refusal import bad_page, bad_parameter, forbidden, not_found
from deskhand.sandbox.render import comment_rows, with_urls
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.sideloads import beside, rows_beside, ticket_text, tickets_text
from deskhand.sandbox.table import as_id

DEEP = 500
"""The last page by number that is not throttled apart."""

_SORTS = {"id", "updated_at", "status"}
_NUMBERED = {
    "id": "id", "created_at": "id", "updated_at": "updated", "status": "status", "priority": "priority", "subject": "subject", "assignee": "assignee_id",
    "group": "group_id", "locale": "id", "requester": "requester_id", "type": "type",
}  # fmt: skip


@route("GET", "/tickets", resource="tickets")
def index(ask: Ask) -> Row:
    """All tickets that are neither deleted nor archived."""
    limits = ask.sandbox.meter.limits
    total = limits.tickets_index or (100 if ask.world.options.updates_limit == "trial" else 0)
    ask.headers |= ask.sandbox.meter.endpoint("tickets-index", total, ask.at, headers=ask.headers)
    if ask.number("page", 1) > DEEP:
        ask.sandbox.meter.endpoint("deep-pages", limits.deep_pages, ask.at, shown=False, headers=ask.headers)
    ids = ask.world.by["external_id"].ids(ask.query["external_id"]) if "external_id" in ask.query else None
    return listing(ask, ids, slim=by_cursor(ask))


def listing(ask: Ask, ids: Sequence[int] | None = None, name: str = "tickets", *, slim: bool = False) -> Row:
    """One page of tickets (all, or those of `ids`), in the order the query asks for; `slim` as for Renderer.ticket."""
    ask.world.archive()
    if ids is not None:
        ids = [key for key in ids if not (ask.world.tickets[key].deleted or ask.world.tickets[key].archived)]
    shown: list[Ticket] = []

    def text(part: list[int]) -> Raw:
        shown.extend(ask.world.tickets[key] for key in part)
        return tickets_text(ask, shown, slim=slim)

    order, descending = _order(ask, ids)
    body = page(ask, name, order, text, descending=descending)
    if ask.world.options.tickets_total and name == "tickets" and "meta" in body:
        body["tickets_total"] = len(order)
    return body | beside(ask, shown)


def _order(ask: Ask, ids: Sequence[int] | None) -> tuple[Order, bool]:
    if by_cursor(ask):
        sort = ask.query.get("sort", "id")
        field = sort.removeprefix("-")
        if field not in _SORTS:
            raise bad_page(
                f"sort={sort} is not valid: it must be one of id, updated_at, status, with - for descending order"
            )
        return ticket_order(ask.world, ids, field), sort.startswith("-")
    sort_by = ask.query.get("sort_by", "id")
    if sort_by not in _NUMBERED:
        raise bad_parameter(f"sort_by={sort_by} is not valid")
    descending = ask.query.get("sort_order", "asc") == "desc"
    field = _NUMBERED[sort_by]
    if field in ("id", "updated", "status") and ids is None:
        return ticket_order(ask.world, None, {"updated": "updated_at"}.get(field, field)), descending
    source = ask.world.live.ids if ids is None else ids
    return ById(source) if field == "id" else Rows(sorted_ids(ask.world, source, field), key=int), descending


@route("GET", "/tickets/show_many", resource="tickets")
def show_many(ask: Ask) -> Row:
    """Up to 100 tickets by id, or by external id, in the order of their ids; those that do not exist are left out."""
    keys = ask.ids()
    if "external_ids" in ask.query:
        found = [key for name in ask.ids("external_ids") for key in ask.world.by["external_id"].ids(name)]
    else:
        found = [number for key in keys if (number := as_id(key)) is not None]
    known = (ask.world.tickets.get(key) for key in sorted(set(found)))
    tickets = [ticket for ticket in known if ticket is not None and not ticket.deleted]
    return (
        {"tickets": tickets_text(ask, tickets)}
        | beside(ask, tickets)
        | {"next_page": None, "previous_page": None, "count": len(tickets)}
    )


@route("GET", "/tickets/count", resource="tickets")
def count(ask: Ask) -> Row:
    """How many tickets there are."""
    ask.world.archive()
    return {
        "count": {
            "value": len(ask.world.live),
            "refreshed_at": ask.sandbox.clock.now().strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        }
    }


@route("GET", "/tickets/recent", resource="tickets")
def recent(ask: Ask) -> Row:
    """The tickets that changed last."""
    ids = ask.world.updated.latest(5)[::-1]
    tickets = [ask.world.tickets[key] for key in ids]
    paged = {"next_page": None, "previous_page": None, "count": len(ids)}
    return {"tickets": tickets_text(ask, tickets)} | beside(ask, tickets) | paged


@route("GET", "/tickets/{id}", role="end-user", resource="tickets")
def show(ask: Ask, key: str) -> Row:
    """One ticket."""
    ticket = ask.world.ticket(key)
    if ask.user.role == "end-user" and ask.user.id != ticket.requester_id:
        raise forbidden()
    return {"ticket": ticket_text(ask, ticket)} | beside(ask, [ticket])


@route("GET", "/tickets/{id}/comments", resource="tickets")
def comments(ask: Ask, key: str) -> Row:
    """A ticket's comments, oldest first unless asked otherwise."""
    rows = comment_rows(ask.world.ticket(key))
    if ask.query.get("sort", ask.query.get("sort_order", "")).startswith(("-", "desc")):
        rows.reverse()
    return rows_page(ask, "comments", rows) | rows_beside(ask, rows, {"users": ("users", "author_id")})


@route("GET", "/tickets/{id}/comments/count", resource="tickets")
def comments_count(ask: Ask, key: str) -> Row:
    """How many comments a ticket has."""
    value = len(comment_rows(ask.world.ticket(key)))
    return {"count": {"value": value, "refreshed_at": ask.sandbox.clock.now().strftime("%Y-%m-%dT%H:%M:%S+00:00")}}


@route("GET", "/tickets/{id}/metrics", resource="tickets")
def metrics(ask: Ask, key: str) -> Row:
    """A ticket's metric set."""
    return {"ticket_metric": metric_set(ask.world, ask.world.ticket(key), ask.base)}


@route("GET", "/ticket_metrics", resource="tickets")
def all_metrics(ask: Ask) -> Row:
    """The metric sets of all tickets that are not archived, newest ticket first."""
    ask.world.archive()

    def shown(part: list[int]) -> list[Row]:
        return [metric_set(ask.world, ask.world.tickets[key], ask.base) for key in part]

    return page(ask, "ticket_metrics", ById(ask.world.live.ids), shown, descending=True)


@route("GET", "/ticket_metrics/{id}", resource="tickets")
def one_metric(ask: Ask, key: str) -> Row:
    """A metric set by its own id, which is that of the ticket's first audit."""
    found = next((t for t in ask.world.tickets.values() if t.audits and str(t.audits[0].id) == key), None)
    if found is None:
        raise not_found()
    return {"ticket_metric": metric_set(ask.world, found, ask.base)}


@route("GET", "/tickets/{id}/related", resource="tickets")
def related(ask: Ask, key: str) -> Row:
    """What else has to do with a ticket."""
    ticket = ask.world.ticket(key)
    incidents = len(ask.world.by["problem_id"].ids(ticket.id))
    return {
        "ticket_related": {
            "url": f"{ask.base}/api/v2/tickets/{ticket.id}/related.json", "topic_id": None, "jira_issue_ids": [], "followup_source_ids": [str(ticket.followup_of)] if ticket.followup_of else [],
            "from_archive": ticket.archived, "incidents": incidents, "twitter": None,
        }
    }  # fmt: skip


@route("GET", "/tickets/{id}/incidents", resource="tickets")
def incidents(ask: Ask, key: str) -> Row:
    """The incidents of a problem."""
    return listing(ask, ask.world.by["problem_id"].ids(ask.world.ticket(key).id))


@route("GET", "/problems", resource="tickets")
def problems(ask: Ask) -> Row:
    """Tickets of type problem."""
    return listing(ask, ask.world.by["type"].ids("problem"))


@route("POST", "/problems/autocomplete", role="light_agent", resource="tickets")
def problems_named(ask: Ask) -> Row:
    """Problems whose subject begins so."""
    text = str(ask.body.get("text") or ask.query.get("text", "")).lower()
    found = (ask.world.tickets[key] for key in ask.world.live.ids)
    return listing(ask, [one.id for one in found if one.type == "problem" and one.subject.lower().startswith(text)])


@route("GET", "/organizations/{id}/tickets", resource="tickets")
def of_organization(ask: Ask, key: str) -> Row:
    """The tickets of an organization."""
    return listing(ask, ask.world.by["organization_id"].ids(ask.world.tables["organizations"].need(key)["id"]))


@route("GET", "/users/{id}/tickets/requested", resource="tickets")
def requested(ask: Ask, key: str) -> Row:
    """The tickets that a person asked for."""
    return _of_person(ask, key, "requester_id")


@route("GET", "/users/{id}/tickets/assigned", resource="tickets")
def assigned(ask: Ask, key: str) -> Row:
    """The tickets that an agent has."""
    return _of_person(ask, key, "assignee_id")


@route("GET", "/users/{id}/tickets/ccd", resource="tickets")
def ccd(ask: Ask, key: str) -> Row:
    """The tickets on which a person is in copy."""
    person = ask.world.tables["users"].need(key)["id"]
    return listing(ask, [number for number in ask.world.live.ids if person in ask.world.tickets[number].email_cc_ids])


def _of_person(ask: Ask, key: str, field: str) -> Row:
    ids = ask.world.by[field].ids(ask.world.tables["users"].need(key)["id"])
    latest = ask.world.now() - ask.world.options.list_delay
    return listing(ask, [number for number in ids if ask.world.tickets[number].created <= latest])


@route("GET", "/tickets/{id}/collaborators", resource="tickets")
def collaborators(ask: Ask, key: str) -> Row:
    """The people on a ticket besides requester and assignee."""
    return _people(ask, ask.world.ticket(key).collaborator_ids)


@route("GET", "/tickets/{id}/followers", resource="tickets")
def followers(ask: Ask, key: str) -> Row:
    """The agents who follow a ticket."""
    return _people(ask, ask.world.ticket(key).follower_ids)


@route("GET", "/tickets/{id}/email_ccs", resource="tickets")
def email_ccs(ask: Ask, key: str) -> Row:
    """The people in copy."""
    return _people(ask, ask.world.ticket(key).email_cc_ids)


def _people(ask: Ask, ids: Sequence[int]) -> Row:
    rows = [row for key in ids if (row := ask.world.tables["users"].get(key)) is not None]
    return rows_page(ask, "users", rows, lambda part: with_urls(ask.base, "users", part))
