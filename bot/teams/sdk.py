"""Build the part of the Teams SDK that the bot stands on: its check of who sends to us, and Microsoft's addresses."""

import dataclasses
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import microsoft_teams

from bot.settings.checked import CLOUDS, Settings


@contextmanager
def _alone(*packages: str) -> Iterator[None]:
    """Import modules out of packages of the SDK without all the rest that these import.

    That is hundreds of models of cards and activities, its client, its server and MSAL: 50 MB and half a second of
    which the bot uses nothing. Nor does it then read the environment, or a `.env`.
    """
    made: list[str] = []
    for name in packages:
        if name not in sys.modules:
            bare = ModuleType(name)
            bare.__path__ = [str(Path(place, *name.split(".")[1:])) for place in microsoft_teams.__path__]
            sys.modules[name] = bare
            made.append(name)
    try:
        yield
    finally:
        # Whoever wants the whole SDK gets it, each module inside its package, which would not know those from here.
        for name in [each for each in sys.modules if each in made or each.rpartition(".")[0] in made]:
            del sys.modules[name]


with _alone("microsoft_teams.api", "microsoft_teams.api.auth", "microsoft_teams.apps", "microsoft_teams.apps.auth"):
    from microsoft_teams.api.auth import cloud_environment
    from microsoft_teams.api.auth.cloud_environment import CloudEnvironment
    from microsoft_teams.apps.auth.token_validator import InboundActivityTokenValidator

# The SDK's logger that writes a line for whatever anybody sends, which is raised to us and said there.
_TALKATIVE = "microsoft_teams.apps.auth.token_validator"


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
    logging.getLogger(_TALKATIVE).setLevel(logging.CRITICAL)
    built = InboundActivityTokenValidator(settings.teams_client_id, cloud=cloud(settings))
    if settings.proxies:
        from bot.teams import proxies  # noqa: PLC0415 # it needs a client of its own, httpx, that nobody else does

        service = built._service_validator  # noqa: SLF001 # the SDK takes no key look-up of ours
        service._jwks_client = proxies.Keys(service.options.jwks_uri, settings.proxies)  # noqa: SLF001 # as above
    return built
