"""Count how often something was done with a subject in a conversation, without keeping who did it."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from store import bulk, ids
from store.learning_tables import Counted, tally


class Tallied(NamedTuple):
    """What is counted, and where; `subject` is a `cards.model.Subject` as text: `tip/way-out`."""

    platform: str
    workspace: str
    conversation: str
    subject: str
    what: Counted


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
    await add_all(connection, {Tallied(platform, workspace, conversation, subject, what): n})


async def add_all(connection: AsyncConnection, counts: Mapping[Tallied, int]) -> None:
    """Count more of many, in one statement, by their ids: no two writers wait for each other."""
    rows = sorted((ids.digest(*each), *each, more) for each, more in counts.items())
    await bulk.run(connection, bulk.insert_adding(connection, tally, "total"), _COLUMNS, rows)


_COLUMNS = ("id", *Tallied._fields, "total")
