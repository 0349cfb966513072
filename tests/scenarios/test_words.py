"""What people type, as it is written in real life, at both platforms' edges: answered like the bare command."""

import pytest

from tests.handlers.test_words import AROUND, WRITTEN
from tests.scenarios.chat import Chat

pytestmark = pytest.mark.long

SAMPLE = ("risks", "7", "risks detail", "Skills and decision‑making", "what is drift", "help", "tips", "stop")


async def answered(chat: Chat, words: str, number: int) -> str:
    """Ask, now alone with the bot and now among others: Teams takes so many posts to one place and no more."""
    return (await chat.ask(words, place="room" if number % 2 else "alone")).text


async def test_a_decorated_command_is_the_command(chat: Chat) -> None:
    """A sample of commands, each in another writing and with something else around it."""
    around, written = list(AROUND.values()), list(WRITTEN.values())
    different = []
    for place, plain in enumerate(SAMPLE):
        meant = await answered(chat, plain, place)
        ways = [each.format(plain) for each in around[place :: len(SAMPLE)]]
        ways += [write(plain) for write in written[place :: len(SAMPLE)]]
        different += [typed for typed in ways if await answered(chat, typed, place) != meant]
    assert different == []
