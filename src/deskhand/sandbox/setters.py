"""What each key of an update's body means for a draft, and what values a custom field takes."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deskhand.sandbox.clock import epoch_of
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import CATEGORIES, PRIORITIES, TYPES, Note
from deskhand.sandbox.refusal import bad_parameter, invalid_field
from deskhand.sandbox.text import tag_list

if TYPE_CHECKING:
    from deskhand.sandbox.draft import Draft

Setter = Callable[["Draft", Any], None]


def checked(row: Row, value: Any) -> Any:  # noqa: ANN401 - JSON values
    """A custom field's value as it is stored. Raises Refusal (422) where the field does not take it."""
    kind, title = row["type"], row["title"]
    if value in (None, "") or value == []:
        return False if kind == "checkbox" and value is not None else None
    if kind == "checkbox":
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes")
    if kind == "multiselect":
        return [_option(row, item) for item in ([value] if isinstance(value, str) else value)]
    if kind == "tagger":
        return _option(row, value)
    return _text(row, kind, str(value), title)


def _option(row: Row, value: object) -> str:
    text = str(value)
    if text not in {option["value"] for option in row.get("custom_field_options", ())}:
        raise invalid_field("base", f"{row['title']}: {text} is not a valid option")
    return text


def _text(row: Row, kind: str, text: str, title: str) -> str:
    forms = {
        "integer": r"[+-]?\d+",
        "decimal": r"[+-]?\d+([.,]\d+)?",
        "date": r"\d{4}-\d\d-\d\d",
        "regexp": row["regexp_for_validation"],
    }
    form = forms.get(kind)
    if form and not re.fullmatch(form, text if kind != "date" else text[:10]):
        raise invalid_field("base", f"{title}: {text} is invalid")
    return text[:10] if kind == "date" else text


# One setter for each key that an update's body may have.


def _one_of(name: str, allowed: tuple[str, ...]) -> Setter:
    def setter(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
        if value not in allowed and value not in (None, ""):
            raise invalid_field(name, f"{name.capitalize()}: {value} is not included in the list")
        draft.new[name] = value or None

    return setter


def _plain(attribute: str) -> Setter:
    def setter(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
        draft.new[attribute] = None if value is None else str(value)

    return setter


def _reference(attribute: str, table: str, name: str) -> Setter:
    def setter(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
        if value in (None, ""):
            draft.new[attribute] = None
            return
        row = draft.world.tables[table].get(value)
        if row is None or row.get("deleted") or row.get("active") is False:
            raise invalid_field(name, f"{name.replace('_', ' ').capitalize()}: {value} is invalid")
        draft.new[attribute] = row["id"]

    return setter


def _status(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
    if value not in CATEGORIES:
        raise invalid_field("status", f"Status: {value} is not included in the list")
    draft.new["status"] = value


def _custom_status(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
    row = draft.world.tables["custom_statuses"].get(value)
    if row is None or not row["active"]:
        raise invalid_field("custom_status_id", f"Custom status: {value} is invalid")
    draft.new["custom_status_id"], draft.new["status"] = row["id"], row["status_category"]


def _assignee(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
    if value in (None, ""):
        draft.new["assignee_id"] = None
        return
    row = draft.world.tables["users"].get(value)
    if (
        row is None
        or row["role"] == "end-user"
        or row["only_private_comments"]
        or row["suspended"]
        or not row["active"]
    ):
        raise invalid_field("assignee", "Assignee: is invalid")
    draft.new["assignee_id"] = row["id"]


def _assignee_email(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
    _assignee(draft, draft.world.emails.get(str(value).lower(), -1))


def _tags(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
    if not isinstance(value, str | list):
        raise bad_parameter("You passed an invalid value for the tags attribute. must be an array")
    draft.new["tags"] = tuple(sorted(tag_list(value)))


def _add_tags(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
    draft.new["tags"] = tuple(sorted({*draft.now("tags"), *tag_list(value)}))


def _remove_tags(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
    draft.new["tags"] = tuple(sorted(set(draft.now("tags")) - set(tag_list(value))))


def _custom_fields(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
    pairs = (
        value.items()
        if isinstance(value, dict)
        else ((row.get("id"), row.get("value")) for row in _list("custom_fields", value) if isinstance(row, dict))
    )
    for key, item in pairs:
        draft.set_field(key, item)


def _list(name: str, value: Any) -> list[Any]:  # noqa: ANN401 - JSON values
    if value is not None and not isinstance(value, list):
        raise bad_parameter(f"You passed an invalid value for the {name} attribute. must be an array")
    return value or []


def _people(attribute: str) -> Setter:
    def setter(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
        now = list(draft.now(attribute))
        for item in _list(attribute, value):
            if isinstance(item, dict):
                _person(draft, now, {"user_email": item.get("email"), "user_name": item.get("name")} | item)
            elif isinstance(item, str) and "@" in item:
                _person(draft, now, {"user_email": item})
            elif (row := draft.world.tables["users"].get(item)) is not None and row["id"] not in now:
                now.append(row["id"])
        draft.new[attribute] = tuple(now)

    return setter


def _person(draft: "Draft", now: list[int], item: Row) -> None:
    """A follower or a person in copy, by id or e-mail address, to be put or taken away."""
    email = str(item.get("user_email") or "").lower()
    key = draft.world.emails.get(email) if email else item.get("user_id")
    row = draft.world.tables["users"].get(key)
    if row is None and email and item.get("action") != "delete":
        row = draft.world.add_user(item.get("user_name") or email.split("@")[0], email)
    if row is None:
        return
    if item.get("action") == "delete":
        now[:] = [person for person in now if person != row["id"]]
    elif row["id"] not in now:
        now.append(row["id"])


def _exactly(attribute: str) -> Setter:
    """A list of ids that replaces the one before."""

    def setter(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
        known = (draft.world.tables["users"].get(item) for item in _list(attribute, value))
        draft.new[attribute] = tuple(dict.fromkeys(row["id"] for row in known if row is not None))

    return setter


def _due(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
    try:
        draft.new["due_at"] = None if value in (None, "") else epoch_of(str(value))
    except ValueError:
        raise invalid_field("due_at", f"Due at: {value} is not a date") from None


def _problem(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
    problem = draft.world.find(value)
    if value not in (None, "") and (problem is None or problem.type != "problem"):
        raise invalid_field("problem_id", f"Problem: {value} is not a problem")
    draft.new["problem_id"] = problem.id if problem else None


def _macro(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
    row = draft.world.tables["macros"].get(value)
    if row is not None:
        rest = {"macro_id": str(row["id"]), "macro_title": row["title"], "macro_deleted": False}
        draft.notes.append(Note("AgentMacroReference", rest))
        draft.world.applied_macros.setdefault(row["id"], []).append(draft.world.now())


def _schedule(draft: "Draft", value: Any) -> None:  # noqa: ANN401 - JSON values
    row = draft.world.tables["schedules"].get(value)
    if row is not None and row["id"] != draft.ticket.schedule_id:
        rest = {"previous_schedule_id": draft.ticket.schedule_id, "new_schedule_id": row["id"]}
        draft.notes.append(Note("ScheduleAssignment", rest, draft.via))
        draft.new["schedule_id"] = row["id"]


SETTERS: dict[str, Setter] = {
    "subject": _plain("subject"),
    "raw_subject": _plain("subject"),
    "external_id": _plain("external_id"),
    "recipient": _plain("recipient"),
    "type": _one_of("type", TYPES),
    "priority": _one_of("priority", PRIORITIES),
    "status": _status,
    "custom_status_id": _custom_status,
    "requester_id": _reference("requester_id", "users", "requester"),
    "organization_id": _reference("organization_id", "organizations", "organization"),
    "brand_id": _reference("brand_id", "brands", "brand"),
    "ticket_form_id": _reference("form_id", "ticket_forms", "ticket_form"),
    "group_id": _reference("group_id", "groups", "group"),
    "assignee_id": _assignee,
    "assignee_email": _assignee_email,
    "due_at": _due,
    "problem_id": _problem,
    "tags": _tags,
    "additional_tags": _add_tags,
    "remove_tags": _remove_tags,
    "custom_fields": _custom_fields,
    "fields": _custom_fields,
    "collaborator_ids": _exactly("email_cc_ids"),
    "collaborators": _people("email_cc_ids"),
    "additional_collaborators": _people("email_cc_ids"),
    "email_cc_ids": _exactly("email_cc_ids"),
    "email_ccs": _people("email_cc_ids"),
    "follower_ids": _exactly("follower_ids"),
    "followers": _people("follower_ids"),
    "macro_id": _macro,
    "set_schedule": _schedule,
}
