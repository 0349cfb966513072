"""What Teams' answers mean for a post: how far a refusal reaches, and which answers leave it open."""

import re
from codecs import BOM_UTF8
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import orjson

from messengers.base import Refused, Scope, Slowed, Unknown
from messengers.outcomes import UNREACHABLE, retry_after
from messengers.teams.connector import Answer, UnsaidError

NOT_FOUND = "ConversationNotFound"
TOO_BIG = "MessageSizeTooBig"
NOT_A_MEMBER = "MemberNotFoundInConversation"  # of the person who is asked for

_RETRY_AFTER = 1.0  # seconds, where a 429 names none
_CONFLICT_WAIT = 5.0  # seconds; Teams: a 412 is two operations at once on one conversation
_TOGETHER = 1.0  # seconds; Teams counts a tenant's requests by the second
_LONGEST_CODE = 60  # characters; what is longer is no code

# How far a definite refusal reaches. Teams: bots/build-conversational-capability, "Status codes".
SCOPES: dict[str, Scope] = {
    **dict.fromkeys(
        (
            NOT_FOUND,
            "BotNotInConversationRoster",
            "BotDisabledByAdmin",  # by an app policy, which may be one person's
            "ConversationBlockedByUser",
            "ForbiddenOperationException",
            "MessageWritesBlocked",
            "InvalidBotApiHost",
            "NotEnoughPermissions",
            NOT_A_MEMBER,
        ),
        "conversation",
    ),
    "BotNotRegistered": "workspace",
    "ActivityNotFoundInConversation": "thread",
    **dict.fromkeys(("BadArgument", "BadSyntax", TOO_BIG), "message"),
}
STATUSES: dict[int, Scope] = {401: "workspace", 403: "conversation", 404: "conversation"}
_NOT_FOUND, _REQUEST_TIMEOUT, _CONFLICT, _TOO_MANY = 404, 408, 412, 429
_DONE, _CLIENT_ERRORS = range(200, 300), range(400, 500)
_PASSING = {"http-502", "http-503", "http-504"}
# No token, no connection, none free in the pool, or none that a proxy would lend: nothing was said to Teams. That there
# is no token is an operator's to settle, who is told at once; nobody's tips are paused for it.
_UNSAID = (
    UnsaidError,
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
_CODE = re.compile(r"[^A-Za-z0-9_.-]")


async def ask(call: Awaitable[Answer], *, in_thread: bool = False) -> Answer | Slowed | Refused | Unknown:
    """Run a call and tell its failures apart; nothing that may have been done is called refused."""
    try:
        answer = await call
    except _UNSAID:
        return UNREACHABLE
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return Unknown(type(error).__name__)
    return answer if answer.status in _DONE else refusal(answer, in_thread=in_thread)


def refusal(answer: Answer, *, in_thread: bool) -> Slowed | Refused | Unknown:
    """Tell what an answer that is no success says of a post, or of a post in a thread."""
    status, code = answer.status, code_of(answer)
    if status in {_TOO_MANY, _CONFLICT}:
        otherwise = _RETRY_AFTER if status == _TOO_MANY else _CONFLICT_WAIT
        return Slowed(retry_after(answer.retry_after, otherwise), scope="conversation")
    if status not in _CLIENT_ERRORS or status == _REQUEST_TIMEOUT:
        return Unknown(f"http-{status}")
    scope = SCOPES.get(code) or STATUSES.get(status, "message")
    # Teams: a thread whose root is gone is a conversation that is not found, or a 403 that says nothing.
    is_root_gone = in_thread and (code in {NOT_FOUND, "ServiceError"} or (status == _NOT_FOUND))
    return Refused(code or f"http-{status}", "thread" if is_root_gone else scope)


def body(answer: Answer) -> Mapping[str, Any]:
    """Read the JSON object of an answer; empty where it has none."""
    return object_of(answer.body) or {}


def object_of(data: bytes) -> Mapping[str, Any] | None:
    """Read the JSON object that one of Microsoft's services answered with; None where it is none."""
    try:
        read = orjson.loads(data.removeprefix(BOM_UTF8))  # which they write now and then
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def code_of(answer: Answer) -> str:
    """Give Teams' own code of an error, without spaces (`Bad Argument`); empty where its answer has none."""
    error = body(answer).get("error")
    if not isinstance(error, Mapping):
        return ""
    # Teams: somebody who blocked the bot is a `subCode` beside a code that says nothing.
    codes = [_CODE.sub("", one) for one in (error.get("code"), error.get("subCode")) if isinstance(one, str)]
    codes = [one for one in codes if one and len(one) <= _LONGEST_CODE]
    return next((one for one in codes if one in SCOPES), codes[0] if codes else "")


def is_doubtful(outcome: object) -> bool:
    """Say whether a refusal is worth a second try before anything follows from it.

    Teams now and then says of a conversation that is there that it is not (msteams-docs#9425), and of a token that is
    good that it is not. Nothing was posted, so trying again is safe.
    """
    return isinstance(outcome, Refused) and (outcome.code == NOT_FOUND or outcome.code in {"http-401", "Unauthorized"})


def is_passing(outcome: object) -> bool:
    """Say whether waiting may help. Teams: 412, 429, 502, 503 and 504 are to be tried again."""
    return isinstance(outcome, Slowed) or (isinstance(outcome, Unknown) and outcome.reason in _PASSING)


class Limits:
    """Tells whom a 429 is meant for, which Teams does not say: one conversation, or all of a workspace.

    Where two conversations hear it within a second, it is not they who are too fast.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._last: dict[str, tuple[str, float]] = {}

    def meant(self, slowed: Slowed, workspace: str, conversation: str) -> Slowed:
        """Give the outcome with the scope it has by what was heard before."""
        now = self._monotonic()
        earlier, at = self._last.get(workspace, (conversation, now))
        self._last[workspace] = (conversation, now)
        is_crowd = earlier != conversation and now - at <= _TOGETHER
        return Slowed(slowed.seconds, slowed.is_limit, "workspace" if is_crowd else slowed.scope)
