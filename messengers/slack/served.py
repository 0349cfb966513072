"""A workspace's client of the Web API, which calls once more with another token where Slack refuses its own."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from messengers.slack.errors import OF_WORKSPACES, code_of
from messengers.slack.installations import RefusedTokenError

Another = Callable[[str], Awaitable[AsyncWebClient | None]]


async def no_other(_code: str) -> AsyncWebClient | None:
    """Give none, to a client that is another already: what is refused then is that one's installation."""
    return None


class ServedClient(AsyncWebClient):
    """All methods come through `api_call`; what Slack refuses for its token was not done, so it may be asked again."""

    def __init__(self, made: AsyncWebClient, place: str, installed_at: datetime, another: Another) -> None:
        """Take the client that calls, whose token it has.

        `another` is told Slack's code, and gives a client with another token, None where there is none, or raises
        UnservedError.
        """
        super().__init__(made.token, made.base_url, proxy=made.proxy, session=made.session, retry_handlers=[])
        self._made = made
        self._place = place
        self._installed_at = installed_at
        self._another = another

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:  # noqa: ANN401 # slack_sdk's own
        """Call a method.

        Raises:
            UnservedError: the token is refused, and there is none that is not; `outcome` says what that means.
            SlackApiError: Slack refuses what was asked.
        """
        try:
            return await self._made.api_call(api_method, **arguments)
        except SlackApiError as error:
            code = code_of(error)
            if code not in OF_WORKSPACES:
                raise
            refused = RefusedTokenError(self._place, code, self._installed_at)
            refused.__cause__ = error
        other = await self._another(code)
        if other is None:
            raise refused
        return await other.api_call(api_method, **arguments)
