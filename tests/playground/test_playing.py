"""One playground a folder: a second one is refused before it touches anything."""

import asyncio
import signal
from pathlib import Path

import aiohttp
import pytest

from tests.cli.program import PATIENCE, forking, free_port, typed

pytestmark = pytest.mark.long


async def test_a_second_playground_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    """Beside a running one, neither --fresh nor another port starts: words say which one runs and what to do.

    Killed outright, it leaves the folder free for the next one, and another program's browser form cannot know its
    bot's token.
    """
    port = free_port()
    begin = ("playground", "--no-browser")
    async with forking(tmp_path, *begin, PORT=str(port)) as first:
        await first.says("playground is open")
        kept = {path.name for path in (tmp_path / ".playground").iterdir()}
        for words in (("playground", "--fresh", "--no-browser"), ("run",)):
            given = {"PORT": str(free_port()), "DISPLAY": "", "WAYLAND_DISPLAY": ""}
            ended = await asyncio.to_thread(typed, tmp_path, *words, **given)
            assert ended.code == 1
            assert f"http://127.0.0.1:{port}/, process {first.process.pid}" in ended.err
            assert "stop it with Ctrl-C" in ended.err
            assert "Traceback" not in ended.err
        assert kept <= {path.name for path in (tmp_path / ".playground").iterdir()}
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/page/state") as answer:
                assert answer.status == 200
            form = {"token": "xoxb-pocket", "channel": "C0GENERAL", "text": "from elsewhere"}
            async with session.post(f"http://127.0.0.1:{port}/api/chat.postMessage", data=form) as answer:
                assert (await answer.json())["error"] == "invalid_auth"
        first.send(signal.SIGKILL)
        async with asyncio.timeout(PATIENCE):
            await first.process.wait()
    async with forking(tmp_path, *begin, "--fresh", PORT=str(free_port())) as next_:
        await next_.says("playground is open")
        assert await next_.end(signal.SIGTERM) == 0
