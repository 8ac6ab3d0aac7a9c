"""Who is on call now, and the gaps of the days to come."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from deskhand.app.on_call import FRESH, KNOWN, OnCall, ladder_check, warn
from deskhand.core.condition import Tags
from deskhand.core.ladder import Ladder, Role, Rung
from deskhand.core.message import Shift
from deskhand.core.policy import Policy
from deskhand.errors import RateLimited, Transient
from tests.app.rota import Rota
from tests.core.builders import at
from tests.core.builders import policy as bare
from tests.core.messages import CHANNELS, OFFICE

ANN, BOB, EVE = (Shift(name, None, None) for name in ("Ann", "Bob", "Eve"))
FIRST = Role("first", channels=("on-call",), schedule="P1", level=1)
SECOND = Role("second", channels=("on-call",), schedule="P1", level=2)
NEVER = Tags("ladders.yaml:1:1", "any", ("over",))
ROLES = {"first": FIRST, "second": SECOND}


# ---- now ---------------------------------------------------------------------------------------------------------------


def test_who_is_on_call_is_known_by_role() -> None:
    """A role without a schedule is absent: nothing is known of it, and that is no reason to pass it over."""
    rota = Rota(shifts={("P1", 1): (ANN,), ("P1", 2): (BOB, EVE)})
    on_call = OnCall({"on-call": rota})

    assert on_call.people(at(0)) == {}
    on_call.refresh(ROLES | {"lead": Role("lead", channels=("support",))}, at(0))

    assert on_call.people(at(0)) == {"first": ("Ann",), "second": ("Bob", "Eve")}


def test_a_service_is_asked_no_more_than_once_a_minute() -> None:
    """Roles of one schedule and level share an answer."""
    rota = Rota(shifts={("P1", 1): (ANN,)})
    on_call = OnCall({"on-call": rota})
    same = {"first": FIRST, "other": replace(FIRST, name="other")}

    on_call.refresh(same, at(0))
    on_call.refresh(same, at(0.9))
    assert len(rota.asked) == 1
    on_call.refresh(same, at(1))
    assert len(rota.asked) == 2
    assert on_call.people(at(1)) == {"first": ("Ann",), "other": ("Ann",)}


def test_an_empty_level_shows_the_next_one_that_is_nobody_elses() -> None:
    """As PagerDuty goes on to it; a level that is a role of its own is not asked in another's name."""
    rota = Rota(shifts={("P1", 2): (BOB,)})
    alone, both = OnCall({"on-call": rota}), OnCall({"on-call": rota})

    alone.refresh({"first": FIRST}, at(0))
    both.refresh(ROLES, at(0))

    assert alone.people(at(0)) == {"first": ("Bob",)}
    assert both.people(at(0)) == {"first": (), "second": ("Bob",)}


def test_a_service_that_cannot_tell_leaves_what_was_known_for_some_minutes() -> None:
    """Then it is not known, which is not the same as nobody."""
    rota = Rota(shifts={("P1", 1): (ANN,)})
    on_call = OnCall({"on-call": rota})
    on_call.refresh({"first": FIRST}, at(0))
    rota.fails = lambda: Transient("no answer")

    with capture_logs() as told:
        on_call.refresh({"first": FIRST}, at(2))

    assert on_call.people(at(0) + KNOWN) == {"first": ("Ann",)}
    assert on_call.people(at(0) + KNOWN + timedelta(seconds=1)) == {}
    assert [(one["event"], one["channel"]) for one in told] == [("on_call_not_known", "on-call")]


@pytest.mark.parametrize(
    ("error", "seconds"), [(Transient("away"), FRESH.total_seconds()), (RateLimited("slower", retry_after=200), 200)]
)
def test_a_service_that_failed_is_left_alone_for_a_while(error: Transient | RateLimited, seconds: float) -> None:
    """As long as it asked for."""
    rota = Rota(fails=lambda: error)
    on_call = OnCall({"on-call": rota})

    on_call.refresh(ROLES, at(0))
    on_call.refresh(ROLES, at(0, int(seconds) - 1))
    assert len(rota.asked) == 1
    rota.fails = None
    on_call.refresh(ROLES, at(0, int(seconds)))
    assert len(rota.asked) > 1


# ---- the days to come --------------------------------------------------------------------------------------------------


def climbing(*rungs: Rung, **changes: Any) -> Policy:
    """A policy of one ladder."""
    facts: dict[str, Any] = {"severities": frozenset({"p1", "p2"}), "stops": NEVER, "ends": NEVER} | changes
    ladder = Ladder("out", "technical", "ladders.yaml:1:1", "", rungs=rungs, **facts)
    lead = Role("lead", channels=("support",))
    return bare(ladders={"out": ladder}, roles={**ROLES, "lead": lead, "ghost": Role("ghost")}, channels=CHANNELS)


def rung(role: str, **changes: Any) -> Rung:
    """A rung that pages a role."""
    facts: dict[str, Any] = {"name": role, "role": role, "how": "page", "channels": (), "wait": 300}
    return Rung(**(facts | changes))


def test_a_ladder_with_somebody_at_each_rung_all_week_is_well() -> None:
    """Each schedule and level is asked once, however many rungs it serves."""
    rota = Rota(shifts={("P1", 1): (ANN,), ("P1", 2): (BOB,)})

    checked = ladder_check(climbing(rung("first"), rung("second"), rung("first")), {"on-call": rota}, at(0))

    assert (checked.well, checked.rungs, checked.findings) == (True, 3, ())
    assert checked.until - checked.since == timedelta(days=7)
    assert len(rota.asked) == 2


def test_a_gap_is_told_with_its_instants_and_who_comes_after() -> None:
    """On Wednesday night nobody is there at the first level."""
    gap = at(2 * 1440), at(2 * 1440 + 300)
    shifts = (Shift("Ann", None, gap[0]), Shift("Ann", gap[1], None))
    rota = Rota(shifts={("P1", 1): shifts, ("P1", 2): (BOB,)})

    checked = ladder_check(climbing(rung("first")), {"on-call": rota}, at(0))

    (found,) = checked.findings
    assert not checked.well
    assert (found.kind, found.ladder, found.rung, found.role, found.start, found.end) == (
        "gap",
        "out",
        "first",
        "first",
        *gap,
    )
    assert found.words == (
        "nobody is on call from 2026-03-04 09:00 to 2026-03-04 14:00 UTC (level 1 of P1); level 2 has Bob"
    )


def test_a_rung_with_hours_needs_nobody_outside_of_them_unless_what_is_urgent_climbs_it() -> None:
    """P1 and security know no hours."""
    shifts = tuple(Shift("Ann", start, end) for start, end in OFFICE.intervals(at(0), at(10 * 1440)))
    rota = Rota(shifts={("P1", 1): shifts})
    hours = rung("first", hours=OFFICE)

    plain = ladder_check(climbing(hours, severities=frozenset({"p2"})), {"on-call": rota}, at(0))
    urgent = ladder_check(climbing(hours), {"on-call": rota}, at(0))

    security = ladder_check(climbing(hours, severities=frozenset({"p2"}), urgent=True), {"on-call": rota}, at(0))

    assert plain.well
    assert {one.kind for one in urgent.findings} == {"gap"}
    assert security.findings == urgent.findings


def test_a_rung_that_reaches_nobody_is_told() -> None:
    """No channel at all, or none that pages; who is only told needs nobody on call."""
    checked = ladder_check(
        climbing(rung("ghost"), rung("lead"), rung("lead", how="notify"), rung("first", channels=("support",))),
        {"on-call": Rota(shifts={("P1", 1): (ANN,)})},
        at(0),
    )

    assert [(one.kind, one.role) for one in checked.findings] == [
        ("no way", "ghost"),
        ("no way", "lead"),
        ("no schedule", "lead"),
        ("no way", "first"),
    ]


def test_a_role_without_a_schedule_is_mentioned_and_no_fault() -> None:
    """A team may share a channel."""
    policy = climbing(rung("lead", channels=("on-call",)))

    checked = ladder_check(policy, {"on-call": Rota()}, at(0))

    assert checked.well
    assert [one.kind for one in checked.findings] == ["no schedule"]


def test_what_could_not_be_asked_is_no_good_news() -> None:
    """It is told for each rung, asked once."""
    rota = Rota(fails=lambda: Transient("no answer from PagerDuty", hint="Try again."))

    checked = ladder_check(climbing(rung("first"), rung("first")), {"on-call": rota}, at(0))
    without = ladder_check(climbing(rung("first")), {}, at(0))

    assert not checked.well
    assert [one.words for one in checked.findings] == [
        "on-call could not be asked: no answer from PagerDuty. Try again."
    ] * 2
    assert len(rota.asked) == 1
    assert [(one.kind, one.words) for one in without.findings] == [
        ("not known", "no channel of the policies can tell who is on call")
    ]


def test_the_log_warns_of_each_finding() -> None:
    """Once a day, by the worker, and only of what is grave."""
    checked = ladder_check(climbing(rung("ghost"), rung("lead", channels=("on-call",))), {"on-call": Rota()}, at(0))

    with capture_logs() as told:
        warn(checked)

    assert [(one["event"], one["log_level"], one["kind"]) for one in told] == [("ladder_gap", "warning", "no way")]


def test_a_channel_that_the_policy_does_not_know_is_no_way() -> None:
    """The loader refuses it already; here it reaches nobody."""
    policy = climbing(rung("first", channels=("nowhere",)))

    assert [one.kind for one in ladder_check(policy, {}, at(0)).findings] == ["no way"]
