"""`include=`: what can be asked for along with tickets, embedded in each or beside the list."""

import json
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cache

from deskhand.sandbox import sla
from deskhand.sandbox.clock import iso
from deskhand.sandbox.comment import comment_count
from deskhand.sandbox.exchange import Raw, Row, dumps
from deskhand.sandbox.life import Life, life_of
from deskhand.sandbox.metricset import metric_set
from deskhand.sandbox.promises import event_row, metric_events
from deskhand.sandbox.records import Ticket
from deskhand.sandbox.render import audit_row, with_urls
from deskhand.sandbox.route import Ask

Told = Callable[[], Life]
"""The life of the ticket at hand: told when it is first asked for, and once for all sideloads."""


def tickets_text(
    ask: Ask, tickets: Iterable[Ticket], *, stamp: bool = False, export: bool = False, slim: bool = False
) -> Raw:
    """Tickets as the JSON text of a list, each with its embedded sideloads; `stamp` and `slim` as for Renderer.ticket."""
    include = ask.include & _EMBEDDED.keys()
    if export and not ask.world.options.export_slas:
        include -= {"slas", "group_slas", "metric_events"}
    renderer = ask.sandbox.renderer
    texts = (renderer.ticket(ask.base, t, stamp=stamp, extra=_extra(ask, t, include), slim=slim) for t in tickets)
    return Raw("[" + ",".join(texts) + "]")


def ticket_text(ask: Ask, ticket: Ticket) -> Raw:
    """One ticket as JSON text with its embedded sideloads."""
    extra = _extra(ask, ticket, ask.include & _EMBEDDED.keys())
    slim = ask.query.get("remove_duplicate_fields") == "true"
    text = ask.sandbox.renderer.ticket(ask.base, ticket, extra=extra, slim=slim)
    return Raw(_reduced(text) if ask.query.get("reduced_payload_size") == "true" else text)


def _reduced(text: str) -> str:
    """A ticket's text without custom fields that have no value."""
    row = json.loads(text)
    for name in ("custom_fields", "fields"):
        if name in row:
            row[name] = [field for field in row[name] if field["value"] is not None]
    return dumps(row)


def made_text(ask: Ask, ticket: Ticket) -> Raw:
    """A ticket in the answer that tells of its creation: there it has no place in the exports yet, so that its generated_timestamp is 0."""
    extra = _extra(ask, ticket, ask.include & _EMBEDDED.keys()) or {}
    early = {} if ask.world.options.era == "2023" else {"generated_timestamp": 0}
    return Raw(ask.sandbox.renderer.ticket(ask.base, ticket, extra=early | extra))


def _extra(ask: Ask, ticket: Ticket, names: Iterable[str]) -> Row | None:
    life = cache(lambda: life_of(ticket, ask.world))
    found = {key: value for name in sorted(names) for key, value in _EMBEDDED[name](ask, ticket, life).items()}
    return found or None


def _metric_events(ask: Ask, ticket: Ticket, _: Told) -> Row:
    """An object keyed by metric, each a list of events."""
    found: dict[str, list[Row]] = {}
    for identity, event in metric_events(ask.world, ticket, ask.sandbox.metric_log.shown_until(ticket)):
        found.setdefault(event.metric, []).append(event_row(identity, ticket, event))
    return {"metric_events": found}


def _dates(_: Ask, ticket: Ticket, told: Told) -> Row:
    life = told()

    def shown(instant: int | None) -> str | None:
        return None if instant is None else iso(instant)

    return {
        "dates": {
            "assignee_updated_at": shown(life.assignee_updated), "requester_updated_at": iso(life.requester_updated or ticket.created),
            "status_updated_at": iso(life.statuses[-1][0] if life.statuses else ticket.created),
            "initially_assigned_at": shown(life.assigns[0] if life.assigns else None),
            "assigned_at": shown(life.assigns[-1] if life.assigns else None), "solved_at": shown(life.solves[-1] if life.solves else None),
            "latest_comment_added_at": shown(life.last_comment),
        }
    }  # fmt: skip


def _slas(ask: Ask, ticket: Ticket, told: Told) -> Row:
    return {"slas": sla.slas(ask.world, ticket, ask.world.now(), told)} if ask.world.options.plan_has_slas else {}


def _group_slas(ask: Ask, ticket: Ticket, told: Told) -> Row:
    return (
        {"group_slas": sla.group_slas(ask.world, ticket, ask.world.now(), told)}
        if ask.world.options.plan_has_slas
        else {}
    )


_EMBEDDED: dict[str, Callable[[Ask, Ticket, Told], Row]] = {
    "slas": _slas,
    "group_slas": _group_slas,
    "metric_sets": lambda ask, t, told: {"metric_set": metric_set(ask.world, t, ask.base, told)},
    "metric_events": _metric_events,
    "dates": _dates,
    "comment_count": lambda _, t, __: {"comment_count": comment_count(t)},
    "incident_counts": lambda ask, t, _: {"incident_count": len(ask.world.by["problem_id"].ids(t.id))},
}


def beside(ask: Ask, tickets: Iterable[Ticket], include: AbstractSet[str] | None = None) -> Row:
    """The lists that stand beside the tickets, by the query or as `include` says: the records that they name, each once."""
    tickets = list(tickets)
    found: Row = {}
    for name in sorted((ask.include if include is None else include) & _BESIDE.keys()):
        table, ids_of = _BESIDE[name]
        wanted = sorted({key for ticket in tickets for key in ids_of(ticket) if key is not None})
        rows = [row for key in wanted if (row := ask.world.tables[table].get(key)) is not None]
        found[name] = with_urls(ask.base, ask.world.tables[table].path, rows)
    if "sharing_agreements" in ask.include:
        found["sharing_agreements"] = []
    if "last_audits" in ask.include:
        found["last_audits"] = [audit_row(ticket.audits[-1], ticket) for ticket in tickets if ticket.audits]
    return found


_BESIDE: dict[str, tuple[str, Callable[[Ticket], tuple[int | None, ...]]]] = {
    "users": ("users", lambda t: (t.requester_id, t.submitter_id, t.assignee_id, *t.collaborator_ids)),
    "groups": ("groups", lambda t: (t.group_id,)),
    "organizations": ("organizations", lambda t: (t.organization_id,)),
    "brands": ("brands", lambda t: (t.brand_id,)),
    "ticket_forms": ("ticket_forms", lambda t: (t.form_id,)),
    "custom_statuses": ("custom_statuses", lambda t: (t.custom_status_id,)),
}


Beside = tuple[str, str] | Callable[[Ask, list[Row]], object]
"""A sideload of rows: the table and the key under which they name its records, or a function of the rows."""


def rows_beside(ask: Ask, rows: Iterable[Row], names: Mapping[str, Beside]) -> Row:
    """What stands beside rows: the sideloads that are asked for, each record once."""
    rows = list(rows)
    found: Row = {}
    for name in sorted(ask.include & names.keys()):
        source = names[name]
        if not isinstance(source, tuple):
            found[name] = source(ask, rows)
            continue
        table, key = source
        found[name] = records(ask, table, {row[key] for row in rows if row.get(key) is not None})
    return found


def records(ask: Ask, table: str, ids: Iterable[int]) -> list[Row]:
    """The records of a table with these ids, in the order of their ids."""
    rows = [row for key in sorted(ids) if (row := ask.world.tables[table].get(key)) is not None]
    return with_urls(ask.base, ask.world.tables[table].path, rows)
