"""The sandbox's page for people: tickets with their audits and clocks, macros, people, calls with their cost, time and faults.

    /                       tickets                  /agent/people      groups, agents, customers
    /agent/tickets/{id}     one of them              /agent/calls       what was asked, and what it cost
    /agent/macros           macros, with a preview   /agent/time        the clock, what comes next, faults in force

Everything is rendered here and works without a script; what others wrote is escaped, and the browser is told to run nothing but `page.js`.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deskhand.sandbox.auth import from_elsewhere
from deskhand.sandbox.exchange import Request, Response
from deskhand.sandbox.page import calls, macros, people, ticket, tickets, times, words
from deskhand.sandbox.refusal import Refusal

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

View = Callable[["Sandbox", Mapping[str, str], str], dict[str, Any]]
"""(sandbox, query, the rest of the path) -> what the template of the same name shows. Raises Refusal (404)."""

VIEWS: dict[str, View] = {
    "tickets": tickets.view,
    "ticket": ticket.view,
    "macros": macros.view,
    "people": people.view,
    "calls": calls.view,
    "time": times.view,
}
ASSETS = {"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"}
SECURITY = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store",
}  # fmt: skip
_HERE = Path(__file__).parent


def show(sandbox: "Sandbox", request: Request) -> Response:
    """Answer a request for the page."""
    if not _admitted(sandbox, request):
        return _text(401, "Sign in with an agent's address followed by /token, and an API token.", {"www-authenticate": 'Basic realm="sandbox"'})  # fmt: skip
    name, rest = _place(request.path)
    if name in ASSETS and request.method in ("GET", "HEAD"):
        return Response(200, {"content-type": ASSETS[name], **SECURITY}, (_HERE / "assets" / name).read_bytes())
    if request.method == "POST":
        return _post(sandbox, request, name)
    if request.method not in ("GET", "HEAD"):
        return _text(405, "This page is for looking.", {"allow": "GET, HEAD, POST"})
    try:
        return _page(sandbox, name, VIEWS[name](sandbox, dict(request.query), rest))
    except (Refusal, KeyError):
        return _page(sandbox, "missing", {"path": request.path}, 404)


def _place(path: str) -> tuple[str, str]:
    """The name of a view, and the rest of the path."""
    name, _, rest = path.removeprefix("/agent/").strip("/").partition("/")
    return ("ticket" if name == "tickets" and rest else name or "tickets"), rest


def _admitted(sandbox: "Sandbox", request: Request) -> bool:
    """This machine's users need no credentials; others sign in as staff. A strange host name is that of another site that leads here."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    local = host in ("localhost", "::1", f"{sandbox.subdomain}.zendesk.com") or host.startswith("127.")
    return (local and not sandbox.guarded) or sandbox.door.staff(request)


def _post(sandbox: "Sandbox", request: Request, name: str) -> Response:
    """A form that was sent by this page: it moves time or ends faults."""
    if from_elsewhere(request):
        return _text(403, "Forms of other sites are not taken.")
    given = {key: values[-1] for key, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
    if name != "time":
        return _text(405, "Nothing can be sent there.", {"allow": "GET, HEAD"})
    try:
        times.act(sandbox, given)
    except times.CannotMove as problem:
        return _page(sandbox, "time", times.view(sandbox, {}, "") | {"problem": str(problem)}, 400)
    return Response(303, {"location": "/agent/time", **SECURITY})


def _page(sandbox: "Sandbox", name: str, shown: dict[str, Any], status: int = 200) -> Response:
    frame = {
        "view": name, "account": sandbox.subdomain, "now": sandbox.clock.epoch(), "simulated": sandbox.clock.simulated,
        "speed": getattr(sandbox.clock, "speed", 0), "count": len(sandbox.world.live),
    }  # fmt: skip
    text = _environment().get_template(f"{name}.html").render(frame | shown)
    return Response(status, {"content-type": "text/html; charset=utf-8", **SECURITY}, text.encode("utf-8", "replace"))


def _text(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, {"content-type": "text/plain; charset=utf-8", **SECURITY, **(headers or {})}, text.encode())


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        instant=words.instant, clean=words.clean, span=words.span, number=words.number, iso=words.machine
    )
    return made
