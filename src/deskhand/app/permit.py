"""Permit: whether the policy in force may write, as far as signatures go. Asked before every batch of writes and messages."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from deskhand.app.ports import Store
from deskhand.app.sign_off import marks
from deskhand.core.policy import Policy
from deskhand.core.sign_off import Mark, Version, short, signatures, versions


@dataclass(slots=True)
class Permit:
    """Looks into the trail when it is told to, so that asking is free. `needed` signatures are asked for; with 0 it never refuses."""

    store: Store
    needed: int
    policy: Policy | None = None
    """The policy in force."""
    known: Mapping[str, Version] = field(default_factory=dict)
    """Every version with its signatures, as of the last look."""
    _marks: list[Mark] = field(default_factory=list)
    _read: int = 0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> None:
        """Take in what was signed and taken back since the last look."""
        if not self.needed:
            return
        with self._turn, self.store.read() as tx:
            news, self._read = marks(tx, self._read)
            if news:
                self._marks += news
                self.known = versions(self._marks)

    def lacks(self, digest: str) -> int:
        """How many signatures a version lacks."""
        return (self.known.get(digest) or Version(digest)).lacks(self.needed)

    @property
    def signed(self) -> Mapping[str, tuple[Mark, ...]]:
        """The signatures of each version: what decides which one is in force."""
        return {digest: one.signatures for digest, one in self.known.items() if one.signatures}

    def __call__(self) -> str:
        """Why nothing may be written; empty if it may."""
        policy = self.policy
        if not self.needed or policy is None:
            return ""
        lacks = self.lacks(policy.digest)
        if lacks:
            return f"policy {short(policy.digest)} lacks {signatures(lacks, self.needed)}"
        if policy.mode in ("off", "observe"):
            return f"policy {short(policy.digest)} still observes; its signatures are complete"
        return ""
