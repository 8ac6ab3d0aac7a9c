"""What happens to text on its way into a ticket: placeholders, whitespace, the cut at 64 kB, HTML."""

import html
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.liquid import decided
from deskhand.sandbox.records import Ticket
from deskhand.sandbox.refusal import bad_parameter
from deskhand.sandbox.table import as_id

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<br\s*/?>|</p>|</div>|</li>", re.IGNORECASE)


def expand(world: "World", ticket: Ticket, author: int, text: str, quote: Callable[[str], str] | None = None) -> str:
    """Text with conditions decided and placeholders replaced, as the server does when an agent writes; what it does not know becomes nothing.

    `quote` says how values are written into the text, where it is not as they are.
    """
    if "{{" not in text and "{%" not in text:
        return text
    facts = _facts(world, ticket, author)

    def look(name: str) -> str:
        return _placeholder(world, ticket, facts, name)

    if "{%" in text:
        text = decided(text, look)
    return _PLACEHOLDER.sub(lambda match: (quote or str)(look(match.group(1))), text)


def quoted(value: str) -> str:
    """A text as it stands within the quotes of a JSON text."""
    return json.dumps(value)[1:-1]


def _placeholder(world: "World", ticket: Ticket, facts: dict[str, object], name: str) -> str:
    bare = name.split("|", maxsplit=1)[0].strip()
    if bare.startswith("dc."):
        item = next((row for row in world.tables["items"] if row.get("placeholder", "").strip("{} ") == bare), None)
        return "" if item is None else next((v["content"] for v in item["variants"] if v["default"]), "")
    if bare.startswith("ticket.ticket_field_"):
        key = bare.removeprefix("ticket.ticket_field_").removeprefix("option_title_")
        value = ticket.fields.get(as_id(key) or 0)
    else:
        value = facts.get(bare)
    return "" if value is None else str(value)


def _facts(world: "World", ticket: Ticket, author: int) -> dict[str, object]:
    users = world.tables["users"]
    facts: dict[str, object] = {
        "ticket.id": ticket.id, "ticket.title": ticket.subject, "ticket.description": ticket.description, "ticket.status": ticket.status.capitalize(),
        "ticket.priority": (ticket.priority or "").capitalize(), "ticket.tags": " ".join(ticket.tags), "ticket.external_id": ticket.external_id,
        "ticket.url": f"{world.subdomain}.zendesk.com/agent/tickets/{ticket.id}", "ticket.link": f"https://{world.subdomain}.zendesk.com/hc/requests/{ticket.id}",
        "ticket.ticket_type": (ticket.type or "").capitalize(), "ticket.account": world.subdomain,
    }  # fmt: skip
    people = {
        "ticket.requester": ticket.requester_id,
        "ticket.assignee": ticket.assignee_id,
        "ticket.submitter": ticket.submitter_id,
        "current_user": author,
    }
    for name, key in people.items():
        facts |= _person(name, users.get(key))
    for name, table, row_id in (
        ("group", "groups", ticket.group_id),
        ("organization", "organizations", ticket.organization_id),
        ("brand", "brands", ticket.brand_id),
    ):
        facts[f"ticket.{name}.name"] = (world.tables[table].get(row_id) or {}).get("name")
    return facts


def _person(name: str, row: Row | None) -> dict[str, object]:
    row = row or {}
    full = row.get("name") or ""
    first, _, last = full.partition(" ")
    return {
        f"{name}.name": full, f"{name}.first_name": first, f"{name}.last_name": last, f"{name}.email": row.get("email"),
        f"{name}.id": row.get("id"), f"{name}.signature": row.get("signature"), f"{name}.phone": row.get("phone"),
    }  # fmt: skip


def collapse(text: str) -> str:
    """Runs of spaces become one, runs of blank lines one blank line."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]{2,}", " ", text)).strip()


def cut(text: str, limit: int) -> str:
    """The part of a text that fits into `limit` bytes of UTF-8, silently."""
    data = text.encode("utf-8", "surrogatepass")
    return text if len(data) <= limit else data[:limit].decode("utf-8", "ignore")


def plain(markup: str) -> str:
    """The text of some HTML."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", markup))).strip()


def tidied(markup: str) -> str:
    """HTML as the editor of real accounts leaves it: in one line, with entities, attributes in an order of its own."""
    one_line = re.sub(r"\s*\n\s*", "", re.sub(r">\s*\n\s*<", "><", markup.strip()))
    ordered = re.sub(r"<([a-z0-9]+)((?: [\w-]+=\"[^\"]*\")+)>", _turned, one_line)
    pieces = re.split(r"(<[^>]*>)", ordered.replace("<br />", "<br>"))
    texts = (
        piece
        if piece.startswith("<")
        else piece.replace('"', "&quot;").replace("\xa0", "&nbsp;").replace("  ", " &nbsp;")
        for piece in pieces
    )
    return "".join(texts)


def _turned(tag: re.Match[str]) -> str:
    """A tag with its attributes the other way round."""
    found = re.findall(r" [\w-]+=\"[^\"]*\"", tag[2])
    return f"<{tag[1]}{''.join(reversed(found))}>"


def wrapped(body: str) -> str:
    """The HTML that Zendesk makes of a plain comment."""
    paragraphs = (html.escape(part, quote=False).replace("\n", "\n<br>") for part in body.split("\n\n"))
    inner = "\n\n".join(f'<p dir="auto">{part}</p>' for part in paragraphs)
    return f'<div class="zd-comment" dir="auto">{inner}</div>'


def spaced(body: str) -> str:
    """The plain text that Zendesk makes of the HTML of a plain comment: with more room than its author gave it."""
    return " \n\n ".join(part.replace("\n", "\n\n") for part in body.split("\n\n"))


def tag_list(value: object) -> list[str]:
    """Tags as they are stored: lower case, split at spaces, each once. Raises Refusal (400) for anything but a text or a list."""
    if value is None:
        return []
    if not isinstance(value, str | list | tuple):
        raise bad_parameter("You passed an invalid value for the tags attribute. must be an array")
    words = value.split() if isinstance(value, str) else [word for item in value for word in str(item).split()]
    return list(dict.fromkeys(word.lower().strip(",") for word in words))
