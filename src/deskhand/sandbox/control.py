"""The sandbox's own paths, outside Zendesk's, under /sandbox/: clock, calls, faults, services, state, save."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from deskhand.errors import SettingsError
from deskhand.sandbox.auth import from_elsewhere
from deskhand.sandbox.exchange import Request, Response, Row
from deskhand.sandbox.refusal import Refusal, bad_parameter

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox


def handle(sandbox: "Sandbox", request: Request) -> Response:
    """Answer a request to one of these paths."""
    if from_elsewhere(request):
        return _json(403, {"error": "Forbidden", "description": "Pages of other sites are not served here"})
    if sandbox.guarded and not sandbox.door.staff(request):
        text = "Others can reach this sandbox: sign in as an agent, as for the API"
        return _json(401, {"error": "Couldn't authenticate you", "description": text})
    answer = _PATHS.get(request.path.removeprefix("/sandbox/").strip("/"))
    if answer is None:
        return _json(404, {"error": "NoSuchPath", "description": f"There is /sandbox/{', /sandbox/'.join(_PATHS)}"})
    try:
        row = answer(sandbox, request.method, json.loads(request.body) if request.body.strip() else {})
    except KeyError as error:
        return _json(400, {"error": "BadRequest", "description": f"{error} is missing"})
    except Refusal as refusal:
        return _json(refusal.status, refusal.body if isinstance(refusal.body, dict) else {"error": refusal.body})
    except (ValueError, TypeError, AttributeError) as error:
        return _json(400, {"error": "BadRequest", "description": str(error)})
    except SettingsError as error:
        return _json(500, {"error": "NotSaved", "description": f"{error}. {error.hint}"})
    return _json(200, row)


def _json(status: int, row: Row) -> Response:
    return Response(status, {"content-type": "application/json; charset=utf-8"}, json.dumps(row).encode())


def _clock(sandbox: "Sandbox", method: str, body: Any) -> Row:  # noqa: ANN401 - JSON
    """POST {"advance": seconds} or {"to": instant} moves a simulated clock, performing what is due."""
    if method == "POST":
        if not sandbox.clock.simulated:
            raise bad_parameter("The clock follows real time; start the sandbox with a simulated clock")
        target = (
            datetime.fromisoformat(body["to"]).timestamp()
            if "to" in body
            else sandbox.clock.epoch() + float(body.get("advance", 0))
        )
        sandbox.run_until(datetime.fromtimestamp(target, sandbox.clock.now().tzinfo))
    due = sandbox.next_happening()
    return {
        "now": sandbox.clock.now().isoformat(),
        "simulated": sandbox.clock.simulated,
        "next_happening": due.isoformat() if due else None,
    }


def _calls(sandbox: "Sandbox", method: str, body: Any) -> Row:  # noqa: ANN401, ARG001 - one signature for all
    """POST or DELETE begins to count anew."""
    row = sandbox.calls.row()
    if method in ("POST", "DELETE"):
        sandbox.calls.clear()
    return row


def _faults(sandbox: "Sandbox", method: str, body: Any) -> Row:  # noqa: ANN401 - JSON
    """POST a fault or a list of them; DELETE ends all."""
    if method == "DELETE":
        sandbox.faults.clear()
    for fault in (body if isinstance(body, list) else [body]) if method == "POST" else ():
        sandbox.faults.add(fault)
    return {"faults": sandbox.faults.rows()}


def _services(sandbox: "Sandbox", method: str, body: Any) -> Row:  # noqa: ANN401 - JSON
    """What the stand-ins did and were asked; POST gives them orders by name, such as {"pagerduty": {...}}."""
    if method == "POST":
        sandbox.services.tell(body)
    return sandbox.services.shown()


def _state(sandbox: "Sandbox", method: str, body: Any) -> Row:  # noqa: ANN401, ARG001 - one signature for all
    """How much there is of everything."""
    world = sandbox.world
    counts = {name: len(table) for name, table in world.tables.items() if len(table)}
    return {
        "now": sandbox.clock.now().isoformat(),
        "tickets": len(world.tickets),
        "listed": len(world.live),
        "agenda": len(sandbox.agenda),
        "tables": counts,
    }


def _save(sandbox: "Sandbox", method: str, body: Any) -> Row:  # noqa: ANN401, ARG001 - one signature for all
    """POST saves the state in the file that the sandbox was started with."""
    if method != "POST" or sandbox.keep is None:
        raise bad_parameter("POST saves the state of a sandbox that was started with --state FILE")
    sandbox.keep()
    return {"saved": sandbox.clock.now().isoformat()}


_PATHS = {
    "clock": _clock, "calls": _calls, "faults": _faults, "services": _services, "state": _state, "save": _save,
}  # fmt: skip
