"""A comment on its way into a ticket: who may write what, and what is done to the text."""

from typing import TYPE_CHECKING

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import Comment, Ticket
from deskhand.sandbox.refusal import invalid, invalid_field
from deskhand.sandbox.text import collapse, cut, expand, plain

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

MOST_COMMENTS = 5_000


def written(world: "World", ticket: Ticket, body: Row, author: int, *, created: bool = False) -> Comment:
    """The comment that a body means, written by `author` or, for an agent, by whom it names. Raises Refusal (422)."""
    named = world.tables["users"].get(body.get("author_id"))
    if named is not None and author in world.staff:
        author = named["id"]
    staff = author in world.staff
    markup = None if body.get("html_body") is None else str(body["html_body"])
    text = str(body.get("body") or body.get("value") or ("" if markup is None else plain(markup)))
    if not text and markup is None:
        raise invalid({"base": [{"description": "Comment: cannot be blank", "error": "BlankValue"}]})
    if len(ticket.audits) >= MOST_COMMENTS and comment_count(ticket) >= MOST_COMMENTS:
        raise invalid_field("base", "Ticket: has reached the limit of comments", "TooManyComments")
    if staff:
        text = expand(world, ticket, author, text)
        markup = None if markup is None else expand(world, ticket, author, markup)
        if markup is None and world.options.collapse_text:
            text = collapse(text)
    limit = world.options.comment_limit
    files = _files(world, body.get("uploads"))
    return Comment(
        cut(text, limit),
        _public(world, ticket, body, author, created=created),
        author,
        None if markup is None else cut(markup, limit),
        files,
    )


def _public(world: "World", ticket: Ticket, body: Row, author: int, *, created: bool) -> bool:
    """Customers write in public, light agents never do; else as asked, or as the first comment was."""
    if author not in world.staff:
        return True
    row = world.tables["users"].get(author)
    if row is not None and row["only_private_comments"]:
        return False
    asked = body.get("public")
    if asked is None:
        return True if created else ticket.is_public
    return asked if isinstance(asked, bool) else str(asked).lower() in ("true", "1")


def _files(world: "World", tokens: object) -> tuple[Row, ...]:
    names = [tokens] if isinstance(tokens, str) else tokens if isinstance(tokens, list) else []
    return tuple(row for row in world.tables["attachments"] if row.get("token") in names) if names else ()


def comment_count(ticket: Ticket) -> int:
    """How many comments a ticket has."""
    return sum(type(event) is Comment for audit in ticket.audits for event in audit.events)
