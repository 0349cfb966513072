"""What processes have in common that fork others: how long they go on, and how what they forked begins and ends."""

import atexit
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn


def is_wanted(owner: int, name: Path) -> bool:
    """Say whether the process for which others are forked runs, and the socket where it asks is there.

    One that has ended counts as running until its parent has asked how: only that frees its id.
    """
    try:
        os.kill(owner, 0)
    except ProcessLookupError:
        return False
    return name.exists()


def wait_for_ended(options: int) -> None:
    """Take note of own processes that have ended; `options` are those of `os.waitpid`."""
    with suppress(ChildProcessError):  # there is none left
        while os.waitpid(-1, options) != (0, 0):
            pass


def settle(streams: Sequence[int], first: int, environ: Mapping[str, str], folder: str) -> None:
    """Make a fork what a program starts as: its standard streams from the `first` on, its environment, its folder."""
    for number, each in enumerate(streams, first):
        os.dup2(each, number)
        os.close(each)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    os.chdir(folder)


def run(program: Callable[[], object]) -> NoReturn:
    """Run a program to its end, and end as Python does, but for taking everything apart.

    That takes longer than most of what runs here.
    """
    code = 1
    try:
        program()
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
        if isinstance(left.code, str):
            print(left.code, file=sys.stderr)
    except BaseException:  # noqa: BLE001 # as Python does with what nobody caught
        traceback.print_exc()
    threading._shutdown()  # type: ignore[attr-defined] # noqa: SLF001 # what Python calls first
    atexit._run_exitfuncs()  # noqa: SLF001 # and then; there is no other name for either
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
