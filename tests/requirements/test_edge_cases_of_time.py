"""Cases in which other systems got time wrong: each has tests here that name it.

The list of cases is a page beside the project, `../shared/design/edge-cases.md`. Where it is there, every case on it has
to be either in TIME, with the tests that speak of it, or in ELSEWHERE, with what it is about instead.
"""

import ast
from pathlib import Path

import pytest

from tests.source import ROOT

PAGE = ROOT.parent / "shared" / "design" / "edge-cases.md"

CALENDAR, CLOCK, DECIDE = "tests/core/test_calendar.py", "tests/core/test_clock.py", "tests/core/test_decide.py"
EDITS = "tests/core/test_edits.py"
WATCHER, HISTORY, TERMS = (
    "tests/oracles/test_watcher.py",
    "tests/core/test_history.py",
    "tests/documents/test_compile_clock.py",
)

TIME: dict[str, tuple[tuple[str, str], ...]] = {
    "DST gap": (
        (CALENDAR, "test_dst_gap_and_overlap"),
        (CALENDAR, "test_a_wall_time_that_is_skipped_has_one_meaning"),
        (CALENDAR, "test_hours_on_both_sides_of_a_gap_both_count"),
        (CALENDAR, "test_a_wall_time_that_comes_twice_means_the_first"),
        (CALENDAR, "test_a_historic_offset_is_that_of_its_time"),
        (CALENDAR, "test_a_holiday_across_a_change_of_clocks"),
        (WATCHER, "test_calendars_agree_with_a_watcher"),
    ),
    "Holiday spanning": (
        (CALENDAR, "test_a_holiday_spanning_weeks"),
        (CALENDAR, "test_a_holiday_added_later"),
        (EDITS, "test_a_holiday_added_to_a_running_schedule_is_told"),
    ),
    "Several intervals": (
        (CALENDAR, "test_several_intervals_a_day_midnight_and_24_00"),
        (WATCHER, "test_calendars_agree_with_a_watcher"),
    ),
    "Schedule or policy edited": (
        (CALENDAR, "test_a_schedule_edited_while_running"),
        (CLOCK, "test_a_clock_that_began_before_an_edit_keeps_what_was_promised_then"),
        (CLOCK, "test_a_promise_counts_from_its_day_on"),
        (EDITS, "test_an_edited_target_is_told_once"),
        (EDITS, "test_a_holiday_added_to_a_running_schedule_is_told"),
        (TERMS, "test_terms_of_the_past_are_as_now_but_for_what_they_say"),
    ),
    "Priority changed": (
        (CLOCK, "test_a_change_of_severity_at_once_is_as_if_it_had_been_so_from_the_start"),
        (CLOCK, "test_a_change_of_severity_midway_has_three_answers"),
        (CLOCK, "test_a_change_of_severity_after_the_breach_has_three_answers"),
        (CLOCK, "test_a_change_of_severity_after_the_end_changes_nothing"),
        (CLOCK, "test_our_own_raise_measures_from_the_raise_in_the_same_episode"),
    ),
    "solve in one save": (
        (CLOCK, "test_a_pause_and_a_solve_in_one_save_end_the_clock"),
        (CLOCK, "test_a_ticket_created_in_a_pausing_status_waits_from_the_start"),
        (CLOCK, "test_a_long_hold_uses_nothing"),
        (CLOCK, "test_a_ticket_solved_out_of_a_pause_leaves_it_out_or_counts_it"),
        (WATCHER, "test_clocks_agree_with_a_watcher"),
    ),
    "Pause while customer": ((CLOCK, "test_a_pause_while_the_customer_waits_for_an_answer_is_flagged"),),
    "Reopen": (
        (CLOCK, "test_a_reopen_goes_on_where_it_left_off_in_a_new_episode"),
        (CLOCK, "test_a_reopen_may_restart"),
        (CLOCK, "test_a_reopen_of_a_ticket_that_was_late_is_late_at_once"),
        (CLOCK, "test_a_reopen_does_not_restart_an_answered_response_clock"),
        (CLOCK, "test_a_ticket_solved_without_an_answer_owes_one_again_when_it_is_reopened"),
    ),
    "Merged": (
        (CLOCK, "test_a_merged_ticket_owes_nothing_any_more"),
        (HISTORY, "test_a_ticket_that_was_merged_away_is_told_so_before_it_is_closed"),
        (DECIDE, "test_ended_tickets_are_left_alone"),
    ),
    "Two policies": ((CLOCK, "test_two_promises_of_the_same_instant_are_told_in_the_order_of_the_policy"),),
    "Chat bursts": (
        (CLOCK, "test_a_burst_of_messages_is_one_reply_on_either_side"),
        (HISTORY, "test_replies_and_comments_of_the_customer_come_from_the_metric_set"),
    ),
    "First reply before": (
        (CLOCK, "test_a_clock_that_was_over_before_it_had_a_target_was_no_promise"),
        (CLOCK, "test_a_severity_told_with_the_answer_is_its_target"),
    ),
    "after resolve": ((CLOCK, "test_a_word_of_thanks_need_not_bring_a_clock_back"),),
    "24/7": (
        (CALENDAR, "test_round_the_clock_has_no_gaps_and_seconds_count"),
        (CALENDAR, "test_a_day_and_night_calendar_is_the_clock_in_any_zone"),
        (CLOCK, "test_breach_is_at_the_instant_the_target_is_used_up"),
    ),
    "All days closed": (
        (CALENDAR, "test_a_calendar_that_never_opens_is_refused"),
        (CALENDAR, "test_a_calendar_closed_for_good_says_so"),
        (CALENDAR, "test_a_long_closure_is_crossed"),
    ),
    "Re-fire": ((DECIDE, "test_a_rule_fires_once_while_its_condition_stays_true_and_again_after_it_was_false"),),
    "Fire once only": (
        (DECIDE, "test_a_persons_change_of_severity_is_a_new_episode"),
        (DECIDE, "test_a_repeating_rule_fires_at_its_interval_and_stops_at_its_limit"),
    ),
}
"""A word of each case, and the tests that speak of it."""

ELSEWHERE = {
    "Night/weekend": "quiet hours of notices",
    "Downtime": "what was missed while the worker stood still",
    "already breached": "notices of what was late before the worker saw it",
    "Scheduler dead": "the worker's own alarms",
    "Race": "the write protocol",
    "Mass change": "the limits of what may be changed",
    "Dry run": "observing",
}
"""A word of each case that is not about clocks and calendars, and what it is about."""


def cases() -> list[str]:
    """The first cells of the page's table."""
    if not PAGE.exists():
        pytest.skip(f"the list of cases is not at {PAGE}")
    rows = [
        line.split("|")[1].strip() for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")
    ]
    return rows[2:]


def test_every_case_of_the_list_has_its_place() -> None:
    """Each case is named exactly once, and nothing is named that is not on the list."""
    words = [*TIME, *ELSEWHERE]
    named = {case: [word for word in words if word.casefold() in case.casefold()] for case in cases()}

    assert {case: found for case, found in named.items() if len(found) != 1} == {}
    assert sorted(found[0] for found in named.values()) == sorted(words)


@pytest.mark.parametrize("case", TIME)
def test_every_case_of_time_has_tests(case: str) -> None:
    """The tests that are named for a case exist."""
    missing = [f"{file}::{name}" for file, name in TIME[case] if name not in _tests(ROOT / file)]

    assert TIME[case]
    assert missing == []


def _tests(file: Path) -> set[str]:
    return {node.name for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}
