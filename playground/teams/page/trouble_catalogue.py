"""Every trouble that can be ordered for Teams, in words: what happens, and what Teams means by it.

Codes: bots/build-conversational-capability, "status codes from agent conversational APIs".
"""

from playground.shared.page.trouble import ANSWER_LOST, ANSWER_UNREADABLE, NOTHING_DONE, SLOW, TOO_FAST
from playground.shared.trouble import Chapter, Possible

# The connector's code -> the HTTP status it comes with.
STATUSES = {
    "BadArgument": 400,
    "BadSyntax": 400,
    "Unauthorized": 401,
    "BotNotRegistered": 401,
    "BotDisabledByAdmin": 403,
    "BotNotInConversationRoster": 403,
    "ConversationBlockedByUser": 403,
    "ForbiddenOperationException": 403,
    "InvalidBotApiHost": 403,
    "MessageWritesBlocked": 403,
    "NotEnoughPermissions": 403,
    "ActivityNotFoundInConversation": 404,
    "ConversationNotFound": 404,
    "MemberNotFoundInConversation": 404,
    "PreconditionFailed": 412,
    "MessageSizeTooBig": 413,
    "Throttled": 429,
    "ServiceError": 500,
}


def _code(error: str, legend: str) -> Possible:
    return Possible("error", f"{error} ({STATUSES[error]})", legend, error)


CATALOGUE = (
    Chapter(
        "It was done, but the answer is lost",
        "The message stands in the conversation, and the bot can’t know it. Sending it again would post it twice.",
        (
            *ANSWER_LOST,
            Possible("error_after", "ServiceError after", "Done; then Teams says it stumbled.", "ServiceError"),
            ANSWER_UNREADABLE,
        ),
    ),
    Chapter(
        "Nothing was done, and the bot can’t tell",
        "From outside it looks just like the ones above: the outcome is unknown.",
        (
            *NOTHING_DONE,
            _code("ServiceError", "Teams stumbled; here nothing was done."),
        ),
    ),
    Chapter(
        "Wait",
        "Nothing was done. The bot should come back later, and not sooner than it is told.",
        (
            TOO_FAST,
            _code("PreconditionFailed", "Several things happened to the conversation at once; try again."),
            SLOW,
        ),
    ),
    Chapter(
        "This conversation does not take it",
        "A definite no: nothing was posted. Tips should pause with the reason.",
        (
            _code("BotNotInConversationRoster", "The app was removed from the conversation."),
            _code("ConversationNotFound", "The conversation is gone, or its id is wrong."),
            _code("ConversationBlockedByUser", "The person has blocked the bot."),
            _code("MessageWritesBlocked", "The person has blocked or removed the bot; the older code for it."),
            _code("ForbiddenOperationException", "The app is not installed for this person."),
            _code("NotEnoughPermissions", "The team is archived, or posting is moderated."),
            _code("MemberNotFoundInConversation", "The person is not in the conversation."),
        ),
    ),
    Chapter(
        "The tenant forbids it",
        "A definite no by the organisation. Trying again does not help.",
        (
            _code("BotDisabledByAdmin", "The administrator has switched the app off."),
            _code("BotNotRegistered", "The bot’s registration is gone."),
            _code("Unauthorized", "The token is not accepted."),
            _code("InvalidBotApiHost", "The wrong cloud’s address for this tenant."),
        ),
    ),
    Chapter(
        "This message can’t be",
        "The message or the one it answers is the trouble; the conversation is fine.",
        (
            _code("ActivityNotFoundInConversation", "The post to answer or to change was deleted."),
            _code("MessageSizeTooBig", "More than Teams takes."),
            _code("BadSyntax", "Teams can’t read it."),
            _code("BadArgument", "Teams can read it, and it makes no sense."),
        ),
    ),
)
METHODS = (
    ("post", "posting a message"),
    ("update", "changing a message"),
    ("delete", "deleting a message"),
    ("create", "opening a personal chat"),
    ("member", "asking about a person"),
    ("members", "asking who is there"),
    ("token", "getting a token"),
    ("keys", "reading the keys that activities are signed with"),
    ("*", "any call"),
)
