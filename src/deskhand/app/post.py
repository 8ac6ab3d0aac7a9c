"""The post: the channels that can be used, and the lanes in which they share a pace. One slow or silent service never keeps another one waiting.

What is kept here lives as long as the process: which service is away, since when, and before when it is not to be asked again. A new process learns it anew
within its first attempts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deskhand.app.ports import Transaction
from deskhand.app.service_ports import Channel, Pager, Runbooks
from deskhand.core import fallback
from deskhand.core.ladder import Channel as Place
from deskhand.core.message import MessageRow

WORTH_SAYING: Final = timedelta(seconds=30)
"""A service that has taken nothing for so long is said to be away."""
NOT_ITS_KIND: Final = "carries nothing of the kind"
"""What is said of a channel and a message that is nothing for it, which is no failure."""


@dataclass(slots=True)
class Lane:
    """Channels of one service and secret, which share a pace. `away_since` is since when nothing has gone through."""

    name: str
    channels: tuple[str, ...]
    free_at: datetime | None = None
    away_since: datetime | None = None
    failures: int = 0
    why: str = ""

    def is_held(self, now: datetime) -> bool:
        """Whether nothing is to be sent yet."""
        return self.free_at is not None and now < self.free_at

    def hold(self, tx: Transaction, now: datetime) -> None:
        """What goes by this lane waits until it is free; it is looked at again meanwhile, since the next channel may have to carry it."""
        if self.free_at is not None and self.is_held(now):
            tx.messages.hold(self.channels, min(self.free_at, now + fallback.LOOK))

    def went(self) -> None:
        """Something went through, or was refused by somebody who is there."""
        self.away_since, self.failures, self.why = None, 0, ""

    def failed(self, now: datetime, why: str) -> None:
        """It did not answer, or could not take anything: leave it alone for a little longer each time."""
        self.failures += 1
        self.away_since, self.why = self.away_since or now, why
        self.free_at = now + fallback.wait_for_lane(self.failures)

    def asked_to_wait(self, now: datetime, seconds: float, why: str) -> None:
        """It said for how long to leave it alone."""
        self.free_at = now + timedelta(seconds=seconds)
        self.away_since, self.why = self.away_since or now, why


@dataclass(slots=True)
class Post:
    """Channels by their names in the policies; `missing` says of the others why they cannot be used."""

    channels: dict[str, Channel] = field(default_factory=dict)
    pagers: dict[str, Pager] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    runbooks: Runbooks | None = None
    lanes: dict[str, Lane] = field(default_factory=dict)

    def arrange(self, places: Mapping[str, Place]) -> None:
        """Put the channels into lanes, as the policy has them now; what is known of a service stays."""
        names: dict[str, list[str]] = {}
        for name, channel in self.channels.items():
            key = places[name].key if name in places else ""
            names.setdefault(f"{channel.service}{':' if key else ''}{key}", []).append(name)
        kept = self.lanes
        self.lanes = {}
        for name, channels in names.items():
            lane = kept.get(name) or Lane(name, ())
            lane.channels = tuple(channels)
            self.lanes[name] = lane

    def become(self, other: "Post", places: Mapping[str, Place]) -> None:
        """Have the channels of another one, as a changed policy wants them; lanes keep what they know."""
        self.channels, self.missing, self.runbooks = other.channels, other.missing, other.runbooks
        for name in self.pagers.keys() - other.pagers.keys():
            del self.pagers[name]
        self.pagers.update(other.pagers)
        self.arrange(places)

    def lane_of(self, channel: str) -> Lane | None:
        """The lane of a channel, if it can be used."""
        return next((lane for lane in self.lanes.values() if channel in lane.channels), None)

    def away(self, now: datetime) -> dict[str, str]:
        """Services that are away, with since when and why."""
        return {
            lane.name: f"away since {lane.away_since:%Y-%m-%d %H:%M:%S} UTC: {lane.why}"
            for lane in self.lanes.values()
            if lane.away_since is not None and now - lane.away_since > WORTH_SAYING
        }

    def unusable(self, row: MessageRow) -> str:
        """Why a message's channel cannot carry it at all; empty where it can."""
        if not row.by:
            return "it names no channel"
        channel = self.channels.get(row.by)
        if channel is None:
            return self.missing.get(row.by) or f"no channel '{row.by}' is in the policies any more"
        return "" if channel.carries(row.message) else f"'{row.by}' {NOT_ITS_KIND} {row.message.verb}"

    def others(self, row: MessageRow) -> list[int]:
        """The channels that could carry it instead, in the order in which they are asked."""
        usable = {name for name, channel in self.channels.items() if channel.carries(row.message)}
        return fallback.candidates(row, usable)

    def is_held(self, channel: str, now: datetime) -> bool:
        """Whether nothing can leave by a channel yet."""
        lane = self.lane_of(channel)
        return lane is None or lane.is_held(now)
