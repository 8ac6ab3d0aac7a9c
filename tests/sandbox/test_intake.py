"""An account's exports become a sandbox."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskhand.errors import SettingsError
from deskhand.sandbox import Options, Request, Sandbox, SimClock
from deskhand.sandbox.clock import RealClock
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.intake import take_in
from deskhand.sandbox.intake.files import kind_of
from deskhand.sandbox.limits import UNLIMITED
from deskhand.sandbox.scenarios import SCENARIOS
from deskhand.sandbox.state import restore, save
from tests.sandbox.crawl import BASIC, crawl

RECORDED = Path(__file__).parents[2].parent / "shared" / "data"

EXPORTED = (
    "groups", "users", "organizations", "group_memberships", "ticket_fields", "user_fields", "organization_fields", "ticket_forms", "brands",
    "custom_statuses", "custom_roles", "slas/policies", "macros", "views", "triggers", "automations", "ticket_audits",
)  # fmt: skip


def _pages(sandbox: Sandbox, path: str) -> Iterator[Row]:
    """All pages of a list or an incremental export, as a client saves them."""
    url: str | None = f"{sandbox.url}/api/v2/{path}"
    while url:
        answer = sandbox.handle(Request.of("GET", url, headers={"authorization": BASIC}))
        assert answer.status == 200, answer.body
        page = answer.json()
        yield page
        more = page.get("meta", {}).get("has_more") or page.get("end_of_stream") is False
        following = (page.get("links") or {}).get("next") or page.get("after_url") or page.get("next_page")
        url = following if more or page.get("next_page") else None


def _export(sandbox: Sandbox, folder: Path) -> None:
    """What a backup of an account holds: a file for each page."""
    folder.mkdir()
    paths = [f"{name}.json?page[size]=100" for name in EXPORTED]
    for path in [*paths, "incremental/tickets/cursor.json?start_time=1", "business_hours/schedules.json"]:
        for number, page in enumerate(_pages(sandbox, path)):
            name = path.partition(".")[0].replace("/", "_")
            (folder / f"{name}-{number}.json").write_text(json.dumps(page), encoding="utf-8")


@pytest.fixture(scope="module")
def account() -> Sandbox:
    """The company with 120 tickets, some hours into its day, all of it exported at once."""
    sandbox = Sandbox(clock=SimClock(), limits=UNLIMITED, options=Options(hold_back=0))
    SCENARIOS["company"].build(sandbox, 2, 120)
    sandbox.run_until(sandbox.clock.now() + timedelta(hours=3))
    sandbox.clock.advance(2)
    return sandbox


def _get(sandbox: Sandbox, path: str) -> Any:
    url = f"https://acme.zendesk.com/api/v2/{path}"
    answer = sandbox.handle(Request.of("GET", url, headers={"authorization": BASIC}))
    assert answer.status == 200, answer.body
    return answer.json()


def test_an_export_comes_back_as_the_account_was(account: Sandbox, tmp_path: Path) -> None:
    """Every ticket, audit, user and setting has the same id and reads the same, but for what an account counts anew."""
    _export(account, tmp_path / "exports")

    done = take_in([tmp_path / "exports"])

    assert done.left == {}
    assert done.added == {}
    assert done.taken["tickets"] == len(account.world.tickets) == len(done.sandbox.world.tickets)
    for key in account.world.tickets:
        assert _get(done.sandbox, f"tickets/{key}.json") == _get(account, f"tickets/{key}.json")
        theirs, ours = (_get(one, f"tickets/{key}/audits.json")["audits"] for one in (account, done.sandbox))
        assert ours == theirs
    for name in EXPORTED[:-1]:
        theirs, ours = (list(_pages(one, f"{name}.json?page[size]=100")) for one in (account, done.sandbox))
        assert [len(page) for page in ours] == [len(page) for page in theirs], name


def test_an_imported_account_lives_on(account: Sandbox, tmp_path: Path) -> None:
    """It is saved and served; what is new gets new ids; the worker's client and the standing admin are let in."""
    _export(account, tmp_path / "exports")
    for name in ("a.state", "b.state"):
        save(take_in([tmp_path / "exports"]).sandbox, tmp_path / name, runs=True)

    sandbox = restore(tmp_path / "a.state")

    assert (tmp_path / "a.state").read_bytes() == (tmp_path / "b.state").read_bytes()
    assert isinstance(sandbox.clock, RealClock)
    assert sandbox.clock.now() - account.clock.now() < timedelta(minutes=1)
    assert {status for _, status, _, _ in crawl(sandbox)} <= {200, 404, 429}
    body = json.dumps({"ticket": {"comment": {"body": "new"}}}).encode()
    headers = {"authorization": BASIC, "content-type": "application/json"}
    made = sandbox.handle(
        Request.of("POST", "https://acme.zendesk.com/api/v2/tickets.json", headers=headers, body=body)
    )
    assert made.status == 201
    assert made.json()["ticket"]["id"] == max(account.world.tickets) + 1
    assert made.json()["audit"]["id"] > max(audit.id for one in account.world.tickets.values() for audit in one.audits)
    assert sandbox.door.client("deskhand") is not None


TICKET = {
    "id": 4711, "created_at": "2025-02-03T10:00:00Z", "updated_at": "2025-02-04T11:00:00Z", "status": "open", "priority": "high", "subject": "Lamp",
    "description": "It is dark", "requester_id": 8_000_000_000_001, "submitter_id": 8_000_000_000_001, "assignee_id": 8_000_000_000_002,
    "group_id": 8_000_000_000_003, "tags": ["lamp"], "custom_fields": [{"id": 77, "value": "x"}, {"id": 78, "value": None}], "via": {"channel": "email"},
}  # fmt: skip


def test_lines_of_records_are_read(tmp_path: Path) -> None:
    """The account's own JSON export: one record a line, in files named after them, gzipped too; a ticket may carry its comments."""
    comments = [
        {
            "id": 2,
            "author_id": 8_000_000_000_002,
            "body": "Changed",
            "public": False,
            "created_at": "2025-02-03T12:00:00Z",
        },
        {"id": 1, "author_id": 8_000_000_000_001, "body": "It is dark", "created_at": "2025-02-03T10:00:00Z"},
    ]
    lines = [json.dumps(TICKET | {"comments": comments}), "", json.dumps(TICKET | {"id": 4712, "status": "closed"})]
    (tmp_path / "tickets_2025.ndjson.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    user = {"id": 8_000_000_000_001, "name": "Cleo", "email": "cleo@customer.example", "role": "end-user"}
    (tmp_path / "users.json").write_text(
        json.dumps(user)
        + "\n"
        + json.dumps(user | {"id": 8_000_000_000_002, "name": "Ana", "email": "ana@x.example", "role": "agent"})
    )

    done = take_in([tmp_path])

    world = done.sandbox.world
    ticket = world.tickets[4711]
    assert dict(done.taken) == {"users": 2, "tickets": 2, "ticket_comments": 2}
    assert dict(done.added) == {"groups": 1, "ticket_fields": 1, "ticket_audits": 5}
    assert (ticket.subject, ticket.priority, ticket.fields, ticket.tags) == ("Lamp", "high", {77: "x"}, ("lamp",))
    shown = _get(done.sandbox, "tickets/4711/comments.json")["comments"]
    assert [(row["body"], row["public"], row["created_at"]) for row in shown] == [
        ("It is dark", True, "2025-02-03T10:00:00Z"), ("Changed", False, "2025-02-03T12:00:00Z"),
    ]  # fmt: skip
    assert [
        row["type"]
        for row in _get(done.sandbox, "incremental/ticket_metric_events.json?start_time=1")["ticket_metric_events"]
    ]
    assert world.tables["users"].need(8_000_000_000_001)["email"] == "cleo@customer.example"
    assert done.sandbox.clock.now() == datetime(2025, 2, 4, 11, tzinfo=UTC)


def test_the_newest_copy_of_a_row_counts(tmp_path: Path) -> None:
    """Exports overlap; the order of the files means nothing."""
    for name, stamp, subject in (("b", 20, "Newest"), ("a", 30, "Really the newest"), ("c", 10, "Oldest")):
        page = {
            "tickets": [TICKET | {"subject": subject, "generated_timestamp": 1_738_663_200 + stamp}],
            "end_of_stream": True,
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(page))

    done = take_in([tmp_path])

    assert done.sandbox.world.tickets[4711].subject == "Really the newest"
    assert done.left["tickets", "an older or equal copy of one that was taken"] == 2


def test_what_is_left_is_told_with_its_reason(tmp_path: Path) -> None:
    """Nothing is dropped in silence, and one strange row does not keep the others out."""
    page = {
        "tickets": [TICKET, {"id": 1}, TICKET | {"id": 1 << 30}, TICKET | {"id": 5, "status": "odd"}, 7, {"subject": "no id"}, TICKET | {"id": 6, "created_at": "soon"}],
        "ticket_metric_events": [{"id": 1}], "audits": [{"id": 3, "ticket_id": 99, "created_at": "2025-01-01T00:00:00Z"}, {"id": 4}], "moods": [{"id": 1}],
        "schedules": [{"id": 1, "name": "S", "time_zone": "Mars", "intervals": []}], "group_memberships": [{"id": 1, "user_id": 5, "group_id": 6}],
        "sla_policies": [{"id": 1, "title": "P", "policy_metrics": [{"metric": "first_reply_time"}]}], "holidays": [{"id": 9, "name": "H"}],
    }  # fmt: skip
    (tmp_path / "page.json").write_text(json.dumps(page))
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "odd.json").write_text('{"a": 1}')

    done = take_in([tmp_path])

    kinds = {kind: count for (kind, _), count in done.left.items()}
    assert list(done.sandbox.world.tickets) == [4711]
    assert sum(count for (kind, _), count in done.left.items() if kind == "tickets") == 6
    assert kinds | {"tickets": 6} == {
        "tickets": 6, "ticket_metric_events": 1, "ticket_audits": 1, "moods": 1, "schedules": 1, "group_memberships": 1, "sla_policies": 1, "holidays": 1,
        "files": 1, "objects": 1,
    }  # fmt: skip
    assert done.left["ticket_audits", "their ticket was not exported"] == 1
    assert done.left["ticket_audits", "no ticket_id"] == 1


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("tickets.json", '{"tickets": [', r"tickets\.json:1:14"),
        ("tickets.ndjson", '{"id": 1}\n{"id": ', r"tickets\.ndjson:2:8"),
        ("tickets.json", "5", "neither an object nor a list"),
        ("tickets.json", "[" * 100_000, "nested too deeply"),
        ("tickets.json", "", "nothing of an account"),
        ("tickets.json", "[]", "nothing of an account"),
    ],
)
def test_a_file_that_is_not_whole_is_named_with_its_place(name: str, text: str, words: str, tmp_path: Path) -> None:
    """A part of an export is never taken for all of it."""
    (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError, match=words) as caught:
        take_in([tmp_path])
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("tickets.json", "tickets"), ("incremental_tickets_cursor-3.ndjson.gz", "tickets"), ("ticket_audits-0001.json", "ticket_audits"), ("Users (2).JSON", "users"),
        ("slas_policies-0.json", "sla_policies"), ("ticket-fields.jsonl", "ticket_fields"), ("audits.json", "ticket_audits"), ("holiday.json", None), ("x.json", None),
    ],
)  # fmt: skip
def test_a_files_name_tells_what_its_lines_are(name: str, kind: str | None) -> None:
    """The longest kind that is in it as a whole word."""
    assert kind_of(name) == kind


def test_recorded_pages_are_taken(tmp_path: Path) -> None:
    """Every answer that was recorded from real accounts and holds rows is understood, and the account can be read."""
    source = RECORDED / "recorded-api"
    if not source.exists():
        pytest.skip(f"the recordings are not there: {source}")
    bodies = [
        one["response_body"]
        for file in sorted(source.glob("GET_*_200.json"))
        for one in json.loads(file.read_text(encoding="utf-8"))["interactions"]
        if isinstance(one["response_body"], dict)
    ]
    for number, body in enumerate(bodies):
        (tmp_path / f"{number}.json").write_text(json.dumps(body), encoding="utf-8")

    done = take_in([tmp_path])

    assert [key for key in done.left if key[1].startswith("not understood")] == []
    assert done.taken["tickets"] > 1_000
    assert done.taken["users"] > 2_000
    assert done.taken["ticket_audits"] > 100
    assert {status for _, status, _, _ in crawl(done.sandbox)} <= {200, 404, 429}


def test_a_real_accounts_records_are_taken(tmp_path: Path) -> None:
    """Lines of streams: a schedule, an SLA policy, macros and automations."""
    source = RECORDED / "recorded-api" / "real-account-records.jsonl"
    if not source.exists():
        pytest.skip(f"the records are not there: {source}")
    done = take_in([source])
    assert {"schedules", "sla_policies", "macros", "automations"} <= set(done.taken)
    assert all(why == "told anew from the audits" or "copy" in why for _, why in done.left)


_ODD: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-5, 1 << 40)
    | st.text(max_size=8)
    | st.just([])
    | st.just({})
    | st.just([1, "x"])
    | st.just({"id": "x"})
)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(data=st.data())
def test_strange_rows_break_nothing(data: st.DataObject, account: Sandbox, tmp_path: Path) -> None:
    """Whatever stands in a row, the others are taken, and the account can be saved, restored and read."""
    pages: dict[str, list[Row]] = {}
    for name in (
        "groups",
        "users",
        "organizations",
        "group_memberships",
        "ticket_fields",
        "macros",
        "triggers",
        "schedules",
        "sla_policies",
    ):
        rows = [dict(row) for row in list(account.world.tables[name])[:2]]
        for row in rows:
            names = sorted({*row} - {"active", "suspended", "role", "email"})  # the asking admin stays who they are
            for key in data.draw(st.lists(st.sampled_from(names), max_size=2)):
                row[key] = data.draw(_ODD)
        pages[name] = rows
    ticket = {**TICKET, "comments": [{"body": "x", "author_id": 5, "created_at": TICKET["created_at"]}]}
    for key in data.draw(st.lists(st.sampled_from(sorted(ticket)), max_size=2)):
        ticket[key] = data.draw(_ODD)
    pages["tickets"] = [ticket, TICKET | {"id": 12}]
    (tmp_path / "page.json").write_text(json.dumps(pages))

    done = take_in([tmp_path / "page.json"])
    save(done.sandbox, tmp_path / "a.state", runs=True)

    sandbox = restore(tmp_path / "a.state")
    assert 12 in sandbox.world.tickets
    assert _get(sandbox, "tickets/12.json?include=users,groups,slas")["ticket"]["subject"] == "Lamp"
    for path in (
        "tickets.json?include=users,groups,organizations,slas",
        "users.json",
        "groups.json",
        "ticket_fields.json",
        "macros.json",
        "triggers.json",
    ):
        _get(sandbox, path)
