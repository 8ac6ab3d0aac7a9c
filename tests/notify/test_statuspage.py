"""The public status page: what it is told, what its answers mean, and that nothing of a ticket reaches it."""

import json
from typing import Any

import pytest
import responses

from deskhand.app import service_ports
from deskhand.core.ladder import Channel
from deskhand.core.message import Message, Sent
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, Transient, Unknown
from deskhand.http.service import ServiceSession
from deskhand.notify.statuspage import MOST_BODY, SETTLED, Statuspage
from deskhand.sandbox import Options, Sandbox
from tests.notify.matters import HOSTILE, RUNBOOK, THREAD, Hands, brief, message
from tests.notify.settling import UNCLEAR, carry

BASE = "https://api.statuspage.example/v1"
INCIDENTS = f"{BASE}/pages/pg1/incidents"
WORDS = "We are looking into it. Next update by 14:30 UTC."


def channel(hands: Hands | None = None, **options: str) -> Statuspage:
    """The page, with the channel's options."""
    session = ServiceSession(BASE, setting="DESKHAND_STATUSPAGE_URL")
    return Statuspage(Channel("status", "statuspage", "pg1", options=options), session, "s3cr3t", hands or Hands())


def public(number: int = 1, **notice: Any) -> Message:
    """Public words about the one matter."""
    told = {"title": "Some payments fail", "text": WORDS, "status": "investigating"}
    return message("publish", number=number, **{**told, **notice})


def incident(**facts: Any) -> dict[str, Any]:
    """An incident as Statuspage tells of it."""
    usual = {"id": "inc1", "status": "investigating", "shortlink": "https://stspg.example/1", "components": []}
    return {**usual, "metadata": {"zendesk": {"key": THREAD, "last": f"{THREAD}:publish:1"}}, **facts}


def sent(call: int = -1) -> dict[str, Any]:
    """What a call said of the incident."""
    found = json.loads(responses.calls[call].request.body or b"")["incident"]
    assert isinstance(found, dict)
    return found


FIRST = Sent("status", "publish", "inc1", 1)


def test_it_fits_the_port() -> None:
    """It is a channel whose unclear outcomes are asked about."""
    port: service_ports.Channel = channel()

    assert (port.name, port.service, port.again) == ("status", "statuspage", "ask")


@pytest.mark.parametrize(
    "ticket",
    [{"brief": brief()}, {"facts": (("Requester", "Mia"),)}, {"links": (RUNBOOK,)}, {"status": None}],
)
def test_ticket_text_cannot_reach_a_public_page(ticket: dict[str, Any]) -> None:
    """A message that holds a brief, facts or links, or that is not meant for the page, is not carried, and no call is made."""
    private = public(**ticket)

    assert not channel().carries(private)
    with pytest.raises(Rejected, match="publishes public words alone"):
        channel().send(private, ())
    assert channel().carries(public())
    assert not any(channel().carries(message(verb)) for verb in ("page", "tell", "close", "file"))


@responses.activate
def test_the_first_words_make_an_incident() -> None:
    """The open incidents are read first; mails are spoken of, the components fail, and the metadata is an object."""
    responses.get(f"{INCIDENTS}/unresolved", json=[])
    responses.post(INCIDENTS, json=incident(), status=201)

    receipt = channel(components="c1=partial_outage, c2", impact="major", subscribers="all").send(public(), ())

    assert (receipt.ref, receipt.url, receipt.state) == ("inc1", "https://stspg.example/1", "investigating")
    assert sent() == {
        "name": "Some payments fail",
        "status": "investigating",
        "body": WORDS,
        "component_ids": ["c1", "c2"],
        "components": {"c1": "partial_outage", "c2": "degraded_performance"},
        "impact_override": "major",
        "deliver_notifications": True,
        "metadata": {"zendesk": {"ticket_id": "48213", "key": THREAD, "last": f"{THREAD}:publish:1"}},
    }
    assert responses.calls[-1].request.headers["Authorization"] == "OAuth s3cr3t"
    assert "acme.zendesk.com" not in str(responses.calls[-1].request.body)


@pytest.mark.parametrize(
    ("option", "mailed"),
    [
        ({}, [False, False, False]),
        ({"subscribers": "none"}, [False, False, False]),
        ({"subscribers": "first_and_last"}, [True, False, True]),
        ({"subscribers": "all"}, [True, True, True]),
        ({"subscribers": "everybody"}, [False, False, False]),
    ],
)
@responses.activate
def test_mail_to_subscribers_is_always_spoken_of(option: dict[str, str], mailed: list[bool]) -> None:
    """Statuspage mails everybody where it is not told; here nobody is, unless the policy says so."""
    opened = responses.get(f"{INCIDENTS}/unresolved", json=[])
    responses.post(INCIDENTS, json=incident(), status=201)
    responses.patch(f"{INCIDENTS}/inc1", json=incident())
    page = channel(None, **option)

    page.send(public(), ())
    responses.replace(opened.method, opened.url, json=[incident()])
    page.send(public(2, status="identified"), (FIRST,))
    page.send(public(3, status="resolved"), (FIRST,))

    writes = [json.loads(call.request.body or b"") for call in responses.calls if call.request.method != "GET"]
    assert [one["incident"]["deliver_notifications"] for one in writes] == mailed


@responses.activate
def test_later_words_are_appended_and_the_end_makes_components_well() -> None:
    """What another open incident holds stays as it is."""
    other = incident(id="inc2", metadata={}, components=[{"id": "c2"}])
    responses.get(f"{INCIDENTS}/unresolved", json=[other, incident()])
    responses.patch(f"{INCIDENTS}/inc1", json=incident(status="resolved"))
    page = channel(components="c1=major_outage c2")

    page.send(public(2, status="monitoring"), (FIRST,))
    assert not {"components", "name"} & sent().keys()
    page.send(public(3, status="resolved"), (FIRST,))

    assert sent()["components"] == {"c1": "operational"}
    assert [call.request.method for call in responses.calls] == ["GET", "PATCH", "GET", "PATCH"]


@responses.activate
def test_a_matter_is_known_by_its_metadata_when_the_store_has_forgotten_it() -> None:
    """The same thread never has two incidents."""
    responses.get(f"{INCIDENTS}/unresolved", json=[incident(id="inc0", metadata={"zendesk": "x"}), incident()])
    responses.patch(f"{INCIDENTS}/inc1", json=incident(status="identified"))

    assert channel().send(public(2, status="identified"), ()).ref == "inc1"


@responses.activate
def test_what_a_person_resolved_is_not_opened_again() -> None:
    """More words are refused, and the end is there already."""
    responses.get(f"{INCIDENTS}/unresolved", json=[])
    responses.get(f"{INCIDENTS}/inc1", json=incident(status="resolved"))

    with pytest.raises(Rejected, match="was resolved on the status page") as error:
        channel().send(public(2, status="monitoring"), (FIRST,))
    assert "by hand" in error.value.hint
    assert channel().send(public(3, status="resolved"), (FIRST,)).state == "resolved"


@responses.activate
def test_an_end_that_nobody_heard_the_beginning_of_is_not_published() -> None:
    """No incident is made only to be resolved."""
    responses.get(f"{INCIDENTS}/unresolved", json=[])

    assert channel().send(public(3, status="resolved"), ()).state == "never published"


@pytest.mark.parametrize("text", HOSTILE)
@responses.activate
def test_hostile_words_are_only_words(text: str) -> None:
    """Even a template of the policies makes no tag, no unseen character, and nothing beyond the limits."""
    responses.get(f"{INCIDENTS}/unresolved", json=[])
    responses.post(INCIDENTS, json=incident(), status=201)

    channel().send(public(title=text, text=text), ())

    told = sent()
    assert not set("<>\x00\x1b\u202e") & set(told["name"] + told["body"])
    assert len(told["name"]) <= 255
    assert len(told["body"]) <= MOST_BODY
    assert "\n" not in told["name"]


REFUSALS = [
    (401, AccessRefused, "DESKHAND_STATUSPAGE_TOKEN"),
    (403, AccessRefused, "`place` of channel 'status'"),
    (404, Rejected, "`place` of channel 'status'"),
    (400, Rejected, "`components` and `impact` of channel 'status'"),
    (422, Rejected, "`components` and `impact` of channel 'status'"),
    (302, Rejected, "DESKHAND_STATUSPAGE_URL"),
    (409, Rejected, "options of channel 'status'"),
    (420, RateLimited, ""),
    (429, RateLimited, ""),
    (500, Unknown, ""),
    (503, Unknown, ""),
    (204, Unknown, ""),
    (200, Unknown, ""),
]


@pytest.mark.parametrize(("status", "meaning", "hint"), REFUSALS)
@responses.activate
def test_each_answer_to_a_write_has_one_meaning(status: int, meaning: type[DeskError], hint: str) -> None:
    """Retry, settle, alarm or configuration; the hint names the setting or the policy key, and no secret is in the sentence."""
    responses.get(f"{INCIDENTS}/unresolved", json=[])
    responses.post(INCIDENTS, body="<html>wait</html>", status=status, headers={"Retry-After": "7"})

    with pytest.raises(DeskError) as error:
        channel().send(public(), ())

    assert type(error.value) is meaning
    assert hint in error.value.hint
    assert "s3cr3t" not in str(error.value) + error.value.hint
    assert getattr(error.value, "retry_after", 7.0) == 7.0


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (500, "", Transient),
        (420, "", RateLimited),
        (200, "<html>wait</html>", Transient),
        (200, "{}", Transient),
        (200, '[{"name": "no id"}]', Transient),
        (401, "", AccessRefused),
        (404, "", Rejected),
    ],
)
@responses.activate
def test_what_cannot_be_read_is_not_taken_for_nothing(status: int, body: str, meaning: type[DeskError]) -> None:
    """No incident is made where the open ones are not known."""
    responses.get(f"{INCIDENTS}/unresolved", body=body, status=status)

    for ask in (channel().send, channel().find):
        with pytest.raises(DeskError) as error:
            ask(public(), ())
        assert type(error.value) is meaning


@responses.activate
def test_an_incident_that_was_deleted_is_said_to_be() -> None:
    """A person took it off the page, so a person decides."""
    responses.get(f"{INCIDENTS}/unresolved", json=[])
    responses.get(f"{INCIDENTS}/inc1", status=404)

    with pytest.raises(Rejected) as error:
        channel().send(public(2, status="monitoring"), (FIRST,))

    assert "deleted on the status page" in error.value.hint


@responses.activate
def test_a_message_is_found_by_its_own_mark() -> None:
    """The incident of the matter counts only where this message was its latest; what is not there is looked for twice."""
    responses.get(f"{INCIDENTS}/unresolved", json=[incident()])
    hands = Hands()
    page = channel(hands)

    first = page.find(public(), ())

    assert first is not None
    assert first.ref == "inc1"
    with pytest.raises(Transient, match="nothing of"):
        page.find(public(2), (FIRST,))
    hands.now += SETTLED
    assert page.find(public(2), (FIRST,)) is None


@responses.activate
def test_every_page_of_open_incidents_is_read() -> None:
    """The matter's incident may be on the second."""
    others = [incident(id=f"o{i}", metadata=None) for i in range(100)]
    responses.get(f"{INCIDENTS}/unresolved", json=others)
    responses.get(f"{INCIDENTS}/unresolved", json=[incident()])

    assert channel().find(public(), ()) is not None


# Against the stand-in, with faults on the way. Rows of the idempotency map: "Statuspage create", and its updates.


def stage() -> tuple[Sandbox, Statuspage]:
    """A sandbox and a channel to its page."""
    sandbox = Sandbox(options=Options(accidents_take_time=True))
    return sandbox, page_of(sandbox)


def page_of(sandbox: Sandbox) -> Statuspage:
    """A channel of a process that has just begun."""
    session = ServiceSession(sandbox.services.statuspage.url + "/v1", setting="X", mount=sandbox.adapter())
    options = {"subscribers": "all", "components": "c1=partial_outage"}
    return Statuspage(
        Channel("status", "statuspage", "pg1", options=options), session, "sandbox-token", sandbox.clock.now
    )


@pytest.mark.parametrize("kind", UNCLEAR)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_statuspage_create_happens_once_whatever_befalls_it(kind: str, nth: int) -> None:
    """Time-outs before and after the commit, late commits, resets, junk: one incident, one mail to each subscriber."""
    sandbox, page = stage()
    sandbox.faults.add({"kind": kind, "path": "/services/statuspage/*", "nth": nth, "seconds": 20})

    receipt = carry(sandbox, page, public())
    sandbox.clock.advance(600)
    sandbox.run_due()

    pretended = sandbox.services.statuspage
    assert [one.key for one in pretended.of("incident")] == [receipt.ref]
    assert pretended.mails == pretended.subscribers


@pytest.mark.parametrize("kind", UNCLEAR)
@pytest.mark.parametrize("nth", [1, 2])
def test_statuspage_updates_are_appended_once_whatever_befalls_them(kind: str, nth: int) -> None:
    """The same for what follows, up to the end, which makes the component well."""
    sandbox, page = stage()
    first = Sent("status", "publish", carry(sandbox, page, public()).ref, 1)
    sandbox.faults.add({"kind": kind, "path": "/services/statuspage/*", "nth": nth, "seconds": 20})

    carry(sandbox, page, public(2, status="identified"), (first,))
    carry(sandbox, page, public(3, status="resolved"), (first,))
    sandbox.clock.advance(600)
    sandbox.run_due()

    pretended = sandbox.services.statuspage
    assert [one.facts["status"] for one in pretended.log] == ["investigating", "identified", "resolved"]
    assert pretended.states == {"c1": "operational"}


def test_statuspage_create_waits_as_long_as_420_says() -> None:
    """One call a second over a minute; then it goes, once."""
    sandbox, page = stage()
    sandbox.services.statuspage.limits = {"calls": (1, 60)}

    with pytest.raises(RateLimited) as error:
        page.send(public(), ())
    assert 0 < error.value.retry_after <= 60
    sandbox.services.statuspage.limits = {"calls": (2, 60)}
    carry(sandbox, page, public())

    assert len(sandbox.services.statuspage.of("incident")) == 1


@pytest.mark.parametrize("committed", [True, False])
def test_statuspage_create_survives_a_restart_in_the_middle(committed: bool) -> None:
    """The process died while it sent: the next one looks before it publishes."""
    sandbox, page = stage()
    kind = "timeout_after_commit" if committed else "timeout_before_commit"
    sandbox.faults.add({"kind": kind, "method": "POST", "path": "/services/statuspage/*", "count": 1})
    with pytest.raises(Unknown):
        page.send(public(), ())

    carry(sandbox, page_of(sandbox), public(), unclear=True)

    assert len(sandbox.services.statuspage.of("incident")) == 1


def test_nothing_is_published_after_its_end() -> None:
    """A late word after the resolution opens nothing again."""
    sandbox, page = stage()
    first = Sent("status", "publish", carry(sandbox, page, public()).ref, 1)
    carry(sandbox, page, public(3, status="resolved"), (first,))

    with pytest.raises(Rejected, match="does not open it again"):
        page.send(public(2, status="identified"), (first,))

    assert [one.facts["status"] for one in sandbox.services.statuspage.log] == ["investigating", "resolved"]
