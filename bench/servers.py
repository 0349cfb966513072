"""Start the servers that are compared, each on the server's core, and read what they use."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.wrk import BrokenError

ROOT = Path(__file__).resolve().parent.parent
_UP_SECONDS = 30.0
_STOP_SECONDS = 15.0  # the bot lets what is in flight finish for 10 s
_POLL_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Cores:
    """Which core the servers and which the load runs on; None where this machine cannot keep them apart."""

    server: int | None
    client: int | None

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """Choose the last core for the servers, and the first for everything else."""
        if sys.platform != "linux":
            return cls(None, None)
        there = sorted(os.sched_getaffinity(0))
        return cls(there[-1], there[0]) if len(there) > 1 else cls(None, None)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a server is started: `python ARGUMENTS` with exactly `environment` added to what any program needs."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    port: int


class Server:
    """A server that runs; `start_seconds` passed from its process' start to its first 200 on /healthz."""

    def __init__(self, recipe: Recipe, process: subprocess.Popen[bytes], start_seconds: float) -> None:
        self.name = recipe.name
        self.port = recipe.port
        self.start_seconds = start_seconds
        self._process = psutil.Process(process.pid)

    def megabytes(self) -> float:
        """Read the resident memory, in MB of 1,000,000 bytes."""
        return float(self._process.memory_info().rss) / 1e6

    def cpu_seconds(self) -> float:
        """Read how long it has used a core, in its own code and in the kernel for it."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def answer(self, message: bytes) -> tuple[int, bytes]:
        """Send one whole HTTP request, and give the answer's status and body."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=_UP_SECONDS) as connection:
            connection.sendall(message)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status, answer.read()

    def ask(self, path: str) -> tuple[int, bytes]:
        """GET a path."""
        return self.answer(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def needed() -> dict[str, str]:
    """Give the environment that any program needs, and of the bot's settings only where it keeps what it read."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "CONTENT_CACHE")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONPATH": str(ROOT)}


@contextmanager
def running(recipe: Recipe, core: int | None, folder: Path) -> Iterator[Server]:
    """Start a server, wait until it answers, stop it at the end.

    It runs in `folder`, so that no `.env` of the repository reaches it, and its log is kept there.

    Raises:
        BrokenError: it does not come up; the end of its log says why.
    """
    log = folder / f"{recipe.name.replace(' ', '-')}.log"
    with log.open("ab") as errors, _pinned(core):
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 # our own arguments
            (sys.executable, *recipe.arguments),
            cwd=folder,
            env={**needed(), **recipe.environment},
            stdout=errors,
            stderr=errors,
        )
    try:
        _wait_until_up(recipe, process, started + _UP_SECONDS, log)
        yield Server(recipe, process, time.perf_counter() - started)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _pinned(core: int | None) -> Iterator[None]:
    """Keep this process on a core for a while; what it starts meanwhile stays there from its first instruction on."""
    if sys.platform != "linux" or core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def stay_on(core: int | None) -> None:
    """Keep this process, and wrk which it starts, on the load's core for good."""
    if sys.platform == "linux" and core is not None:
        os.sched_setaffinity(0, {core})


def _wait_until_up(recipe: Recipe, process: subprocess.Popen[bytes], until: float, log: Path) -> None:
    while process.poll() is None and time.perf_counter() < until:
        connection = http.client.HTTPConnection("127.0.0.1", recipe.port, timeout=_UP_SECONDS)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            with connection.getresponse() as answer:
                if answer.status == http.HTTPStatus.OK:
                    return
        time.sleep(_POLL_SECONDS)
    end = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise BrokenError(f"{recipe.name} does not come up (exit code {process.poll()}); its log ends with:\n{end}")
