"""Hide the environment from the Teams SDK, which reads in it what the settings have not said."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_READ_BY_THE_SDK = (
    "CLIENT_ID",
    "CLIENT_SECRET",
    "TENANT_ID",
    "MANAGED_IDENTITY_CLIENT_ID",
    "CLOUD",
    "SERVICE_URL",
    "OAUTH_URL",
    "DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS",
    # Read by its HTTP client, by a rule of its own; and it does not start where one names a SOCKS proxy.
    *(form for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY") for form in (name, name.lower())),
)
_NO_DOTENV = "PYTHON_DOTENV_DISABLED"  # microsoft_teams.apps calls load_dotenv() when it is imported


@contextmanager
def hidden() -> Iterator[None]:
    """Import or build the SDK's parts with nothing to find, then put the environment back as it was."""
    before = {name: os.environ.pop(name) for name in (*_READ_BY_THE_SDK, _NO_DOTENV) if name in os.environ}
    os.environ[_NO_DOTENV] = "1"
    try:
        yield
    finally:
        del os.environ[_NO_DOTENV]
        os.environ.update(before)
