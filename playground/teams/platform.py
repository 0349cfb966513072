"""One emulated Teams' parts in one place, for the doors that serve them."""

from collections.abc import Iterable

from playground.shared.clock import EmulatorClock
from playground.shared.trouble import Trouble, Troubles
from playground.teams.keys import Keys, Wallet
from playground.teams.rates import Rates
from playground.teams.values import Call, Fault, Json
from playground.teams.world import World

BOT_NAME = "PM Compare"


class Platform:
    """State, keys, records and settings of one emulator."""

    def __init__(
        self, clock: EmulatorClock, *, client_id: str, client_secret: str, tenant_id: str, enforce_rate: bool
    ) -> None:
        self.clock = clock
        self.world = World(clock)
        self.keys = Keys(clock, client_id)
        self.wallet = Wallet(clock, client_id=client_id, client_secret=client_secret, tenant_id=tenant_id)
        self.rates = Rates(clock, is_enforced=enforce_rate)
        self.troubles = Troubles()
        self.client_id = client_id
        self.tenant_id = tenant_id
        self.url = ""
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.under_way = 0

    @property
    def service_url(self) -> str:
        """Where the connector's methods are; activities name it."""
        return f"{self.url}/teams/"

    @property
    def bot(self) -> Json:
        """The bot's account as activities name it. Teams: `28:` and the client id."""
        return {"id": f"28:{self.client_id}", "name": BOT_NAME}

    def fault(self, where: str, error: str, details: Iterable[str] = ()) -> Fault:
        """Records something that Teams would not have shown."""
        found = Fault(where, error, tuple(details))
        self.faults.append(found)
        self.world.touch()
        return found

    def take_trouble(self, method: str, conversation: str) -> Trouble | None:
        """The trouble waiting for this call, one time less."""
        return self.troubles.take(method, conversation.__eq__, conversation, self.clock.now())
