"""Follow up on what ended besides tips: rounds open, corrected posts are known as such, plans count as sent."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from scheduler.learning import corrections, plans, rounds
from store.database.connection import AsyncConnection
from store.deliveries.rows import Delivery
from store.tables import DeliveryKind

_Ended = tuple[Delivery, str]
_FOLLOWED: Mapping[DeliveryKind, Callable[[AsyncConnection, Sequence[_Ended], datetime], Awaitable[None]]] = {
    "correction": corrections.posted,
    "plan": plans.posted,
    "round": rounds.posted,
    "tally": rounds.recount,
}


async def follow(connection: AsyncConnection, ended: Sequence[_Ended], now: datetime) -> None:
    """Change what deliveries that `ended` were about; each with the conversation it stands in where that is another.

    What ends most, tips and answers, costs no statement here.
    """
    kinds: dict[DeliveryKind, list[_Ended]] = defaultdict(list)
    for one in ended:
        kinds[one[0].kind].append(one)
    for kind, follow_up in _FOLLOWED.items():
        if kind in kinds:
            await follow_up(connection, kinds[kind], now)
