"""Programs that are forked for tests end as those that are started do, in time or not."""

import asyncio
import os
import re
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.programs import Program, Typed
from tests import forked, ready
from tests.cli.program import free_port, run_forked, until

PATIENCE = 40_000  # milliseconds
# Two processes that hold a named pipe open, until they are killed, or nobody has for long.
HANGS = """
import os, signal, sys
line = open(sys.argv[1], "w")
os.fork()
signal.alarm(100)
print("here", file=line, flush=True)
print("hanging", flush=True)
signal.pause()
"""


@contextmanager
def held(pipe: Path) -> Iterator[None]:
    """Name a pipe for programs, and see that in the end none of them is left that holds it."""
    os.mkfifo(pipe)
    reads = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        yield
        looking = select.poll()
        looking.register(reads, select.POLLHUP)
        assert looking.poll(PATIENCE), "something holds it yet"
    finally:
        os.close(reads)


def test_a_program_that_hangs_is_killed(tmp_path: Path) -> None:
    """With its group, when its time is over; what it said until then is told, on both streams."""
    limit, told = 0.1, ""
    with held(tmp_path / "pipe"):
        while told.count("hanging") < 2:  # it had too little time to come that far
            with pytest.raises(TimeoutError) as caught:
                ready.ended(ready.COMMANDS, f"print('oh', file=sys.stderr){HANGS}", f"{tmp_path}/pipe", limit=limit)
            told = str(caught.value)
            assert re.match(rf"it has not ended within {limit:g} s, and said:\n", told)
            limit *= 2
    assert "oh\n" in told


def test_a_program_whose_asker_is_killed_is_killed(tmp_path: Path) -> None:
    """As by SIGKILL, when nothing of its own can look after it any more."""
    asks = f"""
import os, signal, threading
from tests import ready

program = (ready.COMMANDS, {HANGS!r}, sys.argv[1])
threading.Thread(target=ready.ended, args=program).start()
with open(sys.argv[1]) as line:
    line.readline()
os.kill(os.getpid(), signal.SIGKILL)
"""
    with held(tmp_path / "pipe"):
        done = ready.ended(ready.COMMANDS, asks, f"{tmp_path}/pipe")
        assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGKILL, "", "")


async def test_a_command_whose_time_is_over_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as nobody waits for its end any more; a time limit cancels likewise."""
    begun: list[Program] = []
    forks = forked.forks()

    async def noted(typed: Typed) -> Program:
        begun.append(await forks(typed))
        return begun[0]

    monkeypatch.setattr(forked, "forks", lambda: noted)
    running = asyncio.create_task(run_forked(tmp_path, "playground", "--no-browser", PORT=str(free_port())))
    await until(lambda: begun)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert begun[0].returncode == -signal.SIGKILL


def test_a_beginning_that_fails_is_said_each_time(capfd: pytest.CaptureFixture[str]) -> None:
    """To whoever asks, with its own words; nothing is left that could be taken for a process that forks."""
    for _ in range(2):
        with pytest.raises(AssertionError, match="the beginning failed:\nimport nowhere_at_all"):
            ready.ended("import nowhere_at_all", "print('never')")
        assert "No module named 'nowhere_at_all'" in capfd.readouterr().err


def test_a_beginning_that_hangs_is_said_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is left of it either."""
    monkeypatch.setattr(ready, "_LIMIT_SECONDS", 0.1)
    for _ in range(2):
        with pytest.raises(TimeoutError, match=r"the beginning has not ended within 0\.1 s:\nimport signal"):
            ready.ended("import signal; signal.pause()", "print('never')")


def test_the_clock_is_that_of_the_programs_environment() -> None:
    """And so is the rest of it that is asked for late."""
    environ = {**os.environ, "TZ": "XYZ-5:30"}
    done = ready.ended(ready.COMMANDS, "import os, time; print(time.tzname[0], os.environ['TZ'])", environ=environ)
    assert (done.stdout, done.stderr) == ("XYZ XYZ-5:30\n", "")


def test_a_long_name_of_the_folder_for_temporary_files_is_no_hindrance(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shortest limit to the name of a socket is 104 bytes with its end."""
    monkeypatch.setenv("CONTENT_CACHE", f"/{'t' * 70}/content-abcdefgh")
    name = ready._name(ready.COMMANDS)  # noqa: SLF001 # a folder of that length may not be had
    assert len(os.fsencode(name)) < 104
    assert name != ready._name(ready.SERVES)  # noqa: SLF001 # likewise
