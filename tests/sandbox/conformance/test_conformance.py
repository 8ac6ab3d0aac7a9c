"""The sandbox against all that real accounts were recorded to answer."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.sandbox.conformance.breadth import left_out
from tests.sandbox.conformance.exchanges import VARIABLES, Exchange, folder, named, sessions
from tests.sandbox.conformance.replay import Replay, Replayed

COMPARED = 1_126
"""How many requests are replayed; fewer would mean that the comparison has shrunk."""

NOT_COMPARED = {
    "help center: articles, categories, topics, content tags": 48,
    "calls and engagements of the voice products": 12,
    "links to another application": 1,
    "a recording without the body of its request": 1,
}
"""What is left out, with how many requests."""


@pytest.fixture(scope="module")
def recorded() -> list[list[Exchange]]:
    """All recordings; fails for named folders without any, skips where those beside the checkout are missing."""
    found = sessions()
    if not found and named():
        pytest.fail(f"{' and '.join(VARIABLES.values())} name folders that hold no recording")
    if not found:
        pytest.skip(f"no recordings in {' and '.join(str(folder(name)) for name in VARIABLES)}")
    return found


@pytest.fixture(scope="module")
def replayed(recorded: list[list[Exchange]]) -> list[Replayed]:
    """What became of each request that is compared."""
    chosen = [[one for one in session if left_out(one) is None] for session in recorded]
    replay = Replay(session for session in chosen if session)
    return [one for session in replay.sessions for one in replay.run(session)]


def test_every_recorded_request_is_answered_as_it_was(replayed: list[Replayed]) -> None:
    """Status, keys, their types and the bodies of errors are those of the recording, or of other recordings of the endpoint."""
    faults = Counter(f"{one.exchange.endpoint}: {fault}" for one in replayed for fault in one.faults)
    places = {f"{one.exchange.endpoint}: {fault}": str(one.exchange) for one in replayed for fault in one.faults}

    assert [f"{times} x {fault} (as in {places[fault]})" for fault, times in faults.most_common()] == []


def test_what_is_not_compared_is_short_and_has_reasons(
    recorded: list[list[Exchange]], replayed: list[Replayed], record_property: Callable[[str, object], None]
) -> None:
    """Only other products' areas and what cannot be asked again are left out, and the summary says how much."""
    reasons = Counter(reason for session in recorded for one in session if (reason := left_out(one)) is not None)
    exact = sum(not one.differences for one in replayed)

    record_property("summary", f"recorded requests replayed: {len(replayed):,} of {len(replayed) + reasons.total():,}")
    record_property(
        "summary",
        f"  {exact:,} answered with the very keys and types, {len(replayed) - exact:,} with a type that another recording of the endpoint has",
    )
    for reason, times in reasons.most_common():
        record_property("summary", f"  not compared: {times} ({reason})")
    if not named():
        assert reasons == NOT_COMPARED
        assert len(replayed) >= COMPARED


def test_no_answer_has_a_key_that_its_own_recording_lacks(replayed: list[Replayed]) -> None:
    """An account of the recording's year answers with that year's keys: what other recordings excuse are types only."""
    assert [
        difference
        for one in replayed
        for difference in one.differences
        if "in no recording" in difference or "missing" in difference
    ] == []
