"""Every path that can be read of a sandbox, asked one after the other."""

import base64
from collections.abc import Iterator

from deskhand.sandbox import Request, Sandbox
from deskhand.sandbox.route import ROUTES

BASIC = "Basic " + base64.b64encode(b"admin@example.com/token:sandbox-token").decode()
QUERIES = {
    "/api/v2/search": "?query=type:ticket status<solved", "/api/v2/search/export": "?filter[type]=ticket&query=priority:high", "/api/v2/search/count": "?query=help",
    "/api/v2/incremental/tickets": "?start_time=1", "/api/v2/incremental/tickets/cursor": "?start_time=1&include=slas,metric_sets",
    "/api/v2/incremental/ticket_metric_events": "?start_time=1", "/api/v2/incremental/ticket_events": "?start_time=1&include=comment_events",
    "/api/v2/incremental/users": "?start_time=1", "/api/v2/incremental/users/cursor": "?start_time=1", "/api/v2/incremental/organizations": "?start_time=1",
    "/api/v2/tickets": "?include=users,groups,organizations,slas,metric_sets,last_audits&sort_by=updated_at", "/api/v2/tickets/recent": "",
}  # fmt: skip


def crawl(sandbox: Sandbox) -> Iterator[tuple[str, int, bytes, dict[str, str]]]:
    """Path, status, body and headers of each."""
    for path in _paths(sandbox):
        request = Request.of("GET", f"https://acme.zendesk.com{path}", headers={"authorization": BASIC})
        answer = sandbox.handle(request)
        yield path, answer.status, answer.body, answer.headers


def _paths(sandbox: Sandbox) -> Iterator[str]:
    for route in ROUTES:
        if route.method != "GET":
            continue
        template = route.template + QUERIES.get(route.template, "")
        if "{" not in template:
            yield template
            continue
        for key in _keys(sandbox, template.split("/")[3]):
            filled = "/".join(key if part.startswith("{") else part for part in template.split("/"))
            yield filled


def _keys(sandbox: Sandbox, place: str) -> list[str]:
    """Some ids for a path: the first, one in the middle and the last."""
    table = next((one for one in sandbox.world.tables.values() if one.path.split("/")[0] == place), None)
    found = (
        list(sandbox.world.tickets)
        if place in ("tickets", "deleted_tickets", "requests")
        else list(table.rows)
        if table
        else [1]
    )
    return [str(found[at]) for at in sorted({0, len(found) // 2, len(found) - 1})] if found else ["1"]
