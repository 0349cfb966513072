"""Turn a stored row into an installation with its tokens in the clear, and what slack_sdk makes of one into a row."""

from datetime import UTC, datetime

from slack_sdk.oauth.installation_store import Installation

from messengers.slack.installations import Installed, Token
from messengers.slack.sealing import Seals
from store.installations import Stored


def opened(seals: Seals, stored: Stored) -> Installed:
    """Decrypt a row.

    Raises:
        SealedError: no key opens it.
    """
    refresh_token = seals.open(stored.refresh_token, stored.place)
    return Installed(
        place=stored.place,
        enterprise=stored.enterprise,
        workspace_name=stored.name,
        bot_user=stored.bot_user,
        bot=stored.bot,
        scopes=frozenset(scope for scope in stored.scopes.split(",") if scope),
        installer=stored.installer,
        installed_at=stored.installed_at,
        token=Token(seals.open(stored.token, stored.place)),
        app=stored.app,
        refresh_token=Token(refresh_token) if refresh_token else None,
        expires_at=stored.expires_at,
        changed_at=stored.changed_at,
    )


def sealed(seals: Seals, place: str, installation: Installation, now: datetime) -> Stored:
    """Encrypt a copy of what slack_sdk made of Slack's answer, which others go on with."""
    scopes = installation.bot_scopes or ()
    ends = installation.bot_token_expires_at
    name = installation.enterprise_name if installation.is_enterprise_install else installation.team_name
    return Stored(
        place=place,
        enterprise=installation.enterprise_id or "",
        name=name or "",
        app=installation.app_id or "",
        bot_user=installation.bot_user_id or "",
        bot=installation.bot_id or "",
        scopes=",".join(scopes.split(",") if isinstance(scopes, str) else scopes),
        installer=installation.user_id,
        token=seals.seal(installation.bot_token or ""),
        refresh_token=seals.seal(installation.bot_refresh_token or ""),
        expires_at=None if ends is None else datetime.fromtimestamp(ends, UTC),
        installed_at=datetime.fromtimestamp(installation.installed_at, UTC),
        changed_at=now,
    )
