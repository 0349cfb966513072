"""A round to vote in, on a real database: what the posts say is drawn as the bot draws it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from msgspec.structs import replace
from sqlalchemy import func, select

from cards import text
from cards.model import Card
from content.inline import Text
from content.library import Library
from content.model import Choice, Dilemma, Twist
from handlers.learning import votes
from handlers.learning.posts import rounds as round_posts
from handlers.learning.votes import Ballot, Cast
from messengers.base import Address
from scheduler.learning import round_rows, rounds
from store import ids
from store.deliveries.rows import Deliveries, Delivery
from store.learning.rounds import Round, Rounds, Vote
from store.learning_tables import vote, vote_round
from store.subscriptions import Subscription
from tests.scheduler.ledger import Ledger

LASTS = timedelta(hours=24)
HERE = Address("slack", "T1", "C1")


def with_twist(library: Library) -> Library:
    """Give the content with a twist of its first dilemma."""
    words = (Text("A regulator asks for the log."),)
    twist = Twist(words, (Choice("Hand it over", words, words), Choice("Ask for a week", words, words, words)))
    return with_dilemma(library, replace(library.dilemmas[0], twist=twist))


def without_twist(library: Library) -> Library:
    """Give the content with no twist of its first dilemma."""
    return with_dilemma(library, replace(library.dilemmas[0], twist=None))


def with_dilemma(library: Library, dilemma: Dilemma | None) -> Library:
    """Give the content with another first dilemma, or without the first."""
    others = {name: one for name, one in library._index.dilemmas.items() if name != library.dilemmas[0].id}  # noqa: SLF001 # content is read from files alone
    known = others if dilemma is None else {dilemma.id: dilemma, **others}
    index = replace(library._index, dilemmas=known)  # noqa: SLF001 # as above
    return replace(library, dilemmas=tuple(known.values()), _index=index)


@dataclass
class Voting(Ledger):
    """A ledger whose rounds are drawn from the content."""

    library: Library = field(kw_only=True)

    def draw(self, delivery: Delivery, subscription: Subscription | None) -> Card:  # noqa: ARG002 # the protocol's
        """Draw it as the bot does."""
        return round_posts.draw(self.library, delivery)

    @property
    def dilemma(self) -> Dilemma:
        """The dilemma that is asked."""
        return self.library.dilemmas[0]

    async def ask(self, address: Address = HERE, *, is_posted: bool = True, lasts: timedelta = LASTS) -> Round:
        """Ask it, and unless told otherwise post it."""
        one = Round(
            id=ids.fresh(self.now),
            platform=address.platform,
            workspace=address.workspace,
            conversation=address.conversation,
            dilemma=self.dilemma.id,
            version=self.dilemma.version,
            labels=round_rows.labels([choice.label for choice in self.dilemma.choices]),
            person="U1",
            zone="Europe/Paris",
            closes_at=self.now + lasts,
            created_at=self.now,
        )
        async with self.database.write() as connection:
            await Deliveries().insert_missing(connection, round_rows.asking(one, self.now))
            await Rounds().add(connection, [one])
        if is_posted:
            await self.deliver()
        return one

    def ballot(self, round_id: str, person: str, choice: int, *, message_id: str = "1.0") -> Ballot:
        """Give a vote as it comes in."""
        return Ballot(Vote(round_id, person, choice), HERE, message_id, self.now)

    async def vote(self, *ballots: Ballot) -> tuple[Cast, ...]:
        """Count votes in one transaction."""
        async with self.database.write() as connection:
            return await votes.count(connection, ballots, self.library)

    async def close(self) -> int:
        """Close what is due."""
        playable = round_posts.playables(self.library)
        return await rounds.close_due(self.database, playable, self.now)

    async def deliver(self) -> None:
        """Post what is due."""
        await self.dispatcher().deliver_due()

    async def rounds(self) -> list[Round]:
        """List the rounds, oldest first."""
        async with self.database.read() as connection:
            rows = (await connection.execute(select(vote_round).order_by(vote_round.c.id))).mappings()
            return [Round(**row) for row in rows]

    async def kept(self) -> dict[tuple[str, str], int]:
        """Give the votes that are kept: the choice by round and person."""
        async with self.database.read() as connection:
            rows = await connection.execute(select(vote.c.round_id, vote.c.person, vote.c.choice))
            found = {(round_id, person): choice for round_id, person, choice in rows}
            assert len(found) == await connection.scalar(select(func.count()).select_from(vote))
            return found

    def said(self) -> list[str]:
        """Give the words of all posts, oldest first."""
        return [text.message(sent.card) for sent in self.messenger.sent]

    def edited_to(self) -> list[str]:
        """Give the words of all edits, oldest first."""
        return [text.message(card) for *_, card in self.messenger.edited]

    def spread(self, words: str, choices: Iterable[Choice]) -> list[int] | None:
        """Read how they voted from a card's words; None where it does not say."""
        lines = [line.strip("-•* ").partition(" · ") for line in words.splitlines()]
        told = {label.strip(): int(number.strip("*")) for number, _, label in lines if number.strip("*").isdecimal()}
        labels = [choice.label for choice in choices]
        return [told[label] for label in labels] if set(labels) <= set(told) else None
