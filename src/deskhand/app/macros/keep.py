"""The state by hand: rebuilt from markers, a key moved, a key removed, macros bound that were imported. Nothing is written to Zendesk."""

from collections.abc import Iterable, Mapping

from deskhand.app.macros.look import look
from deskhand.app.macros.ports import Shop
from deskhand.core.macros.plan import Choices
from deskhand.core.macros.record import Binding, Live, Want
from deskhand.core.macros.value import same
from deskhand.errors import MacrosError, NotKnown


def rebuild(shop: Shop, wants: tuple[Want, ...]) -> Mapping[str, Binding]:
    """Bind every macro that carries a marker of ours with its own id. What is not as its template wants it has no known base."""
    looked = look(shop, wants, Choices())
    wanted = {want.key: want for want in wants}
    found: dict[str, Binding] = {}
    for live in looked.lives:
        mark = live.marker
        if mark is None or mark.owner != shop.owner or mark.macro_id != live.id:
            continue
        if mark.key in found:
            raise MacrosError(
                f"macros {found[mark.key].macro_id} and {live.id} both say that they are '{mark.key}'",
                hint="Take the marker out of one.",
            )
        found[mark.key] = _bound(mark.key, live, wanted.get(mark.key))
    gone: dict[str, Binding | None] = dict.fromkeys(set(looked.state.bindings) - set(found))
    with shop.states.hold(shop.env, shop.run, shop.now()):
        shop.states.save(shop.env, shop.desk.account, gone | found)
    return found


def bind_imported(shop: Shop, pairs: Iterable[tuple[Want, Live]]) -> None:
    """Bind macros to the templates that were made of them."""
    bound: dict[str, Binding | None] = {
        want.key: Binding(
            want.key, live.id, wanted=want.macro, seen=live.macro, remote_updated_at=live.updated_at, applied_by=shop.by, run=shop.run,
            prune=want.prune, inputs=want.inputs,
        )
        for want, live in pairs
    }  # fmt: skip
    with shop.states.hold(shop.env, shop.run, shop.now()):
        shop.states.save(shop.env, shop.desk.account, bound)


def move(shop: Shop, old: str, new: str) -> None:
    """Give a macro another key. Raises NotKnown, MacrosError."""
    from_state = shop.states.load(shop.env).bindings
    if old not in from_state:
        raise NotKnown(f"the state of '{shop.env}' has no key '{old}'", hint="`deskhand macros state list` shows them.")
    if new in from_state:
        raise MacrosError(
            f"the state of '{shop.env}' has a key '{new}' already", hint="Remove it first, if it is wrong."
        )
    one = from_state[old]
    moved = Binding(**{name: getattr(one, name) for name in one.__slots__} | {"key": new})
    with shop.states.hold(shop.env, shop.run, shop.now()):
        shop.states.save(shop.env, shop.states.load(shop.env).account, {old: None, new: moved})


def remove(shop: Shop, key: str) -> None:
    """Forget a key; its macro stays in Zendesk as it is. Raises NotKnown."""
    state = shop.states.load(shop.env)
    if key not in state.bindings:
        raise NotKnown(f"the state of '{shop.env}' has no key '{key}'", hint="`deskhand macros state list` shows them.")
    with shop.states.hold(shop.env, shop.run, shop.now()):
        shop.states.save(shop.env, state.account, {key: None})


def _bound(key: str, live: Live, want: Want | None) -> Binding:
    """What is known without a base: everything where macro and template are the same, nothing else."""
    if want is not None and same(want.macro, live.macro, want.owned):
        return Binding(
            key, live.id, wanted=want.macro, seen=live.macro, prune=want.prune, inputs=want.inputs, marked=True
        )
    return Binding(key, live.id, prune=want.prune if want else "deactivate", marked=True)
