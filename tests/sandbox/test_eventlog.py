"""An event log played in an account."""

import csv
import gzip
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from deskhand.sandbox import Options, RealClock, Sandbox, SimClock, Ticket
from deskhand.sandbox import eventlog as words
from deskhand.sandbox.eventlog import Player, play
from deskhand.sandbox.eventlog_layout import HELPDESK, UCI
from deskhand.sandbox.eventlog_people import NOBODY
from deskhand.sandbox.eventlog_read import read_log
from deskhand.sandbox.records import Change, Comment
from tests.sandbox.logs import line, real, saved

STRICT = Options(group_change="refuse", solve_unassigned="refuse")


def _played(path: Path, options: Options | None = None, incidents: int | None = None) -> Player:
    log = read_log(path, incidents=incidents)
    sandbox = Sandbox(clock=SimClock(datetime.fromtimestamp(log.first, UTC)), options=options)
    player = play(sandbox, log)
    sandbox.run_until(player.end)
    return player


def _tickets(player: Player) -> list[Ticket]:
    return list(player.sandbox.world.tickets.values())


def _told(player: Player, ticket: Ticket) -> list[tuple[str, list[str], str | None]]:
    """Each audit: its time, the names of what changed, and its comment."""
    told = []
    for audit in ticket.audits:
        changed = [
            event.name for event in audit.events if isinstance(event, Change) and event.name != "custom_status_id"
        ]
        said = next((event.body for event in audit.events if isinstance(event, Comment)), None)
        told.append((datetime.fromtimestamp(audit.at, UTC).strftime("%d %H:%M"), changed, said))
    return told


def _adds_up(player: Player) -> bool:
    counts = player.report.as_dict()
    rows, _ = counts.pop("rows"), counts.pop("incidents")
    return rows == sum(counts.values()) == len(player.log.rows)


def _names(player: Player, ticket: Ticket) -> dict[str, Any]:
    world = player.sandbox.world
    groups, users = world.tables["groups"].rows, world.tables["users"].rows
    return {
        "group": groups[ticket.group_id]["name"] if ticket.group_id else None,
        "assignee": users[ticket.assignee_id]["name"] if ticket.assignee_id else None,
        "requester": users[ticket.requester_id]["name"],
    }


def test_an_incident_is_created_taken_up_paused_solved_and_closed(tmp_path: Path) -> None:
    """Each row becomes one update at its minute, by the person it names, with the words that must have been said."""
    path = saved(
        tmp_path,
        line("A", "New", "2/3/2026 09:05"),
        line("A", "Active", "2/3/2026 09:30", assigned_to="Resolver 1"),
        line("A", "Awaiting User Info", "2/3/2026 10:00", assigned_to="Resolver 1"),
        line("A", "Active", "3/3/2026 11:00", assigned_to="Resolver 1", priority="2 - High"),
        line("A", "Awaiting Vendor", "3/3/2026 12:00", assigned_to="Resolver 1", priority="2 - High"),
        line("A", "Resolved", "4/3/2026 08:00", assigned_to="Resolver 1", priority="2 - High"),
        line("A", "Closed", "9/3/2026 08:00", assigned_to="Resolver 1", priority="2 - High"),
    )

    player = _played(path, STRICT)
    (ticket,) = _tickets(player)

    told = _told(player, ticket)
    assert told[0][0] == "02 09:00"
    assert told[1:] == [
        ("02 09:30", ["status", "assignee_id"], words.TAKEN),
        ("02 10:00", ["status"], words.ASKED),
        ("03 11:00", ["priority", "status"], words.ANSWERED),
        ("03 12:00", ["status"], None),
        ("04 08:00", ["status"], words.SOLVED),
        ("09 08:00", ["status"], None),
    ]
    assert [event.value for audit in ticket.audits for event in audit.events if isinstance(event, Change) and event.name == "status"] == [
        "new", "open", "pending", "open", "hold", "solved", "closed",
    ]  # fmt: skip
    assert _names(player, ticket) == {"group": "Group 56", "assignee": "Resolver 1", "requester": "Caller 1"}
    assert (ticket.external_id, ticket.subject, ticket.priority, ticket.via.channel) == (
        "A",
        "A: Category 55",
        "high",
        "voice",
    )
    assert ticket.fields[player.known.fields[0]] == "category_55"
    assert player.report.as_dict() == {
        "rows": 7, "incidents": 1, "created": 1, "updates": 6, "notes": 0, "followups": 0, "unchanged": 0, "after_closing": 0, "refused": 0,
    }  # fmt: skip


def test_the_customers_answer_is_the_customers(tmp_path: Path) -> None:
    """What comes back from waiting for the customer is a public comment of the requester; agents' words are the agent's."""
    path = saved(
        tmp_path,
        line("A", "Awaiting User Info", "2/3/2026 09:05", assigned_to="Resolver 1"),
        line("A", "Active", "2/3/2026 09:30", assigned_to="Resolver 1"),
        line("A", "Resolved", "2/3/2026 10:30", assigned_to="Resolver 1"),
        line("A", "Active", "2/3/2026 11:30", assigned_to="Resolver 1", assignment_group="Group 2"),
    )

    player = _played(path)
    (ticket,) = _tickets(player)
    users = player.sandbox.world.tables["users"].rows
    said = [
        (users[event.author]["name"], event.body, event.public)
        for audit in ticket.audits
        for event in audit.events
        if isinstance(event, Comment)
    ]
    authors = [users[audit.author]["name"] for audit in ticket.audits]

    assert said[1:] == [
        ("Updated by 21", words.ASKED, True), ("Caller 1", words.ANSWERED, True), ("Updated by 21", words.SOLVED, True),
        ("Caller 1", words.BACK, True),
    ]  # fmt: skip
    assert authors == ["Opened by  8", "Updated by 21", "Caller 1", "Updated by 21", "Updated by 21"]


def test_who_solves_an_unassigned_ticket_becomes_its_assignee(tmp_path: Path) -> None:
    """They join the ticket's group where they are not in it; the account may demand an assignee."""
    path = saved(
        tmp_path,
        line("A", "New", "2/3/2026 09:00"),
        line("A", "Resolved", "2/3/2026 10:00"),
        line("B", "Resolved", "2/3/2026 10:00", assignment_group="?"),
    )

    player = _played(path, STRICT)
    grouped, loose = _tickets(player)

    assert _names(player, grouped)["assignee"] == _names(player, loose)["assignee"] == "Updated by 21"
    assert _names(player, grouped)["group"] == "Group 56"
    assert grouped.assignee_id in player.sandbox.world.members[grouped.group_id or 0]


def test_what_no_ticket_can_take_is_kept_as_a_note(tmp_path: Path) -> None:
    """States nobody knows, rows from before the opening and returns to new become internal notes and change nothing."""
    path = saved(
        tmp_path,
        line("A", "Active", "2/3/2026 08:00", assigned_to="Resolver 9"),
        line("A", "New", "2/3/2026 09:10"),
        line("A", "-100", "2/3/2026 09:20", priority="1 - Critical"),
        line("A", "Resolved", "2/3/2026 10:00"),
        line("A", "New", "2/3/2026 10:07"),
    )

    player = _played(path)
    (ticket,) = _tickets(player)
    notes = [
        event for audit in ticket.audits for event in audit.events if isinstance(event, Comment) and not event.public
    ]

    assert (ticket.status, ticket.priority) == ("solved", "normal")
    assert len(notes) == player.report.notes == 3
    assert "2026-03-02 08:00" in notes[0].body
    assert "'-100'" in notes[1].body
    assert _adds_up(player)


def test_a_case_that_goes_on_after_closing_becomes_a_follow_up(tmp_path: Path) -> None:
    """The closed ticket stays as it is; later rows change the follow-up, which may be closed and followed up in turn."""
    path = saved(
        tmp_path,
        line("A", "Resolved", "2/3/2026 09:30"),
        line("A", "Closed", "3/3/2026 09:30"),
        line("A", "Closed", "3/3/2026 10:30"),
        line("A", "Closed", "3/3/2026 11:30", category="Category 2"),
        line("A", "Active", "4/3/2026 09:30", category="Category 2", assigned_to="Resolver 1"),
        line("A", "Closed", "5/3/2026 09:30", category="Category 2", assigned_to="Resolver 1"),
        line("A", "New", "6/3/2026 09:30", category="Category 2"),
    )

    player = _played(path)
    first, second, third = _tickets(player)

    assert (first.status, second.status, third.status) == ("closed", "closed", "open")
    assert (second.followup_of, third.followup_of) == (first.id, second.id)
    assert [ticket.external_id for ticket in (first, second, third)] == ["A", "A", "A"]
    assert _told(player, second)[0][2] == words.BACK
    counts = player.report.as_dict()
    assert {name: counts[name] for name in ("followups", "unchanged", "after_closing")} == {
        "followups": 2,
        "unchanged": 1,
        "after_closing": 1,
    }
    assert _adds_up(player)


def test_only_what_the_log_changes_is_changed(tmp_path: Path) -> None:
    """What somebody else did to a ticket stays until the log speaks of it again."""
    path = saved(
        tmp_path,
        line("A", "Active", "2/3/2026 09:00", assigned_to="Resolver 1"),
        line("A", "Active", "2/3/2026 10:00", assigned_to="Resolver 1", location="Location 2"),
        line("A", "Active", "2/3/2026 11:00", assigned_to="Resolver 1", location="Location 2", priority="4 - Low"),
    )
    log = read_log(path)
    sandbox = Sandbox(clock=SimClock(datetime.fromtimestamp(log.first, UTC)))
    player = play(sandbox, log)
    sandbox.run_until(sandbox.clock.now() + timedelta(minutes=30))
    (ticket,) = _tickets(player)
    admin = sandbox.world.emails["admin@example.com"]
    sandbox.world.update_ticket(ticket, {"priority": "urgent", "assignee_id": None}, author=admin)

    sandbox.run_until(sandbox.clock.now() + timedelta(hours=1))
    between = (ticket.priority, ticket.assignee_id, ticket.fields[player.known.fields[3]])
    sandbox.run_until(player.end)

    assert between == ("urgent", None, "Location 2")
    assert (ticket.priority, ticket.assignee_id) == ("low", None)


def test_rows_for_a_ticket_that_somebody_deleted_are_counted_as_refused(tmp_path: Path) -> None:
    """The log goes on with its other cases."""
    path = saved(
        tmp_path,
        line("A", "New", "2/3/2026 09:00"),
        line("A", "Active", "2/3/2026 10:00"),
        line("B", "New", "2/3/2026 11:00", opened_at="2/3/2026 11:00"),
    )
    log = read_log(path)
    sandbox = Sandbox(clock=SimClock(datetime.fromtimestamp(log.first, UTC)))
    player = play(sandbox, log)
    sandbox.run_until(sandbox.clock.now())
    sandbox.world.delete_ticket(sandbox.world.tickets[1], sandbox.world.emails["admin@example.com"])

    sandbox.run_until(player.end)

    assert (player.report.refused, player.report.created) == (1, 2)
    assert _adds_up(player)


def test_a_log_of_the_past_is_moved_by_whole_weeks(tmp_path: Path) -> None:
    """Where the sandbox's clock is later, weekdays and hours of the log stay."""
    path = saved(
        tmp_path,
        line("A", "New", "3/3/2015 09:00", opened_at="3/3/2015 09:00"),
        line("A", "Active", "4/3/2015 09:00", opened_at="3/3/2015 09:00"),
    )
    sandbox = Sandbox(clock=SimClock(datetime(2026, 3, 5, 12, tzinfo=UTC)))

    player = play(sandbox, read_log(path))
    sandbox.run_until(player.end)
    (ticket,) = _tickets(player)

    assert datetime.fromtimestamp(ticket.created, UTC) == datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert player.end == sandbox.clock.now() == datetime(2026, 3, 11, 9, tzinfo=UTC)


def test_on_a_real_clock_a_log_begins_at_once(tmp_path: Path) -> None:
    """Nobody waits for the weekday of years ago."""
    sandbox = Sandbox(clock=RealClock())

    player = play(sandbox, read_log(saved(tmp_path, line("A", "New", "2/3/2016 09:00", opened_at="2/3/2016 09:00"))))
    sandbox.run_due()

    assert [ticket.external_id for ticket in _tickets(player)] == ["A"]
    assert abs(player.end.timestamp() - sandbox.clock.epoch()) < 60


def test_cases_without_a_caller_are_somebodys(tmp_path: Path) -> None:
    """A requester is needed; later rows may name one."""
    path = saved(
        tmp_path, line("A", "New", "2/3/2026 09:00", caller_id="?", opened_by="?"), line("A", "New", "2/3/2026 09:30")
    )

    player = _played(path)
    (ticket,) = _tickets(player)

    assert [event.value for a in ticket.audits for event in a.events if isinstance(event, Change) and event.name == "requester_id"] == [
        player.known.customers[NOBODY], player.known.customers["Caller 1"],
    ]  # fmt: skip


def test_the_layout_of_activities_is_played_too(tmp_path: Path) -> None:
    """In the second public layout a row is an activity; those that are no status are notes."""
    names = list(HELPDESK.columns.values()) + list(HELPDESK.fields)
    path = tmp_path / "finale.csv"
    activities = (("Assign seriousness", "2012/10/09 14:50:17.000"), ("Take in charge ticket", "2012/10/09 14:51:01.000"), ("Wait", "2012/10/12 15:02:56.000"), ("Call back", "2012/10/20 10:00:00.000"), ("Resolve ticket", "2012/10/25 11:54:26.000"), ("Closed", "2012/11/09 12:54:39.000"))  # fmt: skip
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        for activity, at in activities:
            writer.writerow(
                {
                    "Case ID": "Case 1",
                    "Activity": activity,
                    "Complete Timestamp": at,
                    "Resource": "Value 2",
                    "customer": "Value 5",
                    "workgroup": "Value 1",
                    "seriousness": "Value 1",
                }
            )

    player = _played(path)
    (ticket,) = _tickets(player)

    assert [
        event.value for a in ticket.audits for event in a.events if isinstance(event, Change) and event.name == "status"
    ] == ["new", "open", "hold", "solved", "closed"]
    assert (player.report.notes, player.report.updates) == (1, 4)
    assert (ticket.priority, _names(player, ticket)["requester"]) == ("normal", "Value 5")


def _cases(path: Path) -> dict[str, list[dict[str, str]]]:
    """The rows of a log in the layout of UCI by case, as they stand in the file."""
    cases: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            cases[row["number"]].append(row)
    return cases


@cache
def _when(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


WATCHED = ("caller_id", "priority", "assignment_group", "assigned_to", *UCI.fields)


def _recount(listed: list[dict[str, str]]) -> tuple[Counter[str], str]:
    """What must come of a case of the real log, worked out from its rows by other means: counts, and the last status."""
    rows = sorted(listed, key=lambda row: _when(row["sys_updated_at"]))
    counts: Counter[str] = Counter(incidents=1, rows=len(rows))
    before: dict[str, str] | None = None
    for row in rows:
        if _when(row["sys_updated_at"]) < _when(row["opened_at"]) or row["incident_state"] == "-100":
            counts["notes"] += 1
        elif before is None:
            counts["created"] += 1
            before = row
        elif row["incident_state"] == "New" != before["incident_state"]:
            counts["notes"] += 1
        elif before["incident_state"] == "Closed" != row["incident_state"]:
            counts["followups"] += 1
            before = row
        else:
            status, was = (UCI.states[one["incident_state"]] for one in (row, before))
            same = status == was and all(row[name] == before[name] for name in WATCHED)
            shut = before["incident_state"] == "Closed"
            counts["unchanged" if same else "after_closing" if shut else "updates"] += 1
            before = before if shut else row
    return counts, UCI.states[rows[-1]["incident_state"]]


RARE = ("notes", "followups", "after_closing")
SHARE = 6
"""The default run plays one in so many cases of the real log, and all in which something rare happens."""


def _agree(path: Path, recounts: dict[str, tuple[Counter[str], str]]) -> dict[str, int]:
    """The report of playing a log equals the count made by other means, and every case ends in the status of its last row."""
    counts = sum((one for one, _ in recounts.values()), Counter[str]())

    player = _played(path)
    found = player.report.as_dict()
    newest = {ticket.external_id: ticket for ticket in _tickets(player)}

    assert _adds_up(player)
    assert found == {name: counts[name] for name in found}
    assert {number: newest[number].status for number in recounts} == {
        number: last for number, (_, last) in recounts.items()
    }
    assert len(player.sandbox.world.tickets) == counts["incidents"] + counts["followups"]
    return found


def test_every_row_of_a_share_of_the_real_log_is_accounted_for(tmp_path: Path) -> None:
    """One case in six, and all in which something rare happens: the report equals a count made from the CSV by other means."""
    cases = _cases(real())
    recounts = {number: _recount(rows) for number, rows in cases.items()}
    chosen = {
        number: one
        for place, (number, one) in enumerate(recounts.items())
        if not place % SHARE or one[0].keys() & set(RARE)
    }

    found = _agree(saved(tmp_path, *(row for number in chosen for row in cases[number])), chosen)

    assert {name: found[name] for name in RARE} == {"notes": 11, "followups": 12, "after_closing": 1}
    assert found["incidents"] > 4_000


@pytest.mark.slow
def test_every_row_of_the_real_log_is_accounted_for() -> None:
    """The same of all 24,918 cases."""
    found = _agree(real(), {number: _recount(rows) for number, rows in _cases(real()).items()})

    assert found == {
        "rows": 141_712, "incidents": 24_918, "created": 24_918, "updates": 87_960, "notes": 11, "followups": 12, "unchanged": 28_810,
        "after_closing": 1, "refused": 0,
    }  # fmt: skip


def test_the_real_log_keeps_to_the_strictest_account() -> None:
    """Of 300 real incidents an account that refuses unassigned solutions and assignees outside the group refuses nothing."""
    player = _played(real(), STRICT, incidents=300)
    members = player.sandbox.world.members

    assert player.report.refused == 0
    assert all(
        ticket.assignee_id is None or ticket.assignee_id in members[ticket.group_id or 0] for ticket in _tickets(player)
    )
