"""Show Slack a token before it is written down, and say in words how Slack took it."""

from collections.abc import Awaitable

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import sessions
from bot.credentials import Tried
from bot.settings.checked import Settings
from bot.settings.reader import Secret
from bot.slack import errors, sdk
from messengers.slack.errors import code_of

# Slack: "Errors" of auth.test and of apps.connections.open. What is not among them says nothing about the token.
_ADVICE = {
    "invalid_auth": "it knows no such token: copy it again, whole",
    "not_authed": "it knows no such token: copy it again, whole",
    "not_allowed_token_type": "it is a token of another kind",
    "token_revoked": "it was taken back: install the app again, and copy the new one",
    "token_expired": "it has expired: make a new one",
    "account_inactive": "the app is no longer installed there",
    "missing_scope": "it has not the scope connections:write: make a new one with it",
    "forbidden_team": "the workspace does not allow this app",
    "app_not_found": "its app has been deleted",
}


async def try_bot_token(settings: Settings, token: Secret) -> Tried:
    """Ask with auth.test whose token it is."""
    async with sessions.patient(settings.proxies, settings.client_timeout_seconds) as session:
        client = sdk.client(settings.proxies, settings.slack_api_url, session, token)
        answer = await _answer(client.auth_test(), "the bot token")
    if isinstance(answer, Tried):
        return answer
    where = str(answer.get("url") or answer.get("team") or answer.get("team_id") or "a workspace")
    return Tried("accepted", f"Slack knows the bot token: it is for {where}")


async def try_app_token(settings: Settings, token: Secret) -> Tried:
    """Ask with apps.connections.open for an address to connect to, which is not used."""
    async with sessions.patient(settings.proxies, settings.client_timeout_seconds) as session:
        client: AsyncWebClient = sdk.client(settings.proxies, settings.slack_api_url, session)
        answer = await _answer(client.apps_connections_open(app_token=token.reveal()), "the app-level token")
    if isinstance(answer, Tried):
        return answer
    return Tried("accepted", "Slack takes the app-level token: Socket Mode can connect")


async def _answer(call: Awaitable[AsyncSlackResponse], asked: str) -> AsyncSlackResponse | Tried:
    try:
        return await call
    except errors.FAULTS as error:
        advice = _ADVICE.get(code_of(error), "") if isinstance(error, SlackApiError) else ""
        said = errors.words(error, asked)
        return Tried("refused", f"{said}: {advice}") if advice else Tried("unknown", said)
