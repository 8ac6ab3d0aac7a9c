"""Jobs: updates of many tickets."""

from typing import Literal

import pytest

from deskhand.sandbox import Limits, Options
from deskhand.sandbox.clock import iso
from tests.sandbox.builders import Account


def test_a_job_is_queued_then_works_then_has_results(account: Account) -> None:
    """A job goes from queued to working to completed as time passes."""
    ids = [account.ticket().id for _ in range(50)]
    answer = account.put(f"/tickets/update_many.json?ids={','.join(map(str, ids))}", {"ticket": {"priority": "high"}})
    path = f"/job_statuses/{answer['job_status']['id']}.json"
    seen = [answer["job_status"]["status"]]
    for seconds in (2.5, 10):
        account.wait(seconds)
        seen.append(account.get(path)["job_status"]["status"])
    assert seen == ["queued", "working", "completed"]
    assert {row["success"] for row in account.get(path)["job_status"]["results"]} == {True}
    assert {account.world.tickets[key].priority for key in ids} == {"high"}


def test_a_batch_checks_each_ticket_on_its_own(account: Account) -> None:
    """In the batch form each row has its own stamp: a stale row fails and the others are done."""
    good, stale = account.ticket(), account.ticket()
    rows = [
        {
            "id": good.id,
            "priority": "low",
            "safe_update": True,
            "updated_stamp": iso(good.updated),
            "metadata": {"op": "a"},
        },
        {"id": stale.id, "priority": "low", "safe_update": True, "updated_stamp": "2020-01-01T00:00:00Z"},
        {"id": 99_999, "priority": "low", "safe_update": True, "updated_stamp": "2020-01-01T00:00:00Z"},
    ]
    results = account.job(account.put("/tickets/update_many.json", {"tickets": rows}))["results"]
    assert [(row["success"], row.get("error")) for row in results] == [
        (True, None),
        (False, "UpdateConflict"),
        (False, "RecordNotFound"),
    ]
    assert (good.priority, stale.priority, good.audits[-1].custom) == ("low", None, {"op": "a"})


def test_a_batch_needs_stamp_and_safe_update_together(account: Account) -> None:
    """One of the two without the other is refused before any job is made."""
    ticket = account.ticket()
    assert (
        account.call("PUT", "/tickets/update_many.json", {"tickets": [{"id": ticket.id, "safe_update": True}]}).status
        == 400
    )


def test_a_bulk_update_without_stamp_uses_the_time_of_the_queue(account: Account) -> None:
    """A ticket that changed after the job was queued is not overwritten."""
    ticket = account.ticket()
    answer = account.put(f"/tickets/update_many.json?ids={ticket.id}", {"ticket": {"priority": "high"}})
    account.wait(1)
    account.world.update_ticket(ticket, {"priority": "low"}, author=account.agent)
    assert account.job(answer)["results"][0]["error"] == "UpdateConflict"
    assert ticket.priority == "low"


def test_tags_can_be_edited_in_bulk(account: Account) -> None:
    """additional_tags and remove_tags work with ids."""
    ticket = account.ticket(tags=["one", "two"])
    account.job(
        account.put(
            f"/tickets/update_many.json?ids={ticket.id}",
            {"ticket": {"additional_tags": ["three"], "remove_tags": ["one"]}},
        )
    )
    assert ticket.tags == ("three", "two")


def test_more_than_a_hundred_are_refused(account: Account) -> None:
    """101 ids answer 400 TooManyValues."""
    ids = ",".join(map(str, range(1, 102)))
    response = account.call("PUT", f"/tickets/update_many.json?ids={ids}", {"ticket": {"priority": "low"}})
    assert (response.status, response.json()["error"]) == (400, "TooManyValues")


def test_too_many_jobs_are_refused() -> None:
    """The job beyond the limit answers TooManyJobs until one has ended."""
    account = Account(limits=Limits(jobs=2))
    path, body = f"/tickets/update_many.json?ids={account.ticket().id}", {"ticket": {"tags": ["x"]}}
    assert [account.call("PUT", path, body).status for _ in range(3)] == [200, 200, 429]
    account.wait(30)
    assert account.call("PUT", path, body).status == 200


def test_a_job_is_forgotten_after_a_day(account: Account) -> None:
    """A job can be asked for within a day, then it is 404."""
    answer = account.put(f"/tickets/update_many.json?ids={account.ticket().id}", {"ticket": {"tags": ["x"]}})
    account.job(answer)
    account.wait(86_400)
    assert account.call("GET", f"/job_statuses/{answer['job_status']['id']}.json").status == 404


@pytest.mark.parametrize("shape", ["flagged", "indexed"])
def test_failed_rows_come_in_either_shape(shape: str) -> None:
    """A failed row has success false, or an index and an error only."""
    account = Account(Options(failed_rows="flagged" if shape == "flagged" else "indexed"))
    row = account.job(account.put("/tickets/update_many.json?ids=77", {"ticket": {"tags": ["x"]}}))["results"][0]
    assert ("success" in row) == (shape == "flagged")
    assert row["error"] == "RecordNotFound"


def test_many_are_deleted(account: Account) -> None:
    """destroy_many deletes by a job."""
    tickets = [account.ticket() for _ in range(3)]
    response = account.call("DELETE", f"/tickets/destroy_many.json?ids={','.join(str(t.id) for t in tickets)}")
    assert account.job(response.json())["status"] == "completed"
    assert all(ticket.deleted for ticket in tickets)


def test_erasing_tells_only_whether_it_worked(account: Account) -> None:
    """The job that deletes tickets for good has no total and no rows."""
    ticket = account.ticket()
    account.call("DELETE", f"/tickets/{ticket.id}.json")
    made = account.call("DELETE", f"/deleted_tickets/{ticket.id}.json").json()

    assert (made["job_status"]["total"], made["job_status"]["status"]) == (None, "queued")
    job = account.job(made)
    assert (job["status"], job["total"], job["progress"], job["results"]) == (
        "completed",
        None,
        None,
        {"success": True},
    )


@pytest.mark.parametrize("era", ["2023", "2024"])
def test_keys_of_2024_are_there_or_not_yet(era: Literal["2023", "2024"]) -> None:
    """An account of 2023 tells neither the type of a job nor the generated_timestamp of a ticket that it has just made."""
    account = Account(Options(era=era))
    body = {"subject": "a", "comment": {"body": "b"}}

    job = account.job(account.call("POST", "/tickets/create_many.json", {"tickets": [body]}).json())
    made = account.call("POST", "/tickets.json", {"ticket": body}).json()["ticket"]

    assert [key for key in ("job_type", "generated_timestamp") if key in job or key in made] == (
        [] if era == "2023" else ["job_type", "generated_timestamp"]
    )
