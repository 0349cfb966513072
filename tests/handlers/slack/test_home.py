"""The Home tab and the global shortcut on Slack: what is pressed there belongs to no channel, and opens in modals."""

import json
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace
from sqlalchemy import event
from sqlalchemy.engine import Engine

from cards.model import Action, Subject
from playground.slack.emulator import Trouble, User, View
from store.subscriptions import Subscription, Subscriptions
from tests.handlers.slack.test_tips import turn_on
from tests.handlers.slack.world import World, labels


async def opened(world: World, person: User) -> View:
    """Open the Home tab, and give what stands there."""
    assert (await world.slack.open_home(person)).is_accepted
    await world.settle()
    return shown(world, person)


def shown(world: World, person: User) -> View:
    """Give what stands in a Home."""
    home = world.slack.home(person)
    assert home is not None
    return home


def modal(world: World, person: User) -> View:
    """Give the modal on top."""
    view = world.slack.view(person)
    assert view is not None
    return view


def words(view: View) -> str:
    """Read a view."""
    every = [
        part
        for block in view.blocks
        for part in (block.get("text"), *block.get("fields", ()), *block.get("elements", ()))
    ]
    return "\n".join(part["text"] for part in every if is_text(part))


def is_text(part: object) -> bool:
    """Say whether a part of a block is a text of its own."""
    return isinstance(part, dict) and isinstance(part.get("text"), str)


async def press(world: World, person: User, view: View, label: str) -> None:
    """Press a button in a Home or a modal."""
    answer = await world.slack.click(person, view, label=label)
    assert (answer.status, answer.error) == (200, None)
    await world.settle()


async def submit(world: World, person: User, values: dict[str, str]) -> None:
    """Send the form on top."""
    answer = await world.slack.submit(person, modal(world, person), values)
    assert (answer.status, answer.error) == (200, None)
    await world.settle()


async def forged(world: World, person: User, home: View, action: Action) -> None:
    """Press a button that stands on no Home: one that somebody made up, or that is no longer theirs."""
    payload = {
        "type": "block_actions",
        "team": {"id": world.slack.team, "domain": "pocket"},
        "user": {"id": person.id, "team_id": world.slack.team},
        "container": {"type": "view", "view_id": home.id},
        "view": home.body,
        "api_app_id": world.slack.app,
        "trigger_id": world.slack.platform.tickets.issue_trigger(person.id),
        "actions": [{"type": "button", "action_id": "x", "block_id": "b", "value": action.encode()}],
    }
    answer = await world.slack.post_signed(urlencode({"payload": json.dumps(payload)}).encode())
    assert answer.status == 200
    await world.settle()


async def tips_of(world: World, conversation: str) -> Subscription:
    """Read a conversation's tips."""
    async with world.bot.database.read() as connection:
        found = await Subscriptions().find(connection, "slack", world.slack.team, conversation)
    assert found is not None
    return found


async def test_home_is_drawn_when_it_is_opened(world: World) -> None:
    """For somebody new: what this is, the seven, a tip; the tab with messages draws nothing."""
    await world.slack.open_home(world.bob, tab="messages")
    await world.settle()
    assert world.slack.home(world.bob) is None
    home = await opened(world, world.bob)
    assert "7 Risks" in labels(home)
    assert "A tip to start with" in words(home)
    assert "None yet" in words(home)


async def test_what_is_pressed_at_home_opens_a_modal_and_goes_on_there(world: World) -> None:
    """The Home stays; the next card takes the modal's place, offers no sharing, and nothing is posted."""
    home = await opened(world, world.alice)
    await press(world, world.alice, home, "7 Risks")
    assert words(modal(world, world.alice)).startswith("7 · Risks and responsibilities")
    await press(world, world.alice, modal(world, world.alice), "More detail")
    assert "more detail" in words(modal(world, world.alice))
    assert len(world.slack.world.modals[world.alice.id]) == 1
    await press(world, world.alice, modal(world, world.alice), "‹ Back to the card")
    assert "Share" not in labels(modal(world, world.alice))
    await forged(world, world.alice, modal(world, world.alice), Action("share", Subject("dimension", "risks")))
    assert "nobody here to share it with" in words(modal(world, world.alice))
    assert shown(world, world.alice) == home
    assert world.slack.posts(world.slack.dm(world.alice)) == []


async def test_a_tip_is_kept_from_a_modal(world: World) -> None:
    """It comes to the own chat; that it does is said on top, and closed the tip is there again."""
    await press(world, world.alice, await opened(world, world.alice), "Read it")
    await press(world, world.alice, modal(world, world.alice), "Save for later")
    assert "On its way to you" in words(modal(world, world.alice))
    await world.slack.close(world.alice, modal(world, world.alice))
    assert "Try this week" in words(modal(world, world.alice))
    assert len(world.slack.posts(world.slack.dm(world.alice))) == 1


async def test_owners_steer_their_tips_and_home_follows(world: World) -> None:
    """Paused by a form on top of the settings, which then say so; resumed at Home; nobody else sees them there."""
    await turn_on(world)
    home = await opened(world, world.alice)
    assert f"<#{world.room.id}>" in words(home)
    assert f"<#{world.room.id}>" not in words(await opened(world, world.bob))
    await press(world, world.alice, home, "Settings")
    await press(world, world.alice, modal(world, world.alice), "Pause…")
    assert len(world.slack.world.modals[world.alice.id]) == 2
    await submit(world, world.alice, {"until": "2026-12-20"})
    assert len(world.slack.world.modals[world.alice.id]) == 1
    assert "are paused" in words(modal(world, world.alice))
    assert (await tips_of(world, world.room.id)).state == "paused"
    assert "paused · Mondays" in words(shown(world, world.alice))
    await press(world, world.alice, shown(world, world.alice), "Resume")
    assert "are on" in words(modal(world, world.alice))
    assert "on · Mondays" in words(shown(world, world.alice))
    await press(world, world.alice, shown(world, world.alice), "Pause…")
    await submit(world, world.alice, {})
    assert "are paused" in words(modal(world, world.alice))
    assert (await tips_of(world, world.room.id)).state == "paused"


async def test_a_form_with_a_mistake_stays_open(world: World) -> None:
    """Mistakes are answered under their fields, wherever the form was opened."""
    await turn_on(world)
    await press(world, world.alice, await opened(world, world.alice), "Pause…")
    await submit(world, world.alice, {"until": "2026-11-20"})
    assert "not in the future" in modal(world, world.alice).errors["until"]
    assert (await tips_of(world, world.room.id)).state == "on"


async def test_tips_for_oneself_are_turned_on_at_home(world: World) -> None:
    """Once the introduction is there, the Home says that they are on, without being opened again."""
    await press(world, world.alice, await opened(world, world.alice), "Tips just for me…")
    await press(world, world.alice, modal(world, world.alice), "Turn on…")
    await submit(world, world.alice, {"weekday": "0", "at": "09:00", "zone": "Europe/Paris"})
    assert "Your own weekly tips" in words(modal(world, world.alice))
    home = shown(world, world.alice)
    assert "Your own weekly tips" in words(home)
    assert "on · Mondays 09:00, Europe/Paris" in words(home)
    assert len(world.slack.posts(world.slack.dm(world.alice))) == 1


@pytest.mark.parametrize("verb", ["tips-pause", "tips-skip", "tips-off", "tips-now", "tips-claim"])
async def test_others_change_nothing_from_elsewhere(world: World, verb: str) -> None:
    """Though anyone may in the channel itself: a forged button names a place, and is refused without naming it."""
    await turn_on(world)
    before = await tips_of(world, world.room.id)
    home = await opened(world, world.bob)
    for place in (world.room.id, world.alice.id, "C0NOWHERE"):
        await forged(world, world.bob, home, Action(verb, place=place))  # type: ignore[arg-type] # one of its verbs
        said = words(modal(world, world.bob))
        assert "not yours to change here" in said
        assert place not in said
    assert await tips_of(world, world.room.id) == before


@pytest.mark.parametrize("verb", ["tips", "tips-more", "tips-history", "tips-doctor", "tips-preview", "tips-upcoming"])
async def test_others_see_nothing_from_elsewhere(world: World, verb: str) -> None:
    """Neither the channel nor its tips are shown to who does not own them."""
    await turn_on(world)
    await forged(world, world.bob, await opened(world, world.bob), Action(verb, place=world.room.id))  # type: ignore[arg-type] # as above
    said = words(modal(world, world.bob))
    assert "not yours to change here" in said
    assert "Mondays" not in said
    assert world.room.id not in said


@pytest.mark.parametrize("form", ["settings", "pause", "quiet", "owners", "swap"])
async def test_no_form_opens_for_others_from_elsewhere(world: World, form: str) -> None:
    """A card says why, and no field is shown."""
    await turn_on(world)
    action = Action("tips-edit", None, form, world.room.id)
    await forged(world, world.bob, await opened(world, world.bob), action)
    assert "not yours to change here" in words(modal(world, world.bob))
    assert all(block["type"] != "input" for block in modal(world, world.bob).blocks)


async def test_a_form_is_refused_once_the_tips_are_somebody_elses(world: World) -> None:
    """Handed over while the form stood open: nothing is changed, and the modal shows no settings any more."""
    await turn_on(world, changed_by="owner")
    await press(world, world.alice, await opened(world, world.alice), "Pause…")
    async with world.bot.database.write() as connection:
        found = await Subscriptions().find(connection, "slack", world.slack.team, world.room.id)
        assert found is not None
        await Subscriptions().save(connection, replace(found, owner=world.bob.id))
    await submit(world, world.alice, {})
    assert (await tips_of(world, world.room.id)).state == "on"
    assert "Only the person who set this up" in modal(world, world.alice).errors["until"]


async def test_owners_hand_over_and_see_them_no_more(world: World) -> None:
    """What is shown then names neither the channel nor its settings."""
    await turn_on(world, changed_by="owner")
    await press(world, world.alice, await opened(world, world.alice), "Settings")
    await press(world, world.alice, modal(world, world.alice), "More…")
    await press(world, world.alice, modal(world, world.alice), "Owners…")
    await submit(world, world.alice, {"owner": world.bob.id})
    assert (await tips_of(world, world.room.id)).owner == world.bob.id
    assert "not yours to change here" in words(modal(world, world.alice))
    assert f"<#{world.room.id}>" not in words(shown(world, world.alice))


async def test_a_home_that_slack_refuses_is_drawn_the_next_time(world: World) -> None:
    """It is logged, and nobody is left with half of it."""
    world.slack.trouble.append(Trouble("views.publish", "error", error="not_enabled"))
    await world.slack.open_home(world.alice)
    await world.settle()
    assert world.slack.home(world.alice) is None
    assert "7 Risks" in labels(await opened(world, world.alice))
    world.slack.faults.clear()


# --- the shortcut


async def test_the_shortcut_asks_and_answers_in_one_modal(world: World) -> None:
    """A dimension or words, the card in the form's place, and on from there; nothing is posted."""
    answer = await world.slack.shortcut(world.alice, "compare")
    assert (answer.status, answer.error) == (200, None)
    assert modal(world, world.alice).body["title"]["text"] == "Compare PM roles"
    await submit(world, world.alice, {"dimension": "risks"})
    assert words(modal(world, world.alice)).startswith("7 · Risks and responsibilities")
    assert "Share" not in labels(modal(world, world.alice))
    await press(world, world.alice, modal(world, world.alice), "‹ Skills")
    assert words(modal(world, world.alice)).startswith("6 · Skills")


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("what is drift", "Drift"),
        ("risks detail", "more detail"),
        ("risks share", "7 · Risks"),
        ("random", "Traditional PM"),
        ("tips", "just for you"),
        ("tips off", "just for you"),
        ("me", "just for you"),
        ("xylophone quokka", "Nothing on"),
    ],
)
async def test_the_shortcut_takes_words_as_the_command_does(world: World, typed: str, part: str) -> None:
    """What would change or post something is a press away."""
    await world.slack.shortcut(world.alice, "compare")
    await submit(world, world.alice, {"dimension": "other", "words": typed})
    assert part in words(modal(world, world.alice))
    async with world.bot.database.read() as connection:
        assert await Subscriptions().every(connection) == ()


async def test_the_shortcut_without_words_says_what_to_do(world: World) -> None:
    """Something else needs words."""
    await world.slack.shortcut(world.alice, "compare")
    await submit(world, world.alice, {"dimension": "other"})
    assert "Type what you are looking for" in modal(world, world.alice).errors["words"]


# --- what it costs


async def test_who_has_no_gap_costs_no_statement(world: World) -> None:
    """`/pm-compare risks` asks the database nothing, whoever else has turned their gap on; theirs is noted after it."""
    statements: list[str] = []

    def seen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    async def asked(person: User) -> list[str]:
        statements.clear()
        answer = await world.slack.command(person, world.room, "/pm-compare risks")
        assert answer.ephemeral is not None
        await world.bot.tasks.drain(5)
        return [each for each in statements if each.split()[0] not in {"BEGIN", "COMMIT"}]

    event.listen(Engine, "before_cursor_execute", seen)
    try:
        assert await asked(world.alice) == []
        await world.slack.command(world.alice, world.room, "/pm-compare me")
        card = world.slack.ephemerals(world.alice, world.room)[-1]
        await world.slack.click(world.alice, card, label="Turn on")
        await world.settle()
        assert await asked(world.bob) == []
        (noted,) = await asked(world.alice)
        assert noted.startswith("INSERT INTO learned")
    finally:
        event.remove(Engine, "before_cursor_execute", seen)


async def test_another_process_hears_of_it_at_its_next_look(world: World) -> None:
    """Turned on here, noted there; forgotten here, nothing is left of what another process still believed."""
    await world.slack.command(world.alice, world.room, "/pm-compare me")
    async with world.another_bot() as other:
        await world.slack.click(world.alice, world.slack.ephemerals(world.alice, world.room)[-1], label="Turn on")
        await world.settle()
        whose = ("slack", world.slack.team, world.alice.id)
        assert whose not in other.learners
        await other.learners.refresh()
        assert whose in other.learners
