"""Take over a macro that is there already: nothing of it is changed but its marker."""

from deskhand.app.macros.document import Plan
from deskhand.app.macros.look import look
from deskhand.app.macros.plan import LIFETIME
from deskhand.app.macros.ports import Shop
from deskhand.core.macros.plan import Choices, Item, before_of
from deskhand.core.macros.record import Binding, Live, Want
from deskhand.errors import NotKnown, Undecided


def adoption(shop: Shop, wants: tuple[Want, ...], pairs: dict[str, int]) -> Plan:
    """A plan that writes markers into these macros, each (key, number). Raises NotKnown, Undecided."""
    looked = look(shop, wants, Choices())
    bound = {one.macro_id: key for key, one in looked.state.bindings.items()}
    items = []
    for key, number in pairs.items():
        want = looked.sides.wants.get(key)
        live = looked.sides.lives.get(number)
        if want is None:
            raise NotKnown(
                f"no template has the key '{key}'", hint="Write the template first, or `deskhand macros import` it."
            )
        if live is None:
            raise NotKnown(f"the account has no shared macro {number}", hint="Personal macros are never managed.")
        _require_free(key, live, shop, bound)
        items.append(_item(want, live))
    now = shop.now()
    return Plan(
        env=shop.env, installation=shop.owner.installation, account=shop.desk.account, created_at=now.isoformat(),
        expires_at=(now + LIFETIME).isoformat(), items=tuple(items), managed=len(looked.state.bindings), shared=len(looked.lives), run=shop.run,
    )  # fmt: skip


def _require_free(key: str, live: Live, shop: Shop, bound: dict[int, str]) -> None:
    if live.id in bound and bound[live.id] != key:
        raise Undecided(
            f"macro {live.id} is managed as '{bound[live.id]}'", hint="`deskhand macros state mv` gives it another key."
        )
    mark = live.marker
    if mark is not None and mark.macro_id == live.id and mark.owner != shop.owner:
        raise Undecided(
            f"another installation manages macro {live.id}: {mark}", hint="Agree with those who look after it."
        )


def _item(want: Want, live: Live) -> Item:
    """Seen and never written: the next plan brings it to its template."""
    return Item(
        "mark", want.key, live.macro.title, live.id, live=live.macro, after=live.macro, before=before_of(live), file=want.file,
        rebind=Binding(want.key, live.id, seen=live.macro, prune=want.prune),
    )  # fmt: skip
