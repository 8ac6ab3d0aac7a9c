"""History: what two readings of a ticket tell about what happened between them."""

from dataclasses import replace
from typing import Any

from deskhand.core.history import Event, History, Levels, observe, since
from deskhand.core.ticket import Metrics, Ticket
from tests.core.builders import BINDING, at, ticket


def seen(history: History, before: Ticket | None, after: Ticket, *, intended: str | None = None) -> list[Event]:
    """The events that a second reading adds."""
    levels = Levels(BINDING.read(before) if before else None, BINDING.read(after), intended)
    watched = frozenset({"mitigation_status"})
    return list(observe(history, before, after, levels, watched)[len(history) :])


def metrics(**facts: Any) -> Metrics:
    """A metric set."""
    return Metrics(**facts)


def test_the_first_reading_tells_of_the_past() -> None:
    """Creation, status, severity, group, agent and the first reply, each at the instant the metric set gives."""
    told = ticket(
        status="pending",
        group="Network",
        assignee="ann@acme.example",
        metrics=metrics(
            reply_minutes=30, replies=1, status_updated_at=at(40), assigned_at=at(20), initially_assigned_at=at(10)
        ),
    )

    assert seen((), None, told) == [
        Event(at(0), "created"),
        Event(at(0), "severity", "p3"),
        Event(at(0), "status", "new"),
        Event(at(10), "group", "Network"),
        Event(at(20), "assigned", "ann@acme.example"),
        Event(at(30), "agent_reply"),
        Event(at(40), "status", "pending"),
    ]


def test_without_a_metric_set_the_stamp_of_the_reading_is_the_best_known_instant() -> None:
    """Status, severity, group and agent changed some time up to `updated_at`."""
    before = ticket()
    after = ticket(updated_at=at(50), status="hold", priority="urgent", group="Billing", assignee=None)

    assert seen((), before, after) == [
        Event(at(50), "severity", "p1"),
        Event(at(50), "group", "Billing"),
        Event(at(50), "status", "hold"),
    ]


def test_the_metric_set_gives_the_exact_instant_of_a_status_change() -> None:
    """Only where it lies between the two readings."""
    before = ticket(updated_at=at(10))
    after = ticket(updated_at=at(50), status="hold", metrics=metrics(status_updated_at=at(33)))
    stale = replace(after, metrics=metrics(status_updated_at=at(3)))

    assert seen((), before, after) == [Event(at(33), "status", "hold")]
    assert seen((), before, stale) == [Event(at(50), "status", "hold")]


def test_a_severity_that_we_asked_for_is_ours() -> None:
    """Any other change is a person's."""
    before, after = ticket(), ticket(updated_at=at(9), priority="high")

    assert seen((), before, after, intended="p2") == [Event(at(9), "severity", "p2", ours=True)]
    assert seen((), before, after, intended="p1") == [Event(at(9), "severity", "p2")]


def test_replies_and_comments_of_the_customer_come_from_the_metric_set() -> None:
    """A second reply counts at the latest comment; a customer's comment at its own instant."""
    before = ticket(metrics=metrics(reply_minutes=30, replies=1))
    after = ticket(
        updated_at=at(90),
        metrics=metrics(reply_minutes=30, replies=2, latest_comment_at=at(88), requester_updated_at=at(60)),
    )

    assert seen((), before, after) == [Event(at(60), "customer_reply"), Event(at(88), "agent_reply")]


def test_a_watched_field_is_an_event_and_others_are_not() -> None:
    """Clocks that start or stop with a field see its new value."""
    before = ticket(fields={"mitigation_status": None, "other": 1})
    after = ticket(updated_at=at(5), fields={"mitigation_status": "contained", "other": 2})

    assert seen((), before, after) == [Event(at(5), "field", "mitigation_status=contained")]


def test_the_same_reading_twice_adds_nothing() -> None:
    """Observing is idempotent."""
    told = ticket(status="pending", metrics=metrics(reply_minutes=30, replies=1))
    history = observe((), None, told, Levels(None, "p3"), frozenset())

    assert seen(history, None, told) == []
    assert seen(history, told, told) == []


def test_since_gives_the_newest_event_of_a_kind() -> None:
    """With a value, the newest with that value."""
    history = (Event(at(1), "status", "open"), Event(at(2), "status", "solved"), Event(at(3), "status", "open"))

    assert since(history, "status") == at(3)
    assert since(history, "status", value="solved") == at(2)
    assert since(history, "agent_reply") is None


def test_a_ticket_that_was_merged_away_is_told_so_before_it_is_closed() -> None:
    """Zendesk closes it and tags it; whether it is seen then or for the first time, the merge is told first and once."""
    tags = frozenset({"closed_by_merge"})
    before, after = ticket(), ticket(updated_at=at(50), status="closed", tags=tags)

    assert seen((), before, after) == [Event(at(50), "merged"), Event(at(50), "status", "closed")]
    assert [event.kind for event in seen((), None, after)].count("merged") == 1
    assert seen((), after, replace(after, updated_at=at(60))) == []
    assert seen((), before, ticket(updated_at=at(50), tags=tags)) == []
