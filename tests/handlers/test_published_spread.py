"""What is published of a round equals the votes, whatever people, the platform and the clock do."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.settings.checked import Settings
from cards import text
from content import library
from messengers.base import Outcome, Slowed, Unknown
from scheduler.delivery import lease
from scheduler.delivery.lease import Terms
from store.database.access import Database
from store.deliveries.rows import Delivery
from store.learning.rounds import LEAST_TOLD, Round
from tests import databases
from tests.handlers.voting import Voting

Given = TypeVar("Given")
PEOPLE = st.sampled_from([f"U{number}" for number in range(9)])
CHOICES = st.integers(0, 2)


class Kept(NamedTuple):
    """What the database holds."""

    votes: dict[tuple[str, str], int]
    rounds: Sequence[Round]
    deliveries: Sequence[Delivery]


class Rounds(RuleBasedStateMachine):
    """People ask, vote and change their minds, alone and in groups; answers are lost, processes die, rounds close."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        content = library.load(Settings.read({}, None).content_path)
        self.voting = Voting(Database(databases.put(Path(self.folder.name) / "bot.db")), library=content)
        self.votes: dict[str, dict[str, int]] = {}  # by round and person, as each was told
        self.over: set[str] = set()
        self.ended: set[str] = set()  # messages that say so
        self.edits = self.posts = 0  # judged
        self.kept: Kept | None = None  # once it is read, until something is done

    def _done(self, work: Coroutine[object, object, Given]) -> Given:
        """Do what may change the database."""
        self.kept = None
        return self.runner.run(work)

    def _kept(self) -> Kept:
        """Read the database, once for all that is judged between two changes."""
        if self.kept is None:
            self.kept = self.runner.run(self._read())
        return self.kept

    async def _read(self) -> Kept:
        return Kept(await self.voting.kept(), await self.voting.rounds(), await self.voting.deliveries())

    @initialize()
    def ask(self) -> None:
        """Ask."""
        one = self._done(self.voting.ask())
        self.votes[one.id] = {}

    @rule()
    def ask_more(self) -> None:
        """Ask once more; what was asked before goes on."""
        if len(self.votes) < 2:
            self.ask()

    @rule(cast=st.lists(st.tuples(st.integers(0, 1), PEOPLE, CHOICES), min_size=1, max_size=20))
    def vote(self, cast: list[tuple[int, str, int]]) -> None:
        """Vote, all in one transaction; who is told that it counts is counted."""
        ids = list(self.votes)
        chosen = [(ids[which % len(ids)], person, choice) for which, person, choice in cast]
        ballots = [self.voting.ballot(*one, message_id=f"posted-{one[0]}") for one in chosen]
        answers = self._done(self.voting.vote(*ballots))
        for (round_id, person, choice), answer in zip(chosen, answers, strict=True):
            if answer.counts:
                assert round_id not in self.over
                self.votes[round_id][person] = choice

    @rule(seconds=st.sampled_from([1, 1, 4, 4, 70, 70, 3600, 25 * 3600]))
    def pass_time(self, seconds: int) -> None:
        """Let time pass."""
        self.voting.pass_time(seconds=seconds)

    @rule(answers=st.lists(st.sampled_from(["lost", "slow"]), min_size=1, max_size=3))
    def make_trouble(self, answers: list[str]) -> None:
        """Lose the answers to the next calls, or ask to wait."""
        made: dict[str, Outcome] = {"lost": Unknown("timeout"), "slow": Slowed(2.0)}
        self.voting.messenger.script.extend(made[answer] for answer in answers)

    @rule()
    def tick(self) -> None:
        """Close what is due and post, in a process that has just started."""
        self._done(self._tick())

    @rule()
    def die(self) -> None:
        """Close what is due, lease what is to be posted, and never come back."""
        self._done(self._die())

    async def _tick(self) -> None:
        await self.voting.close()
        dispatcher = self.voting.dispatcher()
        await dispatcher.expire_leases()
        await dispatcher.deliver_due()
        await self._note_ends()

    async def _die(self) -> None:
        await self.voting.close()
        async with self.voting.database.write() as connection:
            await lease.lease(connection, Terms("dead"), {}, self.voting.now, 10)
        await self._note_ends()

    async def _note_ends(self) -> None:
        self.over |= {one.id for one in await self.voting.rounds() if one.state == "closed"}

    @invariant()
    def keeps_votes_while_they_are_open_alone(self) -> None:
        """One row a person in an open round, as they were last told; none in a closed one."""
        expected = {
            (round_id, person): choice
            for round_id, votes in self.votes.items()
            if round_id not in self.over
            for person, choice in votes.items()
        }
        assert self._kept().votes == expected

    @invariant()
    def counts_what_was_voted(self) -> None:
        """A closed round has the spread, or of few votes their number."""
        for one in self._kept().rounds:
            if one.state == "closed":
                assert one.counts == " ".join(map(str, self._numbers(one)))
                assert one.person == ""

    @invariant()
    def publishes_what_was_voted(self) -> None:
        """Each card that says how they voted says what they voted; of few votes none does."""
        rows = {row.id: row for row in self._kept().deliveries}
        ends = {row.argument.split()[0] for row in rows.values() if row.kind == "closing"}
        assert ends == self.over  # those of a twist too, which the end of its case asks
        for sent in self.voting.messenger.sent[self.posts :]:
            row = rows[sent.delivery_id]
            if row.kind == "reveal":
                self._judge(row.argument.split()[0], text.message(sent.card))
        self.posts = len(self.voting.messenger.sent)
        for _, message_id, card in self.voting.messenger.edited[self.edits :]:
            words = text.message(card)
            has_ended = "Voting has ended." in words
            assert has_ended or message_id not in self.ended  # once it says so it says nothing else any more
            if has_ended:
                self.ended.add(message_id)
            else:
                assert self.voting.spread(words, self.voting.dilemma.choices) is None
        self.edits = len(self.voting.messenger.edited)

    def _judge(self, round_id: str, words: str) -> None:
        numbers = self._numbers(next(one for one in self._kept().rounds if one.id == round_id))
        spread = self.voting.spread(words, self.voting.dilemma.choices)
        assert spread == (list(numbers) if len(numbers) > 1 else None)

    def _numbers(self, one: Round) -> tuple[int, ...]:
        votes = Counter(self.votes.get(one.id, {}).values())  # on a twist nobody votes here
        return tuple(votes[place] for place in range(3)) if votes.total() >= LEAST_TOLD else (votes.total(),)

    def teardown(self) -> None:
        """Let all end, and leave nothing open that another test would be blamed for."""
        try:
            self._end_all()
        finally:
            self.runner.run(self.voting.database.close())
            self.runner.close()
            self.folder.cleanup()

    def _end_all(self) -> None:
        """Every round that was posted closes, and is told once."""
        self.voting.messenger.script.clear()
        for _ in range(4):
            self.voting.pass_time(hours=25)
            self.tick()
        self.counts_what_was_voted()
        self.publishes_what_was_voted()
        told = Counter(row.argument.split()[0] for row in self._kept().deliveries if row.kind == "reveal")
        assert set(told.values()) <= {1}


Rounds.TestCase.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestRounds = Rounds.TestCase
