"""Slack's incoming webhook: plain-text answers, and an address that is a secret."""

import json
from typing import Any

import pytest
import requests

from deskhand.core.ladder import Channel
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, Transient, Unknown
from deskhand.http.service import ServiceSession
from deskhand.notify.slack_blocks import kept
from deskhand.notify.slack_hook import SlackHook
from deskhand.sandbox import Sandbox
from tests.http.canned import Canned, answer
from tests.notify import spoken
from tests.notify.carried import Carrier
from tests.notify.spoken import NOW, PAGE, page

ADDRESS = "https://hooks.slack.example/services/T0/B0/topsecret"


def _hook(canned: Canned, **options: str) -> SlackHook:
    session = ServiceSession(ADDRESS, setting="DESKHAND_SLACK_HOOK_URL", mount=canned, secret_url=True)
    return SlackHook(Channel("chat", "slack_hook", key="EMEA", options=options), session, lambda: NOW)


def _bodies(canned: Canned) -> list[dict[str, Any]]:
    return [json.loads(one.body or b"{}") for one in canned.asked]


def test_each_message_is_whole() -> None:
    """There is no thread to look into: title, what to do, the brief, and the people that the policy names."""
    canned = Canned([answer(200, b"ok")])

    receipt = _hook(canned, mention="here").send(PAGE, ())

    body = _bodies(canned)[0]
    assert receipt.ref == PAGE.key
    assert body["text"].startswith("<!here> P1 #4711")
    assert kept(body["blocks"])
    assert canned.asked[0].url == ADDRESS


def test_refused_blocks_are_sent_in_a_simpler_form() -> None:
    """Half of them, then none."""
    canned = Canned([answer(400, b"invalid_blocks"), answer(400, b"invalid_payload"), answer(200, b"ok")])

    _hook(canned).send(spoken.saying("long " * 900), ())

    assert ["blocks" in body for body in _bodies(canned)] == [True, True, False]


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (400, "invalid_token", AccessRefused),
        (403, "invalid_token", AccessRefused),
        (403, "action_prohibited", AccessRefused),
        (403, "posting_to_general_channel_denied", AccessRefused),
        (404, "channel_not_found", AccessRefused),
        (404, "no_service", AccessRefused),
        (404, "no_active_hooks", AccessRefused),
        (404, "no_team", AccessRefused),
        (404, "team_disabled", AccessRefused),
        (410, "channel_is_archived", AccessRefused),
        (400, "never heard of", AccessRefused),
        (302, "", AccessRefused),
        (429, "rate_limited", RateLimited),
        (500, "rollup_error", Unknown),
        (502, "<html>", Unknown),
        (503, "", Transient),
        (200, "<html>please wait</html>", Unknown),
        (200, "", Unknown),
        (204, "", Unknown),
        (200, '{"ok":true}', Unknown),
    ],
)
def test_each_answer_has_a_meaning(status: int, text: str, kind: type[DeskError]) -> None:
    """What is wrong for good names the setting; only 200 and ok is a success."""
    canned = Canned([answer(status, text.encode(), {"Retry-After": "7"})])

    with pytest.raises(DeskError) as error:
        _hook(canned).send(PAGE, ())

    assert type(error.value) is kind
    assert error.value.hint
    assert len(canned.asked) == 1
    if kind is AccessRefused:
        assert "DESKHAND_SLACK_HOOK_URL_EMEA" in error.value.hint
    if isinstance(error.value, RateLimited):
        assert error.value.retry_after == 7


def test_a_message_that_is_refused_in_every_form_is_refused() -> None:
    """After three calls, with Slack's word."""
    canned = Canned([answer(400, b"invalid_payload")] * 3)

    with pytest.raises(Rejected, match="invalid_payload"):
        _hook(canned).send(PAGE, ())
    assert len(canned.asked) == 3


def test_no_error_holds_the_address() -> None:
    """S1: its path is the secret."""
    for trouble in (
        requests.ReadTimeout(ADDRESS),
        requests.ConnectTimeout(ADDRESS),
        answer(404, b"no_service"),
        answer(500),
    ):
        with pytest.raises(DeskError) as error:
            _hook(Canned([trouble])).send(PAGE, ())
        assert "topsecret" not in f"{error.value} {error.value.hint}"


def test_a_hook_cannot_be_asked_what_it_posted() -> None:
    """So a page whose answer was lost is sent again, and everything else is not."""
    hook = _hook(Canned())

    assert (hook.again, hook.find(PAGE, ()), hook.service, hook.name) == ("accept", None, "slack_hook", "chat")
    assert [hook.carries(page(verb=verb)) for verb in ("page", "tell", "close", "publish", "file")] == [True] * 3 + [
        False
    ] * 2


POSTS = "/services/slack/hooks/*"


def _carrier(sandbox: Sandbox, *faults: dict[str, Any]) -> Carrier:
    """Whoever carries messages by the hook of the pretended Slack."""
    for fault in faults:
        sandbox.faults.add({"path": POSTS, **fault})
    address = sandbox.services.settings(sandbox.url)["DESKHAND_SLACK_HOOK_URL"]
    session = ServiceSession(address, setting="DESKHAND_SLACK_HOOK_URL", mount=sandbox.adapter(), secret_url=True)
    return Carrier(sandbox, SlackHook(Channel("chat", "slack_hook"), session, sandbox.clock.now))


def _keys(sandbox: Sandbox) -> list[str]:
    return [effect.facts["text"] for effect in sandbox.services.slack.of("post")]


@pytest.mark.parametrize(("verb", "posts"), [("page", 2), ("tell", 1)])
def test_slack_hook_timeout_after_commit(verb: str, posts: int) -> None:
    """A page is rather posted twice than never; a telling is left, since it may be there."""
    sandbox = Sandbox()

    _carrier(sandbox, {"kind": "timeout_after_commit", "count": 1}).carry(page(verb=verb))

    assert len(_keys(sandbox)) == posts


@pytest.mark.parametrize(("verb", "posts"), [("page", 1), ("tell", 0)])
def test_slack_hook_timeout_before_commit(verb: str, posts: int) -> None:
    """The same lost answer, from where we stand."""
    sandbox = Sandbox()

    _carrier(sandbox, {"kind": "timeout_before_commit", "count": 1}).carry(page(verb=verb))

    assert len(_keys(sandbox)) == posts


def test_slack_hook_429() -> None:
    """Nothing was posted, so even a telling is sent again, when its time has come."""
    sandbox = Sandbox()
    carrier = _carrier(sandbox, {"kind": "status", "status": 429, "headers": {"retry-after": "17"}, "count": 1})

    assert carrier.carry(page(verb="tell"))
    assert len(_keys(sandbox)) == 1


@pytest.mark.parametrize("words", spoken.HOSTILE, ids=range(len(spoken.HOSTILE)))
def test_slack_hook_pings_nobody_by_what_people_wrote(words: str) -> None:
    """S2: it is taken as it is, and no blocks are refused."""
    sandbox = Sandbox()

    assert _carrier(sandbox).carry(spoken.saying(words))
    assert [effect.facts["pings"] for effect in sandbox.services.slack.log] == [[]]
    assert {status for (_, _, status) in sandbox.services.slack.calls} == {200}
