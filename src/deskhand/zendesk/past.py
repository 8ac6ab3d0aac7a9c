"""What Zendesk has kept of one ticket's past: its audits, and its metric events."""

from collections.abc import Iterable

from deskhand.core.audited import Audit
from deskhand.core.metric_event import MetricEvent
from deskhand.errors import Rejected
from deskhand.zendesk.audit_log import AuditReader
from deskhand.zendesk.gateway import Gateway
from deskhand.zendesk.metric_log import metric_event_of


class Past:
    """Reads one ticket's past, for people who ask about it; the worker hears of all tickets at once."""

    def __init__(self, gateway: Gateway, reader: AuditReader) -> None:
        self._gateway, self._reader = gateway, reader

    def audits(self, ticket_id: int) -> tuple[Audit, ...]:
        """Every audit, oldest first; none for an archived ticket, whose audits cannot be listed."""
        try:
            return self._reader.of_ticket(ticket_id)
        except Rejected as refused:
            if refused.status in (404, 422):
                return ()
            raise

    def metric_events(self, ticket_id: int) -> tuple[MetricEvent, ...]:
        """Its metric events, from the sideload of the ticket (zendesk-api.md section 1.5)."""
        row = self._gateway.get(f"tickets/{ticket_id}", {"include": "metric_events"}, holds="ticket")["ticket"]
        listed: Iterable[list[dict[str, object]]] = (row.get("metric_events") or {}).values()
        told = (metric_event_of({"ticket_id": ticket_id, **one}) for rows in listed for one in rows)
        return tuple(event for event in told if event)
