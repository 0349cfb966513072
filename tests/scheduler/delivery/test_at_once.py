"""What people ask for is leased where it is promised, and posted once that is committed: once, or nobody knows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import get_args

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import IntegrityError

from bot.tasks import Tasks
from cards.model import Card, Subject
from cards.reason import Cause
from handlers import enqueue
from handlers.enqueue import Enqueued, EnqueueRequest
from handlers.enqueuer import Enqueuer
from messengers.base import Address, Outcome, Posted, Refused, Slowed, Unknown
from scheduler.delivery.at_once import AT_ONCE
from scheduler.delivery.dispatch import Dispatcher
from scheduler.delivery.pace import Pace
from store.database.access import Database
from store.deliveries.rows import Delivery
from store.facts import BACKUP, Fact, Facts
from store.posts import Posts
from store.tables import DeliveryKind
from tests.scheduler.ledger import Ledger, RecordingMessenger
from tests.store import rows
from tests.store.rows import NOW

HELD = Pace(rate=1.0, burst=1.0, gap=0.0)  # one post, then one a second


@pytest.fixture
async def ledger(address: str) -> AsyncIterator[Ledger]:
    """Give an empty ledger on either kind of database."""
    database = Database(address)
    yield Ledger(database)
    await database.close()


class Process:
    """One process of the bot: a dispatcher, what writes promises down, and its tasks."""

    def __init__(self, ledger: Ledger, **settings: float | timedelta | Pace) -> None:
        self.tasks = Tasks()
        self.dispatcher: Dispatcher = ledger.dispatcher(**settings)
        self.enqueuer = Enqueuer(ledger.database, self.tasks.spawn)
        self.enqueuer.hand_to(self.dispatcher.at_once)

    async def ask(self, *wishes: EnqueueRequest) -> list[Enqueued]:
        """Want several things at one moment."""
        return await asyncio.gather(*(self.enqueuer.enqueue(one) for one in wishes))


@asynccontextmanager
async def serving(ledger: Ledger, **settings: float | timedelta | Pace) -> AsyncIterator[Process]:
    """Let a process serve; at the end it finishes what is under way."""
    process = Process(ledger, **settings)
    async with process.dispatcher.running():
        yield process
    await process.tasks.drain(5)


def mention(number: int = 1, conversation: str = "C1") -> EnqueueRequest:
    """Want the answer to a mention."""
    return enqueue.mention(Address("slack", "T1", conversation, f"{number}.0"), "risks", "U1", f"{number}.0", NOW)


async def until(holds: Callable[[], bool]) -> None:
    """Let everything go on until something holds."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 # no one event tells of all that is waited for here
            await asyncio.sleep(0)


class Looking(RecordingMessenger):
    """Looks, at each post, how its row stands for everybody else."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger
        self.stood: list[Delivery] = []

    async def post(self, address: Address, card: Card, delivery_id: str) -> Outcome:
        """Look, then take the post."""
        self.stood.append(await self._ledger.delivery(delivery_id))
        return await super().post(address, card, delivery_id)


async def test_it_stands_leased_before_it_is_posted(ledger: Ledger) -> None:
    """One commit lies between asking and the post, and it says whose post it is and until when."""
    ledger.messenger = Looking(ledger)
    async with serving(ledger) as process:
        (made,) = await process.ask(mention())
        assert (made.is_new, made.delivery.state) == (True, "sending")
    (stood,) = ledger.messenger.stood
    assert (stood.id, stood.state, stood.attempt) == (made.delivery.id, "sending", 1)
    assert stood.lease_owner == made.delivery.lease_owner != ""
    assert stood.lease_until == NOW + timedelta(seconds=60)
    row = await ledger.delivery()
    assert (row.state, row.attempt, row.person, row.argument) == ("sent", 1, "", "")
    assert [told.id for told in ledger.told] == [row.id]


async def test_many_that_ask_at_once_are_leased_together(ledger: Ledger) -> None:
    """A crowd's group is one transaction, all of it under way; each is posted once."""
    async with serving(ledger) as process:
        made = await process.ask(*(mention(number, f"C{number}") for number in range(40)))
        assert {one.delivery.state for one in made} == {"sending"}
    assert sorted(sent.delivery_id for sent in ledger.messenger.sent) == sorted(one.delivery.id for one in made)
    assert {row.state for row in await ledger.deliveries()} == {"sent"}


async def test_the_same_asked_again_is_posted_once(ledger: Ledger) -> None:
    """The platform's repeats, in one group and later: what stands is given, and nothing more is posted."""
    async with serving(ledger) as process:
        made = await process.ask(*(mention() for _ in range(3)))
        assert [one.is_new for one in made].count(True) == 1
        await until(lambda: bool(ledger.told))
        (again,) = await process.ask(mention())
        assert (again.is_new, again.delivery.state) == (False, "sent")
    assert len(ledger.messenger.sent) == 1


async def test_two_processes_that_hear_the_same_post_it_once(ledger: Ledger) -> None:
    """Each would lease it; the row's key lets one of them."""
    async with serving(ledger) as one, serving(ledger) as other:
        for number in range(10):
            made = [
                *await asyncio.gather(one.enqueuer.enqueue(mention(number)), other.enqueuer.enqueue(mention(number)))
            ]
            assert [each.is_new for each in made].count(True) == 1
            assert len({each.delivery.id for each in made}) == 1
    assert len(ledger.messenger.sent) == 10
    assert {(row.state, row.attempt) for row in await ledger.deliveries()} == {("sent", 1)}


async def test_another_process_leaves_alone_what_is_under_way(ledger: Ledger) -> None:
    """Its dispatcher looks for what is due while the post is on its way, and finds nothing."""
    ledger.messenger.door.clear()
    async with serving(ledger) as process:
        await process.ask(mention())
        await ledger.messenger.arrived.wait()
        await ledger.dispatcher().deliver_due()
        assert await ledger.dispatcher().expire_leases() == 0
        ledger.messenger.door.set()
    assert len(ledger.messenger.sent) == 1


# --- who says no


async def test_beyond_the_pace_it_is_planned_for_its_turn(ledger: Ledger) -> None:
    """The workspace has had its burst: the second waits in the ledger, and comes when its turn does."""
    async with serving(ledger, pace=HELD) as process:
        (first,) = await process.ask(mention(1))
        (second,) = await process.ask(mention(2))
        assert (first.delivery.state, second.delivery.state) == ("sending", "planned")
        assert (second.delivery.attempt, second.delivery.lease_owner, second.delivery.lease_until) == (0, "", None)
        assert second.delivery.not_before == NOW + timedelta(seconds=1)
        assert await ledger.delivery(second.delivery.id) == second.delivery
        await until(lambda: len(ledger.told) == 1)
        ledger.pass_time(seconds=1)
        process.dispatcher.wake()
        await until(lambda: len(ledger.told) == 2)
    assert len(ledger.messenger.sent) == 2


async def test_while_the_platform_says_slow_down_it_is_planned(ledger: Ledger) -> None:
    """A 429 closes the workspace for what is asked meanwhile, too."""
    ledger.messenger.script.append(Slowed(30.0))
    async with serving(ledger) as process:
        await process.ask(mention(1))
        await until(lambda: len(ledger.messenger.sent) == 1)
        await process.dispatcher.finish()
        (second,) = await process.ask(mention(2))
    assert second.delivery.state == "planned"
    assert second.delivery.not_before >= NOW + timedelta(seconds=30)
    assert {row.state for row in await ledger.deliveries()} == {"planned"}
    assert len(ledger.messenger.sent) == 1


async def test_without_room_it_is_planned_and_goes_when_there_is(ledger: Ledger) -> None:
    """With one post at once two are under way, of which one waits; the third is the ledger's, and is not forgotten."""
    ledger.messenger.door.clear()
    async with serving(ledger, concurrency=1) as process:
        made = [(await process.ask(mention(number)))[0] for number in range(4)]
        assert [one.delivery.state for one in made] == ["sending", "sending", "planned", "planned"]
        process.dispatcher.wake()
        await ledger.messenger.arrived.wait()
        ledger.messenger.door.set()
        await until(lambda: len(ledger.told) == 4)
    assert len({sent.delivery_id for sent in ledger.messenger.sent}) == len(ledger.messenger.sent) == 4


async def test_nobody_overtakes_what_waits_for_room(ledger: Ledger) -> None:
    """While more is due than may be leased, whoever asks comes after it has been looked at, in the ledger's order."""
    await ledger.add(*(rows.delivery(f"share:{number}") for number in range(10)))
    ledger.messenger.door.clear()
    async with serving(ledger, concurrency=2) as process:
        process.dispatcher.wake()
        await until(lambda: len(ledger.messenger.sent) == 2)
        (made,) = await process.ask(mention())
        assert made.delivery.state == "planned"
        ledger.messenger.door.set()
        process.dispatcher.wake()
        await until(lambda: len(ledger.told) == 11)
        (later,) = await process.ask(mention(2))
        assert later.delivery.state == "sending"


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_who_does_not_deliver_leases_nothing(ledger: Ledger, moment: str) -> None:
    """Before it runs, and once it stops, a dispatcher takes nothing: another finds it planned."""
    process = Process(ledger)
    if moment == "after":
        async with process.dispatcher.running():
            pass
    (made,) = await process.ask(mention())
    assert made.delivery.state == "planned"
    await ledger.dispatcher().deliver_due()
    assert [sent.delivery_id for sent in ledger.messenger.sent] == [made.delivery.id]


async def test_from_a_restored_copy_nothing_is_posted(ledger: Ledger) -> None:
    """Whoever looks a backup through decides first: what is asked meanwhile is kept, alone and in a group."""
    async with ledger.database.write() as connection:
        await Facts().write(connection, Fact(BACKUP, "", NOW))
    async with serving(ledger) as process:
        made = [*await process.ask(mention(1)), *await process.ask(mention(2), mention(3))]
        process.dispatcher.wake()
    assert [one.delivery.state for one in made] == ["planned"] * 3
    assert [(row.state, row.attempt) for row in await ledger.deliveries()] == [("planned", 0)] * 3
    assert ledger.messenger.sent == []


@pytest.mark.parametrize("others", [0, 2])
async def test_below_a_post_that_died_meanwhile_nothing_is_posted(ledger: Ledger, others: int) -> None:
    """It was alive when its answer was wanted: the lease that looks once more settles it, in words."""
    post = rows.post()
    await ledger.add(post)
    request = enqueue.reply(post, Subject.parse("tip/a"), "detail", "U1", NOW)
    assert request is not None
    async with ledger.database.write() as connection:
        await Posts().bury(connection, [post.id])
    async with serving(ledger) as process:
        made = await process.ask(request, *(mention(number) for number in range(others)))
        assert made[0].delivery.state == "planned"
        process.dispatcher.wake()
        await until(lambda: len(ledger.told) == 1 + others)
    row = await ledger.delivery(made[0].delivery.id)
    assert (row.state, row.reason) == ("failed", str(Cause.POST_DELETED))
    assert len(ledger.messenger.sent) == others


# --- what can go wrong


async def test_nothing_is_posted_before_the_commit_or_without_it(ledger: Ledger) -> None:
    """However long the commit takes, and where it never comes."""

    async def cut_off(process: Process) -> None:
        with process.dispatcher.at_once.handover() as handover:
            async with ledger.database.write() as connection:
                (made,) = await enqueue.make(connection, [mention()], handover)
                assert made.delivery.state == "sending"
                for _ in range(100):
                    await asyncio.sleep(0)
                assert ledger.messenger.sent == []
                raise ConnectionError

    async with serving(ledger) as process:
        with pytest.raises(ConnectionError):
            await cut_off(process)
        await process.dispatcher.finish()
    assert ledger.messenger.sent == []
    assert await ledger.deliveries() == []


async def test_what_could_not_be_written_is_not_posted(ledger: Ledger) -> None:
    """The transaction fails, of one alone and of one among others: the others are posted, once each."""
    gone = enqueue.reply(rows.post(), Subject.parse("tip/a"), "detail", "U1", NOW)
    assert gone is not None
    async with serving(ledger) as process:
        with pytest.raises(IntegrityError):
            await process.ask(gone)
        asking = (process.enqueuer.enqueue(one) for one in (mention(1), gone, mention(2)))
        made = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(made[1], IntegrityError)
    standing = await ledger.deliveries()
    assert [row.state for row in standing] == ["sent", "sent"]
    assert sorted(sent.delivery_id for sent in ledger.messenger.sent) == sorted(row.id for row in standing)


async def test_a_process_killed_between_commit_and_post_leaves_an_unknown(ledger: Ledger) -> None:
    """Nobody posts it again; when its lease has run out it is unknown, and who waits is told."""
    killed = Process(ledger)
    running = killed.dispatcher.running(limit=0.0)
    await running.__aenter__()
    with killed.dispatcher.at_once.handover() as handover:
        async with ledger.database.write() as connection:
            (made,) = await enqueue.make(connection, [mention()], handover)
        await running.__aexit__(None, None, None)  # all that it has under way ends here, as with SIGKILL
    assert (made.delivery.state, ledger.messenger.sent) == ("sending", [])
    async with serving(ledger) as peer:
        peer.dispatcher.wake()
        (again,) = await peer.ask(mention())
        assert (again.is_new, again.delivery.state) == (False, "sending")
        assert await peer.dispatcher.expire_leases() == 0
        ledger.pass_time(seconds=61)
        assert await peer.dispatcher.expire_leases() == 1
        peer.dispatcher.wake()
        await until(lambda: bool(ledger.told))
    row = await ledger.delivery()
    assert (row.state, row.reason) == ("unknown", str(Cause.LEASE_EXPIRED))
    assert [told.state for told in ledger.told] == ["unknown"]
    assert ledger.messenger.sent == []


async def test_a_lost_answer_leaves_an_unknown(ledger: Ledger) -> None:
    """It may stand there: it is told, and not posted again, whoever asks."""
    ledger.messenger.script.append(Unknown("http-502"))
    async with serving(ledger) as process:
        await process.ask(mention())
        await until(lambda: bool(ledger.told))
        (again,) = await process.ask(mention())
    assert (again.is_new, again.delivery.state) == (False, "unknown")
    assert len(ledger.messenger.sent) == 1


async def test_what_was_refused_may_be_asked_for_again(ledger: Ledger) -> None:
    """The bot was invited since: the same row goes at once, in a second attempt."""
    wish = enqueue.share(Address("slack", "T1", "C1"), Subject.parse("tip/a"), "U1", "1", NOW)
    ledger.messenger.script.append(Refused("not_in_channel", "conversation"))
    async with serving(ledger) as process:
        (first,) = await process.ask(wish)
        await until(lambda: bool(ledger.told))
        (again,) = await process.ask(replace(wish, delivery=replace(wish.delivery, id="another")))
        assert (again.delivery.id, again.is_new, again.delivery.state) == (first.delivery.id, True, "sending")
        await until(lambda: len(ledger.told) == 2)
    row = await ledger.delivery()
    assert (row.state, row.attempt) == ("sent", 2)


async def test_a_stop_waits_for_what_was_handed_over(ledger: Ledger) -> None:
    """Asked for in the last moment: it is posted and recorded before the process ends."""
    ledger.messenger.door.clear()
    async with serving(ledger) as process:
        await process.ask(mention())
        asyncio.get_running_loop().call_later(0.01, ledger.messenger.door.set)
    assert (await ledger.delivery()).state == "sent"


# --- which kinds


def test_every_kind_is_told_apart() -> None:
    """The table is closed: a new kind is decided on, not forgotten."""
    assert set(AT_ONCE) == set(get_args(DeliveryKind))


@pytest.mark.parametrize("kind", get_args(DeliveryKind))
async def test_only_what_somebody_just_asked_for_goes_the_short_way(ledger: Ledger, kind: DeliveryKind) -> None:
    """Whatever else a lease asks of it, of its subscription or its moment, is asked of the other kinds as ever."""
    wish = EnqueueRequest(rows.delivery(f"{kind}:1", kind=kind))
    later = EnqueueRequest(rows.delivery(f"{kind}:2", kind=kind, not_before=NOW + timedelta(seconds=5)))
    async with serving(ledger) as process:
        made = [*await process.ask(wish), *await process.ask(later)]
    is_short = kind in {"reply", "share", "mention"}
    assert AT_ONCE[kind] is is_short
    assert [one.delivery.state for one in made] == ["sending" if is_short else "planned", "planned"]
    assert len(ledger.messenger.sent) == is_short
    # And a lease that looks at such a row itself has nothing against it.
    ledger.messenger.script.append(Posted("9.0"))
    await ledger.add(rows.delivery(f"{kind}:3", kind=kind))
    if is_short:
        assert (await ledger.dispatcher().deliver_due()).sent == 1
