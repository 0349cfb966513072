"""The scenarios' Teams: a mention in a channel answered in its thread, presses, dialogs, a chat with the bot."""

import asyncio
import json
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import func, select

from bot import app
from bot.app import Bot
from bot.settings.checked import Settings
from content.levels import Level
from playground.shared.values import Json
from playground.teams import cards
from playground.teams.emulator import Conversation, Message, Outcome, Person, TeamsEmulator, Trouble
from store import tables
from store.deliveries.rows import Deliveries
from tests import databases
from tests.cards.teams import adaptive
from tests.handlers.slack.world import MONDAY, HandClock, failures, served, settle
from tests.scenarios.chat import Place, Shown, Who

_EMOJI: Mapping[Level, str] = {"detail": "🔍", "sources": "📚", "exercise": "🧪"}
_OK = {200, 201}
_TYPING_SECONDS = 5.0  # in which Teams forgets how fast the bot answered, or posted, before


class TeamsChat:
    """`Chat` on an emulated Teams. Its room is a channel of a team that has the app, as both people's chats have."""

    def __init__(
        self,
        folder: Path,
        *,
        enforce_rate: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
        **environ: str,
    ) -> None:
        self._folder = folder
        self._monotonic = monotonic
        self._environ = environ
        self._clock = HandClock(MONDAY)
        manifest = json.loads(Path("appPackage/manifest.json").read_text(encoding="utf-8"))
        self.teams = TeamsEmulator(
            messaging_endpoint="http://127.0.0.1:9/api/messages", enforce_rate=enforce_rate, manifest=manifest
        )
        self.alice = self.teams.person("Alice Martin", zone="Europe/Paris")
        self.bob = self.teams.person("Bob Okafor", zone="America/New_York")
        self.product = self.teams.team("Product", members=[self.alice, self.bob])
        self.room = self.teams.channel(self.product, "pm-learning")
        self.elsewhere = self.teams.channel(self.teams.team("Design", members=[self.alice, self.bob]), "research")
        self._stack = AsyncExitStack()
        self._bot: Bot

    @property
    def clock(self) -> HandClock:
        """Give the clock the bot lives by."""
        return self._clock

    @property
    def bot(self) -> Bot:
        """Give the bot that runs at the moment."""
        return self._bot

    def name(self, who: Who) -> str:
        """Give how a card names a person."""
        return self._person(who).name

    def id(self, who: Who) -> str:
        """Give the object id."""
        return self._person(who).id

    async def ask(self, words: str, *, who: Who = "alice", place: Place = "room") -> Shown:
        """Mention the bot, or write to it where nobody else is; it answers in the thread, or the chat."""
        self.teams.clock.let_pass(_TYPING_SECONDS)
        turn = await self.teams.say(self._person(who), self._conversation(place, who), words, mention=place != "alone")
        assert (turn.status, turn.error) == (200, None)
        await self.settle()
        return self._seen(who, self.teams.answers(turn.said)[-1], place)

    async def press(self, shown: Shown, label: str, *, who: Who = "alice", twice: bool = False) -> Shown:
        """Press; the card changes for this person, or a sentence is said beside it."""
        presses = [self._pressed(self._person(who), self._message(shown), label) for _ in range(1 + twice)]
        *_, turn = await asyncio.gather(*presses)
        assert turn.error is None
        await self.settle()
        if turn.words:
            return Shown(turn.words, (), shown.place, shown.handle)
        return self._seen(who, self._message(shown), shown.place)

    async def _pressed(self, person: Person, message: Message, label: str) -> Outcome:
        """Press, and once more where the button asks first."""
        card = self.teams.card_of(person, message)
        assert card is not None
        found = cards.labelled(card, label)
        if found.part["type"] == "Action.ToggleVisibility":
            sure = (each for each in cards.actions(card) if each.part["type"] == "Action.Execute")
            return await self.teams.press(
                person, message, at=next(each.at for each in sure if label == each.part["title"])
            )
        return await self.teams.press(person, message, label)

    async def crowd(self, shown: Shown, labels: Sequence[str]) -> None:
        """Press, a person a button."""
        people = [self.teams.person(f"Person {number}") for number, _ in enumerate(labels)]
        for person in people:
            await self.teams.join(self.room, person)
        presses = zip(people, labels, strict=True)
        turns = await asyncio.gather(
            *(self.teams.press(person, self._message(shown), label) for person, label in presses)
        )
        assert [turn.error for turn in turns] == [None] * len(turns)
        await self.settle()

    async def fill(self, shown: Shown, label: str, values: Mapping[str, str], *, who: Who = "alice") -> Shown | str:
        """Open the dialog, fill it in and submit it; what came of it is what the bot last wrote, wherever it did."""
        person = self._person(who)
        turn = await self.teams.press(person, self._message(shown), label)
        assert turn.dialog is not None
        if turn.dialog.card is None:  # the form was not opened: words say why
            return Shown(turn.words, (), shown.place, shown.handle)
        before = len(self.teams.calls)
        turn = await self.teams.submit(person, turn.dialog, dict(values))
        assert turn.error is None
        await self.settle()
        if turn.invalid:
            return " ".join(turn.invalid.values())
        if turn.dialog is not None and turn.dialog.card is not None:
            return adaptive.words(turn.dialog.card)
        written = [
            call for call in self.teams.calls[before:] if call.method in {"post", "update"} and call.status in _OK
        ]
        if not written:  # the dialog's last words are the answer
            return Shown(turn.words, (), shown.place, shown.handle)
        message = self.teams.message(written[-1].activity or str(written[-1].outcome["id"]))
        assert message is not None
        return self._seen(who, message, shown.place)

    async def react(self, post: Shown, level: Level, *, who: Who = "bob") -> None:
        """Add the level's emoji."""
        await self.teams.react(self._person(who), self._message(post), _EMOJI[level])
        await self.settle()

    async def everyone(self, place: Place = "room") -> Sequence[Shown]:
        """List the bot's cards as somebody sees them who has pressed nothing, without what only suggests."""
        there = self.teams.messages(self._conversation(place, "alice"))
        posts = [each for each in there if each.is_from_bot and each.thread in {"", each.id} and not each.suggested]
        return [_shown(post.card, place, post) for post in posts]

    async def everyone_and_threads(self) -> Sequence[Shown]:
        """List the bot's messages that are not for one person alone."""
        there = self.teams.messages(self._conversation("room", "alice"))
        return [_shown(post.card, "room", post) for post in there if post.is_from_bot and not post.recipient]

    async def others(self, shown: Shown) -> Shown:
        """See the same message as Bob."""
        return self._seen("bob", self._message(shown), shown.place)

    async def below(self, post: Shown) -> Sequence[Shown]:
        """List the thread's replies."""
        return [_shown(reply.card, post.place, reply) for reply in self.teams.thread(self._message(post))]

    async def say(self, words: str, *, who: Who = "bob") -> Shown:
        """Say something that no bot is sent."""
        turn = await self.teams.say(self._person(who), self.room, words)
        assert turn.activity is None
        return Shown(words, (), "room", turn.said)

    async def tick(self) -> None:
        """Let the clock look once, some time after it last did."""
        self.teams.clock.let_pass(_TYPING_SECONDS)
        await self._bot.ticker.tick()
        await self.settle()

    async def close_room(self) -> None:
        """Archive the team."""
        await self.teams.archive_team(self.product)
        await self.settle()

    async def lose_answers(self, times: int) -> None:
        """Post, and answer 503."""
        self.teams.trouble.append(Trouble("post", "5xx_after", times=times))

    async def restart(self) -> None:
        """Stop and start the bot."""
        await self._stack.aclose()
        await self._start()

    async def bot_counts(self) -> dict[str, int]:
        """Count the ledger's rows by state."""
        async with self._bot.database.read() as connection:
            return {str(state): count for state, count in (await Deliveries().counts(connection)).items()}

    async def kept(self, workspace: str = "") -> dict[str, int]:
        """Count what the store keeps, by table: of all tenants, or of one."""
        await self.settle()
        kept = (tables.subscription, tables.delivery, tables.post, tables.conversation, tables.history)
        found = {}
        async with self._bot.database.read() as connection:
            for table in kept:
                count = select(func.count()).select_from(table)
                count = count.where(table.c.workspace == workspace) if workspace else count
                found[table.name] = await connection.scalar(count) or 0
        return found

    def _person(self, who: Who) -> Person:
        return self.alice if who == "alice" else self.bob

    def _conversation(self, place: Place, who: Who) -> Conversation:
        match place:
            case "room":
                return self.room
            case "elsewhere":
                return self.elsewhere
            case _:
                return self.teams.personal(self._person(who))

    def _seen(self, who: Who, message: Message, place: Place) -> Shown:
        return _shown(self.teams.card_of(self._person(who), message), place, message)

    @staticmethod
    def _message(shown: Shown) -> Message:
        assert isinstance(shown.handle, Message)
        return shown.handle

    async def settle(self) -> None:
        """Wait until nothing the bot promised is under way."""
        await settle(self._bot, self._clock)

    async def _start(self) -> None:
        environ = {
            "TEAMS_CLOUD": self.teams.url,
            "TEAMS_CLIENT_ID": self.teams.client_id,
            "TEAMS_CLIENT_SECRET": self.teams.client_secret,
            "TEAMS_TENANT_ID": self.teams.tenant_id,
            "DATABASE_URL": databases.put(self._folder / "bot.db"),
            "CONTENT_CACHE": os.environ["CONTENT_CACHE"],
            **self._environ,
        }
        self._bot = await self._stack.enter_async_context(
            app.build(Settings.read(environ, None), self._clock, monotonic=self._monotonic)
        )
        self._stack.push_async_callback(self._bot.tasks.drain, 5)
        await self._stack.enter_async_context(self._bot.dispatcher.running())
        self.teams.messaging_endpoint = f"{await self._stack.enter_async_context(served(self._bot))}/api/messages"

    async def __aenter__(self) -> Self:
        """Start Teams and the bot, and add the app to the team and to both people's chats."""
        await self.teams.start()
        await self._start()
        for place in (self.room, self.teams.personal(self.alice), self.teams.personal(self.bob)):
            await self.teams.install(place)
        await self.settle()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop both, and count what Teams would not have shown, and the faults of ours that were answered politely."""
        found, faults = failures(self._bot), self.teams.faults
        await self._stack.aclose()
        await self.teams.stop()
        assert faults == []
        assert found == 0


def _shown(card: Json | None, place: Place, message: Message) -> Shown:
    assert card is not None
    return Shown(re.sub(r"\n+", "\n", adaptive.words(card)).strip(), tuple(cards.labels(card)), place, message)
