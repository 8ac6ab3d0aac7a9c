"""Pages while PagerDuty fails: none is lost, none is told twice, and nothing is left open, whichever of its APIs is away and whenever the worker dies."""

import pytest

from tests.trials.paging import EVENTS, REST, Paging

COURSES = [("", 0.0), (REST, 0.0), (EVENTS, 0.0), ("", 0.15), ("", 0.4), (REST, 0.1), (EVENTS, 0.1)]
"""Which API is down for the first hour, and which share of all other calls fails."""


@pytest.mark.parametrize(("away", "share"), COURSES)
@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 40))])
def test_no_page_is_lost_doubled_or_left_open(seed: int, away: str, share: float) -> None:
    """Three pages that nobody answers reach somebody once each, within minutes while either API answers, and their end ends them."""
    course = Paging(seed, away=away, share=share).run()

    assert (course.reached, course.left_open) == ({1: 1, 2: 1, 3: 1}, 0)
    assert max(course.late.values()) < 300
