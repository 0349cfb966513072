"""Content that is read anew while it is read anew: what lay there last is what is served."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bot import app
from bot import clock as timing
from bot.settings.checked import Settings
from content import library
from content.library import Library
from tests.cli.program import environment
from tests.content import decks


class _Slow(ThreadPoolExecutor):
    """Reads at once, and keeps each library back until the test hands it out."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self.held: list[Callable[[], None]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 # as it has it
        done = super().submit(fn, *args, **kwargs)
        read = done.result()
        if not isinstance(read, Library):
            return done
        held: Future[Any] = Future()
        self.held.append(lambda: held.set_result(read))
        return held


async def test_the_later_reading_stays(tmp_path: Path) -> None:
    """Two signals, and the first reading is the slower one: as where another process has kept what the second reads."""
    deck = decks.written(tmp_path)
    slow = _Slow()
    async with app.build(Settings.read(environment(tmp_path, CONTENT_PATH=str(deck)), None), timing.real) as bot:
        asyncio.get_running_loop().set_default_executor(slow)
        first = asyncio.create_task(bot.reload())
        await asyncio.sleep(0)
        assert slow.held
        decks.written(tmp_path, {"deck.yaml": ("Grassy and light", "Steeped twice")})
        second = asyncio.create_task(bot.reload())
        for _ in range(10):
            await asyncio.sleep(0)
        while not (first.done() and second.done()):
            if slow.held:
                slow.held.pop()()
            await asyncio.sleep(0)
        assert first.result()
        assert second.result()
        assert bot.content.library.version == library.load(deck).version
