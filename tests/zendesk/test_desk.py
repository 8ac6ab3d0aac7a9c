"""The desk: what jobs and audits say of writes."""

from collections.abc import Sequence
from typing import Any

import pytest

from deskhand.core.effect import TicketWrite
from deskhand.errors import Transient
from deskhand.zendesk.desk import NO_JOB, ZendeskDesk
from deskhand.zendesk.people import People
from tests.http.canned import NOW, Canned, answer
from tests.zendesk.places import directory, gateway


def write(number: int = 7, **more: Any) -> TicketWrite:
    """A write to a ticket."""
    return TicketWrite(f"op-{number}", number, "2026-03-02T09:00:00Z", ("r",), **more)


def desk(*answers: tuple[int, bytes, dict[str, str]], needs: Sequence[str] = ()) -> tuple[ZendeskDesk, Canned]:
    """A desk over canned answers."""
    canned = Canned(list(answers))
    reading = gateway(canned)
    return ZendeskDesk(reading, directory(canned), People(reading, lambda: NOW), frozenset(needs), lambda: True), canned


def job(status: str, results: object = None, **more: object) -> tuple[int, bytes, dict[str, str]]:
    """A job status."""
    return answer(200, {"job_status": {"id": "V3-1", "status": status, "results": results, **more}})


@pytest.mark.parametrize("status", ["queued", "working"])
def test_a_running_job_says_nothing_yet(status: str) -> None:
    """Rows stay on their way."""
    asked, _ = desk(job(status))

    assert asked.outcomes("V3-1", [write()]) is None


def row(**facts: object) -> dict[str, object]:
    """A failed row of a job."""
    return {"id": 7, "action": "update", "success": False, **facts}


@pytest.mark.parametrize(
    ("result", "came", "words"),
    [
        ({"id": 7, "action": "update", "success": True, "status": "Updated"}, "done", "Updated"),
        ({"id": 7, "status": "Updated"}, "done", "Updated"),
        ({"index": 0, "success": True, "status": "Updated"}, "done", "Updated"),
        (row(error="UpdateConflict", details="Safe Update prevented the update"), "conflict", "Safe Update"),
        (row(error="DatabaseConflict", details="Database collision"), "retry", "collision"),
        (row(error="TicketUpdate", details="Status: closed prevents ticket update"), "rejected", "closed and cannot"),
        (
            row(error="X", details="Assignee: is not a member of the group"),
            "rejected",
            "not a member of the ticket's group",
        ),
        (row(error="X", details="Cause: is required when solving a ticket"), "rejected", "must be filled in first"),
        (row(), "rejected", "refused"),
        ({"id": 999, "success": True}, "unknown", "job V3-1 completed"),
    ],
)
def test_a_finished_jobs_row_is_an_outcome(result: dict[str, object], came: str, words: str) -> None:
    """By ticket or by place, each kind of failure told apart; what the job does not mention is unclear."""
    asked, _ = desk(job("completed", [result]))

    (outcome,) = asked.outcomes("V3-1", [write()]) or []

    assert outcome.came == came
    assert words in outcome.reason


def test_results_in_another_order_belong_to_their_tickets() -> None:
    """R8: ids decide, not places."""
    results = [{"id": 8, "success": False, "error": "UpdateConflict"}, {"id": 7, "success": True}]
    asked, _ = desk(job("completed", results))

    outcomes = asked.outcomes("V3-1", [write(7), write(8)]) or []

    assert [(outcome.op_id, outcome.came) for outcome in outcomes] == [("op-7", "done"), ("op-8", "conflict")]


@pytest.mark.parametrize(
    "given",
    [answer(404, {"error": "RecordNotFound"}), job("failed", None, message="boom"), job("killed", {"success": True})],
)
def test_a_job_that_is_lost_or_failed_leaves_its_writes_unclear(given: tuple[int, bytes, dict[str, str]]) -> None:
    """R8: the audits decide; nothing is sent again on a guess."""
    asked, _ = desk(given)

    assert [outcome.came for outcome in asked.outcomes("V3-1", [write(7), write(8)]) or []] == ["unknown", "unknown"]


def test_one_write_with_an_unknown_name_does_not_stop_the_others() -> None:
    """It is refused alone, with its reason."""
    asked, canned = desk(job("queued"), job("completed", [{"id": 7, "success": True}]))
    writes = [write(7, group="Network"), write(8, group="Netwrok")]

    outcomes = asked.outcomes(asked.submit(writes), writes) or []

    assert {outcome.op_id: outcome.came for outcome in outcomes} == {"op-7": "done", "op-8": "rejected"}
    assert b"op-8" not in (canned.asked[0].body or b"")


def test_a_batch_without_a_sendable_row_needs_no_job() -> None:
    """No call is made."""
    asked, canned = desk()
    writes = [write(8, group="Netwrok")]

    assert asked.submit(writes) == NO_JOB
    assert [outcome.came for outcome in asked.outcomes(NO_JOB, writes) or []] == ["rejected"]
    assert canned.asked == []


def audit(number: int, mark: str | None) -> dict[str, object]:
    """An audit with or without a mark."""
    custom = {"deskhand": {"op": mark}} if mark else {}
    return {"id": number, "ticket_id": 7, "events": [], "metadata": {"custom": custom, "system": {}}}


def test_a_mark_is_found_among_the_audits_page_by_page() -> None:
    """Newest first; an empty page in the middle is not the end."""
    first = {"audits": [audit(3, None), audit(2, "other")], "meta": {"has_more": True, "after_cursor": "a"}}
    empty = {"audits": [], "meta": {"has_more": True, "after_cursor": "b"}}
    last = {"audits": [audit(1, "op-7")], "meta": {"has_more": False}}
    asked, canned = desk(*(answer(200, page) for page in (first, empty, last)))

    assert asked.audit_of(write()) == 1
    assert len(canned.asked) == 3


@pytest.mark.parametrize(
    "given",
    [
        answer(200, {"audits": [audit(2, "other")], "meta": {"has_more": False}}),
        answer(404, {"error": "RecordNotFound"}),
    ],
)
def test_without_a_mark_the_write_did_not_happen(given: tuple[int, bytes, dict[str, str]]) -> None:
    """Nor on a ticket that is gone."""
    assert desk(given)[0].audit_of(write()) is None


def test_an_audit_that_cannot_be_read_is_not_taken_for_none() -> None:
    """Could not read is never not there."""
    asked, _ = desk(*[answer(500)] * 5)

    with pytest.raises(Transient):
        asked.audit_of(write())


def test_tickets_are_fetched_a_hundred_at_a_time() -> None:
    """With the sideloads that the policy needs; absent ones are absent."""
    asked, canned = desk(*[answer(200, {"tickets": []})] * 3, needs=("slas", "metrics"))

    assert asked.fetch(range(1, 251)) == []

    assert len(canned.lines) == 3
    assert all("include=slas%2Cmetric_sets" in line for line in canned.lines)
