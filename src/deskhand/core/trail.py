"""The audit trail: who allowed what, when, and what was written under which policy, as a chain in which nothing can be altered unseen.

Each entry names the digest of the one before it, and its own digest is the SHA-256 of all that it says:

    {"at":"2026-03-02T09:00:00.000000Z","before":"0000...","by":"ann","facts":{...},"kind":"released","seq":7,"version":"deskhand trail 1"}

as JSON with sorted keys, no spaces and nothing but ASCII. Who alters, removes, exchanges or puts in an entry breaks the chain at that place. Who can
write anew all that follows, or cuts off the end, is found by a head that was noted elsewhere: the worker writes it into its log (`trail`).

Facts are ids, names, numbers and digests: never words of a ticket or of a message, and no secret.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

Fact = str | int | bool | None | Sequence["Fact"] | Mapping[str, "Fact"]
Kind = Literal["started", "policy", "refused", "wrote", "sent", "released", "retried", "dropped", "undone", "macros", "stopped", "resumed", "signed", "taken back", "in force", "restored"]  # fmt: skip

KINDS: Final[Mapping[Kind, str]] = {
    "started": "a worker began: run, mode, policy, version",
    "policy": "another policy is in force: rules added, removed, changed",
    "refused": "changed policies had mistakes, and the last good ones stayed in force",
    "wrote": "writes that are on their tickets, with Zendesk's audits, the rules and the policy that they were decided under",
    "sent": "a service took a message",
    "released": "a person let go what was held",
    "retried": "a person had a write or message tried again",
    "dropped": "a person gave up writes or messages",
    "undone": "a person had the writes of a run or rule taken back",
    "macros": "a person changed which macros are kept, by applying, adopting or reverting",
    "stopped": "the kill switch was found on",
    "resumed": "the kill switch was found off again",
    "signed": "a person signed a version of the policies",
    "taken back": "a person took that signature back",
    "in force": "a version of the policies that has its signatures was put in force",
    "restored": "a person put a backup in the place of the database: what came after it is not in this trail",
}
"""Every kind of entry, and what it tells."""

WORKER: Final = "worker"
"""By whom, where no person did it."""
VERSION: Final = "deskhand trail 1"
FIRST: Final = "0" * 64
"""What the first entry names as the digest before it."""
SHORTEST: Final = 12
"""Characters of a digest that are enough to name a head."""
_PARTS: Final = {"seq": int, "at": str, "kind": str, "by": str, "facts": dict, "before": str, "digest": str, "version": str}  # fmt: skip
_HEAD: Final = re.compile(r"([1-9]\d{0,17}):([0-9a-f]{12,64})")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be entered. `by` is a person's name, or WORKER."""

    at: datetime
    kind: Kind
    by: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry in its place. `facts` is JSON in the one form that the digest is made of."""

    seq: int
    at: datetime
    kind: str
    by: str
    facts: str
    before: str
    digest: str

    @property
    def told(self) -> dict[str, Any]:
        """The facts by name; none where somebody made them unreadable, which `verify` tells."""
        try:
            found = json.loads(self.facts)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def body(self) -> str:
        """What the digest is made of."""
        at, by, kind = (json.dumps(one) for one in (_instant(self.at), self.by, self.kind))
        head = f'{{"at":{at},"before":"{self.before}","by":{by},"facts":{self.facts}'
        return f'{head},"kind":{kind},"seq":{self.seq},"version":"{VERSION}"}}'

    @property
    def head(self) -> "Head":
        """This entry as the last one of a chain."""
        return Head(self.seq, self.digest)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ended when somebody looked. The beginning of the digest is enough."""

    seq: int
    digest: str

    def __str__(self) -> str:
        """As the log says it, and `--head` takes it."""
        return f"{self.seq}:{self.digest}"

    @classmethod
    def read(cls, text: str) -> "Head | None":
        """A head as it was written, `SEQ:DIGEST`; None for anything else."""
        found = _HEAD.fullmatch(text.strip())
        return cls(int(found[1]), found[2]) if found else None


Found = Literal["altered", "missing", "displaced", "unlinked", "cut", "rewritten"]


@dataclass(frozen=True, slots=True)
class Break:
    """The first place at which a chain does not hold: the number of the entry, what was found there, and that in words."""

    seq: int
    found: Found
    words: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A chain that was gone through: how many entries held, the last of them, and where it broke, if it did."""

    count: int
    last: Entry | None
    broken: Break | None


def sealed(draft: Draft, last: Entry | None) -> Entry:
    """The entry that a draft becomes behind the last one; without one it is the first."""
    seq, before = (last.seq + 1, last.digest) if last else (1, FIRST)
    by = draft.by.encode("utf-8", "replace").decode().replace("\0", "?")
    bare = Entry(seq, draft.at.astimezone(UTC), draft.kind, by, canonical(draft.facts), before, "")
    return _with_digest(bare)


def chained(drafts: Iterable[Draft], last: Entry | None) -> list[Entry]:
    """The entries that drafts become, one behind the other."""
    found: list[Entry] = []
    for draft in drafts:
        last = sealed(draft, last)
        found.append(last)
    return found


def canonical(facts: Mapping[str, Fact]) -> str:
    """Facts as JSON with sorted keys, no spaces and nothing but ASCII: the same facts are the same text."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), default=dict)


def digest_of(entry: Entry) -> str:
    """The digest that an entry ought to have."""
    return hashlib.sha256(entry.body.encode("utf-8", "surrogatepass")).hexdigest()


def verify(entries: Iterable[Entry], known: Head | None = None) -> Checked:
    """Go through a chain from its first entry; `known` is a head that was noted elsewhere, to be found in it."""
    last: Entry | None = None
    for entry in entries:
        broken = _place(entry, last) or _inside(entry) or _link(entry, last) or _against(entry, known)
        if broken:
            return Checked(last.seq if last else 0, last, broken)
        last = entry
    count = last.seq if last else 0
    if known and known.seq > count:
        return Checked(count, last, Break(count + 1, "cut", _cut(count, known)))
    return Checked(count, last, None)


def concerns(entry: Entry, ticket: int) -> bool:
    """Whether an entry names a ticket."""
    return f'"ticket":{ticket}' in entry.facts and ticket in _tickets(entry.told)


def written(entry: Entry) -> str:
    """An entry as one line of an export, from which `entry_from` makes it again."""
    return f'{entry.body[:-1]},"digest":"{entry.digest}"}}'


def entry_from(line: str) -> Entry:
    """The entry that a line of an export holds, whatever the order of its keys. Raises ValueError for what is none."""
    raw = json.loads(line)
    if not isinstance(raw, dict) or raw.get("version") != VERSION:
        raise ValueError(f"it is no entry of a trail ({VERSION})")
    for name in sorted(raw.keys() | _PARTS.keys()):
        if name not in _PARTS or type(raw.get(name)) is not _PARTS[name]:
            raise ValueError(f"'{name}' is missing, of the wrong kind, or does not belong there")
    at = datetime.fromisoformat(raw["at"])
    if at.tzinfo is None:
        raise ValueError("'at' has no zone")
    return Entry(
        raw["seq"], at.astimezone(UTC), raw["kind"], raw["by"], canonical(raw["facts"]), raw["before"], raw["digest"]
    )


def _with_digest(bare: Entry) -> Entry:
    return Entry(bare.seq, bare.at, bare.kind, bare.by, bare.facts, bare.before, digest_of(bare))


def _place(entry: Entry, last: Entry | None) -> Break | None:
    """Whether the entry's number is the next one."""
    due = last.seq + 1 if last else 1
    if entry.seq == due:
        return None
    if entry.seq > due:
        where = f"after entry {last.seq}" if last else "from the beginning"
        if entry.seq == due + 1:
            return Break(due, "missing", f"Entry {due} is missing {where}: somebody removed it.")
        words = f"Entries {due} to {entry.seq - 1} are missing {where}: somebody removed them."
        return Break(due, "missing", words)
    words = f"Entry {entry.seq} stands where entry {due} is due: somebody put it there, or changed the order."
    return Break(due, "displaced", words)


def _inside(entry: Entry) -> Break | None:
    """Whether the entry says what its digest was made of."""
    if entry.digest == digest_of(entry):
        return None
    words = f"Entry {entry.seq} was altered: what it says ({entry.kind} by {entry.by}, {_instant(entry.at)}) does not give its digest."
    return Break(entry.seq, "altered", words)


def _link(entry: Entry, last: Entry | None) -> Break | None:
    """Whether the entry was made behind the one that stands before it."""
    if entry.before == (last.digest if last else FIRST):
        return None
    words = (
        f"Entry {entry.seq} names one before it, though it stands first: it was written anew, or is of another trail."
    )
    if last:
        words = f"Entry {entry.seq} was not made behind entry {last.seq} as it is now: one of the two was written anew, digest and all."
    return Break(entry.seq, "unlinked", words)


def _against(entry: Entry, known: Head | None) -> Break | None:
    """Whether the entry of the known head is still the same."""
    if known is None or known.seq != entry.seq or entry.digest.startswith(known.digest):
        return None
    words = f"Entry {entry.seq} is not the one that was there (digest {known.digest}): it, or entries before it, were written anew with all that follows."
    return Break(entry.seq, "rewritten", words)


def _cut(count: int, known: Head) -> str:
    """What it means that a chain ends too early."""
    if not count:
        return f"The trail is empty, and entry {known.seq} was there: all entries were removed."
    return (
        f"The trail ends with entry {count}, and entry {known.seq} was there: the entries after {count} were removed."
    )


def _tickets(fact: object) -> Iterator[int]:
    """Every ticket that facts name."""
    match fact:
        case dict():
            for name, value in fact.items():
                if name == "ticket" and isinstance(value, int):
                    yield value
                else:
                    yield from _tickets(value)
        case list():
            for value in fact:
                yield from _tickets(value)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
