"""Channels in trouble, from what was tried by them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from deskhand.app.troubled import passed_over, stuck
from deskhand.core.message import Attempt, MessageRow
from tests.store.values import message_row

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
REFUSED = "refused: PagerDuty, POST /incidents: 400 1008 Requester User Not Found"


def tried(key: str, *came: tuple[str, str], by: str = "room", minutes: int = 0) -> MessageRow:
    """A page that channels were tried by, one a second."""
    attempts = (
        Attempt(name, AT + timedelta(minutes=minutes, seconds=n), words) for n, (name, words) in enumerate(came)
    )
    row = message_row(key, f"zd:acme:{key}:e1", state="sent", verb="page", by=by)
    return replace(row, tried=tuple(attempts), reason=came[-1][1])


def test_a_channel_whose_pages_others_carry_is_told_of() -> None:
    """All looks well then, for every page was sent; but the one that wakes people took none."""
    rows = [tried(key, ("pager", REFUSED), ("room", "sent"), minutes=n) for n, key in enumerate("ab")]

    assert passed_over(rows) == {"pager": f"2 pages, last 2026-11-21 03:01:00 UTC: {REFUSED}"}


def test_a_channel_that_has_carried_something_since_is_well_again() -> None:
    """What was mended is no alarm any more."""
    rows = [tried("a", ("pager", REFUSED), ("room", "sent")), tried("b", ("pager", "sent"), by="pager", minutes=1)]

    assert passed_over(rows) == {}


def test_a_message_that_is_nothing_for_a_channel_is_no_failure() -> None:
    """Words for everybody pass the pager by."""
    other = "refused: 'pager' carries nothing of the kind tell"

    assert passed_over([tried("a", ("pager", other), ("room", "sent"))]) == {}
    rows = [tried("a", ("pager", REFUSED), ("room", "sent")), tried("b", ("pager", other), ("room", "sent"), minutes=1)]
    assert list(passed_over(rows)) == ["pager"]


def test_what_waits_is_counted_by_its_channel() -> None:
    """With the reason of the newest try; what was never tried waits its turn only."""
    rows = [tried("a", ("pager", "away: 502"), by="pager"), tried("b", ("pager", "away: 503"), by="pager", minutes=1)]

    (words,) = stuck([*rows, message_row("c", "zd:acme:c:e1")]).values()
    assert words.startswith("2 pages since ")
    assert words.endswith(" UTC: away: 503")
