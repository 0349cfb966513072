"""The Procfile, started by honcho as Heroku and its kin would start it."""

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path

import aiohttp
import psutil
import pytest

from playground.slack import PocketSlack
from tests.cli.program import PATIENCE, ROOT, credentials, free_port, started, until

HONCHO = (sys.executable, "-m", "honcho")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Give a folder with the Procfile in it, and no .env of anybody's."""
    shutil.copy(ROOT / "Procfile", tmp_path)
    return tmp_path


def path() -> str:
    """Give a PATH on which `python` is this one."""
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


async def test_web_serves_on_the_port_it_is_given(house: Path, slack: PocketSlack) -> None:
    """`web` listens on PORT with the clock inside it, answers /healthz, and stops in good order."""
    port = free_port()
    argv = (*HONCHO, "start", "web", "--port", str(port))
    async with started(house, *argv, **credentials(slack), PATH=path()) as honcho:

        async def health() -> dict[str, object] | None:
            try:
                async with aiohttp.request("GET", f"http://127.0.0.1:{port}/healthz") as answer:
                    found: dict[str, object] = await answer.json()
                    return found
            except aiohttp.ClientError:
                return None

        assert (await until(health))["ok"] is True
        processes = psutil.Process(honcho.process.pid).children(recursive=True)
        await honcho.end(signal.SIGTERM)
        gone, left = await asyncio.to_thread(psutil.wait_procs, processes, timeout=PATIENCE)
        assert (bool(gone), left) == (True, [])
    assert "host=0.0.0.0" in honcho.text
    assert honcho.text.index("] stopping") < honcho.text.index(
        "] stopped"
    )  # honcho tells of its shell's end, not of ours
    assert "Traceback" not in honcho.text
    assert "auth.test" in [made.method for made in slack.calls]


async def test_release_migrates(house: Path) -> None:
    """`release` brings the database up to date before the new version serves, and needs no credentials for it."""
    async with started(house, *HONCHO, "start", "release", PATH=path()) as honcho:
        assert await honcho.end() == 0
    assert "Migrated." in honcho.text
    assert (house / "bot.db").exists()
