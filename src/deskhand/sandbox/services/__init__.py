"""Stand-ins for the services that carry messages, under /services/<name>/ of the sandbox's one address. They share no code with the adapters that speak to them.

    sandbox.services.pagerduty.url                          # the base for a session in process, mounted with `sandbox.adapter()`
    sandbox.services.pagerduty.log                          # what it accepted and did: Effect(at, kind, key, facts)

`stand_in` is what they share, and says how another is written.
"""

from typing import TYPE_CHECKING, Final

from deskhand.sandbox.exchange import Request, Response, Row, encode
from deskhand.sandbox.services.confluence import Confluence
from deskhand.sandbox.services.hook import Hook
from deskhand.sandbox.services.jira import Jira
from deskhand.sandbox.services.pagerduty import PagerDuty
from deskhand.sandbox.services.slack import Slack
from deskhand.sandbox.services.stand_in import JSON, Effect, StandIn
from deskhand.sandbox.services.statuspage import Statuspage

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

PATH: Final = "/services/"


class Services:
    """All stand-ins of a sandbox, each under its own name."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.pagerduty = PagerDuty(sandbox)
        self.hook = Hook(sandbox)
        self.slack = Slack(sandbox)
        self.statuspage = Statuspage(sandbox)
        self.jira = Jira(sandbox)
        self.confluence = Confluence(sandbox)
        self.all: dict[str, StandIn] = {one.name: one for one in vars(self).values() if isinstance(one, StandIn)}

    def answer(self, request: Request) -> Response:
        """Answer a request under /services/."""
        name, _, rest = request.path.removeprefix(PATH).partition("/")
        stand_in = self.all.get(name)
        if stand_in is None:
            told = {"error": "NoSuchService", "description": f"There is {PATH}{f', {PATH}'.join(self.all)}"}
            return Response(404, {"content-type": JSON}, encode(told))
        return stand_in.answer(request, "/" + rest)

    def settings(self, url: str) -> dict[str, str]:
        """The settings that point deskhand at the stand-ins of a sandbox with this address."""
        return {
            name: f"{url}{PATH}{one.name}{value}".rstrip("/") if value.startswith("/") else value
            for one in self.all.values()
            for name, value in one.settings.items()
        }

    def tell(self, orders: Row) -> None:
        """Give stand-ins their orders, by name. Raises ValueError."""
        for name, order in orders.items():
            if name not in self.all or not isinstance(order, dict):
                raise ValueError(f"There are {', '.join(self.all)}, each with an object of orders; got {name!r}")
            self.all[name].told(order)

    def shown(self) -> Row:
        """What all of them did and were asked."""
        return {name: one.shown() for name, one in self.all.items()}


KEEPS: tuple[type, ...] = (Effect, *(one for kind in StandIn.__subclasses__() for one in kind.keeps))
"""The classes whose values stand-ins hold."""
