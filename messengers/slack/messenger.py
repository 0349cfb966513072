"""Reach out on Slack: post, change, whisper, answer a response_url, and say how it went; `views` opens modals."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import aiohttp
import orjson
import structlog
from msgspec import Struct
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from cards.model import Card
from cards.slack import render
from messengers.base import Address, LookedUp, Outcome, Posted, Refused, Slowed, Unknown
from messengers.outcomes import UNREACHABLE, ending
from messengers.people import Person
from messengers.slack.errors import NOTHING_SAID, code_of, refusal, scope_of
from messengers.slack.history import METADATA_EVENT, History
from messengers.slack.installations import NotInstalledError, UnservedError
from messengers.slack.people import People
from messengers.slack.views import Views

log = structlog.get_logger()

HOME_TIMEOUT = 2.0  # seconds: somebody looks at an empty tab
RESPOND_TIMEOUT = 10.0
REPLIES_AT_ONCE = 32  # acknowledgements are faster than replies: a crowd of clicks would pile up requests in memory
_RESPOND = aiohttp.ClientTimeout(total=RESPOND_TIMEOUT)
_JSON = {"Content-Type": "application/json; charset=utf-8"}


class Identity(Struct, frozen=True):
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
        monotonic: Callable[[], float] = time.monotonic,
        is_installed_again: Callable[[str], Awaitable[bool]] | None = None,
    ) -> None:
        """Take what it needs.

        Args:
            client: finds the Web API client of a workspace.
            replies: the HTTP session for response_urls: not the clients' own, whose connections posts need.
            record: is told each posting method and how it ended (`ok`, or Slack's code).
            monotonic: seconds, for how long something is remembered.
            is_installed_again: says whether a workspace that had no installation has one by now.
        """
        self._client = client
        self._is_installed_again = is_installed_again
        self._replies = replies
        self._turns = asyncio.Semaphore(REPLIES_AT_ONCE)
        self._record = record
        self._people = People(client, monotonic)
        self.views = Views(client)
        self._history = History(client, self._granted, monotonic)

    async def post(self, address: Address, card: Card, delivery_id: str) -> Outcome:
        """Post a card with chat.postMessage; the delivery's id travels as message metadata."""
        message = render.message(card)
        arguments: dict[str, Any] = {"thread_ts": address.thread} if address.thread else {}
        answer = await self._ask(
            address.workspace,
            lambda client: client.chat_postMessage(
                channel=address.conversation,
                text=message["text"],
                blocks=message["blocks"],
                metadata={"event_type": METADATA_EVENT, "event_payload": {"id": delivery_id}},
                unfurl_links=False,
                unfurl_media=False,
                **arguments,
            ),
        )
        outcome = _posted(answer, "ts", address) if isinstance(answer, AsyncSlackResponse) else answer
        if isinstance(answer, AsyncSlackResponse) and isinstance(outcome, Posted) and _is_astray(answer, address):
            # Slack has put it below another message, or begun a thread with it: it is taken back at once.
            posted = outcome.message_id
            await self._ask(
                address.workspace, lambda client: client.chat_delete(channel=address.conversation, ts=posted)
            )
            outcome = Refused("cannot_reply_to_message", "thread")
        self._record("chat.postMessage", ending(outcome))
        if isinstance(outcome, Posted) and outcome.conversation:
            self._history.learn_room(address.workspace, address.conversation, outcome.conversation)
        return outcome

    async def update(self, address: Address, message_id: str, card: Card) -> Outcome:
        """Put a card in the place of a message's former one with chat.update; doing it again is harmless.

        Its metadata stays, as Slack keeps what is not given. A post that is gone is refused with scope `thread`, one
        that cannot be changed with `message`.
        """
        message = render.message(card)
        answer = await self._ask(
            address.workspace,
            lambda client: client.chat_update(
                channel=address.conversation, ts=message_id, text=message["text"], blocks=message["blocks"]
            ),
        )
        outcome = Posted(message_id) if isinstance(answer, AsyncSlackResponse) else answer
        self._record("chat.update", ending(outcome))
        return outcome

    async def publish_home(self, workspace: str, person: str, card: Card) -> Outcome:
        """Show a card in a person's Home tab with views.publish; the outcome's `message_id` is the view's, if told.

        Slack answers `hash_conflict` where two publish at once: no hash of ours asks for that, so once more is enough.
        """
        view = render.home(card)
        answer = await self._ask(workspace, lambda client: _published(client, person, view))
        if isinstance(answer, Refused) and answer.code == "hash_conflict":
            answer = await self._ask(workspace, lambda client: _published(client, person, view))
        outcome = _shown(answer) if isinstance(answer, AsyncSlackResponse) else answer
        self._record("views.publish", ending(outcome))
        return outcome

    async def look_up(self, address: Address, delivery_id: str, since: datetime, attempt: int = 1) -> LookedUp:
        """Look for a delivery by its id in message metadata; needs a history scope, which no manifest of ours has."""
        return await self._history.look_up(address, delivery_id, since, attempt)

    async def whisper(self, address: Address, person: str, card: Card) -> Outcome:
        """Show a card to one person with chat.postEphemeral; it works only where the bot is a member."""
        message = render.message(card)
        arguments: dict[str, Any] = {"thread_ts": address.thread} if address.thread else {}
        answer = await self._ask(
            address.workspace,
            lambda client: client.chat_postEphemeral(
                channel=address.conversation, user=person, text=message["text"], blocks=message["blocks"], **arguments
            ),
        )
        return _posted(answer, "message_ts", address) if isinstance(answer, AsyncSlackResponse) else answer

    async def link(self, address: Address, message_id: str) -> str:
        """Find a message's permalink; empty where Slack does not say."""
        try:
            client = await self._client(address.workspace)
            answer = await client.chat_getPermalink(channel=address.conversation, message_ts=message_id)
        except (UnservedError, SlackApiError, aiohttp.ClientError, TimeoutError):
            return ""
        return str(answer.get("permalink", ""))

    async def respond(self, url: str, card: Card, *, replace: bool, thread: str = "") -> bool:
        """Answer an interaction through its response_url, in place of its card when `replace`.

        Slack: 5 uses in 30 minutes; False when it was used up or could not be reached.
        """
        return await self.send(url, reply(card, replace=replace, thread=thread))

    async def respond_words(self, url: str, words: str) -> bool:
        """Say plain words through a response_url, beside whatever card it belongs to."""
        return await self.send(url, _reply({"text": words, "replace_original": False}))

    async def send(self, url: str, written: bytes) -> bool:
        """Answer an interaction with what `reply` gave."""
        try:
            async with (
                self._turns,
                self._replies.post(url, data=written, headers=_JSON, timeout=_RESPOND) as response,
            ):
                ok = response.status == 200  # noqa: PLR2004 # HTTP's own number
                if not ok:
                    log.warning("slack.respond.refused", status=response.status, answer=(await response.text())[:200])
                return ok
        except (aiohttp.ClientError, OSError, ValueError) as error:  # ValueError: an address that none can have
            log.warning("slack.respond.failed", error=type(error).__name__)
            return False

    async def person(self, workspace: str, person: str) -> Person | None:
        """Tell whether somebody is an admin or has left, and their zone; None without `users:read`, or in doubt."""
        return await self._people.find(workspace, person)

    def sees_people(self, workspace: str) -> bool:
        """Say whether `person` can tell, as far as is known: not where `users:read` was found missing."""
        return self._people.may_ask(workspace)

    async def is_installed(self, workspace: str) -> bool | None:
        """Say whether our token still works; None where Slack does not say, so that nothing is decided in doubt."""
        try:
            await self.identity(workspace)
        except SlackApiError as error:
            return False if scope_of(code_of(error)) == "workspace" else None
        except UnservedError as error:
            return False if isinstance(error.outcome, Refused) else None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, AttributeError):
            # ValueError and AttributeError: slack_sdk on an answer that is not JSON, or not an object
            return None
        return True

    async def identity(self, workspace: str) -> Identity:
        """Ask Slack whose token this is with auth.test.

        Raises:
            UnservedError: there is no token for it.
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

    async def _ask(
        self, workspace: str, call: Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]
    ) -> AsyncSlackResponse | Slowed | Refused | Unknown:
        """Make a posting call as the app is installed in a workspace; where it is not, nothing is said to Slack."""
        try:
            try:
                client = await self._client(workspace)
            except NotInstalledError:
                # Another process may have installed the app: then only our memory has none.
                if self._is_installed_again is None or not await self._is_installed_again(workspace):
                    raise
                client = await self._client(workspace)
            return await _asked(call(client))
        except UnservedError as error:
            return error.outcome

    async def _granted(self, workspace: str) -> tuple[frozenset[str], str]:
        identity = await self.identity(workspace)
        return frozenset(identity.scopes), identity.bot_user


def reply(card: Card, *, replace: bool, thread: str = "") -> bytes:
    """Write what answers an interaction through its response_url, in place of its card when `replace`."""
    where = {"thread_ts": thread} if thread and not replace else {}
    return _reply({**render.message(card), "replace_original": replace, **where})


def _reply(message: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"response_type": "ephemeral", **message})


async def _asked(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse | Slowed | Refused | Unknown:
    """Run a posting call and tell its failures apart; nothing that may have been posted is called refused."""
    try:
        return await call
    except SlackApiError as error:
        return refusal(error)
    except NOTHING_SAID:
        return UNREACHABLE
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, AttributeError) as error:
        # ValueError and AttributeError: slack_sdk on an answer that is not JSON, or not an object
        return Unknown(type(error).__name__)


async def _published(client: AsyncWebClient, person: str, view: dict[str, Any]) -> AsyncSlackResponse:
    async with asyncio.timeout(HOME_TIMEOUT):
        return await client.views_publish(user_id=person, view=view)


def _shown(answer: AsyncSlackResponse) -> Posted:
    view = answer.get("view")
    view_id = view.get("id") if isinstance(view, Mapping) else None
    return Posted(view_id if isinstance(view_id, str) else "")


def _posted(answer: AsyncSlackResponse, id_key: str, address: Address) -> Posted | Unknown:
    message_id, channel = answer.get(id_key), answer.get("channel")
    if not isinstance(message_id, str) or not message_id:
        return Unknown("answer without an id")
    # A message to a person stands in a conversation of its own, D…: reactions come from there.
    elsewhere = channel if isinstance(channel, str) and channel != address.conversation else ""
    return Posted(message_id, conversation=elsewhere)


def _is_astray(answer: AsyncSlackResponse, address: Address) -> bool:
    """Say whether Slack says that a reply stands elsewhere; an answer that leaves its thread out says nothing."""
    message = answer.get("message")
    thread = message.get("thread_ts") if isinstance(message, Mapping) else None
    return bool(address.thread) and isinstance(thread, str) and thread not in {"", address.thread}
