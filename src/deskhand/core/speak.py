"""What a rule that fires says outside Zendesk: people of a role are told, an issue is filed, the status page is written. One message for each, whatever happens to the write."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from deskhand.core.act import channels_of, may
from deskhand.core.brief_make import brief_for
from deskhand.core.climb_words import title
from deskhand.core.history import reopens
from deskhand.core.message import Message, Notice, Verb
from deskhand.core.note import Ask, note_values
from deskhand.core.policy import Action, FileIssue, Mode, Publish, Rule, Send
from deskhand.core.runbook import runbook_of
from deskhand.core.scene import Scene
from deskhand.core.trace import Verdict

Firing = tuple[Rule, Mode, Verdict]


def spoken(firing: Iterable[Firing], scene: Scene, numbers: dict[str, int]) -> tuple[Message, ...]:
    """The messages of rules that fire, in order; `numbers` counts on in each thread. What a guard holds says nothing."""
    found = []
    for rule, mode, verdict in firing:
        for action in rule.then:
            if may(action, mode) and verdict.outcome in ("fires", "found"):
                found += [_numbered(one, numbers) for one in _messages(action, rule, verdict, scene)]
    return tuple(found)


def _messages(action: Action, rule: Rule, verdict: Verdict, scene: Scene) -> Iterator[Message]:
    match action:
        case Send():
            channels = channels_of(action, scene.policy)
            if channels:
                yield replace(
                    _message("tell", rule, verdict, scene, of=action.role),
                    thread=_thread_of_people(scene),
                    channels=channels,
                    role=action.role,
                    notice=_telling(action, rule, scene),
                )
        case FileIssue():
            made = _message("file", rule, verdict, scene, of=action.channel)
            yield replace(made, channels=(action.channel,), notice=_issue(action, rule, scene))
        case Publish():
            made, words = _message("publish", rule, verdict, scene, of=action.channel), _public(action, rule, scene)
            yield replace(made, channels=(action.channel,), notice=words, useful_until=words.due)
        case _:
            return


def _message(verb: Verb, rule: Rule, verdict: Verdict, scene: Scene, *, of: str) -> Message:
    """A message without its words. Its key is made from what fired, so the same firing never says anything twice."""
    severity = scene.facts.severity
    marked = f"{scene.ticket_id}|{verb}|{rule.id}|{verdict.episode}|{verdict.number}|{of}"
    return Message(
        key=hashlib.sha256(marked.encode()).hexdigest()[:24],
        thread=matter(scene),
        number=0,
        ticket_id=scene.ticket_id,
        verb=verb,
        channels=(),
        notice=Notice(""),
        at=scene.now,
        rule=rule.id,
        severity=severity,
        urgent=severity == "p1",
    )


def matter(scene: Scene) -> str:
    """The thread of a ticket's present life: what is public and what is filed stays one matter until it is reopened."""
    return scene.outside.thread(scene.ticket_id, reopens(scene.facts.history) + 1)


def _thread_of_people(scene: Scene) -> str:
    """Who is told hears it in the matter that people are paged for, where there is one."""
    paging = [climb.thread for climb in scene.memory.climbs if climb.stage != "over"]
    return paging[-1] if paging else matter(scene)


def _numbered(message: Message, numbers: dict[str, int]) -> Message:
    numbers[message.thread] = number = numbers.get(message.thread, 0) + 1
    return replace(message, number=number)


def _telling(action: Send, rule: Rule, scene: Scene) -> Notice:
    ask = Ask(before=scene.facts.severity, role=action.role)
    return Notice(
        title(scene.facts, scene.facts.severity),
        scene.policy.templates[action.template].render(note_values(scene.facts, rule, ask)),
        scene.url,
        brief_for(scene.facts, scene.policy, action.brief, scene.url) if action.brief else None,
        labels=(f"zd-{scene.ticket_id}",),
        runbook=runbook_of(scene.facts, scene.policy.channels.values()),
    )


def _issue(action: FileIssue, rule: Rule, scene: Scene) -> Notice:
    ask = Ask(before=scene.facts.severity)
    return Notice(
        title(scene.facts, scene.facts.severity),
        scene.policy.templates[action.template].render(note_values(scene.facts, rule, ask)),
        scene.url,
        brief_for(scene.facts, scene.policy, action.target, scene.url),
        labels=tuple(dict.fromkeys((f"zd-{scene.ticket_id}", *action.labels))),
        due=scene.now + timedelta(seconds=action.due_in) if action.due_in else None,
        runbook=runbook_of(scene.facts, scene.policy.channels.values()),
    )


def _public(action: Publish, rule: Rule, scene: Scene) -> Notice:
    """Words of the policies alone: a public template knows nothing of the ticket but what it lists itself."""
    values = note_values(scene.facts, rule, Ask(before=scene.facts.severity))
    return Notice(
        action.title,
        scene.policy.templates[action.template].render(values),
        status=action.status,
        due=scene.now + timedelta(seconds=action.next_update) if action.next_update else None,
    )
