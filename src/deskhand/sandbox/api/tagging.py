"""The tags of people and organizations."""

from typing import Any

from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.refusal import bad_parameter
from deskhand.sandbox.route import Ask, Handler, route
from deskhand.sandbox.text import tag_list


def _tags(table: str) -> Handler:
    def tags(ask: Ask, key: str) -> Row:
        return {"tags": list(ask.world.tables[table].need(key)["tags"])}

    return tags


def _retag(table: str, method: str) -> Handler:
    def retag(ask: Ask, key: str) -> Answer:
        row = ask.world.tables[table].need(key)
        given: Any = ask.body.get("tags", ask.query.get("tags", []))
        if not isinstance(given, str | list):
            raise bad_parameter("tags must be an array")
        named = list(tag_list(given))
        kept = [] if method == "POST" else [tag for tag in row["tags"] if tag not in named]
        row["tags"] = kept if method == "DELETE" else sorted(kept + named)
        row["updated_at"] = iso(ask.world.now())
        ask.world.touched(table)
        return Answer({"tags": list(row["tags"])}, 201 if method == "POST" else 200)

    return retag


for _table in ("users", "organizations"):
    route("GET", f"/{_table}/{{id}}/tags", resource=_table)(_tags(_table))
    for _method in ("PUT", "POST", "DELETE"):
        route(_method, f"/{_table}/{{id}}/tags", resource=_table)(_retag(_table, _method))
