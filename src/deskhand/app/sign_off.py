"""Sign-off: people sign a version of the policies, or take their signature back. What they did is in the audit trail, and nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args

from deskhand import logs
from deskhand.app.ports import Store, Transaction
from deskhand.core.sign_off import NAMED, Did, Mark, Version, is_name, short, versions
from deskhand.core.trail import Draft, Entry
from deskhand.errors import NotKnown, UsageError, WrongState

log = logs.get(__name__)
SIGNED: Final = "signed"
TAKEN_BACK: Final = "taken back"
IN_FORCE: Final = "in force"
KINDS: Final[tuple[Did, ...]] = get_args(Did)
PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, with what they have to say, and the account of the machine that they use."""

    by: str
    user: str = ""
    note: str = ""


def marks(tx: Transaction, after: int = 0) -> tuple[list[Mark], int]:
    """The marks that the trail holds behind an entry, and the number of its last entry."""
    last = tx.trail.last()
    end, found = last.seq if last else 0, list[Mark]()
    while after < end:
        page = tx.trail.entries(after, PAGE, KINDS)
        found += [_mark(entry) for entry in page]
        after = page[-1].seq if len(page) == PAGE else end
    return found, end


def _mark(entry: Entry) -> Mark:
    facts = entry.told
    did: Did = next(kind for kind in KINDS if kind == entry.kind)
    return Mark(str(facts.get("policy", "")), did, entry.at, entry.by, facts.get("user", ""), facts.get("note", ""))


def known_versions(store: Store) -> dict[str, Version]:
    """Every version that was ever signed or in force under signatures, with the signatures that it has now."""
    with store.read() as tx:
        return versions(marks(tx)[0])


def named(prefix: str, digests: Sequence[str]) -> str:
    """The digest that begins so. Raises UsageError for too few letters, NotKnown where there is none or more than one."""
    asked = prefix.strip().lower()
    if len(asked) < NAMED:
        raise UsageError(f"'{prefix}' is too short", hint=f"Name at least {NAMED} letters of the version's digest.")
    found = [one for one in digests if one.startswith(asked)]
    if len(found) != 1:
        raise NotKnown(
            f"{'no version begins' if not found else f'{len(found)} versions begin'} with '{prefix}'",
            hint="`deskhand sign-off list` names them all.",
        )
    return found[0]


def give(store: Store, digest: str, texts: Mapping[str, str], signer: Signer, now: datetime) -> Version:
    """Sign a version, whose texts are kept with it. Raises UsageError for a name that is none, WrongState where that person signed it already."""
    _refuse_nameless(signer)
    with store.begin() as tx:
        version = versions(marks(tx)[0]).get(digest) or Version(digest)
        before = version.signature_of(signer.by)
        if before is not None:
            raise WrongState(
                f"{before.by} signed {short(digest)} already, at {before.at:%Y-%m-%d %H:%M} UTC",
                hint="Another person has to sign it: one person counts once, whatever the spelling of the name.",
            )
        tx.texts.keep(digest, texts, now)
        return _enter(tx, SIGNED, digest, signer, now)


def take_back(store: Store, prefix: str, signer: Signer, now: datetime) -> Version:
    """Take one's signature back. Raises NotKnown, UsageError, and WrongState where that person has not signed the version."""
    _refuse_nameless(signer)
    with store.begin() as tx:
        known = versions(marks(tx)[0])
        version = known[named(prefix, list(known))]
        if version.signature_of(signer.by) is None:
            whose = f"it is signed by {version.signers}" if version.signatures else "nobody's signature is on it"
            raise WrongState(
                f"{signer.by} has not signed {short(version.digest)}; {whose}",
                hint="People take back their own signatures alone. To stop all writing at once, use the kill switch.",
            )
        return _enter(tx, TAKEN_BACK, version.digest, signer, now)


def _enter(tx: Transaction, did: Did, digest: str, signer: Signer, now: datetime) -> Version:
    """Enter a mark into the trail; the version as it is then."""
    facts = {"policy": digest, "user": signer.user, "note": signer.note}
    tx.trail.add([Draft(now, did, signer.by, facts)])
    log.info("sign_off", did=did, policy=short(digest), by=signer.by)
    return versions(marks(tx)[0])[digest]


def _refuse_nameless(signer: Signer) -> None:
    if not is_name(signer.by):
        raise UsageError(
            "a signature needs the name of a person", hint='Such as --by "Ada Admin <ada@acme.example>", in one line.'
        )
    if not signer.note.replace("\n", " ").isprintable():
        raise UsageError("the note holds characters that are not seen", hint="Write it in plain words.")
