"""The service: what runs when. The scheduler only says that it is time to look; the database says what is to be done.

Every use case that speaks with Zendesk runs under one lock, so that nothing is judged while it is being read or delivered. Messages to people have threads
of their own, and so has asking who acknowledged: no service outside keeps Zendesk's work waiting. APScheduler's traps and the answers to them are in
dependencies.md section 3: no job may be dropped for being late, missed ones run once, errors end here and not in the scheduler.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from deskhand import logs
from deskhand.app.adopt import REFUSED
from deskhand.app.answers import Answers
from deskhand.app.bell import Bell
from deskhand.app.couriers import Couriers
from deskhand.app.dispatch import dispatch
from deskhand.app.engine import BEAT, Engine
from deskhand.app.evaluate import evaluate
from deskhand.app.hear import hear
from deskhand.app.on_call import OnCall, ladder_check, warn
from deskhand.app.poll import poll
from deskhand.app.post import Post
from deskhand.app.sweep import sweep
from deskhand.app.take_over import take_over
from deskhand.app.trail import Anchor, note_start, refused
from deskhand.app.vitals import QUIET, Health, Vitals, vitals
from deskhand.app.wake import wake
from deskhand.errors import DeskhandError, PolicyInvalid, RateLimited, StoreFull

log = logs.get(__name__)

JOB: Final[dict[str, Any]] = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
"""Stated for every job: run once for all missed times, never twice at once, however late."""
DRAIN: Final = 10.0
"""Seconds that a stop may take."""
HEAR: Final = 30
"""Seconds between two readings of the logs; the audits are a minute late anyway."""
SOON: Final = timedelta(seconds=1)
RELOAD: Final = 2
"""Seconds between two looks at the policies' files."""
BEATS: Final = 30
"""Seconds between two heartbeats, if a cycle was completed between them."""
TELL: Final = 60
"""Seconds between two times that the log is told where the trail ends, while it moves."""
ASK: Final = 15
"""Seconds between two times that the pagers are asked who acknowledged, while pages are open, and who is on call."""
GATHER: Final = 0.2
"""Seconds between a webhook and the reading that it asks for: one change is often told by several."""
BETWEEN: Final = 1.0
"""Seconds at least between two readings that webhooks asked for,"""
FLOOD: Final = 15.0
"""and between the beginnings of two polls, where one of them is for what webhooks named beyond counting."""
LONGEST_REST: Final = {"message": 15.0, "answers": 60.0}
"""Seconds that a job is left alone at most after failing again and again, where that is not five minutes."""
LONGEST_SLEEP: Final = timedelta(seconds=60)
"""The timer looks at least so often, whatever the database says, so that a stepped clock cannot strand it."""


class Service:
    """Runs an engine until it is stopped."""

    def __init__(  # noqa: PLR0913 - each is one thing that it may be given
        self,
        engine: Engine,
        *,
        every: float,
        keep: timedelta,
        stop: threading.Event,
        reload: Callable[[], str] = lambda: "",
        watch: Callable[[], None] | None = None,
        ping: Callable[[], None] | None = None,
        post: Post | None = None,
    ) -> None:
        """`every` is seconds between polls, `keep` how long settled records are kept; `stop` ends waiting everywhere.

        `reload` puts changed policies in force, and says why it did not; `watch` sees who signed them; `ping` tells an outside watch that we are alive; `post` has the channels to people.
        """
        self._engine, self._every, self._keep, self.stop = engine, every, keep, stop
        self._reload_policies, self._watch_signatures, self._ping, self._told = reload, watch, ping, 0
        self._turn = threading.Lock()
        self._post = post or Post()
        self._couriers = Couriers(engine, self._post, self._bounded)
        self._answers = Answers(engine.store, self._post.pagers)
        self._rota = OnCall(self._post.pagers)
        known = engine.outside
        engine.outside = lambda: replace(known(), on_call=self._rota.people(engine.clock.now()))
        self._anchor = Anchor(engine.store)
        self._not_before: dict[str, float] = {}
        self._alarmed: datetime | None = None
        self.health = Health()
        self.bell = Bell()
        self._polled = -FLOOD
        logs.only_errors("apscheduler")
        self.scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(6)}, job_defaults=JOB
        )

    def run(self) -> bool:
        """Work until stopped; returns whether everything under way was brought to an end in time."""
        self._take_over()
        self._schedule()
        self.scheduler.start()
        threading.Thread(target=self._listen, name="wake", daemon=True).start()
        log.info(
            "worker_started", run=self._engine.run, mode=self._engine.policy.mode, rules=len(self._engine.policy.rules)
        )
        self._watch()
        log.info("worker_stopping")
        return self._drain()

    def _take_over(self) -> None:
        """What the process before this one left; where that fails, its leases run out. Who has acknowledged since is asked before anybody else is paged."""
        try:
            take_over(self._engine)
        except DeskhandError as error:
            self._failed("take_over", error)
        self._bounded("started", lambda: note_start(self._engine, always=True))()
        self._bounded("answers", lambda: self._answers.ask(self._engine.clock.now()))()

    def vitals(self) -> Vitals:
        """How the worker stands now."""
        return vitals(self._engine, self.health, self._every, self._post, self.bell)

    def _schedule(self) -> None:
        """The jobs: polling, hearing, the timer for what is due, delivery, policies, heartbeat, retention."""
        now = self.health.started = self._engine.clock.now()
        add = self.scheduler.add_job
        add(self._guarded("reload", self._reload), "interval", seconds=RELOAD, id="reload", next_run_time=now, **JOB)
        add(self._beat, "interval", seconds=BEATS, id="beat", next_run_time=now + SOON, **JOB)
        add(self._guarded("poll", self._poll), "interval", seconds=self._every, id="poll", next_run_time=now, **JOB)
        add(self._guarded("hear", self._hear), "interval", seconds=HEAR, id="hear", next_run_time=now + SOON, **JOB)
        add(self._guarded("deliver", self._deliver), "interval", seconds=5, id="deliver", next_run_time=now, **JOB)
        add(
            self._guarded("sweep", self._sweep),
            "interval",
            hours=1,
            id="sweep",
            next_run_time=now + timedelta(minutes=1),
            **JOB,
        )
        add(self._bounded("message", self._couriers.go), "interval", seconds=1, id="message", next_run_time=now, **JOB)
        add(self._bounded("answers", self._ask), "interval", seconds=ASK, id="answers", next_run_time=now + SOON, **JOB)
        add(self._bounded("on_call", self._look_up), "interval", seconds=ASK, id="on_call", next_run_time=now, **JOB)
        add(self._bounded("ladders", self._check_ladders), "interval", hours=24, id="ladders", next_run_time=now + SOON, **JOB)  # fmt: skip
        add(self._bounded("trail", self._anchor.tell), "interval", seconds=TELL, id="trail", next_run_time=now + SOON, **JOB)  # fmt: skip
        if self._watch_signatures is not None:
            add(self._bounded("signatures", self._watch_signatures), "interval", seconds=1, id="signatures", next_run_time=now, **JOB)  # fmt: skip
        add(self._guarded("judge", self._judge), "date", run_date=now + timedelta(seconds=1), id="judge", **JOB)

    def _poll(self) -> None:
        """A full cycle, which is what a heartbeat stands for: read, judged, delivered, and nothing kept from being delivered."""
        self._polled = time.monotonic()
        with self.bell.polled():
            poll(self._engine)
        if self._judge():
            now = self._engine.clock.now()
            self.health.cycles, self.health.last_cycle = self.health.cycles + 1, now
            with self._engine.store.begin() as tx:
                tx.notebook.set(BEAT, now.isoformat())

    def _listen(self) -> None:
        """Do what webhooks ask for, as soon as they do and no faster than it may be; an idle bell costs nothing."""
        while not self.stop.is_set():
            if self.bell.wait(BETWEEN):
                self.stop.wait(GATHER)
                self._heed()
                self.stop.wait(BETWEEN)

    def _heed(self) -> None:
        """Read what was named; where that is more than is read by number, a poll tells of it all, and need not wait for its time."""
        if not self.bell.flooded:
            self._guarded("wake", self._wake)()
        elif not self._rests("poll") and time.monotonic() - self._polled >= FLOOD:
            log.info("polled_early")
            self.health.failures.pop("wake", None)
            self._guarded("poll", self._poll)()

    def _wake(self) -> None:
        """Read what was named, and judge it at once where it is news."""
        if wake(self._engine, self.bell):
            self._judge()

    def _hear(self) -> None:
        if hear(self._engine):
            self._judge()

    def _judge(self) -> bool:
        """Judge what is due and deliver what was decided; returns whether Zendesk, or nobody, kept it from being delivered."""
        self._evaluate()
        return not dispatch(self._engine).held_up or bool(self._engine.stop())

    def _evaluate(self) -> None:
        done = evaluate(self._engine).tickets
        if done:
            self.health.evaluated += done
            self.health.last_evaluated = self._engine.clock.now()

    def _deliver(self) -> None:
        if dispatch(self._engine).moved:
            self._evaluate()

    def _reload(self) -> None:
        """Changed policies, all or nothing: where they have mistakes the last good ones stay, and the reason stands in the vitals."""
        before, self.health.refused = self.health.refused, self._reload_policies()
        if self.health.refused != before:
            with self._engine.store.begin() as tx:
                tx.notebook.set(REFUSED, self.health.refused)
                if self.health.refused:
                    tx.trail.add([refused(self._engine.policy, self.health.refused, self._engine.clock.now())])
        if self.health.refused not in ("", before):
            kept = self._engine.policy.digest[:12]
            log.error("policy_refused", reason=self.health.refused, kept=kept, hint=PolicyInvalid.hint)

    def _beat(self) -> None:
        """Ping for a cycle that was completed since the last ping, and say so where the worker does nothing at all. Waits for no other job."""
        if self._ping is not None and self.health.cycles > self._told:
            told = self.health.cycles
            try:
                self._ping()
                self._told = told
            except DeskhandError as error:
                log.warning("heartbeat_lost", reason=str(error))
        self._alarm()

    def _alarm(self) -> None:
        """Nothing was looked at for a day although there are live tickets: once a day, loudly."""
        now = self._engine.clock.now()
        since = self._alarmed or self.health.last_evaluated or self.health.started or now
        if now - since > QUIET:
            self._alarmed = now
            for ailment in self.vitals().ailments:
                log.error("nothing_evaluated", reason=ailment)

    def _sweep(self) -> None:
        sweep(self._engine.store, self._engine.clock.now() - self._keep)

    def _set_timer(self) -> None:
        """The next look: at the earliest instant that any ticket or write waits for."""
        if self.stop.is_set():
            return
        now = self._engine.clock.now()
        with self._engine.store.read() as tx:
            moments = [moment for moment in (tx.work.next_at(), tx.outbox.next_at()) if moment]
        at = min([*moments, now + LONGEST_SLEEP])
        self.scheduler.add_job(
            self._guarded("judge", self._judge),
            "date",
            run_date=max(at, now + timedelta(milliseconds=200)),
            id="judge",
            replace_existing=True,
            **JOB,
        )

    def _ask(self) -> None:
        """Who acknowledged; what is news is judged at once."""
        if self._answers.ask(self._engine.clock.now()):
            self._guarded("judge", self._judge)()

    def _look_up(self) -> None:
        self._rota.refresh(self._engine.policy.roles, self._engine.clock.now())

    def _check_ladders(self) -> None:
        """Once a day: can everybody be reached who may be paged in the week to come?"""
        if self._post.pagers:
            warn(ladder_check(self._engine.policy, self._post.pagers, self._engine.clock.now()))

    def _guarded(self, name: str, do: Callable[[], object]) -> Callable[[], None]:
        """A job that takes its turn, and then sets the timer."""
        run = self._bounded(name, do)

        def turn() -> None:
            if self._rests(name):
                return
            with self._turn:
                self.health.last_try = self._engine.clock.now()
                run()
            self._after()

        return turn

    def _bounded(self, name: str, do: Callable[[], object]) -> Callable[[], None]:
        """A job that keeps its errors to itself: told in the log, counted, and after a 429 not tried before its time."""

        def run() -> None:
            if self._rests(name):
                return
            try:
                do()
                self.health.last_good[name], self.health.failures[name] = self._engine.clock.now(), 0
            except Exception as error:  # noqa: BLE001 - the boundary of a job
                self._failed(name, error)

        return run

    def _rests(self, name: str) -> bool:
        return self.stop.is_set() or time.monotonic() < self._not_before.get(name, 0.0)

    def _after(self) -> None:
        """Set the timer, whatever became of the job."""
        try:
            self._set_timer()
        except DeskhandError as error:
            self._failed("timer", error)

    def _failed(self, name: str, error: Exception) -> None:
        """An error of a job: what it says, and how long to leave it alone."""
        self.health.failures[name] = failures = self.health.failures.get(name, 0) + 1
        advice = error.hint if isinstance(error, DeskhandError) else ""
        self.health.last_error[name] = (
            f"{str(error).rstrip('.')}. {advice}" if advice else f"{type(error).__name__}: {error}"
        )
        if isinstance(error, RateLimited):
            self._not_before[name] = time.monotonic() + error.retry_after
            log.warning("job_delayed", job=name, seconds=error.retry_after)
            return
        self._not_before[name] = time.monotonic() + min(
            5.0 * 2 ** min(failures - 1, 6), LONGEST_REST.get(name.partition(" ")[0], 300.0)
        )
        if isinstance(error, StoreFull):
            log.error("store_full", job=name, reason=str(error), hint=error.hint)
        elif isinstance(error, DeskhandError):
            log.error("job_failed", job=name, error=type(error).__name__, reason=str(error), hint=error.hint)
        else:
            log.error("job_failed", job=name, error=type(error).__name__, reason=str(error), exc_info=error)

    def _watch(self) -> None:
        """Wait for the stop, and notice when the machine's clock has jumped: then the scheduler's times mean nothing any more."""
        before = self._engine.clock.now(), time.monotonic()
        while not self.stop.wait(1.0):
            now = self._engine.clock.now(), time.monotonic()
            drift = (now[0] - before[0]).total_seconds() - (now[1] - before[1])
            if abs(drift) > 5:
                log.warning("clock_stepped", seconds=round(drift, 1))
                for job in self.scheduler.get_jobs():
                    job.modify(next_run_time=now[0])
            before = now

    def _tell_end(self) -> None:
        """Where the trail ends when the worker does."""
        try:
            self._anchor.tell()
        except DeskhandError as error:
            self._failed("trail", error)

    def _drain(self) -> bool:
        """Nothing new begins; what is being done may end, for ten seconds. What is under way after that is settled by the next start."""
        free = self._turn.acquire(timeout=DRAIN)
        if free:
            self._turn.release()
        free = self._couriers.wait(DRAIN / 2) and free
        self.scheduler.shutdown(wait=False)
        self._tell_end()
        log.info("worker_stopped", drained=free)
        return free
