"""The log of metric events: read by time, again where rows may come late, never into the future."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from deskhand.core.metric_event import MetricEvent
from deskhand.zendesk.metric_log import MetricLog, metric_event_of
from deskhand.zendesk.pace import Pacer
from tests.http.canned import NOW, Canned, answer
from tests.zendesk.places import Told, gateway

PACER = Pacer(lambda: NOW, lambda _: None)


def row(number: int, minutes: float, **facts: Any) -> dict[str, Any]:
    """A row of so many minutes before now."""
    stamp = (NOW - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    known = {"id": number, "ticket_id": 7, "metric": "reply_time", "instance_id": 1, "type": "activate", "time": stamp}
    return {**known, "deleted": False, **facts}


def page(*rows: dict[str, Any], end: bool = True) -> tuple[int, bytes, dict[str, str]]:
    """One answer."""
    return answer(
        200, {"ticket_metric_events": list(rows), "end_of_stream": end, "end_time": int(NOW.timestamp()) - 600}
    )


def starts(canned: Canned) -> list[int]:
    """How many seconds before now each reading began."""
    asked = (parse_qs(urlsplit(line.split(" ", 1)[1]).query)["start_time"][0] for line in canned.lines)
    return [int(NOW.timestamp()) - int(start) for start in asked]


def test_the_last_minutes_are_read_again_and_every_ten_minutes_the_last_half_hour() -> None:
    """Rows come up to a quarter of an hour late, with their original times."""
    clock = Told()
    canned = Canned([page()] * 5)
    log = MetricLog(gateway(canned), Pacer(clock.now, clock.wait), clock.now)
    cursor = None
    for _ in range(5):
        cursor = log.read(cursor, since=NOW - timedelta(days=1)).cursor
        clock.wait(301)

    assert starts(canned) == [86400, 120, 120 - 301, 1800 - 602, 120 - 903]


def test_what_lies_ahead_is_left_where_it_is() -> None:
    """Every open promise has its breach there; reading ends at the first of them."""
    canned = Canned([page(row(1, 5), row(2, -30, type="breach"), end=False)])

    found = MetricLog(gateway(canned), PACER, lambda: NOW).read(None, since=NOW - timedelta(hours=1))

    assert ([event.id for event in found.rows], found.more) == ([1], False)


def test_a_long_past_is_read_page_by_page() -> None:
    """Each page says where the next one begins."""
    canned = Canned([page(row(1, 40), end=False), page(row(2, 5))])
    log = MetricLog(gateway(canned), PACER, lambda: NOW)

    first = log.read(None, since=NOW - timedelta(hours=1))
    second = log.read(first.cursor, since=NOW)

    assert (first.more, second.more, starts(canned)) == (True, False, [3600, 600])


def test_a_row_carries_its_target_in_seconds() -> None:
    """Or in minutes, as group SLAs and older rows do; a policy taken away has none."""
    gold = {"target": 300, "target_in_seconds": 18001, "business_hours": True, "policy": {"id": 3, "title": "Gold"}}
    group = {"target": 1440, "business_hours": False, "policy": {"id": "01H0", "title": "Ours"}}

    told = metric_event_of(row(1, 0, type="apply_sla", sla=gold))
    assert told == MetricEvent(1, 7, "reply_time", 1, "apply_sla", NOW, 18001, business_hours=True, policy="Gold")
    assert metric_event_of(row(1, 0, type="apply_group_sla", group_sla=group)) == MetricEvent(
        1, 7, "reply_time", 1, "apply_group_sla", NOW, 86400, policy="Ours"
    )
    taken = metric_event_of(row(1, 0, type="apply_sla", sla=None))
    assert taken is not None
    assert taken.target is None


@pytest.mark.parametrize("broken", [{"id": None}, {"time": None}, {"ticket_id": "x"}])
def test_a_row_without_number_ticket_or_time_is_passed_over(broken: dict[str, Any]) -> None:
    """It could not be kept."""
    assert metric_event_of(row(1, 0) | broken) is None
