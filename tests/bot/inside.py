"""Serve inside this process, where no process of its own is the promise: a start costs more than what is asked."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from bot import clock, serve
from bot.settings.checked import Settings
from tests.cli.program import PATIENCE, until


@asynccontextmanager
async def served(settings: Settings, address: str = "127.0.0.1") -> AsyncIterator[None]:
    """Serve as `serve` does, reached at an address, and stop at SIGTERM as it does."""
    serving = asyncio.create_task(serve.serve(settings, clock.real))
    try:
        await until(lambda: serving.done() or answers(address, settings.port))
        yield
        if not serving.done():  # else the signal would end this process
            signal.raise_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            await serving
    finally:
        serving.cancel()


async def answers(address: str, port: int) -> bool:
    """Say whether the bot answers at an address."""
    try:
        async with aiohttp.request("GET", f"http://{address}:{port}/healthz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
