"""The smallest account. With a number of tickets asked for, the company's settings and people come with them."""

from typing import TYPE_CHECKING

from deskhand.sandbox.company import Company, build_company

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox


def build(sandbox: "Sandbox", seed: int, tickets: int | None) -> Company | None:
    """Nothing beyond what a new sandbox has; or `tickets` drawn tickets, and nothing to come."""
    return build_company(sandbox, seed=seed, tickets=tickets, arriving=False, cases=False) if tickets else None
