"""What is looked up often about an account's settings, worked out once for each revision of them."""

from collections.abc import Callable
from typing import Any

from deskhand.sandbox import sla
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.hours import Hours
from deskhand.sandbox.options import Options
from deskhand.sandbox.records import Policy
from deskhand.sandbox.seeding import Opening, Seeding
from deskhand.sandbox.timetable import Timetable


def turn_of(table: str) -> Callable[[Row], Any]:
    """By what the rules of a table come one after the other: triggers of one position by their titles."""
    if table == "automations":
        return lambda row: (row["position"], row["id"])
    return lambda row: (row["position"], str(row["title"]).lower(), row["id"])


class Lookups(Seeding):
    """Fields, options, statuses, policies and opening hours in the forms in which tickets need them."""

    def __init__(self, seed: int, subdomain: str, options: Options) -> None:
        super().__init__(seed, subdomain)
        self.options = options
        self._made: dict[str, tuple[int, Any]] = {}
        self._timetables: dict[int, tuple[Opening, Timetable]] = {}

    def _once(self, name: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - values of many types
        kept = self._made.get(name)
        if kept is None or kept[0] != self.revision:
            kept = self._made[name] = (self.revision, make())
        return kept[1]

    def active(self, table: str) -> list[Row]:
        """The active triggers or automations in their order."""
        made: list[Row] = self._once(
            table,
            lambda: sorted((row for row in self.tables[table] if row["active"]), key=turn_of(table)),
        )
        return made

    def policies(self) -> list[tuple[Row, Policy]]:
        """SLA policies in their order, each with its frozen form."""
        made: list[tuple[Row, Policy]] = self._once("sla_policies", lambda: self._freeze("sla_policies"))
        return made

    def group_policies(self) -> list[tuple[Row, Policy]]:
        """Group SLA policies in their order, each with its frozen form."""
        made: list[tuple[Row, Policy]] = self._once("group_sla_policies", lambda: self._freeze("group_sla_policies"))
        return made

    def _freeze(self, table: str) -> list[tuple[Row, Policy]]:
        before = {policy.id: policy for _, policy in self._made.get(table, (0, []))[1]}
        rows = sorted(self.tables[table], key=lambda row: (row["position"], str(row["id"])))
        frozen = [(row, sla.frozen(row)) for row in rows]
        return [(row, before[policy.id] if before.get(policy.id) == policy else policy) for row, policy in frozen]

    def hours(self, schedule_id: int | None) -> Timetable | None:
        """The opening hours of a ticket's schedule, or of the account's default, its first one; None where it has none."""
        if schedule_id not in self.opening:
            row = next(iter(self.tables["schedules"]), None)
            if row is None:
                return None
            schedule_id = int(row["id"])
        openings = self.opening[schedule_id]
        kept = self._timetables.get(schedule_id)
        if kept is None or kept[0] is not openings[-1]:
            kept = self._timetables[schedule_id] = openings[-1], Timetable(self._hours(one) for one in openings)
        return kept[1]

    def _hours(self, opening: Opening) -> tuple[int, Hours]:
        inclusive = self.options.holiday_end_inclusive
        return opening.since, Hours(opening.schedule, opening.holidays, end_inclusive=inclusive)

    def default_status(self, category: str) -> int | None:
        """The id of the default status of a category."""
        made: dict[str, int] = self._once(
            "statuses",
            lambda: {
                row["status_category"]: row["id"]
                for row in self.tables["custom_statuses"]
                if row["default"] and row["active"]
            },
        )
        return made.get(category)

    def custom_fields(self) -> list[int]:
        """Ids of the active custom ticket fields."""
        made: list[int] = self._once(
            "fields", lambda: [row["id"] for row in self.tables["ticket_fields"] if row["active"] and row["removable"]]
        )
        return made

    def required_fields(self) -> list[Row]:
        """Custom fields that must be filled when a ticket is solved."""
        made: list[Row] = self._once(
            "required",
            lambda: [
                row for row in self.tables["ticket_fields"] if row["active"] and row["removable"] and row["required"]
            ],
        )
        return made

    def fields_with(self, tag: str) -> list[int]:
        """Ids of the fields that have `tag` as an option, or as the tag of a checkbox."""
        made: dict[str, list[int]] = self._once("tags", self._tag_fields)
        return made.get(tag, [])

    def _tag_fields(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row in self.tables["ticket_fields"]:
            values = [option["value"] for option in row.get("custom_field_options", ())] + (
                [row["tag"]] if row["tag"] else []
            )
            for value in values if row["active"] else ():
                found.setdefault(value, []).append(row["id"])
        return found

    def tags_of(self, key: int, value: Any) -> list[str]:  # noqa: ANN401 - values of many types
        """The tags that a field's value stands for."""
        row = self.tables["ticket_fields"].rows[key]
        if row["type"] == "checkbox":
            return [row["tag"]] if value and row["tag"] else []
        if row["type"] == "tagger":
            return [value] if value else []
        return list(value or []) if row["type"] == "multiselect" else []

    def default_id(self, table: str) -> int:
        """The id of the default row of a table (brands, ticket_forms, groups), or of its first one."""
        made: dict[str, int] = self._once("defaults", dict)
        if table not in made:
            rows = self.tables[table]
            made[table] = (rows.first(default=True) or next(iter(rows)))["id"]
        return made[table]
