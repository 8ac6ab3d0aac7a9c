"""An event log of a real help desk, played in an account: its cases become tickets that are created, assigned, paused, solved and reopened.

Each row becomes at most one update, at the instant and by the person that the log names. Only what differs from the case's row before is changed,
so that what others (the worker, say) did to the ticket stays until the log itself speaks of it again.

The log holds no comments, so a few plain ones stand in for what must have been said: an agent's public reply when a case is taken up from new, when it
starts to wait for the customer and when it is solved, and a customer's comment when it comes back from waiting for the customer or from
solved. Whoever solves a case that is assigned to nobody becomes its assignee, because an account may demand one. A case that goes on after it was
closed becomes a follow-up ticket, because a closed ticket cannot change.
"""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from deskhand.sandbox.actors_time import DAY
from deskhand.sandbox.agenda import happening
from deskhand.sandbox.eventlog_people import NOBODY, Known, add_known, option
from deskhand.sandbox.eventlog_read import KEPT, Case, Log, Values
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import WEB, Via
from deskhand.sandbox.refusal import Refusal

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

_STATE, _REQUESTER, _OPENED_BY, _UPDATED_BY, _PRIORITY, _GROUP, _ASSIGNEE, _CHANNEL = range(len(KEPT))
Outcome = Literal["created", "updates", "notes", "followups", "unchanged", "after_closing", "refused"]
_IDENTITY = {place for place, role in enumerate(KEPT) if role in ("opened_by", "updated_by", "channel")}
"""Values that say who and how, and change nothing on the ticket."""

TAKEN = "Thank you, this is being looked into."
ASKED = "We need something from you to go on. Could you get back to us?"
SOLVED = "This is solved. Please tell us if it is not."
ANSWERED = "Here is what you asked for."
BACK = "It is not solved: the problem is back."

_ORDER = 26
"""Bits for a row's place within one instant."""


@dataclass(slots=True)
class Report:
    """What became of the rows so far. Every row that was played is in exactly one of the counts from `created` on."""

    rows: int = 0
    incidents: int = 0
    created: int = 0
    """Rows that tell of a new case."""
    updates: int = 0
    """Rows that changed a ticket."""
    notes: int = 0
    """Rows that no ticket can take: an unknown state, an instant before the case was opened, a return to new. Kept as internal notes."""
    followups: int = 0
    """Rows that reopened a closed case."""
    unchanged: int = 0
    """Rows like the one before in all that the layout reads."""
    after_closing: int = 0
    """Rows that would change a closed ticket without reopening it."""
    refused: int = 0
    """Rows that the account refused, because somebody outside the log closed or deleted the ticket."""

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


@dataclass(slots=True)
class State:
    """How far a case is: its ticket, its status in the log, the values last taken over, and the row that made it."""

    ticket: int
    status: str
    values: Values
    maker: int


@dataclass(slots=True)
class Player:
    """Plays a log on a sandbox's agenda, one happening for each instant. `shift` is added to the log's instants, in seconds."""

    sandbox: "Sandbox"
    log: Log
    known: Known
    shift: int = 0
    report: Report = field(default_factory=Report)
    _steps: list[int] = field(default_factory=list)
    _next: int = 0
    _states: dict[int, State] = field(default_factory=dict)

    def begin(self) -> None:
        """Put the log on the agenda."""
        rows = self.log.rows
        for case in self.log.cases:
            opened = case.opened
            self._steps.append(_key(opened, 2 * case.rows[0]))
            self._steps += [_key(max(opened, rows[row][0]), 2 * row + 1) for row in case.rows]
        self._steps.sort()
        self._schedule()

    @property
    def end(self) -> datetime:
        """When the last row happens."""
        return datetime.fromtimestamp(self.log.last + self.shift, UTC)

    def _schedule(self) -> None:
        if self._next < len(self._steps):
            self.sandbox.agenda.at((self._steps[self._next] >> _ORDER) + self.shift, self._play)

    @happening
    def _play(self) -> None:
        """All that happens at one instant."""
        steps = self._steps
        instant = steps[self._next] >> _ORDER
        while self._next < len(steps) and steps[self._next] >> _ORDER == instant:
            order = steps[self._next] & ((1 << _ORDER) - 1)
            self._next += 1
            if order % 2:
                self._take(order // 2)
            else:
                self._open(self.log.rows[order // 2][1])
        self._schedule()

    # A case begins.

    def _open(self, place: int) -> None:
        case = self.log.cases[place]
        maker = self._maker(case)
        values = self.log.rows[maker][2]
        ticket = self._create(case, values, {"status": "new"})
        self._states[place] = State(ticket, "new", values, maker)
        self.report.incidents += 1

    def _maker(self, case: Case) -> int:
        """The row that tells how the case began: the first that is not before its opening and has a known state."""
        rows, states = self.log.rows, self.log.layout.states
        usable = (row for row in case.rows if rows[row][0] >= case.opened and rows[row][2][_STATE] in states)
        return next(usable, case.rows[0])

    def _create(self, case: Case, values: Values, more: Row) -> int:
        known, layout = self.known, self.log.layout
        requester = known.customers[values[_REQUESTER] or NOBODY]
        author = known.agents.get(values[_OPENED_BY], requester)
        texts = [text for text in values[len(KEPT) :] if text]
        body: Row = {
            "subject": f"{case.number}: {texts[0]}" if texts else case.number, "external_id": case.number, "requester_id": requester,
            "priority": layout.priorities.get(values[_PRIORITY] or ""), "group_id": known.groups.get(values[_GROUP]),
            "assignee_id": known.agents.get(values[_ASSIGNEE]), "custom_fields": self._fields(values, None),
            "comment": {"body": "\n".join(["Opened with:", *texts]), "author_id": requester},
        }  # fmt: skip
        via = Via(layout.channels.get(values[_CHANNEL] or "", "web"))
        return self.sandbox.world.create_ticket(body | more, author=author, via=via).id

    # A row happens.

    def _take(self, row: int) -> None:
        """Do what a row says, and count it."""
        outcome = self._outcome(row)
        try:
            self._carry_out(outcome, row)
        except Refusal:
            outcome = "refused"
        self.report.rows += 1
        setattr(self.report, outcome, getattr(self.report, outcome) + 1)

    def _outcome(self, row: int) -> Outcome:
        """What a row is, seen from the case as it stands in the log."""
        at, place, values = self.log.rows[row]
        state, status = self._states[place], self._status(values)
        if row == state.maker:
            return "created"
        if state.status == "closed":
            if status in ("new", "open", "pending", "hold"):
                return "followups"
            return "unchanged" if status == "closed" and self._same(state, values) else "after_closing"
        if at < self.log.cases[place].opened or status is None or (status == "new" and state.status != "new"):
            return "notes"
        return "unchanged" if status == state.status and self._same(state, values) else "updates"

    def _carry_out(self, outcome: Outcome, row: int) -> None:
        """Raises Refusal where somebody else closed or deleted the ticket."""
        at, place, values = self.log.rows[row]
        state, status = self._states[place], self._status(values)
        if outcome == "notes":
            self._note(state, values, at)
        elif outcome == "followups" and status is not None:
            self._follow_up(place, values, "open" if status == "new" else status)
        elif status is not None and (outcome == "updates" or (outcome == "created" and status != "new")):
            self._update(state, values, status)

    def _status(self, values: Values) -> str | None:
        return self.log.layout.states.get(values[_STATE] or "")

    def _same(self, state: State, values: Values) -> bool:
        return all(
            old == new
            for place, (old, new) in enumerate(zip(state.values, values, strict=True))
            if place not in _IDENTITY and place != _STATE
        )

    def _note(self, state: State, values: Values, at: int) -> None:
        moment = datetime.fromtimestamp(at + self.shift, UTC)
        text = f"The log has a row of {moment:%Y-%m-%d %H:%M} in state {values[_STATE]!r} that a ticket cannot take at this point; it is kept here."
        self.sandbox.world.update_ticket(
            state.ticket, {}, author=self._author(state, values), via=WEB, comment={"body": text, "public": False}
        )

    def _author(self, state: State, values: Values) -> int:
        requester = self.sandbox.world.tickets[state.ticket].requester_id
        return self.known.agents.get(values[_UPDATED_BY], requester)

    def _update(self, state: State, values: Values, status: str) -> None:
        """Change what the row says is different, with the words that go with a change of status."""
        agent = self._author(state, values)
        changes = self._changes(state, values)
        speaker, text = _words(state.status, status)
        if status != state.status:
            changes["status"] = status
        if status == "solved" and state.status != "solved":
            changes |= self._solver(state, changes, agent)
        comment: Row | None = None
        author = agent
        if text:
            comment = {"body": text, "public": True}
            if speaker == "customer":
                requester = changes.get("requester_id") or self.sandbox.world.tickets[state.ticket].requester_id
                author = requester if len(changes) == 1 else agent
                comment["author_id"] = requester
        self.sandbox.world.update_ticket(state.ticket, changes, author=author, via=WEB, comment=comment)
        state.status, state.values = status, values

    def _changes(self, state: State, values: Values) -> Row:
        before, known, layout = state.values, self.known, self.log.layout
        changes: dict[str, Any] = {}
        if values[_PRIORITY] != before[_PRIORITY]:
            changes["priority"] = layout.priorities.get(values[_PRIORITY] or "")
        if values[_REQUESTER] != before[_REQUESTER]:
            changes["requester_id"] = known.customers[values[_REQUESTER] or NOBODY]
        if values[_GROUP] != before[_GROUP] or values[_ASSIGNEE] != before[_ASSIGNEE]:
            changes |= {
                "group_id": known.groups.get(values[_GROUP]),
                "assignee_id": known.agents.get(values[_ASSIGNEE]),
            }
        fields = self._fields(values, before)
        return changes | ({"custom_fields": fields} if fields else {})

    def _fields(self, values: Values, before: Values | None) -> list[Row]:
        made = []
        for number, (name, kind) in enumerate(self.log.layout.fields.items(), len(KEPT)):
            text = values[number]
            if text != (before[number] if before else None):
                value = option(name, text) if text is not None and kind == "tagger" else text
                made.append({"id": self.known.fields[number - len(KEPT)], "value": value})
        return made

    def _solver(self, state: State, changes: Row, agent: int) -> Row:
        """Who solves a ticket that nobody has becomes its assignee, and a member of its group where they are not yet."""
        world = self.sandbox.world
        ticket = world.tickets[state.ticket]
        group = changes.get("group_id", ticket.group_id)
        if changes.get("assignee_id", ticket.assignee_id) is not None or agent not in world.staff:
            return {}
        if group is None:
            return {"assignee_id": agent, "group_id": world.tables["users"].need(agent)["default_group_id"]}
        if agent not in world.members.get(group, {}):
            world.add_membership(agent, group)
        return {"assignee_id": agent, "group_id": group}

    def _follow_up(self, place: int, values: Values, status: str) -> None:
        state, case = self._states[place], self.log.cases[place]
        requester = self.known.customers[values[_REQUESTER] or NOBODY]
        more = {
            "status": status, "via_followup_source_id": state.ticket, "comment": {"body": BACK, "author_id": requester},
        }  # fmt: skip
        ticket = self._create(case, values, more)
        self._states[place] = State(ticket, status, values, state.maker)


def _key(instant: int, order: int) -> int:
    return instant << _ORDER | order


def _words(before: str, after: str) -> tuple[str, str | None]:
    """Who says what when a case goes from one status to another."""
    if after == before:
        return "agent", None
    if after == "solved":
        return "agent", SOLVED
    if after == "pending":
        return "agent", ASKED
    if before == "new" and after == "open":
        return "agent", TAKEN
    if before == "pending" and after == "open":
        return "customer", ANSWERED
    return ("customer", BACK) if before == "solved" and after != "closed" else ("agent", None)


def play(sandbox: "Sandbox", log: Log) -> Player:
    """Make what a log names and put the log on the agenda; the clock goes to where it begins.

    Where a simulated clock is later already, the whole log is moved by whole weeks, so that weekdays and hours stay; on a real clock it begins at once.
    """
    now, first = sandbox.clock.epoch(), log.first
    shift = 0 if first >= now else -int((first - now) // (7 * DAY)) * 7 * DAY
    if not sandbox.clock.simulated:
        shift = int(now) - first
    sandbox.clock.to(datetime.fromtimestamp(first + shift, UTC))
    player = Player(sandbox, log, add_known(sandbox.world, log), shift)
    player.begin()
    return player
