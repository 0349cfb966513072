"""How fast the bot may call: Teams' windows for a conversation, and the one for the whole tenant."""

from collections import deque

from playground.shared import rates
from playground.teams.values import Refusal

# Teams: bots/how-to/rate-limit, seconds -> calls, for one bot in one conversation.
SENDING = ((1.0, 7), (2.0, 8), (30.0, 60), (3600.0, 1800))
READING = ((1.0, 14), (2.0, 16), (30.0, 120), (3600.0, 3600))
TENANT = ((1.0, 50),)


class Rates(rates.Rates):
    """Keeps when calls came; a refused call counts for nothing."""

    def check(self, kind: str, conversation: str, windows: tuple[tuple[float, int], ...]) -> None:
        """Raises Refusal (429) with Retry-After where a window of the conversation or the tenant is full."""
        if not self.is_enforced:
            return
        now = self._clock.elapsed()
        counted = ((self._of(kind, conversation, now), windows), (self._of("", "", now), TENANT))
        wait = max(_wait(calls, limits, now) for calls, limits in counted)
        if wait > 0:
            raise Refusal(429, "Throttled", "Too many requests.", rates.retry_after(wait))
        for calls, _ in counted:
            calls.append(now)

    def _of(self, kind: str, conversation: str, now: float) -> deque[float]:
        calls: deque[float] = self._counts.setdefault((kind, conversation), deque())
        while calls and calls[0] <= now - SENDING[-1][0]:
            calls.popleft()
        return calls


def _wait(calls: deque[float], windows: tuple[tuple[float, int], ...], now: float) -> float:
    """Seconds until every window has room for one more."""
    waits = [0.0]
    for seconds, most in windows:
        inside = [at for at in calls if at > now - seconds]
        if len(inside) >= most:
            waits.append(inside[-most] + seconds - now)
    return max(waits)
