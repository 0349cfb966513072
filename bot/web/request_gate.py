"""Let requests in a few at a time, so that a crowd at the door holds up nobody whose request is being answered.

Whose they are is not known yet: who may begin to be answered then, `bot/web/fairness.py` says.
"""

import asyncio
from collections import deque

# To read a request and see who sent it takes a tenth of a millisecond or two, and answers under way wait for that twice
# for each statement of theirs. Yet far more must come in than begin to be answered (`fairness.py`): else a workspace's
# crowd waits here, where nobody knows whose it is, and everybody else behind it.
_AT_ONCE = 64
_BESIDE_OTHERS = 8


class RequestGate:
    """Who may come in: `at_once` requests in each round of the event loop, `beside` while others are being answered.

    The rest wait in the order they came. What is answered from memory is never seen waiting, and waits for nobody.
    """

    def __init__(self, at_once: int = _AT_ONCE, beside: int = _BESIDE_OTHERS) -> None:
        self._at_once = at_once
        self._beside = beside
        self._left = at_once
        self._under_way = 0
        self._is_renewing = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def begin(self) -> None:
        """Wait for a turn, at once where few ask; `end` must follow."""
        loop = asyncio.get_running_loop()
        if not self._is_renewing:
            self._is_renewing = True
            loop.call_soon(self._renew)
        if self._left > 0 and not self._waiting:
            self._left -= 1
        else:
            turn: asyncio.Future[None] = loop.create_future()
            self._waiting.append(turn)
            await turn
        self._under_way += 1

    def end(self) -> None:
        """Say that a request that began is answered."""
        self._under_way -= 1

    def _renew(self) -> None:
        """Begin a new round: those who waited come first."""
        self._left = self._beside if self._under_way else self._at_once
        while self._waiting and self._left > 0:
            turn = self._waiting.popleft()
            if not turn.done():  # whoever it was may have gone
                self._left -= 1
                turn.set_result(None)
        self._is_renewing = bool(self._waiting)
        if self._is_renewing:
            asyncio.get_running_loop().call_soon(self._renew)
