"""What is under way at a stop is waited for, and what it starts meanwhile too."""

import asyncio

from bot.tasks import Tasks


async def test_work_that_starts_more_work_is_waited_for_whole() -> None:
    """An answer that is refused promises another one: both belong to the stop."""
    tasks, done = Tasks(), []

    async def say(word: str) -> None:
        await asyncio.sleep(0)
        done.append(word)

    async def begin() -> None:
        await say("first")
        tasks.spawn(say("second"))

    tasks.spawn(begin())
    await tasks.drain(5)
    assert done == ["first", "second"]
