"""Say in words why something was not posted, and what to do about it.

Codes are Slack's own (docs.slack.dev, chat.postMessage, "Errors") and Teams' (the Bot Connector's).
`tests/cards/compose/test_reasons.py` walks the code tables of `messengers` and every case of `Reason`: none is without
words, and no refusal without advice.
"""

from typing import assert_never

from msgspec import Struct

from cards import reason, text
from cards.compose import phrases
from cards.compose.phrases import rich
from cards.reason import Cause, NotSetUp, Other, PlatformCode, QuietDate, Reason, SkippedBy, TooLate
from content.inline import Rich

INVITE = "/invite @PM Compare"

_MAKE_UP = "Send one now makes up for it"
_LOG = "Whoever runs this bot can find the details in its log"
_ADMIN = "An admin can change that"
_ANEW = "Ask for it again"


class _Said(Struct, frozen=True):
    """Why, as part of a sentence, and what to do about it, as the beginning of one; '' where nothing helps."""

    why: Rich
    what: str = ""


def _say(why: str, what: str = "") -> _Said:
    return _Said(rich(why), what)


_NOT_A_MEMBER = _say("I am not a member of this channel", f"Type {INVITE} there")
_NOT_ADDED = _say("the app PM Compare is not added here", "Add it to this team or chat")
_FORBIDDEN = _say("this workspace does not let me post here", _ADMIN)
_UNINSTALLED = _say("my installation in this workspace has ended", "An admin has to install me again")
_ILL_FORMED = _say("the platform did not accept the message", _LOG)
_NOT_IN_CHAT = _say("the person it is for is not a member here", "Add them to this team or chat")
_WRONG_CLOUD = _say(
    "this conversation belongs to another of Microsoft's clouds", "Whoever runs this bot has to set TEAMS_CLOUD"
)
_POST_DELETED = _say("the post it answers was deleted", _ANEW)

# What is said, and of which codes.
_PLATFORMS = (
    (_NOT_A_MEMBER, "not_in_channel channel_not_found channel_left group_left"),
    (_NOT_ADDED, "BotNotInConversationRoster ConversationNotFound ForbiddenOperationException http-404"),
    (
        _say("this channel is archived or gone", "Unarchive it, or turn tips on in another channel"),
        "is_archived is_inactive channel_archive channel_deleted channelDeleted teamDeleted teamArchived",
    ),
    (_FORBIDDEN, "ekm_access_denied app_access_restricted team_access_not_granted no_permission access_denied"),
    (_FORBIDDEN, "NotEnoughPermissions http-403"),
    (_UNINSTALLED, "token_revoked account_inactive invalid_auth token_expired not_authed"),
    (
        _say("messages from me are blocked here", "Unblock PM Compare there"),
        "MessageWritesBlocked ConversationBlockedByUser",
    ),
    (
        _say("Microsoft does not accept this bot's credentials", "Whoever runs this bot has to renew them"),
        "invalid_client Unauthorized BotNotRegistered http-401",
    ),
    (_ILL_FORMED, "invalid_blocks msg_blocks_too_long msg_too_long no_text"),
    (_ILL_FORMED, "MessageSizeTooBig BadSyntax BadArgument http-400 http-413"),
    (_POST_DELETED, "ActivityNotFoundInConversation thread_not_found message_not_found"),
    (
        _say("this workspace is being moved to an organization", "Wait until that is done"),
        "org_login_required team_added_to_org",
    ),
    (_say("an admin has switched this app off", _ADMIN), "BotDisabledByAdmin"),
    (_WRONG_CLOUD, "InvalidBotApiHost"),
    (_say("the post it answers takes no replies", _ANEW), "cannot_reply_to_message"),
    (_say("the post can no longer be changed", _ANEW), "cant_update_message edit_window_closed"),
    (_say("this thread is locked", "Whoever locked it can unlock it"), "restricted_action_thread_locked"),
    (_say("this channel has no threads", "Ask for it in another channel"), "restricted_action_non_threadable_channel"),
    (_say("the account it is for is not known here", "An admin can check whether it still exists"), "user_not_found"),
    (_say("it is for a bot, and I can write to people only", "Choose a person instead"), "cannot_dm_bot"),
    (_say("this account is deactivated", "An admin can activate it again"), "user_disabled"),
    (
        _say("direct messages to me are switched off here", "Whoever set this app up can switch its messages tab on"),
        "messages_tab_disabled",
    ),
    (_say("I lack a permission", "An admin grants it by installing me again"), "missing_scope"),
    (_NOT_IN_CHAT, "MemberNotFoundInConversation"),
)
_CODES = {code: said for said, codes in _PLATFORMS for code in codes.split()}


def why(stored: str) -> Rich:
    """Say why, as part of a sentence that may name a person; a code that nobody has words for is named as one."""
    return _said(reason.parse(stored)).why


def cause(stored: str) -> str:
    """Say why, as part of a sentence, in words alone."""
    return text.plain(why(stored))


def remedy(stored: str) -> str:
    """Say what to do about it, as the beginning of a sentence; empty where nothing helps."""
    return _said(reason.parse(stored)).what


def sentence(stored: str, then: str) -> str:
    """Say why and what to do, ending with what to press `then`: `I am not a member … Type … there, then press X.`."""
    said, what = cause(stored), remedy(stored)
    closing = f"{what}, then {then}." if what else f"Once that is settled, {then}."
    return f"{said[:1].upper()}{said[1:]}. {closing}"


def doubt(stored: str) -> str:
    """Say why nobody knows whether something was posted, as part of a sentence."""
    match reason.parse(stored):
        case Cause() as one:
            return text.plain(_of_ours(one).why)
        case PlatformCode(code) if code in _CODES:
            return text.plain(_CODES[code].why)
        case _:
            return "the answer was lost"


def in_private(stored: str) -> str:
    """Give the reason as it is for one person's own tips: nobody can invite me into a direct message."""
    return Cause.NOT_REACHED if _is_about_membership(stored) else stored


def among_people(stored: str) -> str:
    """Give the reason as it is for a direct message between people, where an invitation settles nothing."""
    return Cause.AMONG_PEOPLE if _is_about_membership(stored) else stored


def is_about_settings(stored: str) -> bool:
    """Say whether another choice in the settings would settle it."""
    return stored == Cause.ZONE_UNKNOWN


def _is_about_membership(stored: str) -> bool:
    """Say whether an invitation would settle it."""
    return _said(reason.parse(stored)) in (_NOT_A_MEMBER, _NOT_ADDED)


def _said(one: Reason) -> _Said:
    match one:
        case Cause():
            return _of_ours(one)
        case SkippedBy(person):
            return _Said(rich(phrases.person(person), " skipped it"))
        case QuietDate(day):
            return _say(day if day == reason.OWN_DATE else f"{reason.OWN_DATE}: {day}")
        case TooLate():
            return _say(str(one), _MAKE_UP)
        case NotSetUp():
            return _say(str(one), "Whoever runs this bot has to set it up")
        case PlatformCode(code):
            return _of_a_platform(code)
        case Other(words):
            return _say(words)
        case _:
            assert_never(one)


def _of_a_platform(code: str) -> _Said:
    if code in _CODES:
        return _CODES[code]
    if code.startswith("restricted_action"):  # and a dozen that begin with it: the workspace's own rules
        return _FORBIDDEN
    return _say(f"the platform refused it with the code “{code}”", _LOG)


def _of_ours(one: Cause) -> _Said:  # noqa: C901, PLR0911, PLR0912 # one case a cause: mypy sees that none is missing
    match one:
        case Cause.PERSON:
            return _say("somebody did")
        case Cause.INTRODUCTION_UNKNOWN:
            return _say(
                "nobody knows whether my introduction was posted: the answer was lost", "Check whether it is above"
            )
        case Cause.ZONE_UNKNOWN:
            return _say("its time zone is no longer known here", "Choose another with Edit")
        case Cause.UNINSTALLED:
            return _UNINSTALLED
        case Cause.CONTENT_GONE:
            return _say("its text was removed before it was due", _MAKE_UP)
        case Cause.NO_TIPS:
            return _say("the content holds no tip that can still come", "Whoever runs this bot can add some")
        case Cause.VOTING_OVER:
            return _say("voting was to end before I could post it", "Choose a later end")
        case Cause.POST_DELETED:
            return _POST_DELETED
        case Cause.NOT_DRAWN:
            return _say("a fault of ours kept it from being drawn", _LOG)
        case Cause.SLOWED:
            return _say("the platform asked to wait")
        case Cause.PAUSED:
            return _say("tips were paused")
        case Cause.OFF:
            return _say("tips were turned off")
        case Cause.STARTING:
            return _say("tips were not on yet")
        case Cause.MISSED:
            return _say("it was missed while the bot was down", _MAKE_UP)
        case Cause.MISSED_WHILE_HELD:
            return _say("it was missed while I could not tell whether I am still installed here", _MAKE_UP)
        case Cause.RESTORED:
            return _say("the database was restored from a backup of before")
        case Cause.LEASE_EXPIRED:
            return _say("the bot was stopped while it was being posted")
        case Cause.NEVER_CONFIRMED:
            return _say("nobody confirmed that it was posted")
        case Cause.LEASE_TOO_SHORT | Cause.NOT_THERE | Cause.SEEN:
            return _say(str(one))
        case Cause.AMONG_PEOPLE:
            return _say("nobody can invite me into a direct message between people", "Go to a channel that I am in")
        case Cause.NOT_REACHED:
            return _say("I cannot write to you by direct message", "Open PM Compare under Apps")
        case _:
            assert_never(one)
