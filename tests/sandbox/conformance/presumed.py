"""What a session takes for granted: the rows that its answers show and that it did not make itself."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from tests.sandbox.conformance.exchanges import Exchange

Row = dict[str, Any]
Rows = dict[str, dict[Any, Row]]

_TABLES = {
    "user": "users", "organization": "organizations", "brand": "brands", "custom_role": "custom_roles", "ticket": "tickets", "webhook": "webhooks",
    "actors": "users", "results": "users",
}  # fmt: skip
"""The table of rows that stand under another name than its own."""


def presumed(session: Iterable[Exchange]) -> Rows:
    """Rows by table and id, as they were shown first."""
    session = list(session)
    made = {key for one in session for key in _made(one)}
    found: Rows = defaultdict(dict)
    for one in session:
        for name, rows in _shown(one):
            for row in rows:
                key = row.get("id", row.get("name"))
                if key not in made:
                    found[_TABLES.get(name, name)].setdefault(key, row)
    return found


def beyond(session: Iterable[Exchange]) -> set[str]:
    """The lists that go on behind the last page that was asked for."""
    more: dict[str, bool] = {}
    for one in session:
        if one.method == "GET" and isinstance(one.answer, dict) and "end_of_stream" not in one.answer:
            goes_on = bool(one.answer.get("next_page") or one.answer.get("meta", {}).get("has_more"))
            more |= dict.fromkeys((name for name, rows in one.answer.items() if isinstance(rows, list)), goes_on)
    return {name for name, goes_on in more.items() if goes_on}


def notices(session: Iterable[Exchange]) -> Iterator[Row]:
    """The events that tell of messages sent by triggers."""
    for one in session:
        audit = one.answer.get("audit") if isinstance(one.answer, dict) else None
        yield from (event for event in (audit or {"events": []})["events"] if event["type"] == "Notification")


def _shown(one: Exchange) -> Iterator[tuple[str, list[Row]]]:
    """The lists and the single rows of an answer to a question, each under its name."""
    if one.method != "GET" or one.status != 200 or not isinstance(one.answer, dict):
        return
    for name, value in one.answer.items():
        if isinstance(value, dict) and "id" in value:
            yield name, [value]
        elif isinstance(value, list):
            yield name, [row for row in value if isinstance(row, dict) and ("id" in row or "count" in row)]


def _made(one: Exchange) -> Iterator[Any]:
    """The ids that an answer says were made by the session itself."""
    if not isinstance(one.answer, dict):
        return
    if one.method == "POST" and one.status == 201:
        yield from (value["id"] for value in one.answer.values() if isinstance(value, dict) and "id" in value)
    job = one.answer.get("job_status", {})
    if isinstance(job.get("results"), list):
        yield from (row["id"] for row in job["results"] if "id" in row)
