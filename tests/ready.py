"""Run short programs in forks of a process that has run what they all begin with: one a beginning, for a whole run.

Most of what a short program takes goes into what it imports. Only that beginning is shared: from there on it is a
process like any other, whose modules are those of the beginning and what it imports itself.
"""

import atexit
import fcntl
import gc
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

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
_turn = threading.Lock()  # or two threads at once would each connect


def ended(
    beginning: str,
    program: str,
    *arguments: str,
    folder: Path = _ROOT,
    environ: Mapping[str, str] = os.environ,
) -> subprocess.CompletedProcess[str]:
    """Run a program that goes on from a beginning, whose names it has, to its end.

    The beginning is run in the repository's folder, with whatever environment: what depends on either belongs into the
    program. Neither looks for garbage.
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
        reads, tells = os.pipe()
        with os.fdopen(reads) as told:
            with os.fdopen(tells, "wb"):
                with _turn:
                    asking = _asking(beginning)
                socket.send_fds(asking, [b"!"], (asked.fileno(), tells, out.fileno(), err.fileno()))
            code = told.read()
        out.seek(0)
        err.seek(0)
        said, complained = out.read().decode(), err.read().decode()
    assert code, f"the beginning failed:\n{beginning}"
    return subprocess.CompletedProcess(program, int(code), said, complained)


@cache
def _asking(beginning: str) -> socket.socket:
    """Give a socket to the process that forks, for all processes of this run: whichever asks first has started it."""
    folder = Path(os.environ["CONTENT_CACHE"])  # the run's own, which its first process takes away at the end
    name = folder / f"ready-{sha256(beginning.encode()).hexdigest()[:16]}"
    asking = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    with (folder / "ready.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not name.exists():
            _start(str(name), beginning)
    asking.connect(str(name))
    atexit.register(asking.close)
    return asking


def _start(name: str, beginning: str) -> None:
    owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asked:
        asked.bind(name)
        subprocess.run(  # noqa: S603 # our own arguments
            (sys.executable, "-m", "tests.ready", str(asked.fileno()), str(owner), beginning),
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=(asked.fileno(),),
            start_new_session=True,
            check=True,
        )


# --- the process that forks


def _serve(asked: socket.socket, owner: int, beginning: str) -> None:
    """Fork for as long as the owner of the name runs and the name is there."""
    gc.disable()
    names: dict[str, object] = {"__name__": "__main__"}
    exec(compile(beginning, "<beginning>", "exec"), names)  # noqa: S102 # a test's own words
    gc.freeze()
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
        with suppress(ChildProcessError):  # there is none
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass


def _wait_for_one(names: dict[str, object], descriptors: Sequence[int]) -> NoReturn:
    """Fork the process that runs the program, and tell how it ends: its parent alone can know."""
    asked, tells, *streams = descriptors
    pid = os.fork()
    if pid == 0:
        os.close(tells)
        _become(names, asked, *streams)
    _, status = os.waitpid(pid, 0)
    os.write(tells, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(names: dict[str, object], asked: int, *streams: int) -> NoReturn:
    with os.fdopen(asked, "rb") as file:
        order = json.load(file)
    for number, each in enumerate(streams, 1):
        os.dup2(each, number)
        os.close(each)
    os.environ.clear()
    os.environ.update(order["environ"])
    os.chdir(order["folder"])
    if order["cores"]:
        os.sched_setaffinity(0, order["cores"])
    sys.argv = ["-c", *order["arguments"]]
    forks.run(lambda: exec(compile(order["program"], "<program>", "exec"), names))  # noqa: S102 # as above


if __name__ == "__main__":
    if os.fork() > 0:
        os._exit(0)  # it runs on, as nobody's child: nobody waits for it
    _serve(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), sys.argv[3])
