"""Carry a plan out: exactly what was reviewed, or nothing.

Before the first write the account is backed up and every macro that is to be touched is read again; if one of them, a name or the plan itself is not as
it was, nothing is written. An item that is as it should be already was done by an apply that was cut short, and is only noted.
"""

from dataclasses import dataclass, field, replace

from deskhand.app.macros.document import Plan, is_expired
from deskhand.app.macros.look import complete, require_account, require_whole
from deskhand.app.macros.ports import Shop
from deskhand.app.macros.write import Writer
from deskhand.core.macros.limits import excesses
from deskhand.core.macros.plan import Item, before_of
from deskhand.core.macros.record import Live, State
from deskhand.core.macros.value import Macro, looks_same, reduced
from deskhand.errors import (
    AccessRefused,
    DeskError,
    LimitPassed,
    PartlyDone,
    PlanOutdated,
    Rejected,
    StoreError,
    Undecided,
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of an apply. `skipped` and `failed` are (key, reason)."""

    run: str
    journal: str
    done: tuple[Item, ...] = ()
    already: tuple[Item, ...] = ()
    """Items that an earlier attempt had done."""
    skipped: tuple[tuple[str, str], ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    wrote: bool = False
    """Whether anything was written to Zendesk, or may have been."""


@dataclass(slots=True)
class _Sorted:
    """The items, by what is left to do."""

    todo: list[Item] = field(default_factory=list)
    already: list[Item] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)


def apply_plan(
    shop: Shop, plan: Plan, *, commit: str = "", skip_changed: bool = False, resume: bool = False
) -> Applied:
    """Carry it out; `resume` goes on with one that was cut short, however old. Raises before the first write: PlanOutdated, Undecided, LimitPassed; PartlyDone is for the caller to raise."""
    require_current(shop, plan, commit, resume=resume)
    with shop.states.hold(shop.env, shop.run, shop.now()):
        state = shop.states.load(shop.env)
        require_account(shop, state)
        require_permitted(plan, state)
        lives = shop.desk.all()
        require_whole(shop.desk, _without_deleted(state, plan), lives)
        shop.runs.note(
            shop.run,
            event="begin",
            plan=plan.digest,
            env=plan.env,
            account=plan.account,
            by=shop.by,
            allowed=plan.allowed,
        )
        shop.runs.back_up(shop.run, lives)
        _require_references(shop, plan)
        writer = Writer(shop, plan.digest, dict(state.bindings), {live.id: live for live in lives})
        found = _sorted_out(shop, plan, writer)
        if found.moved and not skip_changed:
            words = "; ".join(f"{key}: {why}" for key, why in found.moved)
            raise PlanOutdated(f"{len(found.moved)} macros moved since the plan was made: {words}")
        return _carried_out(shop, found, writer)


def require_current(shop: Shop, plan: Plan, commit: str, *, resume: bool = False) -> None:
    """Refuse a plan of another environment or account, of another commit, or one that is too old."""
    if (plan.env, plan.installation, plan.account) != (shop.env, shop.owner.installation, shop.desk.account):
        raise PlanOutdated(
            f"the plan is for '{plan.env}' of '{plan.installation}' in account '{plan.account}', and this is '{shop.env}' of '{shop.owner.installation}' in '{shop.desk.account}'"
        )
    if is_expired(plan, shop.now()) and not resume:
        raise PlanOutdated(f"the plan expired at {plan.expires_at}")
    if commit and plan.commit and commit != plan.commit:
        raise PlanOutdated(f"the plan was made at commit {plan.commit[:12]}, and this is {commit[:12]}")


def require_permitted(plan: Plan, state: State) -> None:
    """Refuse what a person has to decide first, and more than was allowed. Raises Undecided, LimitPassed."""
    if plan.blocking:
        words = "; ".join(f"{item.kind} {item.key}: {item.note or item.title}" for item in plan.blocking)
        raise Undecided(
            f"{len(plan.blocking)} macros have to be decided about: {words}",
            hint="`deskhand macros show PLAN` shows all sides of each.",
        )
    found = excesses(plan.items, len(state.bindings), plan.allowed)
    if found:
        raise LimitPassed("; ".join(map(str, found)))


def require_done(applied: Applied) -> None:
    """Raise for what could not be done: PartlyDone, or Rejected where nothing was done at all."""
    if not applied.failed and not applied.skipped:
        return
    words = "; ".join(f"{key}: {why}" for key, why in (*applied.failed, *applied.skipped))
    if not applied.wrote and applied.failed:
        raise Rejected(f"nothing was written: {words}", hint="Read the reason; the journal is " + applied.journal)
    count = len(applied.failed) + len(applied.skipped)
    raise PartlyDone(f"{len(applied.done)} done, {count} not: {words}. The journal is {applied.journal}")


def _without_deleted(state: State, plan: Plan) -> State:
    """The state without what this very plan may have deleted already, or makes again."""
    gone = {
        item.key
        for item in plan.items
        if item.kind in ("delete", "create") or (item.kind == "refresh" and item.live is None)
    }
    return replace(state, bindings={key: one for key, one in state.bindings.items() if key not in gone})


def _require_references(shop: Shop, plan: Plan) -> None:
    """Refuse if a name no longer leads to the number that was reviewed."""
    for reference, number in plan.references.items():
        kind, name = _reference(reference)
        try:
            now = shop.desk.names.number(kind, name)
        except Rejected as unknown:
            raise PlanOutdated(f"{unknown}, and the plan was made with number {number}") from unknown
        if now != number:
            raise PlanOutdated(f"{kind} '{name}' is number {now} by now; the plan was made with {number}")


def _reference(reference: str) -> tuple[str, str]:
    """Kind and name; one kind has two words."""
    start = "custom status "
    return (start.strip(), reference.removeprefix(start)) if reference.startswith(start) else _halves(reference)


def _halves(reference: str) -> tuple[str, str]:
    kind, _, name = reference.partition(" ")
    return kind, name


def _sorted_out(shop: Shop, plan: Plan, writer: Writer) -> _Sorted:
    """Read every macro that is to be touched again: still to do, done already, or moved."""
    found = _Sorted()
    for number, item in enumerate(plan.writing):
        shop.tell(number, len(plan.writing), f"reading {item.key} again")
        word, why = _standing(shop, item, writer)
        if word == "todo" and (wrong := _wrong_file(item, writer)):
            word, why = "moved", wrong
        if word == "moved":
            found.moved.append((item.key, why))
        else:
            (found.todo if word == "todo" else found.already).append(item)
    found.todo += [item for item in plan.items if item.kind == "refresh"]
    return found


def _wrong_file(item: Item, writer: Writer) -> str:
    """Why an attachment is not the one that was planned with; empty where all are."""
    try:
        for name, path in item.uploads:
            writer.file_of(name, path)
    except Rejected as wrong:
        return str(wrong)
    return ""


def _standing(shop: Shop, item: Item, writer: Writer) -> tuple[str, str]:
    if item.macro_id is None:
        return _standing_new(item, writer)
    live = shop.desk.one(item.macro_id)
    if live is None:
        return ("already", "") if item.kind == "delete" else ("moved", "it is gone")
    binding = writer.bindings.get(item.key) or item.rebind
    texts = shop.desk.contents() if _has_texts(item) else {}
    live = complete(live, binding, texts)
    writer.lives[live.id] = live
    if before_of(live) == item.before:
        return "todo", ""
    mark = live.marker
    if item.kind == "create" and mark and mark.key == item.key and mark.owner == shop.owner:
        return ("already", "") if mark.macro_id == live.id and _is_done(item, live) else ("todo", "")
    if _is_done(item, live) and mark and mark.key == item.key and mark.macro_id == live.id:
        return "already", ""
    return "moved", "somebody changed it"


def _standing_new(item: Item, writer: Writer) -> tuple[str, str]:
    """A macro that is to be made: perhaps an earlier attempt made it, perhaps somebody else took its title."""
    owner = writer.shop.owner
    for live in writer.lives.values():
        mark = live.marker
        if mark and mark.owner == owner and mark.key == item.key and mark.macro_id == live.id:
            return ("already", "") if _is_done(item, live) else ("todo", "")
    managed = {one.macro_id for one in writer.bindings.values()}
    for live in writer.lives.values():
        if live.macro.title.strip() == item.title.strip() and live.marker is None and live.id not in managed:
            return "moved", f"macro {live.id} has this title by now"
    return "todo", ""


def _is_done(item: Item, live: Live) -> bool:
    """Whether the macro reads as it should already; files and texts that were not looked at do not count."""
    after = item.after or Macro("")
    if item.macro_id is None:
        return looks_same(reduced(live.macro, item.owned), reduced(after, item.owned))
    return looks_same(live.macro, after)


def _has_texts(item: Item) -> bool:
    return any(one is not None and bool(one.content) for one in (item.want, item.live, item.after))


def _carried_out(shop: Shop, found: _Sorted, writer: Writer) -> Applied:
    """Do what is left. One that is refused does not stop the others; refused credentials and lost answers stop all."""
    done: list[Item] = []
    failed: list[tuple[str, str]] = []
    rest: list[tuple[str, str]] = []
    for item in found.already:
        _settle(shop, item, writer)
    for number, item in enumerate(found.todo):
        shop.tell(number, len(found.todo), f"{item.kind} {item.key}")
        try:
            writer.carry_out(item)
            done.append(item)
        except (DeskError, StoreError) as error:
            shop.runs.note(shop.run, event="failed", key=item.key, reason=str(error))
            failed.append((item.key, str(error)))
            if isinstance(error, AccessRefused) or not isinstance(error, Rejected):
                rest = [(one.key, "not begun") for one in found.todo[number + 1 :]]
                break
    shop.runs.note(shop.run, event="end", done=len(done), failed=len(failed), skipped=len(found.moved) + len(rest))
    skipped = (*((key, f"changed since the plan: {why}") for key, why in found.moved), *rest)
    return Applied(
        shop.run,
        str(shop.runs.path(shop.run)),
        tuple(done),
        tuple(found.already),
        skipped,
        tuple(failed),
        tuple(writer.warnings),
        writer.wrote,
    )


def _settle(shop: Shop, item: Item, writer: Writer) -> None:
    """Note in the state what an earlier attempt did and could not note any more."""
    if item.kind == "delete":
        shop.states.save(shop.env, shop.desk.account, {item.key: None})
        return
    number = item.macro_id or next(one.id for one in writer.lives.values() if _has_marker(one, item, shop))
    live = shop.desk.one(number)
    if live is not None:
        writer.bind(
            item, complete(live, writer.bindings.get(item.key), shop.desk.contents() if _has_texts(item) else {})
        )


def _has_marker(live: Live, item: Item, shop: Shop) -> bool:
    mark = live.marker
    return mark is not None and (mark.owner, mark.key, mark.macro_id) == (shop.owner, item.key, live.id)
