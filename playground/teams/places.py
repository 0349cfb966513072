"""What people do with the app and with places: add it, remove it, rename, archive, delete; and what the bot is told."""

from typing import Any

from msgspec import structs

from playground.shared.values import Json
from playground.teams.people import People
from playground.teams.platform import BOT_NAME
from playground.teams.values import Conversation, Outcome, Person, Team


class Places(People):
    """The rest of the verbs. Who is not named is the first who is there."""

    # -- the app

    async def install(self, conversation: Conversation, by: Person | None = None) -> Outcome:
        """Adds the app: to the personal chat, the group chat, or the whole team of a channel."""
        world, here = self.world, self._place(conversation)
        who = self._somebody(here, by)
        world.installed.add(here.team or here.id)
        world.removed.discard(here.id)
        world.touch()
        chosen = self.world.conversations[conversation.id]
        joined = self._activities.membership(who, here, "membersAdded", [self.platform.bot])
        first = await self._send(joined)
        added = self._activities.installation(who, here, "add")
        if chosen.team:
            added["channelData"]["settings"] = {"selectedChannel": {"id": chosen.id}}
        return _after(first, await self._send(added))

    async def uninstall(self, conversation: Conversation, by: Person | None = None) -> Outcome:
        """Removes the app from there; a team with all its channels."""
        world, here = self.world, self._place(conversation)
        who = self._somebody(here, by)
        world.installed.discard(here.team or here.id)
        world.reached.discard(here.id)
        if here.kind == "personal":
            world.removed.add(here.id)
        world.touch()
        first = await self._send(self._activities.membership(who, here, "membersRemoved", [self.platform.bot]))
        return _after(first, await self._send(self._activities.installation(who, here, "remove")))

    async def upgrade(self, conversation: Conversation, by: Person | None = None) -> Outcome:
        """A new version of the app. Teams sends `remove-upgrade` and then `add-upgrade`."""
        here = self._place(conversation)
        who = self._somebody(here, by)
        first = await self._send(self._activities.installation(who, here, "remove-upgrade"))
        return _after(first, await self._send(self._activities.installation(who, here, "add-upgrade")))

    async def introduce(self) -> None:
        """Tells the bot of every place where the app stands, as on the day it was added there."""
        world = self.world
        for place in sorted(world.installed):
            await self.install(world.conversations[place])

    def block(self, person: Person) -> None:
        """The person blocks the bot: it is told nothing, and refused when it posts."""
        self.world.blocked.add(self.world.ensure_personal(person).id)
        self.world.touch()

    def unblock(self, person: Person) -> None:
        """The bot may post again."""
        self.world.blocked.discard(self.world.ensure_personal(person).id)
        self.world.touch()

    # -- who is there

    async def join(self, conversation: Conversation, person: Person) -> Outcome:
        """A person comes into a group chat, or the team of a channel."""
        return await self._move(conversation, person, "membersAdded")

    async def leave(self, conversation: Conversation, person: Person) -> Outcome:
        """A person goes."""
        return await self._move(conversation, person, "membersRemoved")

    async def _move(self, conversation: Conversation, person: Person, change: str) -> Outcome:
        here = self._place(conversation)
        people = self.world.members[here.team or here.id]
        (people.add if change == "membersAdded" else people.discard)(person.id)
        self.world.touch()
        account = {"id": person.member_id, "aadObjectId": person.id}
        return await self._tell(here, self._activities.membership(person, here, change, [account]))

    # -- channels, group chats and teams

    async def create_channel(self, team: Team, name: str, by: Person | None = None) -> tuple[Conversation, Outcome]:
        """A new channel."""
        made = self.world.ensure_channel(team, name)
        return made, await self._tell_team(team, "channelCreated", made, by)

    async def rename(self, conversation: Conversation, name: str, by: Person | None = None) -> Outcome:
        """A channel or a group chat gets another name."""
        if conversation.kind == "personal" or conversation.id == conversation.team:
            raise LookupError("this has no name of its own")
        if conversation.kind == "groupChat":
            here = self.world.change(self.world.conversations, conversation.id, name=name)
            return await self._tell(here, self._activities.topic(self._somebody(here, by), here))
        return await self._change_channel(conversation, "channelRenamed", by, name=name)

    async def delete_channel(self, conversation: Conversation, by: Person | None = None) -> Outcome:
        """Posts there are refused from now on, as to a conversation that never was."""
        if conversation.kind != "channel" or conversation.id == conversation.team:
            raise LookupError("only a channel can be deleted, and General can't")
        return await self._change_channel(conversation, "channelDeleted", by, is_deleted=True)

    async def restore_channel(self, conversation: Conversation, by: Person | None = None) -> Outcome:
        """A deleted channel is back."""
        return await self._change_channel(conversation, "channelRestored", by, is_deleted=False)

    async def rename_team(self, team: Team, name: str, by: Person | None = None) -> Outcome:
        """The team gets another name."""
        return await self._change_team(team, "teamRenamed", by, name=name)

    async def archive_team(self, team: Team, by: Person | None = None) -> Outcome:
        """Nobody can post in its channels any more, the bot neither."""
        return await self._change_team(team, "teamArchived", by, is_archived=True)

    async def unarchive_team(self, team: Team, by: Person | None = None) -> Outcome:
        """Everybody can post again."""
        return await self._change_team(team, "teamUnarchived", by, is_archived=False)

    async def delete_team(self, team: Team, by: Person | None = None) -> Outcome:
        """The team is gone, with its channels."""
        return await self._change_team(team, "teamDeleted", by, is_deleted=True)

    async def restore_team(self, team: Team, by: Person | None = None) -> Outcome:
        """A deleted team is back."""
        return await self._change_team(team, "teamRestored", by, is_deleted=False)

    # -- common ground

    async def _change_channel(self, here: Conversation, event: str, by: Person | None, **changes: Any) -> Outcome:  # noqa: ANN401  # fields of Conversation
        changed = self.world.change(self.world.conversations, here.id, **changes)
        return await self._tell_team(self.world.teams[changed.team], event, changed, by)

    async def _change_team(self, team: Team, event: str, by: Person | None, **changes: Any) -> Outcome:  # noqa: ANN401  # fields of Team
        return await self._tell_team(self.world.change(self.world.teams, team.id, **changes), event, None, by)

    async def _tell_team(self, team: Team, event: str, channel: Conversation | None, by: Person | None) -> Outcome:
        general = self.world.conversations[team.id]
        activity = self._activities.team_event(self._somebody(general, by), team, event, channel)
        return await self._tell(general, activity)

    async def _tell(self, here: Conversation, activity: Json) -> Outcome:
        """Sends it where the app stands; elsewhere the bot hears nothing."""
        if not self.world.has_bot(here):
            return Outcome()
        return await self._send(activity)

    def _place(self, conversation: Conversation) -> Conversation:
        """Where the app is added or removed: a channel's team, in its General channel."""
        found = self.world.conversations.get(conversation.team or conversation.id)
        if found is None:
            raise LookupError(f"there is no place for {BOT_NAME}")
        return found

    def _somebody(self, here: Conversation, by: Person | None) -> Person:
        if by is not None:
            return by
        people = self.world.people_in(here) or self.world.people.keys()
        found = [person for id_, person in self.world.people.items() if id_ in people]
        if not found:
            raise LookupError("nobody is there to do it")
        return found[0]


def _after(first: Outcome, second: Outcome) -> Outcome:
    """The second of two that belong together, with the faults of both."""
    return structs.replace(second, faults=(*first.faults, *second.faults))
