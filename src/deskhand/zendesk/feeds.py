"""The two ways to hear of changes; either alone is enough.

The export is complete and a minute late; the list of the recently updated is fresh, and knows no archived tickets (zendesk-api.md sections 1.1 and 2).
Neither is asked for SLAs or metric sets: those are read for the tickets that really changed and need them, a hundred a call.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from deskhand.core.ticket import Ticket
from deskhand.errors import Rejected, Transient
from deskhand.zendesk.gateway import PAGE, Gateway, Json
from deskhand.zendesk.translate import with_sideloads

EXPORT_PAGE: Final = 1000
HELD_BACK: Final = timedelta(seconds=61)
"""The export wants a start more than a minute old."""
OVERLAP: Final = timedelta(seconds=1)
"""Stamps have whole seconds, so the last second is read again,"""
SETTLED: Final = timedelta(seconds=60)
"""until it is so long ago that nothing can be added to it any more."""
STUCK: Final = 3
Read = Callable[[list[Json]], list[Ticket]]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page: its tickets, the cursor after it, and whether more is ready now."""

    tickets: tuple[Ticket, ...]
    cursor: str
    more: bool


class ExportFeed:
    """The incremental cursor export: everything that changed, deleted and archived tickets too, in order, up to a minute ago."""

    name: Final = "export"

    def __init__(self, gateway: Gateway, read: Read) -> None:
        self._gateway, self._read, self._size = gateway, read, EXPORT_PAGE
        self._same = 0

    def read(self, cursor: str | None, *, since: datetime) -> FeedPage:
        """The page after `cursor`. Raises Rejected with code InvalidCursor (start again) or StuckCursor (an alarm)."""
        asked: dict[str, str | int] = {"per_page": self._size}
        asked |= {"cursor": cursor} if cursor else {"start_time": int((since - HELD_BACK).timestamp())}
        try:
            page = self._gateway.get("incremental/tickets/cursor", asked, holds="tickets")
        except Transient:
            self._size = max(self._size // 2, 50)
            raise
        except Rejected as refused:
            raise _expired(refused) from refused
        self._size = min(self._size * 2, EXPORT_PAGE)
        after = str(page.get("after_cursor") or cursor or "")
        more = not page.get("end_of_stream", True)
        self._same = self._same + 1 if more and after == cursor else 0
        if self._same >= STUCK:
            raise Rejected(
                "the export gives the same cursor again and again",
                code="StuckCursor",
                hint="Tell Zendesk's support; the list of recent changes goes on meanwhile.",
            )
        return FeedPage(tuple(self._read(with_sideloads(page["tickets"], page))), after, more)


class RecentFeed:
    """The list of tickets by their last update, newest first, read down to where the last reading began.

    Its cursor is ours: the watermark, and inside a long reading the place in the list. With `most` pages the reading ends early, for accounts whose export brings the rest.
    """

    name: Final = "recent"

    def __init__(
        self,
        gateway: Gateway,
        read: Read,
        *,
        now: Callable[[], datetime],
        most: int | None = None,
    ) -> None:
        self._gateway, self._read, self._now, self._most = gateway, read, now, most

    def read(self, cursor: str | None, *, since: datetime) -> FeedPage:
        """The next page down the list."""
        place = _Place.parse(cursor, since)
        asked: dict[str, str | int] = {"sort": "-updated_at", "page[size]": PAGE}
        asked |= {"page[after]": place.after} if place.after else {}
        try:
            page = self._gateway.get("tickets", asked, holds="tickets")
        except Rejected as refused:
            raise _expired(refused) from refused
        rows: list[Json] = page["tickets"]
        newest = place.newest or max((str(row["updated_at"]) for row in rows), default=place.mark)
        fresh = [row for row in rows if str(row["updated_at"]) >= place.mark]
        meta = page.get("meta") or {}
        after = str(meta.get("after_cursor") or "")
        down = bool(meta.get("has_more")) and len(fresh) == len(rows) and after != place.after
        down = down and (self._most is None or place.pages + 1 < self._most)
        following = (
            _Place(place.mark, newest, after, place.pages + 1) if down else _Place(max(self._mark(newest), place.mark))
        )
        return FeedPage(tuple(self._read(with_sideloads(fresh, page))), following.text(), down)

    def _mark(self, newest: str) -> str:
        """Where the next reading ends: just after the newest stamp once that second is settled, a little before it until then."""
        stamp = datetime.fromisoformat(newest)
        return _stamp(stamp + OVERLAP if self._now() - stamp > SETTLED else stamp - OVERLAP)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reading stands: down to `mark`, begun at `newest`, going on after `after`."""

    mark: str
    newest: str = ""
    after: str = ""
    pages: int = 0

    @classmethod
    def parse(cls, text: str | None, since: datetime) -> "_Place":
        """From the stored cursor, or the start."""
        if not text:
            return cls(_stamp(since))
        found: dict[str, Any] = json.loads(text)
        return cls(**found)

    def text(self) -> str:
        """To be stored."""
        facts = {"mark": self.mark, "newest": self.newest, "after": self.after, "pages": self.pages}
        return json.dumps({name: value for name, value in facts.items() if value})


def include_of(needs: frozenset[str]) -> dict[str, str]:
    """The sideloads that a policy needs, as a query."""
    known = (("slas", "slas"), ("group_slas", "group_slas"), ("metrics", "metric_sets"))
    wanted = [name for need, name in known if need in needs]
    return {"include": ",".join(wanted)} if wanted else {}


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _expired(refused: Rejected) -> Rejected:
    """The refusal; under one code where it is the cursor that is refused."""
    if refused.status == 400 and "cursor" in f"{refused.code} {refused.detail}".lower():
        return Rejected(str(refused), status=400, code="InvalidCursor", detail=refused.detail)
    return refused
