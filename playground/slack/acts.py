"""What every act of a person needs: who may, what they see now, and what came of it."""

from collections.abc import Sequence

from playground.shared.emulator import Emulator
from playground.shared.values import Answer, Json
from playground.slack import inputs
from playground.slack.outbound import Outbound
from playground.slack.platform import Platform
from playground.slack.values import Channel, Ephemeral, Outcome, Place, User, View
from playground.slack.world import Workspace


class Acts(Emulator):
    """The ground that the verbs of `SlackEmulator` stand on."""

    platform: Platform
    world: Workspace
    outbound: Outbound
    peers: Sequence["Acts"] = ()  # the workspaces that share channels with this one

    def _hearing(self, channel: Channel, author: str = "") -> "Acts | None":
        """The workspace whose installation is told of what happens in a channel; None where the app is not there.

        Slack: once an app, however many of the workspaces that share the channel have it; here `author`'s first.
        """
        every = [self, *(each for each in self.peers if channel.id in each.world.channels)]
        there = [each for each in every if each.platform.is_installed and each.platform.has_bot(channel)]
        return next((each for each in there if each.world.team.bot_user == author), None) or next(iter(there), None)

    def _check_member(self, user: User, channel: Channel) -> None:
        if user.id not in self.world.members[channel.id]:
            raise LookupError(f"{user.name} is not in #{channel.name}")

    def _channel_of(self, where: Place) -> Channel | None:
        return None if isinstance(where, View) else self.world.channels[where.channel]

    def _current(self, where: Place) -> Place:
        """What a person sees now at the place of an older look."""
        world = self.world
        found: Place | None
        if isinstance(where, View):
            found = world.find_view(where.id)
        elif isinstance(where, Ephemeral):
            found = world.ephemerals.get(where.ts)
        else:
            found = world.find_message(where.channel, where.ts)
        if found is None:
            raise LookupError(f"it is no longer there: {where}")
        return found

    def _values(self, user: User, where: Place) -> dict[str, dict[str, Json]]:
        return inputs.values(where.blocks, self.world.entered.get((user.id, key(where)), {}))


class Watch:
    """What came up for one person, and which faults, while the bot was answering."""

    def __init__(self, platform: Platform, user: User) -> None:
        self._platform = platform
        self._user = user
        self._faults = len(platform.faults)
        self._seen = dict(platform.world.ephemerals)

    def answered(self, answer: Answer, error: str | None) -> Outcome:
        """What the answer brought: the note now on top, and the faults."""
        fresh = [
            each
            for ts, each in self._platform.world.ephemerals.items()
            if each.user == self._user.id and self._seen.get(ts) is not each
        ]
        faults = tuple(self._platform.faults[self._faults :])
        return Outcome(answer.status, answer.body, error, fresh[-1] if fresh else None, faults=faults)


def key(where: Place) -> str:
    """Under what a place's half-filled fields are kept."""
    return where.id if isinstance(where, View) else f"{where.channel}/{where.ts}"
