"""Connections and their settings."""

import sys
from pathlib import Path

import pytest

from deskhand.errors import SettingsError
from deskhand.store.engine import parse, postgres_engine, sqlite_engine


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgres_urls_lead_to_psycopg(url: str) -> None:
    """The three spellings in use mean the same."""
    assert parse(url).render_as_string() == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    "url",
    ["", "deskhand.db", "mysql://h/d", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"],
)
def test_other_urls_are_refused_with_an_example(url: str) -> None:
    """What is no URL, no known database or no file is a mistake in the settings, and the hint shows how it looks."""
    with pytest.raises(SettingsError) as refused:
        parse(url)
    assert "sqlite:///" in refused.value.hint


def test_a_refusal_does_not_show_the_password() -> None:
    """A URL may carry a password; the error does not."""
    with pytest.raises(SettingsError) as refused:
        parse("mysql://user:canary@host/d")
    assert "canary" not in f"{refused.value!r} {refused.value.hint}"


def test_postgres_without_its_driver_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver is an extra; where it is missing the hint says how to install it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsError, match="driver") as refused:
        postgres_engine(parse("postgresql://host/name"))
    assert "deskhand[postgres]" in refused.value.hint


def test_every_connection_has_the_settings(tmp_path: Path) -> None:
    """Write-ahead log, full synchronisation, foreign keys and five seconds of patience hold on each connection."""
    engine = sqlite_engine(tmp_path / "a.db")
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            cursor = connection.connection.cursor()
            names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
            assert found == ["wal", 2, 1, 5000]
    engine.dispose()
