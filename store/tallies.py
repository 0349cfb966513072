"""How often something was done with a subject in a conversation, whoever did it: plain SQL on the table `tally`.

Every function runs in the caller's transaction. A count names nobody; what one person did twice is for the caller to
know (handlers/tallying.py).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from store import bulk, ids, learning_tables
from store.learning_tables import Counted


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted: `what` was done with a subject (`tip/…`) where; '' stands for all chats of one person alone."""

    platform: str
    workspace: str
    conversation: str
    subject: str
    what: Counted

    @property
    def id(self) -> str:
        """The id of its row."""
        return ids.digest(self.platform, self.workspace, self.conversation, self.subject, self.what)


async def add(  # noqa: PLR0913, PLR0917 # what makes a tally, in the order of its columns
    connection: AsyncConnection,
    platform: str,
    workspace: str,
    conversation: str,
    subject: str,
    what: Counted,
    n: int = 1,
) -> None:
    """Count something `n` times more."""
    await add_all(connection, {Tally(platform, workspace, conversation, subject, what): n})


async def add_all(connection: AsyncConnection, counts: Mapping[Tally, int]) -> None:
    """Count several things, in the order of their rows' ids, so that two processes never wait for each other."""
    for tally, n in sorted(counts.items(), key=lambda one: one[0].id):
        row = {"id": tally.id, **asdict(tally), "total": n}
        await bulk.add_up(connection, learning_tables.tally, row, "total")


async def of_conversation(
    connection: AsyncConnection, platform: str, workspace: str, conversation: str
) -> dict[Tally, int]:
    """Give everything that was counted in a conversation."""
    table = learning_tables.tally.c
    query = select(table.subject, table.what, table.total).where(
        table.platform == platform, table.workspace == workspace, table.conversation == conversation
    )
    return {
        Tally(platform, workspace, conversation, row.subject, row.what): row.total
        for row in await connection.execute(query)
    }
