"""The check of what was said outside Zendesk: did the services hear exactly what the decisions said?

It reads the logs of the stand-ins, and the messages as they were decided. The store is asked only for what was kept back on purpose, with its reason. Three
things must hold:

* every page, post and issue that a service has is a message that was decided, and is there once;
* every message that was decided is at a service, or was kept back with a reason;
* no page came after the end of its matter.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deskhand.core.message import Message, MessageRow
from deskhand.sandbox.services import Services
from deskhand.sandbox.services.stand_in import Effect

_MARK = re.compile(r" \[#(\d+)\]\Z")
_KEPT = ("dropped", "deferred", "held", "planned")
"""States of what was kept back: with a reason, or until the end of its quiet hours."""
_SAID = ("page", "tell", "file", "publish")


@dataclass(slots=True)
class Spoken:
    """What was found: counts of what the services have, what was kept back and why, and the differences in words."""

    counts: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    mismatches: list[str] = field(default_factory=list)
    pages: Mapping[str, list[Effect]] = field(default_factory=dict)
    """What PagerDuty did, by thread."""


def check(services: Services, decided: Mapping[str, Message], rows: Iterable[MessageRow]) -> Spoken:
    """Hold the services' logs against the messages that were decided."""
    found = Spoken()
    by_place = {(one.thread, one.number): one for one in decided.values() if one.verb == "page"}
    heard = Counter(_paged(services, by_place, found)) + Counter(_by_key(services, decided, found))
    for key, times in heard.items():
        if times > 1:
            found.mismatches.append(f"{_words(decided[key])}: {times} times")
    kept = {row.message.key: row for row in rows if row.state in _KEPT}
    for key, message in decided.items():
        if message.verb not in _SAID or key in heard:
            continue
        if key not in kept:
            found.mismatches.append(f"{_words(message)}: no service has it")
        else:
            found.kept[kept[key].reason or "waits for its time"] += 1
    found.counts["kept back"] = found.kept.total()
    return found


def _paged(services: Services, by_place: Mapping[tuple[str, int], Message], found: Spoken) -> Iterator[str]:
    """Keys of the pages that PagerDuty has, by thread and by the number at the end of the title."""
    pages: dict[str, list[Effect]] = {}
    for effect in services.pagerduty.log:
        pages.setdefault(effect.key, []).append(effect)
    found.pages = pages
    for thread, effects in pages.items():
        ended = False
        for effect in effects:
            found.counts[effect.kind] += 1
            ended = effect.kind == "resolved" or (ended and effect.kind not in ("triggered", "escalated"))
            if effect.kind not in ("triggered", "escalated") or effect.facts.get("by") == "policy":
                continue
            if ended:
                found.mismatches.append(f"{thread}: a page came after its end")
            mark = _MARK.search(str(effect.facts.get("title", "")))
            message = by_place.get((thread, int(mark.group(1)))) if mark else None
            if message is not None:
                yield message.key
            elif effect.kind == "escalated" or not any(place[0] == thread for place in by_place):
                found.mismatches.append(
                    f"PagerDuty has '{effect.facts.get('title')}' under {thread}, which nobody decided"
                )


def _by_key(services: Services, decided: Mapping[str, Message], found: Spoken) -> Iterator[str]:
    """Keys of what the others have."""
    for name, kind, effect, key in _others(services):
        found.counts[f"{name} {kind}"] += 1
        message = decided.get(key)
        if message is None:
            found.mismatches.append(f"{name} has a {kind} that nobody decided: {effect.facts}")
        elif message.verb in _SAID:
            yield key


def _others(services: Services) -> Iterator[tuple[str, str, Effect, str]]:
    for effect in services.slack.log:
        if effect.kind == "post":
            yield "Slack", "post", effect, effect.key
    for effect in services.jira.log:
        if effect.kind in ("issue", "comment"):
            yield "Jira", effect.kind, effect, _mark_of(effect.facts.get("properties"))
    for effect in services.statuspage.log:
        told: Any = (effect.facts.get("metadata") or {}).get("zendesk") or {}
        yield "status page", effect.kind, effect, str(told.get("last", ""))


def _mark_of(properties: object) -> str:
    """The message's key among the properties of an issue, which are an object, or of a comment, which are a list."""
    values: Iterable[object] = properties.values() if isinstance(properties, dict) else ()
    if isinstance(properties, list):
        values = [row.get("value") for row in properties if isinstance(row, dict)]
    return next((str(value["key"]) for value in values if isinstance(value, dict) and "key" in value), "")


def _words(message: Message) -> str:
    return (
        f"ticket {message.ticket_id}: {message.verb} for {message.role or message.channels[0]} at {message.at:%H:%M:%S}"
    )


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of the story of a climb."""

    at: str
    words: str


def story(found: Spoken, decided: Mapping[str, Message]) -> tuple[str, list[Happened]]:
    """The longest climb that somebody could watch: its title, and what happened at which second."""
    climbs: dict[str, list[Message]] = {}
    for message in decided.values():
        if message.climb and message.thread in found.pages:
            climbs.setdefault(message.thread, []).append(message)
    if not climbs:
        return "", []
    thread = max(climbs, key=lambda key: (len({one.rung for one in climbs[key]}), -climbs[key][0].ticket_id))
    messages = sorted(climbs[thread], key=lambda one: (one.at, one.number))
    lines = [
        (one.at.timestamp(), f"{'pages' if one.verb == 'page' else one.verb + 's'} {one.role}" + (f", the {_nth(one.page)} time" if one.verb == "page" and one.page > 1 else ""))
        for one in messages
    ]  # fmt: skip
    lines += [
        (float(effect.at), f"{effect.facts.get('by') or 'somebody'} {effect.kind} it" if effect.kind == "acknowledged" else f"PagerDuty pages {effect.facts.get('person')}")
        for effect in found.pages[thread]
        if effect.kind in ("acknowledged", "paged")
    ]  # fmt: skip
    first = messages[0]
    told = [Happened(_clock(at), words) for at, words in sorted(lines, key=lambda line: line[0])]
    return f"{first.notice.title} · ladder {first.climb}", told


def _nth(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")


def _clock(at: float) -> str:
    minutes, seconds = divmod(int(at) % 86_400, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
