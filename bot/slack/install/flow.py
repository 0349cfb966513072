"""Take an installation from Slack: on Bolt's flow, with our own pages, and with a reason for whatever goes wrong."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from msgspec import Struct
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import OAuthStateUtils
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.settings.checked import Settings
from bot.slack import errors
from bot.slack.install import addresses, pages
from bot.slack.install.html import Page
from bot.slack.install.pages import Failure, Place
from cards import scopes
from handlers.payload import mapping, text
from messengers.slack.errors import SLOW_DOWN, UNSURE, code_of

log = structlog.get_logger()

STATE_SECONDS = 600  # as the code that Slack sends along
_COOKIE = "pm-compare-install"
# Slack: oauth.v2.access, "Errors". These say something of the code, which a person can do something about.
_CODE_FAULTS = frozenset({"invalid_code", "code_already_used", "code_expired"})
_TROUBLE = UNSURE | SLOW_DOWN  # of Slack's own, which passes
_FAILURES: dict[str, Failure] = {
    "access_denied": "access_denied",
    "invalid_browser": "cookie",
    "invalid_state": "state",
    "missing_code": "no_code",
}


class RefusedInstallError(Exception):
    """It goes no further; `page` says why, to whoever installs."""

    def __init__(self, page: Page) -> None:
        super().__init__(page.title)
        self.page = page


class Stores(Struct, frozen=True):
    """Where installations go, and who is on the way; `welcome` greets who installed it in a place."""

    installations: AsyncInstallationStore
    states: AsyncOAuthStateStore
    welcome: Callable[[str, str], Awaitable[None]]


class _Cookie(OAuthStateUtils):
    """The cookie that ties an attempt to one browser; over https it is sent over nothing else."""

    def __init__(self, redirect: str) -> None:
        super().__init__(cookie_name=_COOKIE, expiration_seconds=STATE_SECONDS)
        parts = urlsplit(redirect)
        # Lax: Slack sends people back by a link, which is a request from another site.
        secure = "; Secure" if parts.scheme == "https" else ""  # http is for this machine only
        self._rest = f"HttpOnly; SameSite=Lax; Path={parts.path}{secure}"

    def build_set_cookie_for_new_state(self, state: str) -> str:
        return f"{self.cookie_name}={state}; Max-Age={self.expiration_seconds}; {self._rest}"

    def build_set_cookie_for_deletion(self) -> str:
        return f"{self.cookie_name}=deleted; Max-Age=0; {self._rest}"


class InstallFlow(AsyncOAuthFlow):
    """Bolt's flow from the consent page on. Its answers carry no page: `page` is what to show."""

    def __init__(
        self, settings: Settings, client: AsyncWebClient, stores: Stores, clock: Callable[[], datetime]
    ) -> None:
        secret = settings.slack_client_secret
        logger = logging.getLogger("slack_bolt.oauth")
        redirect = f"{settings.public_url}{addresses.REDIRECT}"
        given = AsyncOAuthSettings(
            client_id=settings.slack_client_id,
            client_secret=secret.reveal() if secret else "",
            scopes=[],
            user_scopes=[],
            redirect_uri=redirect,
            install_path=addresses.INSTALL,
            redirect_uri_path=addresses.REDIRECT,
            install_page_rendering_enabled=False,
            callback_options=AsyncCallbackOptions(success=self._succeeded, failure=self._failed),
            installation_store=stores.installations,
            installation_store_bot_only=True,
            state_store=stores.states,
            state_expiration_seconds=STATE_SECONDS,
            logger=logger,
        )
        given.state_utils = _Cookie(redirect)
        given.authorize_url_generator = addresses.ConsentUrl(
            settings.slack_client_id, settings.slack_api_url, settings.public_url
        )
        super().__init__(client=client, logger=logger, settings=given)
        self._bot, self._stores, self._clock = settings, stores, clock

    async def begin(self, team: str) -> BoltResponse:
        """Send somebody to Slack's consent page, with a new state in their browser."""
        return await self.handle_installation(AsyncBoltRequest(body="", query={"team": team} if team else {}))

    async def finish(self, query: str, cookie: str) -> Page:
        """Take who comes back from Slack; gives the page that says how it ended.

        Raises what the stores raise.
        """
        request = AsyncBoltRequest(body="", query=query, headers={"cookie": cookie} if cookie else {})
        try:
            await self.handle_callback(request)
        except RefusedInstallError as refused:
            return refused.page
        page: Page = request.context["page"]
        return page

    async def run_installation(self, code: str) -> Installation:
        """Exchange Slack's code for a token; Bolt's own way loses why it failed, and writes the code into the log."""
        try:
            # Not by slack_sdk's own method: aiohttp calls the way in which it sends the secret outdated.
            granted = await self.client.api_call(
                "oauth.v2.access", data={**self._secrets(), "code": code, "redirect_uri": self.settings.redirect_uri}
            )
            token = text(granted.get("access_token"))
            who: Mapping[str, Any] | AsyncSlackResponse = await self.client.auth_test(token=token) if token else {}
        except SlackApiError as error:
            told = code_of(error)
            if told in _CODE_FAULTS:
                raise self._refused("code") from error
            if not told or told in _TROUBLE:
                raise self._refused("unreachable") from error
            log.error("slack.install.refused", code=told)  # noqa: TRY400 # Slack's code says it all
            raise self._refused("registration", told) from error
        except errors.FAULTS as error:
            log.warning("slack.install.unreachable", reason=errors.words(error, "the code"))
            raise self._refused("unreachable") from error
        installation = _installation(granted, text(who.get("bot_id")), self._clock())
        if not (installation.bot_token and (installation.team_id or installation.enterprise_id)):
            log.error("slack.install.refused", code="no token of a bot")
            raise self._refused("registration")
        return installation

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        """Keep it, where the workspace may use this bot; otherwise give back what Slack granted."""
        place = _place(installation)
        # Of an organization's some come with the workspace of who installed it: that one's id lets not all others in.
        team = "" if installation.is_enterprise_install else installation.team_id or ""
        if not allows(self._bot.allowed_workspaces, team, installation.enterprise_id or ""):
            is_handed_back = await self._hand_back(installation)
            log.warning("slack.install.turned_away", place=place.id, handed_back=is_handed_back)
            raise RefusedInstallError(pages.turned_away(place, is_handed_back=is_handed_back))
        await self._stores.installations.async_save(installation)
        missed = scopes.missing(installation.bot_scopes or ())
        log.info("slack.installed", place=place.id, missing=[scope.name for scope in missed])
        request.context["page"] = pages.installed(place, missed, self._bot.slack_api_url, self._bot.public_url)

    async def _hand_back(self, installation: Installation) -> bool:
        """Remove the app where it is not wanted; where Slack lets us not, make the token useless at least."""
        token = installation.bot_token
        try:
            # slack_sdk's own method writes the secret into the address.
            await self.client.api_call("apps.uninstall", data={**self._secrets(), "token": token})
        except errors.FAULTS as first:
            log.warning("slack.install.not_removed", error=type(first).__name__)
            try:
                await self.client.auth_revoke(token=token)
            except errors.FAULTS as second:
                log.error("slack.install.not_handed_back", error=type(second).__name__)  # noqa: TRY400 # its name says it
                return False
        return True

    def _secrets(self) -> dict[str, str]:
        return {"client_id": self.settings.client_id, "client_secret": self.settings.client_secret}

    async def _succeeded(self, arguments: AsyncSuccessArgs) -> BoltResponse:
        made = arguments.installation
        await self._stores.welcome(_place(made).id, made.user_id)
        return BoltResponse(status=200)

    async def _failed(self, arguments: AsyncFailureArgs) -> BoltResponse:
        failure = _FAILURES.get(arguments.reason, "other")
        arguments.request.context["page"] = pages.failed(
            failure, self._bot.public_url, arguments.reason if failure == "other" else ""
        )
        return BoltResponse(status=200)

    def _refused(self, failure: Failure, code: str = "") -> RefusedInstallError:
        return RefusedInstallError(pages.failed(failure, self._bot.public_url, code))


def allows(allowed: frozenset[str], team: str, enterprise: str) -> bool:
    """Say whether a workspace may use this bot: it, or the organization it belongs to, is listed, or nothing is.

    A whole organization comes without a workspace: then its own id has to be listed.
    """
    return not allowed or team in allowed or enterprise in allowed


def _place(installation: Installation) -> Place:
    if installation.is_enterprise_install:
        return Place(
            installation.enterprise_id or "", installation.enterprise_name or "", "", installation.app_id or ""
        )
    team = installation.team_id or ""
    return Place(team, installation.team_name or "", team, installation.app_id or "")


def _installation(granted: AsyncSlackResponse, bot: str, now: datetime) -> Installation:
    """Read what Slack granted. docs.slack.dev/reference/methods/oauth.v2.access."""
    enterprise, team = mapping(granted.get("enterprise")), mapping(granted.get("team"))
    lasts = granted.get("expires_in")  # seconds, where tokens rotate
    return Installation(
        app_id=text(granted.get("app_id")),
        enterprise_id=text(enterprise.get("id")) or None,
        enterprise_name=text(enterprise.get("name")) or None,
        team_id=text(team.get("id")) or None,
        team_name=text(team.get("name")) or None,
        bot_token=text(granted.get("access_token")) or None,
        bot_id=bot or None,
        bot_user_id=text(granted.get("bot_user_id")) or None,
        bot_scopes=text(granted.get("scope")),
        bot_refresh_token=text(granted.get("refresh_token")) or None,
        bot_token_expires_at=int(now.timestamp()) + lasts if isinstance(lasts, int) and lasts > 0 else None,
        user_id=text(mapping(granted.get("authed_user")).get("id")),
        is_enterprise_install=granted.get("is_enterprise_install") is True,
        token_type=text(granted.get("token_type")) or None,
        installed_at=now.timestamp(),
    )
