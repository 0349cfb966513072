"""Follow where the bot is on Teams: installed, removed, renamed, closed; what is kept of it goes with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from cachetools import FIFOCache
from msgspec.structs import replace

from cards.compose import chats
from cards.reason import PlatformCode
from handlers import enqueue
from handlers.context import HandlerContext
from handlers.payload import mapping, objects, text
from handlers.teams import payload
from handlers.teams.payload import Activity
from messengers.teams import PLATFORM
from scheduler.subscriptions import closed_conversations
from store.conversations import Conversation, Conversations
from store.database.access import tried_again
from store.database.connection import AsyncConnection

log = structlog.get_logger()

_MOST_KNOWN = 10_000  # conversations, about 5 MB; what is forgotten is looked up again
_FIRST_CONTACT = "first-contact"  # stands for the message that the first card answers
# Teams: what a channel's or a team's end is called, and whether it may be posted to afterwards.
_CLOSED = {"channelDeleted", "teamDeleted", "teamArchived"}
_OPENED = {"channelCreated", "channelRenamed", "channelRestored", "teamRestored", "teamUnarchived"}

_conversations = Conversations()
_Key = tuple[str, str]


class TeamsInstalls:
    """Keeps conversations as the store has them up to date by what Teams tells; a copy in memory saves the look."""

    def __init__(self, context: HandlerContext, bot_id: str) -> None:
        """Take the neutral dependencies, and the bot's own id."""
        self._context = context
        self._bot_id = bot_id
        self._known: FIFOCache[_Key, Conversation] = FIFOCache(_MOST_KNOWN)
        self._removed: FIFOCache[_Key, datetime] = FIFOCache(_MOST_KNOWN)

    @tried_again
    async def see(self, activity: Activity) -> Conversation | None:
        """Keep where an activity came from: without its serviceUrl nothing could be posted there later.

        Gives the conversation as it is kept; None where the app has been removed from it since.
        """
        key = (activity.address.workspace, activity.address.conversation)
        known = self._known.get(key)
        if known is not None and _seen(known, activity, known.changed_at) == known:
            return known
        at = activity.at or self._context.clock()
        if self._is_past(key, at):
            return None
        async with self._context.database.write() as connection:
            kept = await self._keep(connection, activity, at)
        self._remember(kept)
        return kept

    async def _keep(
        self, connection: AsyncConnection, activity: Activity, at: datetime, *, is_install: bool = False
    ) -> Conversation:
        """Write where an activity came from; what is written is to be remembered once it is committed."""
        address = activity.address
        standing = await _conversations.find(connection, PLATFORM, address.workspace, address.conversation)
        if standing is None:
            kept = _fresh(activity, at)
        elif standing.changed_at > at:
            kept = standing  # something newer is known already
        else:
            kept = _seen(standing, activity, at if is_install else standing.changed_at)
            kept = kept if kept == standing else replace(kept, changed_at=at)
        if kept != standing:
            await _conversations.keep(connection, kept)
        return kept

    def _remember(self, *rows: Conversation) -> None:
        self._known.update({(row.workspace, row.id): row for row in rows})

    def _is_past(self, key: _Key, at: datetime) -> bool:
        """Say whether the app has been removed since: what comes late must not bring back what was forgotten."""
        removed = self._removed.get(key)
        return removed is not None and removed >= at

    # --- installed and removed

    async def installation(self, activity: Activity, raw: Mapping[str, Any]) -> None:
        """Follow an installation. Teams: an upgrade of the app is `remove-upgrade`, then `add-upgrade`."""
        match text(raw.get("action")):
            case "add":
                await self._installed(activity, raw)
            case "add-upgrade" | "upgrade":
                await self.see(activity)
            case "remove":
                await self._removed_from(activity, is_team=bool(activity.team))
            case _:
                pass

    @tried_again
    async def _installed(self, activity: Activity, raw: Mapping[str, Any]) -> None:
        """Keep the conversation; a person or a group that installs the bot is told once what it does, a team is not."""
        at = activity.at or self._context.clock()
        key = (activity.address.workspace, activity.address.conversation)
        if self._is_past(key, at):
            return
        self._removed.pop(key, None)
        chosen = mapping(mapping(mapping(raw.get("channelData")).get("settings")).get("selectedChannel"))
        async with self._context.database.write() as connection:
            kept = [await self._keep(connection, activity, at, is_install=True)]
            if 0 < len(text(chosen.get("id"))) <= payload.MOST_ID:
                there = replace(activity.address, conversation=text(chosen.get("id")))
                title = text(chosen.get("name"))[: payload.MOST_NAME] or (
                    "General" if there.conversation == activity.team else ""
                )
                channel = replace(activity, address=there, title=title)
                kept.append(await self._keep(connection, channel, at, is_install=True))
        self._remember(*kept)
        if activity.kind == "channel":
            return
        welcome = chats.HELLO if activity.kind == "personal" else chats.HELLO_ALL
        await self._context.enqueue(
            enqueue.mention(activity.address, welcome, activity.person, _FIRST_CONTACT, self._context.clock())
        )

    @tried_again
    async def _removed_from(self, activity: Activity, *, is_team: bool) -> None:
        """Forget a conversation the app was removed from: its tips, posts and promises; a team with all its channels.

        Nothing is done where something newer is known of it: it was installed again before this came.
        """
        workspace, at = activity.address.workspace, activity.at or self._context.clock()
        async with self._context.database.write() as connection:
            rows = await self._rows(connection, activity, is_team=is_team)
            if any(row.changed_at > at for row in rows):
                log.info("teams.removal.ignored", workspace=workspace, conversation=activity.address.conversation)
                return
            ids = {activity.address.conversation, *(row.id for row in rows)}
            people = {row.person for row in rows if row.kind == "personal"}
            if activity.kind == "personal":
                people.add(activity.person)
            # A person's own tips are addressed to the person.
            whose_tips = sorted(filter(None, ids | people))
            await _conversations.forget(connection, PLATFORM, workspace, sorted(ids))
            forgotten = await closed_conversations.forget_conversations(connection, PLATFORM, workspace, whose_tips)
        self._context.zones.forget(PLATFORM, workspace, whose_tips)
        for id_ in ids:
            self._known.pop((workspace, id_), None)
            self._removed[workspace, id_] = at
        log.info("teams.removal.forgotten", workspace=workspace, places=len(ids), tips=forgotten.subscriptions)

    async def _rows(self, connection: AsyncConnection, activity: Activity, *, is_team: bool) -> Sequence[Conversation]:
        workspace = activity.address.workspace
        if is_team:
            return await _conversations.of_team(connection, PLATFORM, workspace, activity.team)
        row = await _conversations.find(connection, PLATFORM, workspace, activity.address.conversation)
        return () if row is None else (row,)

    # --- changed

    async def change(self, activity: Activity, raw: Mapping[str, Any]) -> None:
        """Follow what became of a channel, a team, or the bot's membership."""
        data = mapping(raw.get("channelData"))
        event, channel = text(data.get("eventType")), mapping(data.get("channel"))
        id_ = text(channel.get("id"))
        if event.startswith("channel") and 0 < len(id_) <= payload.MOST_ID:
            title = text(channel.get("name"))[: payload.MOST_NAME]
            activity = replace(
                activity, kind="channel", title=title, address=replace(activity.address, conversation=id_, thread="")
            )
        if self._is_ours(raw, "membersAdded"):
            await self._installed(activity, raw)
        elif self._is_ours(raw, "membersRemoved"):
            # Teams: a private or shared channel has members of its own, and leaving it is not leaving the team.
            await self._removed_from(activity, is_team=bool(activity.team) and not event.startswith("channel"))
        elif event == "teamHardDeleted":
            await self._removed_from(activity, is_team=True)
        elif event in _CLOSED:
            await self._closed(activity, event)
        elif event in _OPENED:
            await self._opened(activity, event)

    def _is_ours(self, raw: Mapping[str, Any], name: str) -> bool:
        return any(payload.is_bot(member, raw, self._bot_id) for member in objects(raw.get(name)))

    @tried_again
    async def _closed(self, activity: Activity, event: str) -> None:
        """Pause the tips of what was deleted or archived, with the reason; only a person resumes them."""
        workspace, at = activity.address.workspace, activity.at or self._context.clock()
        is_team = event.startswith("team")
        async with self._context.database.write() as connection:
            rows = await self._rows(connection, activity, is_team=is_team)
            ids = {row.id for row in rows if row.changed_at <= at}
            if not rows or (is_team and all(row.id != activity.team for row in rows)):
                ids.add(activity.team if is_team else activity.address.conversation)
            # Teams: an archived team's channels can still be read, and come back as they are.
            if event != "teamArchived":
                await _conversations.gone(connection, PLATFORM, workspace, sorted(ids))
            stopped = await closed_conversations.stop_conversations(
                connection, PLATFORM, workspace, sorted(ids), PlatformCode(event), self._context.clock()
            )
        for id_ in ids:
            self._known.pop((workspace, id_), None)
        if stopped:
            self._context.wake()
        log.info("teams.closed", event_type=event, workspace=workspace, places=len(ids), tips=len(stopped))

    @tried_again
    async def _opened(self, activity: Activity, event: str) -> None:
        """Keep what was created, renamed or restored."""
        at = activity.at or self._context.clock()
        async with self._context.database.write() as connection:
            if event.startswith("channel"):
                opened = [await self._keep(connection, activity, at, is_install=True)]
            else:
                rows = await self._rows(connection, activity, is_team=True)
                opened = [replace(row, gone=False, changed_at=at) for row in rows if row.gone and row.changed_at <= at]
                for row in opened:
                    await _conversations.keep(connection, row)
        self._remember(*opened)


def _fresh(activity: Activity, at: datetime) -> Conversation:
    return Conversation(
        platform=PLATFORM,
        workspace=activity.address.workspace,
        id=activity.address.conversation,
        kind=activity.kind,
        service_url=activity.service_url,
        person=activity.person if activity.kind == "personal" else "",
        team=activity.team,
        name=activity.title,
        gone=False,
        changed_at=at,
    )


def _seen(standing: Conversation, activity: Activity, at: datetime) -> Conversation:
    """Give the row as an activity from there leaves it; what the activity does not say stays."""
    return replace(
        standing,
        service_url=activity.service_url,
        person=activity.person if activity.kind == "personal" and activity.person else standing.person,
        team=activity.team or standing.team,
        name=activity.title or standing.name,
        gone=False,
        changed_at=at,
    )
