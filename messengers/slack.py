"""Reach out on Slack: post, whisper, answer a response_url, open a form, and say plainly how it went."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

import aiohttp
import orjson
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from cards import slack
from cards.model import Card, Form
from messengers.base import Address, Outcome, Posted, Refused, Slowed, Unknown

log = structlog.get_logger()

METADATA_EVENT = "pm_compare_delivery"
# Seconds. Slack: a trigger_id lives 3 s, and the acknowledgement waits for both of these.
OPEN_TIMEOUT = 1.8
ZONE_TIMEOUT = 0.6
RESPOND_TIMEOUT = 10.0
_REPLIES_AT_ONCE = 32  # acknowledgements are faster than replies: a crowd of clicks would pile up requests in memory
_RESPOND = aiohttp.ClientTimeout(total=RESPOND_TIMEOUT)
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_UNREACHABLE_WAIT = 30.0  # seconds; nothing left this machine, so trying again is safe

# How far a definite refusal reaches. Slack: chat.postMessage, "Errors"; messages of docs.slack.dev.
_SCOPES: dict[str, str] = {
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
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_non_threadable_channel",
            "restricted_action_thread_only_channel",
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
    **dict.fromkeys(
        ("cannot_reply_to_message", "thread_not_found", "message_not_found"),
        "thread",
    ),
}
# Slack may have posted all the same: never resend (platform-facts: "outcome unknown").
_UNSURE = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_quota_exceeded"})
_SLOW_DOWN = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token belongs to: workspace, bot user, the workspace's own address, and the scopes granted."""

    workspace: str
    bot_user: str
    url: str
    scopes: tuple[str, ...]


class SlackMessenger:
    """The Slack body of `Messenger`, with one client a workspace."""

    def __init__(
        self,
        client: Callable[[str], Awaitable[AsyncWebClient]],
        replies: aiohttp.ClientSession,
        record: Callable[[str, str], None],
    ) -> None:
        """Take what it needs.

        Args:
            client: finds the Web API client of a workspace.
            replies: the HTTP session for response_urls: not the clients' own, whose connections posts need.
            record: is told each posting method and how it ended (`ok`, or Slack's code).
        """
        self._client = client
        self._replies = replies
        self._turns = asyncio.Semaphore(_REPLIES_AT_ONCE)
        self._record = record
        self._zoneless: set[str] = set()  # workspaces that did not grant users:read: asked once in a process's life

    async def post(self, address: Address, card: Card, delivery_id: str) -> Outcome:
        """Post a card with chat.postMessage; the delivery's id travels as message metadata."""
        client = await self._client(address.workspace)
        message = slack.message(card)
        arguments: dict[str, Any] = {"thread_ts": address.thread} if address.thread else {}
        answer = await _ask(
            client.chat_postMessage(
                channel=address.conversation,
                text=message["text"],
                blocks=message["blocks"],
                metadata={"event_type": METADATA_EVENT, "event_payload": {"delivery": delivery_id}},
                unfurl_links=False,
                unfurl_media=False,
                **arguments,
            )
        )
        outcome = _posted(answer, "ts") if isinstance(answer, AsyncSlackResponse) else answer
        if isinstance(answer, AsyncSlackResponse) and isinstance(outcome, Posted) and _is_astray(answer, address):
            # Slack puts an answer whose thread is gone into the channel; it is taken back at once.
            await _ask(client.chat_delete(channel=address.conversation, ts=outcome.message_id))
            outcome = Refused("cannot_reply_to_message", "thread")
        self._record("chat.postMessage", _ending(outcome))
        return outcome

    async def whisper(self, address: Address, person: str, card: Card) -> Outcome:
        """Show a card to one person with chat.postEphemeral; it works only where the bot is a member."""
        client = await self._client(address.workspace)
        message = slack.message(card)
        arguments: dict[str, Any] = {"thread_ts": address.thread} if address.thread else {}
        answer = await _ask(
            client.chat_postEphemeral(
                channel=address.conversation, user=person, text=message["text"], blocks=message["blocks"], **arguments
            )
        )
        return _posted(answer, "message_ts") if isinstance(answer, AsyncSlackResponse) else answer

    async def link(self, address: Address, message_id: str) -> str:
        """Find a message's permalink; empty where Slack does not say."""
        client = await self._client(address.workspace)
        try:
            answer = await client.chat_getPermalink(channel=address.conversation, message_ts=message_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return ""
        return str(answer.get("permalink", ""))

    async def respond(self, url: str, card: Card, *, replace: bool, thread: str = "") -> bool:
        """Answer an interaction through its response_url, in place of its card when `replace`.

        Slack: 5 uses in 30 minutes; False when it was used up or could not be reached.
        """
        where = {"thread_ts": thread} if thread and not replace else {}
        return await self._respond(url, {**slack.message(card), "replace_original": replace, **where})

    async def respond_words(self, url: str, words: str) -> bool:
        """Say plain words through a response_url, beside whatever card it belongs to."""
        return await self._respond(url, {"text": words, "replace_original": False})

    async def _respond(self, url: str, message: Mapping[str, Any]) -> bool:
        body = {"response_type": "ephemeral", **message}
        try:
            async with (
                self._turns,
                self._replies.post(url, data=orjson.dumps(body), headers=_JSON, timeout=_RESPOND) as response,
            ):
                ok = response.status == 200  # noqa: PLR2004 # HTTP's own number
                if not ok:
                    log.warning("slack.respond.refused", status=response.status, answer=(await response.text())[:200])
                return ok
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.respond.failed", error=type(error).__name__)
            return False

    async def open_form(self, workspace: str, trigger_id: str, form: Form, now: datetime) -> str:
        """Open a form with views.open, zones at their offset of `now`.

        Gives '' on success, else Slack's code (`expired_trigger_id`, …) or `timeout`.
        """
        client = await self._client(workspace)
        try:
            async with asyncio.timeout(OPEN_TIMEOUT):
                await client.views_open(trigger_id=trigger_id, view=slack.view(form, now))
        except SlackApiError as error:
            return code_of(error) or "unreadable_answer"
        except (aiohttp.ClientError, TimeoutError):
            return "timeout"
        return ""

    async def zone(self, workspace: str, person: str) -> str:
        """Find a person's IANA time zone with users.info (`users:read`); empty where it was not granted or is slow."""
        if workspace in self._zoneless:
            return ""
        client = await self._client(workspace)
        try:
            async with asyncio.timeout(ZONE_TIMEOUT):
                answer = await client.users_info(user=person)
        except SlackApiError as error:
            if code_of(error) == "missing_scope":
                self._zoneless.add(workspace)
            return ""
        except (aiohttp.ClientError, TimeoutError):
            return ""
        user = answer.get("user")
        return str(user.get("tz", "")) if isinstance(user, Mapping) else ""

    async def is_installed(self, workspace: str) -> bool | None:
        """Say whether our token still works; None where Slack does not say, so that nothing is decided in doubt."""
        try:
            await self.identity(workspace)
        except SlackApiError as error:
            return False if _SCOPES.get(code_of(error)) == "workspace" else None
        except (aiohttp.ClientError, TimeoutError):
            return None
        return True

    async def identity(self, workspace: str) -> Identity:
        """Ask Slack whose token this is with auth.test.

        Raises:
            SlackApiError: Slack refuses the token.
            aiohttp.ClientError, TimeoutError: it cannot be reached.
        """
        client = await self._client(workspace)
        answer = await client.auth_test()
        scopes = str(answer.headers.get("x-oauth-scopes", ""))
        return Identity(
            str(answer.get("team_id", "")),
            str(answer.get("user_id", "")),
            str(answer.get("url", "")),
            tuple(scope for scope in (part.strip() for part in scopes.split(",")) if scope),
        )


async def _ask(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse | Slowed | Refused | Unknown:
    """Run a posting call and tell its failures apart; nothing that may have been posted is called refused."""
    try:
        return await call
    except SlackApiError as error:
        return _refusal(error)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        # No connection, or none free in the pool: nothing has left this machine.
        return Slowed(_UNREACHABLE_WAIT)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, AttributeError) as error:
        # ValueError and AttributeError: slack_sdk on an answer that is not JSON, or not an object
        return Unknown(type(error).__name__)


def _posted(answer: AsyncSlackResponse, id_key: str) -> Posted | Unknown:
    message_id = answer.get(id_key)
    return Posted(message_id) if isinstance(message_id, str) and message_id else Unknown("answer without an id")


def _is_astray(answer: AsyncSlackResponse, address: Address) -> bool:
    message = answer.get("message")
    return bool(address.thread) and isinstance(message, Mapping) and not message.get("thread_ts")


def _ending(outcome: Outcome) -> str:
    match outcome:
        case Posted():
            return "ok"
        case Slowed():
            return "ratelimited"
        case Refused(code):
            return code
        case Unknown():
            return "unknown"
        case _:
            assert_never(outcome)


def _refusal(error: SlackApiError) -> Slowed | Refused | Unknown:
    status = getattr(error.response, "status_code", None) or getattr(error.response, "status", None) or 0
    code = code_of(error)
    if status == 429 or code in _SLOW_DOWN:  # noqa: PLR2004 # HTTP's own number
        return Slowed(_retry_after(error))
    if not code or code in _UNSURE or status >= 500:  # noqa: PLR2004 # HTTP's own number
        return Unknown(code or f"http {status}")
    return Refused(code, _SCOPES.get(code, "message"))


def code_of(error: SlackApiError) -> str:
    """Give Slack's own code of an error; empty where its answer was none that slack_sdk can read."""
    data = getattr(error.response, "data", None)
    code = data.get("error", "") if isinstance(data, Mapping) else ""
    return code if isinstance(code, str) else ""


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", {}) or {}
    try:
        return max(1.0, float(headers.get("Retry-After", "") or 30))
    except ValueError:
        return 30.0
