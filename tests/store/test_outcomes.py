"""What came of posts, counted: of one conversation, of a workspace, of all, and never twice."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import event, insert

from store import ids
from store.database.access import Database
from store.deliveries.rows import Deliveries, Delivery
from store.forgetting import Forgetting
from store.learning import outcomes, tallies
from store.learning.outcomes import Below, Outcomes, Posted, Round, Scope, Tally, Taught, Told
from store.learning.tallies import Tallied
from store.learning_tables import feedback, vote_round
from store.posts import Post, Posts
from tests.store import rows
from tests.store.rows import NOW

ROOM = Scope("slack", "T1", ("C1",))
DECEMBER = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


def reply(post: Post, level: str, state: str = "sent") -> Delivery:
    """Give a level below a post, as the ledger has it."""
    row = rows.delivery(f"reply:{post.id}:{level}", kind="reply", subject=post.subject, argument=level)
    return replace(row, state=state, post_id=post.id)


async def furnish(database: Database) -> tuple[Post, ...]:
    """Write three posts in one room and one in another, with a little of everything below them."""
    posts = (
        rows.post("1.0", kind="tip", version=3, corrected="2026-11-02"),
        rows.post("2.0", kind="tip", created_at=DECEMBER, subject="tip/b"),
        rows.post(
            "3.0", kind="share", created_at=DECEMBER + timedelta(seconds=1), subject="dimension/risks", dead=True
        ),
        rows.post("1.0", conversation="C2", kind="tip"),
    )
    async with database.write() as connection:
        await Posts().remember(connection, posts)
        below = [reply(posts[0], "detail"), reply(posts[0], "sources", "failed"), reply(posts[1], "exercise")]
        await Deliveries().insert_missing(connection, [*below, reply(posts[3], "detail")])
        await tallies.add(connection, "slack", "T1", "C1", "tip/a", "useful")
        await tallies.add(connection, "slack", "T1", "C1", "tip/a", "useful", 2)
        await tallies.add(connection, "slack", "T1", "C2", "tip/a", "useful", 5)
        for conversation, counts, state in (("C1", "3 0 4", "closed"), ("C1", "", "open"), ("C2", "1 1", "closed")):
            await connection.execute(insert(vote_round).values(**_round(conversation, counts, state)))
        for place, closed in enumerate((None, NOW, None)):
            await connection.execute(insert(feedback).values(**_told(str(place), closed)))
    return posts


def _round(conversation: str, counts: str, state: str) -> dict[str, object]:
    place = {"platform": "slack", "workspace": "T1", "conversation": conversation}
    shape = {"dilemma": "d", "state": state, "counts": counts, "closes_at": NOW, "created_at": NOW}
    return {"id": ids.fresh(NOW), **place, **shape}


def _told(id_: str, closed: datetime | None) -> dict[str, object]:
    place = {"platform": "slack", "workspace": "T1", "conversation": "C1"}
    return {"id": id_, **place, "kind": "wrong", "subject": "tip/a", "created_at": NOW, "closed_at": closed}


async def test_a_room_counts_what_was_done_there(database: Database) -> None:
    """Posts by month in UTC, levels that were posted, tallies that add up, votes of closed rounds, open feedback."""
    await furnish(database)
    async with database.read() as connection:
        assert await outcomes.of(connection, ROOM) == Outcomes(
            posted=(
                Posted("share", "dimension/risks", "2027-01", 1, DECEMBER + timedelta(seconds=1)),
                Posted("tip", "tip/a", "2026-11", 1, NOW),
                Posted("tip", "tip/b", "2026-12", 1, DECEMBER),
            ),
            below=(Below("tip/a", "detail", 1), Below("tip/b", "exercise", 1)),
            tallies=(Tally("tip/a", "useful", 3),),
            rounds=(Round("d", 7, 1),),
            told=(Told("tip/a", "wrong", False, 1), Told("tip/a", "wrong", True, 2)),  # noqa: FBT003 # a row
        )


async def test_a_wider_scope_adds_rooms_up(database: Database) -> None:
    """A workspace, a platform and all see both rooms here; another workspace or platform sees nothing."""
    await furnish(database)
    async with database.read() as connection:
        everything = await outcomes.of(connection, Scope())
        assert everything == await outcomes.of(connection, Scope("slack", "T1"))
        assert everything == await outcomes.of(connection, Scope(conversations=("C1", "C2")))
        assert {row.subject: row.total for row in everything.posted if row.kind == "tip"} == {"tip/a": 2, "tip/b": 1}
        assert everything.tallies == (Tally("tip/a", "useful", 8),)
        assert everything.rounds == (Round("d", 2, 1), Round("d", 7, 1))
        for nowhere in (Scope("teams"), Scope("slack", "T2"), Scope("slack", "T1", ("C3",))):
            assert await outcomes.of(connection, nowhere) == Outcomes()


async def test_the_record_lists_posts_in_their_order(database: Database) -> None:
    """Oldest first, from a moment on and before another, or the newest alone; with version and levels below."""
    await furnish(database)
    first = Taught(NOW, "tip", "tip/a", 3, "2026-11-02", 1)
    second = Taught(DECEMBER, "tip", "tip/b", 0, "", 1)
    third = Taught(DECEMBER + timedelta(seconds=1), "share", "dimension/risks", 0, "", 0)
    async with database.read() as connection:
        assert await outcomes.taught(connection, ROOM, None, None) == (first, second, third)
        assert await outcomes.taught(connection, ROOM, NOW, DECEMBER) == (first,)
        assert await outcomes.taught(connection, ROOM, DECEMBER, None) == (second, third)
        assert await outcomes.taught(connection, ROOM, None, None, 1) == (third,)


async def test_the_record_lists_a_dilemma_once_in_the_version_that_was_voted_on(database: Database) -> None:
    """What was asked of its twist, in its thread, is no row of its own."""
    case, twist = (rows.post(message_id, kind="round", subject="dilemma/d") for message_id in ("4.0", "5.0"))
    asked = _round("C1", "", "open") | {"message_id": "4.0", "version": 2}
    more = _round("C1", "", "open") | {"message_id": "5.0", "version": 2, "parent": asked["id"]}
    async with database.write() as connection:
        await Posts().remember(connection, (case, twist))
        await connection.execute(insert(vote_round).values(**asked))
        await connection.execute(insert(vote_round).values(**more))
    async with database.read() as connection:
        assert await outcomes.taught(connection, ROOM, None, None) == (Taught(NOW, "round", "dilemma/d", 2, "", 0),)


async def test_many_counts_are_added_at_once_and_none_is_lost(database: Database) -> None:
    """Twenty writers add to the same counts side by side, each its own way round: nobody waits for ever."""
    keys = [Tallied("slack", "T1", "C1", f"tip/{number}", "detail") for number in range(5)]

    async def write(turn: int) -> None:
        order = keys if turn % 2 else keys[::-1]
        async with database.write() as connection:
            await tallies.add_all(connection, dict.fromkeys(order, 1 + turn))

    async with asyncio.TaskGroup() as group:
        for turn in range(20):
            group.create_task(write(turn))
    async with database.read() as connection:
        counted = (await outcomes.of(connection, ROOM)).tallies
    assert Counter({row.subject: row.total for row in counted}) == Counter({key.subject: 210 for key in keys})


async def test_nothing_is_left_of_a_workspace_that_is_gone(database: Database) -> None:
    """Counts go with the rooms they were made in."""
    await furnish(database)
    async with database.write() as connection:
        await Forgetting().conversations(connection, "slack", "T1", ["C1"])
    async with database.read() as connection:
        assert (await outcomes.of(connection, ROOM)).tallies == ()
        assert (await outcomes.of(connection, Scope())).tallies == (Tally("tip/a", "useful", 5),)
    async with database.write() as connection:
        await Forgetting().workspace(connection, "slack", "T1")
    async with database.read() as connection:
        left = await outcomes.of(connection, Scope())
        assert (left.posted, left.below, left.tallies, left.rounds) == ((), (), (), ())


async def test_a_rooms_counts_read_no_other_rooms_rows(sqlite: Database) -> None:
    """However many posts there are elsewhere: the room's own are found by an index, and the levels below by theirs."""
    await furnish(sqlite)
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:  # noqa: ANN401 # SQLAlchemy's own
        asked.append((statement, parameters))

    async with sqlite.read() as connection:
        listened = connection.sync_connection
        event.listen(listened, "before_cursor_execute", note)
        await outcomes.of(connection, ROOM)
        await outcomes.taught(connection, ROOM, None, None)
        event.remove(listened, "before_cursor_execute", note)
        plans = []
        for statement, parameters in asked:
            found = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans += [str(row[3]) for row in found]
    assert [step for step in plans if step.startswith("SCAN") and "feedback" not in step] == []
    searches = [step for step in plans if step.startswith("SEARCH delivery")]
    assert searches
    assert all("(key=?)" in step for step in searches), searches
    assert all("conversation=?" in step for step in plans if step.startswith("SEARCH post"))
