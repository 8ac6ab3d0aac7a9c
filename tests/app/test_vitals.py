"""Vitals: alive, ready, and why not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from deskhand.app.bell import Bell
from deskhand.app.ports import Transaction
from deskhand.app.vitals import Health, vitals
from deskhand.core.condition import Compare
from deskhand.core.policy import Tag
from deskhand.errors import StoreFull, Transient
from tests.app.carriers import Carrier, Office, away
from tests.app.places import Shop
from tests.core.builders import policy, rule

EVERY = 30.0


def shop() -> Shop:
    """One ticket, seen and written to."""
    made = Shop(policy(rule(Compare("p", "priority", "is", "normal"), Tag(add=("seen",)))))
    made.ticket()
    made.cycle()
    return made


def fit(made: Shop) -> Health:
    """The health of a worker that has just completed a cycle."""
    now = made.now()
    return Health(started=now, last_try=now, cycles=1, last_cycle=now, evaluated=1, last_evaluated=now)


def test_a_worker_in_good_order_has_no_ailments() -> None:
    """And tells what it holds."""
    made = shop()

    found = vitals(made.engine, fit(made), EVERY)

    assert (found.alive, found.ailments) == (True, ())
    assert (found.tickets, found.outbox["done"], found.cycles) == ({"new": 1}, 1, 1)
    assert found.lag("export") >= 0


def test_what_became_of_webhooks_is_told_and_that_none_came_is_no_ailment() -> None:
    """The polls do without them."""
    made, bell = shop(), Bell()
    bell.hang()

    quiet = vitals(made.engine, fit(made), EVERY, bell=bell)
    bell.count("forged", made.now())
    bell.count("taken", made.now())
    bell.ring(1, made.now())
    found = vitals(made.engine, fit(made), EVERY, bell=bell)

    assert (quiet.ailments, quiet.last_webhook, set(quiet.webhooks.values())) == ((), None, {0})
    assert (found.ailments, found.last_webhook, found.named) == ((), made.now(), 1)
    assert (found.webhooks["forged"], found.webhooks["taken"]) == (1, 1)


def test_a_worker_without_a_recent_cycle_is_not_ready_and_one_that_tries_nothing_hangs() -> None:
    """A heartbeat is a full cycle; what is retried every few minutes is alive."""
    made = shop()
    health = fit(made)
    made.pass_time(301)
    late = vitals(made.engine, health, EVERY)
    made.pass_time(300)
    hangs = vitals(made.engine, health, EVERY)
    fresh = vitals(made.engine, Health(started=made.now()), EVERY)

    assert late.alive
    assert "no full cycle has been completed since" in late.ailments[0]
    assert not hangs.alive
    assert (fresh.alive, fresh.ailments) == (True, ("no full cycle has been completed yet",))


def test_a_job_that_fails_is_named_with_its_error() -> None:
    """In words."""
    made = shop()
    health = fit(made)
    health.failures, health.last_error = {"poll": 3, "judge": 0}, {"poll": "Transient: gone"}

    assert vitals(made.engine, health, EVERY).ailments == ("poll failed 3 times in a row: Transient: gone",)


def test_nothing_looked_at_for_a_day_is_an_ailment_where_tickets_are_live() -> None:
    """0 evaluated: in an account without live tickets it is none."""
    made, empty = shop(), Shop(policy())
    health = fit(made)
    made.pass_time(25 * 3600)
    empty.pass_time(25 * 3600)
    health.last_try = health.last_cycle = made.now()

    assert "no ticket was looked at since 2026-03-02" in vitals(made.engine, health, EVERY).ailments[0]
    assert vitals(empty.engine, health, EVERY).ailments == ()


def test_a_database_that_cannot_be_read_is_an_ailment_and_no_crash() -> None:
    """R10: the page still answers."""
    made = shop()

    class Full:
        """A store without space."""

        @contextmanager
        def read(self) -> Iterator[Transaction]:
            """Refuses."""
            raise StoreFull
            yield

        begin = read

        def close(self) -> None:
            """Nothing."""

    made.engine.store = Full()

    assert vitals(made.engine, fit(made), EVERY).ailments == (
        "the database cannot be read: There is no space left for the database, so nothing was written.",
    )


def test_the_age_of_the_oldest_due_ticket_grows_until_it_is_looked_at() -> None:
    """Lag, as a figure."""
    made = shop()
    with made.store.begin() as tx:
        tx.work.wake([1], made.now() - timedelta(seconds=90))

    found = vitals(made.engine, fit(made), EVERY)

    assert (found.due, found.oldest_due_age) == (1, 90)


def test_a_service_that_is_away_and_a_message_that_nobody_got_are_ailments() -> None:
    """With the service's name, since when, and what to type."""
    pager = Carrier("on-call", before=away(Transient))
    office = Office(pager)
    lost = office.queue(channels=("none",))
    office.queue(2, channels=("on-call",))
    office.work(60)
    health = Health(started=office.time, last_try=office.time, last_cycle=office.time)

    found = vitals(office.engine, health, EVERY, office.post)

    assert found.ailments == (
        "pagerduty_events is away since 2026-03-02 09:00:00 UTC: no answer",
        "1 messages reached nobody; `deskhand outbox list --state dead` shows them",
    )
    assert office.row(lost.key).reason.endswith("no channel 'none' is in the policies any more")
    assert (found.messages["dead"], list(found.services_away)) == (1, ["pagerduty_events"])
