"""The Web API's methods about installations: oauth.v2.access, auth.revoke, apps.uninstall."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from playground.shared.values import Json
from playground.slack.oauth.directory import Code, Directory, Grant
from playground.slack.values import Refusal
from playground.slack.world import APP

ACCESS, REVOKE, UNINSTALL = "oauth.v2.access", "auth.revoke", "apps.uninstall"
METHODS = (REVOKE, UNINSTALL)  # with a token; the one without is ACCESS


def access(directory: Directory, arguments: Mapping[str, Any], authorization: str) -> Json:
    """oauth.v2.access: a code, or a refresh token, for a bot token. Raises Refusal."""
    client_id, client_secret = _credentials(arguments, authorization)
    _check_client(directory, client_id, client_secret)
    match arguments.get("grant_type") or "authorization_code":
        case "authorization_code":
            code = directory.use_code(arguments.get("code"), arguments.get("redirect_uri"))
            return _granted(directory, directory.install(code), code)
        case "refresh_token":
            return _granted(directory, directory.refresh(arguments.get("refresh_token")), None)
        case _:
            raise Refusal("invalid_grant_type")


def _credentials(arguments: Mapping[str, Any], authorization: str) -> tuple[str, str]:
    """HTTP Basic, which Slack asks for, or arguments."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(encoded, validate=True).decode("utf-8", "replace")
        except binascii.Error:
            return "", ""
        client_id, _, client_secret = given.partition(":")
        return client_id, client_secret
    return str(arguments.get("client_id") or ""), str(arguments.get("client_secret") or "")


def _check_client(directory: Directory, client_id: str, client_secret: str) -> None:
    if client_id != directory.registration.client_id:
        raise Refusal("invalid_client_id")
    if client_secret != directory.registration.client_secret:
        raise Refusal("bad_client_secret")


def _granted(directory: Directory, grant: Grant, code: Code | None) -> Json:
    """The answer; a refresh names the installer too, as the first one does."""
    install, world = directory.installs[grant.place], directory.workspaces(grant.place)[0].world
    above, is_org_wide = world.team.organization, grant.place not in directory.platforms
    rotation = {"refresh_token": grant.refresh, "expires_in": directory.registration.lasts} if grant.refresh else {}
    return {
        "ok": True,
        "app_id": APP,
        "authed_user": {"id": code.user if code else install.installer},
        "scope": ",".join(install.scopes),
        "token_type": "bot",
        "access_token": grant.token,
        "bot_user_id": world.team.bot_user,
        **rotation,
        "team": None if is_org_wide else {"id": world.team.id, "name": world.team.name},
        "enterprise": None if above is None else {"id": above.id, "name": above.name},
        "is_enterprise_install": is_org_wide,
    }


def call(directory: Directory, method: str, grant: Grant, arguments: Mapping[str, Any]) -> Json:
    """auth.revoke or apps.uninstall, and the events that follow. Raises Refusal."""
    bot = directory.workspaces(grant.place)[0].world.team.bot_user
    if method == UNINSTALL:
        _check_client(directory, str(arguments.get("client_id") or ""), str(arguments.get("client_secret") or ""))
        directory.uninstall(grant.place)
        directory.tell(grant.place, {"type": "app_uninstalled"})
        directory.tell(grant.place, tokens_revoked(bot))
        return {"ok": True}
    if str(arguments.get("test") or "").lower() in {"1", "true"}:
        return {"ok": True, "revoked": False}
    directory.revoke(grant.token)
    directory.tell(grant.place, tokens_revoked(bot))
    return {"ok": True, "revoked": True}


def tokens_revoked(bot_user: str) -> Json:
    """The event."""
    return {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot_user]}}
