"""What nobody knows the end of, and pages that their service has to show."""

from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.app.message_box import release
from deskhand.app.service_ports import Again
from deskhand.app.take_over import take_over
from deskhand.app.unclear import NOT_SHOWN
from deskhand.core.message import Message, MessageState
from deskhand.errors import DeskError, Rejected, Transient, Unknown
from tests.app.carriers import Carrier, Office, away, times
from tests.core.builders import at


def paging(**facts: object) -> tuple[Office, Carrier, Carrier]:
    """A pager whose pages can be read back, and one more."""
    pager, backup = Carrier("on-call"), Carrier("backup", "webhook")
    for name, value in facts.items():
        setattr(pager, name, value)
    office = Office(pager, backup)
    office.paging = ("on-call",)
    office.open()
    return office, pager, backup


def alarms(office: Office) -> str | None:
    """How many pages were not shown."""
    with office.store.begin() as tx:
        return tx.notebook.get(NOT_SHOWN)


def test_a_page_is_confirmed_once_its_service_shows_it() -> None:
    """After three minutes it is looked for, if nobody has seen it before; until then it has not come to its end."""
    office, _, backup = paging()
    page = office.queue(channels=("on-call", "backup"))
    office.work(170)
    assert (office.row(page.key).state, office.row(page.key).settled_at) == ("sent", None)

    office.work(20)

    assert (office.row(page.key).state, backup.keys, alarms(office)) == ("confirmed", [], None)


@pytest.mark.parametrize("fault", ["shows nothing", "does not answer"])
def test_a_page_that_is_not_shown_is_an_alarm_and_the_next_channel_pages_too(fault: str) -> None:
    """In the same thread, once, saying why; the alarm is counted."""
    office, pager, backup = paging(forgets=fault == "shows nothing")
    if fault == "does not answer":
        pager.looking = away(Transient)
    page = office.queue(channels=("on-call", "backup"))

    office.work(600)

    assert [(one.key, one.thread) for one in backup.took] == [(f"{page.key}.again", page.thread)]
    assert "because on-call did not take it" in backup.took[0].notice.text
    row = office.row(page.key)
    assert (row.state, alarms(office)) == ("sent", "1")
    assert row.reason.startswith("'on-call' does not show this page 3 minutes after it took it")


def test_what_somebody_saw_meanwhile_is_left_alone() -> None:
    """A confirmed page is not looked for."""
    office, pager, backup = paging(forgets=True)
    page = office.queue(channels=("on-call", "backup"))
    office.turn()
    row = office.row(page.key)
    with office.store.begin() as tx:
        tx.messages.put([replace(row, state="confirmed", settled_at=at(1))])

    office.work(600)

    assert (pager.calls, backup.keys, alarms(office)) == (1, [], None)


def test_nobody_pages_again_for_what_is_over() -> None:
    """A page that is not shown after its matter was closed is an alarm alone."""
    office, _, backup = paging(forgets=True)
    office.queue(channels=("on-call", "backup"), number=1)
    office.turn()
    office.queue(channels=("on-call",), number=2, verb="close", key="end")

    office.work(600)

    assert (backup.keys, alarms(office)) == ([], "1")


def test_what_cannot_be_asked_about_after_all_is_settled_like_what_cannot_be_known() -> None:
    """A service that refuses to be searched: pages go by the next channel, reminders are left."""
    chat, backup = Carrier("support", "slack", "ask", after=times(2)), Carrier("backup", "webhook")
    chat.looking = lambda _one: Rejected("missing_scope")
    office = Office(chat, backup)
    page = office.queue(1, channels=("support", "backup"))
    told = office.queue(2, channels=("support",), verb="tell")

    office.work(60)

    assert backup.keys == [page.key]
    assert (office.row(told.key).state, len(chat.keys)) == ("dropped", 2)
    assert "is not sent twice" in office.row(told.key).reason


def test_a_page_of_which_nobody_can_tell_goes_on_when_patience_ends() -> None:
    """Silence is worse than a second page."""
    chat, backup = Carrier("support", "slack", "ask", after=times(1)), Carrier("backup", "webhook")
    chat.looking = away(Transient)
    office = Office(chat, backup)
    page = office.queue(channels=("support", "backup"), urgent=True)

    office.work(120)

    assert backup.keys == [page.key]


def test_a_page_that_comes_round_its_chain_is_said_once_more_and_then_only_asked_about() -> None:
    """Every answer of the chat is lost and it cannot be searched, while the other channel is away: two posts, however long that lasts."""
    chat, backup = Carrier("support", "slack", "ask", after=away(Unknown)), Carrier("backup", "webhook")
    chat.looking, backup.before = away(Transient), away(Transient)
    office = Office(chat, backup)
    page = office.queue(channels=("support", "backup"), urgent=True)

    office.work(3_600, step=15)

    assert chat.keys == [page.key] * 2
    assert office.row(page.key).state in ("unknown", "planned")


def test_a_page_that_comes_round_its_chain_is_looked_for_before_it_is_said_again() -> None:
    """The chat can be searched again by then, and has it."""
    chat, backup = Carrier("support", "slack", "ask", after=times(1)), Carrier("backup", "webhook")
    chat.looking, backup.before = times(12), away(Transient)
    office = Office(chat, backup)
    page = office.queue(channels=("support", "backup"), urgent=True)

    office.work(600)

    assert chat.keys == [page.key]
    assert office.row(page.key).state == "sent"


def test_an_issue_of_which_nobody_can_tell_is_asked_about_for_a_day() -> None:
    """It is not made twice, by whatever channel; after that a person has to look."""
    issues, backup = (
        Carrier("issues", "jira", "ask", verbs=("file",), after=times(1)),
        Carrier("backup", "webhook", verbs=("file",)),
    )
    issues.looking = away(Transient)
    office = Office(issues, backup)
    issue = office.queue(verb="file", channels=("issues", "backup"))

    office.work(86_500, step=15)

    assert (issues.keys, backup.keys) == ([issue.key], [])
    assert office.row(issue.key).reason.startswith("nobody could tell for a day whether it was sent")


def test_an_unclear_message_whose_channel_is_gone_goes_on_or_dies() -> None:
    """A page goes by the next channel; anything else is for a person."""
    pager, backup = Carrier("on-call", after=away(Unknown)), Carrier("backup", "webhook")
    office = Office(pager, backup)
    page = office.queue(1, channels=("on-call", "backup"))
    office.turn()
    told = office.queue(2, verb="tell", channels=("on-call",), at=at(1))
    with office.store.begin() as tx:
        tx.messages.put([replace(row, state="unknown") for row in tx.messages.of(told.thread)])
    del office.carriers["on-call"]
    office.open()

    office.work(4)

    assert backup.keys == [page.key]
    assert office.row(told.key).state == "dead"
    assert "nobody can tell whether it was sent" in office.row(told.key).reason


def test_what_joined_a_storm_is_asked_about_where_it_was_said() -> None:
    """In the thread of the first."""
    chat = Carrier("support", "slack", "ask")
    seen: list[tuple[str, str]] = []

    def look(one: Message) -> DeskError | None:
        seen.append((one.thread, one.verb))
        return None

    chat.looking = look
    office = Office(chat)
    page = office.queue(3, channels=("support",))
    office_row = office.row(page.key)
    with office.store.begin() as tx:
        tx.messages.put([replace(office_row, state="unknown", joined="zd:acme:1:e1")])

    office.turn()

    assert seen == [("zd:acme:1:e1", "tell")]


# ---- a database that is older than what was said ----------------------------------------------------------------------


def restored(again: Again, *, sent: bool, state: MessageState = "planned") -> tuple[Office, Carrier, str]:
    """A message that waits as far as the database knows; a worker that it does not know may have `sent` it. Another begins."""
    room = Carrier("room", "slack", again)
    office = Office(room)
    page = office.queue(channels=("room",), urgent=False)
    if sent:
        room.send(page, ())
    row = replace(office.row(page.key), state=state, not_before=at(1 if state == "deferred" else 0))
    with office.store.begin() as tx:
        tx.messages.put([row])
    take_over(office.engine)
    return office, room, page.key


@pytest.mark.parametrize("again", ["ask", "safe"])
def test_what_was_sent_after_the_backup_is_not_sent_again(again: Again) -> None:
    """R19: its service is asked, or knows it by its key; it counts as sent."""
    office, room, key = restored(again, sent=True)

    office.work(20)

    assert (room.keys, office.row(key).state) == ([key], "sent")


@pytest.mark.parametrize("again", ["ask", "safe", "accept"])
def test_what_was_not_sent_is(again: Again) -> None:
    """Also where nobody can be asked: after most starts nothing was sent. No attempt is left that there was none of."""
    office, room, key = restored(again, sent=False)

    office.work(20)

    assert (room.keys, office.row(key).state) == ([key], "sent")
    assert [one.came for one in office.row(key).tried] == ["sent"]


def test_a_service_that_cannot_be_asked_for_long_is_sent_to() -> None:
    """After as long as another channel would be waited for."""
    office, room, key = restored("ask", sent=False)
    room.looking = away(Transient)

    office.work(300)
    assert room.keys == []
    assert office.row(key).reason.startswith(
        "a worker of which this database knows nothing may have sent it, and whether it did cannot be asked: "
    )
    office.work(400)

    assert (room.keys, office.row(key).state, office.row(key).reason) == ([key], "sent", "")


def test_what_was_put_off_is_asked_for_once_it_may_leave() -> None:
    """It may have left when its hours began, and the database is from before."""
    office, room, key = restored("ask", sent=True, state="deferred")

    office.work(120)

    assert (room.keys, office.row(key).state) == ([key], "sent")


def test_what_somebody_let_go_may_have_been_let_go_before() -> None:
    """Public words that were held in the backup are asked for before they are published."""
    office, room, key = restored("ask", sent=True, state="held")
    release(office.store, key, "Ann", office.now())

    office.work(20)

    assert (room.keys, office.row(key).state) == ([key], "sent")


def test_a_channel_that_is_gone_is_no_reason_to_doubt() -> None:
    """Then the next one carries it, or it is dead as ever."""
    office, room, key = restored("ask", sent=False)
    office.carriers = {}
    office.open()

    office.work(20)

    assert (room.keys, office.row(key).state) == ([], "dead")
    assert "no channel is left" in office.row(key).reason


def test_a_restart_of_seconds_doubts_nothing() -> None:
    """A database of a minute ago is the one that was there: what waits leaves at once."""
    room = Carrier("room", "slack", "ask")
    office = Office(room)
    key = office.queue(channels=("room",)).key
    office.engine.known_to = office.now() - timedelta(minutes=1)
    take_over(office.engine)

    assert office.row(key).state == "planned"
    office.turn()
    assert room.keys == [key]
