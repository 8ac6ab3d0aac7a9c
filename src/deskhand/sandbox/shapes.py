"""The shape of every kind of row: all the keys that a real one has, with their usual values.

Key sets follow recorded answers of real accounts where there are any, and the documented examples else.
"""

import hashlib

from deskhand.sandbox.exchange import Row

ROLE_TYPES = {"admin": 4, "agent": 0, "light_agent": 1, "contributor": 3, "end-user": None}


def group(name: str) -> Row:
    """A group of agents."""
    return {"is_public": True, "name": name, "description": "", "default": False, "deleted": False}


def user(name: str, email: str | None, role: str) -> Row:
    """A person. `role` is end-user, agent or admin; a light agent is an agent whose role_type is 1."""
    light, staff = role == "light_agent", role != "end-user"
    return {
        "name": name, "email": email, "created_at": None, "updated_at": None, "time_zone": "UTC", "iana_time_zone": "Etc/UTC",
        "phone": None, "shared_phone_number": None, "photo": None, "locale_id": 1, "locale": "en-US", "organization_id": None,
        "role": "agent" if light else role, "verified": True, "external_id": None, "tags": [], "alias": None, "active": True,
        "shared": False, "shared_agent": False, "last_login_at": None, "two_factor_auth_enabled": None if staff else False, "signature": None,
        "details": None, "notes": None, "role_type": ROLE_TYPES.get(role), "custom_role_id": None, "moderator": role == "admin",
        "ticket_restriction": None if staff else "requested", "only_private_comments": light, "restricted_agent": not staff,
        "suspended": False, "default_group_id": None, "report_csv": role == "admin", "user_fields": {},
    }  # fmt: skip


def photo(identity: int, name: str, address: str) -> Row:
    """A person's picture, an attachment whose thumbnail is another; `address` is where pictures lie."""
    stem, _, kind = name.rpartition(".")
    small = _picture(identity + 1, f"{stem}_thumb.{kind}", address, 32)
    return _picture(identity, name, address, 80) | {"thumbnails": [small]}


def _picture(identity: int, name: str, address: str, side: int) -> Row:
    where = f"{address}/system/photos/{identity}/{name}"
    return {
        "url": f"{address}/api/v2/attachments/{identity}.json", "id": identity, "file_name": name, "content_url": where, "mapped_content_url": where,
        "content_type": "image/png", "size": 1_000, "width": side, "height": side, "inline": False, "deleted": False,
    }  # fmt: skip


def organization(name: str) -> Row:
    """A customer's company."""
    return {
        "name": name, "shared_tickets": False, "shared_comments": False, "external_id": None, "created_at": None, "updated_at": None,
        "domain_names": [], "details": None, "notes": None, "group_id": None, "tags": [], "organization_fields": {},
    }  # fmt: skip


def ticket_field(title: str, kind: str) -> Row:
    """A field of tickets; `kind` is its API type (text, tagger, checkbox, ...)."""
    return {
        "type": kind, "title": title, "raw_title": title, "description": title, "raw_description": title, "position": 9999,
        "active": True, "required": False, "collapsed_for_agents": False, "regexp_for_validation": None, "title_in_portal": title,
        "raw_title_in_portal": title, "visible_in_portal": False, "editable_in_portal": False, "required_in_portal": False,
        "tag": None, "created_at": None, "updated_at": None, "removable": True, "key": None, "agent_description": None,
    }  # fmt: skip


def record_field(key: str, title: str, kind: str) -> Row:
    """A field of users or organizations, known by its `key`."""
    return {
        "type": kind, "key": key, "title": title, "description": "", "raw_title": title, "raw_description": "", "position": 9999,
        "active": True, "system": False, "regexp_for_validation": None, "created_at": None, "updated_at": None,
    }  # fmt: skip


def option(identity: int, name: str, value: str, default: bool = False) -> Row:  # noqa: FBT001, FBT002 - one flag of the row
    """An option of a drop-down field; `value` is the tag it sets."""
    return {"id": identity, "name": name, "raw_name": name, "value": value, "default": default}


def ticket_form(name: str) -> Row:
    """A form: which fields a ticket shows."""
    return {
        "name": name, "raw_name": name, "display_name": name, "raw_display_name": name, "end_user_visible": True, "position": 1,
        "ticket_field_ids": [], "active": True, "default": False, "in_all_brands": True, "restricted_brand_ids": [],
        "agent_conditions": [], "end_user_conditions": [], "created_at": None, "updated_at": None,
    }  # fmt: skip


def brand(name: str, subdomain: str) -> Row:
    """A brand of the account."""
    return {
        "name": name, "brand_url": f"https://{subdomain}.zendesk.com", "subdomain": subdomain, "host_mapping": None,
        "has_help_center": False, "help_center_state": "disabled", "active": True, "default": False, "is_deleted": False,
        "logo": None, "ticket_form_ids": [], "signature_template": "{{agent.signature}}", "created_at": None, "updated_at": None,
    }  # fmt: skip


def custom_status(label: str, category: str) -> Row:
    """A status within one of the categories new, open, pending, hold and solved."""
    return {
        "status_category": category, "agent_label": label, "raw_agent_label": label, "end_user_label": label,
        "raw_end_user_label": label, "description": None, "raw_description": None, "end_user_description": None,
        "raw_end_user_description": None, "active": True, "default": False, "created_at": None, "updated_at": None,
    }  # fmt: skip


def custom_role(name: str, role_type: int) -> Row:
    """A role of agents; role_type 4 is admin, 1 light agent, 0 agent."""
    return {
        "name": name, "description": name, "role_type": role_type, "created_at": None, "updated_at": None,
        "configuration": role_configuration(admin=role_type == 4, light=role_type == 1), "team_member_count": 0,
    }  # fmt: skip


def role_configuration(*, admin: bool, light: bool) -> Row:
    """What a role may do, in the order of real answers."""
    full, reach = not light, "readonly" if light else "full"
    return {
        "chat_access": full, "end_user_list_access": "full", "forum_access_restricted_content": False, "light_agent": light,
        "manage_business_rules": admin, "manage_dynamic_content": admin, "manage_extensions_and_channels": admin, "manage_facebook": admin,
        "moderate_forums": False, "side_conversation_create": full, "ticket_access": "all", "ticket_comment_access": "none" if light else "public",
        "ticket_deletion": admin, "ticket_tag_editing": full, "twitter_search_access": False, "view_deleted_tickets": admin, "voice_access": full,
        "group_access": admin, "organization_editing": admin, "organization_notes_editing": full, "assign_tickets_to_any_group": full,
        "end_user_profile_access": reach, "explore_access": "full" if admin else "readonly", "forum_access": reach, "macro_access": reach,
        "report_access": reach, "ticket_editing": full, "ticket_merge": full, "user_view_access": reach, "view_access": reach,
        "voice_dashboard_access": admin, "manage_automations": admin, "manage_contextual_workspaces": admin, "manage_organization_fields": admin,
        "manage_skills": admin, "manage_slas": admin, "manage_ticket_fields": admin, "manage_ticket_forms": admin, "manage_user_fields": admin,
        "ticket_redaction": admin, "manage_roles": "all" if admin else "none", "manage_groups": admin, "manage_group_memberships": admin,
        "manage_organizations": admin, "manage_suspended_tickets": admin, "manage_triggers": admin,
    }  # fmt: skip


def sla_policy(title: str) -> Row:
    """An SLA policy; `policy_metrics` holds one target for each (priority, metric)."""
    return {
        "title": title, "description": None, "position": 1, "filter": {"all": [], "any": []}, "policy_metrics": [],
        "created_at": None, "updated_at": None,
    }  # fmt: skip


def suspended_ticket(subject: str, content: str, name: str, email: str, cause: str) -> Row:
    """A message that did not become a ticket; `cause` says why."""
    return {
        "author": {"id": None, "name": name, "email": email}, "subject": subject, "content": content, "cause": cause, "cause_id": 0,
        "message_id": f"<{hashlib.sha256(f'{email}{subject}'.encode()).hexdigest()[:20]}@mail.example>", "ticket_id": None, "recipient": None,
        "brand_id": None, "created_at": None, "updated_at": None, "attachments": [], "error_messages": None,
        "via": {"channel": "email", "source": {"from": {"address": email, "name": name}, "to": {}, "rel": None}},
    }  # fmt: skip


def schedule(name: str, time_zone: str) -> Row:
    """A schedule; intervals are minutes since Sunday 00:00 in its zone."""
    return {"name": name, "time_zone": time_zone, "created_at": None, "updated_at": None, "intervals": []}


def _titled(title: str) -> Row:
    """What macros, triggers, automations and views begin with."""
    return {"title": title, "active": True, "updated_at": None, "created_at": None, "default": False}


def macro(title: str) -> Row:
    """A macro: what it does to a ticket, and who may use it."""
    return _titled(title) | {
        "position": 10_000,
        "description": None,
        "actions": [],
        "restriction": None,
        "raw_title": title,
    }


def trigger(title: str) -> Row:
    """A trigger: what happens with each write that meets its conditions."""
    return _titled(title) | {
        "actions": [], "conditions": {"all": [], "any": []}, "description": None, "position": 10_000, "raw_title": title, "category_id": None,
    }  # fmt: skip


def automation(title: str) -> Row:
    """An automation: what happens every hour to what meets its conditions."""
    return _titled(title) | {
        "actions": [],
        "conditions": {"all": [], "any": []},
        "position": 10_000,
        "raw_title": title,
    }


def view(title: str) -> Row:
    """A view: which tickets are shown, and how."""
    return _titled(title) | {
        "position": 10_000, "description": None, "execution": execution(), "conditions": {"all": [], "any": []}, "restriction": None, "raw_title": title,
    }  # fmt: skip


def recipient_address(name: str, email: str) -> Row:
    """An address at which the account receives mail. Nothing forwards to one that was just added."""
    code = hashlib.sha256(email.encode()).hexdigest()[:16]
    return {
        "brand_id": None, "default": None, "name": name, "email": email, "forwarding_status": "waiting", "spf_status": "failed",
        "cname_status": "unknown", "domain_verification_status": "failed", "domain_verification_code": code, "created_at": None, "updated_at": None,
    }  # fmt: skip


COLUMNS = {
    "subject": "Subject", "requester": "Requester", "created": "Requested", "updated": "Updated", "group": "Group", "assignee": "Assignee",
    "status": "Status", "priority": "Priority", "type": "Type", "nice_id": "ID", "organization": "Organization", "due_date": "Due date",
    "solved": "Solved", "submitter": "Submitter", "brand": "Brand", "ticket_form": "Form",
}  # fmt: skip
"""Titles of a view's columns."""

_UNFILTERED, _UNSORTED = {"subject", "created", "solved"}, {"subject"}
"""Columns by which a view cannot be narrowed, and cannot be sorted."""


def _column(name: str, title: str | None = None) -> Row:
    shown = title or COLUMNS.get(name, name)
    return {"id": name, "title": shown, "filterable": name not in _UNFILTERED, "sortable": name not in _UNSORTED}


def execution(
    columns: tuple[str, ...] = ("subject", "requester", "created", "updated", "group", "assignee"),
    *, group_by: str | None = None, group_order: str = "desc", sort_by: str | None = None, sort_order: str = "desc",
) -> Row:  # fmt: skip
    """How a view is shown: its columns, how its rows are grouped, and how they are sorted."""
    rows = [_column(name) for name in columns]
    return {
        "group_by": group_by, "group_order": group_order, "sort_by": sort_by, "sort_order": sort_order, "group": _ordered(group_by, group_order),
        "sort": _ordered(sort_by, sort_order), "columns": rows, "fields": rows, "custom_fields": [],
    }  # fmt: skip


def _ordered(column: str | None, order: str) -> Row | None:
    """A column by which a view is grouped or sorted."""
    if column is None:
        return None
    name = "ticket_id" if column == "nice_id" else column
    title = "Status category" if column == "status" else COLUMNS.get(column)
    return _column(name, title) | {"order": order}


RULES = {"macros": macro, "triggers": trigger, "automations": automation, "views": view}
"""The shapes of rules by their table."""


SYSTEM_FIELDS = (
    ("Subject", "subject"),
    ("Description", "description"),
    ("Status", "status"),
    ("Type", "tickettype"),
    ("Priority", "priority"),
    ("Group", "group"),
    ("Assignee", "assignee"),
    ("Ticket status", "custom_status"),
)
"""Title and type of the fields that every account has."""

SUB_TYPES = {"status": 1, "priority": 0}
"""What `sub_type_id` is: the status on-hold is in use, and all four priorities are."""

SYSTEM_OPTIONS = {
    "status": ("Open", "Pending", "Solved"),
    "tickettype": ("Question", "Incident", "Problem", "Task"),
    "priority": ("Low", "Normal", "High", "Urgent"),
}
"""What `system_field_options` holds."""
