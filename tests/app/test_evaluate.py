"""Judging tickets: what a decision is told of the world outside Zendesk, and what it queues for it."""

from deskhand.app.evaluate import evaluate
from deskhand.core.outside import Outside
from tests.app.places import Shop
from tests.documents.test_compile_ladder import ladder
from tests.documents.words import policy

CLIMB = policy(
    ladder(", urgent: true", "[{name: L1, role: ann}, {name: L2, role: boss, channels: pager}]")
    .replace("executive: true", "executive: false")
    .replace("field.x: true", "field.issue_type: billing")
)


def shop() -> Shop:
    """A worker whose account is `acme`, and a P1."""
    made = Shop(CLIMB)
    made.engine.outside = lambda: Outside("acme")
    made.ticket(priority="urgent", custom_fields=[{"id": made.issue["id"], "value": "billing"}])
    made.pass_time(120)
    made.cycle()
    return made


def pages(made: Shop) -> list[tuple[str, str]]:
    """Thread and role of each page."""
    with made.store.begin() as tx:
        rows = tx.messages.listed(["planned"])
    return [(row.message.thread, row.message.role) for row in rows if row.message.verb == "page"]


def test_threads_name_the_account() -> None:
    """So that two accounts never share one at a service."""
    (page,) = pages(shop())

    assert page[0].startswith("zd:acme:")
    assert page[1] == "ann"


def test_a_look_knows_who_is_on_call_by_then() -> None:
    """The next rung is nobody's, so nobody is paged there."""
    made = shop()
    made.engine.outside = lambda: Outside("acme", on_call={"boss": ()})
    made.pass_time(600)
    evaluate(made.engine)

    assert [role for _, role in pages(made)] == ["ann"]


def test_a_step_is_queued_once_however_often_it_is_looked_at() -> None:
    """By its key."""
    made = shop()
    for _ in range(3):
        with made.store.begin() as tx:
            tx.work.wake(tx.tickets.ids(("new", "open")), made.now())
        evaluate(made.engine)

    assert len(pages(made)) == 1
