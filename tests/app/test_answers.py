"""Whether the people who were paged have acknowledged."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from deskhand.app.answers import AT_MOST, AWAY, CALM, Answers
from deskhand.core.memory import Memory
from deskhand.core.message import MessageRow, Standing
from deskhand.errors import RateLimited, Transient
from deskhand.store import MemoryStore
from tests.app.rota import Rota
from tests.core.builders import at
from tests.core.messages import message, planned, sent

THREAD = "zd:acme:1:e1"


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    """A store with three tickets."""
    made = MemoryStore()
    with made.begin() as tx:
        tx.memories.save(Memory(number) for number in (1, 2, 3))
    yield made
    made.close()


def keep(store: MemoryStore, *rows: MessageRow) -> None:
    """These are in the outbox."""
    with store.begin() as tx:
        tx.messages.put(rows)


def row_of(store: MemoryStore, key: str) -> MessageRow:
    """A row as it is now."""
    with store.read() as tx:
        found = tx.messages.find(key)
    assert found is not None
    return found


def standings(store: MemoryStore, number: int = 1) -> tuple[Standing, ...]:
    """What a ticket's memory says."""
    with store.read() as tx:
        return tx.memories.load([number])[number].standings


def woken(store: MemoryStore, now: datetime) -> list[int]:
    """Tickets that are to be looked at."""
    with store.read() as tx:
        return tx.work.due(now, 10)


def stands(state: Any, minutes: float | None = None, by: str = "", thread: str = THREAD) -> Standing:
    """Where a thread stands, since so long after START."""
    return Standing(thread, state, "PD1", by, None if minutes is None else at(minutes))


def test_without_open_pages_nobody_is_asked(store: MemoryStore) -> None:
    """Not for what was told, is on its way, went by a channel that cannot tell, or is closed."""
    rota = Rota()
    keep(store, sent(message(1, verb="tell")), planned(message(2)), sent(message(3), channel=1))

    assert Answers(store, {"on-call": rota}).ask(at(1)) == []
    keep(store, sent(message(4)), sent(message(4, 5, verb="close", number=2)))
    assert Answers(store, {"on-call": rota}).ask(at(6)) == []
    assert rota.asked == []
    assert Answers(store, {}).ask(at(6)) == []


def test_an_acknowledgement_is_remembered_and_wakes_the_ticket(store: MemoryStore) -> None:
    """With who it was, on the ticket and on the page."""
    rota = Rota(standings={THREAD: stands("acknowledged", 3, "Ann")})
    page = sent(message(1))
    keep(store, page)

    assert Answers(store, {"on-call": rota}).ask(at(4)) == [1]

    assert standings(store) == (stands("acknowledged", 3, "Ann"),)
    assert woken(store, at(4)) == [1]
    after = row_of(store, page.message.key)
    assert (after.state, after.answered_at, after.answered_by) == ("confirmed", at(3), "Ann")


def test_what_is_no_news_wakes_nobody(store: MemoryStore) -> None:
    """The same answer again changes nothing."""
    rota = Rota(standings={THREAD: stands("triggered")})
    keep(store, sent(message(1)))
    answers = Answers(store, {"on-call": rota})

    assert answers.ask(at(1)) == [1]
    assert answers.ask(at(1.25)) == []
    assert len(rota.asked) == 2


def test_what_was_acknowledged_is_asked_about_less_often(store: MemoryStore) -> None:
    """Somebody may let go of it, and then it is paged again."""
    rota = Rota(standings={THREAD: stands("acknowledged", 1, "Ann")})
    keep(store, sent(message(1)))
    answers = Answers(store, {"on-call": rota})
    answers.ask(at(1))

    assert answers.ask(at(1.5)) == []
    rota.standings[THREAD] = stands("triggered", 1.75)
    assert answers.ask(at(1) + CALM) == [1]
    assert standings(store) == (stands("triggered", 1.75),)
    assert len(rota.asked) == 2
    answers.ask(at(2.25))
    assert len(rota.asked) == 3


def test_a_page_is_confirmed_once_its_service_shows_it(store: MemoryStore) -> None:
    """A service that knows nothing of it yet has confirmed nothing."""
    rota = Rota()
    page = sent(message(1))
    keep(store, page)
    answers = Answers(store, {"on-call": rota})

    assert answers.ask(at(1)) == []
    assert row_of(store, page.message.key) == page
    rota.standings[THREAD] = stands("triggered")
    answers.ask(at(2))
    assert row_of(store, page.message.key) == replace(page, state="confirmed", settled_at=at(2))


def test_what_was_so_before_a_page_is_no_answer_to_it(store: MemoryStore) -> None:
    """A second page of an acknowledged matter waits for its own answer; one that was resolved before is not confirmed."""
    rota = Rota(standings={THREAD: stands("acknowledged", 2, "Ann")})
    second = sent(message(1, 60, number=2))
    keep(store, sent(message(1)), second)
    answers = Answers(store, {"on-call": rota})

    answers.ask(at(61))
    assert row_of(store, second.message.key) == replace(second, state="confirmed", settled_at=at(61))

    rota.standings[THREAD] = stands("resolved", 70, "Ann")
    third = sent(message(1, 80, number=3))
    keep(store, third)
    answers.ask(at(81))
    assert row_of(store, third.message.key) == third


def test_a_service_that_does_not_answer_is_left_alone_and_the_others_are_asked(store: MemoryStore) -> None:
    """No error leaves the turn."""
    away, other = Rota(fails=lambda: Transient("no answer")), Rota("other")
    other.standings["zd:acme:2:e1"] = stands("triggered", thread="zd:acme:2:e1")
    keep(store, sent(message(1)), sent(message(3)), sent(message(2, channels=("other",))))
    answers = Answers(store, {"on-call": away, "other": other})

    with capture_logs() as told:
        assert answers.ask(at(1)) == [2]

    assert [one["channel"] for one in told if one["event"] == "answers_not_read"] == ["on-call"]
    assert len(away.asked) == 1
    away.fails = None
    answers.ask(at(1) + AWAY - timedelta(seconds=1))
    assert len(away.asked) == 1
    answers.ask(at(1) + AWAY)
    assert len(away.asked) == 3


def test_a_service_that_asks_for_patience_gets_it(store: MemoryStore) -> None:
    """As many seconds as it named."""
    rota = Rota(fails=lambda: RateLimited("slower", retry_after=90))
    keep(store, sent(message(1)))
    answers = Answers(store, {"on-call": rota})

    for second in (0, 15, 30, 89, 90):
        answers.ask(at(1, second))

    assert len(rota.asked) == 2


def test_an_answer_counts_for_all_that_joined_the_matter(store: MemoryStore) -> None:
    """Whoever takes the first of a storm takes the others with it; a ticket that pages by itself answers for itself."""
    rota = Rota(standings={THREAD: stands("acknowledged", 3, "Ann")})
    own = sent(message(3, 2, number=2))
    keep(store, sent(message(1)), sent(message(2, 1), joined=THREAD), sent(message(3, 1), joined=THREAD), own)

    assert Answers(store, {"on-call": rota}).ask(at(4)) == [1, 2]

    assert standings(store, 2) == (stands("acknowledged", 3, "Ann", "zd:acme:2:e1"),)
    assert standings(store, 3) == ()


def test_a_ticket_that_is_forgotten_is_passed_over(store: MemoryStore) -> None:
    """Its page is confirmed all the same."""
    page = sent(message(9))
    rota = Rota(standings={page.message.thread: stands("triggered", thread=page.message.thread)})
    keep(store, page)

    assert Answers(store, {"on-call": rota}).ask(at(1)) == []
    assert row_of(store, page.message.key).state == "confirmed"


def test_a_turn_has_an_end_and_the_next_begins_with_those_that_were_left(store: MemoryStore) -> None:
    """Many open matters are asked about in turns."""
    rota = Rota()
    keep(store, *(sent(message(number)) for number in range(1, AT_MOST + 51)))
    answers = Answers(store, {"on-call": rota})

    answers.ask(at(1))
    assert len(rota.asked) == AT_MOST
    answers.ask(at(1.25))
    assert len(set(rota.asked)) == AT_MOST + 50
