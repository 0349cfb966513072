"""Open rounds once they stand, and close those whose time has come."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from msgspec.structs import replace

from cards.reason import Cause
from cards.zones import names
from scheduler.learning import round_rows
from scheduler.learning.round_rows import Playable
from store import ids, locking, tables
from store.database.access import ConflictError, Database, HeldError, UnusableError, tried_again
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery
from store.learning.rounds import LEAST_TOLD, Round, Rounds
from store.posts import Posts

_BATCH = 200  # rounds in a transaction: a vote in between waits milliseconds
_HELD = "the next tick tries again; where it stays so, end the transaction that holds its row (pg_stat_activity)"
_FAULTY = "the next tick tries again; where it stays so, report this fault with its trace"

log = structlog.get_logger()
_deliveries = Deliveries()
_posts = Posts()
_rounds = Rounds()


async def posted(connection: AsyncConnection, ended: Sequence[tuple[Delivery, str]], now: datetime) -> None:
    """Follow up on posts of rounds that ended, each with the conversation where it stands if that is another.

    One that stands is open to votes; one that was refused or skipped has not been asked. What may stand is waited for.
    """
    del now
    standing: list[tuple[str, str, str]] = []
    withdrawn: list[str] = []
    for row, conversation in ended:
        round_id = round_rows.Told.decode(row.argument).round_id
        if row.state == "sent":
            standing.append((round_id, conversation or row.conversation, row.message_id))
        elif row.state in {"failed", "skipped"}:
            withdrawn.append(round_id)
    # In one order, as ever (store/locking.py).
    await _rounds.by_ids(connection, sorted([*(id_ for id_, *_ in standing), *withdrawn]))
    await _rounds.open(connection, standing)
    if withdrawn:
        await _rounds.withdraw(connection, withdrawn)


async def may_be_posted(connection: AsyncConnection, post: Delivery, now: datetime) -> bool:
    """Say whether a round's post may be sent again: it stands nowhere as far as is known, and may still be voted on."""
    round_id = round_rows.Told.decode(post.argument).round_id
    one = (await _rounds.by_ids(connection, [round_id])).get(round_id)
    return one is not None and one.state == "asked" and not round_rows.is_over(post, now)


async def recount(connection: AsyncConnection, ended: Sequence[tuple[Delivery, str]], now: datetime) -> None:
    """Plan that posts say how many have voted by now, where people voted while the edit of before was under way."""
    # One that says of no round is nobody's: what ended has to be written all the same.
    tallies = {round_rows.Told.decode(row.argument).round_id: row for row, _ in ended if row.argument}
    if not tallies:
        return
    standing = [one for one in (await _rounds.by_ids(connection, sorted(tallies))).values() if one.state == "open"]
    totals = await _rounds.totals(connection, [one.id for one in standing])
    again = (
        round_rows.recounted(row, one, totals.get(one.id, 0), now)
        for one in standing
        if (row := tallies[one.id]).state in {"sent", "planned"}
    )
    await _deliveries.change(connection, [row for row in again if row is not None])


async def close_due(database: Database, dilemmas: Mapping[str, Playable], now: datetime) -> int:
    """Close every open round whose time has come; gives how many this process closed.

    In one transaction with what follows from it: how they voted, on the post and in its thread, and the twist of the
    case as a round of its own. One that can't be closed is left for the next time, which the log says, and is in the
    way of nothing else. Harmless to run in several processes at once.
    """
    total, left = 0, set[str]()
    while True:
        most = _BATCH + len(left)  # these are found again, and first
        async with database.read() as connection:  # a look first: mostly there is nothing to write
            found = await _rounds.due(connection, now, most)
        due = [round_id for round_id in found if round_id not in left]
        if due:
            closed, unclosed = await _close_closable(database, due, dilemmas, now)
            total += closed
            left |= unclosed
        if len(found) < most:
            break
    if total:
        log.info("rounds.closed", count=total)
    return total


async def close_restored(connection: AsyncConnection, dilemmas: Mapping[str, Playable], now: datetime) -> int:
    """Close every open round whose time has come, in a database that was restored from a backup; gives how many.

    In the caller's transaction. What follows from it may have been published after the copy was made, with votes that
    the copy does not have: it becomes unknown, and only a person sends it.
    """
    total = 0
    while due := await _rounds.due(connection, now, _BATCH):
        await _end(connection, due, dilemmas, now, is_restored=True)
        total += len(due)
    return total


async def _close_closable(
    database: Database, due: Sequence[str], dilemmas: Mapping[str, Playable], now: datetime
) -> tuple[int, set[str]]:
    """Close rounds together, or where that fails each by itself; gives how many, and the ids of those that are left.

    Raises UnusableError where it is the database that fails, and not a row of it.
    """
    try:
        return await _close(database, due, dilemmas, now), set()
    except Exception as error:  # noqa: BLE001 # one round must not keep the whole group open
        _tell(error, "rounds.group_not_closed", count=len(due))
    total, left = 0, set[str]()
    for round_id in due:
        try:
            total += await _close(database, [round_id], dilemmas, now, hurries=True)
        except Exception as error:  # noqa: BLE001 # one round's fault is its own, as a delivery's is
            _tell(error, "rounds.not_closed", round=round_id)
            left.add(round_id)
    return total, left


def _tell(error: Exception, event: str, **facts: object) -> None:
    """Log why rounds stay open, and what to do next; raises the error where it is the database's, and not a row's."""
    match error:
        case ConflictError() | HeldError():
            log.warning(event, error=str(error), next=_HELD, **facts)
        case UnusableError():
            raise error
        case _:
            log.error(event, exc_info=error, next=_FAULTY, **facts)


@tried_again
async def _close(
    database: Database, due: Sequence[str], dilemmas: Mapping[str, Playable], now: datetime, *, hurries: bool = False
) -> int:
    async with database.write() as connection:
        if hurries:
            await locking.hurry(connection)
        return await _end(connection, due, dilemmas, now)


async def _end(
    connection: AsyncConnection,
    due: Sequence[str],
    dilemmas: Mapping[str, Playable],
    now: datetime,
    *,
    is_restored: bool = False,
) -> int:
    """Close rounds, those that are still open, in the caller's transaction; gives how many."""
    # Votes take a round's tally first, and then the round.
    keys = [round_rows.key(round_id, "tally") for round_id in due]
    tallies = await _deliveries.by_keys(connection, keys)
    held = (await _rounds.by_ids(connection, sorted(due))).values()
    closing = [one for one in held if one.state == "open" and one.closes_at <= now]
    spreads = await _rounds.spreads(connection, [one.id for one in closing])
    rows: list[Delivery] = []
    twists: list[Round] = []
    closed: list[Round] = []
    for one in closing:
        dilemma = dilemmas.get(one.dilemma)
        numbers = _numbers(spreads.get(one.id, Counter()), len(one.choices))
        closed.append(replace(one, counts=" ".join(map(str, numbers))))
        post = await _posts.find(connection, one.platform, one.workspace, one.conversation, one.message_id)
        if post is not None and post.dead:  # it was deleted: nothing is said there any more
            continue
        rows += _told(one, numbers, tallies.get(round_rows.key(one.id, "tally")), now)
        # Who did not vote on the case is not asked what would change their vote.
        if dilemma is not None and dilemma.twist and not one.parent and any(numbers):
            twist = _twist(one, dilemma, now)
            twists.append(twist)
            rows += _later(round_rows.asking(twist, now))
    if is_restored:
        rows = [_doubted(row) if row.state == "planned" else row for row in rows]
    await _deliveries.insert_missing(connection, rows)
    # What was to be said of the votes while it was open must not come after how they fell.
    over = [tallies[name] for one in closing if (name := round_rows.key(one.id, "tally")) in tallies]
    await _deliveries.change(connection, [replace(row, state="skipped", changed_at=now) for row in over])
    await _rounds.add(connection, twists)
    await _rounds.close(connection, closed)
    return len(closing)


def _doubted(row: Delivery) -> Delivery:
    return replace(row, state="unknown", reason=str(Cause.RESTORED))


def _numbers(spread: Counter[int], choices: int) -> tuple[int, ...]:
    """Give the votes for each choice, two at least; of too few to be told apart, their number alone."""
    total = spread.total()
    if total < LEAST_TOLD:
        return (total,)
    return tuple(spread[place] for place in range(max(choices, max(spread) + 1, 2)))


def _told(one: Round, numbers: tuple[int, ...], tally: Delivery | None, now: datetime) -> tuple[Delivery, ...]:
    """Give what is said of a round that ends: on its post, and in its thread."""
    closing = round_rows.delivery(one, "closing", now, *numbers)
    # An edit under way may reach the platform as long as its lease lasts: this one has to be the last.
    if tally is not None and tally.state in tables.OPEN and tally.lease_until is not None:
        closing = replace(closing, not_before=max(now, tally.lease_until))
    return closing, round_rows.delivery(one, "reveal", now, *numbers)


def _later(rows: tuple[Delivery, Delivery]) -> tuple[Delivery, ...]:
    return tuple(replace(row, not_before=row.not_before + round_rows.AFTER_REVEAL) for row in rows)


def _twist(one: Round, dilemma: Playable, now: datetime) -> Round:
    """Give the round that asks what changed, in the thread of the case, with a working day to vote."""
    zone, last = one.zone, max(one.closes_at, now)
    hour = one.closes_at.astimezone(names.clock(zone)).time()
    return Round(
        id=ids.fresh(now),
        platform=one.platform,
        workspace=one.workspace,
        conversation=one.conversation,
        subscription_id=one.subscription_id,
        dilemma=one.dilemma,
        version=dilemma.version,
        labels=round_rows.labels(dilemma.twist),
        parent=one.id,
        thread=one.replies_to,
        zone=zone,
        closes_at=round_rows.next_working_day(last, zone, hour),
        created_at=now,
    )
