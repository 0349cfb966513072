"""`/pm-compare doctor` in words: why a tip did not come, what to do about it, and the button that does it."""

from datetime import UTC, datetime, timedelta

import pytest

from cards.compose.phrases import titled
from playground.slack.emulator import Trouble
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.test_steering import asked, opened, press
from tests.handlers.slack.test_tips import tick, tips, turn_on
from tests.handlers.slack.world import World, labels
from tests.in_order import received


async def test_the_next_tip_is_told_once_by_the_readers_own_clock(world: World) -> None:
    """Title, moment and when tips come; each moment by whose clock the reader has, and in words by the channel's."""
    await turn_on(world)
    told = (await ask(world, "doctor")).text
    title = titled(received(world.bot.content.library, 1)[0].title)
    assert f"Next: {title}, Monday 30 November 2026, 09:00 (Europe/Paris)" in told
    assert "When: Mondays 09:00, Europe/Paris" in told
    assert "Now: Monday 23 November 2026, 09:30 (Europe/Paris)" in told
    assert "UTC" not in told
    assert "No tip has been due here yet" in told


async def test_a_tip_that_came_is_told_with_its_time(world: World) -> None:
    """The last tips, each with its result."""
    await turn_on(world)
    world.clock.move(days=7)
    await tick(world)
    title = titled(received(world.bot.content.library, 1)[0].title)
    assert f"Monday 30 November 2026, 09:00 (Europe/Paris): {title} was posted" in (await ask(world, "doctor")).text


async def test_a_pause_names_who_paused_and_resume_ends_it(world: World) -> None:
    """Paused by a person: who, and the button."""
    await turn_on(world)
    await ask(world, "tips pause")
    card = await ask(world, "doctor")
    assert f"Paused by <@{world.alice.id}>. Press Resume" in card.text
    assert "are on" in (await press(world, card, "Resume")).text


async def test_a_skip_is_told_before_and_after_and_can_be_taken_back(world: World) -> None:
    """Before: Undo skip; after: who skipped it, and an extra tip makes up for it."""
    await press(world, await turn_on(world), "Skip next")
    card = await ask(world, "doctor")
    assert f"No tip on Monday 30 November (<@{world.alice.id}> skipped it)" in card.text
    assert "Undo skip" in labels(card)
    world.clock.move(days=7)
    await tick(world)
    card = await ask(world, "doctor")
    assert f"did not come: <@{world.alice.id}> skipped it" in card.text
    await press(world, card, "Send one now")
    assert len(tips(world)) == 1


async def test_missed_while_down_offers_an_extra_tip(world: World) -> None:
    """A week that went by while the bot was down is named, with what makes up for it."""
    await turn_on(world)
    world.clock.moment = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    await tick(world)
    card = await ask(world, "doctor")
    assert "did not come: it was missed while the bot was down" in card.text
    assert "Send one now makes up for it." in card.text
    await press(world, card, "Send one now")
    assert len(tips(world)) == 1


@pytest.mark.parametrize(
    ("code", "why", "what"),
    [
        ("not_in_channel", "I am not a member of this channel", "/invite @PM Compare"),
        ("is_archived", "this channel is archived or gone", "Unarchive it"),
        ("restricted_action", "this workspace does not let me post here", "An admin can change that"),
        ("token_revoked", "my installation in this workspace has ended", "An admin has to install me again"),
        ("missing_scope", "I lack a permission", "An admin grants it by installing me again, then press Resume"),
        (
            "user_not_found",
            "The account it is for is not known here",
            "An admin can check whether it still exists, then",
        ),
        (
            "org_login_required",
            "This workspace is being moved to an organization",
            "Wait until that is done, then press",
        ),
    ],
)
async def test_a_refusal_pauses_with_its_reason_and_what_to_do(world: World, code: str, why: str, what: str) -> None:
    """Each kind of refusal in words; Resume goes on once it is settled."""
    await turn_on(world)
    world.slack.trouble.append(Trouble("chat.postMessage", "error", error=code))
    world.clock.move(days=7)
    await tick(world)
    world.slack.faults.clear()
    card = await ask(world, "doctor")
    assert why.casefold() in card.text.casefold()
    assert what in card.text
    assert "Resume" in labels(card)
    assert "are on" in (await press(world, card, "Resume")).text


async def test_a_refused_introduction_says_how_to_invite_and_turns_on_from_there(world: World) -> None:
    """Tips that never started: why, and the form again."""
    world.room = world.elsewhere
    await turn_on(world)
    world.slack.faults.clear()
    card = await ask(world, "doctor")
    assert "My introduction was refused: I am not a member of this channel. Type /invite @PM Compare there" in card.text
    world.slack.invite_bot(world.room)
    view = await opened(world, card, "Turn on…")
    await world.slack.submit(world.alice, view, {})
    await world.settle()
    assert "are on" in (await ask(world, "tips")).text


async def test_a_lost_answer_says_where_to_look_and_what_to_press(world: World) -> None:
    """A tip of which nobody knows whether it was posted is named first among what can be done."""
    await turn_on(world)
    world.slack.trouble.append(Trouble("chat.postMessage", "5xx_after"))
    world.clock.move(days=7)
    await tick(world)
    card = await ask(world, "doctor")
    assert "may or may not have been posted: the answer was lost" in card.text
    assert "check whether it is there. If it is not, press Send it now." in card.text
    assert labels(card)[0] == "Send it now"


async def test_who_may_not_change_them_is_told_the_same_without_the_buttons(world: World) -> None:
    """The doctor answers anyone; only the buttons are for those who may press them."""
    await turn_on(world, changed_by="owner")
    await ask(world, "tips pause")
    theirs = await asked(world, world.bob, "doctor")
    assert f"Paused by <@{world.alice.id}>" in theirs.text
    assert labels(theirs) == ["Settings"]


async def test_five_tips_are_looked_back_on_whatever_else_was_sent(world: World) -> None:
    """What the owner was told in between takes no tip's place; an older one of unknown outcome comes last."""
    await turn_on(world)
    world.slack.trouble.append(Trouble("chat.postMessage", "5xx_after"))
    for week in range(6):
        if week:
            world.slack.trouble.append(Trouble("chat.postMessage", "error", error="is_archived"))
        world.clock.move(days=7)
        await tick(world)
        await tick(world)
        await ask(world, "tips resume")
    world.slack.faults.clear()
    lines = [line for line in (await ask(world, "doctor")).text.splitlines() if ", 09:00 (Europe/Paris): " in line]
    assert sum("was refused" in line for line in lines) == 5
    assert "may or may not have been posted" in lines[-1]


async def test_a_channel_without_the_bot_is_told_before_anything_is_tried(world: World) -> None:
    """No scope says whether the bot is in a channel: the answer is a post for one person, whose refusal tells."""
    world.room = world.elsewhere
    card = await ask(world, "doctor")
    assert "I cannot post here: I am not a member of this channel. Type /invite @PM Compare there." in card.text
    world.slack.invite_bot(world.elsewhere)
    world.slack.faults.clear()
    assert "I cannot post here" not in (await ask(world, "doctor")).text


async def test_a_dead_token_is_told_where_somebody_shares_and_by_the_doctor(world: World) -> None:
    """What Slack answers is said at once, through the address that needs no token."""
    card = await ask(world, "risks")
    world.slack.revoke_token()
    await world.slack.click(world.alice, card, label="Share")
    await world.settle()
    told = world.slack.ephemerals(world.alice, world.room)[-1].text
    assert "My installation in this workspace has ended. An admin has to install me again" in told
    assert "I cannot post here: my installation in this workspace has ended." in (await ask(world, "doctor")).text


async def test_the_next_moment_in_the_metrics_is_one_at_which_something_comes(world: World) -> None:
    """Whoever jumps there finds a tip: weeks that are quiet or skipped are passed over."""
    await turn_on(world)
    day = datetime(2026, 11, 30, 8, tzinfo=UTC)  # Monday, 09:00 in Paris
    assert await next_moment(world) == day
    card = await press(world, await press(world, await ask(world, "tips"), "Skip next"), "More…")
    await world.slack.click(world.alice, card, label="Quiet dates…")
    view = world.slack.view(world.alice)
    assert view is not None
    await world.slack.submit(world.alice, view, {"quiet_dates": "7 December"})
    await world.settle()
    assert await next_moment(world) == day + timedelta(days=14)
    assert "are paused" in (await ask(world, "tips pause")).text
    assert await next_moment(world) is None


async def next_moment(world: World) -> datetime | None:
    """Read from the metrics when the next tip is due."""
    lines = (await world.bot.health.scrape())[0].decode().splitlines()
    seconds = float(
        next(line for line in lines if line.startswith("pm_compare_next_tip_timestamp_seconds ")).split()[1]
    )
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
