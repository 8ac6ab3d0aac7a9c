"""Cycle: poll, judge and deliver until nothing is due and nothing is under way."""

from collections.abc import Callable
from dataclasses import dataclass, field

from deskhand import logs
from deskhand.app.deliver import deliver
from deskhand.app.dispatch import Dispatched, dispatch
from deskhand.app.engine import BEAT, Engine
from deskhand.app.evaluate import evaluate
from deskhand.app.hear import hear
from deskhand.app.outcome import Delivered
from deskhand.app.poll import Polled, poll
from deskhand.app.post import Post
from deskhand.core.decision import Decision

log = logs.get(__name__)

ROUNDS = 60
"""How often a cycle goes round for jobs that run: with two seconds between, two minutes."""


@dataclass(slots=True)
class Cycle:
    """What a cycle did."""

    polled: Polled = field(default_factory=Polled)
    evaluated: int = 0
    decisions: list[Decision] = field(default_factory=list)
    dispatched: Dispatched = field(default_factory=Dispatched)
    delivered: Delivered = field(default_factory=Delivered)
    finished: bool = False
    """Whether nothing was left under way."""


def cycle(
    engine: Engine,
    pause: Callable[[float], None],
    *,
    stopping: Callable[[], bool] = lambda: False,
    post: Post | None = None,
) -> Cycle:
    """One full cycle; what is to be said to people goes by `post`. `pause` waits a few seconds for running jobs. Raises what polling and reading raise."""
    done = Cycle(polled=poll(engine))
    hear(engine)
    for _ in range(ROUNDS):
        judged = evaluate(engine)
        done.evaluated += judged.tickets
        done.decisions += judged.decisions
        turn = dispatch(engine)
        done.dispatched += turn
        done.delivered += deliver(engine, post) if post else Delivered()
        with engine.store.begin() as tx:
            counts = tx.outbox.count()
            due = tx.work.due(engine.clock.now(), 1)
        if not due and not counts.get("sending") and not counts.get("unknown") and not turn.moved:
            done.finished = not counts.get("planned")
            break
        if stopping() or turn.held_up:
            break
        if turn.running or counts.get("unknown"):
            pause(2.0)
    if done.finished:
        with engine.store.begin() as tx:
            tx.notebook.set(BEAT, engine.clock.now().isoformat())
    log.info(
        "cycle_done",
        changed=done.polled.changed,
        evaluated=done.evaluated,
        decisions=len(done.decisions),
        done=done.dispatched.done,
        finished=done.finished,
    )
    return done
