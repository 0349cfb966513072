"""The scenarios' Slack: slash commands answered privately, clicks, modals, threads."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.app import Bot
from content.levels import Level
from handlers.slack import payload
from playground.slack.emulator import Ephemeral, Message, Trouble, User
from playground.slack.values import Channel
from tests.handlers.slack.world import HandClock, World, labels
from tests.scenarios.chat import Place, Shown, Who

_EMOJI: Mapping[Level, str] = {"detail": "mag", "sources": "books", "exercise": "test_tube"}


class SlackChat:
    """`Chat` on an emulated Slack. Its room is a channel, `alone` the direct message with the bot."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.world = World(folder, scopes=(), **environ)

    @property
    def clock(self) -> HandClock:
        """Give the clock the bot lives by."""
        return self.world.clock

    @property
    def bot(self) -> Bot:
        """Give the bot that runs at the moment."""
        return self.world.bot

    def name(self, who: Who) -> str:
        """Give how a card names a person."""
        return f"<@{self._user(who).id}>"

    def id(self, who: Who) -> str:
        """Give the user's id."""
        return self._user(who).id

    async def ask(self, words: str, *, who: Who = "alice", place: Place = "room") -> Shown:
        """Type the slash command; the answer is for this person alone."""
        answer = await self.world.slack.command(self._user(who), self._channel(place, who), f"/pm-compare {words}")
        assert (answer.status, answer.error) == (200, None)
        await self.world.settle()
        if answer.ephemeral is not None:
            return _shown(answer.ephemeral, place)
        return self._latest(who, place)

    async def press(self, shown: Shown, label: str, *, who: Who = "alice", twice: bool = False) -> Shown:
        """Click; a private card is replaced, beside a public one a private one opens."""
        clicks = [self.world.slack.click(self._user(who), self._card(shown), label=label) for _ in range(1 + twice)]
        await asyncio.gather(*clicks)
        await self.world.settle()
        return self._latest(who, shown.place)

    async def crowd(self, shown: Shown, labels: Sequence[str]) -> None:
        """Click, a person a button."""
        people = [self.world.slack.user(f"person-{number}") for number, _ in enumerate(labels)]
        clicks = zip(people, labels, strict=True)
        await asyncio.gather(
            *(self.world.slack.click(person, self._card(shown), label=label) for person, label in clicks)
        )
        await self.world.settle()

    async def fill(self, shown: Shown, label: str, values: Mapping[str, str], *, who: Who = "alice") -> Shown | str:
        """Open the modal, fill it and submit it."""
        await self.world.slack.click(self._user(who), self._card(shown), label=label)
        await self.world.settle()
        view = self.world.slack.view(self._user(who))
        if view is None:  # the form was not opened: a card says why
            return self._latest(who, shown.place)
        await self.world.slack.submit(self._user(who), view, dict(values))
        await self.world.settle()
        standing = self.world.slack.view(self._user(who))
        if standing is not None:
            return " ".join(standing.errors.values())
        return self._latest(who, shown.place)

    async def react(self, post: Shown, level: Level, *, who: Who = "bob") -> None:
        """Add the level's emoji."""
        message = post.handle
        assert isinstance(message, Message)
        await self.world.slack.react(self._user(who), message, _EMOJI[level])
        await self.world.settle()

    async def everyone(self, place: Place = "room") -> Sequence[Shown]:
        """List the bot's posts."""
        posts = self.world.slack.posts(self._channel(place, "alice"))
        return [_shown(post, place) for post in posts if post.from_bot]

    async def everyone_and_threads(self) -> Sequence[Shown]:
        """List the bot's posts; what is shared is no thread reply on Slack."""
        return await self.everyone()

    async def others(self, shown: Shown) -> Shown:
        """See the post that sharing made."""
        return (await self.everyone(shown.place))[-1]

    async def below(self, post: Shown) -> Sequence[Shown]:
        """List the thread's replies."""
        message = post.handle
        assert isinstance(message, Message)
        return [_shown(reply, post.place) for reply in self.world.slack.thread(self.world.room, message.ts)]

    async def say(self, words: str, *, who: Who = "bob") -> Shown:
        """Say something that no bot is sent."""
        return _shown(await self.world.slack.say(self._user(who), self.world.room, words), "room")

    async def tick(self) -> None:
        """Let the clock look once."""
        await self.world.bot.ticker.tick()
        await self.world.settle()

    async def close_room(self) -> None:
        """Archive the channel."""
        self.world.slack.archive(self.world.room)

    async def lose_answers(self, times: int) -> None:
        """Post, and answer 503."""
        self.world.slack.trouble.append(Trouble("chat.postMessage", "5xx_after", times=times))

    async def restart(self) -> None:
        """Stop and start the bot."""
        await self.world.stop()
        await self.world.start()

    def _user(self, who: Who) -> User:
        return self.world.alice if who == "alice" else self.world.bob

    def _channel(self, place: Place, who: Who) -> Channel:
        match place:
            case "room":
                return self.world.room
            case "elsewhere":
                return self.world.elsewhere
            case _:
                return self.world.slack.dm(self._user(who))

    def _latest(self, who: Who, place: Place) -> Shown:
        return _shown(self.world.slack.ephemerals(self._user(who), self._channel(place, who))[-1], place)

    @staticmethod
    def _card(shown: Shown) -> Ephemeral | Message:
        assert isinstance(shown.handle, Ephemeral | Message)
        return shown.handle

    async def __aenter__(self) -> Self:
        """Start Slack and the bot."""
        await self.world.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop both, and count the faults of ours that were answered politely."""
        failures = self.world.failures()
        await self.world.__aexit__(kind, error, trace)
        assert failures == 0


def _shown(card: Ephemeral | Message, place: Place) -> Shown:
    words = payload.unescaped(card.text)
    return Shown(words, tuple(labels(card)), place, card)
