"""Reads are tried again, with the waits that were asked for."""

import pytest

from deskhand.errors import RateLimited, Rejected, Transient, Unknown
from deskhand.http.retry import LONGEST, reading


def script(*ends: Exception | str) -> tuple[list[float], "list[Exception | str]"]:
    """What happens in turn, and a place for the waits."""
    return [], list(ends)


def test_waits_are_as_long_as_zendesk_asked_and_random_otherwise() -> None:
    """429 for seven seconds, then a fault, then an answer."""
    waits, ends = script(RateLimited(retry_after=7), Transient("once"), "answer")

    assert reading(waits.append, lambda: _next(ends)) == "answer"
    assert waits[0] == 7
    assert 0 <= waits[1] <= LONGEST


def test_after_five_attempts_the_error_is_raised_as_it_was() -> None:
    """No wrapping."""
    waits, ends = script(*[Transient(f"{number}") for number in range(9)])

    with pytest.raises(Transient, match="4"):
        reading(waits.append, lambda: _next(ends))
    assert len(waits) == 4


@pytest.mark.parametrize("error", [Rejected("no"), Unknown("maybe")])
def test_nothing_else_is_tried_again(error: Exception) -> None:
    """A refusal stays one."""
    waits, ends = script(error, "answer")

    with pytest.raises(type(error)):
        reading(waits.append, lambda: _next(ends))
    assert waits == []


def _next(ends: "list[Exception | str]") -> str:
    end = ends.pop(0)
    if isinstance(end, Exception):
        raise end
    return end
