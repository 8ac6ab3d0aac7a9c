"""The demo company on an ordinary Monday."""

from typing import TYPE_CHECKING

from deskhand.sandbox.company import Company, build_company

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox


def build(sandbox: "Sandbox", seed: int, tickets: int | None) -> Company:
    """The company with 400 tickets, or as many as asked for."""
    return build_company(sandbox, seed=seed, tickets=400 if tickets is None else tickets)
