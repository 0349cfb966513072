"""Steering weekly tips on Slack: each form and button, who may press it, and what the history says of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from cards.compose.phrases import titled
from cards.model import Action, Subject
from playground.slack.emulator import Ephemeral, Message, User, View
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.test_tips import tick, tips, turn_on
from tests.handlers.slack.world import World, labels
from tests.in_order import received


def latest(world: World, person: User | None = None) -> Ephemeral:
    """Give the card that a person, Alice unless named, sees last in the room."""
    return world.slack.ephemerals(person or world.alice, world.room)[-1]


async def asked(world: World, person: User, words: str) -> Ephemeral:
    """Type words as a person and give the card, whether it is the acknowledgement or comes after it."""
    answer = await world.slack.command(person, world.room, f"/pm-compare {words}")
    await world.settle()
    return answer.ephemeral or latest(world, person)


async def press(world: World, card: Ephemeral | Message, label: str, person: User | None = None) -> Ephemeral:
    """Press a button and give the card that is there afterwards."""
    await world.slack.click(person or world.alice, card, label=label)
    await world.settle()
    return latest(world, person)


async def opened(world: World, card: Ephemeral, label: str, person: User | None = None) -> View:
    """Press a button that opens a form, and give the form."""
    await world.slack.click(person or world.alice, card, label=label)
    await world.settle()
    view = world.slack.view(person or world.alice)
    assert view is not None
    return view


async def filled(world: World, view: View, person: User | None = None, **values: Any) -> Ephemeral:  # noqa: ANN401 # whatever a field takes
    """Fill a form, submit it, and give the card that is there afterwards."""
    answer = await world.slack.submit(person or world.alice, view, values)
    assert (answer.status, answer.error) == (200, None)
    await world.settle()
    assert world.slack.view(person or world.alice) is None, world.slack.view(person or world.alice)
    return latest(world, person)


def mistakes(world: World, person: User | None = None) -> dict[str, str]:
    """Give what stands under the fields of the form that is open."""
    view = world.slack.view(person or world.alice)
    assert view is not None
    return dict(view.errors)


def options(view: View, name: str) -> Sequence[str]:
    """List what a field of a form offers."""
    field = next(block["element"] for block in view.blocks if block["block_id"] == name)
    groups = field.get("option_groups", [field])
    return [option["text"]["text"] for group in groups for option in group["options"]]


async def test_a_preview_shows_five_weeks_and_the_next_tip_can_be_swapped(world: World) -> None:
    """Five dates with their tips; the one that is chosen comes next, and the others keep their order."""
    deck = [tip.title for tip in world.bot.content.library.tips]
    card = await press(world, await turn_on(world), "Upcoming")
    assert "Monday 30 November: “" in card.text
    assert "Monday 28 December: “" in card.text
    view = await opened(world, card, "Swap next tip…")
    assert options(view, "tip")[0] == "Whichever is next in order"
    assert sorted(options(view, "tip")[1:]) == sorted(deck)
    card = await filled(world, view, tip=deck[2])
    assert f"Monday 30 November: {titled(deck[2])}" in card.text
    assert f"Monday 7 December: {titled(deck[0])}" in card.text
    assert f"{titled(deck[2])}, swapped in" in (await ask(world, "tips")).text
    for _ in range(3):
        world.clock.move(days=7)
        await tick(world)
    titles = [next(b["text"]["text"] for b in post.blocks if b["type"] == "header") for post in tips(world)]
    assert titles == [deck[2], deck[0], deck[1]]


async def test_all_tips_to_choose_from_stand_under_their_topics(world: World) -> None:
    """A list of more than a hundred is one to look through only in groups."""
    library = world.bot.content.library
    view = await opened(world, await press(world, await turn_on(world), "Upcoming"), "Swap next tip…")
    field = next(block["element"] for block in view.blocks if block["block_id"] == "tip")
    groups = {
        group["label"]["text"]: [option["value"] for option in group["options"]] for group in field["option_groups"]
    }
    assert list(groups) == ["In order", *(dimension.short for dimension in library.dimensions)]
    for dimension in library.dimensions:
        assert groups[dimension.short] == [tip.id for tip in library.tips if tip.dimension == dimension.id]


@pytest.mark.parametrize(
    "typed",
    [
        *("tips pause until friday", "Tips skip 3", "tips off on mondays", "tips edit monday", "tips zone Asia/Tokyo"),
        *("tips pause now", "tips stop them", "tips skip it"),  # which is no more done than the others
    ],
)
async def test_words_after_a_change_are_not_passed_over_in_silence(world: World, typed: str) -> None:
    """Who names a date or a number is told that nothing was done, and has the buttons that do it below."""
    await turn_on(world)
    card = await asked(world, world.alice, typed)
    known = " ".join(typed.lower().split()[:2])
    assert f"Nothing was changed: I know /pm-compare {known}, and no words after it." in card.text
    assert ("“Pause…” takes a date." if "pause" in typed else "The buttons here do the rest.") in card.text
    assert {"Edit", "Skip next"} <= set(labels(card))
    assert "are on" in card.text
    assert "Nothing was changed" not in (await asked(world, world.alice, "tips")).text
    assert "Nothing was changed" not in (await asked(world, world.alice, "tips pause")).text


@pytest.mark.parametrize(
    ("typed", "does"),
    [("tips quiet friday", "“Quiet dates…” takes them."), ("tips owner @bob", "The buttons here do the rest.")],
)
async def test_neither_are_words_after_what_is_needed_less_often(world: World, typed: str, does: str) -> None:
    """The same on the card that has the buttons for it; where the words ask for nothing more, it is silent."""
    await turn_on(world)
    card = await asked(world, world.alice, typed)
    known = " ".join(typed.split()[:2])
    assert f"Nothing was changed: I know /pm-compare {known}, and no words after it. {does}" in card.text
    assert "More about weekly tips" in card.text
    assert "Nothing was changed" not in (await asked(world, world.alice, "tips quiet dates")).text


@pytest.mark.parametrize("typed", ["tips swap {}", "swap tip {}", "Tips choose {}"])
async def test_typed_words_find_the_tip_to_come_next(world: World, typed: str) -> None:
    """What is found proposes itself: the form that its button opens begins with it."""
    await turn_on(world)
    tip = world.bot.content.library.tips[40]
    card = await ask(world, typed.format(tip.title))
    found = [Action.decode(block["accessory"]["value"]).subject for block in card.blocks if "accessory" in block]
    assert found[0] == Subject("tip", tip.id)
    view = await opened(world, card, "Choose…")
    field = next(block["element"] for block in view.blocks if block["block_id"] == "tip")
    assert field["initial_option"]["value"] == tip.id
    assert f"Monday 30 November: {titled(tip.title)}" in (await filled(world, view)).text


@pytest.mark.parametrize("typed", ["tips swap risks", "swap tip to risks", "tips swap the next tip for risks"])
async def test_a_topic_finds_its_tips_to_come_next(world: World, typed: str) -> None:
    """Words that are no tip's lead to the list, which has them all."""
    await turn_on(world)
    library = world.bot.content.library
    card = await ask(world, typed)
    assert "Tips on “risks”" in card.text
    found = [Action.decode(block["accessory"]["value"]).subject for block in card.blocks if "accessory" in block]
    tips_found = [library.tip(subject.id) for subject in found if subject]
    assert [tip.dimension for tip in tips_found if tip] == ["risks"] * 5
    card = await ask(world, "tips swap xyzzyq")
    assert "No tip on “xyzzyq” can come next." in card.text
    assert options(await opened(world, card, "Whole list…"), "tip")


async def test_where_tips_are_off_words_find_nothing_to_swap(world: World) -> None:
    """The card that turns them on says so."""
    assert "are off" in (await ask(world, "tips swap hallucinations")).text


async def test_a_swap_can_be_taken_back(world: World) -> None:
    """Choosing the order again forgets the swap."""
    deck = [tip.title for tip in received(world.bot.content.library, 3)]
    card = await press(world, await turn_on(world), "Upcoming")
    card = await filled(world, await opened(world, card, "Swap next tip…"), tip=deck[2])
    card = await filled(world, await opened(world, card, "Swap next tip…"), tip="Whichever is next in order")
    assert f"Monday 30 November: {titled(deck[0])}" in card.text


async def test_a_skip_can_be_taken_back(world: World) -> None:
    """Skip next becomes Undo skip, and pressing that brings the tip after all."""
    card = await press(world, await turn_on(world), "Skip next")
    assert "Skip next" not in labels(card)
    card = await press(world, card, "Undo skip")
    assert "Next: Monday 30 November 2026" in card.text
    world.clock.move(days=7)
    await tick(world)
    assert len(tips(world)) == 1


async def test_a_pause_until_a_date_ends_by_itself(world: World) -> None:
    """Tips stop at once, come again from the day that was chosen, and the history says who and until when."""
    view = await opened(world, await turn_on(world), "Pause…")
    card = await filled(world, view, until="2026-12-14")
    assert f"Paused by <@{world.alice.id}> until Monday 14 December 2026, 00:00 (Europe/Paris)" in card.text
    assert (await ask(world, "doctor")).text.count("14 December 2026, 00:00") == 1
    for _ in range(2):
        world.clock.move(days=7)
        await tick(world)
    assert tips(world) == []
    world.clock.move(days=7)
    await tick(world)
    assert len(tips(world)) == 1
    history = (await ask(world, "tips history")).text
    assert f"23 Nov 09:30 (Europe/Paris) · <@{world.alice.id}> paused until Monday 14 December" in history
    assert "PM Compare resumed" in history


@pytest.mark.parametrize(
    ("until", "sentence"),
    [("2026-11-23", "not in the future"), ("2026-11-01", "not in the future"), ("2030-01-01", "more than a year")],
)
async def test_a_date_that_cannot_be_meant_is_answered_under_its_field(world: World, until: str, sentence: str) -> None:
    """The form stays open with a sentence, and nothing changes."""
    view = await opened(world, await turn_on(world), "Pause…")
    await world.slack.submit(world.alice, view, {"until": until})
    assert sentence in mistakes(world)["until"]
    assert "are on" in (await ask(world, "tips")).text


async def test_quiet_dates_and_holidays_keep_the_tip_for_the_week_after(world: World) -> None:
    """A span and a country: the preview and the doctor name the day, and no tip is lost."""
    deck = [tip.title for tip in received(world.bot.content.library, 1, date(2026, 12, 4))]
    card = await turn_on(world, weekday="4")  # Fridays; Christmas Day 2026 and New Year's Day 2027 are Fridays
    view = await opened(world, await press(world, card, "More…"), "Quiet dates…")
    country = await world.slack.suggest(world.alice, view, "quiet_country", "germ")
    assert [option["text"]["text"] for option in country.options] == ["No country", "Germany"]
    card = await filled(world, view, quiet_dates="2026-11-27, 2026-12-07 to 2026-12-13", quiet_country="Germany")
    assert "27 November 2026, 7 December 2026 to 13 December 2026, public holidays in Germany" in card.text
    weeks = (await ask(world, "tips upcoming")).text
    assert "Friday 27 November: no tip (quiet date)" in weeks
    assert f"Friday 4 December: {titled(deck[0])}" in weeks
    assert "Friday 25 December: no tip (quiet date: Christmas Day (DE))" in weeks
    world.clock.move(days=4)
    await tick(world)
    assert tips(world) == []
    assert "did not come: quiet date" in (await ask(world, "doctor")).text
    world.clock.move(days=7)
    await tick(world)
    assert deck[0] in tips(world)[0].text


async def test_dates_as_people_write_them_are_kept_and_shown_as_days(world: World) -> None:
    """Typed without a year, read as the next such days, and shown again in a form that can be typed."""
    card = await press(world, await turn_on(world), "More…")
    card = await filled(world, await opened(world, card, "Quiet dates…"), quiet_dates="Dec 24 - Jan 2, 1.5.2027")
    assert "24 December 2026 to 2 January 2027, 1 May 2027" in card.text
    view = await opened(world, card, "Quiet dates…")
    typed = next(block["element"] for block in view.body["blocks"] if block.get("block_id") == "quiet_dates")
    assert typed["initial_value"] == "24 December 2026 to 2 January 2027, 1 May 2027"
    await world.slack.submit(world.alice, view, {"quiet_dates": "2 Jan 2027 to 24 Dec 2026"})
    assert mistakes(world)["quiet_dates"] == (
        "The first day comes after the last. Write 24 December 2026 to 2 January 2027."
    )


async def test_what_is_no_date_is_answered_under_its_field(world: World) -> None:
    """A slip in a date keeps the form open; a country can be taken away again."""
    card = await press(world, await turn_on(world), "More…")
    view = await opened(world, card, "Quiet dates…")
    await world.slack.submit(world.alice, view, {"quiet_dates": "Christmas", "quiet_country": "France"})
    assert "cannot read “Christmas” as a date" in mistakes(world)["quiet_dates"]
    await filled(world, view, quiet_dates="", quiet_country="France")
    assert "set the quiet dates: public holidays in France" in (await ask(world, "tips history")).text
    card = await press(world, await ask(world, "tips"), "More…")
    card = await filled(world, await opened(world, card, "Quiet dates…"), quiet_country="No country")
    assert "Quiet dates: none yet" in card.text


async def test_tips_are_drawn_from_the_topics_that_were_chosen(world: World) -> None:
    """Two topics chosen: only their tips come; all chosen again: every tip does."""
    deck = world.bot.content.library
    chosen = [dimension.id for dimension in deck.dimensions[-2:]]
    card = await turn_on(world, dimensions=chosen)
    assert f"Topics: {deck.dimensions[-2].title}, {deck.dimensions[-1].title}" in card.text
    wanted = [tip.title for tip in deck.tips if tip.dimension in chosen]
    weeks = (await press(world, card, "Upcoming")).text
    assert all(title in weeks for title in wanted[:2])
    view = await opened(world, await ask(world, "tips"), "Edit")
    card = await filled(world, view, dimensions=[dimension.id for dimension in deck.dimensions])
    assert "Topics: all" in card.text


async def test_send_one_now_posts_an_extra_tip_and_the_weekly_one_stays(world: World) -> None:
    """One more post at once, marked in the doctor as sent by hand; Monday's brings the tip after it."""
    deck = [tip.title for tip in received(world.bot.content.library, 3)]
    card = await press(world, await turn_on(world), "More…")
    card = await press(world, card, "Send one now")
    assert f"{titled(deck[0])} goes to" in card.text
    assert len(tips(world)) == 1
    world.clock.move(days=7)
    await tick(world)
    assert [deck[0] in tips(world)[0].text, deck[1] in tips(world)[1].text] == [True, True]
    assert f"{titled(deck[0])}, sent by hand, was posted" in (await ask(world, "doctor")).text
    assert f"sent {titled(deck[0])} right away" in (await ask(world, "tips history")).text


async def test_ownership_is_handed_over_and_shared(world: World) -> None:
    """Bob owns it from then on, Alice shares it: both may change what only owners may."""
    card = await press(world, await turn_on(world, changed_by="owner"), "More…")
    view = await opened(world, card, "Owners…")
    card = await filled(world, view, owner=world.bob.id, co_owners=[world.alice.id])
    assert f"Owners: <@{world.bob.id}> and <@{world.alice.id}>" in card.text
    assert "are paused" in (await asked(world, world.bob, "tips pause")).text
    assert "are on" in (await asked(world, world.alice, "tips resume")).text
    assert f"changed the owners to <@{world.bob.id}>" in (await ask(world, "tips history")).text


@pytest.mark.parametrize("words", ["skip", "keep", "pause", "resume", "now", "off"])
async def test_a_word_changes_nothing_for_who_may_not(world: World, words: str) -> None:
    """The command is as guarded as the button."""
    await turn_on(world, changed_by="owner")
    refused = await asked(world, world.bob, f"tips {words}")
    assert "Only the person who set this up" in refused.text
    assert "Next: Monday 30 November 2026" in (await ask(world, "tips")).text
    assert tips(world) == []


async def test_a_button_posted_under_a_former_name_still_does_it(world: World) -> None:
    """Buttons stay in conversations for years: a skip is taken back, a request declined, by the old values too.

    They are what is posted still: a process of the version before, beside this one, understands them.
    """
    assert Action("tips-unskip").encode() == "tips-keep||"
    assert Action("tips-decline-claim", place="C1").encode() == "tips-stay|||C1"
    await turn_on(world, changed_by="owner")
    assert "Undo skip" in labels(await asked(world, world.alice, "tips skip"))
    await world.press_raw_as(world.alice, "tips-keep||")
    await world.settle()
    assert "Skip next" in labels(latest(world))
    await press(world, await asked(world, world.bob, "tips"), "Take over…", world.bob)
    await world.press_raw_as(world.alice, f"tips-stay|||{world.room.id}")
    await world.settle()
    assert f"kept the tips when asked by <@{world.bob.id}>" in (await asked(world, world.alice, "tips history")).text


@pytest.mark.parametrize(
    "verb",
    [
        "tips-skip",
        "tips-unskip",
        "tips-pause",
        "tips-resume",
        "tips-off",
        "tips-now",
        "tips-send",
        "tips-decline-claim",
    ],
)
async def test_a_forged_click_changes_nothing(world: World, verb: str) -> None:
    """A button that a person was never shown is refused on the server, wherever it says it belongs."""
    await turn_on(world, changed_by="owner")
    for place in ("", f"|{world.room.id}"):
        await world.press_raw_as(world.bob, f"{verb}||{place}")
        await world.settle()
    assert "are on" in (await ask(world, "tips")).text
    assert "Next: Monday 30 November 2026" in (await ask(world, "tips")).text
    assert tips(world) == []


@pytest.mark.parametrize("form", ["settings", "pause", "quiet", "owners", "swap"])
async def test_a_form_neither_opens_nor_saves_for_who_may_not(world: World, form: str) -> None:
    """Both ends are guarded: Bob's click opens nothing, and a form he had open before is refused under its field."""
    card = await turn_on(world)
    await world.press_raw_as(world.bob, f"tips-edit||{form}")  # its trigger is made up, but he may
    await world.settle()
    buttons = {
        "settings": "Edit",
        "pause": "Pause…",
        "quiet": "Quiet dates…",
        "owners": "Owners…",
        "swap": "Swap next tip…",
    }
    at = {"quiet": "tips", "owners": "tips", "swap": "tips upcoming"}.get(form, "tips")
    card = await asked(world, world.bob, at)
    if form in {"quiet", "owners"}:
        card = await press(world, card, "More…", world.bob)
    view = await opened(world, card, buttons[form], world.bob)
    await filled(world, await opened(world, await ask(world, "tips"), "Edit"), changed_by="owner")
    world.slack.faults.clear()
    values = {"pause": {"until": "2026-12-14"}, "owners": {"owner": world.bob.id}}.get(form, {})
    await world.slack.submit(world.bob, view, values)
    assert "Only the person who set this up" in " ".join(mistakes(world, world.bob).values())
    await world.slack.close(world.bob, view)
    await world.press_raw_as(world.bob, f"tips-edit||{form}")
    await world.settle()
    assert world.slack.view(world.bob) is None
    assert "Only the person who set this up" in latest(world, world.bob).text


@pytest.mark.parametrize(
    ("words", "title", "button"),
    [
        ("pause until 2026-12-20", "are on", "Pause…"),
        ("off perhaps", "are on", "More…"),
        ("on", "are on", "Edit"),
        ("topics", "are on", "Edit"),
        ("take over", "are on", "Edit"),
        ("swap", "Upcoming tips", "Swap next tip…"),
        ("quiet", "More about weekly tips", "Quiet dates…"),
        ("owners", "More about weekly tips", "Owners…"),
        ("send now", "More about weekly tips", "Send one now"),
    ],
)
async def test_words_near_a_command_show_the_card_that_does_it(
    world: World, words: str, title: str, button: str
) -> None:
    """Nothing is changed on a guess, and nobody who types about their tips gets search results."""
    await turn_on(world)
    card = await ask(world, f"tips {words}")
    assert title in card.text
    assert button in labels(card)
    assert "are on" in (await ask(world, "tips")).text


async def test_words_near_a_command_before_tips_are_on(world: World) -> None:
    """Off, there is nothing to swap: the settings offer to turn them on. A topic after `tips` is still searched."""
    for words in ("swap", "quiet", "on", "me send"):
        assert "Turn on…" in labels(await ask(world, f"tips {words}"))
    assert "Risks and responsibilities" in (await ask(world, "tips on risks")).text
