"""One pocket Slack's parts in one place, for the doors that serve them."""

from collections.abc import Iterable

from playground.slack_clock import PocketClock
from playground.slack_tickets import Tickets
from playground.slack_values import Call, Channel, Fault, Trouble
from playground.slack_workspace import BOT_USER, Workspace

DEFAULT_SCOPES = ("commands", "chat:write", "reactions:read", "app_mentions:read")


class Platform:
    """State, tickets, records and settings of one pocket."""

    def __init__(  # the parts are named by the caller
        self,
        clock: PocketClock,
        *,
        bot_token: str,
        scopes: Iterable[str],
        enforce_rate: bool,
        messages_tab: bool,
        commands: Iterable[str],
    ) -> None:
        self.clock = clock
        self.workspace = Workspace(clock)
        self.tickets = Tickets(clock)
        self.bot_token = bot_token
        self.scopes = set(scopes)
        self.enforce_rate = enforce_rate
        self.messages_tab = messages_tab
        self.commands = tuple(commands)
        self.url = ""
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.trouble: list[Trouble] = []
        self.last_post: dict[str, float] = {}

    def fault(self, where: str, error: str, details: Iterable[str] = ()) -> Fault:
        """Records something that Slack would not have shown."""
        found = Fault(where, error, tuple(details))
        self.faults.append(found)
        self.workspace.touch()
        return found

    def response_url(self, token: str) -> str:
        """The whole address for a token of `Tickets`."""
        return f"{self.url}response/{token}"

    def has_bot(self, channel: Channel) -> bool:
        """Whether the bot is a member."""
        return BOT_USER in self.workspace.members[channel.id]

    def take_trouble(self, method: str, channel: object) -> Trouble | None:
        """The first trouble waiting for this call, one time less."""
        for trouble in self.trouble:
            if trouble.method in {"*", method} and trouble.channel in {None, channel}:
                trouble.times -= 1
                if trouble.times <= 0:
                    self.trouble.remove(trouble)
                return trouble
        return None
