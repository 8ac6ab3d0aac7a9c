"""The state of a sandbox, saved and restored."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskhand.errors import SettingsError
from deskhand.sandbox import Limits, Options, Request, Sandbox, SimClock
from deskhand.sandbox.clock import RealClock
from deskhand.sandbox.limits import UNLIMITED
from deskhand.sandbox.promises import all_events
from deskhand.sandbox.run import make_clock
from deskhand.sandbox.scenarios import SCENARIOS
from deskhand.sandbox.state import StateUnusable, parts, restore, save
from deskhand.sandbox.worlds import load_world, open_log, start_of
from tests.sandbox.builders import Account
from tests.sandbox.crawl import crawl
from tests.sandbox.logs import line, saved


def _twin(sandbox: Sandbox, folder: Path) -> Sandbox:
    """The sandbox that comes of saving and restoring one."""
    path = folder / "account.state"
    save(sandbox, path)
    return restore(path)


def _told(sandbox: Sandbox) -> list[object]:
    """All that happened to all tickets, and all rows."""
    rows = {name: list(table.rows.items()) for name, table in sandbox.world.tables.items()}
    return [rows, [(ticket, ticket.audits) for ticket in sandbox.world.tickets.values()]]


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_a_restored_world_answers_alike_and_develops_alike(name: str, tmp_path: Path) -> None:
    """Every path that can be read gives the same bytes and headers, and the next day brings the same audits."""
    sandbox = Sandbox(clock=SimClock(), limits=UNLIMITED)
    load_world(sandbox, scenario=name, seed=4, tickets=60 if name != "empty" else None)
    sandbox.run_until(sandbox.clock.now() + timedelta(hours=2, minutes=17))

    twin = _twin(sandbox, tmp_path)

    assert list(crawl(twin)) == list(crawl(sandbox))
    assert _told(twin) == _told(sandbox)
    for one in (sandbox, twin):
        one.run_until(one.clock.now() + timedelta(days=1))
    assert _told(twin) == _told(sandbox)
    assert [entry[:2] for entry in twin.agenda.entries()] == [entry[:2] for entry in sandbox.agenda.entries()]


def test_a_restored_company_has_the_same_week(tmp_path: Path) -> None:
    """Saved and restored again each night, it is after seven days as if it had never been."""
    sandbox = Sandbox(clock=SimClock(), limits=UNLIMITED)
    load_world(sandbox, scenario="quiet-day", tickets=40)
    twin = _twin(sandbox, tmp_path)
    for _ in range(7):
        for one in (sandbox, twin):
            one.run_until(one.clock.now() + timedelta(days=1))
        twin = _twin(twin, tmp_path)

    assert _told(twin) == _told(sandbox)
    assert list(crawl(twin)) == list(crawl(sandbox))


def test_a_log_goes_on_where_it_stood(tmp_path: Path) -> None:
    """The rows that were not played yet are played after the restoration, and counted on."""
    path = saved(
        tmp_path, line("A", "New", "2/3/2026 09:00"), line("A", "Active", "2/3/2026 10:00"), line("A", "Resolved", "2/3/2026 12:00"),
        line("B", "New", "3/3/2026 09:00", opened_at="3/3/2026 09:00"),
    )  # fmt: skip
    log = open_log(path)
    sandbox = Sandbox(clock=SimClock(start_of(log)))
    player = load_world(sandbox, event_log=log).player
    assert player is not None
    sandbox.run_until(sandbox.clock.now() + timedelta(hours=1, minutes=30))

    twin = _twin(sandbox, tmp_path)
    for one in (sandbox, twin):
        one.run_until(player.end)

    assert _told(twin) == _told(sandbox)
    assert [ticket.status for ticket in twin.world.tickets.values()] == ["solved", "new"]


def _busy() -> Account:
    """An account in the middle of everything: jobs that wait, webhooks, tokens, kept answers, counted limits, faults, deleted and merged tickets."""
    account = Account(
        Options(job_start=30, update_many_counts=False), Limits(account=500), faults=[{"kind": "status", "path": "/api/v2/views*", "share": 0.5}]
    )  # fmt: skip
    tickets = [account.ticket(subject=f"No. {number}") for number in range(6)]
    hook = {
        "name": "h",
        "endpoint": "https://receiver.example",
        "http_method": "POST",
        "request_format": "json",
        "status": "active",
        "subscriptions": ["zen:event-type:ticket.*"],
    }
    account.call("POST", "/webhooks", {"webhook": hook})
    account.put(
        "/tickets/1.json", {"ticket": {"status": "open", "custom_fields": [{"id": account.tier, "value": "gold"}]}}
    )
    account.call("DELETE", "/tickets/2.json")
    account.call("POST", "/tickets/3/merge.json", {"ids": [4]})
    account.call("PUT", "/tickets/update_many.json?ids=1,5", {"ticket": {"priority": "high", "additional_tags": ["x"]}})
    account.call("POST", "/users/create_many.json", {"users": [{"name": "Nina", "email": "nina@new.example"}]})
    account.call("DELETE", "/tickets/destroy_many.json?ids=6")
    account.call("POST", "/tickets.json", {"ticket": {"comment": {"body": "once"}}}, idempotency_key="k1")
    for _ in range(3):
        account.call("GET", "/views.json")
    assert len(tickets) == 6
    account.wait(1)
    return account


def test_what_is_under_way_goes_on(tmp_path: Path) -> None:
    """Jobs that were queued do their work, a key is still known, limits go on counting, faults are drawn on, tokens and secrets work."""
    account = _busy()
    token = account.sandbox.door.issue(account.agent, ("read",), 3_600)
    twin = Account()
    twin.sandbox = _twin(account.sandbox, tmp_path)
    twin.world = twin.sandbox.world
    both = (account, twin)

    for one in both:
        one.wait(60)
    assert list(crawl(twin.sandbox)) == list(crawl(account.sandbox))
    for one in both:
        assert one.get("/job_statuses.json")["job_statuses"][0]["status"] == "completed"
    assert twin.world.tickets[1].priority == "high"
    assert twin.world.tickets[4].status == "closed"
    assert twin.world.tickets[6].deleted
    assert twin.world.emails["nina@new.example"] == account.world.emails["nina@new.example"]

    def ask(one: Account) -> list[object]:
        again = one.call("POST", "/tickets.json", {"ticket": {"comment": {"body": "once"}}}, idempotency_key="k1")
        views = [one.call("GET", "/views.json").status for _ in range(20)]
        mine = one.call("GET", "/users/me.json", token=token)
        hooked = one.put("/tickets/5.json", {"ticket": {"comment": {"body": "more"}}})
        return [
            again.headers,
            again.body,
            sorted(set(views)),
            views,
            mine.body,
            hooked,
            one.sandbox.webhooks.invocations,
        ]

    answers = [ask(one) for one in both]
    assert answers[0] == answers[1]
    assert answers[0][2] == [200, 503]


def test_a_job_whose_request_is_no_longer_possible_ends_with_errors(tmp_path: Path) -> None:
    """It never stops the account's time."""
    account = _busy()
    job = account.call("POST", "/tickets/3/merge.json", {"ids": [5]}).json()["job_status"]["id"]
    twin = Account()
    twin.sandbox = _twin(account.sandbox, tmp_path)
    twin.world = twin.sandbox.world
    twin.world.delete_ticket(twin.world.ticket(3), twin.sandbox.door.admin())

    twin.wait(60)

    shown = twin.get(f"/job_statuses/{job}.json")["job_status"]
    assert shown["status"] == "completed"
    assert shown["results"][0]["error"] == "RecordNotFound"


_STEPS: dict[str, Callable[[Account, int], Any]] = {
    "create": lambda one, n: one.call("POST", "/tickets.json", {"ticket": {"subject": f"s{n}", "comment": {"body": "b"}, "tags": [f"t{n}"]}}),
    "solve": lambda one, n: one.call("PUT", f"/tickets/{n}.json", {"ticket": {"status": "solved", "assignee_id": one.agent, "group_id": one.group}}),
    "answer": lambda one, n: one.call("PUT", f"/tickets/{n}.json", {"ticket": {"comment": {"body": f"answer {n}"}, "status": "pending"}}, user="ana@example.com"),
    "many": lambda one, n: one.call("PUT", f"/tickets/update_many.json?ids={n},{n + 1}", {"ticket": {"priority": "urgent"}}),
    "drop": lambda one, n: one.call("DELETE", f"/tickets/{n}.json"),
    "restore": lambda one, n: one.call("PUT", f"/deleted_tickets/{n}/restore.json"),
    "field": lambda one, n: one.call("PUT", f"/tickets/{n}.json", {"ticket": {"custom_fields": [{"id": one.tier, "value": ("gold", "silver", None)[n % 3]}]}}),
    "user": lambda one, n: one.call("POST", "/users.json", {"user": {"name": f"U{n}", "email": f"u{n}@x.example"}}),
    "group": lambda one, n: one.call("POST", "/groups.json", {"group": {"name": f"G{n}"}}),
    "trigger": lambda one, n: one.call("POST", "/triggers.json", {"trigger": {"title": f"T{n}", "conditions": {"all": [{"field": "status", "operator": "is", "value": "solved"}]}, "actions": [{"field": "current_tags", "value": f"done{n}"}]}}),
    "policy": lambda one, n: one.call("POST", "/slas/policies.json", {"sla_policy": {"title": f"P{n}", "filter": {"all": [], "any": []}, "policy_metrics": [{"priority": "urgent", "metric": "first_reply_time", "target": n * 10, "business_hours": False}]}}),
    "export": lambda one, _: one.call("GET", "/incremental/tickets/cursor.json?start_time=1&include=slas"),
    "events": lambda one, _: one.call("GET", "/incremental/ticket_metric_events.json?start_time=1"),
    "wait": lambda one, n: one.sandbox.run_until(one.sandbox.clock.now() + timedelta(minutes=n * n)),
}  # fmt: skip
_LIFE = st.lists(st.tuples(st.sampled_from(sorted(_STEPS)), st.integers(1, 7)), max_size=25)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=_LIFE, after=_LIFE)
def test_saving_changes_nothing_that_comes(
    before: list[tuple[str, int]], after: list[tuple[str, int]], tmp_path: Path
) -> None:
    """Whatever was asked before, whatever is asked after a restoration is answered as if there had been none."""
    account, twin = Account(limits=UNLIMITED), Account()
    for name, number in before:
        _STEPS[name](account, number)
    twin.sandbox = _twin(account.sandbox, tmp_path)
    twin.world = twin.sandbox.world
    for name, number in after:
        told = [_STEPS[name](one, number) for one in (account, twin)]
        assert told[0] == told[1]
    assert _told(twin.sandbox) == _told(account.sandbox)


@pytest.mark.parametrize(
    "name", sorted(set(parts.parties(Sandbox())) - {f"services.{one}" for one in Sandbox().services.all})
)
def test_no_attribute_is_forgotten(name: str) -> None:
    """Each is kept, kept elsewhere, or made anew; of a stand-in, every one is kept."""
    part = parts.parties(_busy().sandbox)[name]
    names = set(getattr(part, "__dict__", ())) | {
        slot for cls in type(part).__mro__ for slot in getattr(cls, "__slots__", ())
    }
    listed = [one for table in (parts.KEPT, parts.OTHERWISE, parts.ANEW) for one in table.get(name, ())]

    assert sorted(names) == sorted(listed)


def test_a_clock_of_its_own_goes_on_and_the_machines_does_not_wait(tmp_path: Path) -> None:
    """Simulated and fast clocks stand still between; the machine's time goes on by itself; and a clock can be changed for another."""
    path = tmp_path / "s"
    fast = Sandbox(clock=make_clock("real", SimClock().now(), 60))
    save(fast, path)
    back = restore(path).clock
    assert isinstance(back, RealClock)
    assert back.speed == 60
    assert back.now() - SimClock().now() < timedelta(hours=1)
    save(Sandbox(clock=RealClock()), path)
    assert abs(restore(path).clock.epoch() - RealClock().epoch()) < 5
    save(Sandbox(clock=SimClock()), path)
    changed = restore(path, lambda moment: make_clock("real", moment), ["hold_back=7", "limits.account=9"])
    assert isinstance(changed.clock, RealClock)
    assert changed.clock.now().year == SimClock().now().year
    assert (changed.options.hold_back, changed.meter.limits.account) == (7, 9)


def _good(folder: Path) -> Path:
    path = folder / "account.state"
    save(_busy().sandbox, path)
    return path


def _changed(path: Path, change: Callable[[list[Any]], object]) -> None:
    rows = [json.loads(text) for text in gzip.decompress(path.read_bytes()).splitlines()]
    change(rows)
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))


def test_a_part_is_never_taken_for_the_whole(tmp_path: Path) -> None:
    """A file that was cut anywhere, or in which anything changed, is refused as it is."""
    path = _good(tmp_path)
    whole = path.read_bytes()
    broken = [whole[: len(whole) * part // 9] for part in range(9)]
    broken += [whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :] for at in range(12, len(whole), len(whole) // 9)]
    for data in [
        *broken,
        b"",
        b"no gzip",
        gzip.compress(b"no json\n"),
        gzip.compress(b"[]\n"),
        gzip.compress(b"[" * 99_999),
    ]:
        path.write_bytes(data)
        with pytest.raises(StateUnusable) as caught:
            restore(path)
        assert str(path) in str(caught.value)
        assert "left as it is" in str(caught.value)
        assert caught.value.hint
        assert path.read_bytes() == data


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows[0].update(format="x"), "the file of another program"),
        (lambda rows: rows[0].update(version=2, deskhand="9.9"), "written by deskhand 9.9 in version 2"),
        (lambda rows: rows[0].update(columns=[*rows[0]["columns"][:-1], "mood"]), "tickets with mood"),
        (lambda rows: rows[0]["options"].update(odd=1), "odd"),
        (lambda rows: rows.pop(3), "lines where"),
        (lambda rows: rows[1].update(table="moods"), "moods"),
        (lambda rows: rows.insert(-1, {"mood": 1}) or rows[-1].update(end=rows[-1]["end"] + 1), "a line of mood"),
        (lambda rows: rows[-2]["agenda"].append([1, 1, {"~": "call", "name": "os:system", "of": ["id"], "named": {}}]), "no happening 'os:system'"),
        (lambda rows: rows[-2]["agenda"].append([1, 1, {"~": "Popen", "of": {}}]), "no kind of value 'Popen'"),
        (lambda rows: rows[-2]["agenda"].append([1, 1, {"~": "party", "of": "os"}]), "os"),
        (lambda rows: next(row for row in rows if row.get("part") == "world")["of"].update(tickets=1), "world with tickets"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_told(change: Callable[[list[Any]], object], words: str, tmp_path: Path) -> None:
    """What it holds that is not known here; nothing but what is listed is ever made or called."""
    path = _good(tmp_path)
    _changed(path, change)
    with pytest.raises(StateUnusable) as caught:
        restore(path)
    assert words in str(caught.value)


def test_a_state_that_cannot_be_saved_leaves_the_old_one(tmp_path: Path) -> None:
    """Neither a folder that is not there, nor something that nobody can write, touches the file or leaves a draft."""
    path = _good(tmp_path)
    before = path.read_bytes()
    sandbox = Sandbox(clock=SimClock())
    with pytest.raises(SettingsError, match="cannot be saved in"):
        save(sandbox, tmp_path / "nowhere" / "x")
    sandbox.at(sandbox.clock.epoch() + 9, lambda: None)
    with pytest.raises(SettingsError, match="not marked as a happening"):
        save(sandbox, path)

    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_the_same_account_makes_the_same_file(tmp_path: Path) -> None:
    """Byte for byte, so that two states can be compared."""
    sandbox = _busy().sandbox
    save(sandbox, tmp_path / "a")
    save(restore(tmp_path / "a"), tmp_path / "b")

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_state_is_saved_by_its_path(tmp_path: Path) -> None:
    """POST /sandbox/save, where the sandbox has a file; else it says how to get one."""
    sandbox = Sandbox(clock=SimClock())
    url = "https://acme.zendesk.com/sandbox/save"
    assert b"--state FILE" in sandbox.handle(Request.of("POST", url)).body
    sandbox.keep = lambda: save(sandbox, tmp_path / "s")
    assert sandbox.handle(Request.of("GET", url)).status == 400
    assert sandbox.handle(Request.of("POST", url)).status == 200
    assert restore(tmp_path / "s").world.tables["users"].rows == sandbox.world.tables["users"].rows
    sandbox.keep = lambda: save(sandbox, tmp_path / "no" / "s")
    answer = sandbox.handle(Request.of("POST", url))
    assert answer.status == 500
    assert b"cannot be saved" in answer.body


def test_a_queued_job_keeps_its_request(tmp_path: Path) -> None:
    """With its body as it was sent."""
    account = _busy()
    twin = _twin(account.sandbox, tmp_path)
    asked = [[job.asked for job in one.jobs.all()] for one in (account.sandbox, twin)]

    assert asked[0] == asked[1]
    assert any(one is not None and b"nina@new.example" in one.body for one in asked[1])


def test_policies_and_opening_hours_are_kept_as_they_were_in_force(tmp_path: Path) -> None:
    """Group SLAs, advanced settings, hours edited on the way and agents who are none any more: the same metric events afterwards."""
    account = Account()
    office = account.world.add_schedule("Office", "London", [(1_980, 2_460)])
    where = {"all": [{"field": "group_id", "operator": "is", "value": account.group}], "any": []}
    target = {"priority": "high", "metric": "group_ownership_time", "target": 60, "business_hours": True}
    body = {"title": "OLA", "filter": where, "policy_metrics": [target]}
    account.call("POST", "/group_slas/policies.json", {"group_sla_policy": body})
    settings = {"first_reply_time": {"fulfill_on_agent_internal_note": True}}
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60, True)], metrics_settings=settings)
    account.wait(7_200)
    ticket = account.ticket(priority="high", group_id=account.group)
    account.wait(600)
    account.world.add_holiday(office["id"], "Closed from now", "2026-03-02", "2026-03-03")
    account.world.update_ticket(ticket, {}, author=account.agent, comment={"body": "hm", "public": False})
    account.wait(60)
    row = account.world.tables["users"].need(account.agent)
    row["role"] = "end-user"
    account.world.index_user(row)

    twin = _twin(account.sandbox, tmp_path)

    assert twin.world.tickets[ticket.id].applied == ticket.applied
    assert all_events(twin.world, twin.world.tickets[ticket.id]) == all_events(account.world, ticket)
    assert {"fulfill", "apply_group_sla"} <= {event.kind for _, event in all_events(account.world, ticket)}
