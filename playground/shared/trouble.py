"""What can go wrong with the bot's calls: once, a few times, until it is taken back, or for a share of them."""

import random
from collections import deque
from collections.abc import Callable
from typing import Literal

from msgspec import Struct

TroubleKind = Literal[
    "429",
    "5xx_before",
    "5xx_after",
    "fatal_error_after",
    "garbage_after",
    "error",
    "error_after",
    "cut_before",
    "cut_after",
    "stall_before",
    "stall_after",
    "slow",
]
ANY = "*"
LATELY = 50


class Trouble(Struct):
    """What goes wrong with the next `times` calls of `method` ("*": any); None is until it is taken back.

    *_before: nothing was done. *_after: it was done, and the answer is lost on its way back.
    "error" answers `error` and does nothing, "error_after" answers it all the same after it was done; "5xx_*" answers
    `status`; "stall_*" never answers, until the caller hangs up; "slow" waits `seconds` and then works, whether or not
    the caller still listens. `channel` (a conversation's id, or a person's for their direct messages) narrows it.
    With a `share` it happens to that part of the calls that fit, by the emulator's own dice; shares of several troubles
    add up. `met` is how often it has happened.
    """

    method: str
    kind: TroubleKind
    times: int | None = 1
    retry_after: int = 1
    seconds: float = 0.0
    error: str = "internal_error"
    channel: str | None = None
    share: float | None = None
    status: int = 503
    met: int = 0


class Possible(Struct, frozen=True):
    """One line of the page’s menu; `error` is the platform’s code where the kind is an answer with one."""

    kind: TroubleKind
    title: str
    legend: str
    error: str = ""


class Chapter(Struct, frozen=True):
    """Troubles of one sort, with what they have in common."""

    title: str
    legend: str
    possible: tuple[Possible, ...]


class Suffered(Struct, frozen=True):
    """A call that trouble befell: when (the emulator's time), which, and what went wrong."""

    at: float
    method: str
    channel: str
    kind: TroubleKind
    error: str


class Troubles:
    """Hands trouble out, call by call; the same seed throws the same dice."""

    def __init__(self, seed: int | None = None) -> None:
        self.waiting: list[Trouble] = []
        self.lately: deque[Suffered] = deque(maxlen=LATELY)
        self._dice = random.Random(seed)  # noqa: S311  # dice, no secret

    def throw_anew(self, seed: int) -> None:
        """Makes what follows repeatable."""
        self._dice.seed(seed)

    def clear(self) -> None:
        """Takes all of it back, and forgets what happened."""
        self.waiting.clear()
        self.lately.clear()

    def take(self, method: str, is_there: Callable[[str], bool], channel: str, now: float) -> Trouble | None:
        """The trouble that befalls this call: the first that is certain, else one throw of the dice for all shares.

        `is_there` says whether a conversation's id means the one this call is about.
        """
        fitting = [
            trouble
            for trouble in self.waiting
            if trouble.method in {ANY, method} and (trouble.channel is None or is_there(trouble.channel))
        ]
        found = next((trouble for trouble in fitting if trouble.share is None), None) or self._thrown(fitting)
        if found is None:
            return None
        found.met += 1
        if found.times is not None:
            found.times -= 1
            if found.times <= 0:
                self.waiting[:] = [trouble for trouble in self.waiting if trouble is not found]
        error = found.error if found.kind in {"error", "error_after"} else ""
        self.lately.append(Suffered(now, method, channel, found.kind, error))
        return found

    def _thrown(self, fitting: list[Trouble]) -> Trouble | None:
        if not fitting:
            return None
        thrown = self._dice.random()
        for trouble in fitting:
            thrown -= trouble.share or 0.0
            if thrown < 0:
                return trouble
        return None
