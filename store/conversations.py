"""What the store remembers of where the bot is, for platforms that find no conversation by its id alone (Teams)."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, RowMapping, Select, and_, bindparam, select

from store import bulk, locking, tables
from store.database.connection import AsyncConnection
from store.tables import ConversationKind


class Conversation(Struct, frozen=True):
    """Where the bot is, or was (`gone`).

    `id` is the platform's own; `service_url` the address at which it takes posts (Teams: it differs by region, and may
    change). `person` is whose chat it is where it is `personal`; `team` the team a channel belongs to; `name` what
    people call it, '' where that is not known. `changed_at` is when the newest news of it was true.
    """

    platform: str
    workspace: str
    id: str
    kind: ConversationKind
    service_url: str
    changed_at: datetime
    person: str = ""
    team: str = ""
    name: str = ""
    gone: bool = False


class Conversations:
    """Plain SQL on the table `conversation`; every method runs in the caller's transaction."""

    async def find(
        self, connection: AsyncConnection, platform: str, workspace: str, conversation: str
    ) -> Conversation | None:
        """Find a conversation by the platform's id; None where the bot was never there."""
        found = await connection.execute(_by_id(), {"id": _key(platform, workspace, conversation)})
        row = found.mappings().one_or_none()
        return None if row is None else _conversation(row)

    async def personal(
        self, connection: AsyncConnection, platform: str, workspace: str, person: str
    ) -> Conversation | None:
        """Find the chat with one person, the newest where there are several; None where there is none to post to."""
        table = tables.conversation.c
        query = (
            select(tables.conversation)
            .where(_of(platform, workspace), table.person == person, table.kind == "personal", table.gone == 0)
            .order_by(table.changed_at.desc(), table.id)
            .limit(1)
        )
        row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else _conversation(row)

    async def service_url(self, connection: AsyncConnection, platform: str, workspace: str) -> str:
        """Give the address that the newest of a workspace's conversations names; '' where there is none."""
        table = tables.conversation.c
        query = (
            select(table.service_url)
            .where(_of(platform, workspace))
            .order_by(table.changed_at.desc(), table.id)
            .limit(1)
        )
        return await connection.scalar(query) or ""

    async def of_team(
        self, connection: AsyncConnection, platform: str, workspace: str, team: str
    ) -> tuple[Conversation, ...]:
        """List the channels of a team that are known."""
        table = tables.conversation.c
        query = select(tables.conversation).where(_of(platform, workspace), table.team == team).order_by(table.id)
        return tuple(_conversation(row) for row in (await connection.execute(query)).mappings())

    async def keep(self, connection: AsyncConnection, conversation: Conversation) -> None:
        """Write a conversation, in place of what was known of it."""
        await bulk.upsert(connection, tables.conversation, _values(conversation))

    async def gone(
        self, connection: AsyncConnection, platform: str, workspace: str, conversations: Sequence[str]
    ) -> None:
        """Mark conversations as gone: deleted or archived, with what is kept of them staying."""
        if conversations:
            await locking.change(connection, tables.conversation, _these(platform, workspace, conversations), gone=1)

    async def forget(
        self, connection: AsyncConnection, platform: str, workspace: str, conversations: Sequence[str]
    ) -> int:
        """Delete what is known of conversations; gives how many there were."""
        if not conversations:
            return 0
        return await locking.remove(connection, tables.conversation, _these(platform, workspace, conversations))


@cache  # to make a statement takes longer than to run it
def _by_id() -> Select[Any]:
    return select(tables.conversation).where(tables.conversation.c.id == bindparam("id"))


def _of(platform: str, workspace: str) -> ColumnElement[bool]:
    return and_(tables.conversation.c.platform == platform, tables.conversation.c.workspace == workspace)


def _these(platform: str, workspace: str, conversations: Sequence[str]) -> ColumnElement[bool]:
    return tables.conversation.c.id.in_([_key(platform, workspace, one) for one in conversations])


def _key(platform: str, workspace: str, conversation: str) -> str:
    """Give a row's own id: Teams' ids are too long, and of too many parts, to be a key that every table copies."""
    return hashlib.blake2b(f"{platform}\0{workspace}\0{conversation}".encode(), digest_size=16).hexdigest()


def _values(conversation: Conversation) -> dict[str, object]:
    key = _key(conversation.platform, conversation.workspace, conversation.id)
    changed = {"id": key, "conversation": conversation.id, "gone": int(conversation.gone)}
    return asdict(conversation) | changed


def _conversation(row: RowMapping) -> Conversation:
    kept = {name: value for name, value in row.items() if name != "conversation"}
    return Conversation(**{**kept, "id": row["conversation"], "gone": bool(row["gone"])})
