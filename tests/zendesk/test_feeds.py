"""The two feeds, over canned pages."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from deskhand.core.ticket import Ticket
from deskhand.errors import Rejected, Transient
from deskhand.zendesk.feeds import ExportFeed, RecentFeed
from deskhand.zendesk.gateway import Json
from deskhand.zendesk.translate import ticket_of
from tests.http.canned import NOW, Canned, answer
from tests.zendesk.places import gateway, names

SINCE = NOW - timedelta(days=1)


def read(rows: list[Json]) -> list[Ticket]:
    """Rows as tickets."""
    return [ticket_of(row, names()) for row in rows]


def row(number: int, minute: int = 0) -> Json:
    """A ticket updated so many minutes before NOW."""
    stamp = (NOW - timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"id": number, "status": "open", "created_at": stamp, "updated_at": stamp}


def export(rows: list[Json], cursor: str, *, end: bool = True, **more: Any) -> tuple[int, bytes, dict[str, str]]:
    """A page of the export, whose next address leads elsewhere."""
    page = {
        "tickets": rows,
        "after_cursor": cursor,
        "end_of_stream": end,
        "after_url": "https://evil.example/next",
        **more,
    }
    return answer(200, page)


def query(line: str) -> dict[str, str]:
    """The query of a request line."""
    return {name: values[0] for name, values in parse_qs(urlsplit(line.split(" ", 1)[1]).query).items()}


def test_the_export_starts_over_a_minute_back_and_goes_on_by_cursor() -> None:
    """Only the cursor is followed: the next address of the answer, on another host, is never asked."""
    canned = Canned(
        [export([row(1)], "c1", end=False), export([], "c2", end=False), export([row(2)], "c3"), export([], "c3")]
    )
    feed = ExportFeed(gateway(canned), read)

    pages = [feed.read(None, since=SINCE)]
    for _ in range(3):
        pages.append(feed.read(pages[-1].cursor, since=SINCE))

    assert [[ticket.id for ticket in page.tickets] for page in pages] == [[1], [], [2], []]
    assert [page.more for page in pages] == [True, True, False, False]
    assert query(canned.lines[0])["start_time"] == str(int(SINCE.timestamp()) - 61)
    assert [query(line).get("cursor") for line in canned.lines[1:]] == ["c1", "c2", "c3"]
    assert all(line.startswith("GET /api/v2/incremental/tickets/cursor?") for line in canned.lines)


@pytest.mark.parametrize(
    "body",
    [
        {"error": "InvalidCursor", "description": "cursor is invalid or expired"},
        {"errors": [{"code": "InvalidCursor", "title": "cursor is invalid or expired"}]},
        {"error": "InvalidValue", "description": "Cursor is expired"},
    ],
)
def test_an_expired_cursor_has_one_name(body: Json) -> None:
    """So that reading starts again from the last good page."""
    feed = ExportFeed(gateway(Canned([answer(400, body)])), read)

    with pytest.raises(Rejected) as caught:
        feed.read("old", since=SINCE)
    assert caught.value.code == "InvalidCursor"


def test_a_stuck_cursor_is_an_alarm_after_three_readings() -> None:
    """R7: the same cursor with more to come."""
    feed = ExportFeed(gateway(Canned([export([], "same", end=False)] * 3)), read)
    feed.read("same", since=SINCE)
    feed.read("same", since=SINCE)

    with pytest.raises(Rejected, match="same cursor again") as caught:
        feed.read("same", since=SINCE)
    assert caught.value.code == "StuckCursor"


def test_after_a_fault_the_export_asks_for_less() -> None:
    """Half a page, then whole ones again."""
    canned = Canned([*[answer(504)] * 5, export([], "c1"), export([], "c2")])
    feed = ExportFeed(gateway(canned), read)
    with pytest.raises(Transient):
        feed.read("c0", since=SINCE)

    feed.read("c0", since=SINCE)
    feed.read("c1", since=SINCE)

    assert [query(line)["per_page"] for line in canned.lines[4:]] == ["1000", "500", "1000"]


def test_sideloads_are_taken_in_either_form() -> None:
    """A metric set inside the row, or beside the tickets."""
    inside = {**row(1), "metric_set": {"ticket_id": 1, "replies": 2}}
    beside = [{"ticket_id": 2, "replies": 3}]
    canned = Canned([export([inside, row(2), row(3)], "c", metric_sets=beside)])

    page = ExportFeed(gateway(canned), read).read(None, since=SINCE)

    assert [ticket.metrics.replies if ticket.metrics else None for ticket in page.tickets] == [2, 3, None]
    assert "include" not in query(canned.lines[0])


def recent(rows: list[Json], after: str = "", *, more: bool = False) -> tuple[int, bytes, dict[str, str]]:
    """A page of the list."""
    return answer(200, {"tickets": rows, "meta": {"has_more": more, "after_cursor": after or None}, "links": {}})


def test_the_recent_list_is_read_down_to_where_the_last_reading_began() -> None:
    """Then the watermark is the newest stamp, less a second for what shares it."""
    canned = Canned([recent([row(3, 1), row(2, 2)], "a", more=True), recent([row(1, 3), row(0, 9999)], "b", more=True)])
    feed = RecentFeed(gateway(canned), read, now=lambda: NOW)

    first = feed.read(None, since=NOW - timedelta(minutes=60))
    second = feed.read(first.cursor, since=SINCE)

    assert [[ticket.id for ticket in page.tickets] for page in (first, second)] == [[3, 2], [1]]
    assert [page.more for page in (first, second)] == [True, False]
    assert query(canned.lines[1])["page[after]"] == "a"
    assert second.cursor == '{"mark": "2026-03-02T08:58:59Z"}'


def test_an_idle_reading_of_the_list_is_one_call() -> None:
    """All rows are older than the watermark, however many pages there are and however many share a second."""
    canned = Canned([recent([row(number, 100) for number in range(100)], "a", more=True)])
    feed = RecentFeed(gateway(canned), read, now=lambda: NOW)

    page = feed.read('{"mark": "2026-03-02T08:58:59Z"}', since=SINCE)

    assert (page.tickets, page.more, page.cursor) == ((), False, '{"mark": "2026-03-02T08:58:59Z"}')


def test_beside_an_export_the_list_gives_up_after_its_pages() -> None:
    """What lies deeper comes with the export."""
    canned = Canned([recent([row(number)], f"c{number}", more=True) for number in range(9)])
    feed = RecentFeed(gateway(canned), read, now=lambda: NOW, most=3)

    cursor, more, pages = None, True, 0
    while more:
        page = feed.read(cursor, since=SINCE)
        cursor, more, pages = page.cursor, page.more, pages + 1

    assert pages == 3


def test_an_empty_list_keeps_its_watermark() -> None:
    """A new account has no tickets."""
    page = RecentFeed(gateway(Canned([recent([])])), read, now=lambda: NOW).read(None, since=SINCE)

    assert (page.tickets, page.more, page.cursor) == ((), False, '{"mark": "2026-03-01T09:00:01Z"}')
