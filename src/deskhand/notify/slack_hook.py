"""Slack's incoming webhook: one address, one channel, and no way back. It answers in plain text, can thread nothing, and tells no time stamp."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from deskhand import logs
from deskhand.core.ladder import Channel
from deskhand.core.message import Message, Receipt, Sent
from deskhand.core.plain import line
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, Transient, Unknown
from deskhand.http.service import Answer, ServiceSession
from deskhand.notify import slack_blocks as form

SHARES: Final = (1.0, 0.5, 0.0)
"""How much of a message is tried in turn where Slack refuses its blocks; nothing of it: the words of `text` alone."""
_FORM: Final = frozenset({"invalid_payload", "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "no_text", "rich_text_conversion_failed"})  # fmt: skip
_NEW: Final = "the hook is gone: make a new one in Slack and give its address in {setting}"
_HINTS: Final[Mapping[str, str]] = {
    "invalid_token": _NEW,
    "no_service": _NEW,
    "no_service_id": _NEW,
    "no_active_hooks": _NEW,
    "no_team": "the workspace is gone: give another hook in {setting}",
    "team_disabled": "the workspace is switched off: give another hook in {setting}",
    "action_prohibited": "an admin of the workspace does not let the hook post there: ask them, or give another hook in {setting}",
    "posting_to_general_channel_denied": "hooks may not post to #general there: give one of another channel in {setting}",
    "channel_not_found": "the hook's channel is gone: give one of another channel in {setting}",
    "channel_is_archived": "the hook's channel is archived: unarchive it, or give one of another channel in {setting}",
    "user_not_found": "whoever the hook wrote to is gone: give another hook in {setting}",
}

log = logs.get(__name__)


class SlackHook:
    """The channel behind one incoming webhook. The address is the secret, so it is in no error and no log."""

    service: Final = "slack_hook"
    again: Final = "accept"

    def __init__(self, channel: Channel, session: ServiceSession, now: Callable[[], datetime]) -> None:
        """`session` speaks to the hook's whole address, as a secret one."""
        self._channel, self._session, self._now = channel, session, now

    @property
    def name(self) -> str:
        """Its name in the policies."""
        return self._channel.name

    def carries(self, message: Message) -> bool:
        """Pages, tellings and their ends; the public page and issues are for others."""
        return message.verb in ("page", "tell", "close")

    def send(self, message: Message, earlier: Sequence[Sent]) -> Receipt:  # noqa: ARG002 - a hook knows of nothing before
        """Post it whole. Where Slack refuses the blocks, with fewer, and in the end with none."""
        mention = self._channel.options.get("mention", "") if message.verb == "page" else ""
        text = form.glance(message, mention)
        for share in SHARES:
            body: dict[str, Any] = {"text": text, "unfurl_links": False, "unfurl_media": False}
            if share:
                body["blocks"] = form.blocks(message, mention=mention, share=share)
            error = self._meaning(self._session.call("POST", "", body=body))
            if error is None:
                return Receipt(message.key)
            if not (isinstance(error, Rejected) and error.code in _FORM and share):
                raise error
            log.warning("blocks_refused", channel=self.name, reason=str(error))
        raise AssertionError("the last share is tried without blocks")

    def find(self, message: Message, earlier: Sequence[Sent]) -> Receipt | None:  # noqa: ARG002 - the port's own signature
        """Never anything: a hook can only post."""
        return None

    def _meaning(self, answer: Answer) -> DeskError | None:
        """The error that an answer is, or None for the one success: 200 and the word ok."""
        word = line(answer.text)[:60]
        said = f"Slack's webhook of channel '{self.name}'"
        if 200 <= answer.status < 300:
            lost = Unknown(f"{said}: {answer.status}, but not with the word ok", status=answer.status, hint=_SETTLED)
            return None if word == "ok" else lost
        if answer.status == 429:
            wait = answer.retry_after(self._now())
            return RateLimited(
                f"{said}: 429, wait {wait:.0f} s",
                retry_after=wait,
                hint="Nothing to do: it is sent when Slack takes messages again.",
            )
        if answer.status == 503:
            return Transient(f"{said}: 503", status=503, hint=_SETTLED)
        if answer.status >= 500:
            return Unknown(f"{said}: {answer.status}", status=answer.status, hint=_SETTLED)
        return self._refused(answer.status, word, f"{said}: {answer.status} {word or 'without a reason'}")

    def _refused(self, status: int, word: str, said: str) -> Rejected:
        setting = f"DESKHAND_SLACK_HOOK_URL{f'_{self._channel.key}' if self._channel.key else ''}"
        if word in _FORM:
            return Rejected(
                said, status=status, code=word, hint="Slack refused the form; `deskhand outbox show` has it."
            )
        hint = _HINTS.get(word, "check the address in {setting}").format(setting=setting)
        return AccessRefused(said, status=status, code=word, hint=hint[:1].upper() + hint[1:] + ".")


_SETTLED: Final = "Nothing to do: a page is sent again. If it lasts, look at status.slack.com."
