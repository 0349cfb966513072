"""Which workspace a call of the bot is about, and whether its token may."""

from collections.abc import Mapping
from typing import Any

from playground.slack.oauth.directory import Directory, Grant
from playground.slack.platform import Platform
from playground.slack.values import Refusal

NAMES = ("channel", "user", "users", "user_id", "view_id")  # arguments that name what one workspace has


def workspace(directory: Directory, token: object, arguments: Mapping[str, Any]) -> Platform:
    """The workspace that a call with this token is about; the first one where nobody can tell."""
    grant = directory.grants.get(token) if isinstance(token, str) else None
    if grant is None:
        return directory.home
    every = directory.workspaces(grant.place)
    return next((each for each in every if grant.place in directory.platforms or _is_meant(each, arguments)), every[0])


def _is_meant(platform: Platform, arguments: Mapping[str, Any]) -> bool:
    """Whether arguments name the workspace, or something that it has."""
    world, given = platform.world, arguments.get("team_id")
    if given:
        return world.team.id == str(given)
    named = {str(arguments.get(name) or "") for name in NAMES}
    is_known = not named.isdisjoint(world.channels) or not named.isdisjoint(world.people)
    is_opened = platform.tickets.knows(arguments.get("trigger_id")) or any(map(world.find_view, named))
    return world.is_org_wide and (is_known or is_opened)


def check(directory: Directory, token: object, arguments: Mapping[str, Any], *, needs_team: bool) -> Grant:
    """The grant behind a token. Raises Refusal with Slack's word for what is wrong with it."""
    if not token:
        raise Refusal("not_authed")
    grant = directory.grants.get(str(token))
    if grant is None:
        raise Refusal("invalid_auth")
    if grant.end:
        raise Refusal(grant.end)
    if directory.has_expired(grant):
        raise Refusal("token_expired")
    if grant.place not in directory.platforms:
        if needs_team:
            _check_team(directory, grant, arguments)
    elif directory.platforms[grant.place].world.token_is_revoked:
        raise Refusal("token_revoked")
    return grant


def _check_team(directory: Directory, grant: Grant, arguments: Mapping[str, Any]) -> None:
    """Slack: the token of a whole organization has to say which workspace, where more than one could be meant."""
    meant = [each for each in directory.workspaces(grant.place) if _is_meant(each, arguments)]
    if any(each.world.token_is_revoked for each in meant):
        raise Refusal("token_revoked")
    if arguments.get("team_id"):
        if not any(each.world.is_org_wide for each in meant):
            raise Refusal("team_access_not_granted")
    elif len(meant) != 1:
        words = "[ERROR] missing required field: team_id"
        raise Refusal("missing_argument", response_metadata={"messages": [words]})
