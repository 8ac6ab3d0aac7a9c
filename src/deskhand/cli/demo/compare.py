"""The check at the end of a demo: are the sandbox's tickets exactly what the decisions said?

It reads the sandbox's audits and tickets over its API, and the decisions as they were made; it never asks the store. Three things must hold for
each ticket:

* every write that was decided stands in exactly one audit by the worker, with those changes and that internal note, no more and no less, or in none
  because somebody changed the ticket first and it was judged again;
* every audit by the worker carries the mark of a decision;
* the ticket as it is now is what its audits add up to, so nobody changed it behind everybody's back.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deskhand.cli.demo.witness import Told, Witness
from deskhand.core.effect import TicketWrite

Json = dict[str, Any]
Read = Callable[[str], Json]
"""Reads a path of the API (`/api/v2/...`) and returns its body."""

_SYSTEM = ("status", "priority", "type", "subject", "group_id", "assignee_id", "custom_status_id")


@dataclass(slots=True)
class Comparison:
    """What was found: `mismatches` in words, and the effects that the audits confirm, by kind and by the policy's word."""

    tickets: int = 0
    audits: int = 0
    writes: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    raised: int = 0
    lowered: int = 0
    superseded: int = 0
    mismatches: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Names:
    """The sandbox's own names and ids, read from its API."""

    worker: int
    groups: Mapping[str, int]
    people: Mapping[str, int]
    fields: Mapping[str, int]
    options: frozenset[str]

    @classmethod
    def read(cls, read: Read) -> "Names":
        """Who and what there is in the account."""
        fields = [one for one in pages(read, "/api/v2/ticket_fields", "ticket_fields") if one["removable"]]
        return cls(
            worker=read("/api/v2/users/me")["user"]["id"],
            groups={one["name"]: one["id"] for one in pages(read, "/api/v2/groups", "groups")},
            people={one["email"]: one["id"] for one in pages(read, "/api/v2/users", "users") if one["email"]},
            fields={_slug(one["title"]): one["id"] for one in fields},
            options=frozenset(
                option["value"] for one in fields for option in one.get("custom_field_options") or () if option["value"]
            ),
        )


def compare(read: Read, witness: Witness) -> Comparison:
    """Hold every ticket's audits against the decisions."""
    names, found = Names.read(read), Comparison()
    told: dict[int, list[tuple[str, Told]]] = {}
    for mark, one in witness.by_mark.items():
        told.setdefault(one.ticket_id, []).append((mark, one))
    for ticket in _every(read):
        audits = list(pages(read, f"/api/v2/tickets/{ticket['id']}/audits?page[size]=100", "audits"))
        found.tickets += 1
        found.audits += len(audits)
        _compare_marks(ticket["id"], audits, told.pop(ticket["id"], []), names, found)
        _compare_state(ticket, audits, found)
    found.mismatches += [f"ticket {key} has decisions, and does not exist" for key in told]
    return found


def _every(read: Read) -> Iterator[Json]:
    """Every ticket once: the export has the archived ones, and the listing what changed in the minute that the export holds back."""
    seen: set[int] = set()
    for listing in ("/api/v2/tickets?page[size]=100", "/api/v2/incremental/tickets/cursor?start_time=0"):
        for ticket in pages(read, listing, "tickets"):
            if ticket["id"] not in seen and ticket["status"] != "deleted":
                seen.add(ticket["id"])
                yield ticket


def pages(read: Read, path: str, name: str) -> Iterator[Json]:
    """Every record of a listing, page by page."""
    cursor, join = "", "&" if "?" in path else "?"
    while True:
        body = read(path + cursor)
        yield from body[name]
        if "end_of_stream" in body:
            if body["end_of_stream"]:
                return
            cursor = f"{join}cursor={body['after_cursor']}"
        elif (body.get("meta") or {}).get("has_more"):
            cursor = f"{join}page[after]={body['meta']['after_cursor']}"
        elif body.get("next_page"):
            number = re.search(r"[?&]page=(\d+)", body["next_page"])
            cursor = f"{join}page={number.group(1) if number else 1}"
        else:
            return


def _compare_marks(key: int, audits: list[Json], told: list[tuple[str, Told]], names: Names, found: Comparison) -> None:
    """Decisions against the worker's audits, both ways."""
    ours: dict[str, list[Json]] = {}
    for audit in audits:
        if audit["author_id"] == names.worker:
            ours.setdefault(_mark(audit), []).append(audit)
    for audit in ours.pop("", []):
        if not _created(audit):
            found.mismatches.append(f"ticket {key}: audit {audit['id']} is by the worker and carries no mark")
    for mark, one in told:
        written = ours.pop(mark, [])
        if len(written) == 1 and one.decision.write:
            _count(one, found)
            found.mismatches += [
                f"ticket {key}, write {mark}: {wrong}" for wrong in _wrong(one.decision.write, written[0], names)
            ]
        elif written:
            found.mismatches.append(f"ticket {key}: write {mark} was done {len(written)} times")
        elif _overtaken(one, audits, names):
            found.superseded += 1
        else:
            found.mismatches.append(f"ticket {key}: write {mark} was decided and never done")
    found.mismatches += [f"ticket {key}: audit with mark {mark}, which nobody decided" for mark in ours]


def _count(one: Told, found: Comparison) -> None:
    """The effects of a write that was done."""
    found.writes += 1
    effects = one.done
    found.kinds.update(effect.kind for effect in effects)
    found.words.update({(effect.rule, effect.action): effect.action for effect in effects}.values())
    found.raised += sum(1 for effect in effects if effect.action == "raise_severity")
    found.lowered += sum(1 for effect in effects if effect.action == "lower_severity")


def _overtaken(one: Told, audits: list[Json], names: Names) -> bool:
    """Whether somebody else changed the ticket after it was read for this decision: then Zendesk refused the write."""
    stamp = one.decision.write.stamp if one.decision.write else ""
    return any(audit["created_at"] >= stamp and audit["author_id"] != names.worker for audit in audits) or any(
        audit["created_at"] > stamp for audit in audits
    )


def _wrong(write: TicketWrite, audit: Json, names: Names) -> Iterator[str]:
    """Where an audit differs from the write that it should be."""
    kinds = ("Change", "Create", "Comment", "FollowerChange")
    events = [event for event in audit["events"] if event["type"] in kinds and not _follows(event)]
    changed = {event["field_name"]: event for event in events if "field_name" in event}
    wanted = {_target(name, names): _text(value) for name, value in write.sets}
    wanted |= {"group_id": str(names.groups.get(write.group))} if write.group else {}
    wanted |= {"assignee_id": str(names.people.get(write.assignee))} if write.assignee else {}
    for target, value in wanted.items():
        seen = _text(changed[target]["value"]) if target in changed else None
        if seen != value:
            yield f"{target} should have become {value}, and became {seen}"
    extra = changed.keys() - wanted.keys() - {"tags", "follower_ids", "custom_status_id", "status"}
    if not write.group and write.assignee:
        extra -= {"group_id"}
    if write.group and not write.assignee:
        extra -= {"assignee_id"}
    for target in sorted(extra):
        yield f"{target} became {changed[target]['value']}, which was not decided"
    yield from _wrong_followers(write, changed.get("follower_ids"), names)
    yield from _wrong_tags(write, changed.get("tags"), names)
    yield from _wrong_notes(write, [event for event in events if event["type"] == "Comment"])


def _follows(event: Json) -> bool:
    """Whether an event tells of SLA targets: these follow from what was changed, and nobody decides them."""
    return ((event.get("via") or {}).get("source") or {}).get("rel") == "sla_target_change"


def _wrong_tags(write: TicketWrite, event: Json | None, names: Names) -> Iterator[str]:
    """Tags that were to come or go and did not, or the other way round. Tags of a field's options follow the field."""
    before, after = _tags(event and event["previous_value"]), _tags(event and event["value"])
    coupled = names.options if any(name.startswith("field.") for name, _ in write.sets) else frozenset()
    came, went = after - before - coupled, before - after - coupled
    if came != set(write.tags_added) - coupled:
        yield f"tags added should be {sorted(write.tags_added)}, and were {sorted(came)}"
    if went != set(write.tags_removed) - coupled:
        yield f"tags removed should be {sorted(write.tags_removed)}, and were {sorted(went)}"


def _wrong_followers(write: TicketWrite, event: Json | None, names: Names) -> Iterator[str]:
    """Followers that were to come and did not, or came undecided."""
    before, after = set((event or {}).get("previous_value") or ()), set((event or {}).get("value") or ())
    wanted = {names.people.get(email) for email in write.followers}
    if after - before != wanted or before - after:
        yield f"followers added should be {sorted(map(str, wanted))}, and were {sorted(map(str, after - before))}"


def _wrong_notes(write: TicketWrite, comments: list[Json]) -> Iterator[str]:
    """One internal note with the decided words, or none."""
    bodies = [_words(comment["body"]) for comment in comments]
    if bodies != ([_words(write.note)] if write.note else []):
        yield f"the note should read {write.note!r}, and reads {bodies}"
    if any(comment["public"] for comment in comments):
        yield "the note is public"


def _compare_state(ticket: Json, audits: list[Json], found: Comparison) -> None:
    """The ticket against the sum of its audits."""
    folded: Json = {}
    for audit in audits:
        for event in audit["events"]:
            if event["type"] in ("Create", "Change") and "field_name" in event:
                folded[event["field_name"]] = event["value"]
    now: Json = {name: ticket[name] for name in _SYSTEM if name in folded}
    now |= {str(one["id"]): one["value"] for one in ticket["custom_fields"] if str(one["id"]) in folded}
    wrong = [name for name, value in now.items() if _text(value) != _text(folded[name])]
    if "tags" in folded and _tags(folded["tags"]) != set(ticket["tags"]):
        wrong.append("tags")
    found.mismatches += [
        f"ticket {ticket['id']}: {name} is {ticket.get(name, now.get(name))}, its audits say {folded[name]}"
        for name in wrong
    ]


def _mark(audit: Json) -> str:
    """The worker's mark in an audit, or an empty text."""
    custom = (audit.get("metadata") or {}).get("custom") or {}
    marked = custom.get("deskhand") or {}
    return str(marked.get("op", "")) if isinstance(marked, dict) else ""


def _created(audit: Json) -> bool:
    return any(event["type"] == "Create" for event in audit["events"])


def _target(name: str, names: Names) -> str:
    """The name under which a field stands in audits."""
    return str(names.fields.get(name.removeprefix("field."), name)) if name.startswith("field.") else name


def _text(value: object) -> str | None:
    """A value as audits write it: ids, numbers and ticks as text, nothing as None."""
    match value:
        case None | "" | []:
            return None
        case bool():
            return "1" if value else "0"
        case list() | tuple():
            return " ".join(sorted(map(str, value)))
        case _:
            return {"true": "1", "false": "0"}.get(str(value), str(value))


def _tags(value: object) -> set[str]:
    return set(value) if isinstance(value, list) else set(str(value or "").split())


def _words(text: str) -> str:
    """Text without differences of white space and without the joiners that keep quoted placeholders apart."""
    return " ".join(text.replace("\u2060", "").split())


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
