"""Where deskhand keeps what it knows: SQLite by default, PostgreSQL by URL, and the same in memory.

    sql, engine, place        opening, transactions; the file with its lock and its reserve
    tickets memories work     the parts of a transaction, one table each
    decisions outbox messages
    notebook trail texts
    macro_states, macro_runs  what macros as code keep, in the notebook or in files of their own
    schema, codec             the tables, values as bytes
    migrate, steps            how a database gets there
    backup                    a copy, and a copy put back
    in_memory                 the same contract without a database

A transaction is committed whole or not at all; SQLite commits reach the disk before `begin` returns.
"""

from deskhand.store.backup import Held, backup, held, restore
from deskhand.store.in_memory import MemoryStore
from deskhand.store.sql import SqlStore, open_store

__all__ = ["Held", "MemoryStore", "SqlStore", "backup", "held", "open_store", "restore"]
