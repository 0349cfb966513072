"""Open, push and change modals on Slack, each within the three seconds that a trigger lives."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from cards.forms import Form
from cards.model import Card
from cards.slack import render
from cards.slack.objects import JSON
from messengers.base import Refused
from messengers.slack.errors import code_of
from messengers.slack.installations import UnservedError

OPEN_TIMEOUT = 1.8  # seconds. Slack: a trigger_id lives 3 s, and people wait for the form


class Views:
    """The views.* methods for modals; each gives '' on success, else Slack's code (`expired_trigger_id`) or `timeout`.

    `is_on_top` says that it was asked for inside a modal, on which the new one is put: closed, it shows that again.
    """

    def __init__(self, client: Callable[[str], Awaitable[AsyncWebClient]]) -> None:
        """Take what finds the Web API client of a workspace."""
        self._client = client

    async def open_form(
        self, workspace: str, trigger_id: str, form: Form, now: datetime, *, is_on_top: bool = False
    ) -> str:
        """Open a form, zones at their offset of `now`."""
        return await self._open(workspace, trigger_id, render.view(form, now), is_on_top=is_on_top)

    async def open_card(self, workspace: str, trigger_id: str, card: Card, *, is_on_top: bool = False) -> str:
        """Show a card in a modal."""
        return await self._open(workspace, trigger_id, render.modal(card), is_on_top=is_on_top)

    async def update_card(self, workspace: str, view_id: str, card: Card) -> str:
        """Put a card in the place of what a modal shows."""
        view = render.modal(card)
        return await self._ended(workspace, lambda client: client.views_update(view_id=view_id, view=view))

    async def _open(self, workspace: str, trigger_id: str, view: JSON, *, is_on_top: bool) -> str:
        def opened(client: AsyncWebClient) -> Awaitable[AsyncSlackResponse]:
            opens = client.views_push if is_on_top else client.views_open
            return opens(trigger_id=trigger_id, view=view)

        return await self._ended(workspace, opened)

    async def _ended(self, workspace: str, call: Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]) -> str:
        try:
            client = await self._client(workspace)
            async with asyncio.timeout(OPEN_TIMEOUT):
                await call(client)
        except UnservedError as error:
            return error.outcome.code if isinstance(error.outcome, Refused) else "timeout"
        except SlackApiError as error:
            return code_of(error) or "unreadable_answer"
        except (aiohttp.ClientError, TimeoutError):
            return "timeout"
        return ""
