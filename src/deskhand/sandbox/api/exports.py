"""Incremental exports: what changed since, ordered by generated_timestamp, the last minute withheld. For admins."""

import base64

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.paging import CURSOR_ERRORS, link
from deskhand.sandbox.records import Ticket
from deskhand.sandbox.refusal import Refusal, bad_parameter, coded, missing_parameter
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.sideloads import beside, tickets_text

MOST = 1_000
_LAST = (1 << 28) - 1


@route("GET", "/incremental/tickets/cursor", role="admin", group="incremental")
def tickets_by_cursor(ask: Ask) -> Row:
    """Tickets in the order of their changes, each once with its present state; the cursor goes on for ever."""
    size = min(MOST, max(1, ask.number("per_page", MOST)))
    place = _place(ask, ask.query["cursor"]) if "cursor" in ask.query else (start_time(ask) - 1, _LAST)
    until = latest(ask)
    rows = ask.world.generated.after(*place, until=until, limit=size + 1)
    more, rows = len(rows) > size, rows[:size]
    last = rows[-1] if rows else place
    tickets = _exported(ask, [key for _, key in rows])
    cursor = base64.b64encode(f"{last[0]}.0||{last[1]}|".encode()).decode()
    return {
        "tickets": tickets_text(ask, tickets, stamp=True, export=True), **beside(ask, tickets), "after_url": link(ask, {"cursor": cursor}),
        "before_url": None, "after_cursor": cursor, "before_cursor": None,
        "end_of_stream": not more,
    }  # fmt: skip


def latest(ask: Ask) -> int:
    """The last second that an export shows."""
    if "last_audits" in ask.include:
        raise bad_parameter("include=last_audits is not supported by incremental exports")
    return ask.world.now() - ask.world.options.hold_back


def _exported(ask: Ask, ids: list[int]) -> list[Ticket]:
    scope = ask.query.get("support_type_scope", "agent")
    if scope not in ("agent", "ai_agent", "all"):
        raise bad_parameter("support_type_scope must be one of agent, ai_agent, all")
    tickets = [ask.world.tickets[key] for key in ids if scope != "ai_agent"]  # people answer all tickets here
    return (
        [ticket for ticket in tickets if not ticket.deleted] if ask.query.get("exclude_deleted") == "true" else tickets
    )


def _place(ask: Ask, cursor: str) -> tuple[int, int]:
    try:
        moment, _, rest = base64.b64decode(cursor, validate=True).decode().partition("||")
        place = int(float(moment)), int(rest.rstrip("|"))
    except CURSOR_ERRORS:
        raise _invalid_cursor() from None
    life = ask.world.options.cursor_life
    if life is not None and ask.world.now() - place[0] > life:
        raise _invalid_cursor()
    return place


def _invalid_cursor() -> Refusal:
    return coded("InvalidCursor", "cursor is invalid or expired")


def start_time(ask: Ask) -> int:
    """The start of an export. Raises Refusal (400, or 422 in the older form)."""
    if "start_time" not in ask.query:
        raise missing_parameter("start_time")
    start = ask.number("start_time", 0)
    if start > ask.world.now() - ask.world.options.hold_back:
        if ask.world.options.start_time_error == "old":
            raise Refusal(422, "Too recent start_time. Use a start_time older than 5 minutes")
        raise coded("StartTimeTooRecent", "start_time must be more than 60 seconds ago")
    return max(0, start)


@route("GET", "/incremental/tickets", role="admin", group="incremental")
def tickets_by_time(ask: Ask) -> Row:
    """Tickets by time: a page ends only where a second ends, and the last second comes again with the next poll."""
    start = start_time(ask)
    size = min(MOST, max(1, ask.number("per_page", MOST)))
    rows, more = whole_seconds(ask, start, size)
    tickets = _exported(ask, [key for _, key in rows])
    end = rows[-1][0] if rows else start
    return {"tickets": tickets_text(ask, tickets, stamp=True, export=True), **beside(ask, tickets)} | timed(
        ask, len(rows), end, more=more
    )


def whole_seconds(ask: Ask, start: int, size: int) -> tuple[list[tuple[int, int]], bool]:
    """(instant, ticket) from `start` on, about `size` of them, and whether more follow."""
    until = latest(ask)
    rows = ask.world.generated.after(start, until=until, limit=size)
    if len(rows) < size:
        return rows, False
    rows = ask.world.generated.after(start, until=min(until, rows[-1][0]))
    return rows, bool(ask.world.generated.after(rows[-1][0] + 1, until=until, limit=1))


def timed(ask: Ask, count: int, end: int, *, more: bool) -> Row:
    """What ends a page of a time-based export."""
    url = link(ask, {"start_time": str(end + 1 if more else end)})
    return {"count": count, "end_of_stream": not more, "next_page": url, "end_time": end}
