"""Who may begin when a crowd is at the door."""

import asyncio

from bot.web.request_gate import RequestGate


async def begun(turns: RequestGate, into: list[int], number: int) -> None:
    """Begin, and say so."""
    await turns.begin()
    into.append(number)


async def test_what_is_answered_at_once_waits_for_nobody() -> None:
    """Where nobody is under way a whole round may begin, and ends before the next."""
    turns = RequestGate(at_once=8, beside=1)
    for _ in range(3):
        for _ in range(8):
            await asyncio.wait_for(turns.begin(), 1)
            turns.end()
        await asyncio.sleep(0)


async def test_a_few_a_round_begin_beside_those_who_wait_for_something() -> None:
    """In the order they came; none is forgotten, and one who has gone takes nobody's turn."""
    turns, into = RequestGate(at_once=4, beside=1), list[int]()
    tasks = [asyncio.create_task(begun(turns, into, number)) for number in range(12)]
    await asyncio.sleep(0)
    assert into == [0, 1, 2, 3]
    tasks[5].cancel()
    seen = len(into)
    while len(into) < 11:
        await asyncio.sleep(0)
        assert len(into) - seen <= 1
        seen = len(into)
    assert into == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]
    assert tasks[5].cancelled()


async def test_all_begin_again_once_nobody_is_under_way() -> None:
    """A crowd that was answered leaves nothing behind."""
    turns, into = RequestGate(at_once=4, beside=1), list[int]()
    await turns.begin()
    await asyncio.sleep(0)
    turns.end()
    await asyncio.sleep(0)
    tasks = [asyncio.create_task(begun(turns, into, number)) for number in range(4)]
    await asyncio.wait_for(asyncio.gather(*tasks), 1)
    assert into == [0, 1, 2, 3]
