"""Event logs in memory."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskhand.errors import SettingsError
from deskhand.sandbox.eventlog_layout import Layout
from deskhand.sandbox.eventlog_read import KEPT, read_log
from tests.peak import peak_of
from tests.sandbox.logs import line, real, saved, text

NINE = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp())


def test_plain_and_gzipped_files_read_alike(tmp_path: Path) -> None:
    """The same rows come out of both, with nulls as None and instants in UTC."""
    rows = (line("A", "New", "2/3/2026 09:00"), line("A", "Active", "2/3/2026 10:30", assigned_to="Resolver 1"))
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(text(*rows).encode()))

    plain, zipped = read_log(saved(tmp_path, *rows)), read_log(packed)

    assert plain == zipped
    assert [row[0] for row in plain.rows] == [NINE, NINE + 5_400]
    assert [row[2][KEPT.index("assignee")] for row in plain.rows] == [None, "Resolver 1"]
    assert (plain.first, plain.last) == (NINE, NINE + 5_400)


def test_rows_of_a_case_are_in_the_order_of_time(tmp_path: Path) -> None:
    """Whatever the file's order, and in file order where the minute is the same."""
    path = saved(
        tmp_path,
        line("A", "New", "2/3/2026 11:00"),
        line("A", "Active", "2/3/2026 09:00"),
        line("A", "Active", "2/3/2026 11:00"),
    )

    assert read_log(path).cases[0].rows == (1, 0, 2)


def test_the_first_cases_are_those_opened_first(tmp_path: Path) -> None:
    """`incidents` chooses by opening time, and keeps all rows of those cases."""
    path = saved(
        tmp_path,
        line("late", "New", "2/3/2026 12:00", opened_at="2/3/2026 12:00"),
        line("early", "New", "2/3/2026 09:00"),
        line("middle", "New", "2/3/2026 10:00", opened_at="2/3/2026 10:00"),
        line("early", "Resolved", "5/3/2026 09:00"),
    )

    log = read_log(path, incidents=2)

    assert [case.number for case in log.cases] == ["early", "middle"]
    assert len(log.rows) == 3
    assert [log.rows[row][1] for case in log.cases for row in case.rows] == [0, 0, 1]


def test_a_case_without_an_opening_begins_with_its_first_row(tmp_path: Path) -> None:
    """So does one that is said to be opened after all its rows."""
    path = saved(
        tmp_path,
        line("A", "New", "2/3/2026 09:00", opened_at="?"),
        line("B", "New", "2/3/2026 09:00", opened_at="9/3/2026 09:00"),
    )

    assert [case.opened for case in read_log(path).cases] == [NINE, NINE]


def test_other_separators_zones_and_a_mark_at_the_beginning(tmp_path: Path) -> None:
    """A mapping names delimiter and zone; a byte order mark is no part of the first column."""
    path = tmp_path / "log.csv"
    path.write_text("\ufeffid;when;what\n1;2026-07-01 09:00;on\n", encoding="utf-8")
    layout = Layout(
        {"case": "id", "at": "when", "state": "what"},
        {"on": "open"},
        date_format="%Y-%m-%d %H:%M",
        zone="Europe/Berlin",
        delimiter=";",
    )

    assert read_log(path, layout).first == int(datetime(2026, 7, 1, 7, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "no layout known here"),
        (text(), "has no rows"),
        (text(line("A", "New", "2026-03-02")), r"log\.csv:2: time data '2026-03-02'"),
        (text(line("A", "New", "2/3/2026 09:00")) + "A,1/3/2026 09:00\n", r"log\.csv:3: list index out of range"),
        ("\x00\xff", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(tmp_path: Path, content: str, words: str) -> None:
    """A wrong date or a short row names file and line; nothing is skipped silently."""
    path = tmp_path / "log.csv"
    path.write_bytes(content.encode("latin-1"))

    with pytest.raises(SettingsError, match=words):
        read_log(path)


def test_a_missing_column_and_a_missing_file_are_named(tmp_path: Path) -> None:
    """The header is shown, so that the right name is found."""
    path = saved(tmp_path, line("A", "New", "2/3/2026 09:00"))
    layout = Layout({"case": "number", "at": "sys_updated_at", "state": "Status"}, {})

    with pytest.raises(SettingsError, match="no column 'Status'") as raised:
        read_log(path, layout)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_log(tmp_path / "none.csv")
    assert "incident_state" in raised.value.hint


def test_the_real_log_loads_into_little_memory() -> None:
    """141,712 rows of 24,918 incidents in 150 MB."""
    imports = "from pathlib import Path\nfrom deskhand.sandbox.eventlog_read import read_log"
    work = "log = read_log(Path(sys.argv[1]))\ndone = [len(log.rows), len(log.cases)]"

    done, megabytes = peak_of(imports, work, str(real()))

    assert done == [141_712, 24_918]
    assert megabytes < 150
