"""`deskhand issues`: escalation issues that are past due."""

from deskhand.cli.output import Json, console, print_json


def command(*, as_json: Json = False) -> None:
    """Show the issues of escalations that are open and past their due date, for the weekly look: each is done, put off or given up.

    They are asked of every channel of service `jira` in the policies; exit code 1 where there are any.
    """
    import typer

    from deskhand import wiring
    from deskhand.app.past_due import past_due
    from deskhand.settings import load

    settings = load()
    policy = wiring.policies(settings.policies, settings.mode)
    found = past_due(wiring.trackers(settings, policy))
    if as_json:
        print_json({"past_due": found})
    else:
        out = console()
        for one in found:
            who = one.assignee or "nobody"
            out.print(f"{one.due}  {one.key:10} {one.summary}  ({who})  {one.url}", markup=False, soft_wrap=True)
        out.print(f"{len(found)} issues are past due." if found else "No issue of an escalation is past due.")
    if found:
        raise typer.Exit(1)
