"""The account itself: its settings, time zones and locales."""

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.refusal import not_found
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.zones import IANA, zone


@route("GET", "/account/settings")
def account(ask: Ask) -> Row:
    """The account's settings, as far as clients ask for them."""
    return {
        "settings": {
            "branding": {"header_color": "03363D", "page_background_color": "FFFFFF"}, "apps": {"use": True, "create_private": True, "create_public": False},
            "tickets": {"comments_public_by_default": True, "is_first_comment_private_enabled": True, "list_newest_comments_first": True,
                        "collaboration": True, "private_attachments": False, "agent_collision": True, "tagging": True, "assign_tickets_upon_solve": True,
                        "maximum_personal_views_to_list": 8, "custom_statuses_enabled": True},
            "active_features": {"customer_satisfaction": True, "on_hold_status": True, "business_hours": True, "ticket_forms": True, "user_org_fields": True,
                                "sla_policy": ask.world.options.plan_has_slas, "custom_statuses": True},
            "api": {"accepted_api_agreement": True, "api_password_access": str(ask.world.options.password_access).lower(), "api_token_access": "true"},
            "rule": {"macro_most_used": True, "macro_order": "alphabetical", "using_skill_based_routing": False},
            "limits": {"attachment_size": 52_428_800}, "localization": {"locale_ids": [1], "uses_12_hour_clock": False},
            "agents": {"agent_home": False, "agent_workspace": True, "focus_mode": False}, "user": {"tagging": True, "time_zone_selection": True},
            "groups": {"check_group_name_uniqueness": False}, "lotus": {"prefer_lotus": True}, "metrics": {"account_size": "100-399"},
        }
    }  # fmt: skip


@route("GET", "/time_zones")
def time_zones(ask: Ask) -> Row:
    """The names of time zones with their IANA zones and present offsets."""
    now = ask.sandbox.clock.now()
    rows = []
    for name in sorted(IANA):
        offset = int((now.astimezone(zone(name)).utcoffset() or now - now).total_seconds() // 60)
        sign = "+" if offset >= 0 else "-"
        rows.append(
            {
                "translation": None,
                "name": name,
                "iana_name": IANA[name],
                "offset": offset,
                "formatted_offset": f"GMT{sign}{abs(offset) // 60:02}:{abs(offset) % 60:02}",
            }
        )
    return {"time_zones": rows, "count": len(rows)}


_LOCALE: Row = {
    "id": 1, "locale": "en-US", "name": "English", "native_name": "English", "presentation_name": "English", "rtl": False, "default": True,
    "created_at": "2009-07-21T00:38:15Z", "updated_at": "2012-02-01T17:56:02Z",
}  # fmt: skip


@route("GET", "/locales", role=None)
def locales(ask: Ask) -> Row:
    """The one locale there is."""
    return {"locales": [with_url(ask.base, "locales", _LOCALE)], "next_page": None, "previous_page": None, "count": 1}


@route("GET", "/locales/{id}", role=None)
def locale(ask: Ask, key: str) -> Row:
    """The one locale there is."""
    if key not in ("1", "en-US", "en-us", "current"):
        raise not_found()
    return {"locale": with_url(ask.base, "locales", _LOCALE)}


@route("GET", "/brands/check_host_mapping", role="admin")
def host_mapping(ask: Ask) -> Row:
    """No host is mapped here."""
    return {
        "cname": ask.query.get("host_mapping"),
        "expected_cnames": [f"{ask.world.subdomain}.zendesk.com"],
        "is_valid": False,
        "reason": "not_a_cname",
    }
