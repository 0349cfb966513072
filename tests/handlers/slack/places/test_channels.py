"""What Slack tells of channels is followed: another id keeps everything, an end pauses."""

from sqlalchemy import select

from store import learning_tables, tables
from store.learning import tallies
from tests.handlers.slack.test_tips import tick, tips, turn_on
from tests.handlers.slack.world import World


async def test_a_channel_that_gets_another_id_keeps_everything(world: World) -> None:
    """Tips, posts, counts and what is still to be posted go on under the new id, once; nothing is left at the old."""
    await turn_on(world)
    old, new = world.room.id, "C0NEWPLACE"
    async with world.bot.database.write() as connection:
        for there, n in ((old, 3), (new, 2)):
            await tallies.add(connection, "slack", world.slack.team, there, "tip/way-out", "useful", n)
    event = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": new}
    for _ in range(2):
        await world.slack.send_event(event)
    async with world.bot.database.read() as connection:
        for table in (tables.subscription, tables.post, tables.delivery, learning_tables.tally):
            places = set(await connection.scalars(select(table.c.conversation)))
            assert old not in places, table.name
        counted = (await connection.execute(select(learning_tables.tally.c.total))).scalars().all()
        assert list(counted) == [5]
        assert await connection.scalar(select(tables.subscription.c.conversation)) == new


async def test_where_tips_are_on_under_the_new_id_already(world: World) -> None:
    """Those stay as they are, and the event is taken all the same."""
    await turn_on(world)
    old = world.room.id
    world.slack.invite_bot(world.elsewhere)
    room, world.room = world.room, world.elsewhere
    await turn_on(world)
    world.room = room
    await world.slack.send_event(
        {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": world.elsewhere.id}
    )
    async with world.bot.database.read() as connection:
        places = set(await connection.scalars(select(tables.subscription.c.conversation)))
    assert places == {old, world.elsewhere.id}
    assert world.failures() == 0


async def test_an_archived_channel_pauses_and_a_rename_changes_nothing(world: World) -> None:
    """Paused with the reason, and its owner told once; unarchived, only a person resumes."""
    await turn_on(world)
    for kind, channel in (
        ("channel_rename", {"id": world.room.id, "name": "renamed"}),
        ("channel_unarchive", world.room.id),
        ("group_archive", "C0ELSEWHERE"),
        ("channel_id_changed", world.room.id),
    ):
        await world.slack.send_event({"type": kind, "channel": channel})
    async with world.bot.database.read() as connection:
        assert await connection.scalar(select(tables.subscription.c.state)) == "on"
    for _ in range(2):
        await world.slack.send_event({"type": "channel_archive", "channel": world.room.id, "user": world.bob.id})
    await world.settle()
    async with world.bot.database.read() as connection:
        row = (await connection.execute(select(tables.subscription))).one()
        notices = (await connection.execute(select(tables.delivery).where(tables.delivery.c.kind == "notice"))).all()
    assert (row.state, row.reason) == ("paused", "channel_archive")
    assert len(notices) == 1
    world.clock.move(days=7)
    await tick(world)
    assert tips(world) == []
