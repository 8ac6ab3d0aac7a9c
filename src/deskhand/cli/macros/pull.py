"""`deskhand macros pull`: changes made in Zendesk as a patch of the templates."""

from typing import TYPE_CHECKING, Annotated

import typer

from deskhand.cli.macros.common import Dir, Env, Opened, opened

if TYPE_CHECKING:
    from deskhand.core.macros.plan import Item
    from deskhand.documents.macros.patch import Patch


def command(
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY]...", help="Only these; all that drifted by default.")
    ] = None,
    *,
    env: Env,
    folder: Dir = None,
    write: Annotated[bool, typer.Option("--write", help="Change the files, for you to review and commit.")] = False,
) -> None:
    """Print a patch that makes the templates say what Zendesk says. Comments, order and template expressions stay.

    What holds a template expression is left alone and told on standard error: a person decides. deskhand macros pull --env prod | git apply
    """
    from deskhand.app.macros.plan import Asked, make_plan

    with opened(folder, env, read_only=True) as found:
        made = make_plan(found.shop, found.wants, Asked(allow_empty=found.allow_empty, allow_missing=1_000_000))
        items = [item for item in made.drifted if not keys or item.key in keys]
        for item in items:
            patch = _patched(found, item)
            if patch is None:
                typer.echo(f"{item.key}: {item.kind}: {item.note or item.title}", err=True)
                continue
            for note in patch.notes:
                typer.echo(f"look at {note}", err=True)
            if write and patch.after != patch.before:
                (found.folder.path / found.compiled.sources[item.key].name).write_text(patch.after, encoding="utf-8")
            typer.echo(patch.diff, nl=False)
    if not items:
        typer.echo("nothing was changed in Zendesk", err=True)


def _patched(found: Opened, item: "Item") -> "Patch | None":
    """The patch of one macro; None for what no patch can mend: deleted, copied, one of several locales."""
    from deskhand.documents.macros.patch import patch

    source = found.compiled.sources.get(item.key)
    if source is None or item.live is None or item.kind == "clone":
        return None
    fields = [one.field for one in item.changes if one.verdict in ("drift", "conflict")]
    return patch(found.folder, source, item.live, fields, env=found.env, account=found.shop.desk.names)
