"""Databases of other versions."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

import deskhand.store.migrations
from deskhand.errors import StoreError, StoreNewer
from deskhand.store import migrate, open_store, steps
from tests.store.database import connected, killed_at, structure
from tests.store.values import draft, message_row, row, ticket

NEXT = '''
"""Tickets remember when they were first seen; the notebook gets a longer name."""
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

def upgrade():
    with op.batch_alter_table("tickets") as batch:
        batch.add_column(sa.Column("seen_at", sa.BigInteger, nullable=False, server_default="0"))
        batch.alter_column("status", new_column_name="state", existing_type=sa.Text, existing_nullable=False)
    op.create_index("tickets_seen", "tickets", ["seen_at"])
'''


@pytest.fixture
def later(tmp_path: Path) -> str:
    """The scripts of a version that does not exist yet, one step further than this one."""
    folder = tmp_path / "later"
    shutil.copytree(Path(deskhand.store.migrations.__file__).parent, folder)
    (folder / "versions" / "v0006_next.py").write_text(NEXT)
    return str(folder)


def test_migrating_twice_changes_nothing(url: str) -> None:
    """A database that is current is left as it is."""
    with connected(url) as connection:
        assert not migrate.is_current(connection)
        migrate.upgrade(connection)
        before = structure(connection)
        migrate.upgrade(connection)
        assert migrate.is_current(connection)
        assert structure(connection) == before


def test_the_last_step_is_known_without_asking_for_all_of_them(url: str) -> None:
    """The number by which a start sees that nothing is missing is that of the database which has had every step."""
    with connected(url) as connection:
        migrate.upgrade(connection)
        assert connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [migrate.NEWEST]
        assert steps.none_missing(migrate.SCRIPTS, connection)


def test_an_older_database_is_brought_on_with_its_data(url: str, later: str) -> None:
    """R18: what this version stored is there after the next version's step, which changes a table that holds rows."""
    store = open_store(url)
    with store.begin() as tx:
        tx.tickets.save([ticket(1), ticket(2, "new")])
    store.close()
    with connected(url) as connection:
        migrate.upgrade(connection, later)
        rows = connection.execute(text("SELECT id, state, seen_at FROM tickets ORDER BY id")).all()
        assert [tuple(row) for row in rows] == [(1, "open", 0), (2, "new", 0)]


def test_a_database_of_the_first_version_is_brought_on_with_its_data(url: str) -> None:
    """R18: what it holds is there afterwards, messages can be kept, and a trail begins."""
    with connected(url) as connection:
        steps.apply(migrate.SCRIPTS, connection, "0001")
        for table in ("tickets", "outbox"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0
        connection.execute(text("INSERT INTO notebook (name, value) VALUES ('cursor', 'kept')"))
    store = open_store(url)
    with store.begin() as tx:
        tx.messages.put([message_row("m", "thread")])
        assert tx.notebook.get("cursor") == "kept"
        assert tx.messages.count()["planned"] == 1
        assert [entry.seq for entry in tx.trail.add([draft()])] == [1]
    store.close()


def test_a_newer_database_is_refused(url: str, later: str) -> None:
    """R18: this version neither works on nor looks into a database of a later one, names both, and leaves it alone."""
    with connected(url) as connection:
        migrate.upgrade(connection, later)
        before = structure(connection)
    for exclusive in (True, False):
        with pytest.raises(StoreNewer, match=r"0006.*0005") as refused:
            open_store(url, exclusive=exclusive)
        assert refused.value.hint
    with connected(url) as connection:
        assert structure(connection) == before


def test_looking_into_an_empty_database_is_refused(url: str) -> None:
    """Who only looks does not make tables: the worker does."""
    with connected(url):
        pass
    with pytest.raises(StoreError, match="empty or of an older") as refused:
        open_store(url, exclusive=False)
    assert "deskhand run" in refused.value.hint
    with connected(url) as connection:
        assert structure(connection) == {"indexes": []}


def test_a_migration_killed_at_any_statement_is_resumed(url: str) -> None:
    """R18: killed before each statement in turn, the database has all or nothing, and the next start brings it up."""
    number, seen = 1, set()
    while killed_at(number, lambda: open_store(url).close()):
        with connected(url) as connection:
            shape = structure(connection)
        seen.add(len(shape))
        if len(shape) > 1:
            break
        number += 1
    assert seen <= {1, 19}
    assert number > 19
    store = open_store(url)
    with store.begin() as tx:
        tx.outbox.put([row("op-1", 1)])
    store.close()


def test_a_step_killed_at_any_statement_is_resumed(url: str, later: str) -> None:
    """R18: a step that copies a table with rows leaves them as they were, however far it came, and can be done again."""
    store = open_store(url)
    with store.begin() as tx:
        tx.tickets.save([ticket(1)])
    store.close()
    with connected(url) as connection:
        before = structure(connection)

    def step() -> None:
        with connected(url) as connection:
            migrate.upgrade(connection, later)

    number = 1
    while killed_at(number, step):
        with connected(url) as connection:
            assert structure(connection) == before
            assert connection.scalar(text("SELECT count(*) FROM tickets")) == 1
        number += 1
    assert number > 4
    with connected(url) as connection:
        assert migrate.is_current(connection, later)
        assert connection.scalar(text("SELECT state FROM tickets")) == "open"
