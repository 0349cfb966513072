"""Say in words why something was not posted, and what to do about it.

Codes are Slack's own (docs.slack.dev, chat.postMessage, "Errors"), Teams' (the Bot Connector's), or those of the
scheduler. `tests/cards/compose/test_reasons.py` walks the code tables of `messengers`: none is without words and
advice.
"""

import re

INVITE = "/invite @PM Compare"
AMONG_PEOPLE = "direct-message"  # not a platform's code: what a refusal means in a conversation between people

_NOT_A_MEMBER = "I am not a member of this channel"
_GONE = "this channel is archived or gone"
_FORBIDDEN = "this workspace does not let me post here"
_UNINSTALLED = "my installation in this workspace has ended"
_NOT_REACHED = "I cannot write to you by direct message"
_NOT_ADDED = "the app PM Compare is not added here"
_BLOCKED = "messages from me are blocked here"
_SWITCHED_OFF = "an admin has switched this app off"
_NO_CREDENTIALS = "Microsoft does not accept this bot's credentials"
_WRONG_CLOUD = "this conversation belongs to another of Microsoft's clouds"
_ILL_FORMED = "the platform did not accept the message"
_POST_DELETED = "the post it answers was deleted"
_NO_REPLIES = "the post it answers takes no replies"
_THREAD_LOCKED = "this thread is locked"
_NO_THREADS = "this channel has no threads"
_NOBODY = "the account it is for is not known here"
_A_BOT = "it is for a bot, and I can write to people only"
_DEACTIVATED = "this account is deactivated"
_DIRECT_OFF = "direct messages to me are switched off here"
_NOT_GRANTED = "I lack a permission"
_MOVING = "this workspace is being moved to an organization"
_NOT_IN_CHAT = "the person it is for is not a member here"
_NOT_DRAWN = "a fault of ours kept it from being drawn"
_NOT_SET_UP = " is not set up"  # the platform comes before it

_QUIET = "quiet: "  # then which day that is: a holiday's name, or
_OWN_DATE = "quiet date"
_SKIPPED = "skipped by "
_LATE = "more than "  # so many hours late
_MAKE_UP = "Send one now makes up for it"
_LOG = "Whoever runs this bot finds the details in its log"
_ADMIN = "An admin can change that"
_ANEW = "Ask for it anew"

_CODE = re.compile(r"[A-Za-z0-9_.-]+")  # as both platforms form theirs; our own reasons are words, or in `_CAUSES`

_CAUSES = {
    **dict.fromkeys(("not_in_channel", "channel_not_found", "channel_left", "group_left"), _NOT_A_MEMBER),
    **dict.fromkeys(
        (
            "is_archived",
            "is_inactive",
            "channel_archive",
            "channel_deleted",
            "channelDeleted",
            "teamDeleted",
            "teamArchived",
        ),
        _GONE,
    ),
    **dict.fromkeys(
        (
            "ekm_access_denied",
            "app_access_restricted",
            "team_access_not_granted",
            "no_permission",
            "access_denied",
            "NotEnoughPermissions",
            "http-403",
        ),
        _FORBIDDEN,
    ),
    **dict.fromkeys(
        ("BotNotInConversationRoster", "ConversationNotFound", "ForbiddenOperationException", "http-404"), _NOT_ADDED
    ),
    **dict.fromkeys(("MessageWritesBlocked", "ConversationBlockedByUser"), _BLOCKED),
    "invalid_client": _NO_CREDENTIALS,
    **dict.fromkeys(("Unauthorized", "BotNotRegistered", "http-401"), _NO_CREDENTIALS),
    **dict.fromkeys(
        ("token_revoked", "account_inactive", "invalid_auth", "token_expired", "not_authed", "app_uninstalled"),
        _UNINSTALLED,
    ),
    **dict.fromkeys(
        (
            "invalid_blocks",
            "msg_blocks_too_long",
            "msg_too_long",
            "no_text",
            "MessageSizeTooBig",
            "BadSyntax",
            "BadArgument",
            "http-400",
            "http-413",
        ),
        _ILL_FORMED,
    ),
    "BotDisabledByAdmin": _SWITCHED_OFF,
    "InvalidBotApiHost": _WRONG_CLOUD,
    **dict.fromkeys(
        ("ActivityNotFoundInConversation", "thread_not_found", "message_not_found", "post-deleted"), _POST_DELETED
    ),
    "cannot_reply_to_message": _NO_REPLIES,
    "restricted_action_thread_locked": _THREAD_LOCKED,
    "restricted_action_non_threadable_channel": _NO_THREADS,
    "user_not_found": _NOBODY,
    "cannot_dm_bot": _A_BOT,
    "user_disabled": _DEACTIVATED,
    "messages_tab_disabled": _DIRECT_OFF,
    "missing_scope": _NOT_GRANTED,
    **dict.fromkeys(("org_login_required", "team_added_to_org"), _MOVING),
    "MemberNotFoundInConversation": _NOT_IN_CHAT,
    "not-reached": _NOT_REACHED,
    AMONG_PEOPLE: "nobody can invite me into a direct message between people",
    "introduction-unknown": "nobody knows whether my introduction was posted: the answer was lost",
    "zone-unknown": "its time zone is no longer known here",
    "content-gone": "its text was removed before it was due",
    "no-tips": "the content holds no tips",
    "person": "a person did so",
    "slowed": "the platform asked to wait",
    "paused": "tips were paused",
    "missed while the bot was down": "it was missed while the bot was down",
    "missed while it was not known whether the app is installed": "it was missed while I could not tell whether I am "
    "still installed here",
    "skipped by the operator": "the operator of this bot skipped it",
    "restored from a backup": "the database was restored from a backup of before",
    "off": "tips were turned off",
    "starting": "tips were not on yet",
    "never confirmed": "nobody confirmed that it was posted",
    "lease expired": "the bot was stopped while it was being posted",
    "could not be drawn": _NOT_DRAWN,
}
_REMEDIES = {
    _NOT_A_MEMBER: f"Type {INVITE} there",
    _NOT_ADDED: "Add it to this team or chat",
    _BLOCKED: "Unblock PM Compare there",
    _SWITCHED_OFF: _ADMIN,
    _NO_CREDENTIALS: "Whoever runs this bot has to renew them",
    _WRONG_CLOUD: "Whoever runs this bot has to set TEAMS_CLOUD",
    _NOT_REACHED: "Open PM Compare under Apps",
    AMONG_PEOPLE: "Go to a channel that I am in",
    _FORBIDDEN: _ADMIN,
    _UNINSTALLED: "An admin has to install me again",
    **dict.fromkeys((_ILL_FORMED, _NOT_DRAWN), _LOG),
    **dict.fromkeys((_POST_DELETED, _NO_REPLIES), _ANEW),
    _THREAD_LOCKED: "Whoever locked it can unlock it",
    _NO_THREADS: "Ask for it in another channel",
    _NOBODY: "An admin can look whether it still exists",
    _A_BOT: "Choose a person instead",
    _DEACTIVATED: "An admin can activate it again",
    _DIRECT_OFF: "Whoever set this app up can switch its messages tab on",
    _NOT_GRANTED: "An admin grants it by installing me again",
    _MOVING: "Wait until that is done",
    _NOT_IN_CHAT: "Add them to this team or chat",
    "introduction-unknown": "Look whether it is above",
    "zone-unknown": "Choose another with Edit",
    "missed while the bot was down": _MAKE_UP,
    "missed while it was not known whether the app is installed": _MAKE_UP,
    "content-gone": _MAKE_UP,
    "no-tips": "Whoever runs this bot can add some",
    _GONE: "Unarchive it, or turn tips on in another channel",
}


def cause(code: str) -> str:
    """Say why, as part of a sentence; a code that nobody has written words for is named as one."""
    if code in _CAUSES:
        return _CAUSES[code]
    if code.startswith("restricted_action"):
        return _FORBIDDEN
    if code.startswith(_QUIET):
        day = code.removeprefix(_QUIET)
        return day if day == _OWN_DATE else f"{_OWN_DATE}: {day}"
    if code.startswith(_SKIPPED):
        return f"{code.removeprefix(_SKIPPED)} skipped it"
    return f"the platform refused it with the code “{code}”" if _CODE.fullmatch(code) else code


def in_private(code: str) -> str:
    """Give the code as it is for one person's own tips: nobody can invite me into a direct message."""
    return "not-reached" if is_about_membership(code) else code


def among_people(code: str) -> str:
    """Give the code as it is for a direct message between people, where an invitation settles nothing."""
    return AMONG_PEOPLE if is_about_membership(code) else code


def doubt(code: str) -> str:
    """Say why nobody knows whether something was posted, as part of a sentence."""
    return _CAUSES.get(code, "the answer was lost")


def remedy(code: str) -> str:
    """Say what to do about it, as the beginning of a sentence; empty where nothing helps."""
    if code.startswith(_LATE):
        return _MAKE_UP
    if code.endswith(_NOT_SET_UP):
        return "Whoever runs this bot has to set it up"
    is_unknown = code not in _CAUSES and _CODE.fullmatch(code)
    return _REMEDIES.get(cause(code), _REMEDIES.get(code, _LOG if is_unknown else ""))


def is_about_settings(code: str) -> bool:
    """Say whether another choice in the settings would settle it."""
    return code == "zone-unknown"


def is_about_membership(code: str) -> bool:
    """Say whether an invitation would settle it."""
    return cause(code) in {_NOT_A_MEMBER, _NOT_ADDED}


def sentence(code: str, then: str) -> str:
    """Say why and what to do, ending with what to press `then`: `I am not a member … Type … there, then press X.`."""
    why = cause(code)
    what = remedy(code)
    closing = f"{what}, then {then}." if what else f"When that is settled, {then}."
    return f"{why[:1].upper()}{why[1:]}. {closing}"
