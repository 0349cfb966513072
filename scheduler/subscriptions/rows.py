"""Read a subscription that is to be steered, and write it back with its line of history."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler import weekly
from store.history import Action, Entry, History
from store.subscriptions import ChangedBy, Subscription, Subscriptions

_MAY_CHANGE: dict[ChangedBy, str] = {"anyone": "anyone may change it", "owner": "owners only", "admins": "admins too"}

_history = History()
_subscriptions = Subscriptions()


async def existing(connection: AsyncConnection, subscription_id: str) -> Subscription:
    """Give the subscription; LookupError where it is gone."""
    standing = await _subscriptions.by_id(connection, subscription_id)
    if standing is None:
        raise LookupError(f"there is no subscription {subscription_id}")
    return standing


async def saved(connection: AsyncConnection, changed: Subscription, entry: Entry | None) -> Subscription:
    """Write a changed one back, with the line that says what was done, if it is worth one."""
    await _subscriptions.save(connection, changed)
    if entry is not None:
        await _history.add(connection, changed, (entry,))
    return changed


async def noted(  # what a line holds, by name
    connection: AsyncConnection, subscription: Subscription, action: Action, detail: str = "", *, by: str, now: datetime
) -> None:
    """Write a line about what did not change the subscription itself."""
    await _history.add(connection, subscription, (Entry(now, by, action, detail),))


def settings(subscription: Subscription) -> str:
    """Say in a line how a subscription is set: `Mondays 09:00, Europe/Paris; on value, risks; owners only`."""
    parts = [f"{weekly.WEEKDAYS[subscription.weekday].capitalize()}s {subscription.at}, {subscription.zone}"]
    if subscription.dimensions:
        parts.append(f"on {', '.join(subscription.dimensions)}")
    return "; ".join([*parts, _MAY_CHANGE[subscription.changed_by]])


def owners(subscription: Subscription) -> str:
    """List who owns it, the owner first, space-separated."""
    return " ".join(filter(None, (subscription.owner, *subscription.co_owners)))


def owned(subscription: Subscription, owner: str) -> Subscription:
    """Give the subscription under another owner, which answers any claim."""
    return replace(
        subscription,
        owner=owner,
        co_owners=tuple(person for person in subscription.co_owners if person != owner),
        claimed_by="",
        claimed_at=None,
    )
