"""Where the bot is on Teams: what goes in comes out, found by id, by person and by team."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import IntegrityError

from scheduler.subscriptions import pausing
from store.conversations import Conversation, Conversations
from store.database.access import Database
from tests.store.rows import NOW

conversations = Conversations()
ROOM = Conversation(
    "teams", "tenant", "19:room@thread.tacv2", "channel", "https://smba.example/emea/", NOW, team="19:team", name="Room"
)
ALICE = Conversation("teams", "tenant", "a:1alice", "personal", "https://smba.example/emea/", NOW, person="alice")


async def test_a_conversation_comes_out_as_it_went_in_and_is_written_over(database: Database) -> None:
    """Every field survives; a second `keep` changes the row, and adds none."""
    async with database.write() as connection:
        await conversations.keep(connection, ROOM)
        assert await conversations.find(connection, "teams", "tenant", ROOM.id) == ROOM
        renamed = replace(ROOM, name="Another", service_url="https://smba.example/amer/", gone=True)
        await conversations.keep(connection, renamed)
        assert await conversations.find(connection, "teams", "tenant", ROOM.id) == renamed
        assert await conversations.of_team(connection, "teams", "tenant", "19:team") == (renamed,)
        assert await conversations.find(connection, "teams", "another", ROOM.id) is None
        assert await conversations.find(connection, "slack", "tenant", ROOM.id) is None


async def test_a_persons_chat_is_the_newest_that_is_there(database: Database) -> None:
    """Of several chats with one person the newest counts; one that is gone does not."""
    newer = replace(ALICE, id="a:1again", changed_at=NOW + timedelta(days=1))
    async with database.write() as connection:
        assert await conversations.personal(connection, "teams", "tenant", "alice") is None
        await conversations.keep(connection, ALICE)
        await conversations.keep(connection, newer)
        assert await conversations.personal(connection, "teams", "tenant", "alice") == newer
        await conversations.gone(connection, "teams", "tenant", [newer.id])
        assert await conversations.personal(connection, "teams", "tenant", "alice") == ALICE
        assert await conversations.personal(connection, "teams", "tenant", "bob") is None


async def test_forgetting_takes_what_is_named_and_no_more(database: Database) -> None:
    """By id, and with the whole workspace when the app is removed from it."""
    elsewhere = replace(ROOM, workspace="another")
    async with database.write() as connection:
        for one in (ROOM, ALICE, elsewhere):
            await conversations.keep(connection, one)
        assert await conversations.forget(connection, "teams", "tenant", []) == 0
        await conversations.gone(connection, "teams", "tenant", [])
        assert await conversations.forget(connection, "teams", "tenant", [ROOM.id, "none"]) == 1
        assert await conversations.find(connection, "teams", "tenant", ROOM.id) is None
        await pausing.forget_workspace(connection, "teams", "tenant")
        assert await conversations.find(connection, "teams", "tenant", ALICE.id) is None
        assert await conversations.find(connection, "teams", "another", ROOM.id) == elsewhere


async def test_a_kind_that_is_none_is_refused(database: Database) -> None:
    """The database itself keeps to the three kinds."""
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await conversations.keep(connection, replace(ROOM, kind="meeting"))


async def test_an_instant_without_its_zone_is_not_taken_for_this_machines_time(database: Database) -> None:
    """It would be kept hours away from what was meant, without a word."""
    async with database.write() as connection:
        with pytest.raises((ValueError, TypeError)):  # the second where a list of rows is written
            await conversations.keep(connection, replace(ROOM, changed_at=NOW.replace(tzinfo=None)))
        assert await conversations.find(connection, "teams", "tenant", ROOM.id) is None
