"""A small account and a client for it, as the sandbox's tests use them."""

import base64
import json
from collections.abc import Iterable
from typing import Any

from deskhand.sandbox import EMAIL, Limits, Options, Request, Response, Sandbox, Ticket
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.faults import Fault

ADMIN = "admin@example.com"


class Account:
    """An account with a group of one agent, a customer and a drop-down, and calls on it as its admin."""

    def __init__(
        self, options: Options | None = None, limits: Limits | None = None, faults: Iterable[Fault | Row] = ()
    ) -> None:
        self.sandbox = Sandbox(options=options, limits=limits, faults=faults)
        self.world = self.sandbox.world
        self.group: int = self.world.add_group("Billing")["id"]
        self.other_group: int = self.world.add_group("Network")["id"]
        self.agent: int = self.world.add_user("Ana Ruiz", "ana@example.com", "agent", [self.group])["id"]
        self.light: int = self.world.add_user("Lee Light", "lee@example.com", "light_agent", [self.group])["id"]
        self.customer: int = self.world.add_user("Cleo Cust", "cleo@customer.example")["id"]
        self.tier: int = self.world.add_field("Tier", "tagger", ["gold", "silver"])["id"]
        self.order: int = self.world.add_field("Order number")["id"]

    def ticket(self, **facts: Any) -> Ticket:
        """A new ticket of the customer, by e-mail."""
        return self.world.create_ticket(
            {"subject": "Help", "comment": {"body": "It broke"}, **facts}, author=self.customer, via=EMAIL
        )

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        user: str = ADMIN,
        token: str | None = None,
        **headers: str,
    ) -> Response:
        """A request under /api/v2, as a user with the standing API token or with a bearer token."""
        basic = base64.b64encode(f"{user}/token:sandbox-token".encode()).decode()
        sent = {
            "authorization": f"Bearer {token}" if token else f"Basic {basic}",
            "content-type": "application/json",
            "user-agent": "tests/1",
        }
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.sandbox.handle(Request.of(method, f"{self.sandbox.url}/api/v2{path}", headers=sent, body=data))

    def get(self, path: str, **options: Any) -> Any:
        """The JSON of a GET that succeeds."""
        response = self.call("GET", path, **options)
        assert response.status == 200, response.body
        return response.json()

    def put(self, path: str, body: object) -> Any:
        """The JSON of a PUT that succeeds."""
        response = self.call("PUT", path, body)
        assert response.status == 200, response.body
        return response.json()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.sandbox.clock.advance(seconds)

    def job(self, body: Any) -> Any:
        """The finished job of an answer that holds a job_status."""
        self.wait(60)
        return self.get(f"/job_statuses/{body['job_status']['id']}.json")["job_status"]
