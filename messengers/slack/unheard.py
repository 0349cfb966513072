"""Ask about installations whose token was refused long ago: whether the app was removed, and nobody heard it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import aiohttp
from msgspec import Struct
from slack_sdk.errors import SlackApiError

from messengers.slack import translation
from messengers.slack.errors import GONE, code_of
from messengers.slack.sealing import SealedError, Seals
from messengers.slack.stored_installations import Means
from store import installations as rows
from store.database.access import Database
from store.installations import Stored

# Slack sends an event again for some hours. What it still says a day later, no event will tell any more.
AFTER: Final = timedelta(days=1)
_MOST = 100  # asked about in one round, those first that were refused first


class Looked(Struct, frozen=True):
    """Which of them Slack refuses still, as they were seen, and the places whose token it takes again."""

    gone: Sequence[Stored]
    back: Sequence[str]


class Unheard:
    """Looks for them, and asks with their own token, whatever our clock says of its end."""

    def __init__(self, database: Database, seals: Seals, means: Means) -> None:
        self._database = database
        self._seals = seals
        self._means = means

    async def looked(self) -> Looked:
        """Ask about those that were refused first a day ago or more; what Slack does not say is asked again."""
        before = self._means.clock() - AFTER
        async with self._database.read() as connection:
            suspected = await rows.refused_before(connection, before, _MOST)
        found = [(stored, await self._is_gone(stored)) for stored in suspected]
        return Looked(
            tuple(stored for stored, is_gone in found if is_gone),
            tuple(stored.place for stored, is_gone in found if is_gone is False),
        )

    async def _is_gone(self, stored: Stored) -> bool | None:
        try:
            client = self._means.make(translation.opened(self._seals, stored).token.reveal(), "")
            await client.auth_test()
        except SlackApiError as error:
            return True if code_of(error) in GONE else None
        except (SealedError, aiohttp.ClientError, TimeoutError, OSError, ValueError, AttributeError):
            # ValueError and AttributeError: slack_sdk on an answer that is not JSON, or not an object
            return None
        async with self._database.write() as connection:
            await rows.accept(connection, stored)
        return False
