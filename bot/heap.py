"""Keep the process' memory together: what glibc's allocator would spread over threads and hold on to."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_M_ARENA_MAX = -8  # malloc.h
_ARENAS = 1


def narrow() -> None:
    """Let all threads share one heap; elsewhere than with glibc nothing is done.

    By default each thread gets one of its own, and keeps what it freed. Python runs one thread at a time anyway, so
    they hardly ever wait for each other; SQLite's threads and those that check tokens cost about 8 MB else.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


@contextmanager
def growing() -> Iterator[None]:
    """Look for no garbage meanwhile, nor ever in what came to be: imports make hardly any, and are there to stay.

    A sixth of the time that imports take would go there, and as much again at their end, through all of it at once.
    """
    was_on, known = gc.isenabled(), len(sys.modules)
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if len(sys.modules) > known:
                gc.freeze()  # else what passes by would stay too, whenever all was imported already
            gc.enable()


def settle() -> None:
    """Give back what only the start needed, and keep what lives as long as the process out of collections.

    Those are 200,000 objects with what was imported; a collection that looks through all of them takes 80 ms.
    """
    gc.collect()
    gc.freeze()
    # A full collection waits until a quarter as many objects have come as the last one found: those just put aside.
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # as above
            ctypes.CDLL(None).malloc_trim(0)
