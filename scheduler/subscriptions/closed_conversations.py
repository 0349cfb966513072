"""Stop or forget the weekly tips of conversations that a platform says are closed, or that removed the app."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.subscriptions import rows
from store import history, ids
from store.deliveries import rows as delivery_rows
from store.deliveries.rows import Deliveries, Delivery
from store.forgetting import Forgetting, Forgotten
from store.history import Entry
from store.subscriptions import Subscription, Subscriptions

_deliveries = Deliveries()
_forgetting = Forgetting()
_subscriptions = Subscriptions()


async def stop_conversations(  # where, why and when; a conversation is named by three of them
    connection: AsyncConnection, platform: str, workspace: str, conversations: Sequence[str], reason: str, now: datetime
) -> tuple[Subscription, ...]:
    """Pause what is on in these conversations, with the platform's reason, and tell its owners once; gives which.

    Wake the dispatcher after the commit.
    """
    places = [(platform, workspace, conversation) for conversation in conversations]
    standing = await _subscriptions.at(connection, places)
    stopped = []
    for one in sorted(standing.values(), key=lambda row: row.id):
        if one.state != "on":
            continue
        paused = replace(one, state="paused", reason=reason, paused_by="", paused_until=None, next_run_at=None)
        stopped.append(await rows.saved(connection, paused, Entry(now, history.BOT, "stopped", reason)))
    await _deliveries.insert_missing(connection, [_notice(one, now) for one in stopped if one.owner])
    return tuple(stopped)


async def forget_conversations(
    connection: AsyncConnection, platform: str, workspace: str, conversations: Sequence[str]
) -> Forgotten:
    """Delete the tips, posts and promises of conversations, because the app was removed from them."""
    return await _forgetting.conversations(connection, platform, workspace, conversations)


def _notice(subscription: Subscription, now: datetime) -> Delivery:
    """Plan the direct message that tells the owner why tips paused."""
    delivery_id = ids.fresh(now)
    return delivery_rows.fresh(
        f"notice:{subscription.id}:{delivery_id}",
        "notice",
        id=delivery_id,
        platform=subscription.platform,
        workspace=subscription.workspace,
        conversation=subscription.owner,  # a person's own tips and messages are addressed to their id
        subscription_id=subscription.id,
        argument=f"{subscription.reason} {subscription.conversation}",
        now=now,
    )
