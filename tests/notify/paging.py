"""A pretended PagerDuty, and the channels that lead to it, for the tests of both."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from deskhand.core.ladder import Channel
from deskhand.core.message import Message
from deskhand.http.service import ServiceSession
from deskhand.notify.pagerduty import PagerDuty
from deskhand.notify.pagerduty_events import PagerDutyEvents
from deskhand.sandbox import Sandbox
from deskhand.sandbox.services.pagerduty_events import FROM, ROUTING_KEY, SERVICE, TOKEN
from tests.notify.matters import message


class Pager:
    """A sandbox with a service that two channels page by, one by each API."""

    def __init__(self, **options: str) -> None:
        self.sandbox = Sandbox()
        self.duty = self.sandbox.services.pagerduty
        self.duty.limits = {"events": (0, 60), "rest": (0, 60)}
        self.options = options

    def session(self) -> ServiceSession:
        """A new session, as a new process has it."""
        return ServiceSession(self.duty.url, setting="DESKHAND_PAGERDUTY_URL", mount=self.sandbox.adapter())

    def rest(self, name: str = "oncall", place: str = SERVICE, *, token: str = TOKEN, sender: str = FROM, **options: str) -> PagerDuty:  # fmt: skip
        """The channel by the REST API."""
        channel = Channel(name, "pagerduty", place, options=self.options | options)
        return PagerDuty(channel, self.session(), token, sender, self.sandbox.clock.now)

    def reader(self) -> PagerDuty:
        """What reads back for the channel by the Events API."""
        channel = Channel("events", "pagerduty_events", SERVICE)
        return PagerDuty(channel, self.session(), TOKEN, FROM, self.sandbox.clock.now)

    def events(self, *, reader: PagerDuty | None = None, key: str = ROUTING_KEY) -> PagerDutyEvents:
        """The channel by the Events API."""
        channel = Channel("events", "pagerduty_events", SERVICE)
        return PagerDutyEvents(channel, self.session(), key, self.sandbox.clock.now, reader)

    def page(self, number: int = 1, **notice: Any) -> Message:
        """A page that is decided now."""
        return replace(message("page", number=number, **notice), at=self.sandbox.clock.now())

    def close(self, number: int = 9) -> Message:
        """The end of the matter."""
        return replace(message("close", number=number), at=self.sandbox.clock.now())

    def wait(self, seconds: float = 10) -> None:
        """Let time pass."""
        self.sandbox.run_until(self.sandbox.clock.now() + timedelta(seconds=seconds))

    def people(self) -> list[str]:
        """Who was paged so far, in order."""
        self.wait()
        return [one.facts["person"] for one in self.duty.of("paged")]

    def strike(self, kind: str, path: str = "/services/pagerduty/*", **more: Any) -> None:
        """Let one request go wrong; by status where `kind` is one."""
        self.sandbox.faults.clear()
        self.sandbox.faults.add({"kind": kind, "path": path, "count": 1, **more})
