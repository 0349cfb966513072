"""Whose installation serves a workspace of Slack's, with which client, and how somebody is refused who has none."""

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct
from slack_sdk.web.async_client import AsyncWebClient

from messengers.base import Refused, Slowed

MakeClient = Callable[[str, str], AsyncWebClient]  # of a token, and the team_id each call names ('' for none)
_LATER = 60.0  # seconds after which somebody looks again whether a workspace can be served


class Token:
    """One of Slack's tokens, in the clear: it shows itself only to `reveal()`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Hand out the token, for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        """Hide the token; str() and format() come here too."""
        return "***"


class Installed(Struct, frozen=True):
    """An installation of the app: shared by all who ask, so nobody can change it.

    `place` is T…, a workspace, or E…, an organization with all workspaces that it admits; `enterprise` is the
    organization that it belongs to, '' for none. `expires_at` is None where the token never ends. `changed_at` tells
    two states of one installation apart.
    """

    place: str
    enterprise: str
    workspace_name: str
    bot_user: str
    bot: str
    scopes: frozenset[str]
    installer: str
    installed_at: datetime
    token: Token
    app: str = ""
    refresh_token: Token | None = None
    expires_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def is_organization(self) -> bool:
        """Whether it is an organization's, so that each call has to name the workspace it is for."""
        return self.place.startswith("E")

    def has_ended(self, now: datetime) -> bool:
        """Say whether its token is past its time."""
        return self.expires_at is not None and self.expires_at <= now


class UnservedError(Exception):
    """A workspace has no client at this moment; `outcome` says to the ledger what that means for a post."""

    outcome: Refused | Slowed = Slowed(_LATER, is_limit=False)


class NotInstalledError(UnservedError):
    """The app is not installed in a workspace, or no longer."""

    outcome = Refused("account_inactive", "workspace", datetime.fromtimestamp(0, UTC))  # older than any installation

    def __init__(self, workspace: str) -> None:
        super().__init__(f"The app is not installed in {workspace}.")


class InstallAgainError(UnservedError):
    """The token has ended and Slack gives no new one: somebody has to install the app again."""

    def __init__(self, place: str, installed_at: datetime | None = None) -> None:
        self.outcome = Refused("token_expired", "workspace", installed_at)
        super().__init__(
            f"The token of {place} has ended, and Slack gives no new one for it: an owner has to install the app there "
            "again, from /slack/install."
        )


class RefusedTokenError(UnservedError):
    """Slack refuses the only token that there is, with this code; nothing was done."""

    def __init__(self, place: str, code: str, installed_at: datetime) -> None:
        self.code = code
        self.outcome = Refused(code, "workspace", installed_at)
        super().__init__(f"Slack refuses the token of {place}: {code}.")


class NotServedError(UnservedError):
    """The app is installed, and whoever runs the bot does not serve that workspace: what was to be done waits."""

    def __init__(self, workspace: str) -> None:
        super().__init__(f"{workspace} is not in ALLOWED_WORKSPACES, nor is the organization that it belongs to.")


class CannotServeError(UnservedError):
    """The app is installed, and something of ours or on the way is in the way now; what was to be done waits."""
