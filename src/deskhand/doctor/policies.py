"""The policies: whether they load, whether the account has what they name, and whether their channels can be used."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from deskhand import wiring
from deskhand.app.sign_off import known_versions
from deskhand.core.sign_off import Version, short, signatures
from deskhand.doctor.finding import Finding, Table, fail, ok, skip, warn
from deskhand.doctor.subject import Subject
from deskhand.documents.names import check_names
from deskhand.documents.problems import Problem, errors
from deskhand.wiring_policies import needed

SHOWN: Final = 5
"""Problems that are shown; `deskhand check` shows all."""
WRITING: Final = ("notify", "enforce")


def loaded(subject: Subject) -> Iterator[Finding]:
    """Whether they load. Raises DeskError where a calendar is the account's and the account does not answer."""
    found, folder = subject.loaded, subject.settings.policies
    wrong = errors(found.problems)
    if wrong or found.policy is None:
        words = (
            f"{len(wrong)} {'mistake' if len(wrong) == 1 else 'mistakes'} in {folder}, so that none of them is in force"
        )
        yield fail("policies", words, f"`deskhand check {folder}` shows all.", table=_listed(wrong))
        return
    policy, count = found.policy, len(found.files)
    yield ok("policies", f"{len(policy.rules)} rules in {count} {'file' if count == 1 else 'files'} of {folder}")
    doubts = [problem for problem in found.problems if problem not in wrong]
    if doubts:
        yield warn(
            "policies", f"{len(doubts)} warnings", f"`deskhand check {folder}` shows all.", table=_listed(doubts)
        )


def names(subject: Subject) -> Iterator[Finding]:
    """Whether the account has the groups, agents and fields that are named. Raises DeskError."""
    if subject.loaded.policy is None:
        yield skip("names", "not looked at: see policies")
        return
    unknown = list(check_names(subject.loaded, subject.account.directory.known()))
    if not unknown:
        count = len({(one.kind, one.name) for one in subject.loaded.mentions})
        yield ok("names", f"the account has all {count} groups, agents, fields and options that are named")
        return
    words = f"the account lacks {len(unknown)} of the names in the policies"
    advice = f"`deskhand check {subject.settings.policies} --online` shows all; mode enforce does not start with them."
    made = fail if subject.settings.mode == "enforce" else warn
    yield made("names", words, advice, table=_listed(unknown))


def signed(subject: Subject) -> Iterator[Finding]:
    """Whether as many people have signed them as are asked. Raises StoreError."""
    settings, policy = subject.settings, subject.loaded.policy
    asked = needed(settings)
    if policy is None or not asked:
        yield (
            skip("signatures", "not looked at: see policies")
            if policy is None
            else ok("signatures", "none are asked for")
        )
        return
    store = wiring.glance(settings)
    try:
        version = known_versions(store).get(policy.digest) or Version(policy.digest)
    finally:
        store.close()
    lacks = version.lacks(asked)
    if lacks:
        words = f"{short(policy.digest)} lacks {signatures(lacks, asked)}, so the version before it is in force, or it only observes"
        yield warn("signatures", words, "`deskhand sign-off show` shows what differs, and how to sign it.")
    else:
        yield ok("signatures", f"{short(policy.digest)} is signed by {version.signers}")


def channels(subject: Subject) -> Iterator[Finding]:
    """Whether the policies' channels have their settings."""
    policy = subject.loaded.policy
    if policy is None:
        yield skip("channels", "not looked at: see policies")
        return
    missing = wiring.post(subject.settings, subject.parts, policy, subject.environ).missing
    if not missing:
        yield ok(
            "channels", f"{len(policy.channels)} channels are ready" if policy.channels else "the policies name none"
        )
        return
    made = fail if subject.settings.mode in WRITING else warn
    words = f"{len(missing)} of {len(policy.channels)} cannot be used"
    advice = (
        "Set what is named, or take the channels out of the policies; modes notify and enforce do not start without."
    )
    yield made("channels", words, advice, table=_by_lack(missing))


def _by_lack(missing: Mapping[str, str]) -> Table:
    """What is missing, with the channels that wait for it."""
    waiting: dict[str, list[str]] = {}
    for name, line in sorted(missing.items()):
        waiting.setdefault(line.removeprefix(f"channel '{name}' ").removesuffix("."), []).append(name)
    rows = tuple((", ".join(names), lack) for lack, names in waiting.items())
    return Table(("channel", "what is missing"), rows)


def _listed(problems: Sequence[Problem]) -> Table:
    """The first of them."""
    return Table(("place and problem",), tuple((str(problem),) for problem in problems[:SHOWN]))
