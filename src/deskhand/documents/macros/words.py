"""The words for actions: which there are, the field of Zendesk's that each stands for, and what may follow it."""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["choice", "name", "text", "tags", "field", "reply", "zendesk"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `names` says what a name is looked up as; `keywords` are values that are no names, with Zendesk's own."""

    field: str
    kind: Kind
    about: str
    choices: tuple[str, ...] = ()
    names: str = ""
    keywords: tuple[tuple[str, str], ...] = ()


_NOBODY: Final = ("none", "")
WORDS: Final[dict[str, Word]] = {
    "status": Word("status", "choice", "The ticket's status.", ("open", "pending", "hold", "solved")),
    "custom_status": Word("custom_status_id", "name", "A custom status, by its agents' label.", names="custom status"),
    "priority": Word("priority", "choice", "The ticket's priority.", ("low", "normal", "high", "urgent")),
    "type": Word("type", "choice", "The ticket's type.", ("question", "incident", "problem", "task")),
    "group": Word("group_id", "name", "A group, the agent's own (current_groups) or none.", names="group",
                  keywords=(("current_groups", "current_groups"), _NOBODY)),
    "assignee": Word("assignee_id", "name", "An agent by e-mail address, current_user, requester_id or none.", names="agent",
                     keywords=(("current_user", "current_user"), ("requester_id", "requester_id"), _NOBODY)),
    "follower": Word("follower", "name", "An agent by e-mail address, or current_user.", names="agent", keywords=(("current_user", "current_user"),)),
    "cc": Word("cc", "name", "Like follower, in older accounts.", names="agent", keywords=(("current_user", "current_user"),)),
    "brand": Word("brand_id", "name", "A brand.", names="brand"),
    "form": Word("ticket_form_id", "name", "A ticket form.", names="form", keywords=(("default_ticket_form", "default_ticket_form"),)),
    "locale": Word("locale_id", "name", "A locale, such as de.", names="locale"),
    "subject": Word("subject", "text", "The ticket's subject."),
    "set_tags": Word("set_tags", "tags", "These tags and no others."),
    "add_tags": Word("current_tags", "tags", "These tags besides those that are there."),
    "remove_tags": Word("remove_tags", "tags", "These tags no longer."),
    "field": Word("custom_fields_", "field", "A custom field by name, with `option` (its tag or title) or `value`."),
    "reply": Word("comment_value_html", "reply", "A reply: markdown, html or text, and whether it is public."),
    "zendesk": Word("", "zendesk", "Any action in Zendesk's own terms: field and value, passed on untouched."),
}  # fmt: skip
"""Every word, by the name that stands in a file."""

BESIDE: Final[dict[str, tuple[str, ...]]] = {"field": ("option", "value")}
"""Keys that may stand beside a word."""
BY_FIELD: Final = {
    word.field: name for name, word in WORDS.items() if word.field and word.kind not in ("field", "reply")
}
"""The word for each field of Zendesk's, for import."""
