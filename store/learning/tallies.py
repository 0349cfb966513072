"""Count how often something was done with a subject in a conversation, without keeping who did it."""

from collections.abc import Mapping
from typing import NamedTuple

from store import bulk, ids
from store.database.connection import AsyncConnection
from store.learning_tables import Counted, tally


class Tallied(NamedTuple):
    """What is counted, and where; `subject` is a `cards.model.Subject` as text: `tip/way-out`."""

    platform: str
    workspace: str
    conversation: str
    subject: str
    what: Counted


class Crowd(NamedTuple):
    """How many different people did something like it, at least: with the same subject, and with any there.

    A lower bound, counted by one process; of what several counted the largest is kept, never their sum.
    """

    people: int = 0
    people_here: int = 0


NOBODY_KNOWN = Crowd()


async def add(  # noqa: PLR0913, PLR0917 # a count has so many parts
    connection: AsyncConnection,
    platform: str,
    workspace: str,
    conversation: str,
    subject: str,
    what: Counted,
    n: int = 1,
    crowd: Crowd = NOBODY_KNOWN,
) -> None:
    """Count `n` more, in the caller's transaction."""
    key = Tallied(platform, workspace, conversation, subject, what)
    await add_all(connection, {key: n}, {key: crowd})


async def add_all(
    connection: AsyncConnection, counts: Mapping[Tallied, int], crowds: Mapping[Tallied, Crowd] | None = None
) -> None:
    """Count more of many, in one statement, by their ids: no two writers wait for each other.

    `crowds` say how many people are behind them; of what is not named nobody is known.
    """
    known = crowds or {}
    rows = sorted((ids.digest(*each), *each, more, *known.get(each, NOBODY_KNOWN)) for each, more in counts.items())
    statement = bulk.insert_adding(connection, tally, "total", largest=Crowd._fields)
    await bulk.run(connection, statement, _COLUMNS, rows)


_COLUMNS = ("id", *Tallied._fields, "total", *Crowd._fields)
