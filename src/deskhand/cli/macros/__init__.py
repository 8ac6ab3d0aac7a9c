"""`deskhand macros`: templates under version control, and a Zendesk that matches them.

Exit codes: 0 well (and for `plan --detailed-exitcode` nothing to do), 1 an error and nothing was written, 2 changes (`plan --detailed-exitcode`) or drift
(`drift`), 3 partly done, 4 refused by a limit, 5 the plan is out of date, 6 a person has to decide, 7 mistakes or findings, 64 wrong usage.
"""

import typer
from typer.core import TyperGroup

from deskhand.cli.macros import (
    adopt,
    apply,
    drift,
    importing,
    init,
    lint,
    plan,
    prune,
    pull,
    render,
    revert,
    show,
    state,
)

app = typer.Typer(
    help="Macros as code: YAML under version control, planned, applied, and watched for changes made in Zendesk.",
    no_args_is_help=True,
    cls=TyperGroup,
)
app.command("init")(init.command)
app.command("lint")(lint.command)
app.command("render")(render.command)
app.command("plan")(plan.command)
app.command("apply")(apply.command)
app.command("drift")(drift.command)
app.command("pull")(pull.command)
app.command("import")(importing.command)
app.command("adopt")(adopt.command)
app.command("prune")(prune.command)
app.command("revert")(revert.command)
app.command("show")(show.command)
app.command("schema")(init.schema)
app.add_typer(state.app, name="state")
