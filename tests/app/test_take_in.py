"""Taking in: what two readings of a ticket tell, beside what its audits tell."""

import pytest

from deskhand.app.dispatch import dispatch
from deskhand.app.evaluate import evaluate
from deskhand.app.hear import hear
from deskhand.app.poll import poll
from deskhand.core.condition import Compare
from deskhand.core.policy import AssignTo
from tests.app.places import Shop
from tests.core.builders import policy, rule


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


@pytest.mark.parametrize("heard", ["read back", "told by a poll first", "told by the audits"])
def test_what_our_own_write_moved_is_known_as_ours(heard: str) -> None:
    """An assignment by deskhand, and the status that it moves along, are ours however they are heard of; the agent's next change is not."""
    assign = rule(Compare("p", "priority", "is", "urgent"), AssignTo("Network", "ann@acme.example"))
    shop = Shop(policy(assign, needs=frozenset({"metrics"})))
    ticket = shop.ticket(priority="urgent")
    shop.pass_time(90)
    poll(shop.engine)
    evaluate(shop.engine)
    dispatch(shop.engine)  # handed in; the job has not ended yet
    if heard == "told by a poll first":
        shop.pass_time(3)
        poll(shop.engine)
    shop.cycle()
    shop.pass_time(60)
    shop.change(ticket, status="pending")
    shop.pass_time(120)
    if heard == "told by the audits":
        hear(shop.engine)
    poll(shop.engine)

    with shop.store.begin() as tx:
        history = tx.memories.load([ticket.id])[ticket.id].history
    told = [(one.kind, one.value, one.ours) for one in history if one.kind in ("assigned", "status")]
    assert ("assigned", "ann@acme.example", True) in told
    assert ("status", "open", True) in told
    assert told[-1] == ("status", "pending", False)
