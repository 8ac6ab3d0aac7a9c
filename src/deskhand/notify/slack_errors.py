"""What Slack's refusals mean. Its Web API answers 200 to them, with `ok: false` and a word; each word leads to one of our errors, and to what to mend."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from deskhand.core.ladder import Channel
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, Transient, Unknown
from deskhand.http.service import Answer

RATE: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
NOT_DONE: Final = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
"""Slack says that nothing was done, and that it may work later."""
MAYBE_DONE: Final = frozenset({"fatal_error", "internal_error"})
"""Slack says that some of it may have been done."""
TOKEN: Final = frozenset({
    "not_authed", "invalid_auth", "token_expired", "token_revoked", "account_inactive", "no_permission", "missing_scope", "ekm_access_denied",
    "org_login_required", "team_access_not_granted", "access_denied", "not_allowed_token_type", "enterprise_is_restricted", "two_factor_setup_required",
})  # fmt: skip
"""The token is wrong, or may not do it."""
PLACE: Final[Mapping[str, str]] = {
    "channel_not_found": "give the channel's id in `place` (About, at the bottom of the channel's details), and invite the app to it if it is private",
    "not_in_channel": "invite the app into the channel: /invite @its-name",
    "is_archived": "unarchive the channel, or name another one in `place`",
    "restricted_action": "let the app post there (the channel's posting permissions), or name another channel in `place`",
    "restricted_action_read_only_channel": "name a channel in `place` that is not read-only",
    "restricted_action_thread_only_channel": "name a channel in `place` that takes more than replies",
    "restricted_action_thread_locked": "unlock the thread, or name another channel in `place`",
    "restricted_action_non_threadable_channel": "name a channel in `place` that has threads",
    "channel_type_not_supported": "name an ordinary channel in `place`",
    "user_is_bot": "name a channel in `place`, not a bot",
    "messages_tab_disabled": "name a channel in `place`, or switch the app's messages tab on",
    "team_not_found": "check the workspace of the channel in `place`",
}
"""The place is wrong, with what to do about it."""
FORM: Final = frozenset({
    "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "block_mismatch", "cannot_parse_attachment",
})  # fmt: skip
"""Our own rendering was refused: simpler words may get through."""
NO_THREAD: Final = frozenset({"thread_not_found", "cannot_reply_to_message", "message_not_found"})
"""The headline is gone."""
NO_UPDATE: Final = NO_THREAD | {"cant_update_message", "edit_window_closed", "update_failed", "is_inactive"}


def meaning(answer: Answer, channel: Channel, method: str, now: datetime, *, reads: bool = False) -> DeskError | None:
    """The error that an answer of the Web API is, or None where it is a success. `reads`: the call changes nothing, so nothing can be half done."""
    said = f"Slack {method} for channel '{channel.name}'"
    maybe: type[DeskError] = Transient if reads else Unknown
    if answer.status == 429:
        wait = answer.retry_after(now)
        return RateLimited(f"{said}: 429, wait {wait:.0f} s", retry_after=wait, hint=_WAITS)
    if answer.status == 503:
        return Transient(f"{said}: 503", status=503, hint=_LASTS)
    if answer.status >= 500:
        return maybe(f"{said}: {answer.status}", status=answer.status, hint=_LASTS)
    if not 200 <= answer.status < 300:
        return Rejected(
            f"{said}: {answer.status}, which is no answer of Slack's",
            status=answer.status,
            hint="Check DESKHAND_SLACK_URL.",
        )
    body = answer.json()
    if body.get("ok") is True:
        return None
    word = body.get("error")
    if not isinstance(word, str) or not word:
        return maybe(
            f"{said}: {answer.status} with something that is no answer of Slack's",
            status=answer.status,
            hint=f"Check DESKHAND_SLACK_URL. {_LASTS}",
        )
    return _refused(word[:60], body, channel, said, answer.retry_after(now), maybe)


_WAITS: Final = "Nothing to do: it is sent when Slack takes messages again."
_LASTS: Final = "Nothing to do: it is settled and tried again. If it lasts, look at status.slack.com."


def _refused(  # noqa: PLR0917 - what is known of one answer
    word: str, body: Mapping[str, Any], channel: Channel, said: str, wait: float, maybe: type[DeskError]
) -> DeskError:
    setting = f"DESKHAND_SLACK_TOKEN{f'_{channel.key}' if channel.key else ''}"
    if word in RATE:
        return RateLimited(f"{said}: {word}", retry_after=wait, status=200, hint=_WAITS)
    if word in NOT_DONE:
        return Transient(f"{said}: {word}", status=200, hint=_LASTS)
    if word in MAYBE_DONE:
        return maybe(f"{said}: {word}", status=200, hint=_LASTS)
    if word in TOKEN:
        needed = body.get("needed")
        lack = f" (it needs the scope {needed})" if word == "missing_scope" and isinstance(needed, str) else ""
        return AccessRefused(
            f"{said}: {word}{lack}",
            status=200,
            code=word,
            hint=f"Give {setting} a bot token of an app that is installed and may do this.",
        )
    if word in PLACE:
        hint = f"Channel '{channel.name}' of the policies, place '{channel.place}': {PLACE[word]}."
        return Rejected(f"{said}: {word}", status=200, code=word, hint=hint)
    if word == "unknown_method":
        hint = "Check DESKHAND_SLACK_URL: it is https://slack.com/api, and no method stands behind it."
        return Rejected(f"{said}: {word}", status=200, code=word, hint=hint)
    detail = "; ".join(str(one) for one in _list(body.get("errors"))[:3])
    hint = f"Read what Slack says of '{word}', then `deskhand outbox retry`; the channel is '{channel.name}' of the policies."
    return Rejected(
        f"{said}: {word}{f' ({detail[:200]})' if detail else ''}", status=200, code=word, detail=detail, hint=hint
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
