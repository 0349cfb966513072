"""Keep who is on the way from our page to Slack's and back, for Bolt: each state is used once, within its time."""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from store import install_states
from store.database.access import Database

_MOST = 12_000  # rows; beyond them the oldest attempts are over


class States(AsyncOAuthStateStore):
    """Bolt's interface over our table; what is no longer good goes whenever a new one comes."""

    def __init__(self, database: Database, clock: Callable[[], datetime], seconds: float) -> None:
        self._database = database
        self._clock = clock
        self._lasts = timedelta(seconds=seconds)

    @property
    def logger(self) -> logging.Logger:
        """Give what Bolt writes to."""
        return logging.getLogger("slack_bolt.oauth")

    async def async_issue(self, *_args: object, **_named: object) -> str:
        """Make a new one."""
        state, now = secrets.token_urlsafe(32), self._clock()
        async with self._database.write() as connection:
            await install_states.sweep(connection, now, _MOST)
            await install_states.issue(connection, state, now + self._lasts)
        return state

    async def async_consume(self, state: str) -> bool:
        """Use one up; False where it was used, is too old, or is none of ours."""
        async with self._database.write() as connection:
            return await install_states.consume(connection, state, self._clock())
