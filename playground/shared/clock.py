"""The emulator's time: real time moved by an offset that the bot reads too."""

import math
import os
import time
from collections.abc import Callable
from pathlib import Path

REACH = 100 * 365.25 * 24 * 3600.0  # seconds: calendars and time zones are defined that far


class TooFarError(ValueError):
    """The clock was asked for no moment, or for one beyond its reach; the sentence is for the page."""

    def __init__(self) -> None:
        super().__init__("The clock shows moments within 100 years of today, and this is none.")


class EmulatorClock:
    """`now` is what people see; `elapsed` measures expiry and never follows a jump of `now`.

    The offset lives in a file as a float of seconds, since the bot is another process and has to follow. It is at most
    `REACH` either way: `shift` and `move_to` raise TooFarError beyond it, and a file that says more is put right.
    Worlds share it, so each tells by `follow` what to call when the offset has changed.
    """

    def __init__(
        self,
        offset_file: Path | None = None,
        *,
        real: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = offset_file
        self._real = real
        self._monotonic = monotonic
        self._passed = 0.0
        self._followers: list[Callable[[], None]] = []
        self._offset = self._read()

    def follow(self, moved: Callable[[], None]) -> None:
        """Calls `moved` after each move of the shown time."""
        self._followers.append(moved)

    def _read(self) -> float:
        if self._file is None or not self._file.exists():
            return 0.0
        try:
            found = float(self._file.read_text(encoding="ascii").strip() or 0)
        except ValueError:
            found = math.nan
        clamped = min(max(found, -REACH), REACH) if math.isfinite(found) else 0.0
        if clamped != found:
            self._write(clamped)  # the bot reads the file too, and must not believe another time than the page
        return clamped

    @property
    def offset(self) -> float:
        """Seconds that the shown time is ahead of real time."""
        return self._offset

    def real(self) -> float:
        """Unshifted unix seconds: signatures are made with these."""
        return self._real()

    def now(self) -> float:
        """The shown time, in unix seconds."""
        return self._real() + self._offset

    def elapsed(self) -> float:
        """Seconds on a clock that only ever goes on."""
        return self._monotonic() + self._passed

    def let_pass(self, seconds: float) -> None:
        """Ages trigger_ids and response_urls without waiting; the shown time stays."""
        self._passed += seconds

    def shift(self, seconds: float) -> None:
        """Moves the shown time on by `seconds`."""
        self._write(_within_reach(self._offset + seconds))

    def move_to(self, moment: float) -> None:
        """Makes `now` the unix seconds `moment`."""
        self._write(_within_reach(moment - self._real()))

    def reset(self) -> None:
        """Back to real time."""
        self._write(0.0)

    def _write(self, offset: float) -> None:
        self._offset = offset
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._file.with_name(self._file.name + ".new")
            fresh.write_text(f"{offset:.6f}\n", encoding="ascii")
            os.replace(fresh, self._file)  # noqa: PTH105  # atomic: the bot reads this file at any moment
        for moved in self._followers:
            moved()


def _within_reach(offset: float) -> float:
    if not math.isfinite(offset) or abs(offset) > REACH:
        raise TooFarError
    return offset
