"""Settings and people of an export, as rows of the sandbox's tables: the export's own keys over those that every row has."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from deskhand.sandbox import shapes, sla
from deskhand.sandbox.clock import epoch_of, iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.hours import Hours
from deskhand.sandbox.intake.files import Found
from deskhand.sandbox.zones import zone

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

_ABOUT = {"actions", "conditions", "filter", "intervals", "policy_metrics"}
"""What some rows are about: where it cannot be understood, the row is left."""

_ROLES = ("end-user", "agent", "admin")


def _name(row: Row) -> str:
    return str(row.get("name") or row.get("title") or f"#{row['id']}")


_SHAPES: Mapping[str, Callable[[Row], Row]] = {
    "custom_roles": lambda row: shapes.custom_role(_name(row), int(row.get("role_type") or 0)),
    "brands": lambda row: shapes.brand(_name(row), str(row.get("subdomain") or "acme")),
    "ticket_fields": lambda row: shapes.ticket_field(_name(row), str(row.get("type") or "text")),
    "user_fields": lambda row: shapes.record_field(str(row.get("key") or row["id"]), _name(row), str(row.get("type") or "text")),
    "organization_fields": lambda row: shapes.record_field(str(row.get("key") or row["id"]), _name(row), str(row.get("type") or "text")),
    "ticket_forms": lambda row: shapes.ticket_form(_name(row)),
    "custom_statuses": lambda row: shapes.custom_status(str(row.get("agent_label") or _name(row)), str(row.get("status_category") or "open")),
    "groups": lambda row: shapes.group(_name(row)),
    "organizations": lambda row: shapes.organization(_name(row)),
    "users": lambda row: shapes.user(_name(row), row.get("email"), str(row.get("role") or "end-user")),
    "group_memberships": lambda _: {"user_id": None, "group_id": None, "default": False},
    "organization_memberships": lambda _: {"user_id": None, "organization_id": None, "default": False, "organization_name": None, "view_tickets": False},
    "schedules": lambda row: shapes.schedule(_name(row), str(row.get("time_zone") or "UTC")),
    "sla_policies": lambda row: shapes.sla_policy(_name(row)),
    "group_sla_policies": lambda row: shapes.sla_policy(_name(row)),
    "macros": lambda row: shapes.macro(_name(row)),
    "trigger_categories": lambda row: {"name": _name(row), "position": 0},
    "triggers": lambda row: shapes.trigger(_name(row)),
    "automations": lambda row: shapes.automation(_name(row)),
    "views": lambda row: shapes.view(_name(row)),
    "dynamic_content_items": lambda row: {"name": _name(row), "placeholder": None, "default_locale_id": 1, "outdated": False, "variants": []},
    "recipient_addresses": lambda row: shapes.recipient_address(_name(row), str(row.get("email"))),
    "satisfaction_ratings": lambda _: {"score": None, "ticket_id": None, "comment": None},
}  # fmt: skip
"""The usual values of each kind, in the order in which kinds are taken: what others refer to comes first."""

_TABLES = {"dynamic_content_items": "items"}


def take_settings(world: "World", found: Found, taken: Counter[str]) -> None:
    """Fill the tables. A kind that the export has replaces what an empty account begins with; the sandbox's own admin stays."""
    admin = next(iter(world.tables["users"]))
    for kind in _SHAPES:
        rows = found.of(kind)
        if rows:
            _clear(world, kind, rows)
        for row in rows:
            made = _row(world, kind, row)
            reason = _refusal(world, kind, made)
            if reason:
                found.leave(kind, reason)
                continue
            world.tables[_TABLES.get(kind, kind)].put(made)
            taken[kind] += 1
            if kind == "users":
                world.index_user(made)
            if kind == "schedules":
                _open(world, made, row)
    _take_holidays(world, found, taken)
    _seat(world, admin, regrouped=bool(found.of("groups")))
    world.revision += 1


def _clear(world: "World", kind: str, rows: list[Row]) -> None:
    """Take out what an empty account begins with, where the export brings its own; each status keeps a label."""
    if kind == "users":
        return
    table = world.tables[_TABLES.get(kind, kind)]
    brought = {row.get("status_category") for row in rows}
    kept = [row for row in table if kind == "custom_statuses" and row["status_category"] not in brought]
    table.rows.clear()
    for row in kept:
        table.put(row)


def _row(world: "World", kind: str, row: Row) -> Row:
    """A row with all the keys of its kind. A value of another type than usual gives way to the usual one, but where a row is about it."""
    shape = _SHAPES[kind](row)
    given = {
        key: value
        for key, value in row.items()
        if key not in ("url", "result_type") and (key in _ABOUT or _fits(shape.get(key), value))
    }
    moment = iso(world.now())
    made = {**shape, **given, "id": row["id"]}
    for key in ("created_at", "updated_at"):
        made[key] = made[key] if _is_instant(made.get(key)) else moment
    if kind == "users":
        made["role"] = made["role"] if made["role"] in _ROLES else "end-user"
        made["name"] = str(made["name"] or f"#{row['id']}")
        made["email"] = made["email"] if isinstance(made["email"], str) else None
    return made


def _is_instant(value: object) -> bool:
    try:
        return isinstance(value, str) and epoch_of(value) > 0
    except (ValueError, OverflowError):
        return False


def _fits(usual: object, value: object) -> bool:
    """Whether a value is of the type of the usual one."""
    if usual is None:
        return True
    if isinstance(usual, bool) or isinstance(value, bool):
        return isinstance(usual, bool) and isinstance(value, bool)
    return isinstance(value, type(usual))


def _refusal(world: "World", kind: str, row: Row) -> str:
    """Why a row cannot be taken, or ''."""
    try:
        if kind in ("sla_policies", "group_sla_policies"):
            for metric in row["policy_metrics"]:
                metric.setdefault("target_in_seconds", 60 * int(metric["target"]))
            sla.frozen(row)
            _check_conditions(row["filter"])
        if kind == "schedules":
            Hours(row, [], end_inclusive=world.options.holiday_end_inclusive)
            if zone(str(row["time_zone"])) is None:
                return f"there is no time zone {row['time_zone']!r}"[:120]
        if kind in ("triggers", "automations", "views"):
            _check_conditions(row["conditions"])
        if kind in ("triggers", "automations", "macros"):
            _check_parts(row["actions"])
        if kind == "group_memberships":
            return _member_refusal(world, row)
    except (KeyError, TypeError, ValueError, AttributeError, LookupError) as error:
        return f"not understood: {type(error).__name__} {error}"[:120]
    return ""


def _check_conditions(given: Row) -> None:
    """Raise TypeError or KeyError for what are no conditions."""
    for kind in ("all", "any"):
        _check_parts(given.get(kind) or [])


def _check_parts(given: list[Row]) -> None:
    """Raise TypeError or KeyError for what is no list of fields with values."""
    if not isinstance(given, list):
        raise TypeError("no list")
    for one in given:
        str(one["field"])
        one["value"]


def _member_refusal(world: "World", row: Row) -> str:
    if world.tables["users"].get(row["user_id"]) is None:
        return "its user was not exported"
    return "" if world.tables["groups"].get(row["group_id"]) is not None else "its group was not exported"


def _open(world: "World", made: Row, row: Row) -> None:
    """A schedule is in force from its beginning; holidays may stand in its row."""
    world.holidays[made["id"]] = []
    with world.as_of(epoch_of(made["created_at"])):
        world.hours_edited(made)
    for holiday in row.get("holidays") or []:
        _close(world, made["id"], holiday)


def _close(world: "World", schedule: int, row: Row) -> None:
    made = world.add_holiday(
        schedule, _name(row), str(row["start_date"]), str(row.get("end_date") or row["start_date"])
    )
    made["id"] = row["id"]


def _take_holidays(world: "World", found: Found, taken: Counter[str]) -> None:
    for row in found.of("holidays"):
        schedule = world.tables["schedules"].get(row.get("schedule_id"))
        if schedule is None or not row.get("start_date"):
            found.leave("holidays", "no schedule_id of a schedule that was taken")
            continue
        _close(world, schedule["id"], row)
        taken["holidays"] += 1


def _seat(world: "World", admin: Row, *, regrouped: bool) -> None:
    """The sandbox's own admin belongs to a group of the account."""
    if not regrouped:
        return
    table = world.tables["group_memberships"]
    for row in [row for row in table if row["user_id"] == admin["id"]]:
        table.drop(row["id"])
    world.members.clear()
    admin["default_group_id"] = None
    admin["custom_role_id"] = None
    world.add_membership(admin["id"], world.default_id("groups"))
