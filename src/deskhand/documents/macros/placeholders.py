"""The placeholders that Zendesk has, as far as its pages list them: roots, names below them, and which show what only agents may see."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from liquid import Environment
from liquid.exceptions import LiquidError

from deskhand.core.macros.markup import LIQUID

_PERSON: Final = (
    "name", "first_name", "last_name", "email", "id", "phone", "external_id", "language", "locale", "role", "extended_role", "signature", "details", "notes",
    "time_zone", "tags", "custom_fields", "organization",
)  # fmt: skip
_TICKET: Final = (
    "account", "assignee", "attachments", "brand", "cc_names", "ccs", "comments", "comments_formatted", "created_at", "created_at_with_time",
    "created_at_with_timestamp", "current_holiday_name", "custom_status", "description", "due_date", "due_date_with_timestamp", "email", "encoded_id",
    "external_id", "follower_names", "formatted_comments", "group", "id", "in_business_hours", "latest_comment", "latest_comment_formatted",
    "latest_comment_html", "latest_public_comment", "latest_public_comment_formatted", "latest_public_comment_html", "link", "link_with_token",
    "not_follower_reply_type_message", "follower_reply_type_message", "organization", "priority", "public_comments", "public_comments_formatted",
    "requester", "requester_field", "score", "source", "status", "submitter", "tags", "ticket_form", "ticket_type", "title", "updated_at",
    "updated_at_with_time", "updated_at_with_timestamp", "url", "url_with_protocol", "verbatim_description", "via",
)  # fmt: skip
ROOTS: Final[dict[str, tuple[str, ...]]] = {
    "ticket": _TICKET,
    "current_user": _PERSON,
    "agent": _PERSON,
    "user": _PERSON,
    "organization": ("name", "id", "details", "notes", "external_id", "tags", "custom_fields"),
    "satisfaction": ("rating_section", "rating_url", "positive_rating_url", "negative_rating_url", "current_rating", "current_comment"),
    "dc": (),
    "forloop": (),
}  # fmt: skip
"""What may stand first in a placeholder, and what below it; nothing where anything may."""

_BELOW: Final = {"requester": _PERSON, "assignee": _PERSON, "submitter": _PERSON, "group": ("name", "id"), "brand": ("name", "id", "host_mapping"),
                 "organization": ROOTS["organization"]}  # fmt: skip
_INTERNAL: Final = re.compile(
    r"^ticket\.(comments|comments_formatted|formatted_comments|latest_comment|latest_comment_formatted|latest_comment_html)$"
    r"|^(ticket\.(requester|organization)|user|organization)\.(notes|details)$"
)
_LIQUID: Final = Environment()


@dataclass(frozen=True, slots=True)
class Use:
    """A placeholder that a text reads: its name, and the index where it stands."""

    name: str
    index: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text asks of Liquid: names, filters that Liquid does not have, and why it cannot be read."""

    uses: tuple[Use, ...]
    filters: tuple[str, ...]
    broken: str = ""


def read(text: str) -> Reading:
    """The Liquid of a text."""
    if "{{" not in text and "{%" not in text:
        return Reading((), ())
    loose = _unclosed(text)
    try:
        found = _LIQUID.from_string(text).analyze()
    except LiquidError as error:
        return Reading((), (), str(getattr(error, "message", None) or error).splitlines()[0])
    names = (Use(".".join(map(str, use.segments)), use.span.index) for uses in found.globals.values() for use in uses)
    filters = tuple(sorted(name for name in found.filters if name not in _LIQUID.filters))
    return Reading(tuple(sorted(names, key=lambda use: use.index)), filters, loose)


def known(name: str) -> tuple[bool, tuple[str, ...]]:
    """Whether Zendesk has a placeholder of this name, and the names it may have meant."""
    root, *rest = name.split(".")
    if root not in ROOTS:
        return False, tuple(ROOTS)
    if not rest or not ROOTS[root] or re.match(r"(ticket_field_(option_title_)?[0-9]+|custom_fields?)$", rest[0]):
        return True, ()
    if rest[0] not in ROOTS[root]:
        return False, tuple(f"{root}.{one}" for one in ROOTS[root])
    below = _BELOW.get(rest[0]) if root == "ticket" and len(rest) > 1 else None
    if below and rest[1] not in below:
        return False, tuple(f"{root}.{rest[0]}.{one}" for one in below)
    return True, ()


def is_internal(name: str) -> bool:
    """Whether a placeholder shows what only agents may see: internal comments, notes about people."""
    return _INTERNAL.match(name) is not None


def names(text: str) -> Iterator[str]:
    """The placeholders of a text, each as it is written."""
    for use in read(text).uses:
        yield use.name


def _unclosed(text: str) -> str:
    """A bracket that opens and never closes would be shown to customers."""
    rest = LIQUID.sub("", text)
    for mark in ("{{", "{%", "}}", "%}"):
        if mark in rest:
            return f"'{mark}' has no other half"
    return ""
