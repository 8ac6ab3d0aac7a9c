"""What an outsider finds at the services after a trial: the stand-ins' logs, against what was decided to be said.

Rows of the store are used for one thing: to know which messages were meant, and how the worker says they ended.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from deskhand.core.fallback import DOUBTED
from deskhand.core.message import WAITING, MessageRow
from deskhand.sandbox.services import Services
from deskhand.sandbox.services.stand_in import Effect

TWICE: tuple[str, ...] = ("page",)
"""What may be said twice in Slack where nobody knows whether it was said: silence would be worse."""


def inspect_services(
    services: Services,
    known: Mapping[str, MessageRow],
    counts: Counter[str],
    forgotten: Mapping[str, MessageRow] = MappingProxyType({}),
) -> list[str]:
    """Everything that is wrong, in words that begin with the promise that was broken. `known` are all messages that were decided.

    What was `forgotten` with a database that was lost is known to its service alone. Where that could not be asked it may be said once more in Slack, and a
    further page that left as an event of its own stays open, and so does a matter that goes on after an end that was forgotten; a receiver may refuse other
    words under the key of what it has. These are counted.
    """
    rows = {**forgotten, **known}
    for row in known.values():
        counts[f"messages {row.message.verb} {row.state}"] += 1
    left = {f"{row.message.thread}:{row.message.number}" for row in forgotten.values() if row.message.verb == "page"}
    strict = {key for key, row in known.items() if key in forgotten and row.state == "dead" and ": 422" in row.reason}
    counts["refused by a receiver that has it"] += len(strict)
    found = [
        *_ended({key: row for key, row in known.items() if key not in strict}),
        *_paged(services.pagerduty.log, [*forgotten.values(), *known.values()]),
    ]
    over = {row.message.thread for row in forgotten.values() if row.message.verb == "close"}
    for key, words in _closed(services.pagerduty.log, known):
        if key in left or _thread(key) in over:
            counts["left open after the restore"] += 1
        else:
            found.append(words)
    found += [
        *_posted(services.slack.log, rows, counts, forgotten),
        *_filed(services.jira.log, rows),
        *_published(services, rows),
    ]
    return [*found, *_taken(services.hook.log), *_arrived(services, known, forgotten)]


def _ended(rows: Mapping[str, MessageRow]) -> Iterator[str]:
    """Every message came to an end, and none to a bad one."""
    for key, row in rows.items():
        if row.state in WAITING:
            yield f"never lost: {row.message.verb} {key} is still {row.state}: {row.reason}"
        if row.state == "dead":
            yield f"never lost: {row.message.verb} {key} is dead: {row.reason}"
        if row.state == "dropped" and not row.reason:
            yield f"never silently: {row.message.verb} {key} was dropped without a reason"


def _paged(log: Sequence[Effect], rows: Sequence[MessageRow]) -> Iterator[str]:
    """One incident for each matter, or for each of its pages, however often it was triggered; none that nobody decided."""
    pages = [row.message for row in rows if row.message.verb == "page"]
    keys = {one.thread for one in pages} | {f"{one.thread}:{one.number}" for one in pages}
    for key, times in Counter(one.key for one in log if one.kind == "triggered").items():
        if times > 1:
            yield f"never twice: {key} was opened {times} times in PagerDuty"
        if key not in keys:
            yield f"only what was decided: {key} was opened in PagerDuty"
    for key, notes in _by_key(log, "noted").items():
        for content, times in Counter(str(note.facts["content"]) for note in notes).items():
            if times > 1:
                yield f"never twice: {key} has a note {times} times: {content[:80]!r}"


def _closed(log: Sequence[Effect], rows: Mapping[str, MessageRow]) -> Iterator[tuple[str, str]]:
    """Nothing is opened after its matter was closed, and nothing stays open after it."""
    closed = {row.message.thread for row in rows.values() if row.message.verb == "close" and row.state == "sent"}
    for key in {one.key for one in log}:
        kinds = [one.kind for one in log if one.key == key and one.kind in ("triggered", "resolved")]
        if "resolved" in kinds and kinds[-1] != "resolved":
            yield key, f"never after its end: {key} was opened in PagerDuty after it was resolved"
        elif _thread(key) in closed and kinds and kinds[-1] != "resolved":
            yield key, f"never left open: {key} was closed, and PagerDuty still has it open"


def _thread(key: str) -> str:
    """The matter of an incident: its key is the thread, or that and the number of a page."""
    return ":".join(key.split(":")[:4])


def _posted(
    log: Sequence[Effect], rows: Mapping[str, MessageRow], counts: Counter[str], forgotten: Container[str]
) -> Iterator[str]:
    """Each message is posted once; only a page whose first post nobody could be sure of may be there twice."""
    for key, posts in _by_key(log, "post").items():
        row = rows.get(key)
        if row is None:
            yield f"only what was decided: Slack has a post of {key}"
            continue
        counts["posts twice"] += len(posts) - 1
        most = 2 if row.message.verb in TWICE or row.message.urgent or key in forgotten else 1
        if len(posts) > most:
            yield f"never twice: {row.message.verb} {key} was posted {len(posts)} times in Slack"


def _filed(log: Sequence[Effect], rows: Mapping[str, MessageRow]) -> Iterator[str]:
    """One issue for each matter that files one; what the same matter files later is a comment on it."""
    wanted = {row.message.thread for row in rows.values() if row.message.verb == "file" and row.state == "sent"}
    made = Counter(str(one.facts["properties"]["zendesk.escalation"]["thread"]) for one in log if one.kind == "issue")
    for thread, times in made.items():
        if times > 1:
            yield f"never twice: {times} issues were filed for {thread}"
    if set(made) != wanted:
        yield f"only what was decided: issues were filed for {sorted(set(made) ^ wanted)}, or were not"
    for (key, text), times in Counter((one.key, one.facts["text"]) for one in log if one.kind == "comment").items():
        if times > 1:
            yield f"never twice: {key} has a comment {times} times: {text[:80]!r}"


def _published(services: Services, rows: Mapping[str, MessageRow]) -> Iterator[str]:
    """One public incident for each matter that is published, and each word once."""
    wanted = {row.message.thread for row in rows.values() if row.message.verb == "publish" and row.state == "sent"}
    made = Counter(str(one["metadata"]) for one in services.statuspage.incidents)
    for key, times in made.items():
        if times > 1:
            yield f"never twice: {times} public incidents of {key}"
    if len(made) > len(wanted):
        yield f"only what was decided: {len(made)} public incidents, and {len(wanted)} were to be"
    for incident in services.statuspage.incidents:
        words = Counter((one["status"], one["body"]) for one in incident["incident_updates"])
        for (status, body), times in words.items():
            if times > 1:
                yield f"never twice: {incident['id']} says {times} times that it is {status}: {body[:60]!r}"


def _taken(log: Sequence[Effect]) -> Iterator[str]:
    """A receiver that knows messages by their keys takes each once."""
    for key, times in Counter(one.key for one in log if one.kind == "taken").items():
        if times > 1:
            yield f"never twice: the receiver of webhooks took {key} {times} times"


def _arrived(services: Services, rows: Mapping[str, MessageRow], forgotten: Container[str]) -> Iterator[str]:
    """What the worker calls sent is at the service that it went by, and not from before it was decided; a worker that was forgotten may have said it before."""
    slack = {one.key for one in services.slack.log} | {str(one.facts["thread_ts"]) for one in services.slack.log}
    hook = {one.key for one in services.hook.log}
    pager: dict[str, float] = {}
    for one in services.pagerduty.log:
        if one.kind in ("triggered", "again", "paged", "noted", "acknowledged", "dropped", "escalated"):
            pager[_thread(one.key)] = max(one.at, pager.get(_thread(one.key), 0.0))
    for key, row in rows.items():
        message = row.message
        if message.verb != "page" or row.state not in ("sent", "confirmed"):
            continue
        thread = row.joined or message.thread
        found = key in forgotten or any(one.came == DOUBTED for one in row.tried)
        since = 1.0 if ".again" in key or found else (message.at - timedelta(seconds=1)).timestamp()
        at_pager = pager.get(thread, 0.0) >= since  # what is said again counts as there once its page is
        there = {"pager": at_pager, "events": at_pager, "room": key in slack, "receiver": key in hook}[row.by]
        if not there and not row.joined:
            yield f"never lost: page {key} of {thread} counts as sent by '{row.by}', which has nothing of it"


def _by_key(log: Sequence[Effect], kind: str) -> dict[str, list[Effect]]:
    found: dict[str, list[Effect]] = {}
    for one in log:
        if one.kind == kind:
            found.setdefault(one.key, []).append(one)
    return found
