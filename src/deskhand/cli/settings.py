"""`deskhand settings`: every setting, what it means, and what it is now."""

from rich.table import Table

from deskhand.cli.output import Json, console, print_json


def command(*, as_json: Json = False) -> None:
    """List every setting with its meaning, its default and its present value. Secrets are shown as stars."""
    from deskhand.settings import PREFIX, Settings, load

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
    if as_json:
        print_json({"settings": rows})
        return
    grid = Table("setting", "now", "default", "meaning", box=None, pad_edge=False, header_style="dim")
    for row in rows:
        grid.add_row(row["name"], row["value"] or "-", row["default"] or "-", row["meaning"])
    console().print(grid)
