"""Running the tests that rules carry, against the same decision that the worker makes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from deskhand.core import act
from deskhand.core.decide import decide
from deskhand.core.decision import Decision
from deskhand.core.effect import (
    AddFollower,
    AddTags,
    Assign,
    Effect,
    Note,
    RemoveTags,
    Say,
    SetField,
    SetSeverity,
)
from deskhand.core.guards import OFF
from deskhand.core.memory import Memory
from deskhand.core.message import Message, Standing, Verb
from deskhand.core.outside import Outside
from deskhand.core.policy import (
    OUTWARD,
    Action,
    Engage,
    Escalate,
    FileIssue,
    Group,
    Policy,
    Publish,
    Rule,
    Send,
    Tell,
    WriteBrief,
)
from deskhand.core.ticket import Value
from deskhand.documents.compile_test import TICKET_ID, RuleTest
from deskhand.documents.load import Loaded
from deskhand.documents.models_rule import ExpectModel
from deskhand.documents.problems import Problem
from deskhand.errors import DeskhandError


@dataclass(frozen=True, slots=True)
class TestResult:
    """What came of one test. `failures` say what was expected and what happened; empty where it passed."""

    __test__ = False

    rule: str
    name: str
    place: str
    problems: tuple[Problem, ...]

    @property
    def passed(self) -> bool:
        """Whether the rule did what the test expects."""
        return not self.problems


def run_tests(loaded: Loaded, *, together: bool = False) -> list[TestResult]:
    """Run every test, each with its rule alone unless the test or the caller asks for all rules together.

    A rule's mode, `enforce_from` and the guards are left aside, since a test is about what the rule does. None without a policy.
    """
    if loaded.policy is None:
        return []
    rules = {rule.id: rule for rule in loaded.policy.rules}
    return [_run(test, rules[test.rule], loaded.policy, together=together or test.together) for test in loaded.tests]


def _run(test: RuleTest, rule: Rule, policy: Policy, *, together: bool) -> TestResult:
    try:
        decision = _decide(test, rule, policy, together=together)
    except DeskhandError as error:
        failures = [str(error)]
    else:
        failures = list(_failures(test.expect, _Done.of(decision, rule), decision))
    whose = f"rule '{test.rule}': test '{test.name}': "
    at = test.node.at(("expect",))
    problems = tuple(at.problem(whose + failure, "test-failed") for failure in failures)
    return TestResult(test.rule, test.name, test.node.place, problems)


def _decide(test: RuleTest, rule: Rule, policy: Policy, *, together: bool) -> Decision:
    """The decision at the test's instant, after those of its earlier looks."""
    bare = replace(rule, mode="enforce", enforce_from=None)
    alone = (Group("test", "all", (bare,)),)
    all_of_them = tuple(
        replace(group, rules=tuple(bare if one.id == rule.id else one for one in group.rules))
        for group in policy.groups
    )
    policy = replace(policy, groups=all_of_them if together else alone, mode="enforce", guards=OFF, added={})
    play = _Play(test, policy)
    for instant in test.looked_at:
        play.look(instant)
    if test.awake:
        play.stay_awake()
    return play.look(test.at)


LOOKS: Final = 2_000
"""More often no test needs its ticket to be looked at."""


@dataclass(slots=True)
class _Play:
    """A test's ticket as the worker sees it, from look to look."""

    test: RuleTest
    policy: Policy
    memory: Memory = field(default_factory=lambda: Memory(TICKET_ID))

    def look(self, at: datetime) -> Decision:
        """What is decided at an instant; it is remembered."""
        policy, scenario = self.policy, self.test.scenario
        ticket, history = scenario.at(at, policy.binding, policy.watched)
        outside = Outside("test", on_call=self.test.on_call, alike=dict.fromkeys(policy.alike, scenario.alike))
        memory = replace(self.memory, history=history, standings=tuple(self._standings(at)))
        decision = decide(ticket, memory, policy, at, outside=outside)
        self.memory = decision.memory
        return decision

    def _standings(self, at: datetime) -> Iterator[Standing]:
        """Where the pages stand that were sent before: open, until somebody acknowledges them."""
        test = self.test
        for climb in self.memory.climbs:
            if climb.paged and test.answered_at is not None and climb.last <= test.answered_at <= at:
                yield Standing(climb.thread, "acknowledged", by=test.answered_by, at=test.answered_at)
            elif climb.paged:
                yield Standing(climb.thread, "triggered", at=climb.last)

    def stay_awake(self) -> None:
        """Look when the ticket comes, at every event, and whenever the look before planned to, until the test's instant."""
        test = self.test
        answer = [test.answered_at] if test.answered_at else []
        events = sorted({test.scenario.created, *(change.at for change in test.scenario.changes), *answer})
        planned: datetime | None = None
        for _ in range(LOOKS):
            due = [at for at in (*events[:1], planned) if at is not None]
            if not due or min(due) >= test.at:
                return
            now = min(due)
            events = [at for at in events if at > now]
            planned = self.look(now).look_again
        raise DeskhandError(f"it would be looked at more than {LOOKS:,} times until {test.at:%Y-%m-%d %H:%M} UTC")


@dataclass(slots=True)
class _Done:
    """What a rule did, in the words of `expect`."""

    effects: list[Effect]
    roles: list[str]
    tiers: list[str]
    briefs: list[str]
    lacks: list[str]
    outward: list[Action]
    """Actions that say something outside Zendesk."""
    messages: list[Message]

    @classmethod
    def of(cls, decision: Decision, rule: Rule) -> "_Done":
        effects = [one for one in decision.effects if one.rule == rule.id and one.done and one.overruled_by is None]
        acted = {effect.action for effect in effects}
        roles = [action.role for action in rule.then if isinstance(action, Tell)] if "notify" in acted else []
        tiers = [action.tier for action in rule.then if isinstance(action, Engage)] if "engage" in acted else []
        targets = [action.target.lower() for action in rule.then if isinstance(action, WriteBrief)]
        lacks = [name for verdict in decision.verdicts if verdict.rule == rule.id for name in verdict.lacks]
        fired = any(one.rule == rule.id and one.outcome == "fires" for one in decision.verdicts)
        outward: list[Action] = [action for action in rule.then if fired and isinstance(action, OUTWARD)]
        messages = [one for one in decision.messages if one.rule == rule.id]
        return cls(effects, roles, tiers, targets if "brief" in acted else [], lacks, outward, messages)

    @property
    def severity(self) -> str | None:
        return next((one.change.after for one in self.effects if isinstance(one.change, SetSeverity)), None)

    @property
    def sets(self) -> dict[str, Value]:
        return {one.change.field: one.change.value for one in self.effects if isinstance(one.change, SetField)}

    @property
    def added(self) -> list[str]:
        return [tag for one in self.effects if isinstance(one.change, AddTags) for tag in one.change.tags]

    @property
    def removed(self) -> list[str]:
        return [tag for one in self.effects if isinstance(one.change, RemoveTags) for tag in one.change.tags]

    @property
    def assigned(self) -> tuple[str | None, str | None]:
        found = [one.change for one in self.effects if isinstance(one.change, Assign)]
        return next((a.group for a in found if a.group), None), next((a.assignee for a in found if a.assignee), None)

    @property
    def notes(self) -> list[str]:
        return [
            one.change.template
            for one in self.effects
            if isinstance(one.change, Note) and one.action == "internal_note"
        ]

    @property
    def bodies(self) -> str:
        return "\n".join(one.change.body for one in self.effects if isinstance(one.change, Note))

    @property
    def sends(self) -> list[str]:
        return [one.role for one in self.outward if isinstance(one, Send)]

    def said(self, verb: Verb) -> list[str]:
        """To which roles something was said."""
        return [one.role for one in self.messages if one.verb == verb]

    @property
    def climbs(self) -> list[str]:
        return [one.ladder for one in self.outward if isinstance(one, Escalate)]

    @property
    def files(self) -> list[str]:
        return [one.channel for one in self.outward if isinstance(one, FileIssue)]

    @property
    def publishes(self) -> list[str]:
        return [one.status for one in self.outward if isinstance(one, Publish)]

    @property
    def followers(self) -> list[str]:
        return [one.change.email for one in self.effects if isinstance(one.change, AddFollower)]


def _failures(expect: ExpectModel, done: _Done, decision: Decision) -> Iterator[str]:
    """Every difference between what is expected and what was done."""
    if expect.nothing and (done.effects or done.outward or done.messages):
        words = [*(_said(effect) for effect in done.effects), *(act.word(action) for action in done.outward)]
        words += [f"{one.verb} {one.role}" for one in done.messages]
        yield f"it should do nothing, but does: {', '.join(words)}"
    if expect.severity is not None and done.severity != expect.severity:
        yield f"severity should become {expect.severity}, but {_became(done.severity, decision.severity)}"
    if expect.set is not None:
        yield from _sets(expect.set, done.sets)
    if expect.tags is not None:
        yield from _lists("tags added", expect.tags.added, done.added, ordered=False)
        yield from _lists("tags removed", expect.tags.removed, done.removed, ordered=False)
    for word, wanted, got in zip(("group", "assignee"), (expect.group, expect.assignee), done.assigned, strict=True):
        if wanted is not None and got != wanted:
            yield f"{word} should become '{wanted}', but {_became(got, None)}"
    yield from _lists("notes", expect.note, done.notes)
    yield from _lists("told", expect.notify, done.roles)
    yield from _lists("engaged", expect.engage, done.tiers)
    yield from _outside(expect, done)
    yield from _lists("briefs for", list(expect.brief) if expect.brief is not None else None, done.briefs)
    yield from _lists("fields waited for", expect.lacks, done.lacks, ordered=False)
    yield from _lists("followers added", expect.followers, done.followers, ordered=False)
    for text in expect.says or []:
        if text not in done.bodies:
            yield f"a note should say '{text}', but {'they say: ' + done.bodies if done.bodies else 'there is none'}"
    if expect.look_again is not None and decision.look_again != expect.look_again:
        seen = decision.look_again.isoformat() if decision.look_again else "never"
        yield f"the next look should be at {expect.look_again.isoformat()}, but is {seen}"


def _outside(expect: ExpectModel, done: _Done) -> Iterator[str]:
    """The same for what is said outside Zendesk."""
    yield from _lists("sent to", expect.sends, done.sends)
    yield from _lists("ladders begun", expect.climbs, done.climbs)
    yield from _lists("issues filed in", expect.files, done.files)
    yield from _lists("paged", expect.pages, done.said("page"))
    yield from _lists("told outside Zendesk", expect.tells, done.said("tell"))
    if expect.closes is not None and expect.closes != bool(done.said("close")):
        yield "the page should be closed" if expect.closes else "the page should stay open"
    yield from _lists("the status page's words", expect.publishes, done.publishes)


def _became(got: str | None, before: str | None) -> str:
    if got is not None:
        return f"becomes '{got}'"
    return f"stays {before}" if before else "is not changed"


def _sets(wanted: dict[str, object], got: dict[str, Value]) -> Iterator[str]:
    for name in sorted({*wanted, *got}):
        given = wanted.get(name)
        value = tuple(given) if isinstance(given, list) else given
        if name not in wanted:
            yield f"{name} should stay, but is set to {got[name]!r}"
        elif name not in got or got[name] != value:
            yield f"{name} should be set to {value!r}, but {f'is set to {got[name]!r}' if name in got else 'stays'}"


def _lists(what: str, wanted: list[str] | None, got: list[str], *, ordered: bool = True) -> Iterator[str]:
    if wanted is not None and (wanted != got if ordered else sorted(wanted) != sorted(got)):
        yield f"{what} should be {_words(wanted)}, but are {_words(got)}"


def _words(words: list[str]) -> str:
    return f"[{', '.join(words)}]"


def _said(effect: Effect) -> str:
    """An effect in words, for a test that expected none."""
    match effect.change:
        case SetSeverity(before=before, after=after):
            return f"{effect.action} {before} to {after}"
        case SetField(field=field, value=value):
            return f"set {field} to {value!r}"
        case AddTags(tags=tags) | RemoveTags(tags=tags):
            return f"{effect.action} {_words(list(tags))}"
        case Assign(group=group, assignee=assignee):
            return f"assign {group or assignee}"
        case AddFollower(email=email):
            return f"{effect.action} {email}"
        case Note(template=template):
            return f"{effect.action} {template}"
        case Say(verb=verb, to=to):
            return f"{verb} {to}"
