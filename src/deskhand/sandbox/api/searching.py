"""Search, its count and its export; and the list of tags."""

import base64
import json
import re
from collections import Counter
from typing import Any

from deskhand.sandbox import search
from deskhand.sandbox.api.people import counted
from deskhand.sandbox.exchange import Raw, Row, dumps
from deskhand.sandbox.paging import CURSOR_ERRORS, link, page_size, rows_page
from deskhand.sandbox.refusal import Refusal, bad_page, bad_parameter, missing_parameter
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.sideloads import beside

MOST_RESULTS = 1_000
MOST_EXPORTED = 1_000
CURSOR_LIFE = 3_600
"""Seconds for which the cursor of a search export is good."""

Result = tuple[tuple[Any, ...], str, int]
"""What a result can be sorted by (created, updated, priority, status, type, id), its kind, its id."""


def _query(ask: Ask) -> list[search.Term]:
    if "query" not in ask.query:
        raise missing_parameter("query")
    return search.parse(ask.query["query"])


def _results(ask: Ask, terms: list[search.Term], kind: str | None) -> list[Result]:
    """(sort keys, kind, id) of all that match."""
    found: list[Result] = []
    if kind in (None, "ticket"):
        found += [
            ((t.created, t.updated, t.priority or "", t.status, t.type or "", t.id), "ticket", t.id)
            for t in search.tickets(ask.world, terms, ask.user.id)
        ]
    for one in ("user", "organization", "group"):
        if kind == one or (kind is None and any(not term.field for term in terms)):
            found += [
                ((0, 0, "", "", "", row["id"]), one, row["id"]) for row in search.rows(ask.world, f"{one}s", terms)
            ]
    return found


_SORTS = {"created_at": 0, "updated_at": 1, "priority": 2, "status": 3, "ticket_type": 4}


@route("GET", "/search", role="light_agent")
def searched(ask: Ask) -> Row:
    """The first 1,000 results at most, by pages; `count` is the true number."""
    terms = _query(ask)
    found = _results(ask, terms, search.kind_of(terms))
    by = _SORTS.get(ask.query.get("sort_by", ""), 0)
    found.sort(key=lambda item: (item[0][by], item[0][5]), reverse=ask.query.get("sort_order", "desc") == "desc")
    size, number = min(100, max(1, ask.number("per_page", 100))), max(1, ask.number("page", 1))
    if (number - 1) * size >= MOST_RESULTS:
        raise Refusal(
            422,
            {
                "error": "invalid",
                "description": "Invalid search: Requested response size was greater than Search Response Limits",
            },
        )
    part = found[(number - 1) * size : number * size]
    path = f"{ask.base}/api/v2/search.json?" + "&".join(
        f"{name}={value.replace(' ', '+')}" for name, value in ask.request.query if name != "page"
    )
    return {
        "results": _shown(ask, part), "facets": None, "next_page": f"{path}&page={number + 1}" if number * size < len(found) else None,
        "previous_page": f"{path}&page={number - 1}" if number > 1 else None, "count": len(found),
    } | _beside(ask, part)  # fmt: skip


_OF_TICKETS = re.compile(r"tickets\(([a-z_,]*)\)")


def _beside(ask: Ask, part: list[Result]) -> Row:
    """What `include=tickets(users,groups)` asks for."""
    asked = _OF_TICKETS.fullmatch(ask.query.get("include", "").replace(" ", ""))
    if asked is None:
        return {}
    tickets = [ask.world.tickets[key] for _, kind, key in part if kind == "ticket"]
    return beside(ask, tickets, set(asked[1].split(",")))


def _shown(ask: Ask, part: list[Result]) -> Raw:
    return Raw("[" + ",".join(_text(ask, kind, key) for _, kind, key in part) + "]")


def _text(ask: Ask, kind: str, key: int) -> str:
    if kind == "ticket":
        return ask.sandbox.renderer.ticket(ask.base, ask.world.tickets[key], extra={"result_type": "ticket"})
    row = with_url(ask.base, f"{kind}s", ask.world.tables[f"{kind}s"].need(key))
    return dumps(row | _UNINDEXED.get(kind, {}) | {"result_type": kind})


_UNINDEXED: dict[str, Row] = {"user": {"two_factor_auth_enabled": None}}
"""What search does not know of a record."""


@route("GET", "/search/count", role="light_agent")
def count(ask: Ask) -> Row:
    """How many results there are."""
    terms = _query(ask)
    return {"count": len(_results(ask, terms, search.kind_of(terms)))}


@route("GET", "/search/export", role="light_agent")
def export(ask: Ask) -> Row:
    """All results of one type by cursor, newest first; the cursor is good for an hour."""
    ask.headers |= ask.sandbox.meter.endpoint(
        "search-export", ask.sandbox.meter.limits.search_export, ask.at, shown=False, headers=ask.headers
    )
    terms, kind = _query(ask), ask.query.get("filter[type]")
    if kind not in ("ticket", "user", "organization", "group"):
        raise bad_parameter("filter[type] must be one of ticket, user, organization, group")
    size = page_size(ask, MOST_EXPORTED, 100)
    before = _place(ask)
    found = sorted(_results(ask, terms, kind), key=lambda item: (item[0][0], item[2]), reverse=True)
    rest = [item for item in found if before is None or (item[0][0], item[2]) < before]
    part = rest[:size]
    cursor = (
        base64.b64encode(json.dumps([ask.world.now(), part[-1][0][0], part[-1][2]]).encode()).decode() if part else None
    )
    more = len(rest) > len(part)
    return {
        "results": _shown(ask, part), "facets": None, "meta": {"has_more": more, "after_cursor": cursor, "before_cursor": None},
        "links": {"prev": None, "next": link(ask, {"page[after]": cursor}) if more and cursor else None},
    }  # fmt: skip


def _place(ask: Ask) -> tuple[int, int] | None:
    cursor = ask.query.get("page[after]")
    if cursor is None:
        return None
    try:
        made, created, key = json.loads(base64.b64decode(cursor, validate=True))
        made, place = int(made), (int(created), int(key))
    except CURSOR_ERRORS:
        raise bad_page("page[after] is not valid") from None
    if ask.world.now() - made > CURSOR_LIFE:
        raise bad_page("the cursor has expired")
    return place


@route("GET", "/tags")
def tags(ask: Ask) -> Row:
    """The tags in use, most used first."""
    counts = Counter(tag for key in ask.world.live.ids for tag in ask.world.tickets[key].tags)
    rows: list[Row] = [{"id": name, "name": name, "count": number} for name, number in counts.most_common(20_000)]
    return rows_page(ask, "tags", rows, lambda part: [{"name": row["name"], "count": row["count"]} for row in part])


@route("GET", "/tags/count")
def tags_count(ask: Ask) -> Row:
    """How many tags are in use."""
    return counted(ask, len({tag for key in ask.world.live.ids for tag in ask.world.tickets[key].tags}))


@route("GET", "/autocomplete/tags")
def autocomplete(ask: Ask) -> Row:
    """Tags that begin so."""
    start = ask.query.get("name", "").lower()
    return {
        "tags": sorted(
            {tag for key in ask.world.live.ids for tag in ask.world.tickets[key].tags if tag.startswith(start)}
        )[:100]
    }
