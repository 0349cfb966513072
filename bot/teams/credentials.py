"""Show Microsoft the bot's registration before it is written down, and say in words how Microsoft took it."""

from bot import sessions
from bot.credentials import Tried
from bot.settings.checked import Settings
from bot.teams import sdk
from bot.teams.access_tokens import Credentials, TokenRefusedError, Tokens, TokenUnreachableError


def of(settings: Settings) -> Credentials:
    """Give what Microsoft is shown for a token."""
    if settings.teams_client_secret is None:  # the settings were checked: the three belong together
        raise AssertionError("Teams without a secret")
    cloud = sdk.cloud(settings)
    return Credentials(
        url=f"{cloud.login_endpoint}/{settings.teams_tenant_id}/oauth2/v2.0/token",
        client_id=settings.teams_client_id,
        secret=settings.teams_client_secret,
        scope=cloud.bot_scope,
        named=settings.teams_named,
    )


async def try_registration(settings: Settings) -> Tried:
    """Ask for a token, as the bot does before it sends."""
    async with sessions.opened(settings.proxies) as session:
        try:
            await Tokens(session, of(settings)).current()
        except TokenRefusedError as error:
            return Tried("refused", str(error))
        except TokenUnreachableError as error:
            return Tried("unknown", str(error))
    return Tried("accepted", "Microsoft takes the registration, and gave a token for it")
