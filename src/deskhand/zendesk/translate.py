"""Zendesk's JSON as our values. What we do not know is ignored; what is null is None; what the account no longer lists reads as `#<id>`."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from deskhand.core.ticket import Metrics, SlaMetric, Ticket
from deskhand.zendesk.directory import Names, field_value
from deskhand.zendesk.gateway import Json
from deskhand.zendesk.people import People
from deskhand.zendesk.records import instant_of

_CATEGORIES: Final = {"new", "open", "pending", "hold", "solved", "closed", "deleted"}


def ticket_of(row: Json, names: Names, people: People | None = None) -> Ticket:
    """One ticket. A status that is none of Zendesk's categories counts as open, and keeps its own name as `custom_status`."""
    status = str(row.get("status") or "open")
    known = status in _CATEGORIES
    custom = _named(row.get("custom_status_id"), names.statuses)
    return Ticket(
        id=row["id"],
        status=status if known else "open",
        created_at=instant_of(row.get("created_at")) or _EPOCH,
        updated_at=instant_of(row.get("updated_at")) or _EPOCH,
        subject=str(row.get("raw_subject") or row.get("subject") or ""),
        custom_status=custom if known else status,
        priority=row.get("priority"),
        type=row.get("type"),
        group=_named(row.get("group_id"), names.groups),
        assignee=_named(row.get("assignee_id"), names.agents),
        brand=_named(row.get("brand_id"), names.brands),
        form=_named(row.get("ticket_form_id"), names.forms),
        via=str((row.get("via") or {}).get("channel") or "") or None,
        external_id=row.get("external_id"),
        problem_id=row.get("problem_id"),
        is_public=row.get("is_public") is not False,
        tags=frozenset(row.get("tags") or ()),
        followers=frozenset(_named(key, names.agents) or "" for key in row.get("follower_ids") or ()),
        fields=_custom(row.get("custom_fields") or (), names),
        requester=people.person(row.get("requester_id")) if people else None,
        organization=people.organization(row.get("organization_id")) if people else None,
        slas=_slas(row, names),
        metrics=metrics_of(row["metric_set"]) if isinstance(row.get("metric_set"), dict) else None,
    )


_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def metrics_of(row: Json) -> Metrics:
    """A metric set, the parts that clocks use."""
    reply = (row.get("reply_time_in_minutes") or {}).get("calendar")
    return Metrics(
        reply_minutes=int(reply) if reply is not None else None,
        replies=int(row.get("replies") or 0),
        reopens=int(row.get("reopens") or 0),
        solved_at=instant_of(row.get("solved_at")),
        status_updated_at=instant_of(row.get("status_updated_at")),
        assigned_at=instant_of(row.get("assigned_at")),
        initially_assigned_at=instant_of(row.get("initially_assigned_at")),
        requester_updated_at=instant_of(row.get("requester_updated_at")),
        assignee_updated_at=instant_of(row.get("assignee_updated_at")),
        latest_comment_at=instant_of(row.get("latest_comment_added_at")),
    )


def with_sideloads(rows: Iterable[Json], page: Mapping[str, Any]) -> list[Json]:
    """Tickets with their metric set inside, however the page brought it: in each row, or as a list beside them."""
    beside = {one["ticket_id"]: one for one in page.get("metric_sets") or ()}
    return [{**row, "metric_set": beside[row["id"]]} if row["id"] in beside else row for row in rows]


def _slas(row: Json, names: Names) -> tuple[SlaMetric, ...] | None:
    """The `slas` sideload, and `group_slas` beside it; None where it was not given."""
    if row.get("slas") is None and "slas" not in row:
        return None
    listed = [
        *((row.get("slas") or {}).get("policy_metrics") or ()),
        *((row.get("group_slas") or {}).get("policy_metrics") or ()),
    ]
    return tuple(_metric(one, str(row.get("priority") or ""), names) for one in listed)


def _metric(one: Json, priority: str, names: Names) -> SlaMetric:
    target, business = names.targets.get((str(one.get("metric")), priority), (None, None))
    return SlaMetric(
        str(one.get("metric") or ""), str(one.get("stage") or ""), instant_of(one.get("breach_at")), target, business
    )


def _custom(rows: Iterable[Json], names: Names) -> dict[str, Any]:
    """Custom fields by policy name; those that the account no longer has are left out."""
    found: dict[str, Any] = {}
    for row in rows:
        one = names.fields.get(row["id"])
        if one is not None:
            found[one.name] = field_value(one, row.get("value"))
    return found


def _named(key: object, table: Mapping[int, str]) -> str | None:
    return None if not isinstance(key, int) else table.get(key, f"#{key}")
