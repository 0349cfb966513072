"""What the store remembers of messages the bot posted, so that a reaction finds its thread."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, bindparam, select

from store import bulk, locking, tables
from store.database.connection import AsyncConnection


class Post(Struct, frozen=True):
    """A message of ours that may be reacted to.

    `message_id` is the platform's own id (Slack: ts), `thread` the root of the thread it stands in, if any, `subject`
    what a reaction deepens (`tip/way-out`); `dead` once the message was deleted. `kind` is the DeliveryKind it was
    posted as, `version` that of the content it shows, `corrected` the mark of the newest correction in it, and
    `remembers` the id of the earlier tip that it asks about; '' and 0 where that was not kept.
    """

    id: str
    platform: str
    workspace: str
    conversation: str
    message_id: str
    subject: str
    created_at: datetime
    thread: str = ""
    dead: bool = False
    kind: str = ""
    version: int = 0
    corrected: str = ""
    remembers: str = ""

    @property
    def replies_to(self) -> str:
        """The message whose thread a reply belongs in: its root (Slack: never thread on a reply's own ts)."""
        return self.thread or self.message_id


class Posts:
    """Plain SQL on the table `post`; every method runs in the caller's transaction."""

    async def find(
        self, connection: AsyncConnection, platform: str, workspace: str, conversation: str, message_id: str
    ) -> Post | None:
        """Find a post of ours by where it stands; None means the message is not ours."""
        place = {"platform": platform, "workspace": workspace, "conversation": conversation}
        return await self._one(connection, {**place, "message_id": message_id})

    async def by_id(self, connection: AsyncConnection, post_id: str) -> Post | None:
        """Find a post by our own id, or None."""
        return await self._one(connection, {"id": post_id})

    async def remember(self, connection: AsyncConnection, posts: Sequence[Post]) -> None:
        """Remember what was posted; a message that is known already stays as it is."""
        if posts:
            rows = [tuple(_values(post).values()) for post in posts]
            await bulk.run(connection, bulk.insert_missing(connection, tables.post), _COLUMNS, rows)

    async def dead(self, connection: AsyncConnection, post_ids: Sequence[str]) -> frozenset[str]:
        """Tell which of these posts are dead."""
        return frozenset(await connection.scalars(_dead(), {"ids": post_ids})) if post_ids else frozenset()

    async def bury(self, connection: AsyncConnection, post_ids: Sequence[str]) -> None:
        """Mark posts as dead: their message was deleted, nothing answers there again."""
        if post_ids:
            await locking.change(connection, tables.post, tables.post.c.id.in_(post_ids), dead=1)

    async def old(self, connection: AsyncConnection, before: datetime) -> tuple[str, ...]:
        """List the ids of posts made before a moment."""
        return tuple(await connection.scalars(select(tables.post.c.id).where(tables.post.c.created_at < before)))

    async def forget(self, connection: AsyncConnection, post_ids: Sequence[str]) -> None:
        """Delete posts by our own ids; a reaction on them does nothing from now on."""
        # First the answers that refer to them: the database itself takes their reference away.
        answers = select(tables.delivery.c.id).where(tables.delivery.c.post_id.in_(post_ids))
        await connection.execute(locking.held(connection, answers.order_by(tables.delivery.c.id)))
        await locking.remove(connection, tables.post, tables.post.c.id.in_(post_ids))

    async def _one(self, connection: AsyncConnection, values: Mapping[str, str]) -> Post | None:
        row = (await connection.execute(_where(*values), values)).mappings().one_or_none()
        return None if row is None else Post(**{**row, "dead": bool(row["dead"])})


@cache  # to make a statement takes longer than to run it
def _where(*names: str) -> Select[Any]:
    return select(tables.post).where(*(tables.post.c[name] == bindparam(name) for name in names))


@cache  # as above
def _dead() -> Select[Any]:
    table = tables.post.c
    return select(table.id).where(table.id.in_(bindparam("ids", expanding=True)), table.dead == 1)


_COLUMNS = Post.__struct_fields__


def _values(post: Post) -> dict[str, Any]:
    return {name: getattr(post, name) for name in _COLUMNS} | {"dead": int(post.dead)}
