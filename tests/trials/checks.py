"""What an outsider finds in the account after a trial: its audits, read over the API, against the promises.

Nothing here asks the worker's own code what is right. Decisions are used for one thing: to know which writes were meant.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from deskhand.core.decision import Decision
from deskhand.core.trail import Entry, verify
from tests.trials.rules import ANSWER_WITHIN
from tests.trials.world import World

Json = dict[str, Any]
SLACK: Final = timedelta(hours=26)
"""A condition that held for so long before the end, of which the last hours were calm, must have been acted on."""
HALF: Final = timedelta(seconds=ANSWER_WITHIN / 2)
RECOVERABLE: Final = ("conflict", "held", "dropped")
SILENCE: Final = "The customer has waited since"
"""How the note that comes again begins."""
AGAIN: Final = timedelta(hours=6)
"""Half of the time after which it does."""
LIVE: Final = ("new", "open", "pending", "hold")


@dataclass(frozen=True, slots=True)
class Seen:
    """An account after a trial, and the writes that were meant: by their marks, with how the outbox says they ended."""

    read: Callable[[str], Json]
    world: World
    decided: Mapping[str, Decision]
    ended: Mapping[str, str]
    trail: Sequence[Entry] = ()
    forgotten: AbstractSet[str] = frozenset()
    """Writes that the database forgot when a backup was put back: its trail need not tell of them."""
    edited: bool = False
    """Whether the policy was edited, so that a condition may have come true a second time by that alone."""

    def audits(self, ticket: int) -> list[Json]:
        """Every audit of a ticket, oldest first."""
        found: list[Json] = []
        after = ""
        while True:
            page = self.read(f"/api/v2/tickets/{ticket}/audits?page[size]=100{after}")
            found += page["audits"]
            if not page["meta"]["has_more"]:
                return found
            after = f"&page[after]={page['meta']['after_cursor']}"


def inspect(seen: Seen, counts: Counter[str]) -> list[str]:
    """Everything that is wrong, in words that begin with the promise that was broken."""
    problems: list[str] = []
    done: Counter[str] = Counter()
    steps: Counter[tuple[int, str, str, int]] = Counter()
    for ticket in seen.world.made:
        row = seen.read(f"/api/v2/tickets/{ticket.id}")["ticket"]
        audits = seen.audits(ticket.id)
        counts["audits"] += len(audits)
        problems += [f"ticket {ticket.id}: {words}" for words in _ticket(seen, row, audits, done, steps)]
    counts["writes"] = sum(done.values())
    problems += [f"never twice: write {mark} was done {times} times" for mark, times in done.items() if times > 1]
    problems += [f"never twice: step {step} fired {times} times" for step, times in steps.items() if times > 1]
    problems += [f"only what was decided: an audit carries {mark}" for mark in done.keys() - seen.decided.keys()]
    for mark in seen.decided.keys() - done.keys():
        state = seen.ended[mark].partition(":")[0]
        if state not in (*RECOVERABLE, "dead"):
            problems.append(f"never lost: write {mark} was decided, is {seen.ended[mark]}, and is in no audit")
        if state == "dead" and "closed" not in seen.ended[mark]:
            problems.append(f"dead for no reason that was set up: {seen.ended[mark]}")
    return [
        *problems,
        *_trail(
            seen.trail, Counter({mark: n for mark, n in done.items() if mark not in seen.forgotten}), seen.forgotten
        ),
    ]


def _trail(trail: Sequence[Entry], done: Counter[str], forgotten: AbstractSet[str]) -> Iterator[str]:
    """The chain of the audit trail, and that it tells of each write that was done once, and of no other."""
    checked = verify(trail)
    if checked.broken:
        yield f"append-only: {checked.broken.words}"
    told = Counter(
        str(one["op"])
        for entry in trail
        if entry.kind == "wrote"
        for one in entry.told["writes"]
        if one["op"] not in forgotten
    )
    for mark in (told.keys() | done.keys()) - {mark for mark in told if told[mark] == 1 and mark in done}:
        yield f"a whole trail: write {mark} was done {done[mark]} times, and is told {told[mark]} times"


def _ticket(
    seen: Seen, row: Json, audits: list[Json], done: Counter[str], steps: Counter[tuple[int, str, str, int]]
) -> Iterator[str]:
    """One ticket."""
    ours = [audit for audit in audits if mark_of(audit)]
    for audit in ours:
        mark = mark_of(audit)
        done[mark] += 1
        yield from _audit(audit, seen.decided.get(mark))
        if mark in seen.decided:
            steps.update(
                (row["id"], verdict.rule, verdict.episode, verdict.number)
                for verdict in seen.decided[mark].verdicts
                if verdict.outcome == "fires"
            )
    yield from _stale(seen, audits)
    yield from _answered(seen, row, audits)
    yield from _routed(seen, row, audits)
    yield from _fought(ours)
    yield from repeated(audits) if not seen.edited else ()


def _audit(audit: Json, decision: Decision | None) -> Iterator[str]:
    """One audit of the worker's."""
    comments = [event for event in audit["events"] if event["type"] == "Comment"]
    if any(event["public"] for event in comments):
        yield f"nothing public: audit {audit['id']} has a public comment"
    if len(comments) > 1:
        yield f"never too much: audit {audit['id']} has {len(comments)} notes"
    write = decision.write if decision else None
    if write is None:
        return
    if bool(comments) != bool(write.note):
        yield f"only what was decided: audit {audit['id']} has {len(comments)} notes, decided was {write.note!r}"
    if comments and write.note and _plain(comments[0]["body"]) != _plain(write.note):
        yield f"untrusted text: the note of audit {audit['id']} reads {comments[0]['body']!r}, decided was {write.note!r}"


def _stale(seen: Seen, audits: list[Json]) -> Iterator[str]:
    """Nothing is written on a ticket that somebody changed after it was read for the decision."""
    for before, audit in pairwise([audit for audit in audits if audit["events"]]):
        decision = seen.decided.get(mark_of(audit))
        if decision and decision.write and before["created_at"] > decision.write.stamp:
            yield f"never on stale data: audit {audit['id']} was decided on {decision.write.stamp}, and came after {before['created_at']}"


def _answered(seen: Seen, row: Json, audits: list[Json]) -> Iterator[str]:
    """The clock of the first answer, worked out from creation and comments alone: never early, never lost."""
    born, end = _at(audits[0]), seen.world.now()
    agents = {*seen.world.agents}
    answer = next(
        (_at(audit) for audit in audits[1:] for event in audit["events"] if event["type"] == "Comment" and event["public"] and audit["author_id"] in agents),
        None,
    )  # fmt: skip
    tagged = _first(audits, "half_used")
    half = born + HALF
    if tagged and tagged < half:
        yield f"exact: half_used was tagged {half - tagged} early"
    if answer and answer < half and tagged:  # in the very second in which half is used, it is used
        yield f"only where it holds: half_used was tagged {tagged - answer} after an answer in time"
    waited = answer is None and end - half >= SLACK and row["status"] in LIVE
    if waited and not tagged and _lived(audits, end - SLACK):
        yield f"never lost: half_used is missing, though nobody has answered since {born}"


def _routed(seen: Seen, row: Json, audits: list[Json]) -> Iterator[str]:
    """A ticket whose issue type has stood for a day is in the group that the policy says, unless people moved it afterwards."""
    value = next(field["value"] for field in row["custom_fields"] if field["id"] == seen.world.issue)
    since = max((_at(audit) for audit in audits if _touches(audit, str(seen.world.issue))), default=_at(audits[0]))
    name = {"network_outage": "routed_network", "billing": "routed_billing"}.get(value or "")
    settled = seen.world.now() - since >= SLACK and row["status"] in LIVE and _lived(audits, seen.world.now() - SLACK)
    if name and settled and _first(audits, name) is None:
        yield f"never lost: {name} is missing since {since}"
    for other, wanted in (("routed_network", "network_outage"), ("routed_billing", "billing")):
        if _first(audits, other) and not any(_became(audit, seen.world.issue, wanted) for audit in audits):
            yield f"only where it holds: {other} was tagged, and the issue type never was {wanted}"


def _fought(ours: list[Json]) -> Iterator[str]:
    """Nobody is fought for ever: no more than four writes of one tag within an hour."""
    times = [_at(audit) for audit in ours if "fought" in _tags_of(audit)]
    for start in times:
        within = [at for at in times if start <= at < start + timedelta(hours=1)]
        if len(within) > 4:
            yield f"no loops: 'fought' was written {len(within)} times within an hour of {start}"
            return


def repeated(audits: list[Json]) -> Iterator[str]:
    """The note of a rule that repeats itself is made no second time within half of its interval while nobody else has touched the ticket, whatever its episode is called.

    It says when it was made: one that Zendesk left without an answer for hours comes later than that.
    """
    before: datetime | None = None
    for audit in audits:
        if not mark_of(audit):
            before = None
            continue
        for made in (at for event in audit["events"] if event["type"] == "Comment" for at in _silent(event["body"])):
            if before is not None and made - before < AGAIN:
                yield f"never twice: the note {SILENCE!r} was made at {before}, and again at {made} (it came at {_at(audit)})"
            before = made


def _silent(body: str) -> Iterator[datetime]:
    """When a note about silence was made, by its own words."""
    told = re.findall(rf"{SILENCE} (\d{{4}}-\d\d-\d\d \d\d:\d\d) UTC", body)
    assert len(told) == body.count(SILENCE), f"a note that does not say when it was made: {body!r}"
    for said in told:
        yield datetime.fromisoformat(f"{said}+00:00")


def _lived(audits: list[Json], since: datetime) -> bool:
    """Whether the ticket was live at an instant and has been since."""
    status, lived = "new", True
    for audit in audits:
        for event in audit["events"]:
            if event.get("field_name") == "status":
                status = str(event["value"])
                lived = lived and (_at(audit) <= since or status in LIVE)
        if _at(audit) <= since:
            lived = status in LIVE
    return lived


def _first(audits: list[Json], tag: str) -> datetime | None:
    """When the worker first wrote a tag."""
    return next((_at(audit) for audit in audits if mark_of(audit) and tag in _tags_of(audit)), None)


def _tags_of(audit: Json) -> set[str]:
    """Tags that an audit added."""
    for event in audit["events"]:
        if event.get("field_name") == "tags":
            return _split(event["value"]) - _split(event.get("previous_value"))
    return set()


def _split(value: object) -> set[str]:
    return set(value) if isinstance(value, list) else set(str(value or "").split())


def _touches(audit: Json, name: str) -> bool:
    return any(str(event.get("field_name")) == name for event in audit["events"])


def _became(audit: Json, field: int, value: str) -> bool:
    return any(str(event.get("field_name")) == str(field) and event.get("value") == value for event in audit["events"])


def mark_of(audit: Json) -> str:
    """The mark of the worker's that an audit carries; empty where it is somebody else's."""
    custom = (audit.get("metadata") or {}).get("custom") or {}
    marked = custom.get("deskhand") or {}
    return str(marked.get("op", "")) if isinstance(marked, dict) else ""


def _at(audit: Json) -> datetime:
    return datetime.fromisoformat(audit["created_at"])


def _plain(text: str) -> str:
    return " ".join(text.replace("\u2060", "").split())
