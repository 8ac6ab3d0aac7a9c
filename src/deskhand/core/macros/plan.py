"""From templates, state and account to a plan: one item for each macro that is not as it should be.

Which macro is which: the binding of the state decides, then a marker that holds the macro's own id, or the nonce of a creation that was cut short. A
title decides nothing: a macro with a wanted title and no marker of ours has to be adopted by a person, by name.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from deskhand.core.macros.compare import Change, changes
from deskhand.core.macros.marker import Marker, Owner
from deskhand.core.macros.record import Binding, Inputs, Live, Prune, Want
from deskhand.core.macros.value import FIELDS, Field, Macro, canonical, hashed

Kind = Literal[
    "create", "update", "mark", "deactivate", "delete", "refresh", "drift", "orphan", "kept", "clone", "conflict", "gone",
    "adopt", "foreign",
]  # fmt: skip
WRITING: Final[tuple[Kind, ...]] = ("create", "update", "mark", "deactivate", "delete")
"""Items that change something in Zendesk."""
BLOCKING: Final[tuple[Kind, ...]] = ("conflict", "gone", "adopt", "foreign")
"""Items that a person has to decide about before anything is applied."""
MEANING: Final[Mapping[Kind, str]] = {
    "create": "is not there yet, and will be made",
    "update": "its template changed, and it will follow",
    "mark": "its marker is missing or old, and will be written again",
    "deactivate": "its template is gone, and it will be deactivated",
    "delete": "it was retired long ago and is not used, and will be deleted",
    "refresh": "it is as its template wants it already; only the state is brought up to date",
    "drift": "somebody changed it in Zendesk",
    "orphan": "its template is gone; `prune` would deactivate it",
    "kept": "its template is gone, and it is protected from pruning",
    "clone": "it is a copy of a managed macro, and is left alone",
    "conflict": "both its template and the macro in Zendesk changed",
    "gone": "it was deleted in Zendesk, or made personal",
    "adopt": "a macro of this title is there that nobody manages",
    "foreign": "another installation or environment manages it",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One macro that is not as it should be. `before` is the hash that it must still have when the plan is applied."""

    kind: Kind
    key: str
    title: str
    macro_id: int | None = None
    want: Macro | None = None
    live: Macro | None = None
    after: Macro | None = None
    """What it will be: the template's value, and Zendesk's own for fields that drifted or are left to the user interface."""
    before: str = ""
    changes: tuple[Change, ...] = ()
    causes: tuple[str, ...] = ()
    uses: int | None = None
    file: str = ""
    note: str = ""
    inputs: Inputs = ()
    owned: tuple[Field, ...] = FIELDS
    uploads: tuple[tuple[str, str], ...] = ()
    prune: Prune = "deactivate"
    rebind: Binding | None = None
    """The binding to start from where the state has none under this key."""

    @property
    def drifted(self) -> tuple[Change, ...]:
        """What somebody changed in Zendesk and the template did not."""
        return tuple(one for one in self.changes if one.verdict == "drift")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided beforehand."""

    overwrite: bool = False
    """Drift is overwritten instead of reported."""
    take: Collection[str] = ()
    """Keys whose conflicts are decided for the template."""
    recreate: Collection[str] = ()
    """Keys of macros that are gone, to be made again."""
    prune: bool = False
    confirmed: Collection[str] = ()
    """Keys that may be pruned although they ask for it by name."""
    mark: bool = False
    """Macros that carry no marker yet get one."""
    delete: Collection[str] = ()
    """Keys of retired macros whose time has come."""


@dataclass(frozen=True, slots=True)
class Sides:
    """All that a plan is made from."""

    owner: Owner
    wants: Mapping[str, Want]
    bindings: Mapping[str, Binding]
    lives: Mapping[int, Live]
    choices: Choices = field(default_factory=Choices)
    titles: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def plan(sides: Sides) -> tuple[Item, ...]:
    """Every macro that is not as it should be, in the order in which the items are carried out."""
    bound = {key: binding_of(want, sides) for key, want in sides.wants.items()}
    ours = {one.macro_id for one in bound.values() if one}
    titles: dict[str, tuple[int, ...]] = {}
    for live in sides.lives.values():
        if live.id not in ours:
            titles[live.macro.title.strip()] = (*titles.get(live.macro.title.strip(), ()), live.id)
    sides = replace(sides, titles=titles)
    items = [item for key, want in sides.wants.items() for item in _wanted(want, bound[key], sides)]
    taken = ours | {one.macro_id for one in sides.bindings.values()}
    replaced = {want.moved for want in sides.wants.values() if want.moved}
    for key, binding in sides.bindings.items():
        if key not in sides.wants and key not in replaced:
            items += _left(binding, sides)
    items += _clones(sides, taken)
    return tuple(sorted(items, key=lambda item: _rank(item, items)))


def before_of(live: Live) -> str:
    """The hash that says whether a macro moved between plan and apply."""
    return hashed([canonical(live.macro), str(live.marker or "")])


def binding_of(want: Want, sides: Sides) -> Binding | None:
    """The macro that is meant: by the state, under this key or the one it was moved from, else by a marker of ours."""
    for key in (want.key, want.moved):
        if key in sides.bindings:
            return replace(sides.bindings[key], key=want.key)
    for key in (want.key, want.moved):
        for live in sides.lives.values():
            if _is_ours(live, key, sides.owner):
                return Binding(want.key, live.id, prune=want.prune)
    return None


def _is_ours(live: Live, key: str, owner: Owner) -> bool:
    """Whether a marker says that this very macro is the one of a key; a copy's marker holds another id."""
    mark = live.marker
    return mark is not None and mark.owner == owner and mark.key == key and mark.macro_id in (None, live.id)


def _wanted(want: Want, binding: Binding | None, sides: Sides) -> Iterator[Item]:
    if binding is None:
        yield _unbound(want, sides)
        return
    live = sides.lives.get(binding.macro_id)
    if live is None:
        yield _gone(want, binding, sides)
        return
    mark = live.marker
    if mark is not None and mark.owner != sides.owner and mark.macro_id == live.id:
        yield _item("foreign", want, live, note=f"its marker says: {mark}")
        return
    if mark is not None and mark.macro_id is None and mark.owner == sides.owner:
        yield replace(
            _item("create", want, live, note="its creation was cut short, and is completed"), after=want.macro
        )
        return
    yield from _compared(want, binding, live, sides)


def _compared(want: Want, binding: Binding, live: Live, sides: Sides) -> Iterator[Item]:
    found = changes(want.macro, live.macro, binding.wanted, binding.seen, want.owned)
    verdicts = {one.verdict for one in found}
    choices = sides.choices
    taking = want.key in choices.take
    if "conflict" in verdicts and not (choices.overwrite or taking):
        yield _item("conflict", want, live, found, note="" if binding.seen else "what was applied last is not known")
        return
    overwritten = {one.field for one in found if one.verdict in ("drift", "conflict") and (choices.overwrite or taking)}
    updated = {one.field for one in found if one.verdict == "update"} | overwritten
    rebind = None if want.key in sides.bindings else binding
    if updated:
        after = _merged(want.macro, live.macro, set(want.owned) - {one.field for one in found} | updated)
        causes = causes_of(want.inputs, binding.inputs)
        yield replace(_item("update", want, live, found), after=after, causes=causes, rebind=rebind)
    elif "drift" in verdicts:
        yield _item("drift", want, live, found)
    elif _marker_is_old(live, binding, sides):
        yield replace(_item("mark", want, live, found), after=live.macro, rebind=rebind)
    elif verdicts or rebind or _stale(want, binding):
        yield replace(_item("refresh", want, live, found), after=live.macro, rebind=rebind)


def _stale(want: Want, binding: Binding) -> bool:
    """Whether the state lacks what an apply would note."""
    return binding.seen is None or binding.wanted is None or bool(binding.retired_at) or binding.prune != want.prune


def _marker_is_old(live: Live, binding: Binding, sides: Sides) -> bool:
    """Whether the marker is not as it should be; where none was written yet, that waits until it is asked for."""
    mark = live.marker
    if mark is None or mark.macro_id != live.id:  # none, or one that a copy took along
        return binding.marked or sides.choices.mark
    return mark != Marker(sides.owner, binding.key, live.id)


def _merged(want: Macro, live: Macro, fields: Collection[Field]) -> Macro:
    """The live macro with these fields as wanted."""
    return replace(live, **{name: getattr(want, name) for name in FIELDS if name in fields})


def causes_of(now: Inputs, then: Inputs) -> tuple[str, ...]:
    """The files, partials and variables that are not what they were."""
    before = dict(then)
    return tuple(name for name, value in now if before.get(name) != value) if then else ()


def _unbound(want: Want, sides: Sides) -> Item:
    """A template without a macro: it is made, unless one of its title is there."""
    managed = {one.macro_id: one.key for one in sides.bindings.values()}
    others = [sides.lives[number] for number in sides.titles.get(want.macro.title.strip(), ())]
    if not others:
        return replace(_item("create", want), after=want.macro)
    first, mark = others[0], others[0].marker
    if first.id in managed:
        old = managed[first.id]
        return _item("adopt", want, first, note=f"it is managed as '{old}': write `moved: {old}` into {want.file}")
    if mark is not None and mark.macro_id == first.id and mark.owner != sides.owner:
        return _item("foreign", want, first, note=f"its marker says: {mark}")
    ids = " or ".join(str(one.id) for one in others)
    what = f"deskhand macros adopt {want.key}={first.id}"
    several = f"; {len(others)} macros have this title ({ids}): choose one" if len(others) > 1 else ""
    return _item("adopt", want, first, note=f"run `{what}`, or change the title{several}")


def _gone(want: Want, binding: Binding, sides: Sides) -> Item:
    if want.key in sides.choices.recreate:
        return replace(_item("create", want, note=f"macro {binding.macro_id} is gone"), after=want.macro)
    note = f"macro {binding.macro_id}: plan with --recreate {want.key}, or remove {want.file}"
    return replace(_item("gone", want, note=note), macro_id=binding.macro_id)


def _left(binding: Binding, sides: Sides) -> Iterator[Item]:
    """A macro that we look after and whose template is gone."""
    live, choices = sides.lives.get(binding.macro_id), sides.choices
    if live is None:
        yield Item("refresh", binding.key, binding.key, binding.macro_id, note="template and macro are gone: forgotten")
        return
    item = Item(
        "orphan",
        binding.key,
        live.macro.title,
        live.id,
        live=live.macro,
        before=before_of(live),
        uses=live.uses,
        prune=binding.prune,
    )
    if binding.retired_at and not live.macro.active:
        if binding.key in choices.delete and live.uses == 0:
            yield replace(item, kind="delete")
        return
    if binding.prune == "never":
        yield replace(item, kind="kept", note="prune: never")
    elif choices.prune and (binding.prune == "deactivate" or binding.key in choices.confirmed):
        yield replace(item, kind="deactivate", after=replace(live.macro, active=False))
    else:
        asks = f"asks to be named: --confirm {binding.key}" if binding.prune == "confirm" else ""
        yield replace(item, note=asks)


def _clones(sides: Sides, taken: Collection[int]) -> Iterator[Item]:
    """Macros that carry a marker of ours with another macro's id."""
    for live in sides.lives.values():
        mark = live.marker
        if mark is None or mark.owner != sides.owner or live.id in taken:
            continue
        if mark.macro_id != live.id:
            yield Item(
                "clone",
                mark.key,
                live.macro.title,
                live.id,
                live=live.macro,
                before=before_of(live),
                uses=live.uses,
                note=f"copied from macro {mark.macro_id}"
                if mark.macro_id
                else "left from a creation that came late: delete it",
            )


def _item(kind: Kind, want: Want, live: Live | None = None, found: Iterable[Change] = (), note: str = "") -> Item:
    return Item(
        kind,
        want.key,
        want.macro.title,
        live.id if live else None,
        want=want.macro,
        live=live.macro if live else None,
        before=before_of(live) if live else "",
        changes=tuple(found),
        uses=live.uses if live else None,
        file=want.file,
        note=note,
        inputs=want.inputs,
        owned=want.owned,
        uploads=want.uploads,
        prune=want.prune,
    )


def _rank(item: Item, items: Iterable[Item]) -> tuple[int, str, int]:
    """Titles that are given up come before those that are taken; then creations, updates, and what takes away last."""
    frees = item.live is not None and item.after is not None and item.live.title != item.after.title
    taken = {one.after.title for one in items if one is not item and one.after} if frees else set()
    first = frees and item.live is not None and item.live.title in taken
    order = (*WRITING, *(kind for kind in MEANING if kind not in WRITING))
    return (0 if first else 1 + order.index(item.kind), item.key, item.macro_id or 0)
