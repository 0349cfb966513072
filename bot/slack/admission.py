"""Find the installation that a request is for, before anything is done about it; who has none is told so politely."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

import structlog

from bot.settings.checked import Settings
from bot.slack.guard import GuardedRequest
from bot.slack.install import addresses, flow
from bot.slack.sdk import Dispatch, Identity
from bot.web import asgi
from bot.web.asgi import Answer
from cards import scopes
from cards.compose import installing
from cards.model import Card
from handlers.payload import mapping, text
from handlers.slack import payload, responses
from handlers.slack.installs import Lack
from messengers.slack.installations import Installed
from messengers.slack.stored_installations import StoredInstallations

log = structlog.get_logger()

_JSON = "application/json; charset=utf-8"

_NEEDED = frozenset(scope.name for scope in scopes.REQUIRED)
# They come once there is no installation any more, or are about it; what is done about them looks for itself.
_ABOUT_INSTALLING = frozenset(
    {
        "app_uninstalled",
        "tokens_revoked",
        "team_access_granted",
        "team_access_revoked",
        "grid_migration_started",
        "grid_migration_finished",
        "team_rename",
        "team_domain_change",
    }
)
# Set for as long as a request is answered, and for whatever it set going.
current_workspace: ContextVar[str] = ContextVar("slack_workspace", default="")


class Admission:
    """Hands requests on to Bolt, each with who we are where it came from.

    `tell` starts showing a card through a response_url, and returns at once.
    """

    def __init__(
        self,
        settings: Settings,
        installations: StoredInstallations,
        *,
        tell: Callable[[str, Card], None],
        lacks: Callable[[Lack], None],
    ) -> None:
        self._allowed = settings.allowed_workspaces
        self._public_url = settings.public_url
        self._installations = installations
        self._tell = tell
        self._lacks = lacks

    async def answer(self, request: GuardedRequest, dispatch: Dispatch) -> Answer:
        """Answer a request of one of many workspaces; only the first of each looks into the database.

        Raises what finding an installation raises: that a token cannot be read says nothing of who asks.
        """
        if request.kind == "verification":
            return await dispatch(request, Identity())
        body = request.body
        workspace = payload.workspace(body, "")
        if request.kind == "event" and text(mapping(body.get("event")).get("type")) in _ABOUT_INSTALLING:
            return await _answered(request, workspace, dispatch, Identity())
        workspace, found = await self._found(workspace, body)
        if found is None:
            log.info("slack.not_installed", workspace=workspace, kind=request.kind)
            link = addresses.install(self._public_url, addresses.place(workspace))
            return self._refused(request, installing.not_installed(link))
        if not flow.allows(self._allowed, workspace, found.enterprise or found.place):
            log.info("slack.not_served", workspace=workspace, kind=request.kind)
            return self._refused(request, installing.not_served())
        if found.scopes and not found.scopes >= _NEEDED:
            missing = scopes.missing(found.scopes)
            self._lacks(Lack(found, workspace, missing, addresses.install(self._public_url, found.place)))
        return await _answered(request, workspace, dispatch, Identity(found.bot_user, found.token.reveal()))

    async def _found(self, workspace: str, body: Mapping[str, Any]) -> tuple[str, Installed | None]:
        """Find which workspace's installation answers: a card is answered by the one that posted it."""
        author = _author(body, workspace)
        if author and body.get("type") == "block_actions" and (found := await self._installations.find(author)):
            return author, found
        found = await self._installations.find(workspace, payload.organization(body))
        if found is None and author:
            return author, await self._installations.find(author)
        return workspace, found

    def _refused(self, request: GuardedRequest, card: Card) -> Answer:
        """Show a card to the person who asked, where Slack shows one; an event was nobody's question."""
        match request.kind:
            case "command":
                return Answer(200, responses.ephemeral(card).encode(), _JSON)
            case "options":
                return asgi.as_json(200, {"options": []})
            case "view" if request.body.get("type") == "view_submission":
                return Answer(200, responses.updated(card).body.encode(), _JSON)
            case "action" | "shortcut" if url := payload.response_url(request.body):
                self._tell(url, card)
                return Answer(200)
            case _:
                return Answer(200)


async def _answered(request: GuardedRequest, workspace: str, dispatch: Dispatch, identity: Identity) -> Answer:
    token = current_workspace.set(workspace)
    try:
        return await dispatch(request, identity)
    finally:
        current_workspace.reset(token)


def _author(body: Mapping[str, Any], workspace: str) -> str:
    """Give the workspace whose message was clicked on, where it is another one; '' otherwise.

    Slack Connect: docs.slack.dev/reference/interaction-payloads/block_actions-payload calls `team` the workspace that a
    click "originated from", which may be the visitor's.
    """
    team = text(mapping(body.get("message")).get("team"))
    return team if payload.is_id(team) and team != workspace else ""
