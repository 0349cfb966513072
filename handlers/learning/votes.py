"""Count people's votes in rounds: one each, in groups, and never for longer than the round is open."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from handlers.grouping import Grouping
from messengers.base import Address
from scheduler.learning import round_rows
from store.database.access import Database
from store.deliveries.rows import Deliveries, Delivery
from store.learning.rounds import Round, Rounds, Vote

_BETWEEN = timedelta(seconds=5)  # from one telling of how many have voted to the next

_deliveries = Deliveries()
_rounds = Rounds()


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote as it comes in: where it was cast, on which message, and when."""

    vote: Vote
    address: Address
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Cast:
    """What became of a ballot: the round it was cast in, None where there is none, and how many have voted there.

    It `counts` unless the round had ended.
    """

    round: Round | None
    total: int = 0
    counts: bool = False


class Votes:
    """Takes votes, those that wait for their turn in one transaction."""

    def __init__(self, database: Database, spawn: Callable[[Coroutine[Any, Any, object]], None]) -> None:
        self._grouping = Grouping(database, spawn, count)

    async def cast(self, ballot: Ballot) -> Cast:
        """Count a vote, in place of an earlier one of the same person; raises what the database raised."""
        return await self._grouping.written(ballot)


async def count(connection: AsyncConnection, ballots: Sequence[Ballot]) -> tuple[Cast, ...]:
    """Count votes in the caller's transaction, and have the posts say how many there are; gives what became of each."""
    ids = sorted({ballot.vote.round_id for ballot in ballots})
    # First what stands in the ledger, then the rounds: so does who closes them.
    kept = await _deliveries.by_keys(connection, [key for id_ in ids for key in (_post(id_), _tally(id_))])
    rounds = await _rounds.by_ids(connection, ids)
    taken = [ballot for ballot in ballots if _is_taken(ballot, rounds.get(ballot.vote.round_id))]
    await _rounds.vote(connection, [ballot.vote for ballot in taken])
    voted = sorted({ballot.vote.round_id for ballot in taken})
    totals = await _rounds.totals(connection, voted)
    proofs = {
        ballot.vote.round_id: ballot
        for ballot in taken
        if rounds[ballot.vote.round_id].state == "asked" and ballot.message_id
    }
    changed: list[Delivery] = []
    for id_ in voted:
        now = max(ballot.at for ballot in taken if ballot.vote.round_id == id_)
        message_id = proofs[id_].message_id if id_ in proofs else rounds[id_].message_id
        if (tally := kept.get(_tally(id_))) and message_id:
            changed += _told_soon(replace(tally, message_id=message_id), rounds[id_], totals[id_], now)
        if id_ in proofs and (post := kept.get(_post(id_))) and post.state == "unknown":
            changed.append(replace(post, state="sent", reason="", person="", message_id=message_id, changed_at=now))
    # Whoever votes on a post has it before them, whatever became of the answer to it.
    await _rounds.open(connection, [(id_, one.address.conversation, one.message_id) for id_, one in proofs.items()])
    await _deliveries.change(connection, changed)
    return tuple(_cast(ballot, rounds.get(ballot.vote.round_id), totals) for ballot in ballots)


def _is_taken(ballot: Ballot, one: Round | None) -> bool:
    return one is not None and _is_theirs(ballot, one) and _is_open(ballot, one)


def _is_theirs(ballot: Ballot, one: Round) -> bool:
    """Say whether it was cast where the round is: a button says which it is, and can be made up."""
    here = ballot.address
    return (here.platform, here.workspace, here.conversation) == (one.platform, one.workspace, one.conversation)


def _is_open(ballot: Ballot, one: Round) -> bool:
    return one.state != "closed" and ballot.at < one.closes_at


def _told_soon(tally: Delivery, one: Round, total: int, now: datetime) -> tuple[Delivery, ...]:
    """Plan that the post says how many have voted, where that is another number than it says or will say."""
    argument = round_rows.told(one, total).encode()
    if argument == tally.argument:
        return ()
    # One that is under way is planned anew: its outcome is dropped then, and an edit does no harm twice.
    soon = tally.not_before if tally.state == "planned" else max(now, tally.not_before + _BETWEEN)
    return (replace(tally, state="planned", argument=argument, not_before=soon, due_at=now, reason="", changed_at=now),)


def _cast(ballot: Ballot, one: Round | None, totals: dict[str, int]) -> Cast:
    if one is None or not _is_theirs(ballot, one):
        return Cast(None)
    return Cast(one, totals.get(one.id, 0), _is_open(ballot, one))


def _post(round_id: str) -> str:
    return round_rows.key(round_id)


def _tally(round_id: str) -> str:
    return round_rows.key(round_id, "tally")
