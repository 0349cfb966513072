"""Count what was done with a subject in a conversation, whoever did it: plain SQL on the table `tally`."""

from sqlalchemy import literal
from sqlalchemy.ext.asyncio import AsyncConnection

from store import bulk, ids
from store.learning_tables import Counted, tally


async def add(  # noqa: PLR0913, PLR0917 # a count has so many parts
    connection: AsyncConnection,
    platform: str,
    workspace: str,
    conversation: str,
    subject: str,
    what: Counted,
    n: int = 1,
) -> None:
    """Count `n` more, in the caller's transaction."""
    place = (platform, workspace, conversation, subject, what)
    row = dict(zip(("platform", "workspace", "conversation", "subject", "what"), place, strict=True))
    statement = bulk.insert_missing(connection, tally).values(id=ids.digest(*place), total=0, **row)
    await connection.execute(statement)
    await connection.execute(
        tally.update().where(tally.c.id == ids.digest(*place)).values(total=tally.c.total + literal(n))
    )
