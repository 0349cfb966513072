"""What is held about one person: planted in every column that may name them, counted, deleted, and searched for."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import String, Text, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cards.reason import SkippedBy
from scheduler.subscriptions import owners
from store import ids, installation_tables, learning_tables, personal, tables
from store.columns import metadata
from store.database.access import Database
from store.deliveries.rows import Deliveries
from store.history import Entry, History
from store.learning.learners import Learners
from store.posts import Posts
from store.subscriptions import Subscription, Subscriptions
from tests.store.rows import NOW, delivery, post, subscription

ME, OTHER = "U1", "U10"  # one id is a part of the other
CHAT = "D1"
PAGE = Path("docs/privacy.md").read_text(encoding="utf-8")
# What goes with the app alone, as the card says.
STAYS = {"conversation.person", "installation.installer"}
_deliveries, _posts, _subscriptions, _history = Deliveries(), Posts(), Subscriptions(), History()


async def named(connection: AsyncConnection, id_: str, workspace: str = "T1") -> set[str]:
    """List the columns in which an id stands, on its own or as a word of something longer."""
    found: set[str] = set()
    word = re.compile(rf"(?<![A-Za-z0-9]){id_}(?![A-Za-z0-9])")
    for table in metadata.sorted_tables:
        for row in (await connection.execute(select(table))).mappings():
            if row.get("workspace", row.get("place", workspace)) == workspace:
                texts = [column.name for column in table.columns if isinstance(column.type, String | Text)]
                found |= {f"{table.name}.{name}" for name in texts if word.search(str(row[name]))}
    return found


async def plant(
    connection: AsyncConnection, me: str, workspace: str, chat: str, platform: str = "slack"
) -> Mapping[str, Subscription]:
    """Write a row for each way in which somebody can be named, and what stands beside them."""
    here: dict[str, str] = {"platform": platform, "workspace": workspace}
    rows = {
        "own": subscription(me, **here, owner=me),
        "owned": subscription(f"C1{me}", **here, owner=me, co_owners=("U3", "U4")),
        "alone": subscription(f"C2{me}", **here, owner=me, changed_by="owner"),
        "shared": subscription(f"C3{me}", **here, owner="U3", co_owners=("U4", me)),
        "paused": subscription(
            f"C4{me}", **here, owner="U3", state="paused", reason="person", paused_by=me, next_run_at=None
        ),
        "asked": subscription(
            f"C5{me}", **here, owner="U3", claimed_by=me, claimed_at=NOW, skip_by=me, skip_slot="2026-W49"
        ),
    }
    for one in rows.values():
        await _subscriptions.insert(connection, one)
    await _history.add(connection, rows["own"], [Entry(NOW, me, "began")])
    await _history.add(
        connection,
        rows["shared"],
        [Entry(NOW, me, "paused"), Entry(NOW, "U3", "owner", f"U3 U4 {me}"), Entry(NOW, "U3", "declined", me)],
    )
    digest = ids.digest(platform, workspace, me)
    kept = delivery(f"share:kept {me}", **here, conversation=me, state="sent", message_id=f"1.{me}")
    mine = [
        kept,
        delivery(f"share:waits {digest}", **here, person=me),
        delivery(f"tip:by hand {digest}", **here, kind="tip", state="sent", person=me),
        delivery(f"plan:{digest}", **here, kind="plan", conversation=me, person=me, argument="p words"),
        replace(
            delivery(f"notice:{digest}", **here, kind="notice", conversation="U3", state="sent"),
            argument=f"{owners.CLAIM}{me} C5",
        ),
        delivery(f"tip:skipped {digest}", **here, kind="tip", state="skipped", reason=str(SkippedBy(me))),
    ]
    await _deliveries.insert_missing(connection, sorted(mine, key=lambda row: row.key))
    await _posts.remember(
        connection,
        [post(f"1.{me}", **here, conversation="D9"), post(f"2.{me}", **here, conversation=chat)],
    )
    learned = learning_tables
    id_ = digest
    await connection.execute(
        insert(learned.vote_round),
        {
            **here,
            "id": id_,
            "conversation": "C1",
            "dilemma": "d",
            "person": me,
            "state": "open",
            "closes_at": NOW,
            "created_at": NOW,
        },
    )
    await connection.execute(insert(learned.vote), {"id": id_, "round_id": id_, "person": me, "choice": 0})
    await connection.execute(
        insert(learned.plan),
        {
            **here,
            "id": id_,
            "person": me,
            "subject": "",
            "words": "w",
            "state": "waiting",
            "due_at": NOW,
            "created_at": NOW,
        },
    )
    await connection.execute(
        insert(learned.feedback),
        {**here, "id": id_, "conversation": "C1", "kind": "wrong", "person": me, "created_at": NOW},
    )
    await Learners().add(connection, (platform, workspace, me), NOW)
    await Learners().note(connection, (platform, workspace, me), "tip/a", "opened", NOW)
    await connection.execute(
        insert(tables.conversation),
        {
            **here,
            "id": id_,
            "conversation": f"a:x{me}",
            "kind": "personal",
            "person": me,
            "service_url": "",
            "changed_at": NOW,
        },
    )
    return rows


async def install(connection: AsyncConnection, me: str) -> None:
    """Say that somebody installed the app."""
    values = {column.name: "" for column in installation_tables.installation.columns if isinstance(column.type, String)}
    moments = {"installed_at": NOW, "changed_at": NOW}
    given = {"id": "i", "platform": "slack", "place": "T1", "installer": me}
    await connection.execute(insert(installation_tables.installation), values | moments | given)


async def forget(connection: AsyncConnection) -> None:
    """Delete it, as handlers/learning/privacy.py does."""
    who = ("slack", "T1", ME)
    await personal.hold(connection, who)
    await personal.forget_posts(connection, who, (CHAT,))
    await personal.forget_tips(connection, who, (CHAT,))
    for one in (await _subscriptions.by_ids(connection, await personal.tips(connection, who))).values():
        await owners.leave(connection, one, ME, now=NOW)
    await personal.forget_rest(connection, who)


def said_to_name() -> set[str]:
    """List the columns of which the page says that they hold the id of a person."""
    found: set[str] = set()
    table = ""
    for line in PAGE.partition("\n## The tables\n")[2].splitlines():
        if line.startswith("### `"):
            table = line.strip("# `")
        cells = [cell.strip() for cell in line.split("|")]
        if line.startswith("| `") and re.search(
            r"\bids? of who|\bwho (?:asks|skipped)|person's id|their ids", cells[2]
        ):
            found.add(f"{table}.{cells[1].strip('`')}")
    return found


async def test_nothing_names_them_afterwards_but_what_goes_with_the_app(database: Database) -> None:
    """Each column that may hold their id is planted: a new one, of which the page tells, fails until it is."""
    async with database.write() as connection:
        await plant(connection, ME, "T1", CHAT)
        await install(connection, ME)
        planted = await named(connection, ME)
    assert said_to_name() <= planted
    async with database.write() as connection:
        await forget(connection)
    async with database.read() as connection:
        assert await named(connection, ME) == STAYS
        assert (await personal.held(connection, ("slack", "T1", ME))).can_go is False


async def test_nobody_else_and_no_other_workspace_is_touched(database: Database) -> None:
    """Neither who has a longer id, nor the same id in another workspace, as ids on another platform may be."""
    async with database.write() as connection:
        await plant(connection, OTHER, "T1", "D2")
        await plant(connection, ME, "T2", "D3")
        before = [
            [tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        ]
        await forget(connection)
        after = [
            [tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        ]
    assert after == before


async def test_tips_of_a_channel_go_on_under_who_shares_them(database: Database) -> None:
    """The first on the list owns them next; where nobody shares them nobody does, and who may change them stays."""
    async with database.write() as connection:
        rows = await plant(connection, ME, "T1", CHAT)
        await forget(connection)
        now = await _subscriptions.by_ids(connection, [one.id for one in rows.values()])
    left = {name: now.get(one.id) for name, one in rows.items()}
    assert left["own"] is None
    assert left["owned"] == replace(rows["owned"], owner="U3", co_owners=("U4",))
    assert left["alone"] == replace(rows["alone"], owner="")
    assert left["shared"] == replace(rows["shared"], co_owners=("U4",))
    assert left["paused"] == replace(rows["paused"], paused_by=personal.FORGOTTEN)
    assert left["asked"] == replace(rows["asked"], claimed_by="", claimed_at=None, skip_by=personal.FORGOTTEN)


async def test_each_is_counted(database: Database) -> None:
    """As the card says it."""
    async with database.write() as connection:
        await plant(connection, ME, "T1", CHAT)
        await install(connection, ME)
        held = await personal.held(connection, ("slack", "T1", ME), (CHAT,))
        nobody = await personal.held(connection, ("slack", "T1", "U2"))
    assert nobody == personal.Held()
    assert held == personal.Held(
        own_tips=1,
        owned=2,
        shared=1,
        named=2,
        changes=4,
        posts=5,
        plans=1,
        rounds=1,
        votes=1,
        answers=1,
        learned=1,
        is_learner=True,
        has_chat=True,
        has_installed=True,
    )


async def test_what_is_planned_in_a_channel_comes(database: Database) -> None:
    """An introduction that waits names who turned tips on; it lets go of them by itself once it is posted."""
    waits = delivery("introduction:1", kind="introduction", person=ME, now=NOW + timedelta(seconds=1))
    async with database.write() as connection:
        await _deliveries.insert_missing(connection, [waits])
        await forget(connection)
        (row,) = await _deliveries.in_state(connection, "planned", 10)
    assert row.person == ME
