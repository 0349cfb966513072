"""What Slack's error codes mean for a post: how far a refusal reaches, and which answers leave it open."""

from collections.abc import Mapping

import aiohttp
from slack_sdk.errors import SlackApiError

from messengers.base import Refused, Scope, Slowed, Unknown
from messengers.outcomes import retry_after

_RETRY_AFTER = 30.0  # seconds, where a 429 names none
# A thread may be unlocked again, and the conversation itself is open.
THREAD_CLOSED = frozenset({"restricted_action_thread_locked", "restricted_action_non_threadable_channel"})

# How far a definite refusal reaches. Slack: chat.postMessage, "Errors"; messages of docs.slack.dev.
SCOPES: dict[str, Scope] = {
    **dict.fromkeys(
        (
            "not_in_channel",
            "channel_not_found",
            "is_archived",
            "is_inactive",
            "channel_archive",
            "channel_deleted",
            "channel_left",
            "group_left",
            "ekm_access_denied",
            "app_access_restricted",
            "team_access_not_granted",
            "user_not_found",
            "messages_tab_disabled",
            "cannot_dm_bot",
            "user_disabled",
            "missing_scope",
        ),
        "conversation",
    ),
    **dict.fromkeys(
        (
            "token_revoked",
            "account_inactive",
            "invalid_auth",
            "not_authed",
            "token_expired",
            "org_login_required",
            "team_added_to_org",
            "no_permission",
            "access_denied",
        ),
        "workspace",
    ),
    # The post itself is gone, or takes no replies. Slack: chat.postMessage and chat.update, "Errors".
    **dict.fromkeys(("cannot_reply_to_message", "thread_not_found", "message_not_found"), "thread"),
    # It stands, but cannot be changed (any more): its buttons and its thread serve as before.
    **dict.fromkeys(("cant_update_message", "edit_window_closed"), "message"),
    **dict.fromkeys(THREAD_CLOSED, "message"),
}
# They hold for a workspace until the app is installed there again, or its move is over.
OF_WORKSPACES = frozenset(code for code, scope in SCOPES.items() if scope == "workspace")
# The app is not in the workspace any more, or not with this token: said for a day, it was removed unheard.
GONE = frozenset({"account_inactive", "token_revoked", "invalid_auth"})
# Whether the app is gone, or a token is worth nothing any more, `auth.test` tells.
ENDS = GONE | {"token_expired"}
_RESTRICTED = "restricted_action"  # and a dozen codes that begin with it: the workspace's own rules for this channel
# Slack may have posted all the same: never resend (platform-facts: "outcome unknown").
UNSURE = frozenset(
    {"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_quota_exceeded", "update_failed"}
)
# No connection, none free in the pool, or none that a proxy would lend: nothing was said to Slack.
NOTHING_SAID = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
SLOW_DOWN = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})


def refusal(error: SlackApiError) -> Slowed | Refused | Unknown:
    """Tell what an error says of a post; nothing that may have been posted is called refused."""
    status = getattr(error.response, "status_code", None) or getattr(error.response, "status", None) or 0
    code = code_of(error)
    if status == 429 or code in SLOW_DOWN:  # noqa: PLR2004 # HTTP's own number
        headers = getattr(error.response, "headers", {}) or {}
        return Slowed(retry_after(headers.get("Retry-After", ""), _RETRY_AFTER))
    if not code or code in UNSURE or status >= 500:  # noqa: PLR2004 # HTTP's own number
        return Unknown(code or f"http {status}")
    return Refused(code, scope_of(code))


def scope_of(code: str) -> Scope:
    """Say how far a code reaches: `conversation`, `workspace`, `thread`, or this one `message`."""
    return SCOPES.get(code, "conversation" if code.startswith(_RESTRICTED) else "message")


def code_of(error: SlackApiError) -> str:
    """Give Slack's own code of an error; empty where its answer was none that slack_sdk can read."""
    data = getattr(error.response, "data", None)
    code = data.get("error", "") if isinstance(data, Mapping) else ""
    return code if isinstance(code, str) else ""
