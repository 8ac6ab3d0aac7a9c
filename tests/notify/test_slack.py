"""Slack's Web API: one headline for each matter, its thread, and what to do about lost answers."""

import contextlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.core.ladder import Channel
from deskhand.core.message import Message, Receipt, Sent
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, SettingsError, Transient, Unknown
from deskhand.http.service import ServiceSession
from deskhand.notify.slack import BURST, LATE, Slack
from deskhand.notify.slack_blocks import kept
from deskhand.sandbox import Sandbox
from deskhand.sandbox.options import Options
from tests.http.canned import Canned, answer
from tests.notify import spoken
from tests.notify.carried import Carrier
from tests.notify.spoken import NOW, PAGE, page
from tests.sandbox.listening import listening

HEADLINE = Sent("chat", "page", "C0SUPPORT/1795230245.000100", 1)
REPLY = Sent("chat", "page", "C0SUPPORT/1795230300.000100/1795230245.000100", 2)


class Talk:
    """A Slack channel over canned answers, with its own clock."""

    def __init__(self, *answers: tuple[int, bytes, dict[str, str]] | Exception, **options: str) -> None:
        self.canned = Canned(list(answers))
        self.now = NOW
        session = ServiceSession("https://slack.example/api", setting="DESKHAND_SLACK_URL", mount=self.canned)
        channel = Channel("chat", "slack", "C0SUPPORT", options=options)
        self.slack = Slack(channel, session, "xoxb-secret", self.time)

    def time(self) -> datetime:
        """What its clock shows."""
        return self.now

    @property
    def asked(self) -> list[str]:
        """The methods that were called."""
        return [str(one.url).partition("?")[0].rpartition("/")[2] for one in self.canned.asked]

    def body(self, number: int) -> dict[str, Any]:
        """What a call said."""
        found = json.loads(self.canned.asked[number].body or b"{}")
        assert isinstance(found, dict)
        return found


def _posted(ts: str, thread: str = "", channel: str = "C0SUPPORT") -> tuple[int, bytes, dict[str, str]]:
    return answer(
        200,
        {"ok": True, "channel": channel, "ts": ts, "message": {"ts": ts, **({"thread_ts": thread} if thread else {})}},
    )


def _refused(word: str) -> tuple[int, bytes, dict[str, str]]:
    return answer(200, {"ok": False, "error": word})


OK = answer(200, {"ok": True})


def test_the_first_message_of_a_matter_is_its_headline() -> None:
    """With the whole brief, the key as metadata, and nothing that Slack would look for in the words."""
    talk = Talk(_posted("1.5"), mention="U0ANN")

    receipt = talk.slack.send(PAGE, ())

    said = talk.body(0)
    assert receipt.ref == "C0SUPPORT/1.5"
    assert said["channel"] == "C0SUPPORT"
    assert said["metadata"] == {
        "event_type": "deskhand_message",
        "event_payload": {"key": PAGE.key, "thread": PAGE.thread},
    }
    assert said["text"].startswith("<@U0ANN> P1 #4711 Checkout down: Acknowledge")
    assert (said["parse"], said["link_names"], said["unfurl_links"], said["unfurl_media"]) == (
        "none",
        False,
        False,
        False,
    )
    assert kept(said["blocks"])
    assert "thread_ts" not in said
    assert talk.canned.asked[0].headers["Authorization"] == "Bearer xoxb-secret"


def test_the_next_message_goes_into_the_thread_and_renews_the_headline() -> None:
    """A page is shown in the channel too, since replies alone wake nobody; the headline is updated and not posted again."""
    talk = Talk(_posted("1795230300.000100", "1795230245.000100"), OK)

    receipt = talk.slack.send(page(key="k2", number=2, title="P1 #4711: second page"), [HEADLINE])

    assert receipt.ref == REPLY.ref
    assert talk.asked == ["chat.postMessage", "chat.update"]
    assert (talk.body(0)["thread_ts"], talk.body(0)["reply_broadcast"]) == ("1795230245.000100", True)
    assert kept(talk.body(0)["blocks"]) == []
    assert (talk.body(1)["channel"], talk.body(1)["ts"]) == ("C0SUPPORT", "1795230245.000100")
    assert talk.body(1)["blocks"][0]["text"]["text"] == "\U0001f6a8 P1 #4711: second page"


def test_a_telling_is_not_shouted_into_the_channel_and_pings_nobody() -> None:
    """Nobody has to answer it."""
    talk = Talk(_posted("3.0", "1.0"), OK, mention="here")

    talk.slack.send(page(verb="tell", number=2), [HEADLINE])

    assert talk.body(0)["reply_broadcast"] is False
    assert "<!here>" not in json.dumps([talk.body(0), talk.body(1)])


def test_replies_go_to_the_headline_and_not_to_the_last_reply() -> None:
    """Threads of threads do not exist."""
    talk = Talk(_posted("4.0", "1795230245.000100"), OK)

    talk.slack.send(page(number=3), [HEADLINE, REPLY])

    assert talk.body(0)["thread_ts"] == "1795230245.000100"


def test_the_brief_of_a_headline_stays_when_a_message_without_one_renews_it() -> None:
    """It is read back from the headline itself, which is our own post."""
    shown = {
        "ok": True,
        "messages": [
            {"ts": "1795230245.000100", "blocks": [{"type": "header"}, {"type": "divider", "block_id": "brief-0"}]}
        ],
    }
    talk = Talk(_posted("4.0", "1795230245.000100"), answer(200, shown), OK)

    talk.slack.send(page(verb="tell", number=2, brief=None), [HEADLINE])

    assert talk.asked == ["chat.postMessage", "conversations.history", "chat.update"]
    assert [one["type"] for one in talk.body(2)["blocks"]] == ["header", "rich_text", "divider", "context"]


@pytest.mark.parametrize(
    "trouble", [_refused("edit_window_closed"), _refused("ratelimited"), requests.ReadTimeout("x"), answer(500)]
)
def test_a_headline_that_cannot_be_renewed_is_no_reason_to_say_it_twice(trouble: Any) -> None:
    """The message is in the thread already."""
    talk = Talk(_posted("4.0", "1795230245.000100"), trouble)

    assert talk.slack.send(page(number=2), [HEADLINE]).ref == "C0SUPPORT/4.0/1795230245.000100"


def test_a_headline_that_somebody_deleted_is_posted_anew() -> None:
    """Slack makes a headline of the reply and does not say so; its answer has no thread, so the next one goes there."""
    talk = Talk(_posted("4.0"), OK)

    receipt = talk.slack.send(page(number=2), [HEADLINE])

    assert receipt.ref == "C0SUPPORT/4.0"
    assert talk.body(1)["ts"] == "4.0"
    assert kept(talk.body(1)["blocks"])


@pytest.mark.parametrize("word", ["thread_not_found", "cannot_reply_to_message"])
def test_a_thread_that_takes_no_replies_is_begun_anew(word: str) -> None:
    """The refusal is sure to have posted nothing."""
    talk = Talk(_refused(word), _posted("5.0"))

    assert talk.slack.send(page(number=2), [HEADLINE]).ref == "C0SUPPORT/5.0"
    assert "thread_ts" not in talk.body(1)


def test_refused_blocks_are_sent_in_a_simpler_form() -> None:
    """Half of them, then none: what has to be said is said."""
    talk = Talk(_refused("msg_blocks_too_long"), _refused("invalid_blocks"), _posted("1.5"))

    talk.slack.send(spoken.saying("long " * 900), ())

    sizes = [len(json.dumps(talk.body(number).get("blocks", ""))) for number in range(3)]
    assert sizes[0] > sizes[1] > sizes[2] == 2
    assert {talk.body(number)["text"] for number in range(3)} == {talk.body(0)["text"]}


def test_a_message_that_is_refused_in_every_form_is_refused() -> None:
    """After three calls, with Slack's word."""
    talk = Talk(*[_refused("invalid_blocks")] * 3)

    with pytest.raises(Rejected, match="invalid_blocks"):
        talk.slack.send(PAGE, ())
    assert len(talk.asked) == 3


def test_posts_leave_once_a_second_after_a_short_burst() -> None:
    """Nothing waits in here: the error says how long, and nothing was sent."""
    talk = Talk(*[_posted(f"{number}.0") for number in range(BURST + 1)])
    for _ in range(BURST):
        talk.slack.send(PAGE, ())

    with pytest.raises(RateLimited) as error:
        talk.slack.send(PAGE, ())

    assert error.value.retry_after == 1
    assert len(talk.asked) == BURST
    talk.now += timedelta(seconds=1)
    talk.slack.send(PAGE, ())


def test_a_429_is_kept_to_by_the_whole_channel() -> None:
    """The next message is not even tried before its time, and the burst begins anew after it."""
    talk = Talk(answer(429, headers={"Retry-After": "30"}), _posted("1.0"))

    with pytest.raises(RateLimited) as first:
        talk.slack.send(PAGE, ())
    talk.now += timedelta(seconds=29)
    with pytest.raises(RateLimited) as second:
        talk.slack.send(PAGE, ())

    assert (first.value.retry_after, second.value.retry_after) == (30, 1)
    assert len(talk.asked) == 1
    talk.now += timedelta(seconds=1)
    talk.slack.send(PAGE, ())


@pytest.mark.parametrize(
    "lost", [requests.ReadTimeout("x"), answer(500), _refused("internal_error"), answer(200, b"<html>")]
)
def test_a_lost_answer_is_not_known(lost: Any) -> None:
    """It may be posted, so it is looked for before it is sent again."""
    talk = Talk(lost)

    with pytest.raises(Unknown):
        talk.slack.send(PAGE, ())
    assert talk.slack.again == "ask"


def _row(ts: str, key: str, **more: str) -> dict[str, object]:
    return {"ts": ts, "metadata": {"event_type": "deskhand_message", "event_payload": {"key": key}}, **more}


def test_a_post_is_found_by_its_key() -> None:
    """Among what others wrote, over pages, since a little before it was decided."""
    others: list[Mapping[str, object]] = [
        {"ts": "7.0", "text": "hello"},
        _row("8.0", "other"),
        {"ts": "8.1", "metadata": "odd"},
    ]
    talk = Talk(
        answer(200, {"ok": True, "messages": others, "response_metadata": {"next_cursor": "more"}}),
        answer(200, {"ok": True, "messages": [_row("9.0", PAGE.key)]}),
    )

    found = talk.slack.find(PAGE, ())

    assert found is not None
    assert found.ref == "C0SUPPORT/9.0"
    assert "oldest=1795229645.000000" in str(talk.canned.asked[0].url)
    assert "include_all_metadata=true" in str(talk.canned.asked[0].url)
    assert "cursor=more" in str(talk.canned.asked[1].url)


def test_a_reply_is_looked_for_in_its_thread_and_then_in_the_channel() -> None:
    """It may have become a headline."""
    talk = Talk(_refused("thread_not_found"), answer(200, {"ok": True, "messages": [_row("9.0", PAGE.key)]}))

    found = talk.slack.find(PAGE, [HEADLINE])

    assert found is not None
    assert found.ref == "C0SUPPORT/9.0"
    assert talk.asked == ["conversations.replies", "conversations.history"]


def test_a_found_reply_knows_its_thread() -> None:
    """So that what follows goes to the same headline."""
    talk = Talk(answer(200, {"ok": True, "messages": [_row("9.0", PAGE.key, thread_ts="1795230245.000100")]}))

    found = talk.slack.find(PAGE, [HEADLINE])

    assert found is not None
    assert found.ref == "C0SUPPORT/9.0/1795230245.000100"


def test_what_slack_does_not_have_is_not_found_after_another_look() -> None:
    """A request that was given up may still be carried out: until then nobody can tell, and then it may be sent again."""
    nothing = answer(200, {"ok": True, "messages": []})
    talk = Talk(nothing, nothing)

    with pytest.raises(Transient, match="may still post it"):
        talk.slack.find(PAGE, ())
    talk.now += LATE

    assert talk.slack.find(PAGE, ()) is None


def test_a_post_that_was_made_again_is_waited_for_anew() -> None:
    """What was looked for in vain before it says nothing about it."""
    nothing = answer(200, {"ok": True, "messages": []})
    talk = Talk(nothing, _posted("4.0"), nothing)
    with pytest.raises(Transient):
        talk.slack.find(PAGE, ())
    talk.now += LATE
    talk.slack.send(PAGE, ())

    with pytest.raises(Transient, match="may still post it"):
        talk.slack.find(PAGE, ())


def test_an_app_that_may_not_read_history_accepts_a_second_post() -> None:
    """From then on nothing is asked, and the error names the scope."""
    talk = Talk(answer(200, {"ok": False, "error": "missing_scope", "needed": "channels:history"}))

    with pytest.raises(AccessRefused, match="channels:history"):
        talk.slack.find(PAGE, ())

    assert talk.slack.again == "accept"


@pytest.mark.parametrize("token", ["", "xoxb-…", "xoxb-1\n", "xoxb 1"])
def test_what_cannot_be_a_token_is_refused_at_the_start(token: str) -> None:
    """Before a page depends on it; the error names the setting and not its value."""
    session = ServiceSession("https://slack.example/api", setting="DESKHAND_SLACK_URL")

    with pytest.raises(SettingsError, match=r"DESKHAND_SLACK_TOKEN_EMEA is no token"):
        Slack(Channel("chat", "slack", "C0", key="EMEA"), session, token, lambda: NOW)


def test_public_words_and_issues_are_not_for_slack() -> None:
    """A public word is for the status page alone."""
    slack = Talk().slack

    assert [slack.carries(page(verb=verb)) for verb in ("page", "tell", "close", "publish", "file")] == [True] * 3 + [
        False
    ] * 2
    assert (slack.name, slack.service) == ("chat", "slack")


def test_no_error_holds_the_token() -> None:
    """S1: whatever comes back."""
    for trouble in (_refused("invalid_auth"), requests.ReadTimeout("xoxb-secret"), answer(200, b"xoxb-secret")):
        with pytest.raises((Unknown, Rejected)) as error:
            Talk(trouble).slack.send(PAGE, ())
        assert "xoxb-secret" not in f"{error.value} {error.value.hint}"


class Workspace:
    """A channel over the pretended Slack, in process and on its clock, and whoever carries messages by it."""

    def __init__(self, sandbox: Sandbox, *faults: dict[str, Any], place: str = "C0SUPPORT") -> None:
        self.sandbox, self.service = sandbox, sandbox.services.slack
        for fault in faults:
            sandbox.faults.add({"path": "/services/slack/*", **fault})
        base = sandbox.services.settings(sandbox.url)
        session = ServiceSession(base["DESKHAND_SLACK_URL"], setting="DESKHAND_SLACK_URL", mount=sandbox.adapter())
        channel = Channel("chat", "slack", place)
        self.carrier = Carrier(sandbox, Slack(channel, session, base["DESKHAND_SLACK_TOKEN"], sandbox.clock.now))

    def message(self, number: int = 1, **changes: Any) -> Message:
        """A message of one matter, decided now."""
        return page(**{"key": f"key{number}", "number": number, "at": self.sandbox.clock.now()} | changes)

    @property
    def keys(self) -> list[str]:
        """The keys of what was posted, in order."""
        return [effect.key for effect in self.service.of("post")]


POSTS = "/services/slack/api/chat.postMessage"


@pytest.fixture
def sandbox() -> Sandbox:
    """A sandbox in which time passes with faults."""
    return Sandbox(options=Options(accidents_take_time=True))


def test_a_whole_matter_is_one_headline_with_a_thread(sandbox: Sandbox) -> None:
    """Page, page, telling, end: one post in the channel, three in its thread, and a headline that shows the end and keeps the brief."""
    work = Workspace(sandbox)

    for number, verb in enumerate(("page", "page", "tell", "close"), 1):
        sandbox.clock.advance(60)
        brief = spoken.BRIEF if verb == "page" else None
        assert work.carrier.carry(work.message(number, verb=verb, brief=brief, title=f"P1 #4711: {number}"))

    (headline,) = work.service.headlines("C0SUPPORT")
    assert work.keys == ["key1", "key2", "key3", "key4"]
    assert len(work.service.thread(headline["ts"])) == 4
    assert headline["blocks"][0]["text"]["text"] == "✅ P1 #4711: 4"
    assert kept(headline["blocks"])
    assert work.carrier.errors == []


def test_slack_post_timeout_before_commit(sandbox: Sandbox) -> None:
    """Nothing was posted, Slack is asked, and it is sent again: once."""
    work = Workspace(sandbox, {"kind": "timeout_before_commit", "path": POSTS, "count": 1})

    assert work.carrier.carry(work.message(), tries=9)
    assert work.keys == ["key1"]


def test_slack_post_timeout_after_commit(sandbox: Sandbox) -> None:
    """It was posted, and is found by its key: headline and reply."""
    work = Workspace(sandbox, {"kind": "timeout_after_commit", "path": POSTS, "count": 1})

    first = work.carrier.carry(work.message())
    sandbox.faults.add({"kind": "reset_after_commit", "path": POSTS, "count": 1})
    second = work.carrier.carry(work.message(2))

    assert work.keys == ["key1", "key2"]
    assert first is not None
    assert second is not None
    assert second.ref.endswith(first.ref.partition("/")[2])
    assert [type(error) for error in work.carrier.errors] == [Unknown, Unknown]


def test_slack_post_late_commit(sandbox: Sandbox) -> None:
    """The answer is lost, and the post appears before it is asked for."""
    work = Workspace(sandbox, {"kind": "late_commit", "path": POSTS, "count": 1, "seconds": 8})

    assert work.carrier.carry(work.message())
    assert work.keys == ["key1"]


def test_slack_post_429(sandbox: Sandbox) -> None:
    """Nothing was posted; it is sent when Slack takes it again, and not before."""
    work = Workspace(
        sandbox, {"kind": "status", "path": POSTS, "status": 429, "headers": {"retry-after": "17"}, "count": 1}
    )
    began = sandbox.clock.now()

    assert work.carrier.carry(work.message())
    assert work.keys == ["key1"]
    assert (sandbox.clock.now() - began).total_seconds() >= 17


def test_slack_post_never_runs_into_slacks_own_limit(sandbox: Sandbox) -> None:
    """Thirty matters at once leave one a second after the first few."""
    work = Workspace(sandbox)

    for number in range(30):
        work.carrier.sent.clear()
        assert work.carrier.carry(work.message(number))

    assert len(work.keys) == 30
    assert {status for (_, _, status) in work.service.calls} == {200}
    assert all(isinstance(error, RateLimited) and error.status is None for error in work.carrier.errors)


def test_slack_page_never_after_its_close(sandbox: Sandbox) -> None:
    """What was sent again after a lost answer is not posted again behind what closes the matter."""
    work = Workspace(sandbox, {"kind": "timeout_after_commit", "path": POSTS, "share": 1.0, "count": 2})

    for number, verb in enumerate(("page", "page", "close"), 1):
        assert work.carrier.carry(work.message(number, verb=verb))

    assert work.keys == ["key1", "key2", "key3"]
    assert [one["text"].startswith("P1") for one in work.service.posts] == [True] * 3


def test_slack_post_restart_in_the_middle(sandbox: Sandbox) -> None:
    """Another process, which knows the row alone, finds the post of the one before."""
    before = Workspace(sandbox, {"kind": "timeout_after_commit", "path": POSTS, "count": 1})
    with pytest.raises(Unknown):
        before.carrier.channel.send(before.message(), ())
    after = Workspace(sandbox)

    found = after.carrier.channel.find(before.message(), ())

    assert found is not None
    assert found.ref == f"C0SUPPORT/{after.service.posts[0]['ts']}"


def test_slack_post_without_the_scope_for_history(sandbox: Sandbox) -> None:
    """A page is rather posted twice than never; everything else is left."""
    work = Workspace(sandbox, {"kind": "timeout_after_commit", "path": POSTS, "count": 1})
    work.service.scopes = ["chat:write"]

    assert work.carrier.carry(work.message())
    assert work.keys == ["key1", "key1"]
    sandbox.faults.add({"kind": "timeout_after_commit", "path": POSTS, "count": 1})
    assert work.carrier.carry(work.message(2, verb="tell")) is None
    assert work.keys == ["key1", "key1", "key2"]


@pytest.mark.parametrize(
    "kind",
    ["cut_json", "html_200", "empty_object", "list_instead_of_object", "no_content", "redirect", "reset", "latency"],
)
def test_an_odd_answer_doubles_nothing(sandbox: Sandbox, kind: str) -> None:
    """Whatever came back, the post is there once, or an error says why not."""
    work = Workspace(sandbox, {"kind": kind, "path": POSTS, "count": 1, "seconds": 20})

    receipt = work.carrier.carry(work.message())

    assert len(work.keys) <= 1
    assert receipt is not None or work.carrier.errors


@pytest.mark.parametrize("words", spoken.HOSTILE, ids=range(len(spoken.HOSTILE)))
def test_slack_takes_whatever_people_wrote_and_pings_nobody(sandbox: Sandbox, words: str) -> None:
    """S2: in a headline, in a reply, and when the headline is renewed; no blocks are refused."""
    work = Workspace(sandbox)
    hostile = spoken.saying(words)

    for number in (1, 2):
        assert work.carrier.carry(work.message(number, notice=hostile.notice))

    assert [effect.facts["pings"] for effect in work.service.log] == [[], [], []]
    assert {status for (_, _, status) in work.service.calls} == {200}
    assert work.carrier.errors == []
    assert all(one["blocks"] for one in work.service.posts)


def test_the_same_over_real_sockets() -> None:
    """What is tried in process is what a network carries: post, thread, headline, a lost answer found again."""
    sandbox = Sandbox()
    with listening(sandbox) as stage:
        base = sandbox.services.settings(f"http://{stage.netloc}")["DESKHAND_SLACK_URL"]
        session = ServiceSession(base, setting="DESKHAND_SLACK_URL")
        slack = Slack(Channel("chat", "slack", "C0SUPPORT"), session, "xoxb-sandbox", sandbox.clock.now)
        carrier = Carrier(sandbox, slack)
        sandbox.faults.add({"kind": "reset_after_commit", "path": POSTS, "count": 1})

        for number in (1, 2):
            at = sandbox.clock.now()
            assert carrier.carry(page(key=f"key{number}", number=number, at=at, text="Überall «500» 🔥"))
        session.close()

    assert [effect.key for effect in sandbox.services.slack.of("post")] == ["key1", "key2"]
    assert [type(error) for error in carrier.errors] == [Unknown]
    assert len(sandbox.services.slack.headlines("C0SUPPORT")) == 1


ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from(["", "1.5", "1795230245.000100", "C0", "deskhand_message", PAGE.key]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["ts", "thread_ts", "blocks", "block_id", "metadata", "event_type", "event_payload", "key", "next_cursor"]), inner, max_size=5),
    max_leaves=8,
)  # fmt: skip


@given(
    rows=ODD | st.lists(st.fixed_dictionaries({"ts": st.just("1795230245.000100"), "blocks": ODD, "metadata": ODD})),
    more=ODD,
    message=ODD,
    channel=ODD,
    ts=ODD,
)
@settings(max_examples=150, deadline=None)
def test_whatever_a_success_holds_only_our_own_errors_come_of_it(
    rows: Any, more: Any, message: Any, channel: Any, ts: Any
) -> None:
    """A ref, nothing, or an error of ours."""
    odd = {"ok": True, "messages": rows, "response_metadata": more, "message": message, "channel": channel, "ts": ts}
    acts: list[Callable[[Slack], object]] = [
        lambda slack: slack.send(PAGE, ()),
        lambda slack: slack.send(page(brief=None), [HEADLINE]),
        lambda slack: slack.find(PAGE, ()),
        lambda slack: slack.find(PAGE, [HEADLINE]),
    ]
    for act in acts:
        with contextlib.suppress(DeskError):
            found = act(Talk(*[answer(200, odd)] * 12).slack)
            assert found is None or isinstance(found, Receipt)
