"""What people do about writes that wait: retry, drop, let go by number."""

from dataclasses import replace

import pytest

from deskhand.app.guard import stopped_note
from deskhand.app.outbox import drop, listed, release, retry, shown
from deskhand.core.condition import Compare
from deskhand.core.delivery import Row
from deskhand.core.policy import Tag
from deskhand.errors import NotKnown, UsageError, WrongState
from tests.app.places import Shop
from tests.core.builders import policy, rule
from tests.store.values import row

EVERYTHING = rule(Compare("p", "priority", "is", "normal"), Tag(add=("everything",)), id="everything")


@pytest.fixture
def held() -> Shop:
    """Thirty tickets that a rule wanted all at once."""
    shop = Shop(policy(EVERYTHING))
    for _ in range(30):
        shop.ticket()
    shop.pass_time(3700)
    shop.cycle()
    assert shop.outbox() == {"held": 30}
    return shop


def rows(shop: Shop, *states: str) -> list[Row]:
    """The rows in some states."""
    with shop.store.begin() as tx:
        return [one for one in tx.outbox.listed(("held", "planned", "done", "dead", "dropped")) if one.state in states]


def test_what_is_let_go_is_the_number_that_was_named_and_no_more(held: Shop) -> None:
    """The oldest first; the rest stays held, and so does what comes after it."""
    release(held.store, "everything", 12, held.now(), by="ann")
    held.pass_time(60)
    held.ticket()
    held.cycle()
    held.cycle()

    assert held.outbox() == {"done": 12, "held": 19}


def test_when_all_is_let_go_the_rule_is_free_again(held: Shop) -> None:
    """And counted anew."""
    release(held.store, "everything", 30, held.now(), by="ann")
    held.cycle()
    new = held.ticket()
    held.cycle()

    assert held.outbox() == {"done": 31}
    assert held.show(new)["tags"] == ["everything"]


def test_what_is_let_go_is_judged_on_the_ticket_as_it_is_now(held: Shop) -> None:
    """Where the reason is gone nothing is written."""
    first = rows(held, "held")[0]
    held.change(next(t for t in held.world.tickets.values() if t.id == first.write.ticket_id), priority="low")
    held.pass_time(60)

    release(held.store, first.op_id, 1, held.now(), by="ann")
    held.cycle()

    assert held.outbox() == {"held": 29, "conflict": 1}


def test_naming_more_than_is_held_is_refused_with_the_number(held: Shop) -> None:
    """The person has something else in mind, so nothing is done."""
    with pytest.raises(WrongState, match="31 were named, but 30 are held of 'everything'"):
        release(held.store, "everything", 31, held.now(), by="ann")
    with pytest.raises(WrongState, match="nothing is held of rule or write 'nobody'"):
        release(held.store, "nobody", 1, held.now(), by="ann")
    assert held.outbox() == {"held": 30}


def test_what_is_dropped_does_not_come_again_and_frees_its_rule(held: Shop) -> None:
    """Its episode is over; another ticket is acted on."""
    drop(held.store, (), held.now(), rule="everything", by="ann")
    new = held.ticket()
    held.cycle()
    held.pass_time(7200)
    held.cycle()

    assert held.outbox() == {"dropped": 30, "done": 1}
    assert held.show(new)["tags"] == ["everything"]
    with held.store.begin() as tx:
        assert tx.notebook.get(stopped_note("everything")) == ""


def test_a_dead_write_that_is_tried_again_is_first_looked_for_in_the_audits() -> None:
    """What was done after all is found done, and nothing is written twice."""
    shop = Shop(policy(EVERYTHING))
    ticket = shop.ticket()
    shop.cycle()
    done = rows(shop, "done")[0]
    with shop.store.begin() as tx:
        tx.outbox.put([replace(done, state="dead", reason="gave up")])

    retry(shop.store, done.op_id[:10], shop.now(), by="ann")
    shop.cycle()

    assert rows(shop, "done")[0].reason == "found in the audits"
    assert len(shop.audits(ticket)) == 2


def test_only_dead_writes_can_be_tried_again_and_only_waiting_ones_dropped() -> None:
    """Each refusal says what the write is, and what comes next."""
    shop = Shop(policy(EVERYTHING))
    shop.ticket()
    shop.cycle()
    mark = rows(shop, "done")[0].op_id

    with pytest.raises(WrongState, match="is done, and only a dead one") as refused:
        retry(shop.store, mark, shop.now(), by="ann")
    assert "undo" in refused.value.hint
    with pytest.raises(WrongState, match="is done, so it cannot be dropped"):
        drop(shop.store, [mark], shop.now(), by="ann")
    with pytest.raises(WrongState, match="nothing of rule 'everything' is held"):
        drop(shop.store, (), shop.now(), rule="everything", by="ann")


def test_a_write_is_found_by_the_beginning_of_its_mark() -> None:
    """Unless several begin so, or none."""
    shop = Shop(policy())
    with shop.store.begin() as tx:
        tx.outbox.put([row("abc1", 1), row("abd2", 2)])

    assert shown(shop.store, "abc").op_id == "abc1"
    with pytest.raises(UsageError, match="2 writes begin with 'ab'"):
        shown(shop.store, "ab")
    with pytest.raises(NotKnown, match="no write has the mark 'x'"):
        shown(shop.store, "x")
    with pytest.raises(NotKnown):
        shown(shop.store, "")


def test_a_list_is_of_states_rules_and_tickets(held: Shop) -> None:
    """With counts of all, and what each rule is held with."""
    found = listed(held.store, ("held",), rule="everything", ticket=3)

    assert [one.write.ticket_id for one in found.rows] == [3]
    assert (found.counts, found.held) == ({"held": 30}, {"everything": 30})
    assert len(listed(held.store, ("held",), limit=7).rows) == 7
    assert listed(held.store, ("held",), rule="other").rows == ()


def test_letting_one_rule_go_does_not_let_go_another_that_is_held_on_the_same_tickets() -> None:
    """The number that was named is one rule's; what the other wanted is held again by itself."""
    other = replace(EVERYTHING, id="other", then=(Tag(add=("other",)),))
    shop = Shop(policy(EVERYTHING, other))
    for _ in range(30):
        shop.ticket()
    shop.pass_time(3700)
    shop.cycle()
    assert listed(shop.store, ("held",)).held == {"everything": 30, "other": 30}

    release(shop.store, "everything", 2, shop.now(), by="ann")
    shop.cycle()

    assert listed(shop.store, ("held",)).held == {"everything": 28, "other": 30}
    tags = [tuple(shop.show(ticket)["tags"]) for ticket in shop.world.tickets.values()]
    assert (tags.count(("everything",)), tags.count(())) == (2, 28)
