"""Standing: which policy is in force, as what, and which one waits for signatures. The worker notes it, and commands beside it read it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from deskhand.app.ports import Transaction
from deskhand.app.sign_off import IN_FORCE, marks
from deskhand.core.policy import Mode
from deskhand.core.sign_off import Version, short, signatures, versions
from deskhand.core.trail import WORKER, Draft

STANDING = "policy stands"
"""The name under which it is noted."""
SHOW = "`deskhand sign-off show`"


@dataclass(frozen=True, slots=True)
class Standing:
    """The policy in force by its digest, and its mode. `needed` is how many signatures the worker asks for; `waiting` is the digest of files that lack some."""

    digest: str
    mode: Mode
    needed: int = 0
    waiting: str = ""
    since: str = ""
    """From when on it has been in force in this mode."""

    @property
    def observes_alone(self) -> bool:
        """Whether it only observes because it lacks signatures."""
        return self.waiting == self.digest

    def in_words(self, known: Mapping[str, Version]) -> str:
        """What is in force and why, in one line."""
        version = known.get(self.digest) or Version(self.digest)
        if self.observes_alone:
            return f"{short(self.digest)} is in force, but only observes"
        head = f"{short(self.digest)} is in force ({self.mode})"
        if self.mode in ("off", "observe"):
            return head
        return f"{head}, signed by {version.signers}" if self.needed else f"{head}; no signatures are asked for"

    def waits(self, known: Mapping[str, Version]) -> str:
        """Why the files are not in force, or only observe, where it is signatures that they lack; empty otherwise."""
        if not self.waiting:
            return ""
        version = known.get(self.waiting) or Version(self.waiting)
        lacks = signatures(version.lacks(self.needed), self.needed)
        signed = f" (signed by {version.signers})" if version.signatures else ""
        head = short(self.waiting) if self.observes_alone else f"the files are {short(self.waiting)}, which"
        return f"{head} lacks {lacks}{signed}: {SHOW}"


def noted(tx: Transaction) -> Standing | None:
    """What the worker noted last; None where none has ever begun."""
    text = tx.notebook.get(STANDING)
    return Standing(**json.loads(text)) if text else None


def note(tx: Transaction, standing: Standing, now: datetime) -> Standing:
    """Note it; the instant from which it counts stays where policy and mode do. It is a whole second, as those of decisions are."""
    before = noted(tx)
    same = before is not None and (before.digest, before.mode) == (standing.digest, standing.mode)
    made = replace(standing, since=before.since if before and same else now.replace(microsecond=0).isoformat())
    tx.notebook.set(STANDING, json.dumps(asdict(made)))
    return made


@dataclass(frozen=True, slots=True)
class Told:
    """The policy in force, for people and machines. `words` says what it is and why; `waits` why the files are not, where it is signatures that they lack."""

    digest: str
    mode: Mode
    signed_by: tuple[str, ...]
    words: str
    waits: str


def told(tx: Transaction) -> Told | None:
    """What the worker noted last, with the signatures as they are now; None where no worker has ever begun."""
    standing = noted(tx)
    if standing is None:
        return None
    known = versions(marks(tx)[0])
    version = known.get(standing.digest) or Version(standing.digest)
    signed = tuple(mark.by for mark in version.signatures)
    return Told(standing.digest, standing.mode, signed, standing.in_words(known), standing.waits(known))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version that may be signed. `before` are the texts in force, as far as they are kept; `observed` counts decisions, where it already observes."""

    version: Version
    standing: Told | None
    before: Mapping[str, str]
    observed: int | None


def proposal(tx: Transaction, digest: str) -> Proposal:
    """What is known of a version that may be signed."""
    standing = noted(tx)
    version = versions(marks(tx)[0]).get(digest) or Version(digest)
    before = tx.texts.of(standing.digest) if standing else None
    watched = standing is not None and standing.observes_alone and standing.digest == digest
    observed = tx.decisions.since(datetime.fromisoformat(standing.since)) if standing and watched else None
    return Proposal(version, told(tx), before or {}, observed)


def put_in_force(tx: Transaction, standing: Standing, texts: Mapping[str, str], now: datetime) -> None:
    """A policy is in force: its texts are kept, and where it has the signatures that it needs, the trail says so.

    Of texts that nobody ever signed, only those of the policy in force are kept.
    """
    note(tx, standing, now)
    if texts:
        tx.texts.keep(standing.digest, texts, now)
    found, _ = marks(tx)
    tx.texts.forget(set(tx.texts.kept()) - {mark.digest for mark in found} - {standing.digest})
    last = next((mark.digest for mark in reversed(found) if mark.did == IN_FORCE), "")
    if standing.needed and standing.mode not in ("off", "observe") and last != standing.digest:
        signed = [mark.by for mark in versions(found)[standing.digest].signatures]
        tx.trail.add(
            [Draft(now, IN_FORCE, WORKER, {"policy": standing.digest, "mode": standing.mode, "signed": signed})]
        )
