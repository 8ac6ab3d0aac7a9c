"""The service: what APScheduler would do with our jobs, and does not."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from deskhand import logs
from deskhand.app.bell import Bell
from deskhand.app.post import Post
from deskhand.app.status import status
from deskhand.core.condition import Compare, Tags
from deskhand.core.ladder import Ladder, Role, Rung
from deskhand.core.memory import Memory
from deskhand.core.message import Standing
from deskhand.core.policy import Tag
from deskhand.errors import RateLimited, StoreFull, Transient
from deskhand.worker import FLOOD, Service
from tests.app.places import Shop
from tests.app.rota import Rota
from tests.core.builders import at, policy, rule
from tests.core.messages import CHANNELS, message, sent


@pytest.fixture
def service() -> Service:
    """A service that is not started."""
    return Service(Shop(policy()).engine, every=30, keep=timedelta(days=1), stop=threading.Event())


def test_every_job_states_how_it_may_be_late(service: Service) -> None:
    """Missed times run once, never twice at once, and never are they dropped for being late (its default drops after one second)."""
    service._schedule()
    service._set_timer()
    jobs = service.scheduler.get_jobs()

    assert {job.id for job in jobs} == {
        *("poll", "deliver", "hear", "sweep", "judge", "reload", "beat"),
        *("message", "answers", "on_call", "ladders", "trail"),
    }
    assert {(job.coalesce, job.max_instances, job.misfire_grace_time) for job in jobs} == {(True, 1, None)}


def _raising(error: Exception) -> Callable[[], None]:
    def job() -> None:
        raise error

    return job


@pytest.mark.parametrize("error", [Transient("gone"), StoreFull(), ValueError("a fault of ours")])
def test_an_error_of_a_job_is_counted_and_ends_there(service: Service, error: Exception) -> None:
    """APScheduler would swallow it; we keep it for the health record, and leave the job alone for a while."""
    service._guarded("poll", _raising(error))()

    assert service.health.failures == {"poll": 1}
    assert str(error).rstrip(".") in service.health.last_error["poll"]
    assert getattr(error, "hint", "ValueError") in service.health.last_error["poll"]
    assert service._not_before["poll"] > time.monotonic()


def test_after_a_429_a_job_waits_as_long_as_was_asked(service: Service) -> None:
    """And is not run meanwhile."""
    ran: list[str] = []
    service._guarded("poll", _raising(RateLimited(retry_after=120)))()

    service._guarded("poll", lambda: ran.append("too soon"))()

    assert ran == []
    assert 115 < service._not_before["poll"] - time.monotonic() <= 120


def test_a_good_run_clears_the_count(service: Service) -> None:
    """The record shows when it last went well."""
    service._guarded("judge", lambda: None)()

    assert service.health.failures == {"judge": 0}
    assert "judge" in service.health.last_good


def test_what_webhooks_name_is_read_and_judged_as_soon_as_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """S6: several that come at once are one reading, further ones wait for the next; an idle bell asks nothing."""
    monkeypatch.setattr("deskhand.worker.BETWEEN", 0.2)
    monkeypatch.setattr("deskhand.worker.GATHER", 0.5)
    shop = Shop(policy(rule(Compare("p", "priority", "is", "urgent"), Tag(add=("hot",)))))
    tickets = [shop.ticket(priority="urgent") for _ in range(3)]
    service = Service(shop.engine, every=3600, keep=timedelta(days=1), stop=threading.Event())
    thread = threading.Thread(target=service._listen)
    thread.start()
    try:
        for ticket in tickets:
            service.bell.ring(ticket.id, shop.now())
            service.stop.wait(0.02)
        end = time.monotonic() + 10
        while not shop.outbox().get("sending") and time.monotonic() < end:
            service.stop.wait(0.02)
        service.stop.wait(0.3)
    finally:
        service.stop.set()
        thread.join(5)

    counts = shop.sandbox.calls.counts
    assert (counts["GET", "/api/v2/tickets/show_many"], counts["PUT", "/api/v2/tickets/update_many"]) == (1, 1)
    assert shop.outbox() == {"sending": 3}
    assert service.health.failures == {"wake": 0}
    assert service.bell.waiting == 0


def test_where_too_much_is_named_one_poll_comes_before_its_time(service: Service) -> None:
    """S6: and not another one for some seconds; that reading by number failed before is of no account any more."""
    service.bell = Bell(most=1)
    service.health.failures["wake"] = 2
    for number in (1, 2):
        service.bell.ring(number, service._engine.clock.now())
    service._heed()
    polled = service.health.cycles
    for number in (1, 2):
        service.bell.ring(number, service._engine.clock.now())
    service._heed()

    assert (polled, service.health.cycles, service.bell.flooded) == (1, 1, True)
    assert service.health.failures == {"poll": 0}
    service._polled -= FLOOD
    service._heed()
    assert (service.health.cycles, service.bell.flooded) == (2, False)


def test_a_reading_that_fails_is_tried_again_after_a_while(service: Service) -> None:
    """R5: what was named stays, the account is left alone as long as it asks, and the polls go on."""
    shop = service._engine.clock
    assert isinstance(shop, Shop)
    service.bell.ring(shop.ticket().id, shop.now())
    shop.sandbox.faults.add({"kind": "status", "status": 503, "path": "/api/v2/tickets/show_many"})
    service._heed()
    asked = shop.sandbox.calls.counts["GET", "/api/v2/tickets/show_many"]
    service._heed()
    again = shop.sandbox.calls.counts["GET", "/api/v2/tickets/show_many"]
    shop.sandbox.faults.clear()
    service._not_before.clear()
    failed, waiting = service.health.failures["wake"], service.bell.waiting
    service._heed()

    assert (failed, waiting, again) == (1, 1, asked)
    assert (service.health.failures["wake"], service.bell.waiting) == (0, 0)


def test_nothing_begins_after_a_stop(service: Service) -> None:
    """R20: no new claim, at once."""
    ran: list[str] = []
    service.stop.set()

    service._guarded("poll", lambda: ran.append("late"))()

    assert ran == []


def test_two_jobs_never_work_at_the_same_time(service: Service) -> None:
    """Nothing is judged while it is being read."""
    inside, most = [0], [0]

    def job() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        threading.Event().wait(0.02)
        inside[0] -= 1

    threads = [threading.Thread(target=service._guarded(name, job)) for name in ("poll", "judge", "deliver", "sweep")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1]


def test_a_full_cycle_is_a_poll_whose_work_was_all_judged_and_delivered(service: Service) -> None:
    """The heartbeat stands for that, and for no less; it is noted for `deskhand status` too."""
    service._guarded("judge", service._judge)()
    assert service.health.cycles == 0

    service._guarded("poll", service._poll)()

    assert (service.health.cycles, service.health.last_cycle) == (1, service._engine.clock.now())
    with service._engine.store.begin() as tx:
        assert tx.notebook.get("beat") == service._engine.clock.now().isoformat()


def test_a_poll_that_fails_is_no_full_cycle(service: Service) -> None:
    """Nor is one whose writes Zendesk would not take."""
    service._guarded("poll", _raising(Transient("gone")))()

    assert (service.health.cycles, service.health.last_cycle) == (0, None)
    assert service.health.last_try is not None


def test_an_outside_watch_is_told_of_each_cycle_once_and_of_no_cycle_never() -> None:
    """Dead-man: a watch that does not answer is told again."""
    told: list[int] = []
    answers: list[Exception | None] = [Transient("gone"), None]

    def ping() -> None:
        told.append(worker.health.cycles)
        answer = answers.pop(0)
        if answer:
            raise answer

    worker = Service(Shop(policy()).engine, every=30, keep=timedelta(days=1), stop=threading.Event(), ping=ping)
    worker._beat()
    worker._guarded("poll", worker._poll)()
    for _ in range(3):
        worker._beat()

    assert told == [1, 1]


def test_a_worker_that_looks_at_nothing_for_a_day_says_so(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    """Scheduler dead or crash-looping, no one knows: once a day, and only then."""
    shop = service._engine.clock
    assert isinstance(shop, Shop)
    service._schedule()
    shop.pass_time(23 * 3600)
    service._beat()
    assert "nothing_evaluated" not in "".join(capsys.readouterr())
    shop.pass_time(2 * 3600)
    service._beat()
    service._beat()

    assert "".join(capsys.readouterr()).count("nothing_evaluated") == 1


def test_policies_that_are_refused_stay_in_the_vitals_until_they_are_mended(service: Service) -> None:
    """Loud, and the last good ones stay in force."""
    reasons = ["routing.yaml:3:1: unknown key", "routing.yaml:3:1: unknown key", ""]
    service._reload_policies = lambda: reasons.pop(0)

    seen = []
    for _ in range(3):
        service._guarded("reload", service._reload)()
        seen.append(service.vitals().refused)

    assert seen == ["routing.yaml:3:1: unknown key", "routing.yaml:3:1: unknown key", ""]


def test_refused_policies_are_noted_for_the_command_line(service: Service) -> None:
    """`deskhand status` shows them beside a running worker."""
    service._reload_policies = lambda: "routing.yaml:3:1: unknown key"

    service._guarded("reload", service._reload)()

    assert status(service._engine.store, service._engine.clock.now()).refused == "routing.yaml:3:1: unknown key"


def test_refused_policies_are_told_by_the_trail_once(service: Service) -> None:
    """S12: that somebody tried, and which policy stayed in force; the mistakes are for the log, since they quote the files."""
    reasons = ["the policies have mistakes:\na.yaml:3:1: 'hunter2'\na.yaml:4:1: b"] * 2 + [""]
    service._reload_policies = lambda: reasons.pop(0)
    for _ in range(3):
        service._reload()

    with service._engine.store.read() as tx:
        (entry,) = tx.trail.entries()
    assert (entry.kind, entry.by) == ("refused", "worker")
    assert entry.told == {"kept": service._engine.policy.digest, "mistakes": 2}


def test_a_service_tells_of_its_start_and_where_the_trail_ends(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    """S12: each start, and in the log no later than at the end."""
    logs.configure("json", "INFO")
    service._take_over()
    service._tell_end()

    with service._engine.store.read() as tx:
        (entry,) = tx.trail.entries()
    assert entry.kind == "started"
    assert f'"head": "{entry.head}"' in capsys.readouterr().err


def test_a_clock_that_was_stepped_sets_every_job_going() -> None:
    """R14: times that the scheduler planned mean nothing any more, an hour forth or back."""
    shop = Shop(policy())
    service = Service(shop.engine, every=3600, keep=timedelta(days=1), stop=threading.Event())
    service._schedule()
    service.scheduler.start(paused=True)
    watch = threading.Thread(target=service._watch)
    watch.start()
    try:
        service.stop.wait(0.2)
        shop.pass_time(3600)
        end = time.monotonic() + 10
        while not _all_at(service, shop) and time.monotonic() < end:
            service.stop.wait(0.1)
        assert _all_at(service, shop)
    finally:
        service.stop.set()
        watch.join(5)
        service.scheduler.shutdown(wait=False)


def _all_at(service: Service, shop: Shop) -> bool:
    return {job.next_run_time for job in service.scheduler.get_jobs()} == {shop.now()}


def test_the_ladders_are_looked_at_once_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    """A week ahead; where somebody could not be reached the log says so. Without a pager nobody is asked."""
    rota = Rota()
    first = Role("first", channels=("on-call",), schedule="P1")
    rungs = (Rung("First", "first", "page", ("on-call",), 300),)
    never = Tags("a.yaml:1:1", "any", ("over",))
    ladder = Ladder("out", "technical", "a.yaml:1:1", "", frozenset({"p1"}), rungs, never, never)
    climbing = policy(ladders={"out": ladder}, roles={"first": first}, channels=CHANNELS)
    post = Post(pagers={"on-call": rota})
    engine = Shop(climbing).engine
    service = Service(engine, every=30, keep=timedelta(days=1), stop=threading.Event(), post=post)
    logs.configure("json", "WARNING")

    service._check_ladders()

    assert '"event": "ladder_gap"' in capsys.readouterr().err
    assert rota.asked
    Service(engine, every=30, keep=timedelta(days=1), stop=threading.Event())._check_ladders()
    assert "ladder_gap" not in capsys.readouterr().err


def test_who_acknowledged_while_the_worker_was_away_is_known_before_anybody_is_judged() -> None:
    """Else the next rung would be paged for what somebody has in hand."""
    page = sent(message(1))
    rota = Rota(standings={page.message.thread: Standing(page.message.thread, "acknowledged", by="Ann", at=at(3))})
    shop = Shop(policy())
    with shop.store.begin() as tx:
        tx.memories.save([Memory(1)])
        tx.messages.put([page])
    post = Post(pagers={"on-call": rota})
    service = Service(shop.engine, every=30, keep=timedelta(days=1), stop=threading.Event(), post=post)

    service._take_over()

    with shop.store.read() as tx:
        assert [one.by for one in tx.memories.load([1])[1].standings] == ["Ann"]
