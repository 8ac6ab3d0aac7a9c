"""Which policies are in force: those of the files once enough people have signed them, and until then the last ones that have their signatures."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from deskhand import wiring
from deskhand.app.cycle import cycle
from deskhand.app.ports import Store
from deskhand.app.sign_off import Signer, give, take_back
from deskhand.app.standing import noted, told
from deskhand.core.trail import verify
from deskhand.documents import load_policies
from deskhand.errors import PolicyInvalid, Rejected
from deskhand.sandbox import EMAIL, Sandbox, SimClock
from deskhand.sandbox.company import CLIENT_ID, CLIENT_SECRET
from deskhand.sandbox.worlds import load_world
from deskhand.settings import Settings
from deskhand.store import MemoryStore
from tests.app.places import START

ADA, BO, CY = (Signer(f"{name} <{name.lower()}@acme.example>", "root") for name in ("Ada", "Bo", "Cy"))
RULES = "rules:\n  - {id: one, description: Tags., when: {priority: %s}, then: {add_tags: %s}, ignore: no-tests}\n"


@dataclass
class Office:
    """A small company, a folder of policies, a database that outlives restarts, and a worker."""

    folder: Path
    settings: Settings
    store: Store
    sandbox: Sandbox
    customer: int
    worker: wiring.Worker
    reload: wiring.Reloader

    @classmethod
    def open(cls, folder: Path, text: str, **more: str) -> "Office":
        """An office whose worker begins with these policies, in enforce mode unless it is said otherwise."""
        policies = folder / "policies"
        policies.mkdir()
        (policies / "a.yaml").write_text(text, encoding="utf-8")
        sandbox = Sandbox("acme", SimClock(START))
        company = load_world(sandbox, tickets=40).company
        assert company is not None
        store, settings = MemoryStore(), made(folder, **more)
        worker = started(settings, store, sandbox)
        customer = company.customers[0]["id"]
        return cls(policies, settings, store, sandbox, customer, worker, wiring.Reloader(worker, settings))

    def write(self, text: str, name: str = "a.yaml") -> str:
        """Edit the files; the digest of what they are now, if they are in order."""
        (self.folder / name).write_text(text, encoding="utf-8")
        policy = load_policies(self.folder).policy
        return policy.digest if policy else ""

    def sign(self, *signers: Signer) -> str:
        """Sign the files as they are; their digest."""
        loaded = load_policies(self.folder)
        assert loaded.policy is not None
        for one in signers:
            give(self.store, loaded.policy.digest, loaded.texts, one, self.now())
        return loaded.policy.digest

    def restart(self, **more: str) -> None:
        """Another worker on the same database and the same files, with other settings if there are any."""
        self.settings = made(self.folder.parent, **more) if more else self.settings
        self.worker = started(self.settings, self.store, self.sandbox)
        self.reload = wiring.Reloader(self.worker, self.settings)

    def now(self) -> datetime:
        """The sandbox's instant."""
        return self.sandbox.clock.now()

    def written(self) -> int:
        """How many writes a full cycle does."""
        return cycle(self.worker.engine, self._pause).dispatched.done

    def _pause(self, seconds: float) -> None:
        self.sandbox.run_until(self.now() + timedelta(seconds=seconds))

    @property
    def in_force(self) -> tuple[str, str]:
        """The digest and the mode of the policy in force."""
        return self.worker.engine.policy.digest, self.worker.engine.policy.mode

    @property
    def waits(self) -> str:
        """What is said to wait."""
        with self.store.read() as tx:
            found = told(tx)
        assert found is not None
        return found.waits

    @property
    def may_write(self) -> bool:
        """Whether the transport lets a write out."""
        return not self.worker.connection.session.read_only


def made(folder: Path, **more: str) -> Settings:
    """Settings in enforce mode, with two signatures needed by default."""
    facts = {
        "POLICIES": str(folder / "policies"),
        "BASE_URL": "https://acme.zendesk.com",
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": CLIENT_SECRET,
        "MODE": "enforce",
        "STOP_FILE": str(folder / "stop"),
    } | more
    with pytest.MonkeyPatch.context() as patch:
        for name, value in facts.items():
            patch.setenv(f"DESKHAND_{name}", value)
        return Settings()


def started(settings: Settings, store: Store, sandbox: Sandbox) -> wiring.Worker:
    """A worker, as at a start."""

    class Stage:
        """The sandbox's clock."""

        now = staticmethod(sandbox.clock.now)

    worker = wiring.build(settings, wiring.Parts(Stage(), lambda _: None, mount=sandbox.adapter()), keep=store)
    wiring.verify(worker, settings)
    return worker


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that begins with a policy that nobody has signed."""
    return Office.open(tmp_path, RULES % ("low", "first"))


@pytest.fixture
def signed(office: Office) -> Office:
    """An office whose policy two people have signed."""
    office.sign(ADA, BO)
    assert office.reload() == ""
    return office


def test_a_new_policy_only_observes_until_two_people_have_signed_it(office: Office) -> None:
    """S12: dry-run by default; with the second signature the worker at work takes it over, and what was observed is not made up for."""
    digest = office.worker.engine.policy.digest
    assert office.in_force == (digest, "observe")
    assert office.waits == f"{digest[:12]} lacks 2 of 2 signatures: `deskhand sign-off show`"
    assert office.worker.engine.stop() == f"policy {digest[:12]} lacks 2 of 2 signatures"
    with pytest.raises(Rejected, match="only observes"):
        office.worker.connection.gateway.put("tickets/1", {"ticket": {"tags": ["x"]}})
    assert office.written() == 0

    office.sign(ADA)
    assert (office.reload(), office.in_force, office.may_write) == ("", (digest, "observe"), False)
    office.sign(BO)
    assert (office.reload(), office.in_force, office.may_write) == ("", (digest, "enforce"), True)

    assert (office.waits, office.worker.engine.stop()) == ("", "")
    assert office.written() == 0
    asked = {"subject": "Help", "comment": {"body": "It broke"}, "priority": "low"}
    office.sandbox.world.create_ticket(asked, author=office.customer, via=EMAIL)
    assert office.written() == 1


def test_a_changed_policy_leaves_the_signed_one_in_force(signed: Office) -> None:
    """S12: until it is signed itself, also across a restart with the new files on the disk; and it is said."""
    before = signed.in_force
    after = signed.write(RULES % ("high", "second"))

    assert signed.reload() == ""
    assert signed.in_force == before
    assert signed.waits == f"the files are {after[:12]}, which lacks 2 of 2 signatures: `deskhand sign-off show`"
    signed.restart()
    assert (signed.in_force, signed.may_write) == (before, True)
    assert [rule.place for rule in signed.worker.engine.policy.rules] == [f"{before[0][:12]}/a.yaml:2:5"]
    signed.sign(BO)
    assert signed.reload() == ""
    assert signed.in_force == before
    assert "lacks 1 of 2 signatures (signed by Bo)" in signed.waits

    signed.sign(CY)

    assert signed.reload() == ""
    assert (signed.in_force, signed.waits) == ((after, "enforce"), "")


def test_to_go_back_needs_no_new_signatures(signed: Office) -> None:
    """An older version that still has its own is in force as soon as its files are there; and then it is the one that stays."""
    first, _ = signed.in_force
    second = signed.write(RULES % ("high", "second"))
    signed.sign(ADA, CY)
    signed.reload()
    assert signed.in_force == (second, "enforce")

    assert signed.write(RULES % ("low", "first")) == first
    signed.reload()
    assert signed.in_force == (first, "enforce")

    signed.write(RULES % ("urgent", "third"))
    signed.reload()
    assert signed.in_force == (first, "enforce")


def test_what_is_taken_back_is_out_of_force_at_once(signed: Office) -> None:
    """S12: nothing leaves from that moment on, and what it had decided is judged again by the version before it."""
    first, _ = signed.in_force
    second = signed.write(RULES % ("high", "second"))
    signed.sign(ADA, BO)
    signed.reload()
    assert signed.in_force == (second, "enforce")
    take_back(signed.store, second[:8], BO, signed.now())
    signed.worker.permit.look()
    assert signed.worker.engine.stop() == f"policy {second[:12]} lacks 1 of 2 signatures"
    assert signed.written() == 0

    assert signed.reload() == ""
    assert signed.in_force == (first, "enforce")
    assert signed.waits.startswith(f"the files are {second[:12]}, which lacks 1 of 2")


def test_without_a_version_before_it_what_is_taken_back_observes(signed: Office) -> None:
    """Its transport is closed again, and one more signature opens it."""
    digest, _ = signed.in_force
    take_back(signed.store, digest, ADA, signed.now())

    assert signed.reload() == ""
    assert (signed.in_force, signed.may_write) == ((digest, "observe"), False)
    signed.sign(CY)
    assert signed.reload() == ""
    assert (signed.in_force, signed.may_write) == ((digest, "enforce"), True)


def test_writes_that_a_version_planned_are_not_sent_after_it_lost_its_signatures(signed: Office) -> None:
    """Their tickets are judged again, under the policy that is in force then."""
    second = signed.write(RULES % ("urgent", "second"))
    signed.sign(ADA, BO)
    signed.reload()
    (signed.folder.parent / "stop").touch()
    assert signed.written() == 0
    with signed.store.read() as tx:
        planned = tx.outbox.count()["planned"]

    take_back(signed.store, second, ADA, signed.now())
    signed.reload()

    (signed.folder.parent / "stop").unlink()
    assert signed.in_force[0] != second
    with signed.store.read() as tx:
        counts = tx.outbox.count()
    assert (planned > 0, counts["planned"], counts["conflict"]) == (True, 0, planned)


def test_what_was_planned_without_signatures_is_not_sent_by_a_worker_that_asks_for_them(tmp_path: Path) -> None:
    """Whether they were not asked for when it was decided, or were taken back while no worker was there to see it."""
    office = Office.open(tmp_path, RULES % ("low", "first"), SIGN_OFFS="0")
    office.sign(ADA, BO)
    office.write(RULES % ("urgent", "second"))
    assert office.reload() == ""
    (tmp_path / "stop").touch()
    assert office.written() == 0
    (tmp_path / "stop").unlink()

    office.restart(SIGN_OFFS="2")

    with office.store.read() as tx:
        counts = tx.outbox.count()
    assert (counts["planned"], counts["conflict"] > 0) == (0, True)
    assert office.in_force[1] == "enforce"


def test_what_was_planned_with_signatures_is_sent_after_a_restart(office: Office) -> None:
    """A restart is no reason to judge anything again."""
    office.write(RULES % ("urgent", "second"))
    office.sign(ADA, BO)
    office.restart()
    (office.folder.parent / "stop").touch()
    assert office.written() == 0
    (office.folder.parent / "stop").unlink()

    office.restart()

    with office.store.read() as tx:
        counts = tx.outbox.count()
    assert (counts["planned"] > 0, counts["conflict"]) == (True, 0)
    assert office.written() == counts["planned"]


def test_mistakes_in_the_files_leave_the_signed_version_in_force_across_a_restart(signed: Office) -> None:
    """It was good yesterday; why the files are not in force is told. Once they are mended they are what counts again."""
    before = signed.in_force
    signed.write("rules: [")

    assert "yaml-syntax" in signed.reload()
    signed.restart()

    assert signed.in_force == before
    assert "yaml-syntax" in signed.worker.refused
    assert "yaml-syntax" in signed.reload()
    signed.write(RULES % ("low", "first"))
    assert (signed.reload(), signed.in_force) == ("", before)


def test_files_with_mistakes_and_nothing_to_fall_back_on(signed: Office) -> None:
    """At work, the policy that lost its signatures observes; at a start there is nothing to begin with."""
    digest, _ = signed.in_force
    signed.write("rules: [")
    signed.reload()
    take_back(signed.store, digest, ADA, signed.now())

    assert "yaml-syntax" in signed.reload()
    assert (signed.in_force, signed.may_write) == ((digest, "observe"), False)
    with pytest.raises(PolicyInvalid, match="yaml-syntax"):
        signed.restart()


@pytest.mark.parametrize(("harm", "words"), [("rules: [", "is not understood by this deskhand"), (RULES % ("high", "mine"), "were altered"), ("", "are not kept")])  # fmt: skip
def test_a_signed_version_that_cannot_be_used_any_more_is_not_replaced_by_a_guess(
    signed: Office, harm: str, words: str
) -> None:
    """A newer deskhand may not understand it, and a database may be altered or cut: then the files observe, and it is told why."""
    before, _ = signed.in_force
    after = signed.write(RULES % ("high", "second"))
    with signed.store.begin() as tx:
        tx.texts.forget([before])
        if harm:
            tx.texts.keep(before, {"a.yaml": harm}, signed.now())

    signed.restart()

    assert (signed.in_force, signed.may_write) == ((after, "observe"), False)
    assert words in signed.worker.refused
    assert before[:12] in signed.worker.refused


def test_what_the_account_lacks_keeps_a_signed_policy_out(signed: Office) -> None:
    """All that is checked at a start is checked when the last signature comes; the version before it stays."""
    before = signed.in_force
    signed.write(
        "rules:\n  - {id: one, description: x, when: {priority: low}, then: {assign: {group: Nobody}}, ignore: no-tests}\n"
    )
    signed.sign(ADA, BO)

    assert "unknown group 'Nobody'" in signed.reload()
    assert signed.in_force == before
    assert signed.waits == ""


def test_channels_without_settings_keep_a_signed_policy_out(office: Office) -> None:
    """While it observes they are only told; with its signatures they have to be set."""
    digest = office.write(RULES % ("low", "first") + "channels: {chat: {service: slack, place: C0}}\n")
    assert office.reload() == ""
    assert office.in_force == (digest, "observe")
    office.sign(ADA, BO)

    assert "DESKHAND_SLACK_TOKEN" in office.reload()
    assert (office.in_force, office.may_write) == ((digest, "observe"), False)


def test_asking_for_signatures_later_asks_for_those_of_the_policy_in_force(tmp_path: Path) -> None:
    """Nothing is taken as signed because it was in force before; who signs first and then asks for signatures has no gap."""
    office = Office.open(tmp_path, RULES % ("low", "first"), SIGN_OFFS="0")
    digest, _ = office.in_force
    assert (office.in_force, office.may_write, office.waits) == ((digest, "enforce"), True, "")
    office.restart(SIGN_OFFS="2")
    assert office.in_force == (digest, "observe")

    office.restart(SIGN_OFFS="0")
    office.sign(ADA, BO)
    office.restart(SIGN_OFFS="2")
    assert (office.in_force, office.may_write) == ((digest, "enforce"), True)
    office.restart(SIGN_OFFS="3")
    assert office.in_force == (digest, "observe")
    assert "lacks 1 of 3 signatures (signed by Ada and Bo)" in office.waits


@pytest.mark.parametrize("mode", ["observe", "off"])
def test_what_does_not_write_needs_no_signature(tmp_path: Path, mode: str) -> None:
    """Changed files are in force at once, and nothing is said to wait."""
    office = Office.open(tmp_path, RULES % ("low", "first"), MODE=mode)
    after = office.write(RULES % ("high", "second"))

    assert office.reload() == ""
    assert (office.in_force, office.waits, office.may_write) == ((after, mode), "", False)


def test_only_telling_people_needs_signatures_too(tmp_path: Path) -> None:
    """Mode notify writes notes and pages people."""
    office = Office.open(tmp_path, RULES % ("low", "first"), MODE="notify", SIGN_OFFS="1")
    assert office.in_force[1] == "observe"

    digest = office.sign(CY)

    assert office.reload() == ""
    assert (office.in_force, office.may_write) == ((digest, "notify"), True)


def test_the_trail_tells_who_signed_what_was_in_force(signed: Office) -> None:
    """S12: in one chain that holds; a restart adds nothing to it, and texts that nobody signed are kept no longer than they are in force."""
    first, _ = signed.in_force
    second = signed.write(RULES % ("high", "second"))
    signed.restart()
    signed.sign(CY, ADA)
    signed.reload()
    signed.restart()
    take_back(signed.store, second, CY, signed.now())
    signed.reload()

    with signed.store.read() as tx:
        chain = tx.trail.entries()
        mine = [entry for entry in chain if entry.kind in ("signed", "taken back", "in force")]
        assert set(tx.texts.kept()) == {first, second}
        assert noted(tx) is not None
    assert verify(chain).broken is None
    assert [(entry.kind, entry.told["policy"], entry.by.partition(" ")[0]) for entry in mine] == [
        ("signed", first, "Ada"),
        ("signed", first, "Bo"),
        ("in force", first, "worker"),
        ("signed", second, "Cy"),
        ("signed", second, "Ada"),
        ("in force", second, "worker"),
        ("taken back", second, "Cy"),
        ("in force", first, "worker"),
    ]
    assert mine[2].told["signed"] == [ADA.by, BO.by]


def test_commands_judge_by_the_policy_in_force(signed: Office) -> None:
    """Not by files that nobody has signed; without a database there are no signatures to ask for."""
    signed.write(RULES % ("high", "second"))

    assert wiring.in_force(signed.settings, signed.store).digest == signed.in_force[0]
    assert [rule.then for rule in wiring.in_force(signed.settings, None).rules] != [
        rule.then for rule in signed.worker.engine.policy.rules
    ]


TEXTS = (RULES % ("low", "a"), RULES % ("high", "b"), RULES % ("urgent", "c"), "rules: [")


@pytest.mark.parametrize("seed", range(6))
def test_whatever_people_do_nothing_writes_without_two_of_them(seed: int, tmp_path: Path) -> None:
    """S12: edits, mistakes, signatures, take-backs, restarts and looks in any order, held against a plain list of who signed what."""
    dice, office = Random(seed), Office.open(tmp_path, TEXTS[0])
    signed: dict[str, set[str]] = defaultdict(set)
    newest: dict[str, int] = {}
    seen: Counter[str] = Counter()
    files = office.worker.engine.policy.digest
    for step in range(120):
        match dice.choice(("edit", "sign", "sign", "take back", "restart", "look")):
            case "edit":
                files = office.write(dice.choice(TEXTS))
            case "sign" if files and (one := dice.choice((ADA, BO, CY))).by not in signed[files]:
                office.sign(one)
                signed[files].add(one.by)
                newest[files] = step
            case "take back" if any(signed.values()):
                digest = dice.choice([name for name, people in signed.items() if people])
                by = dice.choice(sorted(signed[digest]))
                take_back(office.store, digest, Signer(by), office.now())
                signed[digest].remove(by)
                office.worker.permit.look()
            case "restart" if files or _complete(signed):
                office.restart()
            case _:
                office.reload()
        now, mode = office.in_force
        if not office.worker.engine.stop():
            assert len(signed[now]) >= 2, f"step {step}"
        office.reload()
        now, mode = office.in_force
        due = files if files in _complete(signed) else max(_complete(signed), key=lambda one: newest[one], default="")
        assert (mode == "enforce", office.may_write, office.worker.engine.stop() == "") == (bool(due),) * 3, f"step {step}"  # fmt: skip
        assert now == (due or files or now), f"step {step}"
        newest |= {due: step} if due else {}
        seen.update(["writes" if due else "observes", "falls back" if due and due != files else "as the files are"])
    assert min(seen.values()) > 3, seen


def _complete(signed: dict[str, set[str]]) -> list[str]:
    """The versions that two people have signed."""
    return [digest for digest, people in signed.items() if len(people) >= 2]
