"""Taking in: what two readings of a ticket tell, beside what its audits tell."""

from deskhand.app.hear import hear
from deskhand.app.poll import poll
from tests.app.places import Shop
from tests.core.builders import policy


def test_a_reply_of_the_first_minute_is_seen_before_its_audit_has_come() -> None:
    """Zendesk dates it at 0 minutes, which is no later than the audit of the ticket's birth; it came after all that the audits tell."""
    shop = Shop(policy(needs=frozenset({"metrics"})))
    ticket = shop.ticket()
    shop.pass_time(2)
    poll(shop.engine)
    shop.pass_time(43)
    shop.change(ticket, comment={"body": "On it", "public": True})
    shop.pass_time(25)
    hear(shop.engine)
    poll(shop.engine)

    with shop.store.begin() as tx:
        memory = tx.memories.load([ticket.id])[ticket.id]
    assert memory.exact_to is not None
    assert [event.at > memory.exact_to for event in memory.history if event.kind == "agent_reply"] == [True]
