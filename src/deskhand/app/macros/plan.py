"""What would change, and what speaks against it. Reads alone: the transport of a plan refuses everything else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from deskhand import __version__
from deskhand.app.macros.document import Plan
from deskhand.app.macros.look import Looked, look
from deskhand.app.macros.ports import Shop
from deskhand.core.macros.limits import FLOOR, Sort, excesses
from deskhand.core.macros.plan import WRITING, Choices, Item, plan
from deskhand.core.macros.record import State, Want
from deskhand.errors import LimitPassed

LIFETIME: Final = timedelta(hours=24)
"""How long a plan may be applied."""
BUSY: Final = 10
"""So many uses in 30 days make a macro one whose change is worth a warning."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for, beside the templates."""

    choices: Choices = field(default_factory=Choices)
    allowed: Mapping[Sort, int] = field(default_factory=dict)
    allow_empty: bool = False
    allow_missing: int = 0
    """How many templates may have gone at once."""
    commit: str = ""
    delete: bool = False
    """Whether macros that were retired long ago are deleted."""
    retire_days: int = 90


def make_plan(shop: Shop, wants: Iterable[Want], asked: Asked) -> Plan:
    """A plan. Raises LimitPassed where the templates are suspiciously few; limits on changes are noted in it."""
    wanted = tuple(wants)
    state = shop.states.load(shop.env)
    require_templates(wanted, state, asked)
    choices = _with_deletions(asked, state, shop.now())
    looked = look(shop, wanted, choices)
    items = plan(looked.sides)
    managed = len({*state.bindings, *(want.key for want in wanted)})
    return Plan(
        env=shop.env,
        installation=shop.owner.installation,
        account=shop.desk.account,
        created_at=shop.now().isoformat(),
        expires_at=(shop.now() + LIFETIME).isoformat(),
        items=items,
        managed=managed,
        shared=len(looked.lives),
        tool=f"deskhand {__version__}",
        commit=asked.commit,
        references=_references(items, wanted),
        allowed=dict(asked.allowed),
        refusals=tuple(map(str, excesses(items, len(state.bindings), asked.allowed))),
        warnings=tuple(_warnings(items, looked, wanted)),
        run=shop.run,
    )


def require_templates(wants: tuple[Want, ...], state: State, asked: Asked) -> None:
    """Refuse a folder that lost its files: a broken checkout looks like that."""
    before, now = len(state.bindings), len(wants)
    if before and not now and not asked.allow_empty:
        raise LimitPassed(
            f"the folder holds no template, and {before} macros are managed",
            hint="If that is meant, write `allow_empty: true` into the environment's file.",
        )
    lost = before - now
    if before >= FLOOR and lost * 2 >= before and now and lost > asked.allow_missing:
        raise LimitPassed(
            f"the folder holds {now} templates, and {before} macros are managed (--allow-missing={lost} permits it)",
            hint="Check that the checkout is whole.",
        )


def _with_deletions(asked: Asked, state: State, now: datetime) -> Choices:
    """The choices with the retired macros whose time has come."""
    from_then = now - timedelta(days=asked.retire_days)
    due = {
        key
        for key, one in state.bindings.items()
        if one.retired_at and datetime.fromisoformat(one.retired_at) <= from_then
    }
    return replace(asked.choices, delete=due if asked.delete else ())


def _references(items: Iterable[Item], wants: Iterable[Want]) -> dict[str, str]:
    """The names behind what is to be written."""
    touched = {item.key for item in items if item.kind in WRITING}
    return {name: number for want in wants if want.key in touched for name, number in want.references}


def _warnings(items: tuple[Item, ...], looked: Looked, wants: tuple[Want, ...]) -> Iterable[str]:
    for item in items:
        if item.kind == "delete" and item.uses:
            yield f"{item.key}: used {item.uses} times in 30 days, and would be deleted"
        elif item.kind in ("deactivate", "update") and (item.uses or 0) >= BUSY:
            yield f"{item.key}: used {item.uses} times in 30 days"
    shared = [item for item in items if item.kind == "update" and item.causes and "file" not in item.causes]
    if shared:
        causes = sorted({cause for item in shared for cause in item.causes})
        yield f"{len(shared)} macros change although their files did not: {', '.join(causes)}"
    marked = sum(live.marker is not None for live in looked.lives)
    bare = [want.key for want in wants if (one := looked.state.bindings.get(want.key)) and not one.marked]
    if bare and marked < len(looked.lives):
        yield f"{len(bare)} managed macros carry no marker yet: `plan --mark` writes it"
