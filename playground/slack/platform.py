"""One emulated Slack's parts in one place, for the doors that serve them."""

from collections.abc import Iterable

from playground.shared.clock import EmulatorClock
from playground.shared.trouble import Trouble, Troubles
from playground.slack.rates import Rates
from playground.slack.tickets import Tickets
from playground.slack.values import Call, Channel, Fault, Refusal
from playground.slack.world import BOT_USER, Workspace

DEFAULT_SCOPES = ("commands", "chat:write", "reactions:read", "app_mentions:read")


class Platform:
    """State, tickets, records and settings of one emulator."""

    def __init__(  # the parts are named by the caller
        self,
        clock: EmulatorClock,
        *,
        bot_token: str,
        scopes: Iterable[str],
        rates: Rates,
        messages_tab: bool,
        commands: Iterable[str],
    ) -> None:
        self.clock = clock
        self.workspace = Workspace(clock)
        self.tickets = Tickets(clock)
        self.bot_token = bot_token
        self.scopes = set(scopes)
        self.granted = tuple(self.scopes)
        self.rates = rates
        self.messages_tab = messages_tab
        self.commands = tuple(commands)
        self.url = ""
        self.calls: list[Call] = []
        self.under_way = 0
        self.faults: list[Fault] = []
        self.troubles = Troubles()

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

    def take_trouble(self, method: str, given: object) -> Trouble | None:
        """The trouble waiting for this call, one time less; `given` is the channel it names, if any."""
        channel = str(given or "")
        user = self.workspace.users.get(channel)
        names = {channel} if user is None else {channel, self.workspace.ensure_dm(user).id}
        return self.troubles.take(method, names.__contains__, channel, self.clock.now())

    def regrant(self) -> None:
        """The scopes of the first day."""
        self.scopes.clear()
        self.scopes.update(self.granted)

    def require_scope(self, *needed: str) -> None:
        """Any one of `needed` will do. Raises Refusal `missing_scope`, with what is needed and what was granted."""
        if not self.scopes.intersection(needed):
            lacking = self.lacking(*needed)
            raise Refusal("missing_scope", needed=lacking["needed"], provided=lacking["provided"])

    def lacking(self, *needed: str) -> dict[str, str]:
        """What stands beside `missing_scope`."""
        return {"needed": ",".join(needed), "provided": ",".join(sorted(self.scopes))}
