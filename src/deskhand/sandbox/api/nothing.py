"""Lists that are always empty here: they stand for parts of an account that the sandbox does not have."""

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.route import Ask, Handler, route


def _empty(name: str) -> Handler:
    def empty(ask: Ask) -> Row:
        return rows_page(ask, name, [])

    return empty


def _empty_of(name: str, table: str) -> Handler:
    def empty(ask: Ask, key: str) -> Row:
        if table == "tickets":
            ask.world.ticket(key)
        else:
            ask.world.tables[table].need(key)
        return rows_page(ask, name, [])

    return empty


for _name in (
    "skips",
    "sharing_agreements",
    "targets",
    "target_failures",
    "organization_subscriptions",
    "workspaces",
    "bookmarks",
    "custom_objects",
):
    route("GET", f"/{_name}")(_empty(_name))

for _table in ("tickets", "users"):
    route("GET", f"/{_table}/{{id}}/skips", resource=_table)(_empty_of("skips", _table))
for _table in ("users", "organizations"):
    route("GET", f"/{_table}/{{id}}/organization_subscriptions", resource=_table)(
        _empty_of("organization_subscriptions", _table)
    )
