"""A signed webhook of one's own: Grafana IRM, GoAlert, n8n, a relay to Teams, or a script.

`POST` of one JSON object: `id, type, occurred_at, ticket, incident, severity, rung, text, links, drill`. `Idempotency-Key` is the message's key, the same at
every try, as is every byte of the body. `X-Signature` is `v1=` and the HMAC-SHA256 of the raw body in hex; while a secret is being changed there are two
of them, separated by a comma, and one that fits is enough.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from deskhand.core.brief_note import brief_note
from deskhand.core.ladder import Channel
from deskhand.core.message import Message, Receipt, Sent
from deskhand.core.plain import cut, line, plain, short
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, SettingsError, Transient, Unknown
from deskhand.http.service import Answer, ServiceSession

TEXT: Final = 16_000
"""Characters of `text`."""
LONGEST_LINK: Final = 2_000
DRILL: Final = "drill"
"""The label of what only practises."""
_PAGE: Final = "The receiver should answer with JSON, with a word, or with nothing; look at proxies before it."
_SETTLED: Final = "Nothing to do: the same message is sent again with the same Idempotency-Key."


class Webhook:
    """One receiver of signed messages. Which host it is says the setting alone, never a ticket and never an answer."""

    service: Final = "webhook"
    again: Final = "safe"

    def __init__(self, channel: Channel, session: ServiceSession, secret: str, now: Callable[[], datetime]) -> None:
        """`secret` may hold the new secret and the old one, with a space between them. Raises SettingsError for none, and for more than two."""
        self._channel, self._session, self._now = channel, session, now
        self._suffix = f"_{channel.key}" if channel.key else ""
        self._secrets = [one.encode() for one in secret.split()]
        if not 1 <= len(self._secrets) <= 2:
            raise SettingsError(
                f"DESKHAND_WEBHOOK_SECRET{self._suffix} holds {len(self._secrets)} secrets",
                hint="Give one; or, while it is changed, the new and the old one with a space between them.",
            )

    @property
    def name(self) -> str:
        """Its name in the policies."""
        return self._channel.name

    def carries(self, message: Message) -> bool:
        """All but public words, which are for the status page alone."""
        return message.verb != "publish"

    def send(self, message: Message, earlier: Sequence[Sent]) -> Receipt:  # noqa: ARG002 - the receiver joins by `incident`
        """Post it, signed."""
        raw = json.dumps(envelope(message), separators=(",", ":"), sort_keys=True).encode()
        headers = {"Idempotency-Key": message.key, "X-Signature": signature(raw, self._secrets)}
        answer = self._session.call("POST", "", raw=raw, headers=headers)
        error = self._meaning(answer)
        if error is not None:
            raise error
        return Receipt(_id(answer) or message.key)

    def find(self, message: Message, earlier: Sequence[Sent]) -> Receipt | None:  # noqa: ARG002 - the port's own signature
        """Never anything: a receiver is only told."""
        return None

    def _meaning(self, answer: Answer) -> DeskError | None:
        """The error that an answer is, or None for a success. 409 is an earlier try of the same key that is still being worked on."""
        status, said = answer.status, f"webhook of channel '{self.name}': {answer.status}"
        if 200 <= status < 300 and answer.body.lstrip()[:1] != b"<":
            return None
        if 200 <= status < 300:
            return Unknown(
                f"{said} with a web page, so something in between may have answered", status=status, hint=_PAGE
            )
        if status == 429 or (status == 503 and "retry-after" in answer.headers):
            wait = answer.retry_after(self._now())
            return RateLimited(said, retry_after=wait, status=status, hint="Nothing to do: the receiver asked to wait.")
        if status in (408, 409, 423, 425, 503):
            return Transient(said, status=status, hint=_SETTLED)
        if status >= 500:
            return Unknown(said, status=status, hint=_SETTLED)
        return self._refused(status, said)

    def _refused(self, status: int, said: str) -> Rejected:
        url, secret = f"DESKHAND_WEBHOOK_URL{self._suffix}", f"DESKHAND_WEBHOOK_SECRET{self._suffix}"
        if status in (401, 403):
            return AccessRefused(
                f"{said}, the signature was refused",
                status=status,
                hint=f"Give the receiver and {secret} the same secret.",
            )
        if 300 <= status < 400:
            return Rejected(
                f"{said}, a redirect, which is not followed", status=status, hint=f"Give the last address in {url}."
            )
        if status in (404, 405, 410):
            return Rejected(f"{said}, nobody takes messages there", status=status, hint=f"Check {url}.")
        hint = f"The receiver refuses what it was sent: look at its own log, and at `deskhand outbox show`; its address is in {url}."
        return Rejected(said, status=status, hint=hint)


def signature(raw: bytes, secrets: Sequence[bytes]) -> str:
    """The value of `X-Signature`: one signature for each secret."""
    return ",".join("v1=" + hmac.new(secret, raw, hashlib.sha256).hexdigest() for secret in secrets)


def envelope(message: Message) -> dict[str, Any]:
    """The message as its receiver reads it: the same for the same message, whenever it is sent."""
    notice = message.notice
    ticket = [{"text": f"Ticket {message.ticket_id}", "url": notice.url}] if notice.url else []
    links = [{"text": short(one.text, 200), "url": one.url} for one in notice.links[:20] if _opens(one.url)]
    return {
        "id": message.key,
        "type": message.verb,
        "occurred_at": message.at.isoformat(),
        "ticket": message.ticket_id,
        "incident": message.thread,
        "severity": message.severity,
        "rung": message.rung + 1 if message.rung >= 0 else None,
        "text": cut(_text(message), TEXT),
        "links": [*ticket, *links],
        "drill": DRILL in notice.labels,
    }


def _opens(url: str) -> bool:
    """Whether it is an address that a browser opens: the receiver may make a link of it."""
    clean = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_LINK
    return clean and url.startswith(("https://", "http://"))


def _text(message: Message) -> str:
    notice = message.notice
    facts = "\n".join(f"{short(label, 200)}: {short(value, 1_000)}" for label, value in notice.facts)
    brief = brief_note(notice.brief) if notice.brief is not None else ""
    return "\n\n".join(
        one for one in (short(notice.title, 500), short(notice.text, TEXT, lines=True), facts, plain(brief)) if one
    )


def _id(answer: Answer) -> str:
    """What the receiver calls it, where it says so."""
    found = answer.json().get("id")
    return cut(line(found), 200) if isinstance(found, str) else ""
