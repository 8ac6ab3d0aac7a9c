"""The three pages for machines: `/healthz` (start it again?), `/readyz` (does it do its work?), `/metrics`; and the door for webhooks beside them."""

import hmac
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deskhand.app.vitals import Vitals
from deskhand.web.door import PATH, Door
from deskhand.web.metrics import CONTENT_TYPE, exposition

Take = Callable[[], Vitals]
_Page = Callable[[Request], Awaitable[Response]]


def application(take: Take, token: str = "", door: Door | None = None) -> Starlette:
    """The pages; with a token each asks for it as `Authorization: Bearer`. `take` gives the vitals and may read the database.

    The door asks for no token: what comes in there proves itself.
    """

    async def healthz(_request: Request) -> Response:
        vitals = await run_in_threadpool(take)
        return PlainTextResponse("alive\n" if vitals.alive else "hangs\n", 200 if vitals.alive else 503)

    async def readyz(_request: Request) -> Response:
        vitals = await run_in_threadpool(take)
        return JSONResponse(_told(vitals), 503 if vitals.ailments else 200)

    async def metrics(_request: Request) -> Response:
        vitals = await run_in_threadpool(take)
        return Response(exposition(vitals), media_type=CONTENT_TYPE)

    pages = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
    routes = [Route(path, _guarded(page, token), methods=["GET"]) for path, page in pages.items()]
    if door is not None:
        routes.append(Route(PATH, door.answer, methods=["POST"]))
    return Starlette(routes=routes)


def _guarded(page: _Page, token: str) -> _Page:
    """The page, for those who have the token."""

    async def asked(request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        if token and not hmac.compare_digest(given, f"Bearer {token}".encode()):
            return PlainTextResponse("no\n", 401, {"www-authenticate": "Bearer"})
        return await page(request)

    return asked


def _told(vitals: Vitals) -> dict[str, object]:
    """What a person wants to know who finds the worker not ready."""
    return {
        "ready": not vitals.ailments,
        "ailments": list(vitals.ailments),
        "mode": vitals.mode,
        "stopped": vitals.stopped,
        "policy": vitals.policy[:12],
        "policy_refused": vitals.refused,
        "policy_waits": vitals.waits,
        "run": vitals.run,
        "last_cycle": vitals.last_cycle.isoformat() if vitals.last_cycle else None,
        "last_webhook": vitals.last_webhook.isoformat() if vitals.last_webhook else None,
        "due": vitals.due,
        "oldest_due_seconds": round(vitals.oldest_due_age),
        "outbox": {state: count for state, count in vitals.outbox.items() if count},
        "messages": {state: count for state, count in vitals.messages.items() if count},
        "services_away": dict(vitals.services_away),
    }
