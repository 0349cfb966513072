"""Hand over, share, or take over what belongs to somebody."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from cards.compose import faults
from cards.compose.tips.forms import MOST_OWNERS
from scheduler.subscriptions import rows
from scheduler.weekly import ScheduleError
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries
from store.history import BOT, Entry
from store.personal import FORGOTTEN
from store.subscriptions import Subscription

CLAIM = "claim:"  # begins the reason in a notice that asks an owner; who claims follows, then the conversation
CLAIM_WAITS = timedelta(hours=72)  # an owner has so long to answer
CLAIM_LASTS = timedelta(days=7)  # as long as a claim stands, nobody else's takes its place

_LONGEST_ID = 64  # characters, as the store's columns have them
_deliveries = Deliveries()


async def hand_over(
    connection: AsyncConnection, subscription_id: str, to: str, *, by: str, now: datetime
) -> Subscription:
    """Make somebody else the owner; who owned it owns it no more, and a claim is void. ValueError for nobody."""
    (to,) = _people((to,)) or ("",)
    if not to:
        raise ValueError(faults.NOBODY)
    standing = await rows.existing(connection, subscription_id)
    if standing.owner == to:
        return standing
    return await _owned(connection, standing, to, by, now)


async def share_with(
    connection: AsyncConnection, subscription_id: str, people: Sequence[str], *, by: str, now: datetime
) -> Subscription:
    """Name the co-owners from now on, in place of those so far; they may do whatever the owner may.

    Raises ScheduleError, under `co_owners`, for more than MOST_OWNERS.
    """
    people = _people(people)
    standing = await rows.existing(connection, subscription_id)
    co_owners = tuple(person for person in people if person != standing.owner)
    if len(co_owners) > MOST_OWNERS:
        sentence = f"That is {len(co_owners)} people; tips can be shared with {MOST_OWNERS} at most."
        raise ScheduleError({"co_owners": sentence})
    if co_owners == standing.co_owners:
        return standing
    changed = replace(standing, co_owners=co_owners)
    return await rows.saved(connection, changed, Entry(now, by, "owner", rows.owners(changed)))


async def claim(
    connection: AsyncConnection,
    subscription_id: str,
    *,
    by: str,
    now: datetime,
    owner_is_gone: bool,
    may_own: bool = True,
) -> Subscription:
    """Take it over where nobody owns it any more; else ask the owner, who has 72 hours to answer with `keep`.

    It is `by`'s at once where the owner is known to be gone, where there is none, and where `by` co-owns it. Otherwise
    the claim is written and the owner told by direct message; who claims again after CLAIM_WAITS gets it. While
    somebody else's claim stands, for CLAIM_LASTS, nothing changes. Who is not known to be somebody who `may_own` it may
    ask, and is given nothing. Wake the dispatcher after the commit.
    """
    standing = await rows.existing(connection, subscription_id)
    if standing.owner == by:
        return standing
    waited = now - standing.claimed_at if standing.claimed_at is not None else timedelta(0)
    is_theirs = not standing.owner or owner_is_gone
    is_theirs = is_theirs or (standing.claimed_by == by and waited >= CLAIM_WAITS)
    if by in standing.co_owners or (is_theirs and may_own):
        return await _owned(connection, standing, by, by, now)
    if is_theirs or standing.claimed_by == by or (standing.claimed_by and waited < CLAIM_LASTS):
        return standing
    claimed = replace(standing, claimed_by=by, claimed_at=now)
    await _deliveries.insert_missing(connection, (rows.notice(standing, f"{CLAIM}{by}", now),))
    return await rows.saved(connection, claimed, Entry(now, by, "claimed", standing.owner))


async def keep(connection: AsyncConnection, subscription_id: str, *, by: str, now: datetime) -> Subscription:
    """Let the owner answer a claim: it stays theirs."""
    standing = await rows.existing(connection, subscription_id)
    if not standing.claimed_by:
        return standing
    kept = replace(standing, claimed_by="", claimed_at=None)
    return await rows.saved(connection, kept, Entry(now, by, "declined", standing.claimed_by))


async def leave(connection: AsyncConnection, standing: Subscription, person: str, *, now: datetime) -> Subscription:
    """Take somebody who wants to be forgotten out of a conversation's tips, which go on as they are.

    Who shares them is the owner next, in the order of the list. Where nobody does, nobody owns them, and any member who
    takes them over has them at once. `standing` is read in the same transaction.
    """
    others = tuple(one for one in standing.co_owners if one != person)
    is_owner = standing.owner == person
    owner, *rest = others if is_owner and others else ("" if is_owner else standing.owner, *others)
    is_claimant = standing.claimed_by == person
    changed = replace(
        standing,
        owner=owner,
        co_owners=tuple(rest),
        claimed_by="" if is_claimant else standing.claimed_by,
        claimed_at=None if is_claimant else standing.claimed_at,
        paused_by=FORGOTTEN if standing.paused_by == person else standing.paused_by,
        skip_by=FORGOTTEN if standing.skip_by == person else standing.skip_by,
    )
    entry = Entry(now, BOT, "owner", rows.owners(changed)) if is_owner and owner else None
    return await rows.saved(connection, changed, entry)


async def _owned(
    connection: AsyncConnection, standing: Subscription, owner: str, by: str, now: datetime
) -> Subscription:
    changed = rows.owned(standing, owner)
    return await rows.saved(connection, changed, Entry(now, by, "owner", rows.owners(changed)))


def _people(people: Sequence[str]) -> tuple[str, ...]:
    """Give the ids once each; ValueError for what can be none, since they are kept space-separated."""
    for person in people:
        if len(person) > _LONGEST_ID or any(letter.isspace() for letter in person):
            raise ValueError(faults.NO_PERSON.format(person[:_LONGEST_ID]))
    return tuple(dict.fromkeys(person for person in people if person))
