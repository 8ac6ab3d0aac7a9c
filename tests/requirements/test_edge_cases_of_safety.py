"""Cases in which other systems fired twice, never, too much or on stale data: each has tests here that name it.

The list is the same page that the cases of time come from; each word stands in exactly one of its rows.
"""

import pytest

from tests.requirements.test_edge_cases_of_time import _tests, cases
from tests.source import ROOT

DECIDE, CATCH_UP, GUARD = "tests/core/test_decide.py", "tests/core/test_catch_up.py", "tests/app/test_guard.py"
DISPATCH, WORKER, OUTAGE = "tests/app/test_dispatch.py", "tests/test_worker.py", "tests/requirements/test_outage.py"

SAFETY: dict[str, tuple[tuple[str, str], ...]] = {
    "Re-fire": (
        (DECIDE, "test_our_own_update_does_not_count_as_an_update"),
        (DECIDE, "test_what_our_own_undoing_makes_true_is_no_new_life"),
        (GUARD, "test_what_something_else_undoes_again_and_again_is_left_alone_after_three_times"),
        ("tests/core/test_flapping.py", "test_the_fourth_time_within_an_hour_is_flapping"),
    ),
    "Fire once only": (
        (DISPATCH, "test_a_decision_reaches_the_ticket_once"),
        (CATCH_UP, "test_a_worker_that_looks_in_time_fires_every_step_once"),
    ),
    "Downtime": (
        (CATCH_UP, "test_downtime_of_hours_fires_only_the_highest_missed_step_and_says_that_it_is_late"),
        (CATCH_UP, "test_repetitions_that_were_missed_are_skipped_and_the_newest_one_fires"),
        (CATCH_UP, "test_telling_people_of_what_was_due_days_ago_is_dropped_with_its_reason"),
        (OUTAGE, "test_every_missed_threshold_is_settled_within_one_cycle_for_a_hundred_tickets"),
        (OUTAGE, "test_there_is_no_more_than_one_note_for_an_episode_and_none_for_what_came_and_went"),
        (DISPATCH, "test_an_outage_of_hours_costs_no_write_its_attempts"),
    ),
    "already breached": (
        (CATCH_UP, "test_a_ticket_that_was_breached_before_it_was_first_seen_gets_one_notice_marked_late"),
    ),
    "Scheduler dead": (
        (WORKER, "test_a_full_cycle_is_a_poll_whose_work_was_all_judged_and_delivered"),
        (WORKER, "test_a_worker_that_looks_at_nothing_for_a_day_says_so"),
        (WORKER, "test_an_outside_watch_is_told_of_each_cycle_once_and_of_no_cycle_never"),
        ("tests/app/test_vitals.py", "test_nothing_looked_at_for_a_day_is_an_ailment_where_tickets_are_live"),
    ),
    "Race": (
        (DISPATCH, "test_a_ticket_changed_meanwhile_is_judged_again_on_its_new_state"),
        (GUARD, "test_a_ticket_that_an_agent_changed_a_moment_ago_is_written_to_some_seconds_later"),
        ("tests/app/test_undo.py", "test_an_agent_who_is_faster_than_the_undoing_wins"),
    ),
    "Mass change": (
        (GUARD, "test_a_rule_that_matches_everything_writes_nothing_and_the_other_rules_go_on"),
        (GUARD, "test_a_ceiling_that_is_reached_in_a_later_batch_takes_back_what_was_not_sent_yet"),
        ("tests/core/test_guards.py", "test_every_guard_is_on_unless_it_is_switched_off"),
        (
            "tests/acceptance/test_ceiling.py",
            "test_a_rule_changed_to_match_everything_writes_nothing_beyond_its_ceiling",
        ),
    ),
    "Dry run": (
        (DISPATCH, "test_an_observing_worker_sends_nothing"),
        (GUARD, "test_an_observing_worker_holds_nothing"),
        ("tests/acceptance/test_service.py", "test_a_first_look_writes_nothing_and_enforcing_writes_what_was_seen"),
    ),
}
"""A word of each case, and the tests that speak of it."""


def test_every_word_names_one_case_of_the_list() -> None:
    """Nothing is named that is not on the list."""
    found = {word: [case for case in cases() if word.casefold() in case.casefold()] for word in SAFETY}

    assert {word: named for word, named in found.items() if len(named) != 1} == {}


@pytest.mark.parametrize("case", SAFETY)
def test_every_case_of_safety_has_tests(case: str) -> None:
    """The tests that are named for a case exist."""
    assert [f"{file}::{name}" for file, name in SAFETY[case] if name not in _tests(ROOT / file)] == []
