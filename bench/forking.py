"""Import all of the bot once, and fork a process that runs a command of it whenever one is asked for.

`python -m bench.forking SOCKET`: each byte that comes brings five descriptors, of what is asked for (JSON), of where
the id and the exit code of its process are told, and of its standard input, output and error.

`python -m bench.forking SOCKET PID`: the same for whoever writes to a named socket, as long as that process runs and
the name is there.
"""

import gc
import json
import mimetypes
import os
import socket
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from bench import forks, servers
from bot import content_loading
from bot.__main__ import main
from content.library import Library

_DESCRIPTORS = 5
_LOOK_SECONDS = 1.0
# What commands import only when they have come to it.
_LATE = (
    "apscheduler.executors.asyncio",
    "bot.app",
    "bot.serve",
    "bot.slack.side",
    "bot.teams.side",
    "bot.ticking",
    "scheduler.cluster",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "uvicorn.lifespan.off",
)


def serve(asking: socket.socket, owner: int | None = None) -> None:
    """Fork until nobody asks any more: until the other end is closed, or the owner of the name has gone."""
    in_use = _made_ready()
    asking.settimeout(None if owner is None else _LOOK_SECONDS)
    while True:
        try:
            data, descriptors, *_ = socket.recv_fds(asking, 1, _DESCRIPTORS)
        except TimeoutError:
            if owner is None or not forks.is_wanted(owner, Path(asking.getsockname())):
                break
            continue
        except ConnectionResetError:
            break
        if not data:
            break
        if os.fork() == 0:
            asking.close()
            _wait_for_one(descriptors)
        for each in descriptors:
            os.close(each)
        forks.wait_for_ended(os.WNOHANG)
    forks.wait_for_ended(0)
    del in_use


def _made_ready() -> Library:
    """Import what any command needs, and keep the content in use, so that no process need read it anew."""
    mimetypes.init()
    for name in _LATE:
        import_module(name)
    for name in main.commands:
        main.commands[name]  # which loads it
    kept = os.environ.get("CONTENT_CACHE")  # as it came, not what a command is given
    library = content_loading.ready(servers.ROOT / "content" / "ai-pm", Path(kept) if kept else None)
    gc.freeze()  # or each process would copy all of it to look for garbage
    return library


def _wait_for_one(descriptors: Sequence[int]) -> NoReturn:
    """Fork the process that runs the command, and tell how it ends: its parent alone can know."""
    asked, tells, *streams = descriptors
    pid = os.fork()
    if pid == 0:
        os.close(tells)
        _become(asked, *streams)
    for each in (asked, *streams):
        os.close(each)
    os.write(tells, f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(tells, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(asked: int, *streams: int) -> NoReturn:
    """Run the command, as `python -m bot` would in a process of its own."""
    with os.fdopen(asked, "rb") as file:
        order = json.load(file)
    os.setsid()
    forks.settle(streams, 0, order["environment"], order["folder"])
    sys.argv = ["bot", *order["words"]]
    forks.run(lambda: main(prog_name="python -m bot"))


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), *map(int, sys.argv[2:]))
