"""The sandbox under a requests session, and the faults it can be asked for."""

from collections.abc import Iterable

import pytest
import requests
from requests.exceptions import ConnectionError as ConnectionFailed
from requests.exceptions import JSONDecodeError, ReadTimeout

from deskhand.sandbox import Refusal
from deskhand.sandbox.exchange import Row
from tests.sandbox.builders import ADMIN, Account


def session(faults: Iterable[Row] = ()) -> tuple[Account, requests.Session]:
    """An account with one ticket and a session on it."""
    account = Account(faults=faults)
    account.ticket()
    made = requests.Session()
    made.mount(account.sandbox.url + "/", account.sandbox.adapter())
    made.auth = (f"{ADMIN}/token", "sandbox-token")
    return account, made


def get(made: requests.Session, path: str = "/tickets.json?page[size]=1") -> requests.Response:
    """A GET."""
    return made.get(f"https://acme.zendesk.com/api/v2{path}", timeout=5)


def test_a_session_gets_real_responses() -> None:
    """Status, headers, JSON and request are those of a requests response."""
    _, made = session()
    response = get(made)
    assert (response.status_code, response.ok, response.reason) == (200, True, "OK")
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.json()["tickets"][0]["url"] == "https://acme.zendesk.com/api/v2/tickets/1.json"


def test_a_time_out_after_the_commit_has_changed_the_ticket() -> None:
    """timeout_after_commit raises ReadTimeout, lets the time pass, and the update is done."""
    account, made = session([{"kind": "timeout_after_commit", "method": "PUT"}])
    before = account.sandbox.clock.epoch()
    with pytest.raises(ReadTimeout):
        made.put("https://acme.zendesk.com/api/v2/tickets/1.json", json={"ticket": {"priority": "high"}}, timeout=5)
    assert account.world.tickets[1].priority == "high"
    assert account.sandbox.clock.epoch() == before + 5


def test_a_time_out_before_the_commit_has_not() -> None:
    """timeout_before_commit raises ReadTimeout and nothing is done."""
    account, made = session([{"kind": "timeout_before_commit", "method": "PUT"}])
    with pytest.raises(ReadTimeout):
        made.put("https://acme.zendesk.com/api/v2/tickets/1.json", json={"ticket": {"priority": "high"}}, timeout=5)
    assert account.world.tickets[1].priority is None


def test_a_late_commit_comes_after_the_client_gave_up() -> None:
    """late_commit raises ReadTimeout, and the update is done some seconds later."""
    account, made = session([{"kind": "late_commit", "method": "PUT", "seconds": 20}])
    with pytest.raises(ReadTimeout):
        made.put("https://acme.zendesk.com/api/v2/tickets/1.json", json={"ticket": {"priority": "high"}}, timeout=5)
    get(made)
    assert account.world.tickets[1].priority is None
    account.wait(20)
    get(made)
    assert account.world.tickets[1].priority == "high"


def test_a_reset_is_a_connection_error() -> None:
    """Reset raises requests' ConnectionError."""
    _, made = session([{"kind": "reset", "nth": 2}])
    get(made)
    with pytest.raises(ConnectionFailed):
        get(made)
    assert get(made).ok


@pytest.mark.parametrize(("kind", "seen"), [("cut_json", JSONDecodeError), ("html_200", JSONDecodeError)])
def test_spoilt_bodies_are_no_json(kind: str, seen: type[Exception]) -> None:
    """A cut body and an HTML page answer 200 and cannot be read as JSON."""
    _, made = session([{"kind": kind}])
    response = get(made)
    assert response.status_code == 200
    with pytest.raises(seen):
        response.json()


@pytest.mark.parametrize(("kind", "body"), [("empty_object", {}), ("no_content", None)])
def test_empty_answers(kind: str, body: object) -> None:
    """An empty object, or no content at all, where a page is due."""
    _, made = session([{"kind": kind}])
    response = get(made)
    assert (response.json() if response.content else None) == body


def test_a_list_instead_of_an_object() -> None:
    """The body is a list where an object is due."""
    _, made = session([{"kind": "list_instead_of_object"}])
    assert isinstance(get(made).json(), list)


def test_pages_go_wrong_on_demand() -> None:
    """A next page on another host, an empty page that has more, and a cursor that does not move."""
    account, made = session()
    account.ticket()
    account.wait(100)
    faults = account.sandbox.faults
    faults.add({"kind": "offhost_next", "count": 1})
    assert get(made).json()["links"]["next"].startswith("https://evil.example/")
    faults.add({"kind": "empty_middle_page", "count": 1})
    page = get(made).json()
    assert (page["tickets"], page["meta"]["has_more"]) == ([], True)
    cursor = get(made, "/incremental/tickets/cursor.json?start_time=0&per_page=1").json()["after_cursor"]
    faults.add({"kind": "stuck_cursor", "count": 1})
    stuck = get(made, f"/incremental/tickets/cursor.json?cursor={cursor}").json()
    assert (stuck["after_cursor"], stuck["end_of_stream"]) == (cursor, False)


def test_a_status_by_share_and_count() -> None:
    """A status fault strikes its share of the requests, and no more often than its count."""
    account, made = session(
        [{"kind": "status", "path": "/api/v2/groups*", "status": 503, "count": 2, "headers": {"Retry-After": "7"}}]
    )
    answers = [get(made, "/groups.json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].headers["Retry-After"] == "7"
    account.sandbox.faults.add({"kind": "status", "status": 500, "share": 0.3})
    struck = sum(get(made, "/groups.json").status_code == 500 for _ in range(300))
    assert 50 < struck < 130


def test_a_lost_and_a_slow_job() -> None:
    """A lost job answers 404, a slow one stays working."""
    account, made = session()
    job = account.put("/tickets/update_many.json?ids=1", {"ticket": {"tags": ["x"]}})["job_status"]["id"]
    account.wait(60)
    account.sandbox.faults.add({"kind": "slow_job", "path": "/api/v2/job_statuses/*", "count": 1})
    assert get(made, f"/job_statuses/{job}.json").json()["job_status"]["status"] == "working"
    account.sandbox.faults.add({"kind": "lost_job", "path": "/api/v2/job_statuses/*", "count": 1})
    assert get(made, f"/job_statuses/{job}.json").status_code == 404
    assert get(made, f"/job_statuses/{job}.json").json()["job_status"]["status"] == "completed"


@pytest.mark.parametrize("fault", [{"kind": "odd"}, {"kind": "reset", "odd": 1}])
def test_an_unknown_fault_is_refused(account: Account, fault: Row) -> None:
    """A fault of an unknown kind or with an unknown key is refused."""
    with pytest.raises(Refusal):
        account.sandbox.faults.add(fault)


def test_a_skewed_clock_shows_in_the_date() -> None:
    """Answers carry the sandbox's own time as their date; clock_skew shifts it."""
    account, made = session()
    assert get(made).headers["Date"] == "Mon, 02 Mar 2026 08:00:00 GMT"
    account.sandbox.faults.add({"kind": "clock_skew", "seconds": -300})
    assert get(made).headers["Date"] == "Mon, 02 Mar 2026 07:55:00 GMT"
