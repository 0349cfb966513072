"""Share the bot between workspaces: one that asks for more than others do waits behind itself, not before them.

All that is kept of a workspace is how much it has in hand and how fast it has asked of late, so that each request costs
the same however many there are.
"""

import asyncio
from collections import deque
from collections.abc import Callable

import structlog
from msgspec import Struct, field

log = structlog.get_logger()

# An answer that needs the database waits for it several times, and each time for two rounds of the event loop: to begin
# a hundred requests in one is 25 ms of that, each time. Fewer than these made no answer come sooner.
_AT_ONCE = 64
_BESIDE_OTHERS = 2
_ABREAST = 32
_AMONG_OTHERS = 1.0  # seconds for which two workspaces count as asking at the same time
_MOST = 10_000  # workspaces that are remembered, about 3 MB; who is forgotten has asked for nothing of late
_EVERY = 60.0  # seconds between two lines of the log


class Allowance(Struct, frozen=True):
    """How much one workspace may ask before it is told to come back.

    `together` are in hand at once: half of the connections that there are (`bot/web/server.py`), so that others find
    one. `burst` may come at any moment, ten thousand people who press a button when somebody says so, and after them
    `per_second` for as long as it lasts.
    """

    together: int = 400
    burst: int = 10_000
    per_second: float = 500.0


class _Share(Struct):
    """A workspace: what it has `in_hand`, how many of those have `begun`, and who is `waiting`.

    `due` is until when it has used its time up, the virtual scheduling form of a leaky bucket (GCRA): one moment says
    all that a count and its age would. `is_in_turn` says that it stands among those who are given the next turns.
    """

    in_hand: int = 0
    begun: int = 0
    due: float = 0.0
    is_in_turn: bool = False
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)


class Fairness:
    """Who may begin: `at_once` requests in each round of the event loop, `beside` while others are being answered.

    Of one workspace `abreast` are answered at a time while others ask too. The rest wait, each workspace's in the order
    they came, and the workspaces in turn. What is answered from memory is never seen waiting, and waits for nobody.

    Args:
        monotonic: seconds.
        allowance: of one workspace.
        at_once: see above.
        beside: see above.
        abreast: see above.
        most: workspaces that are remembered.
    """

    def __init__(  # all but two by name
        self,
        monotonic: Callable[[], float],
        allowance: Allowance | None = None,
        *,
        at_once: int = _AT_ONCE,
        beside: int = _BESIDE_OTHERS,
        abreast: int = _ABREAST,
        most: int = _MOST,
    ) -> None:
        allowance = allowance or Allowance()
        self.monotonic = monotonic
        self._together = allowance.together
        self._each = 1 / allowance.per_second
        self._ahead = (allowance.burst - 0.5) * self._each  # half a request: sums of floats are a little off
        self._at_once = at_once
        self._beside = beside
        self._abreast = abreast
        self._most = most
        self._shares: dict[str, _Share] = {}
        self._ring: deque[_Share] = deque()  # those who wait, each once, in turn
        self._left = at_once
        self._under_way = 0
        self._last = ""  # the workspace that asked last, and until when it is not the only one
        self._among_others_until = 0.0
        self._widest = self._together
        self._is_renewing = False
        self._said_at = -_EVERY
        self._refused = 0

    async def begin(self, workspace: str) -> bool:
        """Wait for a turn, at once where few ask; True if it was given, and `end` must follow, False if refused."""
        share = self._shares.get(workspace) or self._remembered(workspace)
        now = self.monotonic()
        due = max(now, share.due)
        if share.in_hand >= self._together or due - now > self._ahead:
            self._refuse(workspace, now)
            return False
        if workspace != self._last:
            self._among_others_until = now + _AMONG_OTHERS if self._last else 0.0
            self._last = workspace
        self._widest = self._abreast if now < self._among_others_until else self._together
        share.due = due + self._each
        share.in_hand += 1
        self._renew_soon()
        if self._left > 0 and not (self._ring or share.waiting) and share.begun < self._widest:
            self._left -= 1
            self._under_way += 1
            share.begun += 1
            return True
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        share.waiting.append(turn)
        self._line_up(share)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                share.in_hand -= 1
            else:  # it had been given already
                self._end(share)
            raise
        return True

    def end(self, workspace: str) -> None:
        """Say that a request that began is answered."""
        self._end(self._shares[workspace])

    def _end(self, share: _Share) -> None:
        self._under_way -= 1
        share.in_hand -= 1
        share.begun -= 1
        if share.waiting:
            self._line_up(share)
            self._renew_soon()

    def _line_up(self, share: _Share) -> None:
        """Put a workspace that somebody waits for behind the others, if more of it may begin."""
        if not share.is_in_turn and share.begun < self._widest:
            share.is_in_turn = True
            self._ring.append(share)

    def _renew_soon(self) -> None:
        if not self._is_renewing:
            self._is_renewing = True
            asyncio.get_running_loop().call_soon(self._renew)

    def _renew(self) -> None:
        """Begin a new round: those who waited come first, one of each workspace in turn."""
        self._is_renewing = False
        self._left = self._beside if self._under_way else self._at_once
        while self._ring and self._left > 0:
            share = self._ring.popleft()
            share.is_in_turn = False
            turn = share.waiting.popleft()
            if not turn.done():  # whoever it was may have gone
                self._left -= 1
                self._under_way += 1
                share.begun += 1
                turn.set_result(None)
            if share.waiting:
                self._line_up(share)
        if self._ring:
            self._renew_soon()

    def _remembered(self, workspace: str) -> _Share:
        """Begin with a workspace; where there are too many, the one that came first and has nothing in hand goes."""
        if len(self._shares) >= self._most:
            idle = next((known for known, share in self._shares.items() if not share.in_hand), None)
            if idle is not None:
                del self._shares[idle]
        share = self._shares[workspace] = _Share()
        return share

    def _refuse(self, workspace: str, now: float) -> None:
        """Say who asks for too much, in one line a minute."""
        self._refused += 1
        if now - self._said_at >= _EVERY:
            log.warning("requests.too_many", workspace=workspace, refused=self._refused)
            self._said_at, self._refused = now, 0
