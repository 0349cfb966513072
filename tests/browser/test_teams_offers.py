"""What Teams offers around its box, in a real browser: suggestions, prompt starters, and cards to insert."""

import pytest
from playwright.async_api import expect

from tests.browser.teams_screen import TeamsScreen
from tests.browser.teams_world import BothWorld

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser of both"),
    pytest.mark.asyncio(loop_scope="session"),
]
WORLD = BothWorld


async def test_a_suggestion_is_said_with_a_tap_and_gives_way_to_the_next(hers: TeamsScreen, world: BothWorld) -> None:
    """Three above the box, by keyboard too; what is tapped is said, answered, and the old ones are gone."""
    await hers.ask("risks")
    await expect(hers.suggestions).to_have_count(3)
    await hers.suggestions.nth(0).focus()
    await hers.page.keyboard.press("Enter")
    await expect(hers.messages.get_by_text("risks detail", exact=True)).to_be_visible()
    await expect(hers.cards.last.get_by_role("heading", name="Risks and responsibilities: more detail")).to_be_visible()
    await expect(hers.suggestions.nth(0)).to_have_text("An exercise on risks")
    assert world.teams.faults == []


async def test_prompt_starters_fill_the_box(hers: TeamsScreen) -> None:
    """In one's own chat by their words alone, elsewhere behind the app's name; nothing is sent by choosing one."""
    before = await hers.messages.count()
    await hers.page.get_by_text("View prompts").click()
    await hers.page.get_by_role("button", name="Compare the risks").click()
    await expect(hers.composer).to_have_value("Compare the risks")
    await expect(hers.composer).to_be_focused()
    await expect(hers.messages).to_have_count(before)
    await hers.composer.fill("")
    await hers.enter("pm-learning")
    await hers.page.get_by_text("Nothing here yet").get_by_role("button", name="What is drift?").click()
    await expect(hers.composer).to_have_value("@PM Compare What is drift?")


async def test_a_card_is_inserted_where_the_app_is_not(hers: TeamsScreen, world: BothWorld) -> None:
    """The search shows all seven first, then what fits; by keyboard alone the first is posted in one's own name."""
    await hers.enter("AI working group")
    await hers.page.get_by_role("button", name="Insert a card").click()
    picker = hers.page.get_by_role("dialog", name="Insert a card")
    results = picker.get_by_role("list", name="Cards").get_by_role("button")
    await expect(results).to_have_count(7)
    await hers.page.keyboard.type("drift")
    await expect(results.first).to_contain_text("Drift")
    await hers.page.keyboard.press("Enter")
    await expect(picker).to_be_hidden()
    card = hers.messages.last
    await expect(card.get_by_role("heading", name="Drift")).to_be_visible()
    await expect(card.get_by_role("button", name="Compare")).to_have_count(0)
    await expect(card).to_have_accessible_name("Alice Martin, 09:30")
    assert [call for call in world.teams.calls if call.conversation == world.group.id] == []
    assert world.teams.faults == []


async def test_nothing_found_says_what_would_be(hers: TeamsScreen) -> None:
    """A sentence in the search; Escape gives the box back."""
    await hers.page.get_by_role("button", name="Insert a card").click()
    picker = hers.page.get_by_role("dialog", name="Insert a card")
    await hers.page.keyboard.type("xylophone quokka")
    await expect(picker.get_by_role("status")).to_contain_text("Nothing here on “xylophone quokka”")
    await hers.page.keyboard.press("Escape")
    await expect(picker).to_be_hidden()
