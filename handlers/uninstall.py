"""Stop, restart and forget the weekly tips of a workspace that removed the app."""

from datetime import datetime

import structlog

from cards.reason import Cause
from handlers.context import HandlerContext
from handlers.tips import views
from scheduler.subscriptions import held, pausing
from store.database.access import tried_again
from store.facts import Fact, Facts
from store.subscriptions import Subscriptions
from store.workspaces import belonging, removals

log = structlog.get_logger()

_notes, _subscriptions = Facts(), Subscriptions()
_name = belonging.removal_note


@tried_again
async def stop(context: HandlerContext, platform: str, workspace: str) -> None:
    """Pause everything of a workspace that removed the app; written down first, it is decided what to do next."""
    async with context.database.write() as connection:
        now = context.clock()
        await pausing.pause_workspace(connection, platform, workspace, Cause.UNINSTALLED, now)
        # A workspace whose tips are all off has nothing to pause, and must not be forgotten by a restart either.
        if _name(platform, workspace) not in await _notes.every(connection):
            await _notes.write(connection, Fact(_name(platform, workspace), str(Cause.UNINSTALLED), now))


@tried_again
async def remove(context: HandlerContext, platform: str, workspace: str, at: datetime) -> None:
    """Pause everything of a workspace that is known to have removed the app at `at`; it is deleted after the grace."""
    async with context.database.write() as connection:
        await pausing.pause_workspace(connection, platform, workspace, Cause.UNINSTALLED, context.clock())
        await _notes.write(connection, Fact(_name(platform, workspace), removals.GONE, at))


async def stopped(context: HandlerContext, platform: str) -> tuple[str, ...]:
    """List the workspaces that were stopped because they removed the app, as far as nobody knows whether they did."""
    async with context.database.read() as connection:
        paused = await _subscriptions.paused_because(connection, platform, str(Cause.UNINSTALLED))
        noted = await _notes.every(connection)
    start = _name(platform, "")
    named = {name.removeprefix(start): note.value for name, note in noted.items() if name.startswith(start)}
    found = {one.workspace for one in paused} | set(named)
    return tuple(sorted(workspace for workspace in found if named.get(workspace) != removals.GONE))


@tried_again
async def restart(context: HandlerContext, platform: str, workspace: str) -> None:
    """Let what was stopped go on as if it had not been: the app is installed, whatever the event said."""
    now = context.clock()
    async with context.database.write() as connection:
        note = (await _notes.every(connection)).get(_name(platform, workspace))
        await held.release(
            connection,
            platform,
            workspace,
            views.pool(context.content.library),
            now=now,
            grace=context.grace,
            since=note.at if note is not None else now,
        )
        await _notes.forget(connection, _name(platform, workspace))
    context.wake()


@tried_again
async def forget(context: HandlerContext, platform: str, workspace: str) -> None:
    """Delete everything that is kept about a workspace, because the app was removed from it."""
    async with context.database.write() as connection:
        await pausing.forget_workspace(connection, platform, workspace)
    context.zones.forget(platform, workspace)
