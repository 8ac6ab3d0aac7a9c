"""Dynamic content: texts in several languages behind one placeholder."""

from deskhand.sandbox.api.resource import Kind, keys, listing, register
from deskhand.sandbox.api.writing import rows_of
from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.refusal import invalid_field, not_found
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route


def _item_made(ask: Ask, row: Row, given: Row) -> None:
    """The placeholder comes from the first name, and stays."""
    placeholder = "{{dc." + str(given.get("name")).lower().replace(" ", "_") + "}}"
    if any(other["placeholder"] == placeholder for other in ask.world.tables["items"] if other is not row):
        raise invalid_field("name", f"Name: {row['name']} has already been taken", "DuplicateValue")
    row["placeholder"] = placeholder
    _item_changed(ask, row, given)


def _item_changed(ask: Ask, row: Row, given: Row) -> None:
    variants = given.get("variants") or (
        [{"locale_id": 1, "default": True, "content": given["content"]}] if "content" in given else row["variants"]
    )
    if not isinstance(variants, list) or not variants or not all(isinstance(item, dict) for item in variants):
        raise invalid_field("variants", "Variants: cannot be blank", "BlankValue")
    row["variants"] = [_variant(ask, item, default=bool(item.get("default", len(variants) == 1))) for item in variants]


def _variant(ask: Ask, given: Row, *, default: bool) -> Row:
    now = iso(ask.world.now())
    return {
        "id": given.get("id") or ask.world.new_id(), "content": str(given.get("content") or ""), "locale_id": given.get("locale_id", 1), "outdated": False,
        "active": given.get("active") is not False, "default": default, "created_at": given.get("created_at") or now, "updated_at": now,
    }  # fmt: skip


def _item_unused(ask: Ask, row: Row, _given: Row) -> None:
    """What a macro uses cannot be deleted. Raises Refusal (422)."""
    name = row["placeholder"].strip("{}")
    if any(name in str(macro["actions"]) or name in str(macro["title"]) for macro in ask.world.tables["macros"]):
        raise invalid_field("base", "Dynamic content: is in use")


def _item_shown(ask: Ask, row: Row) -> Row:
    return row | {"variants": [_shown(ask, row, variant) for variant in row["variants"]]}


def _shown(ask: Ask, item: Row, variant: Row) -> Row:
    return with_url(ask.base, f"dynamic_content/items/{item['id']}/variants", variant)


ITEMS = Kind(
    "items", lambda given: {"name": given.get("name"), "placeholder": None, "default_locale_id": 1, "outdated": False, "variants": [], "created_at": None, "updated_at": None},
    keys("name default_locale_id"), needs=("name",), made=_item_made, changed=_item_changed, dropped=_item_unused, shown=_item_shown, resource="dynamic_content",
)  # fmt: skip

register(ITEMS)


@route("GET", "/dynamic_content/items/show_many", resource="dynamic_content")
def show_many(ask: Ask) -> Row:
    """Several items by their identifiers, which are their placeholders without braces."""
    wanted = set(ask.ids("identifiers"))
    return listing(ask, ITEMS, [row for row in ask.world.tables["items"] if row["placeholder"].strip("{}") in wanted])


def _one(ask: Ask, key: str, number: str) -> tuple[Row, Row]:
    """An item and one of its variants. Raises Refusal (404)."""
    item = ask.world.tables["items"].need(key)
    row = next((row for row in item["variants"] if str(row["id"]) == number), None)
    if row is None:
        raise not_found()
    return item, row


@route("GET", "/dynamic_content/items/{id}/variants", resource="dynamic_content")
def variants(ask: Ask, key: str) -> Row:
    """The texts of an item."""
    item = ask.world.tables["items"].need(key)
    return rows_page(ask, "variants", [_shown(ask, item, row) for row in item["variants"]])


@route("GET", "/dynamic_content/items/{id}/variants/{variant}", resource="dynamic_content")
def variant(ask: Ask, key: str, number: str) -> Row:
    """One text."""
    return {"variant": _shown(ask, *_one(ask, key, number))}


def _add(ask: Ask, item: Row, given: Row) -> Row:
    """Add a text in another language. Raises Refusal (422)."""
    if any(row["locale_id"] == given.get("locale_id", 1) for row in item["variants"]):
        raise invalid_field("locale_id", "Locale: has already been taken", "DuplicateValue")
    row = _variant(
        ask, {name: value for name, value in given.items() if name != "id"}, default=given.get("default") is True
    )
    item["variants"] = [*item["variants"], row]
    _settle(ask, item, row)
    return row


def _settle(ask: Ask, item: Row, chosen: Row) -> None:
    """Only one text is the default."""
    if chosen["default"]:
        for row in item["variants"]:
            row["default"] = row is chosen
    item["updated_at"] = iso(ask.world.now())
    ask.world.touched("items")


@route("POST", "/dynamic_content/items/{id}/variants", role="admin", resource="dynamic_content")
def create(ask: Ask, key: str) -> Answer:
    """Add a text."""
    item = ask.world.tables["items"].need(key)
    return Answer({"variant": _shown(ask, item, _add(ask, item, ask.envelope("variant")))}, 201)


@route("POST", "/dynamic_content/items/{id}/variants/create_many", role="admin", resource="dynamic_content")
def create_many(ask: Ask, key: str) -> Answer:
    """Add several texts."""
    item = ask.world.tables["items"].need(key)
    return Answer({"variants": [_shown(ask, item, _add(ask, item, given)) for given in rows_of(ask, "variants")]}, 201)


def _change(ask: Ask, item: Row, row: Row, given: Row) -> Row:
    row |= {name: given[name] for name in ("content", "active", "default") if name in given}
    row["updated_at"] = iso(ask.world.now())
    _settle(ask, item, row)
    return _shown(ask, item, row)


@route("PUT", "/dynamic_content/items/{id}/variants/{variant}", role="admin", resource="dynamic_content")
def update(ask: Ask, key: str, number: str) -> Row:
    """Change a text."""
    return {"variant": _change(ask, *_one(ask, key, number), ask.envelope("variant"))}


@route("PUT", "/dynamic_content/items/{id}/variants/update_many", role="admin", resource="dynamic_content")
def update_many(ask: Ask, key: str) -> Row:
    """Change several texts."""
    found = [(*_one(ask, key, str(given.get("id"))), given) for given in rows_of(ask, "variants")]
    return {"variants": [_change(ask, *each) for each in found]}


@route("DELETE", "/dynamic_content/items/{id}/variants/{variant}", role="admin", resource="dynamic_content")
def drop(ask: Ask, key: str, number: str) -> Answer:
    """Remove a text, but not the default."""
    item, row = _one(ask, key, number)
    if row["default"]:
        raise invalid_field("base", "Variant: the default cannot be deleted")
    item["variants"] = [other for other in item["variants"] if other is not row]
    ask.world.touched("items")
    return Answer(None, 204)
