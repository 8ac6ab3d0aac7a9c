"""`deskhand macros state`: what is kept of each environment, by hand. Nothing is written to Zendesk."""

from typing import Annotated

import typer

from deskhand.cli.macros.common import Dir, Env, opened
from deskhand.cli.output import Json, console, print_json

app = typer.Typer(help="What is kept of an environment: which macro each key is, and its base.", no_args_is_help=True)
Key = Annotated[str, typer.Argument(metavar="KEY")]


@app.command("list")
def show(*, env: Env, folder: Dir = None, as_json: Json = False) -> None:
    """Every managed macro: key, number, title, when and by whom it was applied."""
    with opened(folder, env, read_only=True) as found:
        state = found.shop.states.load(env)
    rows = [
        {"key": key, "macro": one.macro_id, "title": one.seen.title if one.seen else "", "by": one.applied_by, "run": one.run, "retired_at": one.retired_at,
         "marked": one.marked, "base": one.seen is not None}
        for key, one in sorted(state.bindings.items())
    ]  # fmt: skip
    if as_json:
        print_json({"state": 1, "env": env, "account": state.account, "macros": rows})
        return
    out = console()
    for row in rows:
        notes = [
            word
            for word, there in (
                ("retired", row["retired_at"]),
                ("no marker yet", not row["marked"]),
                ("base not known", not row["base"]),
            )
            if there
        ]
        out.print(
            f"{row['key']:40} #{row['macro']:<16} {row['title']}  {', '.join(notes)}", markup=False, soft_wrap=True
        )
    out.print(f"{len(rows)} macros of account {state.account or '-'}")


@app.command("rebuild")
def rebuild(*, env: Env, folder: Dir = None) -> None:
    """Make a lost state anew from the markers in the account. What differs from its template becomes a conflict, since its base is lost."""
    from deskhand.app.macros import keep

    with opened(folder, env, read_only=True) as found:
        made = keep.rebuild(found.shop, found.wants)
    console().print(
        f"{len(made)} macros found by their markers, {sum(one.seen is None for one in made.values())} of them differ from their template"
    )


@app.command("mv")
def move(old: Key, new: Key, *, env: Env, folder: Dir = None) -> None:
    """Give a macro another key; `moved:` in the template does the same with the next apply."""
    from deskhand.app.macros import keep

    with opened(folder, env, read_only=True) as found:
        keep.move(found.shop, old, new)
    console().print(f"{old} is {new}")


@app.command("rm")
def remove(key: Key, *, env: Env, folder: Dir = None) -> None:
    """Forget a key; its macro stays in Zendesk as it is."""
    from deskhand.app.macros import keep

    with opened(folder, env, read_only=True) as found:
        keep.remove(found.shop, key)
    console().print(f"{key} is no longer managed")
