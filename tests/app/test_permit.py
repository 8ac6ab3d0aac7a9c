"""Whether the policy in force may write: asked often, looked up only when it is told to."""

from dataclasses import replace

import pytest

from deskhand.app import sign_off
from deskhand.app.permit import Permit
from deskhand.app.ports import Store
from deskhand.app.sign_off import Signer, give, take_back
from deskhand.core.policy import Policy
from deskhand.core.trail import Draft
from deskhand.store import MemoryStore
from tests.core.builders import at, policy

DIGEST = "ab" * 32
WRITES: Policy = policy(digest=DIGEST)


def sign(store: Store, *names: str) -> None:
    """These people sign the version."""
    for name in names:
        give(store, DIGEST, {"a.yaml": ""}, Signer(name), at())


@pytest.fixture
def permit() -> Permit:
    """A permit that asks for two signatures."""
    return Permit(MemoryStore(), 2, WRITES)


def test_it_refuses_until_enough_have_signed(permit: Permit) -> None:
    """With the version and what is missing; what was signed counts from the next look on."""
    assert permit() == "policy abababababab lacks 2 of 2 signatures"
    sign(permit.store, "Ada", "Bo")
    assert permit() != ""

    permit.look()

    assert permit() == ""
    assert [mark.by for mark in permit.signed[DIGEST]] == ["Ada", "Bo"]


def test_a_signature_that_was_taken_back_ends_it(permit: Permit) -> None:
    """With the next look, which reads only what is new in the trail."""
    sign(permit.store, "Ada", "Bo")
    permit.look()

    take_back(permit.store, DIGEST, Signer("Bo"), at(1))
    permit.look()

    assert permit() == "policy abababababab lacks 1 of 2 signatures"
    assert list(permit.signed) == [DIGEST]


def test_a_policy_that_observes_does_not_write_though_it_is_signed(permit: Permit) -> None:
    """Until it is put in force as what it is signed for."""
    sign(permit.store, "Ada", "Bo")
    permit.look()
    permit.policy = replace(WRITES, mode="observe")

    assert permit() == "policy abababababab still observes; its signatures are complete"


def test_where_no_signatures_are_asked_for_it_never_refuses() -> None:
    """Nor does it read anything."""
    permit = Permit(MemoryStore(), 0, WRITES)
    sign(permit.store, "Ada")
    permit.look()

    assert (permit(), permit.known) == ("", {})


def test_a_long_trail_is_read_to_its_end(permit: Permit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page after page; entries of other kinds are passed over."""
    monkeypatch.setattr(sign_off, "PAGE", 30)
    with permit.store.begin() as tx:
        facts = {"policy": "cd" * 32}
        tx.trail.add(Draft(at(), kind, f"P{number}", facts) for number in range(30) for kind in ("released", "signed"))
    sign(permit.store, "Ada", "Bo")

    permit.look()

    assert permit() == ""
    assert len(permit.signed["cd" * 32]) == 30
