"""An event log in memory: its rows in the order in which they happened, compact enough for a hundred thousand of them."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from deskhand.errors import SettingsError
from deskhand.sandbox.eventlog_layout import Layout, recognised

KEPT = ("state", "requester", "opened_by", "updated_by", "priority", "group", "assignee", "channel")
"""The roles whose values a row keeps, in this order; the values of the layout's fields follow."""

Values = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the log: its number, when it was opened, the places of its rows in `Log.rows`, in the order of time."""

    number: str
    opened: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """A log that was read. `rows` are (seconds since 1970, place of the case, values by `KEPT` and the layout's fields), in file order."""

    layout: Layout
    rows: Sequence[tuple[int, int, Values]]
    cases: Sequence[Case]

    @property
    def first(self) -> int:
        """When the log begins, in seconds since 1970."""
        return min(min((case.opened for case in self.cases), default=0), min((row[0] for row in self.rows), default=0))

    @property
    def last(self) -> int:
        """When its last row was written."""
        return max((row[0] for row in self.rows), default=0)


def read_log(path: Path, layout: Layout | None = None, incidents: int | None = None) -> Log:
    """Read a CSV file, plain or gzipped; `incidents` takes only that many cases, those opened first. Raises SettingsError."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig", newline="")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig", newline="") as file
        ):
            first = file.readline()
            layout = layout or recognised(next(csv.reader([first]), []))
            if layout is None:
                raise SettingsError(
                    f"{path}: the columns are those of no layout known here",
                    hint="Describe them in a JSON file and pass it with --mapping.",
                )
            header = next(csv.reader([first], delimiter=layout.delimiter), [])
            reader = _Reader(path, layout, header)
            reader.take(csv.reader(file, delimiter=layout.delimiter))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(
            f"The event log {path} cannot be read: {error}", hint="It is a CSV file in UTF-8, plain or gzipped."
        ) from error
    if not reader.rows:
        raise SettingsError(f"The event log {path} has no rows")
    return _chosen(reader, incidents)


class _Reader:
    def __init__(self, path: Path, layout: Layout, header: list[str]) -> None:
        self.path = path
        self.layout = layout
        self.rows: list[tuple[int, int, Values]] = []
        self.numbers: dict[str, int] = {}
        self.opened: list[int | None] = []
        self.of_case: list[list[int]] = []
        self._places = [self._place(header, layout.columns.get(role)) for role in KEPT] + [
            self._place(header, name) for name in layout.fields
        ]
        self._case, self._at, self._opened = (
            self._place(header, layout.columns.get(role)) for role in ("case", "at", "opened")
        )
        self._zone = ZoneInfo(layout.zone)
        self._instants: dict[str, int] = {}
        self._texts: dict[str, str | None] = dict.fromkeys(layout.nulls)
        self._values: dict[Values, Values] = {}

    def _place(self, header: list[str], name: str | None) -> int | None:
        if name is None:
            return None
        if name not in header:
            raise SettingsError(
                f"{self.path}: there is no column {name!r}", hint=f"Its columns are: {', '.join(header)}."
            )
        return header.index(name)

    def take(self, lines: Iterator[list[str]]) -> None:
        """Read all rows. Raises SettingsError with the line that cannot be read."""
        for number, line in enumerate(lines, 2):
            if not line:
                continue
            try:
                self._row(line)
            except (IndexError, ValueError) as error:
                raise SettingsError(
                    f"{self.path}:{number}: {error}", hint="Check the mapping's date_format and delimiter."
                ) from error

    def _row(self, line: list[str]) -> None:
        assert self._case is not None
        assert self._at is not None
        at = self._instant(line[self._at])
        texts = self._texts
        values = tuple(
            [None if place is None else texts.setdefault(line[place], line[place]) for place in self._places]
        )
        case = self.numbers.setdefault(line[self._case], len(self.numbers))
        if case == len(self.of_case):
            opened = None if self._opened is None else texts.get(line[self._opened], line[self._opened])
            self.opened.append(None if opened is None else self._instant(opened))
            self.of_case.append([])
        self.of_case[case].append(len(self.rows))
        self.rows.append((at, case, self._values.setdefault(values, values)))

    def _instant(self, text: str) -> int:
        """Seconds since 1970."""
        known = self._instants.get(text)
        if known is None:
            moment = datetime.strptime(text, self.layout.date_format)  # noqa: DTZ007 - the zone is the layout's
            known = int((moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).timestamp())
            self._instants[text] = known
        return known


def _chosen(reader: _Reader, incidents: int | None) -> Log:
    """The log of all cases, or of those that were opened first."""
    rows = reader.rows
    cases = []
    for number, place in reader.numbers.items():
        mine = sorted(reader.of_case[place], key=lambda row: (rows[row][0], row))
        opened = reader.opened[place]
        first, last = rows[mine[0]][0], rows[mine[-1]][0]
        cases.append(Case(number, first if opened is None or opened > last else opened, tuple(mine)))
    if incidents is not None and incidents < len(cases):
        order = sorted(range(len(cases)), key=lambda place: (cases[place].opened, place))[:incidents]
        return _only(rows, [cases[place] for place in sorted(order)], reader.layout)
    return Log(reader.layout, rows, cases)


def _only(rows: list[tuple[int, int, Values]], cases: list[Case], layout: Layout) -> Log:
    kept: list[tuple[int, int, Values]] = []
    made: list[Case] = []
    for place, case in enumerate(cases):
        mine = range(len(kept), len(kept) + len(case.rows))
        kept += [(rows[row][0], place, rows[row][2]) for row in case.rows]
        made.append(Case(case.number, case.opened, tuple(mine)))
    return Log(layout, kept, made)
