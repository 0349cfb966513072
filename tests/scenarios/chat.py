"""What a scenario sees of a platform: people who type, press and react, and what stands in the room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bot.app import Bot
from content.levels import Level
from tests.handlers.slack.world import HandClock

Who = Literal["alice", "bob"]
Place = Literal["room", "elsewhere", "alone"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as one person sees it: its words, the labels of its buttons, and what the platform calls it."""

    text: str
    buttons: tuple[str, ...]
    place: Place = "room"
    handle: object = field(default=None, compare=False)


class Chat(Protocol):
    """One platform with the bot in a room (`room`), not in another (`elsewhere`), and a chat with it (`alone`)."""

    @property
    def clock(self) -> HandClock:
        """Give the clock the bot lives by."""

    @property
    def bot(self) -> Bot:
        """Give the bot that runs at the moment."""

    def name(self, who: Who) -> str:
        """Give how a card names a person."""

    def id(self, who: Who) -> str:
        """Give the platform's id of a person."""

    async def ask(self, words: str, *, who: Who = "alice", place: Place = "room") -> Shown:
        """Type `words` to the bot the way this platform's people do, and see its answer."""

    async def press(self, shown: Shown, label: str, *, who: Who = "alice", twice: bool = False) -> Shown:
        """Press a button, with an impatient finger `twice`, and see what this person sees afterwards."""

    async def crowd(self, shown: Shown, labels: Sequence[str]) -> None:
        """Have as many others press a button each, all at once."""

    async def fill(self, shown: Shown, label: str, values: Mapping[str, str], *, who: Who = "alice") -> Shown | str:
        """Open the form behind a button and send it; gives what is seen then, or the faults it was answered with."""

    async def react(self, post: Shown, level: Level, *, who: Who = "bob") -> None:
        """React to a post with the emoji of a level."""

    async def everyone(self, place: Place = "room") -> Sequence[Shown]:
        """List what the bot posted for everybody in a room, oldest first, threads left out."""

    async def everyone_and_threads(self) -> Sequence[Shown]:
        """List what the bot posted for everybody in the room, in threads too, oldest first."""

    async def others(self, shown: Shown) -> Shown:
        """See what somebody else sees of a card that was shared."""

    async def below(self, post: Shown) -> Sequence[Shown]:
        """List what the bot answered in the thread of a post."""

    async def say(self, words: str, *, who: Who = "bob") -> Shown:
        """Say something in the room that is not for the bot."""

    async def tick(self) -> None:
        """Let the clock look once, and wait for all it set going."""

    async def close_room(self) -> None:
        """Make the platform refuse posts to the room for good: it was archived, or deleted."""

    async def lose_answers(self, times: int) -> None:
        """Take the next posts, and lose the answer to them."""

    async def restart(self) -> None:
        """Stop the bot in good order and start another on what it left."""
