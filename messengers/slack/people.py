"""Know of a person what changing tips depends on: whether they belong to the workspace, run it, or have left it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from messengers.slack.errors import code_of

_KEPT = 300.0  # seconds; who is made an admin now may change tips five minutes later
_MOST = 2_000  # people, oldest go first
_TIMEOUT = 2.0  # seconds; somebody waits for an answer that can do without
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


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is seen in a workspace; `zone` is their IANA time zone, '' where Slack names none.

    `is_member` is an active person of this very workspace: no guest, nobody of another one who is here through Slack
    Connect, no bot. Only a member can be its admin (`is_admin`: an admin or owner). `is_gone` is a deactivated account.
    """

    is_admin: bool
    is_gone: bool
    zone: str = ""
    is_member: bool = True


class People:
    """Asks users.info (`users:read`), and remembers the answers for five minutes."""

    def __init__(
        self, client: Callable[[str], Awaitable[AsyncWebClient]], monotonic: Callable[[], float], most: int = _MOST
    ) -> None:
        self._client = client
        self._most = most
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], tuple[float, Person]] = {}
        self._closed: dict[str, float] = {}  # workspaces that did not grant users:read, and until when that is believed

    def may_ask(self, workspace: str) -> bool:
        """Say whether Slack may be asked about people, as far as is known: not where it said no a while ago."""
        return self._closed.get(workspace, 0.0) <= self._monotonic()

    async def find(self, workspace: str, person: str) -> Person | None:
        """Give what is known of a person; None where Slack may not be asked, does not know them, or takes too long."""
        now = self._monotonic()
        until, known = self._known.get((workspace, person), (now, None))
        if until > now:
            return known
        if self._closed.get(workspace, now) > now:
            return None
        client = await self._client(workspace)
        try:
            async with asyncio.timeout(_TIMEOUT):
                answer = await client.users_info(user=person)
        except SlackApiError as error:
            if code_of(error) == "missing_scope":
                self._closed[workspace] = now + _KEPT
            return None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, AttributeError):
            return None  # the last two: slack_sdk on an answer that is not JSON, or not an object
        user = answer.get("user")
        if not isinstance(user, Mapping):
            return None
        is_member = person != _SLACKBOT and _is_of(user, workspace) and not any(map(user.get, _LESS_THAN_MEMBERS))
        found = Person(
            is_admin=is_member and any(user.get(name) is True for name in _RUNS_IT),
            is_gone=bool(user.get("deleted")),
            zone=str(user.get("tz") or ""),
            is_member=is_member,
        )
        self._known.pop((workspace, person), None)
        while len(self._known) >= self._most:
            del self._known[next(iter(self._known))]
        self._known[workspace, person] = (now + _KEPT, found)
        return found


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
