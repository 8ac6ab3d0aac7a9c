"""Tickets drawn from a seed."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from deskhand.sandbox import Sandbox
from deskhand.sandbox.actors_time import DAY
from deskhand.sandbox.company import build_company, settle
from deskhand.sandbox.company_words import KINDS
from deskhand.sandbox.generator import Past, span_of, write_history


def test_kinds_are_drawn_as_often_as_they_are_common() -> None:
    """Questions about signing in come several times as often as security reports, and nearly all have a priority."""
    drawer = settle(Sandbox()).drawer
    drawn = [drawer.draw() for _ in range(1_500)]
    kinds = Counter(new.fields.get(drawer.fields["issue_type"]) for new in drawn)

    assert kinds["login"] > 2 * kinds["security"] > 0
    assert 0 < sum(new.priority is None for new in drawn) < 100
    assert set(kinds) == {kind.issue_type for kind in KINDS} | {None}


def test_what_is_given_replaces_what_was_drawn() -> None:
    """A scenario fixes what it is about and leaves the rest to the seed."""
    company = settle(Sandbox())

    new = company.drawer.draw(KINDS[0], priority="urgent", subject="Mine", group=company.groups["Billing"])

    assert (new.priority, new.subject, new.group) == ("urgent", "Mine", company.groups["Billing"])


@given(st.integers(1, 100_000))
def test_a_number_of_tickets_is_spread_over_days(tickets: int) -> None:
    """At least three days, at most a quarter of a year."""
    assert 3 <= span_of(tickets) <= 90


def test_the_past_happens_in_order_and_the_rest_is_left_to_the_world() -> None:
    """Happenings up to the start come true at their own instants; later ones are on the sandbox's agenda."""
    sandbox = Sandbox()
    past, seen = Past(sandbox), list[int]()
    now = sandbox.clock.epoch()
    for shift in (30.4, -10.0, -20.6, 50.0):
        past.schedule(now + shift, lambda: seen.append(sandbox.world.now()))

    past.play(now)

    assert seen == [round(now - 20.6), round(now - 10)]
    assert len(sandbox.agenda) == 2
    assert sandbox.agenda.next() == round(now + 30.4)


def test_audits_of_a_generated_past_are_in_the_order_of_time() -> None:
    """An audit's id is greater than that of every earlier audit, in whatever ticket."""
    company = build_company(Sandbox(), tickets=200, arriving=False)
    audits = sorted((a.id, a.at) for t in company.sandbox.world.tickets.values() for a in t.audits)

    assert [at for _, at in audits] == sorted(at for _, at in audits)


def test_a_large_account_is_spread_and_mostly_closed() -> None:
    """Of 3,000 tickets most are closed, dozens are alive, and they cover more than three months' worth of days."""
    company = settle(Sandbox(), customers=400)
    write_history(company.cast, company.drawer, tickets=3_000, until=company.start.timestamp())
    company.past.play(company.start.timestamp())
    tickets = list(company.sandbox.world.tickets.values())

    assert len(tickets) == 3_000
    assert sum(ticket.status == "closed" for ticket in tickets) > 2_000
    assert sum(ticket.unsolved for ticket in tickets) > 50
    assert max(t.created for t in tickets) - min(t.created for t in tickets) > 80 * DAY
    assert not company.cast.brief
