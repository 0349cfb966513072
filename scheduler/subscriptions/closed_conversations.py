"""Stop or forget the weekly tips of conversations that a platform says are closed, or that removed the app."""

from collections.abc import Sequence
from datetime import datetime

from cards.reason import Reason
from scheduler.subscriptions import rows, states
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries
from store.forgetting import Forgetting, Forgotten
from store.subscriptions import Subscription, Subscriptions

_deliveries = Deliveries()
_forgetting = Forgetting()
_subscriptions = Subscriptions()


async def stop_conversations(  # where, why and when; a conversation is named by three of them
    connection: AsyncConnection,
    platform: str,
    workspace: str,
    conversations: Sequence[str],
    reason: Reason,
    now: datetime,
) -> tuple[Subscription, ...]:
    """Pause what is on in these conversations, with the platform's reason, and tell its owners once; gives which.

    Wake the dispatcher after the commit.
    """
    places = [(platform, workspace, conversation) for conversation in conversations]
    standing = await _subscriptions.at(connection, places)
    on = sorted((one for one in standing.values() if one.state == "on"), key=lambda one: one.id)
    stopped = [await rows.saved(connection, *states.stopped(one, reason, now)) for one in on]
    notices = [rows.notice(one, one.reason, now) for one in stopped if one.owner]
    await _deliveries.insert_missing(connection, notices)
    return tuple(stopped)


async def forget_conversations(
    connection: AsyncConnection, platform: str, workspace: str, conversations: Sequence[str]
) -> Forgotten:
    """Delete the tips, posts and promises of conversations, because the app was removed from them."""
    return await _forgetting.conversations(connection, platform, workspace, conversations)
