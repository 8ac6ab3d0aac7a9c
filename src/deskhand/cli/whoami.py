"""`deskhand whoami`: do the credentials work, and whose are they?"""

from deskhand.cli.output import Json, console, print_json


def command(*, as_json: Json = False) -> None:
    """Check the credentials: the account, the user behind them, the role, and how many calls a minute there are."""
    from deskhand import wiring
    from deskhand.settings import load

    settings = load()
    clock = wiring.RealClock()
    connection = wiring.connect(settings, wiring.Parts(clock, clock.wait), read_only=True)
    try:
        found = connection.whoami()
        slas = connection.directory.names.targets
    finally:
        connection.close()
    if as_json:
        print_json({"account": settings.address(), "user": found, "sla_targets": len(slas)})
        return
    out = console()
    out.print(f"account   {settings.address()}", markup=False)
    out.print(f"user      {found.name} <{found.email}>, {found.role}", markup=False)
    out.print(
        f"scopes    {' '.join(found.scopes) if found.scopes is not None else 'none: an API token may do all that any agent may'}"
    )
    out.print(
        f"calls     {found.calls_per_minute or 'unknown'} a minute, of which {settings.reserve_share:.0%} are left to others"
    )
    out.print(
        f"SLAs      {len(slas)} targets that all SLA policies agree on"
        if slas
        else "SLAs      no SLA policies: the account's own clocks are used"
    )
