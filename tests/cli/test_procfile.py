"""The Procfile, started by honcho as Heroku and its kin would start it."""

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from playground.slack.emulator import SlackEmulator
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


def lines() -> dict[str, str]:
    """Give the Procfile's lines: the name of each process, and its command."""
    listed = (line.partition(":") for line in (ROOT / "Procfile").read_text().splitlines() if line.strip())
    return {name: command.strip() for name, _, command in listed}


def test_every_line_runs_on() -> None:
    """Honcho, foreman and overmind start every line, and stop all of them when one ends: none may be done one day."""
    listed = lines()
    assert "web" in listed  # Heroku routes requests to the process of this name alone
    for name, command in listed.items():
        assert command.split()[-1] in {"serve", "clock", "worker"}, f"{name} comes to an end"


async def test_a_bare_start_serves_on_the_port_it_is_given(house: Path, slack: SlackEmulator) -> None:
    """`honcho start` with no names starts all there is, on a fresh database, and nothing ends by itself.

    `web` listens on PORT with the clock inside it, is ready, answers /healthz, and stops in good order.
    """
    port = free_port()

    async def answer(path: str) -> Any:  # noqa: ANN401 # JSON
        try:
            async with aiohttp.request("GET", f"http://127.0.0.1:{port}{path}") as answer:
                return await answer.json() if answer.status == 200 else None
        except aiohttp.ClientError:
            return None

    async with started(house, *HONCHO, "start", "--port", str(port), **credentials(slack), PATH=path()) as honcho:
        assert (await until(lambda: answer("/healthz")))["ok"] is True
        await until(lambda: answer("/readyz"))
        await slack.wait_for(lambda: "auth.test" in [made.method for made in slack.calls], within=PATIENCE)
        assert (house / "bot.db").exists()
        running = psutil.Process(honcho.process.pid)
        assert len(running.children()) == len(lines())
        processes = running.children(recursive=True)
        await honcho.end(signal.SIGTERM)
        gone, left = await asyncio.to_thread(psutil.wait_procs, processes, timeout=PATIENCE)
        assert (bool(gone), left) == (True, [])
    assert "host=0.0.0.0" in honcho.text
    assert honcho.text.index("] stopping") < honcho.text.index(
        "] stopped"
    )  # honcho tells of its shell's end, not of ours
    assert "stopped (rc=0)" not in honcho.text.partition("SIGTERM")[0]
    assert "Traceback" not in honcho.text
