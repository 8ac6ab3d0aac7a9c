"""`deskhand ladder`: who is asked, in which order, and whether somebody is there."""

import typer

app = typer.Typer(help="Look at the ladders of the policies.", no_args_is_help=True)
