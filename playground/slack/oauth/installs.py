"""What becomes of installations, with the events that Slack sends about it."""

from collections.abc import Mapping

from playground.shared.persistence import Memory
from playground.shared.values import Json
from playground.slack import events as slack_events
from playground.slack.furniture import Furniture
from playground.slack.oauth.directory import Directory
from playground.slack.oauth.methods import tokens_revoked
from playground.slack.values import Delivery


class Installs:
    """The verbs of owners: removing the app, admitting a workspace of the organization to its installation."""

    def __init__(self, directory: Directory, workspaces: Mapping[str, Furniture], memory: Memory | None) -> None:
        self.directory = directory
        self._workspaces = workspaces
        self._memory = memory
        self._removals = 0
        directory.tell = self._tell_later

    def load(self) -> None:
        """Goes on from what was kept."""
        if self._memory is not None:
            self._memory.load()
            self.directory.on_change = self._memory.save_soon

    def save(self) -> None:
        """Keeps it for the next start."""
        if self._memory is not None:
            self._memory.save()

    async def remove(self, place: str, *, tokens_first: bool | None = None) -> list[Delivery]:
        """The app goes. Slack sends two events in either order; unless told, every second time the other way round.

        Raises LookupError where it is not installed.
        """
        bot = self.directory.workspaces(place)[0].world.team.bot_user
        self.directory.uninstall(place)
        events: list[Json] = [{"type": "app_uninstalled"}, tokens_revoked(bot)]
        if self._removals % 2 if tokens_first is None else tokens_first:
            events.reverse()
        self._removals += 1
        return [await self.tell(place, event) for event in events]

    async def admit(self, team: str) -> Delivery:
        """The organization's installation serves this workspace from now on. Raises LookupError."""
        return await self._admit(team, "team_access_granted", is_admitted=True)

    async def withdraw(self, team: str) -> Delivery:
        """It serves the workspace no longer. Raises LookupError."""
        return await self._admit(team, "team_access_revoked", is_admitted=False)

    async def _admit(self, team: str, kind: str, *, is_admitted: bool) -> Delivery:
        self.directory.admit(team, is_admitted=is_admitted)
        moment = f"{self.directory.home.clock.now():.6f}"
        event: Json = {"type": kind, "team_ids": [team], "event_ts": moment}
        return await self.tell(self.directory.enterprise(team), event)

    def expire(self, place: str) -> None:
        """Its tokens end now, as after their twelve hours. Raises LookupError where none ever ends."""
        if self.directory.ends(place) is None:
            raise LookupError("This token never ends: the app was installed without token rotation.")
        self.directory.expire(place)

    async def tell(self, place: str, event: Json) -> Delivery:
        """Sends an event about the installation of a workspace, or of an organization."""
        teller = self._teller(place)
        world = teller.world
        envelope = slack_events.of_installation(
            place,
            self.directory.enterprise(place),
            event,
            event_id=world.fresh_id("Ev"),
            event_time=world.clock.now(),
        )
        return await teller.outbound.deliver(envelope)

    def _tell_later(self, place: str, event: Json) -> None:
        """Without keeping a call of the bot waiting, which may be what the event is about."""
        self._teller(place).outbound.background(self.tell(place, event))

    def _teller(self, place: str) -> Furniture:
        return self._workspaces[self.directory.workspaces(place)[0].world.team.id]
