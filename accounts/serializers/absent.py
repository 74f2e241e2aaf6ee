"""Keys that PostHog's clients read of features which this server has not: switched off, unset or empty."""

from rest_framework import serializers

from common.fields import AbsentFlag, AbsentList, AbsentText

_KINDS: dict[type[serializers.Field], dict[str, tuple[str, ...]]] = {
    AbsentFlag: {
        "user": (
            "allow_impersonation",
            "allow_sidebar_suggestions",
            "has_social_auth",
            "has_sso_enforcement",
            "hide_mcp_hints",
            "is_2fa_enabled",
            "is_impersonated",
            "is_impersonated_read_only",
            "passkeys_enabled_for_2fa",
            "requires_credential_review",
        ),
        "project": (
            "autocapture_exceptions_opt_in",
            "autocapture_web_vitals_opt_in",
            "capture_console_log_opt_in",
            "capture_dead_clicks",
            "capture_performance_opt_in",
            "default_evaluation_environments_enabled",
            "feature_flag_confirmation_enabled",
            "flags_persistence_default",
            "heatmaps_opt_in",
            "human_friendly_comparison_periods",
            "inject_web_apps",
            "person_on_events_querying_enabled",
            "receive_org_level_activity_logs",
            "session_recording_opt_in",
            "surveys_opt_in",
            "test_account_filters_default_checked",
            "web_analytics_pre_aggregated_tables_enabled",
        ),
    },
    AbsentText: {
        "user": (
            "fresh_reauth_expires_at",
            "has_seen_product_intro_for",
            "is_impersonated_reason",
            "is_impersonated_until",
            "onboarding_delegated_to_invite",
            "onboarding_delegated_to_organization_id",
            "onboarding_delegation_accepted_at",
            "onboarding_skipped_at",
            "onboarding_skipped_organization_id",
            "onboarding_skipped_reason",
            "pending_email",
            "sensitive_session_expires_at",
            "shortcut_position",
            "ui_configuration",
        ),
        "project": (
            "autocapture_exceptions_errors_to_ignore",
            "autocapture_web_vitals_allowed_metrics",
            "cookieless_server_hash_mode",
            "correlation_config",
            "experiment_recalculation_time",
            "extra_settings",
            "feature_flag_confirmation_message",
            "live_events_columns",
            "live_events_token",
            "modifiers",
            "onboarding_tasks",
            "path_cleaning_filters",
            "product_description",
            "recording_domains",
            "secret_api_token",
            "secret_api_token_backup",
            "session_recording_event_trigger_config",
            "session_recording_linked_flag",
            "session_recording_masking_config",
            "session_recording_minimum_duration_milliseconds",
            "session_recording_network_payload_capture_config",
            "session_recording_sample_rate",
            "session_recording_trigger_match_type_config",
            "session_recording_url_blocklist_config",
            "session_recording_url_trigger_config",
            "session_replay_config",
            "slack_incoming_webhook",
            "survey_config",
        ),
    },
    AbsentList: {
        "user": (
            "active_realtime_notification_types",
            "notification_locks",
            "pending_invites",
            "scene_personalisation",
        ),
        "project": ("data_attributes", "product_intents"),
    },
}


def absent_fields(thing: str) -> dict[str, serializers.Field]:
    """New fields of a "user" or a "project", by their names."""
    return {name: kind() for kind, things in _KINDS.items() for name in things[thing]}
