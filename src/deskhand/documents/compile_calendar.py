"""Calendars: weekly hours, holidays by date, range or country, half days, breaks, dates with hours of their own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Final

from deskhand.core.calendar import Calendar
from deskhand.core.closure import Closure
from deskhand.core.opening import Opening
from deskhand.core.week import DAYS, WHOLE_DAY, Span, Week
from deskhand.documents.gather import Placed
from deskhand.documents.models_time import CalendarModel, HolidayModel
from deskhand.documents.node import Node
from deskhand.documents.problems import near
from deskhand.documents.scope import View
from deskhand.errors import PolicyInvalid

HOLIDAY_DATA: Final = f"holidays {version('holidays')}"
"""Names the data that public holidays come from: another release may know other dates."""

_DAY_NAMES: Final = {
    **{day: day for day in DAYS},
    **dict(zip(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], DAYS, strict=True)),
}
_SPAN: Final = re.compile(r"([0-9:]{4,8}) ?[-–] ?([0-9:]{4,8})", re.ASCII)


def calendar(
    name: str, placed: Placed[CalendarModel], view: View, schedules: Mapping[str, Calendar]
) -> Calendar | None:
    """The calendar of a name, or None with its problems. `schedules` are the account's Zendesk schedules, as far as they are known."""
    model, node = placed.model, placed.node
    if model.zendesk is not None:
        return _schedule(name, node, view, schedules)
    try:
        week = _week(model, node, view)
        closures = tuple(
            closure
            for number, item in enumerate(model.holidays)
            for closure in _closures(item, _holiday_at(node, number), view)
        )
        openings = tuple(Opening(one.date, tuple(_spans(one.hours)), one.name) for one in model.openings)
        if week is None:
            return None
        if week.never and not any(opening.spans for opening in openings):
            view.problem(node, "never opens", "never-open-calendar", "give it hours on at least one day")
            return None
        return Calendar(name, model.zone, week, closures, openings)
    except PolicyInvalid as error:
        at = node.at(("zone",)) if "time zone" in str(error) else node
        view.problem(
            at,
            str(error).removeprefix(f"calendar '{name}': "),
            "bad-calendar",
            _hint(error),
        )
        return None


def _hint(error: PolicyInvalid) -> str:
    """The core's own advice as problems say it; its general advice says nothing here."""
    own = error.hint if error.hint != PolicyInvalid.hint else ""
    return own[:1].lower() + own[1:].rstrip(".")


def _holiday_at(node: Node, number: int) -> Node:
    at = node.at(("holidays",))
    return at.items[number] if number < len(at.items) else at


def _schedule(name: str, node: Node, view: View, schedules: Mapping[str, Calendar]) -> Calendar | None:
    at = node.at(("zendesk",))
    wanted = str(at.value)
    for other in node.mapping.keys() - {"zendesk"}:
        view.problem(node.key(other), f"'{other}' does not go with 'zendesk', which gives all hours", "bad-calendar")
    found = schedules.get(wanted)
    if found is None:
        known = (
            near(wanted, schedules)
            if schedules
            else "`deskhand check --online` reads them from the account, as the worker does"
        )
        view.problem(
            at, f"the hours of the Zendesk schedule {at.kind} are not known here", "calendar-unresolved", known
        )
        return None
    return Calendar(name, found.zone, found.week, found.closures, found.openings)


def _week(model: CalendarModel, node: Node, view: View) -> Week | None:
    """The hours of a week less its breaks; None where a day or time cannot be read."""
    hours = _by_day(model.hours or {}, node.at(("hours",)), view)
    breaks = _by_day(model.breaks, node.at(("breaks",)), view)
    if hours is None or breaks is None:
        return None
    return Week(tuple(tuple(_less(hours.get(day, []), breaks.get(day, []))) for day in DAYS))


def _by_day(given: Mapping[str, list[str]], node: Node, view: View) -> dict[str, list[Span]] | None:
    """Spans by day of the week."""
    out: dict[str, list[Span]] = {}
    good = True
    for key, texts in given.items():
        days = _days(key)
        if not days:
            good = False
            hint = near(key, DAYS) or f"days are {', '.join(DAYS)}, and ranges such as mon-fri"
            view.problem(node.key(key), f"'{key}' is no day of the week", "bad-calendar", hint)
        try:
            spans = list(_spans(texts))
        except PolicyInvalid as error:
            good = False
            view.problem(node.at((key,)), str(error), "bad-calendar", _hint(error))
            continue
        for day in days:
            out.setdefault(day, []).extend(spans)
    return out if good else None


def _days(key: str) -> list[str]:
    """The days of `mon`, `mon-fri`, `sat,sun`; none where one of them is no day."""
    found: list[str] = []
    for part in key.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        start, end = _DAY_NAMES.get(first), _DAY_NAMES.get(last or first if dash else first)
        if start is None or end is None or (dash and not last):
            return []
        begin, stop = DAYS.index(start), DAYS.index(end)
        found += DAYS[begin : stop + 1] if begin <= stop else (*DAYS[begin:], *DAYS[: stop + 1])
    return found


def _spans(texts: Sequence[str]) -> Iterator[Span]:
    for text in texts:
        match = _SPAN.fullmatch(text.strip())
        if match is None:
            raise PolicyInvalid(f"'{text}' gives no hours", hint="Write 09:00-17:00.")
        yield Span.of(match[1], match[2])


def _less(spans: list[Span], off: list[Span]) -> Iterator[Span]:
    """Spans without what lies in others."""
    left = list(spans)
    for gap in off:
        left = [
            Span(start, end)
            for span in left
            for start, end in ((span.start, min(span.end, gap.start)), (max(span.start, gap.end), span.end))
            if start < end
        ]
    yield from left


def _closures(item: HolidayModel, node: Node, view: View) -> Iterator[Closure]:
    """The closed dates of one entry."""
    kinds = [item.date is not None, item.first is not None or item.last is not None, item.country is not None]
    if sum(kinds) != 1:
        view.problem(node, "a holiday has a date, or from and to, or a country", "bad-calendar")
    elif item.country is not None:
        yield from _public(item, node, view)
    elif item.date is not None:
        yield Closure.day(item.date, span=_part(item), name=item.name)
    elif item.first is None or item.last is None:
        view.problem(node, "a range has both from and to", "bad-calendar")
    else:
        yield Closure(item.first, item.last, _part(item), item.name)


def _part(item: HolidayModel) -> Span:
    return next(_spans([item.hours])) if item.hours else WHOLE_DAY


def _public(item: HolidayModel, node: Node, view: View) -> Iterator[Closure]:
    """The public holidays of a country, or of a part of it."""
    import holidays as public_holidays  # noqa: PLC0415 - most calendars name no country

    country = item.country or ""
    first, last = (int(year) for year in item.years.split("-"))
    known = public_holidays.list_supported_countries()
    if country not in known:
        view.problem(
            node.at(("country",)),
            f"no public holidays are known for country '{country}'",
            "bad-calendar",
            "use its ISO code, such as DE",
        )
    elif item.subdivision is not None and item.subdivision not in known[country]:
        hint = near(item.subdivision, known[country]) or f"there are {', '.join(known[country][:20])}"
        view.problem(
            node.at(("subdivision",)),
            f"country '{country}' has no subdivision '{item.subdivision}'",
            "bad-calendar",
            hint,
        )
    elif not 1970 <= first <= last <= 2100:
        view.problem(
            node.at(("years",)), f"'{item.years}' are no years from 1970 to 2100, earlier first", "bad-calendar"
        )
    else:
        found = public_holidays.country_holidays(country, subdiv=item.subdivision, years=range(first, last + 1))
        yield from (Closure.day(day, span=_part(item), name=name) for day, name in sorted(found.items()))
