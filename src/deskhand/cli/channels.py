"""`deskhand channels`: the ways to reach people that the policies name, whether each can be used, and trying one."""

from typing import TYPE_CHECKING, Annotated

import typer

from deskhand.cli.output import Json, console, print_json

if TYPE_CHECKING:
    from deskhand.app.post import Post
    from deskhand.core.policy import Policy
    from deskhand.settings import Settings

app = typer.Typer(help="Look at the channels of the policies, and try them.", no_args_is_help=True)


@app.command("list")
def shown(*, as_json: Json = False) -> int:
    """List the channels with what they still need. 1 where one cannot be used."""
    _, policy, post = _opened()
    rows = [
        {"name": name, "service": one.service, "place": one.place, "missing": post.missing.get(name, "")}
        for name, one in sorted(policy.channels.items())
    ]
    if as_json:
        print_json({"channels": rows})
        return int(bool(post.missing))
    from rich.table import Table
    from rich.text import Text

    grid = Table("channel", "service", "place", "state", box=None, pad_edge=False, header_style="dim")
    for column in grid.columns:
        column.overflow = "fold"
    for row in rows:
        state = row["missing"].removeprefix(f"channel '{row['name']}' ") or "ready"
        grid.add_row(*(Text(one) for one in (row["name"], row["service"], row["place"] or "-", state)))
    console().print(grid if rows else "The policies name no channels.")
    return int(bool(post.missing))


@app.command("try")
def attempt(
    name: Annotated[str, typer.Argument(metavar="CHANNEL", help="The channel's name in the policies.")],
    *,
    as_json: Json = False,
) -> None:
    """Send a message that says it is a test by one channel, at once, whatever the mode is."""
    from deskhand import wiring
    from deskhand.app.try_channel import try_channel
    from deskhand.errors import WrongState

    settings, policy, post = _opened()
    if name in policy.channels and policy.channels[name].service == "confluence":
        raise WrongState(
            f"'{name}' is a wiki, by which nothing is sent", hint="`deskhand ladder publish` puts a page there."
        )
    receipt = try_channel(post, name, wiring.RealClock().now(), account=settings.subdomain or "")
    if as_json:
        print_json({"channel": name, "ref": receipt.ref, "url": receipt.url})
        return
    console().print(f"sent by {name}: {receipt.url or receipt.ref}", markup=False)


def _opened() -> "tuple[Settings, Policy, Post]":
    """Settings, policies and their channels. Raises PolicyInvalid, SettingsError."""
    from deskhand import wiring
    from deskhand.settings import load

    settings = load()
    clock = wiring.RealClock()
    policy = wiring.policies(settings.policies, settings.mode)
    return settings, policy, wiring.post(settings, wiring.Parts(clock, clock.wait), policy)
