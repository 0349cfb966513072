"""Build the part of the Teams SDK that the bot stands on: its check of who sends to us, and Microsoft's addresses."""

import dataclasses
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel

from bot.settings.checked import CLOUDS, Settings
from bot.teams import environment, proxies


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
    from microsoft_teams.api.auth import cloud_environment
    from microsoft_teams.api.auth.cloud_environment import CloudEnvironment
    from microsoft_teams.apps.auth import InboundActivityTokenValidator

# The SDK's loggers that write a line for whatever anybody sends, or again for what is raised to us and said there.
_TALKATIVE = ("microsoft_teams.apps.auth.token_validator", "microsoft_teams.apps.app", "microsoft_teams.apps.http")


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
