"""Build Slack's SDK's own parts: its client of the Web API, and Bolt's app, to which guarded requests are handed."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import ClientSession
from msgspec import Struct
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.proxies import Proxies
from bot.settings.reader import Secret
from bot.slack.guard import GuardedRequest
from bot.web.asgi import Answer
from handlers.slack.ahead import Ahead
from handlers.slack.bolt import AsyncApp

_IDENTITY = "pm_compare_identity"  # what Bolt's context keeps ours under
# As Bolt gives them.
_JSON = "application/json; charset=utf-8"
_NOTHING = Answer(200, b"", "text/plain;charset=utf-8")


class Identity(Struct, frozen=True):
    """Who we are in a workspace, as far as that is known: the bot's user there, and its token."""

    bot_user: str | None = None
    token: str | None = None

    def __repr__(self) -> str:
        """Hide the token."""
        return f"Identity({self.bot_user})"


Dispatch = Callable[[GuardedRequest, Identity], Awaitable[Answer]]


def client(
    proxies: Proxies, url: str, session: ClientSession | None = None, token: Secret | str | None = None, team: str = ""
) -> AsyncWebClient:
    """Build slack_sdk's client of the Web API at `url`; without a session it opens one for each request.

    With a `team` each call names it, as an organization's token needs.
    """
    given = token.reveal() if isinstance(token, Secret) else token
    # slack_sdk's default sends again after a broken connection: that is how a tip comes twice.
    built = AsyncWebClient(token=given, base_url=url, session=session, retry_handlers=[], team_id=team or None)
    built.proxy = proxies.towards(url)  # set, not given: None would mean the environment's, by a rule of its own
    return built


def bolt(web_api: AsyncWebClient) -> AsyncApp:
    """Build Bolt's app: the guard has verified already, and who a request is for is found before Bolt sees it."""
    logger = logging.getLogger("slack_bolt")
    # Set, not inherited: Bolt asks for the logger's own level, and with none it writes debug lines for every request.
    logger.setLevel(logging.ERROR)

    async def authorize(context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        identity: Identity = context[_IDENTITY]
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=identity.token, bot_user_id=identity.bot_user
        )

    app = AsyncApp(
        name="pm-compare",  # without one it looks through the sources of all that called it
        client=web_api,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        logger=logger,
    )
    # Only now: at its birth Bolt warns that `authorize` makes the token useless, which is what it is for.
    logger.setLevel(logging.WARNING)
    return app


async def dispatch(app: AsyncApp, ahead: Ahead, request: GuardedRequest, identity: Identity) -> Answer:
    """Answer a guarded request with who we are where it came from: ahead of Bolt where that can be, or else by Bolt.

    Bolt's mode "socket_mode" means no more than this: the body comes as an object and is not parsed again.
    """
    said = ahead.answer(request.kind, request.body, identity.bot_user)
    if said is not None:
        return Answer(200, said, _JSON) if said else _NOTHING
    headers: dict[str, str | Sequence[str]] = {"x-slack-retry-num": str(request.retry)} if request.retry else {}
    response = await app.async_dispatch(
        AsyncBoltRequest(body=request.body, mode="socket_mode", headers=headers, context={_IDENTITY: identity})
    )
    return Answer(response.status, response.body.encode(), response.headers["content-type"][0])
