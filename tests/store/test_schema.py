"""The tables and their types."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from deskhand.store import migrate
from deskhand.store.schema import METADATA, Instant
from tests.store.database import connected, structure

SQLITE = sqlite.dialect()
TYPE = Instant()
INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


@given(one=INSTANTS, other=INSTANTS, shift=st.integers(-12, 14))
def test_an_instant_keeps_its_place_in_time(one: datetime, other: datetime, shift: int) -> None:
    """It comes back equal to the microsecond, from whatever offset it was written, and the numbers sort as the instants do."""
    first, second = TYPE.process_bind_param(one, SQLITE), TYPE.process_bind_param(other, SQLITE)
    assert first is not None
    assert second is not None
    assert TYPE.process_result_value(first, SQLITE) == one
    assert TYPE.process_bind_param(one.astimezone(timezone(timedelta(hours=shift))), SQLITE) == first
    assert (first < second) == (one < other)


def test_migrations_lead_to_the_schema(url: str) -> None:
    """A database made by the migrations has the tables, columns, keys and indexes that the schema says, no more and no less."""
    with connected(url) as connection:
        METADATA.create_all(connection)
        made = structure(connection)
        METADATA.drop_all(connection)
        migrate.upgrade(connection)
        assert structure(connection) == made
        assert len(made) == 2 * len(METADATA.tables) + 1
