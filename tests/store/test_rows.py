"""The rows: what goes in comes out, and what must be once is once."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from store import ids
from store.database.access import Database
from store.deliveries.queue import Queue
from store.deliveries.rows import Deliveries
from store.due_subscriptions import Advance, DueSubscriptions
from store.forgetting import Forgetting, Forgotten
from store.posts import Posts
from store.subscriptions import Subscriptions
from tests.store import rows
from tests.store.rows import NOW

subscriptions, posts, deliveries = Subscriptions(), Posts(), Deliveries()
due_subscriptions, queue = DueSubscriptions(), Queue()


async def test_a_subscription_comes_out_as_it_went_in(database: Database) -> None:
    """Every field survives, by whichever way it is read."""
    standing = rows.subscription(seen=("a", "b"), skip_slot="2026-W48", skip_by="U2", last_slot="2026-W47", cycle=3)
    async with database.write() as connection:
        await subscriptions.insert(connection, standing)
        assert await subscriptions.find(connection, "slack", "T1", "C1") == standing
        assert await subscriptions.by_id(connection, standing.id) == standing
        assert await subscriptions.by_ids(connection, [standing.id, "none"]) == {standing.id: standing}
        assert [one.id for one in await due_subscriptions.due(connection, NOW, 10)] == [standing.id]
        assert await subscriptions.every(connection, "slack", "T1") == (standing,)
        assert await subscriptions.every(connection, "slack", "T2") == ()
        assert await subscriptions.find(connection, "teams", "T1", "C1") is None
        changed = replace(standing, state="paused", reason="person", next_run_at=None)
        await subscriptions.save(connection, changed)
        assert await subscriptions.by_id(connection, standing.id) == changed


async def test_a_conversation_has_one_subscription(database: Database) -> None:
    """A second row for the same conversation is refused by the database itself."""
    with pytest.raises(IntegrityError):  # noqa: PT012 # the error has to leave the transaction
        async with database.write() as connection:
            await subscriptions.insert(connection, rows.subscription())
            await subscriptions.insert(connection, rows.subscription())


async def test_only_what_is_on_and_due_is_due(database: Database) -> None:
    """Paused ones and later ones are not due; the longest waiting comes first."""
    early = rows.subscription("C1", next_run_at=NOW - timedelta(hours=1))
    now = rows.subscription("C2")
    later = rows.subscription("C3", next_run_at=NOW + timedelta(seconds=1))
    paused = rows.subscription("C4", state="paused", next_run_at=None)
    async with database.write() as connection:
        for one in (now, later, paused, early):
            await subscriptions.insert(connection, one)
        found = await due_subscriptions.due(connection, NOW, 10)
        assert [one.id for one in found] == [early.id, now.id]
        assert all(getattr(one, name) == getattr(early, name) for one in found[:1] for name in one._fields)
        assert await subscriptions.next_due(connection) == early.next_run_at
        assert await subscriptions.counts(connection) == {"starting": 0, "on": 3, "paused": 1, "off": 0}
        advance = Advance(early.id, NOW + timedelta(days=7), ("a",), 2, "2026-W48")
        await due_subscriptions.advance(connection, (advance,))
        assert await subscriptions.by_id(connection, early.id) == replace(
            early, next_run_at=advance.next_run_at, seen=("a",), cycle=2, last_slot="2026-W48"
        )


async def test_next_due_of_nothing(database: Database) -> None:
    """Where nothing is on there is no next moment."""
    async with database.read() as connection:
        assert await subscriptions.next_due(connection) is None


async def test_a_post_is_found_where_it_stands(database: Database) -> None:
    """Only the very message is ours; remembering it twice keeps the first row."""
    post = rows.post()
    in_thread = rows.post("2.0", thread="1.0")
    async with database.write() as connection:
        await posts.remember(connection, (post, in_thread))
        await posts.remember(connection, (rows.post(subject="tip/other"),))
        assert await posts.find(connection, "slack", "T1", "C1", "1.0") == post
        assert await posts.find(connection, "slack", "T1", "C2", "1.0") is None
        assert (post.replies_to, in_thread.replies_to) == ("1.0", "1.0")
        await posts.bury(connection, (post.id,))
        assert await posts.by_id(connection, post.id) == replace(post, dead=True)
        assert await posts.dead(connection, (post.id, in_thread.id)) == {post.id}


async def test_a_promise_is_made_once(database: Database) -> None:
    """The second with the same key gets the row that stands."""
    first, second = rows.delivery("reply:p:detail", argument="detail"), rows.delivery("reply:p:detail")
    async with database.write() as connection:
        await deliveries.insert_missing(connection, (first,))
        await deliveries.insert_missing(connection, (second, rows.delivery("other")))
        assert (await deliveries.by_keys(connection, ["reply:p:detail", "none"])) == {"reply:p:detail": first}
        assert (await deliveries.counts(connection))["planned"] == 2


async def test_an_outcome_is_written_only_for_its_own_lease(database: Database) -> None:
    """A row that was leased again, or settled, is not overwritten by whoever comes late."""
    row = rows.delivery(state="sending", attempt=1, lease_owner="me")
    async with database.write() as connection:
        await deliveries.insert_missing(connection, (row,))
        for foreign in (replace(row, lease_owner="you"), replace(row, attempt=2)):
            await queue.settle(connection, (replace(foreign, state="sent"),))
            assert await deliveries.by_id(connection, row.id) == row
        await queue.settle(connection, (replace(row, state="unknown"),))
        await queue.settle(connection, (replace(row, state="sent", message_id="1.0"),))
        await queue.settle(connection, (replace(row, state="failed"),))
        assert await deliveries.by_id(connection, row.id) == replace(row, state="sent", message_id="1.0")


async def test_lists_for_people_are_newest_first(database: Database) -> None:
    """Doctor and settings see the latest rows."""
    old, new = (
        rows.delivery(key, subscription_id="s", state="unknown", now=NOW + timedelta(days=days))
        for key, days in (("a", 0), ("b", 7))
    )
    async with database.write() as connection:
        await deliveries.insert_missing(connection, (old, new))
        assert await deliveries.of_subscription(connection, "s") == (new, old)
        assert await deliveries.in_state(connection, "unknown", 1) == (new,)


async def test_unknown_tips_are_listed_however_old(database: Database) -> None:
    """The way out of an unknown outcome is a list: this subscription's tips alone, newest first."""
    old, new = (
        rows.delivery(key, kind="tip", subscription_id="s", state="unknown", now=NOW + timedelta(days=days))
        for key, days in (("a", 0), ("b", 7))
    )
    others = (
        rows.delivery("sent", kind="tip", subscription_id="s", state="sent"),
        rows.delivery("introduction", kind="introduction", subscription_id="s", state="unknown"),
        rows.delivery("elsewhere", kind="tip", subscription_id="other", state="unknown"),
    )
    async with database.write() as connection:
        await deliveries.insert_missing(connection, (old, new, *others))
        assert await deliveries.unknown_of(connection, "s") == (new, old)
        assert await deliveries.unknown_of(connection, "s", 1) == (new,)


async def test_who_is_paused_for_a_reason_is_found(database: Database) -> None:
    """Workspaces that removed the app are found by the reason that was written down, on their own platform only."""
    removed = rows.subscription("C1", state="paused", reason="app_uninstalled", next_run_at=None)
    others = (
        rows.subscription("C2", state="paused", reason="person", next_run_at=None),
        rows.subscription("C3", state="off", reason="app_uninstalled", next_run_at=None),
        rows.subscription("C4", state="paused", reason="app_uninstalled", next_run_at=None, platform="teams"),
    )
    async with database.write() as connection:
        for one in (removed, *others):
            await subscriptions.insert(connection, one)
        assert await subscriptions.paused_because(connection, "slack", ("app_uninstalled",)) == (removed,)


async def test_a_workspace_is_forgotten_row_by_row(database: Database) -> None:
    """Nothing of the workspace is left in any table; the same ids on another platform or workspace stay."""
    here, neighbours = ("slack", "T1"), (("slack", "T2"), ("teams", "T1"))
    async with database.write() as connection:
        for platform, workspace in (here, *neighbours):
            place = {"platform": platform, "workspace": workspace}
            await subscriptions.insert(connection, rows.subscription(**place))
            post = rows.post(**place)
            await posts.remember(connection, (post,))
            row = rows.delivery(f"{platform} {workspace}", post_id=post.id, **place)
            await deliveries.insert_missing(connection, (row,))
        assert await Forgetting().workspace(connection, *here) == Forgotten(subscriptions=1, posts=1, deliveries=1)
        for name in ("subscription", "post", "delivery"):
            left = await connection.execute(text(f"SELECT platform, workspace FROM {name} ORDER BY 1, 2"))  # noqa: S608 # three names of ours
            assert [tuple(row) for row in left] == list(neighbours)


async def test_an_instant_needs_its_zone(database: Database) -> None:
    """A datetime that could mean any moment is refused before it is stored."""
    with pytest.raises(ValueError, match="needs its time zone"):
        async with database.write() as connection:
            await subscriptions.insert(connection, rows.subscription(next_run_at=datetime(2026, 1, 1)))  # noqa: DTZ001 # what is refused


def test_ids_sort_by_time() -> None:
    """A later id sorts after an earlier one, and no two are the same."""
    early, late = ids.fresh(NOW), ids.fresh(NOW + timedelta(milliseconds=1))
    assert early < late
    assert ids.first(NOW) <= early < ids.first(NOW + timedelta(milliseconds=1)) <= late
    assert len({ids.fresh(NOW) for _ in range(1000)}) == 1000
    assert (len(early), early[12]) == (32, "7")


@pytest.mark.parametrize(
    ("changed_by", "person", "may"), [("anyone", "U2", True), ("owner", "U2", False), ("owner", "U1", True)]
)
def test_who_may_change_a_subscription(changed_by: str, person: str, may: bool) -> None:  # noqa: FBT001 # a column of the table above
    """The owner always, others only where anyone may."""
    assert rows.subscription(changed_by=changed_by).may_be_changed_by(person) is may
