"""Asking in a real browser: by mouse, by keyboard alone, and with words that are no markup."""

import pytest
from playwright.async_api import expect

from tests.browser.screen import Screen, boxes, sides
from tests.browser.world import PageWorld

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_a_typed_command_shows_both_sides_to_its_person_alone(alice: Screen, bob: Screen) -> None:
    """`/pm-compare risks` brings the two sides next to each other; nobody else sees that it was asked."""
    card = await alice.ask("risks")
    await expect(card.get_by_role("heading", name="7 · Risks and responsibilities")).to_be_visible()
    await expect(card).to_contain_text("Only visible to you")
    left, right = await boxes(*sides(card))
    assert left["x"] + left["width"] <= right["x"]
    assert abs(left["y"] - right["y"]) < 2
    await expect(bob.cards).to_have_count(0)


async def test_a_slash_lists_what_can_be_typed_and_the_keyboard_picks(alice: Screen) -> None:
    """Arrow keys walk the list, Enter takes a line, Enter again sends it."""
    await alice.composer.press_sequentially("/")
    options = alice.page.get_by_role("listbox", name="Commands").get_by_role("option")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await alice.page.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await expect(options.nth(1)).to_contain_text("/pm-compare risks")
    await alice.page.keyboard.press("Enter")
    await expect(alice.composer).to_have_value("/pm-compare risks")
    await expect(options).to_have_count(0)
    await alice.page.keyboard.press("Enter")
    await expect(alice.cards.get_by_role("heading", name="7 · Risks")).to_be_visible()
    await expect(alice.composer).to_have_value("")


async def test_more_detail_takes_the_cards_place_and_is_read_from_its_beginning(alice: Screen) -> None:
    """One card stays one card: the level replaces it, its heading in view, and a button leads back."""
    card = await alice.ask("risks")
    await card.get_by_role("button", name="More detail").click()
    heading = card.get_by_role("heading", name="Risks and responsibilities: more detail")
    await expect(heading).to_be_in_viewport()
    await expect(alice.cards).to_have_count(1)
    await card.get_by_role("button", name="Back to the card").click()
    await expect(card.get_by_role("heading", name="7 · Risks and responsibilities")).to_be_in_viewport()
    await expect(alice.cards).to_have_count(1)


async def test_the_menu_of_the_newest_card_is_seen(alice: Screen) -> None:
    """Where there is no room below the card it opens upward, and nothing of it lies behind the composer."""
    for _ in range(3):
        card = await alice.ask("risks")
    await card.get_by_label("More actions").click()
    for name in ("Sources", "All seven"):
        await expect(card.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    above, below = await boxes(card.get_by_role("button", name="All seven"), alice.composer)
    assert above["y"] + above["height"] <= below["y"]


async def test_asking_and_going_deeper_need_no_mouse(alice: Screen) -> None:
    """From the first Tab of the page to an open level, keys alone; the focus is never lost on the way."""
    keys = alice.page.keyboard
    await alice.page.reload()
    await expect(alice.composer).to_be_visible()
    await keys.press("Tab")
    await expect(alice.page.get_by_role("link", name="Skip to the conversation")).to_be_focused()
    await keys.press("Enter")
    await keys.type("/pm-compare risks")
    await keys.press("Enter")
    button = alice.cards.get_by_role("button", name="More detail")
    await expect(button).to_be_visible()
    for _ in range(12):  # the shortcuts beside the box, and what a card has to press
        await keys.press("Shift+Tab")
        if await button.evaluate("node => node === document.activeElement"):
            break
    await expect(button).to_be_focused()
    await keys.press("Enter")
    await expect(alice.cards.get_by_role("heading", name="more detail")).to_be_in_viewport()
    assert await alice.cards.first.evaluate("card => card.contains(document.activeElement)")


async def test_what_looks_like_markup_stays_text(alice: Screen, world: PageWorld) -> None:
    """Typed as a message or as a question, `<img onerror>` is shown as it was typed and runs nothing."""
    typed = "quux <img src=x onerror=alert(1)> quux"
    await alice.say(typed)
    await expect(alice.cards).to_contain_text(typed)
    card = await alice.ask(typed)
    await expect(card.get_by_role("heading")).to_contain_text(typed)
    await expect(alice.cards.locator("img")).to_have_count(0)
    assert world.slack.faults == []


async def test_a_reload_keeps_everything(alice: Screen) -> None:
    """Private cards, posts, the channel one was in: all there again."""
    await alice.ask("value share")
    card = await alice.ask("risks")
    await card.get_by_role("button", name="Exercise").click()
    await expect(card.get_by_role("heading", name="exercise")).to_be_visible()
    await alice.enter("product")
    await alice.say("Hello, product people")
    await expect(alice.cards).to_have_count(1)
    await alice.page.reload()
    await expect(alice.cards).to_contain_text("Hello, product people")
    await alice.enter("pm-learning")
    await expect(alice.cards.get_by_role("heading")).to_have_text(
        ["2 · What creates value", "Risks and responsibilities: exercise"]
    )
