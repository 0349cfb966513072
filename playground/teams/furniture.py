"""What stands in an emulated tenant, what can be seen there, and raw activities."""

from collections.abc import Iterable
from typing import Any

from playground.shared.persistence import Memory
from playground.shared.values import Answer, Json
from playground.teams.outbound import Outbound
from playground.teams.page import state
from playground.teams.payloads import Activities
from playground.teams.places import Places
from playground.teams.platform import Platform
from playground.teams.values import BOT, Conversation, Dialog, Message, Person, PersonKind, Team


class Furniture(Places):
    """One tenant as tests and the page set it up."""

    def __init__(self, platform: Platform, outbound: Outbound, memory: Memory | None, *, is_furnished: bool) -> None:
        super().__init__(platform, outbound, memory, is_furnished=is_furnished)
        self._activities = Activities(platform)

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
        self.world.touch()

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
        return self.platform.keys.token(**{"service_url": self.platform.service_url, **wrong})
