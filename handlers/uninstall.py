"""Stop, restart and forget the weekly tips of a workspace that removed the app."""

from collections.abc import Collection

import structlog

from cards.reason import Cause
from handlers.context import HandlerContext
from handlers.tips import pools
from scheduler.subscriptions import held, pausing
from store import locking
from store.database.access import tried_again
from store.facts import Fact, Facts
from store.subscriptions import Subscriptions
from store.workspaces import belonging

log = structlog.get_logger()

_notes, _subscriptions = Facts(), Subscriptions()
_name = belonging.removal_note


@tried_again
async def stop(context: HandlerContext, platform: str, workspace: str) -> None:
    """Pause everything of a workspace that removed the app; written down first, it is decided what to do next."""
    async with context.database.write() as connection:
        now = context.clock()
        await locking.in_workspaces(connection, [(platform, workspace)])
        await pausing.pause_workspace(connection, platform, workspace, Cause.UNINSTALLED, now)
        # A workspace whose tips are all off has nothing to pause, and must not be forgotten by a restart either.
        if await _notes.find(connection, _name(platform, workspace)) is None:
            await _notes.write(connection, Fact(_name(platform, workspace), str(Cause.UNINSTALLED), now))


async def stopped(context: HandlerContext, platform: str) -> tuple[str, ...]:
    """List the workspaces that were stopped because they removed the app."""
    start = _name(platform, "")
    async with context.database.read() as connection:
        paused = await _subscriptions.workspaces_paused(connection, platform, [str(Cause.UNINSTALLED)])
        named = await _notes.names(connection, start)
    return tuple(sorted({*paused, *(name.removeprefix(start) for name in named)}))


async def refused(context: HandlerContext, platform: str, refusals: Collection[str]) -> tuple[str, ...]:
    """List the workspaces whose tips are stopped since the platform refused something with one of these codes."""
    async with context.database.read() as connection:
        return tuple(sorted(await _subscriptions.workspaces_paused(connection, platform, refusals)))


async def has_tips(context: HandlerContext, platform: str, workspace: str) -> bool:
    """Say whether anything was ever set up in a workspace, so that there is something to stop."""
    async with context.database.read() as connection:
        return await _subscriptions.has_any(connection, platform, workspace)


@tried_again
async def restart(context: HandlerContext, platform: str, workspace: str, refusals: Collection[str] = ()) -> None:
    """Let what was stopped go on as if it had not been: the app is installed, whatever the event said.

    With it goes on what the platform refused with one of these codes: an end may be told by nothing else, and what
    was refused before the event came is stopped for that.
    """
    now = context.clock()
    async with context.database.write() as connection:
        note = await _notes.find(connection, _name(platform, workspace))
        await held.release(
            connection,
            platform,
            workspace,
            pools.of(context.content.library),
            now=now,
            grace=context.grace,
            since=note.at if note is not None else now - context.grace,
            causes=refusals,
        )
        await _notes.forget(connection, _name(platform, workspace))
    context.wake()


@tried_again
async def forget(context: HandlerContext, platform: str, workspace: str) -> None:
    """Delete everything that is kept about a workspace, because the app was removed from it."""
    async with context.database.write() as connection:
        await pausing.forget_workspace(connection, platform, workspace)
    context.zones.forget(platform, workspace)
