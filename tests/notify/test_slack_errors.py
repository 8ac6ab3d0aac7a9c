"""Every refusal of Slack's leads to one of our errors, and to what to mend."""

import json

import pytest

from deskhand.core.ladder import Channel
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, Transient, Unknown
from deskhand.http.service import Answer
from deskhand.notify.slack_errors import FORM, MAYBE_DONE, NOT_DONE, PLACE, RATE, TOKEN, meaning
from tests.notify.spoken import NOW

CHANNEL = Channel("chat", "slack", "C0SUPPORT", key="EMEA")


def _meaning(status: int, body: object, *, reads: bool = False, **headers: str) -> DeskError | None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = {name.replace("_", "-"): value for name, value in headers.items()}
    return meaning(Answer(status, found, raw), CHANNEL, "chat.postMessage", NOW, reads=reads)


@pytest.mark.parametrize(
    ("words", "kind"),
    [(RATE, RateLimited), (NOT_DONE, Transient), (MAYBE_DONE, Unknown), (TOKEN, AccessRefused), (PLACE, Rejected), (FORM, Rejected)],
)  # fmt: skip
def test_a_refusal_with_status_200_is_an_error(words: frozenset[str], kind: type[DeskError]) -> None:
    """`ok: false` and a word, which the sentence names with the channel."""
    for word in words:
        error = _meaning(200, {"ok": False, "error": word})

        assert type(error) is kind, word
        assert word in str(error)
        assert "'chat'" in str(error)
        assert error.hint


def test_only_ok_is_ok() -> None:
    """`ok: true` is the one success."""
    assert _meaning(200, {"ok": True, "ts": "1.2"}) is None
    assert isinstance(_meaning(200, {"ok": "true", "error": "x"}), Rejected)


@pytest.mark.parametrize(
    ("status", "body", "kind", "read"),
    [
        (429, b"", RateLimited, RateLimited),
        (200, b"<html>please wait</html>", Unknown, Transient),
        (200, b"", Unknown, Transient),
        (200, b'{"ok": tr', Unknown, Transient),
        (200, [{"ok": True}], Unknown, Transient),
        (200, {}, Unknown, Transient),
        (204, b"", Unknown, Transient),
        (302, b"", Rejected, Rejected),
        (404, b"", Rejected, Rejected),
        (500, b"", Unknown, Transient),
        (502, b"", Unknown, Transient),
        (503, b"", Transient, Transient),
        (504, b"", Unknown, Transient),
    ],
)
def test_what_is_no_answer_of_slacks_is_never_a_success(
    status: int, body: object, kind: type[DeskError], read: type[DeskError]
) -> None:
    """A write may have been done where no one said that it was not; a read changes nothing."""
    assert type(_meaning(status, body)) is kind
    assert type(_meaning(status, body, reads=True)) is read


def test_how_long_to_wait_is_slacks_to_say() -> None:
    """The header, with a 429 and with a 200 that means one."""
    for error in (
        _meaning(429, b"", retry_after="17"),
        _meaning(200, {"ok": False, "error": "ratelimited"}, retry_after="17"),
    ):
        assert isinstance(error, RateLimited)
        assert error.retry_after == 17


def test_a_problem_of_the_settings_names_the_setting() -> None:
    """The token's, with the suffix of the channel's key; and the scope that it lacks."""
    error = _meaning(200, {"ok": False, "error": "missing_scope", "needed": "chat:write", "provided": "channels:read"})

    assert isinstance(error, AccessRefused)
    assert "it needs the scope chat:write" in str(error)
    assert "DESKHAND_SLACK_TOKEN_EMEA" in error.hint


def test_a_problem_of_the_place_names_the_channel_of_the_policies() -> None:
    """With what to do about it."""
    error = _meaning(200, {"ok": False, "error": "not_in_channel"})

    assert isinstance(error, Rejected)
    assert (
        error.hint
        == "Channel 'chat' of the policies, place 'C0SUPPORT': invite the app into the channel: /invite @its-name."
    )


def test_an_unheard_of_refusal_is_a_refusal() -> None:
    """With its word as the code, and what Slack says of it."""
    error = _meaning(200, {"ok": False, "error": "new_thing", "errors": ["must be less than 3001 characters"]})

    assert isinstance(error, Rejected)
    assert (error.code, error.detail) == ("new_thing", "must be less than 3001 characters")
    assert "new_thing" in error.hint
