"""The calls received: when, what, with which outcome, how quick, by whom, and what they used up of which limit."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from deskhand.sandbox.calls import Call
from deskhand.sandbox.page.pages import portion
from deskhand.sandbox.page.words import name_of

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox
    from deskhand.sandbox.world import World

SIZE, MOST = 60, 25


def view(sandbox: "Sandbox", query: Mapping[str, str], rest: str) -> dict[str, Any]:
    """The latest calls, the limits as they stand, and which endpoints are asked most."""
    if rest:
        raise KeyError(rest)
    log = sandbox.calls.log
    asked = query.get("q", "").strip()
    kept = [call for call in log if asked in f"{call.method} {call.path} {call.status}"] if asked else list(log)
    shown, pages = portion(kept, query, SIZE, newest_first=True)
    return {
        "calls": [_row(sandbox.world, call) for call in shown], "pages": pages, "asked": asked, "total": sandbox.calls.total,
        "statuses": sorted(sandbox.calls.statuses.items()), "limits": sandbox.meter.standing(sandbox.clock.epoch())[:MOST],
        "endpoints": [(method, path, count) for (method, path), count in sandbox.calls.counts.most_common(MOST)],
    }  # fmt: skip


def _row(world: "World", call: Call) -> dict[str, Any]:
    query = urlencode(call.query)
    return {
        "at": call.at, "method": call.method, "path": call.path + (f"?{query}" if query else ""), "status": call.status,
        "took": f"{call.took * 1_000:.1f} ms", "who": "nobody" if call.user is None else name_of(world, "users", call.user),
        "cost": _cost(call.limits),
    }  # fmt: skip


def _cost(limits: Iterable[tuple[str, int, int]]) -> list[str]:
    """What was left after a call of each limit that it counted towards."""
    return [f"{name} {max(0, total - used)} of {total} left" for name, used, total in limits]
