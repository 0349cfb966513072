"""The same scenarios on Slack and on Teams: one table, one code, whichever platform people are on."""

import pytest

from cards.compose.phrases import titled
from content.levels import Level
from tests.in_order import received
from tests.scenarios.chat import Chat, Place, Shown

FORM = {"weekday": "0", "at": "09:00", "zone": "Europe/Paris"}
LEVELS: tuple[tuple[Level, str], ...] = (("detail", "More detail"), ("sources", "Sources"), ("exercise", "Exercise"))


async def turned_on(chat: Chat) -> Shown:
    """Turn tips on in the room through the form, as Alice, and give the settings card as it is then."""
    card = await chat.fill(await chat.ask("tips"), "Turn on…", FORM)
    assert isinstance(card, Shown), card
    return card


async def a_tip(chat: Chat) -> Shown:
    """Turn tips on and let the first one come."""
    await turned_on(chat)
    chat.clock.move(days=7)
    await chat.tick()
    return (await chat.everyone())[-1]


# --- ask


@pytest.mark.parametrize("place", ["room", "alone"])
async def test_asking_for_a_dimension_gives_its_card(chat: Chat, place: str) -> None:
    """Both sides, the shift, every level, and the way on; in a channel and in the bot's own chat."""
    card = await chat.ask("risks", place="alone" if place == "alone" else "room")
    assert "7 · Risks and responsibilities" in card.text
    for part in ("Traditional PM", "AI PM", "The shift:", "Inherits"):
        assert part in card.text
    assert {"More detail", "Sources", "Exercise"} <= set(card.buttons)
    assert "Share" in card.buttons or place == "alone"  # on Teams nobody else reads what is there


@pytest.mark.parametrize("typed", ["7", "RISK", "Risks and responsibilities"])
async def test_a_dimension_has_many_names(chat: Chat, typed: str) -> None:
    """Number, alias and title lead to the card."""
    assert "7 · Risks and responsibilities" in (await chat.ask(typed)).text


# --- near miss


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("rsiks", "7 · Risks and responsibilities"),
        ("stake holders", "5 · Stakeholders & collaboration"),
        ("who do I work with?", "5 · Stakeholders & collaboration"),
        ("xylophone quokka", "Nothing on “xylophone quokka” yet"),
        ("*_~`[x](http://y)", "“"),
        ("what is drift", "Drift"),
        ("help", "How to use PM Compare"),
        ("", "Core mission"),
    ],
)
async def test_whatever_is_typed_gets_a_kind_answer(chat: Chat, typed: str, part: str) -> None:
    """A slip of the finger finds the card, nonsense gets all seven buttons, never an error."""
    card = await chat.ask(typed)
    assert part in card.text
    assert "Oops" not in card.text


# --- button


async def test_buttons_move_between_cards_and_back(chat: Chat) -> None:
    """Next card, a level, and back; each in place of the one before."""
    card = await chat.ask("risks", place="alone")
    card = await chat.press(card, "Mission ›")
    assert card.text.startswith("1 · Core mission")
    card = await chat.press(card, "More detail")
    assert "Core mission: more detail" in card.text
    card = await chat.press(card, "‹ Back to the card")
    assert card.text.startswith("1 · Core mission")


async def test_what_one_person_looks_at_nobody_else_has_to(chat: Chat) -> None:
    """Moving on from a post that all see changes what this person sees, and leaves the post alone."""
    tip = await a_tip(chat)
    before = [post.text for post in await chat.everyone()]
    compare = next(label for label in tip.buttons if label.startswith("Compare"))
    card = await chat.press(tip, compare, who="bob")
    assert "Traditional PM" in card.text
    assert [post.text for post in await chat.everyone()] == before


# --- share


async def test_sharing_shows_everybody_the_card_and_who_shared_it(chat: Chat) -> None:
    """A shared card names who shared it; pressing twice shares once."""
    card = await chat.ask("risks")
    if "Share" not in card.buttons:  # everybody sees the answer already: what one of them opens can be shared
        card = await chat.press(card, "Open privately")
    posts = len(await chat.everyone())
    await chat.press(card, "Share", twice=True)
    shared = await chat.others(card)
    assert chat.name("alice") in shared.text
    assert "Risks and responsibilities" in shared.text
    assert len(await chat.everyone()) <= posts + 1


# --- tip


async def test_turning_tips_on_introduces_the_bot(chat: Chat) -> None:
    """Who, when, and how to stop it, said to everybody; then the settings say that they are on."""
    card = await turned_on(chat)
    (introduction,) = await chat.everyone()
    assert f"{chat.name('alice')} turned on" in introduction.text
    assert "Mondays at 09:00 (Europe/Paris)" in introduction.text
    assert "Next: Monday 30 November 2026, 09:00 (Europe/Paris)" in card.text
    assert "are on" in (await chat.ask("tips")).text


async def test_a_form_with_a_mistake_says_so_at_the_form(chat: Chat) -> None:
    """A day that is past is answered where it was typed, and nothing changes."""
    card = await chat.fill(await turned_on(chat), "Pause…", {"until": "2026-11-20"})
    assert isinstance(card, str)
    assert "not in the future" in card
    assert "are on" in (await chat.ask("tips")).text


async def test_one_tip_a_week_however_often_the_clock_looks(chat: Chat) -> None:
    """One post a week, the deck's order, across a restart."""
    await turned_on(chat)
    titles = [tip.title for tip in received(chat.bot.content.library, 3)]
    for _ in range(3):
        chat.clock.move(days=7)
        await chat.tick()
        await chat.restart()
        await chat.tick()
    tips = (await chat.everyone())[1:]
    assert len(tips) == 3
    for title, tip in zip(titles, tips, strict=True):
        assert title in tip.text


async def test_where_the_bot_is_not_tips_stay_off_and_say_what_to_do(chat: Chat) -> None:
    """A room that refuses posts keeps its tips off, with words that help."""
    card = await chat.ask("tips")
    await chat.close_room()
    after = await chat.fill(card, "Turn on…", FORM)
    assert isinstance(after, Shown)
    assert "stay off" in after.text
    assert await chat.everyone() == []


# --- reaction


@pytest.mark.parametrize(
    ("level", "title"), [("detail", "more detail"), ("sources", "sources"), ("exercise", "exercise")]
)
async def test_a_reaction_brings_the_level_below_the_post_once(chat: Chat, level: Level, title: str) -> None:
    """Two people react, one presses the button too: one reply."""
    tip = await a_tip(chat)
    await chat.react(tip, level, who="bob")
    await chat.react(tip, level, who="alice")
    await chat.press(tip, next(label for name, label in LEVELS if name == level), who="bob")
    (reply,) = await chat.below(tip)
    assert title in reply.text.casefold()


async def test_reactions_on_what_others_said_do_nothing(chat: Chat) -> None:
    """Only the bot's own posts are deepened."""
    theirs = await chat.say("What a lovely day")
    await chat.react(theirs, "detail", who="alice")
    assert await chat.below(theirs) == []


# --- doctor


async def test_the_doctor_says_what_comes_and_what_came(chat: Chat) -> None:
    """Before the first tip and after it."""
    await turned_on(chat)
    title = titled(received(chat.bot.content.library, 1)[0].title)
    assert f"Next: {title}, Monday 30 November 2026, 09:00 (Europe/Paris)" in (await chat.ask("doctor")).text
    chat.clock.move(days=7)
    await chat.tick()
    assert f"{title} was posted" in (await chat.ask("doctor")).text


async def test_the_doctor_names_the_pause_that_kept_a_tip_away(chat: Chat) -> None:
    """Who paused, from when and until when, while it goes on and once it is over."""
    await turned_on(chat)
    await chat.ask("tips pause", who="bob")
    assert "No tip came" not in (await chat.ask("doctor")).text
    chat.clock.move(days=7)
    await chat.tick()
    card = await chat.ask("why did no tip come?")
    assert "No tip has been due" not in card.text
    assert f"No tip came: tips were paused by {chat.name('bob')} on Monday 23 November 2026" in card.text
    await chat.press(card, "Resume")
    chat.clock.move(days=7)
    await chat.tick()
    told = (await chat.ask("doctor")).text
    assert "was posted" in told
    assert f"No tip came: tips were paused by {chat.name('bob')}, from Monday 23 November 2026" in told
    assert " until Monday 30 November 2026" in told


async def test_a_lost_answer_is_never_sent_again_by_itself(chat: Chat) -> None:
    """It may have been posted: the doctor says so, and a person sends it again."""
    await turned_on(chat)
    await chat.lose_answers(1)
    chat.clock.move(days=7)
    await chat.tick()
    await chat.tick()
    assert len(await chat.everyone()) == 2
    card = await chat.ask("doctor")
    assert "may or may not have been posted" in card.text
    await chat.press(card, "Send it now")
    assert len(await chat.everyone()) == 3


async def test_a_room_that_went_pauses_its_tips_with_the_reason(chat: Chat) -> None:
    """Nothing is tried again and again; the owner hears of it once."""
    await turned_on(chat)
    await chat.close_room()
    chat.clock.move(days=7)
    await chat.tick()
    chat.clock.move(days=7)
    await chat.tick()
    told = [each for each in await chat.everyone("alone") if "paused" in each.text]
    assert len(told) == 1


# --- pause


async def test_pause_and_resume_by_word_and_button(chat: Chat) -> None:
    """Paused, no tip comes, and the card says who did it; resumed, they go on."""
    await turned_on(chat)
    assert chat.name("bob") in (await chat.ask("tips pause", who="bob")).text
    chat.clock.move(days=7)
    await chat.tick()
    assert len(await chat.everyone()) == 1
    card = await chat.press(await chat.ask("doctor"), "Resume")
    assert "are on" in card.text
    chat.clock.move(days=7)
    await chat.tick()
    assert len(await chat.everyone()) == 2


async def test_skip_next_keeps_the_week_free(chat: Chat) -> None:
    """No tip on Monday, one the Monday after."""
    await chat.press(await turned_on(chat), "Skip next")
    chat.clock.move(days=7)
    await chat.tick()
    assert len(await chat.everyone()) == 1
    chat.clock.move(days=7)
    await chat.tick()
    assert len(await chat.everyone()) == 2


async def test_a_tip_for_one_person_alone(chat: Chat) -> None:
    """A person's own tips come to the chat with the bot."""
    card = await chat.fill(await chat.ask("tips me", place="alone"), "Turn on…", FORM)
    assert isinstance(card, Shown), card
    chat.clock.move(days=7)
    await chat.tick()
    assert received(chat.bot.content.library, 1)[0].title in (await chat.everyone("alone"))[-1].text
    assert await chat.everyone("room") == []


# --- a tip that was found


TRUST = "how do I know the bot's sources are real"


async def test_stop_names_the_rooms_tips_and_a_persons_own(chat: Chat) -> None:
    """Theirs go first, and are turned off without the room's."""
    await turned_on(chat)
    await chat.fill(await chat.ask("tips me", place="alone"), "Turn on…", FORM)
    card = await chat.ask("stop")
    assert card.text.index("Your own weekly tips are on") < card.text.index("They come to everybody in this channel")
    found = dict.fromkeys(label for label in card.buttons if label.startswith("Turn off"))
    assert list(found) == ["Turn off", "Turn off for everybody"]
    assert "Your own weekly tips are off" in (await chat.press(card, "Turn off")).text
    assert "are on" in (await chat.ask("tips")).text


async def opened(chat: Chat, place: Place = "room") -> Shown:
    """Ask a question that a tip answers, and open the tip."""
    answer = await chat.ask(TRUST, place=place)
    assert "Open the tip" in answer.buttons, answer
    card = await chat.press(answer, "Open the tip")
    assert "Try this week · under 30 minutes" in card.text
    return card


async def test_a_tip_that_was_found_can_be_shared_once(chat: Chat) -> None:
    """Everybody sees it then, with who shared it; pressing twice shares once."""
    card = await opened(chat)
    posts = len(await chat.everyone_and_threads())
    await chat.press(card, "Share", twice=True)
    (shared,) = (await chat.everyone_and_threads())[posts:]  # on Teams it comes in the thread where it was asked for
    assert "Try this week · under 30 minutes" in shared.text
    assert chat.name("alice") in shared.text


async def test_a_tip_that_was_found_can_be_kept_once(chat: Chat) -> None:
    """It comes to the person's own chat with the bot, however often it is pressed; nobody else sees it."""
    card = await opened(chat)
    posts, own = len(await chat.everyone()), len(await chat.everyone("alone"))
    said = await chat.press(card, "Save for later")
    assert "On its way to you" in said.text
    await chat.press(card, "Save for later")
    assert len(await chat.everyone()) == posts
    kept = (await chat.everyone("alone"))[own:]
    assert len([each for each in kept if "You saved this for later" in each.text]) == 1
