"""Weekly tips on Slack: turning them on, steering them, and getting one a week."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from content import library
from handlers import uninstall
from handlers.context import HandlerContext
from playground.slack.emulator import Ephemeral, Message, Trouble
from scheduler.subscriptions import pausing
from store.subscriptions import Subscriptions
from tests.content import decks
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.world import World, labels
from tests.in_order import received

FORM = {"weekday": "0", "at": "09:00", "zone": "Europe/Paris"}
COUNTED = ("pots", "jars", "leaves", "spoons", "guests", "minutes")  # what tips beside the two of the deck are about


async def open_settings(world: World) -> Ephemeral:
    """Open the settings card in the room as Alice, alone on her screen."""
    return await ask(world, "tips")


async def turn_on(world: World, **values: str | list[str]) -> Ephemeral:
    """Turn tips on through the form and give the settings card as it is afterwards."""
    card = await open_settings(world)
    await world.slack.click(world.alice, card, label="Turn on…")
    view = world.slack.view(world.alice)
    assert view is not None
    answer = await world.slack.submit(world.alice, view, FORM | values)
    assert answer.status == 200
    await world.settle()
    return world.slack.ephemerals(world.alice, world.room)[-1]


def tips(world: World, named: str = "AI PM tip") -> list[Message]:
    """List the tips posted in the room so far, by what the deck calls them."""
    return [post for post in world.slack.posts(world.room) if post.text.startswith(named)]


async def tick(world: World) -> None:
    """Let the clock look once, and finish what it started."""
    await world.bot.ticker.tick()
    await world.settle()


async def test_switching_on_introduces_the_bot_and_names_who_did_it(world: World) -> None:
    """The introduction says who, when, and how to stop it; the settings card then shows the next tip and its moment."""
    card = await turn_on(world)
    (introduction,) = world.slack.posts(world.room)
    assert f"<@{world.alice.id}> turned on" in introduction.text
    assert "Mondays at 09:00 (Europe/Paris)" in introduction.text
    assert "/pm-compare tips" in introduction.text
    assert "are on" in card.text
    assert "Next: Monday 30 November 2026, 09:00 (Europe/Paris)" in card.text
    assert labels(card) == ["Edit", "Skip next", "Upcoming", "Pause…", "More…", "Tips just for me…"]


async def test_switching_on_where_the_bot_is_no_member_stays_off_and_says_how_to_invite(world: World) -> None:
    """The introduction is the membership check: refused, tips stay off, and trying again after the invitation works."""
    world.room = world.elsewhere
    card = await turn_on(world)
    assert "stay off for now" in card.text
    assert "/invite @PM Compare" in card.text
    assert "are off" in (await open_settings(world)).text
    world.slack.faults.clear()
    world.slack.invite_bot(world.elsewhere)
    await world.slack.click(world.alice, card, label="Try again…")
    view = world.slack.view(world.alice)
    assert view is not None
    await world.slack.submit(world.alice, view, FORM)
    await world.settle()
    assert "are on" in (await open_settings(world)).text


async def test_the_form_asks_for_a_zone_and_finds_it_by_typing(world: World) -> None:
    """Without users:read the zone is asked; typing a city finds it, and nothing typed wrong is lost."""
    card = await open_settings(world)
    await world.slack.click(world.alice, card, label="Turn on…")
    view = world.slack.view(world.alice)
    assert view is not None
    found = await world.slack.suggest(world.alice, view, "zone", "par")
    assert "Europe/Paris" in [option["value"] for option in found.options]
    missing = await world.slack.submit(world.alice, view, {"weekday": "0", "at": "09:00"})
    assert missing.error == "required"


async def test_the_persons_own_zone_is_the_default_where_it_may_be_read(tmp_path: Path) -> None:
    """With users:read granted, the form opens with the person's zone chosen."""
    async with World(tmp_path, scopes=("users:read",)) as world:
        await world.slack.click(world.alice, await open_settings(world), label="Turn on…")
        view = world.slack.view(world.alice)
        assert view is not None
        zone = next(block for block in view.body["blocks"] if block.get("block_id") == "zone")
        assert zone["element"]["initial_option"]["value"] == "Europe/Paris"


async def test_one_tip_a_week_through_all_of_them_before_one_repeats(world: World, tmp_path: Path) -> None:
    """Each week one tip, in order, each once; then a new cycle begins."""
    (tmp_path / "deck").mkdir()
    second = decks.TIPS[decks.TIPS.index("  - id: count-cups") :]
    more = [second.replace("count-cups", f"count-{each}").replace("your cups", f"your {each}") for each in COUNTED]
    written = decks.written(tmp_path / "deck", {"tips.yaml": (second, "".join((second, *more)))})
    world.bot.content.library = library.load(written)
    await turn_on(world)
    deck = world.bot.content.library.tips
    assert len(deck) == len(COUNTED) + 2
    for _ in range(len(deck) + 2):
        world.clock.move(days=7)
        await tick(world)
    posts = tips(world, "Tea tip")
    titles = [next(b["text"]["text"] for b in post.blocks if b["type"] == "header") for post in posts]
    assert titles == [tip.title for tip in received(world.bot.content.library, len(deck) + 2)]
    assert len(set(titles[: len(deck)])) == len(deck)


async def test_a_tip_carries_its_dimensions_button_and_the_reaction_line(world: World) -> None:
    """From a tip a reader gets to the comparison, and every level by button or reaction."""
    await turn_on(world)
    world.clock.move(days=7)
    await tick(world)
    (tip,) = tips(world)
    assert "Compare: " in tip.text
    assert "React 🔍 more detail · 📚 sources · 🧪 exercise" in tip.text
    for name in ("mag", "books", "test_tube"):
        await world.slack.react(world.bob, tip, name)
    await world.settle()
    assert len(world.slack.thread(world.room, tip.ts)) == 3


async def test_ticks_restarts_and_a_second_process_bring_no_second_tip(world: World) -> None:
    """However often, and by however many, the clock looks: one tip a week."""
    await turn_on(world)
    world.clock.move(days=7)
    await asyncio.gather(*(world.bot.ticker.tick() for _ in range(5)))
    await world.settle()
    await world.stop()
    await world.start()
    async with world.another_bot() as other:
        await asyncio.gather(world.bot.ticker.tick(), other.ticker.tick())
        await other.dispatcher.finish()
    await world.settle()
    assert len(tips(world)) == 1


async def test_a_late_start_posts_this_weeks_tip_and_notes_the_missed_ones(world: World) -> None:
    """After three weeks and an hour down, one tip comes, and the doctor says that two were missed."""
    await turn_on(world)
    world.clock.move(days=21)  # Monday 14 December, 09:30 in Paris: half an hour late
    await tick(world)
    assert len(tips(world)) == 1
    told = (await ask(world, "doctor")).text
    assert told.count("missed while the bot was down") == 2


async def test_a_tip_later_than_the_grace_is_skipped_with_the_reason(world: World) -> None:
    """Monday's tip does not come on Tuesday: it is noted, and stays in the pool."""
    await turn_on(world)
    world.clock.moment = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    await tick(world)
    assert tips(world) == []
    assert "missed while the bot was down" in (await ask(world, "doctor")).text
    world.clock.moment = datetime(2026, 12, 7, 8, 30, tzinfo=UTC)
    await tick(world)
    assert received(world.bot.content.library, 1, date(2026, 12, 7))[0].title in tips(world)[0].text


@pytest.mark.parametrize("season", [datetime(2027, 3, 28, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
async def test_a_change_of_clocks_keeps_the_local_hour(world: World, season: datetime) -> None:
    """The tip comes at the wall-clock hour on both sides of a change to or from summer time."""
    world.clock.moment = season - timedelta(days=10)
    await turn_on(world, weekday="0", at="09:00")
    for _ in range(21 * 4):
        world.clock.move(hours=6)
        await world.bot.ticker.tick()
    await world.settle()
    async with world.bot.database.read() as connection:
        rows = await world.deliveries(connection)
    moments = sorted(row.due_at for row in rows if row.kind == "tip")
    assert len(moments) == 3
    assert {world.local(moment).strftime("%A %H:%M") for moment in moments} == {"Monday 09:00"}
    assert len({moment.hour for moment in moments}) == 2


async def test_skip_pause_resume_and_turn_off_do_what_they_say(world: World) -> None:
    """Each button changes the card in place, and what it says holds at the next tick."""
    card = await turn_on(world)
    await world.slack.click(world.alice, card, label="Skip next")
    await world.settle()
    card = world.slack.ephemerals(world.alice, world.room)[-1]
    assert f"No tip on Monday 30 November (<@{world.alice.id}> skipped it)" in card.text
    assert "Next: Monday 7 December 2026" in card.text
    world.clock.move(days=7)
    await tick(world)
    assert tips(world) == []
    card = await ask(world, "tips pause")
    assert "are paused" in card.text
    world.clock.move(days=7)
    await tick(world)
    assert tips(world) == []
    await world.slack.click(world.alice, card, label="Resume")
    await world.settle()
    card = world.slack.ephemerals(world.alice, world.room)[-1]
    world.clock.move(days=7)
    await tick(world)
    assert len(tips(world)) == 1
    await world.slack.click(world.alice, card, label="More…")
    await world.settle()
    more = world.slack.ephemerals(world.alice, world.room)[-1]
    await world.slack.click(world.alice, more, label="Turn off")
    await world.settle()
    assert "are off" in world.slack.ephemerals(world.alice, world.room)[-1].text
    world.clock.move(days=7)
    await tick(world)
    assert len(tips(world)) == 1


async def test_only_the_owner_changes_what_is_the_owners(world: World) -> None:
    """Where the owner said "only me", others see the settings and the preview, and their clicks change nothing."""
    await turn_on(world, changed_by="owner")
    theirs = await world.slack.command(world.bob, world.room, "/pm-compare tips")
    assert theirs.ephemeral is not None
    assert labels(theirs.ephemeral) == ["Upcoming", "History", "Take over…", "Tips just for me…"]
    answer = await world.press_raw_as(world.bob, "tips-off||")
    await world.settle()
    assert answer.status == 200
    assert "Only the person who set this up" in world.slack.ephemerals(world.bob, world.room)[-1].text
    assert "are on" in (await open_settings(world)).text


async def test_an_archived_channel_pauses_and_its_owner_is_told_once(world: World) -> None:
    """A definite refusal pauses with the reason; the owner gets one direct message; nothing is tried again."""
    await turn_on(world)
    world.slack.archive(world.room)
    for _ in range(3):
        world.clock.move(days=7)
        await tick(world)
    await world.settle()
    told = world.slack.posts(world.slack.dm(world.alice))
    assert len(told) == 1
    assert f"Weekly tips for <#{world.room.id}> are paused" in told[0].text
    assert "archived or gone" in told[0].text
    assert (await world.bot_counts())["failed"] == 1
    world.slack.faults.clear()


async def test_a_lost_answer_is_never_sent_again_and_send_it_now_reuses_the_row(world: World) -> None:
    """Posted, but the answer lost: one post, shown by the doctor as unknown; only a person sends it again."""
    await turn_on(world)
    world.slack.trouble.append(Trouble("chat.postMessage", "5xx_after"))
    world.clock.move(days=7)
    await tick(world)
    await tick(world)
    assert len(tips(world)) == 1
    card = await ask(world, "doctor")
    assert "may or may not have been posted" in card.text
    await world.slack.click(world.alice, card, label="Send it now")
    await world.settle()
    assert len(tips(world)) == 2
    assert (await world.bot_counts())["unknown"] == 0


async def test_edit_changes_the_hour_and_posts_no_second_introduction(world: World) -> None:
    """Changing what is on is silent in the channel; the next moment follows the new hour."""
    card = await turn_on(world)
    await world.slack.click(world.alice, card, label="Edit")
    view = world.slack.view(world.alice)
    assert view is not None
    await world.slack.submit(world.alice, view, {"weekday": "2", "at": "16:30"})
    await world.settle()
    card = world.slack.ephemerals(world.alice, world.room)[-1]
    assert "Next: Wednesday 25 November 2026, 16:30 (Europe/Paris)" in card.text
    assert len(world.slack.posts(world.room)) == 1


async def test_uninstalling_removes_what_is_held(world: World) -> None:
    """When the app is removed, its rows go; a late event after a re-install deletes nothing."""
    await turn_on(world)
    await world.slack.send_event({"type": "app_uninstalled"})
    await world.settle()
    assert await world.rows() > 0  # the token still works: a late event
    assert "are on" in (await open_settings(world)).text
    world.slack.revoke_token()
    await world.slack.send_event({"type": "tokens_revoked", "tokens": {"bot": [world.slack.bot_user]}})
    await world.settle()
    assert await world.rows() == 0
    world.slack.faults.clear()


async def test_an_uninstall_is_not_forgotten_where_tips_are_off(world: World) -> None:
    """A workspace whose tips are all off has nothing to pause; after a restart its rows go all the same."""
    await turn_on(world)
    database, now = world.bot.database, world.clock()
    context = HandlerContext(world.bot.content, database, world.clock, lambda: None, world.bot.tasks.spawn)
    async with database.write() as connection:
        (standing,) = await Subscriptions().every(connection)
        await pausing.turn_off(connection, standing.id, by="U1", now=now)
    await uninstall.stop(context, "slack", world.slack.team)
    assert await uninstall.stopped(context, "slack") == (world.slack.team,)
    await uninstall.restart(context, "slack", world.slack.team)
    assert await uninstall.stopped(context, "slack") == ()
    await uninstall.stop(context, "slack", world.slack.team)
    await uninstall.forget(context, "slack", world.slack.team)
    assert await uninstall.stopped(context, "slack") == ()
    assert await world.rows() == 0


async def test_a_form_without_a_zone_is_answered_on_the_form(world: World) -> None:
    """A submission that lacks something keeps the form open with a sentence at the field, and changes nothing."""
    payload = {
        "type": "view_submission",
        "team": {"id": world.slack.team},
        "user": {"id": world.alice.id},
        "view": {
            "type": "modal",
            "callback_id": "tips-save||",
            "private_metadata": json.dumps({"conversation": world.room.id, "url": ""}),
            "state": {"values": {"at": {"at": {"selected_time": "25:00"}}}},
        },
    }
    answer = await world.slack.post_signed(urlencode({"payload": json.dumps(payload)}).encode())
    assert answer.body["response_action"] == "errors"
    assert set(answer.body["errors"]) == {"weekday", "at", "zone"}
    assert await world.rows() == 0


async def test_a_form_sent_from_another_company_changes_nothing(world: World) -> None:
    """Slack Connect: the outer team is the other company's; it is about the tips here, at which they may only look."""
    await turn_on(world)
    values = {"weekday": {"weekday": {"selected_option": {"value": "2"}}}, "at": {"at": {"selected_time": "10:00"}}}
    payload = {
        "type": "view_submission",
        "team": {"id": "TOTHER"},
        "user": {"id": "UOTHER", "team_id": "TOTHER"},
        "view": {
            "type": "modal",
            "callback_id": "tips-save||",
            "app_installed_team_id": world.slack.team,
            "private_metadata": json.dumps({"conversation": world.room.id, "url": ""}),
            "state": {"values": {**values, "zone": {"zone": {"selected_option": {"value": "Europe/Paris"}}}}},
        },
    }
    answer = await world.slack.post_signed(urlencode({"payload": json.dumps(payload)}).encode())
    assert answer.status == 200
    assert "Only members of this workspace" in answer.body["errors"]["changed_by"]
    await world.settle()
    assert "Mondays 09:00" in (await open_settings(world)).text
    async with world.bot.database.read() as connection:
        (row,) = await Subscriptions().every(connection)
    assert row.workspace == world.slack.team
