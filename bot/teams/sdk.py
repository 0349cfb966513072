"""Build the Teams SDK's own parts: its client for sending, and its check of who sends to us."""

import dataclasses
import logging
import ssl
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from typing import Any

import httpx
from pydantic import BaseModel

from bot.settings.checked import CLOUDS, Settings
from bot.teams import environment, proxies
from bot.teams.access_tokens import Tokens


@contextmanager
def _built_when_used() -> Iterator[None]:
    """Have pydantic build the models that are imported meanwhile when each is first used.

    The SDK has hundreds of them, for cards and activities, and what we send and hear is plain JSON:
    built, they take 8 MB.
    """
    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]


with environment.hidden(), warnings.catch_warnings(), _built_when_used():
    # It says at each start that parts of it are in preview, which nothing here uses.
    warnings.filterwarnings("ignore", ".* is in preview and may change")
    from microsoft_teams.api import ApiClient, ApiClientSettings
    from microsoft_teams.api.auth import cloud_environment
    from microsoft_teams.api.auth.cloud_environment import CloudEnvironment
    from microsoft_teams.apps import App
    from microsoft_teams.apps.auth import InboundActivityTokenValidator
    from microsoft_teams.common import Client, ClientOptions

# The SDK's loggers that write a line for whatever anybody sends, or again for what is raised to us and said there.
_TALKATIVE = ("microsoft_teams.apps.auth.token_validator", "microsoft_teams.apps.app", "microsoft_teams.apps.http")


@cache
def _trusted() -> ssl.SSLContext:
    """Read the certificates that httpx trusts, once: it takes 25 ms."""
    return httpx.create_ssl_context()


class _Client(Client):
    """The SDK's HTTP client, whose copies share its connections.

    The SDK makes two copies, of which it sends with one, and gives each connections and certificates of its own.
    """

    def clone(self, overrides: ClientOptions | None = None, *, share_http: bool = True) -> Client:  # noqa: ARG002 # the SDK's own signature
        """Copy it."""
        copy = super().clone(overrides, share_http=True)
        copy.__class__ = type(self)
        return copy


class _NoServer:
    """The SDK's server adapter: nothing is registered with it, since our own route stands at /api/messages.

    What the SDK's route does after its check answers 500 to activities it has no type for (`installationUpdate`
    "add-upgrade"), and an empty 200 where no handler answers, which Teams shows as "Unable to reach app".
    """

    def register_route(self, method: str, path: str, handler: Any) -> None:  # noqa: ANN401 # the SDK's own type is a Protocol
        """Leave the SDK's route out."""

    def serve_static(self, path: str, directory: str) -> None:
        """Serve nothing."""

    async def start(self, port: int) -> None:
        """Start nothing."""

    async def stop(self) -> None:
        """Stop nothing."""


def cloud(settings: Settings) -> CloudEnvironment:
    """Give Microsoft's addresses for the cloud that is set; those of an emulated one are its own."""
    if "://" not in settings.teams_cloud:
        return cloud_environment.from_name(settings.teams_cloud)
    return dataclasses.replace(
        cloud_environment.PUBLIC,
        login_endpoint=settings.teams_cloud,
        token_service_url=settings.teams_cloud,
        openid_metadata_url=f"{settings.teams_cloud}/v1/.well-known/openidconfiguration",
    )


def issuers() -> frozenset[str]:
    """Give who signs requests in each of Microsoft's clouds."""
    return frozenset(cloud_environment.from_name(name).token_issuer for name in CLOUDS)


def keys_url(of: CloudEnvironment) -> str:
    """Give the address of the keys that requests are signed with: beside the metadata, where the SDK looks too."""
    return of.openid_metadata_url.removesuffix("openidconfiguration") + "keys"


def validator(settings: Settings) -> InboundActivityTokenValidator:
    """Give the SDK's check of a request's token; its key look-up blocks, so it belongs into a thread of its own."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    built = InboundActivityTokenValidator(settings.teams_client_id, cloud=cloud(settings))
    if settings.proxies:
        service = built._service_validator  # noqa: SLF001 # the SDK takes no key look-up of ours
        service._jwks_client = proxies.Keys(service.options.jwks_uri, settings.proxies)  # noqa: SLF001 # as above
    return built


@asynccontextmanager
async def client(settings: Settings, tokens: Tokens | None) -> AsyncIterator[ApiClient]:
    """Give the SDK's client for sending, and close its connections at the end.

    `tokens` come from us and not from the SDK, for every cloud: MSAL, which it would use, asks for Microsoft's metadata
    when it is built, on the event loop and without a time limit. None is for requests that nobody signs: then no
    token is asked for, and none is sent to whatever address such a request names.
    """

    async def token(_scope: Any, _tenant: str | None) -> str | None:  # noqa: ANN401 # a text, or a list of them
        return await tokens.current() if tokens else None

    # Each read, write, connect and wait for a connection; by default the SDK sets no limit at all.
    timeout = settings.client_timeout_seconds * 2 / 3
    with environment.hidden():
        http = httpx.AsyncClient(verify=_trusted(), timeout=timeout)
        app = App(
            client_id=settings.teams_client_id,
            tenant_id=settings.teams_tenant_id,
            token=token,
            cloud=cloud(settings),
            client=_Client(ClientOptions(timeout=timeout), _http=http),
            api_client_settings=ApiClientSettings(oauth_url=cloud(settings).token_service_url),
            http_server_adapter=_NoServer(),
            # Said, since the SDK reads the environment where it is not. Its route is not used whichever it says.
            dangerously_allow_unauthenticated_requests=False,
        )
    await app.initialize()
    if settings.proxies:
        await app.api.http.http.aclose()
        app.api.http.http = proxies.client(settings.proxies, app.api.http.http)
    try:
        yield app.api
    finally:
        await app.api.http.http.aclose()
        await app.http_client.http.aclose()
