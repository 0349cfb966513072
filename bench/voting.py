"""Prove that a round counts right whatever crashes: thousands vote within a minute, and processes are killed meanwhile.

`python -m bench.voting --voters 2000 --processes 2 --kills 5 --database sqlite`. Every voter tries until a vote is
acknowledged, and some change it. Exits with 0 where what is kept, and then published, is what was acknowledged and it
took a minute at most, 1 where not, 2 when the run itself is broken.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bench import databases, servers
from bench.faults.bots import Bots
from bench.faults.run import SETTINGS
from bench.programs import Start, anew
from bench.wrk import BrokenError
from playground.shared.clock import EmulatorClock
from playground.slack.emulator import Channel, Message, SlackEmulator, User
from store.database.access import Database
from store.learning_tables import vote, vote_round

_AT_ONCE = 64  # people who press at the same moment
_CHANGES = 0.1  # of them change their vote
_AGAIN_SECONDS = 0.05  # until somebody presses again who got no answer
_CLOSING_SECONDS = 60.0
_LONGEST = 60.0  # seconds for all to vote
_OK = 200


@dataclass(slots=True)
class Voted:
    """What came of it: the choice each person was last acknowledged, presses, and those without an answer."""

    told: dict[str, int] = field(default_factory=dict)
    presses: int = 0
    unanswered: int = 0
    kills: int = 0
    seconds: float = 0.0


def main(arguments: Sequence[str] | None = None, start: Start = anew) -> int:
    """Run, print what came of it, and give the exit code; `start` starts the bots."""
    parser = argparse.ArgumentParser(prog="python -m bench.voting", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--voters", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            (kind,) = stack.enter_context(databases.kinds(folder, (given.database,)))
            kind.make("bot")
            problems = asyncio.run(run(folder, kind.address("bot"), given, start))
    except BrokenError as error:
        print(f"The run is broken: {error}", file=sys.stderr)
        return 2
    print("\n".join(problems) if problems else "One vote a person, closed once, and told as it was voted.")
    return 1 if problems else 0


async def run(folder: Path, database: str, given: argparse.Namespace, start: Start) -> list[str]:
    """Ask, vote, kill, close; gives what was not as promised."""
    offset = folder / "clock-offset"
    scopes = ["commands", "chat:write", "reactions:read", "app_mentions:read"]
    async with SlackEmulator(scopes=scopes, clock=EmulatorClock(offset), retry_delays=()) as slack:
        environment = {
            **servers.needed(),
            **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")},
            "CONTENT_PATH": str(servers.ROOT / "content" / "ai-pm"),
            "DATABASE_URL": database,
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            **SETTINGS,
        }
        bots = Bots(folder, environment, offset, given.processes, start)
        people = [slack.user(f"person-{number}") for number in range(given.voters)]
        room = slack.channel("pm-learning", members=people, bot=True)
        stored = Database(database)
        try:
            await bots.start_all()
            for index in bots.alive:
                await bots.until_up(index)
            post = await _asked(slack, bots, people[0], room)
            voted = await _vote(slack, bots, people, post, given)
            problems = await _kept(stored, voted)
            slack.clock.shift(timedelta(days=3).total_seconds())
            problems += await _published(slack, stored, room, post, voted)
        finally:
            await stored.close()
            await bots.stop_all()
    again = f"{voted.presses:,} presses, {voted.unanswered:,} of them without an answer"
    print(f"{len(voted.told):,} voted in {voted.seconds:.1f} s: {again}; {voted.kills} processes killed")
    if voted.seconds > _LONGEST:
        problems.append(f"they took longer than {_LONGEST:g} s")
    if voted.kills < given.kills or not voted.unanswered:
        problems.append("no kill cost anybody an answer, which proves nothing")
    return problems


async def _asked(slack: SlackEmulator, bots: Bots, person: User, room: Channel) -> Message:
    """Have somebody ask the room, and give the post."""
    slack.request_url = f"{bots.addresses()[0]}/slack/events"
    card = (await slack.command(person, room, "/pm-compare dilemma")).ephemeral
    if card is None:
        raise BrokenError("no dilemma was shown")
    await slack.click(person, card, label="Ask the channel…")
    await slack.wait_for(lambda: slack.view(person) is not None, within=_CLOSING_SECONDS)
    view = slack.view(person)
    if view is None:
        raise BrokenError("the form did not open")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    await slack.submit(person, view, {"day": tomorrow, "at": "12:00"})
    await slack.wait_for(lambda: bool(slack.posts(room)), within=_CLOSING_SECONDS)
    return slack.posts(room)[-1]


async def _vote(
    slack: SlackEmulator, bots: Bots, people: Sequence[User], post: Message, given: argparse.Namespace
) -> Voted:
    """Let all vote, some twice, while processes are killed at moments spread over the votes."""
    voted, dice = Voted(), random.Random(given.seed)  # noqa: S311 # dice, no secret
    elements = [element for block in post.blocks for element in block.get("elements", ())]
    labels = [element["text"]["text"] for element in elements if element["type"] == "button"]
    wishes = [(person, dice.randrange(len(labels))) for person in people]
    wishes += [(person, dice.randrange(len(labels))) for person in people if dice.random() < _CHANGES]
    turns, began = asyncio.Semaphore(_AT_ONCE), time.monotonic()

    async def press(person: User, choice: int) -> None:
        async with turns:
            while True:
                slack.request_url = f"{dice.choice(bots.addresses())}/slack/events"
                voted.presses += 1
                outcome = await slack.click(person, post, label=labels[choice])
                if outcome.status == _OK:
                    voted.told[person.id] = choice
                    return
                voted.unanswered += 1
                await asyncio.sleep(_AGAIN_SECONDS)

    async def kill() -> None:
        for number in range(given.kills):
            mark = (number + 1) * len(people) // (given.kills + 2)
            while len(voted.told) < mark:  # noqa: ASYNC110 # what is counted tells nobody
                await asyncio.sleep(_AGAIN_SECONDS)
            victim = dice.choice(bots.alive)
            await bots.until_up(victim)
            await bots.kill(victim, for_good=False)
            voted.kills += 1

    killing = asyncio.create_task(kill())
    first, second = wishes[: len(people)], wishes[len(people) :]
    for part in (first, second):  # who changes a vote has had an answer to the first
        await asyncio.gather(*(press(person, choice) for person, choice in part))
    voted.seconds = time.monotonic() - began
    await killing
    for index in bots.alive:
        await bots.until_up(index)
    return voted


async def _kept(stored: Database, voted: Voted) -> list[str]:
    """Compare what is kept while the round is open with what people were told."""
    async with stored.read() as connection:
        rows = (await connection.execute(select(vote.c.person, vote.c.choice))).all()
    kept = {row.person: row.choice for row in rows}
    problems = [] if len(rows) == len(kept) else [f"{len(rows):,} votes are kept of {len(kept):,} people"]
    return problems if kept == voted.told else [*problems, "the votes that are kept are not those acknowledged"]


async def _published(slack: SlackEmulator, stored: Database, room: Channel, post: Message, voted: Voted) -> list[str]:
    """Wait for the end, and compare what is said of it with what people were told."""

    def reveals() -> list[Message]:
        return [reply for reply in slack.thread(room, post.ts) if reply.text.startswith("How you voted")]

    def has_ended() -> bool:
        return bool(reveals()) and any("Voting has ended" in one.text for one in slack.posts(room))

    try:
        await slack.wait_for(has_ended, within=_CLOSING_SECONDS)
    except TimeoutError:
        return [f"voting was not told to have ended within {_CLOSING_SECONDS:g} s"]
    async with stored.read() as connection:
        left = len((await connection.execute(select(vote.c.id))).all())
        first = select(vote_round.c.counts, vote_round.c.person).where(vote_round.c.parent == "")
        counts, person = (await connection.execute(first)).one()
    spread = Counter(voted.told.values())
    expected = [spread[place] for place in range(max(spread) + 1)]
    problems = [] if [int(number) for number in counts.split()] == expected else [f"counted {counts}, not {expected}"]
    said = reveals()
    problems += [] if len(said) == 1 else [f"it was told {len(said)} times"]
    problems += [f"the thread does not say {number}" for number in expected if f"{number} · " not in said[0].text]
    problems += [f"{left} votes are left"] if left else []
    return [*problems, "who asked is still known"] if person else problems


if __name__ == "__main__":
    sys.exit(main())
