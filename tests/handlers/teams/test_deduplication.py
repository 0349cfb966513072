"""Each activity is handled once, and its copies get the same answer."""

import asyncio

import pytest

from handlers.teams.deduplication import Deduplicator
from handlers.teams.responses import Reply


class Counter:
    """Something to do, counted; it waits while `door` is closed."""

    def __init__(self, *faults: Exception) -> None:
        self.done = 0
        self.faults = list(faults)
        self.door = asyncio.Event()
        self.door.set()

    async def act(self) -> Reply:
        """Do it: the answer says how often it was done."""
        await self.door.wait()
        self.done += 1
        if self.faults:
            raise self.faults.pop(0)
        return Reply(200, self.done)


async def test_copies_at_the_same_time_wait_for_one_answer() -> None:
    """Teams sends again while the first is still being answered."""
    turns, counter = Deduplicator(), Counter()
    counter.door.clear()
    asked = [asyncio.create_task(turns.once("a", counter.act)) for _ in range(5)]
    await asyncio.wait(asked, timeout=0)
    counter.door.set()
    assert [await each for each in asked] == [Reply(200, 1)] * 5
    assert await turns.once("a", counter.act) == Reply(200, 1)
    assert await turns.once("b", counter.act) == Reply(200, 2)


async def test_who_hangs_up_takes_the_answer_from_nobody() -> None:
    """The first connection breaks; the copy on the next one is answered, and it was done once."""
    turns, counter = Deduplicator(), Counter()
    counter.door.clear()
    first = asyncio.create_task(turns.once("a", counter.act))
    second = asyncio.create_task(turns.once("a", counter.act))
    await asyncio.wait((first, second), timeout=0)
    first.cancel()
    counter.door.set()
    assert await second == Reply(200, 1)
    assert counter.done == 1
    assert (await asyncio.gather(first, return_exceptions=True))[0].__class__ is asyncio.CancelledError


async def test_what_failed_is_tried_again_by_the_next_copy() -> None:
    """A fault is no answer; whoever waited for it hears of it."""
    turns, counter = Deduplicator(), Counter(ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        await turns.once("a", counter.act)
    assert await turns.once("a", counter.act) == Reply(200, 2)


async def test_answers_of_long_ago_are_let_go() -> None:
    """Memory is bounded."""
    turns, counter = Deduplicator(most=2), Counter()
    for key in "abc":
        await turns.once(key, counter.act)
    assert await turns.once("c", counter.act) == Reply(200, 3)
    assert await turns.once("a", counter.act) == Reply(200, 4)
