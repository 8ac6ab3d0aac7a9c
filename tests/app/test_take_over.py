"""What a process that died had in its hands, and the one after it."""

from datetime import timedelta

from deskhand.app.evaluate import evaluate
from deskhand.app.poll import poll
from deskhand.app.take_over import take_over
from tests.app.places import Shop
from tests.app.test_dispatch import ROUTE, marks, outage
from tests.core.builders import policy


def test_a_claimed_write_of_a_dead_process_need_not_wait_for_its_lease() -> None:
    """R1: it is settled from the audits within seconds, and stands there once."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)
    shop.pass_time(15)
    poll(shop.engine)
    evaluate(shop.engine)
    with shop.store.begin() as tx:
        tx.outbox.claim(shop.now(), 100, shop.now() + timedelta(minutes=5))
    shop.start()

    assert take_over(shop.engine) == 1
    assert shop.outbox() == {"unknown": 1}
    shop.cycle()

    assert shop.outbox() == {"done": 1}
    assert len(marks(shop, ticket)) == 1


def test_a_write_whose_job_is_known_is_left_to_its_job() -> None:
    """Its job is asked, as if the process had never ended."""
    shop = Shop(policy(ROUTE))
    outage(shop)
    shop.pass_time(15)
    shop.cycle(rounds=0)
    shop.start()

    assert shop.outbox() == {"sending": 1}
    assert take_over(shop.engine) == 0
    shop.cycle()
    assert shop.outbox() == {"done": 1}
