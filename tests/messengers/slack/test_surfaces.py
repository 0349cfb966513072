"""Posts are changed and Homes published; a post that is gone is told from one that Slack did not change just now."""

import pytest
from msgspec import structs

from cards.model import Action, Actions, Button, Card, Feedback, TextBlock
from content.inline import Text
from messengers.base import Address, Posted, Refused, Scope, Slowed, Unknown
from playground.shared.trouble import Trouble
from tests.messengers.conftest import Opened

CORRECTED = Card(
    "A card",
    (
        TextBlock((Text("Corrected 2 December 2026."),)),
        Actions((Button("All seven", Action("list")),)),
        Feedback(Action("useful"), Action("not-useful")),
    ),
)


async def test_a_post_is_changed_in_its_place(opened: Opened) -> None:
    """Its metadata stays, so that a lost answer can still be settled; doing it again changes nothing more."""
    async with opened() as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        ts = await here.post(room, "d1")
        for _ in range(2):
            assert await here.messenger.update(here.address(room), ts, CORRECTED) == Posted(ts)
            (post,) = here.slack.posts(room)
            assert "Corrected 2 December 2026." in post.text
            assert [block["type"] for block in post.blocks] == ["section", "actions", "context_actions"]
            assert post.edited
            assert post.metadata is not None
            assert post.metadata["event_payload"] == {"id": "d1"}
        assert here.endings == ["ok", "ok", "ok"]
        assert here.calls()["chat.update"] == 2
        assert here.slack.faults == []


async def test_a_post_that_is_gone_is_dead(opened: Opened) -> None:
    """Deleted. One that cannot be changed stands all the same: nothing of its thread ends."""
    async with opened() as here:
        alice = here.slack.user("alice")
        room = here.slack.channel("pm", members=[alice], bot=True)
        ts = await here.post(room, "d1")
        (post,) = here.slack.posts(room)
        here.slack.delete_message(post)
        outcome = await here.messenger.update(here.address(room), ts, CORRECTED)
        assert outcome == Refused("message_not_found", "thread")
        theirs = await here.slack.say(alice, room, "hello")
        outcome = await here.messenger.update(here.address(room), theirs.ts, CORRECTED)
        assert outcome == Refused("cant_update_message", "message")
        assert here.endings == ["ok", "message_not_found", "cant_update_message"]


@pytest.mark.parametrize(
    ("code", "scope"),
    [
        ("edit_window_closed", "message"),
        ("channel_not_found", "conversation"),
        ("is_archived", "conversation"),
        ("token_revoked", "workspace"),
        ("msg_too_long", "message"),
    ],
)
async def test_a_refused_change_reaches_as_far_as_its_code_says(opened: Opened, code: str, scope: Scope) -> None:
    """As a refused post does."""
    async with opened() as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        ts = await here.post(room, "d1")
        here.slack.trouble.append(Trouble("chat.update", "error", error=code))
        assert await here.messenger.update(here.address(room), ts, CORRECTED) == Refused(code, scope)


async def test_a_change_that_may_have_been_made_is_unknown_or_late(opened: Opened) -> None:
    """`update_failed` is Slack's own stumble; a 429 says when."""
    async with opened() as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        ts = await here.post(room, "d1")
        here.slack.trouble.append(Trouble("chat.update", "error", error="update_failed"))
        here.slack.trouble.append(Trouble("chat.update", "429", retry_after=7))
        assert await here.messenger.update(here.address(room), ts, CORRECTED) == Unknown("update_failed")
        assert await here.messenger.update(here.address(room), ts, CORRECTED) == Slowed(7)
        assert here.endings == ["ok", "unknown", "ratelimited"]


async def test_a_home_is_published_for_one_person(opened: Opened) -> None:
    """Thumbs are small buttons there; publishing again replaces what was shown."""
    async with opened() as here:
        alice, bob = here.slack.user("alice"), here.slack.user("bob")
        for _ in range(2):
            outcome = await here.messenger.publish_home(here.slack.team, alice.id, CORRECTED)
            home = here.slack.home(alice)
            assert home is not None
            assert outcome == Posted(home.id)
            assert [block["type"] for block in home.blocks] == ["section", "actions", "actions"]
        assert here.slack.home(bob) is None
        assert here.endings == ["ok", "ok"]
        assert here.slack.faults == []


async def test_a_home_that_two_publish_at_once_is_published_once_more(opened: Opened) -> None:
    """Once, and then it is told; nothing of ours asks Slack to compare hashes."""
    async with opened() as here:
        alice = here.slack.user("alice")
        here.slack.trouble.append(Trouble("views.publish", "error", error="hash_conflict"))
        assert isinstance(await here.messenger.publish_home(here.slack.team, alice.id, CORRECTED), Posted)
        for _ in range(2):
            here.slack.trouble.append(Trouble("views.publish", "error", error="hash_conflict"))
        outcome = await here.messenger.publish_home(here.slack.team, alice.id, CORRECTED)
        assert outcome == Refused("hash_conflict", "message")
        assert here.endings == ["ok", "hash_conflict"]
        assert here.calls()["views.publish"] == 4
        assert all("hash" not in call.arguments for call in here.slack.calls)


async def test_a_home_for_nobody_is_refused(opened: Opened) -> None:
    """The outcome says it; nothing is raised."""
    async with opened() as here:
        assert isinstance(await here.messenger.publish_home(here.slack.team, "U0NOBODY", CORRECTED), Refused)
        outcome = await here.messenger.update(Address("slack", here.slack.team, "C0NOWHERE"), "1.1", CORRECTED)
        assert outcome == Refused("channel_not_found", "conversation")


async def test_a_card_that_no_home_holds_is_a_fault_of_ours(opened: Opened) -> None:
    """It is raised by its name before Slack is asked."""
    async with opened() as here:
        alice = here.slack.user("alice")
        with pytest.raises(ValueError, match="card 'Long': a Home has at most 100 blocks"):
            await here.messenger.publish_home(
                here.slack.team, alice.id, structs.replace(CORRECTED, title="Long", blocks=CORRECTED.blocks * 40)
            )
        assert here.calls()["views.publish"] == 0
