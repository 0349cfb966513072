"""How a post to Teams ended, as the ledger has to know it: posted, refused how far, slowed, or nobody can tell."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from cards.model import Card, Header
from messengers.base import Address, CannotLook, Outcome, Posted, Refused, Scope, Slowed, Unknown
from messengers.outcomes import UNREACHABLE
from messengers.teams import conversations
from messengers.teams.messenger import TeamsMessenger
from playground.shared.trouble import Trouble, TroubleKind
from playground.teams.emulator import Conversation
from tests.bot.sides import teams_side
from tests.handlers.slack.world import MONDAY
from tests.scenarios.teams_chat import TeamsChat

CARD = Card("A card", (Header("A card"),))


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[TeamsChat]:
    """Give a running Teams, with the bot in its room and in both people's chats."""
    async with TeamsChat(tmp_path) as running:
        yield running


def messenger(chat: TeamsChat) -> TeamsMessenger:
    """Give the bot's own messenger, with the client behind it that it is served with."""
    return teams_side(chat.bot).messenger


def address(chat: TeamsChat, conversation: Conversation | str, thread: str = "") -> Address:
    """Give the address of a place."""
    id_ = conversation if isinstance(conversation, str) else conversation.id
    return Address("teams", chat.teams.tenant_id, id_, thread)


async def post(chat: TeamsChat, where: Address) -> tuple[Outcome, int]:
    """Post once; gives the outcome, and how many posts there are more than before."""
    before = len(chat.teams.messages(chat.room))
    outcome = await messenger(chat).post(where, CARD, "a-delivery")
    return outcome, len(chat.teams.messages(chat.room)) - before


async def test_a_post_stands_where_it_was_addressed_to(chat: TeamsChat) -> None:
    """In a channel as a post of its own, then below that one; the link opens it."""
    outcome, count = await post(chat, address(chat, chat.room))
    assert isinstance(outcome, Posted)
    assert count == 1
    assert outcome.link.startswith("https://teams.microsoft.com/l/message/")
    root = chat.teams.message(outcome.message_id)
    assert root is not None
    below, _ = await post(chat, address(chat, chat.room, root.id))
    assert isinstance(below, Posted)
    assert [each.id for each in chat.teams.thread(root)] == [below.message_id]


async def test_a_persons_chat_is_found_by_the_person(chat: TeamsChat) -> None:
    """A person's id leads to their chat; the outcome says which conversation that is, and has no link."""
    outcome = await messenger(chat).post(address(chat, chat.alice.id), CARD, "a-delivery")
    own = chat.teams.personal(chat.alice)
    assert isinstance(outcome, Posted)
    assert (outcome.conversation, outcome.link) == (own.id, "")
    assert chat.teams.messages(own)[-1].id == outcome.message_id


async def test_a_place_that_was_just_heard_from_is_posted_to_where_it_is_now(chat: TeamsChat) -> None:
    """Teams moved it to another address, and says so with an activity: the next post goes there, not to the old one."""
    where = address(chat, chat.room)
    await post(chat, where)
    async with chat.bot.database.read() as connection:
        row = await conversations.row_of(connection, where.workspace, where.conversation)
    assert row is not None
    messenger(chat).learn_place(replace(row, service_url="http://127.0.0.1:9"))
    assert await post(chat, where) == (UNREACHABLE, 0)
    messenger(chat).learn_place(replace(row, gone=True))  # nothing to go by
    assert await post(chat, where) == (UNREACHABLE, 0)
    messenger(chat).learn_place(row)
    outcome, count = await post(chat, where)
    assert isinstance(outcome, Posted)
    assert count == 1


async def test_a_place_never_heard_of_is_not_there(chat: TeamsChat) -> None:
    """Without its serviceUrl nothing can be posted: no request is made."""
    calls = len(chat.teams.calls)
    outcome, count = await post(chat, address(chat, "19:nowhere@thread.tacv2"))
    assert outcome == Refused("ConversationNotFound", "conversation")
    assert (count, len(chat.teams.calls)) == (0, calls)


@pytest.mark.parametrize(
    ("status", "code", "scope"),
    [
        (403, "BotNotInConversationRoster", "conversation"),
        (403, "BotDisabledByAdmin", "conversation"),
        (403, "ConversationBlockedByUser", "conversation"),
        (404, "ConversationNotFound", "conversation"),
        (400, "BadSyntax", "message"),
        (413, "MessageSizeTooBig", "message"),
        (401, "BotNotRegistered", "workspace"),
    ],
)
async def test_a_refusal_says_how_far_it_reaches(chat: TeamsChat, status: int, code: str, scope: Scope) -> None:
    """Nothing was posted, and the scope decides what pauses."""
    # a doubtful one is asked once more
    chat.teams.trouble.append(Trouble("post", "error", error=code, status=status, times=2))
    outcome, count = await post(chat, address(chat, chat.room))
    assert outcome == Refused(code, scope)
    assert count == 0


async def test_a_refusal_by_mistake_is_asked_once_more(chat: TeamsChat) -> None:
    """Teams says now and then of a conversation that is there that it is not."""
    chat.teams.trouble.append(Trouble("post", "error", error="ConversationNotFound", status=404))
    outcome, count = await post(chat, address(chat, chat.room))
    assert isinstance(outcome, Posted)
    assert count == 1


async def test_too_fast_waits_as_long_as_teams_asks(chat: TeamsChat) -> None:
    """Of one conversation first; where another one hears it within the second, of the whole tenant."""
    chat.teams.trouble.append(Trouble("post", "429", retry_after=7, times=2))
    outcome, count = await post(chat, address(chat, chat.room))
    assert outcome == Slowed(7.0, scope="conversation")
    assert count == 0
    own = address(chat, chat.teams.personal(chat.alice))
    assert await messenger(chat).post(own, CARD, "another") == Slowed(7.0, scope="workspace")


@pytest.mark.parametrize(
    ("kind", "count"),
    [("5xx_before", 0), ("5xx_after", 1), ("cut_before", 0), ("cut_after", 1), ("garbage_after", 1)],
)
async def test_what_may_have_been_posted_is_unknown(chat: TeamsChat, kind: TroubleKind, count: int) -> None:
    """Whoever cannot tell does not try again: a tip that came twice is worse than one that somebody looks for."""
    chat.teams.trouble.append(Trouble("post", kind))
    outcome, there = await post(chat, address(chat, chat.room))
    assert isinstance(outcome, Unknown)
    assert there == count


async def test_nobody_can_look_it_up(chat: TeamsChat) -> None:
    """Teams shows a bot no history without permissions to read everybody's messages."""
    found = await messenger(chat).look_up(address(chat, chat.room), "a-delivery", MONDAY)
    assert isinstance(found, CannotLook)


async def test_a_card_that_is_too_large_is_not_sent(chat: TeamsChat) -> None:
    """It is refused here, with the code Teams has for it."""
    calls = len(chat.teams.calls)
    large = Card("Large", tuple(Header("x" * 140) for _ in range(200)))
    outcome = await messenger(chat).post(address(chat, chat.room), large, "a-delivery")
    assert outcome == Refused("MessageSizeTooBig", "message")
    assert len(chat.teams.calls) == calls


async def test_members_and_names(chat: TeamsChat) -> None:
    """The people of a conversation, and whom it does not know any more."""
    here = address(chat, chat.room)
    found = await messenger(chat).members(here)
    assert found == {chat.alice.id: "Alice Martin", chat.bob.id: "Bob Okafor"}
    alice = await messenger(chat).person(here.workspace, here.conversation, chat.alice.id)
    assert alice is not None
    assert (alice.name, alice.is_gone) == ("Alice Martin", False)
    nobody = await messenger(chat).person(here.workspace, here.conversation, "00000000-0000-0000-0000-0000000000ff")
    assert nobody is not None
    assert nobody.is_gone


async def test_suggestions_go_to_a_personal_chat_and_nowhere_else(chat: TeamsChat) -> None:
    """In a message of words alone; a channel, and a conversation never heard of, get none, and nothing is sent."""
    offered = [("One", "say one"), ("Two", "say two"), ("Three", "3"), ("Four", "4")]
    own = chat.teams.personal(chat.alice)
    assert isinstance(await messenger(chat).suggest(address(chat, own), "And now?", offered), Posted)
    assert chat.teams.suggestions(chat.alice) == ["One", "Two", "Three"]
    before = len(chat.teams.calls)
    for where in (chat.room, "19:nobody@thread.v2"):
        assert await messenger(chat).suggest(address(chat, where), "And now?", offered) is None
    assert len(chat.teams.calls) == before
    chat.teams.trouble.append(Trouble("post", "error", error="ConversationBlockedByUser"))
    assert isinstance(await messenger(chat).suggest(address(chat, own), "And now?", offered), Refused)
    assert chat.teams.faults == []


async def test_a_token_that_ended_unnoticed_pauses_nobody(tmp_path: Path) -> None:
    """While a machine was suspended its monotonic clock stood: the second look shows a new token."""
    later = [0.0]
    async with TeamsChat(tmp_path, monotonic=lambda: time.monotonic() + later[0]) as chat:
        await post(chat, address(chat, chat.room))
        later[0] = 60.0
        chat.teams.revoke_tokens()
        outcome, count = await post(chat, address(chat, chat.room))
    assert isinstance(outcome, Posted)
    assert count == 1
