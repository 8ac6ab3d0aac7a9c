"""Many tickets at once, by jobs: update_many in both forms, destroy_many; and the jobs themselves."""

from deskhand.sandbox.api.writing import change, count_ticket, details, rows_of
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.paging import Rows, page
from deskhand.sandbox.records import Ticket
from deskhand.sandbox.refusal import Refusal, bad_parameter, missing_parameter
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.table import as_id


@route("PUT", "/tickets/update_many", resource="tickets")
def update_many(ask: Ask) -> Row:
    """`?ids=` with one body for all, or a list of tickets each with its own; at most 100."""
    ids = ask.ids()
    if ids:
        facts = ask.envelope("ticket")
        rows = [facts | {"id": key} for key in ids]
        return {"job_status": _job(ask, rows, bulk=True)}
    if not isinstance(ask.body.get("tickets"), list):
        raise missing_parameter("tickets")
    rows = rows_of(ask, "tickets")
    for row in rows:
        if ("safe_update" in row) != ("updated_stamp" in row):
            raise bad_parameter("safe_update and updated_stamp must be given together")
    return {"job_status": _job(ask, rows, bulk=False)}


def _job(ask: Ask, rows: list[Row], *, bulk: bool) -> Row:
    queued = ask.world.now()

    def work(number: int) -> Row:
        try:
            return _update(ask, rows[number], queued, bulk=bulk)
        except Refusal as refusal:
            return failed(ask, number, rows[number].get("id"), refusal)

    job = ask.sandbox.jobs.start(
        "Bulk Update Ticket" if bulk else "Batch Update Ticket", "Updating ticket", len(rows), work
    )
    return ask.sandbox.jobs.row(job, ask.base)


def _update(ask: Ask, row: Row, queued: int, *, bulk: bool) -> Row:
    """One row of a job: checked against its stamp, or against the time at which the job was queued."""
    ticket = ask.world.ticket(row.get("id"))
    if ask.world.options.update_many_counts:
        ask.at = float(ask.world.now())
        count_ticket(ask, ticket)
    facts = dict(row)
    safe = "safe_update" in facts
    if bulk or ask.world.options.batch_tag_edits:
        _edit_tags(ticket, facts)
    stamp = None if safe and "updated_stamp" in facts else queued
    change(ask, ticket, facts, stamp)
    return {"id": ticket.id, "action": "update", "status": "Updated", "success": True}


def _edit_tags(ticket: Ticket, facts: Row) -> None:
    """Turn additional_tags and remove_tags into the whole list."""
    added, removed = facts.pop("additional_tags", None), facts.pop("remove_tags", None)
    if added is None and removed is None:
        return
    tags = list(facts.get("tags", ticket.tags))
    gone = set(removed.split() if isinstance(removed, str) else removed or [])
    facts["tags"] = [
        tag for tag in [*tags, *(added.split() if isinstance(added, str) else added or [])] if tag not in gone
    ]


def failed(ask: Ask, number: int, key: object, refusal: Refusal) -> Row:
    """The result of a row that was refused."""
    name = refusal.body.get("error") if isinstance(refusal.body, dict) else "TooManyRequests"
    error = "TicketUpdateFailed" if name == "RecordInvalid" else str(name)
    identity = as_id(key)
    if ask.world.options.failed_rows == "indexed":
        return {"index": number, "error": error, "id": identity, "details": details(refusal)}
    return {
        "index": number,
        "id": identity,
        "action": "update",
        "success": False,
        "status": "Failed",
        "error": error,
        "details": details(refusal),
    }


@route("DELETE", "/tickets/destroy_many", resource="tickets")
def destroy_many(ask: Ask) -> Row:
    """Delete up to 100 tickets."""
    ids = ask.ids()
    if not ids:
        raise missing_parameter("ids")

    def work(number: int) -> Row:
        try:
            ask.world.delete_ticket(ask.world.ticket(ids[number]), ask.user.id)
        except Refusal as refusal:
            return failed(ask, number, ids[number], refusal)
        return {"index": number, "id": as_id(ids[number]), "action": "delete", "success": True, "status": "Deleted"}

    return {
        "job_status": ask.sandbox.jobs.row(
            ask.sandbox.jobs.start("Bulk Update Ticket", "Deleting ticket", len(ids), work), ask.base
        )
    }


@route("GET", "/job_statuses", resource="tickets")
def index(ask: Ask) -> Row:
    """The jobs of the last day."""
    rows = [ask.sandbox.jobs.row(job, ask.base) for job in ask.sandbox.jobs.all()]
    return page(ask, "job_statuses", Rows(rows), lambda part: part)


@route("GET", "/job_statuses/show_many", resource="tickets")
def show_many(ask: Ask) -> Row:
    """Several jobs by id; unknown ones are left out."""
    known = {job.id: job for job in ask.sandbox.jobs.all()}
    rows = [ask.sandbox.jobs.row(known[key], ask.base) for key in ask.ids() if key in known]
    return {"job_statuses": rows, "next_page": None, "previous_page": None, "count": len(rows)}


@route("GET", "/job_statuses/{id}", resource="tickets")
def show(ask: Ask, key: str) -> Row:
    """One job."""
    return {"job_status": ask.sandbox.jobs.row(ask.sandbox.jobs.get(key), ask.base)}
