"""The pretended Slack: refusals with a 200, threads, limits, history, and the webhook."""

from typing import Any

import pytest

from deskhand.sandbox import Sandbox
from deskhand.sandbox.exchange import Request, Response, Row, dumps
from deskhand.sandbox.services.slack import HOOK, TOKEN


@pytest.fixture
def sandbox() -> Sandbox:
    """A sandbox of its own."""
    return Sandbox()


def _ask(sandbox: Sandbox, method: str, body: Row | None = None, *, token: str = TOKEN, **query: str) -> Any:
    url = f"{sandbox.services.slack.url}/api/{method}" + (
        "?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""
    )
    headers = {"authorization": f"Bearer {token}"} if token else {}
    verb = "POST" if body is not None else "GET"
    answer = sandbox.handle(
        Request.of(verb, url, headers=headers, body=dumps(body).encode() if body is not None else b"")
    )
    return answer.json() | {"status": answer.status}


def _post(sandbox: Sandbox, **body: Any) -> Any:
    return _ask(sandbox, "chat.postMessage", {"channel": "C0SUPPORT", "text": "hello"} | body)


def _hook(sandbox: Sandbox, body: bytes, path: str = HOOK) -> Response:
    return sandbox.handle(Request.of("POST", f"{sandbox.services.slack.url}{path}", body=body))


def test_a_post_has_a_time_stamp_of_its_own(sandbox: Sandbox) -> None:
    """The log has it with whom it pings."""
    one, two = (
        _post(sandbox, text="<!here> a"),
        _post(sandbox, channel="#support", metadata={"event_type": "x", "event_payload": {"key": "k2"}}),
    )

    assert (one["ok"], one["channel"], one["status"]) == (True, "C0SUPPORT", 200)
    assert one["ts"] != two["ts"]
    assert [(effect.key, effect.facts["pings"]) for effect in sandbox.services.slack.of("post")] == [
        (one["ts"], ["here"]),
        ("k2", []),
    ]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
        ({"channel": ""}, "channel_not_found"),
        ({"channel": "lobby"}, "not_in_channel"),
        ({"text": ""}, "no_text"),
        ({"blocks": [{"type": "poem"}]}, "invalid_blocks"),
        (
            {"blocks": [{"type": "section", "text": {"type": "plain_text", "text": "a" * 2900}}] * 5},
            "msg_blocks_too_long",
        ),
        ({"metadata": {"event_type": 1}}, "invalid_metadata_format"),
    ],
)
def test_a_refusal_is_a_200(sandbox: Sandbox, change: Row, word: str) -> None:
    """With `ok: false`, and a word."""
    answer = _post(sandbox, **change)

    assert (answer["status"], answer["ok"], answer["error"]) == (200, False, word)
    assert sandbox.services.slack.log == []


def test_who_may_not_is_told_why(sandbox: Sandbox) -> None:
    """No token, a wrong one, a missing scope, a private channel, an archived one, a method that there is not."""
    slack = sandbox.services.slack
    assert _ask(sandbox, "auth.test", token="")["error"] == "not_authed"
    assert _ask(sandbox, "auth.test", token="xoxb-old")["error"] == "invalid_auth"
    assert _ask(sandbox, "auth.test")["ok"]
    assert _ask(sandbox, "chat.sing", {})["error"] == "unknown_method"
    slack.told(
        {"scopes": ["chat:write"], "channels": {"C0SUPPORT": {"archived": True}, "C0LEADERSHIP": {"member": False}}}
    )
    refused = _ask(sandbox, "conversations.history", channel="C0INCIDENTS")
    assert (refused["error"], refused["needed"]) == ("missing_scope", "channels:history")
    assert _post(sandbox)["error"] == "is_archived"
    assert _post(sandbox, channel="C0LEADERSHIP")["error"] == "channel_not_found"
    with pytest.raises(ValueError, match="takes scopes"):
        slack.told({"moon": 1})


def test_a_reply_is_in_the_thread_of_its_headline(sandbox: Sandbox) -> None:
    """It is seen in the channel only where that is asked for."""
    head = _post(sandbox)["ts"]
    quiet, loud = _post(sandbox, thread_ts=head)["ts"], _post(sandbox, thread_ts=head, reply_broadcast=True)["ts"]

    replies = _ask(sandbox, "conversations.replies", channel="C0SUPPORT", ts=head)["messages"]
    history = _ask(sandbox, "conversations.history", channel="C0SUPPORT")["messages"]

    assert [one["ts"] for one in replies] == [head, quiet, loud]
    assert [one["ts"] for one in history] == [loud, head]
    assert history[0]["subtype"] == "thread_broadcast"


def test_a_reply_to_what_is_gone_becomes_a_headline_without_a_word(sandbox: Sandbox) -> None:
    """Only its answer shows it: it has no thread."""
    head = _post(sandbox)["ts"]
    sandbox.services.slack.told({"delete": head})

    answer = _post(sandbox, thread_ts=head)

    assert answer["ok"]
    assert "thread_ts" not in answer["message"]
    assert _ask(sandbox, "conversations.replies", channel="C0SUPPORT", ts=head)["error"] == "thread_not_found"
    assert (
        _ask(sandbox, "chat.update", {"channel": "C0SUPPORT", "ts": head, "text": "x"})["error"] == "message_not_found"
    )


def test_an_update_changes_the_words_and_not_the_time_stamp(sandbox: Sandbox) -> None:
    """Of one's own messages."""
    slack, head = sandbox.services.slack, _post(sandbox)["ts"]

    assert _ask(sandbox, "chat.update", {"channel": "C0SUPPORT", "ts": head, "text": "new"})["ok"]
    assert [one["text"] for one in slack.headlines("C0SUPPORT")] == ["new"]
    slack.posts[0]["bot_id"] = "B0OTHER"
    assert (
        _ask(sandbox, "chat.update", {"channel": "C0SUPPORT", "ts": head, "text": "x"})["error"]
        == "cant_update_message"
    )


def test_history_is_listed_in_pages_and_between_times(sandbox: Sandbox) -> None:
    """Metadata is shown to those who ask for it."""
    stamps = []
    for number in range(5):
        sandbox.clock.advance(1)
        stamps.append(_post(sandbox, metadata={"event_type": "x", "event_payload": {"key": str(number)}})["ts"])

    first = _ask(sandbox, "conversations.history", channel="C0SUPPORT", limit="3", include_all_metadata="true")
    second = _ask(
        sandbox,
        "conversations.history",
        channel="C0SUPPORT",
        limit="3",
        cursor=first["response_metadata"]["next_cursor"],
    )
    exact = _ask(
        sandbox, "conversations.history", channel="C0SUPPORT", oldest=stamps[2], latest=stamps[2], inclusive="true"
    )

    assert [one["metadata"]["event_payload"]["key"] for one in first["messages"]] == ["4", "3", "2"]
    assert [one["ts"] for one in second["messages"]] == stamps[1::-1]
    assert "metadata" not in second["messages"][0]
    assert not second["has_more"]
    assert [one["ts"] for one in exact["messages"]] == [stamps[2]]
    assert len(_ask(sandbox, "conversations.history", channel="C0SUPPORT", oldest=stamps[2])["messages"]) == 2


def test_too_many_posts_are_told_to_wait(sandbox: Sandbox) -> None:
    """With a 429 and the header, each channel by itself."""
    answers = [_post(sandbox)["status"] for _ in range(16)]

    assert answers == [200] * 15 + [429]
    assert _post(sandbox, channel="C0INCIDENTS")["ok"]
    assert len(sandbox.services.slack.log) == 16


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        (HOOK, b'{"text": "a"}', 200, b"ok"),
        (HOOK, b"text", 400, b"invalid_payload"),
        (HOOK, b'{"x": 1}', 400, b"no_text"),
        (HOOK, b'{"text": "a", "blocks": [{"type": "poem"}]}', 400, b"invalid_blocks"),
        (HOOK + "x", b'{"text": "a"}', 403, b"invalid_token"),
        ("/hooks/T1/B1/x", b'{"text": "a"}', 404, b"no_service"),
    ],
)
def test_the_webhook_answers_in_plain_text(sandbox: Sandbox, path: str, body: bytes, status: int, said: bytes) -> None:
    """As it does."""
    answer = _hook(sandbox, body, path)

    assert (answer.status, answer.body) == (status, said)


def test_the_webhooks_channel_may_be_archived_or_busy(sandbox: Sandbox) -> None:
    """410 and 429."""
    assert [_hook(sandbox, b'{"text": "a"}').status for _ in range(16)] == [200] * 15 + [429]
    sandbox.services.slack.told({"channels": {"C0INCIDENTS": {"archived": True}}})
    assert _hook(sandbox, b'{"text": "a"}').status == 410
