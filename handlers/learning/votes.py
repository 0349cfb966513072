"""Count people's votes in rounds: one each, in groups, and never for longer than the round is open."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from content.library import Library
from handlers.grouping import Grouping
from handlers.learning.posts import rounds as round_posts
from messengers.base import Address
from scheduler.learning import round_rows
from store.database.access import Database
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery
from store.learning.rounds import Round, Rounds, Vote

_deliveries = Deliveries()
_rounds = Rounds()


class Ballot(Struct, frozen=True):
    """A vote as it comes in: where it was cast, on which message, and when."""

    vote: Vote
    address: Address
    message_id: str
    at: datetime


class Cast(Struct, frozen=True):
    """What became of a ballot: the round it was cast in, None where there is none, and how many have voted there.

    It `counts` unless the round had ended. `told` is when the post is to say how many, where that was not planned
    before: the dispatcher has to hear of it.
    """

    round: Round | None
    total: int = 0
    counts: bool = False
    told: datetime | None = None


class Votes:
    """Takes votes, those that wait for their turn in one transaction."""

    def __init__(
        self,
        database: Database,
        spawn: Callable[[Coroutine[Any, Any, object]], None],
        library: Callable[[], Library],
    ) -> None:
        """Take what runs beside the answer, and what gives today's content."""
        self._grouping = Grouping(database, spawn, partial(_counted, library))

    async def cast(self, ballot: Ballot) -> Cast:
        """Count a vote, in place of an earlier one of the same person; raises what the database raised."""
        return await self._grouping.written(ballot)


async def _counted(
    library: Callable[[], Library], connection: AsyncConnection, ballots: Sequence[Ballot]
) -> tuple[Cast, ...]:
    return await count(connection, ballots, library())


async def count(connection: AsyncConnection, ballots: Sequence[Ballot], library: Library) -> tuple[Cast, ...]:
    """Count votes in the caller's transaction, and have the posts say how many there are; gives what became of each.

    A vote for what was not put as a choice is cast in no round, and neither is one on what has gone from the content.
    """
    ids = sorted({ballot.vote.round_id for ballot in ballots})
    # First what stands in the ledger, then the rounds: so does who closes them.
    kept = await _deliveries.by_keys(connection, [key for id_ in ids for key in (_post(id_), _tally(id_))])
    rounds = await _rounds.by_ids(connection, ids)
    meant = [_meant(ballot, rounds.get(ballot.vote.round_id), library) for ballot in ballots]
    taken = [ballot for ballot, one in zip(ballots, meant, strict=True) if one is not None and _is_open(ballot, one)]
    await _rounds.vote(connection, [ballot.vote for ballot in taken])
    voted = sorted({ballot.vote.round_id for ballot in taken})
    totals = await _rounds.totals(connection, voted)
    asked = [rounds[id_] for id_ in voted if rounds[id_].state == "asked"]
    posts = {one.id: kept[_post(one.id)] for one in asked if _post(one.id) in kept}
    posts |= await _posts_of_weeks(connection, asked)
    # Whoever votes on a post has it before them, whatever became of the answer to it. The id is what they say it is, so
    # that it serves only where nobody knows better: what is waiting or under way will be recorded.
    lost = {id_: post for id_, post in posts.items() if post.state == "unknown" and not post.message_id}
    proofs = {one.vote.round_id: one for one in taken if one.vote.round_id in lost and one.message_id}
    told: dict[str, Delivery] = {}
    for id_ in voted:
        now = max(ballot.at for ballot in taken if ballot.vote.round_id == id_)
        message_id = proofs[id_].message_id if id_ in proofs else rounds[id_].message_id
        if (tally := kept.get(_tally(id_))) and message_id:
            soon = round_rows.recounted(replace(tally, message_id=message_id), rounds[id_], totals[id_], now)
            told |= {id_: soon} if soon else {}
    if proofs:
        opened = [(id_, one.address.conversation, one.message_id) for id_, one in proofs.items()]
        await _rounds.open(connection, opened)
    stands = [_standing(lost[id_], proof) for id_, proof in proofs.items()]
    await _deliveries.change(connection, [*told.values(), *stands])
    turns = {id_: row.not_before for id_, row in told.items() if kept[_tally(id_)].state != "planned"}
    return tuple(_cast(ballot, one, totals, turns) for ballot, one in zip(ballots, meant, strict=True))


async def _posts_of_weeks(connection: AsyncConnection, asked: Sequence[Round]) -> dict[str, Delivery]:
    """Find the posts of nobody knows what became, by their rounds' ids, which stand under the week's own key."""
    weekly = {one.subscription_id for one in asked if one.subscription_id and not one.parent}
    found = await _deliveries.unknown_rounds(connection, sorted(weekly)) if weekly else ()
    by_round = {round_rows.Told.decode(row.argument).round_id: row for row in found}
    return {one.id: by_round[one.id] for one in asked if one.id in by_round}


def _standing(post: Delivery, ballot: Ballot) -> Delivery:
    return replace(post, state="sent", reason="", person="", message_id=ballot.message_id, changed_at=ballot.at)


def _meant(ballot: Ballot, one: Round | None, library: Library) -> Round | None:
    """Give the round that a ballot is for; None where there is none here, or no such choice in it."""
    if one is None or not _is_theirs(ballot, one):
        return None
    question = round_posts.question_of(library, one.dilemma, "twist" if one.parent else "case")
    return one if question is not None and ballot.vote.choice < len(one.choices) else None


def _is_theirs(ballot: Ballot, one: Round) -> bool:
    """Say whether it was cast where the round is: a button says which it is, and can be made up."""
    here = ballot.address
    return (here.platform, here.workspace, here.conversation) == (one.platform, one.workspace, one.conversation)


def _is_open(ballot: Ballot, one: Round) -> bool:
    return one.state != "closed" and ballot.at < one.closes_at


def _cast(ballot: Ballot, one: Round | None, totals: dict[str, int], turns: dict[str, datetime]) -> Cast:
    if one is None:
        return Cast(None)
    return Cast(one, totals.get(one.id, 0), _is_open(ballot, one), turns.get(one.id))


def _post(round_id: str) -> str:
    return round_rows.key(round_id)


def _tally(round_id: str) -> str:
    return round_rows.key(round_id, "tally")
