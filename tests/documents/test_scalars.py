"""How durations, shares, instants and names are written."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.documents import scalars


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90), ("30m", 1800), ("4h", 14_400), ("2d", 172_800), ("1w", 604_800), ("1h30m", 5400), ("1h 30m", 5400),
        ("30_minutes", 1800), ("4_hours", 14_400), ("1 hour", 3600), ("2 days", 172_800),
    ],
)  # fmt: skip
def test_a_duration_is_read(text: str, seconds: int) -> None:
    """Compact and in words."""
    assert scalars.duration(text) == seconds


@pytest.mark.parametrize(
    "value", ["30", 30, "", "m", "30 m in", "1m1m", "-5m", "1.5h", None, True, "30_minuts", "9" * 50 + "m"]
)
def test_what_is_no_duration_is_refused(value: object) -> None:
    """A number without a unit could mean anything."""
    with pytest.raises(ValueError, match=r"duration|twice"):
        scalars.duration(value)


@given(st.integers(0, 99), st.integers(0, 23), st.integers(0, 59))
def test_durations_add_up(days: int, hours: int, minutes: int) -> None:
    """Units in a row are a sum."""
    assert scalars.duration(f"{days}d{hours}h{minutes}m") == (days * 24 + hours) * 3600 + minutes * 60


def test_cadences_may_be_words() -> None:
    """Daily and weekly beside durations."""
    assert [scalars.cadence(one) for one in ("daily", "weekly", "30_minutes", "4_hours")] == [
        86_400,
        604_800,
        1800,
        14_400,
    ]


def test_a_share_is_exact() -> None:
    """12.5% is one eighth, not a float near it."""
    assert scalars.share("12.5%") == Fraction(1, 8)
    for wrong in ("50", 50, 0.5, "%", "-1%", "fifty%"):
        with pytest.raises(ValueError, match="no share"):
            scalars.share(wrong)


def test_an_instant_has_a_zone_and_is_read_as_utc() -> None:
    """Without a zone it would mean another instant on every machine."""
    nine = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    assert scalars.instant("2026-03-02T09:00Z") == scalars.instant("2026-03-02T10:00:00+01:00") == nine
    for wrong in ("2026-03-02T09:00", "2026-03-02", "2026-02-30T09:00Z", "0001-01-01T00:00+14:00", 5):
        with pytest.raises(ValueError, match="no instant"):
            scalars.instant(wrong)


def test_a_date_exists() -> None:
    """30 February does not."""
    assert scalars.day("2026-12-24") == date(2026, 12, 24)
    with pytest.raises(ValueError, match="no date"):
        scalars.day("2026-02-30")


@pytest.mark.parametrize("wrong", ["VIP", "a b", "a,b", "", "x" * 101, 5, "<b>"])
def test_a_tag_that_zendesk_would_change_is_refused(wrong: object) -> None:
    """Zendesk makes tags lower case and splits at spaces and commas."""
    with pytest.raises(ValueError, match="no tag"):
        scalars.tag(wrong)


def test_names_and_addresses() -> None:
    """Ids in lower case with hyphens or underscores; agents by address."""
    assert scalars.ident("raise-at_50") == "raise-at_50"
    assert scalars.email("lead@acme.example") == "lead@acme.example"
    for wrong in ("A", "-a", "a--b", "a b", "", "a" * 81):
        with pytest.raises(ValueError, match="no name"):
            scalars.ident(wrong)
    with pytest.raises(ValueError, match="no e-mail"):
        scalars.email("lead")
