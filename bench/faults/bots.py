"""The bots of a fault run: real processes, started, killed and stopped."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bench import servers
from bench.wrk import BrokenError

UP_SECONDS = 60.0
_STOP_SECONDS = 15.0
_COMMAND_SECONDS = 120.0
_NUMBERS_SECONDS = 10.0
_POLL_SECONDS = 0.05


class Bots:
    """The processes of the bot: each `python -m bot serve`, with a clock of its own, on one database."""

    def __init__(self, folder: Path, environment: Mapping[str, str], offset: Path, count: int) -> None:
        self._folder = folder
        self._environment = environment
        self._offset = offset
        self._processes: list[asyncio.subprocess.Process | None] = [None] * count
        self._ports = [0] * count
        self.alive = list(range(count))
        self.kills = 0
        self.abandoned = 0

    async def start_all(self) -> None:
        """Start all but those that were abandoned."""
        for index in self.alive:
            await self.start(index)

    async def start(self, index: int) -> None:
        """Start one; it stops by itself should we go."""
        self._ports[index] = servers.free_port()
        words = ("serve", "--as-child", "--clock-offset-file", str(self._offset), "--port", str(self._ports[index]))
        with self.log(index).open("ab") as log:
            self._processes[index] = await self._started(words, PIPE, log, start_new_session=True)

    async def command(self, *words: str, is_allowed: Sequence[int] = (0,)) -> str:
        """Run a command of the bot beside them, and give what it says.

        Raises:
            BrokenError: it ends otherwise than `is_allowed`.
        """
        process = await self._started(words, DEVNULL, PIPE)
        async with asyncio.timeout(_COMMAND_SECONDS):
            out, err = await process.communicate()
        if process.returncode not in is_allowed:
            raise BrokenError(f"`{' '.join(words)}` ended with {process.returncode}:\n{err.decode()[-2000:]}")
        return out.decode()

    async def _started(
        self, words: Sequence[str], stdin: int, out: int | IO[bytes], *, start_new_session: bool = False
    ) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            cwd=self._folder,
            env=dict(self._environment),
            stdin=stdin,
            stdout=out,
            stderr=out,
            start_new_session=start_new_session,
        )

    def addresses(self) -> tuple[str, ...]:
        """Where those that were not abandoned serve."""
        return tuple(f"http://127.0.0.1:{self._ports[index]}" for index in self.alive)

    async def counts(self) -> dict[str, int]:
        """Count the deliveries by state, as one that serves has it in its numbers; nothing while none serves."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_NUMBERS_SECONDS)) as session:
            for address in self.addresses():
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(f"{address}/metrics") as answer:
                        return _counts(await answer.text())
        return {}

    def unlinked(self) -> tuple[str, ...]:
        """Name the files of the database that a process has open and nobody finds any more, as Linux tells."""
        found = []
        for index in self.alive:
            for descriptor in Path(f"/proc/{self._running(index).pid}/fd").glob("*"):
                with suppress(OSError):  # closed meanwhile
                    name = descriptor.readlink().name
                    if name.startswith("bot.db") and name.endswith(" (deleted)"):
                        found.append(f"process {index} goes on with {name}")
        return tuple(dict.fromkeys(found))  # each connection has its own descriptor

    def log(self, index: int) -> Path:
        """Where it writes its log."""
        return self._folder / f"bot-{index}.log"

    def taken_over(self) -> int:
        """Count the jobs of dead workers that others found, by their logs."""
        logs = [self.log(index) for index in range(len(self._processes))]
        return sum(log.read_text(encoding="utf-8", errors="replace").count('"cluster.stalled"') for log in logs)

    async def until_up(self, index: int) -> None:
        """Wait until it serves.

        Raises:
            BrokenError: it ended, or does not come up; the end of its log says why.
        """
        try:
            async with aiohttp.ClientSession() as session, asyncio.timeout(UP_SECONDS):
                while self._running(index).returncode is None:
                    with suppress(aiohttp.ClientError):
                        async with session.get(f"http://127.0.0.1:{self._ports[index]}/healthz"):
                            return
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            pass
        end = self.log(index).read_text(encoding="utf-8", errors="replace")[-2000:]
        raise BrokenError(f"process {index} of the bot does not come up; its log ends with:\n{end}")

    async def kill(self, index: int, *, for_good: bool) -> None:
        """Kill one where it stands, and unless it is for good start it anew."""
        process = self._running(index)
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        was_killed = process.returncode == -signal.SIGKILL
        if for_good:
            self.alive.remove(index)
            self.abandoned += was_killed
        else:
            self.kills += was_killed
            await self.start(index)

    async def stop(self, index: int) -> None:
        """Stop one in good order, or else by force."""
        process = self._processes[index]
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def stop_all(self) -> None:
        """Stop them all."""
        await asyncio.gather(*(self.stop(index) for index in range(len(self._processes))))

    def _running(self, index: int) -> asyncio.subprocess.Process:
        process = self._processes[index]
        if process is None:
            raise BrokenError(f"process {index} was never started")
        return process


def _counts(metrics: str) -> dict[str, int]:
    return {
        sample.labels["state"]: int(sample.value)
        for family in text_string_to_metric_families(metrics)
        if family.name == "pm_compare_deliveries"
        for sample in family.samples
    }
