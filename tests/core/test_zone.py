"""Zone names: IANA's and Zendesk's."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from deskhand.core.zone import DISPLAY_NAMES, zone_named
from deskhand.errors import PolicyInvalid


def test_every_display_name_stands_for_a_zone_that_exists() -> None:
    """About 150 names, and the zone database knows each of them."""
    assert len(DISPLAY_NAMES) >= 151
    assert set(DISPLAY_NAMES.values()) <= available_timezones()


def test_every_year_of_every_zone_ends_where_the_next_begins() -> None:
    """The second before local midnight of 1 January has the old year, which calendars rely on to find a year's hours."""
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for year in range(1970, 2102):
            midnight = datetime(year, 1, 1, tzinfo=zone).astimezone(UTC)
            assert midnight.astimezone(zone).year == year, name
            assert (midnight - timedelta(seconds=1)).astimezone(zone).year == year - 1, name


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Central Time (US & Canada)", "America/Chicago"),
        ("New Caledonia", "Pacific/Noumea"),
        ("Kyiv", "Europe/Kyiv"),
        ("Mexico City", "America/Mexico_City"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("Europe/Berlin", "Europe/Berlin"),
    ],
)
def test_a_zone_is_known_by_either_name(name: str, key: str) -> None:
    """Display names and IANA names both lead to the IANA zone."""
    assert zone_named(name).key == key


@pytest.mark.parametrize("name", ["Europe/Berln", "Eastern Time", "America", "../../etc/passwd", "/etc/passwd", ""])
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    """A misspelt zone, a folder and a path are refused alike, with a hint."""
    with pytest.raises(PolicyInvalid, match="is no time zone") as caught:
        zone_named(name)

    assert caught.value.hint


def test_a_misspelt_zone_is_guessed() -> None:
    """The hint names the zone that was probably meant."""
    with pytest.raises(PolicyInvalid) as caught:
        zone_named("Europe/Berln")

    assert caught.value.hint == "Did you mean 'Europe/Berlin'?"
