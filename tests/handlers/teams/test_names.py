"""Conversations on Teams, whose names are stored: said to who is in them, and to nobody who has left."""

from pathlib import Path

from messengers.base import Address
from scheduler.subscriptions import turning_on
from scheduler.weekly import Schedule
from tests.scenarios.teams_chat import TeamsChat


async def test_a_conversation_is_named_to_who_is_in_it(tmp_path: Path) -> None:
    """An owner sees its name in their own chat; once they have left, what they own has no name there."""
    async with TeamsChat(tmp_path, enforce_rate=False) as chat:
        room = chat.teams.group("Secret plans", members=[chat.alice, chat.bob])
        await chat.teams.install(room)
        await chat.settle()
        address = Address("teams", chat.teams.tenant_id, room.id)
        async with chat.bot.database.write() as connection:
            addition = turning_on.Addition(address, Schedule.parse("monday", "09:00", "UTC"), owner=chat.alice.id)
            await turning_on.add_each(connection, [addition], introduce=False, now=chat.clock())
        assert "Secret plans" in (await chat.ask("home", place="alone")).text
        await chat.teams.leave(room, chat.alice)
        await chat.restart()  # what Teams said of Alice is remembered for five minutes
        home = await chat.ask("home", place="alone")
        assert "Mondays 09:00" in home.text
        assert "Secret plans" not in home.text
