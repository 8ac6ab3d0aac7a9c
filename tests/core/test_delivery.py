"""When a write may go again."""

from itertools import pairwise

from deskhand.core.delivery import MAX_ATTEMPTS, Outcome, next_try
from tests.core.builders import at


def test_waits_double_and_are_capped() -> None:
    """5, 10, 20 seconds and so on, never more than ten minutes; after the last attempt a person must look."""
    waits = [next_try(Outcome("op", "retry"), attempt, at(0)) for attempt in range(1, MAX_ATTEMPTS)]

    seconds = [(wait - at(0)).total_seconds() for wait in waits if wait]
    assert seconds[:4] == [5, 10, 20, 40]
    assert max(seconds) == 600
    assert all(later >= earlier for earlier, later in pairwise(seconds))
    assert next_try(Outcome("op", "retry"), MAX_ATTEMPTS, at(0)) is None


def test_zendesks_own_wait_is_never_cut_short() -> None:
    """A longer Retry-After wins over ours."""
    assert next_try(Outcome("op", "retry", retry_after=93), 1, at(0)) == at(0, 93)


def test_only_what_may_be_tried_again_is() -> None:
    """Conflicts, refusals and unclear ends are settled elsewhere."""
    assert [next_try(Outcome("op", came), 1, at(0)) for came in ("done", "conflict", "unknown", "rejected")] == [
        None
    ] * 4
