"""Ask Slack of a person what changing tips depends on, where `users:read` was granted."""

from collections.abc import Awaitable, Callable, Mapping

import aiohttp
from cachetools import TTLCache
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from messengers.people import KEPT, MOST, PeopleCache, Person
from messengers.slack.errors import code_of
from messengers.slack.installations import UnservedError

_SLACKBOT = "USLACKBOT"  # Slack: users.info does not call it a bot
# Slack: guests of many channels and of one, people of other workspaces, bots of each kind, and who was only invited.
_LESS_THAN_MEMBERS = (
    "deleted",
    "is_bot",
    "is_workflow_bot",
    "is_connector_bot",
    "is_restricted",
    "is_ultra_restricted",
    "is_stranger",
    "is_invited_user",
)
_RUNS_IT = ("is_admin", "is_owner", "is_primary_owner")


class People:
    """Asks users.info, and remembers the answers for five minutes; a missing scope as long, for a workspace."""

    def __init__(
        self, client: Callable[[str], Awaitable[AsyncWebClient]], monotonic: Callable[[], float], most: int = MOST
    ) -> None:
        self._client = client
        self._known = PeopleCache(monotonic, most)
        self._closed: TTLCache[str, None] = TTLCache(most, KEPT, monotonic)  # workspaces that did not grant users:read

    def may_ask(self, workspace: str) -> bool:
        """Say whether Slack may be asked about people, as far as is known: not where it said no a while ago."""
        return workspace not in self._closed

    async def find(self, workspace: str, person: str) -> Person | None:
        """Give what is known of a person; None where Slack may not be asked, does not know them, or takes too long."""
        return await self._known.find((workspace, person), lambda: self._ask(workspace, person))

    async def _ask(self, workspace: str, person: str) -> Person | None:
        if not self.may_ask(workspace):
            return None
        try:
            client = await self._client(workspace)
            answer = await client.users_info(user=person)
        except SlackApiError as error:
            if code_of(error) == "missing_scope":
                self._closed[workspace] = None
            return None
        except (UnservedError, aiohttp.ClientError, OSError, ValueError, AttributeError):
            return None  # the last two: slack_sdk on an answer that is not JSON, or not an object
        user = answer.get("user")
        if not isinstance(user, Mapping):
            return None
        is_member = person != _SLACKBOT and _is_of(user, workspace) and not any(map(user.get, _LESS_THAN_MEMBERS))
        return Person(
            zone=str(user.get("tz") or ""),
            is_gone=bool(user.get("deleted")),
            is_member=is_member,
            is_admin=is_member and any(user.get(name) is True for name in _RUNS_IT),
        )


def _is_of(user: Mapping[str, object], workspace: str) -> bool:
    """Say whether an account is of this workspace, and what it says of admins with it.

    Slack: `is_admin` is about the account's own workspace, which `team_id` names. On Enterprise Grid that may be the
    organisation, and `enterprise_user.teams` are the workspaces it is in.
    """
    team, enterprise = user.get("team_id"), user.get("enterprise_user")
    if team == workspace or not isinstance(enterprise, Mapping):
        return team == workspace
    teams = enterprise.get("teams")
    return bool(team) and team == enterprise.get("enterprise_id") and isinstance(teams, list) and workspace in teams
