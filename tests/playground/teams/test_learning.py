"""What a channel that learns asks of the emulated Teams: charts, thumbs, dialogs with text, and posts that change."""

from typing import Any

import pytest

from playground.teams.emulator import BOT, Message, Person, TeamsEmulator
from playground.teams.limits import surfaces
from playground.teams.outbound import UNREACHABLE
from tests.playground.echo_bot import EchoBot
from tests.playground.teams.caller import CARD_TYPE, Caller, execute, make_card, message_with, words

BARS = {
    "type": "Chart.HorizontalBar",
    "title": "Levels opened",
    "showTitle": True,
    "displayMode": "AbsoluteNoAxis",
    "data": [{"x": "More detail", "y": 12}, {"x": "Sources", "y": 0, "color": "categoricalBlue"}],
    "fallback": "drop",
}


@pytest.mark.parametrize(
    "fits",
    [
        {},
        {"displayMode": "PartToWhole", "color": "good", "colorSet": "diverging"},
        {"xAxisTitle": "Votes", "yAxisTitle": "Choice", "spacing": "ExtraSmall", "targetWidth": "atLeast:narrow"},
        {"data": [{"x": "one", "y": 1.5, "key": "a"}]},
    ],
    ids=str,
)
def test_a_chart_that_is_documented_is_drawn(fits: dict[str, Any]) -> None:
    """Every property and word of "Charts in Adaptive Cards"."""
    assert surfaces.check_card(make_card(BARS | fits)) == []


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"bars": []}, "unknown property bars"),
        ({"data": None}, "is not a list"),
        ({"data": []}, "a chart without a bar"),
        ({"data": ["x"]}, "is no object"),
        ({"data": [{"x": "one"}]}, "y is missing"),
        ({"data": [{"y": 1}]}, "x is missing"),
        ({"data": [{"x": 1, "y": 1}]}, "is no text [/body/0/data/0/x]"),
        ({"data": [{"x": "one", "y": "1"}]}, "is no number [/body/0/data/0/y]"),
        ({"data": [{"x": "one", "y": True}]}, "is no number"),
        ({"data": [{"x": "one", "y": 1, "legend": "one"}]}, "unknown property legend"),
        ({"data": [{"x": "one", "y": 1, "color": "blue"}]}, "blue is none of"),
        ({"data": [{"type": "TextBlock", "text": "x"}]}, "unknown point TextBlock"),
        ({"displayMode": "Stacked"}, "Stacked is none of"),
        ({"title": 7}, "is no text [/body/0/title]"),
        ({"showTitle": "yes"}, "is neither true nor false"),
        ({"color": "accent"}, "accent is none of"),
        ({"type": "Chart.Pie", "fallback": "none"}, "unknown element Chart.Pie"),
        ({"data": [{"x": "x" * 30_000, "y": 1}]}, "more than 28672"),
    ],
    ids=str,
)
def test_a_chart_that_is_not_is_a_fault(wrong: dict[str, Any], complaint: str) -> None:
    """Each mistake is named with its place; nothing about how many bars there may be is documented."""
    assert [fault for fault in surfaces.check_card(make_card(BARS | wrong)) if complaint in fault]


SENTENCE = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Thanks."}
THANKED = {"task": {"type": "message", "value": "Thank you."}}


def shown(*body: dict[str, Any]) -> dict[str, Any]:
    """Give the answer to Action.Execute that puts another card in the pressed one's place."""
    return {"statusCode": 200, "type": CARD_TYPE, "value": make_card(*body)}


def thumb(said: str, action: dict[str, Any]) -> dict[str, Any]:
    """Give words that can be pressed."""
    return {"type": "Column", "width": "auto", "items": [words(said)], "selectAction": action}


def asking(**more: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    """Give the answer that opens a dialog with one text field."""
    text = {"type": "Input.Text", "id": "words", "label": "In your words", "maxLength": 10, **more}
    card = make_card(text, actions=[{"type": "Action.Submit", "title": "Send", "data": {"value": "saved"}}])
    value = {"title": "Not useful", "width": "medium", "height": "medium"}
    return {"task": {"type": "continue", "value": value | {"card": {"contentType": CARD_TYPE, "content": card}}}}


async def thumbed(teams: TeamsEmulator, caller: Caller) -> tuple[Person, Message]:
    """Give somebody, and a post with thumbs."""
    alice = teams.person("Alice Martin")
    room = teams.channel(teams.team("Product", members=[alice]), "pm-learning")
    await teams.install(room)
    up = {"type": "Action.Execute", "verb": "v", "title": "Useful", "data": {"value": "useful"}}
    down = {"type": "Action.Submit", "title": "Not useful", "data": {"msteams": {"type": "task/fetch"}, "value": "not"}}
    row = {"type": "ColumnSet", "columns": [thumb("👍 Useful", up), thumb("👎 Not useful", down)]}
    return alice, await caller.show(room, words("A tip"), row)


async def test_thumbs_are_pressed_by_what_stands_on_them_or_by_their_names(
    teams: TeamsEmulator, caller: Caller, bot: EchoBot
) -> None:
    """Up sends its action and shows a sentence; down opens the dialog, which counts as a press of that post."""
    alice, post = await thumbed(teams, caller)
    for label in ("Useful", "👍 Useful"):
        bot.answers(SENTENCE)
        assert (await teams.press(alice, post, label)).words == "Thanks."
        assert bot.heard[-1].event["value"]["action"]["data"] == {"value": "useful"}
    for label in ("Not useful", "👎 Not useful"):
        bot.answers(asking())
        opened = await teams.press(alice, post, label)
        assert (bot.heard[-1].event["name"], bot.heard[-1].event["replyToId"]) == ("task/fetch", post.id)
        assert opened.dialog is not None
        assert opened.dialog.title == "Not useful"
    assert teams.faults == []


@pytest.mark.parametrize(
    ("more", "typed", "complaint"),
    [
        ({}, "ten signs.", ""),
        ({}, "eleven sign", "At most 10 characters."),
        ({}, "🧪" * 5, ""),
        ({}, "🧪" * 6, "At most 10 characters."),  # a browser counts it twice
        ({}, "one\ntwo", "This field takes one line."),
        ({"isMultiline": True}, "one\ntwo", ""),
        ({}, "", ""),
        ({"isRequired": True, "errorMessage": "Type some words."}, "", "Type some words."),
    ],
    ids=str,
)
async def test_a_dialog_keeps_text_to_its_length_and_lines(  # the table's
    more: dict[str, Any], typed: str, complaint: str, teams: TeamsEmulator, caller: Caller, bot: EchoBot
) -> None:
    """What the client would not let through does not reach the bot; the rest does, as it was typed."""
    alice, post = await thumbed(teams, caller)
    bot.answers(asking(**more))
    opened = await teams.press(alice, post, "Not useful")
    assert opened.dialog is not None
    bot.answers(THANKED)
    sent = await teams.submit(alice, opened.dialog, {"words": typed})
    assert sent.invalid == ({"words": complaint} if complaint else {})
    if complaint:
        assert bot.heard[-1].event["name"] == "task/fetch"
    else:
        assert (sent.words, bot.heard[-1].event["value"]["data"]) == ("Thank you.", {"value": "saved", "words": typed})
    assert teams.faults == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ({}, None),
        (None, UNREACHABLE),
        ({"task": {}}, UNREACHABLE),
        ("thanks", UNREACHABLE),
    ],
    ids=str,
)
async def test_feedback_is_answered_with_nothing_in_it(
    reply: object, error: str | None, teams: TeamsEmulator, caller: Caller, bot: EchoBot
) -> None:
    """Teams: an empty object, or the client says that the app can't be reached."""
    alice, post = await thumbed(teams, caller)
    bot.answers(reply)
    about = {"actionName": "feedback", "actionValue": {"reaction": "like", "feedback": "{}"}}
    place = teams.channel(teams.team("Product"), "pm-learning")
    activity = teams.activity("invoke", alice, place, name="message/submitAction", value=about, replyToId=post.id)
    answer = await teams.send_activity(activity)
    assert answer.error == error
    assert bool(teams.faults) is (error is not None)


async def test_an_edit_shows_for_everybody_and_says_so(teams: TeamsEmulator, caller: Caller, bot: EchoBot) -> None:
    """Whoever had pressed sees the new card too, once or twice makes no difference, and its buttons work."""
    alice, post = await thumbed(teams, caller)
    bot.answers(shown(words("Alice's own view")))
    await teams.press(alice, post, "Useful")
    assert teams.card_of(alice, post) == make_card(words("Alice's own view"))
    corrected = make_card(words("A tip"), words("Corrected 2 December 2026"), actions=[execute("More detail")])
    for _ in range(2):
        assert (await caller.put(post, message_with(corrected))).status == 200
    seen = [
        (message["id"], message["from"], message["is_edited"], message["card"])
        for each in teams.snapshot(alice)["conversations"]
        for message in each["messages"]
    ]
    assert seen == [(post.id, BOT, True, corrected)]
    bot.answers(shown(words("More detail")))
    await teams.press(alice, post, "More detail")
    assert teams.card_of(alice, post) == make_card(words("More detail"))
    assert teams.faults == []


async def test_an_edit_is_of_a_message_that_is_there(teams: TeamsEmulator, caller: Caller) -> None:
    """Deleted, in another place, of somebody else, where the bot was removed, or no message at all: refused."""
    alice, post = await thumbed(teams, caller)
    room, other = teams.channel(teams.team("Product"), "pm-learning"), teams.group("Readers", members=[alice])
    await teams.install(other)
    said = (await teams.say(alice, room, "mine")).said
    assert said is not None
    new = message_with(make_card(words("new")))

    async def put(place: str, id_: str, body: object = new) -> tuple[int, str]:
        answered = await caller.call("PUT", f"conversations/{place}/activities/{id_}", body)
        return answered.status, answered.code

    assert await put(room.id, post.id, new | {"type": "typing"}) == (400, "BadArgument")
    assert await put(room.id, said.id) == (403, "NotEnoughPermissions")
    assert await put(other.id, post.id) == (404, "ActivityNotFoundInConversation")
    assert await put("19:nowhere@thread.tacv2", post.id) == (404, "ConversationNotFound")
    await teams.uninstall(room)
    assert await put(room.id, post.id) == (403, "BotNotInConversationRoster")
    await teams.install(room)
    await teams.delete_message(alice, post)
    assert await put(room.id, post.id) == (404, "ActivityNotFoundInConversation")
    assert [each.is_edited for each in teams.messages(room)] == [False] * len(teams.messages(room))
