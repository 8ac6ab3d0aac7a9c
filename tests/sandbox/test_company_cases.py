"""Tickets that stand at interesting points when the day begins."""

from deskhand.sandbox import Sandbox
from deskhand.sandbox.company import open_doors, settle
from deskhand.sandbox.company_cases import write_cases
from deskhand.sandbox.records import Comment


def test_all_cases_are_there_when_the_day_begins() -> None:
    """As many tickets were made as were announced, each before the start and within a day and a bit."""
    company = settle(Sandbox())
    start = company.start.timestamp()

    count = write_cases(company.cast, company.drawer, start)
    open_doors(company, arriving=False)

    tickets = list(company.sandbox.world.tickets.values())
    assert len(tickets) == count >= 50
    assert all(start - 25 * 3_600 < ticket.created < start for ticket in tickets)


def test_answered_cases_had_one_answer_and_nothing_since() -> None:
    """Four tickets got their first answer within minutes and wait for their resolution."""
    company = settle(Sandbox())
    write_cases(company.cast, company.drawer, company.start.timestamp())
    open_doors(company, arriving=False)
    staff = company.sandbox.world.staff

    answered = [
        ticket
        for ticket in company.sandbox.world.tickets.values()
        if ticket.created < company.start.timestamp() - 3.4 * 3_600
        and [c.author in staff for a in ticket.audits for c in a.events if isinstance(c, Comment) and c.public] == [False, True]
        and ticket.status == "open"
    ]  # fmt: skip

    assert len(answered) == 4
