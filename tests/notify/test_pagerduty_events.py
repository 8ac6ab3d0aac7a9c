"""Pages by PagerDuty's Events API: against its stand-in under faults, and each documented refusal with what to mend."""

import json
from dataclasses import replace
from typing import Any

import pytest
import responses

from deskhand.app import service_ports
from deskhand.core.ladder import Channel
from deskhand.core.message import Sent
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, SettingsError, Transient, Unknown
from deskhand.http.service import ServiceSession
from deskhand.notify.pagerduty_events import PagerDutyEvents
from tests.notify.matters import HOSTILE, RUNBOOK, THREAD, URL, Hands, brief, message
from tests.notify.paging import Pager
from tests.notify.settling import UNCLEAR, carry

BASE = "https://events.pagerduty.example"
KEY = "0123456789abcdef0123456789abcdef"
OLGA = "Olga Oncall"
FIRST = Sent("events", "page", THREAD, 1)


def channel(key: str = KEY) -> PagerDutyEvents:
    """The channel to an integration that does not exist."""
    session = ServiceSession(BASE, setting="DESKHAND_PAGERDUTY_EVENTS_URL")
    return PagerDutyEvents(Channel("events", "pagerduty_events", key="NET"), session, key, Hands())


def sent(call: int = -1) -> dict[str, Any]:
    """What a call said."""
    found = json.loads(responses.calls[call].request.body or b"")
    assert isinstance(found, dict)
    return found


def test_it_fits_the_port() -> None:
    """Without a token it may be sent again blindly; with one it is asked about first."""
    port: service_ports.Channel = channel()

    assert (port.name, port.service, port.again) == ("events", "pagerduty_events", "safe")
    assert Pager().events(reader=Pager().rest()).again == "ask"
    assert port.find(message("page"), ()) is None


def test_it_carries_what_somebody_has_to_acknowledge() -> None:
    """Pages and their ends; the rest is refused in words, and so is a thread that PagerDuty would cut."""
    assert channel().carries(message("page"))
    assert channel().carries(message("close"))
    for wrong in (message("tell"), message("publish"), replace(message("page"), thread="t" * 255)):
        with pytest.raises(Rejected, match="cannot"):
            channel().send(wrong, ())


@responses.activate
def test_an_event_has_pagerdutys_shape() -> None:
    """The key is the thread; links stand beside the payload; the ticket is where `client_url` leads."""
    responses.post(f"{BASE}/v2/enqueue", json={"status": "success", "dedup_key": THREAD}, status=202)
    page = replace(message("page", text="Acknowledge.", brief=brief(), links=(RUNBOOK,)), rule="p1-unacked", role="eng")
    receipt = channel().send(page, ())
    event = sent()

    assert receipt.ref == THREAD
    assert (event["routing_key"], event["event_action"], event["dedup_key"]) == (KEY, "trigger", THREAD)
    assert event["links"] == [{"href": RUNBOOK.url, "text": RUNBOOK.text}]
    assert event["client_url"] == URL
    assert event["payload"].pop("custom_details")["What to do"] == "Acknowledge."
    assert event["payload"] == {
        "summary": "Checkout fails [#1]", "source": "zendesk:acme", "severity": "critical", "timestamp": "2026-11-21T12:00:00Z",
        "class": "p1-unacked", "group": "eng",
    }  # fmt: skip


@responses.activate
def test_an_end_needs_no_more_than_its_key() -> None:
    """Nothing of the ticket is said."""
    responses.post(f"{BASE}/v2/enqueue", json={"status": "success"}, status=202)
    channel().send(message("close"), ())

    assert sent() == {"routing_key": KEY, "event_action": "resolve", "dedup_key": THREAD}


# ---- the row of the idempotency map ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("read_back", [False, True])
@pytest.mark.parametrize("kind", [*UNCLEAR, "latency"])
def test_no_fault_loses_or_doubles_a_page(kind: str, *, read_back: bool) -> None:
    """Before or after the commit: the same key while it is open is the same alert."""
    pager = Pager()
    pager.strike(kind, seconds=20)
    events = pager.events(reader=pager.rest() if read_back else None)
    carry(pager.sandbox, events, pager.page())

    assert pager.people() == [OLGA]


@pytest.mark.parametrize("kind", UNCLEAR)
def test_no_fault_keeps_an_alert_open(kind: str) -> None:
    """An end is told until it is taken; one more is dropped."""
    pager = Pager()
    pager.events().send(pager.page(), ())
    pager.strike(kind)
    carry(pager.sandbox, pager.events(), pager.close(), (FIRST,))
    pager.wait()

    assert [one.kind for one in pager.duty.log if one.kind != "dropped"] == ["triggered", "paged", "resolved"]


def test_what_is_sent_in_order_happens_in_order() -> None:
    """A page and its end at once: the end comes last, and nothing stays open."""
    pager = Pager()
    pager.events().send(pager.page(), ())
    pager.events().send(pager.close(), (FIRST,))

    assert pager.people() == [OLGA]
    assert not pager.duty.incidents[0].open


def test_a_page_whose_answer_was_lost_never_comes_after_its_end() -> None:
    """With a token to read back, it is found among the resolved ones, and nobody is woken for what is over."""
    pager = Pager()
    page = pager.page()
    pager.strike("timeout_after_commit")
    with pytest.raises(Unknown):
        pager.events(reader=pager.rest()).send(page, ())
    pager.events().send(pager.close(), ())
    pager.wait()
    receipt = carry(pager.sandbox, pager.events(reader=pager.rest()), page, unclear=True)

    assert (receipt.state, pager.people()) == ("resolved", [OLGA])


@pytest.mark.parametrize("kind", ["timeout_before_commit", "timeout_after_commit"])
def test_a_restart_in_the_middle_pages_once(kind: str) -> None:
    """A new process sends it again under the same key."""
    pager = Pager()
    page = pager.page()
    pager.strike(kind)
    with pytest.raises(Unknown):
        pager.events().send(page, ())
    carry(pager.sandbox, pager.events(), page, unclear=True)

    assert pager.people() == [OLGA]


def test_haste_is_told_and_waited_for() -> None:
    """429 without a header; then it goes."""
    pager = Pager()
    pager.duty.limits["events"] = (1, 60)
    pager.events().send(pager.page(), ())
    with pytest.raises(RateLimited, match="too quickly") as error:
        pager.events().send(pager.close(), (FIRST,))
    assert error.value.retry_after >= 1
    carry(pager.sandbox, pager.events(), pager.close(), (FIRST,))
    pager.wait()
    assert not pager.duty.incidents[0].open


def test_a_page_that_changes_its_way_is_one_incident() -> None:
    """The same message by the REST API and then as an event: one incident, paged once."""
    pager = Pager()
    page = pager.page()
    pager.rest().send(page, ())
    pager.events().send(page, ())

    assert (pager.people(), len(pager.duty.incidents)) == ([OLGA], 1)


def test_a_further_page_is_no_silent_repetition() -> None:
    """A second trigger under an open key pages nobody: without a token the page is an alert of its own, and the end resolves both."""
    pager = Pager()
    events = pager.events()
    first = events.send(pager.page(1), ())
    earlier = (FIRST, Sent("events", "page", events.send(pager.page(2), (FIRST,)).ref, 2))
    assert pager.people() == [OLGA, OLGA]
    events.send(pager.close(), earlier)
    pager.wait()

    assert (first.ref, earlier[1].ref) == (THREAD, f"{THREAD}:2")
    assert [one.status for one in pager.duty.incidents] == ["resolved", "resolved"]


def test_a_further_page_goes_by_the_open_incident_where_a_token_is_set() -> None:
    """So there is one incident, whose acknowledgement is read back."""
    pager = Pager()
    events = pager.events(reader=pager.rest())
    events.send(pager.page(1), ())
    pager.wait()
    second = pager.page(2)
    receipt = events.send(second, (FIRST,))

    assert pager.people() == [OLGA, OLGA]
    assert len(pager.duty.incidents) == 1
    assert receipt == events.find(second, (FIRST,))
    assert receipt.ref == THREAD


def test_a_token_that_may_not_write_keeps_nobody_from_being_paged() -> None:
    """Then the further page is an alert of its own."""
    pager = Pager()
    events = pager.events(reader=pager.rest(sender="nobody@example.com"))
    events.send(pager.page(1), ())
    pager.wait()
    events.send(pager.page(2), (FIRST,))

    assert pager.people() == [OLGA, OLGA]


@pytest.mark.parametrize("kind", ["status", "timeout_before_commit", "timeout_after_commit"])
def test_a_further_page_reaches_somebody_while_the_other_api_is_away(kind: str) -> None:
    """Whoever carried the one before: it is an alert of its own, whose acknowledgement counts for the matter."""
    pager = Pager()
    pager.rest("pager").send(pager.page(1), ())
    pager.wait()
    pager.sandbox.faults.add({"kind": kind, "path": "/services/pagerduty/incidents*", "status": 500})
    reader = pager.reader()
    events = pager.events(reader=reader)
    second = replace(pager.page(2), further=True)
    receipt = events.send(second, ())
    allowed = [events.again]
    assert pager.people() == [OLGA, OLGA]

    pager.sandbox.faults.clear()
    found = events.find(second, ())
    assert found is not None
    assert (receipt.ref, found.ref, found.state) == (f"{THREAD}:2", f"{THREAD}:2", "triggered")
    assert [*allowed, events.again] == ["safe", "ask"]
    pager.duty.acknowledge(pager.duty.incidents[1], OLGA)
    standing = reader.standing(THREAD)
    assert standing is not None
    assert (standing.state, standing.by) == ("acknowledged", OLGA)


def test_an_answer_to_the_first_alert_counts_after_the_second_began() -> None:
    """People acknowledge what they see first; what they acknowledged before the second page is no answer to it."""
    pager = Pager()
    reader = pager.reader()
    events = pager.events()
    events.send(pager.page(1), ())
    pager.wait()
    pager.duty.acknowledge(pager.duty.incidents[0], OLGA)
    pager.wait(60)
    events.send(replace(pager.page(2), further=True), ())
    pager.wait()
    before = reader.standing(THREAD)
    pager.duty.assign(pager.duty.incidents[0], 1)
    pager.wait(60)
    pager.duty.acknowledge(pager.duty.incidents[0], OLGA)
    after = reader.standing(THREAD)

    assert [one.state for one in (before, after) if one] == ["triggered", "acknowledged"]
    assert reader.standing("") is None


def test_a_further_page_whose_answer_was_lost_is_told_once() -> None:
    """It may have been handed on by the other API, so that is found out first."""
    pager = Pager()
    pager.rest("pager").send(pager.page(1), ())
    pager.wait()
    pager.strike("timeout_after_commit", "/services/pagerduty/incidents/*", method="PUT")
    carry(pager.sandbox, pager.events(reader=pager.reader()), replace(pager.page(2), further=True))

    assert pager.people() == [OLGA, OLGA]


def test_what_was_taken_is_read_back_once_it_pages() -> None:
    """202 is not yet an incident."""
    pager = Pager()
    events = pager.events(reader=pager.rest())
    page = pager.page()
    events.send(page, ())
    assert events.find(page, ()) is None
    pager.wait()
    found = events.find(page, ())

    assert found is not None
    assert found.state == "triggered"


# ---- what answers mean -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "meaning", "words"),
    [
        (400, {"status": "invalid event", "errors": ["Invalid routing key"]}, AccessRefused, "DESKHAND_PAGERDUTY_ROUTING_KEY_NET"),
        (400, {"status": "invalid event", "errors": ["'payload.severity' is invalid"]}, Rejected, "fault of deskhand"),
        (413, {}, Rejected, "fault of deskhand"),
        (403, {}, AccessRefused, "DESKHAND_PAGERDUTY_ROUTING_KEY_NET"),
        (404, {}, Rejected, "DESKHAND_PAGERDUTY_EVENTS_URL"),
        (302, {}, Rejected, "DESKHAND_PAGERDUTY_EVENTS_URL"),
        (408, {}, Unknown, ""),
        (429, {"status": "throttle exceeded"}, RateLimited, ""),
        (500, {}, Unknown, ""),
        (503, {}, Transient, ""),
        (504, {}, Unknown, ""),
        (200, {}, Unknown, ""),
        (202, {"status": "later"}, Unknown, ""),
        (204, {}, Unknown, ""),
    ],
)  # fmt: skip
@responses.activate
def test_each_answer_has_a_meaning(status: int, body: dict[str, Any], meaning: type[DeskError], words: str) -> None:
    """Try again, settle, alarm, or a setting to mend that is named; never the key."""
    responses.post(f"{BASE}/v2/enqueue", json=body | {"seen": KEY}, status=status)
    with pytest.raises(DeskError) as error:
        channel().send(message("page"), ())

    assert type(error.value) is meaning
    assert words in error.value.hint
    assert KEY not in f"{error.value} {error.value.hint}"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_taken_as_text(text: str) -> None:
    """PagerDuty takes the event, whatever people wrote."""
    pager = Pager()
    pager.events().send(pager.page(title=text, text=text, url=text, facts=((text, text),), brief=brief(summary=text)), ())  # fmt: skip

    assert pager.people() == [OLGA]


@pytest.mark.parametrize("key", ["", "short", "x" * 33, "x" * 31 + "ü", "x" * 31 + " "])
def test_a_key_that_cannot_be_one_is_refused_at_once(key: str) -> None:
    """The setting is named, and not its value."""
    with pytest.raises(SettingsError, match="DESKHAND_PAGERDUTY_ROUTING_KEY_NET is no routing key") as error:
        channel(key)

    assert not key or key not in str(error.value)


@responses.activate
def test_an_end_that_was_broken_off_goes_on_where_it_was() -> None:
    """Each try of a bad day brings it forward; once it is over, another one resolves everything again."""
    for status in (202, 503, 503, 202, 202, 202, 202, 202):
        responses.post(f"{BASE}/v2/enqueue", json={"status": "success"}, status=status)
    events, end = channel(), replace(message("close"), number=4)
    earlier = (FIRST, Sent("events", "page", "", 2), Sent("events", "page", "", 3))

    for _ in range(2):
        with pytest.raises(Transient):
            events.send(end, earlier)
    events.send(end, earlier)
    events.send(end, earlier)

    keys = [json.loads(call.request.body or b"")["dedup_key"].removeprefix(THREAD) for call in responses.calls]
    assert keys == [":2", ":3", ":3", ":3", "", ":2", ":3", ""]


@responses.activate
def test_an_end_resolves_the_own_key_of_a_page_that_was_found_under_the_thread() -> None:
    """An alert of its own, whose answer was lost, may have come up after that; the first page has none."""
    responses.post(f"{BASE}/v2/enqueue", json={"status": "success"}, status=202)

    channel().send(replace(message("close"), number=3), (FIRST, Sent("events", "page", THREAD, 2)))

    assert [sent(call)["dedup_key"] for call in range(2)] == [f"{THREAD}:2", THREAD]


@responses.activate
def test_an_end_resolves_pages_that_nobody_is_sure_of() -> None:
    """A later page has a key of its own, with its number; where its answer was lost that key is all there is."""
    responses.post(f"{BASE}/v2/enqueue", json={"status": "success"}, status=202)
    unsure, told = Sent("events", "page", "", 2), Sent("events", "page", f"{THREAD}:3", 3)

    channel().send(replace(message("close"), number=5), (FIRST, unsure, told, Sent("events", "page", "Q1", 4)))

    assert [sent(call)["dedup_key"] for call in range(4)] == [*(f"{THREAD}:{number}" for number in (2, 3, 4)), THREAD]
    assert len(responses.calls) == 4
