"""Exports by time, page by page."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from deskhand.zendesk.timed import MOST, TimedPage, read_timed
from tests.http.canned import NOW, Canned, answer
from tests.zendesk.places import gateway

LATER = int((NOW - timedelta(minutes=5)).timestamp())


def read(page: dict[str, object], *, minutes: float = 60) -> tuple[TimedPage, int]:
    """A page asked for from so many minutes ago, and the start that was asked for."""
    canned = Canned([answer(200, page)])
    found = read_timed(gateway(canned), "ticket_events", NOW - timedelta(minutes=minutes), NOW)
    return found, int(parse_qs(urlsplit(canned.lines[0].split(" ", 1)[1]).query)["start_time"][0])


def test_the_end_of_a_page_is_where_the_next_one_begins() -> None:
    """The answer says both where, and whether there is more."""
    found, _ = read({"ticket_events": [{"id": 1}], "end_time": LATER, "end_of_stream": False})

    assert (found.rows, found.upto, found.more) == ([{"id": 1}], NOW - timedelta(minutes=5), True)


def test_a_start_is_always_more_than_a_minute_old() -> None:
    """Else it would be refused."""
    _, start = read({"ticket_events": [], "end_of_stream": True}, minutes=0)

    assert start == int(NOW.timestamp()) - 61


def test_without_a_word_of_the_end_a_full_page_means_more() -> None:
    """Older answers have no `end_of_stream`."""
    rows = [{"id": number} for number in range(MOST)]

    assert read({"ticket_events": rows, "end_time": LATER})[0].more
    assert not read({"ticket_events": rows[:-1], "end_time": LATER})[0].more


def test_a_page_that_ends_where_it_began_is_not_read_for_ever() -> None:
    """It moves on by a second."""
    begun = int((NOW - timedelta(minutes=60)).timestamp())
    found, _ = read({"ticket_events": [{"id": 1}], "end_time": begun, "end_of_stream": False})

    assert found.upto == NOW - timedelta(minutes=60) + timedelta(seconds=1)
