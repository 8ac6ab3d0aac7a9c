"""`deskhand macros import`: hand-made macros as YAML, bound to the files that were made of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskhand.cli.macros.common import Dir, Env, Opened, opened, progress
from deskhand.cli.output import Json, console, print_json

if TYPE_CHECKING:
    from deskhand.core.macros.record import Live, Want


@dataclass(slots=True)
class Imported:
    """What came of an import."""

    written: dict[str, str] = field(default_factory=dict)
    """Files by key."""
    failed: dict[str, str] = field(default_factory=dict)
    """Titles that could not be written down so that they come back the same, with the reason."""
    skipped: list[str] = field(default_factory=list)


def command(
    *,
    env: Env,
    folder: Dir = None,
    only: Annotated[str, typer.Option("--only", help="Only titles that fit this pattern, such as 'Refund::*'.")] = "*",
    as_json: Json = False,
) -> None:
    """Write a file for every shared macro that is not managed, with names in place of ids, and bind it. Zendesk is only read.

    Each file is compiled again and held against its macro before it is trusted, so the next plan is empty. Personal macros are never read.
    """
    with progress() as tell, opened(folder, env, read_only=True, tell=tell) as found:
        done = run_import(found, only)
    if as_json:
        print_json({"import": 1, "env": env, "written": done.written, "failed": done.failed, "skipped": done.skipped})
    else:
        out = console()
        for title, why in done.failed.items():
            out.print(f"[red]not imported[/]: {title}: {why}", soft_wrap=True)
        out.print(
            f"{len(done.written)} macros imported into {found.folder.shown}, {len(done.skipped)} were managed or marked already, {len(done.failed)} failed"
        )
        out.print(
            "Next: read and commit the files, then `deskhand macros plan`, which is empty; `plan --mark` writes markers when you are ready."
        )
    raise typer.Exit(1 if done.failed else 0)


def run_import(found: Opened, only: str = "*") -> Imported:
    """Write, read back, compare, bind."""
    from deskhand.app.macros import keep

    done = Imported()
    lives = list(_unmanaged(found, only, done))
    keys = _pages(found, lives, done, verbatim=False)
    pairs, wrong = _compared(found, keys)
    keys |= _pages(found, [keys[key] for key in wrong], done, verbatim=True, again=wrong)
    more, lost = _compared(found, {key: keys[key] for key in wrong})
    for key in lost:
        (found.folder.path / done.written.pop(key)).unlink()
        done.failed[keys[key].macro.title] = "what would be written does not come to the same macro"
    keep.bind_imported(found.shop, [*pairs, *more])
    return done


def _unmanaged(found: Opened, only: str, done: Imported) -> "Iterable[Live]":
    managed = {one.macro_id for one in found.shop.states.load(found.env).bindings.values()}
    for live in found.shop.desk.all():
        if live.id in managed or (live.marker is not None and live.marker.macro_id == live.id):
            done.skipped.append(live.macro.title)
        elif fnmatch(live.macro.title, only):
            yield live


def _pages(
    found: Opened, lives: "Iterable[Live]", done: Imported, *, verbatim: bool, again: Iterable[str] = ()
) -> "dict[str, Live]":
    """A file for each macro, by key; the second time under the key that it has already."""
    from deskhand.documents.macros import writing

    keys: dict[str, Live] = {}
    taken = {*found.compiled.sources, *done.written}
    listed, names = list(lives), list(again)
    for number, live in enumerate(listed):
        found.shop.tell(number, len(listed), live.macro.title)
        key = names[number] if names else writing.key_of(live.macro.title, taken)
        name = done.written.get(key) or _free(found.folder.path, writing.path_of(live.macro.title, key))
        text = writing.page(live.macro, key, found.shop.desk.names.name, verbatim=verbatim)
        path = found.folder.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        taken.add(key)
        keys[key], done.written[key] = live, name
    return keys


def _free(folder: Path, name: str) -> str:
    """A file name that nobody has yet: what is there is never written over."""
    path, number = Path(name), 1
    while (folder / path).exists():
        number += 1
        path = Path(name).with_name(f"{Path(name).stem}-{number}.yaml")
    return path.as_posix()


def _compared(found: Opened, keys: "dict[str, Live]") -> "tuple[list[tuple[Want, Live]], list[str]]":
    """The files read again: which come to their macro, and which do not."""
    from deskhand.core.macros.value import same
    from deskhand.documents.macros.compile import compile_folder
    from deskhand.documents.macros.folder import read_folder

    folder = read_folder(found.folder.path)
    wanted = {want.key: want for want in compile_folder(folder, found.env, found.shop.desk.names.number).wants}
    pairs, wrong = [], []
    for key, live in keys.items():
        want = wanted.get(key)
        if want is not None and same(want.macro, live.macro, want.owned):
            pairs.append((want, replace(live)))
        else:
            wrong.append(key)
    return pairs, wrong
