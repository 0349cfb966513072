"""Statements that run often are made once: to make one takes longer than to run it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from store import learning_tables, tables
from store.bulk import insert_adding, insert_into, insert_missing, upserting
from store.conversations import Conversations
from store.database.access import Database
from store.database.connection import AsyncConnection
from store.deliveries import promises
from store.deliveries.queue import Queue
from store.deliveries.rows import Deliveries
from store.deliveries.unknown import Unsettled
from store.due_subscriptions import DueSubscriptions
from store.facts import Facts
from store.learning.learners import Learners
from store.learning.rounds import Rounds
from store.posts import Posts
from store.subscriptions import Subscriptions
from tests.store import rows
from tests.store.rows import NOW

_deliveries, _due, _posts, _queue = Deliveries(), DueSubscriptions(), Posts(), Queue()
_rounds, _subscriptions = Rounds(), Subscriptions()
_PLACE = ("slack", "T1", "C1")
_OFTEN: tuple[Callable[[AsyncConnection], Awaitable[object]], ...] = (
    # a look of the dispatcher, and the clock's tick
    lambda it: _queue.due(it, NOW, 5),
    lambda it: _queue.due(it, NOW, 5, (1, 2)),
    lambda it: _queue.next_turn(it, NOW),
    lambda it: _queue.planned_buckets(it, NOW),
    lambda it: _queue.overdue_leases(it, NOW),
    lambda it: _queue.leases(it, ["a", "b"]),
    lambda it: Unsettled().due(it, NOW, timedelta(0), 5, ("slack",)),
    lambda it: _due.waking(it, NOW, 5),
    lambda it: _due.due(it, NOW, 5),
    lambda it: _due.due(it, NOW, 5, ("a", "b")),
    lambda it: _due.in_turns(it, NOW, 5),
    lambda it: _due.next_due(it, NOW),
    lambda it: _subscriptions.by_ids(it, ["a", "b"]),
    lambda it: _subscriptions.by_ids(it, ["a"], skip=True),
    lambda it: _posts.dead(it, ["a"]),
    lambda it: Facts().find(it, "tick"),
    # what is heard and pressed
    lambda it: _posts.find(it, *_PLACE, "1.0"),
    lambda it: _deliveries.by_id(it, "a"),
    lambda it: _deliveries.by_keys(it, ["a", "b"]),
    lambda it: promises.promise(it, [rows.delivery("share:1"), rows.delivery("share:2")]),
    lambda it: Conversations().find(it, *_PLACE),
    lambda it: Learners().find(it, ("slack", "T1", "U1")),
    # votes, and homes
    lambda it: _rounds.by_ids(it, ["a", "b"]),
    lambda it: _rounds.standing(it, *_PLACE),
    lambda it: _rounds.totals(it, ["a"]),
    lambda it: _rounds.spreads(it, ["a"]),
    lambda it: _rounds.due(it, NOW, 5),
    lambda it: _subscriptions.owned_by(it, "slack", "T1", "U1"),
)


async def test_what_is_asked_often_is_made_once(database: Database) -> None:
    """Who asks the same again, whatever the values, hands over the very statement of the first time, locks included."""
    seen: list[Any] = []

    def note(_connection: Any, statement: Any, *_: Any) -> None:  # noqa: ANN401 # SQLAlchemy's own
        seen.append(statement)

    anew = []
    async with database.write() as connection:
        event.listen(connection.sync_connection, "before_execute", note)
        for ask in _OFTEN:
            asked = []
            for _ in range(2):
                await ask(connection)
                asked.append(tuple(seen))
                seen.clear()
            first, second = asked
            assert first
            anew += [str(two) for one, two in zip(first, second, strict=True) if one is not two]
        event.remove(connection.sync_connection, "before_execute", note)
    assert anew == []


async def test_other_values_find_other_rows(database: Database) -> None:
    """A statement that is made once tells the values of one call from those of another, in lists of any length."""
    late = NOW + timedelta(hours=1)
    first, second = rows.delivery("share:1"), rows.delivery("share:2", not_before=late)
    mine, other = rows.subscription("C1"), rows.subscription("C2", owner="U2", next_run_at=late)
    async with database.write() as connection:
        await _deliveries.insert_missing(connection, [first, second])
        await _subscriptions.insert_many(connection, [mine, other])
    async with database.write() as connection:
        assert [row.key for row in await _queue.due(connection, NOW, 5)] == ["share:1"]
        assert len(await _queue.due(connection, late, 5)) == 2
        assert len(await _queue.due(connection, late, 1)) == 1
        assert await _queue.due(connection, late, 5, (first.bucket + 1,)) == ()
        assert len(await _queue.due(connection, late, 5, (first.bucket, first.bucket + 1))) == 2
        assert await _queue.next_turn(connection, NOW) == late
        assert await _queue.next_turn(connection, late) is None
        assert await _deliveries.by_keys(connection, ["share:2", "gone"]) == {"share:2": second}
        assert len(await _deliveries.by_keys(connection, ["share:1", "share:2", "gone"])) == 2
        assert [one.id for one in await _due.due(connection, NOW, 5)] == [mine.id]
        assert [one.id for one in await _due.due(connection, late, 5, (other.id, mine.id))] == [other.id, mine.id]
        assert await _due.next_due(connection, NOW) == late
        assert list(await _subscriptions.by_ids(connection, [other.id])) == [other.id]
        assert [one.owner for one in await _subscriptions.owned_by(connection, "slack", "T1", "U2")] == ["U2"]


async def test_what_is_written_often_is_made_once(database: Database) -> None:
    """An INSERT of any kind is the same object each time: by that its compiled form is kept."""
    async with database.read() as connection:
        assert insert_into(tables.history) is insert_into(tables.history)
        assert insert_missing(connection, tables.post) is insert_missing(connection, tables.post)
        assert upserting(connection, learning_tables.vote) is upserting(connection, learning_tables.vote)
        first, second = (insert_adding(connection, learning_tables.tally, "total", ("people",)) for _ in range(2))
        assert first is second
