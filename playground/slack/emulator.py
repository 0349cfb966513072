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
from pathlib import Path
from typing import Any

from starlette.routing import Route

from playground.shared.clock import EmulatorClock
from playground.shared.page import files
from playground.shared.page.about import NOTHING, About
from playground.shared.page.routes import Page
from playground.shared.page.writing import Writing
from playground.shared.trouble import Suffered, Trouble
from playground.shared.values import EMPTY, Answer, Fault, Json
from playground.slack import persistence
from playground.slack.http import Inbound
from playground.slack.outbound import FORM, Outbound
from playground.slack.page import state
from playground.slack.page.acts import PageActs
from playground.slack.page.trouble import Drawer
from playground.slack.people import People
from playground.slack.platform import DEFAULT_SCOPES, App, Platform
from playground.slack.rates import Rates
from playground.slack.values import Call, Channel, Delivery, Ephemeral, Message, Outcome, User, UserKind, View
from playground.slack.world import APP, BOT_ID, BOT_USER, TEAM

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


class SlackEmulator(People):
    """One workspace with one app in it, served over HTTP while it is started.

    `calls` is every Web API call so far, `deliveries` every event sent, with its attempts; `scopes` what is granted:
    change the set to grant or take one; `rates` Slack's limits: set `is_enforced` and `is_history_slow` as needed.
    """

    team = TEAM
    app = APP
    bot_user = BOT_USER
    bot_id = BOT_ID
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
        page = Page("/page/", PageActs(self, Drawer(platform)), state.Seen())
        others = [route for routes in beside.values() for route in routes]
        shown = page.routes(files.routes(("slack", *beside), outbound, writing))
        self._serve([*Inbound(platform).routes(), *others, *shown], host, port)

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
        self.outbound.url = url

    # -- the furniture; each is found again by its name

    def user(self, name: str, *, tz: str = "Europe/London", admin: bool = False, kind: UserKind = "member") -> User:
        """A person, with direct messages with the bot."""
        return self.world.ensure_user(name, tz, is_admin=admin, kind=kind)

    def channel(
        self, name: str, *, members: Iterable[User] | None = None, private: bool = False, bot: bool = False
    ) -> Channel:
        """A channel; without `members`, everybody known so far is in it."""
        world = self.world
        people = {user.id for user in (world.people.values() if members is None else members)}
        if bot:
            people.add(BOT_USER)
        return world.ensure_channel(name, "private" if private else "public", people)

    def dm(self, user: User, other: User | None = None) -> Channel:
        """The person's direct messages with the bot, or with another person (where the bot is not)."""
        world = self.world
        return world.ensure_dm(user) if other is None else world.ensure_dm_between(user, other)

    def invite_bot(self, channel: Channel) -> None:
        """Makes the bot a member."""
        self.world.members[channel.id].add(BOT_USER)
        self.world.touch()

    def kick_bot(self, channel: Channel) -> None:
        """Removes the bot; it is told nothing."""
        self.world.members[channel.id].discard(BOT_USER)
        self.world.touch()

    def has_bot(self, channel: Channel) -> bool:
        """Whether the bot is a member."""
        return self.platform.has_bot(channel)

    def archive(self, channel: Channel) -> None:
        """Posts there are refused with `is_archived` from now on."""
        self.world.archived.add(channel.id)
        self.world.touch()

    def restrict(self, channel: Channel, error: str | None = "restricted_action") -> None:
        """Posts there are refused with `error`; None lifts it."""
        if error is None:
            self.world.restricted.pop(channel.id, None)
        else:
            self.world.restricted[channel.id] = error

    def revoke_token(self) -> None:
        """Every call is refused with `token_revoked` from now on; events are sent with `send_event`."""
        self.world.token_is_revoked = True

    def restore_token(self) -> None:
        """The token works again, as after a fresh installation."""
        self.world.token_is_revoked = False

    def make_admin(self, user: User, *, admin: bool = True) -> User:
        """Promotes or demotes a person."""
        return self.world.change(self.world.people, user.id, is_admin=admin)

    def deactivate(self, user: User) -> User:
        """The person leaves the workspace: `users.info` says deleted, and takes no direct messages any more."""
        return self.world.change(self.world.people, user.id, is_deleted=True)

    def describe(self, user: User, **account: Any) -> None:  # noqa: ANN401 # JSON
        """Says more of a person than an emulator knows: a guest (`is_restricted=True`), or of another `team_id`."""
        self.world.accounts[user.id] = account

    def delete_message(self, message: Message) -> None:
        """As its author or an admin would; the bot is told nothing."""
        self.world.delete_message(message.channel, message.ts)

    # -- what can be seen

    def message(self, channel: Channel, ts: str) -> Message | None:
        """The message as it is now."""
        return self.world.find_message(channel.id, ts)

    def posts(self, channel: Channel) -> list[Message]:
        """Top-level messages, oldest first."""
        return self.world.posts(channel.id)

    def thread(self, channel: Channel, ts: str) -> list[Message]:
        """Replies under `ts`, oldest first, without the parent."""
        return self.world.thread(channel.id, ts)

    def ephemerals(self, user: User, channel: Channel) -> list[Ephemeral]:
        """What this person alone sees there, oldest first."""
        found = self.world.ephemerals.values()
        return [each for each in found if (each.user, each.channel) == (user.id, channel.id)]

    def view(self, user: User) -> View | None:
        """The modal on top, if one is open."""
        stack = self.world.modals.get(user.id)
        return stack[-1] if stack else None

    def home(self, user: User) -> View | None:
        """The Home tab the bot published for this person."""
        return self.world.homes.get(user.id)

    # -- events and raw requests

    async def send_event(self, event: Json) -> Delivery:
        """Any event in a fresh envelope: {"type": "app_uninstalled"}, a stranger's reaction_added, ..."""
        return await self.outbound.send_event(event)

    async def resend(self, delivery: Delivery, *, new_id: bool = True) -> Delivery:
        """The same event once more, without a retry header, as Slack now and then does."""
        envelope = dict(delivery.envelope)
        if new_id:
            envelope["event_id"] = self.world.fresh_id("Ev")
        return await self.outbound.deliver(envelope)

    async def post_signed(self, body: bytes, content_type: str = FORM, *, age: float = 0) -> Answer:
        """Raw bytes with a true signature, `age` seconds old (Slack's rule: 5 minutes at most)."""
        return await self.outbound.post(body, content_type, self.outbound.signed_headers(body, age=age))

    async def post_unsigned(self, body: bytes, content_type: str = FORM, headers: Mapping[str, str] = EMPTY) -> Answer:
        """Raw bytes as any stranger could send them."""
        return await self.outbound.post(body, content_type, headers)
