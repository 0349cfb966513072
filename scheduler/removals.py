"""Delete what is kept of workspaces that removed the app, once the grace in which they may come back has passed."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from store import installations
from store.database.access import Database, tried_again
from store.database.connection import AsyncConnection
from store.forgetting import Forgetting
from store.workspaces import removals

# Tokens go at once. Whoever installs the app again within this time goes on as if nothing had been.
KEPT: Final = timedelta(days=30)
_SLACK: Final = "slack"  # only there an installation is a row; in Teams the app is removed from each place by itself

log = structlog.get_logger()
_forgetting = Forgetting()


class _BackError(Exception):
    """The app was installed again while everything was being deleted: nothing is."""


async def forget_gone(database: Database, now: datetime) -> int:
    """Delete all that is kept of workspaces that removed the app before the grace; gives how many that were.

    Each in a transaction of its own. What another installation serves meanwhile stays, and so does an installation
    that is newer.
    """
    before = now - KEPT
    async with database.read() as connection:
        places = await installations.removed_before(connection, before)
        noted = await removals.noted_before(connection, before)
    gone = dict.fromkeys([*((_SLACK, place) for place in places), *noted])
    return sum([await _forget(database, platform, workspace, before) for platform, workspace in gone])


@tried_again
async def _forget(database: Database, platform: str, workspace: str, before: datetime) -> bool:
    try:
        async with database.write() as connection:
            if await _is_served(connection, platform, workspace):
                await removals.forget_note(connection, platform, workspace)
                await installations.forget_removed(connection, workspace, before)
                return False
            if await installations.is_removed_since(connection, workspace, before):  # it was there again meanwhile
                return False
            await _forgetting.workspace(connection, platform, workspace)
            await _refuse_served(connection, platform, workspace)
    except _BackError:
        log.info("workspace.back", platform=platform, workspace=workspace)
        return False
    log.info("workspace.forgotten", platform=platform, workspace=workspace)
    return True


async def _is_served(connection: AsyncConnection, platform: str, workspace: str) -> bool:
    return platform == _SLACK and await installations.serving(connection, workspace, "") is not None


async def _refuse_served(connection: AsyncConnection, platform: str, workspace: str) -> None:
    if await _is_served(connection, platform, workspace):
        raise _BackError
