"""Incremental exports of events and people: ticket events, metric events, users, organizations, and samples."""

import base64
import json
import sys
from collections.abc import Callable
from urllib.parse import urlencode

from deskhand.sandbox.api.beside import USER_SIDELOADS
from deskhand.sandbox.api.deleted_users import ERASED
from deskhand.sandbox.api.exports import latest, start_time, tickets_by_time, timed
from deskhand.sandbox.clock import epoch_of, iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.metriclog import Place
from deskhand.sandbox.paging import CURSOR_ERRORS, link, page_size
from deskhand.sandbox.records import Audit, Ticket
from deskhand.sandbox.refusal import bad_page, coded, not_found
from deskhand.sandbox.render import event_rows, metadata, with_url
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.sideloads import rows_beside

MOST = 1_000
MOST_EVENTS = 100


@route("GET", "/incremental/ticket_events", role="admin", group="incremental")
def ticket_events(ask: Ask) -> Row:
    """Audits of all tickets in the order of time, each with its events as child events."""
    start, until = start_time(ask), latest(ask)
    size = min(MOST, max(1, ask.number("per_page", MOST)))
    pairs = ask.world.written.after(start, until=until, limit=size)
    if len(pairs) == size:
        pairs = ask.world.written.after(start, until=min(until, pairs[-1][0]))
    rows = [
        _event(ask, audit, ask.world.tickets[key])
        for at, key in pairs
        for audit in ask.world.tickets[key].audits
        if audit.at == at
    ]
    end = pairs[-1][0] if pairs else start
    more = bool(pairs) and bool(ask.world.written.after(end + 1, until=until, limit=1))
    return {"ticket_events": rows} | timed(ask, len(rows), end, more=more)


def _event(ask: Ask, audit: Audit, ticket: Ticket) -> Row:
    children = [_child(ask, audit, row) for row in event_rows(audit, ticket)]
    return {
        "id": audit.id, "ticket_id": ticket.id, "timestamp": audit.at, "created_at": iso(audit.at), "updater_id": audit.author, "via": audit.via.channel.capitalize(),
        "system": metadata(audit)["system"], "metadata": metadata(audit), "event_type": "Audit", "child_events": children,
    }  # fmt: skip


def _child(ask: Ask, audit: Audit, row: Row) -> Row:
    """An event of an audit in the form of this export: a change carries its field as a key of its own."""
    base = {"id": row["id"], "via": row.get("via", audit.via.row())["channel"].capitalize(), "via_reference_id": None}
    if row["type"] == "Comment":
        if "comment_events" in ask.include:
            return base | row | {"event_type": "Comment"}
        return base | {"comment_present": True, "comment_public": row["public"], "event_type": "Comment"}
    if row["type"] in ("Create", "Change"):
        return (
            base
            | {row["field_name"]: row["value"], "event_type": row["type"]}
            | ({"previous_value": row["previous_value"]} if row["type"] == "Change" else {})
        )
    return base | {key: value for key, value in row.items() if key not in ("via", "type")} | {"event_type": row["type"]}


@route("GET", "/incremental/ticket_metric_events", role="admin", group="incremental")
def metric_events(ask: Ask) -> Row:
    """Metric events in the order of time; breaches that are foreseen have a time to come."""
    if any(key.startswith("page[") for key in ask.query):
        return _metric_page(ask)
    start = start_time(ask)
    found = _wanted(ask, (start, -1, -1), MOST + 1)
    more = len(found) > MOST
    last = found[MOST - 1][0][0] if more else start
    if more and last > latest(ask):
        # Nobody can ask from an instant to come on, so what is foreseen comes with the last page, however much it is.
        found, more = _wanted(ask, (start, -1, -1), sys.maxsize), False
    elif more:
        found = [item for item in found[:MOST] if item[0][0] < last]
        found += ask.sandbox.metric_log.of_second((last, -1, -1), deleted=_deleted(ask))
    end = min(found[-1][0][0], ask.world.now()) if found else start
    return {"ticket_metric_events": [row for _, row in found]} | timed(ask, len(found), end, more=more)


def _wanted(ask: Ask, place: Place, limit: int) -> list[tuple[Place, Row]]:
    return ask.sandbox.metric_log.after(place, limit, deleted=_deleted(ask))


def _deleted(ask: Ask) -> bool:
    """Whether events that were taken back are asked for too."""
    return ask.query.get("exclude_deleted") != "true"


def _metric_page(ask: Ask) -> Row:
    size = page_size(ask, MOST_EVENTS)
    after = ask.query.get("page[after]")
    place = _metric_place(after) if after is not None else (start_time(ask), -1, -1)
    found = _wanted(ask, place, size + 1)
    more, found = len(found) > size, found[:size]
    cursor = base64.b64encode(json.dumps(found[-1][0] if found else place).encode()).decode()
    kept = {key: value for key, value in ask.query.items() if key not in ("start_time", "page[after]", "page[size]")}
    query = urlencode(kept | {"page[after]": cursor, "page[size]": str(size)})
    url = f"{ask.base}/api/v2/incremental/ticket_metric_events.json?{query}"
    return {
        "ticket_metric_events": [row for _, row in found], "meta": {"has_more": more, "after_cursor": cursor, "before_cursor": after},
        "links": {"next": url if more else None, "prev": None},
    }  # fmt: skip


def _metric_place(cursor: str) -> tuple[int, int, int]:
    try:
        at, ticket, identity = json.loads(base64.b64decode(cursor, validate=True))
        return int(at), int(ticket), int(identity)
    except CURSOR_ERRORS:
        raise bad_page("page[after] is not valid") from None


def _changed_rows(ask: Ask, table: str, start: int) -> list[tuple[int, Row]]:
    """Rows of a table changed from `start` on, in the order of their changes; the last minute withheld."""
    until = ask.world.now() - ask.world.options.hold_back
    rows = ((epoch_of(row["updated_at"]), row) for row in ask.world.tables[table])
    return sorted(((at, row) for at, row in rows if start <= at <= until), key=lambda pair: (pair[0], pair[1]["id"]))


@route("GET", "/incremental/users", role="admin", resource="users", group="incremental")
def users(ask: Ask) -> Row:
    """People by time."""
    return _by_time(ask, "users")


@route("GET", "/incremental/organizations", role="admin", resource="organizations", group="incremental")
def organizations(ask: Ask) -> Row:
    """Organizations by time."""
    return _by_time(ask, "organizations")


def _by_time(ask: Ask, table: str) -> Row:
    start = start_time(ask)
    size = min(MOST, max(1, ask.number("per_page", MOST)))
    rows = _changed_rows(ask, table, start)
    page = [item for item in rows if item[0] <= rows[min(size, len(rows)) - 1][0]]
    end = page[-1][0] if page else start
    return (
        {table: [_exported(ask, table, row) for _, row in page]}
        | timed(ask, len(page), end, more=len(page) < len(rows))
        | rows_beside(ask, [row for _, row in page], USER_SIDELOADS if table == "users" else {})
    )


def _exported(ask: Ask, table: str, row: Row) -> Row:
    """A row of an export; one of a person who was deleted says whether that was for good."""
    gone = {} if row.get("active", True) else {"permanently_deleted": row["name"] == ERASED}
    return with_url(ask.base, table, row) | gone


@route("GET", "/incremental/users/cursor", role="admin", resource="users", group="incremental")
def users_by_cursor(ask: Ask) -> Row:
    """People by cursor."""
    size = min(MOST, max(1, ask.number("per_page", MOST)))
    place = _user_place(ask.query["cursor"]) if "cursor" in ask.query else (start_time(ask), -1)
    rows = [item for item in _changed_rows(ask, "users", place[0]) if (item[0], item[1]["id"]) > place]
    page = rows[:size]
    last = (page[-1][0], page[-1][1]["id"]) if page else place
    cursor = base64.b64encode(f"{last[0]}.0||{last[1]}|".encode()).decode()
    return {
        "users": [_exported(ask, "users", row) for _, row in page], "after_url": link(ask, {"cursor": cursor}), "before_url": None, "after_cursor": cursor, "before_cursor": None,
        "end_of_stream": len(rows) <= size,
    } | rows_beside(ask, [row for _, row in page], USER_SIDELOADS)  # fmt: skip


def _user_place(cursor: str) -> tuple[int, int]:
    try:
        moment, _, rest = base64.b64decode(cursor, validate=True).decode().partition("||")
        return int(float(moment)), int(rest.rstrip("|"))
    except CURSOR_ERRORS:
        raise coded("InvalidCursor", "cursor is invalid or expired") from None


@route("GET", "/incremental/{resource}/sample", role="admin")
def sample(ask: Ask, resource: str) -> Row:
    """The first rows of an export, at most 50, ten times in 20 minutes."""
    makers: dict[str, Callable[[Ask], Row]] = {
        "tickets": tickets_by_time,
        "ticket_events": ticket_events,
        "users": users,
        "organizations": organizations,
    }
    if resource not in makers:
        raise not_found()
    ask.headers |= ask.sandbox.meter.endpoint(
        "incremental-sample", 10 if ask.sandbox.meter.limits.incremental else 0, ask.at, resource, headers=ask.headers
    )
    ask.query["per_page"] = str(min(50, ask.number("per_page", 50)))
    return makers[resource](ask)
