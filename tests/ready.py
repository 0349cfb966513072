"""Run short programs in forks of a process that has run what they all begin with: one a beginning, for a whole run.

Most of what a short program takes goes into what it imports. Only that beginning is shared: from there on it is a
process like any other, whose modules are those of the beginning and what it imports itself.

What Python or a module takes from the environment when it begins is the beginning's: of PYTHON* and SSL_CERT_FILE
nothing changes in a fork. All forks of one beginning hash alike, too: what must not depend on the order of a set is
shown by two processes only where one is started anew.
"""

import atexit
import fcntl
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import IO, NoReturn

from bench import forks

# For the command line, of which no command is loaded yet.
COMMANDS = "import sys, bot.__main__ as b"
# Whatever is set up, `serve` begins with this, and aiohttp comes later.
SERVES = """
import aiohttp, asyncio, sys
from bot.__main__ import main

main.commands["serve"]
from bot import app, clock, serve
from bot.settings.checked import Settings
"""
# For programs that open a database of either kind.
DATABASES = """
import sqlalchemy.dialects.postgresql.psycopg, sqlalchemy.dialects.sqlite.aiosqlite
from store.database.access import Database
"""

_ROOT = Path(__file__).parents[1]
_DESCRIPTORS = 4
_LOOK_SECONDS = 1.0
_LIMIT_SECONDS = 60.0  # nothing here takes a tenth of it, and a loaded machine is slow
_turn = threading.Lock()  # or two threads at once would each connect


def ended(
    beginning: str,
    program: str,
    *arguments: str,
    folder: Path = _ROOT,
    environ: Mapping[str, str] = os.environ,
    limit: float = _LIMIT_SECONDS,
) -> subprocess.CompletedProcess[str]:
    """Run a program that goes on from a beginning, whose names it has, to its end.

    The beginning is run in the repository's folder, with whatever environment: what depends on either belongs into the
    program. Neither looks for garbage.

    Raises TimeoutError, with what the program has said, where it has not ended within `limit` seconds, for which the
    beginning does not count. It is killed then, with its process group, as it is where whoever asked for it has ended,
    in whatever way.
    """
    order = {
        "program": program,
        "arguments": arguments,
        "folder": str(folder),
        "environ": dict(environ),
        "cores": sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [],
    }
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        asked.write(json.dumps(order).encode())
        asked.seek(0)
        with _turn:
            asking = _asking(beginning)
        try:
            code = _code(asking, (asked, out, err), limit)
        except TimeoutError:
            words = f"it has not ended within {limit:g} s, and said:\n{_all(out)}{_all(err)}"
            raise TimeoutError(words) from None
        return subprocess.CompletedProcess(program, code, _all(out), _all(err))


def _all(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def _code(asking: socket.socket, files: Sequence[IO[bytes]], limit: float) -> int:
    """Ask for a program, and wait for the code with which it ends; what has not ended is killed once told is closed."""
    until = time.monotonic() + limit
    asked, out, err = (file.fileno() for file in files)
    reads, tells = os.pipe()
    with os.fdopen(reads, "rb", 0) as told:
        with os.fdopen(tells, "wb"):  # open until it has come: what is under way alone is lost on macOS
            socket.send_fds(asking, [b"!"], (asked, tells, out, err))
            _next(told, 1, until)
        code = _next(told, 16, until)
    assert code, "whoever waits for the program was ended"
    return int(code)


def _next(told: IO[bytes], most: int, until: float) -> bytes:
    looking = select.poll()
    looking.register(told, select.POLLIN)
    if not looking.poll(max(0.0, until - time.monotonic()) * 1000):
        raise TimeoutError
    return told.read(most)


@cache
def _asking(beginning: str) -> socket.socket:
    """Give a socket to the process that forks, for all processes of this run: whichever asks first has started it."""
    name = _name(beginning)
    with name.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not name.exists():
            _start(name, beginning)
    asking = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    atexit.register(asking.close)
    asking.settimeout(_LIMIT_SECONDS)
    asking.connect(str(name))
    return asking


def _name(beginning: str) -> Path:
    """Name its socket, in few letters: some systems allow 103 bytes with all folders, and TMPDIR may be long."""
    folder = Path(os.environ["CONTENT_CACHE"])  # the run's own, which its first process takes away at the end
    return folder / f"r-{sha256(beginning.encode()).hexdigest()[:6]}"


def _start(name: Path, beginning: str) -> None:
    """Start the process that forks, and wait until it has run the beginning; where that fails nothing is left."""
    owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asked, ExitStack() as failed:
        asked.bind(str(name))
        failed.callback(name.unlink)
        try:
            begun = subprocess.run(  # noqa: S603 # our own arguments
                (sys.executable, "-m", "tests.ready", str(asked.fileno()), str(owner), beginning),
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=(asked.fileno(),),
                start_new_session=True,
                check=False,
                timeout=_LIMIT_SECONDS,
            )
        except subprocess.TimeoutExpired:
            words = f"the beginning has not ended within {_LIMIT_SECONDS:g} s:\n{beginning}"
            raise TimeoutError(words) from None
        assert begun.returncode == 0, f"the beginning failed:\n{beginning}"
        failed.pop_all()


# --- the process that forks


def _begun(beginning: str) -> dict[str, object]:
    """Run the beginning, and give its names."""
    gc.disable()
    names: dict[str, object] = {"__name__": "__main__"}
    exec(compile(beginning, "<beginning>", "exec"), names)  # noqa: S102 # a test's own words
    gc.freeze()
    return names


def _serve(asked: socket.socket, owner: int, names: dict[str, object]) -> None:
    """Fork for as long as the owner of the name runs and the name is there."""
    asked.settimeout(_LOOK_SECONDS)
    while True:
        try:
            _, descriptors, *_ = socket.recv_fds(asked, 1, _DESCRIPTORS)
        except TimeoutError:
            if not forks.is_wanted(owner, Path(asked.getsockname())):
                break
        else:
            if os.fork() == 0:
                asked.close()
                _wait_for_one(names, descriptors)
            for each in descriptors:
                os.close(each)
        forks.wait_for_ended(os.WNOHANG)


def _wait_for_one(names: dict[str, object], descriptors: Sequence[int]) -> NoReturn:
    """Fork the process that runs the program, and tell how it ends: its parent alone can know."""
    asked, tells, *streams = descriptors
    pid = os.fork()
    with suppress(OSError):  # either is the first to make it a group of its own
        os.setpgid(pid, pid)
    if pid == 0:
        os.close(tells)
        _become(names, asked, *streams)
    threading.Thread(target=_kill_unread, args=(tells, pid), daemon=True).start()
    with suppress(BrokenPipeError):
        os.write(tells, b"!")  # the descriptors are here
    _, status = os.waitpid(pid, 0)
    with suppress(BrokenPipeError):
        os.write(tells, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _kill_unread(tells: int, group: int) -> None:
    """Wait until nobody reads any more what is told, and kill the processes of a group then."""
    looking = select.poll()
    looking.register(tells, select.POLLIN)  # which never comes where one writes: POLLERR or POLLHUP does
    looking.poll()
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _become(names: dict[str, object], asked: int, *streams: int) -> NoReturn:
    with os.fdopen(asked, "rb") as file:
        order = json.load(file)
    forks.settle(streams, 1, order["environ"], order["folder"])
    if order["cores"]:
        os.sched_setaffinity(0, order["cores"])
    sys.argv = ["-c", *order["arguments"]]
    forks.run(lambda: exec(compile(order["program"], "<program>", "exec"), names))  # noqa: S102 # as above


if __name__ == "__main__":
    _names = _begun(sys.argv[3])
    if os.fork() > 0:
        os._exit(0)  # it runs on, as nobody's child: nobody waits for it
    _serve(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), _names)
