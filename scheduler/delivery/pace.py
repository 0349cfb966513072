"""Say what a platform bears: how fast posts go to one workspace, and how many at once."""

from msgspec import Struct

# The clock's tips are spread over less than the whole rate: what somebody asked for meanwhile finds its turn at once,
# and what it displaced catches up.
SPREAD = 0.8


class Pace(Struct, frozen=True):
    """How fast posts go to one workspace: `rate` a second after a `burst`, with `gap` seconds in a conversation.

    Slack: one message a second in a channel, and several hundred a minute in a workspace, of which it says no number.
    So a 429 halves the rate, down to `floor`, and with it the burst; each minute without one gives back `recovery` of
    the full rate. At most `under_way` posts wait for one workspace's answers, so that a slow one leaves room; the fewer
    places are free, the fewer each may have, so that many slow ones together leave room too. None: as many as fit.

    `windows`: at most so many posts in any so many seconds, in one conversation.
    """

    rate: float = 5.0
    burst: float = 20.0
    gap: float = 1.1  # a tenth more than the limit: two posts do not take equally long to get there
    floor: float = 0.5
    recovery: float = 0.1
    under_way: int | None = 24
    windows: tuple[tuple[int, float], ...] = ()

    def is_crowded(self, under_way: int, free: float) -> bool:
        """Say whether a workspace with so many posts under way gets no further one; `free` is the share of places.

        One with none under way gets its place as long as there is any. (A dynamic threshold, as switches share their
        buffers by: k workspaces that take all they get have n each, with n = under_way * (1 - k * n / places), so that
        some places stay free.)
        """
        return self.under_way is not None and under_way >= self.under_way * free

    def spread(self, count: int) -> float:
        """Give in how many seconds the clock's tip goes that has `count` of its workspace's before it."""
        return max(0.0, count + 1 - self.burst) / (self.rate * SPREAD)


# Teams: 50 requests a second for one app in one tenant; in one conversation 7 in 1 s, 8 in 2 s, 60 in 30 s and 1,800
# in an hour. A tenth of it is left for answers and updates, which are not paced.
TEAMS = Pace(rate=37.0, burst=8.0, gap=0.15, windows=((6, 1.0), (7, 2.0), (54, 30.0), (1620, 3600.0)))
UNPACED = Pace(rate=1e9, burst=1e9, gap=0.0, under_way=None)  # for what measures something else
