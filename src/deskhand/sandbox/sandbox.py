"""The sandbox: a world, a clock, an agenda and the way of one request through them."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import formatdate
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from deskhand.sandbox import control, seeding
from deskhand.sandbox.agenda import Agenda, happening
from deskhand.sandbox.auth import Door, Principal
from deskhand.sandbox.calls import Call, Calls
from deskhand.sandbox.clock import START, Clock, SimClock
from deskhand.sandbox.exchange import Answer, Request, Response, Row, encode
from deskhand.sandbox.faults import BEFORE, Fault, Faults, answer_instead, spoil
from deskhand.sandbox.jobs import Job, Jobs
from deskhand.sandbox.limits import Limits, Meter
from deskhand.sandbox.metriclog import MetricLog
from deskhand.sandbox.options import Options
from deskhand.sandbox.postman import Postman
from deskhand.sandbox.refusal import Refusal, forbidden, unauthenticated
from deskhand.sandbox.render import Renderer
from deskhand.sandbox.route import ROUTES, Ask, Route, Router
from deskhand.sandbox.rules import Rules
from deskhand.sandbox.services import PATH, Services
from deskhand.sandbox.webhooks import Deliver, Webhooks
from deskhand.sandbox.world import World

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

JSON = "application/json; charset=utf-8"
_HOST = re.compile(r"[\w.:\[\]-]+", re.ASCII)


class Sandbox:
    """A pretended account. `empty=False` leaves the world without even an admin, for a caller that restores one."""

    def __init__(  # noqa: PLR0917 - what the caller may set, in the order of its docs
        self, subdomain: str = "acme", clock: Clock | None = None, seed: int = 1, options: Options | None = None,
        limits: Limits | None = None, faults: Iterable[Fault | Row] = (), *, empty: bool = True,
    ) -> None:  # fmt: skip
        self.clock: Clock = clock or SimClock(START)
        self.options = options or Options()
        self.seed = seed
        self.subdomain = subdomain
        self.agenda = Agenda()
        self.world = World(self.clock.epoch, seed=seed, subdomain=subdomain, options=self.options)
        self.calls = Calls()
        self.faults = Faults(faults, seed)
        self.meter = Meter(limits or Limits(), self.options)
        self.door = Door(self.world)
        self.jobs = Jobs(self)
        self.renderer = Renderer(self.world)
        self.metric_log = MetricLog(self.world)
        self.rules = Rules(self.world, self.agenda)
        self.webhooks = Webhooks(self)
        self.services = Services(self)
        self.deliver: Deliver | None = None
        """Hands a webhook's delivery to its receiver: (endpoint, headers, body) to status."""
        self.postman: Postman | None = None
        """Sends webhooks over the network, where the sandbox is served."""
        self.keep: Callable[[], object] | None = None
        """Saves the state, where there is a file for it."""
        self.world.watchers.append(self.webhooks.watch)
        self.world.rules = self.rules.run_triggers
        self.world.listeners["automations"] = self.rules.tick_hourly
        self.answered: dict[str, tuple[float, str, Response]] = {}
        """Creations by Idempotency-Key: when, the hash of their body, and the answer."""
        self.asking: Ask | None = None
        """The request that is being answered."""
        self.guarded = False
        """Whether the page and the sandbox's own paths ask for credentials: where others than this machine's users can reach it."""
        self._router = Router(ROUTES)
        if empty:
            seeding.empty(self.world)

    @property
    def url(self) -> str:
        """The address under which an in-process session reaches it."""
        return f"https://{self.subdomain}.zendesk.com"

    # Time.

    def at(self, instant: datetime | float, happening: Callable[[], object]) -> None:
        """Put something on the agenda, at an aware datetime or at seconds since 1970."""
        self.agenda.at(instant.timestamp() if isinstance(instant, datetime) else instant, happening)

    def next_happening(self) -> datetime | None:
        """When the next thing on the agenda is due."""
        epoch = self.agenda.next()
        return None if epoch is None else datetime.fromtimestamp(epoch, START.tzinfo)

    def run_due(self) -> int:
        """Perform what is due by now, each at its own instant; returns how many things happened."""
        done = 0
        while (entry := self.agenda.take(self.clock.epoch())) is not None:
            epoch, happening = entry
            with self.world.as_of(epoch):
                happening()
            done += 1
        return done

    def run_until(self, instant: datetime) -> int:
        """Move a simulated clock to `instant`, performing what is due on the way with the clock at each instant."""
        done = self.run_due()
        while (due := self.agenda.next()) is not None and due <= instant.timestamp():
            self.clock.to(datetime.fromtimestamp(due, START.tzinfo))
            done += self.run_due()
        self.clock.to(instant)
        return done

    # Requests.

    def handle(self, request: Request) -> Response:
        """Answer a request. Never raises for what a client sent."""
        self.run_due()
        if request.path.startswith("/sandbox/"):
            return control.handle(self, request)
        if request.path == "/" or request.path.startswith("/agent/"):
            from deskhand.sandbox.page import show  # noqa: PLC0415 - a sandbox that nobody looks at needs no templates

            return show(self, request)
        epoch = self.clock.epoch()
        struck = self.faults.draw(request, epoch)
        for fault in struck:
            if fault.kind in BEFORE:
                if fault.kind == "late_commit":
                    self.at(epoch + fault.seconds, partial(self._answer, request))
                self.meter.spent = []
                self._count(request, request.path, 0)
                return answer_instead(fault)
        response = self._answer(request)
        for fault in struck:
            response = spoil(fault, request, response, self.faults)
        return response

    @happening
    def _answer(self, request: Request) -> Response:
        if request.path.startswith(PATH):
            return self.services.answer(request)
        began = perf_counter()
        self.meter.spent = []
        ask = Ask(self, request, self._base(request), self.clock.epoch())
        template = request.path
        try:
            stranger = self._stranger(request)
            if stranger is not None:
                return stranger
            found, values = self._router.find(request.method, request.path)
            template = found.template
            self._admit(ask, found)
            self.asking = ask
            response = self._respond(ask, found.handler(ask, *values))
        except Refusal as refusal:
            response = self._refuse(ask, refusal)
        except RecursionError:
            response = self._refuse(
                ask, Refusal(400, {"error": "InvalidJSON", "description": "The request body is nested too deeply"})
            )
        finally:
            self.asking = None
        self._count(request, template, response.status, ask.who.id if ask.who else None, perf_counter() - began)
        return response

    def ask_again(self, job: Job) -> None:
        """Let the handler of a restored job's request begin its job once more. Raises Refusal."""
        assert job.asked is not None
        who = Principal(self.world.tables["users"].need(job.who))
        found, values = self._router.find(job.asked.method, job.asked.path)
        found.handler(Ask(self, job.asked, self._base(job.asked), job.made, who), *values)

    def _base(self, request: Request) -> str:
        host = request.headers.get("host", "")
        if not _HOST.fullmatch(host):  # it goes into every link, and whatever it is, JSON has to hold it
            host = f"{self.subdomain}.zendesk.com"
        return f"{request.scheme}://{host}"

    def _stranger(self, request: Request) -> Response | None:
        """The answer for another account's host, None for our own."""
        host = request.headers.get("host", "").partition(":")[0].lower()
        if not host.endswith(".zendesk.com") or host == f"{self.subdomain}.zendesk.com".lower():
            return None
        if self.options.unknown_subdomain == "redirect":
            return Response(
                302,
                {"location": "https://www.zendesk.com/app/help-center-closed/", "content-type": "text/html"},
                b"<html>redirected</html>",
            )
        return Response(404, {"content-type": JSON, "date": formatdate(self.clock.epoch(), usegmt=True)}, b"{}")

    def _admit(self, ask: Ask, found: Route) -> None:
        """Check who asks, how often, and whether they may. Raises Refusal (401, 403, 429)."""
        ask.who = self._who(ask, found)
        ask.headers |= self.meter.account(ask.at)
        if found.role is None:
            return
        if ask.who is None:
            raise unauthenticated()
        if found.group == "incremental":
            if self.options.incremental_closed:
                raise forbidden("This endpoint is not available to this client.")
            shown = self.options.header_spelling == "ratelimit"  # accounts of 2023 kept it to themselves
            ask.headers |= self.meter.endpoint(
                "incremental-exports", self.meter.limits.incremental, ask.at, shown=shown, headers=ask.headers
            )
        ask.who.require(found.role)
        ask.who.require_scope(ask.request.method, self._resource(found))
        self.meter.ceilings(found.method, found.template, ask.request.path, ask.at, ask.headers)

    def _resource(self, found: Route) -> str:
        """What the OAuth scope of a route is named after; nothing for those that take the whole `read` or `write`."""
        own = self.options.macro_scopes or found.resource not in ("macros", "dynamic_content")
        return found.resource if own else ""

    def _who(self, ask: Ask, found: Route) -> Principal | None:
        """Who asks. With a wrong password or API token it is nobody, to whom some endpoints answer too. Raises Refusal (401)."""
        try:
            return self.door.principal(ask.request)
        except Refusal:
            if found.role is not None or ask.request.headers.get("authorization", "")[:6].lower() == "bearer":
                raise
            return None

    def _respond(self, ask: Ask, answer: Answer | Row) -> Response:
        answer = answer if isinstance(answer, Answer) else Answer(answer)
        body = encode(answer.body)
        headers = {"content-type": JSON} if body else {}
        return Response(answer.status, headers | self._usual(ask) | answer.headers, body)

    def _refuse(self, ask: Ask, refusal: Refusal) -> Response:
        text = refusal.body if isinstance(refusal.body, str) else None
        headers = {"content-type": "text/plain" if text is not None else JSON} | self._usual(ask) | refusal.headers
        return Response(
            refusal.status,
            headers,
            text.encode() if text is not None else encode(refusal.body if isinstance(refusal.body, dict) else {}),
        )

    def _usual(self, ask: Ask) -> dict[str, str]:
        return {
            "date": formatdate(ask.at, usegmt=True),
            "x-zendesk-api-version": "v2",
            "x-request-id": f"sandbox-{self.calls.total + 1}",
            "cache-control": "max-age=0, private, must-revalidate",
        } | ask.headers

    def _count(self, request: Request, template: str, status: int, user: int | None = None, took: float = 0.0) -> None:
        if request.path.startswith(PATH):  # no call to the account
            return
        at, spent = self.clock.epoch(), tuple(self.meter.spent)
        self.calls.add(Call(at, request.method, template, request.path, request.query, status, user, took, spent))

    def adapter(self) -> "BaseAdapter":
        """A transport adapter to mount under a requests.Session for `url`; no sockets are opened."""
        from deskhand.sandbox.transport import InProcess  # noqa: PLC0415 - only those who ask in process need requests

        return InProcess(self)


from deskhand.sandbox import api as _api  # noqa: E402, F401 - registers the routes, which need Ask
