"""Weekly tips on Teams: turning them on, steering them, and who may."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from cards.compose import parts
from cards.model import ME, Action, Subject
from handlers.teams.responses import Reply
from messengers import people
from messengers.base import Refused
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, BOB, BOBS, GENERAL, GROUP, ROOM, Activity, Person, Place
from tests.handlers.teams.hearing import Hearing, Said, card_of, shown
from tests.in_order import received

FORM = {"weekday": "0", "at": "09:00", "zone": "Europe/Paris"}


async def opened(
    bot: Hearing, person: Person, place: Place, action: Action, *, target: str = "", thread: str = ""
) -> Reply:
    """Open a dialog from a message."""
    return await bot.hear(activities.opened(person, place, target, action, thread=thread))


def sent(reply: Reply, values: dict[str, str]) -> Activity:
    """Give what a dialog sends when it is filled in: what its button holds, and the values."""
    body: Any = reply.body
    found = [node for node in _nodes(body) if isinstance(node, dict) and {"value", "context"} <= node.keys()]
    assert found
    return {**found[0], **values}


def field(reply: Reply, name: str) -> Any:  # noqa: ANN401 # JSON
    """Find a dialog's field."""
    (found,) = [node for node in _nodes(reply.body) if isinstance(node, dict) and node.get("id") == name]
    return found


def _nodes(node: Any) -> list[Any]:  # noqa: ANN401 # JSON
    inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [node, *(found for each in inside for found in _nodes(each))]


async def turn_on(bot: Hearing, person: Person = ALICE, place: Place = ROOM, **values: str) -> Said:
    """Turn tips on as people do, and give the settings as they are shown afterwards."""
    card = await bot.said(activities.said(person, place, "tips"))
    assert card.how == "answer"
    thread = card.address.thread
    edit = Action("tips-edit", None, "settings", ME if place.kind == "personal" else "")
    dialog = await opened(bot, person, place, edit, target=card.message_id, thread=thread)
    reply = await bot.hear(activities.submitted(person, place, sent(dialog, FORM | values), thread=thread))
    assert reply.body == {}  # a dialog that closes, and no second one
    after = bot.teams.said[-1]
    assert (after.how, after.message_id) == ("update", card.message_id)
    return after


async def test_turning_tips_on_introduces_the_bot_and_shows_the_settings(bot: Hearing) -> None:
    """The introduction is a post of its own, for all; the settings card in the thread says that they are on."""
    card = await turn_on(bot)
    introduction = next(said for said in bot.teams.said if said.how == "post")
    assert introduction.address.conversation == ROOM.id
    assert introduction.address.thread == ""
    assert f"@{ALICE.aad} turned on" in introduction.words
    assert "are on" in card.words
    assert "Next: Monday 30 November 2026, 09:00 (Europe/Paris)" in card.words


@pytest.mark.parametrize("place", [ROOM, GROUP])
async def test_the_settings_are_shown_where_they_were_asked_for(bot: Hearing, place: Place) -> None:
    """Typed in a channel, the real card stands in the thread: there are no private answers."""
    question = activities.said(ALICE, place, "tips")
    card = await bot.said(question)
    assert "are off" in card.words
    assert "Turn on…" in card.words
    assert card.address.thread == (question["id"] if place.kind == "channel" else "")
    assert await bot.counts() == {}


async def test_a_dialog_asks_for_the_zone_of_who_opens_it(bot: Hearing) -> None:
    """Teams says it with everything; where this activity does not, an earlier one did."""
    await bot.hear(activities.said(BOB, ROOM, "tips"))
    opening = activities.opened(BOB, ROOM, "m1", Action("tips-edit", None, "settings"))
    assert field(await bot.hear(opening), "zone")["value"] == "America/New_York"
    del opening["localTimezone"]
    assert field(await bot.hear(opening), "zone")["value"] == "America/New_York"
    stranger = activities.opened(ALICE, ROOM, "m1", Action("tips-edit", None, "settings"))
    del stranger["localTimezone"]
    assert "value" not in field(await bot.hear(stranger), "zone")


async def test_a_mistake_is_shown_where_it_was_made_and_nothing_is_lost(bot: Hearing) -> None:
    """A day that has passed: the dialog again, with what was typed and what is wrong with it."""
    await turn_on(bot)
    dialog = await opened(bot, ALICE, ROOM, Action("tips-edit", None, "pause"))
    reply = await bot.hear(activities.submitted(ALICE, ROOM, sent(dialog, {"until": "2026-11-20"})))
    assert "That day is not in the future" in shown(reply)
    assert "2026-11-20" in shown(reply)
    body: Any = reply.body
    assert body["task"]["type"] == "continue"
    subscription = await bot.subscription(ROOM.id)
    assert subscription is not None
    assert subscription.state == "on"
    again = await bot.hear(activities.submitted(ALICE, ROOM, sent(reply, {"until": "2026-12-10"})))
    assert again.body == {}
    subscription = await bot.subscription(ROOM.id)
    assert subscription is not None
    assert subscription.state == "paused"


async def test_a_form_whose_card_is_not_ours_alone_is_answered_beside_it(bot: Hearing) -> None:
    """Opened in one's own view of a post that all read, or before a restart: settings never replace a post."""
    await turn_on(bot)
    for target in ("m2", "nobody-knows"):
        dialog = await opened(bot, ALICE, ROOM, Action("tips-edit", None, "quiet"), target=target, thread="170")
        submit = activities.submitted(ALICE, ROOM, sent(dialog, {"quiet_dates": "2026-12-25"}), thread="170")
        before = len(bot.teams.said)
        await bot.hear(submit)
        (said,) = bot.teams.said[before:]
        assert (said.how, said.address.thread) == ("answer", "170")


async def test_the_shared_card_stays_the_settings_and_says_how_tips_stand(bot: Hearing) -> None:
    """Whatever page somebody saved a form on, the others read the settings; so they do after a button changed them."""
    card = await turn_on(bot)
    where = {"target": card.message_id, "thread": card.address.thread}
    dialog = await opened(bot, ALICE, ROOM, Action("tips-edit", None, "quiet"), **where)
    filled = activities.submitted(ALICE, ROOM, sent(dialog, {"quiet_dates": "24 Dec"}), thread=card.address.thread)
    after = await bot.said(filled)
    assert (after.how, after.message_id) == ("update", card.message_id)
    assert "More about" not in after.words
    assert "Quiet days: 24 December 2026" in after.words
    for action, how in ((Action("tips-pause"), "are paused"), (Action("tips-resume"), "are on")):
        after = await bot.said(activities.pressed(BOB, ROOM, card.message_id, action))
        assert (after.how, after.message_id) == ("update", card.message_id)
        assert how in after.words
    before = len(bot.teams.said)
    await bot.hear(activities.pressed(BOB, ROOM, card.message_id, Action("tips-more")))
    assert len(bot.teams.said) == before  # a page is one's own


async def test_a_form_sent_twice_is_saved_once(bot: Hearing) -> None:
    """A copy gets the same answer; only another press is another change."""
    await turn_on(bot)
    dialog = await opened(bot, ALICE, ROOM, Action("tips-edit", None, "pause"))
    submit = activities.submitted(ALICE, ROOM, sent(dialog, {"until": ""}))
    first = await bot.hear(submit)
    said = len(bot.teams.said)
    assert await bot.hear(submit) == first
    assert len(bot.teams.said) == said


async def test_one_tip_a_week_and_its_button_opens_the_comparison(bot: Hearing) -> None:
    """A post of its own each Monday; pressed, the comparison takes its place for who pressed alone."""
    await turn_on(bot)
    for _ in range(2):
        await bot.tick(days=7)
    tips = [said for said in bot.teams.said if said.words.startswith("AI PM tip")]
    titles = [tip.title for tip in received(bot.content.library, 2)]
    assert [title in tip.words for title, tip in zip(titles, tips, strict=True)] == [True, True]
    reply = await bot.hear(activities.pressed(BOB, ROOM, tips[0].message_id, Action("show", _dimension(bot))))
    assert "Traditional PM" in card_of(reply)
    # Shared from there, it is a post in the tip's thread: the tip stays what it is.
    await bot.hear(activities.pressed(BOB, ROOM, tips[0].message_id, Action("share", _dimension(bot)), thread="m9"))
    assert (bot.teams.said[-1].how, bot.teams.said[-1].address.thread) == ("post", "m9")


def _dimension(bot: Hearing) -> Subject:
    return parts.subject_of(bot.content.library.dimensions[0])


@pytest.mark.parametrize("word", ["skip", "pause", "now", "off"])
async def test_steering_by_word_is_done_once_however_often_it_comes(bot: Hearing, word: str) -> None:
    """The card in the thread shows what it led to; a copy of the message changes nothing."""
    await turn_on(bot)
    message = activities.said(BOB, ROOM, f"tips {word}")
    before = len(bot.teams.said)
    await bot.hear(message)
    said = bot.teams.said[before:]
    await bot.hear(message)
    assert bot.teams.said[before:] == said
    assert [each.how for each in said].count("answer") == 1


async def test_words_after_a_change_are_not_passed_over_in_silence(bot: Hearing) -> None:
    """Who names a date is told that nothing was done, in a channel and in the chat with the bot."""
    await turn_on(bot)
    await bot.hear(activities.said(ALICE, ROOM, "tips pause until friday"))
    assert "Nothing was changed: I know " in (said := repr(bot.teams.said[-1].card))
    assert "'tips pause'" in said
    await bot.hear(activities.said(ALICE, ALONE, "tips skip 3"))
    assert "Nothing was changed: I know " in (said := repr(bot.teams.said[-1].card))
    assert "'tips me skip'" in said
    assert "The buttons here" not in said  # they are off: there is nothing to skip


async def test_steering_by_button_changes_the_card_of_who_pressed(bot: Hearing) -> None:
    """Pause, and who did it, named."""
    card = await turn_on(bot)
    reply = await bot.hear(activities.pressed(BOB, ROOM, card.message_id, Action("tips-pause")))
    assert "are paused" in card_of(reply)
    assert BOB.name in card_of(reply)
    assert "are on" in card_of(await bot.hear(activities.pressed(BOB, ROOM, card.message_id, Action("tips-resume"))))


async def test_who_may_not_change_tips_is_told_who_may(bot: Hearing) -> None:
    """Owners alone: others see whose they are, and get no dialog."""
    await turn_on(bot, changed_by="owner")
    reply = await bot.hear(activities.pressed(BOB, ROOM, "m1", Action("tips-pause")))
    assert "Only the person who set this up can change it" in card_of(reply)
    dialog = await opened(bot, BOB, ROOM, Action("tips-edit", None, "settings"))
    body: Any = dialog.body
    assert body["task"]["type"] == "message"
    assert f"Ask {ALICE.name}" in body["task"]["value"]


async def test_a_dialog_changes_the_tips_of_where_it_is_sent_from_whatever_it_says(bot: Hearing) -> None:
    """What a form brings along is no proof: the conversation that it names is changed by its owners alone."""
    await turn_on(bot)
    dialog = await opened(bot, BOB, GROUP, Action("tips-edit", None, "settings"))
    forged = sent(dialog, FORM | {"at": "23:00"})
    forged["context"] = json.dumps({"place": ROOM.id, "conversation": ROOM.id, "message": "m1"})
    await bot.hear(activities.submitted(BOB, GROUP, forged))
    room = await bot.subscription(ROOM.id)
    assert room is not None
    assert room.at == "09:00"


@pytest.mark.parametrize("data", [None, {}, {"value": "show||"}, {"value": "nonsense", "context": "["}, []])
async def test_a_dialog_that_is_not_ours_says_that_it_is_out_of_date(bot: Hearing, data: object) -> None:
    """Never an empty answer, never a fault."""
    for name in ("task/fetch", "task/submit"):
        reply = await bot.hear(activities.invoked(ALICE, ROOM, name, {"data": data}))
        assert "This form is out of date" in shown(reply)


async def test_owners_are_chosen_among_who_is_there(bot: Hearing) -> None:
    """Handed over to Bob and shared with Alice: the form offers the members, and says who is the owner now."""
    await turn_on(bot, changed_by="owner")
    dialog = await opened(bot, ALICE, ROOM, Action("tips-edit", None, "owners"))
    owner = field(dialog, "owner")
    assert {choice["title"] for choice in owner["choices"]} == {ALICE.name, BOB.name}
    assert owner["value"] == ALICE.aad
    filled = sent(dialog, {"owner": BOB.aad, "co_owners": f"{ALICE.aad},{BOB.aad}"})
    await bot.hear(activities.submitted(ALICE, ROOM, filled))
    subscription = await bot.subscription(ROOM.id)
    assert subscription is not None
    assert (subscription.owner, subscription.co_owners) == (BOB.aad, (ALICE.aad,))


async def test_quiet_days_are_chosen_by_country(bot: Hearing) -> None:
    """The dialog holds the list: nothing is asked while somebody types."""
    await turn_on(bot)
    dialog = await opened(bot, ALICE, ROOM, Action("tips-edit", None, "quiet"))
    assert '"title": "France", "value": "FR"' in shown(dialog)
    filled = sent(dialog, {"quiet_dates": "2026-12-25", "quiet_country": "FR"})
    await bot.hear(activities.submitted(ALICE, ROOM, filled))
    subscription = await bot.subscription(ROOM.id)
    assert subscription is not None
    assert (subscription.quiet_dates, subscription.quiet_country) == (("2026-12-25",), "FR")


async def test_the_next_tip_is_swapped_in_a_dialog(bot: Hearing) -> None:
    """What comes next is shown afterwards."""
    await turn_on(bot)
    chosen = bot.content.library.tips[3]
    dialog = await opened(bot, ALICE, ROOM, Action("tips-edit", None, "swap"))
    said = await bot.said(activities.submitted(ALICE, ROOM, sent(dialog, {"tip": chosen.id})))
    assert chosen.title in said.words


async def test_tips_to_choose_from_say_their_topics_and_are_found_by_typing(bot: Hearing) -> None:
    """Teams' lists have no headings; a button of a tip that was found begins with that tip."""
    await turn_on(bot)
    library = bot.content.library
    chosen = library.tips[7]
    dialog = await opened(bot, ALICE, ROOM, Action("tips-edit", Subject("tip", chosen.id), "swap"))
    tip = field(dialog, "tip")
    assert (tip["style"], tip["value"], len(tip["choices"])) == ("filtered", chosen.id, len(library.tips) + 1)
    shorts = {dimension.short for dimension in library.dimensions}
    assert {choice["title"].partition(" · ")[0] for choice in tip["choices"]} == {"In order", *shorts}


async def test_a_form_that_brings_nothing_readable_along_is_taken_all_the_same(bot: Hearing) -> None:
    """It changes the tips of where it is sent from, and shows them beside."""
    await turn_on(bot)
    dialog = await opened(bot, ALICE, ROOM, Action("tips-edit", None, "pause"))
    filled = sent(dialog, {"until": ""}) | {"context": "["}
    assert "are paused" in (await bot.said(activities.submitted(ALICE, ROOM, filled))).words


async def test_what_becomes_of_the_other_platforms_promises_is_not_told_here(bot: Hearing) -> None:
    """Each platform's handlers are told of every delivery."""
    await turn_on(bot)
    (row,) = await bot.deliveries()
    bot.tell_later(row.id)
    said = len(bot.teams.said)
    for other in (replace(row, platform="slack"), replace(row, state="planned")):
        await bot.hears.settled(other)
    assert len(bot.teams.said) == said
    await bot.hears.settled(row)
    assert bot.teams.said[-1].how == "answer"


async def test_where_the_introduction_is_refused_tips_stay_off(bot: Hearing) -> None:
    """The settings card says why, in the place of the one the dialog was opened from."""
    card = await bot.said(activities.said(ALICE, ROOM, "tips"))
    dialog = await opened(bot, ALICE, ROOM, Action("tips-edit", None, "settings"), target=card.message_id)
    bot.teams.script.append(Refused("BotNotInConversationRoster", "conversation"))
    await bot.hear(activities.submitted(ALICE, ROOM, sent(dialog, FORM)))
    assert "stay off" in bot.teams.said[-1].words
    assert bot.teams.said[-1].message_id == card.message_id


# --- a person's own


async def test_a_tip_for_one_person_alone(bot: Hearing) -> None:
    """In the personal chat `tips` are one's own; they are addressed to the person, and steered from there."""
    card = await turn_on(bot, BOB, BOBS)
    assert "Your own weekly tips are on" in card.words
    await bot.tick(days=7)
    assert bot.teams.said[-1].address.conversation == BOB.aad
    reply = await bot.hear(activities.pressed(BOB, BOBS, "m1", Action("tips-pause")))
    assert "Your own weekly tips are paused" in card_of(reply)


async def test_own_tips_can_be_set_up_from_a_channel(bot: Hearing) -> None:
    """The dialog that a button for oneself opens in a channel saves one's own; nobody there is shown it."""
    card = await bot.said(activities.said(ALICE, ROOM, "tips"))
    dialog = await opened(bot, BOB, ROOM, Action("tips-edit", None, "settings", ME), target=card.message_id)
    await bot.hear(activities.submitted(BOB, ROOM, sent(dialog, FORM)))
    assert (bot.teams.said[-1].how, bot.teams.said[-1].person) == ("whisper", BOB.aad)
    assert "Your own weekly tips are on" in bot.teams.said[-1].words
    assert await bot.subscription(ROOM.id) is None
    own = await bot.subscription(BOB.aad)
    assert own is not None
    assert own.state == "on"


async def test_own_tips_that_are_asked_for_in_a_channel_are_shown_to_who_presses(bot: Hearing) -> None:
    """`tips me` is done, and said to nobody else: the button shows each their own."""
    await turn_on(bot, BOB, BOBS)
    card = await bot.said(activities.said(BOB, ROOM, "tips me pause"))
    assert "That answer is just for you" in card.words
    press = Action("tips", place=ME)
    assert "are paused" in card_of(await bot.hear(activities.pressed(BOB, ROOM, card.message_id, press)))
    assert "are off" in card_of(await bot.hear(activities.pressed(ALICE, ROOM, card.message_id, press)))


# --- taking over


@pytest.mark.parametrize(
    ("member", "part"),
    [
        (people.Person(ALICE.name, is_gone=True), "are on"),
        (people.Person(ALICE.name, is_gone=False), "I asked the owner"),
        (None, "I asked the owner"),
    ],
)
async def test_tips_of_an_owner_who_left_are_taken_over_at_once(
    bot: Hearing, member: people.Person | None, part: str
) -> None:
    """Who is still there, or may be, is asked first."""
    await turn_on(bot, changed_by="owner")
    if member is not None:
        bot.teams.roster[ALICE.aad] = member
    assert part in card_of(await bot.hear(activities.pressed(BOB, ROOM, "m1", Action("tips-claim"))))
    subscription = await bot.subscription(ROOM.id)
    assert subscription is not None
    assert (subscription.owner == BOB.aad) == (part == "are on")


async def test_an_owner_nobody_tells_of_in_time_is_asked(bot: Hearing) -> None:
    """A slow roster is no reason to hand tips over."""
    await turn_on(bot, changed_by="owner")
    bot.teams.roster[ALICE.aad] = people.Person(ALICE.name, is_gone=True)
    bot.restart(patience=0)
    bot.teams.door.clear()
    reply = await bot.hears.hear(activities.pressed(BOB, ROOM, "m1", Action("tips-claim")))
    bot.teams.door.set()
    assert "I asked the owner" in card_of(reply)


async def test_an_owner_keeps_tips_from_their_own_chat(bot: Hearing) -> None:
    """The direct message names the channel; its button works on that channel, for owners alone."""
    await turn_on(bot, changed_by="owner")
    await bot.hear(activities.pressed(BOB, ROOM, "m1", Action("tips-claim")))
    notice = bot.teams.said[-1]
    assert notice.address.conversation == ALICE.aad
    assert "asks to take over" in notice.words
    stay = Action("tips-decline-claim", place=ROOM.id)
    assert "are not yours" in card_of(await bot.hear(activities.pressed(BOB, BOBS, "m1", stay)))
    assert "You keep them" in card_of(await bot.hear(activities.pressed(ALICE, ALONE, notice.message_id, stay)))
    kept = bot.teams.said[-1]
    assert (kept.how, kept.message_id) == ("update", notice.message_id)  # the button goes with the question
    again = await bot.hear(activities.pressed(ALICE, ALONE, notice.message_id, stay))
    assert "They are yours already" in card_of(again)


async def test_a_form_may_name_no_answer_that_somebody_else_sees_alone(bot: Hearing) -> None:
    """Whose it is can change it, from their own form; anybody else's form is answered beside it."""
    await turn_on(bot)
    asked = activities.said(BOB, ROOM, "tips")
    his = await bot.said(asked | {"recipient": activities.BOT | {"isTargeted": True}})
    assert his.person == BOB.id
    for person, how in ((ALICE, "answer"), (BOB, "update")):
        dialog = await opened(bot, person, ROOM, Action("tips-edit", None, "settings"), target=his.message_id)
        before = len(bot.teams.said)
        await bot.hear(activities.submitted(person, ROOM, sent(dialog, FORM | {"at": "10:00"})))
        (shown_,) = bot.teams.said[before:]
        assert (shown_.how, shown_.message_id == his.message_id) == (how, how == "update")


@pytest.mark.parametrize("message", ["m1", "m" * 300, "", "\u202e", 5, None, ["m1"]])
async def test_a_form_may_name_no_message_that_is_not_an_answer_of_ours_there(bot: Hearing, message: object) -> None:
    """A post, another conversation's answer, or nothing at all: none of them is changed."""
    elsewhere = await bot.said(activities.said(ALICE, GENERAL, "tips"))
    dialog = await opened(bot, ALICE, ROOM, Action("tips-edit", None, "settings"))
    forged = sent(dialog, FORM) | {"context": json.dumps({"place": "", "message": message})}
    for named in (forged, forged | {"context": json.dumps({"message": elsewhere.message_id})}):
        before = len(bot.teams.said)
        await bot.hear(activities.submitted(ALICE, ROOM, named))
        assert "update" not in [each.how for each in bot.teams.said[before:]]
