"""One emulated Slack's parts in one place, for those who serve them."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from playground.shared import platform
from playground.shared.clock import EmulatorClock
from playground.shared.trouble import Trouble
from playground.shared.values import Json
from playground.slack.rates import Rates
from playground.slack.tickets import Tickets
from playground.slack.values import Call, Channel, Refusal, Team
from playground.slack.world import HOME, Workspace

DEFAULT_SCOPES = ("commands", "chat:write", "reactions:read", "app_mentions:read")


class App(Struct, frozen=True):
    """What the app's manifest switches on; `shortcuts` are the global ones, callback_id and name."""

    commands: tuple[str, ...]
    shortcuts: Mapping[str, str]
    messages_tab: bool = True
    home_tab: bool = True


class Platform(platform.Platform):
    """State, tickets, records and settings of one emulator."""

    world: Workspace
    rates: Rates

    def __init__(  # each part is named by the caller
        self,
        clock: EmulatorClock,
        rates: Rates,
        app: App,
        *,
        bot_token: str = "",
        scopes: Iterable[str] = (),
        team: Team = HOME,
    ) -> None:
        super().__init__(clock, Workspace(clock, team), rates)
        self.tickets = Tickets(clock)
        self.app = app
        self.bot_token = bot_token
        self.scopes = set(scopes)
        self.granted = tuple(self.scopes)
        self.calls: list[Call] = []

    def response_url(self, token: str) -> str:
        """The whole address for a token of `Tickets`."""
        return f"{self.url}response/{token}"

    @property
    def is_installed(self) -> bool:
        """Whether the app is in this workspace."""
        return bool(self.world.served_by)

    def has_bot(self, channel: Channel) -> bool:
        """Whether the bot is a member."""
        return self.world.team.bot_user in self.world.members[channel.id]

    def take_trouble(self, method: str, given: object) -> Trouble | None:
        """The trouble waiting for this call, one time less; `given` is the channel it names, if any."""
        channel = str(given or "")
        user = self.world.people.get(channel)
        names = {channel} if user is None else {channel, self.world.ensure_dm(user).id}
        return self.met(self.troubles.take(method, names.__contains__, channel, self.clock.now()))

    def put_right(self) -> None:
        """The scopes of the first day too, and a token that works."""
        super().put_right()
        self.scopes.clear()
        self.scopes.update(self.granted)
        self.world.token_is_revoked = False

    def require_scope(self, *needed: str) -> None:
        """Any one of `needed` will do. Raises Refusal `missing_scope`, with what is needed and what was granted."""
        if not self.scopes.intersection(needed):
            raise Refusal("missing_scope", **self.lacking(*needed))

    def lacking(self, *needed: str) -> Json:
        """What stands beside `missing_scope`."""
        return {"needed": ",".join(needed), "provided": ",".join(sorted(self.scopes))}
