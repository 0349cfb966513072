"""Who may begin when a crowd is at the door."""

import asyncio

from starlette.types import Receive, Scope, Send

from bot.web import application, asgi
from bot.web.application import Probes
from bot.web.asgi import Answer
from bot.web.fairness import Fairness
from bot.web.request_gate import RequestGate
from tests.bot.web.asgi import call


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


async def test_a_workspace_does_not_wait_behind_the_crowd_of_another() -> None:
    """The crowd comes in and waits where it is known whose it is, though its answers take the bot all there is."""
    fairness, answered = Fairness(lambda: 0.0), list[str]()

    async def route(scope: Scope, _receive: Receive, send: Send) -> None:
        workspace = scope["headers"][0][1].decode()
        assert await fairness.begin(workspace)
        for _ in range(10):  # rounds of the event loop, as a database takes them
            await asyncio.sleep(0)
        fairness.end(workspace)
        answered.append(workspace)
        await asgi.send_answer(send, Answer(200))

    async def scraped() -> tuple[bytes, str]:
        return b"", "text/plain"

    async def ready() -> tuple[()]:
        return ()

    app = application.application({"/hot": route}, Probes(lambda: (), ready, scraped))
    asks = ["T0BIG"] * 300 + ["T0SMALL"]
    await asyncio.gather(*(call(app, "POST", "/hot", [(b"workspace", each.encode())]) for each in asks))
    assert len(answered) == len(asks)
    assert answered.index("T0SMALL") < 150
