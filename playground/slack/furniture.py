"""What stands in an emulated workspace, what can be seen there, and what Slack sends that no person began."""

from collections.abc import Iterable, Mapping
from typing import Any

from playground.shared.values import EMPTY, Answer, Json
from playground.slack.outbound import FORM
from playground.slack.people import People
from playground.slack.values import Channel, Delivery, Ephemeral, Message, User, UserKind, View


class Furniture(People):
    """One workspace as tests and the page set it up."""

    @property
    def team(self) -> str:
        """The workspace's id."""
        return self.world.team.id

    @property
    def bot_user(self) -> str:
        """The account of the app there."""
        return self.world.team.bot_user

    @property
    def bot_id(self) -> str:
        """The bot's id there."""
        return self.world.team.bot_id

    # -- the furniture; each is found again by its name

    def user(
        self, name: str, *, tz: str = "Europe/London", admin: bool = False, kind: UserKind = "member", team: str = ""
    ) -> User:
        """A person, with direct messages with the bot; `team` is the workspace of a stranger."""
        return self.world.ensure_user(name, tz, is_admin=admin, kind=kind, team=team)

    def channel(
        self, name: str, *, members: Iterable[User] | None = None, private: bool = False, bot: bool = False
    ) -> Channel:
        """A channel; without `members`, everybody known so far is in it."""
        world = self.world
        people = {user.id for user in (world.people.values() if members is None else members)}
        if bot:
            people.add(world.team.bot_user)
        return world.ensure_channel(name, "private" if private else "public", people)

    def dm(self, user: User, other: User | None = None) -> Channel:
        """The person's direct messages with the bot, or with another person (where the bot is not)."""
        world = self.world
        return world.ensure_dm(user) if other is None else world.ensure_dm_between(user, other)

    def invite_bot(self, channel: Channel) -> None:
        """Makes the bot a member."""
        self.world.members[channel.id].add(self.world.team.bot_user)
        self.world.touch()

    def kick_bot(self, channel: Channel) -> None:
        """Removes the bot; it is told nothing."""
        self.world.members[channel.id].discard(self.world.team.bot_user)
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
        self.world.touch()

    def revoke_token(self) -> None:
        """Every call is refused with `token_revoked` from now on; events are sent with `send_event`."""
        self.world.token_is_revoked = True
        self.world.touch()

    def restore_token(self) -> None:
        """The token works again, as after a fresh installation."""
        self.world.token_is_revoked = False
        self.world.touch()

    def make_admin(self, user: User, *, admin: bool = True) -> User:
        """Promotes or demotes a person."""
        return self.world.change(self.world.people, user.id, is_admin=admin)

    def deactivate(self, user: User) -> User:
        """The person leaves the workspace: `users.info` says deleted, and takes no direct messages any more."""
        return self.world.change(self.world.people, user.id, is_deleted=True)

    def describe(self, user: User, **account: Any) -> None:  # noqa: ANN401 # JSON
        """Says more of a person than an emulator knows: a guest (`is_restricted=True`), or of another `team_id`."""
        self.world.accounts[user.id] = account
        self.world.touch()

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
