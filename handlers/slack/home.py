"""Show people on Slack their Home tab when they open it, and anew when their tips change."""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_bolt.response import BoltResponse

from cards.model import Action
from handlers.context import HandlerContext
from handlers.learning import home as homes
from handlers.learning.asked import Asked
from handlers.payload import mapping, text
from handlers.pending_replies import PendingReply
from handlers.slack import payload
from handlers.slack.responses import NOTHING
from messengers.base import Address, Posted
from messengers.slack import PLATFORM
from messengers.slack.messenger import SlackMessenger

log = structlog.get_logger()

_Whose = tuple[str, str]  # workspace and person


class SlackHome:
    """Publishes Homes once the 200 has left, one at a time for each person: the last is the newest."""

    def __init__(self, context: HandlerContext, messenger: SlackMessenger, home: Callable[[], str]) -> None:
        """Take the neutral dependencies, Slack's messenger, and the workspace it speaks for."""
        self._context = context
        self._messenger = messenger
        self._home = home
        self._publishing: set[_Whose] = set()
        self._again: set[_Whose] = set()  # something has changed while their Home was being drawn

    async def opened(self, body: Mapping[str, Any]) -> BoltResponse:
        """Draw the tab that somebody opened; Slack tells with the same event of the tab with messages."""
        event = mapping(body.get("event"))
        if event.get("tab") == "home":
            self.refresh(payload.workspace(body, self._home()), text(event.get("user")))
        return NOTHING

    def refresh(self, workspace: str, person: str) -> None:
        """Draw somebody's Home anew, soon."""
        whose = (workspace, person)
        if whose in self._publishing:
            self._again.add(whose)
        else:
            self._publishing.add(whose)
            self._context.spawn(self._publish(whose))

    async def _publish(self, whose: _Whose) -> None:
        workspace, person = whose
        address = Address(PLATFORM, workspace, person)
        asked = Asked(Action("home"), address, PendingReply(person, ""), is_direct=True)
        try:
            while True:
                self._again.discard(whose)
                outcome = await self._messenger.publish_home(workspace, person, await homes.drawn(self._context, asked))
                if not isinstance(outcome, Posted):
                    log.warning("slack.home.not_shown", outcome=str(outcome))
                if whose not in self._again:
                    return
        finally:
            self._publishing.discard(whose)
            self._again.discard(whose)
