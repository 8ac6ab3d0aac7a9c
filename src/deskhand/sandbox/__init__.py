"""A pretended Zendesk account: a deterministic world with a thin HTTP face, for demos, tests and drills.

    from deskhand.sandbox import Sandbox, SimClock
    sandbox = Sandbox(subdomain="acme", clock=SimClock(start), seed=1)      # the empty world: one admin, group, brand, form
    world = sandbox.world
    support = world.add_group("Billing")                                    # rows are the API's JSON objects: support["id"]
    agent = world.add_user("Ana Ruiz", "ana@example.com", "agent", groups=[support["id"]])
    tier = world.add_field("Tier", "tagger", options=["gold", "silver"])
    world.add_sla_policy("Gold", [("high", "first_reply_time", 60, True)], all_of=[{"field": "current_tags", "operator": "includes", "value": "gold"}])
    ticket = world.create_ticket({"subject": "Help", "comment": {"body": "It broke"}, "priority": "high"}, author=customer["id"], via=EMAIL)
    world.update_ticket(ticket, {"status": "pending"}, author=agent["id"], comment={"body": "Looking", "public": True})

**Changing tickets.** `World.create_ticket` and `World.update_ticket` are the only ways; they take the API's own keys, check them, and raise `Refusal` as
the API would answer. `via` is a `records.Via` (API, WEB, EMAIL). `world.update_ticket` returns the `Audit`.

**Time.** `sandbox.clock` is moved by `advance(seconds)` or `to(instant)`. What is to happen later goes on the agenda:
`sandbox.at(instant, callable)`; `sandbox.run_until(instant)` performs what is due in order, each at its own instant, and moves the clock;
`sandbox.next_happening()` says when the next is due. A request first performs what is due by then. A happening may put further ones on the agenda.

**Asking over HTTP.** `sandbox.handle(Request)` gives a `Response` without sockets. `sandbox.adapter()` mounts under a `requests.Session` for
`sandbox.url`. `server.serve(sandbox, port)` listens on 127.0.0.1. Credentials that always work: OAuth client `sandbox-client` with secret `sandbox-secret`,
or `admin@example.com/token` with `sandbox-token`.

**Keeping.** `state.save(sandbox, path)` and `state.restore(path)`: what is on the agenda must be a function or method marked with `agenda.happening`.
`intake.take_in(paths)` makes a sandbox of an account's exports. `page` shows it all to people, at `/`.

**Looking.** `sandbox.calls` counts what was asked; `world.tickets[id].audits` is all that happened to a ticket; `sla.slas(world, ticket, now)` its clocks.
"""

from deskhand.sandbox.clock import RealClock, SimClock
from deskhand.sandbox.exchange import Request, Response
from deskhand.sandbox.limits import Limits
from deskhand.sandbox.options import Options
from deskhand.sandbox.records import API, EMAIL, WEB, Audit, Ticket, Via
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.sandbox import Sandbox
from deskhand.sandbox.world import World

__all__ = [
    "API", "EMAIL", "WEB", "Audit", "Limits", "Options", "RealClock", "Refusal", "Request", "Response", "Sandbox", "SimClock", "Ticket", "Via", "World",
]  # fmt: skip
