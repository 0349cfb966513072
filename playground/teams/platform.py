"""One emulated Teams' parts in one place, for those who serve them."""

import copy
from collections.abc import Mapping
from typing import Any

from playground.shared import platform
from playground.shared.clock import EmulatorClock
from playground.shared.trouble import Trouble
from playground.shared.values import EMPTY, Json
from playground.teams.keys import BotTokens, Keys
from playground.teams.rates import Rates
from playground.teams.values import Call, Organization
from playground.teams.world import Tenant

BOT_NAME = "PM Compare"
OTHER_TENANT = "00000000-0000-0000-0000-0000000000b2"
OTHER_TENANT_NAME = "Northwind"
HOME_TENANT_NAME = "Pocket"


class Platform(platform.Platform):
    """State, keys, records and settings of one emulator."""

    world: Tenant
    rates: Rates

    def __init__(
        self,
        clock: EmulatorClock,
        rates: Rates,
        *,
        client_id: str,
        client_secret: str,
        tenant_id: str,
        manifest: Mapping[str, Any] = EMPTY,
    ) -> None:
        super().__init__(clock, Tenant(clock), rates)
        self.keys = Keys(clock, client_id)
        self.tokens = BotTokens(clock, client_id=client_id, client_secret=client_secret, tenant_id=tenant_id)
        self.client_id = client_id
        self.tenant_id = tenant_id
        self.tenant_name = HOME_TENANT_NAME
        self.is_home = True
        self.is_turned_away = False  # whether the bot's last answer was that it does not serve this tenant
        self.calls: list[Call] = []
        self.manifest = manifest

    def beside(self, other: Organization, rates: Rates) -> "Platform":
        """Another tenant of the same cloud: the same bot with the same registration, keys and tokens."""
        made = copy.copy(self)
        platform.Platform.__init__(made, self.clock, Tenant(self.clock, other.mark), rates)
        made.wire, made.about, made.calls = self.wire, self.about, []
        made.tenant_id, made.tenant_name, made.is_home = other.id, other.name, False
        return made

    @property
    def service_url(self) -> str:
        """Where the connector's methods are; activities name it."""
        return f"{self.url}/teams/"

    @property
    def bot(self) -> Json:
        """The bot's account as activities name it. Teams: `28:` and the client id."""
        return {"id": f"28:{self.client_id}", "name": BOT_NAME}

    def starters(self, scope: str) -> list[Json]:
        """The prompt starters of the app's manifest in a scope: `personal`, `team`, `groupChat`."""
        bots = self.manifest.get("bots") or [{}]
        lists = [each for each in bots[0].get("commandLists", ()) if scope in each.get("scopes", ())]
        return [dict(command) for each in lists for command in each["commands"] if command.get("type") == "prompt"]

    @property
    def query(self) -> Json | None:
        """The search of the app's manifest that inserts cards; None where there is none."""
        extensions = self.manifest.get("composeExtensions") or [{}]
        return next((each for each in extensions[0].get("commands", ()) if each.get("type", "query") == "query"), None)

    def take_trouble(self, method: str, conversation: str) -> Trouble | None:
        """The trouble waiting for this call, one time less."""
        return self.met(self.troubles.take(method, conversation.__eq__, conversation, self.clock.now()))

    def put_right(self) -> None:
        """The bot's credentials work again too."""
        super().put_right()
        self.tokens.works = True
