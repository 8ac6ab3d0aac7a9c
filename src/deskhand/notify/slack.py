"""Slack's Web API: one headline for each matter, renewed as it goes on, and everything after it in its thread.

Slack has no idempotency key. Each post carries its message's key as metadata, by which `find` looks for it where the app may read the channel's history;
where it may not, the outcome of a lost answer cannot be known, and only pages are sent again.

A `ref` is `channel/ts` for a headline and `channel/ts/thread` for a reply.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, Literal

from deskhand import logs
from deskhand.core.ladder import Channel
from deskhand.core.message import Message, Receipt, Sent
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, SettingsError, Transient
from deskhand.http.service import Answer, ServiceSession
from deskhand.notify import slack_blocks as form
from deskhand.notify.slack_errors import FORM, NO_THREAD, meaning

EVENT: Final = "deskhand_message"
"""The `event_type` of our metadata."""
LATE: Final = timedelta(seconds=45)
"""How long after a lost answer a request may still be carried out, so that looking once is not enough."""
BURST: Final = 4
"""Posts that may leave at once; after them one a second, which is what Slack allows a channel."""
LOOK_BACK: Final = timedelta(minutes=10)
"""How long before a message was decided its post is looked for: clocks differ."""
PAGE: Final = 200
PAGES: Final = 5
SHARES: Final = (1.0, 0.5, 0.0)
"""How much of a message is tried in turn where Slack refuses its blocks; nothing of it: the words of `text` alone."""

log = logs.get(__name__)


class Slack:
    """A channel of a Slack workspace, spoken to as an app's bot."""

    service: Final = "slack"

    def __init__(self, channel: Channel, session: ServiceSession, token: str, now: Callable[[], datetime]) -> None:
        """`channel.place` is the id of the Slack channel; its option `mention` names who is pinged by pages."""
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            setting = f"DESKHAND_SLACK_TOKEN{f'_{channel.key}' if channel.key else ''}"
            raise SettingsError(f"{setting} is no token", hint="Copy the app's bot token anew; it begins with xoxb-.")
        self._channel, self._session, self._token, self._now = channel, session, token, now
        self._lock = Lock()
        self._reads_history = True
        self._full_at = now()
        """When the whole burst may be used again."""
        self._missed: dict[str, datetime] = {}
        """When each message whose answer was lost was first looked for in vain since it was last posted."""

    @property
    def name(self) -> str:
        """Its name in the policies."""
        return self._channel.name

    @property
    def again(self) -> Literal["ask", "accept"]:
        """`ask` while the app may read the channel's history, else `accept`."""
        return "ask" if self._reads_history else "accept"

    def carries(self, message: Message) -> bool:
        """Pages, tellings and their ends; the public page and issues are for others."""
        return message.verb in ("page", "tell", "close")

    def send(self, message: Message, earlier: Sequence[Sent]) -> Receipt:
        """Post the headline; or, where the matter has one, a reply in its thread, and renew the headline."""
        headline = _headline(earlier)
        if headline is None:
            return self._post(message, None)
        try:
            receipt = self._post(message, headline)
        except Rejected as error:
            if error.code not in NO_THREAD:
                raise
            return self._post(message, None)
        self._renew(message, _place(receipt.ref) or headline)
        return receipt

    def find(self, message: Message, earlier: Sequence[Sent]) -> Receipt | None:
        """The post that carries the message's key, in the thread of the matter and in the channel. Raises as every call does."""
        headline = _headline(earlier)
        try:
            for method, query in self._places(message, headline):
                for row in self._read(method, query):
                    if _key(row) == message.key:
                        self._missed.pop(message.key, None)
                        return Receipt(_ref(str(query["channel"]), row))
        except AccessRefused:
            self._reads_history = False
            raise
        self._wait_for_late(message)
        return None

    def _wait_for_late(self, message: Message) -> None:
        """Raises Transient while a request that was given up may still be carried out: only what is not there after that was not posted."""
        since = self._missed.setdefault(message.key, self._now())
        if self._now() - since < LATE:
            raise Transient(f"Slack does not show {message.key!r}, and may still post it")
        self._missed.pop(message.key)

    def _post(self, message: Message, headline: tuple[str, str] | None) -> Receipt:
        self._pace()
        self._missed.pop(message.key, None)
        page = message.verb == "page"
        mention = self._channel.options.get("mention", "") if page else ""
        where = (
            {"channel": self._channel.place}
            if headline is None
            else {"channel": headline[0], "thread_ts": headline[1], "reply_broadcast": page}
        )
        body = {
            **where,
            "text": form.glance(message, mention),
            "parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False,
            "metadata": {"event_type": EVENT, "event_payload": {"key": message.key, "thread": message.thread}},
        }  # fmt: skip
        given = self._formed("chat.postMessage", body, lambda share: _drawn(message, headline, mention, share))
        row = given.get("message")
        channel = str(given.get("channel") or where["channel"])
        return Receipt(_ref(channel, {**(row if isinstance(row, dict) else {}), "ts": given.get("ts", "")}))

    def _renew(self, message: Message, headline: tuple[str, str]) -> None:
        """Show in the headline how the matter stands now. It is said in the thread already, so a failure is told to the log alone."""
        channel, ts = headline
        try:
            kept = [] if message.notice.brief is not None else self._brief_of(channel, ts)
            self._formed(
                "chat.update",
                {"channel": channel, "ts": ts, "text": form.glance(message), "parse": "none", "link_names": False},
                lambda share: _with(form.blocks(message, share=share), kept),
            )
        except DeskError as error:
            log.warning("headline_not_renewed", channel=self.name, thread=message.thread, reason=str(error))

    def _brief_of(self, channel: str, ts: str) -> list[form.Json]:
        """The blocks of the brief that a headline shows, so that a message without one does not take it away."""
        if not self._reads_history:
            return []
        query = {"channel": channel, "latest": ts, "oldest": ts, "inclusive": "true", "limit": 1}
        try:
            rows = self._call("GET", "conversations.history", query=query).get("messages")
        except AccessRefused:
            self._reads_history = False
            return []
        return [block for row in _rows(rows) if row.get("ts") == ts for block in form.kept(row.get("blocks"))]

    def _formed(
        self, method: str, body: Mapping[str, Any], drawn: Callable[[float], list[form.Json]]
    ) -> dict[str, Any]:
        """A call with blocks; where Slack refuses them, with fewer, and in the end with none: each refusal is sure to have changed nothing."""
        for share in SHARES:
            try:
                return self._call("POST", method, body={**body, **({"blocks": drawn(share)} if share else {})})
            except Rejected as error:
                if error.code not in FORM or not share:
                    raise
                log.warning("blocks_refused", channel=self.name, reason=str(error))
        raise AssertionError("the last share is tried without blocks")

    def _places(self, message: Message, headline: tuple[str, str] | None) -> Iterator[tuple[str, dict[str, Any]]]:
        """Where a post may be: in the thread, if there is one; in the channel, also where its thread is gone."""
        usual = {"limit": PAGE, "include_all_metadata": "true"}
        since = {"oldest": f"{(message.at - LOOK_BACK).timestamp():.6f}"}
        if headline is not None:
            yield "conversations.replies", {"channel": headline[0], "ts": headline[1], **usual, **since}
        yield "conversations.history", {"channel": headline[0] if headline else self._channel.place, **usual, **since}

    def _read(self, method: str, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The messages of a listing, over a few pages. A thread that is gone has none."""
        cursor = ""
        for _ in range(PAGES):
            try:
                page = self._call("GET", method, query={**query, **({"cursor": cursor} if cursor else {})})
            except Rejected as error:
                if error.code in NO_THREAD:
                    return
                raise
            yield from _rows(page.get("messages"))
            more = page.get("response_metadata")
            cursor = str(more.get("next_cursor") or "") if isinstance(more, dict) else ""
            if not cursor:
                return

    def _call(
        self, verb: str, method: str, *, query: dict[str, Any] | None = None, body: object = None
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json; charset=utf-8"}
        answer: Answer = self._session.call(verb, f"/{method}", query=query, body=body, headers=headers)
        now = self._now()
        error = meaning(answer, self._channel, method, now, reads=verb == "GET")
        if isinstance(error, RateLimited):
            self._full_at = now + timedelta(seconds=error.retry_after + BURST - 1)
        if error is not None:
            raise error
        return answer.json()

    def _pace(self) -> None:
        """Keep to about one post a second, before Slack has to say so. Raises RateLimited."""
        with self._lock:
            now = self._now()
            wait = (self._full_at - now).total_seconds() - BURST + 1
            if wait <= 0:
                self._full_at = max(self._full_at, now) + timedelta(seconds=1)
                return
        hint = "Nothing to do: it leaves as soon as Slack takes it."
        raise RateLimited(f"channel '{self.name}' posts about once a second", retry_after=wait, status=None, hint=hint)


def _drawn(message: Message, headline: object, mention: str, share: float) -> list[form.Json]:
    draw = form.blocks if headline is None else form.reply
    return draw(message, mention=mention, share=share)


def _with(made: list[form.Json], kept: list[form.Json]) -> list[form.Json]:
    """The blocks with an earlier brief before their last one, as far as both fit."""
    both = [*made[:-1], *kept, made[-1]]
    return both if form.weight(both) <= form.WHOLE else made


def _headline(earlier: Sequence[Sent]) -> tuple[str, str] | None:
    """Channel and time stamp of the newest headline of what was carried before."""
    return next((place for one in reversed(earlier) if (place := _place(one.ref))), None)


def _place(ref: str) -> tuple[str, str] | None:
    """Channel and time stamp of the headline that a ref leads to. Slack makes a headline of a reply whose own headline is gone, and does not say so."""
    channel, _, rest = ref.partition("/")
    ts, _, thread = rest.partition("/")
    return (channel, thread or ts) if channel and ts else None


def _ref(channel: str, row: Mapping[str, Any]) -> str:
    ts, thread = str(row.get("ts") or ""), str(row.get("thread_ts") or "")
    return f"{channel}/{ts}/{thread}" if thread and thread != ts else f"{channel}/{ts}"


def _key(row: Mapping[str, Any]) -> object:
    """The key that a post carries, where it is one of ours."""
    mark = row.get("metadata")
    payload = mark.get("event_payload") if isinstance(mark, dict) and mark.get("event_type") == EVENT else None
    return payload.get("key") if isinstance(payload, dict) else None


def _rows(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
