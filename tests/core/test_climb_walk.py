"""The steps of a climb: one rung at a time, nobody passed over without a proof, and nothing twice."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from deskhand.core.condition import Limit, Since
from deskhand.core.history import MERGED
from deskhand.core.ladder import Rung
from deskhand.core.ticket import Metrics
from tests.core.builders import ALWAYS, START, at
from tests.core.escalation import IMPACT, OFFICE, burning, page, tell, tower

FIRST, SECOND = page("first", 300, 2), page("second", 600)


def test_a_rung_is_paged_again_before_the_next_one_is_asked() -> None:
    """Twice the first, then the second, each after its wait; then nobody is left, which is said (requirement 39)."""
    desk = tower(FIRST, SECOND)

    desk.run(START, at(120))

    assert desk.said == [("page", "first", at(0)), ("page", "first", at(5)), ("page", "second", at(10))]
    assert [(proof.kind, proof.rung, proof.pages, proof.since, proof.at) for proof in desk.climb.proofs] == [
        ("no answer", 0, 2, at(0), at(10)),
        ("no answer", 1, 1, at(10), at(20)),
    ]
    assert "nobody answered on any rung" in desk.notes[-1]


def test_what_only_tells_stops_nothing() -> None:
    """A first rung that tells is told, and the page leaves in the same look (M7)."""
    desk = tower(tell("news"), SECOND)

    desk.look(START)

    assert desk.said == [("tell", "news", START), ("page", "second", START)]
    assert [one.number for one in desk.sent] == [1, 2]


def test_an_acknowledgement_stops_the_paging() -> None:
    """Nobody else is asked once somebody has it, and who it was stands in the ticket."""
    desk = tower(FIRST, SECOND)
    desk.look(START)
    desk.answers("Ann", at(3))

    desk.run(at(4), at(600))

    assert desk.said == [("page", "first", START)]
    assert (desk.climb.stage, desk.climb.by) == ("acknowledged", "Ann")
    assert "Ann acknowledged at 2026-03-02 09:03 UTC" in desk.notes[-1]


def test_what_is_let_go_of_goes_on() -> None:
    """A page that is open again at the pager is waited for once more, and then goes up."""
    desk = tower(FIRST, SECOND)
    desk.look(START)
    desk.answers("Ann", at(3))
    desk.look(at(4))
    desk.answers("", at(30), "triggered")

    desk.run(at(30), at(41))

    assert desk.said[1:] == [("page", "first", at(35)), ("page", "second", at(40))]


def test_who_is_only_told_is_told_once() -> None:
    """An acknowledgement that is let go of leads past them again, and they know already."""
    desk = tower(page("first", 60), tell("news"))
    desk.run(START, at(1))
    desk.answers("Ann", at(2))
    desk.look(at(3))
    desk.answers("", at(4), "triggered")

    desk.run(at(4), at(60))

    assert desk.said == [("page", "first", START), ("tell", "news", at(1))]
    assert desk.climb.rung == 2


def test_an_old_word_of_the_pager_lets_nothing_go() -> None:
    """What was read before the acknowledgement and comes after it changes nothing."""
    desk = tower(FIRST, SECOND)
    desk.look(START)
    desk.answers("Ann", at(3))
    desk.look(at(4))
    desk.answers("", at(1), "triggered")

    desk.run(at(5), at(60))

    assert desk.climb.stage == "acknowledged"


def test_a_page_that_a_person_resolves_counts_as_acknowledged() -> None:
    """While the ticket is not contained a resolved page is no end, and the note says so."""
    desk = tower(FIRST, SECOND)
    desk.look(START)
    desk.answers("Ann", at(2), "resolved")

    desk.run(at(2), at(60))

    assert desk.climb.stage == "acknowledged"
    assert "resolved the page, but the ticket is not contained" in desk.notes[-1]
    assert [one for one in desk.sent if one.verb == "close"] == []


def test_an_empty_rung_is_passed_over_at_once_with_a_proof() -> None:
    """Nobody on call: the next one is asked in the same look, and it is said."""
    desk = tower(FIRST, SECOND)
    desk.on_call["first"] = ()

    desk.look(START)

    assert desk.said == [("page", "second", START)]
    assert [proof.kind for proof in desk.climb.proofs] == ["nobody on call"]
    assert "nobody is on call as first" in desk.notes[0]
    assert ("Asked before", "nobody is on call as first at 2026-03-02 09:00 UTC") in desk.sent[0].notice.facts


def test_where_nobody_knows_who_is_on_call_they_are_paged() -> None:
    """Silence of the pager about its rota is no reason to pass anybody over."""
    desk = tower(FIRST, SECOND)

    desk.look(START)

    assert desk.said == [("page", "first", START)]


def test_a_rung_that_no_channel_reaches_is_passed_over_with_a_proof() -> None:
    """Paging into nowhere would only cost time."""
    desk = tower(page("first", channels=()), SECOND)

    desk.look(START)

    assert [proof.kind for proof in desk.climb.proofs] == ["no channel"]


def test_a_rung_waits_for_its_hours() -> None:
    """What is not urgent waits for the opening, which is when it is looked at again."""
    desk = tower(replace(FIRST, hours=OFFICE), SECOND, of=burning(priority="high"))

    night = START + timedelta(hours=12)
    decision = desk.look(night)

    assert desk.said == []
    assert decision.look_again == START + timedelta(days=1)
    desk.run(START + timedelta(days=1), START + timedelta(days=1))
    assert desk.said == [("page", "first", START + timedelta(days=1))]


def test_p1_and_security_know_no_hours() -> None:
    """A P1 is paged at night, and so is anything on an urgent ladder."""
    night = START + timedelta(hours=12)
    urgent = tower(replace(FIRST, hours=OFFICE))
    security = tower(
        replace(FIRST, hours=OFFICE), of=burning(priority="low"), severities=frozenset({"p4"}), urgent=True
    )

    urgent.look(night)
    security.look(night)

    assert [one.urgent for one in (*urgent.sent, *security.sent)] == [True, True]


def test_a_p2_is_paged_in_business_hours_only() -> None:
    """Its severity says so, whatever the rung says (requirement 3)."""
    desk = tower(FIRST, of=burning(priority="high"))
    desk.policy = replace(desk.policy, office=replace(desk.policy.office, default=OFFICE))

    desk.run(START + timedelta(hours=12), START + timedelta(hours=26))

    assert desk.said[0] == ("page", "first", START + timedelta(days=1))


def test_while_all_channels_of_a_rung_are_quiet_it_waits() -> None:
    """A page that would lie until the morning is not counted as one that nobody answered."""
    desk = tower(page("first", channels=("day",)), SECOND, of=burning(priority="high"))

    desk.run(START + timedelta(hours=12), START + timedelta(hours=23))

    assert desk.said == []
    assert desk.climb.planned == START + timedelta(days=1)


@pytest.mark.parametrize("priority", ["normal", "low"])
def test_p3_and_p4_page_nobody(priority: str) -> None:
    """Even on a ladder that lists them nobody is woken: it waits there, and says why."""
    desk = tower(tell("news"), FIRST, of=burning(priority=priority), severities=frozenset({"p3", "p4"}))

    desk.run(START, at(600))

    assert desk.said == [("tell", "news", START)]
    assert "pages nobody" in desk.notes[0]


def test_a_low_severity_does_not_reach_an_executive() -> None:
    """A P2 stands below the rung that is for P1 alone, and says so (requirement 24)."""
    desk = tower(page("second"), page("boss"), of=burning(priority="high"))

    desk.run(START, at(60))

    assert desk.said == [("page", "second", START)]
    assert "P2 does not reach boss, who is asked from P1 on" in desk.notes[-1]


def test_an_executive_is_not_even_told_of_a_low_severity() -> None:
    """Information is bounded in the same way."""
    desk = tower(page("second"), tell("boss"), of=burning(priority="high"))

    desk.run(START, at(60))

    assert desk.said == [("page", "second", START)]


def test_a_severity_that_is_raised_goes_on_in_the_same_climb() -> None:
    """What waited for the morning goes at once when it becomes a P1, and the executive is reached."""
    desk = tower(replace(SECOND, hours=OFFICE), page("boss"), of=burning(priority="high"))
    night = START + timedelta(hours=12)
    desk.look(night)
    desk.becomes(priority="urgent", updated_at=night + timedelta(minutes=5))

    desk.run(night + timedelta(minutes=5), night + timedelta(minutes=20))

    assert desk.said == [
        ("page", "second", night + timedelta(minutes=5)),
        ("page", "boss", night + timedelta(minutes=15)),
    ]
    assert len(desk.memory.climbs) == 1


def test_a_severity_that_is_lowered_below_the_ladder_ends_it() -> None:
    """Paging stops, the pages are closed, and it says why."""
    desk = tower(FIRST, SECOND)
    desk.look(START)
    desk.becomes(priority="normal", updated_at=at(2))

    desk.run(at(2), at(60))

    assert [verb for verb, _, _ in desk.said] == ["page", "close", "close"]
    assert "the ticket is P3, which does not climb this ladder" in desk.notes[-1]


def test_contained_stops_the_paging_and_keeps_the_climb() -> None:
    """Monitor: nobody is paged, and what somebody acknowledged stays open at the pager (requirement 47)."""
    desk = tower(FIRST, SECOND)
    desk.look(START)
    desk.answers("Ann", at(1))
    desk.look(at(1))
    desk.sets(at(3), mitigation_status="contained")

    desk.run(at(3), at(60))

    assert desk.climb.stage == "monitor"
    assert desk.said == [("page", "first", START)]


def test_contained_before_anybody_answered_silences_the_pager() -> None:
    """A page that nobody took would ring on at the pager: it is closed."""
    desk = tower(FIRST, SECOND)
    desk.look(START)
    desk.sets(at(3), mitigation_status="contained")

    desk.run(at(3), at(60))

    assert [verb for verb, _, _ in desk.said] == ["page", "close", "close"]
    assert desk.climb.stage == "monitor"


def test_what_stops_being_contained_begins_anew() -> None:
    """A regression is a new episode with a thread of its own, and the old one is closed."""
    desk = tower(FIRST, SECOND)
    desk.look(START)
    desk.answers("Ann", at(1))
    desk.look(at(1))
    desk.sets(at(3), mitigation_status="contained")
    desk.look(at(3))
    desk.sets(at(30), mitigation_status="investigating")

    desk.look(at(30))

    assert [(one.verb, one.thread) for one in desk.sent] == [
        ("page", "zd:acme:7:e1"),
        ("close", "zd:acme:7:e1"),
        ("close", "zd:acme:7:e1"),
        ("page", "zd:acme:7:e2"),
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "solved"}, "the ticket is solved"),
        ({"fields": {"escalated": True, "mitigation_status": "resolved"}}, "it is resolved"),
    ],
)
def test_the_end_closes_what_was_opened(changes: dict[str, object], words: str) -> None:
    """Each channel of the matter hears of the end, after everything else."""
    desk = tower(FIRST, SECOND)
    desk.run(START, at(6))
    desk.becomes(updated_at=at(7), **changes)

    desk.run(at(7), at(60))

    assert [(one.verb, one.channels, one.number) for one in desk.sent[2:]] == [
        ("close", ("pd",), 3),
        ("close", ("chat",), 4),
    ]
    assert words in desk.notes[-1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "closed", "tags": frozenset({MERGED})}, "merged"),
        ({"status": "closed"}, "closed"),
        ({"status": "deleted"}, "deleted"),
    ],
)
def test_a_ticket_that_is_gone_ends_it_without_a_note(changes: dict[str, object], reason: str) -> None:
    """Nothing can be written any more, and the page is closed all the same."""
    desk = tower(FIRST, SECOND)
    desk.look(START)
    desk.becomes(updated_at=at(2), **changes)

    decision = desk.look(at(2))

    assert [one.verb for one in decision.messages] == ["close", "close"]
    assert decision.write is None
    assert reason in desk.climb.reason


def test_a_reopened_ticket_is_a_new_episode() -> None:
    """While its rule still holds the ladder is climbed from the beginning, under a new thread."""
    desk = tower(FIRST, SECOND)
    desk.look(START)
    desk.becomes(status="solved", updated_at=at(2))
    desk.look(at(2))
    desk.becomes(status="open", updated_at=at(60))

    desk.run(at(60), at(60))

    assert [(one.verb, one.thread, one.at) for one in desk.sent][-1] == ("page", "zd:acme:7:e2", at(60))
    assert len({one.key for one in desk.sent}) == len(desk.sent)


def test_where_pagerduty_climbs_the_worker_pages_once() -> None:
    """One page with PagerDuty's own policy behind it; who acknowledged is written, and the end closes it."""
    desk = tower(tell("news"), FIRST, SECOND, climber={"p1": "pagerduty"}, reask=600)
    desk.on_call["first"] = ()

    desk.run(START, at(300))
    desk.answers("Ben", at(301))
    desk.run(at(301), at(900))
    desk.becomes(status="solved", updated_at=at(900))
    desk.look(at(900))

    assert [verb for verb, _, _ in desk.said] == ["tell", "page", "close", "close"]
    assert any("Ben acknowledged" in note for note in desk.notes)


def test_who_climbs_is_settled_with_the_first_page() -> None:
    """When the severity changes afterwards it is never both."""
    desk = tower(FIRST, SECOND, of=burning(priority="high"), climber={"p2": "pagerduty", "p1": "worker"})
    desk.look(START)
    desk.becomes(priority="urgent", updated_at=at(1))

    desk.run(at(1), at(60))

    assert [verb for verb, _, _ in desk.said] == ["page"]


def test_who_acknowledged_and_moves_nothing_is_asked_once_more() -> None:
    """Then comes the next rung (the complaint of external-apis.md: ack, then silence)."""
    desk = tower(FIRST, SECOND, reask=1800)
    desk.look(START)
    desk.answers("Ann", at(1))

    desk.run(at(1), at(60))

    assert desk.said[1:] == [("page", "first", at(31)), ("page", "second", at(36))]
    assert "Ann is asked once more" in "".join(desk.notes)


def test_a_second_acknowledgement_counts_anew() -> None:
    """Asked once more, they answer, and nobody else is paged."""
    desk = tower(FIRST, SECOND, reask=1800)
    desk.look(START)
    desk.answers("Ann", at(1))
    desk.run(at(1), at(31))
    desk.answers("Ann", at(32))

    desk.run(at(32), at(61))

    assert desk.said[1:] == [("page", "first", at(31))]
    assert desk.climb.stage == "acknowledged"


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "hold"},
        {"assignee": "ann@example.com"},
        {"metrics": Metrics(assignee_updated_at=at(20))},
    ],
)
def test_progress_puts_the_question_off(changes: dict[str, object]) -> None:
    """Somebody who moves the ticket on is not asked whether they do."""
    desk = tower(FIRST, SECOND, reask=1800)
    desk.look(START)
    desk.answers("Ann", at(1))
    desk.look(at(1))
    desk.becomes(updated_at=at(20), **changes)

    decision = desk.look(at(20))

    assert decision.look_again == at(50)


def test_nobody_is_paged_before_impact_is_confirmed() -> None:
    """It waits on the rung that pages, and goes when the field is filled in (requirement 28)."""
    desk = tower(tell("news"), FIRST, impact=IMPACT)
    desk.run(START, at(60))
    desk.sets(at(90), impact_confirmed=True)

    desk.run(at(90), at(94))

    assert desk.said == [("tell", "news", START), ("page", "first", at(90))]


def test_impact_that_time_brings_is_looked_at_when_it_turns() -> None:
    """A condition that turns by itself gives the instant of the next look."""
    hour_old = Since("p", "created", Limit("at_least", Fraction(3600)), ALWAYS)
    desk = tower(FIRST, impact=hour_old)

    desk.run(START, at(61))

    assert desk.said == [("page", "first", at(60))]


def test_after_time_away_only_the_highest_missed_step_is_done() -> None:
    """The second rung is due since ten minutes: the missed page of the first is not made up for, and both say so."""
    desk = tower(FIRST, SECOND, page("boss", 3600))
    desk.look(START)

    desk.look(at(15))

    assert desk.said == [("page", "first", START), ("page", "second", at(15))]
    assert [(proof.kind, proof.pages, proof.missed) for proof in desk.climb.proofs] == [("no answer", 1, 1)]
    assert "while the worker was not awake" in desk.notes[-1]


def test_a_whole_rung_that_was_missed_is_left_as_not_awake() -> None:
    """Nobody is said to have been paged who was not."""
    desk = tower(FIRST, SECOND, page("boss", 3600))
    desk.look(START)

    desk.look(at(25))

    assert [proof.kind for proof in desk.climb.proofs] == ["no answer", "not awake"]
    assert desk.said[-1] == ("page", "boss", at(25))


def test_after_a_very_long_time_away_the_last_rung_is_still_paged() -> None:
    """The top is not reached without anybody having been asked there."""
    desk = tower(FIRST, SECOND)
    desk.look(START)

    desk.run(at(5000), at(5001))

    assert desk.said == [("page", "first", START), ("page", "second", at(5000))]
    assert desk.climb.planned == at(5010)


def test_who_was_only_to_be_told_meanwhile_is_told() -> None:
    """To tell wakes nobody, and is worth as much late."""
    desk = tower(FIRST, tell("news"), SECOND)
    desk.look(START)

    desk.look(at(12))

    assert desk.said[1:] == [("tell", "news", at(12)), ("page", "second", at(12))]


def test_telling_outside_its_hours_waits_and_holds_nothing_up() -> None:
    """The page goes on, and the word follows in the morning."""
    desk = tower(tell("news", hours=OFFICE), FIRST, of=burning(priority="high"))
    night = START + timedelta(hours=12)

    desk.run(night, START + timedelta(days=1))

    assert desk.said[0] == ("page", "first", night)
    assert ("tell", "news", START + timedelta(days=1)) in desk.said


def test_a_page_says_what_to_do_by_when_and_what_follows() -> None:
    """Everything that somebody who is woken needs is in the message."""
    desk = tower(FIRST, SECOND)
    desk.on_call["first"] = ("Ann",)

    desk.run(START, at(10))

    page_one, page_two, upward = desk.sent
    assert page_one.notice.title == "P1 #7 Nothing works"
    assert page_one.notice.url == "https://acme.example/agent/tickets/7"
    assert "acknowledges by 2026-03-02 09:05 UTC you are paged again" in page_one.notice.text
    assert "by 2026-03-02 09:10 UTC second is asked ('rung second')" in page_two.notice.text
    asked = dict(upward.notice.facts)["Asked before"]
    assert asked.startswith("Ann (first) paged twice since 2026-03-02 09:00 UTC, no answer by 2026-03-02 09:10 UTC")
    assert page_one.notice.brief is not None
    assert (page_one.rung, page_one.page, page_two.page, upward.rung) == (0, 1, 2, 1)
    assert (page_one.climb, page_one.rule, page_one.severity) == ("up", "burns", "p1")


def test_a_page_is_worth_sending_while_its_rung_counts() -> None:
    """The last rung's page never goes stale, since nobody comes after it."""
    desk = tower(FIRST, SECOND)

    desk.run(START, at(10))

    assert [one.useful_until for one in desk.sent] == [at(25), at(25), None]


def test_alike_tickets_are_of_one_group() -> None:
    """The ladder names the field by which a storm is known."""
    desk = tower(FIRST, alike="field.issue_type", of=burning(fields={"issue_type": "outage"}))

    desk.look(START)

    assert desk.sent[0].group == "up:outage"


def test_a_ladder_of_no_rungs_says_that_nobody_is_there() -> None:
    """Nothing breaks where a policy leaves nobody."""
    desk = tower(Rung("x", "nobody", "page", (), 300))

    desk.run(START, at(60))

    assert desk.said == []
    assert "nobody answered on any rung" in desk.notes[-1]
