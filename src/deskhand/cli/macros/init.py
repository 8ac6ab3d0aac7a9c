"""`deskhand macros init` and `schema`: a folder to begin with, and completion for editors."""

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from deskhand.cli.output import console, print_json
from deskhand.errors import UsageError


def command(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder to make.")] = Path("macros"),
    *,
    installation: Annotated[
        str, typer.Option("--installation", help="The name that stands in every marker; it never changes.")
    ],
    account: Annotated[str, typer.Option("--account", help="The account's subdomain: acme for acme.zendesk.com.")],
    env: Annotated[str, typer.Option("--env", help="The name of the environment.")] = "prod",
) -> None:
    """Make a folder with settings.yaml, env/NAME.yaml and the schema for editors. What is there is left as it is.

    deskhand macros init --installation acme --account acme, then: deskhand macros import --env prod
    """
    from deskhand.core.macros.marker import KEY
    from deskhand.documents.macros.schema import schema as made

    for name, value in (("--installation", installation), ("--env", env)):
        if not re.fullmatch(KEY, value):
            raise UsageError(
                f"{name} '{value}' is no name", hint="Lower-case letters, digits, dots, hyphens and underscores."
            )
    files = {
        "settings.yaml": f"# Whose macros these are. The name stands in every marker: choose it once.\ninstallation: {installation}\ndefault_locale: en-US\nvariables: {{}}\n",
        f"env/{env}.yaml": f"# The account of this environment. State and plans of another account are refused.\naccount: {json.dumps(account)}\n",
        "macros.schema.json": json.dumps(made(), ensure_ascii=False, indent=2) + "\n",
    }
    out = console()
    for name, text in files.items():
        path = folder / name
        if path.exists():
            out.print(f"{path} is there already, and stays")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        out.print(f"wrote {path}")


def schema() -> None:
    """Print the JSON Schema of macro files, for completion and checks in an editor.

    In a macro file: # yaml-language-server: $schema=../macros.schema.json
    """
    from deskhand.documents.macros.schema import schema as made

    print_json(made())
