"""The bots of a fault run: real processes, started, killed and stopped."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bench import programs, servers
from bench.programs import Program, Start, Typed
from bench.wrk import BrokenError

UP_SECONDS = 60.0
_STOP_SECONDS = 15.0
_COMMAND_SECONDS = 120.0
_NUMBERS_SECONDS = 10.0
_POLL_SECONDS = 0.05


class Bots:
    """The processes of the bot: each `python -m bot serve`, with a clock of its own, on one database.

    `start` is how they are started.
    """

    def __init__(
        self, folder: Path, environment: Mapping[str, str], offset: Path, count: int, start: Start = programs.anew
    ) -> None:
        self._folder = folder
        self._environment = environment
        self._offset = offset
        self._start = start
        self._processes: list[Program | None] = [None] * count
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
            self._processes[index] = await self._start(Typed(words, self._folder, self._environment, log, log))

    async def command(self, *words: str, is_allowed: Sequence[int] = (0,)) -> str:
        """Run a command of the bot beside them, and give what it says.

        Raises:
            BrokenError: it ends otherwise than `is_allowed`.
        """
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = await self._start(Typed(words, self._folder, self._environment, out, err))
            async with asyncio.timeout(_COMMAND_SECONDS):
                code = await process.wait()
            said, complained = (_all_of(each) for each in (out, err))
        if code not in is_allowed:
            raise BrokenError(f"`{' '.join(words)}` ended with {code}:\n{complained[-2000:]}")
        return said

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
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()

    async def stop_all(self) -> None:
        """Stop them all."""
        await asyncio.gather(*(self.stop(index) for index in range(len(self._processes))))

    def _running(self, index: int) -> Program:
        process = self._processes[index]
        if process is None:
            raise BrokenError(f"process {index} was never started")
        return process


def _all_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def _counts(metrics: str) -> dict[str, int]:
    return {
        sample.labels["state"]: int(sample.value)
        for family in text_string_to_metric_families(metrics)
        if family.name == "pm_compare_deliveries"
        for sample in family.samples
    }
