"""How fast the bot may call, where the emulator is told to mind it."""

from playground.shared import rates
from playground.shared.clock import EmulatorClock
from playground.slack.values import Refusal

# Slack: web-api/rate-limits.
POSTS_A_SECOND = 1.0  # a channel; "short bursts" beyond it are allowed, and nobody says how short
POSTS_A_MINUTE = 300.0  # a workspace: "several hundred"
UPDATES_A_MINUTE = 50.0  # a workspace: tier 3
HOMES_A_MINUTE = 100.0  # a workspace: tier 4
HISTORY_A_MINUTE = 50.0  # a workspace and method: tier 3
SLOW_HISTORY_SECONDS = 60.0  # a workspace and method: apps distributed outside the Marketplace since 2025-05-29
SLOW_HISTORY_OBJECTS = 15


class _Bucket:
    def __init__(self, a_second: float, most: float) -> None:
        self._a_second = a_second
        self._most = most
        self._left = most
        self._seen = float("-inf")

    def wait(self, now: float) -> float:
        """Takes one, or gives the seconds until there is one."""
        self._left = min(self._most, self._left + max(0.0, now - self._seen) * self._a_second)
        self._seen = now
        if self._left < 1 - 1e-9:
            return (1 - self._left) / self._a_second
        self._left -= 1
        return 0.0


class Rates(rates.Rates):
    """`is_enforced` minds Slack's own limits; `is_history_slow` the stricter one for reading messages."""

    def __init__(self, clock: EmulatorClock, *, is_enforced: bool, burst: int, is_history_slow: bool) -> None:
        super().__init__(clock, is_enforced=is_enforced)
        self.is_history_slow = is_history_slow
        self._burst = burst

    def check_post(self, channel: str) -> None:
        """Raises Refusal (429): more than 1 message a second a channel, or several hundred a minute in all."""
        if self.is_enforced:
            self._take("chat.postMessage", channel, POSTS_A_SECOND, self._burst)
            self._take("chat.postMessage", "", POSTS_A_MINUTE / 60, POSTS_A_MINUTE)

    def check_call(self, method: str, a_minute: float) -> None:
        """Raises Refusal (429): more than so many calls a minute, where limits are minded."""
        if self.is_enforced:
            self._take(method, "", a_minute / 60, a_minute)

    def check_reading(self, method: str) -> None:
        """Raises Refusal (429): 1 call a minute where reading is slow, else 50 where limits are minded."""
        if self.is_history_slow:
            self._take(method, "slow", 1 / SLOW_HISTORY_SECONDS, 1)
        else:
            self.check_call(method, HISTORY_A_MINUTE)

    def most_objects(self, asked: int) -> int:
        """How many messages an answer may hold at most."""
        return min(asked, SLOW_HISTORY_OBJECTS) if self.is_history_slow else asked

    def _take(self, method: str, place: str, a_second: float, most: float) -> None:
        bucket: _Bucket = self._counts.setdefault((method, place), _Bucket(a_second, most))
        wait = bucket.wait(self._clock.elapsed())
        if wait > 0:
            raise Refusal("ratelimited", status=429, headers=rates.retry_after(wait))
