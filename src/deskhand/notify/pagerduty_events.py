"""PagerDuty's Events API: an event into an integration, from which PagerDuty makes an alert and an incident a little later.

It needs no user and no token, and has limits and outages of its own: the two APIs stand in for each other. The key is the same, the matter's thread, so that
PagerDuty sees one incident whichever way it was told.

While an alert is open, a trigger with its key changes nothing and pages nobody. So a further page of a matter goes by the REST API where there is a token for
it and it answers; else it is an alert of its own, under the thread with the message's number. Its `ref` is the key, and an end resolves all of them.

Who is paged first is for the integration's service to say, since an event cannot name anybody: give each rung a channel with an integration of its own (`key`).

A channel's `place` is the service's id, where a token is to read back what became of an event. Its options are those of the REST channel.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, Literal, Protocol

from deskhand import logs
from deskhand.core.ladder import Channel
from deskhand.core.message import Message, Receipt, Sent
from deskhand.core.plain import line
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, SettingsError, Transient, Unknown
from deskhand.http.service import Answer, ServiceSession
from deskhand.notify import pagerduty_words as words

KEY: Final = 32
"""Characters of a routing key."""
LONGEST: Final = 255
"""Characters of a dedup key."""

Json = dict[str, Any]
log = logs.get(__name__)


class Reader(Protocol):
    """The same service by the REST API: reads back what became of events, and pages anew where an event cannot."""

    def send(self, message: Message, earlier: Sequence[Sent]) -> Receipt:
        """Page by the open incident."""
        ...

    def find(self, message: Message, earlier: Sequence[Sent]) -> Receipt | None:
        """The incident that has a page."""
        ...


class PagerDutyEvents:
    """A channel to one integration of a PagerDuty service."""

    service: Final = "pagerduty_events"

    def __init__(
        self, channel: Channel, session: ServiceSession, routing_key: str, now: Callable[[], datetime], reader: Reader | None = None
    ) -> None:  # fmt: skip
        """`reader` is there where a token is set. Raises SettingsError."""
        self.name = channel.name
        self._setting = f"DESKHAND_PAGERDUTY_ROUTING_KEY{f'_{channel.key}' if channel.key else ''}"
        if len(routing_key) != KEY or not routing_key.isascii() or not routing_key.isalnum():
            raise SettingsError(
                f"{self._setting} is no routing key of {KEY} letters and digits",
                hint="Copy the integration key of the service's Events API v2 integration.",
            )
        self._session, self._routing_key, self._now, self._reader = session, routing_key, now, reader
        self._can_read = True
        self._ended: dict[str, dict[str, Receipt]] = {}
        """What is resolved already of each end that was broken off, by the end's own key."""

    @property
    def again(self) -> Literal["safe", "ask"]:
        """`safe`, since PagerDuty knows the key; while a token can read it is asked first, since an alert may have been resolved meanwhile."""
        return "ask" if self._reader is not None and self._can_read else "safe"

    def carries(self, message: Message) -> bool:
        """Pages, and their ends."""
        return message.verb in ("page", "close")

    def send(self, message: Message, earlier: Sequence[Sent]) -> Receipt:
        """Trigger, or resolve. PagerDuty has taken it then; whether somebody was paged is for the read-back to say. Raises as a channel does."""
        if not self.carries(message) or not message.thread or len(self._own_key(message)) > LONGEST:
            raise Rejected(
                f"channel {self.name!r} pages people, and cannot {message.verb}",
                hint="Name another channel for what nobody has to acknowledge.",
            )
        if message.verb == "close":
            return self._close(message, earlier)
        if not message.further and not any(one.verb == "page" for one in earlier):
            return self._trigger(message, message.thread)
        return self._by_the_other_api(message, earlier) or self._trigger(message, self._own_key(message))

    def find(self, message: Message, earlier: Sequence[Sent]) -> Receipt | None:
        """What became of it, where a token can read it; None where nothing is known, and sending it again does no harm."""
        if self._reader is None:
            return None
        try:
            found = self._found(message, earlier, self._reader)
        except DeskError:
            self._can_read = False
            raise
        self._can_read = True
        return found

    def _found(self, message: Message, earlier: Sequence[Sent], reader: Reader) -> Receipt | None:
        """A page under its own key, which is to be ended by itself then, or the thread's; an end, once nothing is open under any key of the matter."""
        if message.verb != "page":
            ended = [reader.find(replace(message, thread=key), earlier) for key in _keys(message, earlier)]
            return ended[-1] if all(ended) else None
        for key in (self._own_key(message), message.thread):
            found = reader.find(replace(message, thread=key), earlier)
            if found is not None:
                return replace(found, ref=key)
        return None

    def _by_the_other_api(self, message: Message, earlier: Sequence[Sent]) -> Receipt | None:
        """A further page by the open incident; None where that cannot be asked about or handed on, and so was not."""
        if self._reader is None:
            return None
        try:
            return self.find(message, earlier) or replace(self._reader.send(message, earlier), ref=message.thread)
        except Unknown:
            raise
        except DeskError as error:
            log.warning("page_not_repeated", channel=self.name, reason=str(error))
            return None

    def _trigger(self, message: Message, key: str) -> Receipt:
        notice = message.notice
        event: Json = {
            "event_action": "trigger",
            "payload": {
                "summary": words.title(message), "source": words.source(message), "severity": words.severity(message),
                "timestamp": message.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "custom_details": words.custom_details(message),
                **{name: line(value)[:255] for name, value in (("class", message.rule), ("group", message.role)) if line(value)},
            },
            "client": "deskhand",
            "links": words.links(message),
        }  # fmt: skip
        if words.web(notice.url):
            event["client_url"] = notice.url
        return self._enqueue(key, event)

    def _close(self, message: Message, earlier: Sequence[Sent]) -> Receipt:
        """Resolve whatever this matter has open, from where an earlier try was broken off; PagerDuty drops an end for what is not open."""
        done = self._ended.setdefault(message.key, {})
        keys = _keys(message, earlier)
        for key in keys:
            if key not in done:
                done[key] = self._enqueue(key, {"event_action": "resolve"})
        del self._ended[message.key]
        return done[keys[-1]]

    @staticmethod
    def _own_key(message: Message) -> str:
        return f"{message.thread}:{message.number}"

    def _enqueue(self, key: str, event: Json) -> Receipt:
        body = {"routing_key": self._routing_key, "dedup_key": key} | event
        answer = self._session.call("POST", "/v2/enqueue", body=body)
        if answer.status == 202 and answer.json().get("status") == "success":
            return Receipt(key)
        raise self._meaning(answer)

    def _meaning(self, answer: Answer) -> DeskError:
        """What an answer other than a success means. PagerDuty may have taken whatever it did not refuse."""
        status = answer.status
        told = line(answer.text).replace(self._routing_key, "...")
        said = f"PagerDuty, POST /v2/enqueue for channel {self.name!r}: {status} {told}".rstrip()
        if status == 429:
            return RateLimited(said, retry_after=answer.retry_after(self._now()), status=status)
        if status == 503:
            return Transient(said, status=status)
        if status == 408 or status >= 500 or status < 300:
            return Unknown(said, status=status)
        if status in (401, 403) or (status == 400 and "routing" in told.lower()):
            hint = f"{self._setting} must be the key of an Events API v2 integration that is switched on."
            return AccessRefused(said, status=status, hint=hint)
        hint = "Check DESKHAND_PAGERDUTY_EVENTS_URL (https://events.eu.pagerduty.com in the EU)."
        if status in (400, 413):
            hint = "This is a fault of deskhand: please report it with the reason above. The next channel carries the message."
        return Rejected(said, status=status, hint=hint)


def _keys(message: Message, earlier: Sequence[Sent]) -> list[str]:
    """Every key under which this matter may have something open: those of its later pages, and last the thread itself.

    Also of pages that were found under the thread: an alert of their own whose answer was lost may have come up after that.
    """
    pages = [one for one in earlier if one.verb == "page"]
    later = [one for place, one in enumerate(pages) if place or one.ref != message.thread]
    return [*dict.fromkeys(f"{message.thread}:{one.number}" for one in later), message.thread]
