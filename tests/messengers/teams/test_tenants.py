"""Sending to two tenants: each conversation at its own address, with the token of the bot's own tenant."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cards.compose import phrases
from cards.model import Card, Header, TextBlock
from messengers.base import Address, Posted
from store.conversations import Conversation, Conversations
from tests.bot.sides import teams_side
from tests.handlers.slack.world import MONDAY
from tests.scenarios.teams_chat import TeamsChat

OTHER = "5e5e5e5e-0000-4000-8000-0000000000ff"
CARD = Card("A card", (Header("A card"),))
PERSON = "aaaaaaaa-0000-4000-8000-000000000001"


class Region:
    """An address of Teams' that notes what is posted to it: the path, and the token."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: list[tuple[str, str]] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request, and say that it was posted."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        await reader.readexactly(int(lines["content-length"]))
        self.heard.append((head.split()[1], lines["authorization"]))
        body = json.dumps({"id": "a:of-the-other" if head.split()[1].endswith("v3/conversations") else "m1"}).encode()
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nConnection: close\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()


@asynccontextmanager
async def region() -> AsyncIterator[Region]:
    """Listen until the end of the block."""
    found = Region()
    async with await asyncio.start_server(found.answer, "127.0.0.1", 0) as server:
        found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/amer/"
        yield found


async def test_the_same_id_in_two_tenants_is_two_conversations(tmp_path: Path) -> None:
    """Each post goes to its own address; both show the token that the bot's own tenant gave."""
    async with TeamsChat(tmp_path, TEAMS_ALLOWED_TENANTS="*") as chat, region() as away:
        messenger = teams_side(chat.bot).messenger
        tokens = teams_side(chat.bot).tokens
        row = Conversation("teams", OTHER, chat.room.id, "channel", away.url, MONDAY)
        async with chat.bot.database.write() as connection:
            await Conversations().keep(connection, row)
        before = len(chat.teams.messages(chat.room))
        ours = await messenger.post(Address("teams", chat.teams.tenant_id, chat.room.id), CARD, "one")
        theirs = await messenger.post(Address("teams", OTHER, chat.room.id), CARD, "another")
        assert isinstance(ours, Posted)
        assert isinstance(theirs, Posted)
        assert len(chat.teams.messages(chat.room)) == before + 1
        assert tokens is not None
        token = f"bearer {await tokens.current()}".lower()  # the emulated Entra knows no other tenant to ask for one
        assert away.heard == [(f"/amer/v3/conversations/{chat.room.id}/activities", token)]


async def test_a_persons_chat_is_made_in_their_own_tenant(tmp_path: Path) -> None:
    """By the address that this tenant's conversations have, and never by another's."""
    async with TeamsChat(tmp_path, TEAMS_ALLOWED_TENANTS="*") as chat, region() as away:
        messenger = teams_side(chat.bot).messenger
        nobody = await messenger.post(Address("teams", OTHER, chat.alice.id), CARD, "one")
        assert not isinstance(nobody, Posted)
        row = Conversation("teams", OTHER, "19:there@thread.tacv2", "channel", away.url, MONDAY)
        async with chat.bot.database.write() as connection:
            await Conversations().keep(connection, row)
        made = await messenger.post(Address("teams", OTHER, chat.alice.id), CARD, "one")
        assert isinstance(made, Posted)
        assert [path for path, _ in away.heard] == [
            "/amer/v3/conversations",
            "/amer/v3/conversations/a:of-the-other/activities",
        ]


async def test_a_name_is_the_tenants_own(tmp_path: Path) -> None:
    """What somebody is called in one tenant is said in no other."""
    card = Card("A card", (TextBlock(phrases.people([PERSON])),))
    async with TeamsChat(tmp_path, TEAMS_ALLOWED_TENANTS="*") as chat:
        messenger = teams_side(chat.bot).messenger
        messenger.learn_name(OTHER, PERSON, "Ann of the other tenant")
        assert await messenger.names(Address("teams", chat.teams.tenant_id, chat.room.id), card) == {}
        found = await messenger.names(Address("teams", OTHER, chat.room.id), card)
        assert found == {PERSON: "Ann of the other tenant"}
