"""`deskhand settings`: every setting, what it means, and what it is now."""

import os

from rich.table import Table

from deskhand.cli.output import Json, console, print_json


def command(*, as_json: Json = False) -> None:
    """List every setting with its meaning, its default and its present value. Secrets are shown as stars."""
    from deskhand.settings import PREFIX, Settings, load, unknown

    now = load()
    rows = [
        {
            "name": PREFIX + name.upper(),
            "meaning": one.description or "",
            "default": None if one.default is None else str(one.default),
            "value": None if getattr(now, name) is None else str(getattr(now, name)),
        }
        for name, one in Settings.model_fields.items()
    ]
    strange = unknown(os.environ)
    if as_json:
        print_json({"settings": rows, "unknown": list(strange)})
        return
    grid = Table("setting", "now", "default", "meaning", box=None, pad_edge=False, header_style="dim")
    grid.columns[0].no_wrap = True
    for row in rows:
        grid.add_row(row["name"], row["value"] or "-", row["default"] or "-", row["meaning"])
    out = console()
    out.print(grid)
    for name, meant in strange.items():
        words = f"did you mean {meant}?" if meant else "it is not read"
        out.print(f"{name} is set and is no setting: {words}", style="yellow", markup=False, soft_wrap=True)
