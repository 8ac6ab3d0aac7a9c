"""How fast calendars answer, beside another library and over long spans, measured in one run.

    python scripts/bench_time.py

Prints a table and exits 1 where `elapsed` is not at least 300 times as fast as Ruby's biz, or, where Ruby or biz is
missing, 1,000 times as fast as businesstimedelta (installed into a throw-away environment, never a dependency), or
where spans of ten years take more than 1.2 times as long as spans of one day.

Both sides count the same hours (weekdays 09:00-12:00 and 13:00-17:00 in New York, less the holidays below), answer the
same questions and have to give the same seconds. Questions are spans of one length that begin while the desk is open,
as most of what happens to tickets does, at instants spread over a year. Every length has to be fast enough: the other
libraries walk from day to day, so the shortest spans are where they are least slow. Spans of a day that begin at any
instant, weekends and nights as often as they come, are shown beside them. Times are processor time, the mean over the
questions, the best of some rounds; what a calendar works out once, at the first question about a year, is shown apart.
"""

import json
import random
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Final

from deskhand.core.calendar import Calendar
from deskhand.core.closure import Closure
from deskhand.core.week import Week

QUESTIONS: Final = {1: 200, 7: 100, 30: 40, 365: 8}
"""How many spans of so many days, begun while open, are asked about."""
ANY: Final = "1 d at any time"
YEAR: Final = datetime(2024, 1, 1, tzinfo=UTC)
SEED: Final = 4
HOLIDAYS: Final = tuple(f"{year}-{day}" for year in range(2023, 2027) for day in ("01-01", "07-04", "11-11", "12-25"))
TIMES: Final = {"Ruby biz": 300, "businesstimedelta": 1000}
"""How many times faster than each we have to be."""
LONG: Final = 1.2
CALLS: Final = 40_000
"""How many of our calls are timed at once."""
ROUNDS: Final = 7

BUSINESSTIMEDELTA: Final = """
import datetime, json, sys, time
import businesstimedelta as b, pytz
asked, holidays = json.loads(sys.argv[1])
zone = pytz.timezone("America/New_York")
def hours(first, last):
    return b.WorkDayRule(datetime.time(first), datetime.time(last), [0, 1, 2, 3, 4], tz=zone)
closed = b.HolidayRule({datetime.date.fromisoformat(day) for day in holidays}, tz=zone)
rules = b.Rules([hours(9, 12), hours(13, 17), closed])
out = {}
for days, spans in asked.items():
    pairs = [[datetime.datetime.fromisoformat(one) for one in span] for span in spans]
    answers = [(one.hours * 3600 + one.seconds) for one in (rules.difference(*pair) for pair in pairs)]
    best = None
    for _ in range(3):
        begun = time.process_time()
        for a, z in pairs:
            rules.difference(a, z)
        took = (time.process_time() - begun) / len(pairs)
        best = took if best is None else min(best, took)
    out[days] = [answers, best]
print(json.dumps(out))
"""

BIZ: Final = """
require "biz"; require "json"; require "time"
asked, holidays = JSON.parse(ARGV[0])
schedule = Biz::Schedule.new do |config|
  config.hours = %i[mon tue wed thu fri].to_h { |day| [day, {"09:00" => "12:00", "13:00" => "17:00"}] }
  config.holidays = holidays.map { |day| Date.iso8601(day) }
  config.time_zone = "America/New_York"
end
out = asked.to_h do |days, spans|
  pairs = spans.map { |span| span.map { |one| Time.iso8601(one) } }
  answers = pairs.map { |a, z| schedule.within(a, z).in_seconds }
  best = 3.times.map {
    from = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
    pairs.each { |a, z| schedule.within(a, z).in_seconds }
    (Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - from) / pairs.size
  }.min
  [days, [answers, best]]
end
puts JSON.generate(out)
"""

Span = tuple[datetime, datetime]
Measured = dict[str, tuple[list[int], float]]
"""By kind of span: the answers, and seconds for one call."""


def office() -> Calendar:
    """The hours that everyone counts."""
    week = Week.of({day: [("09:00", "12:00"), ("13:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")})
    closures = tuple(Closure.day(date.fromisoformat(day)) for day in HOLIDAYS)
    return Calendar("office", "America/New_York", week, closures)


def spans(days: int, count: int, *, anytime: bool = False) -> list[Span]:
    """Spans of one length that begin at whole minutes spread over a year, the same in every run."""
    chance, calendar = random.Random(SEED), office()  # noqa: S311 - not for secrets
    begins: list[datetime] = []
    while len(begins) < count:
        start = YEAR + timedelta(minutes=chance.randrange(366 * 24 * 60))
        if anytime or calendar.is_open(start):
            begins.append(start)
    return [(start, start + timedelta(days=days)) for start in begins]


def questions() -> dict[str, list[Span]]:
    """The spans by kind."""
    return {f"{days} d": spans(days, count) for days, count in QUESTIONS.items()} | {ANY: spans(1, 200, anytime=True)}


def ours(calendar: Calendar, asked: Sequence[Span]) -> tuple[list[int], float]:
    """Our answers and the time of a call, once the calendar knows the years."""
    answers = [int(calendar.elapsed(*span)) for span in asked]
    again = range(CALLS // len(asked))
    elapsed, best = calendar.elapsed, float("inf")
    for _ in range(ROUNDS):
        begun = process_time()
        for _ in again:
            for start, end in asked:
                elapsed(start, end)
        best = min(best, (process_time() - begun) / (len(again) * len(asked)))
    return answers, best


def run(*command: str) -> Measured:
    """What another library measured of itself, from the JSON that it prints."""
    asked = {kind: [[one.isoformat() for one in span] for span in spans] for kind, spans in questions().items()}
    question = json.dumps([asked, HOLIDAYS])
    done = subprocess.run([*command, question], capture_output=True, text=True, check=True)
    return {kind: (answers, float(seconds)) for kind, (answers, seconds) in json.loads(done.stdout).items()}


def rival() -> tuple[str, Measured]:
    """The other library that there is, and what it measured."""
    ruby = shutil.which("ruby")
    if ruby and subprocess.run([ruby, "-rbiz", "-e", ""], capture_output=True, check=False).returncode == 0:
        return "Ruby biz", run(ruby, "-e", BIZ)
    with tempfile.TemporaryDirectory() as place:
        venv.create(place, with_pip=True)
        python = str(Path(place) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "-q", "businesstimedelta"], capture_output=True, check=True)
        return "businesstimedelta", run(python, "-c", BUSINESSTIMEDELTA)


def compare(calendar: Calendar) -> bool:
    """Print our time beside the other library's for each length; whether we are fast enough at all of them."""
    name, theirs = rival()
    print(f"{'spans':>16} {'deskhand':>12} {name:>18} {'times':>8}")
    ratios = {}
    for kind, asked in questions().items():
        answers, seconds = ours(calendar, asked)
        if answers != theirs[kind][0]:
            raise SystemExit(f"{kind}: {name} says {theirs[kind][0]} and deskhand {answers}")
        ratios[kind] = theirs[kind][1] / seconds
        print(f"{kind:>16} {seconds * 1e6:>9.2f} µs {theirs[kind][1] * 1e6:>15.1f} µs {ratios[kind]:>8.0f}")
    least = min(ratio for kind, ratio in ratios.items() if kind != ANY)
    print(f"at least {TIMES[name]} times wanted at every length; measured: {least:.0f} times at the least")
    return least >= TIMES[name]


def long_spans(calendar: Calendar) -> bool:
    """Print what ten years cost against one day, asked by turns so that both meet the same machine; whether that is little enough."""
    turns = [[ours(calendar, asked)[1] for asked in (spans(1, 200), spans(3650, 200))] for _ in range(3)]
    day, decade = (min(times) for times in zip(*turns, strict=True))
    print(
        f"ten years {decade * 1e6:.2f} µs, one day {day * 1e6:.2f} µs: {decade / day:.2f} times, at most {LONG} wanted"
    )
    return decade / day <= LONG


def first_time() -> None:
    """Print what the first question costs, which works a year out, and the first about a date."""
    calendar = office()
    begun = process_time()
    calendar.elapsed(YEAR + timedelta(days=9), YEAR + timedelta(days=10))
    year = process_time() - begun
    days = [YEAR + timedelta(days=n) for n in range(20, 320, 2)]
    begun = process_time()
    for day in days:
        calendar.elapsed(day, day + timedelta(days=1))
    each = (process_time() - begun) / len(days)
    print(f"once: the first question about a year {year * 1e3:.1f} ms, about two dates {each * 1e6:.1f} µs")


def main() -> int:
    """Measure both; 0 where both are fast enough."""
    calendar = office()
    results = [compare(calendar), long_spans(calendar)]
    first_time()
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
