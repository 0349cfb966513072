"""What every contest has: who is compared, what all of them are sent, and how it shows that an answer has come."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

from bench.servers import Cores, Recipe, Server
from bench.wrk import BrokenError, Load, Numbering

OURS = "ours"
FRESH = "first start"  # of ours: it makes the database
_WAIT_SECONDS = 30.0
_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Speed:
    """What a load's figures should be, as ratios: requests a second at least, p50 and p99 at most; None for no aim."""

    rate: float
    p50: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True)
class Rivals:
    """Ours, what it is compared with, and the ceiling; and how their figures are judged and drawn."""

    columns: tuple[str, str, str]
    memory_aim: float  # MB
    digits: int  # of milliseconds
    speed: Speed = Speed(0.9, 1.15)
    speeds: Mapping[str, Speed] = field(default_factory=dict)  # by the titles of loads that have aims of their own
    posted_aim: float | None = None  # until an answer is posted, as a ratio


@dataclass(frozen=True, slots=True)
class Contest:
    """What every measurement needs: a folder of its own, and the cores. The platforms say the rest."""

    folder: Path
    cores: Cores
    rivals: ClassVar[Rivals]
    beside: ClassVar[Mapping[str, str]] = {}  # titles of loads of ours, each with that of one it is compared with

    def recipes(self) -> tuple[Recipe, ...]:
        """Give those who are compared under load, ours first."""
        raise NotImplementedError

    def starting(self, number: int) -> Mapping[str, Recipe]:
        """Give those whose start is measured, by the name in the table; `number` is how often that was done before."""
        raise NotImplementedError

    def fresh(self) -> tuple[Recipe, ...]:
        """Give those whose memory is measured, ours first, on a database of its own."""
        raise NotImplementedError

    def loads(self, server: Server) -> tuple[Load, ...]:
        """Give what a server is sent."""
        raise NotImplementedError

    def memory_loads(self, server: Server) -> Iterable[tuple["Contest", Load]]:
        """Give what a server is sent before its memory is read again, each with the contest that it comes from."""
        return [(self, load) for load in self.loads(server)]

    def check(self, server: Server, load: Load) -> bytes:
        """See that a server answers a load as it must, and give the body that must come back from then on.

        Raises:
            BrokenError: it does not.
        """
        raise NotImplementedError

    def arrived(self) -> int:
        """Count the answers that came later than the HTTP answer."""
        raise NotImplementedError

    def posts_back(self, server: Server, load: Load) -> bool:
        """Say whether a load counts only when its answer has come, beyond the HTTP answer."""
        del server
        return load.posts_back

    def numbering(self) -> Numbering | None:
        """Give numbers for a run, where the same request must not come twice."""
        return None

    def until_posted(self, server: Server, load: Load) -> list[float]:
        """Give how long it took until an answer was posted, in milliseconds, where that is asked."""
        del server, load
        return []


def wait(what: str, holds: Callable[[], bool]) -> None:
    """Wait until something holds.

    Raises:
        BrokenError: it does not in time.
    """
    until = time.monotonic() + _WAIT_SECONDS
    while not holds():
        if time.monotonic() > until:
            raise BrokenError(f"waited {_WAIT_SECONDS:g} s in vain for {what}")
        time.sleep(_POLL_SECONDS)


def wait_until_ready(bot: Server) -> None:
    """Wait until the bot knows its workspace, and has Teams' token: /readyz is 200 for every platform."""

    def is_ready() -> bool:
        status, said = bot.ask("/readyz")
        return status == HTTPStatus.OK and not json.loads(said)["degraded"]

    wait("the bot to be ready", is_ready)
