"""How commands say which policy is in force, and why."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from deskhand.app.standing import Told


def show_policy(out: "Console", policy: "Told | None") -> None:
    """What is in force and who signed it, in one line, and in another one what waits."""
    if policy is not None:
        out.print(f"policy    {policy.words}", markup=False, soft_wrap=True)
    if policy is not None and policy.waits:
        out.print(f"waits     {policy.waits}", markup=False, style="yellow", soft_wrap=True)
