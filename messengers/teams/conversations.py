"""Find where a message goes on Teams: the conversation's own address, and a person's chat, made where there is none."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import quote

from cachetools import TTLCache

from messengers.base import Address, Refused, Slowed, Unknown
from messengers.outcomes import UNREACHABLE, ending
from messengers.teams import PLATFORM, errors
from messengers.teams.connector import Answer, Connector
from store.conversations import Conversation, Conversations
from store.database.access import Database, UnusableError
from store.database.connection import AsyncConnection

_NO_PERSON = ("19:", "a:", "id-")  # how conversations begin, and a person's id that is only ours
_NOT_THERE = Refused(errors.NOT_FOUND, "conversation")

_KEPT = timedelta(seconds=60)  # what another process learns of one is known here a minute later
_MOST = 2_000  # conversations, about 1 MB

_conversations = Conversations()


class Directory:
    """Finds conversations as the store has them; `record` is told how making a chat ended."""

    def __init__(
        self,
        connector: Connector,
        database: Database,
        record: Callable[[str, str], None],
        *,
        bot: str,
        now: Callable[[], datetime],
    ) -> None:
        self._connector = connector
        self._database = database
        self._record = record
        self._bot = bot
        self._now = now
        self._found: TTLCache[tuple[str, str], Conversation, datetime] = TTLCache(_MOST, _KEPT, now)

    async def known(self, address: Address) -> Conversation | None:
        """Give where an address is, as far as it is known; None where the database can't be used either."""
        with suppress(UnusableError):
            async with self._database.read() as connection:
                return await row_of(connection, address.workspace, address.conversation)
        return None

    def learn(self, row: Conversation) -> None:
        """Remember a conversation as it was heard from just now, which spares the next post the look."""
        if not row.gone:
            self._found[row.workspace, row.id] = row

    def remembered(self, address: Address) -> Conversation | None:
        """Give where an address is, if it was found or heard from within the last minute."""
        return self._found.get((address.workspace, address.conversation))

    async def find(self, address: Address) -> Conversation | Slowed | Refused:
        """Give where an address is; a person's id means their chat with the bot.

        Nothing has been posted where this gives an outcome. Teams finds no conversation without its serviceUrl, which
        only an activity from there tells: one that was never heard of is not found, as one that is gone.
        """
        key = (address.workspace, address.conversation)
        if (kept := self.remembered(address)) is not None:
            return kept
        try:
            async with self._database.read() as connection:
                row = await row_of(connection, *key)
                service_url = (
                    row.service_url
                    if row
                    else await _conversations.service_url(connection, PLATFORM, address.workspace)
                )
        except UnusableError:
            return UNREACHABLE
        if row is not None:
            if row.gone:
                return _NOT_THERE
            self._found[key] = row  # spares the next posts the look; where it is gone since, Teams says so
            return row
        if not service_url or address.conversation.startswith(_NO_PERSON):
            return _NOT_THERE
        return await self._made(address, service_url)

    async def _made(self, address: Address, service_url: str) -> Conversation | Slowed | Refused:
        """Make the chat with a person. Teams: it gives the one that stands, and refuses who has not the app."""
        tenant, person = address.workspace, address.conversation
        body = {
            "bot": {"id": self._bot},
            "isGroup": False,
            "members": [{"id": person}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        answer = await errors.ask(self._connector.post(f"{service_url.rstrip('/')}/v3/conversations", body))
        match answer:
            case Refused(code, scope):
                self._record("conversations.create", ending(answer))
                # Teams: `BadSyntax` for an id that is nobody's in this tenant; the message is not looked at yet.
                return Refused(code, "workspace" if scope == "workspace" else "conversation")
            case Slowed() | Unknown():
                self._record("conversations.create", ending(answer))
                # A chat that may have been made is made again: that gives the same one.
                return answer if isinstance(answer, Slowed) else UNREACHABLE
            case _:
                id_ = id_of(answer)
        self._record("conversations.create", "ok" if id_ else "unknown")
        if not id_:
            return UNREACHABLE
        row = Conversation(PLATFORM, tenant, id_, "personal", service_url, self._now(), person=person)
        with suppress(UnusableError):  # then it is made again the next time
            async with self._database.write() as connection:
                await _conversations.keep(connection, row)
        return row


async def row_of(connection: AsyncConnection, workspace: str, id_: str) -> Conversation | None:
    """Find a conversation in the store, or a person's chat by the person; None where neither is known."""
    row = await _conversations.find(connection, PLATFORM, workspace, id_)
    return row or await _conversations.personal(connection, PLATFORM, workspace, id_)


def url(row: Conversation, *parts: str, thread: str = "") -> str:
    """Give a method's address. Teams: a thread in a channel is a conversation that ends in `;messageid=` and its root.

    What Teams' ids consist of stays as it is, and nothing else can end a part early.
    """
    conversation = f"{row.id};messageid={thread}" if thread else row.id
    path = "/".join(quote(part, safe=":@;=") for part in (conversation, *parts))
    return f"{row.service_url.rstrip('/')}/v3/conversations/{path}"


def id_of(answer: Answer) -> str:
    """Read the id out of a successful answer; empty where it has none."""
    id_ = errors.body(answer).get("id")
    return id_ if isinstance(id_, str) else ""
