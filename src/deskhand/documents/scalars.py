"""How durations, shares, instants and names are written in documents.

Each reader takes what YAML gave and returns the value, or raises ValueError with a sentence for people.
"""

import re
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Final

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_WORDS: Final = {"second": "s", "minute": "m", "hour": "h", "day": "d", "week": "w"}
_COMPACT: Final = re.compile(r"(?:[0-9]{1,6}[smhdw] ?)+", re.ASCII)
_LONG: Final = re.compile(r"([0-9]{1,6})[_ ](second|minute|hour|day|week)s?", re.ASCII)
_PERCENT: Final = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,4})?) ?%", re.ASCII)
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_ID: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", re.ASCII)
_TAG: Final = re.compile(r"[^\s,A-Z\"'`<>&]{1,100}")
_EMAIL: Final = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,255}")

DURATION: Final = r"^(?:(?:[0-9]{1,6}[smhdw] ?)+|[0-9]{1,6}[_ ](?:second|minute|hour|day|week)s?)$"
"""The same as a pattern for the JSON Schema."""
PERCENT: Final = r"^[0-9]{1,4}(?:\.[0-9]{1,4})? ?%$"
INSTANT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})$"
IDENT: Final = r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$"
TAG: Final = "^[^\\s,A-Z\"'`<>&]{1,100}$"


def duration(value: object) -> int:
    """Seconds of `90s`, `30m`, `4h`, `2d`, `1h30m`, `30_minutes`."""
    text = value if isinstance(value, str) else ""
    long = _LONG.fullmatch(text)
    if long:
        return int(long[1]) * _UNITS[_WORDS[long[2]]]
    if not _COMPACT.fullmatch(text):
        raise ValueError(f"{_quote(value)} is no duration; write 90s, 30m, 4h, 2d or 1h30m")
    units = re.findall("[smhdw]", text)
    if len(set(units)) < len(units):
        raise ValueError(f"{_quote(value)} names a unit twice")
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall("([0-9]+)([smhdw])", text))


def cadence(value: object) -> int:
    """Seconds between two updates: `daily`, `weekly`, or a duration."""
    return {"daily": _UNITS["d"], "weekly": _UNITS["w"]}.get(str(value)) or duration(value)


def share(value: object) -> Fraction:
    """The share of `50%` or `12.5%`, as an exact part of 1."""
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"{_quote(value)} is no share; write 50%")
    return Fraction(found[1]) / 100


def instant(value: object) -> datetime:
    """The instant of `2026-03-02T09:00Z` or `2026-03-02T10:00:30+01:00`, in UTC. The zone must be there."""
    text = value if isinstance(value, str) else ""
    try:
        if _INSTANT.fullmatch(text) and 1970 <= int(text[:4]) <= 2100:
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{_quote(value)} is no instant; write 2026-03-02T09:00Z, or +01:00 for another zone")


def day(value: object) -> date:
    """The date of `2026-12-24`."""
    text = value if isinstance(value, str) else ""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"{_quote(value)} is no date; write 2026-12-24")


def ident(value: object) -> str:
    """A name of ours: lower-case letters and digits, joined by hyphens or underscores."""
    if isinstance(value, str) and len(value) <= 80 and _ID.fullmatch(value):
        return value
    raise ValueError(f"{_quote(value)} is no name; use lower-case letters, digits and hyphens, at most 80")


def tag(value: object) -> str:
    """A tag as Zendesk keeps it."""
    if isinstance(value, str) and _TAG.fullmatch(value):
        return value
    raise ValueError(f"{_quote(value)} is no tag; tags are in lower case, without spaces or commas")


def email(value: object) -> str:
    """The address of an agent."""
    if isinstance(value, str) and _EMAIL.fullmatch(value):
        return value
    raise ValueError(f"{_quote(value)} is no e-mail address")


def _quote(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = str(value)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"
