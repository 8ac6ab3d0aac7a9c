"""How fast calendars answer, beside another library and over long spans, measured in one run.

    python scripts/bench_time.py

Prints a table and exits 1 where `elapsed` is not at least 300 times as fast as Ruby's biz, or, where Ruby or biz is
missing, 1,000 times as fast as businesstimedelta (installed into a throw-away environment, never a dependency), or
where a span of ten years takes more than 1.2 times as long as a span of one day. Both sides count the same hours
(weekdays 09:00-12:00 and 13:00-17:00 in New York, less the holidays below) and have to give the same seconds. The
comparison that decides is a ticket of thirty days; the other spans are shown beside it.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import timeit
import venv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from deskhand.core.calendar import Calendar
from deskhand.core.closure import Closure
from deskhand.core.week import Week

START: Final = datetime(2024, 3, 5, 15, tzinfo=UTC)
SPANS: Final = (1, 7, 30, 365)
"""Days."""
DECISIVE: Final = 30
HOLIDAYS: Final = tuple(f"{year}-{day}" for year in range(2023, 2027) for day in ("01-01", "07-04", "11-11", "12-25"))
TIMES: Final = {"Ruby biz": 300, "businesstimedelta": 1000}
"""How many times faster than each we have to be."""
LONG: Final = 1.2

BUSINESSTIMEDELTA: Final = """
import datetime, json, sys, timeit
import businesstimedelta as b, pytz
start, spans, holidays = json.loads(sys.argv[1])
zone = pytz.timezone("America/New_York")
def hours(first, last):
    return b.WorkDayRule(datetime.time(first), datetime.time(last), [0, 1, 2, 3, 4], tz=zone)
closed = b.HolidayRule({datetime.date.fromisoformat(day) for day in holidays}, tz=zone)
rules = b.Rules([hours(9, 12), hours(13, 17), closed])
a, out = datetime.datetime.fromisoformat(start), {}
for days in spans:
    z = a + datetime.timedelta(days=days)
    answer = rules.difference(a, z)
    seconds = min(timeit.repeat(lambda: rules.difference(a, z), number=10, repeat=5)) / 10
    out[days] = [answer.hours * 3600 + answer.seconds, seconds]
print(json.dumps(out))
"""

BIZ: Final = """
require "biz"; require "json"; require "time"
start, spans, holidays = JSON.parse(ARGV[0])
schedule = Biz::Schedule.new do |config|
  config.hours = %i[mon tue wed thu fri].to_h { |day| [day, {"09:00" => "12:00", "13:00" => "17:00"}] }
  config.holidays = holidays.map { |day| Date.iso8601(day) }
  config.time_zone = "America/New_York"
end
a = Time.iso8601(start)
out = spans.to_h do |days|
  z = a + days * 86_400
  best = 5.times.map {
    from = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    10.times { schedule.within(a, z).in_seconds }
    (Process.clock_gettime(Process::CLOCK_MONOTONIC) - from) / 10
  }.min
  [days, [schedule.within(a, z).in_seconds, best]]
end
puts JSON.generate(out)
"""

Measured = dict[int, tuple[int, float]]
"""By days of the span: the answer, and seconds for one call."""


def office() -> Calendar:
    """The hours that everyone counts."""
    week = Week.of({day: [("09:00", "12:00"), ("13:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")})
    closures = tuple(Closure.day(date.fromisoformat(day)) for day in HOLIDAYS)
    return Calendar("office", "America/New_York", week, closures)


def ours(calendar: Calendar, start: datetime, days: int) -> tuple[int, float]:
    """Our answer and the best time of a call, after a first call that fills the calendar's memory."""
    end = start + timedelta(days=days)
    answer = int(calendar.elapsed(start, end))
    return answer, min(timeit.repeat(lambda: calendar.elapsed(start, end), number=20_000, repeat=7)) / 20_000


def run(*command: str) -> Measured:
    """What another library measured of itself, from the JSON that it prints."""
    question = json.dumps([START.isoformat(), SPANS, HOLIDAYS])
    done = subprocess.run([*command, question], capture_output=True, text=True, check=True)
    return {int(days): (int(answer), float(seconds)) for days, (answer, seconds) in json.loads(done.stdout).items()}


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
    """Print our time beside the other library's for each span; whether the decisive one is fast enough."""
    name, theirs = rival()
    print(f"{'span':>10} {'deskhand':>12} {name:>18} {'times':>8}")
    ratios = {}
    for days in SPANS:
        answer, seconds = ours(calendar, START, days)
        if answer != theirs[days][0]:
            raise SystemExit(f"{days} days: {name} says {theirs[days][0]} s and deskhand {answer} s")
        ratios[days] = theirs[days][1] / seconds
        print(f"{days:>5} days {seconds * 1e6:>9.2f} µs {theirs[days][1] * 1e6:>15.1f} µs {ratios[days]:>8.0f}")
    print(f"wanted over {DECISIVE} days: {TIMES[name]} times; measured: {ratios[DECISIVE]:.0f} times")
    return ratios[DECISIVE] >= TIMES[name]


def long_spans(calendar: Calendar) -> bool:
    """Print what ten years cost against one day; whether that is little enough."""
    ours(calendar, START, 3650)  # the years are worked out once, at the first question about them
    day, decade = ours(calendar, START, 1)[1], ours(calendar, START, 3650)[1]
    print(
        f"ten years {decade * 1e6:.2f} µs, one day {day * 1e6:.2f} µs: {decade / day:.2f} times, at most {LONG} wanted"
    )
    return decade / day <= LONG


def main() -> int:
    """Measure both; 0 where both are fast enough."""
    calendar = office()
    results = [compare(calendar), long_spans(calendar)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
