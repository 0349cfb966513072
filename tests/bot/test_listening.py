"""Where the bot listens, and what the container's health check asks: one and the same place, whatever HOST says."""

import asyncio
import json
import re
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.settings.checked import Settings
from playground.slack.emulator import SlackEmulator
from tests import databases, ready
from tests.bot.inside import answers, served
from tests.cli.program import PATIENCE, ROOT, credentials, environment, free_port

pytestmark = pytest.mark.long

# What the health check imports.
PROBES = "import runpy, http.client, bot.settings.reader"
EVERYWHERE = "0.0.0.0"  # noqa: S104 # as the Dockerfile sets it: there the check starts as in the image
HAS_IPV6 = socket.has_dualstack_ipv6()
needs_ipv6 = pytest.mark.skipif(not HAS_IPV6, reason="there is no IPv6 here")


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    """Give an emulator."""
    async with SlackEmulator() as emulator:
        yield emulator


async def checked(folder: Path, host: str, port: int) -> tuple[int | None, str]:
    """Run the Dockerfile's HEALTHCHECK as Docker would; gives its exit code and its words."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    found = re.search(r"HEALTHCHECK .*?CMD (\[.*?\])$", dockerfile, flags=re.DOTALL | re.MULTILINE)
    assert found is not None
    program, option, module = json.loads(found[1])
    assert (program, option) == ("python", "-m")
    dead = f"http://127.0.0.1:{free_port()}"  # Docker puts its own proxy into each container's environment
    given = environment(folder, HOST=host, PORT=str(port), HTTP_PROXY=dead, http_proxy=dead)
    if host != EVERYWHERE:
        run = f"runpy.run_module({module!r}, run_name='__main__')"
        done = await asyncio.to_thread(ready.ended, PROBES, run, folder=folder, environ=given)
        return done.returncode, done.stderr
    process = await asyncio.create_subprocess_exec(
        sys.executable, option, module, cwd=folder, env=given, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(PATIENCE):
        _, said = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", ("127.0.0.1",)),
        (EVERYWHERE, ("127.0.0.1",)),
        pytest.param("::", ("127.0.0.1", "[::1]"), marks=needs_ipv6),
        pytest.param("[::]", ("127.0.0.1", "[::1]"), marks=needs_ipv6),
        pytest.param("::1", ("[::1]",), marks=needs_ipv6),
        ("localhost", ("127.0.0.1",)),
    ],
)
async def test_what_is_served_is_what_is_asked(
    tmp_path: Path, slack: SlackEmulator, host: str, reached: Sequence[str]
) -> None:
    """`::` is IPv4 too; the health check holds wherever the bot listens, and fails once it does not."""
    port = free_port()
    named = {**credentials(slack), "HOST": host, "PORT": str(port), "SCHEDULER": "off"}
    databases.put(tmp_path / "bot.db")
    async with served(Settings.read(environment(tmp_path, **named), None), reached[0]):
        every = ("127.0.0.1", "[::1]") if HAS_IPV6 else ("127.0.0.1",)
        assert tuple([address for address in every if await answers(address, port)]) == tuple(reached)
        assert await checked(tmp_path, host, port) == (0, "")
    code, said = await checked(tmp_path, host, port)
    assert code == 1
    assert "no answer from" in said
