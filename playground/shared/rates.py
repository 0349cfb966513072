"""How fast the bot may call: what both platforms' limits have in common."""

from typing import Any

from playground.shared.clock import EmulatorClock


class Rates:
    """Counts calls by what is called and where; `is_enforced` refuses what is too fast."""

    def __init__(self, clock: EmulatorClock, *, is_enforced: bool) -> None:
        self.is_enforced = is_enforced
        self._clock = clock
        self._counts: dict[tuple[str, str], Any] = {}

    def forget(self) -> None:
        """As if nothing had been called yet."""
        self._counts.clear()


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says when to come back, in whole seconds."""
    return {"Retry-After": str(max(1, round(seconds + 0.499)))}
