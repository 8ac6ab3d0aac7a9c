"""The service: what APScheduler would do with our jobs, and does not."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from deskhand.errors import RateLimited, StoreFull, Transient
from deskhand.worker import Service
from tests.app.places import Shop
from tests.core.builders import policy


@pytest.fixture
def service() -> Service:
    """A service that is not started."""
    return Service(Shop(policy()).engine, every=30, keep=timedelta(days=1), stop=threading.Event())


def test_every_job_states_how_it_may_be_late(service: Service) -> None:
    """Missed times run once, never twice at once, and never are they dropped for being late (its default drops after one second)."""
    service._schedule()
    service._set_timer()
    jobs = service.scheduler.get_jobs()

    assert {job.id for job in jobs} == {"poll", "deliver", "hear", "sweep", "judge"}
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
    assert str(error) in service.health.last_error["poll"]
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
