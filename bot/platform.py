"""What a platform must bring, so that neutral code need not ask which one it is."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import chain, repeat
from typing import Any, Protocol

import structlog
from msgspec import Struct
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.metrics import Metrics
from bot.settings.checked import Settings
from bot.web.application import Check
from bot.web.fairness import Fairness
from bot.web.refusals import Noted, Refusals
from handlers.context import HandlerContext
from messengers.base import Messenger
from scheduler.delivery.pace import Pace
from store.deliveries.rows import Delivery

log = structlog.get_logger()

WAITS = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between tries to reach a platform; the last one repeats


class Platform(Protocol):
    """A platform that is set up: it hears people from the moment it is built, and speaks to them."""

    @property
    def profile(self) -> "Profile":
        """Give what is known of it whether or not it is set up."""

    @property
    def messenger(self) -> Messenger:
        """Give what posts there."""

    @property
    def refusals(self) -> Refusals:
        """Give what counts the requests that were refused."""

    @property
    def route(self) -> ASGIApp | None:
        """Give what answers its POST requests; None where they come in another way."""

    @property
    def pages(self) -> Sequence[Route]:
        """Give the pages that people open in a browser; none where it has none."""

    @property
    def settled(self) -> Callable[[Delivery], Awaitable[None]]:
        """Give what hears how a delivery there ended."""

    def listening(self, limit: float) -> AbstractAsyncContextManager[None]:
        """Hear until the end of the block what is not posted to us; what is being answered then has `limit` seconds."""

    async def keep_fresh(self) -> None:
        """Keep what is known of those who are served up to date, until it is cancelled; in each process that posts."""

    async def learn_credentials(self, waits: Sequence[float] = WAITS) -> None:
        """Ask whether our credentials are good, until it says; the log says what is wrong, in words."""

    async def checks(self) -> Sequence[Check]:
        """Say for /readyz whether it can be served: of the credentials, then of the connection where there is one."""

    async def examined(self) -> Sequence[Check]:
        """Examine it for `doctor`, by asking it; nothing is posted."""


class Parts(Struct, frozen=True):
    """What a platform is built from.

    `monotonic` gives seconds, `noted` keeps what is refused for other processes, `fairness` is all platforms' together.
    `start` starts what must not be broken off: a stop waits for it.
    """

    settings: Settings
    context: HandlerContext
    metrics: Metrics
    monotonic: Callable[[], float]
    noted: Noted
    fairness: Fairness
    start: Callable[[Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]


class Ids(Struct, frozen=True):
    """How ids look there, and what to say of those that don't; `{}` stands for what was given.

    `alike` finds what wants to be a channel's. `workspace_words` go on from "is not a workspace's id:". `linked` reads
    what a link says of a workspace, and of a channel or person in it, '' for what it does not say; None is no link of
    this platform's.
    """

    workspace: re.Pattern[str]
    channel: re.Pattern[str]
    person: re.Pattern[str]
    alike: re.Pattern[str]
    workspace_words: str
    channel_fault: str
    person_fault: str
    linked: Callable[[str], tuple[str, str] | None]


class Profile(Struct, frozen=True):
    """What is known of a platform whether or not it is set up here, and without its SDK, which is slow to import.

    `kinds` are its requests' in the metrics, `path` is where they are posted, and `where` says to people where they
    are answered and how they ask there. `pace` is its own where it has one. `built` opens the platform.
    """

    name: str
    kinds: tuple[str, ...]
    path: str
    where: str
    ids: Ids
    is_set_up: Callable[[Settings], bool]
    built: Callable[[Parts], AbstractAsyncContextManager[Platform]]
    pace: Pace | None = None


async def until_sound(ask: Callable[[], Awaitable[str]], event: str, waits: Sequence[float] = WAITS) -> None:
    """Ask again and again until nothing is wrong; what is, in words, is logged as `event` each time."""
    for wait in chain(waits, repeat(waits[-1])):
        if not (fault := await ask()):
            return
        log.error(event, fault=fault)
        await asyncio.sleep(wait)
