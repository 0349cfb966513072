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

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from playground.shared.clock import EmulatorClock
from playground.shared.page.about import NOTHING, About
from playground.shared.page.routes import Page
from playground.shared.trouble import Suffered, Trouble
from playground.shared.values import EMPTY, Answer, Fault, Json
from playground.teams import persistence
from playground.teams.http import Inbound
from playground.teams.keys import SigningKey
from playground.teams.outbound import Outbound
from playground.teams.page import state
from playground.teams.page.acts import PageActs
from playground.teams.page.trouble import Drawer
from playground.teams.payloads import Activities
from playground.teams.places import Places
from playground.teams.platform import Platform
from playground.teams.rates import Rates
from playground.teams.values import (
    BOT,
    Call,
    Conversation,
    Dialog,
    Message,
    Outcome,
    Person,
    PersonKind,
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


class TeamsEmulator(Places):
    """One tenant with one app in it, served over HTTP while it is started.

    `calls` is every call of the bot so far, `sent` every activity sent, with the answers to it; `rates` Teams' limits:
    set `is_enforced` as needed; `routes` gives the page's routes, to be mounted elsewhere too.
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
        self._activities = Activities(platform)
        self.client_id = client_id
        self.client_secret = client_secret
        self.tenant_id = tenant_id
        self.calls = platform.calls
        self.rates = rates
        self.sent = outbound.sent
        self.routes = Page("/page/teams/", PageActs(self, Drawer(platform)), state.Seen()).routes
        self._serve([*self.routes(), *Inbound(platform).routes()], host, port)

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
        self.outbound.url = url

    @property
    def bot_id(self) -> str:
        """The bot's account: `28:` and the client id."""
        return str(self.platform.bot["id"])

    # -- the bot's credentials

    def expire_credentials(self) -> None:
        """The client secret has expired: tokens are refused, and those given out are worth nothing."""
        self.platform.tokens.works = False
        self.platform.tokens.revoke()

    def renew_credentials(self) -> None:
        """The secret works again."""
        self.platform.tokens.works = True

    def revoke_tokens(self) -> None:
        """Tokens given out so far are worth nothing; new ones are."""
        self.platform.tokens.revoke()

    def rotate_keys(self) -> None:
        """Activities are signed with a new key from now on, and the old one is no longer published."""
        self.platform.keys.rotate()

    # -- the furniture; each is found again by its name

    def person(self, name: str, *, zone: str = "Europe/London", kind: PersonKind = "member") -> Person:
        """A person of the tenant, a guest of it, or somebody of another one."""
        return self.world.ensure_person(name, zone, kind)

    def deactivate(self, person: Person) -> Person:
        """The person leaves the organisation."""
        return self.world.change(self.world.people, person.id, is_gone=True)

    def describe(self, person: Person, **account: str) -> None:
        """Says more of a person in every roster: a guest (`userRole="guest"`), or of another `tenantId`."""
        self.world.accounts[person.id] = account

    def personal(self, person: Person) -> Conversation:
        """The person's chat with the bot; the app is added with `install`."""
        return self.world.ensure_personal(person)

    def team(self, name: str, *, members: Iterable[Person] | None = None) -> Team:
        """A team with its General channel; without `members`, everybody known so far is in it."""
        people = self.world.people.values() if members is None else members
        return self.world.ensure_team(name, [person.id for person in people])

    def channel(self, team: Team, name: str) -> Conversation:
        """A channel of the team that was always there; `create_channel` tells the bot."""
        return self.world.ensure_channel(team, name)

    def general(self, team: Team) -> Conversation:
        """The team's General channel."""
        return self.world.conversations[team.id]

    def group(self, name: str, *, members: Iterable[Person] | None = None) -> Conversation:
        """A group chat; without `members`, everybody known so far is in it."""
        people = self.world.people.values() if members is None else members
        return self.world.ensure_group(name, [person.id for person in people])

    def has_bot(self, conversation: Conversation) -> bool:
        """Whether the app is there, or the bot has opened the chat."""
        return self.world.has_bot(conversation)

    # -- what can be seen

    def messages(self, conversation: Conversation) -> list[Message]:
        """All of them, oldest first."""
        return list(self.world.messages[conversation.id].values())

    def message(self, message: Message | str) -> Message | None:
        """The message as it is now."""
        return self.world.find_message(message if isinstance(message, str) else message.id)

    def answers(self, message: Message | None) -> list[Message]:
        """The bot's messages after this one: in its thread in a channel, in the same chat elsewhere.

        Without those that only suggest what to ask next.
        """
        if message is None:
            return []
        kept = self.world.messages[message.conversation].values()
        after = [each for each in kept if each.sender == BOT and int(each.id) > int(message.id)]
        return [each for each in after if each.thread == message.thread and not each.suggested]

    def suggestions(self, person: Person) -> list[str]:
        """What the client offers to ask next in the person's own chat: the last message's, by title."""
        kept = self.messages(self.world.ensure_personal(person))
        return [str(each["title"]) for each in kept[-1].suggested] if kept else []

    def thread(self, root: Message) -> list[Message]:
        """The answers below a channel's post, oldest first, without it."""
        return [each for each in self.world.thread(root) if each.id != root.id]

    def card_of(self, person: Person, message: Message | str) -> Json | None:
        """The card as this person sees it now: their own after Action.Execute, else everybody's."""
        return self.world.card_of(person, self._seen(person, message))

    def dialog(self, person: Person) -> Dialog | None:
        """The dialog that is open, if any."""
        return self.world.dialogs.get(person.id)

    def snapshot(self, person: Person) -> Json:
        """Everything this person's page needs."""
        return state.snapshot(self.platform, person)

    # -- raw activities

    def activity(self, kind: str, person: Person, conversation: Conversation, **more: Any) -> Json:  # noqa: ANN401  # any JSON
        """An activity with everything Teams puts into each, to change and to send."""
        return self._activities.base(kind, person, conversation) | more

    async def send_activity(self, activity: Json, *, token: str | None = None) -> Answer:
        """Anything, signed as the connector signs; with another `token` (see `token`), or '' for none."""
        return await self.outbound.send(activity, token=token)

    def token(self, **wrong: Any) -> str:  # noqa: ANN401  # arguments of Keys.token
        """The connector's token, wrong where told: issuer, audience, expires_in, key, kid, service_url."""
        return self.platform.keys.token(**{"service_url": self.service_url, **wrong})
