"""Actions of macros, triggers and automations: which there are, how their values are stored, and what they do to a ticket."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import Ticket
from deskhand.sandbox.refusal import invalid_field
from deskhand.sandbox.table import as_id
from deskhand.sandbox.text import expand, plain, tag_list, tidied

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

MACRO_FIELDS = (
    "status", "custom_status_id", "priority", "type", "group_id", "assignee_id", "set_tags", "current_tags", "remove_tags", "follower", "cc",
    "comment_value", "comment_value_html", "comment_mode_is_public", "subject", "brand_id", "ticket_form_id", "default_ticket_form",
    "side_conversation", "side_conversation_slack", "side_conversation_ticket", "add_skills", "set_skills", "remove_skills", "locale_id",
)  # fmt: skip
"""What a macro may do, besides setting custom fields."""

RULE_FIELDS = (*MACRO_FIELDS, "set_schedule", "notification_user", "notification_group", "notification_target", "notification_webhook", "satisfaction_score",
               "share_ticket", "tweet_requester", "deflection", "requester_id")  # fmt: skip
"""What a trigger or automation may do besides."""

STATUSES = ("open", "pending", "hold", "solved")
_NULLS = ("", "__NULL__", None)


def stored(world: "World", actions: Any, allowed: Iterable[str], *, macro: bool) -> list[Row]:  # noqa: ANN401 - JSON
    """Actions as they come back: in their order, values as text. Raises Refusal (422)."""
    if not isinstance(actions, list) or not actions:
        raise invalid_field("actions", "Actions: cannot be blank", "BlankValue")
    return [_stored(world, action, set(allowed), macro=macro) for action in actions]


def _stored(world: "World", action: Any, allowed: set[str], *, macro: bool) -> Row:  # noqa: ANN401 - JSON
    field = action.get("field") if isinstance(action, dict) else None
    if not isinstance(field, str) or not (field in allowed or _is_custom(world, field)):
        raise invalid_field("actions", f"Actions: {field} is not a valid action")
    value = action.get("value")
    if macro and field == "status" and value not in STATUSES:
        raise invalid_field("actions", f"Actions: {value} is not a valid value for status")
    if macro and field == "comment_value_html" and world.options.macro_text == "tidied":
        value = tidied(str(value))
    return {"field": field, "value": value if world.options.macro_values == "plain" else _as_text(value)}


def _is_custom(world: "World", field: str) -> bool:
    key = field.removeprefix("custom_fields_")
    row = world.tables["ticket_fields"].get(key) if key != field else None
    return row is not None and bool(row["active"])


def _as_text(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return str(value) if isinstance(value, int | float) else value


def changes(world: "World", ticket: Ticket, actions: Iterable[Row], user: int) -> Row:
    """What a list of actions changes, as the body of an update; a comment stands under `comment`."""
    made: Row = {}
    for action in actions:
        _change(world, ticket, made, str(action["field"]), action["value"], user)
    return made


def _change(world: "World", ticket: Ticket, made: Row, field: str, value: Any, user: int) -> None:  # noqa: ANN401, PLR0917 - JSON
    if field in ("assignee_id", "group_id"):
        made[field] = _who(ticket, field, value, user)
    elif field in (
        "status",
        "priority",
        "type",
        "subject",
        "custom_status_id",
        "brand_id",
        "ticket_form_id",
        "set_schedule",
    ):
        made[field] = expand(world, ticket, user, value) if field == "subject" else value
    elif field in ("set_tags", "current_tags", "remove_tags"):
        _retag(ticket, made, field, value)
    elif field.startswith("custom_fields_"):
        made.setdefault("custom_fields", []).append(
            {"id": int(field.removeprefix("custom_fields_")), "value": None if value in _NULLS else value}
        )
    elif field in ("comment_value", "comment_value_html", "comment_mode_is_public"):
        _comment(world, ticket, made.setdefault("comment", {}), field, value, user)
    elif field in ("follower", "cc"):
        person = user if value == "current_user" else value
        made.setdefault("followers", []).append({"user_id": as_id(person) or person, "action": "put"})


def _who(ticket: Ticket, field: str, value: Any, user: int) -> Any:  # noqa: ANN401 - JSON
    if value in _NULLS:
        return None
    names = {"current_user": user, "requester_id": ticket.requester_id, "current_groups": ticket.group_id}
    return names.get(str(value), as_id(value) or getattr(ticket, field))


def _retag(ticket: Ticket, made: Row, field: str, value: Any) -> None:  # noqa: ANN401 - JSON
    now, given = list(made.get("tags", ticket.tags)), tag_list(value)
    if field == "set_tags":
        made["tags"] = given
    elif field == "current_tags":
        made["tags"] = now + [tag for tag in given if tag not in now]
    else:
        made["tags"] = [tag for tag in now if tag not in given]


def _comment(world: "World", ticket: Ticket, comment: Row, field: str, value: Any, user: int) -> None:  # noqa: ANN401, PLR0917 - JSON
    if field == "comment_mode_is_public":
        comment["public"] = str(value).lower() == "true"
        return
    channel, text = (value[0], value[1]) if isinstance(value, list) and len(value) > 1 else ("channel:all", value)
    text = expand(world, ticket, user, str(text))
    if field == "comment_value_html":
        comment["html_body"] = text
        comment.setdefault("body", plain(text))
    else:
        comment["body"] = text
    comment.setdefault("scoped_body", []).append([channel, text])
