"""The settings of an account as clients read them: all keys of the documentation, with the values that fit this account."""

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.world import World


def _flags(text: str, *, on: str = "") -> Row:
    """Flags that are off, but for those that are on."""
    chosen = set(on.split())
    return {name: name in chosen for name in text.split()}


_FEATURES = (
    "agent_forwarding allow_ccs allow_email_template_customization automatic_answers bcc_archiving benchmark_opt_out chat chat_about_my_ticket"
    " csat_reason_code custom_dkim_domain customer_context_as_default dynamic_contents explore explore_on_support_ent_plan explore_on_support_pro_plan"
    " facebook facebook_login fallback_composer forum_analytics good_data_and_explore google_login is_abusive light_agents markdown on_hold_status"
    " organization_access_enabled rich_content_in_emails sandbox satisfaction_prediction suspended_ticket_notification ticket_tagging topic_suggestion"
    " twitter twitter_login user_org_fields user_tagging voice customer_satisfaction business_hours ticket_forms custom_statuses"
)
_TICKETS = (
    "accepted_new_collaboration_tos agent_collision agent_invitation_enabled agent_ticket_deletion allow_group_reset assign_default_organization"
    " assign_tickets_upon_solve auto_translation_enabled auto_updated_ccs_followers_rules chat_sla_enablement collaboration comments_public_by_default"
    " email_attachments emoji_autocompletion follower_and_email_cc_collaborations has_color_text is_first_comment_private_enabled"
    " light_agent_email_ccs_allowed list_empty_views list_newest_comments_first markdown_ticket_comments modern_ticket_reassignment private_attachments"
    " rich_text_comments show_modern_ticket_reassignment status_hold tagging using_skill_based_routing custom_statuses_enabled"
)
_EMAIL = (
    "accept_wildcard_emails custom_dkim_domain email_sender_authentication email_status email_template_photos email_template_section gmail_actions"
    " modern_email_template no_mail_delimiter personalized_replies send_gmail_messages_via_gmail rich_content_in_emails"
)
_USER = (
    "agent_created_welcome_emails end_user_phone_number_validation have_gravatars_enabled language_selection multiple_organizations tagging"
    " time_zone_selection"
)


def settings(world: World) -> Row:
    """All settings, by group."""
    return _features(world) | _channels() | {
        "brands": {"default_brand_id": world.default_id("brands"), "require_brand_on_new_tickets": False},
        "branding": {"favicon_url": None, "header_color": "03363D", "header_logo_url": None, "page_background_color": "FFFFFF",
                     "tab_background_color": "7FA239", "text_color": "FFFFFF"},
        "apps": {"use": True, "create_private": True, "create_public": False},
        "api": {"accepted_api_agreement": True, "api_password_access": str(world.options.password_access).lower(), "api_token_access": "true"},
        "rule": {"macro_most_used": True, "macro_order": "alphabetical", "skill_based_filtered_views": [], "using_skill_based_routing": False},
        "limits": {"attachment_size": 52_428_800}, "localization": {"locale_ids": [1], "uses_12_hour_clock": False},
        "groups": {"check_group_name_uniqueness": False}, "lotus": {"pod_id": 1, "prefer_lotus": True, "reporting": True},
        "metrics": {"account_size": "100-399"}, "statistics": _flags("forum rule_usage search", on="rule_usage search"), "billing": {"backend": "zuora"},
        "onboarding": {"checklist_onboarding_version": 2, "onboarding_segments": None, "product_sign_up": None},
        "routing": {"autorouting_tag": "", "enabled": False, "max_email_capacity": 0, "max_messaging_capacity": 0},
        "ticket_form": {"raw_ticket_forms_instructions": "Please choose your issue below", "ticket_forms_instructions": "Please choose your issue below"},
        "cdn": {"cdn_provider": "default", "fallback_cdn_provider": "default", "hosts": []},
        "cross_sell": {"show_chat_tooltip": False, "xsell_source": None},
    }  # fmt: skip


def _features(world: World) -> Row:
    on = (
        "allow_ccs on_hold_status user_org_fields user_tagging ticket_tagging customer_satisfaction business_hours ticket_forms custom_statuses light_agents"
        " dynamic_contents rich_content_in_emails organization_access_enabled"
    )
    tickets = (
        "agent_collision agent_ticket_deletion allow_group_reset assign_default_organization assign_tickets_upon_solve collaboration"
        " comments_public_by_default follower_and_email_cc_collaborations is_first_comment_private_enabled list_newest_comments_first rich_text_comments"
        " status_hold tagging custom_statuses_enabled"
    )
    return {
        "active_features": _flags(_FEATURES, on=on) | {"sla_policy": world.options.plan_has_slas},
        "tickets": _flags(_TICKETS, on=tickets) | {"maximum_personal_views_to_list": 8, "default_solved_ticket_reassignment_strategy": "legacy"},
        "user": _flags(_USER, on="language_selection multiple_organizations tagging time_zone_selection"),
        "agents": _flags("agent_home agent_workspace aw_self_serve_migration_enabled focus_mode idle_timeout_enabled unified_agent_statuses", on="agent_workspace"),
    }  # fmt: skip


def _channels() -> Row:
    return {
        "email": _flags(_EMAIL, on="email_status modern_email_template no_mail_delimiter") | {"email_sender_authentication_profile": "basic"},
        "google_apps": _flags("has_google_apps has_google_apps_admin"), "twitter": {"shorten_url": "optional"},
        "chat": {"available": False, "enabled": False, "integrated": False, "maximum_request_count": 1, "welcome_message": ""},
        "side_conversations": _flags("email_channel msteams_channel show_in_context_panel slack_channel tickets_channel"),
        "voice": {"agent_confirmation_when_forwarding": True, "agent_wrap_up_after_calls": True, "enabled": False, "logging": True,
                  "maximum_queue_size": 5, "maximum_queue_wait_time": 1, "only_during_business_hours": False, "outbound_enabled": False,
                  "recordings_public": False, "uk_mobile_forwarding": False},
    }  # fmt: skip
