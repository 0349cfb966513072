"""Lease what is due to be posted, and settle at once what must not be."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Literal, assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from cards.reason import Cause, Reason, TooLate
from scheduler import choosing, outlook, planning
from scheduler.choosing import Candidates
from scheduler.delivery import ranks, record
from scheduler.delivery.admission import Admit
from scheduler.delivery.record import Settled
from scheduler.learning import round_rows
from scheduler.learning.round_rows import AFTER_REVEAL
from scheduler.subscriptions import held, pausing, states
from store.database.connection import AsyncConnection
from store.deliveries.queue import Queue
from store.deliveries.rows import Deliveries, Delivery
from store.learning.rounds import Rounds
from store.posts import Posts
from store.subscriptions import Subscription, Subscriptions
from store.tables import EDITS, LAST, DeliveryKind

_LOOK = 250  # rows read at once, of which each workspace's first are taken
_BUSY = timedelta(seconds=1)  # until a row is looked at again whose subscription somebody held
_LOOKED_AT = 2000  # rows in one transaction: a command in between waits milliseconds

# What a person asked to be sent comes however late it is, and a post is mended however long that took.
_NEVER_LATE: frozenset[DeliveryKind] = frozenset({"plan", "answer", "closing", "reveal", "correction", "corrected"})

_deliveries = Deliveries()
_queue = Queue()
_posts = Posts()
_rounds = Rounds()
_subscriptions = Subscriptions()


class Ready(Struct, frozen=True):
    """A delivery that is leased and is to be posted now, with its subscription if it has one."""

    delivery: Delivery
    subscription: Subscription | None


class Leased(Struct, frozen=True):
    """What a lease brought: rows to post, rows that were settled in the same transaction, and how many must wait."""

    ready: tuple[Ready, ...] = ()
    settled: tuple[Delivery, ...] = ()
    put_off: int = 0

    def __add__(self, other: "Leased") -> "Leased":
        """Put two together."""
        return Leased(self.ready + other.ready, self.settled + other.settled, self.put_off + other.put_off)


class Terms(Struct, frozen=True):
    """How deliveries are leased: who leases, for how long, how late one may be, of which buckets, and whose turn it is.

    Without buckets, of all; without an admission, all at once.
    """

    owner: str
    length: timedelta = timedelta(seconds=60)
    grace: timedelta = planning.GRACE
    buckets: Collection[int] | None = None
    admit: Admit = lambda _: None
    under_way: Mapping[tuple[str, str], int] = field(default_factory=dict)  # posts, by platform and workspace


def leased(row: Delivery, terms: Terms, now: datetime) -> Delivery:
    """Give a planned row as it stands under a lease."""
    return replace(
        row,
        state="sending",
        attempt=row.attempt + 1,
        lease_owner=terms.owner,
        lease_until=now + terms.length,
        changed_at=now,
    )


async def lease(connection: AsyncConnection, terms: Terms, tips: Candidates, now: datetime, limit: int) -> Leased:
    """Take at most `limit` due rows: each becomes 'sending' under a lease, or is settled because it must not be sent.

    Skipped: later than the grace; tips and introductions of a subscription that is not on (any more), unless a person
    asked; rounds whose voting should have ended by now. Failed: answers to a post that was deleted. A tip that has gone
    from the content, or is too late for its own date by now, gives way to the next one, whoever asked for it.

    A weekly tip whose workspace is held (scheduler/subscriptions/held.py) waits, and so does what changes in a dilemma
    until the thread says how people voted on its case. A row whose turn is later is not leased, and costs no attempt:
    its `not_before` is moved there, so that nothing looks at it before. Rows behind those are reached in the same
    transaction, up to some: one workspace with thousands of rows in front holds up nobody else.
    """
    found = Leased()
    subscriptions: dict[str, Subscription] = {}
    looked_at = 0
    look = max(limit, _LOOK)
    while len(found.ready) < limit and looked_at < _LOOKED_AT:
        due = await _queue.due(connection, now, look, terms.buckets)
        concerned = {row.subscription_id for row in due if row.subscription_id} - subscriptions.keys()
        # Those of a second look may come before ones that are held: nobody is waited for, their rows come a bit later.
        subscriptions |= await _subscriptions.by_ids(connection, concerned, skip=looked_at > 0)
        busy = concerned - subscriptions.keys() if looked_at else set()
        look_at = _Look(tuple(due), subscriptions, frozenset(busy))
        found += await _take(connection, look_at, terms, tips, now, limit - len(found.ready))
        looked_at += len(due)
        if len(due) < look or due[0].kind in LAST:  # what nobody waits for is put off a few at a time
            break
    return found


class _Look(Struct, frozen=True):
    """Rows that are due, the subscriptions that are held for them, and those that somebody else holds at the moment."""

    due: tuple[Delivery, ...]
    subscriptions: dict[str, Subscription]
    busy: frozenset[str]


async def _take(
    connection: AsyncConnection,
    look: _Look,
    terms: Terms,
    tips: Candidates,
    now: datetime,
    limit: int,
) -> Leased:
    """Lease, settle or put off rows that are due; those beyond `limit` stay as they are, `busy` subscriptions' wait."""
    dead = await _posts.dead(connection, [row.post_id for row in look.due if row.post_id])
    twists = {row.id: round_rows.Told.decode(row.argument).round_id for row in look.due if _is_twist(row)}
    reveals = await _rounds.awaited_reveals(connection, list(twists.values())) if twists else {}
    ready: list[Ready] = []
    settled: list[Settled] = []
    put_off: list[Delivery] = []
    # Whoever waits for an answer comes before the clock's tips, these before what mends itself, and each in its turn.
    for row in ranks.in_turns(look.due, terms.under_way):
        if row.subscription_id in look.busy:
            put_off.append(replace(row, not_before=now + _BUSY))
            continue
        subscription = look.subscriptions.get(row.subscription_id or "")
        taken = leased(row, terms, now)
        if (reveal := reveals.get(twists.get(row.id, ""))) is not None:
            put_off.append(replace(row, not_before=max(now, reveal) + AFTER_REVEAL))
            continue
        if _is_held(row, subscription, terms.grace, now):
            put_off.append(replace(row, not_before=now + held.WAITS))
            continue
        if verdict := _why_not_to_post(row, subscription, dead, terms.grace, now):
            settled.append(Settled(replace(taken, state=verdict[0], reason=str(verdict[1]))))
            continue
        if len(ready) == limit:
            continue
        if later := terms.admit(row):
            put_off.append(replace(row, not_before=later))
            continue
        last_moment = now + terms.length  # at which it could be posted: no post outlives its lease
        if row.kind == "tip" and subscription and _must_give_way(row, subscription, tips, last_moment):
            exchanged = _exchanged(taken, subscription, tips, last_moment)
            if exchanged is None:
                settled.append(Settled(replace(taken, state="skipped", reason=str(Cause.NO_TIPS))))
                continue
            taken, subscription = exchanged
            look.subscriptions[subscription.id] = subscription
            await _subscriptions.save(connection, subscription)
        ready.append(Ready(taken, subscription))
    await _deliveries.change(
        connection, [*(one.delivery for one in ready), *(_unsettled(one.delivery) for one in settled), *put_off]
    )
    recorded = await record.record(connection, settled, now)
    return Leased(tuple(ready), tuple(row for row in recorded if row is not None), len(put_off))


async def expire(
    connection: AsyncConnection, now: datetime, is_posting: Callable[[Delivery], bool]
) -> tuple[Delivery, ...]:
    """Mark as unknown what was leased and never recorded, unless it `is_posting` yet; gives which."""
    overdue = await _queue.overdue_leases(connection, now)
    lost = [
        Settled(replace(row, state="unknown", reason=str(Cause.LEASE_EXPIRED), changed_at=now))
        for row in overdue
        if not is_posting(row)
    ]
    # An edit that may have been made is made again: that does no harm.
    lost = [_again(one, now) if one.delivery.kind in EDITS else one for one in lost]
    recorded = await record.record(connection, lost, now)
    return tuple(row for row in recorded if row is not None and row.state == "unknown")


def _again(settled: Settled, now: datetime) -> Settled:
    return replace(settled, delivery=replace(settled.delivery, state="planned", reason="", not_before=now))


def _is_twist(row: Delivery) -> bool:
    return row.kind == "round" and row.thread != ""


def _is_held(row: Delivery, subscription: Subscription | None, grace: timedelta, now: datetime) -> bool:
    """Say whether a tip waits, with its subscription, until the bot knows whether it is still installed there."""
    is_weekly = row.kind in {"tip", "round"} and not row.is_asked_for and now - row.due_at <= grace
    return is_weekly and subscription is not None and held.is_held(subscription)


def _why_not_to_post(
    row: Delivery, subscription: Subscription | None, dead: frozenset[str], grace: timedelta, now: datetime
) -> tuple[Literal["skipped", "failed"], Reason] | None:
    """Give the state and the reason of a row that must not be sent, or None."""
    if now - row.due_at > grace and row.kind not in _NEVER_LATE:
        return "skipped", TooLate(grace / timedelta(hours=1))
    if row.post_id in dead:
        return "failed", Cause.POST_DELETED
    match row.kind:
        case "tip" if not row.is_asked_for and (subscription is None or subscription.state != "on"):
            return "skipped", Cause(subscription.state if subscription else "off")
        case "introduction" if subscription is None or not (
            subscription.state == "on" or pausing.awaits_introduction(subscription)
        ):
            return "skipped", Cause(subscription.state if subscription else "off")
        case "round" if round_rows.is_over(row, now):
            return "skipped", Cause.VOTING_OVER
        case "round" if row.subscription_id is not None and (subscription is None or subscription.state != "on"):
            return "skipped", Cause(subscription.state if subscription else "off")
        case "tip" | "introduction" | "reply" | "share" | "mention" | "notice":
            return None
        case "round" | "tally" | "closing" | "reveal" | "correction" | "corrected" | "plan" | "answer":
            return None
        case _:
            assert_never(row.kind)


def _must_give_way(row: Delivery, subscription: Subscription, tips: Candidates, moment: datetime) -> bool:
    """Say whether a row's tip has gone from the content, or is too late by a moment's local day."""
    tip = tips.get(row.subject.removeprefix("tip/"))
    # Few tips have a date, and every row is asked.
    return tip is None or (tip.before is not None and tip.is_too_late(states.local_day(subscription, moment)))


def _exchanged(
    row: Delivery, subscription: Subscription, tips: Candidates, moment: datetime
) -> tuple[Delivery, Subscription] | None:
    """Give the row and its subscription with a moment's next tip in place of its own; None without tips.

    One that somebody chose for next week stays for next week.
    """
    seen = choosing.without(subscription.seen, row.subject.removeprefix("tip/"))
    day = states.local_day(subscription, moment)
    choice = outlook.choice(replace(subscription, seen=seen, next_tip=""), tips, day)
    if choice is None:
        return None
    moved = replace(subscription, seen=choice.seen, cycle=subscription.cycle + choice.is_new_cycle)
    return replace(row, subject=f"tip/{choice.tip}"), moved


def _unsettled(row: Delivery) -> Delivery:
    """Give the row as it stands between lease and outcome, so that both are written the way every row's are."""
    return replace(row, state="sending", reason="")
