"""Pages: how much paging weighs on people, from what was sent."""

from datetime import datetime, timedelta

from deskhand.app.ports import Store
from deskhand.core.page_load import Load, page_load


def pages(store: Store, now: datetime, weeks: int, zone: str) -> tuple[Load, ...]:
    """The load of everybody who was paged in the last so many weeks, newest week first. Changes nothing."""
    with store.read() as tx:
        return page_load(tx.messages.recent(now - timedelta(weeks=weeks)), zone)
