"""What slack_sdk's and Bolt's OAuth ask of a store: their interfaces over our installations and our table of states."""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from messengers.slack.stored_installations import StoredInstallations
from store.database.access import Database, tried_again
from store.workspaces import install_states

STATE_LASTS: Final = timedelta(minutes=10)
_SWEPT_EVERY = 500  # states issued here

_log = logging.getLogger("slack_sdk.oauth")


class BoltInstallations(AsyncInstallationStore):
    """Slack's interface of a store over ours: it keeps installs of the bot alone, whoever installs.

    Each answer is an object of its own, for Bolt changes those it is given. Nothing is deleted here: Bolt's listeners
    know no time, and a late event would wipe a fresh install.
    """

    def __init__(self, installations: StoredInstallations) -> None:
        """Take ours."""
        self._installations = installations

    @property
    def logger(self) -> logging.Logger:
        """Give the log that slack_sdk writes to."""
        return _log

    async def async_save(self, installation: Installation) -> None:
        """Keep what somebody just installed."""
        await self._installations.keep(installation)

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,  # noqa: ARG002 # slack_sdk's signature; the bot is the same for all people
        is_enterprise_install: bool | None = False,  # noqa: ARG002 # likewise; ours finds either
    ) -> Installation | None:
        """Give the bot's installation that serves a workspace, with no token of a person."""
        found = await self._installations.find(team_id or "", enterprise_id or "")
        if found is None:
            return None
        return Installation(
            app_id=found.app or None,
            enterprise_id=found.enterprise or None,
            team_id=team_id if found.is_organization else found.place,
            team_name=None if found.is_organization else found.workspace_name,
            bot_token=found.token.reveal(),
            bot_id=found.bot,
            bot_user_id=found.bot_user,
            bot_scopes=sorted(found.scopes),
            user_id=found.installer,
            is_enterprise_install=found.is_organization,
            installed_at=found.installed_at.timestamp(),
        )

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Give the bot that serves a workspace."""
        found = await self.async_find_installation(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return found.to_bot() if found else None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Delete nothing."""

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Delete nothing."""


class StoredStates(AsyncOAuthStateStore):
    """Slack's interface of the states of OAuth: each is good for ten minutes, and for one who comes back."""

    def __init__(self, database: Database, clock: Callable[[], datetime], most: int = install_states.MOST) -> None:
        """Take the database, the time, and how many there may be."""
        self._database = database
        self._clock = clock
        self._most = most
        self._until_swept = 0

    @property
    def logger(self) -> logging.Logger:
        """Give the log that slack_sdk writes to."""
        return _log

    async def async_issue(self, *args: object, **kwargs: object) -> str:  # noqa: ARG002 # slack_sdk's signature
        """Make one; now and then what is over is swept, and the oldest of too many."""
        now, state = self._clock(), secrets.token_urlsafe(32)
        await self._write(state, now + STATE_LASTS)
        self._until_swept -= 1
        if self._until_swept < 0:
            self._until_swept = min(_SWEPT_EVERY, self._most)
            await self.sweep(now)
        return state

    async def async_consume(self, state: str) -> bool:
        """Use one up; True for one alone of all who bring it, and only while it is good."""
        now = self._clock()

        @tried_again
        async def consume() -> bool:
            async with self._database.write() as connection:
                return await install_states.consume(connection, state, now)

        # Anybody may come with what they like: only who brings one that was issued takes the one turn to write.
        async with self._database.read() as connection:
            if not await install_states.is_known(connection, state):
                return False
        return await consume()

    @tried_again
    async def _write(self, state: str, expires_at: datetime) -> None:
        async with self._database.write() as connection:
            await install_states.issue(connection, state, expires_at)

    async def sweep(self, now: datetime) -> None:
        """Delete what is over, and the oldest of too many."""
        async with self._database.write() as connection:
            await install_states.sweep(connection, now, self._most)
