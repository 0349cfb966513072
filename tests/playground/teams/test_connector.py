"""The emulator's connector: what it takes, what it keeps, and what it refuses with which code."""

import json
from typing import Any

import pytest

from playground.teams.emulator import BOT, Conversation, TeamsEmulator
from tests.playground.echo_bot import EchoBot
from tests.playground.teams.caller import Caller, make_card, message_with, words

HELLO = {"type": "message", "text": "hello"}


async def _furnished(teams: TeamsEmulator) -> tuple[Conversation, Conversation, Conversation]:
    """A channel, a group chat and a personal chat, the app in each of them."""
    alice, bob = teams.person("Alice Martin"), teams.person("Bob Okafor")
    places = (
        teams.channel(teams.team("Product"), "pm-learning"),
        teams.group("Readers", members=[alice, bob]),
        teams.personal(alice),
    )
    for place in places:
        await teams.install(place)
    return places


async def test_messages_are_kept_where_they_belong(teams: TeamsEmulator, caller: Caller) -> None:
    """A channel's new post is a root of its own, `;messageid=` and a reply land below it; chats have no threads."""
    room, group, chat = await _furnished(teams)
    root = await caller.say(room, "root")
    below = await caller.say(f"{room.id};messageid={root.id}", "below")
    answered = await caller.call("POST", f"conversations/{room.id}/activities/{root.id}", HELLO)
    assert root.thread == root.id
    assert {below.thread, teams.thread(root)[-1].thread} == {root.id}
    assert answered.status == 201
    assert answered.body == {"id": teams.thread(root)[-1].id}
    said = await caller.say(group)
    answer = await caller.call("POST", f"conversations/{group.id}/activities/{said.id}", HELLO)
    reply = teams.message(answer.body["id"])
    assert reply is not None
    assert (reply.thread, reply.reply_to, reply.sender) == ("", said.id, BOT)
    quoted = await caller.post(chat, HELLO | {"replyToId": (await caller.say(chat)).id})
    assert quoted.status == 201
    assert [call.method for call in teams.calls if call.method != "token"] == ["post"] * 7
    assert teams.faults == []


async def test_a_card_is_changed_and_deleted(teams: TeamsEmulator, caller: Caller) -> None:
    """PUT replaces the card for everybody, DELETE takes it away; a root with answers stays as a gap."""
    room, _, _ = await _furnished(teams)
    post = await caller.show(room, words("old"))
    changed = await caller.put(post, message_with(make_card(words("new"))))
    assert (changed.status, changed.body) == (200, {"id": post.id})
    now = teams.message(post)
    assert now is not None
    assert now.is_edited
    assert now.card == make_card(words("new"))
    await caller.say(f"{room.id};messageid={post.id}")
    gone = await caller.call("DELETE", f"conversations/{room.id}/activities/{post.id}")
    assert (gone.status, gone.body) == (200, "")
    assert [(each.id == post.id, each.is_deleted, each.card) for each in teams.messages(room)] == [
        (True, True, None),
        (False, False, None),
    ]
    for verb in ("PUT", "DELETE"):
        again = await caller.call(verb, f"conversations/{room.id}/activities/{post.id}", HELLO)
        assert (again.status, again.code) == (404, "ActivityNotFoundInConversation")
    below = await caller.post(f"{room.id};messageid={post.id}", HELLO)
    assert (below.status, below.code) == (404, "ActivityNotFoundInConversation")
    assert teams.faults == []


async def test_other_peoples_messages_are_theirs(teams: TeamsEmulator, caller: Caller) -> None:
    """What a person wrote is not the bot's to change."""
    room, _, _ = await _furnished(teams)
    said = (await teams.say(teams.person("Bob Okafor"), room, "mine")).said
    assert said is not None
    for verb in ("PUT", "DELETE"):
        refused = await caller.call(verb, f"conversations/{room.id}/activities/{said.id}", HELLO)
        assert (refused.status, refused.code) == (403, "NotEnoughPermissions")
    assert teams.message(said) == said


@pytest.mark.parametrize(
    ("case", "status", "code"),
    [
        ("unknown", 404, "ConversationNotFound"),
        ("deleted channel", 404, "ConversationNotFound"),
        ("deleted team", 404, "ConversationNotFound"),
        ("archived team", 403, "NotEnoughPermissions"),
        ("removed", 403, "BotNotInConversationRoster"),
        ("never there", 403, "BotNotInConversationRoster"),
        ("blocked", 403, "ConversationBlockedByUser"),
    ],
)
async def test_a_place_may_refuse(case: str, status: int, code: str, teams: TeamsEmulator, caller: Caller) -> None:
    """Each way in which a conversation is closed has Teams' own code, and nothing is kept."""
    room, _, chat = await _furnished(teams)
    alice, team = teams.person("Alice Martin"), teams.team("Product")
    where: Conversation = room
    match case:
        case "unknown":
            where = Conversation("19:nowhere@thread.tacv2", "channel", "nowhere")
        case "deleted channel":
            await teams.delete_channel(room)
        case "deleted team":
            await teams.delete_team(team)
        case "archived team":
            await teams.archive_team(team)
        case "removed":
            await teams.uninstall(room)
        case "never there":
            where = teams.group("Strangers", members=[alice])
        case _:
            where = chat
            teams.block(alice)
    answered = await caller.post(where, HELLO)
    assert (answered.status, answered.code) == (status, code)
    assert where.id not in {each.conversation for each in (m for c in (room, chat) for m in teams.messages(c))}
    assert teams.calls[-1].status == status


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"type": "message"}, 400, "BadSyntax"),
        ({"type": "message", "text": 5}, 400, "BadSyntax"),
        ({"type": "message", "text": "x", "attachments": "no"}, 400, "BadSyntax"),
        ({"text": "no type"}, 400, "BadArgument"),
        (["a list"], 400, "BadSyntax"),
        ({"type": "message", "text": "x" * 60_000}, 413, "MessageSizeTooBig"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_makes_no_message_is_refused(
    body: Any,  # noqa: ANN401  # any JSON
    status: int,
    code: str,
    teams: TeamsEmulator,
    caller: Caller,
) -> None:
    """Malformed or too large: refused, and a fault of the bot."""
    room, _, _ = await _furnished(teams)
    answered = await caller.post(room, body)
    assert (answered.status, answered.code) == (status, code)
    assert teams.messages(room) == []
    assert [fault.error for fault in teams.faults] == [code]


async def test_an_update_is_one_message(teams: TeamsEmulator, caller: Caller) -> None:
    """Text and card together make two messages, which an update can't; a new post shows both, and is a fault."""
    room, _, _ = await _furnished(teams)
    both = message_with(make_card(words("card"))) | {"text": "and text"}
    assert (await caller.post(room, both)).status == 201
    assert "split into two messages" in teams.faults[-1].details[0]
    refused = await caller.put(teams.messages(room)[0], both)
    assert (refused.status, refused.code) == (400, "BadSyntax")


async def test_typing_is_no_message(teams: TeamsEmulator, caller: Caller) -> None:
    """The bot may show that it writes; nothing stays of it."""
    room, _, _ = await _furnished(teams)
    assert (await caller.post(room, {"type": "typing"})).status == 201
    assert teams.messages(room) == []


async def test_what_the_connector_does_not_know(teams: TeamsEmulator, caller: Caller) -> None:
    """A wrong address is answered with 404, and is a fault."""
    answered = await caller.call("GET", "conversations/a:1/history")
    assert (answered.status, answered.code) == (404, "NotFound")
    assert teams.faults[-1].error == "the connector has no such method"


# -- personal chats


async def test_a_personal_chat_is_opened_by_either_id(teams: TeamsEmulator, caller: Caller) -> None:
    """Through a team that both are in; twice is the same chat, and posts go there."""
    await _furnished(teams)
    bob = teams.person("Bob Okafor")
    made = [
        await caller.call(
            "POST",
            "conversations",
            {"members": [{"id": id_}], "channelData": {"tenant": {"id": teams.tenant_id}}, "isGroup": False},
        )
        for id_ in (bob.id, bob.member_id)
    ]
    assert [each.status for each in made] == [201, 201]
    assert made[0].body == {"id": teams.personal(bob).id, "serviceUrl": teams.service_url} == made[1].body
    with_words = {"members": [{"id": bob.id}], "tenantId": teams.tenant_id, "activity": HELLO}
    first = await caller.call("POST", "conversations", with_words)
    assert teams.messages(teams.personal(bob))[0].id == first.body["activityId"]
    assert (await caller.say(teams.personal(bob))).conversation == made[0].body["id"]


async def test_a_new_post_in_a_channel_can_be_created(teams: TeamsEmulator, caller: Caller) -> None:
    """The answer's id names the thread."""
    room, _, _ = await _furnished(teams)
    body = {"isGroup": True, "channelData": {"channel": {"id": room.id}}, "activity": HELLO}
    made = await caller.call("POST", "conversations", body)
    assert made.body["id"] == f"{room.id};messageid={made.body['activityId']}"
    assert teams.messages(room)[0].id == made.body["activityId"]


async def test_who_cannot_be_reached(teams: TeamsEmulator, caller: Caller) -> None:
    """Somebody without the app, who removed it, who is unknown or gone; and another tenant."""
    carol = teams.person("Carol Stone")
    await _furnished(teams)
    dave, erin = teams.person("Dave Hill"), teams.person("Erin Fox")
    await teams.install(teams.personal(dave))
    await teams.uninstall(teams.personal(dave))
    teams.deactivate(erin)

    async def create(id_: str, tenant: str) -> tuple[int, str]:
        made = await caller.call("POST", "conversations", {"members": [{"id": id_}], "tenantId": tenant})
        return made.status, made.code

    await teams.leave(teams.general(teams.team("Product")), carol)
    assert await create(carol.id, teams.tenant_id) == (403, "ForbiddenOperationException")
    assert await create(dave.id, teams.tenant_id) == (403, "ForbiddenOperationException")
    assert await create(erin.id, teams.tenant_id) == (400, "BadArgument")
    assert await create("29:nobody", teams.tenant_id) == (400, "BadArgument")
    assert await create(carol.id, "another") == (400, "BadArgument")
    none = await caller.call("POST", "conversations", {"members": [], "tenantId": teams.tenant_id})
    assert (none.status, none.code) == (400, "BadArgument")


# -- who is there


async def test_members_are_found(teams: TeamsEmulator, caller: Caller) -> None:
    """All, by pages, and one by either id; who has left is not there any more."""
    room, group, _ = await _furnished(teams)
    alice, bob = teams.person("Alice Martin"), teams.person("Bob Okafor")
    listed = (await caller.call("GET", f"conversations/{room.id}/members")).body
    assert {each["aadObjectId"] for each in listed} == {alice.id, bob.id}
    one = (await caller.call("GET", f"conversations/{room.id}/members/{alice.id}")).body
    assert one == (await caller.call("GET", f"conversations/{room.id}/members/{alice.member_id}")).body
    assert (one["name"], one["id"], one["tenantId"]) == ("Alice Martin", alice.member_id, teams.tenant_id)
    teams.deactivate(bob)
    gone = await caller.call("GET", f"conversations/{group.id}/members/{bob.id}")
    assert (gone.status, gone.code) == (404, "MemberNotFoundInConversation")
    post = await caller.say(room)
    seen = await caller.call("GET", f"conversations/{room.id}/activities/{post.id}/members")
    assert [each["name"] for each in seen.body] == ["Alice Martin"]


async def test_pages_of_members(teams: TeamsEmulator, caller: Caller) -> None:
    """A page has 50 at least; the token leads to the rest."""
    people = [teams.person(f"Person {number}") for number in range(60)]
    group = teams.group("Everybody", members=people)
    await teams.install(group)
    first = (await caller.call("GET", f"conversations/{group.id}/pagedMembers", pageSize="10")).body
    path = f"conversations/{group.id}/pagedMembers"
    rest = (await caller.call("GET", path, pageSize="10", continuationToken=first["continuationToken"])).body
    assert (len(first["members"]), len(rest["members"])) == (50, 10)
    assert "continuationToken" not in rest
    assert len({each["id"] for each in first["members"] + rest["members"]}) == 60
    assert (await caller.call("GET", path, continuationToken="never")).status == 400


async def test_a_team_and_its_channels(teams: TeamsEmulator, caller: Caller) -> None:
    """General has the team's id and no name."""
    room, _, _ = await _furnished(teams)
    team = teams.team("Product")
    found = (await caller.call("GET", f"teams/{team.id}")).body
    assert (found["name"], found["channelCount"], found["memberCount"]) == ("Product", 2, 2)
    channels = (await caller.call("GET", f"teams/{team.id}/conversations")).body["conversations"]
    assert channels == [{"id": team.id}, {"id": room.id, "name": "pm-learning"}]


# -- targeted messages and reactions


async def test_one_person_alone_sees_a_targeted_message(teams: TeamsEmulator, caller: Caller) -> None:
    """It needs a recipient who is there, and is changed and deleted as such."""
    room, _, chat = await _furnished(teams)
    alice, bob = teams.person("Alice Martin"), teams.person("Bob Okafor")
    body = HELLO | {"recipient": {"id": alice.member_id}}
    sent = await caller.post(room, body, isTargetedActivity="true")
    [standing] = teams.messages(room)
    assert (standing.id, standing.recipient) == (sent.body["id"], alice.id)
    seen = [
        [message["id"] for each in teams.snapshot(who)["conversations"] for message in each["messages"]]
        for who in (alice, bob)
    ]
    assert seen == [[standing.id], []]
    with pytest.raises(LookupError):
        teams.card_of(bob, standing)
    assert (await caller.put(standing, HELLO)).code == "ActivityNotFoundInConversation"
    assert (await caller.put(standing, body, isTargetedActivity="true")).code == "BadArgument"
    assert (await caller.put(standing, HELLO | {"text": "now"}, isTargetedActivity="true")).status == 200
    path = f"conversations/{room.id}/activities/{standing.id}"
    assert (await caller.call("DELETE", path, isTargetedActivity="true")).status == 200
    assert teams.messages(room) == []
    for where, wrong in ((room, HELLO), (room, HELLO | {"recipient": {"id": "29:x"}}), (chat, body)):
        refused = await caller.post(where, wrong, isTargetedActivity="true")
        assert (refused.status, refused.code) == (400, "BadArgument")


async def test_the_bot_reacts(teams: TeamsEmulator, caller: Caller) -> None:
    """It adds its own reaction, and takes it back."""
    room, _, _ = await _furnished(teams)
    said = (await teams.say(teams.person("Alice Martin"), room, "good news")).said
    assert said is not None
    path = f"conversations/{room.id}/activities/{said.id}/reactions/like"
    assert (await caller.call("PUT", path)).status == 200
    now = teams.message(said)
    assert now is not None
    assert now.reactions == {"like": (BOT,)}
    assert (await caller.call("DELETE", path)).status == 200
    now = teams.message(said)
    assert now is not None
    assert now.reactions == {}
    assert (await caller.call("PUT", path.replace(said.id, "1"))).code == "ActivityNotFoundInConversation"


async def test_bodies_that_are_no_json(teams: TeamsEmulator, caller: Caller) -> None:
    """More than a megabyte is refused unread."""
    room, _, _ = await _furnished(teams)
    huge = {"type": "message", "text": "x", "channelData": {"padding": "x" * 1_100_000}}
    assert len(json.dumps(huge)) > 1_048_576
    assert (await caller.post(room, huge)).code == "MessageSizeTooBig"


async def test_moments_only_ever_go_on(teams: TeamsEmulator, bot: EchoBot) -> None:
    """Turning the clock back makes nothing older than what was said before: a bot would take it for a late copy."""
    alice = teams.person("Alice Martin")
    chat = teams.personal(alice)
    await teams.install(chat)
    teams.clock.shift(7 * 86_400)
    later = await teams.say(alice, chat, "later")
    teams.clock.reset()
    back = await teams.say(alice, chat, "back")
    assert later.activity is not None
    assert back.activity is not None
    assert back.activity["timestamp"] > later.activity["timestamp"]
    assert bot.heard
