"""Shared macros of one account: listed whole or not at all, written one by one, with their attachments and dynamic content.

Personal macros are never read into scope. Writes are sent again only after answers that say that nothing was done.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from deskhand.core.macros.marker import parse
from deskhand.core.macros.record import Live
from deskhand.core.macros.value import Action, Macro, Restriction, json_of, value_of
from deskhand.errors import Rejected
from deskhand.http.retry import Wait, reading
from deskhand.zendesk.gateway import PAGE, Gateway, Json
from deskhand.zendesk.macro_names import MacroNames

_USAGE: Final = "usage_30d"
_WHOLE: Final = "Nothing was done: a list that is cut short would look like deleted macros. Run it again."


class ZendeskMacros:
    """Reads and writes the shared macros of one account."""

    def __init__(self, gateway: Gateway, names: MacroNames, wait: Wait) -> None:
        """`wait` waits so many seconds before a write is sent again."""
        self._gateway, self.names, self._wait = gateway, names, wait
        self._items: dict[str, Json] | None = None

    @property
    def account(self) -> str:
        """The account's subdomain, or the host of a sandbox."""
        return (urlsplit(self._gateway.base_url).hostname or "").removesuffix(".zendesk.com")

    def all(self) -> list[Live]:
        """Every shared macro. Raises Rejected where the list is cut short or contradicts itself."""
        try:
            rows = list(self._rows({"access": "shared", "include": _USAGE}))
        except Rejected as refused:
            if refused.status not in (400, 422):
                raise
            rows = list(self._rows({"access": "shared"}))  # the plan of the account has no usage figures
        found = {row["id"]: live_of(row) for row in rows if not is_personal(row)}
        if len({row["id"] for row in rows}) < len(rows):
            raise Rejected("GET macros: the list gave one macro twice", code="IncompleteListing", hint=_WHOLE)
        return list(found.values())

    def one(self, number: int) -> Live | None:
        """A macro as it is now; None where it is gone, or is a personal one by now."""
        try:
            row = self._gateway.get(f"macros/{number}", holds="macro")["macro"]
        except Rejected as refused:
            if refused.status == 404:
                return None
            raise
        if row.get("id") != number:
            raise Rejected(f"GET macros/{number}: the answer holds another macro, or none", code="OddAnswer")
        return None if is_personal(row) else live_of(row)

    def create(self, macro: Macro, description: str, attachments: Mapping[str, int] | None = None) -> int:
        """Make a macro; returns its number. Raises Unknown where it may have been made."""
        answer = self._send("POST", "macros", {"macro": body_of(macro, description, attachments)})
        return int(answer["macro"]["id"])

    def update(self, number: int, macro: Macro, description: str, attachments: Mapping[str, int] | None = None) -> None:
        """Replace all that a macro says and does."""
        self._send("PUT", f"macros/{number}", {"macro": body_of(macro, description, attachments)})

    def delete(self, number: int) -> None:
        """Delete a macro; one that is gone already is fine."""
        try:
            reading(self._wait, lambda: self._gateway.delete(f"macros/{number}"))
        except Rejected as refused:
            if refused.status != 404:
                raise

    def upload(self, path: Path) -> int:
        """Hand a file in, to be attached at once; what is not attached Zendesk throws away."""
        data = path.read_bytes()
        answer = reading(self._wait, lambda: self._gateway.upload("macros/attachments", path.name, data))
        return int(answer["macro_attachment"]["id"])

    def effect(self, number: int, ticket: int | None = None) -> Mapping[str, Any]:
        """What applying a macro would make of a ticket; nothing is changed."""
        path = f"macros/{number}/apply" if ticket is None else f"tickets/{ticket}/macros/{number}/apply"
        found: Mapping[str, Any] = self._gateway.get(path, holds="result")["result"]
        return found

    def ticket(self, number: int) -> Mapping[str, Any]:
        """A ticket with its people, as placeholders see it."""
        page = self._gateway.get(f"tickets/{number}", {"include": "users,groups,organizations"}, holds="ticket")
        row: Json = dict(page["ticket"])
        people = {one["id"]: one for one in page.get("users") or ()}
        for name in ("requester", "assignee", "submitter"):
            row[name] = _person(people.get(row.get(f"{name}_id")))
        for name in ("group", "organization"):
            row[name] = next((one for one in page.get(f"{name}s") or () if one["id"] == row.get(f"{name}_id")), {})
        row["title"] = row.get("subject")
        row |= {f"ticket_field_{one['id']}": one["value"] for one in row.get("custom_fields") or ()}
        me = self._gateway.get("users/me", holds="user")["user"]
        return {"ticket": row, "current_user": _person(me)}

    def actions(self) -> Mapping[str, Mapping[str, str]]:
        """What macros may do in this account, each with its values and their titles."""
        rows = self._gateway.get("macros/definitions", holds="definitions")["definitions"].get("actions") or ()
        return {
            str(row["subject"]): {str(one["value"]): str(one["title"]) for one in row.get("values") or ()}
            for row in rows
        }

    # Dynamic content.

    def contents(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """The texts of every item by locale, by the name of its placeholder."""
        locales = {number: name for name, number in self.names.locales().items()}
        self._items = {_placeholder(row): row for row in self._gateway.pages("dynamic_content/items", "items")}
        return {
            name: tuple(
                (locales.get(one["locale_id"], f"#{one['locale_id']}"), str(one["content"]))
                for one in row.get("variants") or ()
            )
            for name, row in self._items.items()
        }

    def keep_content(self, name: str, texts: tuple[tuple[str, str], ...]) -> None:
        """Make an item, or bring its texts up to date. The first locale is the default one."""
        if self._items is None:
            self.contents()
        numbers = self.names.locales()
        item, self._items = (self._items or {}).get(name), None
        if item is None:
            rows = [
                {"locale_id": numbers[locale], "default": at == 0, "content": text}
                for at, (locale, text) in enumerate(texts)
            ]
            asked = {"name": name, "default_locale_id": numbers[texts[0][0]], "variants": rows}
            self._send("POST", "dynamic_content/items", {"item": asked})
        else:
            self._change_texts(item, {numbers[locale]: text for locale, text in texts})

    def _change_texts(self, item: Json, texts: Mapping[int, str]) -> None:
        there = {one["locale_id"]: one for one in item.get("variants") or ()}
        path = f"dynamic_content/items/{item['id']}/variants"
        for locale, text in texts.items():
            if locale not in there:
                self._send(
                    "POST", path, {"variant": {"locale_id": locale, "content": text, "active": True, "default": False}}
                )
            elif there[locale]["content"] != text:
                self._send("PUT", f"{path}/{there[locale]['id']}", {"variant": {"content": text}})

    # The way there.

    def _rows(self, query: Mapping[str, str | int]) -> Iterator[Json]:
        """Every row of the list. A page without its list, or without saying whether more follows, is no page."""
        cursor = ""
        while True:
            asked = {**query, "page[size]": PAGE, **({"page[after]": cursor} if cursor else {})}
            page = self._gateway.get("macros", asked, holds=None)
            rows, meta = page.get("macros"), page.get("meta")
            if not isinstance(rows, list) or not isinstance(meta, dict) or "has_more" not in meta:
                raise Rejected("GET macros: the answer is no page of macros", code="IncompleteListing", hint=_WHOLE)
            yield from rows
            if not meta["has_more"]:
                return
            after = str(meta.get("after_cursor") or "")
            if not after or after == cursor:
                raise Rejected("GET macros: the list gave the same cursor twice", code="StuckCursor", hint=_WHOLE)
            cursor = after

    def _send(self, method: str, path: str, body: Json) -> Json:
        """A write; sent again only where it is certain that nothing was done."""
        send = self._gateway.post if method == "POST" else self._gateway.put
        return reading(self._wait, lambda: send(path, body))


def is_personal(row: Json) -> bool:
    """Whether a macro is one user's own."""
    who = row.get("restriction") or {}
    return isinstance(who, dict) and who.get("type") == "User"


def live_of(row: Json) -> Live:
    """A macro body as a value. The raw title has the placeholders."""
    description, marker = parse(row.get("description"))
    who = row.get("restriction") or {}
    ids = who.get("ids") or [who.get("id")] if who else []
    uses = row.get(_USAGE)
    return Live(
        id=int(row["id"]),
        macro=Macro(
            title=str(row.get("raw_title") or row.get("title") or ""),
            actions=tuple(
                Action(str(one.get("field")), value_of(one.get("value"))) for one in row.get("actions") or ()
            ),
            active=row.get("active") is not False,
            description=description,
            restriction=Restriction("Group", tuple(map(str, ids))) if who else None,
            attachments=tuple(f"id:{number}" for number in row.get("attachments") or ()),
        ),
        marker=marker,
        updated_at=str(row.get("updated_at") or ""),
        uses=uses if isinstance(uses, int) else None,
    )


def body_of(macro: Macro, description: str, attachments: Mapping[str, int] | None = None) -> Json:
    """A macro as the API takes it; `attachments` are the numbers of its files, None where they stay as they are. No restriction is sent as null: left out, an old one would stay."""
    who = macro.restriction
    body: Json = {
        "title": macro.title,
        "actions": [{"field": one.field, "value": json_of(one.value)} for one in macro.actions],
        "active": macro.active,
        "description": description,
        "restriction": None
        if who is None
        else {"type": who.kind, "id": int(who.ids[0]), "ids": [int(one) for one in who.ids]},
    }
    if attachments is not None:
        body["attachments"] = [
            int(name.removeprefix("id:")) if name.startswith("id:") else attachments[name] for name in macro.attachments
        ]
    return body


def _placeholder(row: Json) -> str:
    return str(row.get("placeholder") or "").strip("{} ").removeprefix("dc.")


def _person(row: Json | None) -> Json:
    found = dict(row or {})
    first, _, last = str(found.get("name") or "").partition(" ")
    return {"first_name": first, "last_name": last} | found
