"""`deskhand pages`: how much paging weighs on people."""

from typing import Annotated

import typer

from deskhand.cli.output import Json, console, print_json


def command(
    *,
    weeks: Annotated[int, typer.Option("--weeks", help="The last so many weeks.", min=1, max=520)] = 4,
    as_json: Json = False,
) -> None:
    """Show who was paged how often in each week, how often at night, and how long the pages took to be acknowledged."""
    from deskhand import wiring
    from deskhand.app.pages import pages
    from deskhand.settings import load

    settings = load()
    zone = wiring.policies(settings.policies, settings.mode).office.default.zone
    store = wiring.look(settings)
    try:
        found = pages(store, wiring.RealClock().now(), weeks, zone)
    finally:
        store.close()
    if as_json:
        print_json({"zone": zone, "weeks": weeks, "loads": found})
        return
    out = console()
    if not found:
        out.print(f"Nobody was paged in the last {weeks} weeks." if weeks > 1 else "Nobody was paged in the last week.")
    for one in found:
        nights = f", {one.nights} at night" if one.nights else ""
        took = f", typically after {_span(one.typical)}, {_span(one.slowest)} at most" if one.answered else ""
        out.print(
            f"week of {one.week}  {one.who:24} {one.pages:4} {'page' if one.pages == 1 else 'pages'}{nights}; {one.answered} acknowledged{took}",
            markup=False,
            soft_wrap=True,
        )


def _span(seconds: float | None) -> str:
    """A duration for people, to the second where it is short."""
    whole = round(seconds or 0)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min" if minutes >= 10 or not rest else f"{minutes} min {rest} s"
