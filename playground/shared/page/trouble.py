"""The page's Trouble drawer: what can be ordered, what is, what happened lately, and the platform's rules."""

import math
from typing import get_args

import msgspec

from playground.shared.platform import Platform
from playground.shared.trouble import ANY, Chapter, Possible, Trouble, TroubleKind
from playground.shared.values import Json

LONGEST = 3600.0  # seconds that trouble may take
MOST = 100_000  # times that it may happen
SHOWN = 20
SERVER_ERRORS = range(500, 600)
_KINDS: dict[str, TroubleKind] = {kind: kind for kind in get_args(TroubleKind)}

# What can go wrong on either platform.
ANSWER_LOST = (
    Possible("cut_after", "Connection breaks after", "Done; then the connection is reset."),
    Possible("stall_after", "No answer after", "Done; then silence, until the bot gives up waiting."),
    Possible("5xx_after", "Server error after", "Done; then 502 or its kin from a machine in between."),
)
ANSWER_UNREADABLE = Possible("garbage_after", "Unreadable answer after", "Done; then a web page where JSON should be.")
NOTHING_DONE = (
    Possible("cut_before", "Connection breaks before", "Reset before anything happened."),
    Possible("stall_before", "No answer, nothing done", "Silence, until the bot gives up waiting."),
    Possible("5xx_before", "Server error before", "502 or its kin, and nothing was done."),
)
TOO_FAST = Possible("429", "Too fast (429)", "Refused with Retry-After.")
SLOW = Possible("slow", "Slow", "Works, but late: whether or not the bot still waits.")


class Drawer:
    """The drawer of one platform; the twins add its rules."""

    chapters: tuple[Chapter, ...]
    methods: tuple[tuple[str, str], ...]
    place: str  # the platform's word for where
    error: str  # the code where none is named

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def possible(self) -> Json:
        """The menus, with their words."""
        return {
            "chapters": [msgspec.to_builtins(chapter) for chapter in self.chapters],
            "methods": [{"name": name, "words": words} for name, words in self.methods],
        }

    def shown(self) -> Json:
        """What stands in the drawer now."""
        troubles = self._platform.troubles
        return {
            "waiting": [self._waiting(trouble) for trouble in troubles.waiting],
            "lately": [
                {
                    "at": each.at,
                    "title": self._title(each.kind, each.error),
                    "method": each.method,
                    self.place: each.channel,
                }
                for each in list(troubles.lately)[-SHOWN:][::-1]
            ],
            "rate": self._platform.rates.is_enforced,
        }

    def _waiting(self, trouble: Trouble) -> Json:
        return {
            "key": str(id(trouble)),
            "title": self._title(trouble.kind, trouble.error),
            "kind": trouble.kind,
            "method": trouble.method,
            self.place: trouble.channel,
            "times": trouble.times,
            "share": trouble.share,
            "met": trouble.met,
        }

    def _title(self, kind: TroubleKind, error: str) -> str:
        code = error if kind in {"error", "error_after"} else {"fatal_error_after": "fatal_error"}.get(kind, "")
        every = (each for chapter in self.chapters for each in chapter.possible)
        return next((each.title for each in every if (each.kind, each.error) == (kind, code)), error)

    # -- what is ordered

    def order(self, body: Json) -> None:
        """Orders one, takes one back (`drop`), all of them (`clear`), or puts the rules right too (`reset`).

        Raises ValueError, TypeError, KeyError or OverflowError for what can't be understood.
        """
        waiting = self._platform.troubles.waiting
        if body.get("reset"):
            self._platform.put_right()
            self._put_rules_right()
        elif body.get("clear"):
            waiting.clear()
        elif "drop" in body:
            waiting[:] = [trouble for trouble in waiting if str(id(trouble)) != body["drop"]]
        else:
            waiting.append(self._ordered(body))
        self._platform.world.touch()

    def _ordered(self, body: Json) -> Trouble:
        kind = _KINDS.get(str(body.get("kind")))
        method, error = str(body.get("method", ANY)), str(body.get("error") or self.error)
        if kind is None or not self._is_known(Trouble(method, kind, error=error)):
            raise ValueError("no such trouble")
        seconds = float(body.get("seconds") or 5)
        share = None if body.get("share") is None else float(body["share"])
        if not math.isfinite(seconds) or seconds < 0 or not (share is None or 0 < share <= 1):
            raise ValueError("not that long, or not that often")
        seconds, status = min(seconds, LONGEST), int(body.get("status") or 502)
        if status not in SERVER_ERRORS:
            raise ValueError("not a server's error")
        return Trouble(
            method,
            kind,
            times=_times(body.get("times", 1)),
            retry_after=max(1, int(seconds)),
            seconds=seconds,
            error=error,
            channel=str(body[self.place]) if body.get(self.place) else None,
            share=share,
            status=status,
        )

    def _is_known(self, trouble: Trouble) -> bool:
        """Whether the platform has such a kind, method and code."""
        raise NotImplementedError

    # -- the rules

    def _put_rules_right(self) -> None:
        """The rules of the first day, beside what `Platform.put_right` puts right."""
        raise NotImplementedError

    def change_rules(self, body: Json) -> None:
        """Minds the platform's limits or not, or changes a rule of its own. Raises KeyError for what is not there."""
        is_on = bool(body.get("is_on"))
        if body.get("rule") == "rate":
            self._platform.rates.is_enforced = is_on
        else:
            self._change_rule(body, is_on=is_on)
        self._platform.world.touch()

    def _change_rule(self, body: Json, *, is_on: bool) -> None:
        """Changes a rule that only this platform has. Raises KeyError for one that it has not."""
        raise NotImplementedError


def _times(given: object) -> int | None:
    """None until it is taken back."""
    if given is None:
        return None
    times = int(str(given))
    if not 1 <= times <= MOST:
        raise ValueError("not that often")
    return times
