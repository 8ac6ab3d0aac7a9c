"""A ticket's metric set: counts, stations and minutes, worked out from its audits."""

from collections.abc import Callable

from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.life import Life, life_of
from deskhand.sandbox.records import Ticket
from deskhand.sandbox.timetable import Timetable
from deskhand.sandbox.world import World


def metric_set(world: World, ticket: Ticket, base: str, told: Callable[[], Life] | None = None) -> Row:
    """The metric set of a ticket, by its life where that is told already. Minutes grow when the ticket changes, as Zendesk's do, not by themselves."""
    life = told() if told else life_of(ticket, world)
    hours = world.hours(ticket.schedule_id)
    solved = ticket.status in ("solved", "closed") and bool(life.solves)
    identity = ticket.audits[0].id if ticket.audits else ticket.id
    by_status = _minutes_by_status(ticket, life, hours)
    status_at = life.statuses[-1][0] if life.statuses else ticket.created
    first = life.replies[0] if life.replies else None
    return {
        "url": f"{base}/api/v2/ticket_metrics/{identity}.json", "id": identity, "ticket_id": ticket.id, "created_at": iso(ticket.created),
        "updated_at": iso(ticket.updated), "group_stations": life.groups, "assignee_stations": len(life.assigns), "reopens": life.reopens,
        "replies": len(life.replies), "assignee_updated_at": _iso(life.assignee_updated), "requester_updated_at": iso(life.requester_updated or ticket.created),
        "status_updated_at": iso(status_at), "initially_assigned_at": _iso(life.assigns[0] if life.assigns else None),
        "assigned_at": _iso(life.assigns[-1] if life.assigns else None), "solved_at": _iso(life.solves[-1] if solved else None),
        "latest_comment_added_at": _iso(life.last_comment), "custom_status_updated_at": iso(status_at),
        "reply_time_in_minutes": _between(ticket.created, first, hours), "reply_time_in_seconds": {"calendar": None},
        "first_resolution_time_in_minutes": _between(ticket.created, life.solves[0] if life.solves else None, hours),
        "full_resolution_time_in_minutes": _between(ticket.created, life.solves[-1] if solved else None, hours),
        "agent_wait_time_in_minutes": by_status["pending"], "requester_wait_time_in_minutes": by_status["waiting"],
        "on_hold_time_in_minutes": by_status["hold"],
    }  # fmt: skip


def _iso(instant: int | None) -> str | None:
    return None if instant is None else iso(instant)


def _between(start: int, end: int | None, hours: Timetable | None) -> Row:
    if end is None:
        return {"calendar": None, "business": None}
    calendar = (end - start) // 60
    return {"calendar": calendar, "business": hours.elapsed(start, end) // 60 if hours else calendar}


def _minutes_by_status(ticket: Ticket, life: Life, hours: Timetable | None) -> dict[str, Row]:
    """Minutes in pending (the agent waits), in new, open or on hold (the requester waits), and on hold."""
    until = ticket.audits[-1].at if ticket.audits else ticket.created
    steps = life.statuses or [(ticket.created, ticket.status)]
    ends = [at for at, _ in steps[1:]] + [until]
    sums = {"pending": [0, 0], "waiting": [0, 0], "hold": [0, 0]}
    for (start, status), end in zip(steps, ends, strict=True):
        for name in _waits(status):
            sums[name][0] += end - start
            sums[name][1] += hours.elapsed(start, end) if hours else end - start
    return {
        name: {"calendar": calendar // 60, "business": business // 60} for name, (calendar, business) in sums.items()
    }


def _waits(status: str) -> tuple[str, ...]:
    if status == "pending":
        return ("pending",)
    return ("waiting", "hold") if status == "hold" else ("waiting",) if status in ("new", "open") else ()
