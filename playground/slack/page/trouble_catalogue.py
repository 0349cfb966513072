"""Every trouble that can be ordered, in words: what happens, and what Slack means by it."""

from playground.shared.page.trouble import ANSWER_LOST, ANSWER_UNREADABLE, NOTHING_DONE, SLOW, TOO_FAST
from playground.shared.trouble import Chapter, Possible


def _code(error: str, legend: str) -> Possible:
    return Possible("error", error, legend, error)


# Codes and meanings: docs.slack.dev/reference/methods/chat.postMessage, "Errors"; web-api/rate-limits.
CATALOGUE = (
    Chapter(
        "It was done, and the answer is lost",
        "The message stands in the channel, and the bot can’t know it. Sending it again would post it twice.",
        (
            *ANSWER_LOST,
            Possible("fatal_error_after", "fatal_error after", "Done; then Slack says it failed.", "fatal_error"),
            Possible("error_after", "internal_error after", "Done; then Slack says it stumbled.", "internal_error"),
            Possible("error_after", "request_timeout after", "Done; then Slack says it was late.", "request_timeout"),
            ANSWER_UNREADABLE,
        ),
    ),
    Chapter(
        "Nothing was done, and the bot can’t tell",
        "From outside it looks just like the ones above: the outcome is unknown.",
        (
            *NOTHING_DONE,
            _code("fatal_error", "Slack failed badly; here nothing was done."),
            _code("internal_error", "Slack stumbled; here nothing was done."),
            _code("request_timeout", "Slack gave up on the request; here nothing was done."),
        ),
    ),
    Chapter(
        "Wait",
        "Nothing was done. The bot should come back later, and not sooner than it is told.",
        (
            TOO_FAST,
            _code("ratelimited", "The same as a code, without the status 429."),
            _code("message_limit_exceeded", "The workspace has had its messages for now."),
            SLOW,
        ),
    ),
    Chapter(
        "This channel does not take it",
        "A definite no: nothing was posted. Tips should pause with the reason, and their owner be told once.",
        (
            _code("not_in_channel", "The bot was not invited."),
            _code("channel_not_found", "No such channel, or a private one that hides itself."),
            _code("is_archived", "The channel is archived."),
            _code("is_inactive", "The channel is frozen."),
            _code("channel_archive", "The channel was archived just now."),
            _code("channel_deleted", "The channel was deleted."),
            _code("channel_left", "The bot has left the channel."),
            _code("group_left", "The bot has left the private channel."),
            _code("user_disabled", "The person of these direct messages is deactivated."),
            _code("messages_tab_disabled", "The app takes no direct messages."),
        ),
    ),
    Chapter(
        "The workspace forbids it",
        "A definite no by a rule of the workspace. Trying again does not help.",
        (
            _code("restricted_action", "A preference of the workspace keeps apps from posting here."),
            _code("restricted_action_read_only_channel", "Only some may post in this channel."),
            _code("restricted_action_thread_only_channel", "Only replies are allowed here."),
            _code("restricted_action_non_threadable_channel", "Threads are switched off here."),
            _code("restricted_action_thread_locked", "This thread is locked."),
            _code("ekm_access_denied", "Administrators have suspended posting."),
            _code("app_access_restricted", "Administrators restrict this app."),
        ),
    ),
    Chapter(
        "The installation is gone or too old",
        "Everything of this workspace stops, or asks to be installed again.",
        (
            _code("token_revoked", "The app was removed."),
            _code("token_expired", "The token is too old."),
            _code("account_inactive", "The bot’s user or the workspace is gone."),
            _code("invalid_auth", "Slack does not know the token."),
            _code("missing_scope", "A scope was not granted; the answer names it."),
        ),
    ),
    Chapter(
        "The thread is gone",
        "The post to answer was deleted. The answer must not land in the channel instead.",
        (
            _code("cannot_reply_to_message", "This message can’t be replied to."),
            _code("thread_not_found", "There is no such thread."),
            _code("message_not_found", "There is no such message."),
        ),
    ),
    Chapter(
        "The post can’t be changed",
        "It stands as it is, or it is gone. Trying again does not help, but for the last one.",
        (
            _code("cant_update_message", "The message is not the app’s own."),
            _code("edit_window_closed", "The workspace allows no edits any more."),
            _code("update_failed", "Slack stumbled; trying again is safe."),
        ),
    ),
)
METHODS = (
    ("chat.postMessage", "posting a message"),
    ("chat.postEphemeral", "showing something to one person"),
    ("chat.update", "changing a message"),
    ("chat.delete", "deleting a message"),
    ("chat.getPermalink", "asking for a link"),
    ("views.open", "opening a form"),
    ("views.publish", "drawing the Home tab"),
    ("users.info", "asking about a person"),
    ("auth.test", "asking whose token it is"),
    ("oauth.v2.access", "fetching a token, or a new one"),
    ("conversations.history", "reading a channel"),
    ("conversations.replies", "reading a thread"),
    ("*", "any call"),
)
SCOPES = (
    ("commands", "the slash command"),
    ("chat:write", "posting"),
    ("reactions:read", "hearing of reactions"),
    ("app_mentions:read", "hearing of mentions"),
    ("users:read", "a person’s time zone, and who is an admin"),
    ("channels:history", "reading public channels the bot is in"),
    ("groups:history", "reading private channels the bot is in"),
    ("im:history", "reading direct messages with the bot"),
)
