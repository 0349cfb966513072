"""Asking on Teams: what is typed, where, and what comes back."""

import asyncio
import json

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from cards.model import ME, Action, Actions, Button, Subject
from messengers.base import Outcome, Refused, Slowed, Unknown
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, BOB, GENERAL, GROUP, ROOM, SERVICE, Place
from tests.handlers.teams.hearing import Hearing, card_of, sentence_of

RISKS = Subject("dimension", "risks")
MISSION = Subject("dimension", "mission")


@pytest.mark.parametrize("place", [ALONE, GROUP, ROOM, GENERAL])
async def test_a_dimension_is_answered_with_its_card_wherever_it_is_asked(bot: Hearing, place: Place) -> None:
    """In the personal chat as it is typed, elsewhere by mention: one post, in the thread in channels."""
    question = activities.said(ALICE, place, "risks")
    said = await bot.said(question)
    assert said.how == "post"
    assert "7 · Risks and responsibilities" in said.words
    for label in ("Share this card", "Previous, Skills: Skills", "Next, Mission: Core mission", "More detail"):
        assert label in said.words
    assert said.address.conversation == place.id
    assert said.address.thread == (question["id"] if place.kind == "channel" else "")


async def test_a_question_inside_a_thread_is_answered_there(bot: Hearing) -> None:
    """The thread is the one the message stands in, not one of its own."""
    said = await bot.said(activities.said(ALICE, ROOM, "risks", thread="1700000000001"))
    assert said.address.thread == "1700000000001"


async def test_between_a_message_and_its_answer_lies_one_commit(bot: Hearing) -> None:
    """It is written down leased, and posted; how it ended comes after it. The conversation is known to the sender."""
    await bot.said(activities.said(ALICE, ALONE, "skills"))  # from here on the chat is known
    bot.context.enqueuer.hand_to(bot.dispatcher.at_once)
    before, there = len(bot.teams.said), []

    def committed(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            there.append(len(bot.teams.said) - before)

    async with bot.dispatcher.running():
        await bot.settle()  # it looks once as it begins
        event.listen(Engine, "commit", committed)
        try:
            assert (await bot.hears.hear(activities.said(ALICE, ALONE, "risks"))).status == 200
            async with asyncio.timeout(5):
                while len(there) < 2:  # noqa: ASYNC110 # nothing tells of a commit
                    await asyncio.sleep(0)
        finally:
            event.remove(Engine, "commit", committed)
    assert there == [0, 1]  # how many answers stood there at each commit
    assert bot.teams.places[-1].id == ALONE.id


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("7", "7 · Risks and responsibilities"),
        ("rsiks", "7 · Risks and responsibilities"),
        ("/pm-compare risks", "7 · Risks and responsibilities"),
        ("/risks", "7 · Risks and responsibilities"),
        ("PM-Compare: risks", "7 · Risks and responsibilities"),
        ("", "Core mission"),
        ("help", "How to use PM Compare"),
        ("privacy", "no permission to read messages"),
        ("what is drift", "Drift"),
        ("random", "Traditional PM"),
        ("risks sources", "Risks and responsibilities: sources"),
        ("xylophone quokka", "Nothing on “xylophone quokka” yet"),
        ("R&amp;D &lt;3 quokka", "“R&D <3 quokka”"),
    ],
)
async def test_every_word_of_the_grammar_is_answered(bot: Hearing, typed: str, part: str) -> None:
    """The one grammar of both platforms; what Teams marks up is read as it was typed."""
    for place in (ALONE, ROOM):
        assert part in (await bot.said(activities.said(ALICE, place, typed))).words


async def test_a_mention_is_taken_out_wherever_it_stands(bot: Hearing) -> None:
    """Behind the words, with other people's, which are none of the question, and as Teams writes a shortened one."""
    question = activities.said(ALICE, ROOM, "")
    question["text"] = "xylophone <at>Bob Stone</at> <at id='0'>Compare</at>\n"
    question["entities"][-1]["text"] = "<at>PM Compare</at>"
    said = await bot.said(question | {"text": "<at>PM Compare</at> xylophone <at>Bob Stone</at>"})
    assert "“xylophone”" in said.words


async def test_a_mention_that_is_written_otherwise_is_taken_out_too(bot: Hearing) -> None:
    """The tag in the text need not be the entity's."""
    question = activities.said(ALICE, ROOM, "")
    said = await bot.said(question | {"text": '<at id="0">PM</at> risks'})
    assert "7 · Risks" in said.words


async def test_what_is_not_said_to_the_bot_is_left_alone(bot: Hearing) -> None:
    """No mention, somebody else's mention, another bot, a button that submits: a 200, and nothing is kept or said."""
    overheard = activities.said(ALICE, ROOM, "risks", is_for_bot=False)
    other = activities.said(ALICE, GROUP, "risks")
    other["entities"][-1]["mentioned"] = {"id": "28:99999999-0000-4000-8000-000000000000"}
    robot = activities.said(ALICE, ALONE, "risks")
    robot["from"] = {"id": "28:99999999-0000-4000-8000-000000000000"}
    submit = activities.said(ALICE, ALONE, "")
    submit["value"] = {"action": "pm-compare"}
    del submit["text"]
    for activity in (overheard, other, robot, submit):
        reply = await bot.hear(activity)
        assert (reply.status, reply.body) == (200, None)
    assert bot.teams.said == []
    assert await bot.counts() == {}


async def test_a_picture_alone_gets_help(bot: Hearing) -> None:
    """Nothing was asked in words, so the words there are is the answer."""
    picture = activities.said(ALICE, ALONE, "") | {"attachments": [{"contentType": "image/*"}]}
    assert "How to use PM Compare" in (await bot.said(picture)).words


async def test_a_card_that_was_inserted_asks_nothing(bot: Hearing) -> None:
    """Somebody put one of ours into the chat with the bot; with words beside it, these are the question."""
    card = {"attachments": [{"contentType": "text/html"}, {"contentType": "application/vnd.microsoft.card.adaptive"}]}
    assert (await bot.hear(activities.said(ALICE, ALONE, "") | card)).status == 200
    assert bot.teams.said == []
    assert "7 · Risks" in (await bot.said(activities.said(ALICE, ALONE, "risks") | card)).words


async def test_the_same_message_however_often_it_comes_is_answered_once(bot: Hearing) -> None:
    """Copies at the same time, later, and to a process that knows nothing of the first."""
    question = activities.said(ALICE, ROOM, "risks")
    replies = await asyncio.gather(*(bot.hears.hear(question) for _ in range(5)))
    await bot.settle()
    bot.restart()
    replies.append(await bot.hear(question))
    assert {reply.status for reply in replies} == {200}
    assert len(bot.teams.said) == 1


async def test_a_message_whose_handling_failed_is_handled_when_it_comes_again(bot: Hearing) -> None:
    """A fault is not the answer that copies get."""
    question = activities.said(ALICE, ROOM, "risks")
    library, bot.content.library = bot.content.library, None  # type: ignore[assignment] # a fault, by hand
    with pytest.raises(AttributeError):
        await bot.hears.hear(question)
    bot.content.library = library
    assert "7 · Risks" in (await bot.said(question)).words


async def test_where_a_message_came_from_is_kept_for_what_is_posted_later(bot: Hearing) -> None:
    """Its serviceUrl, what kind of place it is, whose chat or which team's channel; what is renamed is kept anew."""
    await bot.hear(activities.said(ALICE, ALONE, "risks"))
    await bot.hear(activities.said(ALICE, ROOM, "risks"))
    await bot.hear(activities.said(ALICE, GROUP, "risks"))
    chat, room, group = [await bot.conversation(place.id) for place in (ALONE, ROOM, GROUP)]
    assert chat is not None
    assert (chat.kind, chat.person, chat.service_url) == ("personal", ALICE.aad, SERVICE)
    assert room is not None
    assert (room.kind, room.team, room.name) == ("channel", ROOM.team, "pm-learning")
    assert group is not None
    assert (group.kind, group.name) == ("group", "Launch")
    moved = activities.said(ALICE, GROUP, "risks")
    moved["serviceUrl"] = "https://smba.trafficmanager.net/amer/"
    await bot.hear(moved)
    group = await bot.conversation(GROUP.id)
    assert group is not None
    assert group.service_url == "https://smba.trafficmanager.net/amer/"


async def test_names_are_learned_from_what_people_send(bot: Hearing) -> None:
    """Teams has no mark-up that a client would turn into a name."""
    await bot.hear(activities.said(BOB, ALONE, "risks"))
    assert bot.teams.learned == {BOB.aad: BOB.name}


async def test_a_person_without_an_entra_id_is_known_by_their_other_one(bot: Hearing) -> None:
    """A guest, or the Agents Playground; one that is too long for a column is shortened, the same each time."""
    question = activities.said(ALICE, ALONE, "risks")
    question["from"] = {"id": "29:" + "x" * 100, "name": "Guest"}
    await bot.hear(question)
    (person,) = bot.teams.learned
    assert person.startswith("id-")
    assert len(person) == 43


async def test_ids_as_long_as_may_be_are_told_apart(bot: Hearing) -> None:
    """A personal chat's id and a message's may be longer together than the column of the ledger's keys."""
    place = Place("personal", "a:" + "x" * 200)
    for end in "ab":
        await bot.said(activities.said(ALICE, place, "risks") | {"id": "9" * 200 + end})
    keys = [row.key for row in await bot.deliveries()]
    assert len(set(keys)) == 2
    assert max(map(len, keys)) <= 255


# --- buttons


async def test_buttons_move_between_cards_in_place_for_who_pressed(bot: Hearing) -> None:
    """Next, a level, the way back, the list and help: the answer is the card, and nothing is posted or written."""
    await bot.hear(activities.installed(ALICE, ALONE))
    counts, said = await bot.counts(), len(bot.teams.said)
    for action, part in (
        (Action("show", MISSION, "next"), "1 · Core mission"),
        (Action("deepen", MISSION, "detail"), "Core mission: more detail"),
        (Action("list"), "AI PM vs Traditional PM"),
        (Action("help"), "How to use PM Compare"),
    ):
        assert part in card_of(await bot.hear(activities.pressed(ALICE, ALONE, "m1", action)))
    assert await bot.counts() == counts
    assert len(bot.teams.said) == said


@pytest.mark.parametrize(
    "value", ["", "nonsense", "show|dimension/|", "deepen|tip/x|what", "share||", "show||", "show|dimension/retired|"]
)
@pytest.mark.parametrize("place", [ALONE, ROOM])
async def test_a_button_that_is_not_ours_gets_a_polite_card(bot: Hearing, place: Place, value: str) -> None:
    """Old or forged values, and content that has gone, are answered with what there is now."""
    assert "This card has been retired" in card_of(await bot.hear(activities.pressed(ALICE, place, "m1", value)))


@pytest.mark.parametrize(
    "value", [None, {}, {"action": 5}, {"action": {"data": []}}, {"action": {"data": {"value": 7}}}]
)
async def test_an_execute_without_data_is_answered_all_the_same(bot: Hearing, value: object) -> None:
    """Never an empty 200 to an invoke."""
    reply = await bot.hear(activities.invoked(ALICE, ALONE, "adaptiveCard/action", value))
    assert "This card has been retired" in card_of(reply)


async def test_a_dialogs_button_that_executes_says_what_to_press(bot: Hearing) -> None:
    """Only a button that was drawn for it opens a dialog."""
    reply = await bot.hear(activities.pressed(ALICE, ROOM, "m1", Action("tips-edit", None, "pause")))
    assert "The form did not open" in card_of(reply)


# --- share


async def test_sharing_an_answer_shows_everybody_the_card_and_who_shared_it(bot: Hearing) -> None:
    """The post itself changes, for all; pressed again it is the same post still."""
    for place in (ROOM, GROUP):
        post = await bot.said(activities.said(ALICE, place, "risks"))
        press = activities.pressed(BOB, place, post.message_id, Action("share", RISKS), thread=post.address.thread)
        before = len(bot.teams.said)
        assert f"Shared by {BOB.name}" in card_of(await bot.hear(press))
        assert f"Shared by {BOB.name}" in card_of(await bot.hear(press))
        (update,) = bot.teams.said[before:]
        assert (update.how, update.message_id, update.address.conversation) == ("update", post.message_id, place.id)
        assert f"Shared by @{BOB.aad}" in update.words


async def test_sharing_what_stands_on_no_answer_of_its_own_posts_it_once(bot: Hearing) -> None:
    """From the list, or from a card of another dimension: a post beside it, in the same thread, once."""
    for words in ("list", "mission"):
        post = await bot.said(activities.said(ALICE, ROOM, words))
        thread = post.address.thread
        press = activities.pressed(BOB, ROOM, post.message_id, Action("share", RISKS), thread=thread)
        before = len(bot.teams.said)
        assert "On its way" in sentence_of(await bot.hear(press))
        (shared,) = bot.teams.said[before:]
        assert (shared.how, shared.address.thread) == ("post", thread)
        assert f"Shared by @{BOB.aad}" in shared.words
        again = activities.pressed(BOB, ROOM, post.message_id, Action("share", RISKS), thread=thread)
        assert "You already shared this card here" in sentence_of(await bot.hear(again))
        assert len(bot.teams.said) == before + 1


async def test_a_share_that_teams_refuses_says_so(bot: Hearing) -> None:
    """Nobody sees it, and who pressed learns why; the card stays."""
    post = await bot.said(activities.said(ALICE, GROUP, "risks"))
    bot.teams.script.append(Refused("MessageSizeTooBig", "message"))
    reply = await bot.hear(activities.pressed(BOB, GROUP, post.message_id, Action("share", RISKS)))
    assert "I could not share that here" in sentence_of(reply)
    post = await bot.said(activities.said(ALICE, GROUP, "list"))
    bot.teams.script.append(Refused("MessageSizeTooBig", "message"))
    await bot.hear(activities.pressed(BOB, GROUP, post.message_id, Action("share", RISKS)))
    told = bot.teams.said[-1]
    assert (told.how, told.person) == ("whisper", BOB.aad)
    assert "I could not share that here" in told.words


@pytest.mark.parametrize(
    ("outcome", "part"),
    [(Unknown("timeout"), "I do not know whether that was posted"), (Slowed(60), "That is too much at once")],
)
async def test_a_share_that_may_not_have_been_done_says_so(bot: Hearing, outcome: Outcome, part: str) -> None:
    """Neither "shared" nor "refused" is said without knowing."""
    post = await bot.said(activities.said(ALICE, GROUP, "risks"))
    bot.teams.script.append(outcome)
    press = Action("share", RISKS)
    assert part in sentence_of(await bot.hear(activities.pressed(BOB, GROUP, post.message_id, press)))


async def test_a_share_beside_whose_answer_was_lost_is_not_done_again(bot: Hearing) -> None:
    """Posted or not: pressed again, the person is told to look."""
    post = await bot.said(activities.said(ALICE, GROUP, "list"))
    bot.teams.script.append(Unknown("timeout"))
    press = Action("share", RISKS)
    await bot.hear(activities.pressed(BOB, GROUP, post.message_id, press))
    reply = await bot.hear(activities.pressed(BOB, GROUP, post.message_id, press))
    assert "I do not know whether that was posted" in sentence_of(reply)
    assert await bot.counts() == {"sent": 1, "unknown": 1}


async def test_an_answer_does_not_wait_for_a_slow_teams(bot: Hearing) -> None:
    """What is asked of Teams meanwhile goes on; names that do not come in time are left out."""
    post = await bot.said(activities.said(ALICE, ROOM, "risks"))
    bot.restart(patience=0)
    bot.teams.door.clear()
    press = activities.pressed(BOB, ROOM, post.message_id, Action("share", RISKS), thread=post.address.thread)
    assert "7 · Risks" in card_of(await bot.hears.hear(press))
    bot.teams.door.set()
    await bot.settle()
    assert bot.teams.said[-1].how == "update"


async def test_alone_there_is_nobody_to_share_with(bot: Hearing) -> None:
    """By button or by word: a card says where to, and leads back."""
    post = await bot.said(activities.said(ALICE, ALONE, "risks"))
    card = card_of(await bot.hear(activities.pressed(ALICE, ALONE, post.message_id, Action("share", RISKS))))
    assert "There is nobody here to share it with" in card
    assert "Back to the card" in card
    said = await bot.said(activities.said(ALICE, ALONE, "risks share"))
    assert "There is nobody here to share it with" in said.words


async def test_sharing_by_word_names_who_did(bot: Hearing) -> None:
    """`risks share` in a channel is a shared card at once."""
    assert f"Shared by @{ALICE.aad}" in (await bot.said(activities.said(ALICE, ROOM, "risks share"))).words


# --- first contact, and what nobody knows


@pytest.mark.parametrize(("place", "words"), [(ALONE, "Type a topic or a question"), (GROUP, "I read nothing else")])
async def test_who_installs_the_bot_is_told_once_what_it_does(bot: Hearing, place: Place, words: str) -> None:
    """Teams tells of an installation twice, in either order: one card of three lines and three buttons."""
    await bot.hear(activities.members(ALICE, place, added=True))
    await bot.hear(activities.installed(ALICE, place))
    (said,) = bot.teams.said
    assert words in said.words
    assert said.address.thread == ""
    *lines, row = said.card.blocks
    assert len(lines) == 3
    assert isinstance(row, Actions)
    risks, tips, commands = (item.action for item in row.items if isinstance(item, Button))
    for action, part in ((risks, "Traditional PM"), (tips, "are off"), (commands, "How to use PM Compare")):
        assert part in card_of(await bot.hear(activities.pressed(ALICE, place, said.message_id, action)))


async def test_a_team_is_not_spoken_to_uninvited(bot: Hearing) -> None:
    """Installed in a team, the bot keeps where, the chosen channel too, and says nothing."""
    install = activities.installed(ALICE, GENERAL)
    install["channelData"]["settings"] = {"selectedChannel": {"id": ROOM.id, "name": ROOM.name}}
    await bot.hear(install)
    await bot.hear(activities.members(ALICE, GENERAL, added=True))
    assert bot.teams.said == []
    general, room = await bot.conversation(GENERAL.id), await bot.conversation(ROOM.id)
    assert general is not None
    assert room is not None
    assert (general.name, general.team, room.name, room.team) == ("General", ROOM.team, "pm-learning", ROOM.team)


@pytest.mark.parametrize("action", ["add-upgrade", "remove-upgrade", "something-new"])
async def test_an_upgrade_says_and_forgets_nothing(bot: Hearing, action: str) -> None:
    """Teams removes and adds an app that it upgrades; its tips and places stay."""
    await bot.hear(activities.installed(ALICE, ALONE))
    said = len(bot.teams.said)
    await bot.hear(activities.installed(ALICE, ALONE, action))
    assert len(bot.teams.said) == said
    assert await bot.conversation(ALONE.id) is not None


@pytest.mark.parametrize("kind", ["typing", "event", "messageUpdate", "endOfConversation", "something-new", ""])
async def test_activities_that_are_not_known_are_acknowledged(bot: Hearing, kind: str) -> None:
    """An error would make Teams send them again."""
    reply = await bot.hear(activities.activity(kind, ALICE, ALONE))
    assert (reply.status, reply.body) == (200, None)


@pytest.mark.parametrize("name", ["composeExtension/query", "application/search", "signin/verifyState", ""])
async def test_an_invoke_that_is_not_known_is_not_implemented(bot: Hearing, name: str) -> None:
    """An empty 200 would be shown as "Unable to reach app"."""
    assert (await bot.hear(activities.invoked(ALICE, ALONE, name, {}))).status == 501


@pytest.mark.parametrize(
    "change",
    [{"conversation": {}}, {"conversation": {"id": "a:1"}, "channelData": {}}, {"serviceUrl": ""}, {"id": "x" * 300}],
)
async def test_an_activity_that_does_not_say_where_it_belongs_is_left_alone(
    bot: Hearing, change: dict[str, object]
) -> None:
    """No tenant, no conversation, no way back, or an id that could not be kept."""
    assert (await bot.hear(activities.said(ALICE, ALONE, "risks") | change)).status == 200
    assert (await bot.hear(activities.pressed(ALICE, ALONE, "m1", Action("list")) | change)).status == 501
    assert bot.teams.said == []


async def test_where_an_activity_comes_from_shows_in_its_id_too(bot: Hearing) -> None:
    """Some say no kind of conversation; and a moment that cannot be read is the moment it comes."""
    for place, kind in ((ALONE, "personal"), (GROUP, "group"), (ROOM, "channel")):
        question = activities.said(ALICE, place, "risks") | {"timestamp": "yesterday"}
        del question["conversation"]["conversationType"]
        await bot.hear(question)
        row = await bot.conversation(place.id)
        assert row is not None
        assert (row.kind, row.changed_at) == (kind, bot.moment)


async def test_a_message_without_an_id_cannot_be_answered_once(bot: Hearing) -> None:
    """So it is not answered; a button without one does what it does."""
    question = activities.said(ALICE, GROUP, "risks")
    del question["id"]
    await bot.hear(question)
    assert bot.teams.said == []
    press = activities.pressed(ALICE, GROUP, "m1", Action("tips"))
    del press["id"]
    assert "are off" in card_of(await bot.hear(press))


async def test_the_own_tips_of_a_person_open_from_anywhere(bot: Hearing) -> None:
    """The button on a shared card shows whoever presses their own."""
    reply = await bot.hear(activities.pressed(BOB, ROOM, "m1", Action("tips", place=ME)))
    assert "Your own weekly tips are off" in card_of(reply)


async def test_a_forms_note_says_the_plain_word_where_that_is_enough(bot: Hearing) -> None:
    """Alone nobody mentions the bot; in a channel one does."""
    plan = Action("plan", Subject("dimension", "risks"))
    for place, is_alone in ((ALONE, True), (ROOM, False)):
        reply = await bot.hear(activities.opened(ALICE, place, "", plan))
        said = json.dumps(reply.body)
        assert "plans" in said
        assert ("@PM Compare" not in said) is is_alone


@pytest.mark.parametrize(("message", "is_changed"), [("list", False), ("reminder", True)])
async def test_a_reminder_is_settled_for_good_and_a_list_is_not(
    bot: Hearing, message: str, *, is_changed: bool
) -> None:
    """The list has other plans: only the answer to the press says that one of them is gone."""
    await bot.hear(activities.said(ALICE, ALONE, "plans"))
    target = bot.teams.said[-1].message_id if message == "list" else "m99"
    reply = await bot.hear(activities.pressed(ALICE, ALONE, target, Action("plan-drop", argument="3f2a")))
    assert "no longer kept" in card_of(reply) or "Dropped" in card_of(reply)
    assert ("update" in [said.how for said in bot.teams.said]) is is_changed
