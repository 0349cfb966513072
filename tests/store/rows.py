"""Rows for tests, with every field that does not matter filled in."""

from datetime import UTC, datetime
from typing import Any

from store import ids
from store.deliveries import rows
from store.deliveries.rows import Delivery
from store.posts import Post
from store.subscriptions import Subscription

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, of week 2026-W48


def subscription(conversation: str = "C1", **fields: Any) -> Subscription:  # noqa: ANN401 # each takes its field's own type
    """Give a subscription that is on, Mondays at 09:00 UTC, due at NOW."""
    values: dict[str, Any] = {
        "id": ids.fresh(NOW),
        "platform": "slack",
        "workspace": "T1",
        "conversation": conversation,
        "owner": "U1",
        "changed_by": "anyone",
        "weekday": 0,
        "at": "09:00",
        "zone": "UTC",
        "state": "on",
        "next_run_at": NOW,
        "created_at": NOW,
    }
    return Subscription(**{**values, **fields})


def delivery(key: str = "share:1", **fields: Any) -> Delivery:  # noqa: ANN401 # each takes its field's own type
    """Give a share that is planned for NOW."""
    values: dict[str, Any] = {"platform": "slack", "workspace": "T1", "conversation": "C1", "now": NOW}
    return rows.fresh(key, fields.pop("kind", "share"), **{**values, **fields})


def post(message_id: str = "1.0", **fields: Any) -> Post:  # noqa: ANN401 # each takes its field's own type
    """Give a post of a tip."""
    values: dict[str, Any] = {
        "id": ids.fresh(NOW),
        "platform": "slack",
        "workspace": "T1",
        "conversation": "C1",
        "message_id": message_id,
        "subject": "tip/a",
        "created_at": NOW,
    }
    return Post(**{**values, **fields})
