"""When people act: office hours for agents, waking hours for customers, arrivals by hour and weekday. Instants are seconds since 1970, in UTC."""

from collections.abc import Iterator
from random import Random

HOUR, DAY = 3_600, 86_400
OPEN, SHUT = 8, 18
"""Agents work from 08:00 to 18:00, Monday to Friday."""

_BY_HOUR = (1, 1, 1, 1, 1, 2, 4, 8, 14, 16, 15, 13, 10, 12, 14, 13, 11, 8, 5, 4, 3, 3, 2, 1)
_BY_DAY = (1.2, 1.1, 1.0, 1.0, 0.9, 0.2, 0.2)


def weekday(epoch: float) -> int:
    """0 for Monday, 6 for Sunday."""
    return int(epoch // DAY + 3) % 7


def at_work(epoch: float) -> bool:
    """Whether agents work at an instant."""
    return weekday(epoch) < 5 and OPEN <= epoch % DAY / HOUR < SHUT


def next_shift(epoch: float) -> float:
    """The instant itself while agents work, else when they start next."""
    if at_work(epoch):
        return epoch
    day = epoch // DAY * DAY + (DAY if epoch % DAY >= OPEN * HOUR or weekday(epoch) >= 5 else 0)
    while weekday(day) >= 5:
        day += DAY
    return day + OPEN * HOUR


def shift_after(epoch: float, seconds: float, random: Random) -> float:
    """When an agent gets to something after `seconds` of work: what the day does not hold is done some time after the next start."""
    due = next_shift(epoch) + seconds
    return due if at_work(due) else next_shift(due) + random.uniform(0, 1.5 * HOUR)


def awake_after(epoch: float, seconds: float) -> float:
    """When a customer gets to something: not between 22:00 and 07:00."""
    due = epoch + seconds
    hour = due % DAY / HOUR
    if 7 <= hour < 22:
        return due
    return due + (7 - hour if hour < 7 else 31 - hour) * HOUR


def arrivals(random: Random, first: float, last: float, count: int) -> list[int]:
    """`count` instants of new tickets between two instants, ascending, dense where people write most."""
    hours = list(_hours(first, last))
    weights = [_BY_HOUR[int(start % DAY // HOUR)] * _BY_DAY[weekday(start)] * (end - start) for start, end in hours]
    picked = random.choices(hours, weights, k=count)
    return sorted(int(random.uniform(start, end)) for start, end in picked)


def _hours(first: float, last: float) -> Iterator[tuple[float, float]]:
    start = first
    while start < last:
        end = min(last, (start // HOUR + 1) * HOUR)
        yield start, end
        start = end
