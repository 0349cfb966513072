"""An emulated Slack for the unchanged bot to talk to, on loopback, driven by a page or by tests.

async with SlackEmulator() as slack:
    alice = slack.user("alice", tz="Europe/Paris")
    room = slack.channel("pm-learning", members=[alice], bot=True)
    slack.request_url = "http://127.0.0.1:PORT/slack/events"  # the bot's, started with slack.api_url
    answer = await slack.command(alice, room, "/pm-compare risks")
    assert answer.status == 200 and "Risks" in answer.ephemeral.text
    await slack.click(alice, answer.ephemeral, label="More detail")
    assert slack.faults == []
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from starlette.routing import Route

from playground.shared.clock import EmulatorClock
from playground.shared.page import files
from playground.shared.page.about import NOTHING, About
from playground.shared.page.routes import Page
from playground.shared.page.writing import Writing
from playground.shared.trouble import Suffered, Trouble
from playground.shared.values import EMPTY, Answer, Fault
from playground.slack import persistence
from playground.slack.furniture import Furniture
from playground.slack.http import Inbound
from playground.slack.oauth import routes, worlds
from playground.slack.oauth.directory import Directory, Registration
from playground.slack.oauth.installs import Installs
from playground.slack.outbound import Outbound
from playground.slack.page import state, workspaces
from playground.slack.page.acts import PageActs
from playground.slack.page.trouble import Drawer
from playground.slack.platform import DEFAULT_SCOPES, App, Platform
from playground.slack.rates import Rates
from playground.slack.values import Call, Channel, Delivery, Ephemeral, Message, Outcome, Team, User, View
from playground.slack.world import APP

__all__ = [
    "Answer",
    "Call",
    "Channel",
    "Delivery",
    "EmulatorClock",
    "Ephemeral",
    "Fault",
    "Message",
    "Outcome",
    "SlackEmulator",
    "Suffered",
    "Trouble",
    "User",
    "View",
]

SHORTCUTS: Mapping[str, str] = {"compare": "Compare PM roles"}


class SlackEmulator(Furniture):
    """One workspace with one app in it, served over HTTP while it is started; more where `teams` names them.

    `workspaces` are all of them by id, this one too; `installs` is who has installed the app where.

    `calls` is every Web API call so far, `deliveries` every event sent, with its attempts; `scopes` what is granted:
    change the set to grant or take one; `rates` Slack's limits: set `is_enforced` and `is_history_slow` as needed.
    """

    app = APP
    _path = "/"

    def __init__(  # noqa: PLR0913  # every one is a setting with a default, given by name
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        request_url: str | None = None,
        signing_secret: str = "pocket-signing-secret",  # noqa: S107  # opens nothing but this emulator
        bot_token: str = "xoxb-pocket",  # noqa: S107  # likewise
        scopes: Iterable[str] = DEFAULT_SCOPES,
        commands: Iterable[str] = ("/pm-compare",),
        clock_offset_file: Path | None = None,
        clock: EmulatorClock | None = None,
        data: Path | None = None,
        furnished: bool = False,
        retry_delays: Sequence[float] = (0, 60, 300),
        answer_within: float = 3.0,
        enforce_rate: bool = False,
        burst: int = 1,
        slow_history: bool = False,
        shortcuts: Mapping[str, str] = SHORTCUTS,
        messages_tab: bool = True,
        home_tab: bool = True,
        beside: Mapping[str, Sequence[Route]] = EMPTY,
        about: About = NOTHING,
        writing: Writing | None = None,
        places: Mapping[str, str] = EMPTY,
        teams: Sequence[Team] = (),
        registration: Registration | None = None,
    ) -> None:
        """An emulator that does not listen yet.

        Args:
            host: loopback, or `start` raises ValueError.
            port: 0 is a free one.
            request_url: where the bot takes commands, interactions and events; settable later.
            signing_secret: shared with the bot.
            bot_token: the only token the Web API takes.
            scopes: what was granted; methods and events ask for them.
            commands: the slash commands that exist.
            clock_offset_file: the shown time minus real time, in seconds, for the bot to read.
            clock: instead of one made from `clock_offset_file`.
            data: a folder to go on from after a restart; memory only without it.
            furnished: with people and channels of each kind.
            retry_delays: seconds before each retry of an event; Slack's are 0, 60 and 300.
            answer_within: seconds the bot has to answer; Slack's are 3.
            enforce_rate: refuse more than 1 message a second a channel, and several hundred a minute in all.
            burst: how many messages may come at once before that.
            slow_history: messages may be read once a minute, 15 at a time.
            shortcuts: the global shortcuts that exist: callback_id and name.
            messages_tab: whether the app's direct messages are switched on.
            home_tab: whether the app's Home is.
            beside: routes of other platforms' emulators by platform, so that the page shows those too.
            about: what the page tells beside it all.
            writing: what the page shows to whoever writes while it runs.
            places: what the page's body says beside its platforms, such as the tenants of another platform.
            teams: workspaces beside this one, where the app is not installed yet.
            registration: the app's credentials for installing it there.
        """
        clock = clock or EmulatorClock(clock_offset_file)
        rates = Rates(clock, is_enforced=enforce_rate, burst=burst, is_history_slow=slow_history)
        app = App(tuple(commands), shortcuts, messages_tab=messages_tab, home_tab=home_tab)
        platform = Platform(clock, rates, app, bot_token=bot_token, scopes=scopes)
        platform.about = about
        outbound = Outbound(
            platform, secret=signing_secret, url=request_url, within=answer_within, retry_delays=retry_delays
        )
        memory = persistence.memory(platform.world, data) if data else None
        super().__init__(platform, outbound, memory, is_furnished=furnished)
        self.signing_secret = signing_secret
        self.bot_token = bot_token
        self.calls = platform.calls
        self.rates = rates
        self.scopes = platform.scopes
        self.deliveries = outbound.deliveries
        self.directory = Directory(clock, platform, registration or Registration())
        self.workspaces: dict[str, Furniture] = {platform.world.team.id: self}
        for team in teams:
            self.workspaces[team.id] = self._beside(team, data)
        self.installs = Installs(self.directory, self.workspaces, persistence.installs(self.directory, data))
        others = [route for each in beside.values() for route in each]
        told = {**places, "workspaces": " ".join(team.id for team in teams)}
        known = files.routes(("slack", *beside), outbound, writing, told)
        authorizing = routes.Authorize(self.directory).routes()
        inbound = Inbound(platform, self.directory).routes()
        self._serve([*inbound, *authorizing, *others, *self._pages(known)], host, port)

    def _beside(self, team: Team, data: Path | None) -> Furniture:
        """Another workspace, served together with this one, and watched on the same wire."""
        clock, home = self.clock, self.outbound
        rates = Rates(clock, is_enforced=self.rates.is_enforced, burst=1, is_history_slow=self.rates.is_history_slow)
        platform = Platform(clock, rates, self.platform.app, team=team)
        platform.about, platform.wire = self.platform.about, self.platform.wire
        self.directory.add(platform)
        memory = persistence.memory(platform.world, data) if data else None
        return Furniture(platform, home.beside(platform), memory, is_furnished=self._is_furnished)

    def _pages(self, known: Sequence[Route]) -> list[Route]:
        """A page a workspace: acts take any name, so what is known goes first and this workspace's acts last."""
        shown: list[Route] = []
        for team, each in reversed(self.workspaces.items()):
            at = "/page/" if each is self else f"/page/{team}/"
            seen = state.Seen(workspaces.Beside(self.directory).shown)
            acts = PageActs(each, Drawer(each.platform), self.installs)
            shown += Page(at, acts, seen).routes(known if each is self else ())
        return shown

    # -- life

    async def start(self) -> None:
        """Loads what was kept, and listens."""
        await super().start()
        for each in self.workspaces.values():
            if each is not self:
                each.come_up(self.platform.url, partial(worlds.furnish, each, self))
                if each.team == worlds.NORTHWIND.id and self._is_furnished:
                    worlds.connect(self, each)
        self.installs.load()

    async def stop(self) -> None:
        """Stops listening; what is still to be sent is given up."""
        for each in self.workspaces.values():
            if each is not self:
                await each.go_down()
        await super().stop()
        self.installs.save()

    async def start_over(self) -> None:
        """Everything as on the first day, the clock too."""
        self.directory.begin()
        await super().start_over()
        for each in self.workspaces.values():
            if each is not self:
                each.world.clear()
                each.platform.put_right()
                if self._is_furnished:
                    worlds.furnish(each, self)
                if each.team == worlds.NORTHWIND.id and self._is_furnished:
                    worlds.connect(self, each)
                each.world.touch()

    def furnish(self) -> None:
        """Somebody of each kind, and channels with the bot and without, private, shared, not joined, archived."""
        alice = self.user("alice", tz="Europe/Paris", admin=True)
        bob = self.user("bob", tz="America/New_York")
        chloe = self.user("chloe", tz="Europe/Paris", kind="owner")
        dan = self.user("dan", tz="Asia/Kolkata", kind="guest")
        elif_ = self.user("elif", tz="Europe/Istanbul", kind="stranger")
        fay = self.user("fay", tz="Asia/Tokyo")
        self.channel("pm-learning", members=[alice, bob, chloe, dan, fay], bot=True)  # five: enough to open a vote
        self.channel("product", members=[alice, bob, chloe])
        self.channel("general", members=[alice, bob, chloe])
        self.channel("partners", members=[alice, bob, elif_], bot=True)
        self.channel("leads", members=[alice, chloe], private=True)
        self.channel("research", members=[chloe])
        self.archive(self.channel("launch-2025", members=[alice, bob, chloe]))
        self.dm(alice, bob)

    # -- addresses and records

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.platform.url}api/"

    @property
    def request_url(self) -> str | None:
        """Where the bot listens."""
        return self.outbound.url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        for each in self.workspaces.values():
            each.outbound.url = url
