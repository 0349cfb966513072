"""Close what readers told the writers, and promise those who asked that they are told, once."""

from collections.abc import Sequence
from datetime import datetime

from store.database.connection import AsyncConnection
from store.deliveries import rows as deliveries
from store.deliveries.rows import Deliveries, Delivery
from store.learning import feedback
from store.learning.feedback import Feedback

_deliveries = Deliveries()


async def close(
    connection: AsyncConnection, rows: Sequence[Feedback], fixed_in: int, now: datetime, *, see: str = ""
) -> int:
    """Close open rows that are held, with the version that mended them or 0; gives how many people are told.

    `see` is the subject that those are led to who spoke of none. Who wanted to be told is erased in the
    same transaction that promises the message: nobody is told twice, and nobody is kept.
    """
    told = [_answer(row, fixed_in, now, see) for row in rows if row.person]
    await _deliveries.insert_missing(connection, told)
    await feedback.close(connection, [row.id for row in rows], fixed_in, now)
    return len(told)


def _answer(row: Feedback, fixed_in: int, now: datetime, see: str) -> Delivery:
    return deliveries.fresh(
        f"answer:{row.id}",
        "answer",
        platform=row.platform,
        workspace=row.workspace,
        conversation=row.person,  # both platforms post to a person's id in the chat with them
        now=now,
        subject=row.subject or see,
        argument=f"{row.kind} {fixed_in} {row.created_at.date().isoformat()}",
    )
