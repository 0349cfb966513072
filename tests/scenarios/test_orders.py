"""Every way to write, on PostgreSQL: rows are taken in one order, so that no two transactions wait for each other."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from cards.reason import PlatformCode
from messengers.base import Address
from scheduler import housekeeping
from scheduler.subscriptions import closed_conversations, pausing, turning_on
from scheduler.subscriptions.turning_on import Addition
from scheduler.weekly import Schedule
from store.database.access import Database
from store.deliveries.rows import Deliveries
from store.subscriptions import Subscriptions
from tests.scenarios.chat import Chat, Shown
from tests.scenarios.slack_chat import SlackChat
from tests.scenarios.teams_chat import TeamsChat
from tests.scenarios.test_scenarios import FORM
from tests.store import orders, rows

WORDS = ("skip", "keep", "pause", "resume", "upcoming", "history")
WEEK = timedelta(weeks=1)


async def steer(chat: Chat) -> Shown:
    """Turn tips on, change them in every way people have, and let tips come, fail and be sent again."""
    card = await chat.fill(await chat.ask("tips"), "Turn on…", FORM)
    assert isinstance(card, Shown)
    for word in WORDS:
        await chat.ask(f"tips {word}")
    for label, values in (
        ("Pause…", {"until": "2026-12-07"}),
        ("Edit", {"weekday": "1", "at": "10:00", "zone": "Europe/Paris", "changed_by": "owner"}),
    ):
        await chat.fill(await chat.ask("tips"), label, values)
    await chat.ask("tips resume")
    card = await chat.ask("tips", who="bob")
    if "Take over…" in card.buttons:
        await chat.press(card, "Take over…", who="bob")
    await chat.lose_answers(1)
    chat.clock.move(days=1, hours=1)
    await chat.tick()
    await chat.press(await chat.ask("doctor"), "Send it now")
    chat.clock.move(days=7)
    await chat.tick()
    return (await chat.everyone())[-1]


async def deepen(chat: Chat, tip: Shown) -> None:
    """Go deeper by reaction and by button, share, and ask the same once more."""
    await chat.react(tip, "detail")
    for label in ("More detail", "Sources"):
        await chat.press(tip, label, who="bob", twice=True)
    card = await chat.ask("risks")
    if "Share" not in card.buttons:
        card = await chat.press(card, "Open privately")
    await chat.press(card, "Share", twice=True)


async def clear_up(chat: Chat) -> None:
    """Turn tips off and on with an introduction that nobody confirmed, look outcomes up, and clear what is old."""
    await chat.ask("tips off")
    await chat.lose_answers(1)
    await chat.fill(await chat.ask("tips"), "Turn on…", FORM)
    chat.clock.move(hours=1)
    await chat.bot.ticker.reconcile()
    await chat.ask("tips resume")
    await chat.close_room()
    chat.clock.move(days=8)
    await chat.tick()
    chat.clock.move(days=420)
    await chat.bot.ticker.housekeep()


@pytest.mark.long
@pytest.mark.parametrize("platform", ["slack", "teams"])
async def test_rows_are_taken_in_one_order_whatever_people_do(
    platform: str, tmp_path: Path, migrated_postgres: str
) -> None:
    """Steering, deepening, sharing, posting, losing answers, clearing: nothing is taken that should come before."""
    kind = SlackChat if platform == "slack" else TeamsChat
    with orders.watched() as seen:
        async with kind(tmp_path, DATABASE_URL=migrated_postgres) as chat:
            await deepen(chat, await steer(chat))
            await clear_up(chat)
            if isinstance(chat, SlackChat):
                slack = chat.world.slack
                await slack.send_event({"type": "app_uninstalled"})
                await chat.world.settle()
                slack.revoke_token()
                await slack.send_event({"type": "tokens_revoked", "tokens": {"bot": [slack.bot_user]}})
                await chat.world.settle()
            else:
                assert isinstance(chat, TeamsChat)
                await chat.teams.archive_team(chat.product)
                await chat.teams.unarchive_team(chat.product)
                await chat.teams.delete_channel(chat.room)
                await chat.teams.uninstall(chat.teams.general(chat.product))
    assert seen.faults == []
    assert seen.taken > 100


async def test_rows_are_taken_in_one_order_whatever_operators_do(migrated_postgres: str) -> None:
    """Adding many, twice and with introductions; stopping, forgetting, and clearing what was never confirmed."""
    database = Database(migrated_postgres)
    schedule, now = Schedule.parse("monday", "09:00", "UTC"), rows.NOW
    additions = [Addition(Address("slack", "T1", f"C{number}"), schedule, "U1") for number in range(9)]
    with orders.watched() as seen:
        for introduce in (True, True, False):
            async with database.read() as connection:
                standing = await Subscriptions().every(connection)
            for one in standing[::2]:
                async with database.write() as connection:
                    await pausing.turn_off(connection, one.id, by="U1", now=now)
            async with database.write() as connection:
                await turning_on.add_each(connection, additions, introduce=introduce, now=now)
        async with database.write() as connection:
            await closed_conversations.stop_conversations(
                connection, "slack", "T1", ["C3", "C1"], PlatformCode("is_archived"), now
            )
        async with database.write() as connection:
            await closed_conversations.forget_conversations(connection, "slack", "T1", ["C1", "C0"])
        await housekeeping.clear_old(database, now + 60 * WEEK)
        async with database.write() as connection:
            await pausing.forget_workspace(connection, "slack", "T1")
    assert seen.faults == []
    await database.close()


async def test_the_watch_sees_what_is_out_of_order(migrated_postgres: str) -> None:
    """A subscription first, and then a delivery that had been there before."""
    database, standing = Database(migrated_postgres), rows.subscription()
    async with database.write() as connection:
        await Subscriptions().insert(connection, standing)
        await Deliveries().insert_missing(connection, [rows.delivery("share:1")])
    with orders.watched() as seen:
        async with database.write() as connection:
            await Subscriptions().by_id(connection, standing.id)
            await Deliveries().by_keys(connection, ["share:1"])
    assert [fault.split()[0] for fault in seen.faults] == ["delivery"]
    await database.close()


async def test_the_watch_sees_a_lock_however_it_is_spaced(migrated_postgres: str) -> None:
    """Statements that were written by hand, too; one that only looks takes nothing."""
    database, standing = Database(migrated_postgres), rows.subscription()
    async with database.write() as connection:
        await Subscriptions().insert(connection, standing)
        await Deliveries().insert_missing(connection, [rows.delivery("share:1")])
    faults = []
    for lock in ("", "\nFOR UPDATE", "\n\tFOR\n\tSHARE", " WHERE (true)for no key update"):
        with orders.watched() as seen:
            async with database.write() as connection:
                await Subscriptions().by_id(connection, standing.id)
                await connection.execute(text(f"SELECT id FROM delivery{lock}"))  # noqa: S608 # the test's own words
        faults.append(len(seen.faults))
    assert faults == [0, 1, 1, 1]
    await database.close()
