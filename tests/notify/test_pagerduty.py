"""Pages by PagerDuty's REST API: against its stand-in under faults, and each documented refusal with what to mend."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.app import service_ports
from deskhand.core.ladder import Channel
from deskhand.core.message import Shift
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, SettingsError, Transient, Unknown
from deskhand.http.service import ServiceSession
from deskhand.notify.pagerduty import PagerDuty
from deskhand.sandbox.services.pagerduty_events import FROM, POLICY, SERVICE, TOKEN
from deskhand.sandbox.services.pagerduty_records import Duty
from tests.notify.matters import HOSTILE, THREAD, Hands, asked, brief, message
from tests.notify.paging import Pager
from tests.notify.settling import UNCLEAR, carry
from tests.sandbox.listening import listening

BASE = "https://api.pagerduty.example"
OLGA, LEE, MAX = "Olga Oncall", "Lee Lead", "Max Manager"


def channel(sender: str = "ops@example.com", token: str = "s3cr3t", **options: str) -> PagerDuty:
    """The channel to a service that does not exist."""
    session = ServiceSession(BASE, setting="DESKHAND_PAGERDUTY_URL")
    return PagerDuty(Channel("oncall", "pagerduty", "PSHOP", "NET", options=options), session, token, sender, Hands())


def test_it_fits_both_ports() -> None:
    """It is a channel whose unclear outcomes are asked about, and a pager."""
    port: service_ports.Channel = channel()
    pager: service_ports.Pager = channel()

    assert (port.name, port.service, port.again, pager.name) == ("oncall", "pagerduty", "ask", "oncall")


def test_it_carries_what_somebody_has_to_acknowledge() -> None:
    """Pages and their ends; the rest is refused in words."""
    assert [verb for verb in ("page", "tell", "close", "publish", "file") if channel().carries(message(verb))] == ["page", "close"]  # fmt: skip
    with pytest.raises(Rejected, match="cannot tell"):
        channel().send(message("tell"), ())


def test_a_page_makes_an_incident_under_its_thread() -> None:
    """With the title, the details, the urgency, and the sender; the receipt leads people to it."""
    pager = Pager()
    receipt = pager.rest().send(pager.page(brief=brief()), ())
    made = pager.duty.incidents[0]

    assert (made.key, made.title, made.urgency, made.service) == (THREAD, "Checkout fails [#1]", "high", SERVICE)
    assert "WHAT'S NEEDED" in made.details["details"]
    assert (receipt.ref, receipt.state, receipt.url) == (made.id, "triggered", f"{pager.duty.url}/incidents/{made.id}")
    assert pager.people() == [OLGA]


def test_options_choose_policy_urgency_priority_and_sender() -> None:
    """As the channel says."""
    pager = Pager()
    pager.duty.add_service("PX", "PPAY", [["Ana"]])
    pager.duty.people["bot@example.com"] = "Bot"
    options = {"escalation_policy": "PPAY", "urgency": "low", "priority": "PPRIO1", "from": "bot@example.com"}
    pager.rest(sender="", **options).send(pager.page(), ())
    made = pager.duty.incidents[0]

    assert (made.policy, made.urgency, made.priority, pager.people()) == ("PPAY", "low", "PPRIO1", ["Ana"])


@pytest.mark.parametrize("priorities", [None, {}])
def test_a_priority_keeps_nobody_from_being_paged(priorities: dict[str, str] | None) -> None:
    """Where the plan has none, or not this one, the page leaves without it, once."""
    pager = Pager(priority="PPRIO1")
    pager.duty.priorities = priorities
    pager.rest().send(pager.page(), ())

    assert pager.people() == [OLGA]


def test_a_second_page_pages_the_open_incident_anew() -> None:
    """It repeats the rung, also where somebody had acknowledged; there is one incident, and its title has the latest number."""
    pager = Pager()
    pager.rest().send(pager.page(1), ())
    pager.wait(300)
    pager.duty.acknowledge(pager.duty.incidents[0], OLGA)
    receipt = pager.rest().send(pager.page(2), ())

    assert pager.people() == [OLGA, OLGA]
    assert [(one.title, one.status) for one in pager.duty.incidents] == [("Checkout fails [#2]", "triggered")]
    assert receipt.ref == pager.duty.incidents[0].id


def test_the_next_rung_is_a_level_or_a_policy_of_its_own() -> None:
    """Each rung's channel hands the open incident to its own people, and where none is open, it opens one."""
    pager = Pager()
    pager.duty.add_service("PX", "PBOSS", [["Vera VP"], ["Dora Director"]])
    pager.rest("l1").send(pager.page(1), ())
    pager.rest("l2", level="2").send(pager.page(2), ())
    pager.rest("boss", escalation_policy="PBOSS").send(pager.page(3), ())
    pager.rest("higher", escalation_policy="PBOSS", level="2").send(pager.page(4), ())
    pager.rest("back", escalation_policy=POLICY, level="3").send(pager.page(5), ())

    assert pager.people() == [OLGA, LEE, "Vera VP", "Dora Director", MAX]
    assert len(pager.duty.incidents) == 1


def test_one_channel_pages_whoever_a_role_stands_for() -> None:
    """The role's schedule and level go before the channel's own; nobody below is woken for a higher level."""
    pager = Pager()
    rest = pager.rest(escalation_policy="PSECURITY")
    for number, (schedule, level) in enumerate(
        (("PCOMMAND", 2), (POLICY, 1), ("PCOMMAND", 3), (POLICY, 2), ("", 1)), 1
    ):
        rest.send(replace(pager.page(number), schedule=schedule, level=level), ())

    assert pager.people() == ["Mona Manager", OLGA, "Vera Vice", LEE, "Sid Security"]


@pytest.mark.parametrize("opened", [False, True])
def test_a_level_that_nobody_is_on_call_at_is_for_the_next_channel(*, opened: bool) -> None:
    """It is an alarm that says where, and nobody else is paged instead."""
    pager = Pager()
    if opened:
        pager.rest().send(pager.page(1), ())
    pager.duty.add_service("PX", "PHOLLOW", [["Ana"], [], ["Ben"]])
    with pytest.raises(Rejected, match="nobody is on call at level 2 of the escalation policy PHOLLOW") as error:
        pager.rest().send(replace(pager.page(2), schedule="PHOLLOW", level=2), ())

    assert "deskhand ladder check" in error.value.hint
    assert pager.people() == [OLGA] * opened


def test_a_page_for_a_higher_level_without_an_open_incident() -> None:
    """It begins with the people of that level, also where the policy is the service's own."""
    pager = Pager(level="2")
    pager.rest().send(pager.page(5), ())

    assert (pager.people(), pager.duty.incidents[0].title) == ([LEE], "Checkout fails [#5]")


def test_pagerduty_climbs_by_itself_where_it_is_to() -> None:
    """One page is enough: its own policy goes on until somebody answers, and the answer is read back."""
    pager = Pager()
    pager.duty.policies["PCOMMAND"].timeout = 300
    pager.duty.answers_in("Vera Vice", 60)
    rest = pager.rest()
    rest.send(replace(pager.page(), schedule="PCOMMAND"), ())
    pager.wait(3_600)
    standing = rest.standing(THREAD)

    assert pager.people() == ["Ines Commander", "Mona Manager", "Vera Vice"]
    assert standing is not None
    assert (standing.state, standing.by) == ("acknowledged", "Vera Vice")


def test_a_served_stand_in_is_paged_alike() -> None:
    """Over real sockets too."""
    pager = Pager()
    with listening(pager.sandbox) as stage:
        session = ServiceSession(f"http://{stage.netloc}/services/pagerduty", setting="DESKHAND_PAGERDUTY_URL")
        rest = PagerDuty(Channel("oncall", "pagerduty", SERVICE), session, TOKEN, FROM, pager.sandbox.clock.now)
        receipt = rest.send(pager.page(), ())
        found = rest.find(pager.page(), ())
        session.close()

    assert found == receipt
    assert pager.people() == [OLGA]


# ---- the row of the idempotency map ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["1", "2"])
@pytest.mark.parametrize("kind", [*UNCLEAR, "latency"])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_no_fault_loses_or_doubles_a_page(kind: str, call: int, level: str) -> None:
    """Before or after the commit, at any call of the way: one incident, each level paged once."""
    pager = Pager(level=level)
    pager.strike(kind, nth=call, seconds=20)
    carry(pager.sandbox, pager.rest(), pager.page())

    assert pager.people() == ([OLGA] if level == "1" else [LEE])
    assert len(pager.duty.incidents) == 1


@pytest.mark.parametrize("kind", UNCLEAR)
@pytest.mark.parametrize("call", [1, 2, 3])
def test_no_fault_loses_or_doubles_a_further_page(kind: str, call: int) -> None:
    """The open incident is handed on once."""
    pager = Pager()
    pager.rest().send(pager.page(1), ())
    pager.strike(kind, nth=call)
    carry(pager.sandbox, pager.rest(level="2"), pager.page(2))

    assert pager.people() == [OLGA, LEE]


@pytest.mark.parametrize("kind", UNCLEAR)
@pytest.mark.parametrize("call", [1, 2])
def test_no_fault_keeps_an_incident_open(kind: str, call: int) -> None:
    """An end is an end, and is told once."""
    pager = Pager()
    pager.rest().send(pager.page(), ())
    pager.strike(kind, nth=call)
    receipt = carry(pager.sandbox, pager.rest(), pager.close())

    assert receipt.state == "resolved"
    assert [one.kind for one in pager.duty.log] == ["triggered", "paged", "resolved"]


def test_a_page_whose_answer_was_lost_never_comes_after_its_end() -> None:
    """It is looked for among the resolved ones too, so nobody is woken for what is over."""
    pager = Pager()
    page = pager.page()
    pager.strike("timeout_after_commit")
    with pytest.raises(Unknown):
        pager.rest().send(page, ())
    pager.rest().send(pager.close(), ())
    receipt = carry(pager.sandbox, pager.rest(), page, unclear=True)

    assert (receipt.state, pager.people()) == ("resolved", [OLGA])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from((*UNCLEAR, "latency")), st.integers(1, 12)), max_size=6))
def test_whatever_goes_wrong_each_page_is_told_once_and_the_end_is_the_end(faults: list[tuple[str, int]]) -> None:
    """Three rungs and an end under any faults: each has paged once, in order, and nothing is open."""
    pager = Pager()
    for kind, call in faults:
        pager.sandbox.faults.add({"kind": kind, "path": "/services/pagerduty/*", "nth": call, "seconds": 20})
    for number, level in ((1, 1), (2, 2), (3, 3)):
        page = replace(pager.page(number), schedule=POLICY, level=level)
        carry(pager.sandbox, pager.rest(), page)
        pager.wait()
    carry(pager.sandbox, pager.rest(), pager.close())

    assert pager.people() == [OLGA, LEE, MAX]
    assert [one.open for one in pager.duty.incidents] == [False]


@pytest.mark.parametrize("kind", ["timeout_before_commit", "timeout_after_commit"])
def test_a_restart_in_the_middle_pages_once(kind: str) -> None:
    """A new process that does not know what the one before did asks first."""
    pager = Pager()
    page = pager.page()
    pager.strike(kind)
    with pytest.raises(Unknown):
        pager.rest().send(page, ())
    carry(pager.sandbox, pager.rest(), page, unclear=True)

    assert pager.people() == [OLGA]


def test_haste_is_told_with_its_end() -> None:
    """429 says how long to wait, and then it goes."""
    pager = Pager()
    pager.duty.limits["rest"] = (1, 60)
    pager.rest().standing(THREAD)
    pager.sandbox.clock.advance(15)
    with pytest.raises(RateLimited, match="2020 Rate Limit Exceeded") as error:
        pager.rest().send(pager.page(), ())
    assert error.value.retry_after == 45
    carry(pager.sandbox, pager.rest(), pager.page())
    assert pager.people() == [OLGA]


def test_the_other_api_is_the_same_matter() -> None:
    """A page that left as an event is found here by the same key and number, whichever way it is asked about."""
    pager = Pager()
    page = pager.page()
    pager.events().send(page, ())
    pager.wait()
    receipt = pager.rest().send(page, ())

    assert receipt == pager.rest().find(page, ())
    assert (pager.people(), len(pager.duty.incidents)) == ([OLGA], 1)


def test_an_episode_of_its_own_is_an_incident_of_its_own() -> None:
    """What is reopened has another thread."""
    pager = Pager()
    pager.rest().send(pager.page(), ())
    pager.rest().send(replace(pager.page(), thread="zd:acme:48213:e2"), ())

    assert len(pager.duty.incidents) == 2


def test_who_renames_an_incident_is_not_paged_again_for_it() -> None:
    """Its beginning tells that this page made it; a later page is still a page."""
    pager = Pager()
    page = pager.page()
    pager.rest().send(page, ())
    pager.duty.incidents[0].title = "Checkout, we are on it"
    pager.wait(60)

    assert pager.rest().find(page, ()) is not None
    assert pager.rest().find(pager.page(2), ()) is None


def test_ending_what_is_not_open_is_done_already() -> None:
    """Nobody has to know who resolved it."""
    pager = Pager()
    assert pager.rest().find(pager.close(), ()) is None
    assert pager.rest().send(pager.close(), ()).state == "resolved"
    pager.rest().send(pager.page(), ())
    pager.duty.resolve(pager.duty.incidents[0], OLGA)

    assert pager.rest().send(pager.close(), ()).state == "resolved"
    found = pager.rest().find(pager.close(), ())
    assert found is not None
    assert found.ref == pager.duty.incidents[0].id
    assert len(pager.duty.of("resolved")) == 1


# ---- who answers, who is on call ---------------------------------------------------------------------------------------------


def test_a_standing_says_who_acknowledged_and_when() -> None:
    """Triggered, acknowledged by somebody, resolved by somebody; nothing for a thread without one."""
    pager = Pager()
    rest = pager.rest()
    assert rest.standing(THREAD) is None
    assert rest.standing("") is None
    rest.send(pager.page(), ())
    triggered = rest.standing(THREAD)
    pager.duty.answers_in(LEE, 120)
    pager.rest(level="2").send(pager.page(2), ())
    begin = pager.sandbox.clock.now()
    pager.wait(300)
    acknowledged = rest.standing(THREAD)
    pager.duty.resolve(pager.duty.incidents[0], MAX)
    resolved = rest.standing(THREAD)

    assert triggered is not None
    assert (triggered.state, triggered.by, triggered.ref) == ("triggered", "", pager.duty.incidents[0].id)
    assert acknowledged is not None
    assert (acknowledged.state, acknowledged.by, acknowledged.at) == ("acknowledged", LEE, begin + timedelta(minutes=2))
    assert resolved is not None
    assert (resolved.state, resolved.by) == ("resolved", MAX)


def test_a_standing_is_that_of_the_newest_incident_on_this_service() -> None:
    """An older one, and one of another service, are somebody else's."""
    pager = Pager()
    pager.duty.add_service("POTHER", POLICY)
    pager.rest().send(pager.page(), ())
    pager.rest().send(pager.close(), ())
    pager.wait(60)
    pager.rest().send(pager.page(10), ())
    pager.rest("other", "POTHER").send(pager.page(11), ())
    pager.duty.acknowledge(pager.duty.incidents[2], LEE)

    found = [pager.rest().standing(THREAD), pager.rest("other", "POTHER").standing(THREAD)]
    assert [(one.ref, one.state) for one in found if one] == [
        (pager.duty.incidents[1].id, "triggered"),
        (pager.duty.incidents[2].id, "acknowledged"),
    ]


def test_who_is_on_call_comes_in_order_of_time() -> None:
    """At one level of one policy, over all pages of the listing."""
    pager = Pager()
    now = pager.sandbox.clock.now()
    hour = 3_600
    begin = int(now.timestamp())
    shifts: list[str | Duty] = [Duty(f"P{n:03}", begin + n * hour, begin + (n + 1) * hour) for n in range(150)]
    pager.duty.add_service("PX", "PPAY", [["Always"], shifts])
    found = pager.rest().on_call("PPAY", 2, now, now + timedelta(days=7))

    assert [one.person for one in found] == [f"P{n:03}" for n in range(150)]
    assert all(one.end == two.start for one, two in pairwise(found))
    assert pager.rest().on_call("PPAY", 1, now, now + timedelta(days=7)) == (Shift("Always", None, None, 1),)
    assert pager.rest().on_call("PPAY", 3, now, now) == ()
    assert pager.rest().on_call("", 1, now, now) == ()


# ---- what answers mean -------------------------------------------------------------------------------------------------------


def refuse(status: int, code: int = 0, *errors: str, **headers: str) -> None:
    """Let every call be refused."""
    body = {"error": {"message": "No", "code": code, "errors": list(errors)}} if code else {}
    for method in ("GET", "POST", "PUT"):
        responses.add(method, f"{BASE}/incidents", json=body, status=status, headers=headers)
        responses.add(method, f"{BASE}/oncalls", json=body, status=status, headers=headers)


@pytest.mark.parametrize(
    ("status", "code", "meaning", "words"),
    [
        (400, 1006, Rejected, "check the `level` of channel 'oncall'"),
        (400, 1008, AccessRefused, "DESKHAND_PAGERDUTY_FROM"),
        (400, 1014, Rejected, "option `escalation_policy` of channel 'oncall'"),
        (400, 1015, Rejected, "deskhand ladder check"),
        (400, 2001, Rejected, "check the `place` and the options of channel 'oncall'"),
        (401, 2006, AccessRefused, "DESKHAND_PAGERDUTY_TOKEN_NET"),
        (402, 2014, Rejected, "PagerDuty's plan"),
        (403, 2010, AccessRefused, "must not be read-only"),
        (404, 2100, Rejected, "`place` of channel 'oncall'"),
        (301, 0, Rejected, "DESKHAND_PAGERDUTY_URL"),
        (408, 0, Unknown, ""),
        (429, 2020, RateLimited, ""),
        (500, 0, Unknown, ""),
        (502, 0, Unknown, ""),
        (503, 0, Transient, ""),
        (504, 0, Unknown, ""),
        (200, 0, Unknown, ""),
        (204, 0, Unknown, ""),
        (400, 0, Unknown, ""),
    ],
)
@responses.activate
def test_each_answer_has_a_meaning(status: int, code: int, meaning: type[DeskError], words: str) -> None:
    """Try again, settle, alarm, or a setting to mend that is named; never the token."""
    refuse(status, code)
    with pytest.raises(DeskError) as error:
        channel().send(message("page"), ())

    assert type(error.value) is meaning
    assert words in error.value.hint
    assert "s3cr3t" not in f"{error.value} {error.value.hint}"


@pytest.mark.parametrize(
    ("status", "meaning", "words"),
    [(401, AccessRefused, "TOKEN_NET"), (404, Rejected, "`schedule` of the role"), (500, Transient, ""), (408, Transient, ""), (200, Transient, "")],
)  # fmt: skip
@responses.activate
def test_a_question_that_fails_has_done_nothing(status: int, meaning: type[DeskError], words: str) -> None:
    """It may be asked again; an answer without rows is no answer, and never "nobody"."""
    refuse(status)
    now = Hands().now
    for ask in (lambda: channel().on_call("P", 1, now, now), lambda: channel().standing(THREAD)):
        with pytest.raises(DeskError) as error:
            _call(ask)
        assert type(error.value) is meaning
    with pytest.raises(DeskError) as error:
        channel().on_call("P", 1, now, now)
    assert words in error.value.hint


def _call(ask: Callable[[], Any]) -> None:
    ask()


@responses.activate
def test_a_missing_sender_is_named() -> None:
    """Writes need the mail address of a user."""
    refuse(400, 2001, "From header is required")
    with pytest.raises(Rejected) as error:
        channel(sender="").send(message("page"), ())

    assert "Set DESKHAND_PAGERDUTY_FROM" in error.value.hint


@responses.activate
def test_a_headerless_429_waits_a_while() -> None:
    """PagerDuty need not say for how long."""
    refuse(429, 2020)
    with pytest.raises(RateLimited) as error:
        channel().send(message("page"), ())

    assert error.value.retry_after >= 1


@responses.activate
def test_a_question_names_its_key_and_everything_else() -> None:
    """All of time, each status by name, the service: what is left out would widen or narrow the answer."""
    responses.get(f"{BASE}/incidents", json={"incidents": [{"id": "Q", "incident_key": "another"}], "more": False})

    assert channel().standing(THREAD) is None
    assert [asked(name) for name in ("incident_key", "date_range", "service_ids[]")] == [THREAD, "all", "PSHOP"]
    assert str(responses.calls[0].request.url).count("statuses%5B%5D=") == 3
    assert "From" not in responses.calls[0].request.headers


@responses.activate
def test_an_open_incident_is_never_renamed_without_being_handed_on() -> None:
    """Where PagerDuty does not say which policy it has, the service's is asked for, so that somebody is paged."""
    responses.post(f"{BASE}/incidents", json={"error": {"code": 2002, "message": "Arguments Caused Error"}}, status=400)
    row = {"id": "Q1", "incident_key": THREAD, "title": "Down", "status": "triggered"}
    responses.get(f"{BASE}/incidents", json={"incidents": [row], "more": False})
    responses.get(f"{BASE}/services/PSHOP", json={"service": {"escalation_policy": {"id": "PPAY"}}})
    responses.put(f"{BASE}/incidents/Q1", json={"incident": row})
    channel().send(message("page"), ())
    sent = json.loads(responses.calls[-1].request.body or b"")["incident"]

    assert (sent["title"], sent["escalation_policy"]["id"]) == ("Checkout fails [#1]", "PPAY")


@responses.activate
def test_a_state_that_pagerduty_does_not_have_is_no_standing() -> None:
    """Better asked again than taken for an answer."""
    row = {"id": "Q", "incident_key": THREAD, "status": "snoozed", "created_at": "never"}
    responses.get(f"{BASE}/incidents", json={"incidents": [row], "more": False})

    with pytest.raises(Transient, match="snoozed"):
        channel().standing(THREAD)


@pytest.mark.parametrize("rows", [[], [{"id": "Q1", "incident_key": THREAD, "escalation_policy": {"id": "P"}}]])
@responses.activate
def test_what_was_resolved_meanwhile_is_tried_anew(rows: list[dict[str, Any]]) -> None:
    """PagerDuty says that one is open and then has none, or none to hand on: that is no refusal, for which somebody else would be paged."""
    responses.post(f"{BASE}/incidents", json={"error": {"code": 2002, "message": "Arguments Caused Error"}}, status=400)
    responses.get(f"{BASE}/incidents", json={"incidents": rows, "more": False})
    responses.put(
        f"{BASE}/incidents/Q1", json={"error": {"code": 1001, "message": "Incident Already Resolved"}}, status=400
    )

    with pytest.raises(Transient, match="resolved just now"):
        channel().send(message("page"), ())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_carried_as_text(text: str) -> None:
    """PagerDuty takes it as it is, and it is found again by its number."""
    pager = Pager()
    page = pager.page(title=text, text=text, url=text, facts=((text, text),), brief=brief(summary=text, description=text))  # fmt: skip
    pager.rest().send(page, ())

    assert pager.rest().find(page, ()) is not None
    assert len(pager.duty.incidents[0].title) <= 255


@pytest.mark.parametrize("token", ["", "two words", "line\nfeed", "ü"])
def test_a_token_that_cannot_be_one_is_refused_at_once(token: str) -> None:
    """The setting is named, and not its value."""
    with pytest.raises(SettingsError, match="DESKHAND_PAGERDUTY_TOKEN_NET is no token"):
        channel(token=token)


@pytest.mark.parametrize("level", ["", "0", "two", "-1", "99"])
def test_a_level_is_a_number(level: str) -> None:
    """The channel is named."""
    with pytest.raises(SettingsError, match="channel 'oncall': the option level"):
        channel(level=level)
