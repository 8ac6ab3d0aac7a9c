"""R13: a service that carries messages is down for two hours. The real adapters against the pretended services, by the real delivery, in simulated time."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from deskhand.core.ladder import Channel as Place
from deskhand.core.message import Message
from deskhand.http.service import ServiceSession
from deskhand.notify.slack import Slack
from deskhand.notify.webhook import Webhook
from deskhand.sandbox import Sandbox
from deskhand.sandbox.clock import SimClock
from tests.app.carriers import Office
from tests.core.builders import START

DOWN = timedelta(hours=2)
EVERY = timedelta(minutes=4)
KINDS: dict[str, dict[str, Any]] = {
    "answers 503": {"kind": "status", "status": 503},
    "answers 500": {"kind": "status", "status": 500},
    "asks for patience": {"kind": "status", "status": 429, "headers": {"retry-after": "300"}},
    "is silent": {"kind": "timeout_before_commit"},
    "breaks off": {"kind": "reset"},
    "answers with a page of its proxy": {"kind": "status", "status": 200, "body": "<html>Please wait</html>"},
    "does it and loses the answer": {"kind": "timeout_after_commit"},
}
"""How a service can be down."""


class Services(Office):
    """A post office with Slack and a webhook, both pretended, on the clock of their sandbox."""

    def __init__(self, down: str, fault: dict[str, Any]) -> None:
        self.time, self.sandbox = START, Sandbox(clock=SimClock(START))
        until = (START + DOWN).timestamp()
        self.sandbox.faults.add({"path": f"/services/{down}/*", "until": until, **fault})
        settings = self.sandbox.services.settings(self.sandbox.url)

        def session(setting: str) -> ServiceSession:
            return ServiceSession(settings[setting], setting=setting, mount=self.sandbox.adapter())

        chat = Slack(Place("chat", "slack", "C0SUPPORT"), session("DESKHAND_SLACK_URL"), "xoxb-sandbox", self.now)
        relay = Webhook(Place("relay", "webhook"), session("DESKHAND_WEBHOOK_URL"), "sandbox-secret", self.now)
        adapters: list[Any] = [chat, relay]
        super().__init__(*adapters)

    def now(self) -> datetime:
        """The instant, with the sandbox's clock set to it."""
        self.sandbox.run_until(self.time)
        return self.time

    def when(self, message: Message) -> timedelta:
        """How long a message took to be sent."""
        sent = self.row(message.key).sent_at
        assert sent is not None, self.row(message.key)
        return sent - message.at

    def times_said(self, message: Message) -> int:
        """How often somebody was told, by whichever service."""
        effects = [*self.sandbox.services.slack.of("post"), *self.sandbox.services.hook.of("taken")]
        return sum(effect.key == message.key for effect in effects)


def _two_hours(office: Services, first: str, second: str) -> tuple[list[Message], list[Message]]:
    """Urgent pages by the first channel and then the second, and tellings by the second alone, for two hours and a little."""
    pages, tellings, end = [], [], office.time + DOWN
    number = 0
    while office.time < end:
        number += 1
        pages.append(office.queue(number, urgent=True, channels=(first, second)))
        tellings.append(office.queue(1_000 + number, verb="tell", channels=(second,)))
        office.work(EVERY.total_seconds(), step=5)
    return pages, tellings


@pytest.mark.parametrize("how", KINDS)
@pytest.mark.parametrize(("service", "first", "second"), [("slack", "chat", "relay"), ("hook", "relay", "chat")])
def test_no_page_is_missed_and_no_other_channel_waits(service: str, first: str, second: str, how: str) -> None:
    """R13: each page is said within two minutes, by the next channel; what goes by another channel leaves at once; and the channel is used again after it."""
    office = Services(service, KINDS[how])

    pages, tellings = _two_hours(office, first, second)

    assert max(office.when(one) for one in pages) <= timedelta(minutes=2)
    assert {office.when(one) for one in tellings} == {timedelta(0)}
    assert all(office.times_said(one) >= 1 for one in pages)
    assert all(office.times_said(one) == 1 for one in tellings)
    if how != "does it and loses the answer":
        assert [office.times_said(one) for one in pages] == [1] * len(pages)
    office.work(600, step=5)
    after = office.queue(5_000, urgent=True, channels=(first, second))
    office.work(10)
    assert (office.row(after.key).by, office.times_said(after)) == (first, 1)
