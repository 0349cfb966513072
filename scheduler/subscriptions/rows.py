"""Read a subscription that is to be changed, write it back with its line of history, and promise posts for it."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from scheduler import weekly
from store import ids
from store.database.connection import AsyncConnection
from store.deliveries import rows as deliveries
from store.deliveries.rows import Delivery
from store.history import Action, Entry, History
from store.subscriptions import ChangedBy, Subscription, Subscriptions
from store.tables import DeliveryKind

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


def promised(
    subscription: Subscription,
    kind: DeliveryKind,
    delivery_id: str,
    now: datetime,
    *,
    key: str = "",
    **more: Any,  # noqa: ANN401 # each takes its field's own type
) -> Delivery:
    """Make a delivery of its conversation that is due now, once for each `key`, which is the delivery's id without."""
    place = {
        "platform": subscription.platform,
        "workspace": subscription.workspace,
        "conversation": subscription.conversation,
        "subscription_id": subscription.id,
    }
    unique = f"{kind}:{subscription.id}:{key or delivery_id}"
    return deliveries.fresh(unique, kind, id=delivery_id, now=now, **(place | more))


def notice(subscription: Subscription, reason: str, now: datetime, *, key: str = "") -> Delivery:
    """Make the direct message that tells the owner of these tips what the reason says."""
    return promised(
        subscription,
        "notice",
        ids.fresh(now),
        now,
        key=key,
        conversation=subscription.owner,  # Slack: chat.postMessage to a user's id is a direct message
        argument=f"{reason} {subscription.conversation}",
    )


def settings(subscription: Subscription) -> str:
    """Say in a line how a subscription is set: `Mondays 09:00, Europe/Paris; on value, risks; owners only`.

    And where the channel wants it so: `; every fourth week a dilemma`, `; posts are left as they are`.
    """
    parts = [f"{weekly.WEEKDAYS[subscription.weekday].capitalize()}s {subscription.at}, {subscription.zone}"]
    if subscription.dimensions:
        parts.append(f"on {', '.join(subscription.dimensions)}")
    parts.append(_MAY_CHANGE[subscription.changed_by])
    if subscription.dilemmas:
        parts.append("every fourth week a dilemma")
    if not subscription.corrections:
        parts.append("posts are left as they are")
    return "; ".join(parts)


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
