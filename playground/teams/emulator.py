"""An emulated Microsoft Teams for the unchanged bot to talk to, on loopback, driven by a page or by tests.

async with TeamsEmulator(messaging_endpoint="http://127.0.0.1:PORT/api/messages") as teams:
    alice = teams.person("Alice Martin", zone="Europe/Paris")
    team = teams.team("Product", members=[alice])
    room = teams.channel(team, "pm-learning")
    await teams.install(room)  # the bot was started with TEAMS_CLOUD=teams.url
    asked = await teams.say(alice, room, "risks", mention=True)
    card = await teams.wait_for(lambda: teams.answers(asked.said))
    await teams.press(alice, card[0], "More detail")
    assert teams.faults == []
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from starlette.routing import Route

from playground.shared.clock import EmulatorClock
from playground.shared.page.about import NOTHING, About
from playground.shared.page.routes import Page
from playground.shared.trouble import Suffered, Trouble
from playground.shared.values import EMPTY, Answer, Fault
from playground.teams import persistence
from playground.teams.furniture import Furniture
from playground.teams.http import Inbound
from playground.teams.keys import SigningKey
from playground.teams.outbound import Outbound
from playground.teams.page import state
from playground.teams.page.acts import PageActs
from playground.teams.page.trouble import Drawer
from playground.teams.platform import OTHER_TENANT, OTHER_TENANT_NAME, Platform
from playground.teams.rates import Rates
from playground.teams.values import (
    BOT,
    Call,
    Conversation,
    Dialog,
    Message,
    Organization,
    Outcome,
    Person,
    Result,
    Sent,
    Team,
)

__all__ = [
    "BOT",
    "Answer",
    "Call",
    "Conversation",
    "Dialog",
    "EmulatorClock",
    "Fault",
    "Message",
    "Outcome",
    "Person",
    "Result",
    "Sent",
    "SigningKey",
    "Suffered",
    "Team",
    "TeamsEmulator",
    "Trouble",
]

CLIENT_ID = "00000000-0000-0000-0000-00000000b071"
TENANT_ID = "00000000-0000-0000-0000-0000000000a1"
NORTHWIND = Organization(OTHER_TENANT, OTHER_TENANT_NAME, "northwind")


def furnish(tenant: Furniture) -> None:
    """People, a team and a chat of another tenant, whom the bot does not know yet."""
    greta = tenant.person("Greta Vogel", zone="Europe/Berlin", kind="owner")
    elif_ = tenant.person("Elif Kaya", zone="Europe/Istanbul")
    hugo = tenant.person("Hugo Reyes", zone="America/Chicago")
    tenant.channel(tenant.team("Northwind Product", members=[greta, elif_, hugo]), "pm-learning")
    for person in (greta, elif_, hugo):
        tenant.personal(person)


class TeamsEmulator(Furniture):
    """One tenant with one app in it, served over HTTP while it is started.

    `calls` is every call of the bot so far, `sent` every activity sent, with the answers to it; `rates` Teams' limits:
    set `is_enforced` as needed; `routes` gives the page's routes, to be mounted elsewhere too; `tenants` is every
    tenant by its id, this one too.
    """

    def __init__(  # noqa: PLR0913  # every one is a setting with a default, given by name
        self,
        *,
        messaging_endpoint: str,
        host: str = "127.0.0.1",
        port: int = 0,
        client_id: str = CLIENT_ID,
        client_secret: str = "pocket-secret",  # noqa: S107  # opens nothing but this emulator
        tenant_id: str = TENANT_ID,
        clock_offset_file: Path | None = None,
        clock: EmulatorClock | None = None,
        data: Path | None = None,
        furnished: bool = False,
        answer_within: float = 10.0,
        enforce_rate: bool = True,
        about: About = NOTHING,
        manifest: Mapping[str, Any] = EMPTY,
        beside: Sequence[Organization] = (),
    ) -> None:
        """An emulator that does not listen yet.

        Args:
            messaging_endpoint: where the bot takes activities; settable later.
            host: loopback, or ValueError.
            port: 0 is a free one.
            client_id: the bot's registration.
            client_secret: shared with the bot.
            tenant_id: whose tenant this is.
            clock_offset_file: the shown time minus real time, in seconds, for the bot to read.
            clock: instead of one made from `clock_offset_file`; shared with the other emulator.
            data: a folder to go on from after a restart; memory only without it.
            furnished: with Alice, Bob, a team and a group chat.
            answer_within: seconds the bot has to answer; Teams' are 10 to 15.
            enforce_rate: refuse what is faster than Teams' limits.
            about: what the page tells beside it all.
            manifest: the app's own: what it offers to type, and to insert.
            beside: tenants beside this one, served at the same address.
        """
        clock = clock or EmulatorClock(clock_offset_file)
        rates = Rates(clock, is_enforced=enforce_rate)
        platform = Platform(
            clock, rates, client_id=client_id, client_secret=client_secret, tenant_id=tenant_id, manifest=manifest
        )
        platform.about = about
        outbound = Outbound(platform, url=messaging_endpoint, within=answer_within)
        memory = persistence.memory(platform.world, data) if data else None
        super().__init__(platform, outbound, memory, is_furnished=furnished)
        self.client_id = client_id
        self.client_secret = client_secret
        self.tenant_id = tenant_id
        self.calls = platform.calls
        self.rates = rates
        self.sent = outbound.sent
        self.tenants: dict[str, Furniture] = {tenant_id: self}
        for other in beside:
            self.tenants[other.id] = self._beside(other, data)
        others = [each.platform for each in self.tenants.values() if each is not self]
        self._serve([*self.routes(), *Inbound(platform, others).routes()], host, port)

    def _beside(self, other: Organization, data: Path | None) -> Furniture:
        platform = self.platform.beside(other, Rates(self.clock, is_enforced=self.rates.is_enforced))
        outbound = Outbound(platform, url=self.messaging_endpoint, within=self.outbound.within)
        memory = persistence.memory(platform.world, data) if data else None
        return Furniture(platform, outbound, memory, is_furnished=self._is_furnished)

    def routes(self) -> list[Route]:
        """The page's, for each tenant."""
        found: list[Route] = []
        every = [each.platform for each in self.tenants.values()]
        for each in self.tenants.values():
            mark = each.platform.world.mark
            at = f"/page/teams/{mark}/" if mark else "/page/teams/"
            found += Page(at, PageActs(each, Drawer(each.platform)), state.Seen(every)).routes()
        return found

    # -- life

    async def start(self) -> None:
        """Loads what was kept, and listens."""
        await super().start()
        for each in self.tenants.values():
            if each is not self:
                each.come_up(self.platform.url, partial(furnish, each))

    async def stop(self) -> None:
        """Stops listening; what is still to be sent is given up."""
        for each in self.tenants.values():
            if each is not self:
                await each.go_down()
        await super().stop()

    def furnish(self) -> None:
        """Somebody of each kind, a team with the app, one without, a group chat, two people's chats with the bot."""
        alice = self.person("Alice Martin", zone="Europe/Paris", kind="owner")
        bob = self.person("Bob Okafor", zone="America/New_York")
        dan = self.person("Dan Moreau", zone="Asia/Kolkata", kind="guest")
        elif_ = self.person("Elif Kaya", zone="Europe/Istanbul", kind="outsider")
        fay = self.person("Fay Tanaka", zone="Asia/Tokyo")
        gus = self.person("Gus Lindqvist", zone="Europe/Stockholm")
        product = self.team("Product", members=[alice, bob, dan, fay, gus])  # five: enough to open a vote
        self.channel(product, "pm-learning")
        self.channel(self.team("Design", members=[alice, bob]), "research")
        self.group("AI working group", members=[alice, bob, elif_])
        self.world.installed |= {product.id, self.personal(alice).id, self.personal(bob).id}

    async def start_over(self) -> None:
        """Everything as on the first day, the clock too: the app is removed everywhere, and added again."""
        for place in sorted(self.world.installed | self.world.reached):
            await self.uninstall(self.world.conversations[place])
        await super().start_over()
        for each in self.tenants.values():
            if each is not self:
                each.world.clear()
                each.platform.put_right()
                each.platform.is_turned_away = False
                if self._is_furnished:
                    furnish(each)
                each.world.touch()
        if self._is_furnished:
            await self.introduce()

    # -- addresses and records

    @property
    def service_url(self) -> str:
        """Where the connector's methods are."""
        return self.platform.service_url

    @property
    def messaging_endpoint(self) -> str:
        """Where the bot listens."""
        return str(self.outbound.url)

    @messaging_endpoint.setter
    def messaging_endpoint(self, url: str) -> None:
        for each in self.tenants.values():
            each.outbound.url = url

    @property
    def bot_id(self) -> str:
        """The bot's account: `28:` and the client id."""
        return str(self.platform.bot["id"])

    # -- the bot's credentials

    def expire_credentials(self) -> None:
        """The client secret has expired: tokens are refused, and those given out are worth nothing."""
        self.platform.tokens.works = False
        self.platform.tokens.revoke()
        self.world.touch()

    def renew_credentials(self) -> None:
        """The secret works again."""
        self.platform.tokens.works = True
        self.world.touch()

    def revoke_tokens(self) -> None:
        """Tokens given out so far are worth nothing; new ones are."""
        self.platform.tokens.revoke()

    def rotate_keys(self) -> None:
        """Activities are signed with a new key from now on, and the old one is no longer published."""
        self.platform.keys.rotate()
