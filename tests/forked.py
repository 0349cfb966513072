"""Start the bot's commands as processes forked from one that has all imported: one for a whole run of the tests.

A start takes most of a second of a processor, and most of what is asked of a running bot far less. What is forked is a
process like any other, with its own id, signals, folder, environment and end; only how it comes to be is not shown.
"""

import asyncio
import atexit
import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from bench.programs import Forks, Program, Typed

_ROOT = Path(__file__).parents[1]
_LIMIT = 2**20  # bytes a line


@cache
def forks() -> Forks:
    """Give who forks, for all processes of this run: whichever asks first has started it."""
    folder = Path(os.environ["CONTENT_CACHE"])  # the run's own, which its first process takes away at the end
    name = str(folder / "forks")
    asking = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    with (folder / "forks.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not Path(name).exists():
            _start(name)
    asking.connect(name)
    atexit.register(asking.close)
    return Forks(asking)


def _start(name: str) -> None:
    owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asked:
        asked.bind(name)
        process = subprocess.Popen(  # noqa: S603 # our own arguments
            (sys.executable, "-m", "bench.forking", str(asked.fileno()), str(owner)),
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=(asked.fileno(),),
            start_new_session=True,
        )
    atexit.register(setattr, process, "returncode", 0)  # or Python would complain at its end that it runs on


class Process:
    """A forked process, as asyncio shows one of its own; what it says on both streams comes on one."""

    def __init__(self, program: Program, stdout: asyncio.StreamReader) -> None:
        self._program = program
        self.stdout = stdout

    @property
    def pid(self) -> int:
        """Its id."""
        return self._program.pid

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        return self._program.returncode

    async def wait(self) -> int:
        """Wait for its end, and give its return code."""
        return await self._program.wait()

    async def communicate(self) -> tuple[bytes, None]:
        """Read all that it has yet to say, and wait for its end."""
        said = await self.stdout.read()
        await self.wait()
        return said, None


async def ended(folder: Path, words: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Run `python -m bot WORDS` to its end, with exactly this environment; gives its code and both streams.

    Cancelled, as by a time limit, it kills the process and its group, and waits for its end.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        program = await forks()(Typed(words, folder, environment, out, err))
        try:
            code = await program.wait()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):  # it has ended
                _kill(program.pid)
            await program.wait()
            raise
        out.seek(0)
        err.seek(0)
        return code, out.read().decode(), err.read().decode()


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:  # it has not come so far that it leads a group
        os.kill(pid, signal.SIGKILL)


async def started(folder: Path, words: Sequence[str], environment: Mapping[str, str]) -> Process:
    """Start `python -m bot WORDS`, in a folder, with exactly this environment."""
    reads, writes = os.pipe()
    stdout = asyncio.StreamReader(limit=_LIMIT)
    with os.fdopen(writes, "wb") as out:
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stdout), os.fdopen(reads, "rb")
        )
        program = await forks()(Typed(words, folder, environment, out, out))
    return Process(program, stdout)
