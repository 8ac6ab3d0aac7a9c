"""The vitals as figures for Prometheus."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from deskhand.app.vitals import Vitals

CONTENT_TYPE = CONTENT_TYPE_LATEST


def exposition(vitals: Vitals) -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_Figures(vitals))
    return generate_latest(registry)


class _Figures:
    """One reading."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterator[Metric]:
        """Every figure, each with what it means."""
        one = self._vitals
        yield GaugeMetricFamily("deskhand_ready", "1 where nothing is in the worker's way", value=not one.ailments)
        yield GaugeMetricFamily("deskhand_stopped", "1 while the kill switch is on", value=bool(one.stopped))
        yield GaugeMetricFamily(
            "deskhand_policy_refused", "1 while changed policies could not be loaded", value=bool(one.refused)
        )
        yield GaugeMetricFamily(
            "deskhand_policy_waits", "1 while changed policies wait for signatures", value=bool(one.waits)
        )
        yield CounterMetricFamily("deskhand_cycles", "full cycles completed since the start", value=one.cycles)
        yield CounterMetricFamily("deskhand_evaluations", "tickets looked at since the start", value=one.evaluated)
        if one.last_cycle:
            stamp = one.last_cycle.timestamp()
            yield GaugeMetricFamily(
                "deskhand_last_cycle_timestamp_seconds", "when a full cycle was last completed", value=stamp
            )
        yield GaugeMetricFamily("deskhand_due", "tickets that are due to be looked at", value=one.due)
        yield GaugeMetricFamily(
            "deskhand_oldest_due_seconds", "for how long the oldest due ticket has waited", value=one.oldest_due_age
        )
        lags = {name: one.lag(name) for name in one.read_to}
        yield _labelled("deskhand_feed_lag_seconds", "seconds since a feed was last read to its end", "feed", lags)
        yield _labelled("deskhand_outbox", "writes by state", "state", one.outbox)
        yield _labelled("deskhand_messages", "messages to people by state", "state", one.messages)
        yield CounterMetricFamily(
            "deskhand_pages_not_shown", "pages that a service took and did not show", value=one.not_shown
        )
        away = dict.fromkeys(one.services_away, 1)
        yield _labelled("deskhand_service_away", "1 for each service that takes nothing", "service", away)
        yield from _of_webhooks(one)
        yield _labelled("deskhand_tickets", "tickets that are known, by status", "status", one.tickets)
        yield _labelled("deskhand_job_failures", "failures of a job in a row", "job", one.failures)


def _of_webhooks(one: Vitals) -> Iterator[Metric]:
    """What became of webhooks, where they are listened for."""
    if not one.webhooks:
        return
    family = CounterMetricFamily("deskhand_webhooks", "webhooks by what became of them", labels=["came"])
    for came, count in sorted(one.webhooks.items()):
        family.add_metric([came], count)
    yield family
    yield GaugeMetricFamily("deskhand_named", "tickets that webhooks named and that wait to be read", value=one.named)
    if one.last_webhook:
        stamp = one.last_webhook.timestamp()
        yield GaugeMetricFamily("deskhand_last_webhook_timestamp_seconds", "when a webhook was last taken", value=stamp)


def _labelled(name: str, about: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
