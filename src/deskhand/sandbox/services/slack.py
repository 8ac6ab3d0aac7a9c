"""A pretended Slack workspace: the Web API under /services/slack/api, and an incoming webhook under /services/slack/hooks.

It answers 200 to refusals (`ok: false`), keeps to Slack's limits, makes a headline of a reply whose own headline is gone without a word, and shows its
messages' metadata only to those who ask for it.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Final

from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.services import slack_form as form
from deskhand.sandbox.services.stand_in import Asked, StandIn, answers

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

TOKEN: Final = "xoxb-sandbox"  # noqa: S105 - a pretended one
HOOK: Final = "/hooks/T0SANDBOX/B0SANDBOX/sandbox"
HOOK_CHANNEL: Final = "C0INCIDENTS"
ROOMS: Final = ("support", "incidents", "engineering", "customers", "security", "leadership", "lobby")
"""The channels; the bot is in all but the last."""
PRIVATE: Final = ("security", "leadership")
MOST_TEXT: Final = 40_000
BOT: Final = "B0DESKHAND"


class Slack(StandIn):
    """One workspace with a bot in it. `channels` by id, `posts` oldest first, `scopes` of the bot's token."""

    name = "slack"
    settings: ClassVar = {
        "DESKHAND_SLACK_URL": "/api", "DESKHAND_SLACK_TOKEN": TOKEN, "DESKHAND_SLACK_HOOK_URL": HOOK,
    }  # fmt: skip
    usual_limits: ClassVar = {"posts": (15, 10), "reads": (50, 60), "updates": (50, 60)}

    def __init__(self, sandbox: "Sandbox") -> None:
        super().__init__(sandbox)
        self.channels: dict[str, Row] = {
            f"C0{name.upper()}": {
                "name": name,
                "member": name != "lobby",
                "archived": False,
                "private": name in PRIVATE,
            }
            for name in ROOMS
        }
        self.scopes: list[str] = ["chat:write", "channels:history", "groups:history"]
        self.token = TOKEN
        self.posts: list[Row] = []
        self._last = 0

    def told(self, order: Row) -> None:
        """`scopes`, `token`; `channels` (what of each is different); `delete`, a post's ts, as people do. Raises ValueError."""
        for name, value in order.items():
            if name == "delete":
                self.delete(str(value))
            elif name == "channels":
                for key, changes in dict(value).items():
                    self.channels.setdefault(
                        key, {"name": key.lower(), "member": True, "archived": False, "private": False}
                    ).update(changes)
            elif name in ("scopes", "token"):
                setattr(self, name, value)
            else:
                raise ValueError(f"slack takes scopes, token, channels and delete, and got {name!r}")

    def delete(self, ts: str) -> None:
        """A person deletes a post."""
        self.posts = [one for one in self.posts if one["ts"] != ts]

    def thread(self, ts: str) -> list[Row]:
        """A headline and its replies, oldest first."""
        return [one for one in self.posts if ts in (one["ts"], one.get("thread_ts"))]

    def headlines(self, channel: str) -> list[Row]:
        """The posts of a channel that are no replies, oldest first."""
        return [one for one in self.posts if one["channel"] == channel and "thread_ts" not in one]

    def lost(self) -> Refusal:
        """Slack knows no such method, and says so with a 200."""
        return _no("unknown_method")

    @answers("POST", "/api/chat.postMessage")
    def post(self, asked: Asked) -> Row:
        """Post a message, in a thread where there is one."""
        body = self._body(asked, "chat:write")
        channel = self._channel(str(body.get("channel") or ""))
        self._spend("posts", channel)
        row = self._message(channel, self._checked(body))
        thread = str(body.get("thread_ts") or "")
        if any(one["ts"] == thread and one["channel"] == channel and "thread_ts" not in one for one in self.posts):
            row["thread_ts"] = thread
            row["broadcast"] = body.get("reply_broadcast") is True
        self.posts.append(row)
        self._log("post", row)
        return {"ok": True, "channel": channel, "ts": row["ts"], "message": _shown(row, metadata=True)}

    @answers("POST", "/api/chat.update")
    def update(self, asked: Asked) -> Row:
        """Put other words into one's own message."""
        body = self._body(asked, "chat:write")
        channel = self._channel(str(body.get("channel") or ""))
        self._spend("updates")
        found = [one for one in self.posts if one["ts"] == body.get("ts") and one["channel"] == channel]
        if not found:
            raise _no("message_not_found")
        if found[0]["bot_id"] != BOT:
            raise _no("cant_update_message")
        found[0].update(self._checked(body), edited=self.now)
        self._log("update", found[0])
        return {"ok": True, "channel": channel, "ts": found[0]["ts"], "text": found[0]["text"]}

    @answers("GET", "/api/conversations.history")
    def history(self, asked: Asked) -> Row:
        """The messages of a channel, newest first; of replies, only those that were shown in the channel too."""
        channel = self._read(asked)
        rows = [one for one in self.posts if one["channel"] == channel and ("thread_ts" not in one or one["broadcast"])]
        return _page(asked, _between(asked, rows)[::-1])

    @answers("GET", "/api/conversations.replies")
    def replies(self, asked: Asked) -> Row:
        """A headline and its replies, oldest first."""
        channel = self._read(asked)
        ts = asked.query.get("ts", "")
        rows = [one for one in self.thread(ts) if one["channel"] == channel]
        if not rows:
            raise _no("thread_not_found")
        return _page(asked, [one for one in rows if one["ts"] == ts or one in _between(asked, rows)])

    @answers("GET", "/api/auth.test")
    @answers("POST", "/api/auth.test")
    def test(self, asked: Asked) -> Row:
        """Who asks."""
        self._body(asked, "")
        return {"ok": True, "team": "Sandbox", "user": "deskhand", "bot_id": BOT}

    @answers("POST", HOOK)
    def hook(self, asked: Asked) -> Answer:
        """The incoming webhook: plain text, and no way to a thread."""
        if self.channels[HOOK_CHANNEL]["archived"]:
            raise Refusal(410, "channel_is_archived")
        if self.spend("posts", HOOK_CHANNEL).over:
            raise Refusal(429, "rate_limited", {"retry-after": "1"})
        if not asked.body:
            raise Refusal(400, "invalid_payload")
        try:
            row = self._message(HOOK_CHANNEL, self._checked(asked.body))
        except Refusal as refusal:
            raise Refusal(
                400, str(refusal.body["error"]) if isinstance(refusal.body, dict) else "invalid_payload"
            ) from None
        self.posts.append(row)
        self._log("post", row)
        return Answer(b"ok", headers={"content-type": "text/html"})

    @answers("POST", "/hooks/{team}/{bot}/{secret}")
    def wrong_hook(self, asked: Asked, team: str, bot: str, secret: str) -> Row:  # noqa: ARG002 - any other hook
        """A hook that there is not, or not with this secret."""
        raise Refusal(403, "invalid_token") if f"/hooks/{team}/{bot}" in HOOK else Refusal(404, "no_service")

    def _body(self, asked: Asked, scope: str) -> Row:
        """What was sent, by somebody who may."""
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or not token:
            raise _no("not_authed")
        if token != self.token:
            raise _no("invalid_auth")
        if scope and scope not in self.scopes:
            raise _no("missing_scope", needed=scope, provided=",".join(self.scopes))
        if asked.request.method == "POST" and asked.request.body and not isinstance(asked.json, dict):
            raise _no("invalid_json")
        return asked.body

    def _channel(self, name: str) -> str:
        """The id of a channel that the bot may write to. Raises Refusal."""
        bare = name.removeprefix("#")
        found = (
            bare
            if bare in self.channels
            else next((key for key, one in self.channels.items() if one["name"] == bare), "")
        )
        if not found or (self.channels[found]["private"] and not self.channels[found]["member"]):
            raise _no("channel_not_found")
        if not self.channels[found]["member"]:
            raise _no("not_in_channel")
        if self.channels[found]["archived"]:
            raise _no("is_archived")
        return found

    def _read(self, asked: Asked) -> str:
        """The channel whose messages are asked for, by somebody who may."""
        name = asked.query.get("channel", "")
        private = self.channels.get(name, {}).get("private")
        self._body(asked, "groups:history" if private else "channels:history")
        self._spend("reads")
        return self._channel(name)

    def _spend(self, name: str, key: str = "") -> None:
        spent = self.spend(name, key)
        if spent.over:
            raise Refusal(429, {"ok": False, "error": "ratelimited"}, {"retry-after": str(spent.resets)})

    def _checked(self, body: Row) -> Row:
        """Text, blocks and metadata as they are kept. Raises Refusal."""
        text, blocks, metadata = body.get("text"), body.get("blocks"), body.get("metadata")
        if not text and not blocks:
            raise _no("no_text")
        if blocks is not None:
            wrong = list(form.faults(blocks))
            if wrong:
                said = {"errors": wrong, "response_metadata": {"messages": [f"[ERROR] {one}" for one in wrong]}}
                raise _no("invalid_blocks", **said)
            if form.length(blocks) > form.MOST_TEXT:
                raise _no("msg_blocks_too_long")
        if metadata is not None and not (
            isinstance(metadata, dict)
            and isinstance(metadata.get("event_type"), str)
            and isinstance(metadata.get("event_payload"), dict)
        ):
            raise _no("invalid_metadata_format")
        made: Row = {"text": str(text or "")[:MOST_TEXT]}
        return (
            made
            | ({"blocks": blocks} if blocks is not None else {"blocks": []})
            | ({"metadata": metadata} if metadata else {})
        )

    def _message(self, channel: str, said: Row) -> Row:
        self._last = max(self._last + 1, int(self.now) * 1_000_000 + 100)
        ts = f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
        return {"type": "message", "channel": channel, "ts": ts, "bot_id": BOT, **said}

    def _log(self, kind: str, row: Row) -> None:
        payload = row.get("metadata", {}).get("event_payload", {})
        key = str(payload.get("key") or row["ts"]) if kind == "post" else str(row["ts"])
        self.did(
            kind, key, channel=row["channel"], ts=row["ts"], thread_ts=row.get("thread_ts", ""), broadcast=row.get("broadcast", False),
            text=row["text"], pings=form.pinged(row["text"], row["blocks"]),
        )  # fmt: skip


def _no(word: str, **more: Any) -> Refusal:
    """A refusal, as Slack says it: with a 200."""
    return Refusal(200, {"ok": False, "error": word, **more})


def _shown(row: Row, *, metadata: bool) -> Row:
    shown = {
        key: value
        for key, value in row.items()
        if key not in ("channel", "broadcast") and (metadata or key != "metadata")
    }
    return shown | ({"subtype": "thread_broadcast"} if row.get("broadcast") else {})


def _between(asked: Asked, rows: list[Row]) -> list[Row]:
    oldest, latest = float(asked.query.get("oldest", "0")), float(asked.query.get("latest", "inf"))
    inclusive = asked.query.get("inclusive") in ("true", "1")
    times = [(one, float(one["ts"])) for one in rows]
    return [one for one, at in times if oldest < at < latest or (inclusive and at in (oldest, latest))]


def _page(asked: Asked, rows: list[Row]) -> Row:
    """One page of a listing, with the cursor of the next one."""
    limit = min(max(int(asked.query.get("limit", "100")), 1), 999)
    start = int(asked.query.get("cursor", "0") or 0)
    shown = rows[start : start + limit]
    metadata = asked.query.get("include_all_metadata") in ("true", "1")
    more = start + limit < len(rows)
    return {
        "ok": True,
        "messages": [_shown(one, metadata=metadata) for one in shown],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }
