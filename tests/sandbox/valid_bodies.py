"""For every endpoint that takes a body, one that is right: what odd requests begin with before something in them is turned wrong."""

from typing import Any

COMMENT = {
    "body": "Thanks for writing",
    "html_body": "<p>Thanks</p>",
    "public": True,
    "author_id": "@users",
    "uploads": ["token"],
}
TICKET = {
    "subject": "Help", "comment": COMMENT, "priority": "high", "type": "incident", "status": "open", "tags": ["a", "b"], "custom_fields": [{"id": "@ticket_fields", "value": None}],
    "requester": {"name": "New", "email": "new@example.com"}, "external_id": "E1", "due_at": "2026-04-01T00:00:00Z", "group_id": None, "email_ccs": [{"user_email": "cc@example.com", "action": "put"}],
    "followers": [{"user_id": "@users", "action": "put"}], "metadata": {"op": "1"}, "problem_id": None, "organization_id": None, "brand_id": "@brands", "ticket_form_id": "@ticket_forms",
}  # fmt: skip
CHANGE = {
    "subject": "Help!", "comment": COMMENT, "priority": "low", "status": "pending", "additional_tags": ["c"], "remove_tags": ["a"], "custom_fields": [{"id": "@ticket_fields", "value": None}],
    "collaborator_ids": ["@users"], "additional_collaborators": ["cc2@example.com"], "assignee_email": None, "group_id": "@groups",
    "custom_status_id": "@custom_statuses", "macro_id": "@macros", "due_at": None, "recipient": "help@example.com",
}  # fmt: skip
CONDITIONS: dict[str, Any] = {
    "all": [{"field": "status", "operator": "less_than", "value": "solved"}, {"field": "current_tags", "operator": "includes", "value": "vip gold"}],
    "any": [{"field": "priority", "operator": "is", "value": "high"}, {"field": "SOLVED", "operator": "greater_than", "value": "24"}],
}  # fmt: skip
ACTIONS = [
    {"field": "current_tags", "value": "seen twice"},
    {"field": "priority", "value": "urgent"},
    {"field": "group_id", "value": "@groups"},
    {"field": "assignee_id", "value": "current_user"},
    {"field": "notification_user", "value": ["requester_id", "Subject {{ticket.id}}", "Body {{ticket.title}}"]},
    {"field": "notification_webhook", "value": ["@webhooks", '{"id":"{{ticket.id}}"}']},
]
MACRO = {"title": "Close it", "actions": [{"field": "status", "value": "solved"}, {"field": "comment_value", "value": ["channel:all", "Bye {{ticket.id}}"]}, {"field": "comment_mode_is_public", "value": "true"}],
         "restriction": {"type": "Group", "id": "@groups", "ids": ["@groups"]}, "active": True, "description": "d"}  # fmt: skip
TRIGGER = {
    "title": "T",
    "conditions": CONDITIONS,
    "actions": ACTIONS,
    "active": True,
    "position": 3,
    "description": "d",
}
VIEW = {"title": "V", "all": CONDITIONS["all"], "any": CONDITIONS["any"], "output": {"columns": ["status", "nice_id"], "sort_by": "updated", "sort_order": "desc", "group_by": "status"}, "restriction": None}  # fmt: skip
USER = {
    "name": "Una", "email": "una{n}@example.com", "role": "agent", "tags": ["vip"], "organization_id": "@organizations", "user_fields": {"plan": "gold"}, "phone": "+1", "external_id": "u1", "time_zone": "UTC",
    "identities": [{"type": "email", "value": "una{n}b@example.com"}], "suspended": False, "verified": True, "locale_id": 1, "default_group_id": None, "notes": "n", "details": "d", "alias": "A",
}  # fmt: skip
ORGANIZATION = {
    "name": "Org {n}",
    "domain_names": ["org.example"],
    "tags": ["o"],
    "organization_fields": {"tier": "gold"},
    "external_id": "o1",
    "notes": "n",
    "shared_tickets": True,
}
SLA = {"title": "S", "description": "d", "filter": {"all": CONDITIONS["all"], "any": []}, "position": 1,
       "policy_metrics": [{"priority": "high", "metric": "first_reply_time", "target": 60, "business_hours": True}, {"priority": "low", "metric": "total_resolution_time", "target_in_seconds": 60, "business_hours": False}]}  # fmt: skip
GROUP_SLA = {"title": "G", "filter": {"all": [{"field": "group_id", "operator": "includes", "value": ["@groups"]}]}, "policy_metrics": [{"priority": "high", "metric": "group_ownership_time", "target": 60, "business_hours": False}]}  # fmt: skip
FIELD = {"type": "tagger", "title": "Plan", "key": "plan", "custom_field_options": [{"name": "Gold", "value": "gold"}], "required": False, "active": True, "position": 9, "tag": None,
         "regexp_for_validation": None, "description": "d"}  # fmt: skip
PERSON_FIELD = {"type": "text", "title": "Plan", "key": "plan_{n}", "active": True, "description": "d"}
SCHEDULE = {"name": "Hours", "time_zone": "Europe/Paris", "intervals": [{"start_time": 1980, "end_time": 2460}]}
HOLIDAY = {"name": "Day", "start_date": "2026-12-24", "end_date": "2026-12-26"}
WEBHOOK = {"name": "Hook", "endpoint": "https://hooks.example/x", "http_method": "POST", "request_format": "json", "status": "active", "subscriptions": ["conditional_ticket_events"],
           "authentication": {"type": "basic_auth", "data": {"username": "u", "password": "p"}, "add_position": "header"}, "custom_headers": {"x": "y"}}  # fmt: skip
ITEM = {
    "name": "Greeting {n}",
    "default_locale_id": 1,
    "variants": [{"locale_id": 1, "default": True, "content": "Hello"}],
}
FORM = {
    "name": "Form",
    "ticket_field_ids": ["@ticket_fields"],
    "active": True,
    "display_name": "F",
    "position": 2,
    "end_user_visible": True,
}
BRAND = {"name": "Brand", "subdomain": "brand{n}", "active": True}
STATUS = {
    "status_category": "open",
    "agent_label": "Waiting {n}",
    "end_user_label": "w",
    "description": "d",
    "active": True,
}
ROLE = {"name": "Role", "description": "d", "configuration": {"chat_access": True}}

VALID: dict[str, Any] = {
    "POST /organizations": {"organization": ORGANIZATION},
    "POST /user_fields": {"user_field": PERSON_FIELD},
    "POST /organization_fields": {"organization_field": PERSON_FIELD},
    "POST /users": {"user": USER},
    "POST /groups": {"group": {"name": "Group", "description": "d", "is_public": True}},
    "POST /webhooks": {"webhook": WEBHOOK},
    "POST /macros": {"macro": MACRO},
    "POST /triggers": {"trigger": TRIGGER},
    "POST /automations": {"automation": {"title": "A", "conditions": CONDITIONS, "actions": ACTIONS, "active": True, "position": 1}},
    "POST /views": {"view": VIEW},
    "POST /ticket_fields": {"ticket_field": FIELD},
    "POST /ticket_forms": {"ticket_form": FORM},
    "POST /brands": {"brand": BRAND},
    "POST /custom_statuses": {"custom_status": STATUS},
    "POST /custom_roles": {"custom_role": ROLE},
    "POST /slas/policies": {"sla_policy": SLA},
    "POST /group_slas/policies": {"group_sla_policy": GROUP_SLA},
    "POST /business_hours/schedules": {"schedule": SCHEDULE},
    "POST /business_hours/schedules/{id}/holidays": {"holiday": HOLIDAY},
    "POST /dynamic_content/items": {"item": ITEM},
    "POST /organization_memberships": {"organization_membership": {"user_id": "@users", "organization_id": "@organizations"}},
    "POST /group_memberships": {"group_membership": {"user_id": "@users", "group_id": "@groups"}},
    "POST /users/{id}/identities": {"identity": {"type": "email", "value": "more{n}@example.com", "verified": True, "primary": False}},
    "POST /uploads": {"any": "thing"},
    "POST /macros/attachments": {"any": "thing"},
    "POST /macros/{id}/attachments": {"any": "thing"},
    "POST /tickets": {"ticket": TICKET},
    "POST /imports/tickets": {"ticket": TICKET | {"comments": [COMMENT | {"created_at": "2026-02-01T00:00:00Z"}], "created_at": "2026-02-01T00:00:00Z", "updated_at": None, "solved_at": None, "archive_immediately": False}},
    "POST /imports/tickets/create_many": {"tickets": [TICKET, TICKET]},
    "POST /tickets/create_many": {"tickets": [TICKET, TICKET]},
    "POST /tickets/{id}/merge": {"ids": ["@tickets"], "target_comment": "into", "source_comment": "from", "target_comment_is_public": False},
    "POST /tickets/{id}/satisfaction_rating": {"satisfaction_rating": {"score": "good", "comment": "c", "reason": "r"}},
    "POST /tickets/{id}/tags": {"tags": ["x"]},
    "PUT /tickets/{id}/tags": {"tags": ["x", "y"]},
    "DELETE /tickets/{id}/tags": {"tags": ["x"]},
    "PUT /tickets/{id}": {"ticket": CHANGE},
    "PUT /tickets/update_many": {"tickets": [{"id": "@tickets"} | CHANGE, {"id": "@tickets", "status": "open"}]},
    "PUT /tickets/{id}/comments/{comment}/make_private": {},
    "PUT /tickets/{id}/comments/{comment}/redact": {"text": "Thanks"},
    "PUT /macros/{id}": {"macro": MACRO},
    "PUT /macros/update_many": {"macros": [{"id": "@macros", "active": False, "position": 2}]},
    "PUT /triggers/{id}": {"trigger": TRIGGER},
    "PUT /triggers/update_many": {"triggers": [{"id": "@triggers", "active": True, "position": 1}]},
    "PUT /triggers/reorder": {"trigger_ids": ["@triggers"]},
    "PUT /automations/{id}": {"automation": {"title": "A", "conditions": CONDITIONS, "actions": ACTIONS}},
    "PUT /automations/update_many": {"automations": [{"id": "@automations", "active": True}]},
    "PUT /views/{id}": {"view": VIEW},
    "PUT /views/update_many": {"views": [{"id": "@views", "position": 4}]},
    "PUT /users/{id}": {"user": USER | {"email": None}},
    "PUT /users/update_many": {"users": [{"id": "@users", "name": "N"} | USER]},
    "POST /users/create_many": {"users": [USER, {"name": "Only"}]},
    "POST /users/create_or_update": {"user": USER},
    "PUT /organizations/{id}": {"organization": ORGANIZATION},
    "POST /organizations/create_many": {"organizations": [ORGANIZATION]},
    "PUT /organizations/update_many": {"organizations": [{"id": "@organizations"} | ORGANIZATION]},
    "POST /group_memberships/create_many": {"group_memberships": [{"user_id": "@users", "group_id": "@groups"}]},
    "PUT /group_memberships/update_many": {"group_memberships": [{"id": "@group_memberships", "default": True}]},
    "PUT /groups/{id}": {"group": {"name": "Group 2"}},
    "PUT /ticket_fields/{id}": {"ticket_field": FIELD},
    "POST /ticket_fields/{id}/options": {"custom_field_option": {"id": None, "name": "Iron", "value": "iron", "position": 1}},
    "PUT /user_fields/{id}": {"user_field": PERSON_FIELD},
    "PUT /organization_fields/{id}": {"organization_field": PERSON_FIELD},
    "PUT /ticket_forms/{id}": {"ticket_form": FORM},
    "PUT /brands/{id}": {"brand": BRAND},
    "PUT /custom_statuses/{id}": {"custom_status": STATUS},
    "PUT /custom_roles/{id}": {"custom_role": ROLE},
    "PUT /slas/policies/{id}": {"sla_policy": SLA},
    "PUT /slas/policies/reorder": {"sla_policy_ids": ["@sla_policies"]},
    "PUT /group_slas/policies/{id}": {"group_sla_policy": GROUP_SLA},
    "PUT /group_slas/policies/reorder": {"group_sla_policy_ids": ["@group_sla_policies"]},
    "PUT /business_hours/schedules/{id}": {"schedule": SCHEDULE},
    "PUT /business_hours/schedules/{id}/workweek": {"workweek": {"intervals": SCHEDULE["intervals"]}},
    "PUT /business_hours/schedules/{id}/holidays/{holiday}": {"holiday": HOLIDAY},
    "PUT /dynamic_content/items/{id}": {"item": ITEM},
    "PUT /webhooks/{id}": {"webhook": WEBHOOK},
    "PATCH /webhooks/{id}": {"webhook": {"name": "Other"}},
    "POST /webhooks/{id}/signing_secret": {},
    "POST /webhooks/test": {"request": {"payload": "{}", "endpoint": "https://hooks.example/x"}},
    "POST /oauth/tokens": {"grant_type": "client_credentials", "client_id": "sandbox-client", "client_secret": "sandbox-secret", "scope": "read write", "expires_in": 600},
}  # fmt: skip
"""By method and path. `@table` stands for the id of a record of that table, `{n}` for a number that makes a name unique."""
