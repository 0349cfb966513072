"""Looking outcomes up is marked ahead, and a round may end early: what nobody looked at comes again as if untouched."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from messengers.base import Absent, Address, CannotLook, Found, LookedUp, Posted
from messengers.slack.messenger import SlackMessenger
from playground.shared.clock import EmulatorClock
from playground.shared.trouble import Trouble, TroubleKind
from playground.slack.emulator import Channel, SlackEmulator
from playground.slack.platform import DEFAULT_SCOPES
from scheduler.delivery import pace
from scheduler.delivery.dispatch import Dispatcher, Summary
from scheduler.delivery.lookup import Lookup
from scheduler.delivery.settings import DispatchSettings
from store.database.access import Database, UnusableError
from store.deliveries.rows import Delivery
from tests.scheduler.ledger import Ledger, RecordingMessenger
from tests.store import orders, rows
from tests.store.rows import NOW

HISTORY = "conversations.history"
RETRY_AFTER = 90


@pytest.fixture
async def ledger(address: str) -> AsyncIterator[Ledger]:
    """Give an empty ledger on a database of either kind."""
    database = Database(address)
    yield Ledger(database)
    await database.close()


@dataclass
class Channels:
    """An emulated Slack whose channels the bot may read, and a ledger of what nobody knows the outcome of."""

    ledger: Ledger
    slack: SlackEmulator
    session: aiohttp.ClientSession
    rooms: dict[str, Channel] = field(default_factory=dict)  # by delivery

    def process(self) -> Dispatcher:
        """Give the dispatcher of a process of its own: it knows nothing that another was told by Slack."""
        client = AsyncWebClient(self.slack.bot_token, self.slack.api_url, session=self.session, retry_handlers=[])

        async def client_of(_: str) -> AsyncWebClient:
            return client

        messenger = SlackMessenger(client_of, self.session, lambda *_: None, self.seconds)
        return Dispatcher(
            self.ledger.database,
            {"slack": messenger},
            self.ledger,
            clock=lambda: self.ledger.now,
            settings=DispatchSettings(group=0.0, pace=pace.UNPACED),
        )

    async def lose(self, count: int, workspace: str = "T1") -> list[Delivery]:
        """Have the outcomes of posts to so many channels of a workspace be unknown; it is no more than a name here."""
        lost: list[Delivery] = []
        for number in range(count):
            room = self.slack.channel(f"{workspace.lower()}-{number}", members=[self.slack.user("alice")], bot=True)
            row = rows.delivery(
                f"share:{room.id}", workspace=workspace, conversation=room.id, state="unknown", attempt=1
            )
            self.rooms[row.id] = room
            lost.append(row)
        await self.ledger.add(*lost)
        return lost

    def seconds(self) -> float:
        """Give the moment at which all clocks stand."""
        return self.ledger.now.timestamp()

    def looked(self) -> list[str]:
        """List the channels that were read, in order."""
        return [str(call.arguments["channel"]) for call in self.slack.calls if call.method == HISTORY]

    def fail(self, row: Delivery, kind: TroubleKind) -> None:
        """Have something go wrong when the channel of a delivery is read the next time."""
        self.slack.trouble.append(Trouble(HISTORY, kind, channel=self.rooms[row.id].id, retry_after=RETRY_AFTER))

    async def states(self, lost: list[Delivery]) -> list[str]:
        """Give the states that some deliveries are in by now."""
        standing = {row.id: row.state for row in await self.ledger.deliveries()}
        return [standing[row.id] for row in lost]

    def pass_time(self, seconds: float) -> None:
        """Move everybody's clock on."""
        self.ledger.pass_time(seconds=seconds)
        self.slack.clock.move_to(self.seconds())


@pytest.fixture
async def channels(ledger: Ledger) -> AsyncIterator[Channels]:
    """Give a Slack with nothing in it, at the moment at which the ledger's clock stands."""
    clock = EmulatorClock()
    clock.move_to(NOW.timestamp())
    async with (
        SlackEmulator(scopes=(*DEFAULT_SCOPES, "channels:history"), clock=clock) as slack,
        aiohttp.ClientSession() as session,
    ):
        yield Channels(ledger, slack, session)


async def test_after_its_retry_after_a_workspace_is_looked_through_as_if_nothing_had_been(channels: Channels) -> None:
    """A 429 ends a workspace's round: those behind it wait for no more than what Slack asked for, and others go on."""
    lost, elsewhere = await channels.lose(5), await channels.lose(3, "T2")
    channels.pass_time(600)  # so that one that was looked at in vain rests for ten minutes
    channels.fail(lost[1], "5xx_before")
    channels.fail(lost[2], "429")
    dispatcher = channels.process()
    await dispatcher.settle_unknown()
    assert await channels.states(lost) == ["planned", *["unknown"] * 4]
    assert await channels.states(elsewhere) == ["planned"] * 3
    looked = channels.looked()
    assert channels.rooms[lost[1].id].id in looked
    channels.pass_time(RETRY_AFTER - 1)
    for each in (dispatcher, channels.process()):  # another process hears of it by the ledger
        await each.settle_unknown()
    assert channels.looked() == looked
    channels.pass_time(1)
    # Not by the one that was told to wait: from then on that reads one page a minute.
    await channels.process().settle_unknown()
    assert channels.looked()[len(looked) :] == [channels.rooms[row.id].id for row in lost[2:]]
    channels.pass_time(600 - RETRY_AFTER - 1)
    await channels.process().settle_unknown()
    assert await channels.states(lost) == ["planned", "unknown", *["planned"] * 3]
    channels.pass_time(1)
    await channels.process().settle_unknown()
    assert await channels.states(lost) == ["planned"] * 5


class Watching(RecordingMessenger):
    """Gives what it `sees` everywhere, and hangs at its `last` look until it `goes_on`."""

    def __init__(self, last: int, sees: LookedUp | None = None) -> None:
        super().__init__()
        self._last, self._sees = last, sees or Absent()
        self.hangs = asyncio.Event()
        self.goes_on = asyncio.Event()

    async def look_up(self, address: Address, delivery_id: str, since: datetime, attempt: int = 1) -> LookedUp:
        """Look, or hang."""
        await super().look_up(address, delivery_id, since, attempt)
        if len(self.looked) == self._last:
            self.hangs.set()
            await self.goes_on.wait()
        return self._sees


def lost(key: str, **fields: str) -> Delivery:
    """Give a row of unknown outcome."""
    return rows.delivery(f"share:{key}", state="unknown", attempt=1, **fields)


async def looked(ledger: Ledger) -> list[str]:
    """Have another process look, in vain, and give the rows that it looked for, in order."""
    ledger.messenger = RecordingMessenger()
    await ledger.dispatcher().settle_unknown()
    return [row_id for _, row_id, _ in ledger.messenger.looked]


@pytest.mark.parametrize("is_stopped", [True, False])
async def test_what_a_process_did_not_come_to_is_looked_for_by_another(ledger: Ledger, is_stopped: bool) -> None:  # noqa: FBT001 # parametrized
    """It was stopped, or killed, between two looks: a minute later the others are due, and have not begun to rest."""
    row = [lost(str(number)) for number in range(5)]
    await ledger.add(*row)
    ledger.pass_time(hours=1)
    ledger.messenger = messenger = Watching(last=3)
    looking = asyncio.create_task(ledger.dispatcher().settle_unknown())
    await messenger.hangs.wait()
    if is_stopped:
        looking.cancel()
        await asyncio.wait([looking])
    assert [each.state for each in await ledger.deliveries()] == ["planned", "planned", *["unknown"] * 3]
    ledger.pass_time(seconds=60)
    assert await looked(ledger) == []
    ledger.pass_time(seconds=1)
    assert await looked(ledger) == [each.id for each in row[2:]]
    looking.cancel()


async def test_whoever_sleeps_over_a_look_lets_go_of_nothing_that_is_anothers(ledger: Ledger) -> None:
    """It wakes while another process looks, and had seen nothing: what that one holds, and finds, is as it says."""
    await ledger.add(*(lost(str(number)) for number in range(3)))
    ledger.pass_time(hours=1)
    ledger.messenger = asleep = Watching(last=1, sees=CannotLook("timeout"))
    sleeping = asyncio.create_task(ledger.dispatcher().settle_unknown())
    await asleep.hangs.wait()
    ledger.pass_time(seconds=61)
    ledger.messenger = awake = Watching(last=1)
    looking = asyncio.create_task(ledger.dispatcher().settle_unknown())
    await awake.hangs.wait()
    held = await ledger.deliveries()
    asleep.goes_on.set()
    await sleeping
    assert await ledger.deliveries() == held
    awake.goes_on.set()
    assert await looking == Summary(slowed=3)


async def test_what_two_have_found_out_counts_once(ledger: Ledger) -> None:
    """One slept over its look, and another looked meanwhile: the row is planned once, and posted once."""
    await ledger.add(lost("1"))
    ledger.pass_time(hours=1)
    ledger.messenger = asleep = Watching(last=1)
    sleeping = asyncio.create_task(ledger.dispatcher().settle_unknown())
    await asleep.hangs.wait()
    ledger.pass_time(seconds=61)
    ledger.messenger = Watching(last=0)
    dispatcher = ledger.dispatcher()
    assert await dispatcher.settle_unknown() == Summary(slowed=1)
    assert await dispatcher.deliver_due() == Summary(sent=1)
    asleep.goes_on.set()
    assert await sleeping == Summary()
    assert (await ledger.delivery()).state == "sent"


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_rows_are_taken_in_order(channels: Channels) -> None:
    """By whoever looks, finds, is told to wait and lets go: nobody waits for a row that somebody holds who waits."""
    lost = await channels.lose(4)
    channels.pass_time(600)
    channels.fail(lost[1], "5xx_before")
    channels.fail(lost[2], "429")
    with orders.watched() as seen:
        await channels.process().settle_unknown()
    assert (seen.faults, seen.taken > 0) == ([], True)


async def test_hundreds_of_one_workspace_take_nobodys_turn(ledger: Ledger) -> None:
    """They come first and are told to wait each time; another workspace's are in the first round all the same."""
    crowd, few = [lost(f"T1:{number}") for number in range(250)], [lost(f"T2:{n}", workspace="T2") for n in range(3)]
    await ledger.add(*crowd, *few)
    ledger.pass_time(minutes=2)
    ledger.messenger.finds = {row.id: CannotLook("ratelimited", 60) for row in crowd}
    await ledger.dispatcher().settle_unknown()
    assert [row_id for address, row_id, _ in ledger.messenger.looked if address.workspace == "T2"] == [
        row.id for row in few
    ]
    assert len(ledger.messenger.looked) == 4


async def test_hundreds_of_workspaces_that_are_told_to_wait_come_in_turns(ledger: Ledger) -> None:
    """More than one round has room for: those that had theirs come behind those that had none."""
    lonely = [lost(f"{number}", workspace=f"T{number}") for number in range(250)]
    await ledger.add(*lonely)
    ledger.messenger.finds = {row.id: CannotLook("ratelimited", 60) for row in lonely}
    for _ in range(2):
        ledger.pass_time(minutes=2)
        await ledger.dispatcher().settle_unknown()
    assert {row_id for _, row_id, _ in ledger.messenger.looked} == {row.id for row in lonely}


async def test_what_this_program_does_not_serve_takes_no_room(ledger: Ledger) -> None:
    """However many wait for a platform that is set up elsewhere, or no more."""
    await ledger.add(*(lost(f"teams:{number}", platform="teams", workspace=f"T{number}") for number in range(201)))
    ours = lost("ours")
    await ledger.add(ours)
    ledger.pass_time(minutes=2)
    await ledger.dispatcher().settle_unknown()
    assert [row_id for _, row_id, _ in ledger.messenger.looked] == [ours.id]


async def test_what_a_round_has_no_time_for_comes_in_the_next(ledger: Ledger) -> None:
    """It is let go of at once, and looked at as if there had been no round."""
    row = [lost(str(number)) for number in range(3)]
    await ledger.add(*row)
    ledger.pass_time(hours=1)
    before = await ledger.deliveries()
    hurried = Lookup(
        ledger.database, {"slack": ledger.messenger}, ledger, lambda: ledger.now, timedelta(0), starts_for=0
    )
    assert await hurried.settle(lambda _: False, ledger.told.append) == ()
    assert ledger.messenger.looked == []
    assert await ledger.deliveries() == before
    assert await looked(ledger) == [each.id for each in row]


async def test_one_that_can_not_be_recorded_is_in_nobodys_way(ledger: Ledger) -> None:
    """What was found of it is no row of ours: it rests, and those behind it are settled."""
    row = [lost(str(number)) for number in range(3)]
    await ledger.add(*row)
    ledger.pass_time(hours=1)
    found = Found(Posted(None))  # type: ignore[arg-type] # what no messenger gives
    ledger.messenger.finds = {row[0].id: found, row[1].id: Absent(), row[2].id: Absent()}
    with capture_logs() as logged:
        assert await ledger.dispatcher().settle_unknown() == Summary(slowed=2)
    assert [line["event"] for line in logged if line["log_level"] == "error"] == ["delivery.not_recorded"]
    left = await ledger.delivery(row[0].id)
    assert (left.state, left.looked_at, left.lease_until) == ("unknown", ledger.now, None)
    ledger.pass_time(minutes=59)
    assert await looked(ledger) == []
    ledger.pass_time(minutes=1)
    assert await looked(ledger) == [row[0].id]


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_database_that_goes_between_two_looks_takes_no_finding_along(ledger: Ledger, tmp_path: Path) -> None:
    """What was written is told, and the rest comes again once it is held no more, as if nobody had looked."""
    row = [lost("1"), lost("2"), lost("3"), lost("4", workspace="T2")]
    await ledger.add(*row)
    ledger.pass_time(hours=1)
    ledger.messenger = messenger = Watching(last=3)
    looking = asyncio.create_task(ledger.dispatcher().settle_unknown())
    await messenger.hangs.wait()
    while [each.state for each in await ledger.deliveries()].count("planned") < 2:  # its turn to write comes
        pass
    (tmp_path / "bot.db").rename(tmp_path / "elsewhere.db")
    messenger.goes_on.set()
    with pytest.raises(UnusableError):
        await looking
    (tmp_path / "elsewhere.db").rename(tmp_path / "bot.db")
    assert [each.state for each in await ledger.deliveries()] == ["planned", "unknown", "unknown", "planned"]
    ledger.pass_time(seconds=61)
    assert await looked(ledger) == [row[1].id, row[2].id]


async def test_many_looks_in_vain_are_written_down_meanwhile(ledger: Ledger) -> None:
    """A process that dies late in a round leaves only a few that are looked at a second time."""
    await ledger.add(*(lost(f"{number:02}") for number in range(20)))
    ledger.pass_time(hours=1)
    ledger.messenger = messenger = Watching(last=20, sees=CannotLook("timeout"))
    looking = asyncio.create_task(ledger.dispatcher().settle_unknown())
    await messenger.hangs.wait()
    assert sum(row.looked_at is not None for row in await ledger.deliveries()) == 16
    messenger.goes_on.set()
    await looking
    assert all(row.looked_at == ledger.now and row.lease_until is None for row in await ledger.deliveries())
