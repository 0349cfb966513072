"""The owners of an emulated Slack's workspaces: they install the bot's app, remove it, and install it again."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from bench.faults.bots import Bots
from bench.faults.many.records import Ended
from bench.wrk import BrokenError
from playground.shared.values import Json
from playground.slack import events
from playground.slack.emulator import SlackEmulator
from playground.slack.furniture import Furniture
from playground.slack.oauth.methods import tokens_revoked

# What the bot hears of a removal. Slack sends both events, in either order; they come late, or not at all, and where
# somebody revokes the tokens alone there is no app_uninstalled.
Way = Literal["removed first", "tokens first", "lost", "late", "tokens alone"]
WAYS: tuple[Way, ...] = ("removed first", "tokens first", "lost", "late", "tokens alone")
_TRIES = 40
_TIMEOUT = aiohttp.ClientTimeout(total=30)
_DONE = 200
_MOMENT = 0.5  # seconds until another try


@dataclass(frozen=True, slots=True)
class Removal:
    """The app went from a place; `unsaid` are the events that Slack will send when it is installed again."""

    place: str
    way: Way
    unsaid: Sequence[Json] = ()


class Owners:
    """They go to one of the bot's processes or another, as through a load balancer. `ended` is what they ended."""

    def __init__(self, slack: SlackEmulator, bots: Bots, dice: random.Random, public_url: str) -> None:
        self._slack = slack
        self._bots = bots
        self._dice = dice
        self._public_url = public_url
        self.ended: list[Ended] = []
        self.installs = 0
        self.removals: dict[str, int] = {}

    async def install(self, place: str) -> None:
        """Go from the bot's page to Slack's and back, as often as it takes.

        Raises:
            BrokenError: it does not work in many tries.
        """
        said = ""
        for _ in range(_TRIES):
            # Being killed, or not up yet; or no consent was given, for the process was killed before it kept who asks.
            with suppress(aiohttp.ClientError, TimeoutError, KeyError):
                status, said = await self._try_to_install(place)
                if status == _DONE:
                    self.installs += 1
                    return
            await asyncio.sleep(_MOMENT)
        raise BrokenError(f"{place} cannot be installed in: {said[-1000:]}")

    async def _try_to_install(self, place: str) -> tuple[int, str]:
        owner = next(iter(self._slack.workspaces[place].world.people))
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar, timeout=_TIMEOUT) as browser:
            async with browser.post(f"{self._any()}/slack/install", allow_redirects=False) as begun:
                asked = dict(parse_qsl(urlsplit(begun.headers["Location"]).query))
            form = {**asked, "place": f"{place}:{owner}", "answer": "allow"}
            consent = f"{self._slack.url}oauth/v2/authorize"
            async with browser.post(consent, data=form, allow_redirects=False) as allowed:
                back = allowed.headers["Location"].removeprefix(self._public_url)
            async with browser.get(f"{self._any()}{back}", allow_redirects=False) as shown:
                return shown.status, await shown.text()

    async def remove(self, place: str, way: Way) -> Removal:
        """End the installation, and tell the bot in that way; gives what is still to be told."""
        bot, at = self._slack.workspaces[place].bot_user, self._slack.clock.now()
        gone, revoked = ({"type": "app_uninstalled"}, tokens_revoked(bot))
        directory = self._slack.directory
        if way == "tokens alone":
            for grant in [grant for grant in directory.grants.values() if grant.place == place and not grant.end]:
                directory.revoke(grant.token)
        else:
            directory.uninstall(place)
        self.removals[way] = self.removals.get(way, 0) + 1
        told: Sequence[Json]
        match way:
            case "removed first":
                told = (self._event(place, gone), self._event(place, revoked))
            case "tokens first":
                told = (self._event(place, revoked), self._event(place, gone))
            case "tokens alone":
                told = (self._event(place, revoked),)
            case "lost":
                told = ()
            case "late":
                self.ended.append(Ended(at, place, None))
                return Removal(place, way, (self._event(place, gone), self._event(place, revoked)))
        known = len(self.ended)
        self.ended.append(Ended(at, place, None))
        await self.tell(place, told)
        if told:
            self.ended[known] = Ended(at, place, self._slack.clock.real())
        return Removal(place, way)

    async def install_again(self, removal: Removal) -> None:
        """Install the app again, invite it to its channels, and have the bot told what is late."""
        furniture = self._slack.workspaces[removal.place]
        for channel in furniture.world.channels.values():
            if channel.kind != "im":
                furniture.invite_bot(channel)
        await self.install(removal.place)
        await self.tell(removal.place, removal.unsaid)

    def _event(self, place: str, event: Json) -> Json:
        world = self._slack.workspaces[place].world
        return events.of_installation(
            place, "", event, event_id=world.fresh_id("Ev"), event_time=self._slack.clock.now()
        )

    async def tell(self, place: str, envelopes: Sequence[Mapping[str, object]]) -> None:
        """Send events until they are confirmed, each to any of the processes."""
        furniture: Furniture = self._slack.workspaces[place]
        for envelope in envelopes:
            for _ in range(_TRIES):
                furniture.outbound.url = f"{self._any()}/slack/events"
                if (await furniture.outbound.deliver(dict(envelope))).is_accepted:
                    break
                await asyncio.sleep(_MOMENT)
            else:
                raise BrokenError(f"nobody confirms {envelope}")

    def _any(self) -> str:
        return self._dice.choice(self._bots.addresses())
