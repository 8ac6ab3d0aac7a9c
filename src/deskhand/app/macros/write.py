"""One item's writes: each is noted before and after, read back, and kept in the state before the next item begins.

The order within an item: dynamic content, attachments, then the macro. A macro is made inactive with a nonce in place of its id, because a creation whose
answer is lost must be found again and not repeated; its id is written, and it is switched on, in a second call.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from deskhand.app.macros.look import complete, content_of
from deskhand.app.macros.ports import Shop
from deskhand.core.macros.marker import Marker, written
from deskhand.core.macros.plan import Item
from deskhand.core.macros.record import Binding, Live
from deskhand.core.macros.value import FIELDS, Macro, canonical, hashed, looks_same, same
from deskhand.errors import Rejected, Unknown

T = TypeVar("T")
ATTEMPTS: Final = 3
LATE: Final = 15.0
"""Seconds to wait before looking whether a creation without an answer was done."""


@dataclass(slots=True)
class Writer:
    """Carries items out. `warnings` gathers what people should know although it went well."""

    shop: Shop
    digest: str
    """The plan's: creations are recognised by it."""
    bindings: dict[str, Binding]
    lives: dict[int, Live]
    warnings: list[str] = field(default_factory=list)
    wrote: bool = False
    """Whether anything was written to Zendesk, or may have been."""

    def carry_out(self, item: Item) -> None:
        """Do one item. Raises the desk's errors."""
        before = self._before(item)
        self._note("doing", item)
        match item.kind:
            case "create":
                self._create(item)
            case "delete":
                self._delete(item)
            case "refresh" if item.live is None:
                self._keep(item.key, None)
            case "refresh":
                self._refresh(item)
            case _:
                self._update(item)
        self._note("done", item, was=item.live, bound=before)

    def bind(self, item: Item, back: Live, *, marked: bool = True) -> None:
        """Keep what was wanted and what Zendesk made of it. What people changed and nobody overwrote keeps its old base."""
        before = self._before(item)
        start = item.rebind if item.want is None and item.rebind else before
        wanted, seen = item.want or (start.wanted if start else None), back.macro
        for name in (one.field for one in item.drifted):
            if before and before.seen and before.wanted and wanted:
                seen = replace(seen, **{name: getattr(before.seen, name)})
                wanted = replace(wanted, **{name: getattr(before.wanted, name)})
        base = before or Binding(item.key, back.id)
        only_marked = item.kind == "mark"
        kept = replace(
            base,
            key=item.key,
            macro_id=back.id,
            wanted=base.wanted if only_marked else wanted,
            seen=(base.seen or seen) if only_marked else seen,
            remote_updated_at=back.updated_at or base.remote_updated_at,
            applied_by=self.shop.by,
            run=self.shop.run,
            prune=item.prune,
            inputs=item.inputs or base.inputs,
            marked=marked,
            retired_at=self.shop.now().isoformat() if item.kind == "deactivate" else "",
        )
        self._keep(item.key, kept)

    # Kinds of items.

    def _create(self, item: Item) -> None:
        want = item.after or Macro(item.title)
        self._keep_content(item, want)
        number = item.macro_id or self._found(item) or self._made(item, want)
        files = self._files(item, want)
        back = self._back(number, item, files)
        if back is None or not same(back.macro, replace(want, active=False), ("title",)):
            raise Rejected(
                f"macro {number} ({item.key}) was made and cannot be read back as it was sent", code="NotAsSent"
            )
        self._send(item, number, want, files)

    def _update(self, item: Item) -> None:
        after = item.after or item.live or Macro(item.title)
        if any(one.field == "content" for one in item.changes):
            self._keep_content(item, after)
        self._send(item, item.macro_id or 0, after, self._files(item, after))

    def _refresh(self, item: Item) -> None:
        """Only the state is brought up to date."""
        number = item.macro_id or 0
        there = self.lives.get(number)
        mark = there.marker if there else None
        ours = mark is not None and mark.owner == self.shop.owner
        self.bind(item, Live(number, item.live or Macro("")), marked=ours)

    def _delete(self, item: Item) -> None:
        self._written(lambda: self.shop.desk.delete(item.macro_id or 0))
        self._keep(item.key, None)

    # Single steps.

    def _send(self, item: Item, number: int, macro: Macro, files: Mapping[str, int]) -> None:
        """Replace a macro, read it back, and keep what came of it."""
        marker = Marker(self.shop.owner, item.key, number)
        back = self._replaced(item, macro, marker, files)
        if back.marker != marker:
            self.warnings.append(f"{item.key}: somebody wrote macro {number} in the same moment; look at it in Zendesk")
        self._tell_normalised(item, back, macro)
        self._note_files(item, files)
        self.bind(item, back)

    def _replaced(self, item: Item, macro: Macro, marker: Marker, files: Mapping[str, int]) -> Live:
        """The macro after it was replaced. Whether a write without an answer was done, reading it tells; if not, it is sent again."""
        number, description = marker.macro_id or 0, written(macro.description, marker)
        for _ in range(ATTEMPTS):
            lost = False
            try:
                numbers = self._numbers(macro, item, files)
                self._written(partial(self.shop.desk.update, number, macro, description, numbers))
            except Unknown:
                lost = True
                self.shop.wait(1.0)
            back = self._back(number, item, files)
            if back is None:
                raise Rejected(f"macro {number} ({item.key}) was deleted while it was written", status=404)
            if not lost or looks_same(back.macro, macro):
                return back
        raise Unknown(f"macro {number} ({item.key}): {ATTEMPTS} writes got no answer, and none was done")

    def _back(self, number: int, item: Item, files: Mapping[str, int]) -> Live | None:
        """The macro as it is now, complete."""
        live = self.shop.desk.one(number)
        if live is None:
            return None
        known = {identity: name for name, identity in files.items()} | dict(
            before.files if (before := self._before(item)) else ()
        )
        helper = Binding(item.key, number, files=tuple(known.items()))
        wants_texts = bool(item.want and item.want.content) or bool(item.after and item.after.content)
        return complete(live, helper, self.shop.desk.contents() if wants_texts else {})

    def _made(self, item: Item, want: Macro) -> int:
        """Make the macro, inactive and with a nonce. Where the answer is lost, look for the nonce before making it again."""
        marker = Marker(self.shop.owner, item.key, None, self._nonce(item))
        draft = replace(want, active=False, attachments=())
        for _ in range(ATTEMPTS):
            try:
                return self._written(lambda: self.shop.desk.create(draft, written(want.description, marker)))
            except Unknown:
                self.shop.wait(LATE)
                self.lives = {live.id: live for live in self.shop.desk.all()}
                found = self._found(item)
                if found is not None:
                    return found
        raise Unknown(f"'{item.title}' ({item.key}): {ATTEMPTS} creations got no answer, and none was done")

    def _found(self, item: Item) -> int | None:
        """The macro that an earlier attempt made: by its nonce, or by a marker with its own id."""
        owner = self.shop.owner
        for live in self.lives.values():
            mark = live.marker
            if mark and mark.owner == owner and mark.key == item.key and mark.macro_id in (None, live.id):
                return live.id
        return None

    def _keep_content(self, item: Item, macro: Macro) -> None:
        name = content_of(macro)
        if macro.content and name:
            self._note("content", item, name=name)
            try:
                self._written(lambda: self.shop.desk.keep_content(name, macro.content))
            except Unknown:
                self.shop.wait(1.0)
                self.shop.desk.keep_content(name, macro.content)  # reads first: what was done is not done again

    def _files(self, item: Item, macro: Macro) -> Mapping[str, int]:
        """The numbers of a macro's attachments; what is not in Zendesk yet is handed in."""
        before = self._before(item)
        known = {name: number for number, name in before.files} if before else {}
        paths = dict(item.uploads)
        found: dict[str, int] = {}
        for name in macro.attachments:
            if name in known:
                found[name] = known[name]
            elif name in paths:
                self._note("upload", item, name=name)
                found[name] = self._written(partial(self.shop.desk.upload, self.file_of(name, paths[name])))
        return found

    def file_of(self, name: str, path: str) -> Path:
        """The file of an attachment, which must be the one that was planned with. Raises Rejected."""
        found = self.shop.folder / path
        try:
            now = hashlib.sha256(found.read_bytes()).hexdigest()
        except OSError as wrong:
            raise Rejected(
                f"attachment {path} cannot be read: {wrong.strerror}", hint="Apply from a checkout that has it."
            ) from wrong
        if name.rpartition(" ")[2] != now:
            raise Rejected(f"attachment {path} changed since the plan was made", hint="Make a new plan.")
        return found

    def _numbers(self, macro: Macro, item: Item, files: Mapping[str, int]) -> Mapping[str, int] | None:
        """What is sent of attachments: nothing where there were none and are none."""
        had = bool(item.live and item.live.attachments)
        return files if macro.attachments or had else None

    def _note_files(self, item: Item, files: Mapping[str, int]) -> None:
        before = self._before(item)
        base = before or Binding(item.key, item.macro_id or 0)
        if files or base.files:
            self.bindings[item.key] = replace(base, files=tuple((number, name) for name, number in files.items()))

    def _before(self, item: Item) -> Binding | None:
        return self.bindings.get(item.key) or item.rebind

    def _keep(self, key: str, binding: Binding | None) -> None:
        """Into the state, at once; a key that was moved takes the old one's place."""
        changes: dict[str, Binding | None] = {key: binding}
        if binding is not None:
            changes |= {
                old: None for old, one in self.bindings.items() if old != key and one.macro_id == binding.macro_id
            }
        self.shop.states.save(self.shop.env, self.shop.desk.account, changes)
        for name, one in changes.items():
            self.bindings.pop(name, None)
            if one is not None:
                self.bindings[name] = one

    def _written(self, call: Callable[[], T]) -> T:
        """Do a write, and remember that there was one unless it is certain that nothing was done."""
        try:
            answer = call()
        except Unknown:
            self.wrote = True
            raise
        self.wrote = True
        return answer

    def _nonce(self, item: Item) -> str:
        return hashed([self.digest, item.key])[:16]

    def _tell_normalised(self, item: Item, back: Live, sent: Macro) -> None:
        there, here = canonical(back.macro), canonical(sent)
        names = [name for name in FIELDS if there[name] != here[name]]
        if names:
            self.warnings.append(
                f"{item.key}: Zendesk wrote {', '.join(names)} down in its own way, which is now what it is held against"
            )

    def _note(self, word: str, item: Item, **facts: object) -> None:
        self.shop.runs.note(
            self.shop.run,
            at=self.shop.now().isoformat(),
            event=word,
            key=item.key,
            kind=item.kind,
            macro=item.macro_id or (self.bindings[item.key].macro_id if item.key in self.bindings else None),
            **facts,
        )
