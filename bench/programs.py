"""Start commands of the bot as processes of their own, anew or forked from one that has the program ready."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from bench import servers

_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Typed:
    """What is typed: `python -m bot WORDS`, in a folder, with exactly this environment."""

    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    out: IO[bytes]
    err: IO[bytes]


class Program(Protocol):
    """A process that was started; `returncode` is None while it runs, and below 0 where a signal ended it."""

    @property
    def pid(self) -> int:
        """Its id."""

    @property
    def returncode(self) -> int | None:
        """How it ended."""

    async def wait(self) -> int:
        """Wait for its end, and give its return code."""


class Start(Protocol):
    """Starts what is typed, in a session of its own; its standard input ends should we go."""

    async def __call__(self, typed: Typed) -> Program:
        """Start one."""


async def anew(typed: Typed) -> Program:
    """Start it as an operator does: a second or more goes by until all is imported."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *typed.words),
        cwd=typed.folder,
        env=dict(typed.environment),
        stdin=asyncio.subprocess.PIPE,
        stdout=typed.out,
        stderr=typed.err,
        start_new_session=True,
    )


class _Forked:
    """A process that `bench.forking` has forked; it tells the exit code when it has ended."""

    def __init__(self, pid: int, said: asyncio.StreamReader, ours: Sequence[asyncio.BaseTransport]) -> None:
        self.pid = pid
        self._ending = asyncio.create_task(self._end(said, ours))

    @property
    def returncode(self) -> int | None:
        return self._ending.result() if self._ending.done() else None

    async def wait(self) -> int:
        return await asyncio.shield(self._ending)

    @staticmethod
    async def _end(said: asyncio.StreamReader, ours: Sequence[asyncio.BaseTransport]) -> int:
        code = int(await said.readline())
        for each in ours:
            each.close()
        return code


class Forks:
    """Starts forks of a process that has all of the program imported: they are there in milliseconds."""

    def __init__(self, process: socket.socket) -> None:
        self._process = process

    async def __call__(self, typed: Typed) -> Program:
        """Start one."""
        loop = asyncio.get_running_loop()
        told, tells = os.pipe()
        stdin, open_ = os.pipe()
        with tempfile.TemporaryFile() as asked, os.fdopen(tells, "wb"), os.fdopen(stdin, "rb"):
            order = {"words": [*typed.words], "folder": str(typed.folder), "environment": dict(typed.environment)}
            asked.write(json.dumps(order).encode())
            asked.seek(0)
            given = (asked.fileno(), tells, stdin, typed.out.fileno(), typed.err.fileno())
            socket.send_fds(self._process, [b"!"], given)
        said = asyncio.StreamReader()
        ours: tuple[asyncio.BaseTransport, ...] = (
            (await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(said), os.fdopen(told, "rb")))[0],
            (await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(open_, "wb")))[0],
        )
        return _Forked(int(await said.readline()), said, ours)


@contextlib.contextmanager
def forking() -> Iterator[Forks]:
    """Give one that forks, for as many runs as there are; its process imports meanwhile."""
    ours, its = socket.socketpair()
    with ours, its:
        process = subprocess.Popen(  # noqa: S603 # our own arguments
            (sys.executable, "-m", "bench.forking", str(its.fileno())),
            cwd=servers.ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=(its.fileno(),),
            start_new_session=True,
        )
        its.close()
        try:
            yield Forks(ours)
        finally:
            ours.close()  # which ends it
            process.wait(_STOP_SECONDS)
