"""The SLA clocks of a ticket as the page shows them: stage, elapsed, target, instant of breach, what is left."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskhand.sandbox import sla
from deskhand.sandbox.life import life_of
from deskhand.sandbox.records import Target, Ticket

if TYPE_CHECKING:
    from deskhand.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Shown:
    """A clock. `target` and `elapsed` in seconds of its kind of time; `due` in seconds since 1970 while it runs."""

    metric: str
    instance: int
    stage: str
    elapsed: int
    target: int | None
    business: bool
    due: int | None
    policy: str | None

    @property
    def share(self) -> int:
        """How much of the target is used up, in percent."""
        return round(100 * self.elapsed / self.target) if self.target else 0

    @property
    def breached(self) -> bool:
        """Whether the target was missed."""
        return self.target is not None and self.elapsed > self.target


def clocks(world: "World", ticket: Ticket, now: int) -> list[Shown]:
    """The newest instance of each metric, those with a target first."""
    applied = ticket.applied[-1] if ticket.applied else None
    found = []
    for clock in life_of(ticket, world).newest.values():
        target = sla.target_of(applied, clock.policy_metric)
        policy = sla.policy_of(applied, clock.policy_metric)
        plain = target or Target(0, business=False)
        stage = "fulfilled" if clock.done is not None else "paused" if clock.since is None else "active"
        running = target is not None and stage == "active"
        found.append(
            Shown(
                clock.policy_metric.replace("_", " "), clock.instance, stage,
                sla.elapsed(world, ticket, clock, plain, now if clock.done is None else clock.done),
                target.seconds if target else None, plain.business, sla.due(world, ticket, clock, plain) if running else None,
                policy.title if policy and target else None,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.target is None, one.stage == "fulfilled", one.due or 0))
