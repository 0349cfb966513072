"""Say how a dispatcher works: how much at once, how fast, and how long anything may take."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct, field

from scheduler import planning
from scheduler.delivery.pace import Pace


class DispatchSettings(Struct, frozen=True):
    """How the dispatcher works; `post_timeout` (seconds) is less than `lease`, and the messenger's own is less still.

    What waits longer than the difference of the two for its turn goes back, so ValueError where there is none.
    `concurrency` is how many posts are under way at once, more than a few slow workspaces can fill; outcomes are
    written together every `group` seconds;
    deliveries later than `grace` are skipped; unknown outcomes rest for `settle_after` before they are looked up.
    """

    concurrency: int = 128
    lease: timedelta = timedelta(seconds=60)
    post_timeout: float = 45.0
    grace: timedelta = planning.GRACE
    group: float = 0.02
    settle_after: timedelta = timedelta(seconds=120)
    pace: Pace = field(default_factory=Pace)
    paces: Mapping[str, Pace] = field(default_factory=dict)  # of platforms that differ from `pace`

    def __post_init__(self) -> None:
        """Refuse a lease under which nothing could ever be posted."""
        if timedelta(seconds=self.post_timeout) >= self.lease:
            raise ValueError(f"a post may take {self.post_timeout:g} s, but its lease lasts {self.lease}")
