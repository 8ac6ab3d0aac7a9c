"""Undo a run: every macro that it wrote goes back to what it was, if nobody has changed it since."""

from dataclasses import replace

from deskhand.app.macros.document import Plan
from deskhand.app.macros.look import look
from deskhand.app.macros.plan import LIFETIME
from deskhand.app.macros.ports import Shop
from deskhand.core.macros.codec import binding_of, macro_of
from deskhand.core.macros.plan import Choices, Item, before_of
from deskhand.core.macros.record import Binding, Live
from deskhand.core.macros.value import Macro, same
from deskhand.errors import MacrosError


def reversal(shop: Shop, run: str) -> Plan:
    """A plan that undoes a run. Raises NotKnown for a run that nobody has seen, MacrosError for one of another account."""
    lines = shop.runs.read(run)
    begin = next((line for line in lines if line["event"] == "begin"), {})
    if begin.get("account") != shop.desk.account or begin.get("env") != shop.env:
        raise MacrosError(
            f"run {run} was on '{begin.get('env')}' of account '{begin.get('account')}'", hint="Check --env."
        )
    looked = look(shop, (), Choices())
    items, warnings = [], []
    for line in lines:
        if line["event"] != "done" or line["kind"] not in ("create", "update", "deactivate", "mark"):
            continue
        key, number = str(line["key"]), int(line.get("macro") or 0)
        live, binding = looked.sides.lives.get(number), looked.state.bindings.get(key)
        if live is None or binding is None or binding.run != run:
            warnings.append(f"{key}: is gone, or was written again since, and stays")
        elif binding.seen is not None and not same(binding.seen, live.macro):
            warnings.append(f"{key}: somebody changed it since, and it stays")
        elif (item := _item(key, live, binding, macro_of(line.get("was")), binding_of(line.get("bound")))) is not None:
            items.append(item)
    now = shop.now()
    return Plan(
        env=shop.env, installation=shop.owner.installation, account=shop.desk.account, created_at=now.isoformat(),
        expires_at=(now + LIFETIME).isoformat(), items=tuple(items), managed=len(looked.state.bindings), shared=len(looked.lives),
        warnings=tuple(warnings), run=shop.run, allowed={"update": len(items), "deactivate": len(items)},
    )  # fmt: skip


def _item(key: str, live: Live, binding: Binding, was: Macro | None, before: Binding | None) -> Item | None:
    """Back to what it was; one that the run made is switched off."""
    after = was if was is not None else replace(live.macro, active=False)
    if same(after, live.macro):
        return None
    rebind = replace(before, key=key) if before else replace(binding, wanted=None)
    return Item(
        "update", key, live.macro.title, live.id, live=live.macro, after=after, before=before_of(live), rebind=rebind
    )
