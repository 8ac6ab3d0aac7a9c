"""Requesters and organizations, read a hundred at a time when a ticket names one we do not know, and kept for a while."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from deskhand.core.ticket import Organization, Person, Value
from deskhand.zendesk.gateway import Gateway, Json

LIFETIME: Final = timedelta(hours=1)
SIZE: Final = 20_000
T = TypeVar("T")


class People:
    """Users and organizations by number. `load` reads what is missing; `person` and `organization` answer from what is there."""

    def __init__(self, gateway: Gateway, now: Callable[[], datetime]) -> None:
        self._gateway = gateway
        self._persons: _Shelf[Person] = _Shelf(now)
        self._organizations: _Shelf[Organization] = _Shelf(now)

    def load(self, persons: Iterable[int], organizations: Iterable[int]) -> None:
        """Read those that are not known, or were read too long ago."""
        for ids in _hundreds(self._persons.stale(persons)):
            rows = self._gateway.get("users/show_many", {"ids": ids}, holds="users")["users"]
            self._persons.put({row["id"]: person_of(row) for row in rows})
        for ids in _hundreds(self._organizations.stale(organizations)):
            rows = self._gateway.get("organizations/show_many", {"ids": ids}, holds="organizations")["organizations"]
            self._organizations.put({row["id"]: organization_of(row) for row in rows})

    def person(self, key: int | None) -> Person | None:
        """A user, if known."""
        return self._persons.get(key)

    def organization(self, key: int | None) -> Organization | None:
        """An organization, if known."""
        return self._organizations.get(key)


class _Shelf(Generic[T]):
    """Values by number, each for an hour, the oldest given up first."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: OrderedDict[int, tuple[datetime, T]] = OrderedDict()

    def stale(self, keys: Iterable[int]) -> list[int]:
        now = self._now()
        return [key for key in dict.fromkeys(keys) if key not in self._kept or now - self._kept[key][0] > LIFETIME]

    def put(self, values: Mapping[int, T]) -> None:
        for key, value in values.items():
            self._kept.pop(key, None)
            self._kept[key] = (self._now(), value)
        while len(self._kept) > SIZE:
            self._kept.popitem(last=False)

    def get(self, key: int | None) -> T | None:
        found = self._kept.get(key) if key is not None else None
        return found[1] if found else None


def person_of(row: Json) -> Person:
    """A user as a value, with its custom user fields."""
    return Person(
        id=row["id"],
        name=str(row.get("name") or ""),
        email=row.get("email") or None,
        role=str(row.get("role") or "end-user"),
        tags=tuple(row.get("tags") or ()),
        fields=_fields(row.get("user_fields")),
    )


def organization_of(row: Json) -> Organization:
    """An organization as a value, with its custom fields."""
    return Organization(
        id=row["id"],
        name=str(row.get("name") or ""),
        tags=tuple(row.get("tags") or ()),
        fields=_fields(row.get("organization_fields")),
    )


def _fields(raw: Json | None) -> dict[str, Value]:
    return {name: tuple(map(str, value)) if isinstance(value, list) else value for name, value in (raw or {}).items()}


def _hundreds(keys: list[int]) -> Iterator[str]:
    for start in range(0, len(keys), 100):
        yield ",".join(map(str, keys[start : start + 100]))
