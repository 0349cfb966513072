"""A workspace whose tips the bot itself stopped, and let go on: no week's tip is lost without a word."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import text, update

from cards.reason import PlatformCode
from handlers import uninstall
from handlers.context import HandlerContext
from handlers.slack.installs import SlackInstalls
from handlers.tips import pools
from messengers.base import Address
from playground.slack.emulator import Trouble
from scheduler import planning
from scheduler.subscriptions import pausing, states, turning_on
from scheduler.subscriptions.turning_on import Addition
from store import tables
from store.deliveries.rows import Delivery
from store.subscriptions import Subscription, Subscriptions
from tests.bot.sides import slack_side
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.test_tips import tick, tips, turn_on
from tests.handlers.slack.world import World
from tests.in_order import received

# The tip is due on Mondays at 09:00 in Paris; the world begins at 09:30 on a Monday.
_TO_THE_MINUTE_BEFORE = {"days": 6, "hours": 23, "minutes": 29}


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[World]:
    """Give a world in which tips are on, and due in a minute."""
    async with World(tmp_path) as world:
        await turn_on(world)
        world.clock.move(**_TO_THE_MINUTE_BEFORE)
        await tick(world)
        assert tips(world) == []
        yield world
        assert world.failures() == 0


async def _stop(world: World) -> None:
    """Hold the workspace's tips as an event does that says the app is gone, and know nothing more of it for now."""
    context = HandlerContext(world.bot.content, world.bot.database, world.clock, lambda: None, world.bot.tasks.spawn)
    await uninstall.stop(context, "slack", world.slack.team)
    row = await _row(world)
    assert (row.state, row.reason) == ("paused", "app_uninstalled")


async def _go_on(world: World) -> None:
    """Look again what was held, as the bot does when it starts: the app is there."""
    await slack_side(world.bot).look_for_removals()
    await world.settle()


async def _row(world: World) -> Subscription:
    async with world.bot.database.read() as connection:
        (row,) = await Subscriptions().every(connection)
    return row


async def _rows(world: World) -> list[Delivery]:
    async with world.bot.database.read() as connection:
        found = await world.deliveries(connection)
    return sorted((row for row in found if row.kind == "tip"), key=lambda row: row.slot)


async def test_what_fell_due_while_it_waited_comes_within_the_grace(held: World) -> None:
    """Stopped at 08:59, let go on at 10:00 by a new start: the tip of 09:00 comes then, the next in its own week."""
    held.slack.trouble.append(Trouble("auth.test", "5xx_before"))  # one failed check: it is asked again later
    await held.slack.send_event({"type": "app_uninstalled"})
    held.clock.move(hours=1, minutes=1)
    await held.bot.ticker.tick()
    assert (await _row(held)).state == "paused"
    assert tips(held) == []
    held.patience = 0.1  # when it is stopped, it is waiting to ask again
    await held.stop()
    await held.start()
    await held.settle()  # it asks beside all else whether the app is there
    await tick(held)
    assert len(tips(held)) == 1
    assert "Next: Monday 7 December 2026, 09:00" in (await ask(held, "tips")).text
    held.clock.move(days=7)
    await tick(held)
    assert len(tips(held)) == 2


async def test_what_is_too_late_by_then_is_listed_with_the_reason(held: World) -> None:
    """Thirteen hours, and three weeks: each tip that did not come is told by the doctor, and stays in the pool."""
    await _stop(held)
    held.clock.move(days=14, hours=13)
    await _go_on(held)
    await tick(held)
    rows = await _rows(held)
    assert [(row.state, row.slot) for row in rows] == [
        ("skipped", "2026-W49"),
        ("skipped", "2026-W50"),
        ("skipped", "2026-W51"),
    ]
    days = [row.due_at.date() for row in rows]
    assert [row.subject for row in rows] == [f"tip/{received(held.bot.content.library, 1, day)[0].id}" for day in days]
    told = (await ask(held, "doctor")).text
    assert told.count("I could not tell whether I am still installed here") == 3
    assert "none has been due yet" not in told
    held.clock.move(days=6, hours=12)
    await tick(held)
    assert len(tips(held)) == 1


async def test_what_is_too_late_when_a_person_resumes_is_listed_with_the_reason(held: World) -> None:
    """Held for two days, then resumed by hand: the bot was up, and says why the tip did not come."""
    await _stop(held)
    held.clock.move(days=2)
    await ask(held, "tips resume")
    await tick(held)
    assert [(row.slot, row.state, row.reason) for row in await _rows(held)] == [
        ("2026-W49", "skipped", "missed while it was not known whether the app is installed")
    ]
    held.clock.move(days=5, minutes=2)
    await tick(held)
    assert len(tips(held)) == 1


async def test_a_tip_that_was_planned_already_waits_with_it(held: World) -> None:
    """Planned, then stopped before it was posted: it is not given up, and comes once the bot knows."""
    held.clock.move(minutes=2)
    bot = held.bot
    await planning.plan_due(bot.database, pools.of(bot.content.library), held.clock())  # nobody posts it yet
    await _stop(held)
    for _ in range(3):
        await held.bot.dispatcher.deliver_due()
        held.clock.move(seconds=10)
    assert [(row.state, row.reason) for row in await _rows(held)] == [("planned", "")]
    await _go_on(held)
    held.clock.move(seconds=10)
    await tick(held)
    assert len(tips(held)) == 1


@pytest.mark.parametrize("tokens", [{"oauth": ["U0SOMEBODY"]}, {"oauth": ["U0SOMEBODY"], "bot": []}])
async def test_the_end_of_somebody_elses_token_stops_nothing(held: World, tokens: dict[str, list[str]]) -> None:
    """Slack: tokens_revoked names whose; a person's own end while ours goes on."""
    await held.slack.send_event({"type": "tokens_revoked", "tokens": tokens})
    assert (await _row(held)).state == "on"
    held.clock.move(minutes=2)
    await tick(held)
    assert len(tips(held)) == 1


@pytest.mark.parametrize("whose", ["ours", "another's"])
async def test_a_late_event_around_the_due_moment_loses_nothing(held: World, whose: str) -> None:
    """The app is installed, whatever it says: stopped and let go on between two looks of the clock."""
    held.clock.move(minutes=2)
    bot = held.slack.bot_user if whose == "ours" else "U0OTHER"
    await held.slack.send_event({"type": "tokens_revoked", "tokens": {"bot": [bot]}})
    await held.settle()
    await tick(held)
    assert len(tips(held)) == 1


@pytest.mark.parametrize(("words", "state"), [("tips pause", "paused"), ("tips off", "off"), ("tips resume", "on")])
async def test_what_a_person_decides_meanwhile_holds(held: World, words: str, state: str) -> None:
    """Paused and off stay so when the bot goes on; who resumes gets what fell due."""
    await _stop(held)
    held.clock.move(minutes=30)
    await ask(held, words)
    await _go_on(held)
    await tick(held)
    row = await _row(held)
    assert (row.state, row.reason) == (state, "" if state == "on" else "person")
    assert len(tips(held)) == (state == "on")


async def test_a_new_hour_that_is_chosen_meanwhile_holds(held: World) -> None:
    """The form changes the settings, and posts no second introduction."""
    await _stop(held)
    values = {
        "weekday": {"weekday": {"selected_option": {"value": "2"}}},
        "at": {"at": {"selected_time": "10:00"}},
        "zone": {"zone": {"selected_option": {"value": "Europe/Paris"}}},
    }
    view = {
        "type": "modal",
        "callback_id": "tips-save||settings",
        "private_metadata": json.dumps({"conversation": held.room.id, "url": ""}),
        "state": {"values": values},
    }
    payload = {"type": "view_submission", "team": {"id": held.slack.team}, "user": {"id": held.alice.id}, "view": view}
    await held.slack.post_signed(urlencode({"payload": json.dumps(payload)}).encode())
    await _go_on(held)
    assert len(held.slack.posts(held.room)) == 1  # the first introduction
    assert "Wednesdays 10:00" in (await ask(held, "tips")).text
    held.clock.move(days=2, hours=2)
    await tick(held)
    assert len(tips(held)) == 1


async def _refuse(world: World, code: str = "account_inactive") -> None:
    """Have the next tip refused, as after a removal that nobody heard."""
    world.slack.trouble.append(Trouble("chat.postMessage", "error", error=code))
    world.clock.move(minutes=2)
    await tick(world)
    assert ((await _row(world)).state, (await _row(world)).reason) == ("paused", code)


@pytest.mark.parametrize("way", ["another start", "a late event"])
async def test_what_was_refused_goes_on_with_a_good_token(held: World, way: str) -> None:
    """The app is there again, or another token was set: nobody has to resume each channel."""
    await _refuse(held)
    if way == "another start":
        await _go_on(held)
    else:
        await held.slack.send_event({"type": "app_uninstalled"})
        await held.settle()
    assert (await _row(held)).state == "on"
    held.clock.move(days=7)
    await tick(held)
    assert [row.state for row in await _rows(held)] == ["failed", "sent"]


async def test_a_person_pauses_what_was_refused(held: World) -> None:
    """From then on it waits for somebody who resumes it: neither a new start nor an end of its own lets it go on."""
    await _refuse(held)
    await ask(held, "tips pause")
    await _go_on(held)
    row = await _row(held)
    assert (row.state, row.reason, row.paused_by, row.owner) == ("paused", "person", held.alice.id, held.alice.id)
    held.clock.move(days=7)
    await tick(held)
    assert len(await _rows(held)) == 1


@pytest.mark.parametrize("words", ["tips pause", "tips off"])
async def test_what_fell_due_while_nobody_wanted_it_does_not_come_after_a_refusal(held: World, words: str) -> None:
    """On again at 09:30, stopped for a refusal, and let go on at 10:00: the tip of 09:00 was wanted by nobody."""
    await ask(held, words)
    held.clock.move(minutes=31)
    async with held.bot.database.write() as connection:
        row = (await Subscriptions().every(connection))[0]
        if words == "tips pause":
            on = await pausing.resume(connection, row.id, {}, by=held.alice.id, now=held.clock())
        else:
            here, schedule = Address("slack", row.workspace, row.conversation), states.schedule_of(row)
            (begun,) = await turning_on.add_each(
                connection, [Addition(here, schedule)], introduce=False, now=held.clock()
            )
            on = begun.subscription
        await pausing.pause_workspace(connection, "slack", row.workspace, PlatformCode("invalid_auth"), held.clock())
    held.clock.move(minutes=30)
    await _go_on(held)
    await tick(held)
    assert tips(held) == []
    assert ((await _row(held)).state, (await _row(held)).next_run_at) == ("on", on.next_run_at)


async def test_what_was_refused_stays_stopped_while_the_token_is_refused(held: World) -> None:
    """Nothing is forgotten for that: a removal is told by an event."""
    held.slack.trouble.append(Trouble("auth.test", "error", error="token_revoked"))
    await _refuse(held, "token_revoked")
    await _go_on(held)
    assert ((await _row(held)).state, (await _row(held)).reason) == ("paused", "token_revoked")


async def test_a_check_of_what_was_refused_that_fails_is_made_again(held: World) -> None:
    """In doubt nothing is decided."""
    await _refuse(held)
    held.slack.trouble.append(Trouble("auth.test", "5xx_before"))
    context = HandlerContext(held.bot.content, held.bot.database, held.clock, lambda: None, held.bot.tasks.spawn)
    messenger = slack_side(held.bot).messenger
    await SlackInstalls(context, messenger, lambda: held.slack.team, (0.0, 0.0)).look_for_removals()
    await held.settle()
    assert (await _row(held)).state == "on"


async def test_rows_that_an_older_version_stopped_lose_nothing_either(held: World) -> None:
    """They do not say which moment they waited for: the note that it was stopped does."""
    await _stop(held)
    async with held.bot.database.write() as connection:
        await connection.execute(update(tables.subscription).values(next_run_at=None))
    held.clock.move(hours=2)
    await _go_on(held)
    await tick(held)
    assert len(tips(held)) == 1


async def test_a_zone_that_has_gone_meanwhile_is_said(held: World) -> None:
    """It goes on to nothing; the card says why, and what to choose."""
    await _stop(held)
    async with held.bot.database.write() as connection:
        await connection.execute(text("UPDATE subscription SET zone = 'Mars/Phobos'"))
    await _go_on(held)
    assert "its time zone is no longer known" in (await ask(held, "tips")).text.lower()


async def test_a_tip_that_falls_due_while_the_introduction_waits_is_not_lost(world: World) -> None:
    """Turned on a minute before the hour, introduced a few minutes after it: this week's tip comes."""
    world.clock.move(**_TO_THE_MINUTE_BEFORE)
    world.slack.trouble.append(Trouble("chat.postMessage", "429", retry_after=300))
    await turn_on(world)
    world.clock.move(minutes=6)
    await tick(world)
    await tick(world)
    assert len(tips(world)) == 1


class Messenger:
    """Says that the app is installed, and takes the database away meanwhile, until it is asked again."""

    def __init__(self, world: World) -> None:
        path = world.bot.database.path
        assert path
        self._path, self._elsewhere = path, path.with_name("elsewhere.db")
        self.asked = 0

    async def is_installed(self, _workspace: str) -> bool:
        """Give the same answer each time."""
        self.asked += 1
        here, there = (self._path, self._elsewhere) if self.asked == 1 else (self._elsewhere, self._path)
        here.rename(there)
        return True


@pytest.mark.parametrize("stop", [_stop, _refuse])
async def test_a_database_that_fails_just_then_is_no_reason_to_hold_them_for_ever(
    held: World, stop: Callable[[World], Awaitable[None]]
) -> None:
    """It is known that the app is there, and can't be written down: that is tried again."""
    context = HandlerContext(held.bot.content, held.bot.database, held.clock, lambda: None, held.bot.tasks.spawn)
    messenger = Messenger(held)
    events = SlackInstalls(context, messenger, lambda: held.slack.team, (0, 0))  # type: ignore[arg-type] # all that is asked
    await stop(held)
    await events.look_for_removals()
    await held.settle()
    assert messenger.asked == 2
    assert (await _row(held)).state == "on"
