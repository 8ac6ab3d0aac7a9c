"""The account, the state and the templates, joined to what a plan is made from. Reads alone."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from deskhand.app.macros.ports import MacroDesk, Shop
from deskhand.core.macros.plan import Choices, Sides, binding_of
from deskhand.core.macros.record import Binding, Live, State, Want
from deskhand.core.macros.value import Macro
from deskhand.errors import LimitPassed, MacrosError

_CONTENT: Final = re.compile(r"\{\{dc\.([a-z0-9_]+)\}\}")


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found."""

    sides: Sides
    state: State
    lives: tuple[Live, ...]


def look(shop: Shop, wants: Iterable[Want], choices: Choices) -> Looked:
    """Read the account and the state. Raises MacrosError where they do not belong together or cannot be whole."""
    wanted = {want.key: want for want in wants}
    state = shop.states.load(shop.env)
    require_account(shop, state)
    lives = shop.desk.all()
    require_whole(shop.desk, state, lives)
    texts = _contents(shop.desk, wanted, state)
    sides = Sides(shop.owner, wanted, state.bindings, {live.id: live for live in lives}, choices)
    owners = {bound.macro_id: (want, bound) for want in wanted.values() if (bound := binding_of(want, sides))}
    known = {binding.macro_id: binding for binding in state.bindings.values()}
    completed = {}
    for live in lives:
        want, bound = owners.get(live.id, (None, known.get(live.id)))
        completed[live.id] = complete(live, bound, texts if _speaks(want, bound) else {})
    return Looked(replace(sides, lives=completed), state, tuple(completed.values()))


def require_account(shop: Shop, state: State) -> None:
    """Refuse the state of another account: the numbers in it mean something else there."""
    if state.account and state.account != shop.desk.account:
        raise MacrosError(
            f"the state of '{shop.env}' belongs to account '{state.account}', and this is '{shop.desk.account}'",
            hint="Check --env, DESKHAND_SUBDOMAIN and DESKHAND_BASE_URL.",
        )


def require_whole(desk: MacroDesk, state: State, lives: Iterable[Live]) -> None:
    """Refuse a list that lacks macros which are there: could not read is never gone."""
    there = {live.id for live in lives}
    absent = [binding for binding in state.bindings.values() if binding.macro_id not in there]
    if absent and not there:
        raise LimitPassed(
            f"the account's list of shared macros is empty, and {len(absent)} are managed",
            hint="Check the credentials' role: this is more likely a list that could not be read than an account without macros.",
        )
    for binding in absent:
        if desk.one(binding.macro_id) is not None:
            raise MacrosError(
                f"the list of macros lacks macro {binding.macro_id} ({binding.key}), which is there: the list was cut short",
                hint="Nothing was done. Run it again.",
            )


def complete(live: Live, binding: Binding | None, texts: Mapping[str, tuple[tuple[str, str], ...]]) -> Live:
    """A macro with its attachments by content, as far as they are known, and with the texts behind its placeholder."""
    files = {f"id:{number}": name for number, name in binding.files} if binding else {}
    macro = live.macro
    attachments = tuple(files.get(name, name) for name in macro.attachments)
    name = content_of(macro)
    return replace(live, macro=replace(macro, attachments=attachments, content=texts.get(name, ()) if name else ()))


def content_of(macro: Macro) -> str:
    """The name of the dynamic content that a macro's reply is made of."""
    for row in macro.actions:
        found = _CONTENT.fullmatch(str(row.value)) if row.field.startswith("comment_value") else None
        if found:
            return found[1]
    return ""


def _contents(desk: MacroDesk, wants: Mapping[str, Want], state: State) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Dynamic content, read only where a template or the state has some."""
    any_wanted = any(want.macro.content for want in wants.values())
    any_seen = any(one.seen and one.seen.content for one in state.bindings.values())
    return desk.contents() if any_wanted or any_seen else {}


def _speaks(want: Want | None, binding: Binding | None) -> bool:
    """Whether the texts behind a macro's placeholder are ours."""
    return bool(want and want.macro.content) or bool(binding and binding.seen and binding.seen.content)
