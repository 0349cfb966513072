"""Sharing, reacting, mentioning and inviting in a real browser, with two people looking."""

import pytest
from playwright.async_api import expect

from tests.browser.screen import Screen
from tests.browser.world import PageWorld

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_a_shared_card_is_seen_by_all_and_a_reaction_opens_its_thread_once(
    alice: Screen, bob: Screen, world: PageWorld
) -> None:
    """Alice shares, Bob reacts, the answer stands in the thread; Alice's same reaction adds nothing."""
    card = await alice.ask("risks")
    await card.get_by_role("button", name="Share").click()
    post = bob.cards.first
    await expect(post).to_contain_text("Shared by @Alice")
    await world.settle()  # the bot has written down that the post is its own: nobody reacts as fast as a test
    await bob.react(post, "mag")
    await post.get_by_role("button", name="1 reply").click()
    answer = bob.thread.get_by_role("heading", name="Risks and responsibilities: more detail")
    await expect(answer).to_be_in_viewport()
    await alice.react(alice.cards.last, "mag")
    await expect(alice.cards.last.get_by_role("button", name="mag, 2: Bob, Alice")).to_be_visible()
    await world.settle()
    await alice.cards.last.get_by_role("button", name="1 reply").click()
    await expect(alice.thread.get_by_role("article")).to_have_count(2)
    await expect(bob.cards).to_have_count(1)
    assert world.slack.faults == []


async def test_a_mention_is_answered_in_its_thread(alice: Screen, bob: Screen) -> None:
    """`@PM Compare stakeholders` is a question in public: the card stands in the thread, naming who asked."""
    await alice.say("@PM Compare stakeholders")
    await bob.cards.first.get_by_role("button", name="1 reply").click()
    await expect(bob.thread.get_by_role("heading", name="5 · Stakeholders & collaboration")).to_be_visible()
    await expect(bob.thread).to_contain_text("Asked by @Alice")
    await expect(bob.cards).to_have_count(1)


@pytest.mark.parametrize("by", ["click", "command"])
async def test_sharing_where_the_bot_is_missing_says_how_to_let_it_in(alice: Screen, world: PageWorld, by: str) -> None:
    """The refusal comes with what to type; once the bot is in, by either way, the same button shares."""
    await alice.enter("product")
    card = await alice.ask("risks")
    share = card.get_by_role("button", name="Share")
    await share.click()
    note = alice.cards.filter(has_text="I could not share that here")
    await expect(note).to_contain_text("/invite @PM Compare")
    assert world.slack.posts(world.elsewhere) == []
    if by == "click":
        await alice.page.get_by_role("button", name="Invite it").click()
    else:
        await alice.say("/invite @PM Compare")
    await expect(alice.cards.last).to_contain_text("@PM Compare joined, invited by @Alice")
    await share.click()
    await expect(alice.cards.last).to_contain_text("Shared by @Alice")
