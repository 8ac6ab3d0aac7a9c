"""The account's own names: groups, agents, fields with options, brands, forms, statuses, SLA targets, read once and again when a number is unknown."""

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from deskhand import logs
from deskhand.core.ticket import Value
from deskhand.errors import RateLimited, Rejected, Transient
from deskhand.zendesk.gateway import Gateway, Json

log = logs.get(__name__)

LIFETIME: Final = timedelta(hours=6)
"""How long the names are trusted; an unknown number makes them be read again at once."""
LONGEST: Final = timedelta(days=1)
"""How long old names serve while the account's lists cannot be read."""
AGAIN: Final = timedelta(minutes=1)
"""How soon an unknown number, or a reading that failed, may cause another reading."""


def policy_name(title: str) -> str:
    """A field's name in policies: its title in snake_case (`Product area` is `product_area`)."""
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")


@dataclass(frozen=True, slots=True)
class Field:
    """A custom ticket field. `type` is Zendesk's; `options` are option tags with their titles."""

    id: int
    name: str
    title: str
    type: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """One reading of the account. Maps are both ways; a name that two records share is in neither `*_ids` map but in `twice`."""

    groups: Mapping[int, str]
    group_ids: Mapping[str, int]
    agents: Mapping[int, str]
    agent_ids: Mapping[str, int]
    fields: Mapping[int, Field]
    field_ids: Mapping[str, int]
    brands: Mapping[int, str]
    brand_ids: Mapping[str, int]
    forms: Mapping[int, str]
    form_ids: Mapping[str, int]
    statuses: Mapping[int, str]
    status_ids: Mapping[str, int]
    targets: Mapping[tuple[str, str], tuple[int, bool]]
    """(metric, priority) to (seconds, in business hours), where all SLA policies agree on it."""
    twice: Mapping[str, tuple[int, ...]]
    """Names that more than one record has, as `kind name`."""


class Directory:
    """Looks names and numbers up. Raises Rejected, with the nearest names, for a name that the account does not have."""

    def __init__(
        self, gateway: Gateway, now: Callable[[], datetime], *, aliases: Mapping[str, str | int] | None = None
    ) -> None:
        """`aliases` gives a custom field another policy name: name to title or id."""
        self._gateway, self._now, self._aliases = gateway, now, dict(aliases or {})
        self._names: Names | None = None
        self._read_at: datetime | None = None
        self._failed_at: datetime | None = None

    @property
    def names(self) -> Names:
        """The account's names, read again after six hours; where that fails for a while, the old ones serve for a day."""
        if self._names is None or self._is_older(LIFETIME):
            try:
                self._read_again()
            except (Transient, RateLimited) as error:
                if self._names is None or self._is_older(LONGEST):
                    raise
                self._failed_at = self._now()
                log.warning("names_not_read_again", reason=str(error), read_at=self._read_at)
        assert self._names is not None
        return self._names

    def _is_older(self, age: timedelta) -> bool:
        return self._read_at is None or self._now() - self._read_at > age

    def _read_again(self) -> None:
        """Read the names, unless that failed a moment ago and there are some."""
        just_failed = self._failed_at is not None and self._now() - self._failed_at < AGAIN
        if not just_failed or self._is_older(LONGEST):
            self.reload()

    def reload(self) -> None:
        """Read the account's names now."""
        self._names, self._read_at = read_names(self._gateway, self._aliases), self._now()

    def missing(self) -> bool:
        """A number was not found: read again, unless that was done a moment ago; returns whether it was."""
        if self._read_at is not None and self._now() - self._read_at < AGAIN:
            return False
        self.reload()
        return True

    def group_id(self, name: str) -> int:
        """The number of a group."""
        return self._id("group", name, lambda names: names.group_ids)

    def agent_id(self, email: str) -> int:
        """The number of an agent."""
        return self._id("agent", email.lower(), lambda names: names.agent_ids)

    def field(self, name: str) -> Field:
        """A custom field by its policy name."""
        return self.names.fields[self._id("field", name, lambda names: names.field_ids)]

    def brand_id(self, name: str) -> int:
        """The number of a brand."""
        return self._id("brand", name, lambda names: names.brand_ids)

    def form_id(self, name: str) -> int:
        """The number of a ticket form."""
        return self._id("form", name, lambda names: names.form_ids)

    def status_id(self, name: str) -> int:
        """The number of a custom status, by its agent label."""
        return self._id("custom status", name, lambda names: names.status_ids)

    def known(self) -> dict[str, Collection[str]]:
        """All names by kind, so that a policy can be held against them; options as `<field>=<tag>`."""
        names = self.names
        return {
            "groups": list(names.group_ids),
            "agents": list(names.agent_ids),
            "fields": list(names.field_ids),
            "options": [f"{one.name}={tag}" for one in names.fields.values() for tag in one.options],
            "brands": list(names.brand_ids),
            "forms": list(names.form_ids),
            "statuses": list(names.status_ids),
        }

    def _id(self, kind: str, name: str, table: Callable[[Names], Mapping[str, int]]) -> int:
        found = table(self.names).get(name)
        if found is None and self.missing():
            found = table(self.names).get(name)
        if found is not None:
            return found
        twice = self.names.twice.get(f"{kind} {name}")
        if twice:
            raise Rejected(
                f"{kind} '{name}' is there {len(twice)} times (ids {', '.join(map(str, twice))})", code="AmbiguousName"
            )
        near = difflib.get_close_matches(name, list(table(self.names)), n=3, cutoff=0.5)
        guess = f"; did you mean {' or '.join(repr(one) for one in near)}?" if near else ""
        raise Rejected(
            f"the account has no {kind} '{name}'{guess}",
            code="UnknownName",
            hint="Mend the policy, or make it in Zendesk.",
        )


def read_names(gateway: Gateway, aliases: Mapping[str, str | int]) -> Names:
    """All the account's names, in one call for each listing."""
    twice: dict[str, tuple[int, ...]] = {}
    groups = {one["id"]: str(one["name"]) for one in gateway.pages("groups", "groups") if not one.get("deleted")}
    agents = {
        one["id"]: str(one.get("email") or f"#{one['id']}").lower()
        for one in gateway.pages("users", "users", {"role[]": "agent"})
    } | {
        one["id"]: str(one.get("email") or f"#{one['id']}").lower()
        for one in gateway.pages("users", "users", {"role[]": "admin"})
    }
    fields = {one.id: one for one in _fields(gateway, aliases)}
    brands = {one["id"]: str(one["name"]) for one in _listing(gateway, "brands")}
    forms = {one["id"]: str(one["name"]) for one in _listing(gateway, "ticket_forms")}
    statuses = {one["id"]: str(one["agent_label"]) for one in _listing(gateway, "custom_statuses")}
    return Names(
        groups=groups,
        group_ids=_turned("group", groups, twice),
        agents=agents,
        agent_ids=_turned("agent", agents, twice),
        fields=fields,
        field_ids=_turned("field", {key: one.name for key, one in fields.items()}, twice),
        brands=brands,
        brand_ids=_turned("brand", brands, twice),
        forms=forms,
        form_ids=_turned("form", forms, twice),
        statuses=statuses,
        status_ids=_turned("custom status", statuses, twice),
        targets=_targets(_listing(gateway, "slas/policies", "sla_policies")),
        twice=twice,
    )


def _listing(gateway: Gateway, path: str, name: str | None = None) -> list[Json]:
    """A short listing, or nothing where the account's plan does not have it (403, 404)."""
    try:
        return list(gateway.get(path, holds=name or path)[name or path])
    except Rejected as refused:
        if refused.status in (403, 404):
            return []
        raise


def _fields(gateway: Gateway, aliases: Mapping[str, str | int]) -> Iterable[Field]:
    """The custom ticket fields that are in use."""
    system = {"subject", "description", "status", "custom_status", "tickettype", "priority", "group", "assignee"}
    wanted = {str(target): name for name, target in aliases.items()}
    for one in _listing(gateway, "ticket_fields"):
        if one["type"] in system or not one.get("active", True):
            continue
        title = str(one["title"])
        name = wanted.get(str(one["id"])) or wanted.get(title) or policy_name(title)
        options = one.get("custom_field_options") or ()
        yield Field(one["id"], name, title, str(one["type"]), {str(opt["value"]): str(opt["name"]) for opt in options})


def _turned(kind: str, table: Mapping[int, str], twice: dict[str, tuple[int, ...]]) -> dict[str, int]:
    """Names to numbers, without the names that stand for more than one."""
    found: dict[str, list[int]] = {}
    for key, name in table.items():
        found.setdefault(name, []).append(key)
    twice |= {f"{kind} {name}": tuple(keys) for name, keys in found.items() if len(keys) > 1}
    return {name: keys[0] for name, keys in found.items() if len(keys) == 1}


def _targets(policies: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[int, bool]]:
    """Targets by metric and priority. The `slas` sideload does not say which policy applies, so only what all policies agree on is known."""
    found: dict[tuple[str, str], set[tuple[int, bool]]] = {}
    for policy in policies:
        for row in policy.get("policy_metrics") or ():
            seconds = row.get("target_in_seconds") or row["target"] * 60
            found.setdefault((row["metric"], row["priority"]), set()).add((int(seconds), bool(row["business_hours"])))
    return {key: next(iter(values)) for key, values in found.items() if len(values) == 1}


def field_value(one: Field, raw: object) -> Value:
    """A custom field's value by the field's type: a number is a number, a tick is true or false, nothing is None."""
    if raw is None or raw == "":
        return None
    match one.type:
        case "checkbox":
            return raw is True or str(raw).lower() in ("true", "1")
        case "integer":
            return _number(raw, int)
        case "decimal":
            return _number(raw, float)
        case "multiselect":
            return tuple(str(item) for item in raw) if isinstance(raw, list) else tuple(str(raw).split())
        case _:
            return tuple(map(str, raw)) if isinstance(raw, list) else raw if isinstance(raw, bool) else str(raw)


def _number(raw: object, kind: type[int] | type[float]) -> Value:
    try:
        return kind(str(raw))
    except ValueError:
        return str(raw)
