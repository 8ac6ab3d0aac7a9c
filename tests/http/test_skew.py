"""How far two clocks are apart."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from deskhand.http.skew import Heard

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "took", "apart"),
    [
        (0, 0.1, 0),
        (0.9, 0.1, 0),  # a date has no parts of a second
        (-20, 30, 0),  # the answer was long on its way
        (31, 0, 30),
        (-30, 0, -30),
        (-30, 10, -20),
    ],
)
def test_only_what_the_way_of_the_answer_does_not_explain_is_skew(asked: float, took: float, apart: float) -> None:
    """The host said noon; `asked` is how many seconds after noon our clock stood at the question."""
    begun = NOON + timedelta(seconds=asked)

    assert Heard(begun, begun + timedelta(seconds=took), format_datetime(NOON, usegmt=True)).skew() == apart


@pytest.mark.parametrize("date", ["", "soon", "Mon, 99 Foo 2026"])
def test_an_answer_without_a_date_tells_nothing(date: str) -> None:
    """A broken one neither."""
    assert Heard(NOON, NOON, date).skew() is None
