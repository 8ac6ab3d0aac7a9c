"""Calendars: hours, breaks, holidays of every kind, and hours that make no sense."""

from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

from deskhand.core.calendar import Calendar
from deskhand.core.schedule import from_zendesk
from deskhand.documents import load_text
from deskhand.documents.compile_calendar import HOLIDAY_DATA
from deskhand.documents.load import load_policies
from tests.documents.words import policy, said

USE = "\nrules: [{id: r, when: {since: {instant: created, above: 1h, calendar: c}}, then: {add_tags: a}, ignore: [no-tests, no-description]}]\n"


def calendar(text: str) -> Calendar:
    """The calendar `c` with these keys."""
    indented = "".join(f"    {line}\n" for line in dedent(text).strip().splitlines())
    return policy(f"calendars:\n  c:\n{indented}{USE}").calendars["c"]


def hours(made: Calendar, first: str, last: str) -> list[str]:
    """The open hours of some days, in UTC."""
    start, end = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (first, last))
    return [f"{a:%d %H:%M}-{b:%d %H:%M}" for a, b in made.intervals(start, end)]


def test_days_are_given_one_by_one_or_in_ranges() -> None:
    """Names short or long, ranges, lists, over the weekend, and hours until midnight."""
    made = calendar("""
        zone: UTC
        hours:
          mon-tue: [09:00-12:00, 13:00-17:00]
          Thursday: 20:00-24:00
          sat-sun: 10:00-11:00
        """)

    assert hours(made, "2026-03-02", "2026-03-09") == [
        "02 09:00-02 12:00", "02 13:00-02 17:00", "03 09:00-03 12:00", "03 13:00-03 17:00", "05 20:00-06 00:00",
        "07 10:00-07 11:00", "08 10:00-08 11:00",
    ]  # fmt: skip


def test_hours_are_of_the_zone() -> None:
    """Nine in New York is two in the afternoon in UTC, in winter."""
    made = calendar("{zone: America/New_York, hours: {mon: 09:00-17:00}}")

    assert hours(made, "2026-03-02", "2026-03-03") == ["02 14:00-02 22:00"]


def test_a_zone_may_have_zendesks_name() -> None:
    """As the account's schedules show it."""
    assert calendar("{zone: Eastern Time (US & Canada), hours: {mon: 09:00-17:00}}").elapsed(
        datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    ) == 8 * 3600  # fmt: skip


def test_breaks_are_cut_out_of_every_day() -> None:
    """A lunch break, whatever the hours of the day."""
    made = calendar("{zone: UTC, hours: {mon-fri: 09:00-17:00}, breaks: {mon-wed: 12:00-13:00}}")

    assert hours(made, "2026-03-04", "2026-03-06") == ["04 09:00-04 12:00", "04 13:00-04 17:00", "05 09:00-05 17:00"]


def test_holidays_are_dates_ranges_and_half_days() -> None:
    """By word or with a name and hours."""
    made = calendar("""
        zone: UTC
        hours: {mon-fri: 09:00-17:00}
        holidays:
          - 2026-12-25
          - 2026-12-28..2026-12-30
          - {date: 2026-12-24, hours: 12:00-24:00, name: Christmas Eve}
          - {from: 2027-01-01, to: 2027-01-03, name: New Year}
        """)

    assert hours(made, "2026-12-23", "2027-01-05") == [
        "23 09:00-23 17:00", "24 09:00-24 12:00", "31 09:00-31 17:00", "04 09:00-04 17:00",
    ]  # fmt: skip


def test_public_holidays_come_by_country_and_subdivision() -> None:
    """Epiphany is one in Bavaria and not in Berlin."""
    text = "{{zone: UTC, hours: {{mon-fri: 09:00-17:00}}, holidays: {{country: DE, subdivision: {part}, years: 2026-2026}}}}"
    bavaria, berlin = (calendar(text.format(part=part)) for part in ("BY", "BE"))

    assert hours(bavaria, "2026-01-06", "2026-01-07") == []
    assert hours(berlin, "2026-01-06", "2026-01-07") == ["06 09:00-06 17:00"]
    assert hours(bavaria, "2026-01-01", "2026-01-02") == []


def test_a_date_may_have_hours_of_its_own() -> None:
    """Open on the Saturday before a release."""
    made = calendar(
        "{zone: UTC, hours: {mon: 09:00-17:00}, openings: [{date: 2026-03-07, hours: 08:00-09:00, name: release}]}"
    )

    assert hours(made, "2026-03-07", "2026-03-08") == ["07 08:00-07 09:00"]


def test_a_zendesk_schedule_is_taken_where_it_is_known(tmp_path: Path) -> None:
    """Offline it is a mistake that says what to do; with the account's schedules it has their hours."""
    folder = tmp_path
    (folder / "a.yaml").write_text("calendars: {c: {zendesk: Office hours}}\nzendesk_calendar: c\n", encoding="utf-8")
    schedule = from_zendesk("Office hours", "London", [(1440 + 540, 1440 + 1020)])

    (problem,) = load_policies(folder).problems
    known = load_policies(folder, schedules={"Office hours": schedule})
    (near,) = load_policies(folder, schedules={"Office hour": schedule}).problems

    assert str(problem).endswith(
        "calendar 'c': the hours of the Zendesk schedule 'Office hours' are not known here "
        "(`deskhand check --online` reads them from the account, as the worker does) [calendar-unresolved]"
    )
    assert near.hint == "did you mean 'Office hour'?"
    assert known.policy is not None
    assert hours(known.policy.office.default, "2026-03-02", "2026-03-03") == ["02 09:00-02 17:00"]


def test_mistakes_are_told_at_once_at_their_places() -> None:
    """Zones, days, hours, dates and countries that do not exist."""
    assert said("""\
        calendars:
          a: {zone: Europe/Berln, hours: {mon: 09:00-17:00}}
          b: {hours: {}}
          c: {hours: {mon-fry: 09:00-17:00, tue: 9-17, wed: 17:00-09:00}}
          d: {hours: {mon: [09:00-12:00, 11:00-13:00]}}
          e: {hours: {mon: 09:00-17:00}, holidays: [{country: XX}, {country: DE, subdivision: BAV}, {}, {from: 2026-01-01}]}
          f: {hours: {mon: 09:00-17:00}, holidays: 2026-05-02..2026-05-01}
          g: {hours: {mon: 09:00-25:00}}
          always: {hours: {mon: 09:00-17:00}}
        """) == [
        "2:13: calendar 'a': 'Europe/Berln' is no time zone (did you mean 'Europe/Berlin'?) [bad-calendar]",
        "3:6: calendar 'b': never opens (give it hours on at least one day) [never-open-calendar]",
        "4:15: calendar 'c': 'mon-fry' is no day of the week (did you mean 'mon'?) [bad-calendar]",
        "4:42: calendar 'c': '9-17' gives no hours (write 09:00-17:00) [bad-calendar]",
        "4:53: calendar 'c': 17:00-09:00 ends before it starts or leaves the day (split hours that cross midnight: until 24:00 on one day, from 00:00 on the next) [bad-calendar]",
        "5:6: calendar 'd': mon: 09:00-12:00 and 11:00-13:00 overlap (join them into one span) [bad-calendar]",
        "6:55: calendar 'e': no public holidays are known for country 'XX' (use its ISO code, such as DE) [bad-calendar]",
        "6:87: calendar 'e': country 'DE' has no subdivision 'BAV' (there are BB, BE, BW, BY, HB, HE, HH, MV, NI, NW, RP, SH, SL, SN, ST, TH, Augsburg) [bad-calendar]",
        "6:93: calendar 'e': a holiday has a date, or from and to, or a country [bad-calendar]",
        "6:97: calendar 'e': a range has both from and to [bad-calendar]",
        "7:6: calendar 'f': closed from 2026-05-02 to 2026-05-01: the end is before the start [bad-calendar]",
        "8:20: calendar 'g': '25:00' is no time of day (write it as 09:00; the end of a day is 24:00) [bad-calendar]",
        "9:3: calendar 'always': this name is taken: it never closes [duplicate-id]",
    ]


def test_the_policy_names_the_holiday_data_where_it_counts() -> None:
    """Another release of the data may close other days, so tickets are looked at again; without countries it does not matter."""
    plain = load_text({"a.yaml": "calendars: {c: {hours: {mon: 09:00-17:00}}}\nzendesk_calendar: c"}).policy
    dated = load_text(
        {"a.yaml": "calendars: {c: {hours: {mon: 09:00-17:00}, holidays: {country: DE}}}\nzendesk_calendar: c"}
    ).policy

    assert plain is not None
    assert dated is not None
    assert (plain.data, dated.data) == ("", HOLIDAY_DATA)
