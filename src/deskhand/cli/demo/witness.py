"""What was decided, as it was decided: the demo's own record, kept apart from the store."""

from dataclasses import dataclass, field

from deskhand.core.decision import Decision
from deskhand.core.effect import Effect
from deskhand.core.message import Message
from deskhand.core.trace import Verdict


@dataclass(frozen=True, slots=True)
class Told:
    """A decision that did something, without its trace."""

    ticket_id: int
    decision: Decision

    @property
    def done(self) -> tuple[Effect, ...]:
        """The effects that were to be carried out."""
        return tuple(effect for effect in self.decision.effects if effect.done and effect.overruled_by is None)


@dataclass(slots=True)
class Witness:
    """Sees each decision before it is stored. The newest decision with a mark is the one that its write carries."""

    seen: int = 0
    by_mark: dict[str, Told] = field(default_factory=dict)
    shown: list[Decision] = field(default_factory=list)
    """A few whole decisions to explain at the end: the first of each rule."""
    rules: set[str] = field(default_factory=set)
    keep_traces: int = 40
    messages: dict[str, Message] = field(default_factory=dict)
    """What was to be said outside Zendesk, by its key; a decision that is made again says the same."""
    brief: tuple[int, str] = (0, "")
    """A ticket, and the note with its escalation brief."""

    def __call__(self, decision: Decision) -> None:
        """Take note of a decision."""
        self.seen += 1
        self.messages |= {message.key: self.messages.get(message.key, message) for message in decision.messages}
        if decision.write is None:
            return
        if "ESCALATION:" in (decision.write.note or "") and len(decision.write.note or "") > len(self.brief[1]):
            self.brief = decision.ticket_id, decision.write.note or ""
        fired = {verdict.rule for verdict in decision.verdicts if verdict.outcome == "fires"}
        if fired - self.rules and len(self.shown) < self.keep_traces:
            self.shown.append(decision)
            self.rules |= fired
        self.by_mark[decision.write.op_id] = Told(decision.ticket_id, _slim(decision))

    def to_explain(self, count: int = 3) -> list[Decision]:
        """Decisions worth explaining: those that did the most, of different rules first."""
        richest = sorted(self.shown, key=lambda decision: (-len(decision.effects), decision.ticket_id))
        chosen: list[Decision] = []
        rules: set[str] = set()
        for decision in richest:
            fired = {verdict.rule for verdict in decision.verdicts if verdict.outcome == "fires"}
            if not fired & rules:
                chosen.append(decision)
                rules |= fired
        return (chosen + [decision for decision in richest if decision not in chosen])[:count]


def _slim(decision: Decision) -> Decision:
    """A decision without what only an explanation needs."""
    nothing: tuple[Verdict, ...] = ()
    return Decision(
        ticket_id=decision.ticket_id,
        at=decision.at,
        policy=decision.policy,
        verdicts=nothing,
        effects=decision.effects,
        clocks=(),
        memory=type(decision.memory)(decision.ticket_id),
        write=decision.write,
        severity=decision.severity,
    )
