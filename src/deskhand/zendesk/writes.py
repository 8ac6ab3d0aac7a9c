"""A write as Zendesk's JSON: one conditional row of a batch, with our mark in its metadata."""

import re
from typing import Any, Final

from deskhand.core.effect import TicketWrite
from deskhand.core.ticket import Value
from deskhand.zendesk.directory import Directory
from deskhand.zendesk.gateway import Json

MARK: Final = "deskhand"
"""The key of our mark in `metadata`; audits show it under `metadata.custom`."""
LONGEST_RULES: Final = 300
"""Characters of the rules' names in a mark, which are for people."""
LONGEST_NOTE: Final = 64 * 1024
"""Bytes of a comment; Zendesk cuts the rest without a word (zendesk-api.md section 3.1)."""
CUT: Final = "\n[cut: the note was longer than Zendesk takes]"
JOINER: Final = "\u2060"
_OPENS: Final = re.compile(r"\{(?=[{%])")


def row_of(write: TicketWrite, directory: Directory) -> Json:
    """One row for `update_many`. Raises Rejected for a name that the account does not have."""
    row: dict[str, Any] = {
        "id": write.ticket_id,
        "safe_update": True,
        "updated_stamp": write.stamp,
        "metadata": {MARK: _mark(write)},
    }
    tags, custom = set(write.tags or ()), []
    for name, value in write.sets:
        if name.startswith("field."):
            one = directory.field(name.removeprefix("field."))
            custom.append({"id": one.id, "value": list(value) if isinstance(value, tuple) else value})
            tags = (tags - one.options.keys()) | {str(item) for item in _listed(value) if str(item) in one.options}
        else:
            row |= _system(name, value, directory)
    if custom:
        row["custom_fields"] = custom
    if write.group:
        row["group_id"] = directory.group_id(write.group)
    if write.assignee:
        row["assignee_id"] = directory.agent_id(write.assignee)
    if write.tags is not None:
        row["tags"] = sorted(tags)
    if write.followers or write.followers_removed:
        both = [("put", email) for email in write.followers] + [("delete", email) for email in write.followers_removed]
        row["followers"] = [{"user_id": directory.agent_id(email), "action": action} for action, email in both]
    if write.note:
        row["comment"] = {"body": plain(write.note), "public": False}
    return row


def _mark(write: TicketWrite) -> Json:
    """What the write's audit says of it. Metadata is small: a kilobyte is not exceeded."""
    rules = ",".join(write.rules)
    mark = {"op": write.op_id, "rules": rules if len(rules) <= LONGEST_RULES else f"{rules[:LONGEST_RULES]}..."}
    return mark | ({"fired": " ".join(write.fired)} if write.fired else {})


def plain(text: str) -> str:
    """A note that arrives as it reads: Zendesk expands `{{...}}` and `{%...%}` in what an agent writes, and cuts silently.

    A word joiner, which is not seen, goes between the braces; what is too long is cut at a character and says so.
    """
    safe = _OPENS.sub("{" + JOINER, text)
    raw = safe.encode()
    if len(raw) <= LONGEST_NOTE:
        return safe
    return raw[: LONGEST_NOTE - len(CUT.encode())].decode("utf-8", "ignore") + CUT


def _system(name: str, value: Value, directory: Directory) -> Json:
    """A system field under Zendesk's own key."""
    match name:
        case "group":
            return {"group_id": directory.group_id(str(value)) if value is not None else None}
        case "assignee":
            return {"assignee_id": directory.agent_id(str(value)) if value is not None else None}
        case "custom_status":
            return {"custom_status_id": directory.status_id(str(value))}
        case "brand":
            return {"brand_id": directory.brand_id(str(value))}
        case "form":
            return {"ticket_form_id": directory.form_id(str(value))}
        case _:
            return {name: value}


def _listed(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)
